//! The settings of the functions: environment variables, which the template sets.

use std::env;

use aizuchi_identity::{
    ProductSettings,
    products::{InvalidProduct, KeysAt},
};
use url::Url;

/// A setting that is missing or cannot be used, in an operator's words.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is not set.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It is no absolute URL.
    #[error("{name} is {value:?}, which is no absolute URL")]
    NoUrl {
        /// The variable.
        name: &'static str,
        /// What it is.
        value: String,
    },
    /// One of its products cannot be one.
    #[error("AIZUCHI_PRODUCTS has {value:?}: {cause}")]
    Product {
        /// The product, as it is written.
        value: String,
        /// Why.
        cause: InvalidProduct,
    },
    /// A product whose keys would be in a file.
    #[error(
        "AIZUCHI_PRODUCTS has {0:?}, whose keys are in a file, of which a function has none: give \
         the address of a JWKS, or one public key in base64"
    )]
    File(String),
    /// It is neither `on` nor `off`.
    #[error("{name} is {value:?}; it is on or off")]
    NoSwitch {
        /// The variable.
        name: &'static str,
        /// What it is.
        value: String,
    },
}

/// Where messages are kept and connections are.
#[derive(Debug)]
pub struct Chat {
    /// `AIZUCHI_TABLE`: the table's name.
    pub table: String,
    /// `AIZUCHI_MANAGEMENT_URL`: where `@connections` is.
    pub management_url: String,
    /// `AIZUCHI_BROADCASTS`: whether `GREETING` is allowed, `off` unless set.
    pub broadcasts: bool,
    /// `AIZUCHI_SEARCH`: whether messages can be looked for, `on` unless set.
    pub search: bool,
    /// `AIZUCHI_PUSH_CONTACT`: where the operators of push services reach that
    /// of this chat, `mailto:` or `https:`; where the application is
    /// (`AIZUCHI_PUBLIC_URL`) unless set.
    pub push_contact: Option<String>,
}

impl Chat {
    /// From the environment.
    pub fn read() -> Result<Self, SettingsError> {
        Ok(Self {
            table: required("AIZUCHI_TABLE")?,
            management_url: required("AIZUCHI_MANAGEMENT_URL")?,
            broadcasts: switch("AIZUCHI_BROADCASTS", false)?,
            search: switch("AIZUCHI_SEARCH", true)?,
            push_contact: optional("AIZUCHI_PUSH_CONTACT")
                .or_else(|| optional("AIZUCHI_PUBLIC_URL"))
                .filter(|contact| !contact.starts_with("http:")),
        })
    }
}

/// Whose tokens are good, and from which pages.
#[derive(Debug)]
pub struct Issuer {
    /// `AIZUCHI_ISSUER`: exactly what tokens have as `iss`.
    pub issuer: String,
    /// `AIZUCHI_JWKS_URL`: where its keys are; that of Cognito unless set.
    pub jwks_url: Url,
    /// `AIZUCHI_CLIENT_ID`: the application's id there.
    pub client_id: String,
    /// `AIZUCHI_PUBLIC_URL`: where the application is.
    pub public_url: Url,
    /// `AIZUCHI_ALLOWED_ORIGINS`: further origins whose pages may connect,
    /// separated by commas; none unless set.
    pub allowed_origins: Vec<String>,
    /// `AIZUCHI_PRODUCTS`: products whose own users chat here, separated by
    /// semicolons, each as [`ProductSettings`] is written; none unless set.
    pub products: Vec<ProductSettings>,
}

impl Issuer {
    /// From the environment.
    pub fn read() -> Result<Self, SettingsError> {
        let issuer = required("AIZUCHI_ISSUER")?;
        let keys = optional("AIZUCHI_JWKS_URL")
            .unwrap_or_else(|| format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')));
        let origins = optional("AIZUCHI_ALLOWED_ORIGINS").unwrap_or_default();
        Ok(Self {
            issuer,
            jwks_url: url("AIZUCHI_JWKS_URL", keys)?,
            client_id: required("AIZUCHI_CLIENT_ID")?,
            public_url: url("AIZUCHI_PUBLIC_URL", required("AIZUCHI_PUBLIC_URL")?)?,
            allowed_origins: origins
                .split(',')
                .map(|origin| origin.trim().to_owned())
                .filter(|origin| !origin.is_empty())
                .collect(),
            products: products(&optional("AIZUCHI_PRODUCTS").unwrap_or_default())?,
        })
    }
}

/// Where Cognito signs people in.
#[derive(Debug)]
pub struct SignIn {
    /// `AIZUCHI_COGNITO_URL`: its API; that of the region unless set.
    pub cognito_url: Url,
    /// `AIZUCHI_SIGN_IN_URL`: its hosted pages.
    pub sign_in_url: Url,
}

impl SignIn {
    /// From the environment.
    pub fn read() -> Result<Self, SettingsError> {
        let region = required("AWS_REGION")?;
        let api = optional("AIZUCHI_COGNITO_URL")
            .unwrap_or_else(|| format!("https://cognito-idp.{region}.amazonaws.com/"));
        Ok(Self {
            cognito_url: url("AIZUCHI_COGNITO_URL", api)?,
            sign_in_url: url("AIZUCHI_SIGN_IN_URL", required("AIZUCHI_SIGN_IN_URL")?)?,
        })
    }
}

fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, SettingsError> {
    optional(name).ok_or(SettingsError::Missing(name))
}

fn url(name: &'static str, value: String) -> Result<Url, SettingsError> {
    Url::parse(&value).map_err(|_| SettingsError::NoUrl { name, value })
}

fn switch(name: &'static str, unless_set: bool) -> Result<bool, SettingsError> {
    match optional(name).as_deref() {
        None => Ok(unless_set),
        Some("off") => Ok(false),
        Some("on") => Ok(true),
        Some(other) => Err(SettingsError::NoSwitch { name, value: other.to_owned() }),
    }
}

fn products(lines: &str) -> Result<Vec<ProductSettings>, SettingsError> {
    let lines = lines.split(';').map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| {
        let value = || line.to_owned();
        let product: ProductSettings =
            line.parse().map_err(|cause| SettingsError::Product { value: value(), cause })?;
        match product.keys {
            KeysAt::File(_) => Err(SettingsError::File(value())),
            KeysAt::Url(_) | KeysAt::Inline(_) => Ok(product),
        }
    };
    lines.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_written_in_one_variable() {
        const KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let line =
            |name: &str, keys: &str| format!("name={name},issuer={name},audience=a,keys={keys}");
        let two = format!("{}; {};", line("shop", KEY), line("bank", "https://bank.example/keys"));
        let names = products(&two).unwrap().into_iter().map(|product| product.name);
        assert_eq!(names.collect::<Vec<_>>(), ["shop", "bank"]);
        assert!(products("").unwrap().is_empty());
        for (wrong, why) in [
            (line("shop", "/etc/shop.pem"), "of which a function has none"),
            ("name=shop".to_owned(), "issuer is missing"),
        ] {
            let error = products(&wrong).unwrap_err().to_string();
            assert!(error.contains(&wrong) && error.contains(why), "{error}");
        }
    }
}
