//! What the renderers make of a page's facts, read back as clients and readers do.

mod api;
mod feeds;
mod pages;
mod privacy;
mod records;
mod scale;
mod sketch;
mod uptime;
