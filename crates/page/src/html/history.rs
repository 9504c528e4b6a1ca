//! The history: incidents by month, filtered, searched.

use askama::Template;

use super::{Level, Link, Safe, Shell};

/// The history.
#[derive(Clone, Debug, Template)]
#[template(path = "history.html")]
pub struct History {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status".
    pub back: Link,
    /// "Incident history".
    pub heading: String,
    /// "Incidents" and "Uptime", one of them current.
    pub sections: Vec<Link>,
    /// Names those links for screen readers.
    pub sections_label: String,
    /// Filters and search.
    pub filters: Filters,
    /// The months shown, newest first. Empty when there are results.
    pub months: Vec<Month>,
    /// What a search found.
    pub results: Option<Results>,
    /// The months shown, in words.
    pub range: String,
    /// Names the links to other months for screen readers.
    pub pager_label: String,
    /// Later months.
    pub newer: Option<Link>,
    /// Earlier months.
    pub older: Option<Link>,
    /// The JSON that scrapers read (reference 5.3).
    pub props: String,
}

/// A GET form.
#[derive(Clone, Debug)]
pub struct Filters {
    /// Where it leads.
    pub action: String,
    /// "Search".
    pub search_label: String,
    /// What was searched.
    pub query: String,
    /// "Month".
    pub month_label: String,
    /// The chosen month, `2026-03`; empty for none.
    pub month: String,
    /// Component and impact.
    pub selects: Vec<Select>,
    /// "Show".
    pub submit: String,
    /// Back to everything.
    pub clear: Option<Link>,
}

/// A choice of one.
#[derive(Clone, Debug)]
pub struct Select {
    /// Its name in the address.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its options.
    pub options: Vec<Choice>,
}

/// An option.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its value in the address.
    pub value: String,
    /// Its label.
    pub label: String,
    /// It is chosen.
    pub selected: bool,
}

/// A month.
#[derive(Clone, Debug)]
pub struct Month {
    /// Its name with the year.
    pub title: String,
    /// To this month alone.
    pub href: String,
    /// Its incidents, newest first.
    pub incidents: Vec<HistoryIncident>,
    /// Said when there are none.
    pub empty: String,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Results {
    /// "12 incidents for …".
    pub heading: String,
    /// Newest first.
    pub incidents: Vec<FoundIncident>,
    /// Said when there are none.
    pub empty: String,
    /// What may help then.
    pub hint: String,
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// It was searched.
    pub found: bool,
}

/// An incident that a search found.
#[derive(Clone, Debug)]
pub struct FoundIncident {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: Vec<Part>,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// Its impact.
    pub impact: Level,
    /// Impact in words; empty for none.
    pub impact_words: String,
    /// When: `Nov 12, 9:18 - 11:47 JST`.
    pub when: String,
    /// What it touched.
    pub components: String,
    /// Which of its texts is shown: "Resolved", "Postmortem".
    pub place: String,
    /// The place in that text.
    pub excerpt: Vec<Part>,
    /// Language of that text where it is not the page's.
    pub excerpt_lang: Option<String>,
}

/// An incident as a line of the history.
#[derive(Clone, Debug)]
pub struct HistoryIncident {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of title and text where it is not the page's.
    pub lang: Option<String>,
    /// Its impact.
    pub impact: Level,
    /// Impact in words; empty for none.
    pub impact_words: String,
    /// The last that was said before its report.
    pub body: Safe,
    /// To its report.
    pub report: Option<Link>,
    /// When: `Nov 12, 9:18 - 11:47 JST`.
    pub when: String,
    /// What it touched.
    pub components: String,
}
