//! Published paths: which there are, what stands at them, and where their files lie.
//!
//! A [`PagePath`] is a path within a page, without its prefix and without a locale. What it holds
//! follows from the path alone, so that a folder of files needs no list beside it.

use std::borrow::Borrow;
use std::fmt;

use noroshi_domain::{ComponentId, IncidentId, Locale};
use noroshi_page::badge::Shown;
use noroshi_page::brand::Cover;

use crate::limits::PATH_BYTES;

/// The file of a calendar of planned work.
pub const CALENDAR_FILE: &str = "maintenance.ics";

/// The file of a component's bars: it has no words.
const LATE_BARS_FILE: &str = "bars.svg";

/// The one page that other sites may show within theirs.
pub const EMBED_FRAME: &str = "/embed/frame";

/// What a published path holds, as its ending says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// A page.
    Html,
    /// A document for programs.
    Json,
    /// An Atom feed.
    Atom,
    /// An RSS feed.
    Rss,
    /// A calendar.
    Calendar,
    /// A picture.
    Svg,
    /// A picture in pixels.
    Png,
    /// A photograph.
    Jpeg,
    /// The same, smaller.
    Webp,
    /// A script.
    Script,
    /// Plain text.
    Text,
}

impl ContentType {
    /// The header's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Calendar => "text/calendar; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// Whether scripts of other sites may read it: everything that is no page.
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::Html)
    }
}

/// A path within a page: begins with a slash, ends with none (but `/`), safe as a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PagePath(String);

impl PagePath {
    /// Takes a path that a reader asked for; `None` where no file can stand.
    pub fn parse(path: &str) -> Option<Self> {
        is_plain(path).then(|| Self(path.to_owned()))
    }

    /// A path of ours.
    fn ours(path: String) -> Self {
        debug_assert!(is_plain(&path), "{path:?} is no path of ours");
        Self(path)
    }

    /// The path's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its file outlives the live set: incidents, short links and months do.
    pub fn is_archive(&self) -> bool {
        ["/incidents/", "/i/", "/history/"]
            .iter()
            .any(|folder| self.0.starts_with(folder))
    }

    /// Whether it is what readers and clients ask for first when something has happened.
    pub fn is_wanted_first(&self) -> bool {
        self.0 == "/" || self.0.starts_with("/api/v2/")
    }

    /// What it holds.
    pub fn content_type(&self) -> ContentType {
        content_type(&self.0)
    }

    /// Whether it is made once for each locale.
    pub fn is_localized(&self) -> bool {
        is_localized(&self.0)
    }

    /// The file's place in the page's folder, for a locale or for the default one at the top.
    pub fn file(&self, locale: Option<Locale>) -> String {
        let inner = self.0.trim_start_matches('/');
        let mut file = locale.map_or_else(String::new, |locale| format!("{}/", locale.as_str()));
        file.push_str(inner);
        if inner.is_empty() {
            file.push_str("index.html");
        } else if ending(&self.0).is_none() {
            file.push_str("/index.html");
        }
        file
    }
}

/// A path is looked up by its text: one that is not published is in no map.
impl Borrow<str> for PagePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PagePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The front page.
pub fn front() -> PagePath {
    PagePath::ours("/".to_owned())
}

/// What is shown where nothing is.
pub fn not_found() -> PagePath {
    PagePath::ours("/404.html".to_owned())
}

/// The script of every page.
pub fn script() -> PagePath {
    PagePath::ours(noroshi_page::html::scripts::page_path().to_owned())
}

/// The page's pulse.
pub fn beat() -> PagePath {
    PagePath::ours("/beat.json".to_owned())
}

/// What the pages are made of, to make them again without the record.
pub fn state() -> PagePath {
    PagePath::ours("/state.json".to_owned())
}

/// The public record, from its beginning.
pub fn journal() -> PagePath {
    PagePath::ours("/journal.json".to_owned())
}

/// The public API in words.
pub fn api() -> PagePath {
    PagePath::ours("/api".to_owned())
}

/// A document of the compatible API, by its name within `/api/v2/`: `summary`.
pub fn api_v2(document: &str) -> PagePath {
    PagePath::ours(format!("/api/v2/{document}.json"))
}

/// Announcements.
pub fn announcements() -> PagePath {
    PagePath::ours("/announcements".to_owned())
}

/// The Atom feed.
pub fn atom() -> PagePath {
    PagePath::ours("/history.atom".to_owned())
}

/// The RSS feed.
pub fn rss() -> PagePath {
    PagePath::ours("/history.rss".to_owned())
}

/// The newest months of the history.
pub fn history() -> PagePath {
    PagePath::ours("/history".to_owned())
}

/// A month of the history.
pub fn month(year: i16, month: i8) -> PagePath {
    PagePath::ours(format!("/history/{year:04}-{month:02}"))
}

/// An incident or a maintenance.
pub fn incident(id: &IncidentId) -> PagePath {
    PagePath::ours(format!("/incidents/{id}"))
}

/// The same for programs.
pub fn incident_json(id: &IncidentId) -> PagePath {
    PagePath::ours(format!("/incidents/{id}.json"))
}

/// The short link to an incident; `None` where its code is no file name.
pub fn short(code: &str) -> Option<PagePath> {
    PagePath::parse(&format!("/i/{code}")).filter(|_| !code.contains(['/', '.']))
}

/// The same of a maintenance, for calendars.
pub fn incident_calendar(id: &IncidentId) -> PagePath {
    PagePath::ours(format!("/incidents/{id}.ics"))
}

/// Planned work as a calendar.
pub fn calendar() -> PagePath {
    PagePath::ours(format!("/{CALENDAR_FILE}"))
}

/// The same of a component.
pub fn calendar_of(id: &ComponentId) -> PagePath {
    PagePath::ours(format!("/components/{id}/{CALENDAR_FILE}"))
}

/// The page's badge.
pub fn badge(shown: Shown) -> PagePath {
    PagePath::ours(format!("/{}", badge_file(shown)))
}

/// A component's badge.
pub fn badge_of(id: &ComponentId, shown: Shown) -> PagePath {
    PagePath::ours(format!("/components/{id}/{}", badge_file(shown)))
}

/// A badge's file: a folder knows no query, so its period stands in its name.
pub fn badge_file(shown: Shown) -> String {
    match shown {
        Shown::Status => "badge.svg".to_owned(),
        Shown::Uptime(days) => format!("badge-uptime-{days}d.svg"),
    }
}

/// The share card, in builds that draw it.
pub fn card() -> PagePath {
    PagePath::ours("/card.png".to_owned())
}

/// The bars of a component that the front page does not draw itself.
pub fn late_bars_of(id: &ComponentId) -> PagePath {
    PagePath::ours(format!("/components/{id}/{LATE_BARS_FILE}"))
}

/// The cover image of the front page.
pub fn cover(cover: &Cover) -> PagePath {
    PagePath::ours(cover.path.clone())
}

/// The frame that other sites show.
pub fn embed_frame() -> PagePath {
    PagePath::ours(EMBED_FRAME.to_owned())
}

/// The script that other sites include, and the frame's own.
pub fn embed_scripts() -> [PagePath; 2] {
    ["/embed/script.js", "/embed/frame.js"].map(|path| PagePath::ours(path.to_owned()))
}

/// The list of uptimes.
pub fn uptime() -> PagePath {
    PagePath::ours("/uptime".to_owned())
}

/// A component's uptime.
pub fn uptime_of(id: &ComponentId) -> PagePath {
    PagePath::ours(format!("/uptime/{id}"))
}

/// The same for programs.
pub fn uptime_of_json(id: &ComponentId) -> PagePath {
    PagePath::ours(format!("/uptime/{id}.json"))
}

/// What a path holds.
pub fn content_type(path: &str) -> ContentType {
    match ending(path) {
        Some("json") => ContentType::Json,
        Some("atom") => ContentType::Atom,
        Some("rss") => ContentType::Rss,
        Some("ics") => ContentType::Calendar,
        Some("svg") => ContentType::Svg,
        Some("png") => ContentType::Png,
        Some("jpeg") => ContentType::Jpeg,
        Some("webp") => ContentType::Webp,
        Some("js") => ContentType::Script,
        Some("txt") => ContentType::Text,
        _ => ContentType::Html,
    }
}

/// Whether a path is made once for each locale: what people read is, documents for programs are
/// not, and pictures without words are not.
pub fn is_localized(path: &str) -> bool {
    !is_immutable(path)
        && !path.ends_with("/bars.svg")
        && matches!(
            content_type(path),
            ContentType::Html
                | ContentType::Atom
                | ContentType::Rss
                | ContentType::Calendar
                | ContentType::Svg
                | ContentType::Png
        )
}

/// Whether a path's name changes with its bytes: what stands there never changes.
pub fn is_immutable(path: &str) -> bool {
    path.starts_with("/assets/")
}

/// Cuts a locale off the front of a path: `/ja/history` is `/history` in Japanese.
pub fn split_locale(path: &str) -> (Option<Locale>, &str) {
    let inner = path.strip_prefix('/').unwrap_or(path);
    let (first, rest) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
    let found = Locale::ALL
        .into_iter()
        .find(|locale| locale.as_str() == first);
    match (found, rest) {
        (Some(_), "") => (found, "/"),
        (Some(_), rest) => (found, rest),
        (None, _) => (None, path),
    }
}

fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// Slash, then segments of letters, digits, `-`, `_` and inner dots: nothing leaves the folder and
/// nothing hidden is named.
fn is_plain(path: &str) -> bool {
    if path == "/" {
        return true;
    }
    let Some(inner) = path.strip_prefix('/') else {
        return false;
    };
    path.len() <= PATH_BYTES
        && inner.split('/').all(|segment| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_says_what_it_holds_and_where_its_file_lies() {
        let cases = [
            ("/", ContentType::Html, "index.html", "ja/index.html"),
            (
                "/history",
                ContentType::Html,
                "history/index.html",
                "ja/history/index.html",
            ),
            (
                "/history.atom",
                ContentType::Atom,
                "history.atom",
                "ja/history.atom",
            ),
            ("/404.html", ContentType::Html, "404.html", "ja/404.html"),
            (
                "/assets/cover-1.jpeg",
                ContentType::Jpeg,
                "assets/cover-1.jpeg",
                "ja/assets/cover-1.jpeg",
            ),
            (
                "/maintenance.ics",
                ContentType::Calendar,
                "maintenance.ics",
                "ja/maintenance.ics",
            ),
            (
                "/api/v2/summary.json",
                ContentType::Json,
                "api/v2/summary.json",
                "ja/api/v2/summary.json",
            ),
        ];
        for (text, content, file, japanese) in cases {
            let path = PagePath::parse(text).unwrap();
            assert_eq!(path.content_type(), content);
            assert_eq!(path.file(None), file);
            assert_eq!(path.file(Some(Locale::Ja)), japanese);
        }
        // Pictures without words are the same in every language.
        assert!(is_localized("/badge.svg") && !is_localized("/assets/cover-1.png"));
        assert!(!late_bars_of(&ComponentId::parse("web").unwrap()).is_localized());
    }

    #[test]
    fn what_could_leave_the_folder_is_no_path() {
        for bad in [
            "", "history", "//", "/..", "/../x", "/a/../b", "/a//b", "/.hidden", "/a\\b", "/a%2f",
            "/a\0", "/ä", "/a/",
        ] {
            assert!(PagePath::parse(bad).is_none(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_locale_is_cut_off_only_as_a_whole_segment() {
        assert_eq!(split_locale("/ja/"), (Some(Locale::Ja), "/"));
        assert_eq!(split_locale("/ja"), (Some(Locale::Ja), "/"));
        assert_eq!(split_locale("/ja/history"), (Some(Locale::Ja), "/history"));
        assert_eq!(split_locale("/jargon"), (None, "/jargon"));
        assert_eq!(split_locale("/"), (None, "/"));
    }

    proptest! {
        #[test]
        fn no_taken_path_leaves_its_folder(text in "[/a-z0-9._%\\\\-]{0,40}") {
            if let Some(path) = PagePath::parse(&text) {
                let file = path.file(None);
                prop_assert!(!file.starts_with('/'));
                prop_assert!(file.split('/').all(|segment| !segment.is_empty() && segment != ".."));
            }
        }
    }
}
