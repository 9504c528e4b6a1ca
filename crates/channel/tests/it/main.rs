//! The services' shapes of a message, against files, and their sending, against stand-ins that
//! answer as the services' documentation says they do. What stays unproved for want of the services
//! themselves stands in `docs/decisions/mocks.md`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails says so"
)]

mod example;
mod limits;
mod sending;
mod shapes;
mod stand_in;
