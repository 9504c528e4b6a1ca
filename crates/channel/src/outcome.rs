//! What became of one attempt to send.

use std::time::Duration;

/// What became of one attempt. Reasons are for operators: they name no address and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The service took it. With the service's own name for it where it gives one, so that a later
    /// message of the thread can replace or follow it.
    Delivered {
        /// The service's name for the message: a chat message's id.
        reference: Option<String>,
    },
    /// Not now: it is to be tried again, not before the time that the service asked for.
    Later {
        /// Why.
        reason: String,
        /// How long the service asked to be left alone (`Retry-After`).
        after: Option<Duration>,
        /// The service itself can not be reached: others that go through it need not try either.
        is_service_down: bool,
    },
    /// This message will never be taken.
    Refused {
        /// Why.
        reason: String,
    },
    /// Nobody is at this address any more.
    Gone {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// Taken, without a name of the service's.
    pub const fn delivered() -> Self {
        Self::Delivered { reference: None }
    }

    /// Not now, for a reason that concerns this message or address alone.
    pub fn later(reason: impl Into<String>) -> Self {
        Self::Later {
            reason: reason.into(),
            after: None,
            is_service_down: false,
        }
    }
}
