//! The own API: what it takes, what it gives back, how it refuses, and its description.

use std::collections::BTreeSet;
use std::io::Write as _;

use noroshi_domain::{Locale, NewPage, PageId, PageSettings, Texts, Zone};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::{Caller, Role};
use serde_json::{Value, json};

use crate::kit::{Answer, Server, read_answer};

const BASE: &str = "/api/noroshi/v1";

/// A server with an empty page in the record, and who asks it.
struct Desk {
    server: Server,
    page: PageId,
    token: String,
}

impl Desk {
    fn new() -> Self {
        let server = Server::with_one_page();
        let page = create_page(&server, "here");
        let token = token(&server, Role::Owner, Vec::new());
        Self {
            server,
            page,
            token,
        }
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>, headers: &[&str]) -> Answer {
        send_to(&self.server, (&self.token, method, path), body, headers)
    }

    /// Asks below the page, and reads what must succeed.
    fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.send(method, &format!("/pages/{}{path}", self.page), body, &[]);
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        if answer.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Asks below the page, and reads how it is refused.
    fn refused(&self, method: &str, path: &str, body: Option<&Value>, headers: &[&str]) -> Value {
        let path = format!("/pages/{}{path}", self.page);
        let answer = self.send(method, &path, body, headers);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["status"], answer.status);
        problem
    }
}

/// Asks as whoever shows a token.
pub(crate) fn send_to(
    server: &Server,
    (token, method, path): (&str, &str, &str),
    body: Option<&Value>,
    headers: &[&str],
) -> Answer {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let mut request = format!(
        "{method} {BASE}{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !body.is_empty() {
        request.push_str("content-type: application/json\r\n");
    }
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    request.push_str(&body);
    let mut stream = server.connect();
    stream.write_all(request.as_bytes()).unwrap();
    read_answer(&mut stream, method == "HEAD")
}

pub(crate) fn create_page(server: &Server, code: &str) -> PageId {
    let new = NewPage {
        id: Some(PageId::parse(code).unwrap()),
        name: Texts::of(Locale::En, "Larkspur"),
        hosts: Vec::new(),
        path: Some(format!("/{code}")),
        url: None,
        zone: Zone::parse("Asia/Tokyo").unwrap(),
        default_locale: Locale::En,
        locales: vec![Locale::En, Locale::Ja],
        settings: PageSettings::default(),
    };
    let caller = Caller::command_line();
    let made = server.surface.app().create_page(&caller.actor, &new);
    PageId::parse(&made.unwrap().id).unwrap()
}

fn token(server: &Server, role: Role, pages: Vec<PageId>) -> String {
    let new = NewToken {
        name: "Test".to_owned(),
        role,
        pages,
        expires_at: None,
    };
    let made = server
        .surface
        .app()
        .create_token(&Caller::command_line(), &new);
    made.unwrap().1
}

fn component(desk: &Desk, name: &str) -> String {
    let body = json!({ "name": { "en": name }, "showcase": true });
    let made = desk.ok("POST", "/components", Some(&body));
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_incident_lives_its_life_in_two_languages() {
    let desk = Desk::new();
    let api = component(&desk, "API");
    let opened = desk.ok(
        "POST",
        "/incidents",
        Some(&json!({
            "kind": "incident",
            "fields": {
                "name": { "en": "Errors", "ja": "エラー" },
                "impact_from": { "at": "2026-03-04T18:30:00+09:00", "about": true },
            },
            "update": {
                "body": { "en": "We look into it.", "ja": "調査しています。" },
                "statuses": { &api: "major_outage" },
                "promises": [{ "within_s": 1800 }],
            },
        })),
    );
    let id = opened["incident"]["id"].as_str().unwrap();
    assert_eq!(opened["incident"]["created_at"], "2026-03-04T10:00:00Z");
    assert_eq!(
        opened["incident"]["impact_from"]["at"],
        "2026-03-04T09:30:00Z"
    );
    let promise = &opened["promises"][0];
    let due = promise.to_string();
    assert!(due.contains("2026-03-04T10:30:00Z"), "{due}");
    let shown = desk.ok("GET", &format!("/components/{api}"), None);
    assert_eq!(shown["status"], "major_outage");
    assert_eq!(shown["claims"][0]["holder"]["id"], id);

    let lift = format!("/promises/{}/lift", promise["id"].as_str().unwrap());
    desk.ok(
        "POST",
        &lift,
        Some(&json!({ "reason": "The cause is found" })),
    );
    let open = desk.ok("GET", "/promises?open=true", None);
    assert_eq!(open, json!([]));

    let posted = desk.ok(
        "POST",
        &format!("/incidents/{id}/updates"),
        Some(&json!({ "update": { "lifecycle": "resolved", "body": { "en": "Over." } } })),
    );
    let update = posted["update_id"].as_str().unwrap();
    desk.ok(
        "PATCH",
        &format!("/incidents/{id}/updates/{update}"),
        Some(&json!({ "body": { "en": "Over since 18:50." } })),
    );
    desk.ok(
        "PUT",
        &format!("/incidents/{id}/postmortem"),
        Some(&json!({ "body": { "en": "## What happened" } })),
    );
    let whole = desk.ok("GET", &format!("/incidents/{id}"), None);
    let updates = whole["updates"].as_array().unwrap().iter();
    let mut edited = updates.filter(|one| one["id"] == update);
    let edited = edited.next().unwrap();
    assert_eq!(edited["body"]["en"], "Over since 18:50.");
    assert_eq!(
        whole["incident"]["postmortem"]["body"]["en"],
        "## What happened"
    );
    desk.ok("DELETE", &format!("/incidents/{id}?reason=Test"), None);
    assert_eq!(desk.ok("GET", "/incidents", None), json!([]));
    desk.ok("POST", &format!("/incidents/{id}/restore"), None);
    let listed = desk.ok("GET", "/incidents?kind=incident&limit=1", None);
    assert_eq!(listed[0]["incident"]["id"], id);
}

#[test]
fn a_change_of_what_somebody_else_changed_is_refused_with_both_texts() {
    let desk = Desk::new();
    let api = component(&desk, "API");
    let path = format!("/components/{api}");
    let whole = format!("/pages/{}{path}", desk.page);
    let tag = desk
        .send("GET", &whole, None, &[])
        .header("etag")
        .to_owned();
    let seen = format!("if-match: {tag}");
    desk.ok(
        "PATCH",
        &path,
        Some(&json!({ "name": { "en": "The API" } })),
    );
    let late = json!({ "name": { "en": "Public API" } });
    let problem = desk.refused("PATCH", &path, Some(&late), &[&seen]);
    assert_eq!(problem["status"], 412);
    assert!(
        problem["stands"].to_string().contains("The API"),
        "{problem}"
    );
    assert!(
        problem["sent"].to_string().contains("Public API"),
        "{problem}"
    );
    assert_eq!(desk.ok("GET", &path, None)["name"]["en"], "The API");
}

#[test]
fn the_same_key_again_is_done_once() {
    let desk = Desk::new();
    let path = format!("/pages/{}/components", desk.page);
    let body = json!({ "name": { "en": "API" }, "showcase": false });
    let ask = || desk.send("POST", &path, Some(&body), &["idempotency-key: abc123"]);
    let (first, second) = (ask(), ask());
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text(), second.text());
    assert_eq!(
        desk.ok("GET", "/components", None)
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn what_can_not_be_read_is_refused_with_its_place() {
    let desk = Desk::new();
    let api = component(&desk, "API");
    let path = format!("/components/{api}/status");
    let cases = [
        (json!({ "status": "broken" }), "status"),
        (json!({ "status": "operational", "actor": "x" }), "actor"),
        (json!({}), "status"),
    ];
    for (body, words) in cases {
        let problem = desk.refused("PUT", &path, Some(&body), &[]);
        assert_eq!(problem["status"], 422, "{problem}");
        assert!(problem.to_string().contains(words), "{problem}");
    }
    let update = json!({
        "kind": "incident",
        "fields": { "name": { "en": "x" } },
        "update": { "promises": [{ "by": "tomorrow" }] },
    });
    let problem = desk.refused("POST", "/incidents", Some(&update), &[]);
    assert_eq!(problem["at"], "update.promises[0].by");
    let problem = desk.refused("GET", "/incidents?limit=0", None, &[]);
    assert_eq!(problem["at"], "query limit");
    let problem = desk.refused("DELETE", "/holds/none", None, &["if-match: 4"]);
    assert_eq!(problem["at"], "header If-Match");
    let problem = desk.refused("GET", "/incidents/none", None, &["accept-language: ja"]);
    assert_eq!(problem["status"], 404);
    assert!(
        problem["detail"].as_str().unwrap().contains("ありません"),
        "{problem}"
    );
}

#[test]
fn each_role_does_what_is_its_own_and_no_page_tells_of_another() {
    let mut desk = Desk::new();
    let api = component(&desk, "API");
    let other = create_page(&desk.server, "other");
    let page = desk.page.clone();
    let incident = json!({
        "kind": "incident",
        "fields": { "name": { "en": "x" } },
        "update": {},
    });
    let work = json!({
        "kind": "maintenance",
        "fields": {
            "name": { "en": "x" },
            "scheduled_for": "2026-03-05T10:00:00Z",
            "scheduled_until": "2026-03-05T11:00:00Z",
        },
        "update": {},
    });
    let status = json!({ "status": "partial_outage" });
    let patch = json!({ "name": { "en": "API" } });
    let said = format!("/components/{api}/status");
    let own = format!("/components/{api}");
    // Which of: an incident, planned work, a status, a component's name, the page's own fields.
    let cases = [
        (Role::Owner, [201, 201, 200, 200, 200]),
        (Role::Admin, [201, 201, 200, 200, 200]),
        (Role::Responder, [201, 201, 200, 403, 403]),
        (Role::Maintainer, [403, 201, 403, 403, 403]),
        (Role::Editor, [403, 403, 403, 200, 403]),
        (Role::Viewer, [403, 403, 403, 403, 403]),
    ];
    let asked = |desk: &Desk, page: &PageId| {
        [
            ("POST", "/incidents", &incident),
            ("POST", "/incidents", &work),
            ("PUT", &said, &status),
            ("PATCH", &own, &patch),
            ("PATCH", "", &patch),
        ]
        .map(|(method, path, body)| {
            let whole = format!("/pages/{page}{path}");
            desk.send(method, &whole, Some(body), &[]).status
        })
    };
    for (role, expected) in cases {
        desk.token = token(&desk.server, role, vec![page.clone()]);
        assert_eq!(asked(&desk, &page), expected, "{role:?}");
        assert_eq!(asked(&desk, &other), [404; 5], "{role:?} on another page");
        let listed = desk.send("GET", "/pages", None, &[]).text();
        assert!(
            listed.contains("\"here\"") && !listed.contains("\"other\""),
            "{listed}"
        );
        let raw = json!({ "open_incident": incident });
        let sent = desk.send("POST", &format!("/pages/{page}/commands"), Some(&raw), &[]);
        assert_eq!(
            sent.status == 200,
            expected[0] == 201,
            "{role:?}: {}",
            sent.text()
        );
        let robots = json!("tick");
        let sent = desk.send(
            "POST",
            &format!("/pages/{page}/commands"),
            Some(&robots),
            &[],
        );
        assert_eq!(sent.status, 403, "{role:?}");
    }
}

#[test]
fn the_description_names_every_operation_once_and_all_it_refers_to() {
    let desk = Desk::new();
    let answer = desk.server.get(&format!("{BASE}/openapi.json"));
    assert_eq!(answer.status, 200);
    let document: Value = serde_json::from_slice(&answer.body).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<&Value> = paths
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .collect();
    let names: BTreeSet<&str> = operations
        .iter()
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), operations.len());
    assert!(
        names.contains("openIncident") && names.len() > 40,
        "{names:?}"
    );
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    let guide = desk.server.get(BASE);
    assert_eq!(guide.header("content-type"), "text/html; charset=utf-8");
    let text = guide.text();
    let missing: Vec<&&str> = names.iter().filter(|name| !text.contains(**name)).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} in {} characters",
        text.len()
    );
}

#[test]
fn a_template_is_made_changed_and_deleted() {
    let desk = Desk::new();
    let chat = json!({ "name": { "en": "Chat" }, "showcase": true });
    let chat = desk.ok("POST", "/components", Some(&chat));
    let chat = chat["id"].as_str().unwrap();
    let new = json!({
        "name": "Chat down",
        "title": { "en": "Chat is down" },
        "lifecycle": "identified",
        "statuses": { chat: "major_outage" },
        "promise_s": 1_200,
    });
    let made = desk.ok("POST", "/templates", Some(&new));
    assert_eq!(made["components"], json!([chat]));
    assert_eq!(made["notify"], true);
    let path = format!("/templates/{}", made["id"].as_str().unwrap());
    let given = json!({ "group": "Chat", "promise_s": null, "components": [] });
    let changed = desk.ok("PATCH", &path, Some(&given));
    assert_eq!(changed["group"], "Chat");
    assert_eq!(changed["title"], json!({ "en": "Chat is down" }));
    assert_eq!(changed["statuses"], json!({}));
    assert!(changed["promise_s"].is_null());
    assert_eq!(desk.ok("GET", "/templates", None), json!([changed]));
    let same = desk.refused("POST", "/templates", Some(&new), &[]);
    assert_eq!(same["type"], "taken", "{same}");
    let long = json!({ "name": "Late", "promise_s": 604_801 });
    let long = desk.refused("POST", "/templates", Some(&long), &[]);
    assert_eq!(long["status"], 422, "{long}");
    desk.ok("DELETE", &path, None);
    assert_eq!(desk.refused("GET", &path, None, &[])["status"], 404);
}

#[test]
fn an_import_is_read_in_parts_and_written_in_parts_by_who_may() {
    let mut desk = Desk::new();
    for number in 0..3 {
        component(&desk, &format!("API {number}"));
    }
    let first = desk.ok("GET", "/facts/component?limit=2", None);
    assert_eq!(first["facts"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let rest = desk.ok(
        "GET",
        &format!("/facts/component?after={next}&limit=2"),
        None,
    );
    assert_eq!(rest["facts"].as_array().unwrap().len(), 1);
    assert!(rest["next"].is_null(), "{rest}");
    assert_eq!(desk.refused("GET", "/facts/none", None, &[])["status"], 404);

    let mut moved = rest["facts"][0].clone();
    moved["fact"]["name"] = json!({ "en": "Taken over" });
    let entry = |put: &Value| json!({ "subject": "", "action": "record_imported", "put": [put], "drop": [] });
    let claim = json!({ "page": "here" });
    let body = json!({ "entries": [entry(&moved)] });
    let answers = desk.ok("POST", "/imports", Some(&body));
    assert_eq!(answers["answers"].as_array().unwrap().len(), 1);
    let listed = desk.ok("GET", "/components", None);
    assert!(listed.to_string().contains("Taken over"), "{listed}");
    for (entries, at) in [
        (vec![entry(&claim)], "entries[0].put[0]"),
        (vec![entry(&moved); 65], "65"),
    ] {
        let body = json!({ "entries": entries });
        let problem = desk.refused("POST", "/imports", Some(&body), &[]);
        assert_eq!(problem["status"], 422, "{problem}");
        assert!(problem.to_string().contains(at), "{problem}");
    }
    let code = moved["fact"]["id"].as_str().unwrap();
    let file = json!({
        "file": "status.toml", "digest": "0", "rows": { format!("component {code}"): { "name": 7 } },
    });
    desk.ok("PUT", "/file", Some(&file));
    desk.ok("POST", "/imports", Some(&body));
    moved["fact"]["name"] = json!({ "en": "Another" });
    let other = json!({ "entries": [entry(&moved)] });
    let raw = json!({ "import": entry(&moved) });
    for (path, body) in [("/imports", &other), ("/commands", &raw)] {
        let problem = desk.refused("POST", path, Some(body), &[]);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("status.toml"), "{problem}");
    }

    desk.token = token(&desk.server, Role::Responder, Vec::new());
    assert_eq!(
        desk.refused("POST", "/imports", Some(&body), &[])["status"],
        403
    );
    assert_eq!(
        desk.refused("GET", "/facts/component", None, &[])["status"],
        403
    );
}
