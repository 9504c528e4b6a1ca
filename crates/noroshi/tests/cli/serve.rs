//! A running server: commands reach it, it ends well, and what was acknowledged survives a kill.

use noroshi_store::testkit::{Engine, engines};

use crate::kit::Installation;

/// How long a test waits for what a machine at rest does within a second.
const PATIENCE_MS: u64 = 60_000;

#[test]
fn a_command_beside_a_running_server_is_on_its_page_without_another() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let server = at.serve(&[]);
        server.wait_for("/api/v2/status.json", "All Systems Operational", 5_000);
        at.ok(&["component", "status", "api", "major_outage"]);
        server.wait_for("/api/v2/components.json", "major_outage", PATIENCE_MS);
        at.ok(&["component", "status", "api", "operational", "--direct"]);
        server.wait_for(
            "/api/v2/status.json",
            "All Systems Operational",
            PATIENCE_MS,
        );
        assert!(server.terminate(), "{}", engine.name());
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn a_refusal_through_the_server_reads_as_one_without_it() {
    let at = Installation::with_page(Engine::Sqlite);
    let arguments = [
        "component",
        "create",
        "--name",
        "C",
        "--code",
        "api",
        "--locale",
        "ja",
    ];
    let without = at.fails(&arguments);
    let server = at.serve(&[]);
    assert_eq!(at.fails(&arguments), without);
    assert!(server.terminate());
}

#[test]
fn a_second_server_on_one_folder_is_refused() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    let (exit, said) = at.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("lock"), "{said}");
    assert!(server.terminate());
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_is_done_once() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let server = at.serve(&[]);
        let status = [
            "component",
            "status",
            "api",
            "partial_outage",
            "--command-id",
            "once",
        ];
        let first = at.json(&status);
        server.kill();
        let server = at.serve(&[]);
        assert_eq!(at.json(&status), first, "{}", engine.name());
        server.wait_for("/api/v2/components.json", "partial_outage", 5_000);
        assert_eq!(at.seq(), 4);
        assert!(server.terminate());
    }
}

#[test]
fn a_driven_clock_moves_a_maintenance_along() {
    let at = Installation::with_page(Engine::Sqlite);
    let clock = at.file("clock", "2098-12-31T00:00:00Z");
    let clock = clock.to_str().unwrap();
    at.ok(&[
        "maintenance",
        "create",
        "--title",
        "Upgrade",
        "--from",
        "2099-01-01T00:00:00Z",
        "--until",
        "2h",
        "--component",
        "api",
        "--clock-file",
        clock,
    ]);
    let server = at.serve(&["--clock-file", clock]);
    server.wait_for("/api/v2/summary.json", "\"scheduled\"", 5_000);
    at.file("clock", "2099-01-01T00:00:01Z");
    server.wait_for("/api/v2/summary.json", "under_maintenance", 5_000);
    at.file("clock", "2099-01-01T02:00:01Z");
    server.wait_for("/api/v2/status.json", "All Systems Operational", 5_000);
    assert!(server.terminate());
}

#[test]
fn a_cover_and_colours_reach_the_front_page_and_go_again() {
    let at = Installation::with_page(Engine::Sqlite);
    let picture = [vec![0xff, 0xd8, 0xff, 0xe0], vec![7; 40_000]].concat();
    let cover = at.folder().join("cover.jpg");
    std::fs::write(&cover, &picture).unwrap();
    let server = at.serve(&[]);
    let cover = cover.to_str().unwrap();
    at.ok(&[
        "page",
        "update",
        "--cover",
        cover,
        "--colour",
        "css_greens=#0a7d5a",
        "--colour",
        "css_body_background_color=#fff8ec",
    ]);
    server.wait_for("/", "class=\"cover\"", 2_000);
    let (_, front) = server.get("/");
    assert!(front.contains("--bg:#fff8ec;") && front.contains("--ok:#0a7d5a;"));
    let (_, rest) = front.split_once("<img class=\"cover\" src=\"").unwrap();
    let path = rest.split('"').next().unwrap();
    let (status, body) = server.get(path);
    assert!(status == 200 && body.ends_with(&"\u{7}".repeat(40_000)));
    // The same page elsewhere, from what is exported.
    let exported = at.ok(&["export"]);
    let elsewhere = Installation::new(Engine::Sqlite);
    let file = elsewhere.file("page.toml", &exported);
    elsewhere.ok(&["apply", file.to_str().unwrap()]);
    assert_eq!(elsewhere.ok(&["export"]), exported);
    // Whoever reads of an incident sees it first.
    let words = ["incident", "create", "--title", "Trouble", "--body", "B"];
    let incident = at.json(&words)["id"].as_str().unwrap().to_owned();
    server.wait_for("/", "class=\"unresolved-incidents\"", 2_000);
    assert!(!server.get("/").1.contains("class=\"cover\""));
    at.ok(&["incident", "resolve", &incident, "--body", "B"]);
    server.wait_for("/", "class=\"cover\"", 2_000);
    at.ok(&[
        "page",
        "update",
        "--cover",
        "none",
        "--colour",
        "css_greens=none",
    ]);
    server.wait_until(2_000, || !server.get("/").1.contains("class=\"cover\""));
    let (_, front) = server.get("/");
    assert!(front.contains("--bg:#fff8ec;") && !front.contains("--ok:#0a7d5a;"));
    assert_eq!(server.get(path).0, 404);
    assert!(server.terminate());
}

#[test]
fn an_old_host_leads_to_the_first_of_the_present_ones() {
    let at = Installation::with_page(Engine::Sqlite);
    let (exit, said) = at.fails(&["page", "update", "--old-host", "status.example"]);
    assert!(exit == 3 && said.contains("needs a host"), "{said}");
    at.ok(&[
        "page",
        "update",
        "--host",
        "new.example",
        "--old-host",
        "status.example",
    ]);
    // Told to the server while it runs, exported, and taken back.
    let server = at.serve(&[]);
    assert!(
        at.ok(&["export"])
            .contains("old_hosts = [\"status.example\"]")
    );
    server.wait_until(2_000, || server.get("/history?page=2").0 == 301);
    at.ok(&["page", "update", "--old-host", "none"]);
    server.wait_until(2_000, || server.get("/").0 == 200);
    assert!(server.terminate());
}
