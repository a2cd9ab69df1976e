//! The settings of the functions: environment variables, which the template sets.

use std::env;

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
