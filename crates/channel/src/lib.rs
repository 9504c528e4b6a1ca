//! One message, sent once, through one service. A file per service: its settings, its shape of a message, its
//! sending.
//!
//! Nothing here decides who is told, keeps a queue or tries again: that is `notify`'s. Nothing here
//! knows a language: every word arrives in the [`Message`].

pub mod discord;
pub mod email;
pub mod google_chat;
pub mod guard;
mod http;
pub mod line_works;
mod message;
pub mod opsgenie;
mod outcome;
pub mod pager_duty;
mod secret;
pub mod service;
pub mod slack;
pub mod sms;
pub mod teams;
pub mod telegram;
pub mod template;
pub mod webhook;
mod words;

pub use http::{ANSWER_BYTES_MAX, Answer, Failure, Http, RETRY_AFTER_MAX, Reach, Request};
pub use message::{Kind, Level, Link, Message, Part, Section};
pub use outcome::Outcome;
pub use secret::Secret;
