//! Through the door, on both engines: what is committed, what is refused, what is found wrong.

mod clock;
mod conflict;
mod door;
mod erase;
mod kit;
mod report;
mod unavailable;
mod verify;
