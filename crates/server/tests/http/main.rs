//! Through the door: requests over TCP, and what comes back.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

mod accounts;
mod both_ways;
mod console;
mod desk;
mod elsewhere;
mod events;
mod fuzz;
mod kit;
mod limits;
mod own;
mod own_team;
mod pages;
mod published;
mod record;
mod search;
mod sign_on;
mod size;
mod system;
mod team;
mod tls;
mod who_may;
