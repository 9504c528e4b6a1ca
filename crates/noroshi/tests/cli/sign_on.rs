//! The provider that people sign on with, from a file.

use noroshi_store::testkit::{Engine, engines};
use serde_json::Value;

use crate::kit::Installation;

fn settings(page: &str) -> String {
    format!(
        r#"name = "Harbor"
issuer = "https://id.example.com"
client_id = "noroshi"
client_secret = "kept-between-the-two"
scopes = ["openid", "email", "groups"]

[[roles]]
group = "ops"
role = "responder"
page = "{page}"

[[roles]]
group = "bosses"
role = "owner"
"#
    )
}

fn write(at: &Installation, text: &str) -> String {
    at.file("sign-on.toml", text).display().to_string()
}

#[test]
fn a_provider_is_set_from_a_file_shown_without_its_secret_and_dropped() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let page = at.json(&["page", "list"])[0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        crate::user::add(&at, "ada@example.com", "owner");
        let (exit, said) = at.fails(&["sign-on", "show"]);
        assert_eq!(exit, 4, "{said}");
        let file = write(&at, &settings(&page));
        at.ok(&["sign-on", "set", &file]);

        let server = at.serve(&[]);
        let (status, screen) = server.ask("/console/sign-in", &[]);
        assert_eq!(status, 200);
        assert!(screen.contains("Sign in with Harbor"), "{screen}");
        let shown = at.json(&["sign-on", "show"]);
        assert_eq!(shown["roles"][0]["page"], page.as_str());
        assert_eq!(shown["roles"][1]["page"], Value::Null);
        assert_eq!(shown["groups_claim"], "groups");

        // What is shown can be set again: the secret that is kept stays.
        let printed = at.ok(&["sign-on", "show"]);
        assert!(!printed.contains("kept-between"), "{printed}");
        let file = write(&at, &printed.replace("Harbor", "Port"));
        at.ok(&["sign-on", "set", &file]);
        assert_eq!(at.json(&["sign-on", "show"])["name"], "Port");

        at.ok(&["sign-on", "drop"]);
        let (_, screen) = server.ask("/console/sign-in", &[]);
        assert!(!screen.contains("Port"), "{screen}");
    }
}

#[test]
fn a_provider_that_can_not_be_used_is_refused_with_the_reason() {
    let at = Installation::with_page(Engine::Sqlite);
    let whole = settings("none");
    let lines: Vec<&str> = whole.lines().collect();
    let without_roles = lines[..5].join("\n");
    for (text, expected) in [
        (without_roles.replace("https://", "http://"), "https://"),
        (without_roles.replace("issuer", "isuer"), "isuer"),
        (lines[..3].join("\n"), "client_secret"),
        (whole.replace("responder", "boss"), "boss"),
        (whole.clone(), "none"),
    ] {
        let file = write(&at, &text);
        let (_, said) = at.fails(&["sign-on", "set", &file]);
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
