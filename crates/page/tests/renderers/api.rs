//! API v2 against the documents of the reference.

use noroshi_domain::{Fact, Incident, Lifecycle, Locale, Status};
use noroshi_page::{View, api_v2};
use serde_json::Value;

use crate::sketch::{
    LARKSPUR_NOW, at, component, fixture, incident, larkspur, page, put, span, state,
};

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The keys of every object in the order in which they are written.
fn keys(json: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut letters = json.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        if letter != '"' {
            continue;
        }
        let mut end = start;
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\\' => drop(letters.next()),
                '"' => {
                    end = place;
                    break;
                }
                _ => {}
            }
        }
        if json[end + 1..].trim_start().starts_with(':') {
            keys.push(json[start + 1..end].to_owned());
        }
    }
    keys
}

#[test]
fn the_fictional_page_yields_the_documents_of_the_reference() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let documents = [
        ("summary", api_v2::summary(&view)),
        ("status", api_v2::status(&view)),
        ("components", api_v2::components(&view)),
        ("incidents", api_v2::incidents(&view, &records)),
        ("incidents-unresolved", api_v2::unresolved(&view)),
        (
            "scheduled-maintenances",
            api_v2::scheduled_maintenances(&view, &records),
        ),
        ("scheduled-maintenances-upcoming", api_v2::upcoming(&view)),
        ("scheduled-maintenances-active", api_v2::active(&view)),
    ];
    for (name, document) in documents {
        assert_eq!(read(&document), fixture(name), "{name}");
        let path = format!("{}/tests/larkspur/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let golden = std::fs::read_to_string(path).unwrap();
        let own = String::from_utf8(document).unwrap();
        assert_eq!(keys(&own), keys(&golden), "order of keys in {name}");
    }
}

#[test]
fn the_twin_of_an_incident_is_the_bare_object() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let twin = read(&api_v2::incident(&view, &records[1]).unwrap());
    assert_eq!(twin, fixture("incidents")["incidents"][1]);
}

#[test]
fn times_stand_in_the_zone_of_the_page_with_three_digits() {
    let mut state = state(
        page("America/Chicago", &[Locale::En]),
        "2019-02-21T14:31:24.2399Z",
    );
    put(
        &mut state,
        [Fact::Component(Box::new(component("a1", "One", 1)))],
    );
    let view = View::project(&state, at("2019-02-21T14:32:00Z"));
    let document = read(&api_v2::status(&view));
    assert_eq!(
        document["page"]["updated_at"],
        "2019-02-21T08:31:24.239-06:00"
    );
    assert_eq!(document["page"]["time_zone"], "America/Chicago");
}

#[test]
fn a_component_that_is_not_measured_keeps_its_last_other_status() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), "2026-03-04T09:00:00Z");
    let components = [("a1", "Blind"), ("a2", "Blind after trouble")];
    for (place, (code, name)) in (1..).zip(components) {
        put(
            &mut state,
            [Fact::Component(Box::new(component(code, name, place)))],
        );
    }
    put(
        &mut state,
        [
            span(
                "a1",
                Status::MajorOutage,
                "2026-03-01T00:00:00Z",
                Some("2026-03-02T00:00:00Z"),
            ),
            span("a1", Status::Unknown, "2026-03-04T09:00:00Z", None),
            span(
                "a2",
                Status::PartialOutage,
                "2026-03-04T08:00:00Z",
                Some("2026-03-04T09:00:00Z"),
            ),
            span("a2", Status::Unknown, "2026-03-04T09:00:00Z", None),
        ]
        .map(Fact::Span),
    );
    let view = View::project(&state, at("2026-03-04T09:05:00Z"));
    let listed = read(&api_v2::components(&view));
    assert_eq!(listed["components"][0]["status"], "operational");
    assert_eq!(listed["components"][1]["status"], "partial_outage");
}

#[test]
fn clients_hear_of_silence_after_ten_minutes_and_readers_at_once() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), "2026-03-04T09:00:00Z");
    put(
        &mut state,
        [
            Fact::Component(Box::new(component("a1", "Blind", 1))),
            Fact::Span(span("a1", Status::Unknown, "2026-03-04T09:00:00Z", None)),
        ],
    );
    let indicator = |now: &str| {
        let view = View::project(&state, at(now));
        read(&api_v2::status(&view))["status"]["indicator"].clone()
    };
    assert_eq!(indicator("2026-03-04T09:09:59Z"), "none");
    assert_eq!(indicator("2026-03-04T09:10:00Z"), "minor");
    let view = View::project(&state, at("2026-03-04T09:00:01Z"));
    assert_eq!(view.overall().indicator.as_str(), "minor");
    assert_eq!(
        noroshi_page::next_change_at(&state, at("2026-03-04T09:09:30Z")),
        at("2026-03-04T09:10:00Z")
    );
}

#[test]
fn a_list_holds_fifty_and_the_newest_stands_first() {
    let state = state(page("Etc/UTC", &[Locale::En]), "2026-03-04T09:00:00Z");
    let records: Vec<_> = (10..70)
        .map(|number| noroshi_domain::IncidentRecord {
            incident: Incident {
                lifecycle: Lifecycle::Resolved,
                ..incident(
                    &format!("i{number}"),
                    "Trouble",
                    &format!("2026-02-01T00:{:02}:00Z", number - 10),
                )
            },
            updates: Vec::new(),
            promises: Vec::new(),
            claims: Vec::new(),
        })
        .collect();
    let view = View::project(&state, at("2026-03-04T09:05:00Z"));
    let listed = read(&api_v2::incidents(&view, &records));
    let listed = listed["incidents"].as_array().unwrap();
    assert_eq!(listed.len(), 50);
    assert_eq!(listed[0]["id"], "i69");
    assert_eq!(listed[49]["id"], "i20");
}
