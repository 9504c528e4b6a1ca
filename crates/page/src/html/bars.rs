//! Rows of columns: the days of a component, the horizon of a page, the legend.

use super::{Link, Status};

/// One day as a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its shape: the worst status of the day.
    pub status: Status,
    /// Its literal colour, `#rrggbb`, as reference 4.5 has it.
    pub fill: String,
}

/// What a day tells: "Partial outage 2 hrs 29 mins" with its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The shape.
    pub status: Status,
    /// Status and duration; of a group how many members.
    pub words: String,
}

/// A day on which something happened: a button over its column, and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarsEvent {
    /// All of it as one sentence, spoken: `Nov 12: Partial outage 2 hrs 29 mins`.
    pub label: String,
    /// Its date.
    pub date: String,
    /// What was, the worst first.
    pub outages: Vec<Outage>,
    /// Incidents and maintenances of the day.
    pub related: Vec<Link>,
}

/// What stands over the column of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Nothing is told.
    Silent,
    /// Nothing happened, or nothing is known: `Nov 12, 2026` and "No downtime recorded".
    Calm {
        /// Its date.
        date: String,
        /// The sentence.
        words: String,
    },
    /// Something happened.
    Event(BarsEvent),
}

/// Uptime of the days that are drawn, as cut percentages without the sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarsUptime {
    /// Of 90 days.
    pub ninety: String,
    /// Of 60 days.
    pub sixty: String,
    /// Of 30 days.
    pub thirty: String,
    /// The component's calendar.
    pub href: String,
}

/// The words around a row of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BarsWords {
    /// Before the number of days in "90 days ago".
    pub ago_before: String,
    /// After it.
    pub ago_after: String,
    /// Before the percentage in "99.98 % uptime".
    pub uptime_before: String,
    /// After it, with the percent sign.
    pub uptime_after: String,
    /// "No data" in the place of the percentage.
    pub no_data: String,
    /// "Today".
    pub today: String,
    /// Said to screen readers after the days with events: the others had none.
    pub others: String,
    /// "Related".
    pub related: String,
    /// Said where nothing is related.
    pub nothing_related: String,
}

/// The days of a component or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Code of the component.
    pub id: String,
    /// Names the row for screen readers: `Event tracking, last 90 days`.
    pub label: String,
    /// Path of the image that draws the days; none where the page does.
    pub image: Option<String>,
    /// 90 days, oldest first.
    pub days: Vec<Day>,
    /// What each day tells, oldest first.
    pub slots: Vec<Slot>,
    /// Indexes of the days that begin a month.
    pub month_starts: Vec<u16>,
    /// The percentages; none where no day counts.
    pub uptime: Option<BarsUptime>,
    /// The words around.
    pub words: BarsWords,
}

/// One column a component, in page order; above 24 components one a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Horizon {
    /// Counts in words, for screen readers.
    pub label: String,
    /// The columns.
    pub columns: Vec<Status>,
}

impl Horizon {
    /// Width of the drawing in its own units: columns of 6, 11 apart.
    pub fn width(&self) -> usize {
        (self.columns.len() * 11).saturating_sub(5)
    }
}

/// What a shape means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    /// The shape.
    pub status: Status,
    /// Its name.
    pub label: String,
}

/// The legend of shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legend {
    /// "Legend", for screen readers.
    pub label: String,
    /// In order of severity.
    pub items: Vec<LegendItem>,
}
