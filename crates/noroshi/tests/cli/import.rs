//! `noroshi import statuspage`: a dry run changes nothing, a second run adds nothing.

use noroshi_store::testkit::engines;
use tempfile::TempDir;

use crate::kit::Installation;

pub(crate) const PAGE: &str = r#"{"page": {"id": "acmepage", "name": "Acme", "time_zone": "Asia/Tokyo"},
"components": [{"id": "api0", "name": "API", "status": "operational", "position": 1,
"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "group": false,
"showcase": true, "start_date": "2026-01-01", "group_id": null, "only_show_if_degraded": false}]}"#;
const INCIDENT: &str = r#"{"id": "inc1", "name": "Down", "status": "resolved", "impact": "major",
"created_at": "2026-03-04T01:00:00Z", "updated_at": "2026-03-04T02:00:00Z",
"started_at": "2026-03-04T01:00:00Z", "resolved_at": "2026-03-04T02:00:00Z",
"monitoring_at": null, "shortlink": "https://stspg.io/x", "page_id": "acmepage",
"components": [], "incident_updates": [
{"id": "u1", "status": "investigating", "body": "We look.", "incident_id": "inc1",
"created_at": "2026-03-04T01:00:00Z", "updated_at": "2026-03-04T01:00:00Z",
"display_at": "2026-03-04T01:00:00Z", "deliver_notifications": true,
"affected_components": [{"code": "api0", "name": "API", "old_status": "operational",
"new_status": "partial_outage"}]},
{"id": "u2", "status": "resolved", "body": "Mended.", "incident_id": "inc1",
"created_at": "2026-03-04T02:00:00Z", "updated_at": "2026-03-04T02:00:00Z",
"display_at": "2026-03-04T02:00:00Z", "deliver_notifications": true,
"affected_components": [{"code": "api0", "name": "API", "old_status": "partial_outage",
"new_status": "operational"}]}]}"#;

/// A folder with one component and one incident.
pub(crate) fn source() -> TempDir {
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("components.json"), PAGE).unwrap();
    let incidents = INCIDENT.replace('\n', " ");
    std::fs::write(source.path().join("incidents.jsonl"), incidents).unwrap();
    source
}

#[test]
fn an_import_makes_the_page_and_a_second_one_adds_nothing() {
    for engine in engines() {
        let at = Installation::new(engine);
        let source = source();
        let source = source.path().to_str().unwrap();
        let dry = at.json(&["import", "statuspage", source, "--dry-run"]);
        assert_eq!(dry["diff"]["incidents"]["new"][0], "inc1");
        assert_eq!(dry["entry_count"], 0);
        let first = at.json(&["import", "statuspage", source]);
        assert_eq!(first["diff"], dry["diff"], "{}", engine.name());
        let seq = at.seq();
        assert_eq!(first["entry_count"], seq - 1);
        let again = at.json(&["import", "statuspage", source]);
        assert_eq!(again["entry_count"], 0);
        assert_eq!(at.seq(), seq, "{}", engine.name());
        let report = at.json(&[
            "report",
            "uptime",
            "--from",
            "2026-03-04",
            "--to",
            "2026-03-04",
        ]);
        assert_eq!(report["days"][0]["partial_outage_s"], 3_600);
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn a_malformed_line_is_named_and_nothing_is_written() {
    let at = Installation::with_page(engines()[0]);
    let before = at.seq();
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("components.json"), PAGE).unwrap();
    std::fs::write(source.path().join("incidents.jsonl"), "{\"id\": \"a\"\n").unwrap();
    let (exit, said) = at.fails(&["import", "statuspage", source.path().to_str().unwrap()]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("incidents.jsonl, line 1"), "{said}");
    assert_eq!(at.seq(), before);
}
