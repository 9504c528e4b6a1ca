//! Keys for programs: made, shown once, used over HTTP, ended.

use noroshi_store::testkit::{Engine, engines};
use serde_json::Value;

use crate::kit::{Installation, Server};

fn caller(server: &Server, token: &str) -> (u16, Value) {
    let header = format!("authorization: OAuth {token}");
    let (status, body) = server.ask("/api/noroshi/v1/caller", &[&header]);
    (status, serde_json::from_str(&body).unwrap())
}

#[test]
fn a_token_that_is_made_beside_a_server_opens_it_until_it_is_revoked() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let page = at.json(&["page", "list"])[0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        let server = at.serve(&[]);
        let made = at.json(&[
            "token",
            "create",
            "--name",
            "Deploy",
            "--role",
            "responder",
            "--page",
            &page,
        ]);
        let token = made["token"].as_str().unwrap();
        assert!(token.starts_with("nrs_") && token.len() == 68, "{token}");

        let (status, found) = caller(&server, token);
        assert_eq!((status, &found["name"]), (200, &"Deploy".into()));
        assert_eq!(found["pages"][&page], "responder");
        assert_eq!(found["role"], Value::Null);
        let listed = at.json(&["token", "list"]);
        assert_eq!(listed[0]["state"], "valid");
        assert!(listed[0]["last_used_at"].is_string(), "{listed}");
        assert!(!listed.to_string().contains(token));

        at.ok(&["token", "revoke", made["code"].as_str().unwrap()]);
        let (status, found) = caller(&server, token);
        assert_eq!((status, &found["type"]), (401, &"unauthenticated".into()));
        assert_eq!(at.json(&["token", "list"])[0]["state"], "revoked");
    }
}

#[test]
fn the_store_does_not_hold_a_token_that_can_be_used() {
    let at = Installation::with_page(Engine::Sqlite);
    let token = at.ok(&[
        "token",
        "create",
        "--name",
        "Deploy",
        "--role",
        "owner",
        "--expires",
        "90d",
    ]);
    for file in std::fs::read_dir(at.folder()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let is_held = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!is_held, "{}", path.display());
    }
}

#[test]
fn a_token_that_can_not_be_made_says_why() {
    let at = Installation::with_page(Engine::Sqlite);
    let (exit, said) = at.fails(&["token", "create", "--name", "x", "--role", "boss"]);
    assert_eq!(exit, 2);
    assert!(said.contains("responder"), "{said}");
    let (exit, said) = at.fails(&[
        "token",
        "create",
        "--name",
        "x",
        "--role",
        "viewer",
        "--expires",
        "soon",
    ]);
    assert_eq!(exit, 2);
    assert!(said.contains("90d"), "{said}");
    let (exit, said) = at.fails(&["token", "create", "--name", " ", "--role", "viewer"]);
    assert_eq!(exit, 3, "{said}");
    let (exit, _) = at.fails(&["token", "revoke", "none"]);
    assert_eq!(exit, 4);
}
