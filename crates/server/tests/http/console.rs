//! The console: its screens over HTTP, what they say, and who sees them.

mod composer;
mod incident;
mod kit;
mod nouns;
mod now;
mod review;
mod templates;
