//! The delivery queue: who hears what, and when (DELIVERY "Notifications").
//!
//! It follows the journals and never holds up who writes them: entries become notices
//! (`follow.rs`), notices become deliveries (`make.rs`), deliveries become messages (`word.rs`) that
//! the channels send (`notifier.rs`). Each step is a conditional write in the store, safe to run
//! twice and on any number of nodes.

pub mod backoff;
pub mod event;
pub mod follow;
pub mod limits;
pub mod make;
pub mod nodes;
mod notifier;
mod outside;
mod word;

pub use notifier::{Notifier, Step};
pub use outside::{
    Attempt, Destination, Destinations, Item, MakeToken, Outside, Sending, Target, Token, Unseal,
};
pub use word::trial;
