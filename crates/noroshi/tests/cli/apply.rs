//! `apply` and `export`: a file makes a page what it says, once, whole or not at all; what is
//! exported makes the same page elsewhere.

use noroshi_domain::FactKind;
use noroshi_store::testkit::{Engine, engines};
use serde_json::Value;

use crate::kit::Installation;

const FILE: &str = r##"
[[page]]
code = "acme"
name = { en = "Acme", ja = "アクメ" }
zone = "Asia/Tokyo"
hosts = ["status.acme.example"]

[page.settings]
headline = "Status of \"Acme\""
about = { en = "Two\nlines", ja = "■ 概要" }
accent = "#1d4f91"
colours = { css_reds = "#cc0000" }
weights = { major = 1000, partial = 500, degraded = 0, maintenance = 0 }
standard_texts = { investigating = { ja = "確認しています。" } }
two_columns = true

[[page.component]]
code = "web"
name = "Web"

[[page.group]]
code = "core"
name = "Core"
description = { en = "What matters", ja = "中心" }

[[page.group.component]]
code = "api"
name = "API"
start_date = 2026-01-01
depends_on = ["Database"]

[[page.group.component]]
code = "db"
name = "Database"
third_party = true
policy = "declared"
grace_s = 60

[[page.component]]
code = "mail"
name = "Mail"
showcase = false
only_show_if_degraded = true
start_date = ""
"##;

/// A document without what only the clock and the journal know.
fn timeless(mut document: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(rows) => {
                rows.retain(|key, _| !matches!(key.as_str(), "created_at" | "updated_at"));
                rows.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut document);
    document
}

impl Installation {
    /// The documents of the public API, through a server.
    fn documents(&self) -> Vec<Value> {
        let server = self.serve(&[]);
        let names = ["summary", "components", "status", "incidents"];
        let documents = names.map(|name| {
            let path = format!("/api/v2/{name}.json");
            server.wait_for(&path, "\"page\"", 5_000);
            timeless(serde_json::from_str(&server.get(&path).1).unwrap())
        });
        assert!(server.terminate());
        documents.into()
    }

    /// What the record holds of the only page and of what stands on it, but for instants, numbers
    /// of entries, and numbers of places, which may have gaps.
    fn facts(&self) -> Vec<Value> {
        let store = self.store();
        let page = store.pages().unwrap().remove(0).page_id;
        let kinds = [
            FactKind::Page,
            FactKind::Group,
            FactKind::Component,
            FactKind::Policy,
        ];
        let rows = kinds.map(|kind| store.facts(&page, kind, "", 1_000).unwrap());
        let facts = rows.into_iter().flatten().map(|(_, body)| {
            let mut fact = timeless(serde_json::from_str(&body).unwrap());
            let own = fact["fact"].as_object_mut().unwrap();
            own.retain(|key, _| !matches!(key.as_str(), "from" | "position" | "edited_seq"));
            fact
        });
        facts
            .filter(|fact| fact["fact"]["retired_at"].is_null())
            .collect()
    }

    fn apply(&self, text: &str, more: &[&str]) -> String {
        let file = self.file("wished.toml", text);
        let mut arguments = vec!["apply", file.to_str().unwrap()];
        arguments.extend(more);
        self.ok(&arguments)
    }

    fn refuses(&self, text: &str, more: &[&str]) -> (i32, String) {
        let file = self.file("wished.toml", text);
        let mut arguments = vec!["apply", file.to_str().unwrap()];
        arguments.extend(more);
        self.fails(&arguments)
    }

    /// The codes of all components, in the order of the page.
    fn order(&self) -> Vec<String> {
        let rows = self.json(&["component", "list"]);
        let codes = rows.as_array().unwrap().iter();
        codes
            .map(|row| row["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_file_makes_a_page_once_and_the_same_file_again_changes_nothing() {
    for engine in engines() {
        let at = Installation::new(engine);
        let planned = at.apply(FILE, &["--plan"]);
        assert!(planned.contains("+ component api \"API\""), "{planned}");
        assert!(!at.folder().join("record.db").exists());
        let made = at.apply(FILE, &[]);
        assert!(made.contains("6 changes made"), "{made}");
        let seq = at.seq();
        assert_eq!(seq, 2, "the page, and all that is on it");
        let again = at.apply(FILE, &[]);
        assert!(again.starts_with("nothing changes"), "{again}");
        assert_eq!(at.seq(), seq, "{}", engine.name());
        assert_eq!(at.order(), ["web", "api", "db", "mail"]);
        let page = at.json(&["page", "show"]);
        assert_eq!(page["settings"]["headline"]["en"], "Status of \"Acme\"");
        assert_eq!(page["settings"]["weights"]["partial"], 500);
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn what_is_exported_makes_the_same_page_in_an_empty_folder() {
    for engine in engines() {
        let from = Installation::with_page(engine);
        let settings = r##"{"about":{"ja":"一行目\n二行目 \\ \"引用\""},"accent":"#0a0b0c",
            "subscribe_off":["sms"],"cadence_s":900,"powered_by_off":true,
            "automatic":{"delay_s":60,"quiet_s":120}}"##;
        from.ok(&[
            "page",
            "update",
            "--settings",
            settings,
            "--name-ja",
            "アクメ",
        ]);
        for name in ["Queue", "Store", "Old", "Secret", "Last"] {
            let code = name.to_lowercase();
            from.ok(&["component", "create", "--name", name, "--code", &code]);
        }
        from.ok(&[
            "group",
            "create",
            "--name",
            "Behind",
            "--code",
            "behind",
            "--component",
            "store",
            "--component",
            "queue",
        ]);
        from.ok(&["component", "retire", "old"]);
        from.ok(&["component", "update", "secret", "--restricted"]);
        from.ok(&["component", "update", "last", "--start-date", "2025-02-03"]);
        from.ok(&[
            "component",
            "update",
            "web",
            "--description-ja",
            "画面",
            "--position",
            "9",
        ]);
        from.ok(&[
            "component",
            "update",
            "api",
            "--depends-on",
            "store",
            "--start-date",
            "none",
        ]);
        from.ok(&[
            "component",
            "update",
            "queue",
            "--policy",
            "declared",
            "--grace",
            "5m",
        ]);
        let exported = from.ok(&["export"]);

        let to = Installation::new(engine);
        to.apply(&exported, &[]);
        assert_eq!(to.ok(&["export"]), exported, "{}", engine.name());
        assert_eq!(to.documents(), from.documents(), "{}", engine.name());
        assert_eq!(to.facts(), from.facts(), "{}", engine.name());
        assert!(to.facts().len() > 8);
        let seq = from.seq();
        from.apply(&exported, &["--prune"]);
        assert_eq!(from.seq(), seq, "what was exported is what stands");
    }
}

/// What is wrong, as a line in place of another, and where and how it is told.
const WRONG: &[(&str, &str, i32, &str)] = &[
    (
        "accent = \"#1d4f91\"",
        "acent = \"#1d4f91\"",
        2,
        ":11:1: the settings of a page has no key \"acent\": did you mean \"accent\"?",
    ),
    (
        "accent = \"#1d4f91\"",
        "accent = \"blue\"",
        3,
        ":11:10: colour: \"blue\" is no colour",
    ),
    (
        "accent = \"#1d4f91\"",
        "accent = 3",
        2,
        ":11:10: accent: invalid type",
    ),
    ("accent = \"#1d4f91\"", "accent = ", 2, ":11:"),
    ("zone = \"Asia/Tokyo\"", "zone = \"Mars/Base\"", 2, ":5:8: "),
    (
        "zone = \"Asia/Tokyo\"",
        "zones = \"Asia/Tokyo\"",
        2,
        "did you mean \"zone\"?",
    ),
    (
        "two_columns = true",
        "two_columns = \"yes\"",
        2,
        ":15:15: two_columns",
    ),
    (
        "name = \"Web\"",
        "name = \"\"",
        3,
        ":19:8: name must not be empty",
    ),
    (
        "name = \"Web\"",
        "name = { fr = \"Toile\" }",
        2,
        ":19:10: \"fr\" is no language",
    ),
    (
        "name = \"Web\"",
        "shiny = true",
        2,
        ":19:1: a component has no key \"shiny\"",
    ),
    ("code = \"web\"", "code = \"Web\"", 2, ":18:8: "),
    (
        "code = \"web\"",
        "code = \"mail\"",
        2,
        "stands in the file already",
    ),
    (
        "policy = \"declared\"",
        "policy = \"best\"",
        2,
        ":36:10: \"best\" is no policy: choose worst or declared",
    ),
    (
        "depends_on = [\"Database\"]",
        "depends_on = [\"Database\", \"Nothing\"]",
        2,
        ":30:27: \"Nothing\" is no component",
    ),
    ("grace_s = 60", "depends_on = [\"api\"]", 3, ":37:14: "),
    (
        "start_date = 2026-01-01",
        "start_date = \"soon\"",
        2,
        ":29:14: start_date: \"soon\" is no day",
    ),
    (
        "showcase = false",
        "showcase = \"no\"",
        2,
        ":42:12: showcase must be true or false",
    ),
    (
        "hosts = [\"status.acme.example\"]",
        "hosts = [\"a b\"]",
        3,
        ":6:9: ",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place_and_nothing_is_written() {
    let empty = Installation::new(Engine::Sqlite);
    let standing = Installation::new(Engine::Sqlite);
    standing.apply(FILE, &[]);
    let before = standing.ok(&["export"]);
    for (from, to, code, told) in WRONG {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        for at in [&empty, &standing] {
            let (exit, said) = at.refuses(&text, &[]);
            assert_eq!(exit, *code, "{to}: {said}");
            assert!(said.contains("wished.toml:"), "{to}: {said}");
            assert!(said.contains(told), "{to}: {said}");
        }
        assert!(!empty.folder().join("record.db").exists(), "{to}");
        assert_eq!(standing.ok(&["export"]), before, "{to}");
    }
    assert_eq!(standing.seq(), 2);
}

#[test]
fn a_row_is_known_by_its_code_and_keeps_it_when_it_is_renamed_and_moved() {
    for engine in engines() {
        let at = Installation::new(engine);
        at.apply(FILE, &[]);
        at.ok(&["component", "status", "web", "partial_outage"]);
        let text = FILE
            .replace(
                "name = \"Web\"",
                "name = { en = \"Site\", ja = \"サイト\" }",
            )
            .replace(
                "[[page.group.component]]\ncode = \"db\"",
                "[[page.component]]\ncode = \"db\"",
            );
        let made = at.apply(&text, &[]);
        assert!(made.contains("name.en: \"Web\" → \"Site\""), "{made}");
        assert!(made.contains("group_id: \"core\" → none"), "{made}");
        assert_eq!(at.order(), ["web", "api", "db", "mail"]);
        let rows = at.json(&["component", "list"]);
        assert_eq!(
            rows[0]["status"], "partial_outage",
            "its status is not the file's affair"
        );
        assert_eq!(rows[0]["name"]["ja"], "サイト");
    }
}

#[test]
fn groups_whose_only_members_change_places_both_stay() {
    let at = Installation::with_page(Engine::Sqlite);
    let groups = |first: &str, second: &str| {
        format!(
            "[page]\nname = \"Acme\"\n[[page.group]]\ncode = \"one\"\nname = \"One\"\n\
             [[page.group.component]]\ncode = \"{first}\"\n[[page.group]]\ncode = \"two\"\n\
             name = \"Two\"\n[[page.group.component]]\ncode = \"{second}\"\n"
        )
    };
    at.apply(&groups("api", "web"), &[]);
    let before = at.json(&["group", "list"]);
    let made = at.apply(&groups("web", "api"), &[]);
    assert!(!made.contains("group one"), "{made}");
    let after = at.json(&["group", "list"]);
    assert_eq!(before[0]["components"][0], "api");
    assert_eq!(after[0]["components"][0], "web");
    assert_eq!(after[1]["components"][0], "api");
    at.ok(&["verify", "--full"]);
}

#[test]
fn what_a_file_does_not_name_is_left_alone_unless_it_is_pruned() {
    let at = Installation::new(Engine::Sqlite);
    at.apply(FILE, &[]);
    let part = "[page]\ncode = \"acme\"\n[[page.component]]\ncode = \"mail\"\nshowcase = true\n\
                [[page.component]]\ncode = \"web\"\n";
    at.apply(part, &[]);
    assert_eq!(
        at.order(),
        ["mail", "api", "db", "web"],
        "those named share their places"
    );
    assert_eq!(at.json(&["page", "show"])["settings"]["accent"], "#1d4f91");
    let pruned = at.apply(part, &["--prune"]);
    assert!(
        pruned.contains("- component db \"Database\" retires"),
        "{pruned}"
    );
    assert!(pruned.contains("- group core \"Core\" goes"), "{pruned}");
    assert_eq!(at.order(), ["mail", "web"]);
    let seq = at.seq();
    at.apply(part, &["--prune"]);
    assert_eq!(at.seq(), seq);
    let back = at.apply(FILE, &[]);
    assert!(
        back.contains("+ component db \"Database\" comes back"),
        "{back}"
    );
    assert_eq!(at.order(), ["web", "api", "db", "mail"]);
    at.ok(&["verify", "--full"]);
}

#[test]
fn a_plan_is_carried_out_only_on_the_revision_it_was_made_for() {
    let at = Installation::new(Engine::Sqlite);
    at.apply(FILE, &[]);
    let text = FILE.replace("name = \"Web\"", "name = \"Site\"");
    let planned = at.apply(&text, &["--plan"]);
    assert!(planned.ends_with("--seq 2"), "{planned}");
    at.ok(&["component", "update", "web", "--name", "Window"]);
    let (exit, said) = at.refuses(&text, &["--seq", "2"]);
    assert_eq!(exit, 3, "{said}");
    assert!(said.contains("revision 3"), "{said}");
    assert_eq!(at.seq(), 3);
    at.apply(&text, &["--seq", "3"]);
    assert_eq!(at.json(&["component", "list"])[0]["name"]["en"], "Site");
}

#[test]
fn beside_a_running_server_a_file_goes_through_it_while_others_write() {
    for engine in engines() {
        let at = Installation::new(engine);
        at.apply(FILE, &[]);
        let server = at.serve(&[]);
        server.wait_for("/api/v2/status.json", "indicator", 5_000);
        let text = FILE.replace("name = \"Web\"", "name = \"Site\"");
        let file = at.file("wished.toml", &text);
        let mut applying = at
            .command()
            .arg("apply")
            .arg(&file)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        for status in ["partial_outage", "operational", "major_outage"] {
            at.ok(&["component", "status", "mail", status]);
        }
        assert!(applying.wait().unwrap().success(), "{}", engine.name());
        server.wait_for("/api/v2/components.json", "\"Site\"", 2_000);
        server.wait_for("/api/v2/components.json", "major_outage", 2_000);
        assert_eq!(at.seq(), 6);
        assert!(server.terminate());
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn files_applied_at_once_are_worked_out_again_until_each_is_done() {
    let at = Installation::new(Engine::Sqlite);
    at.apply(FILE, &[]);
    let server = at.serve(&[]);
    let codes = ["reds", "blues", "greens", "oranges"];
    for round in 0..3 {
        let applying = codes.map(|code| {
            let text = format!(
                "[page]\ncode = \"acme\"\n[page.settings]\ncolours = {{ css_{code} = \"#00000{round}\" }}\n"
            );
            let file = at.file(&format!("{code}.toml"), &text);
            let mut command = at.command();
            command.arg("apply").arg(file);
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        });
        for mut one in applying {
            assert!(one.wait().unwrap().success());
        }
        let colours = at.json(&["page", "show"])["settings"]["colours"].clone();
        for code in codes {
            // All settings are one value: without looking again, one file would undo another.
            assert_eq!(colours[format!("css_{code}")], format!("#00000{round}"));
        }
    }
    assert_eq!(at.seq(), 2 + 3 * 4);
    assert!(server.terminate());
}

#[test]
fn several_pages_stand_in_one_file_and_none_is_made_where_one_can_not_be() {
    let at = Installation::new(Engine::Sqlite);
    let page = |code: &str, host: &str| {
        format!(
            "[[page]]\ncode = \"{code}\"\nname = \"{code}\"\nhosts = [\"{host}\"]\n\
             [[page.component]]\nname = \"Web\"\n"
        )
    };
    let text = page("north", "north.example") + &page("west", "North.example");
    let (exit, said) = at.refuses(&text, &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains(":10:9:") && said.contains("north"), "{said}");
    assert!(!at.folder().join("record.db").exists());
    let text = page("north", "north.example") + &page("west", "west.example");
    at.apply(&text, &[]);
    let pages = at.json(&["page", "list"]);
    assert_eq!(pages.as_array().unwrap().len(), 2);
    let exported = at.ok(&["export"]);
    assert_eq!(exported.matches("[[page]]").count(), 2);
    assert_eq!(
        at.ok(&["export", "--page", "west"])
            .matches("[[page]]")
            .count(),
        1
    );
    assert!(at.apply(&exported, &[]).starts_with("nothing changes"));
}

#[test]
fn a_name_that_stands_under_another_code_is_asked_about() {
    let at = Installation::with_page(Engine::Sqlite);
    let text = "[page]\nname = \"Acme\"\n[[page.component]]\ncode = \"gateway\"\nname = \"API\"\n";
    let (exit, said) = at.refuses(text, &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(
        said.contains(":4:8:") && said.contains("code = \"api\""),
        "{said}"
    );
    let (exit, said) = at.fails(&["apply", "/nowhere/at/all.toml"]);
    assert_eq!(exit, 2, "{said}");
    let (exit, said) = at.refuses(&"#".repeat(8 * 1024 * 1024 + 1), &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("larger than"), "{said}");
    let (exit, said) = at.refuses("[page]\nname = \"Other\"\n", &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("no page has this name"), "{said}");
}
