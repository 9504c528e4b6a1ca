//! The calendar of planned work as a calendar program reads it.

use std::collections::BTreeSet;
use std::io::BufReader;

use ical::parser::ical::component::{IcalCalendar, IcalEvent};
use noroshi_domain::{
    ComponentId, Fact, Incident, IncidentId, Instant, Lifecycle, Locale, PlanFlags, Recurrence,
    RecurrenceId, State, Texts, Zone,
};
use noroshi_page::View;
use noroshi_page::calendar::{Calendar, DAYS, maintenance};

use crate::sketch::{LARKSPUR_NOW, at, larkspur, put};

fn read(bytes: &[u8]) -> IcalCalendar {
    let mut calendars: Vec<_> = ical::IcalParser::new(BufReader::new(bytes))
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(calendars.len(), 1);
    calendars.pop().unwrap()
}

fn value(event: &IcalEvent, name: &str) -> Option<String> {
    let found = event
        .properties
        .iter()
        .find(|property| property.name == name);
    found.and_then(|property| property.value.clone())
}

fn whole(state: &State, now: &str, locale: Locale) -> IcalCalendar {
    let view = View::project(state, at(now));
    read(&Calendar::of(&view, locale).whole())
}

fn starts(calendar: &IcalCalendar) -> Vec<String> {
    calendar
        .events
        .iter()
        .map(|event| value(event, "DTSTART").unwrap())
        .collect()
}

/// A recurrence whose first occurrence was made as the maintenance `m0`.
fn weekly(state: &mut State) -> Recurrence {
    let first_at = at("2026-03-07T17:00:00Z");
    let recurrence = Recurrence {
        id: RecurrenceId::parse("rec1").unwrap(),
        rule: "FREQ=WEEKLY".to_owned(),
        zone: Zone::parse("Asia/Tokyo").unwrap(),
        first_at,
        duration_s: 7_200,
        name: Texts::of(Locale::En, "Weekly work").with(
            Locale::Ja,
            "毎週の定期メンテナンス（データベースの再起動を含みます）、ご不便をおかけします",
        ),
        body: Texts::of(
            Locale::Ja,
            "■ 対象\n・乗車券アプリ; 1,2\n→ 数分間つながりにくくなります",
        ),
        components: vec![ComponentId::parse("b3xw8r1lmqpd").unwrap()],
        plan: PlanFlags::default().plan(first_at, first_at.plus_seconds(7_200)),
        made_at: first_at,
        sequence: 2,
        ended_at: None,
        edited_seq: None,
    };
    let mut plan = recurrence.plan.clone();
    plan.recurrence_id = Some(recurrence.id.clone());
    plan.occurrence_at = Some(first_at);
    let made = Incident {
        kind: noroshi_domain::IncidentKind::Maintenance,
        lifecycle: Lifecycle::Scheduled,
        plan: Some(plan),
        started_at: first_at,
        listed_at: first_at,
        components: recurrence.components.clone(),
        ..crate::sketch::incident("m0", "Weekly work", "2026-03-01T00:00:00Z")
    };
    put(
        state,
        [
            Fact::Recurrence(Box::new(recurrence.clone())),
            Fact::Incident(Box::new(made)),
        ],
    );
    recurrence
}

#[test]
fn every_maintenance_stands_with_its_window_words_and_address() {
    let (state, _) = larkspur();
    let calendar = whole(&state, LARKSPUR_NOW, Locale::En);
    assert_eq!(calendar.events.len(), 2);
    assert_eq!(starts(&calendar), ["20260304T090000Z", "20260308T010000Z"]);
    let planned = &calendar.events[1];
    assert_eq!(value(planned, "DTEND").unwrap(), "20260308T030000Z");
    let code = value(planned, "UID").unwrap();
    let code = code.strip_suffix("@status.larkspur.example").unwrap();
    assert_eq!(
        value(planned, "URL").unwrap(),
        format!("https://status.larkspur.example/incidents/{code}")
    );
    assert!(
        value(planned, "DESCRIPTION")
            .unwrap()
            .contains("/incidents/")
    );
    assert_eq!(value(planned, "RECURRENCE-ID"), None);
}

#[test]
fn occurrences_to_come_keep_their_identity_when_they_are_made() {
    let (mut state, _) = larkspur();
    let mut recurrence = weekly(&mut state);
    let before = whole(&state, LARKSPUR_NOW, Locale::En);
    let identity = |event: &IcalEvent| {
        (
            value(event, "UID").unwrap(),
            value(event, "RECURRENCE-ID").unwrap(),
        )
    };
    let own = |calendar: &IcalCalendar| -> Vec<IcalEvent> {
        let events = calendar.events.iter();
        events
            .filter(|event| value(event, "RECURRENCE-ID").is_some())
            .cloned()
            .collect()
    };
    let events = own(&before);
    // Thirteen weeks lie within ninety days.
    assert_eq!(events.len(), 13);
    assert!(events.iter().all(|event| {
        value(event, "UID").unwrap() == "rec1@status.larkspur.example"
            && value(event, "SEQUENCE").unwrap() == "2"
    }));
    let all: BTreeSet<_> = events.iter().map(identity).collect();
    assert_eq!(all.len(), 13, "no two are the same event");
    // The second is made a maintenance of its own, later moved by an hour.
    let second = at("2026-03-14T17:00:00Z");
    let mut made = state.incidents[&IncidentId::parse("m0").unwrap()].clone();
    made.id = IncidentId::parse("m1").unwrap();
    made.updated_at = made.created_at.plus_seconds(60);
    let plan = made.plan.as_mut().unwrap();
    plan.occurrence_at = Some(second);
    plan.scheduled_for = second.plus_seconds(3_600);
    plan.scheduled_until = second.plus_seconds(10_800);
    recurrence.made_at = second;
    put(
        &mut state,
        [
            Fact::Incident(Box::new(made)),
            Fact::Recurrence(Box::new(recurrence)),
        ],
    );
    let after = own(&whole(&state, LARKSPUR_NOW, Locale::En));
    assert_eq!(after.iter().map(identity).collect::<BTreeSet<_>>(), all);
    let moved = after
        .iter()
        .find(|event| value(event, "RECURRENCE-ID").unwrap() == "20260314T170000Z")
        .unwrap();
    assert_eq!(value(moved, "DTSTART").unwrap(), "20260314T180000Z");
    assert_eq!(
        value(moved, "SEQUENCE").unwrap(),
        "62",
        "raised by the change"
    );
}

#[test]
fn nothing_stands_beyond_the_calendar_s_days_or_after_the_recurrence_ended() {
    let (mut state, _) = larkspur();
    let mut recurrence = weekly(&mut state);
    recurrence.rule = "FREQ=DAILY".to_owned();
    put(&mut state, [Fact::Recurrence(Box::new(recurrence.clone()))]);
    let calendar = whole(&state, LARKSPUR_NOW, Locale::En);
    let horizon = at(LARKSPUR_NOW).plus_seconds((DAYS + 1) * 86_400);
    let last = starts(&calendar).pop().unwrap();
    assert_eq!(last, "20260602T170000Z");
    assert!(at("2026-06-02T17:00:00Z") < horizon);
    recurrence.ended_at = Some(at("2026-03-02T00:00:00Z"));
    put(&mut state, [Fact::Recurrence(Box::new(recurrence))]);
    // What is made stays.
    assert_eq!(whole(&state, LARKSPUR_NOW, Locale::En).events.len(), 3);
}

#[test]
fn japanese_words_come_back_whole_from_broken_lines() {
    let (mut state, _) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let recurrence = weekly(&mut state);
    let view = View::project(&state, at(LARKSPUR_NOW));
    let bytes = Calendar::of(&view, Locale::Ja).whole();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert!(text.contains("\r\n "));
    let calendar = read(&bytes);
    let planned = calendar
        .events
        .iter()
        .find(|event| value(event, "RECURRENCE-ID").as_deref() == Some("20260314T170000Z"))
        .unwrap();
    let title = recurrence.name.get(Locale::Ja).unwrap();
    assert_eq!(value(planned, "SUMMARY").unwrap(), title);
    let told = value(planned, "DESCRIPTION").unwrap();
    assert!(
        told.contains("・乗車券アプリ\\; 1\\,2\\n→ 数分間"),
        "{told}"
    );
    // A text that exists in one language only says which.
    let summary = planned
        .properties
        .iter()
        .find(|property| property.name == "SUMMARY")
        .unwrap();
    let languages = summary.params.clone().unwrap();
    assert_eq!(languages[0].1, ["ja"]);
}

#[test]
fn a_component_s_calendar_holds_what_touches_it_and_nothing_else() {
    let (mut state, _) = larkspur();
    weekly(&mut state);
    let view = View::project(&state, at(LARKSPUR_NOW));
    let calendar = Calendar::of(&view, Locale::En);
    let planner = ComponentId::parse("b3xw8r1lmqpd").unwrap();
    let own = read(&calendar.of_component(&planner).unwrap());
    assert!(own.events.len() >= 13);
    assert!(own.events.len() < read(&calendar.whole()).events.len());
    assert!(own.events.iter().all(|event| {
        value(event, "DESCRIPTION")
            .unwrap()
            .contains("Trip planner")
    }));
    let nobody = ComponentId::parse("n0b0dy").unwrap();
    assert!(calendar.of_component(&nobody).is_none());
}

#[test]
fn one_maintenance_is_a_calendar_of_one_event_and_an_incident_is_none() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let mut count = 0;
    for record in &records {
        match maintenance(&view, record, Locale::En) {
            Some(bytes) => {
                count += 1;
                assert_eq!(read(&bytes).events.len(), 1);
            }
            None => assert!(record.incident.plan.is_none()),
        }
    }
    assert_eq!(count, 2);
}

#[test]
fn the_bytes_do_not_change_within_a_day() {
    let (mut state, _) = larkspur();
    weekly(&mut state);
    let made = |now: Instant| Calendar::of(&View::project(&state, now), Locale::En).whole();
    let now = at(LARKSPUR_NOW);
    assert_eq!(made(now), made(now.plus_seconds(3_600)));
    assert_ne!(made(now), made(now.plus_seconds(40 * 86_400)));
}
