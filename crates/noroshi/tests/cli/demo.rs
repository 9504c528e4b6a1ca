//! `noroshi demo`: twelve systems, two years behind them, and what moves while one watches.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use noroshi_store::testkit::Engine;
use serde_json::Value;

use crate::kit::{Installation, Server};

/// When the driven clock of these tests starts; a Monday in Japan.
const START: &str = "2026-11-23T02:30:00Z";
/// How long a page may take to show what was committed, in milliseconds.
const SHOWN_MS_MAX: u64 = 20_000;

fn set_clock(path: &Path, after_s: i64) {
    let start: jiff::Timestamp = START.parse().unwrap();
    let at = start + jiff::SignedDuration::from_secs(after_s);
    let new = path.with_extension("new");
    fs::write(&new, at.to_string()).unwrap();
    fs::rename(&new, path).unwrap();
}

fn demo_at(at: &Installation, clock: &Path) -> Server {
    at.start(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--clock-file",
        clock.to_str().unwrap(),
    ])
}

fn incidents(at: &Installation) -> Vec<Value> {
    let all = at.json(&["incident", "list", "--limit", "200"]);
    all.as_array().unwrap().clone()
}

#[test]
fn the_demo_makes_two_years_through_the_door() {
    let at = Installation::new(Engine::Sqlite);
    let clock = at.folder().join("clock");
    set_clock(&clock, 0);
    let make = [
        "demo",
        "--only-make",
        "--clock-file",
        clock.to_str().unwrap(),
    ];
    at.ok(&make);
    let components = at.json(&["component", "list"]);
    assert_eq!(components.as_array().unwrap().len(), 12);
    let told = incidents(&at);
    assert!(told.len() >= 60, "only {} incidents", told.len());
    assert!(told.iter().all(|one| !one["resolved_at"].is_null()));
    let reported = told.iter().filter(|one| one["status"] == "postmortem");
    assert!(reported.count() >= 6);
    let planned = at.json(&["maintenance", "list", "--open"]);
    assert_eq!(planned.as_array().unwrap().len(), 2);
    at.ok(&["verify", "--full"]);
    let seq = at.seq();
    at.ok(&make);
    assert_eq!(at.seq(), seq, "a second start makes nothing twice");
    readers_find_all_of_it(&at, &clock, &told);
}

/// Walks the history month by month, in both languages, and asks what programs ask.
fn readers_find_all_of_it(at: &Installation, clock: &Path, made: &[Value]) {
    let server = at.serve(&["--clock-file", clock.to_str().unwrap()]);
    server.wait_for("/", "Asagiri", SHOWN_MS_MAX);
    let start: jiff::Timestamp = START.parse().unwrap();
    let this_month = start.to_zoned(jiff::tz::TimeZone::UTC);
    for (language, period) in [("", "Impact: "), ("/ja", "発生期間")] {
        let (mut found, mut periods) = (BTreeSet::new(), 0);
        for months in -1..=24 {
            let month = &this_month - jiff::Span::new().months(months);
            let (status, body) =
                server.get(&format!("{language}/history/{}", month.strftime("%Y-%m")));
            assert!(status == 200 || months == -1, "{month}: {status}");
            let codes = body.split("/incidents/").skip(1);
            found.extend(codes.map(|rest| rest.chars().take(12).collect::<String>()));
            periods += body.matches(period).count();
        }
        for one in made {
            let code = one["code"].as_str().unwrap();
            assert!(
                found.contains(code),
                "{language}/history lacks {}",
                one["title"]
            );
        }
        assert!(periods >= 25, "{language}: {periods} periods");
    }
    let (_, body) = server.get("/api/v2/incidents.json");
    let told: Value = serde_json::from_str(&body).unwrap();
    let newest = &told["incidents"][0];
    assert_eq!(newest["name"], made[0]["title"]["en"]);
    assert!(newest["incident_updates"].as_array().unwrap().len() >= 2);
}

#[test]
fn the_demo_leaves_the_page_of_somebody_else_alone() {
    let at = Installation::with_page(Engine::Sqlite);
    let seq = at.seq();
    let (code, said) = at.fails(&["demo", "--only-make"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("another page"), "{said}");
    assert_eq!(at.seq(), seq);
}

#[test]
fn the_demo_begins_in_an_empty_home_and_says_where() {
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_noroshi"))
        .args(["demo", "--only-make"])
        .env_clear()
        .env("HOME", home.path())
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(home.path().join("noroshi-demo/record.db").exists());
}

#[test]
fn while_one_watches_an_incident_opens_worsens_and_resolves() {
    let at = Installation::new(Engine::Sqlite);
    let clock = at.folder().join("clock");
    set_clock(&clock, 0);
    let server = demo_at(&at, &clock);
    let open = "/api/v2/incidents/unresolved.json";
    server.wait_for(open, "\"incidents\":[]", SHOWN_MS_MAX);
    // What is to be seen so many seconds after the start.
    let acts = [
        (11, open, "\"investigating\""),
        (29, open, "\"identified\""),
        (29, "/", "Next update by"),
        (49, open, "\"partial_outage\""),
        (72, open, "\"monitoring\""),
        (96, open, "\"incidents\":[]"),
    ];
    for (after_s, path, words) in acts {
        set_clock(&clock, after_s);
        server.wait_for(path, words, SHOWN_MS_MAX);
    }
    let first = incidents(&at)[0]["title"]["ja"].clone();
    assert_eq!(incidents(&at)[0]["impact"], "major");
    // The next one has other words, comes after a pause, and is told on by a second start.
    set_clock(&clock, 96 + 299);
    server.wait_for(open, "\"incidents\":[]", SHOWN_MS_MAX);
    set_clock(&clock, 96 + 310);
    server.wait_for(open, "\"investigating\"", SHOWN_MS_MAX);
    assert_ne!(incidents(&at)[0]["title"]["ja"], first);
    assert!(server.terminate());
    set_clock(&clock, 1_000);
    let server = demo_at(&at, &clock);
    for after_s in [1_011, 1_035, 1_060, 1_085] {
        let seq = at.seq();
        set_clock(&clock, after_s);
        server.wait_until(SHOWN_MS_MAX, || at.seq() > seq);
    }
    server.wait_for(open, "\"incidents\":[]", SHOWN_MS_MAX);
    assert!(server.terminate());
    at.ok(&["verify", "--full"]);
}
