//! What the renderers make of a page's facts, read back as clients and readers do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod badges;
mod calendar;
mod card;
mod feeds;
mod pages;
mod privacy;
mod records;
mod scale;
mod sketch;
mod uptime;
mod weight;
