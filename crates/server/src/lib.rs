//! HTTP: published bytes straight from memory, everything with logic behind them.
//!
//! A reader's way: accept, parse, look up in an immutable map, answer 304 or bytes. It takes no
//! lock, waits for no database and renders nothing. What needs the record (search, filters) stands
//! behind an axum router, bounded in number and time, so that it never delays a published page.
//!
//! Console and APIs stand apart (`desk.rs`): they take bodies, know who asks (`authority.rs`) and
//! reach the record through `ops` alone. Every address and who may ask stands in `routes.rs`.

mod accounts;
mod answer;
mod api;
mod asked;
mod authority;
mod conditions;
mod connection;
mod console;
mod desk;
mod events;
mod find;
mod heads;
mod health;
pub mod limits;
mod listen;
mod metrics;
pub mod paths;
mod queries;
mod router;
pub mod routes;
mod seats;
mod serve;
mod short;
mod subscribe;
mod surface;
mod tls;

pub use authority::refusal;
pub use limits::Limits;
pub use listen::{Listeners, raise_open_files};
pub use metrics::{Follower, Metrics};
pub use serve::{serve, serve_on_cores};
pub use surface::{Now, Surface, Trial, Trials};
pub use tls::{TlsError, tls_acceptor};
