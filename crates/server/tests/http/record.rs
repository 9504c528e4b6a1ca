//! From a command to a reader: the record, the publisher and the server together.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use noroshi_domain::{
    Act, Actor, Command, ComponentId, IncidentFields, IncidentId, IncidentKind, Instant, Locale,
    NewComponent, NewIncident, NewPage, NewUpdate, PageId, PagePatch, Seed, StartDate, State,
    Status, Texts, Zone,
};
use noroshi_ops::{App, Chance, Clock, ManualClock};
use noroshi_publish::{PublishError, Published, Publisher, Reach, Step};
use noroshi_server::{Limits, Surface};
use noroshi_store::Store;
use sha2::{Digest, Sha256};

use crate::kit::{Answer, Server};

const NOON: &str = "2026-03-04T12:00:00Z";

/// One page with two components and an open incident, published and served.
pub(crate) struct Estate {
    app: App,
    clock: Arc<ManualClock>,
    page: PageId,
    maker: Publisher,
    pub(crate) server: Server,
}

pub(crate) fn english(text: &str) -> Texts {
    Texts::of(Locale::En, text).with(Locale::Ja, format!("{text}（日本語）"))
}

pub(crate) fn component(code: &str, name: &str) -> NewComponent {
    NewComponent {
        id: Some(ComponentId::parse(code).unwrap()),
        name: english(name),
        description: Texts::default(),
        group_id: None,
        position: None,
        showcase: true,
        start_date: StartDate::Always,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        status: Status::Operational,
        created_at: None,
    }
}

pub(crate) fn incident(code: &str, title: &str, body: &str, touched: &str) -> NewIncident {
    let statuses = [(ComponentId::parse(touched).unwrap(), Status::PartialOutage)];
    NewIncident {
        id: Some(IncidentId::parse(code).unwrap()),
        kind: IncidentKind::Incident,
        fields: IncidentFields {
            name: Some(english(title)),
            ..IncidentFields::default()
        },
        update: NewUpdate {
            body: english(body),
            statuses: statuses.into_iter().collect(),
            act: Act::default(),
            ..NewUpdate::default()
        },
        backfilled_at: None,
    }
}

impl Estate {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    fn with_limits(limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(directory.path()).unwrap();
        let clock = Arc::new(ManualClock::at(Instant::parse(NOON).unwrap()));
        let app = App::new(
            store,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Chance::seeded("estate"),
        );
        let page = app
            .create_page(
                &Actor::command_line(),
                &NewPage {
                    id: Some(PageId::parse("acme").unwrap()),
                    name: english("Acme"),
                    hosts: vec!["status.acme.example".to_owned()],
                    path: None,
                    url: None,
                    zone: Zone::parse("Asia/Tokyo").unwrap(),
                    default_locale: Locale::En,
                    locales: vec![Locale::En, Locale::Ja],
                    settings: noroshi_domain::PageSettings::default(),
                },
            )
            .unwrap();
        let page = PageId::parse(&page.id).unwrap();
        let published = Arc::new(Published::open(&directory.path().join("published")).unwrap());
        let maker = maker(&app, &published);
        let surface = Surface::new(published, app.clone(), limits);
        let server = Server::listen(directory, surface, None);
        let mut estate = Self {
            app,
            clock,
            page,
            maker,
            server,
        };
        estate.run(Command::CreateComponent(Box::new(component("api", "API"))));
        estate.run(Command::CreateComponent(Box::new(component(
            "web", "Website",
        ))));
        let opened = incident(
            "inc1",
            "Slow answers",
            "We look into it. 障害を調査中です。",
            "api",
        );
        estate.run(Command::OpenIncident(Box::new(opened)));
        estate.publish();
        estate
    }

    pub(crate) fn run(&mut self, command: Command) {
        let now = self.clock.now().plus_seconds(1);
        self.clock.set(now);
        self.app
            .execute(&self.page, &Actor::command_line(), command, None)
            .unwrap();
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.app.state(&self.page).unwrap()
    }

    /// Steps until nothing is left to make; what the first step did.
    pub(crate) fn publish(&mut self) -> Step {
        let pages = [(self.page.clone(), self.state())];
        let now = self.clock.now();
        let first = self.maker.step(&pages, now, Reach::Here).unwrap();
        while self.maker.step(&pages, now, Reach::Here).unwrap().more {}
        first
    }

    fn say(&mut self, body: &str) {
        let update = NewUpdate {
            body: english(body),
            ..NewUpdate::default()
        };
        self.run(Command::PostUpdate {
            incident_id: IncidentId::parse("inc1").unwrap(),
            update: Box::new(update),
            fields: Box::new(IncidentFields::default()),
        });
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.server.get(path)
    }
}

fn maker(app: &App, published: &Arc<Published>) -> Publisher {
    let own = app.clone();
    let sign = move |page: &PageId, head: &noroshi_domain::Head| {
        let signed = own
            .signed_head(page, head)
            .map_err(|error| error.to_string())?;
        serde_json::to_value(signed).map_err(|error| error.to_string())
    };
    Publisher::new(Arc::clone(published), app.store().clone(), Arc::new(sign))
}

#[test]
fn every_path_that_clients_know_answers() {
    let estate = Estate::new();
    let short = estate
        .state()
        .incidents
        .values()
        .next()
        .unwrap()
        .shortcode
        .clone();
    let paths = [
        "/",
        "/ja/",
        "/en/",
        "/history",
        "/history?page=1",
        "/history/2026-03",
        "/uptime",
        "/uptime/api",
        "/ja/uptime/api",
        "/uptime/api?page=1",
        "/uptime/api.json",
        "/uptime/api.json?page=1",
        "/incidents/inc1",
        "/incidents/inc1.json",
        "/history.atom",
        "/history.rss",
        "/ja/history.atom",
        "/api",
        "/api/v2",
        "/announcements",
        "/maintenance.ics",
        "/ja/maintenance.ics",
        "/maintenance.ics?component=api",
        "/components/api/maintenance.ics",
        "/badge.svg",
        "/badge.svg?show=uptime&period=30d",
        "/badge-uptime-7d.svg",
        "/components/api/badge.svg",
        "/components/api/badge.svg?show=uptime",
        "/components/api/badge-uptime-90d.svg",
        "/beat.json",
        "/journal.json",
        "/journal.json?after=1",
        "/api/v2/summary.json",
        "/api/v2/status.json",
        "/api/v2/components.json",
        "/api/v2/incidents.json",
        "/api/v2/incidents/unresolved.json",
        "/api/v2/scheduled-maintenances.json",
        "/api/v2/scheduled-maintenances/upcoming.json",
        "/api/v2/scheduled-maintenances/active.json",
        "/subscribe",
    ];
    for path in paths {
        let answer = estate.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.is_empty(), "{path}");
        if answer
            .header("content-type")
            .starts_with("application/json")
        {
            serde_json::from_slice::<serde_json::Value>(&answer.body).expect(path);
        }
    }
    let answer = estate.get(&format!("/i/{short}"));
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, "/incidents/inc1")
    );
}

#[test]
fn no_link_of_any_page_leads_nowhere() {
    let estate = Estate::new();
    let mut left = vec!["/".to_owned(), "/ja/".to_owned()];
    let mut seen: BTreeSet<String> = left.iter().cloned().collect();
    while let Some(path) = left.pop() {
        let answer = estate.get(&path);
        assert!(
            matches!(answer.status, 200 | 302),
            "{path}: {}",
            answer.status
        );
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        for link in answer.text().split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') && seen.len() < 300 && seen.insert(link.clone()) {
                left.push(link);
            }
        }
    }
    assert!(seen.len() > 20, "links were followed: {seen:?}");
}

#[test]
fn what_is_said_is_seen_after_one_step() {
    let mut estate = Estate::new();
    let before = estate.get("/");
    estate.say("The cause is a full disk.");
    let step = estate.publish();
    assert_eq!(
        step.changed,
        vec![(estate.page.clone(), estate.state().head.seq)]
    );
    for path in [
        "/",
        "/incidents/inc1",
        "/incidents/inc1.json",
        "/api/v2/summary.json",
        "/history.atom",
    ] {
        assert!(
            estate
                .get(path)
                .text()
                .contains("The cause is a full disk."),
            "{path}"
        );
    }
    assert!(estate.get("/ja/").text().contains("full disk.（日本語）"));
    let tag = format!("if-none-match: {}", before.header("etag"));
    assert_eq!(estate.server.ask("GET /", &[&tag]).status, 200);
}

#[test]
fn a_step_without_a_change_changes_nothing_and_the_beat_goes_on() {
    let mut estate = Estate::new();
    let tags = |estate: &Estate| {
        [
            "/incidents/inc1",
            "/api/v2/status.json",
            "/history",
            "/beat.json",
        ]
        .map(|path| estate.get(path).header("etag").to_owned())
    };
    let before = tags(&estate);
    estate.clock.set(estate.clock.now().plus_seconds(5));
    assert_eq!(estate.publish().changed, Vec::new());
    assert_eq!(tags(&estate), before);
    estate.clock.set(estate.clock.now().plus_seconds(60));
    estate.publish();
    let after = tags(&estate);
    assert_eq!(after[..3], before[..3]);
    assert_ne!(after[3], before[3]);
}

#[test]
fn the_policy_allows_the_styles_and_scripts_that_pages_carry() {
    let estate = Estate::new();
    for path in [
        "/",
        "/history",
        "/uptime/api",
        "/incidents/inc1",
        "/api",
        "/nothing",
    ] {
        let answer = estate.get(path);
        let policy = answer.header("content-security-policy").to_owned();
        let text = answer.text();
        let mut count = 0;
        let styles = text.split("<style>").skip(1);
        let styles = styles.map(|rest| rest.split("</style>").next().unwrap());
        let scripts = text.split("<script>").skip(1);
        let scripts = scripts.map(|rest| rest.split("</script>").next().unwrap());
        for style in styles.chain(scripts) {
            let hash = base64::prelude::BASE64_STANDARD.encode(Sha256::digest(style));
            assert!(
                policy.contains(&format!("'sha256-{hash}'")),
                "{path}: {policy}"
            );
            count += 1;
        }
        assert!(count > 1 && !text.contains(" style=\""), "{path}");
    }
}

#[test]
fn a_deleted_incident_is_gone_everywhere() {
    let mut estate = Estate::new();
    estate.run(Command::DeleteIncident {
        incident_id: IncidentId::parse("inc1").unwrap(),
        reason: "a mistake".to_owned(),
    });
    estate.publish();
    for path in [
        "/incidents/inc1",
        "/incidents/inc1.json",
        "/ja/incidents/inc1",
    ] {
        assert_eq!(estate.get(path).status, 404, "{path}");
    }
    for path in [
        "/",
        "/history",
        "/history/2026-03",
        "/history.rss",
        "/api/v2/incidents.json",
        "/history?q=Slow",
    ] {
        assert!(
            !estate.get(path).text().contains("We look into it"),
            "{path}"
        );
    }
}

#[test]
fn an_incident_of_long_ago_is_made_in_the_background_and_served() {
    let mut estate = Estate::new();
    let old = NewIncident {
        backfilled_at: Instant::parse("2025-05-06T01:00:00Z"),
        ..incident("old1", "Long ago", "It was a storm.", "web")
    };
    estate.run(Command::OpenIncident(Box::new(old)));
    estate.publish();
    for path in [
        "/incidents/old1",
        "/incidents/old1.json",
        "/history/2025-05",
    ] {
        let answer = estate.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("Long ago"), "{path}");
    }
}

#[test]
fn what_is_not_made_yet_is_made_when_it_is_asked_for() {
    let mut estate = Estate::new();
    let old = NewIncident {
        backfilled_at: Instant::parse("2025-05-06T01:00:00Z"),
        ..incident("old1", "Long ago", "It was a storm.", "web")
    };
    // The publisher has not had its step.
    estate.run(Command::OpenIncident(Box::new(old)));
    for path in [
        "/incidents/old1",
        "/incidents/old1.json",
        "/ja/history/2025-05",
    ] {
        let answer = estate.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("Long ago"), "{path}");
    }
    assert_eq!(estate.get("/incidents/none").status, 404);
    assert_eq!(estate.get("/history/2027-01").status, 404);
}

#[test]
fn lists_that_are_asked_for_are_made_from_the_record() {
    let estate = Estate::new();
    for (path, found) in [
        ("/history?q=%E8%AA%BF%E6%9F%BB%E4%B8%AD", true),
        ("/history?q=nothing+like+it", false),
        ("/history?component=api", true),
        ("/history?component=web", false),
        ("/history?impact=critical", false),
        ("/history/2026-03?component=api", true),
        ("/history?q=&component=&page=1", true),
        ("/ja/history?q=Slow", true),
    ] {
        let answer = estate.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.text().contains("/incidents/inc1"), found, "{path}");
    }
    for path in [
        "/history?page=0",
        "/history?page=99999",
        "/history/2026-13?component=api",
        "/uptime/none?page=2",
    ] {
        assert_eq!(estate.get(path).status, 404, "{path}");
    }
    let chosen = estate.get("/ja/uptime?component=web");
    assert_eq!(
        (chosen.status, chosen.header("location")),
        (303, "/ja/uptime/web")
    );
}

#[test]
fn a_page_is_served_while_its_searches_can_not_be_made() {
    let estate = Estate::with_limits(Limits {
        queries: 0,
        ..Limits::default()
    });
    let answer = estate.get("/history?q=Slow");
    assert_eq!((answer.status, answer.header("retry-after")), (503, "2"));
    assert!(
        answer.header("content-type").starts_with("text/html"),
        "in the page's own words"
    );
    assert_eq!(estate.get("/uptime/api.json?page=2").status, 503);
    for path in ["/", "/history", "/incidents/inc1", "/api/v2/summary.json"] {
        assert_eq!(estate.get(path).status, 200, "{path}");
    }
}

#[test]
fn a_restricted_component_is_named_in_no_published_file() {
    let mut estate = Estate::new();
    let name = format!(
        "Hidden{}",
        noroshi_domain::hex(&Seed::of_text("name").draw_bytes()[..8])
    );
    let hidden = NewComponent {
        restricted: true,
        ..component("hid", &name)
    };
    estate.run(Command::CreateComponent(Box::new(hidden)));
    estate.run(Command::OpenIncident(Box::new(incident(
        "sec1",
        "Secret",
        "Nobody reads this.",
        "hid",
    ))));
    estate.publish();
    let mut count = 0;
    each_file(&estate.server.folder(), &mut |path, bytes| {
        count += 1;
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text.contains(&name) && !text.contains("Nobody reads this"),
            "{}",
            path.display()
        );
    });
    assert!(count > 40, "files were looked at: {count}");
    assert_eq!(estate.get("/incidents/sec1").status, 404);
    assert!(
        !estate
            .get("/history?q=Nobody")
            .text()
            .contains("Nobody reads this")
    );
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, look);
        } else {
            look(&path, &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_restart_serves_the_same_bytes_under_the_same_tags() {
    let estate = Estate::new();
    let paths = [
        "/incidents/inc1",
        "/history",
        "/announcements",
        "/api/v2/summary.json",
    ];
    let before = paths.map(|path| estate.get(path).header("etag").to_owned());
    let published = Arc::new(Published::open(&estate.server.folder()).unwrap());
    let later = estate.clock.now().plus_seconds(7);
    let mut again = maker(&estate.app, &published);
    again
        .step(&[(estate.page.clone(), estate.state())], later, Reach::Here)
        .unwrap();
    let snapshot = published.snapshot();
    for (path, tag) in paths.iter().zip(before) {
        let path = noroshi_publish::PagePath::parse(path).unwrap();
        let asset = snapshot.first().unwrap().live(&path, Locale::En).unwrap();
        assert_eq!(format!("\"{}\"", asset.tag), tag, "{path}");
    }
}

#[test]
fn what_a_server_leaves_unmade_at_its_end_is_made_by_the_next() {
    let mut estate = Estate::new();
    estate.say("Said while the server ends.");
    estate.server.published.halt();
    let pages = [(estate.page.clone(), estate.state())];
    let now = estate.clock.now();
    let halted = estate.maker.step(&pages, now, Reach::Here);
    assert!(matches!(halted, Err(PublishError::Halted)), "{halted:?}");
    assert!(!estate.get("/").text().contains("while the server ends"));
    let published = Arc::new(Published::open(&estate.server.folder()).unwrap());
    let mut next = maker(&estate.app, &published);
    next.step(&pages, now, Reach::Here).unwrap();
    let snapshot = published.snapshot();
    let front = snapshot.first().unwrap().live_at("/", Locale::En).unwrap();
    assert!(String::from_utf8_lossy(&front.identity).contains("while the server ends"));
}

#[test]
fn a_private_or_deleted_page_is_taken_from_readers() {
    let mut estate = Estate::new();
    assert_eq!(estate.get("/").status, 200);
    let settings = noroshi_domain::PageSettings {
        private: true,
        ..Default::default()
    };
    estate.run(Command::UpdatePage(Box::new(PagePatch {
        settings: Some(Box::new(settings)),
        ..PagePatch::default()
    })));
    estate.publish();
    for path in ["/", "/api/v2/status.json", "/incidents/inc1"] {
        assert_eq!(estate.get(path).status, 404, "{path}");
    }
    assert!(!estate.server.folder().join("acme").exists());
}
