//! The console: its screens over HTTP, what they say, and who sees them.

mod kit;
mod now;
