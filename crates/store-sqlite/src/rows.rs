//! The small numbers that stand for long names inside the files.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

macro_rules! row_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u32);

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                u32::column_result(value).map(Self)
            }
        }
    };
}

row_number!(
    /// A row of `person`.
    PersonRow
);
row_number!(
    /// A row of `conversation`.
    ConversationRow
);

/// The two members of a direct conversation; a room has none here.
pub(crate) type Members = Option<[PersonRow; 2]>;

/// A full unsigned number in SQLite's signed one. Keeps every value, and the
/// order of those below 2^63, which all that are ordered are.
pub(crate) fn signed(value: u64) -> i64 {
    value.cast_signed()
}

/// What [`signed`] took.
pub(crate) fn unsigned(value: i64) -> u64 {
    value.cast_unsigned()
}
