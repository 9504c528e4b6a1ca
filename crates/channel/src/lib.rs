//! One message, sent once, through one service. A folder per service: its settings, its sending,
//! its golden payloads.
//!
//! Nothing here decides who is told, keeps a queue or tries again: that is `notify`'s. Nothing here
//! knows a language: every word arrives in the [`Message`].

pub mod email;
pub mod guard;
mod http;
mod message;
mod outcome;
pub mod webhook;

pub use http::{ANSWER_BYTES_MAX, Answer, Failure, Http, RETRY_AFTER_MAX, Reach, Request};
pub use message::{Kind, Level, Link, Message, Part, Section};
pub use outcome::Outcome;
