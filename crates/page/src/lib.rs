//! What readers see of a page, as bytes: HTML, API v2, feeds, records.
//!
//! Pure: a [`View`] goes in, bytes come out, the same each time. No IO, no clock, no chance.
//! [`View`] leaves out what is not open; no renderer sees more than it.

pub mod address;
pub mod api_v1;
pub mod api_v2;
pub mod badge;
mod bars_image;
pub mod brand;
pub mod calendar;
pub mod card;
mod changes;
mod columns;
mod days;
pub mod embed;
pub mod feeds;
mod found;
mod frame;
mod front;
mod history;
mod history_props;
pub mod html;
mod incident;
pub mod message;
pub mod months;
mod picture;
mod plain;
mod records;
mod search;
pub mod subscribe;
mod telling;
mod uptime;
mod uptime_json;
pub mod view;
pub mod webhook;
mod words;

pub use changes::next_change_at;
pub use front::{front, incident_card, late_bars};
pub use history::{Filter, Listing, history, history_month};
pub use incident::incident;
pub use picture::{PICTURE_FILE_BYTES_MAX, picture_as_data};
pub use plain::{Fault, announcements, api_help, bare_error, error, unknown_host};
pub use records::{beat, journal_json};
pub use search::{RESULTS_A_PAGE, Search, history_search};
pub use telling::notice_body;
pub use uptime::{uptime_component, uptime_index};
pub use uptime_json::{Past, uptime_json};
pub use view::{View, read_state, state_json};

/// The media type of the pages.
pub const HTML_TYPE: &str = "text/html; charset=utf-8";
