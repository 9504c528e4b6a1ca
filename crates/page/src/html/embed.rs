//! The frame that other sites show in a corner of theirs.

use askama::Template;

use super::{Link, Moment, Status};

/// The frame.
#[derive(Clone, Debug, Template)]
#[template(path = "embed.html")]
pub struct Embed {
    /// Language tag.
    pub lang: String,
    /// Title of the window.
    pub title: String,
    /// Time of rendering in unix seconds.
    pub issued: String,
    /// Path of its script.
    pub script: String,
    /// Colour and sign of the whole page.
    pub status: Status,
    /// The whole page in a sentence.
    pub sentence: String,
    /// Nothing is up.
    pub calm: bool,
    /// Open incidents and maintenances in progress, the latest first.
    pub open: Vec<EmbedIncident>,
    /// Systems with their status, in page order.
    pub systems: Vec<EmbedSystem>,
    /// To the status page.
    pub home: Link,
    /// "As of …".
    pub as_of: Moment,
    /// "Close".
    pub close: String,
}

/// What is open.
#[derive(Clone, Debug)]
pub struct EmbedIncident {
    /// Its code.
    pub code: String,
    /// Codes of what it touches, between blanks.
    pub components: String,
    /// Its colour.
    pub status: Status,
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// Its lifecycle in words.
    pub lifecycle: String,
    /// When it was last told of.
    pub at: Moment,
}

/// A system.
#[derive(Clone, Debug)]
pub struct EmbedSystem {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub status: Status,
    /// How bad that is among statuses: more is worse.
    pub rank: u8,
    /// Its status in words.
    pub words: String,
}
