//! The page of one incident or one maintenance.

use askama::Template;

use super::{Affected, Field, Level, Link, Moment, Notice, Promise, Safe, Shell, Status};

/// One incident or one maintenance.
#[derive(Clone, Debug, Template)]
#[template(path = "incident.html")]
pub struct Incident {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status" above the title.
    pub back: Link,
    /// Its title.
    pub title: String,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// Its impact.
    pub impact: Level,
    /// "Incident Report for PAGE".
    pub subheading: String,
    /// Where this one alone is followed; none: it is over.
    pub follow: Option<Link>,
    /// Lifecycle and impact, above the title.
    pub marks: Vec<Mark>,
    /// Late, overrun, a text in one language only.
    pub notices: Vec<Notice>,
    /// The promise that stands open.
    pub promise: Option<Promise>,
    /// Impact window, promises kept, postmortem.
    pub facts: Vec<Fact>,
    /// What a customer should know.
    pub guidance_label: String,
    /// Who is affected, how to check, what to do now, until when.
    pub fields: Vec<Field>,
    /// What it touched.
    pub affected: Option<AffectedSystems>,
    /// "Updates".
    pub updates_label: String,
    /// "Newest first".
    pub updates_hint: String,
    /// Newest first.
    pub updates: Vec<IncidentUpdate>,
    /// What was promised and how it was met.
    pub promises: Option<Promises>,
    /// The postmortem.
    pub postmortem: Option<Postmortem>,
    /// Incidents of one cause.
    pub related: Option<Links>,
}

/// A status beside the title.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Its colour and icon; none for words alone.
    pub status: Option<Status>,
    /// Its words.
    pub words: String,
}

/// A figure with its label.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
    /// Where it leads.
    pub href: Option<String>,
    /// A line beneath.
    pub note: Option<String>,
}

/// What an incident touched.
#[derive(Clone, Debug)]
pub struct AffectedSystems {
    /// "Affected systems".
    pub heading: String,
    /// "This incident affected: A, B (C, D)."
    pub sentence: String,
    /// One by one.
    pub items: Vec<Affected>,
    /// When each was how.
    pub times: Option<Times>,
}

/// What was said of the systems over the impact window, as a table.
#[derive(Clone, Debug)]
pub struct Times {
    /// What the table is.
    pub caption: String,
    /// System, status, impact window, duration.
    pub columns: [String; 4],
    /// System by system, the earliest first.
    pub rows: Vec<TimesRow>,
}

/// One status of one system.
#[derive(Clone, Debug)]
pub struct TimesRow {
    /// The system.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// The same in words.
    pub words: String,
    /// From when until when; or since when.
    pub window: String,
    /// How long; empty while it lasts.
    pub duration: String,
    /// Where it lies within the whole, in thousandths: begin and width. None while any lasts.
    pub span: Option<(i64, i64)>,
}

/// One message with its place in the record.
#[derive(Clone, Debug)]
pub struct IncidentUpdate {
    /// Place on the page, for links.
    pub id: String,
    /// Lifecycle status in words, or "Update".
    pub label: String,
    /// The text.
    pub body: Safe,
    /// A link after the text ("Read details" of a postmortem).
    pub link: Option<Link>,
    /// When: `Posted Nov 18, 2026 - 14:57 JST`.
    pub at: Moment,
    /// The same in unix milliseconds.
    pub unix_ms: String,
    /// Said when it was edited.
    pub edited: Option<String>,
    /// The promise it met.
    pub promise: Option<PromiseRecord>,
    /// Language of the text where it is not the page's.
    pub lang: Option<String>,
    /// Says that the text exists in that language only.
    pub language_note: Option<String>,
}

/// How a promise went.
#[derive(Clone, Debug)]
pub struct PromiseRecord {
    /// Operational: kept. Degraded: late or overdue. Maintenance: open. Unknown: lifted.
    pub status: Status,
    /// What was promised, how it was met.
    pub words: String,
}

/// All promises of the incident that no update shows.
#[derive(Clone, Debug)]
pub struct Promises {
    /// "Promises".
    pub heading: String,
    /// Open, late, lifted, kept.
    pub items: Vec<PromiseRecord>,
}

/// The postmortem.
#[derive(Clone, Debug)]
pub struct Postmortem {
    /// "Postmortem".
    pub heading: String,
    /// When it was published.
    pub published: Moment,
    /// The text.
    pub body: Safe,
    /// Language of the text where it is not the page's.
    pub lang: Option<String>,
    /// Says that the text exists in that language only.
    pub language_note: Option<String>,
}

/// A list of links with its heading.
#[derive(Clone, Debug)]
pub struct Links {
    /// What they are.
    pub heading: String,
    /// The links.
    pub items: Vec<Link>,
}
