//! Bad input: a message that names place and remedy, an exit code, and nothing written.

use noroshi_store::testkit::{Engine, engines};

use crate::kit::Installation;

/// What is typed, the exit code, and what the message says. `EMPTY` and `LONG` stand for such
/// words.
const CASES: &[(&str, i32, &str)] = &[
    (
        "page create --name B --zone Mars/Base",
        2,
        "--zone: \"Mars/Base\"",
    ),
    (
        "component create --name C --start-date 2026-02-30",
        2,
        "--start-date",
    ),
    ("component create --name C --code api", 3, "\"api\""),
    ("component create --name C --code A-B", 2, "--code"),
    ("component create --name EMPTY", 3, "name"),
    ("component create --name LONG", 3, "name"),
    ("component status api broken", 2, "broken"),
    ("component status api unknown", 2, "unknown"),
    ("component status nowhere operational", 4, "nowhere"),
    (
        "component amend api --from 2026-03-04T10:00 --to 2026-03-04T09:00 --status major",
        3,
        "2026-03-04",
    ),
    (
        "incident create --title Down --component api",
        2,
        "CODE=major_outage",
    ),
    (
        "incident create --title Down --promise soon",
        2,
        "--promise",
    ),
    (
        "incident create --title Down --status completed",
        3,
        "status",
    ),
    ("incident resolve nowhere", 4, "nowhere"),
    ("group create --name G", 3, "group"),
    (
        "maintenance create --title M --from 2099-01-01T25:00 --until 1h",
        2,
        "--from",
    ),
    ("report uptime --from 2026-03-05 --to 2026-03-04", 2, "--to"),
    ("import statuspage /nowhere/at/all", 2, "/nowhere/at/all"),
    ("page update --accent red", 3, "#1d4f91"),
    ("page update --colour css_red=#aa0000", 3, "css_reds"),
    ("page update --colour css_reds=red", 3, "#1d4f91"),
    ("page update --colour css_reds", 2, "css_greens="),
    ("page update --cover /etc/passwd", 2, "no PNG"),
    ("page update --logo /nowhere.png", 2, "/nowhere.png"),
    ("page update --logo /etc/passwd", 2, "no PNG"),
    ("page update --support-url example.com", 3, "support_url"),
    ("component list --page other", 4, "other"),
    ("component frobnicate", 2, "frobnicate"),
];

#[test]
fn bad_input_is_named_has_its_exit_code_and_moves_no_number() {
    let long = "x".repeat(10 * 1024);
    for engine in engines() {
        let at = Installation::with_page(engine);
        let before = at.seq();
        for (typed, code, words) in CASES {
            let read = |word| match word {
                "EMPTY" => "",
                "LONG" => long.as_str(),
                other => other,
            };
            let arguments: Vec<&str> = typed.split(' ').map(read).collect();
            let (exit, said) = at.fails(&arguments);
            assert_eq!(exit, *code, "{typed}: {said}");
            assert!(said.contains(words), "{typed}: {said}");
            assert!(!said.contains("panicked"), "{typed}: {said}");
        }
        assert_eq!(at.seq(), before, "{}", engine.name());
        assert_eq!(at.json(&["page", "list"]).as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_refusal_is_said_in_the_language_asked_for() {
    let at = Installation::with_page(Engine::Sqlite);
    let (_, english) = at.fails(&["component", "create", "--name", "C", "--code", "api"]);
    let (_, japanese) = at.fails(&[
        "component",
        "create",
        "--name",
        "C",
        "--code",
        "api",
        "--locale",
        "ja",
    ]);
    assert!(english.contains("exists already"), "{english}");
    assert!(japanese.contains("すでに使われています"), "{japanese}");
}

#[test]
fn a_folder_without_a_record_is_named_and_not_made() {
    let at = Installation::new(Engine::Sqlite);
    let missing = at.folder().join("missing");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_noroshi"))
        .args(["component", "list", "--data"])
        .arg(&missing)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("page create"));
    assert!(!missing.exists());
}
