//! The command line at a server elsewhere: the same words, the same answers, by a token.

use std::process::{Command, Output};

use noroshi_store::testkit::{Engine, engines};
use serde_json::Value;

use crate::import;
use crate::kit::{Installation, Server};
use crate::user::{add, add_by};

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

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
        command.args(["--server", &self.server]).args(arguments);
        command.env("NOROSHI_TOKEN", &self.token);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
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
        &["sign-on", "show"],
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

#[test]
fn tokens_are_made_listed_and_revoked_from_elsewhere() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let server = at.serve(&[]);
        let away = Away::of(&at, &server, "owner");
        let page = away.json(&["page", "list"])[0]["code"].clone();
        let page = page.as_str().unwrap();
        let new = ["token", "create", "--name", "Deploy", "--role", "editor"];
        let made = away.json(&[&new[..], &["--page", page, "--expires", "90d"]].concat());
        let secret = made["token"].as_str().unwrap();
        let deploy = Away {
            server: away.server.clone(),
            token: secret.to_owned(),
        };
        deploy.ok(&["component", "create", "--name", "Chat"]);
        let listed = away.json(&["token", "list"]);
        assert_eq!(listed, at.json(&["token", "list"]));
        assert_eq!(listed[1]["pages"], serde_json::json!([page]));
        assert_eq!(listed[1]["state"], "valid");
        assert!(listed[1]["expires_at"].is_string(), "{listed}");
        assert!(!listed.to_string().contains(secret));
        let (exit, said) = deploy.fails(&["token", "list"]);
        assert!(
            exit == 3 && said.contains("ask for a token"),
            "{exit}: {said}"
        );

        let code = made["code"].as_str().unwrap();
        away.ok(&["token", "revoke", code]);
        away.ok(&["token", "revoke", code]);
        assert_eq!(away.json(&["token", "list"])[1]["state"], "revoked");
        assert_eq!(deploy.fails(&["component", "list"]).0, 3);
        let admin = Away::of(&at, &server, "admin");
        assert_eq!(
            admin
                .fails(&["token", "create", "--name", "x", "--role", "owner"])
                .0,
            3
        );
        for code in ["none", &format!("../pages/{page}"), ""] {
            let gone = ["token", "revoke", code];
            assert_eq!(away.fails(&gone), at.fails(&gone), "{code:?}");
        }
        away.ok(&["page", "show"]);
    }
}

#[test]
fn people_are_invited_given_roles_and_disabled_from_elsewhere() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        add(&at, "ada@example.com", "owner");
        let server = at.serve(&[]);
        let away = Away::of(&at, &server, "owner");
        let page = away.json(&["page", "list"])[0]["code"].clone();
        let page = page.as_str().unwrap();
        let eve = [
            "user",
            "add",
            "--email",
            "eve@example.com",
            "--role",
            "editor",
        ];
        let link = away.ok(&eve);
        let path = link.strip_prefix(&away.server).unwrap();
        assert!(path.starts_with("/console/invitation?token="), "{link}");
        assert!(server.get(path).1.contains("eve@example.com"));
        let link = away.ok(&[&eve[..], &["--at", "https://status.example/"]].concat());
        assert!(
            link.starts_with("https://status.example/console/"),
            "{link}"
        );

        let bob = [
            "user",
            "add",
            "--email",
            "bob@example.com",
            "--role",
            "viewer",
        ];
        let bob = [&bob[..], &["--password-stdin", "--name", "Bob"]].concat();
        add_by(away.command(&bob));
        let role = ["user", "role", "--email", "BOB@example.com", "--role"];
        away.ok(&[&role[..], &["admin", "--page", page]].concat());
        away.ok(&[&role[..], &["none"]].concat());
        away.ok(&["user", "disable", "--email", "bob@example.com"]);
        let listed = away.json(&["user", "list"]);
        assert_eq!(listed, at.json(&["user", "list"]));
        assert_eq!(listed[1]["name"], "Bob");
        assert_eq!(listed[1]["role"], Value::Null);
        assert_eq!(
            listed[1]["pages"],
            serde_json::json!([format!("{page}=admin")])
        );
        assert_eq!(listed[1]["state"], "disabled");
        away.ok(&["user", "enable", "--email", "bob@example.com"]);
        assert_eq!(at.json(&["user", "list"])[1]["state"], "active");

        let refused: [&[&str]; 3] = [
            &["user", "disable", "--email", "ada@example.com"],
            &["user", "disable", "--email", "nobody@example.com"],
            &[
                "user",
                "add",
                "--email",
                "bob@example.com",
                "--role",
                "editor",
            ],
        ];
        for case in refused {
            assert_eq!(away.fails(case), at.fails(case), "{case:?}");
        }
        let viewer = Away::of(&at, &server, "viewer");
        assert_eq!(viewer.fails(&["user", "list"]).0, 3);
    }
}

#[test]
fn a_record_is_imported_from_elsewhere_as_on_the_host() {
    for engine in engines() {
        let at = Installation::new(engine);
        let server = at.serve(&[]);
        let away = Away::of(&at, &server, "owner");
        let source = import::source();
        let source = source.path().to_str().unwrap();
        let dry = away.json(&["import", "statuspage", source, "--dry-run"]);
        assert_eq!(dry["diff"]["incidents"]["new"][0], "inc1");
        assert_eq!(away.json(&["page", "list"]), serde_json::json!([]));
        let first = away.json(&["import", "statuspage", source]);
        assert_eq!(first["diff"], dry["diff"], "{}", engine.name());
        assert_eq!(first["entry_count"], at.seq() - 1);
        let seq = at.seq();
        for again in [
            away.json(&["import", "statuspage", source, "--dry-run"]),
            away.json(&["import", "statuspage", source]),
            at.json(&["import", "statuspage", source]),
        ] {
            assert_eq!(again["entry_count"], 0);
            assert_eq!(again["diff"]["incidents"]["unchanged_count"], 1, "{again}");
        }
        assert_eq!(at.seq(), seq, "{}", engine.name());
        let responder = Away::of(&at, &server, "responder");
        let (exit, said) = responder.fails(&["import", "statuspage", source]);
        assert!(
            exit == 3 && said.contains("ask for a token"),
            "{exit}: {said}"
        );
        let wanted = ["--from", "2026-03-04", "--to", "2026-03-04"];
        let report = away.json(&[&["report", "uptime"], &wanted[..]].concat());
        assert_eq!(report["days"][0]["partial_outage_s"], 3_600);
        server.terminate();
        at.ok(&["verify", "--full"]);
    }
}

/// What a command does when it is given a server elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    /// It asks that server.
    Asks,
    /// It says that it stays on the host, and does nothing.
    Refuses,
    /// It has no use for an installation at all.
    NeedsNone,
}

/// Every noun of the command line, how it is typed, and what it does then. `FILE`, `SOURCE` and
/// `DIR` stand for a file of a page, a folder to import and one that is not there.
const NOUNS: &[(&str, &str, Elsewhere)] = &[
    ("serve", "--listen 127.0.0.1:0", Elsewhere::Refuses),
    ("page", "list", Elsewhere::Asks),
    ("component", "list", Elsewhere::Asks),
    ("group", "list", Elsewhere::Asks),
    ("incident", "list", Elsewhere::Asks),
    ("maintenance", "list", Elsewhere::Asks),
    ("template", "list", Elsewhere::Asks),
    ("announcement", "list", Elsewhere::Asks),
    ("user", "list", Elsewhere::Asks),
    ("sign-on", "show", Elsewhere::Refuses),
    ("mail", "show", Elsewhere::Refuses),
    ("subscriber", "list", Elsewhere::Refuses),
    (
        "admin",
        "login-link --email ito@larkspur.example",
        Elsewhere::Refuses,
    ),
    ("token", "list", Elsewhere::Asks),
    ("key", "rotate", Elsewhere::Refuses),
    ("apply", "FILE", Elsewhere::Asks),
    ("export", "", Elsewhere::Asks),
    ("import", "statuspage SOURCE", Elsewhere::Asks),
    ("publish", "--to DIR", Elsewhere::Refuses),
    (
        "notice",
        "--text Down --until 2099-01-01T00:00",
        Elsewhere::Refuses,
    ),
    (
        "report",
        "uptime --from 2026-03-04 --to 2026-03-05",
        Elsewhere::Asks,
    ),
    ("backup", "--to DIR", Elsewhere::Refuses),
    ("restore", "--from FILE", Elsewhere::Refuses),
    ("verify", "", Elsewhere::Refuses),
    ("demo", "--listen 127.0.0.1:0", Elsewhere::Refuses),
    ("completions", "bash", Elsewhere::NeedsNone),
    ("man", "", Elsewhere::NeedsNone),
];

/// Runs a command in a folder, with a server elsewhere at an address where nothing listens.
fn run_at_nobody(folder: &std::path::Path, noun: &str, rest: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
    command.current_dir(folder).arg(noun);
    command.args(rest.split(' ').filter(|word| !word.is_empty()));
    command.env("NOROSHI_SERVER", "http://127.0.0.1:9");
    command.env("NOROSHI_TOKEN", "nrs_nobody");
    command.output().unwrap()
}

#[test]
fn every_command_asks_the_server_elsewhere_or_says_that_it_stays_on_the_host() {
    let file = tempfile::tempdir().unwrap();
    let page = file.path().join("page.toml");
    let text = "[[page]]\ncode = \"larkspur\"\nname = \"Larkspur\"\n";
    std::fs::write(&page, text).unwrap();
    let source = file.path().join("source");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("components.json"), import::PAGE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (noun, rest, expected) in NOUNS {
        let rest = rest.replace("FILE", page.to_str().unwrap());
        let rest = rest.replace("SOURCE", source.to_str().unwrap());
        let output = run_at_nobody(folder.path(), noun, &rest.replace("DIR", "there"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().unwrap();
        let done = if code == 0 {
            Elsewhere::NeedsNone
        } else if code == 5 && said.contains("http://127.0.0.1:9/api/noroshi/v1 does not answer") {
            Elsewhere::Asks
        } else if code == 2 && said.contains("on the host of the installation only") {
            Elsewhere::Refuses
        } else {
            panic!("{noun}: {code}: {said}")
        };
        assert_eq!(done, *expected, "{noun}: {said}");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "{noun} left something in the folder it ran in");
    }
}

#[test]
fn the_table_of_commands_names_them_all() {
    let help = Command::new(env!("CARGO_BIN_EXE_noroshi"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let shown = help.split("Commands:\n").nth(1).unwrap();
    let shown: Vec<&str> = shown
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|noun| *noun != "help")
        .collect();
    let mut known: Vec<&str> = NOUNS.iter().map(|(noun, ..)| *noun).collect();
    assert_eq!(known.len(), shown.len(), "{shown:?}");
    known.retain(|noun| !shown.contains(noun));
    assert_eq!(known, Vec::<&str>::new());
}

/// A page of a file, and its team.
const ACME: &str = "[[page]]\ncode = \"acme\"\nname = \"Acme\"\nzone = \"UTC\"\n";
const TEAM: &str = "\n[[page.person]]\nemail = \"Ada@example.com\"\nrole = \"responder\"\n\
                    \n[[page.person]]\nemail = \"new@example.com\"\nrole = \"viewer\"\n";

#[test]
fn the_team_of_a_page_stands_in_its_file() {
    for engine in engines() {
        let at = Installation::new(engine);
        let apply = |text: &str| at.file("acme.toml", text).to_str().unwrap().to_owned();
        at.ok(&["apply", &apply(ACME)]);
        add(&at, "bea@example.com", "owner");
        let role = ["user", "role", "--email", "ada@example.com", "--role"];
        add(&at, "ada@example.com", "viewer");
        at.ok(&[&role[..], &["none"]].concat());
        let pages = |email: &str| {
            let all = at.json(&["user", "list"]);
            let mut all = all.as_array().unwrap().iter();
            all.find(|user| user["email"] == email).unwrap()["pages"].clone()
        };

        // It is planned, carried out, and nothing when it is applied again.
        let file = apply(&format!("{ACME}{TEAM}"));
        let planned = at.ok(&["apply", &file, "--plan"]);
        assert!(planned.contains("person Ada@example.com"), "{planned}");
        assert!(planned.contains("role: \"responder\""), "{planned}");
        assert_eq!(pages("ada@example.com"), serde_json::json!([]));
        let made = at.ok(&["apply", &file, "--at", "https://status.example"]);
        let link = "this link makes it, once: https://status.example/console/invitation?token=";
        assert!(
            made.contains(&format!("new@example.com has no account yet; {link}")),
            "{made}"
        );
        assert_eq!(
            pages("ada@example.com"),
            serde_json::json!(["acme=responder"])
        );
        let again = at.ok(&["apply", &file]);
        assert!(again.starts_with("nothing changes"), "{again}");

        // What the file gave, only the file changes: not from elsewhere, and not by the console.
        let server = at.serve(&[]);
        let away = Away::of(&at, &server, "owner");
        let change = [&role[..], &["admin", "--page", "acme"]].concat();
        let (exit, said) = away.fails(&change);
        assert_eq!(exit, 3, "{said}");
        assert!(
            said.contains("acme.toml") && said.contains("line 7"),
            "{said}"
        );
        assert!(away.ok(&["apply", &file]).starts_with("nothing changes"));
        // On the host it goes through, and is drift.
        at.ok(&change);
        let drift = at.ok(&["apply", &file, "--plan"]);
        assert!(
            drift.contains("drift") && drift.contains("admin"),
            "{drift}"
        );
        let mended = away.ok(&["apply", &file]);
        assert!(mended.contains("admin"), "{mended}");
        assert_eq!(
            pages("ada@example.com"),
            serde_json::json!(["acme=responder"])
        );

        assert!(server.terminate());
    }
}

#[test]
fn a_team_is_exported_on_request_and_pruned_on_request() {
    let at = Installation::new(Engine::Sqlite);
    let apply = |text: &str| at.file("acme.toml", text).to_str().unwrap().to_owned();
    at.ok(&["apply", &apply(ACME)]);
    add(&at, "ada@example.com", "owner");
    at.ok(&["apply", &apply(&format!("{ACME}{TEAM}"))]);
    let roles = || at.json(&["user", "list"])[0]["pages"].clone();
    // Addresses are exported only where that is asked for.
    assert!(!at.ok(&["export"]).contains("example.com"));
    let exported = at.ok(&["export", "--team"]);
    assert!(
        exported.contains("email = \"ada@example.com\"\nrole = \"responder\""),
        "{exported}"
    );
    assert!(
        at.ok(&["apply", &apply(&exported)])
            .starts_with("nothing changes")
    );

    // Whoever is no longer named loses the role with --prune alone.
    let less = format!("{ACME}{}", &TEAM[TEAM.find("\n\n").unwrap()..]);
    assert!(
        at.ok(&["apply", &apply(&less)])
            .starts_with("nothing changes")
    );
    let pruned = at.ok(&["apply", &apply(&less), "--prune"]);
    assert!(pruned.contains("- person ada@example.com"), "{pruned}");
    assert_eq!(roles(), serde_json::json!([]));
}

#[test]
fn what_is_wrong_with_a_person_is_told_with_its_place() {
    let at = Installation::new(Engine::Sqlite);
    for (person, wanted) in [
        (
            "role = \"viewer\"",
            "acme.toml:4:1: a person is known by an address",
        ),
        (
            "email = \"a@example.com\"",
            "acme.toml:4:1: a person needs a role on the page",
        ),
        (
            "email = \"ada\"\nrole = \"viewer\"",
            "acme.toml:5:9: \"ada\" is no address",
        ),
        (
            "email = \"a@example.com\"\nrole = \"boss\"",
            "acme.toml:6:8:",
        ),
        (
            "email = \"a@example.com\"\nroll = \"viewer\"",
            "did you mean \"role\"?",
        ),
    ] {
        let text = format!("[[page]]\nname = \"Acme\"\n\n[[page.person]]\n{person}\n");
        let file = at.file("acme.toml", &text);
        let (exit, said) = at.fails(&["apply", file.to_str().unwrap()]);
        assert_eq!(exit, 2, "{said}");
        assert!(said.contains(wanted), "{said}");
    }
    let twice = "\n[[page.person]]\nemail = \"A@example.com\"\nrole = \"viewer\"\n";
    let text = format!("[[page]]\nname = \"Acme\"\n{twice}{}", twice.to_lowercase());
    let file = at.file("acme.toml", &text);
    let (_, said) = at.fails(&["apply", file.to_str().unwrap()]);
    assert!(said.contains("stands in the file already"), "{said}");
}
