//! The words and rules of a status page (DOMAIN.md), pure: no IO, no async, no clock, no chance.
//!
//! Every rule takes `now` and what it needs as arguments and returns values. What lives here can
//! not fail because of the outside; it refuses with a typed [`Refusal`] that others word.

mod command;
mod facts;
mod id;
mod journal;
mod locale;
mod refusal;
#[cfg(feature = "schema")]
mod schema;
mod state;
mod status;
mod time;

pub mod automatic;
pub mod contradiction;
pub mod decide;
pub mod erase;
pub mod lane;
pub mod overall;
pub mod recur;
pub mod standard;
pub mod subscriber;
pub mod uptime;

pub use command::*;
pub use decide::{POSTMORTEM_WORKING_DAYS, UNDO_DAYS, decide, decide_new_page, needs, next_due};
pub use facts::*;
pub use id::*;
pub use journal::{
    Actor, ActorKind, Audience, Broken, DELETION_TOLD, Entry, GENESIS, Head, Header,
    JOURNAL_VERSION, PAGE_PURGED, Payload, Remains, canonical, digest, hash_hex, hex, hidden_by,
    unhex,
};
pub use locale::{Locale, Texts};
pub use refusal::Refusal;
pub use state::{STATE_DAYS, STATE_INCIDENT_DAYS, State};
pub use status::{Impact, IncidentKind, Lane, Lifecycle, Policy, Status};
pub use time::*;
