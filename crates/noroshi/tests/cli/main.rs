//! The built binary, as people and scripts use it.

mod bad_input;
mod demo;
mod import;
mod kit;
mod record;
mod serve;
