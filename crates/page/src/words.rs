//! Times, statuses and texts of a page as its readers read them: thin joints between the domain's
//! values, the language's words and the looks of the HTML.

use jiff::Zoned;
use jiff::civil::Date;
use noroshi_domain::overall::{Indicator, Sentence};
use noroshi_domain::{Impact, Instant, Locale, Status, Texts};
use noroshi_text::{dates, labels, markdown, msg};

use crate::html::{self, Level, Moment, Safe};
use crate::view::{System, SystemGroup, Told, ToldUpdate, View};

pub(crate) use noroshi_domain::PROMISE_GRACE_S;

/// A page's state as a sentence.
pub(crate) fn sentence(sentence: Sentence, locale: Locale) -> String {
    match sentence {
        Sentence::AllOperational => msg::indicator_all_operational(locale),
        Sentence::MajorSystemOutage => msg::indicator_major_system_outage(locale),
        Sentence::PartialSystemOutage => msg::indicator_partial_system_outage(locale),
        Sentence::MinorServiceOutage => msg::indicator_minor_service_outage(locale),
        Sentence::DegradedSystemService => msg::indicator_degraded_system_service(locale),
        Sentence::PartiallyDegradedService => msg::indicator_partially_degraded_service(locale),
        Sentence::ServiceUnderMaintenance => msg::indicator_under_maintenance(locale),
        Sentence::NotBeingMeasured => msg::indicator_not_measured(locale),
    }
}

/// How the whole page looks, and its state as a sentence: what is not measured or doubted is never
/// green.
pub(crate) fn overall(view: &View<'_>, locale: Locale) -> (html::Status, String) {
    let overall = view.overall();
    if view.is_all_well_doubted() {
        return (html::Status::Unknown, msg::indicator_being_checked(locale));
    }
    let status = if overall.sentence == Sentence::NotBeingMeasured {
        html::Status::Unknown
    } else {
        indicator_level(overall.indicator).status()
    };
    (status, sentence(overall.sentence, locale))
}

/// A component's status in words; one that the checks doubt is being checked.
pub(crate) fn status_of(view: &View<'_>, system: &System<'_>, locale: Locale) -> String {
    if view.is_doubted(system) {
        msg::status_being_checked(locale)
    } else {
        labels::status(system.status, locale)
    }
}

/// ISO 8601 with three digits, in the page's zone.
pub(crate) fn iso(view: &View<'_>, at: Instant) -> String {
    dates::iso_ms(at.timestamp(), view.page().zone.time_zone())
}

/// RFC 3339 in whole seconds, in the page's zone, for `datetime` attributes.
pub(crate) fn datetime(view: &View<'_>, at: Instant) -> String {
    local(view, at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `Jul 17, 13:13 JST`.
pub(crate) fn time(view: &View<'_>, at: Instant, locale: Locale) -> String {
    dates::moment(at.timestamp(), view.page().zone.time_zone(), locale)
}

/// `13:13 JST` today, else with its day.
pub(crate) fn clock_or_time(view: &View<'_>, at: Instant, locale: Locale) -> String {
    let zone = &view.page().zone;
    if zone.date_of(at) == zone.date_of(view.now()) {
        dates::clock_with_zone(at.timestamp(), zone.time_zone(), locale)
    } else {
        time(view, at, locale)
    }
}

/// A range of time.
pub(crate) fn window(view: &View<'_>, from: Instant, to: Instant, locale: Locale) -> String {
    let zone = view.page().zone.time_zone();
    dates::window(from.timestamp(), to.timestamp(), zone, locale)
}

/// A time in a sentence, day and clock marked; `wrap` makes the sentence of the time's text.
pub(crate) fn moment(
    view: &View<'_>,
    at: Instant,
    locale: Locale,
    wrap: impl FnOnce(&str) -> String,
) -> Moment {
    found_in(view, at, &wrap(&time(view, at, locale)), locale)
}

/// An instant's day and clock found in a text that holds them: the beginning of a window.
pub(crate) fn found_in(view: &View<'_>, at: Instant, text: &str, locale: Locale) -> Moment {
    let day = local(view, at).day().to_string();
    Moment::found(&datetime(view, at), text, &day, &clock(view, at, locale))
}

/// The same with its year, as incident pages have it.
pub(crate) fn moment_with_year(
    view: &View<'_>,
    at: Instant,
    locale: Locale,
    wrap: impl FnOnce(&str) -> String,
) -> Moment {
    let zone = view.page().zone.time_zone();
    let text = wrap(&dates::moment_with_year(at.timestamp(), zone, locale));
    let day = local(view, at).day();
    let day = match locale {
        Locale::En => format!("{day:02}"),
        Locale::Ja => day.to_string(),
    };
    Moment::found(&datetime(view, at), &text, &day, &clock(view, at, locale))
}

/// A day with its year, the day of the month marked: `Jul 17, 2024`.
pub(crate) fn date_moment(date: Date, locale: Locale) -> Moment {
    let text = dates::date(date, locale);
    // The weekday stands in its own place.
    let text = text.split('（').next().unwrap_or_default();
    Moment::found(&date.to_string(), text, &date.day().to_string(), "")
}

fn clock(view: &View<'_>, at: Instant, locale: Locale) -> String {
    dates::clock(at.timestamp(), view.page().zone.time_zone(), locale)
}

fn local(view: &View<'_>, at: Instant) -> Zoned {
    at.timestamp()
        .to_zoned(view.page().zone.time_zone().clone())
}

/// Stands in a message where its argument will be shown in another way.
pub(crate) const MARK: &str = "\u{1}";

/// What stands before and after [`MARK`] in a message, or before and after another `mark`.
pub(crate) fn around(text: &str, mark: &str) -> (String, String) {
    let (before, after) = text.split_once(mark).unwrap_or((text, ""));
    (before.to_owned(), after.to_owned())
}

/// A text for a reader: in his locale where it exists, else marked with its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picked<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// Its language where it is not the reader's.
    pub(crate) lang: Option<String>,
    /// Says that it exists in that language only.
    pub(crate) note: Option<String>,
}

/// A text for a reader of a locale.
pub(crate) fn pick<'a>(view: &View<'_>, texts: &'a Texts, locale: Locale) -> Picked<'a> {
    let (text, own) = view.pick(texts, locale);
    let other = own != locale && !text.is_empty();
    Picked {
        text,
        lang: other.then(|| own.as_str().to_owned()),
        note: other.then(|| labels::only_in(own, locale)),
    }
}

/// The body of an update, Markdown, for a reader of a locale.
pub(crate) struct Body {
    /// The text.
    pub(crate) text: String,
    /// Its language where it is not the reader's.
    pub(crate) lang: Option<String>,
    /// Says that it exists in that language only.
    pub(crate) note: Option<String>,
}

/// The body of an update: its own, what remains of an erased one, else the postmortem it carries.
pub(crate) fn body(
    view: &View<'_>,
    told: &Told<'_>,
    update: &ToldUpdate<'_>,
    locale: Locale,
) -> Body {
    let fact = update.fact;
    let carried = told
        .incident
        .postmortem
        .as_ref()
        .filter(|postmortem| postmortem.update_id == fact.id)
        .map(|postmortem| &postmortem.body);
    let texts = if fact.body.is_empty() {
        carried.filter(|_| fact.erased_at.is_none())
    } else {
        Some(&fact.body)
    };
    match texts {
        Some(texts) => {
            let picked = pick(view, texts, locale);
            Body {
                text: picked.text.to_owned(),
                lang: picked.lang,
                note: picked.note,
            }
        }
        None => Body {
            text: if fact.erased_at.is_some() {
                msg::text_erased(locale)
            } else {
                String::new()
            },
            lang: None,
            note: None,
        },
    }
}

/// An operator's text as HTML.
pub(crate) fn safe(body: &str) -> Safe {
    Safe::from(markdown::html(body))
}

/// How a status looks.
pub(crate) const fn look(status: Status) -> html::Status {
    match status {
        Status::Operational => html::Status::Operational,
        Status::Unknown => html::Status::Unknown,
        Status::UnderMaintenance => html::Status::Maintenance,
        Status::DegradedPerformance => html::Status::Degraded,
        Status::PartialOutage => html::Status::Partial,
        Status::MajorOutage => html::Status::Major,
    }
}

/// How a component looks: one that the checks doubt is not green.
pub(crate) fn look_of(view: &View<'_>, system: &System<'_>) -> html::Status {
    if view.is_doubted(system) {
        html::Status::Unknown
    } else {
        look(system.status)
    }
}

/// How a group looks: one with a doubted member is not green.
pub(crate) fn look_of_group(view: &View<'_>, group: &SystemGroup<'_>) -> html::Status {
    let is_doubted = group.status == Status::Operational
        && group
            .members
            .iter()
            .any(|member| view.is_doubted(&view.systems()[*member]));
    if is_doubted {
        html::Status::Unknown
    } else {
        look(group.status)
    }
}

/// How an impact looks.
pub(crate) const fn impact_level(impact: Impact) -> Level {
    match impact {
        Impact::None => Level::None,
        Impact::Maintenance => Level::Maintenance,
        Impact::Minor => Level::Minor,
        Impact::Major => Level::Major,
        Impact::Critical => Level::Critical,
    }
}

/// An impact in words; empty for none.
pub(crate) fn impact(impact: Impact, locale: Locale) -> String {
    if impact == Impact::None {
        String::new()
    } else {
        labels::impact(impact, locale)
    }
}

/// An impact that stands alone: "Impact: Major"; planned work only says that it is that.
pub(crate) fn impact_told(told: Impact, locale: Locale) -> String {
    match told {
        Impact::None | Impact::Maintenance => impact(told, locale),
        Impact::Minor | Impact::Major | Impact::Critical => {
            msg::impact_of(locale, &labels::impact(told, locale))
        }
    }
}

/// How an indicator looks.
pub(crate) const fn indicator_level(indicator: Indicator) -> Level {
    match indicator {
        Indicator::None => Level::None,
        Indicator::Minor => Level::Minor,
        Indicator::Major => Level::Major,
        Indicator::Critical => Level::Critical,
        Indicator::Maintenance => Level::Maintenance,
    }
}
