//! The plain pages: announcements, the API, errors, an address nobody owns.

use askama::Template;

use super::{Announced, Link, Shell};

/// All announcements.
#[derive(Clone, Debug, Template)]
#[template(path = "announcements.html")]
pub struct AnnouncementsPage {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status".
    pub back: Link,
    /// "Announcements".
    pub heading: String,
    /// Heading of those that stand now.
    pub current_heading: String,
    /// Those that stand now.
    pub current: Vec<Announced>,
    /// Said when none stands.
    pub empty: String,
    /// Heading of those that have ended.
    pub ended_heading: String,
    /// Those that have ended, newest first.
    pub ended: Vec<Announced>,
}

/// The public API, with the addresses of this page.
#[derive(Clone, Debug, Template)]
#[template(path = "api.html")]
pub struct Api {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status".
    pub back: Link,
    /// "API".
    pub heading: String,
    /// Sentences about the whole.
    pub intro: Vec<String>,
    /// Head of the column of addresses.
    pub address_column: String,
    /// Head of the column of meanings.
    pub meaning_column: String,
    /// The addresses by kind.
    pub lists: Vec<AddressList>,
}

/// Addresses of one kind.
#[derive(Clone, Debug)]
pub struct AddressList {
    /// Place on the page, for links.
    pub id: String,
    /// What they are.
    pub heading: String,
    /// The addresses.
    pub addresses: Vec<Address>,
}

/// One address.
#[derive(Clone, Debug)]
pub struct Address {
    /// Whole address.
    pub address: String,
    /// What it answers.
    pub meaning: String,
}

/// An error.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around it.
    pub shell: Shell,
    /// The number: `404`.
    pub code: String,
    /// What happened.
    pub heading: String,
    /// What one can do.
    pub text: String,
    /// Number of the request, for the operators.
    pub request: Option<String>,
    /// Ways on.
    pub links: Vec<Link>,
}

/// What a server says under a name that belongs to no page.
#[derive(Clone, Debug, Template)]
#[template(path = "unknown_host.html")]
pub struct UnknownHost {
    /// Around it.
    pub shell: Shell,
    /// What happened.
    pub heading: String,
    /// The name that was asked for.
    pub host: String,
    /// Sentences that say what to do.
    pub texts: Vec<String>,
    /// Pages that may be named, or none.
    pub links: Vec<Link>,
}
