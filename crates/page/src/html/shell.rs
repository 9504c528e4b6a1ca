//! What stands around every page: head, masthead, footer.

use super::{Safe, Script, Status};

/// A link with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// It leads to the page that shows it.
    pub current: bool,
}

impl Link {
    /// A link to another page.
    pub fn new(href: &str, label: &str) -> Self {
        Self {
            href: href.to_owned(),
            label: label.to_owned(),
            current: false,
        }
    }
}

/// This page in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternate {
    /// Language tag.
    pub lang: String,
    /// Its name in itself: `日本語`.
    pub label: String,
    /// Path for the switch.
    pub href: String,
    /// Whole address, for search engines.
    pub address: String,
    /// It is the language of this rendering.
    pub current: bool,
}

/// The page's logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Address of the picture, on this page or as `data:`.
    pub src: String,
    /// The name it shows.
    pub alt: String,
}

/// The menu behind "Subscribe to updates".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// "Subscribe to updates".
    pub label: String,
    /// The same in a word, for narrow screens.
    pub label_short: String,
    /// A sentence that says what the links are for.
    pub hint: String,
    /// Where one is told by mail or webhook: needs a server.
    pub form: Link,
    /// The feeds.
    pub links: Vec<Link>,
}

/// The foot of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// The first link: "← Incident History" on the front page, else "← Current Status".
    pub first: Link,
    /// History, uptime, Atom, RSS, API, "verify this record".
    pub links: Vec<Link>,
    /// Zone of the times.
    pub note: String,
    /// Who publishes; left out when a page turns it off.
    pub powered_by: Option<String>,
}

/// Head, masthead and footer of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// Language tag of the page.
    pub lang: String,
    /// Title of the window.
    pub title: String,
    /// One sentence for search engines and link previews.
    pub description: String,
    /// Whole address of this page.
    pub canonical: Option<String>,
    /// Time of rendering in unix seconds.
    pub issued: String,
    /// Whole address of the share card, in builds that draw it.
    pub card: Option<String>,
    /// Ask search engines to leave this page out.
    pub noindex: bool,
    /// Colour of the tab icon.
    pub icon: Status,
    /// Name of the status page.
    pub name: String,
    /// What it is: "System status"; hidden on narrow screens.
    pub tagline: String,
    /// Path of the front page in this language.
    pub home: String,
    /// Logo in the place of the name.
    pub logo: Option<Logo>,
    /// Picture of the tab, as `data:`; else the status in its colour.
    pub favicon: Option<String>,
    /// Style sheet of the team's branding.
    pub brand: Option<String>,
    /// The team's own words above the page.
    pub above: Option<Safe>,
    /// The team's own words below the page.
    pub below: Option<Safe>,
    /// Path of the Atom feed and its title.
    pub atom: Option<Link>,
    /// Path of the RSS feed and its title.
    pub rss: Option<Link>,
    /// All languages of the page, this one included.
    pub alternates: Vec<Alternate>,
    /// "Skip to content".
    pub skip: String,
    /// Name of the navigation for screen readers.
    pub navigation: String,
    /// The subscribe menu.
    pub subscribe: Option<Subscribe>,
    /// The footer.
    pub footer: Option<Footer>,
    /// What the script is told; none where there is none.
    pub script: Option<Script>,
}
