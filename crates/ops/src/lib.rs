//! The door: every change anyone can make to a page goes through here (ARCHITECTURE "The idea").
//!
//! [`App::execute`] takes a command in the name of an actor, loads what of the past it needs, lets
//! `domain` decide, commits changes and journal entry in one transaction, and swaps the snapshot
//! that others read. Knows nothing of HTTP, languages or pages' bytes.

pub mod access;
mod act;
mod app;
pub mod assertion;
mod chance;
pub mod channels;
pub mod clock;
pub mod embeds;
mod erase;
mod error;
mod foresee;
pub mod id_token;
pub mod keys;
mod limits;
pub mod links;
pub mod mail;
mod mailbox;
pub mod metrics;
pub mod owned;
mod page;
pub mod passkeys;
pub mod passwords;
pub mod postmortems;
mod purge;
pub mod records;
pub mod report;
pub mod restore;
pub mod second_factor;
pub mod secrets;
pub mod seen;
pub mod sessions;
mod sign_in;
pub mod sign_in_rules;
pub mod sign_on;
pub mod signing;
pub mod subscribers;
pub mod templates;
pub mod tokens;
pub mod users;
pub mod verify;
pub mod viewers;

pub use access::{Access, Caller, Permission, Role};
pub use app::App;
pub use chance::Chance;
pub use clock::{Clock, FileClock, ManualClock, SystemClock};
pub use error::OpError;
pub use limits::*;
pub use records::{PrivateRecord, Stored, Writes};
pub use sign_in::{SignIn, Wanted};
