//! Uptime: the list of components, and the calendar of one.

use askama::Template;

use super::{Bars, Legend, Link, Select, Shell, Slot, Status};

/// The list of showcased components.
#[derive(Clone, Debug, Template)]
#[template(path = "uptime.html")]
pub struct UptimeIndex {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status".
    pub back: Link,
    /// "Uptime".
    pub heading: String,
    /// "Incidents" and "Uptime", one of them current.
    pub sections: Vec<Link>,
    /// Names those links for screen readers.
    pub sections_label: String,
    /// "Systems".
    pub list_heading: String,
    /// The components.
    pub rows: Vec<UptimeRow>,
    /// Said when there are none.
    pub empty: String,
    /// What the shapes mean.
    pub legend: Legend,
}

/// A component in the list.
#[derive(Clone, Debug)]
pub struct UptimeRow {
    /// Its name.
    pub name: String,
    /// Its calendar.
    pub href: String,
    /// Its 90 days.
    pub bars: Bars,
}

/// The calendar of a component.
#[derive(Clone, Debug, Template)]
#[template(path = "uptime_component.html")]
pub struct UptimeComponent {
    /// Around it.
    pub shell: Shell,
    /// "← Current Status".
    pub back: Link,
    /// The component's name with "Uptime".
    pub heading: String,
    /// "Incidents" and "Uptime", one of them current.
    pub sections: Vec<Link>,
    /// Names those links for screen readers.
    pub sections_label: String,
    /// The other components: a GET form.
    pub action: String,
    /// Its choice.
    pub select: Select,
    /// Its button.
    pub submit: String,
    /// The months shown, in words.
    pub range: String,
    /// Names the links to other months for screen readers.
    pub pager_label: String,
    /// Later months.
    pub newer: Option<Link>,
    /// Earlier months.
    pub older: Option<Link>,
    /// Seven, beginning with the first column.
    pub weekdays: Vec<String>,
    /// Newest first.
    pub months: Vec<CalendarMonth>,
    /// What the shapes mean.
    pub legend: Legend,
    /// The days with events.
    pub record: Record,
    /// How it is counted.
    pub notes: Vec<String>,
}

/// A month as a calendar.
#[derive(Clone, Debug)]
pub struct CalendarMonth {
    /// Its name with the year.
    pub title: String,
    /// Its percentage with the sign, or "No data".
    pub figure: String,
    /// Names the table for screen readers: which days are marked.
    pub caption: String,
    /// Weeks of seven cells.
    pub weeks: Vec<Vec<Cell>>,
}

/// A cell of a calendar.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Outside the month.
    Blank,
    /// Still to come.
    Future {
        /// Day of the month.
        number: String,
    },
    /// Without an event.
    Calm {
        /// Day of the month.
        number: String,
        /// Operational or no data.
        status: Status,
        /// It is today.
        today: bool,
    },
    /// With an event.
    Event {
        /// Day of the month.
        number: String,
        /// Worst of the day.
        status: Status,
        /// Date, status, duration, spoken.
        label: String,
        /// The incident, or the entry in the record beneath.
        href: String,
        /// It is today.
        today: bool,
    },
}

/// The days with events, as a table.
#[derive(Clone, Debug)]
pub struct Record {
    /// "Days with events".
    pub heading: String,
    /// Date, status, incident, duration, downtime counted.
    pub columns: [String; 5],
    /// Newest first.
    pub rows: Vec<RecordRow>,
    /// Said when there are none.
    pub empty: String,
}

/// One day of the record.
#[derive(Clone, Debug)]
pub struct RecordRow {
    /// Place on the page, for links: `d2026-11-12`.
    pub id: String,
    /// RFC 3339 date.
    pub datetime: String,
    /// Its date.
    pub date: String,
    /// Worst of the day.
    pub status: Status,
    /// The same in words.
    pub words: String,
    /// Incidents and maintenances.
    pub related: Vec<Link>,
    /// Said when there are none.
    pub related_empty: String,
    /// How long.
    pub duration: String,
    /// What counts of it.
    pub downtime: String,
}
