//! Contexts as they occur: for looking at, and for the tests that render every page.
//!
//! A Japanese company's twelve systems on a day with an open incident, on a calm day, on a day
//! without measurements, and with names that try to break out.

mod estate;
mod front;
mod incident;
mod others;

use noroshi_text::markdown;

use super::{Alternate, Footer, Link, Live, Moment, Safe, Script, Shell, Status, Subscribe};

pub use front::front;
pub use incident::incidents;
pub use others::{
    announcements, api, error_pages, history, unknown_host, uptime_component, uptime_index,
};

/// A name that would run if it were not escaped.
pub const HOSTILE: &str = r#"<script>alert("1")</script>'"><img src=x onerror=alert(1)>"#;

/// Every sample page, rendered, with a name for its file.
pub fn rendered() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (lang, say) in [("ja", Say::Japanese), ("en", Say::English)] {
        let mut add = |name: &str, html: String| pages.push((format!("{name}.{lang}"), html));
        for (name, page) in front(say) {
            add(&format!("front-{name}"), super::render(&page));
        }
        for (name, page) in incidents(say) {
            add(&format!("incident-{name}"), super::render(&page));
        }
        for (name, page) in history(say) {
            add(&format!("history-{name}"), super::render(&page));
        }
        for (name, page) in uptime_component(say) {
            add(&format!("calendar-{name}"), super::render(&page));
        }
        for (name, page) in error_pages(say) {
            add(&format!("error-{name}"), super::render(&page));
        }
        add("uptime", super::render(&uptime_index(say)));
        add("announcements", super::render(&announcements(say)));
        add("api", super::render(&api(say)));
        add("unknown-host", super::render(&unknown_host(say)));
    }
    pages
}

/// The language of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Japanese.
    Japanese,
    /// English.
    English,
}

impl Say {
    /// The words in this language.
    fn word(self, japanese: &str, english: &str) -> String {
        match self {
            Self::Japanese => japanese.to_owned(),
            Self::English => english.to_owned(),
        }
    }

    /// A text in this language, from Markdown.
    fn html(self, japanese: &str, english: &str) -> Safe {
        Safe::from(markdown::html(&self.word(japanese, english)))
    }

    /// `Nov 18, 14:57 JST`.
    fn moment(self, day: u8, clock: &str) -> Moment {
        let text = self.word(
            &format!("11月{{{day}}}日 {{{clock}}} JST"),
            &format!("Nov {{{day}}}, {{{clock}}} JST"),
        );
        marked(&datetime(day, clock), &text)
    }

    /// A path in this language.
    fn path(self, path: &str) -> String {
        match self {
            Self::Japanese => path.to_owned(),
            Self::English => format!("/en{path}"),
        }
    }

    /// A link within the page in this language.
    fn link(self, path: &str, japanese: &str, english: &str) -> Link {
        Link::new(&self.path(path), &self.word(japanese, english))
    }

    /// The way back that stands above most titles.
    fn back(self) -> Link {
        self.link("/", "← 現在の状況", "← Current Status")
    }

    /// Incidents and uptime, one of them current.
    fn sections(self, current: usize) -> Vec<Link> {
        let mut links = vec![
            self.link("/history", "障害", "Incidents"),
            self.link("/uptime", "稼働率", "Uptime"),
        ];
        links[current].current = true;
        links
    }
}

/// A moment from a text with day and clock in braces.
fn marked(datetime: &str, text: &str) -> Moment {
    let parts: Vec<&str> = text.split(['{', '}']).collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    Moment::found(datetime, &parts.concat(), part(1), part(3))
}

/// RFC 3339 of a day in November 2026.
fn datetime(day: u8, clock: &str) -> String {
    format!("2026-11-{day:02}T{clock:0>5}:00+09:00")
}

/// What stands around a sample.
fn shell(say: Say, title: &str, path: &str, icon: Status) -> Shell {
    let name = say.word("カザモリ", "Kazamori");
    let alternate = |lang: &str, label: &str, prefix: &str, current: bool| Alternate {
        lang: lang.to_owned(),
        label: label.to_owned(),
        href: format!("{prefix}{path}"),
        address: format!("https://status.kazamori.example{prefix}{path}"),
        current,
    };
    let alternates = vec![
        alternate("ja", "日本語", "", say == Say::Japanese),
        alternate("en", "English", "/en", say == Say::English),
    ];
    Shell {
        lang: say.word("ja", "en"),
        title: format!(
            "{title}{}",
            say.word(" | カザモリ 稼働状況", " | Kazamori Status")
        ),
        description: say.word(
            "カザモリの現在の稼働状況と、これまでの障害をお知らせします。",
            "Welcome to Kazamori's home for real-time and historical data on system performance.",
        ),
        canonical: Some(format!("https://status.kazamori.example{}", say.path(path))),
        issued: "1794981432".to_owned(),
        card: None,
        noindex: false,
        icon,
        atom: Some(Link::new(
            &say.path("/history.atom"),
            &format!("{name} Status History - Atom Feed"),
        )),
        rss: Some(Link::new(
            &say.path("/history.rss"),
            &format!("{name} Status History - RSS Feed"),
        )),
        name,
        tagline: say.word("システム稼働状況", "System status"),
        home: say.path("/"),
        logo: None,
        favicon: None,
        brand: None,
        above: None,
        below: None,
        alternates,
        skip: say.word("本文へ移動", "Skip to content"),
        navigation: say.word("ページ", "Page"),
        subscribe: Some(subscribe(say)),
        footer: Some(footer(say)),
        script: Some(script(say, path)),
    }
}

fn script(say: Say, path: &str) -> Script {
    Script {
        src: super::scripts::page_path().to_owned(),
        zone: "Asia/Tokyo".to_owned(),
        zone_short: "JST".to_owned(),
        live: Some(Live {
            is_front: path == "/",
            events: say.path("/events"),
            beat: "/beat.json".to_owned(),
        }),
    }
}

fn subscribe(say: Say) -> Subscribe {
    Subscribe {
        label: say.word("更新を受け取る", "Subscribe to updates"),
        label_short: say.word("更新を受け取る", "Subscribe"),
        hint: say.word(
            "フィードリーダーやチャットに次のアドレスを登録すると、更新が届きます。",
            "Add one of these addresses to your feed reader or chat, and updates come to you.",
        ),
        form: say.link("/subscribe", "メール・Webhook", "By mail or webhook"),
        links: vec![
            say.link("/history.atom", "Atom フィード", "Atom feed"),
            say.link("/history.rss", "RSS フィード", "RSS feed"),
        ],
    }
}

fn footer(say: Say) -> Footer {
    Footer {
        first: say.link("/history", "← 障害の履歴", "← Incident History"),
        links: vec![
            say.link("/uptime", "稼働率", "Uptime"),
            say.link("/history.atom", "Atom フィード", "Atom feed"),
            say.link("/history.rss", "RSS フィード", "RSS feed"),
            say.link("/api", "API について", "API"),
            Link::new(
                "/journal.json",
                &say.word("この記録を検証する", "Verify this record"),
            ),
        ],
        note: say.word(
            "時刻はすべて日本標準時（JST）です。",
            "Times are Japan Standard Time (JST).",
        ),
        powered_by: Some(say.word("Noroshi で公開しています", "Published with Noroshi")),
    }
}
