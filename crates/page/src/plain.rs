//! The plain pages: announcements, the explanation of the API, errors, an unknown host.

use noroshi_domain::{Announcement, Impact, Instant, Lifecycle, Locale, SECOND_US, Status};
use noroshi_text::msg;

use crate::frame::Frame;
use crate::html::{
    self, Address, AddressList, Announced, AnnouncementsPage, Api, ErrorPage, Shell, UnknownHost,
};
use crate::view::View;
use crate::words;

/// `/announcements`: those that stand now first.
pub fn announcements(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let (current, ended): (Vec<Announced>, Vec<Announced>) = view
        .announcements()
        .into_iter()
        .map(|announcement| announced(&frame, announcement))
        .partition(|announced| announced.current);
    let heading = msg::announcements(locale);
    let context = AnnouncementsPage {
        shell: frame.page(&heading, "/announcements"),
        back: frame.back(),
        current_heading: msg::announcements_current(locale),
        heading,
        current,
        empty: msg::no_announcements(locale),
        ended_heading: msg::announcements_past(locale),
        ended,
    };
    html::render(&context).into_bytes()
}

/// One announcement as readers see it.
pub(crate) fn announced(frame: &Frame<'_, '_>, announcement: &Announcement) -> Announced {
    let (view, locale) = (frame.view, frame.locale);
    let title = words::pick(view, &announcement.title, locale);
    let body = words::pick(view, &announcement.body, locale);
    let body_text = if announcement.erased_at.is_some() && body.text.is_empty() {
        msg::text_erased(locale)
    } else {
        body.text.to_owned()
    };
    let window = match announcement.to {
        Some(to) => {
            let window = words::window(view, announcement.from, to, locale);
            msg::announcement_window(locale, &window)
        }
        None => msg::posted(locale, &words::time(view, announcement.from, locale)),
    };
    Announced {
        id: format!("announcement-{}", announcement.id),
        title: title.text.to_owned(),
        body: words::safe(&body_text),
        window,
        lang: title.lang.or(body.lang),
        current: announcement.from <= view.now()
            && announcement.to.is_none_or(|to| view.now() < to),
    }
}

/// `/api`: the public API with this page's own addresses.
pub fn api_help(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let heading = msg::api_title(locale);
    let context = Api {
        shell: frame.page(&heading, "/api"),
        back: frame.back(),
        heading,
        intro: intro(locale),
        address_column: msg::api_path(locale),
        meaning_column: msg::api_answer(locale),
        lists: address_lists(&frame),
    };
    html::render(&context).into_bytes()
}

fn intro(locale: Locale) -> Vec<String> {
    let list = |names: &[&str]| names.join(", ");
    let statuses: Vec<&str> = Status::ALL
        .into_iter()
        .filter(|status| status.can_be_said())
        .map(Status::as_str)
        .collect();
    let lifecycles = Lifecycle::ALL.map(Lifecycle::as_str);
    let impacts = Impact::ALL.map(Impact::as_str);
    vec![
        msg::api_intro(locale),
        msg::api_limits(locale),
        msg::api_indicator_values(locale, "none, minor, major, critical, maintenance"),
        msg::api_status_values(locale, &list(&statuses)),
        msg::api_lifecycle_values(locale, &list(&lifecycles)),
        msg::api_impact_values(locale, &list(&impacts)),
    ]
}

fn address_lists(frame: &Frame<'_, '_>) -> Vec<AddressList> {
    let locale = frame.locale;
    let address = |path: &str, meaning: String| Address {
        address: frame.addresses.whole_plain(path),
        meaning,
    };
    let documents = vec![
        address("/api/v2/summary.json", msg::api_summary(locale)),
        address("/api/v2/status.json", msg::api_status(locale)),
        address("/api/v2/components.json", msg::api_components(locale)),
        address(
            "/api/v2/incidents/unresolved.json",
            msg::api_incidents_unresolved(locale),
        ),
        address("/api/v2/incidents.json", msg::api_incidents(locale)),
        address(
            "/api/v2/scheduled-maintenances/upcoming.json",
            msg::api_maintenances_upcoming(locale),
        ),
        address(
            "/api/v2/scheduled-maintenances/active.json",
            msg::api_maintenances_active(locale),
        ),
        address(
            "/api/v2/scheduled-maintenances.json",
            msg::api_maintenances(locale),
        ),
    ];
    let feeds = vec![
        address("/history.atom", msg::footer_atom(locale)),
        address("/history.rss", msg::footer_rss(locale)),
        address("/maintenance.ics", msg::maintenance_calendar(locale)),
    ];
    let record = vec![
        address("/journal.json", msg::api_record_intro(locale)),
        address("/beat.json", msg::footer_verify(locale)),
    ];
    let list = |id: &str, heading: String, addresses| AddressList {
        id: id.to_owned(),
        heading,
        addresses,
    };
    vec![
        list("documents", msg::api_base(locale), documents),
        list("feeds", msg::api_feeds(locale), feeds),
        list("record", msg::api_record(locale), record),
    ]
}

/// What went wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 404: nothing stands there.
    NotFound,
    /// 400: the address can not be read.
    BadRequest,
    /// 429: too many requests.
    TooMany,
    /// 500: our side.
    Failed,
    /// 503: for a moment.
    Unavailable,
}

impl Fault {
    /// The HTTP status.
    pub const fn code(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::BadRequest => 400,
            Self::TooMany => 429,
            Self::Failed => 500,
            Self::Unavailable => 503,
        }
    }

    fn words(self, locale: Locale) -> (String, String) {
        let heading = match self {
            Self::NotFound => msg::not_found_title(locale),
            _ => msg::error_title(locale),
        };
        let text = match self {
            Self::NotFound => msg::not_found(locale),
            Self::BadRequest => msg::error_bad_request(locale),
            Self::TooMany => msg::error_too_many(locale),
            Self::Failed => msg::error(locale),
            Self::Unavailable => msg::error_unavailable(locale),
        };
        (heading, text)
    }
}

/// The page that says what went wrong, within a page's frame.
pub fn error(view: &View<'_>, fault: Fault, request_id: Option<&str>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let (heading, text) = fault.words(locale);
    let context = ErrorPage {
        shell: frame.nowhere(&heading),
        code: fault.code().to_string(),
        heading,
        text,
        request: request_id.map(|id| msg::error_request_id(locale, id)),
        links: vec![
            frame.link("/", &msg::not_found_link(locale)),
            frame.link("/history", &msg::incident_history(locale)),
        ],
    };
    html::render(&context).into_bytes()
}

/// The same where no page is known.
pub fn bare_error(fault: Fault, request_id: Option<&str>, locale: Locale, now: Instant) -> Vec<u8> {
    let (heading, text) = fault.words(locale);
    let context = ErrorPage {
        shell: bare_shell(&heading, locale, now),
        code: fault.code().to_string(),
        heading,
        text,
        request: request_id.map(|id| msg::error_request_id(locale, id)),
        links: Vec::new(),
    };
    html::render(&context).into_bytes()
}

/// What is said under a host that belongs to no page.
pub fn unknown_host(host: &str, locale: Locale, now: Instant) -> Vec<u8> {
    let heading = msg::unknown_host_title(locale);
    let context = UnknownHost {
        shell: bare_shell(&heading, locale, now),
        heading,
        host: host.to_owned(),
        texts: vec![
            msg::unknown_host(locale, host),
            msg::unknown_host_hint(locale),
        ],
        links: Vec::new(),
    };
    html::render(&context).into_bytes()
}

/// A frame without a page: it names nobody and leads nowhere.
fn bare_shell(title: &str, locale: Locale, now: Instant) -> Shell {
    Shell {
        lang: locale.as_str().to_owned(),
        title: title.to_owned(),
        description: title.to_owned(),
        canonical: None,
        issued: now.micros().div_euclid(SECOND_US).to_string(),
        card: None,
        noindex: true,
        icon: html::Status::Unknown,
        name: "Noroshi".to_owned(),
        tagline: String::new(),
        home: "/".to_owned(),
        logo: None,
        favicon: None,
        brand: None,
        above: None,
        below: None,
        atom: None,
        rss: None,
        alternates: Vec::new(),
        skip: msg::skip_to_content(locale),
        navigation: msg::pages(locale),
        subscribe: None,
        footer: None,
        script: None,
    }
}
