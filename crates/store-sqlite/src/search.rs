//! Search, as a port.

use aizuchi_core::{
    error::PortError,
    search::{Asked, Search, Stretch},
};

use crate::database::Database;

impl Search for Database {
    async fn search(&self, asked: Asked) -> Result<Stretch, PortError> {
        let stretch = self.read_log(move |log| log.search(&asked)).await?;
        stretch.map_err(|_| PortError::Rejected("no place of this log"))
    }
}
