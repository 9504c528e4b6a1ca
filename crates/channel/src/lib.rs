//! One message, sent once, through one service. A folder per service: its settings, its sending,
//! its golden payloads.
//!
//! Nothing here decides who is told, keeps a queue or tries again: that is `notify`'s. Nothing here
//! knows a language: every word arrives in the [`Message`].

mod http;
mod message;
mod outcome;

pub use http::{Answer, Failure, Http, Reach};
pub use message::{Kind, Level, Link, Message, Part, Section};
pub use outcome::Outcome;
