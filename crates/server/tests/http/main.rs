//! Through the door: requests over TCP, and what comes back.

mod fuzz;
mod kit;
mod limits;
mod pages;
mod published;
mod record;
mod system;
mod tls;
