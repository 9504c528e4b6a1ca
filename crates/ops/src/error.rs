//! Why an operation did not happen: what callers can act on, without HTTP and without languages.

use noroshi_domain::{Instant, Refusal};
use noroshi_store::StoreError;

use crate::access::Permission;

/// Why an operation did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpError {
    /// There is no such page.
    #[error("{kind} {id:?} does not exist")]
    NotFound {
        /// `page` …
        kind: &'static str,
        /// What was named.
        id: String,
    },
    /// A rule refuses it; the page is as it was.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A private record was changed, made or taken away meanwhile: look again.
    #[error("this was changed meanwhile: look again")]
    Stale,
    /// Nobody is known by what was shown: a token, a session, a password.
    #[error("not signed in, or no longer")]
    Unauthenticated,
    /// Whoever asks is known and may not.
    #[error("this needs the permission {:?}", .0.as_str())]
    Forbidden(Permission),
    /// Tried too often without success.
    #[error("too many tries: try again in {seconds} seconds")]
    TooOften {
        /// In how many seconds.
        seconds: i64,
    },
    /// Too much is being written at once; trying again helps.
    #[error("too many changes at once: try again")]
    Busy,
    /// This machine's clock is behind the record.
    #[error("this machine's clock ({now}) is behind the record ({head_at}): set the clock right")]
    ClockBehind {
        /// What the clock says.
        now: Instant,
        /// When the last entry was made.
        head_at: Instant,
    },
    /// The store can not be reached now; trying again helps.
    #[error("the record can not be reached now, try again: {0}")]
    Unavailable(String),
    /// Whether it happened is not known: ask again with the same command id.
    #[error("no answer in time: send the same command id again to learn what became of it")]
    Unanswered,
    /// The store holds what it must not hold.
    #[error("the record can not be read: {0}")]
    Store(String),
}

impl OpError {
    /// Whether trying again later helps.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::TooOften { .. } | Self::Unavailable(_) | Self::Unanswered
        )
    }
}

impl From<StoreError> for OpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::Unavailable(reason) => Self::Unavailable(reason),
            other => Self::Store(other.to_string()),
        }
    }
}
