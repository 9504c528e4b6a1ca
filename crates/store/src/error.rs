//! How the store fails: what callers can act on, and nothing of the engine.

/// Why something could not be read or written. Absence is `None`, never an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the store; the same call may succeed in a moment.
    #[error("the store is busy with another process; try again")]
    Busy,
    /// What was to be written does not fit what is there.
    #[error("the change does not fit what is stored: {0}")]
    Conflict(String),
    /// What is stored can not be read as what it should be.
    #[error("table {table} holds something unreadable under {id:?}: {reason}")]
    Corrupt {
        /// Which table; `record.db` when the whole file is unreadable.
        table: String,
        /// Which row.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database can not be reached, or could not do its work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A newer release made this store.
    #[error("this store has schema {found}, this program knows {known}: use a newer release")]
    TooNew {
        /// The schema's number.
        found: i64,
        /// The newest number known here.
        known: i64,
    },
}

impl StoreError {
    pub(crate) fn corrupt(table: &str, id: &str, reason: &(impl ToString + ?Sized)) -> Self {
        Self::Corrupt {
            table: table.to_owned(),
            id: id.to_owned(),
            reason: reason.to_string(),
        }
    }
}
