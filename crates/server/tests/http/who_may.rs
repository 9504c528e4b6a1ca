//! Who may: every address of the desk by every actor, against one file. Whatever is refused is
//! asked over HTTP too.
//!
//! `NOROSHI_WRITE=1` writes the file anew; a reader of the change sees who is let in where.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use noroshi_domain::{Instant, PageId};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::{Access, Caller, Role};
use noroshi_server::routes::{self, Class};
use noroshi_server::{refusal, routes::Route};

use crate::accounts::Place;

/// Somebody, with what he shows, and as whom he is known.
struct Actor {
    name: String,
    header: Option<String>,
    caller: Option<Caller>,
}

fn page(name: &str) -> PageId {
    PageId::parse(name).unwrap()
}

/// Everybody there can be.
fn actors(place: &Place) -> Vec<Actor> {
    let app = place.app();
    let host = Caller::command_line();
    let now = app.now();
    let make = |access: &Access, role| {
        let new = NewToken {
            name: "Test".to_owned(),
            role,
            pages: Vec::new(),
            expires_at: Some(now.plus_seconds(3_600)),
        };
        let (mut token, secret) = app.create_token(&host, &new).unwrap();
        // The pages of this test are names only: a matrix needs no content.
        token.value.access = access.clone();
        let token = app
            .put_record(&host, &token, "test", serde_json::json!({}))
            .unwrap();
        (token, secret)
    };
    let mut actors = vec![Actor {
        name: "visitor".to_owned(),
        header: None,
        caller: None,
    }];
    for role in Role::ALL {
        for (scope, access) in [
            ("here", Access::on_pages(role, [page("here")])),
            ("elsewhere", Access::on_pages(role, [page("elsewhere")])),
            ("everywhere", Access::everywhere(role)),
        ] {
            let (_, secret) = make(&access, role);
            actors.push(Actor {
                name: format!("{scope}.{}", role.as_str()),
                caller: Some(app.caller_of_token(&secret, now).unwrap()),
                header: Some(format!("authorization: OAuth {secret}")),
            });
        }
    }
    let (revoked, secret) = make(&Access::everywhere(Role::Owner), Role::Owner);
    app.revoke_token(&host, &revoked.id).unwrap();
    let mut nobodies = vec![("revoked", format!("authorization: OAuth {secret}"))];
    let (mut expired, secret) = make(&Access::everywhere(Role::Owner), Role::Owner);
    expired.value.expires_at = Some(now);
    app.put_record(&host, &expired, "test", serde_json::json!({}))
        .unwrap();
    nobodies.push(("expired", format!("authorization: OAuth {secret}")));
    nobodies.push((
        "forged",
        format!("authorization: OAuth nrs_{}", "0".repeat(64)),
    ));
    let off = place.add("off@example.com", Access::everywhere(Role::Owner));
    place.add("on@example.com", Access::everywhere(Role::Owner));
    let cookie = place.signed_in("off@example.com").cookie;
    app.set_disabled(&host, &off, true).unwrap();
    nobodies.push(("disabled", format!("cookie: {cookie}")));
    actors.extend(nobodies.into_iter().map(|(name, header)| Actor {
        name: name.to_owned(),
        header: Some(header),
        caller: None,
    }));
    actors
}

/// An address of a route, with names that stand for nothing but the page.
fn address(route: &Route) -> String {
    let mut address = String::new();
    for part in route.pattern.split_inclusive('}') {
        let (plain, name) = part.split_once('{').unwrap_or((part, ""));
        address.push_str(plain);
        match name {
            "" => {}
            "page_id}" => address.push_str("here"),
            _ => address.push_str("none"),
        }
    }
    address
}

fn desk() -> impl Iterator<Item = &'static Route> {
    routes::all().filter(|route| route.class == Class::Api)
}

#[test]
fn every_route_lets_in_whom_the_file_says_and_nobody_else() {
    let place = Place::new();
    let actors = actors(&place);
    let here = page("here");
    let mut lines = String::from(
        "# Who may: for each address the actors that each status is for; `in` is let pass.\n\
         # here, elsewhere, everywhere: a role on the page that is asked, on another, on all.\n",
    );
    for route in desk() {
        let mut outcomes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for actor in &actors {
            let status = refusal(route, actor.caller.as_ref(), Some(&here));
            let status = status.map_or_else(|| "in".to_owned(), |status| status.to_string());
            outcomes.entry(status).or_default().push(&actor.name);
        }
        writeln!(lines, "\n{} {}", route.method, route.pattern).unwrap();
        for (status, names) in outcomes {
            let names = if names.len() == actors.len() {
                "all".to_owned()
            } else {
                names.join(" ")
            };
            writeln!(lines, "  {status}: {names}").unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/who_may.txt");
    if std::env::var_os("NOROSHI_WRITE").is_some() {
        std::fs::write(&file, &lines).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, lines, "NOROSHI_WRITE=1 writes tests/who_may.txt anew");
}

#[test]
fn whoever_is_refused_by_the_table_is_refused_over_http() {
    let place = Place::new();
    let actors = actors(&place);
    let here = page("here");
    let mut refused_count = 0;
    for route in desk() {
        let address = address(route);
        for actor in &actors {
            let Some(status) = refusal(route, actor.caller.as_ref(), Some(&here)) else {
                continue;
            };
            let header = actor.header.clone().into_iter();
            let origin = "origin: http://any.example".to_owned();
            let headers: Vec<String> = header
                .chain([origin, "content-length: 0".to_owned()])
                .collect();
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let line = format!("{} {address}", route.method);
            let answer = place.server.ask(&line, &headers);
            assert_eq!(answer.status, status, "{line} by {}", actor.name);
            refused_count += 1;
        }
    }
    assert!(refused_count > 300, "{refused_count}");
    assert_eq!(
        place.app().now(),
        Instant::parse("2026-11-18T05:00:00Z").unwrap()
    );
}
