//! The small values contexts are made of: statuses as looks, times as text, trusted HTML.

use std::fmt;

use askama::filters::HtmlSafe;
use noroshi_text::markdown::SafeHtml;

/// How a status looks: its colour, its column and its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Operational.
    Operational,
    /// Under maintenance.
    Maintenance,
    /// Degraded performance.
    Degraded,
    /// Partial outage.
    Partial,
    /// Major outage.
    Major,
    /// Not measured: never drawn as operational.
    Unknown,
    /// Nothing counts on this day; only a column can be this.
    NoData,
}

impl Status {
    /// The class that sets colours and the column's height.
    pub fn tone(&self) -> &'static str {
        match self {
            Self::Operational => "ok",
            Self::Maintenance => "mnt",
            Self::Degraded => "deg",
            Self::Partial => "par",
            Self::Major => "maj",
            Self::Unknown => "unk",
            Self::NoData => "no",
        }
    }

    /// The colour word that readers of the page's HTML know (reference 5.2).
    pub fn color(&self) -> &'static str {
        match self {
            Self::Operational => "green",
            Self::Maintenance => "blue",
            Self::Degraded => "yellow",
            Self::Partial => "orange",
            Self::Major => "red",
            Self::Unknown | Self::NoData => "grey",
        }
    }

    /// The icon word that readers of the page's HTML know (reference 5.2).
    pub fn icon(&self) -> &'static str {
        match self {
            Self::Operational => "check",
            Self::Maintenance => "wrench",
            Self::Degraded => "minus-square",
            Self::Partial => "exclamation-triangle",
            Self::Major => "times",
            Self::Unknown | Self::NoData => "question",
        }
    }

    /// The fill in the light theme as six hexadecimal digits, for the tab icon.
    pub fn hex(&self) -> &'static str {
        match self {
            Self::Operational => "2b8a66",
            Self::Maintenance => "3a6cc8",
            Self::Degraded => "b68100",
            Self::Partial => "c8500f",
            Self::Major => "b4122f",
            Self::Unknown | Self::NoData => "7d878d",
        }
    }
}

/// A page's indicator or an incident's impact: both speak the same five words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `none`.
    None,
    /// `minor`.
    Minor,
    /// `major`.
    Major,
    /// `critical`.
    Critical,
    /// `maintenance`.
    Maintenance,
}

impl Level {
    /// The word used in class names.
    pub fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
            Self::Maintenance => "maintenance",
        }
    }

    /// The look of a page whose indicator, or an incident whose impact, this is.
    pub fn status(&self) -> Status {
        match self {
            Self::None => Status::Operational,
            Self::Minor => Status::Degraded,
            Self::Major => Status::Partial,
            Self::Critical => Status::Major,
            Self::Maintenance => Status::Maintenance,
        }
    }
}

/// An instant as a reader sees it, cut so that day and clock can be marked for scripts.
///
/// `Nov 18, 14:57 JST` is `before: "Nov "`, `date: "18"`, `between: ", "`, `time: "14:57"`,
/// `after: " JST"`. Where `date` or `time` is empty it is not marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for machines.
    pub datetime: String,
    /// Text before the day of the month.
    pub before: String,
    /// Day of the month.
    pub date: String,
    /// Text between day and clock.
    pub between: String,
    /// Clock.
    pub time: String,
    /// Text after the clock, such as the zone.
    pub after: String,
}

impl Moment {
    /// Finds day and clock in a text that holds them.
    ///
    /// The day is the last whole number like it before the clock, so that the 11 of `11月11日
    /// 11:11` that counts days is found. Either may be empty, and what is not there is not marked.
    pub fn found(datetime: &str, text: &str, date: &str, time: &str) -> Self {
        let clock = whole(text, time).next();
        let (front, time, after) = match clock {
            Some(at) => (&text[..at], time, &text[at + time.len()..]),
            None => (text, "", ""),
        };
        let (before, date, between) = match whole(front, date).last() {
            Some(at) => (&front[..at], date, &front[at + date.len()..]),
            None => (front, "", ""),
        };
        Self {
            datetime: datetime.to_owned(),
            before: before.to_owned(),
            date: date.to_owned(),
            between: between.to_owned(),
            time: time.to_owned(),
            after: after.to_owned(),
        }
    }
}

/// Where `number` stands in `text` with no digit at either side.
fn whole<'a>(text: &'a str, number: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(number)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let digit = |edge: Option<char>| edge.is_some_and(|edge| edge.is_ascii_digit());
            !number.is_empty()
                && !digit(text[..at].chars().next_back())
                && !digit(text[at + number.len()..].chars().next())
        })
}

/// HTML that is printed as it is. Only [`noroshi_text::markdown`] can make it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safe(SafeHtml);

impl From<SafeHtml> for Safe {
    fn from(html: SafeHtml) -> Self {
        Self(html)
    }
}

impl fmt::Display for Safe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

impl HtmlSafe for Safe {}

/// The uptime figures that scrapers read from the page (reference 4.5), as text that no browser
/// runs. Angle brackets are written as escapes, so no name in it can close the element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UptimeScript(String);

impl UptimeScript {
    /// Takes the JSON of `uptimeData` and of `uptimeValues`.
    pub fn new(data: &str, values: &str) -> Self {
        let text = format!(
            "window.uptimeData = {data};\nvar uptimeData = window.uptimeData;\nuptimeValues = {values};"
        );
        Self(text.replace('<', "\\u003c").replace('>', "\\u003e"))
    }
}

impl fmt::Display for UptimeScript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl HtmlSafe for UptimeScript {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_and_clock_are_found_beside_numbers_like_them() {
        let moment = Moment::found(
            "2026-11-11T11:11:00+09:00",
            "11月11日 11:11 JST",
            "11",
            "11:11",
        );
        assert_eq!(moment.before, "11月");
        assert_eq!(moment.date, "11");
        assert_eq!(moment.between, "日 ");
        assert_eq!(moment.time, "11:11");
        assert_eq!(moment.after, " JST");
        let year = Moment::found("2018-11-18", "Nov 18, 2018", "18", "");
        assert_eq!(
            (year.before.as_str(), year.between.as_str()),
            ("Nov ", ", 2018")
        );
    }

    #[test]
    fn a_text_without_day_or_clock_stands_whole() {
        let moment = Moment::found("2026-11", "November 2026", "", "");
        assert_eq!(moment.before, "November 2026");
        assert_eq!(moment.date, "");
    }

    #[test]
    fn a_name_in_the_uptime_figures_cannot_close_the_script() {
        let script = UptimeScript::new(r#"{"a": "</script><b>"}"#, "[]");
        assert!(!script.to_string().contains('<'));
    }
}
