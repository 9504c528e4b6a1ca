//! Rows of columns: the days of a component, the horizon of a page, the legend.

use super::Status;

/// One day as a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its shape: the worst status of the day.
    pub status: Status,
    /// Its literal colour, `#rrggbb`, as reference 4.5 has it.
    pub fill: String,
}

/// A day on which something happened: a link over its column, and an entry in the hidden list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarsEvent {
    /// Which day, 0 is the oldest of 90.
    pub index: u16,
    /// The incident, or the component's calendar where there are several.
    pub href: String,
    /// Date, status, duration, spoken: `Nov 12: Partial Outage 2 hrs 29 mins`.
    pub label: String,
}

impl BarsEvent {
    /// Where the column stands.
    pub fn x(&self) -> u16 {
        self.index * 5
    }

    /// The class that hides the day where it is not drawn: only 60 or 30 days are shown.
    pub fn age(&self) -> &'static str {
        match self.index {
            0..30 => "e90",
            30..60 => "e60",
            _ => "e30",
        }
    }
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
}

/// The days of a component or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Code of the component.
    pub id: String,
    /// Names the row for screen readers: `Event tracking, last 90 days`.
    pub label: String,
    /// 90 days, oldest first.
    pub days: Vec<Day>,
    /// Those on which something happened, oldest first.
    pub events: Vec<BarsEvent>,
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
