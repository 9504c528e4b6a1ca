//! The front page, top to bottom.

use askama::Template;

use super::{Bars, Horizon, Legend, Level, Link, Moment, Safe, Shell, Slot, Status, UptimeScript};

/// The front page.
#[derive(Clone, Debug, Template)]
#[template(path = "front.html")]
pub struct Front {
    /// Around it.
    pub shell: Shell,
    /// Indicator, for the class of the body.
    pub indicator: Level,
    /// Path of the cover image above it; none while something is open.
    pub cover: Option<String>,
    /// The first sentence.
    pub lead: Lead,
    /// Open incidents and maintenances in progress, newest first.
    pub open: Vec<OpenIncident>,
    /// Contradictions, not measured, held, maintenance late or overrun.
    pub notices: Vec<Notice>,
    /// What the page is about, in its operator's words.
    pub about: Option<Words>,
    /// What its operator says above the components.
    pub headline: Option<Words>,
    /// What stands announced.
    pub announcements: Option<Announcements>,
    /// Components in groups.
    pub components: Components,
    /// What is planned.
    pub scheduled: Option<Scheduled>,
    /// Fifteen days.
    pub past: Past,
    /// The figures scrapers read.
    pub uptime_script: Option<UptimeScript>,
}

/// Words of the page's operator.
#[derive(Clone, Debug)]
pub struct Words {
    /// The text.
    pub text: Safe,
    /// Language of the text where it is not the page's.
    pub lang: Option<String>,
}

/// The first sentence of the page, with its time and the horizon.
#[derive(Clone, Debug)]
pub struct Lead {
    /// It is the banner, large; false while an incident is open: then it is one line above it.
    pub banner: bool,
    /// Its colour.
    pub status: Status,
    /// The indicator's sentence, or above an incident the count ("9 of 12 systems operational").
    pub sentence: String,
    /// "As of " with its time and what follows; all in one moment.
    pub as_of: Moment,
    /// The systems now.
    pub horizon: Horizon,
}

/// A promise of the next update, as large as anything on the page.
#[derive(Clone, Debug)]
pub struct Promise {
    /// "Next update by", or when late "An update was due at".
    pub label: String,
    /// The clock, `15:15`; with the day where it is not today. Empty for a condition.
    pub figure: String,
    /// The zone, never apart from the clock.
    pub unit: String,
    /// What the language says after a time: `までに`; empty in English.
    pub after: String,
    /// RFC 3339 of the figure.
    pub datetime: String,
    /// The condition in words ("when the cause is known").
    pub condition: Option<String>,
    /// The time has passed.
    pub overdue: bool,
    /// How earlier promises were kept.
    pub record: Option<String>,
}

/// A component as an incident touches it.
#[derive(Clone, Debug)]
pub struct Affected {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// Its status in words.
    pub words: String,
    /// Scope of this component ("tag v1 only").
    pub note: Option<String>,
}

/// One of the four fields that tell a customer what to do.
#[derive(Clone, Debug)]
pub struct Field {
    /// "Who is affected", "How to check", "What to do now", "Effects may last until".
    pub label: String,
    /// The text.
    pub text: Safe,
    /// It asks for action.
    pub action: bool,
    /// Language of the text where it is not the page's.
    pub lang: Option<String>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Update {
    /// Lifecycle status in words, or "Update".
    pub label: String,
    /// Lifecycle status as a class: `investigating`, `update`, `postmortem`, …
    pub class: String,
    /// The text.
    pub body: Safe,
    /// The label stands on its own line, because the text begins with `■`, a list or a heading.
    pub label_alone: bool,
    /// A link in the place of the text ("Read details" of a postmortem).
    pub link: Option<Link>,
    /// When.
    pub at: Moment,
    /// Language of the text where it is not the page's.
    pub lang: Option<String>,
    /// Says that the text exists in that language only.
    pub language_note: Option<String>,
}

/// One incident alone, for whoever is about to publish it.
#[derive(Clone, Debug, Template)]
#[template(path = "incident_card.html")]
pub struct IncidentCard {
    /// The incident.
    pub incident: OpenIncident,
}

/// An open incident or a maintenance in progress.
#[derive(Clone, Debug)]
pub struct OpenIncident {
    /// Its code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// Its impact.
    pub impact: Level,
    /// The worst status of what it touches; where that is well again, its impact.
    pub worst: Status,
    /// The same in words; empty for an impact of none.
    pub worst_words: String,
    /// Lifecycle in words.
    pub lifecycle: String,
    /// Since when.
    pub since: Moment,
    /// A maintenance that is late or overruns says so.
    pub warning: Option<String>,
    /// The promise of the next update; of a maintenance without one, when it ends by its plan.
    pub promise: Option<Promise>,
    /// "Affected systems".
    pub affected_label: String,
    /// What it touches.
    pub affected: Vec<Affected>,
    /// Who is affected, how to check, what to do now, until when.
    pub fields: Vec<Field>,
    /// Newest first.
    pub updates: Vec<Update>,
    /// "Updates of this incident": its page.
    pub follow: Link,
}

/// One sentence that stands out.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its colour and icon.
    pub status: Status,
    /// The sentence.
    pub text: String,
    /// Where to read on.
    pub link: Option<Link>,
}

/// What stands announced.
#[derive(Clone, Debug)]
pub struct Announcements {
    /// "Announcements".
    pub heading: String,
    /// Those that stand now.
    pub items: Vec<Announced>,
    /// To all of them.
    pub all: Option<Link>,
}

/// One announcement.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Place on the page, for links.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Safe,
    /// From when, until when.
    pub window: String,
    /// Language of title and text where it is not the page's.
    pub lang: Option<String>,
    /// It stands now.
    pub current: bool,
}

/// The systems.
#[derive(Clone, Debug)]
pub struct Components {
    /// "Systems".
    pub heading: String,
    /// "View historical uptime".
    pub uptime: Option<Link>,
    /// Groups and single components, in page order.
    pub rows: Vec<Row>,
    /// In two columns on a wide screen.
    pub two_columns: bool,
    /// Said when there are none.
    pub empty: String,
    /// What the shapes mean.
    pub legend: Legend,
}

/// A line of the list.
#[derive(Clone, Debug)]
pub enum Row {
    /// A component outside groups.
    Single(Component),
    /// A group.
    Group(Group),
}

/// A system.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Language of the name where it is not the page's.
    pub lang: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// How it is.
    pub status: Status,
    /// The status as the public API says it: `partial_outage`.
    pub api_status: String,
    /// The status in words ("Not measured since 14:31").
    pub words: String,
    /// Since when it is not operational, and until when that is an operator's word.
    pub note: Option<String>,
    /// Its days, when it is showcased.
    pub bars: Option<Bars>,
}

/// A titled set of systems.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Unfolded at first.
    pub open: bool,
    /// Worst of its members.
    pub status: Status,
    /// The same as the public API says it.
    pub api_status: String,
    /// The same in words.
    pub words: String,
    /// Its days, shown while it is folded.
    pub bars: Option<Bars>,
    /// Its members.
    pub components: Vec<Component>,
}

/// Planned work.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// "Scheduled maintenance".
    pub heading: String,
    /// Soonest first.
    pub items: Vec<ScheduledMaintenance>,
}

/// One planned maintenance.
#[derive(Clone, Debug)]
pub struct ScheduledMaintenance {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// "When".
    pub window_label: String,
    /// The window: its start as the moment, the end in what follows.
    pub window: Moment,
    /// Start in unix seconds.
    pub unix: String,
    /// "Systems".
    pub components_label: String,
    /// Names.
    pub components: String,
    /// It has not begun in time.
    pub warning: Option<String>,
    /// Newest first.
    pub updates: Vec<Update>,
    /// "Add to calendar".
    pub calendar: Option<Link>,
}

/// Fifteen days.
#[derive(Clone, Debug)]
pub struct Past {
    /// "Past incidents".
    pub heading: String,
    /// "15 days".
    pub hint: String,
    /// Today first.
    pub days: Vec<PastDay>,
    /// To the whole history.
    pub more: Link,
}

/// One day.
#[derive(Clone, Debug)]
pub struct PastDay {
    /// Its date.
    pub date: Moment,
    /// Its weekday.
    pub weekday: String,
    /// Its incidents, the latest first told first.
    pub incidents: Vec<PastIncident>,
    /// Said when there are none; while one is open or a system is not operational today, that this
    /// stands above.
    pub empty: Option<String>,
}

/// An incident under its day.
#[derive(Clone, Debug)]
pub struct PastIncident {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title where it is not the page's.
    pub lang: Option<String>,
    /// Its impact.
    pub impact: Level,
    /// Impact in words; empty for none.
    pub impact_words: String,
    /// When it was felt.
    pub window: String,
    /// What it touched.
    pub components: String,
    /// Newest first.
    pub updates: Vec<Update>,
}
