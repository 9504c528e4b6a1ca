//! What stands around every page: head, masthead, footer.

use noroshi_domain::{Incident, Locale};
use noroshi_text::{dates, labels, msg};

use crate::address::Addresses;
use crate::brand;
use crate::html::{Alternate, Footer, Link, Live, Logo, Script, Shell, Status, Subscribe, scripts};
use crate::view::View;
use crate::words;

/// A picture that is kept with the page. Readers of a page ask nobody else for anything, so one
/// that stands elsewhere is not shown.
fn own_picture(address: Option<&String>) -> Option<String> {
    address
        .filter(|src| src.starts_with("data:image/"))
        .cloned()
}

/// Who makes the pages.
const PRODUCT: &str = "Noroshi";

/// One rendering: what is seen, in which language, with its addresses.
#[derive(Debug, Clone)]
pub(crate) struct Frame<'v, 'a> {
    /// What is seen.
    pub(crate) view: &'v View<'a>,
    /// The reader's language.
    pub(crate) locale: Locale,
    /// Where things stand.
    pub(crate) addresses: Addresses,
}

impl<'v, 'a> Frame<'v, 'a> {
    /// A rendering of a view in a language.
    pub(crate) fn new(view: &'v View<'a>, locale: Locale) -> Self {
        Self {
            view,
            locale,
            addresses: Addresses::of(view.page(), locale),
        }
    }

    /// The name of the status page.
    pub(crate) fn name(&self) -> &'v str {
        self.view.pick(&self.view.page().name, self.locale).0
    }

    /// A link within the page.
    pub(crate) fn link(&self, path: &str, label: &str) -> Link {
        Link::new(&self.addresses.path(path), label)
    }

    /// The way back that stands above titles.
    pub(crate) fn back(&self) -> Link {
        let label = format!("← {}", msg::current_status(self.locale));
        self.link("/", &label)
    }

    /// Incidents and uptime, one of them current; nothing to choose where nothing is showcased.
    pub(crate) fn sections(&self, uptime_is_current: bool) -> Vec<Link> {
        let mut links = vec![
            self.link("/history", &msg::incidents(self.locale)),
            self.link("/uptime", &msg::uptime(self.locale)),
        ];
        links[usize::from(uptime_is_current)].current = true;
        if !self.shows_uptime() {
            links.truncate(1);
        }
        links
    }

    /// Whether anything is showcased.
    pub(crate) fn shows_uptime(&self) -> bool {
        self.view
            .systems()
            .iter()
            .any(|system| system.fact.showcase)
    }

    /// The frame of the front page.
    pub(crate) fn front(&self) -> Shell {
        let title = msg::page_title(self.locale, self.name());
        let first = self.link(
            "/history",
            &format!("← {}", msg::incident_history(self.locale)),
        );
        self.shell(title, "/", first)
    }

    /// The frame of any other page; `path` is its own, without the locale.
    pub(crate) fn page(&self, title: &str, path: &str) -> Shell {
        let title = msg::page_title_of(self.locale, title, self.name());
        self.shell(title, path, self.back())
    }

    /// The frame of a page that stands at no address of its own.
    pub(crate) fn nowhere(&self, title: &str) -> Shell {
        Shell {
            canonical: None,
            alternates: Vec::new(),
            noindex: true,
            script: Some(self.script("")),
            ..self.page(title, "/")
        }
    }

    fn shell(&self, title: String, path: &str, first: Link) -> Shell {
        let (view, locale) = (self.view, self.locale);
        let settings = &view.page().settings;
        let icon = if view.confirmed_at().is_some() {
            Status::Unknown
        } else {
            words::overall(view, locale).0
        };
        Shell {
            lang: locale.as_str().to_owned(),
            title,
            description: msg::page_description(locale, self.name()),
            canonical: Some(self.addresses.whole(path)),
            issued: (view.now().micros() / noroshi_domain::SECOND_US).to_string(),
            card: cfg!(feature = "card").then(|| self.addresses.whole("/card.png")),
            noindex: settings.hidden_from_search,
            icon,
            name: self.name().to_owned(),
            tagline: msg::tagline(locale),
            home: self.addresses.home(),
            logo: own_picture(settings.logo_url.as_ref()).map(|src| Logo {
                src,
                alt: self.name().to_owned(),
            }),
            favicon: own_picture(settings.favicon_url.as_ref()),
            brand: brand::style(settings),
            above: settings.header_html.as_deref().map(words::safe),
            below: settings.footer_html.as_deref().map(words::safe),
            atom: Some(self.feed("/history.atom", &msg::feed_atom_title(locale, self.name()))),
            rss: Some(self.feed("/history.rss", &msg::feed_rss_title(locale, self.name()))),
            alternates: self.alternates(path),
            skip: msg::skip_to_content(locale),
            navigation: msg::pages(locale),
            subscribe: Some(self.subscribe()),
            footer: Some(self.footer(first)),
            script: Some(self.script(path)),
        }
    }

    /// What the script is told; the front page and incidents show changes by themselves.
    fn script(&self, path: &str) -> Script {
        let zone = &self.view.page().zone;
        let is_front = path == "/";
        let is_live = is_front || path.starts_with("/incidents/");
        Script {
            src: self.addresses.plain_path(scripts::page_path()),
            zone: zone.name().to_owned(),
            zone_short: dates::zone_name(self.view.now().timestamp(), zone.time_zone()),
            live: is_live.then(|| Live {
                is_front,
                events: self.addresses.path("/events"),
                beat: self.addresses.plain_path("/beat.json"),
            }),
        }
    }

    fn feed(&self, path: &str, label: &str) -> Link {
        let stable = Addresses::stable(self.view.page(), self.locale);
        Link::new(&stable.path(path), label)
    }

    /// The Atom feed in the reader's language.
    pub(crate) fn atom(&self) -> Link {
        self.feed("/history.atom", &msg::footer_atom(self.locale))
    }

    /// One maintenance as a calendar's event.
    pub(crate) fn add_to_calendar(&self, incident: &Incident) -> Link {
        let path = format!("/incidents/{}.ics", incident.id);
        self.link(&path, &msg::add_to_calendar(self.locale))
    }

    fn subscribe(&self) -> Subscribe {
        Subscribe {
            label: msg::subscribe_to_updates(self.locale),
            label_short: msg::subscribe_short(self.locale),
            hint: msg::subscribe_hint(self.locale),
            form: self.link(
                "/subscribe",
                &msg::subscribe_by_mail_or_webhook(self.locale),
            ),
            links: self.feeds(),
        }
    }

    /// What needs no subscription.
    pub(crate) fn feeds(&self) -> Vec<Link> {
        vec![
            self.atom(),
            self.feed("/history.rss", &msg::footer_rss(self.locale)),
            self.feed("/maintenance.ics", &msg::maintenance_calendar(self.locale)),
        ]
    }

    fn alternates(&self, path: &str) -> Vec<Alternate> {
        let page = self.view.page();
        if page.locales.len() < 2 {
            return Vec::new();
        }
        page.locales
            .iter()
            .map(|locale| {
                let addresses = Addresses::of(page, *locale);
                Alternate {
                    lang: locale.as_str().to_owned(),
                    label: labels::language(*locale),
                    href: addresses.path(path),
                    address: addresses.whole(path),
                    current: *locale == self.locale,
                }
            })
            .collect()
    }

    fn footer(&self, first: Link) -> Footer {
        let (view, locale) = (self.view, self.locale);
        let settings = &view.page().settings;
        let mut links = vec![self.link("/history", &msg::incident_history(locale))];
        if first.href == links[0].href {
            links.clear();
        }
        if self.shows_uptime() {
            links.push(self.link("/uptime", &msg::uptime(locale)));
        }
        links.push(self.atom());
        links.push(self.feed("/history.rss", &msg::footer_rss(locale)));
        links.push(self.link("/api", &msg::footer_api(locale)));
        links.push(Link::new(
            &self.addresses.plain_path("/journal.json"),
            &msg::footer_verify(locale),
        ));
        if let Some(support) = &settings.support_url {
            links.push(Link::new(support, &msg::support_link(locale)));
        }
        if let Some(company) = &settings.company_url {
            links.push(Link::new(company, &msg::company_link(locale)));
        }
        let zone = view.page().zone.time_zone();
        let short = dates::zone_name(view.now().timestamp(), zone);
        Footer {
            first,
            links,
            note: msg::footer_times(locale, &short),
            powered_by: (!settings.powered_by_off).then(|| msg::powered_by(locale, PRODUCT)),
        }
    }
}
