//! The route table: every address that can answer, with the role it needs.
//!
//! `tests/who_may.txt` shows what follows from it. Whoever adds an address to the desk writes it
//! anew: `NOROSHI_WRITE=1 cargo nextest run -p noroshi-server who_may`.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use noroshi_ops::Permission;

use crate::{accounts, api, console, paths};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Anyone.
    Public,
    /// Whoever is signed in or shows a token; what he sees is for the operation to cut.
    Known,
    /// Whoever has the permission on the page that `{page_id}` names.
    OnPage(Permission),
    /// Whoever has it somewhere; where is for the operation to ask.
    Anywhere(Permission),
    /// Whoever has one of these there; which one is needed is for the operation to say.
    OnPageAny(&'static [Permission]),
    /// Whoever has it on the installation.
    Everywhere(Permission),
}

/// What kind of address it is, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A page for people.
    Page,
    /// A document or a feed for programs.
    Document,
    /// Made on request: search, filters, older pages of lists.
    Query,
    /// Goes on while the page is open.
    Stream,
    /// A program that reads or writes as somebody.
    Api,
    /// For whoever runs the server.
    System,
    /// Nothing stands there, or it was asked in a way we do not answer.
    Refused,
}

impl Class {
    /// Every class, in the order of its number.
    pub const ALL: [Self; 7] = [
        Self::Page,
        Self::Document,
        Self::Query,
        Self::Stream,
        Self::Api,
        Self::System,
        Self::Refused,
    ];

    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Document => "document",
            Self::Query => "query",
            Self::Stream => "stream",
            Self::Api => "api",
            Self::System => "system",
            Self::Refused => "refused",
        }
    }
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// How it is asked; GET means HEAD too.
    pub method: Method,
    /// Its pattern; `{…}` stands for one segment.
    pub pattern: &'static str,
    /// Query parameters that make it another route: made on request.
    pub queries: &'static [&'static str],
    /// Who may ask.
    pub role: Role,
    /// What kind it is.
    pub class: Class,
}

const fn public(pattern: &'static str, class: Class) -> Route {
    Route {
        method: Method::GET,
        pattern,
        queries: &[],
        role: Role::Public,
        class,
    }
}

/// An address of the console or an API.
pub(crate) const fn desk(method: Method, pattern: &'static str, role: Role, class: Class) -> Route {
    Route {
        method,
        pattern,
        queries: &[],
        role,
        class,
    }
}

/// The tables of what is written to: each surface has its own.
const DESKS: &[&[Route]] = &[accounts::ROUTES, api::ROUTES, console::ROUTES];

/// Every address there is.
pub fn all() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(desks())
}

fn desks() -> impl Iterator<Item = &'static Route> {
    static OWN: LazyLock<Vec<Route>> = LazyLock::new(api::own::rows);
    let compatible = api::v1::OPERATIONS.iter().map(|operation| &operation.route);
    let surfaces = DESKS.iter().copied().flatten();
    surfaces.chain(OWN.iter()).chain(compatible)
}

/// The row of the console or an API for a method and the pattern that matched.
pub(crate) fn row_of(method: &Method, pattern: &str) -> Option<&'static Route> {
    static ROWS: LazyLock<HashMap<(&'static str, &'static str), &'static Route>> =
        LazyLock::new(|| {
            desks()
                .map(|route| ((route.method.as_str(), route.pattern), route))
                .collect()
        });
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    // The map's life is the program's, the asked pattern's is the request's: found all the same.
    let rows: &HashMap<(&str, &str), &'static Route> = &ROWS;
    rows.get(&(method.as_str(), pattern)).copied()
}

/// A page on which somebody subscribes, changes or leaves, or the form of one.
const fn asked(method: Method, pattern: &'static str) -> Route {
    Route {
        method,
        pattern,
        queries: &[],
        role: Role::Public,
        class: Class::Query,
    }
}

/// All public addresses. Those of a page stand under its host or its prefix, and again under each
/// locale. All of them answer GET, HEAD and OPTIONS, and nothing else, but the forms of subscribing.
pub const ROUTES: &[Route] = &[
    asked(Method::GET, "/subscribe"),
    asked(Method::POST, "/subscribe"),
    asked(Method::GET, "/subscriptions/{token}"),
    asked(Method::POST, "/subscriptions/{token}"),
    asked(Method::GET, "/subscriptions/{token}/confirm"),
    asked(Method::POST, "/subscriptions/{token}/confirm"),
    asked(Method::GET, "/subscriptions/{token}/leave"),
    asked(Method::POST, "/subscriptions/{token}/leave"),
    asked(Method::POST, "/subscriptions/leave"),
    // What existing pages post to (reference 5.1).
    asked(Method::POST, "/subscriptions/new-email"),
    asked(Method::POST, "/subscriptions/new-sms"),
    asked(Method::POST, "/subscriptions/webhook.json"),
    asked(Method::POST, "/subscriptions/incident.json"),
    asked(Method::POST, "/subscriptions/track_attempt"),
    Route {
        method: Method::GET,
        pattern: "/",
        queries: &["unsubscribe"],
        role: Role::Public,
        class: Class::Query,
    },
    public("/", Class::Page),
    public("/history", Class::Page),
    public("/history/{month}", Class::Page),
    Route {
        method: Method::GET,
        pattern: "/history",
        queries: paths::HISTORY_QUERIES,
        role: Role::Public,
        class: Class::Query,
    },
    Route {
        method: Method::GET,
        pattern: "/history/{month}",
        queries: paths::MONTH_QUERIES,
        role: Role::Public,
        class: Class::Query,
    },
    public("/incidents/{id}", Class::Page),
    public("/incidents/{id}.json", Class::Document),
    public("/incidents/{id}.ics", Class::Document),
    public("/i/{code}", Class::Page),
    public("/maintenance.ics", Class::Document),
    Route {
        method: Method::GET,
        pattern: "/maintenance.ics",
        queries: paths::CALENDAR_QUERIES,
        role: Role::Public,
        class: Class::Document,
    },
    public("/card.png", Class::Document),
    public("/embed/script.js", Class::Document),
    public("/embed/frame", Class::Page),
    public("/embed/frame.js", Class::Document),
    public("/badge.svg", Class::Document),
    Route {
        method: Method::GET,
        pattern: "/badge.svg",
        queries: paths::BADGE_QUERIES,
        role: Role::Public,
        class: Class::Document,
    },
    public("/badge-uptime-{days}d.svg", Class::Document),
    public("/components/{component}/maintenance.ics", Class::Document),
    public("/components/{component}/badge.svg", Class::Document),
    Route {
        method: Method::GET,
        pattern: "/components/{component}/badge.svg",
        queries: paths::BADGE_QUERIES,
        role: Role::Public,
        class: Class::Document,
    },
    public(
        "/components/{component}/badge-uptime-{days}d.svg",
        Class::Document,
    ),
    public("/uptime", Class::Page),
    public("/uptime/{component}", Class::Page),
    public("/uptime/{component}.json", Class::Document),
    Route {
        method: Method::GET,
        pattern: "/uptime/{component}",
        queries: paths::UPTIME_QUERIES,
        role: Role::Public,
        class: Class::Query,
    },
    Route {
        method: Method::GET,
        pattern: "/uptime/{component}.json",
        queries: paths::UPTIME_QUERIES,
        role: Role::Public,
        class: Class::Query,
    },
    public("/announcements", Class::Page),
    public("/api", Class::Page),
    public("/api/v2", Class::Page),
    public("/api/v2/{document}.json", Class::Document),
    public("/history.atom", Class::Document),
    public("/history.rss", Class::Document),
    public("/beat.json", Class::Document),
    public(paths::EVENTS, Class::Stream),
    public("/assets/{name}.js", Class::Document),
    public("/state.json", Class::Document),
    public("/journal.json", Class::Document),
    Route {
        method: Method::GET,
        pattern: "/journal.json",
        queries: paths::JOURNAL_QUERIES,
        role: Role::Public,
        class: Class::Query,
    },
    public(paths::HEALTHZ, Class::System),
    public(paths::READYZ, Class::System),
    public(paths::METRICS, Class::System),
];
