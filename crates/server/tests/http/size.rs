//! Size: what each address of the desk asks of the record when there is much in it, on both engines.
//!
//! The much is made by multiplying one of each in the database itself, which takes seconds. What a
//! request costs in time is measured by `bench/console`, over the same.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use noroshi_domain::{Instant, PageId};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::{App, Caller, Chance, ManualClock, Role};
use noroshi_publish::Published;
use noroshi_server::routes::{self, Class};
use noroshi_server::{Limits, Surface};
use noroshi_store::testkit::{Database, engines};
use serde_json::{Value, json};

use crate::kit::{Answer, Server, read_answer};
use crate::own::create_page;

const NOW: &str = "2026-11-18T05:00:00Z";
/// When the one incident was, which the others repeat, each hours earlier.
const PAST: [&str; 2] = ["2026-10-10T05:00:00Z", "2026-10-10T05:20:00Z"];
const INCIDENTS: i64 = 10_000;
/// From one incident to the one before: ten thousand are eleven years.
const APART_US: i64 = 10 * 3_600_000_000;
const COMPONENTS: i64 = 1_000;
const PEOPLE: i64 = 500;
const SUBSCRIBERS: i64 = 10_000;
/// As many as a page may have.
const TEMPLATES: i64 = 1_000;
const AUDIT: i64 = 2_000;
/// Statements that one request may ask. The composer of an update asks most: the incident, its
/// draft, the templates, and who would be told.
const STATEMENTS_MAX: u64 = 13;
/// Between two requests, in seconds of the server's clock.
const LEISURE_S: i64 = 2;
/// Addresses that answer otherwise than with 200 here: what needs a link, a person's own session,
/// a parameter, or something that is not there.
const OTHERWISE: [(&str, u16); 15] = [
    ("/api/noroshi/v1/pages/{page_id}/file", 404),
    ("/api/noroshi/v1/pages/{page_id}/uptime", 422),
    ("/console", 303),
    ("/console/account", 404),
    ("/console/account/second-factor", 404),
    ("/console/invitation", 410),
    ("/console/login-link", 410),
    ("/console/pages/{page_id}/maintenance/{incident_id}", 404),
    (
        "/console/pages/{page_id}/maintenance/{incident_id}/update",
        404,
    ),
    ("/console/setup", 410),
    ("/console/sign-in/provider", 404),
    ("/console/sign-in/provider/back", 410),
    (
        "/v1/organizations/{organization_id}/permissions/{user_id}",
        404,
    ),
    (
        "/v1/pages/{page_id}/incidents/{incident_id}/postmortem",
        404,
    ),
    (
        "/v1/pages/{page_id}/incidents/{incident_id}/subscribers/{subscriber_id}",
        404,
    ),
];

/// A server over a large record, and the names of one of each.
struct Large {
    server: Server,
    token: String,
    names: Vec<(&'static str, String)>,
    clock: Arc<ManualClock>,
    _database: Database,
}

/// Somebody who asks before there is much.
struct Desk<'a> {
    server: &'a Server,
    token: &'a str,
}

impl Desk<'_> {
    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = send(self.server, self.token, "POST", path, &body.to_string());
        assert!(answer.status < 300, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    fn code(&self, path: &str, body: &Value) -> String {
        let made = self.post(path, body);
        let own = made.get("incident").unwrap_or(&made);
        own["id"].as_str().unwrap().to_owned()
    }
}

fn send(server: &Server, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let mut stream = server.connect();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: any.example\r\nconnection: close\r\n\
         authorization: OAuth {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    read_answer(&mut stream, false)
}

fn served(database: &Database, clock: &Arc<ManualClock>) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let published = Published::open(&directory.path().join("published")).unwrap();
    let app = App::new(database.open(), Arc::clone(clock) as Arc<_>, Chance::System);
    app.keep_secrets_with([7; 32]);
    let surface = Surface::new(Arc::new(published), app, Limits::default());
    Server::listen(directory, surface, None)
}

impl Large {
    fn new(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(Instant::parse(PAST[0]).unwrap()));
        let mut first = served(&database, &clock);
        let page = create_page(&first, "large");
        let new = NewToken {
            name: "All".to_owned(),
            role: Role::Owner,
            pages: Vec::new(),
            expires_at: None,
        };
        let app = first.surface.app();
        let (_, token) = app.create_token(&Caller::command_line(), &new).unwrap();
        let desk = Desk {
            server: &first,
            token: &token,
        };
        let names = one_of_each(&desk, &clock, &page);
        first.stop();
        drop(first);
        database.script(&multiplied(&page, &names));
        let server = served(&database, &clock);
        Self {
            server,
            token,
            names,
            clock,
            _database: database,
        }
    }

    fn name(&self, parameter: &str) -> Option<&str> {
        let wanted = parameter.trim_end_matches("_id");
        let found = self.names.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, code)| code.as_str())
    }

    /// An address of a pattern; none where it names something that was not made.
    fn address(&self, pattern: &str) -> Option<String> {
        let mut address = String::new();
        for part in pattern.split_inclusive('}') {
            let (plain, name) = part.split_once('{').unwrap_or((part, ""));
            address.push_str(plain);
            if !name.is_empty() {
                address.push_str(self.name(name.trim_end_matches('}'))?);
            }
        }
        Some(address)
    }

    /// What an address answers, and how many statements that took.
    fn asked(&self, path: &str) -> (Answer, u64) {
        // One key may ask so often a minute; this one asks at leisure.
        let app = self.server.surface.app();
        self.clock.set(app.now().plus_seconds(LEISURE_S));
        let store = self.server.surface.app().store();
        let before = store.asked_count();
        let answer = send(&self.server, &self.token, "GET", path, "");
        (answer, store.asked_count() - before)
    }
}

/// Makes one of each thing that addresses name.
fn one_of_each(desk: &Desk<'_>, clock: &ManualClock, page: &PageId) -> Vec<(&'static str, String)> {
    let own = format!("/api/noroshi/v1/pages/{page}");
    let component = desk.code(
        &format!("{own}/components"),
        &json!({ "name": { "en": "Checkout" }, "showcase": true }),
    );
    let incident = desk.code(
        &format!("{own}/incidents"),
        &json!({ "kind": "incident", "fields": { "name": { "en": "Slow" } },
            "update": { "body": { "en": "We look." }, "statuses": { component.as_str(): "partial_outage" } } }),
    );
    clock.set(Instant::parse(PAST[1]).unwrap());
    desk.post(
        &format!("{own}/incidents/{incident}/updates"),
        &json!({ "update": { "lifecycle": "resolved", "body": { "en": "Over." } } }),
    );
    clock.set(Instant::parse(NOW).unwrap());
    let mut names = vec![
        ("page", page.to_string()),
        ("component", component.clone()),
        ("incident", incident.clone()),
        ("organization", "noroshi".to_owned()),
    ];
    desk.post(
        &format!("{own}/recurrences"),
        &json!({ "rule": "FREQ=WEEKLY;BYDAY=SU", "first_at": "2026-12-06T00:00:00Z",
            "duration_s": 3600, "name": { "en": "Weekly" } }),
    );
    names.extend(around(desk, page, &component));
    names
}

/// What stands around a component: its group, plans, and the records of people and programs.
fn around(desk: &Desk<'_>, page: &PageId, component: &str) -> Vec<(&'static str, String)> {
    let own = format!("/api/noroshi/v1/pages/{page}");
    let v1 = format!("/v1/pages/{page}");
    let mut names = Vec::new();
    names.push((
        "group",
        desk.code(
            &format!("{own}/groups"),
            &json!({ "name": { "en": "All" }, "components": [component] }),
        ),
    ));
    desk.post(
        &format!("{own}/incidents"),
        &json!({ "kind": "maintenance", "update": { "attach": [component] }, "fields": {
            "name": { "en": "Work" }, "scheduled_for": "2026-12-01T00:00:00Z",
            "scheduled_until": "2026-12-01T01:00:00Z" } }),
    );
    for (name, path, body) in [
        (
            "announcement",
            format!("{own}/announcements"),
            json!({ "title": { "en": "Hello" } }),
        ),
        (
            "template",
            format!("{own}/templates"),
            json!({ "name": "Slow", "title": { "en": "Slow" } }),
        ),
        (
            "subscriber",
            format!("{v1}/subscribers"),
            json!({ "subscriber": {
            "email": "sub@example.com", "skip_confirmation_notification": true } }),
        ),
        (
            "provider",
            format!("{v1}/metrics_providers"),
            json!({ "metrics_provider": { "type": "Self" } }),
        ),
        (
            "user",
            format!("{v1}/page_access_users"),
            json!({ "page_access_user": { "email": "v@example.com" } }),
        ),
        (
            "access_group",
            format!("{v1}/page_access_groups"),
            json!({ "page_access_group": {
            "name": "Partners", "component_ids": [component] } }),
        ),
    ] {
        names.push((name, desk.code(&path, &body)));
    }
    let provider = &names
        .iter()
        .find(|(name, _)| *name == "provider")
        .unwrap()
        .1;
    let metrics = format!("{v1}/metrics_providers/{provider}/metrics");
    names.push((
        "metric",
        desk.code(&metrics, &json!({ "metric": { "name": "Latency" } })),
    ));
    desk.post(
        "/v1/organizations/noroshi/users",
        &json!({ "user": { "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron" } }),
    );
    names
}

/// The statements that make much of one of each, the same on both engines.
fn multiplied(page: &PageId, names: &[(&'static str, String)]) -> String {
    let of = |wanted: &str| &names.iter().find(|(name, _)| *name == wanted).unwrap().1;
    let (incident, component) = (of("incident"), of("component"));
    let numbers = |most: i64| {
        format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < {most}), \
             s(i, tail) as (select i, substr('0000000' || cast(i as text), \
             length('0000000' || cast(i as text)) - 7) from n) "
        )
    };
    let moment = |text: &str| Instant::parse(text).unwrap().micros();
    let [began, ended] = PAST.map(moment);
    let body = format!(
        "replace(replace(replace(replace(f.body, '{began}', cast({began} - s.i * {APART_US} as text)), \
         '{ended}', cast({ended} - s.i * {APART_US} as text)), '{incident}', 'inci' || s.tail), \
         f.id, case when f.id = '{incident}' then 'inci' else substr(f.id, 1, 4) end || s.tail)"
    );
    let mut script = String::from("begin;\n");
    // Incidents with their updates and claims, each some hours before the last.
    writeln!(
        script,
        "insert into facts (page_id, kind, id, owner, holder, from_us, to_us, body) {} \
         select f.page_id, f.kind, case when f.id = '{incident}' then 'inci' else substr(f.id, 1, 4) end || s.tail, \
         replace(f.owner, '{incident}', 'inci' || s.tail), replace(f.holder, '{incident}', 'inci' || s.tail), \
         f.from_us - s.i * {APART_US}, f.to_us - s.i * {APART_US}, {body} \
         from s cross join facts f where f.page_id = '{page}' \
         and (f.id = '{incident}' or f.owner = '{incident}' or f.holder = '{incident}');",
        numbers(INCIDENTS - 1)
    )
    .unwrap();
    for (table, columns, values) in [
        (
            "search_texts",
            "page_id, incident_id, body",
            "page_id, 'inci' || s.tail, body",
        ),
        (
            "search",
            "page_id, gram, incident_id",
            "page_id, gram, 'inci' || s.tail",
        ),
    ] {
        writeln!(
            script,
            "insert into {table} ({columns}) {} select {values} from s cross join {table} \
             where incident_id = '{incident}';",
            numbers(INCIDENTS - 1)
        )
        .unwrap();
    }
    writeln!(
        script,
        "insert into facts (page_id, kind, id, owner, holder, from_us, to_us, body) {} \
         select f.page_id, f.kind, 'comp' || s.tail, f.owner, f.holder, f.from_us, f.to_us, \
         replace(f.body, '{component}', 'comp' || s.tail) from s cross join facts f \
         where f.page_id = '{page}' and f.kind = 'component' and f.id = '{component}';",
        numbers(COMPONENTS - 1)
    )
    .unwrap();
    records(&mut script, &numbers);
    // As a database that runs does by itself from time to time.
    script.push_str("commit;\nanalyze;\n");
    script
}

/// People, tokens, subscribers and what else is no fact, with their keys; and who did what.
fn records(script: &mut String, numbers: &impl Fn(i64) -> String) {
    for (kinds, most) in [
        ("r.kind = 'subscriber'", SUBSCRIBERS),
        ("r.kind = 'template'", TEMPLATES),
        (
            "r.kind not in ('subscriber', 'template', 'link', 'session', 'draft')",
            PEOPLE,
        ),
    ] {
        writeln!(
            script,
            "insert into record_keys (kind, name, value, id, alone) {} \
             select r.kind, r.name, r.value || case when r.alone = 1 then s.tail else '' end, \
             substr(r.id, 1, 4) || s.tail, r.alone \
             from s cross join record_keys r where {kinds};",
            numbers(most - 1)
        )
        .unwrap();
        writeln!(
            script,
            "insert into records (kind, id, page_id, version, created_us, sort, body) {} \
             select r.kind, substr(r.id, 1, 4) || s.tail, r.page_id, r.version, r.created_us, \
             r.sort, replace(r.body, r.id, substr(r.id, 1, 4) || s.tail) \
             from s cross join records r where {kinds};",
            numbers(most - 1)
        )
        .unwrap();
    }
    writeln!(
        script,
        "insert into audit (at_us, page_id, actor_kind, actor_id, action, subject_kind, subject_id, detail) \
         {} select at_us, page_id, actor_kind, actor_id, action, subject_kind, subject_id, detail \
         from s cross join (select * from audit order by seq limit 1) a;",
        numbers(AUDIT)
    )
    .unwrap();
}

/// Lists by their parts: the first, one in the middle, the last.
fn parts(large: &Large) -> Vec<String> {
    let page = large.name("page").unwrap();
    let v1 = format!("/v1/pages/{page}");
    let own = format!("/api/noroshi/v1/pages/{page}");
    let mut paths = Vec::new();
    for part in [
        "page=1",
        "page=50&limit=100",
        "page=100&limit=100",
        "q=Slow",
        "q=nothing",
    ] {
        paths.push(format!("{v1}/incidents?{part}"));
    }
    for part in [
        "per_page=100&page=5",
        "per_page=1100",
        "per_page=100&page=10",
    ] {
        paths.push(format!("{v1}/components?{part}"));
    }
    for part in [
        "page=0&limit=100",
        "page=50&limit=100",
        "page=99&limit=100",
        "q=sub",
        "state=all&type=email",
        "sort_field=created_at&sort_direction=asc",
    ] {
        paths.push(format!("{v1}/subscribers?{part}"));
    }
    for part in ["limit=200", "kind=maintenance", "open=true"] {
        paths.push(format!("{own}/incidents?{part}"));
    }
    for part in ["before=1000", "limit=200"] {
        paths.push(format!("{own}/audit?{part}"));
    }
    paths.push(format!("/console/audit?page={page}"));
    paths.push("/console/audit?before=1000".to_owned());
    paths.push("/v1/organizations/noroshi/users?page=5&per_page=100".to_owned());
    paths
}

/// Where to see that there is much: an address, and how many of something it lists at least.
fn holds_much(large: &Large) {
    let page = large.name("page").unwrap();
    for (path, least) in [
        (format!("/v1/pages/{page}/incidents?limit=100&page=99"), 100),
        (format!("/v1/pages/{page}/components?per_page=1100"), 1_000),
        (
            format!("/v1/pages/{page}/subscribers?limit=100&page=99"),
            100,
        ),
        (
            "/v1/organizations/noroshi/users?per_page=100&page=5".to_owned(),
            100,
        ),
    ] {
        let (answer, _) = large.asked(&path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let list: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
        assert!(list.len() >= least, "{path}: {}", list.len());
    }
}

#[test]
fn no_request_asks_much_of_a_large_record() {
    for engine in engines() {
        let large = Large::new(engine.database());
        holds_much(&large);
        let rows = routes::all().filter(|route| route.class == Class::Api && route.method == "GET");
        let rows = rows.filter_map(|route| Some((large.address(route.pattern)?, route.pattern)));
        let parts = parts(&large).into_iter().map(|path| (path, ""));
        let addresses: Vec<(String, &str)> = rows.chain(parts).collect();
        assert!(addresses.len() > 90, "{}", addresses.len());
        let (mut over, mut otherwise) = (Vec::new(), Vec::new());
        for (path, pattern) in &addresses {
            let (answer, count) = large.asked(path);
            let exempt = OTHERWISE.iter().find(|(own, _)| own == pattern);
            if answer.status != exempt.map_or(200, |(_, status)| *status) {
                otherwise.push(format!("{path}: {}", answer.status));
            }
            if count > STATEMENTS_MAX {
                over.push(format!("{path}: {count}"));
            }
        }
        assert!(otherwise.is_empty(), "{}: {otherwise:#?}", engine.name());
        assert!(over.is_empty(), "{}: {over:#?}", engine.name());
    }
}
