//! What is written is there: through the list, after reopening, on both engines.

use noroshi_domain::FactKind;
use noroshi_store::testkit::{Engine, engines};

use crate::kit::Installation;

#[test]
fn a_page_its_components_and_an_incident_are_read_back_as_they_were_written() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        at.ok(&[
            "group",
            "create",
            "--name",
            "Core",
            "--component",
            "api",
            "--component",
            "Web",
        ]);
        let code = at.ok(&[
            "incident",
            "create",
            "--title",
            "API down",
            "--title-ja",
            "API 停止",
            "--body",
            "We look.",
            "--component",
            "API=major_outage",
            "--promise",
            "1h",
        ]);
        let components = at.json(&["component", "list"]);
        assert_eq!(components[0]["status"], "major_outage", "{}", engine.name());
        assert_eq!(components[1]["status"], "operational");
        at.ok(&["incident", "update", "API 停止", "--status", "identified"]);
        at.ok(&["incident", "resolve", &code, "--body", "Mended."]);
        let shown = at.json(&["incident", "show", &code]);
        assert_eq!(shown["incident"]["lifecycle"], "resolved");
        assert_eq!(shown["updates"].as_array().unwrap().len(), 3);
        assert_eq!(shown["updates"][0]["body"]["en"], "Mended.");
        assert_eq!(shown["promises"][0]["kind"], "next_update_by");
        assert_eq!(at.json(&["component", "list"])[0]["status"], "operational");
        assert_eq!(at.json(&["group", "list"])[0]["components"][1], "web");
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn the_past_is_amended_held_and_reported() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        at.ok(&[
            "component",
            "update",
            "api",
            "--start-date",
            "none",
            "--description",
            "For programs.",
        ]);
        at.ok(&[
            "component",
            "amend",
            "api",
            "--from",
            "2026-03-04T00:00",
            "--to",
            "2026-03-04T01:30",
            "--status",
            "partial",
        ]);
        let report = at.json(&[
            "report",
            "uptime",
            "--by",
            "day",
            "--from",
            "2026-03-04",
            "--to",
            "2026-03-04",
            "--component",
            "api",
        ]);
        assert_eq!(
            report["days"][0]["partial_outage_s"],
            5_400,
            "{}",
            engine.name()
        );
        assert_eq!(report["days"][0]["uptime_percent"], 98.12);
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn maintenances_and_announcements_are_listed_until_they_are_over() {
    let at = Installation::with_page(Engine::Sqlite);
    let code = at.ok(&[
        "maintenance",
        "create",
        "--title",
        "Upgrade",
        "--from",
        "2099-01-01T02:00",
        "--until",
        "2h",
        "--component",
        "api",
    ]);
    let listed = at.json(&["maintenance", "list", "--open"]);
    assert_eq!(listed[0]["scheduled_until"], "2098-12-31T19:00:00Z");
    at.ok(&["maintenance", "start", &code]);
    assert_eq!(
        at.json(&["component", "list"])[0]["status"],
        "under_maintenance"
    );
    at.ok(&["maintenance", "complete", &code]);
    assert_eq!(at.json(&["component", "list"])[0]["status"], "operational");
    assert_eq!(
        at.json(&["maintenance", "list", "--open"])
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let note = at.ok(&[
        "announcement",
        "create",
        "--title",
        "Tag v1 ends",
        "--body",
        "In spring.",
    ]);
    at.ok(&["announcement", "end", &note]);
    assert!(at.json(&["announcement", "list"])[0]["until"].is_string());
}

#[test]
fn erased_words_are_no_longer_shown_and_the_record_is_whole() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let code = at.ok(&[
            "incident",
            "create",
            "--title",
            "Down",
            "--body",
            "Kunde Xylophon",
        ]);
        at.ok(&["incident", "erase", &code]);
        assert!(
            !at.ok(&["incident", "show", &code]).contains("Xylophon"),
            "{}",
            engine.name()
        );
        let entries = at.store().journal(&page_of(&at), 0, 100).unwrap();
        let held = entries
            .iter()
            .filter_map(|entry| entry.payload_json.as_deref());
        assert!(
            held.into_iter()
                .all(|payload| !payload.contains("Xylophon"))
        );
        let reports = at.json(&["verify", "--full"]);
        assert_eq!(reports[0]["erased_count"], 1, "{}", engine.name());
    }
}

#[test]
fn verify_ends_with_its_own_exit_code_and_names_the_row() {
    let at = Installation::with_page(Engine::Sqlite);
    at.store().scrub().unwrap();
    let row = at
        .store()
        .facts(&page_of(&at), FactKind::Component, "api", 1)
        .unwrap()
        .remove(0)
        .1;
    let path = at.folder().join("record.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // The journal holds the same text, inside a change.
    let place = (0..bytes.len())
        .find(|at| bytes[*at..].starts_with(row.as_bytes()) && !bytes[..*at].ends_with(b"\"put\":"))
        .unwrap();
    let letter = row.find("Web").unwrap();
    bytes[place + letter] = b'M';
    std::fs::write(&path, bytes).unwrap();
    let output = at.run(&["verify"]);
    assert_eq!(output.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&output.stdout).contains("component row web"));
}

fn page_of(at: &Installation) -> noroshi_domain::PageId {
    let code = at.json(&["page", "list"])[0]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    noroshi_domain::PageId::parse(&code).unwrap()
}
