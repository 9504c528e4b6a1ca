//! The looks of the public pages: one context a page, its template, and the style sheet.
//!
//! A context holds strings that are ready to print, in the reader's language; templates hold no
//! words of their own and no logic but `if` and `for`. What stands in a context is escaped when it
//! is printed, save [`Safe`] and [`UptimeScript`]. Nothing here knows the domain or the time.

mod bars;
mod embed;
mod front;
mod history;
mod incident;
mod plain;
pub mod samples;
pub mod scripts;
mod shell;
mod subscribe;
mod uptime;
mod values;

pub use bars::{
    Bars, BarsEvent, BarsUptime, BarsWords, Day, Horizon, Legend, LegendItem, Outage, Slot,
};
pub use embed::{Embed, EmbedIncident, EmbedSystem};
pub use front::{
    Affected, Announced, Announcements, Component, Components, Field, Front, Group, IncidentCard,
    Lead, Notice, OpenIncident, Past, PastDay, PastIncident, Promise, Row, Scheduled,
    ScheduledMaintenance, Update, Words,
};
pub use history::{
    Choice, Filters, FoundIncident, History, HistoryIncident, Month, Part, Results, Select,
};
pub use incident::{
    AffectedSystems, Fact, Incident, IncidentUpdate, Links, Mark, Postmortem, PromiseRecord,
    Promises, Times, TimesRow,
};
pub use plain::{Address, AddressList, AnnouncementsPage, Api, ErrorPage, UnknownHost};
pub use scripts::{Live, Script};
pub use shell::{Alternate, Footer, Link, Logo, Shell, Subscribe};
pub use subscribe::{AskForm, Input, ScopeFields, SubscribePage, Tick};
pub use uptime::{CalendarMonth, Cell, Record, RecordRow, UptimeComponent, UptimeIndex, UptimeRow};
pub use values::{Level, Moment, Safe, Status, UptimeScript};

/// The style sheet of the front page, which every other page begins with: tokens, base, parts.
pub const STYLE: &str = include_str!("../../../assets/page.css");

/// What the other pages need beside it, in a second `<style>`.
pub const STYLE_SCREENS: &str = include_str!("../../../assets/screens.css");

/// The style sheet of the frame on other sites.
pub const STYLE_EMBED: &str = include_str!("../../../assets/embed.css");

/// Every text of a `<style>` of a page: the Content-Security-Policy names the SHA-256 of exactly these bytes.
pub const STYLES: [&str; 2] = [STYLE, STYLE_SCREENS];

/// Renders a page. The same context gives the same bytes.
pub fn render(page: &impl askama::Template) -> String {
    page.render()
        .expect("a template writes to memory, which does not fail")
}
