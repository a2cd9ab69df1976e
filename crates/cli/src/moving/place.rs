//! Where data is moved from and to, as it is named on the command line.

use std::{env, path::PathBuf, str::FromStr, time::Duration};

use aizuchi_store_dynamodb::{Access, AccessError, Settings, Store, Table};
use aizuchi_store_sqlite::{DataDir, Database, OpenError};

/// One try of a request: a step of an import is larger than what a server asks.
const ATTEMPT: Duration = Duration::from_secs(15);
/// A request with all its tries: nobody waits for it but the import.
const OPERATION: Duration = Duration::from_secs(60);

/// A store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this directory, or in that of the settings.
    Sqlite(Option<PathBuf>),
    /// In the table of this name.
    Dynamodb(String),
}

/// A store or user pool that is named in no way that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unnamed(&'static str);

impl FromStr for Place {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Self, Unnamed> {
        match text.split_once(':') {
            None if text == "sqlite" => Ok(Self::Sqlite(None)),
            Some(("sqlite", dir)) if !dir.is_empty() => Ok(Self::Sqlite(Some(dir.into()))),
            Some(("dynamodb", table)) if !table.is_empty() => Ok(Self::Dynamodb(table.into())),
            _ => Err(Unnamed("a store is sqlite, sqlite:DIR or dynamodb:TABLE")),
        }
    }
}

/// A user pool of Cognito's, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserPool(pub(crate) String);

impl UserPool {
    /// Its region, which its id begins with.
    pub(crate) fn region(&self) -> &str {
        self.0.split_once('_').map_or(&self.0, |(region, _)| region)
    }
}

impl FromStr for UserPool {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Self, Unnamed> {
        match text.split_once(':') {
            Some(("cognito", id)) if id.contains('_') => Ok(Self(id.to_owned())),
            _ => Err(Unnamed("a user pool is cognito:ID, such as cognito:eu-west-1_Ab3dEf")),
        }
    }
}

/// An open store.
pub(crate) enum Opened {
    Sqlite(Database),
    Dynamodb(Store),
}

impl Place {
    /// Opens a store that is there.
    pub(crate) fn existing(self, data_dir: PathBuf) -> Result<Opened, PlaceError> {
        match self {
            Self::Sqlite(dir) => {
                let dir = DataDir::existing(dir.unwrap_or(data_dir))?;
                Ok(Opened::Sqlite(Database::open(&dir)?))
            }
            Self::Dynamodb(table) => open_table(&table),
        }
    }

    /// Opens a store that is there to manage who uses it, beside a server.
    pub(crate) fn administered(self, data_dir: PathBuf) -> Result<Opened, PlaceError> {
        match self {
            Self::Sqlite(dir) => {
                let dir = DataDir::existing(dir.unwrap_or(data_dir))?;
                Ok(Opened::Sqlite(Database::administer(&dir)?))
            }
            Self::Dynamodb(table) => open_table(&table),
        }
    }

    /// Opens a store, and makes it where it is a directory that is not there.
    pub(crate) fn create(self, data_dir: PathBuf) -> Result<Opened, PlaceError> {
        match self {
            Self::Sqlite(dir) => {
                let dir = DataDir::create(dir.unwrap_or(data_dir))?;
                Ok(Opened::Sqlite(Database::open(&dir)?))
            }
            Self::Dynamodb(table) => open_table(&table),
        }
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error(transparent)]
    Data(#[from] OpenError),
    #[error("AWS cannot be asked")]
    Access(#[from] AccessError),
}

fn open_table(name: &str) -> Result<Opened, PlaceError> {
    let access = Access { attempt: ATTEMPT, operation: OPERATION, ..access()? };
    Ok(Opened::Dynamodb(Store::new(Table::new(&access, name), Settings::default())))
}

/// Who asks AWS: by the usual variables.
pub(crate) fn access() -> Result<Access, AccessError> {
    Access::from_environment(|name| match (env::var(name).ok(), name) {
        (None, "AWS_REGION") => env::var("AWS_DEFAULT_REGION").ok(),
        (value, _) => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_and_pools_are_named() {
        let place = |text: &str| text.parse::<Place>();
        assert_eq!(place("sqlite"), Ok(Place::Sqlite(None)));
        assert_eq!(place("sqlite:/a:b"), Ok(Place::Sqlite(Some("/a:b".into()))));
        assert_eq!(place("dynamodb:chat"), Ok(Place::Dynamodb("chat".into())));
        for strange in ["", "sqlite:", "dynamodb", "dynamodb:", "postgres:x", "/data"] {
            assert!(place(strange).is_err(), "{strange}");
        }
        let pool: UserPool = "cognito:eu-west-1_Ab".parse().unwrap();
        assert_eq!((&*pool.0, pool.region()), ("eu-west-1_Ab", "eu-west-1"));
        assert!("cognito:x".parse::<UserPool>().is_err() && "x_y".parse::<UserPool>().is_err());
    }
}
