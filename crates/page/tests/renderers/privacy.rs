//! What is restricted, retired or deleted appears nowhere.

use std::collections::BTreeMap;

use noroshi_domain::{
    Affected, Component, ComponentId, Fact, Hold, HoldId, Incident, IncidentId, IncidentRecord,
    Lane, Lifecycle, Locale, PlanFlags, Recurrence, RecurrenceId, Span, State, Status, Zone,
};
use noroshi_page::badge::{Badges, Shown};
use noroshi_page::calendar::{Calendar, maintenance};
use noroshi_page::card::{Letters, card};
use noroshi_page::embed;
use noroshi_page::{
    Fault, Filter, Listing, Past, Search, View, announcements, api_help, api_v2, beat, error,
    feeds, front, history, history_month, history_search, incident, read_state, state_json,
    uptime_component, uptime_index, uptime_json,
};

use crate::sketch::{
    LARKSPUR_NOW, at, claim, component, en, fixture, incident as new_incident, larkspur, put,
    put_record, span, update,
};

/// Drawn at random once: it can stand in a page for one reason only.
const SECRET: &str = "Zq7XvKpW93 vault";
const CODE: &str = "zq7xvkpw93v0";

fn id() -> ComponentId {
    ComponentId::parse(CODE).unwrap()
}

fn affected(code: &str, name: &str) -> Affected {
    Affected {
        code: ComponentId::parse(code).unwrap(),
        name: name.to_owned(),
        old_status: Status::Operational,
        new_status: Status::MajorOutage,
    }
}

/// The page of the reference with a restricted component that everything touches.
fn with_secret() -> (State, Vec<IncidentRecord>) {
    let (mut state, mut records) = larkspur();
    let secret = Component {
        description: en(SECRET),
        restricted: true,
        ..component(CODE, SECRET, 9)
    };
    let dependent = Component {
        depends_on: vec![id()],
        ..component("d1", "Dependent", 10)
    };
    put(
        &mut state,
        [secret, dependent].map(|own| Fact::Component(Box::new(own))),
    );
    let hold = Hold {
        id: HoldId::parse("h1").unwrap(),
        component_id: id(),
        status: Status::Operational,
        reason: SECRET.to_owned(),
        author: SECRET.to_owned(),
        from: at("2026-03-04T00:00:00Z"),
        to: at("2026-03-05T00:00:00Z"),
    };
    let measured = Span {
        lane: Lane::Measured,
        ..span(CODE, Status::MajorOutage, "2026-03-03T00:00:00Z", None)
    };
    put(
        &mut state,
        [
            Fact::Hold(hold),
            Fact::Span(measured),
            Fact::Span(span(
                CODE,
                Status::Unknown,
                "2026-03-01T00:00:00Z",
                Some("2026-03-02T00:00:00Z"),
            )),
        ],
    );
    touch(&mut records);
    recur(&mut state);
    for record in &records {
        put_record(&mut state, record);
    }
    (state, records)
}

/// One incident touches both what is open and what is not, one only what is restricted.
fn touch(records: &mut Vec<IncidentRecord>) {
    let shared = &mut records[0];
    shared.incident.components.push(id());
    shared.incident.affected_notes = BTreeMap::from([(id(), en(SECRET))]);
    shared.updates[0].affected.push(affected(CODE, SECRET));
    shared.claims.push(claim(
        "hq8d2z6wv1xn",
        CODE,
        Status::MajorOutage,
        "2026-03-04T09:00:00Z",
        None,
    ));
    let hidden = IncidentRecord {
        incident: Incident {
            components: vec![id()],
            ..new_incident("h0dd3n", SECRET, "2026-03-04T08:00:00Z")
        },
        updates: vec![update(
            "h0dd3n",
            "u1",
            Lifecycle::Investigating,
            SECRET,
            "2026-03-04T08:00:00Z",
        )],
        promises: Vec::new(),
        claims: vec![claim(
            "h0dd3n",
            CODE,
            Status::MajorOutage,
            "2026-03-04T08:00:00Z",
            None,
        )],
    };
    shared.incident.related = vec![IncidentId::parse("h0dd3n").unwrap()];
    records.push(hidden);
}

/// Work is planned on what is restricted, alone and beside what is open.
fn recur(state: &mut State) {
    let first_at = at("2026-03-07T17:00:00Z");
    let recurrence = |code: &str, name: &str, components: Vec<ComponentId>| Recurrence {
        id: RecurrenceId::parse(code).unwrap(),
        rule: "FREQ=WEEKLY".to_owned(),
        zone: Zone::utc(),
        first_at,
        duration_s: 3_600,
        name: en(name),
        body: en(name),
        components,
        plan: PlanFlags::default().plan(first_at, first_at.plus_seconds(3_600)),
        made_at: first_at,
        sequence: 0,
        ended_at: None,
        edited_seq: None,
    };
    let open = ComponentId::parse("b3xw8r1lmqpd").unwrap();
    put(
        state,
        [
            recurrence("r1", SECRET, vec![id()]),
            recurrence("r2", "Both", vec![open, id()]),
        ]
        .map(|own| Fact::Recurrence(Box::new(own))),
    );
}

/// Everything that is rendered of a page, by name.
fn everything(state: &State, records: &[IncidentRecord]) -> Vec<(String, Vec<u8>)> {
    let view = View::project(state, at(LARKSPUR_NOW));
    let filter = Filter::default();
    let listing = Listing {
        records,
        oldest_at: None,
        filter: &filter,
    };
    let spans: Vec<Span> = state.spans.values().cloned().collect();
    let past = Past {
        spans: &spans,
        records,
    };
    let mut all = vec![
        ("summary".to_owned(), api_v2::summary(&view)),
        ("status".to_owned(), api_v2::status(&view)),
        ("components".to_owned(), api_v2::components(&view)),
        ("incidents".to_owned(), api_v2::incidents(&view, records)),
        ("unresolved".to_owned(), api_v2::unresolved(&view)),
        (
            "maintenances".to_owned(),
            api_v2::scheduled_maintenances(&view, records),
        ),
        ("upcoming".to_owned(), api_v2::upcoming(&view)),
        ("active".to_owned(), api_v2::active(&view)),
        (
            "beat".to_owned(),
            beat(&view, view.head(), at(LARKSPUR_NOW)),
        ),
        ("state".to_owned(), state_json(&view)),
    ];
    for locale in Locale::ALL {
        let mut add = |name: &str, bytes: Option<Vec<u8>>| {
            all.extend(bytes.map(|bytes| (format!("{name} {}", locale.as_str()), bytes)));
        };
        add("front", Some(front(&view, locale)));
        add("history", history(&view, 1, listing, locale));
        add("month", history_month(&view, "2026-03", listing, locale));
        let search = Search {
            words: "x",
            page_number: 1,
        };
        add("search", history_search(&view, search, listing, locale));
        add("uptime", Some(uptime_index(&view, locale)));
        add("announcements", Some(announcements(&view, locale)));
        add("api", Some(api_help(&view, locale)));
        add("error", Some(error(&view, Fault::NotFound, None, locale)));
        add("atom", Some(feeds::atom(&view, records, locale)));
        add("rss", Some(feeds::rss(&view, records, locale)));
        for system in state.components.keys() {
            add(
                &format!("calendar {system}"),
                uptime_component(&view, system, past, 1, locale),
            );
            add(
                &format!("twin {system}"),
                uptime_json(&view, system, past, 1),
            );
        }
        for record in records {
            let code = &record.incident.id;
            add(&format!("incident {code}"), incident(&view, record, locale));
            add(
                &format!("incident twin {code}"),
                api_v2::incident(&view, record),
            );
        }
        put_elsewhere(&view, records, locale, &mut add);
    }
    all
}

/// What is made to be put elsewhere, by name.
fn put_elsewhere(
    view: &View<'_>,
    records: &[IncidentRecord],
    locale: Locale,
    add: &mut impl FnMut(&str, Option<Vec<u8>>),
) {
    let (calendar, badges) = (Calendar::of(view, locale), Badges::of(view));
    let systems = [id()]
        .into_iter()
        .chain(view.systems().iter().map(|system| system.fact.id.clone()));
    add("frame", Some(embed::frame(view, locale)));
    let drawn = card(view, locale, (Letters::Japanese, "Noto Sans CJK JP"));
    add("card", Some(drawn.into_bytes()));
    add("calendar", Some(calendar.whole()));
    for shown in Shown::all() {
        add(&format!("badge {shown:?}"), badges.page(shown, locale));
    }
    for system in systems {
        add(&format!("planned {system}"), calendar.of_component(&system));
        for shown in Shown::all() {
            let badge = badges.component(&system, shown, locale);
            add(&format!("badge {system} {shown:?}"), badge);
        }
    }
    for record in records {
        let event = maintenance(view, record, locale);
        add(&format!("event {}", record.incident.id), event);
    }
}

#[test]
fn a_restricted_component_appears_nowhere() {
    let (state, records) = with_secret();
    let all = everything(&state, &records);
    assert!(all.len() > 40, "only {} renderings", all.len());
    for (name, bytes) in all {
        let text = String::from_utf8(bytes).unwrap();
        for trace in [SECRET, CODE, "h0dd3n", "Zq7XvKpW93"] {
            assert!(!text.contains(trace), "{trace} stands in {name}");
        }
    }
}

#[test]
fn the_same_component_when_it_is_open_does_appear() {
    let (mut state, records) = with_secret();
    state.components.get_mut(&id()).unwrap().restricted = false;
    let all = everything(&state, &records);
    for wanted in [
        "front en",
        "components",
        "unresolved",
        "atom ja",
        "calendar en",
        "frame ja",
        "badge zq7xvkpw93v0 Status en",
        "incident hq8d2z6wv1xn en",
    ] {
        let (_, bytes) = all.iter().find(|(name, _)| name == wanted).unwrap();
        assert!(String::from_utf8_lossy(bytes).contains(SECRET), "{wanted}");
    }
}

#[test]
fn a_retired_component_leaves_lists_and_keeps_its_name_in_history() {
    let (mut state, records) = larkspur();
    let planner = ComponentId::parse("b3xw8r1lmqpd").unwrap();
    state.components.get_mut(&planner).unwrap().retired_at = Some(at("2026-03-02T00:00:00Z"));
    let view = View::project(&state, at(LARKSPUR_NOW));
    let listed = String::from_utf8(api_v2::components(&view)).unwrap();
    assert!(!listed.contains("Trip planner"));
    let page = incident(&view, &records[1], Locale::En).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(
        page.contains("This incident affected: Trip planner."),
        "{page}"
    );
}

#[test]
fn a_deleted_incident_is_nowhere() {
    let (mut state, mut records) = larkspur();
    records[0].incident.deleted_at = Some(at("2026-03-04T09:41:00Z"));
    put_record(&mut state, &records[0]);
    for (name, bytes) in everything(&state, &records) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("hq8d2z6wv1xn"), "it stands in {name}");
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let (state, records) = larkspur();
    assert_eq!(everything(&state, &records), everything(&state, &records));
    assert_eq!(fixture("status")["status"]["indicator"], "minor");
}

#[test]
fn the_public_state_gives_the_same_pages() {
    let (state, records) = with_secret();
    let now = at(LARKSPUR_NOW);
    let json = state_json(&View::project(&state, now));
    let public = read_state(&json).unwrap();
    let (whole, open) = (View::project(&state, now), View::project(&public, now));
    for locale in Locale::ALL {
        let (whole, open) = (front(&whole, locale), front(&open, locale));
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert_eq!(text(whole), text(open));
    }
    assert_eq!(api_v2::summary(&whole), api_v2::summary(&open));
    assert_eq!(api_v2::unresolved(&whole), api_v2::unresolved(&open));
    assert!(incident(&open, &records[0], Locale::Ja).is_some());
    assert_eq!(state_json(&open), json);
    assert!(read_state(b"{}").is_none());
}

#[test]
fn what_can_not_be_confirmed_says_so_and_is_not_green() {
    let (mut state, records) = larkspur();
    state.incidents.clear();
    state.spans.clear();
    let now = at(LARKSPUR_NOW);
    let text = |view: &View<'_>, locale| String::from_utf8(front(view, locale)).unwrap();
    let said = |locale| match locale {
        Locale::En => "It was last confirmed at 08:00 UTC",
        Locale::Ja => "8:00 UTC 時点の状況",
    };
    for locale in Locale::ALL {
        let fresh = text(&View::project(&state, now), locale);
        assert!(
            !fresh.contains(said(locale)) && fresh.contains("lead ok"),
            "{fresh}"
        );
        let view = View::project(&state, now).last_confirmed(at("2026-03-04T08:00:00Z"));
        let told = text(&view, locale);
        assert!(told.contains(said(locale)), "{told}");
        assert!(told.contains("lead unk"), "{told}");
        let page = incident(&view, &records[0], locale).unwrap();
        assert!(String::from_utf8(page).unwrap().contains(said(locale)));
    }
}
