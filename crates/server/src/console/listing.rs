//! A listing: rows of one noun in sections, with what can be done to each.

use askama::Template;
use noroshi_domain::Locale;
use noroshi_text::msg;

use crate::console::sheet::Button;
use crate::console::shell::Shell;

/// The screen.
#[derive(Template)]
#[template(path = "console/listing.html")]
pub(crate) struct Listing {
    pub(crate) shell: Shell,
    pub(crate) l: Locale,
    /// Ways to make a new one: address and words; the first is the main one.
    pub(crate) new: Vec<(String, String)>,
    pub(crate) sections: Vec<Section>,
    /// What is said where no section has rows.
    pub(crate) none: String,
}

/// Rows under a heading.
pub(crate) struct Section {
    /// Empty: no heading.
    heading: String,
    count: i64,
    rows: Vec<Row>,
}

/// Sections of those that have rows.
pub(crate) fn sections(all: impl IntoIterator<Item = (String, Vec<Row>)>) -> Vec<Section> {
    all.into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(heading, rows)| Section {
            heading,
            count: rows.len() as i64,
            rows,
        })
        .collect()
}

/// One row.
pub(crate) struct Row {
    /// Empty: it leads nowhere.
    pub(crate) href: String,
    pub(crate) title: String,
    /// It belongs to the row above it that does not.
    pub(crate) is_member: bool,
    /// Class of its colour, and words.
    pub(crate) status: Option<(&'static str, String)>,
    pub(crate) hints: Vec<String>,
    pub(crate) buttons: Vec<Button>,
}
