//! What is put elsewhere: calendars and badges, by path and by query.

use noroshi_domain::{
    Command, ComponentId, IncidentFields, IncidentId, IncidentKind, Instant, NewIncident, NewUpdate,
};

use crate::record::{Estate, component, english};

/// Work on `web` a week from the estate's noon.
fn maintenance() -> NewIncident {
    NewIncident {
        id: Some(IncidentId::parse("mnt1").unwrap()),
        kind: IncidentKind::Maintenance,
        fields: IncidentFields {
            name: Some(english("Database restart")),
            scheduled_for: Some(Instant::parse("2026-03-11T17:00:00Z").unwrap()),
            scheduled_until: Some(Instant::parse("2026-03-11T19:00:00Z").unwrap()),
            ..IncidentFields::default()
        },
        update: NewUpdate {
            attach: Some(vec![ComponentId::parse("web").unwrap()]),
            ..NewUpdate::default()
        },
        backfilled_at: None,
    }
}

#[test]
fn a_query_and_a_path_give_the_same_bytes_to_everyone_else_too() {
    let estate = Estate::new();
    for (asked, path, kind) in [
        (
            "/badge.svg?show=uptime&period=30d&locale=ja",
            "/ja/badge-uptime-30d.svg",
            "image/svg+xml",
        ),
        (
            "/components/api/badge.svg?show=uptime&period=7&locale=en",
            "/en/components/api/badge-uptime-7d.svg",
            "image/svg+xml",
        ),
        (
            "/maintenance.ics?component=api&locale=en",
            "/en/components/api/maintenance.ics",
            "text/calendar; charset=utf-8",
        ),
    ] {
        let (one, two) = (estate.get(asked), estate.get(path));
        assert_eq!((one.status, two.status), (200, 200), "{asked}");
        assert_eq!(one.body, two.body, "{asked}");
        assert_eq!(one.header("content-type"), kind);
        assert_eq!(one.header("access-control-allow-origin"), "*");
        assert_eq!(one.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(one.header("vary"), "accept-encoding");
    }
    assert_eq!(
        estate.get("/badge.svg").header("vary"),
        "accept-encoding, accept-language"
    );
    for missing in [
        "/badge.svg?show=latency",
        "/badge.svg?show=uptime&period=12d",
        "/components/nobody/badge.svg",
        "/components/api/badge-uptime-12d.svg",
        "/components/api/other.svg",
        "/maintenance.ics?component=nobody",
    ] {
        let answer = estate.get(missing);
        assert_eq!(answer.status, 404, "{missing}");
        assert!(!answer.header("content-type").contains("svg"), "{missing}");
    }
}

#[test]
fn planned_work_is_in_the_calendars_and_leads_there_from_its_pages() {
    let mut estate = Estate::new();
    estate.run(Command::OpenIncident(Box::new(maintenance())));
    estate.publish();
    for path in [
        "/maintenance.ics",
        "/components/web/maintenance.ics",
        "/incidents/mnt1.ics",
    ] {
        let answer = estate.get(path);
        let text = answer.text();
        assert!(text.contains("DTSTART:20260311T170000Z"), "{path}: {text}");
        assert!(
            text.contains("SUMMARY;LANGUAGE=en:Database restart"),
            "{path}"
        );
        let japanese = estate.get(&format!("/ja{path}")).text();
        assert!(japanese.contains("（日本語）"), "{path}");
    }
    let other = estate.get("/components/api/maintenance.ics").text();
    assert!(!other.contains("VEVENT"));
    for page in ["/en/", "/en/incidents/mnt1"] {
        let link = "href=\"/en/incidents/mnt1.ics\">Add to calendar</a>";
        assert!(estate.get(page).text().contains(link), "{page}");
    }
    estate.run(Command::DeleteIncident {
        incident_id: IncidentId::parse("mnt1").unwrap(),
        reason: "twice".to_owned(),
    });
    while estate.publish().more {}
    assert_eq!(estate.get("/incidents/mnt1.ics").status, 404);
    assert!(!estate.get("/maintenance.ics").text().contains("VEVENT"));
}

#[test]
fn components_beyond_those_made_beforehand_have_their_files_made_when_asked() {
    let mut estate = Estate::new();
    let count = noroshi_publish::limits::ELSEWHERE_COMPONENTS;
    let more = (0..count)
        .map(|number| component(&format!("more{number}"), &format!("System {number}")))
        .map(|one| Command::CreateComponent(Box::new(one)));
    estate.run(Command::Together {
        seq: estate.state().head.seq,
        commands: more.collect(),
    });
    estate.publish();
    let last = format!("more{}", count - 1);
    let folder = estate.server.folder();
    let made_beforehand = |code: &str| {
        std::fs::read_dir(&folder).unwrap().any(|page| {
            let file = page.unwrap().path().join("components").join(code);
            file.join("badge.svg").exists()
        })
    };
    assert!(made_beforehand("more1") && !made_beforehand(&last));
    for file in ["badge.svg", "badge-uptime-30d.svg", "maintenance.ics"] {
        let answer = estate.get(&format!("/components/{last}/{file}"));
        assert_eq!(answer.status, 200, "{file}");
        assert!(
            answer.text().contains(&format!("System {}", count - 1)),
            "{file}"
        );
    }
    // A restricted one has none, however it is asked for.
    let hidden = noroshi_domain::NewComponent {
        restricted: true,
        ..component("hid", "Hidden")
    };
    estate.run(Command::CreateComponent(Box::new(hidden)));
    estate.publish();
    assert_eq!(estate.get("/components/hid/badge.svg").status, 404);
}
