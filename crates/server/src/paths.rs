//! Addresses as typed functions. Those of a page are in [`noroshi_publish::path`].

pub use crate::accounts::{invitation_path, login_link_path, setup_path};
use noroshi_publish::Shown;
pub use noroshi_publish::path::*;

/// Whether the process lives.
pub const HEALTHZ: &str = "/healthz";
/// Whether it can answer readers.
pub const READYZ: &str = "/readyz";
/// What it counts.
pub const METRICS: &str = "/metrics";

/// The stream of changes of a page.
pub const EVENTS: &str = "/events";

/// Parameters that make `/history` a list made on request.
pub const HISTORY_QUERIES: &[&str] = &["page", "component", "impact", "month", "q"];
/// Parameters that make a month of the history a list made on request.
pub const MONTH_QUERIES: &[&str] = &["component", "impact"];
/// Parameters that make `/uptime/CODE` and its document calendars made on request.
pub const UPTIME_QUERIES: &[&str] = &["page"];
/// Parameters of the record's later parts.
pub const JOURNAL_QUERIES: &[&str] = &["after"];

/// Other names of published pages, as the existing product has them (reference 5.1).
pub fn alias(path: &str) -> &str {
    match path {
        "/api/v2" => "/api",
        other => other,
    }
}

/// Parameters that choose a badge: its figure, and of how many days.
pub const BADGE_QUERIES: &[&str] = &["show", "period"];
/// Parameters that choose whose planned work a calendar holds.
pub const CALENDAR_QUERIES: &[&str] = &["component"];

/// The published path that a query chooses: a folder knows no query, so each choice is a file.
pub fn chosen_file(path: &str, query: &str) -> Option<PagePath> {
    let chosen = |name| query_value(query, name).filter(|value| !value.is_empty());
    if path == calendar().as_str() {
        let code = chosen("component")?;
        return PagePath::parse(&format!("/components/{code}/{CALENDAR_FILE}"));
    }
    let status = badge_file(Shown::Status);
    let folder = path
        .strip_suffix(&status)
        .filter(|folder| folder.ends_with('/'))?;
    let shown = match chosen("show").as_deref() {
        None | Some("status") => return None,
        Some("uptime") => {
            let days = chosen("period").map_or(Some(90), |period| {
                period.strip_suffix('d').unwrap_or(&period).parse().ok()
            });
            Shown::Uptime(days?)
        }
        // What a badge can not show is not there: it is not another badge.
        Some(other) => return PagePath::parse(&format!("{folder}badge-{other}.svg")),
    };
    PagePath::parse(&format!("{folder}{}", badge_file(shown)))
}

/// Where an address that holds nothing leads all the same.
pub fn moved(path: &str) -> Option<&str> {
    match path {
        "/incidents" | "/incident_history" => Some("/history"),
        _ => path.strip_suffix('/').filter(|path| !path.is_empty()),
    }
}

/// Whether it may be that it is only not made yet: of the archive after a start on a large record,
/// of a component beyond those that have theirs made beforehand.
pub fn may_be_made_late(path: &str) -> bool {
    let is_within = |folder: &str, depth: usize| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.split('/').filter(|name| !name.is_empty()).count() == depth)
    };
    is_within("/incidents/", 1) || is_within("/history/", 1) || is_within("/components/", 2)
}

/// Where the form that chooses a component leads.
pub fn chosen_component(path: &str, query: &str) -> Option<PagePath> {
    let code = query_value(query, "component").filter(|_| path == "/uptime")?;
    noroshi_domain::ComponentId::parse(&code)
        .ok()
        .map(|id| uptime_of(&id))
}

/// Whether an address is made on request: a search, a filter, an older page of a list.
pub fn is_made_on_request(path: &str, query: &str) -> bool {
    let names = match path {
        "/history" => HISTORY_QUERIES,
        "/journal.json" => JOURNAL_QUERIES,
        _ if path.starts_with("/history/") => MONTH_QUERIES,
        _ if path.starts_with("/uptime/") => UPTIME_QUERIES,
        _ => return false,
    };
    names
        .iter()
        .any(|name| query_value(query, name).is_some_and(|value| !value.is_empty()))
}

/// Whether a program asks, who wants JSON even where nothing is.
pub fn is_for_programs(path: &str) -> bool {
    content_type(path) == ContentType::Json || path.starts_with("/api/v2/")
}

/// The value of a query parameter, decoded; the first where it stands twice.
pub fn query_value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name).then(|| decode(value))
    })
}

/// Decodes a form-encoded text; what is no UTF-8 becomes the replacement character.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| Some(hex_digit(digits[0])? * 16 + hex_digit(digits[1])?));
        match (escaped, first) {
            (Some(byte), _) => bytes.push(byte),
            (None, b'+') => bytes.push(b' '),
            (None, byte) => bytes.push(*byte),
        }
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// A text as the value of a query or a form.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a text takes what is written to it");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_value_is_decoded() {
        let query = "page=2&q=%E9%9A%9C%E5%AE%B3+db&empty=&bare";
        assert_eq!(query_value(query, "page").as_deref(), Some("2"));
        assert_eq!(query_value(query, "q").as_deref(), Some("障害 db"));
        assert_eq!(query_value(query, "empty").as_deref(), Some(""));
        assert_eq!(query_value(query, "bare").as_deref(), Some(""));
        assert_eq!(query_value(query, "none"), None);
        assert_eq!(query_value("q=%zz%1", "q").as_deref(), Some("%zz%1"));
        assert_eq!(query_value("q=%ff", "q").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn a_query_chooses_a_file() {
        let cases = [
            ("/badge.svg", "show=uptime", Some("/badge-uptime-90d.svg")),
            (
                "/components/abc/badge.svg",
                "period=30d&show=uptime",
                Some("/components/abc/badge-uptime-30d.svg"),
            ),
            ("/badge.svg", "show=latency", Some("/badge-latency.svg")),
            ("/badge.svg", "show=status&period=7d", None),
            ("/badge.svg", "show=uptime&period=soon", None),
            ("/badge.svg", "", None),
            ("/xbadge.svg", "show=uptime", None),
            (
                "/maintenance.ics",
                "component=abc",
                Some("/components/abc/maintenance.ics"),
            ),
            ("/maintenance.ics", "component=../x", None),
            ("/history", "component=abc", None),
        ];
        for (path, query, expected) in cases {
            let found = chosen_file(path, query);
            assert_eq!(
                found.as_ref().map(PagePath::as_str),
                expected,
                "{path}?{query}"
            );
        }
    }

    #[test]
    fn what_may_be_made_late_is_named_by_its_depth() {
        for path in [
            "/incidents/a",
            "/incidents/a.ics",
            "/history/2026-01",
            "/components/a/b.svg",
        ] {
            assert!(may_be_made_late(path), "{path}");
        }
        for path in [
            "/incidents/",
            "/incidents/a/b",
            "/components/a",
            "/components/a/b/c",
            "/",
        ] {
            assert!(!may_be_made_late(path), "{path}");
        }
    }

    #[test]
    fn a_trailing_slash_leads_to_the_page() {
        assert_eq!(moved("/history/"), Some("/history"));
        assert_eq!(moved("/incidents"), Some("/history"));
        assert_eq!(moved("/incident_history"), Some("/history"));
        assert_eq!(moved("/history"), None);
        assert_eq!(moved("/"), None);
    }
}
