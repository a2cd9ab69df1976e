//! The settings file.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use toml::Value;

use super::names;

/// The setting that may be a table, or several.
const TABLED: &str = "product";
/// How alike a name must be to be meant, from 0 to 1.
const ALIKE: f64 = 0.7;

/// A settings file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not there, or not to be read.
    #[error("the settings file {} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// It is no TOML.
    #[error("the settings file {} is no TOML: {}", path.display(), cause.message())]
    Syntax {
        /// Which.
        path: PathBuf,
        /// Where, and why.
        cause: Box<toml::de::Error>,
    },
    /// Nothing has this name.
    #[error("the settings file {} has an unknown setting {name}{}", path.display(), meant(nearest))]
    Unknown {
        /// Which.
        path: PathBuf,
        /// The name.
        name: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// A date, or a table that is no product.
    #[error(
        "the settings file {} gives {name} a value of a kind that no setting has: \
         write a text, a number, true or false, or a list of these",
        path.display()
    )]
    Kind {
        /// Which.
        path: PathBuf,
        /// The setting.
        name: String,
    },
}

/// The values of a settings file, each as it would be written as a flag.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) values: BTreeMap<String, Vec<String>>,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| FileError::Unreadable { path: path.to_owned(), cause })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        let table: toml::Table = text
            .parse()
            .map_err(|cause| FileError::Syntax { path: path.to_owned(), cause: Box::new(cause) })?;
        let known = names();
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let path = path.to_owned();
            if !known.contains(&name) {
                let nearest = nearest(&name, &known);
                return Err(FileError::Unknown { path, name, nearest });
            }
            let tabled = name == TABLED;
            let Some(written) = as_written(value, tabled) else {
                return Err(FileError::Kind { path, name });
            };
            values.insert(name, written);
        }
        Ok(Self { path: path.to_owned(), values })
    }
}

/// A table, where it may be one, is written in one line: `name=shop,keys=shop.pem`.
fn as_written(value: Value, tabled: bool) -> Option<Vec<String>> {
    match value {
        Value::Table(fields) if tabled => {
            let fields = fields.into_iter().map(|(name, value)| {
                let [value] = as_written(value, false)?.try_into().ok()?;
                // It would end the field, or the product.
                let one = !value.contains([',', ';']);
                one.then(|| format!("{name}={value}"))
            });
            let line: Option<Vec<_>> = fields.collect();
            Some(vec![line?.join(",")])
        }
        Value::String(text) => Some(vec![text]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Boolean(on) => Some(vec![if on { "on" } else { "off" }.to_owned()]),
        Value::Array(values) => {
            let written: Option<Vec<_>> =
                values.into_iter().map(|value| as_written(value, tabled)).collect();
            Some(written?.concat())
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn nearest(name: &str, known: &[String]) -> Option<String> {
    let alike = |one: &String| strsim::jaro(name, one);
    let most = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(most) > ALIKE).then(|| most.clone())
}

fn meant(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!(": {name} may be meant"),
        None => ": `aizuchi serve --help` names all there are".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
        let file = File::parse(Path::new("a.toml"), text);
        file.map(|file| file.values).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_as_flags_are_written() {
        let values = parse(
            "listen = '[::1]:1'\nmax-connections = 5\nbroadcasts = true\ntrusted-proxy = ['10.0.0.1', '10.0.0.2']",
        )
        .unwrap();
        assert_eq!(values["listen"], ["[::1]:1"]);
        assert_eq!(values["max-connections"], ["5"]);
        assert_eq!(values["broadcasts"], ["on"]);
        assert_eq!(values["trusted-proxy"], ["10.0.0.1", "10.0.0.2"]);
    }

    #[test]
    fn a_product_may_be_a_table() {
        let values = parse(
            "[[product]]\nname = 'shop'\nkeys = 'a b.pem'\n[[product]]\nname = 'bank'\nkeys = 'k'",
        );
        assert_eq!(values.unwrap()["product"], ["keys=a b.pem,name=shop", "keys=k,name=bank"]);
        for wrong in ["keys = ['a', 'b']", "keys = 'a,b'", "keys = 'a;b'", "keys = 1.5"] {
            let error = parse(&format!("[[product]]\n{wrong}")).unwrap_err();
            assert!(error.contains("gives product a value of a kind"), "{error}");
        }
        assert!(parse("[listen]\na = 'b'").unwrap_err().contains("gives listen a value of a kind"));
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_may_be_meant() {
        let error = |text| parse(text).unwrap_err();
        assert!(error("data_dir = 'x'").ends_with("setting data_dir: data-dir may be meant"));
        assert!(error("lisen = 'x'").ends_with("setting lisen: listen may be meant"));
        assert!(error("[colours]").ends_with("`aizuchi serve --help` names all there are"));
        assert!(error("config = 'x'").contains("unknown setting config"));
        assert!(error("listen = 1979-05-27").contains("gives listen a value of a kind"));
        assert!(error("listen").contains("a.toml is no TOML"));
    }
}
