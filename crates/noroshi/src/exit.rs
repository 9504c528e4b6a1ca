//! How a run ends: the exit codes, which scripts rely on, and the reason in words.

use noroshi_domain::{Locale, Refusal};
use noroshi_ops::OpError;
use noroshi_store::StoreError;
use noroshi_text::refusal;
use serde::{Deserialize, Serialize};

/// The exit codes (docs/commands.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exit {
    /// Something failed that none of the others names.
    Failure = 1,
    /// What was given can not be read.
    BadInput = 2,
    /// A rule refuses it.
    Refused = 3,
    /// What was named does not exist.
    NotFound = 4,
    /// Not now; trying again helps.
    TryAgain = 5,
    /// `verify` found a fault.
    Fault = 6,
    /// A head seen elsewhere is not on our chain.
    OffChain = 7,
}

/// The reason why a run ends early, with its exit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub(crate) struct Stop {
    /// With which code.
    pub(crate) exit: Exit,
    /// Why: what, where, and what to do.
    pub(crate) message: String,
}

impl Stop {
    pub(crate) fn bad_input(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::BadInput,
            message: message.into(),
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::NotFound,
            message: message.into(),
        }
    }

    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failure,
            message: message.into(),
        }
    }

    pub(crate) fn try_again(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::TryAgain,
            message: message.into(),
        }
    }
}

impl Stop {
    /// The reason in a language, where it is a rule that refuses.
    pub(crate) fn worded(error: &OpError, locale: Locale) -> Self {
        let exit = match error {
            OpError::NotFound { .. } | OpError::Refused(Refusal::NotFound { .. }) => Exit::NotFound,
            OpError::Refused(Refusal::MovedOn { .. })
            | OpError::Busy
            | OpError::Unavailable(_)
            | OpError::Stale
            | OpError::TooOften { .. }
            | OpError::Unanswered => Exit::TryAgain,
            OpError::Refused(_) | OpError::Forbidden(_) | OpError::Unauthenticated => Exit::Refused,
            OpError::ClockBehind { .. } | OpError::Store(_) => Exit::Failure,
        };
        let message = match error {
            OpError::Refused(refusal) => refusal::word(refusal, locale),
            other => other.to_string(),
        };
        Self { exit, message }
    }
}

impl From<OpError> for Stop {
    fn from(error: OpError) -> Self {
        Self::worded(&error, Locale::En)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::from(OpError::from(error))
    }
}
