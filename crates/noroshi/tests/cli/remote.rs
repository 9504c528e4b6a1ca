//! The command line at a server elsewhere: the same words, the same answers, by a token.

use std::process::{Command, Output};

use noroshi_store::testkit::{Engine, engines};
use serde_json::Value;

use crate::kit::{Installation, Server};

/// The command line of somebody who has the server's address and a token, and nothing else.
struct Away {
    server: String,
    token: String,
}

impl Away {
    fn of(at: &Installation, server: &Server, role: &str) -> Self {
        Self {
            server: format!("http://{}", server.address),
            token: at.ok(&["token", "create", "--name", role, "--role", role]),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
        command.args(["--server", &self.server]).args(arguments);
        command.env("NOROSHI_TOKEN", &self.token);
        command.output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let text = self.ok(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?} succeeded");
        (output.status.code().unwrap(), stderr)
    }
}

#[test]
fn an_outage_is_told_from_elsewhere_and_reads_the_same_on_the_host() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let server = at.serve(&[]);
        let away = Away::of(&at, &server, "owner");
        away.ok(&["component", "create", "--name", "Chat", "--code", "chat"]);
        away.ok(&["component", "update", "chat", "--name", "Live chat"]);
        let code = away.ok(&[
            "incident",
            "create",
            "--title",
            "Chat is slow",
            "--component",
            "chat=degraded_performance",
            "--promise",
            "30m",
        ]);
        away.ok(&["incident", "update", &code, "--body", "Found it."]);
        server.wait_for("/", "Found it.", 10_000);
        let shown = away.json(&["incident", "show", &code]);
        away.ok(&[
            "incident",
            "edit-update",
            &code,
            shown["updates"][0]["id"].as_str().unwrap(),
            "--body",
            "Found the cause.",
        ]);
        away.ok(&["incident", "resolve", &code, "--body", "Over."]);
        let read: [&[&str]; 6] = [
            &["page", "list"],
            &["component", "list"],
            &["incident", "list"],
            &["incident", "show", &code],
            &["export"],
            &[
                "report",
                "uptime",
                "--from",
                "2026-01-01",
                "--to",
                "2026-01-02",
            ],
        ];
        for question in read {
            assert_eq!(away.json(question), at.json(question), "{question:?}");
        }
        let file = at.file("pages.toml", &away.ok(&["export"]));
        let planned = away.json(&["apply", file.to_str().unwrap(), "--plan"]);
        assert!(!planned.to_string().contains("chat"), "{planned}");
    }
}

#[test]
fn a_refusal_from_elsewhere_reads_as_one_on_the_host() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    let away = Away::of(&at, &server, "owner");
    let cases: [&[&str]; 3] = [
        &["incident", "show", "none"],
        &["component", "create", "--name", "API", "--code", "api"],
        &[
            "--locale",
            "ja",
            "component",
            "create",
            "--name",
            "API",
            "--code",
            "api",
        ],
    ];
    for case in cases {
        assert_eq!(away.fails(case), at.fails(case), "{case:?}");
    }
    let code = away.ok(&["incident", "create", "--title", "API slow"]);
    let seq = away.json(&["incident", "show", &code])["seq"].to_string();
    away.ok(&["incident", "edit", &code, "--title", "API down"]);
    let late = [
        "incident",
        "edit",
        &code,
        "--title",
        "API broken",
        "--seen",
        &seq,
    ];
    assert_eq!(away.fails(&late), at.fails(&late));
}

#[test]
fn without_a_token_or_with_one_that_may_not_nothing_is_done() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    let viewer = Away::of(&at, &server, "viewer");
    viewer.ok(&["component", "list"]);
    let (exit, said) = viewer.fails(&["incident", "create", "--title", "x"]);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("post_incident"), "{said}");
    let forged = Away {
        server: viewer.server.clone(),
        token: "nrs_none".to_owned(),
    };
    assert_eq!(forged.fails(&["component", "list"]).0, 3);
    assert!(!forged.fails(&["page", "list"]).1.contains("nrs_none"));
    for only_here in [
        &["verify"][..],
        &["backup", "--to", "x"],
        &["serve"],
        &["token", "list"],
    ] {
        let (exit, said) = viewer.fails(only_here);
        assert_eq!(exit, 2, "{only_here:?}: {said}");
        assert!(said.contains("host"), "{said}");
    }
    let (exit, said) = Away {
        server: "status.example.com".to_owned(),
        token: String::new(),
    }
    .fails(&["page", "list"]);
    assert_eq!(exit, 2, "{said}");
    assert!(
        at.json(&["incident", "list"])
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn templates_are_kept_from_elsewhere_as_on_the_host() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    let away = Away::of(&at, &server, "editor");
    let code = away.ok(&[
        "template",
        "create",
        "--name",
        "API down",
        "--title",
        "The API is down",
        "--component",
        "api=major_outage",
        "--status",
        "identified",
        "--promise",
        "20m",
    ]);
    let shown = away.json(&["template", "show", "API down"]);
    assert_eq!(shown["id"], Value::from(code.as_str()));
    assert_eq!(shown["statuses"]["api"], "major_outage");
    assert_eq!(shown["promise_s"], 1_200);
    assert_eq!(shown, at.json(&["template", "show", &code]));
    at.ok(&[
        "template",
        "update",
        "API down",
        "--promise",
        "none",
        "--group",
        "API",
    ]);
    away.ok(&["template", "update", &code, "--notify", "false"]);
    let rows = away.json(&["template", "list"]);
    assert_eq!(rows, at.json(&["template", "list"]));
    assert_eq!(rows[0]["group"], "API");
    assert_eq!(rows[0]["notify"], false);
    assert_eq!(rows[0]["title"]["en"], "The API is down");
    let twice: &[&str] = &["template", "create", "--name", "API down"];
    assert_eq!(away.fails(twice), at.fails(twice));
    away.ok(&["template", "delete", "API down"]);
    assert_eq!(at.json(&["template", "list"]), serde_json::json!([]));
    let gone: &[&str] = &["template", "show", "API down"];
    assert_eq!(away.fails(gone), at.fails(gone));
}
