//! Atom and RSS of a page's incidents and maintenances (reference 5.4), one per locale.

use std::fmt::Write;

use noroshi_domain::{Announcement, IncidentKind, IncidentRecord, Instant, Locale};
use noroshi_text::{dates, labels, markdown, msg};

use crate::address::{Addresses, page_host};
use crate::telling;
use crate::view::{Told, View};
use crate::words;

/// How many entries a feed holds.
pub const ENTRIES_MAX: usize = 25;
/// The media type of Atom.
pub const ATOM_TYPE: &str = "application/atom+xml; charset=utf-8";
/// The media type of RSS.
pub const RSS_TYPE: &str = "application/rss+xml; charset=utf-8";

/// `/history.atom` in a locale, of the newest of these records.
pub fn atom(view: &View<'_>, records: &[IncidentRecord], locale: Locale) -> Vec<u8> {
    let page = view.page();
    let addresses = Addresses::stable(page, locale);
    let host = escape(&page_host(page));
    let name = escape(view.pick(&page.name, locale).0);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <feed xml:lang=\"{lang}\" xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>tag:{host},2005:/history</id>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{home}\"/>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/>\n\
         <title>{title}</title>\n\
         <updated>{updated}</updated>\n\
         <author><name>{name}</name></author>\n",
        lang = language(locale),
        home = escape(&addresses.whole("")),
        own = escape(&addresses.whole("/history.atom")),
        title = escape(&title(view, locale)),
        updated = utc(view.head().at),
    );
    for told in entries(view, records, &addresses, locale) {
        let entry = format!(
            "<entry>\n\
             <id>tag:{host},2005:{kind}/{number}</id>\n\
             <published>{published}</published>\n\
             <updated>{updated}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{link}\"/>\n\
             <title>{title}</title>\n\
             <content type=\"html\">{content}</content>\n\
             </entry>\n",
            kind = told.kind,
            number = told.number,
            published = utc(told.published),
            updated = utc(told.updated),
            link = told.link,
            title = told.title,
            content = told.content,
        );
        xml.push_str(&entry);
    }
    xml.push_str("</feed>\n");
    xml.into_bytes()
}

/// `/history.rss` in a locale, of the newest of these records.
pub fn rss(view: &View<'_>, records: &[IncidentRecord], locale: Locale) -> Vec<u8> {
    let page = view.page();
    let zone = page.zone.time_zone();
    let addresses = Addresses::stable(page, locale);
    let date = |at: Instant| dates::rss(at.timestamp(), zone);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rss version=\"2.0\">\n<channel>\n\
         <title>{title}</title>\n\
         <link>{home}</link>\n\
         <description>Statuspage</description>\n\
         <language>{lang}</language>\n\
         <pubDate>{published}</pubDate>\n",
        title = escape(&title(view, locale)),
        home = escape(&addresses.whole("")),
        lang = language(locale),
        published = date(view.head().at),
    );
    for told in entries(view, records, &addresses, locale) {
        // Readers of such feeds tell maintenances apart by this element.
        let end = told
            .planned_until
            .map(|until| format!("<maintenanceEndDate>{}</maintenanceEndDate>\n", date(until)))
            .unwrap_or_default();
        let item = format!(
            "<item>\n\
             <title>{title}</title>\n\
             <description>{content}</description>\n\
             <pubDate>{published}</pubDate>\n{end}\
             <link>{link}</link>\n\
             <guid>{link}</guid>\n\
             </item>\n",
            title = told.title,
            content = told.content,
            published = date(told.published),
            link = told.link,
        );
        xml.push_str(&item);
    }
    xml.push_str("</channel>\n</rss>\n");
    xml.into_bytes()
}

/// What a feed says of an incident or an announcement: Atom as an entry, RSS as an item. Texts are
/// escaped already.
struct Entry {
    /// What it is: a part of its name in Atom.
    kind: &'static str,
    number: u128,
    published: Instant,
    updated: Instant,
    /// When planned work is to end.
    planned_until: Option<Instant>,
    link: String,
    title: String,
    content: String,
}

/// The newest incidents, then the announcements that stand.
fn entries(
    view: &View<'_>,
    records: &[IncidentRecord],
    addresses: &Addresses,
    locale: Locale,
) -> Vec<Entry> {
    let incidents = newest(view, records).into_iter().map(|told| {
        let incident = told.incident;
        Entry {
            kind: "Incident",
            number: entry_number(incident.id.as_str()),
            published: published_at(&told),
            updated: incident.updated_at,
            planned_until: incident.plan.as_ref().map(|plan| plan.scheduled_until),
            link: escape(&addresses.whole(&format!("/incidents/{}", incident.id))),
            title: escape(view.pick(&incident.name, locale).0),
            content: escape(&content(view, &told, locale)),
        }
    });
    let announcements = standing(view).map(|own| {
        let path = format!("/announcements#announcement-{}", own.id);
        Entry {
            kind: "Announcement",
            number: entry_number(own.id.as_str()),
            published: own.from,
            updated: own.updated_at.max(own.from),
            planned_until: None,
            link: escape(&addresses.whole(&path)),
            title: escape(view.pick(&own.title, locale).0),
            content: escape(&announced(view, own, locale)),
        }
    });
    incidents.chain(announcements).collect()
}

/// The number of an entry: its code read in base 36, wrapping where it is longer than ours are.
pub fn entry_number(code: &str) -> u128 {
    code.chars()
        .filter_map(|letter| letter.to_digit(36))
        .fold(0_u128, |number, digit| {
            number.wrapping_mul(36).wrapping_add(u128::from(digit))
        })
}

fn newest<'b>(view: &View<'b>, records: &'b [IncidentRecord]) -> Vec<Told<'b>> {
    let mut told: Vec<Told<'_>> = records
        .iter()
        .filter_map(|record| view.told_of(record))
        .collect();
    told.sort_by_cached_key(|told| {
        let key = (published_at(told), told.incident.id.clone());
        std::cmp::Reverse(key)
    });
    told.truncate(ENTRIES_MAX);
    told
}

/// The latest posted update; of planned work its start.
fn published_at(told: &Told<'_>) -> Instant {
    let incident = told.incident;
    match (incident.kind, told.updates.first()) {
        (IncidentKind::Maintenance, _) => incident.started_at,
        (IncidentKind::Incident, None) => incident.created_at,
        // A postmortem does not move an incident up again: it was published when it was over.
        (IncidentKind::Incident, Some(newest)) => {
            incident.resolved_at.unwrap_or(newest.fact.display_at)
        }
    }
}

fn title(view: &View<'_>, locale: Locale) -> String {
    msg::feed_title(locale, view.pick(&view.page().name, locale).0)
}

/// Announcements that stand now, the newest first: beside the incidents, of which clients know how
/// many there are.
fn standing<'b>(view: &View<'b>) -> impl Iterator<Item = &'b Announcement> {
    let now = view.now();
    view.announcements()
        .into_iter()
        .filter(move |own| own.to.is_none_or(|to| now < to))
        .take(ENTRIES_MAX)
}

fn announced(view: &View<'_>, announcement: &Announcement, locale: Locale) -> String {
    let body = words::pick(view, &announcement.body, locale);
    let html = markdown::html(body.text);
    match body.lang {
        Some(lang) => format!("<div lang=\"{lang}\">{html}</div>"),
        None => html.to_string(),
    }
}

/// What customers need to know and what stands promised, then one paragraph an update, newest
/// first.
fn content(view: &View<'_>, told: &Told<'_>, locale: Locale) -> String {
    let mut html = String::new();
    if let Some(plan) = &told.incident.plan {
        let window = words::window(view, plan.scheduled_for, plan.scheduled_until, locale);
        let words = escape(&msg::feed_scheduled_event(locale, &window));
        write!(html, "<p><strong>{words}</strong></p>").expect("writing to memory does not fail");
    }
    html.push_str(&guidance(view, told, locale));
    for update in &told.updates {
        let picked = words::body(view, told, update, locale);
        let time = escape(&words::time(view, update.fact.display_at, locale));
        let label = escape(&labels::update(
            update.fact.lifecycle,
            update.before,
            locale,
        ));
        let language = picked
            .lang
            .as_deref()
            .map(|lang| format!(" lang=\"{lang}\""))
            .unwrap_or_default();
        let body = markdown::html(&picked.text);
        // A body of several blocks can not stand within a paragraph.
        let (text, before, after, mark) = match single(body.as_str()) {
            Some(text) => (text, " - ", "</p>", "span"),
            None => (body.as_str(), "</p>", "", "div"),
        };
        let told = if language.is_empty() {
            text.to_owned()
        } else {
            format!("<{mark}{language}>{text}</{mark}>")
        };
        write!(
            html,
            "<p><small>{time}</small><br><strong>{label}</strong>{before}{told}{after}"
        )
        .expect("writing to memory does not fail");
    }
    html
}

/// The four fields and the open promises: a list of its own, because readers of such feeds take
/// what stands strong before a dash for an update's status.
fn guidance(view: &View<'_>, told: &Told<'_>, locale: Locale) -> String {
    let mut html = String::new();
    for own in telling::guidance(view, told, locale) {
        let label = escape(&own.label);
        let lang = own.lang.map(|lang| format!(" lang=\"{lang}\""));
        let lang = lang.unwrap_or_default();
        let text = markdown::html(&own.text);
        write!(html, "<dt>{label}</dt><dd{lang}>{text}</dd>")
            .expect("writing to memory does not fail");
    }
    for promise in told.promises.iter().filter(|promise| promise.is_open()) {
        let words = escape(&telling::open_words(view, promise, locale));
        let label = escape(&msg::promises(locale));
        write!(html, "<dt>{label}</dt><dd>{words}</dd>").expect("writing to memory does not fail");
    }
    match html.as_str() {
        "" => html,
        _ => format!("<dl>{html}</dl>"),
    }
}

/// The text of a body that is a single paragraph.
fn single(body: &str) -> Option<&str> {
    let text = body.strip_prefix("<p>")?.strip_suffix("</p>")?;
    (!text.contains("</p>")).then_some(text)
}

const fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en-US",
        Locale::Ja => "ja",
    }
}

fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text as XML: marks escaped, what XML can not hold left out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter < ' ' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_number_is_the_code_in_base_36_and_never_overflows() {
        assert_eq!(entry_number("10"), 36);
        assert_eq!(entry_number("zz"), 35 * 36 + 35);
        assert_eq!(
            entry_number("hq8d2z6wv1xn"),
            u128::from_str_radix("hq8d2z6wv1xn", 36).unwrap()
        );
        assert_ne!(entry_number(&"z".repeat(64)), 0);
    }

    #[test]
    fn xml_holds_no_letter_that_it_can_not() {
        assert_eq!(
            escape("a<b>&\"\u{8}c\u{ffff}\n"),
            "a&lt;b&gt;&amp;&quot;c\n"
        );
    }

    #[test]
    fn a_body_of_one_paragraph_stands_within_its_line() {
        assert_eq!(single("<p>a<br>b</p>"), Some("a<br>b"));
        assert_eq!(single("<p>a</p><p>b</p>"), None);
        assert_eq!(single("<h4>a</h4>"), None);
    }
}
