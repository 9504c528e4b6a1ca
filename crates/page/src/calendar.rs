//! Planned work as a calendar that calendar programs follow (RFC 5545), one per locale.
//!
//! Every occurrence stands as an event of its own: an occurrence of a recurrence carries the
//! recurrence's `UID` with the `RECURRENCE-ID` of its planned start, whether it is only planned or
//! a maintenance already, so that it stays the same event when it becomes one. Rules are not
//! written out: a program would follow them for ever, and by its own idea of the zone. Instants are
//! UTC.

use noroshi_domain::{ComponentId, IncidentKind, IncidentRecord, Instant, Locale, SECOND_US};
use noroshi_text::{labels, markdown, msg};

use crate::address::{Addresses, page_host};
use crate::telling;
use crate::view::{Occurrence, Told, View};
use crate::words;

/// The media type.
pub const CALENDAR_TYPE: &str = "text/calendar; charset=utf-8";
/// How far the calendar looks ahead and back, in days (DOMAIN "Maintenance").
pub const DAYS: i64 = 90;
/// How many events a calendar holds; those nearest to now stay.
pub const EVENTS_MAX: usize = 500;
/// How many planned starts of one recurrence it holds.
const OCCURRENCES_MAX: usize = 100;
/// Longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Longest line, in bytes without its break (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// The calendar's events in a locale, made once for the page and each of its components.
#[derive(Debug)]
pub struct Calendar<'v, 'a> {
    view: &'v View<'a>,
    locale: Locale,
    events: Vec<Event>,
}

/// One event.
#[derive(Debug)]
struct Event {
    from: Instant,
    /// Its lines, folded.
    text: String,
    components: Vec<ComponentId>,
}

impl<'v, 'a> Calendar<'v, 'a> {
    /// Maintenances of the last and the next ninety days, and all that are open.
    pub fn of(view: &'v View<'a>, locale: Locale) -> Self {
        let zone = &view.page().zone;
        // Whole days, so that the calendar's bytes change with the day and not with the second.
        let today = zone.start_of(zone.date_of(view.now()));
        let since = today.plus_seconds(-DAYS * 86_400);
        let until = today.plus_seconds((DAYS + 1) * 86_400);
        let made = view
            .all_told()
            .into_iter()
            .filter(|told| told.incident.is_open() || told.incident.started_at >= since)
            .filter_map(|told| maintenance_event(view, &told, locale));
        let planned = view
            .occurrences(until, OCCURRENCES_MAX)
            .into_iter()
            .map(|occurrence| planned_event(view, occurrence, locale));
        let mut events: Vec<Event> = made.chain(planned).collect();
        events.sort_by_cached_key(|event| {
            (
                event.from.since_us(today).unsigned_abs(),
                event.text.clone(),
            )
        });
        events.truncate(EVENTS_MAX);
        events.sort_by(|one, two| (one.from, &one.text).cmp(&(two.from, &two.text)));
        Self {
            view,
            locale,
            events,
        }
    }

    /// `/maintenance.ics`.
    pub fn whole(&self) -> Vec<u8> {
        let title = self.title();
        self.written(&title, |_| true)
    }

    /// The same of one component; `None` where readers may not see it.
    pub fn of_component(&self, component: &ComponentId) -> Option<Vec<u8>> {
        let system = self.view.system(component)?;
        let name = self.view.pick(&system.fact.name, self.locale).0;
        let title = format!("{} - {name}", self.title());
        Some(self.written(&title, |event| event.components.contains(component)))
    }

    fn title(&self) -> String {
        msg::calendar_title(
            self.locale,
            self.view.pick(&self.view.page().name, self.locale).0,
        )
    }

    fn written(&self, title: &str, is_wanted: impl Fn(&Event) -> bool) -> Vec<u8> {
        let mut text = head(title);
        for event in self.events.iter().filter(|event| is_wanted(event)) {
            text.push_str(&event.text);
        }
        text.push_str("END:VCALENDAR\r\n");
        text.into_bytes()
    }
}

/// `/incidents/CODE.ics`: one maintenance to be added to a calendar; `None` where it is none, or
/// readers may not see it.
pub fn maintenance(view: &View<'_>, record: &IncidentRecord, locale: Locale) -> Option<Vec<u8>> {
    let told = view.told_of(record)?;
    let event = maintenance_event(view, &told, locale)?;
    let name = view.pick(&told.incident.name, locale).0;
    let text = format!("{}{}END:VCALENDAR\r\n", head(name), event.text);
    Some(text.into_bytes())
}

fn head(title: &str) -> String {
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Noroshi//Status page//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        &format!("NAME:{}", escaped(title)),
        &format!("X-WR-CALNAME:{}", escaped(title)),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ] {
        put(&mut text, line);
    }
    text
}

fn maintenance_event(view: &View<'_>, told: &Told<'_>, locale: Locale) -> Option<Event> {
    let incident = told.incident;
    let plan = incident
        .plan
        .as_ref()
        .filter(|_| incident.kind == IncidentKind::Maintenance)?;
    let page = view.page();
    let (uid, recurrence_at) = match (&plan.recurrence_id, plan.occurrence_at) {
        (Some(recurrence), Some(at)) => (recurrence.as_str(), Some(at)),
        _ => (incident.id.as_str(), None),
    };
    let names: Vec<&str> = told
        .touched
        .iter()
        .map(|touched| view.name_of(touched, locale))
        .collect();
    let body = told
        .updates
        .first()
        .map(|update| words::body(view, told, update, locale).text)
        .unwrap_or_default();
    let address = Addresses::of(page, locale).whole(&format!("/incidents/{}", incident.id));
    let (title, own) = view.pick(&incident.name, locale);
    // Seconds since it was made: never falls, grows with every change, and stays the recurrence's
    // number where only that was changed.
    let changed_us = incident.updated_at.since_us(incident.created_at).max(0);
    let described = Described {
        uid,
        recurrence_at,
        sequence: view.sequence_of(incident) + changed_us / SECOND_US,
        stamped_at: incident.updated_at,
        window: (plan.scheduled_for, plan.scheduled_until),
        title: (title, own),
        description: description(
            &names,
            &guidance(view, told, &body, locale),
            Some(&address),
            locale,
        ),
        address: Some(&address),
    };
    Some(Event {
        from: plan.scheduled_for,
        text: described.written(&page_host(page)),
        components: told
            .touched
            .iter()
            .map(|touched| touched.id.clone())
            .collect(),
    })
}

fn planned_event(view: &View<'_>, occurrence: Occurrence<'_>, locale: Locale) -> Event {
    let Occurrence {
        recurrence,
        at,
        stamped_at,
    } = occurrence;
    let systems: Vec<_> = recurrence
        .components
        .iter()
        .filter_map(|id| view.system(id))
        .collect();
    let names: Vec<&str> = systems
        .iter()
        .map(|system| view.pick(&system.fact.name, locale).0)
        .collect();
    let body = view.pick(&recurrence.body, locale).0;
    let described = Described {
        uid: recurrence.id.as_str(),
        recurrence_at: Some(at),
        sequence: recurrence.sequence,
        stamped_at,
        window: (at, at.plus_seconds(recurrence.duration_s)),
        title: view.pick(&recurrence.name, locale),
        description: description(&names, body, None, locale),
        address: None,
    };
    Event {
        from: at,
        text: described.written(&page_host(view.page())),
        components: systems
            .iter()
            .map(|system| system.fact.id.clone())
            .collect(),
    }
}

/// What customers need to know of it, then what was said last, as Markdown.
fn guidance(view: &View<'_>, told: &Told<'_>, body: &str, locale: Locale) -> String {
    let own = telling::guidance(view, told, locale).into_iter();
    let mut blocks: Vec<String> = own
        .map(|own| format!("{}: {}", own.label, own.text))
        .collect();
    blocks.push(body.to_owned());
    blocks.join("\n\n")
}

/// What it touches, what was said of it last, and where more is said.
fn description(names: &[&str], body: &str, address: Option<&str>, locale: Locale) -> String {
    let mut parts = Vec::new();
    if !names.is_empty() {
        let names = labels::names(names.iter().copied(), locale);
        parts.push(format!("{}: {names}", msg::components(locale)));
    }
    let told = markdown::plain(body);
    if !told.is_empty() {
        parts.push(told);
    }
    let mut text = parts.join("\n\n");
    if let Some((end, _)) = text.char_indices().nth(DESCRIPTION_CHARS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    if let Some(address) = address {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(address);
    }
    text
}

/// What an event says.
struct Described<'b> {
    uid: &'b str,
    recurrence_at: Option<Instant>,
    sequence: i64,
    stamped_at: Instant,
    window: (Instant, Instant),
    title: (&'b str, Locale),
    description: String,
    address: Option<&'b str>,
}

impl Described<'_> {
    fn written(&self, host: &str) -> String {
        let mut text = String::new();
        let mut line = |content: String| put(&mut text, &content);
        let (from, to) = self.window;
        let (title, language) = self.title;
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}@{host}", self.uid));
        if let Some(at) = self.recurrence_at {
            line(format!("RECURRENCE-ID:{}", utc(at)));
        }
        line(format!("SEQUENCE:{}", self.sequence));
        line(format!("DTSTAMP:{}", utc(self.stamped_at)));
        line(format!("LAST-MODIFIED:{}", utc(self.stamped_at)));
        line(format!("DTSTART:{}", utc(from)));
        line(format!("DTEND:{}", utc(to)));
        line(format!(
            "SUMMARY;LANGUAGE={}:{}",
            language.as_str(),
            escaped(title)
        ));
        if !self.description.is_empty() {
            line(format!("DESCRIPTION:{}", escaped(&self.description)));
        }
        if let Some(address) = self.address {
            line(format!("URL:{address}"));
        }
        line("STATUS:CONFIRMED".to_owned());
        // Nobody's own time is taken by it.
        line("TRANSP:TRANSPARENT".to_owned());
        line("END:VEVENT".to_owned());
        text
    }
}

fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a property's value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Writes a line, broken after at most 75 bytes and never within a character.
fn put(text: &mut String, line: &str) {
    let mut rest = line;
    let mut room = LINE_BYTES_MAX;
    while rest.len() > room {
        let cut = rest.floor_char_boundary(room);
        let (head, tail) = rest.split_at(cut);
        text.push_str(head);
        text.push_str("\r\n ");
        rest = tail;
        // The blank that goes on is one of the next line's bytes.
        room = LINE_BYTES_MAX - 1;
    }
    text.push_str(rest);
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_within_their_bytes_and_between_characters() {
        let mut text = String::new();
        let line = format!("DESCRIPTION:{}", "定期メンテナンスのお知らせ".repeat(20));
        put(&mut text, &line);
        assert!(text.split("\r\n").all(|part| part.len() <= LINE_BYTES_MAX));
        assert!(text.lines().count() > 8);
        assert_eq!(text.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_not_broken() {
        let mut text = String::new();
        put(&mut text, &"x".repeat(LINE_BYTES_MAX));
        assert_eq!(text.matches("\r\n").count(), 1);
    }

    #[test]
    fn what_separates_is_escaped_and_what_can_not_stand_is_left_out() {
        assert_eq!(escaped("a,b;c\\d\r\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
    }
}
