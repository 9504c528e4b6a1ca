//! Windows, archives and what a command needs of the past.

use noroshi_domain::*;
use noroshi_store::Store;
use noroshi_store::testkit::engines;

use crate::builders::*;

fn ids(incidents: &[Incident]) -> Vec<&str> {
    incidents.iter().map(|one| one.id.as_str()).collect()
}

fn record_ids(records: &[IncidentRecord]) -> Vec<&str> {
    records.iter().map(|one| one.incident.id.as_str()).collect()
}

/// Incidents i0 to i9, one each 100 seconds; i4 and i5 are hidden, i7 is a maintenance.
fn ten_incidents(store: &Store) {
    let mut facts = vec![page(), component("api")];
    for number in 0..10 {
        let seconds = i64::from(number) * 100;
        let mut one = incident(&format!("i{number}"), seconds, ja("遅延"));
        one.lifecycle = Lifecycle::Resolved;
        one.resolved_at = Some(at(seconds + 50));
        if number == 7 {
            one.kind = IncidentKind::Maintenance;
        }
        if matches!(number, 4 | 5) {
            one.deleted_at = Some(at(seconds + 60));
        }
        let holder = one.holder();
        facts.push(Fact::Incident(Box::new(one)));
        facts.push(update(
            &format!("u{number}"),
            &format!("i{number}"),
            seconds,
            ja("調査"),
        ));
        let end = Some(seconds + 50);
        facts.push(claim(&format!("c{number}"), "api", holder, seconds, end));
        facts.push(span(Lane::Public, "api", seconds, end));
    }
    write(store, 2_000, puts(facts));
}

#[test]
fn an_archive_window_holds_its_start_and_not_its_end_newest_first() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        let window = |from, to, limit| {
            store
                .incidents_between(&page_id(), at(from), at(to), limit)
                .unwrap()
        };
        assert_eq!(ids(&window(100, 300, 10)), ["i2", "i1"]);
        assert_eq!(ids(&window(0, 1_000, 10)).len(), 8);
        assert_eq!(ids(&window(300, 700, 2)), ["i6", "i3"]);
        assert_eq!(ids(&window(400, 600, 10)), Vec::<&str>::new());
    }
}

#[test]
fn the_newest_are_found_by_kind_with_all_that_belongs_to_them() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        let newest = |kind, limit| store.newest_incidents(&page_id(), kind, limit).unwrap();
        assert_eq!(record_ids(&newest(None, 3)), ["i9", "i8", "i7"]);
        let incidents = newest(Some(IncidentKind::Incident), 5);
        assert_eq!(record_ids(&incidents), ["i9", "i8", "i6", "i3", "i2"]);
        let maintenances = newest(Some(IncidentKind::Maintenance), 5);
        assert_eq!(record_ids(&maintenances), ["i7"]);
        assert_eq!(maintenances[0].updates[0].id.as_str(), "u7");
        assert_eq!(maintenances[0].claims[0].id.as_str(), "c7");
        assert_eq!(newest(None, 100).len(), 8);
        let hidden = store.incident(&page_id(), &incident_id("i4")).unwrap();
        assert!(hidden.unwrap().incident.deleted_at.is_some());
        assert_eq!(
            store.incident(&page_id(), &incident_id("nosuch")).unwrap(),
            None
        );
    }
}

#[test]
fn a_part_of_the_list_leaves_out_what_is_hidden_and_nothing_that_only_says_so() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        let says = ja(r#""deleted_at":1, {"deleted_at":2}"#);
        let mut one = incident("words", 1_000, says);
        one.metadata = Some(r#"{"deleted_at":3}"#.to_owned());
        write(&store, 2_100, puts([Fact::Incident(Box::new(one))]));
        let part = |offset, limit| {
            let found = store.incidents_part(&page_id(), (offset, limit)).unwrap();
            let ids = found.iter().map(|one| one.incident.id.to_string());
            ids.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(part(0, 4), "words i9 i8 i7");
        assert_eq!(part(4, 3), "i6 i3 i2");
        assert_eq!(part(7, 100), "i1 i0");
        assert_eq!(part(9, 100), "");
    }
}

#[test]
fn a_record_is_in_the_order_its_readers_expect() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let holder = || Holder::Incident(incident_id("i1"));
        write(
            &store,
            0,
            puts([
                page(),
                Fact::Incident(Box::new(incident("i1", 0, ja("遅延")))),
                update("ua", "i1", 10, ja("二")),
                update("ub", "i1", 30, ja("四")),
                update("uc", "i1", 20, ja("三")),
                promise("pb", "i1", 5),
                promise("pa", "i1", 9),
                claim("cb", "api", holder(), 5, Some(6)),
                claim("ca", "api", holder(), 7, None),
                claim("other", "api", Holder::Incident(incident_id("i2")), 7, None),
            ]),
        );
        let record = store
            .incident(&page_id(), &incident_id("i1"))
            .unwrap()
            .unwrap();
        let updates: Vec<&str> = record.updates.iter().map(|one| one.id.as_str()).collect();
        let promises: Vec<&str> = record.promises.iter().map(|one| one.id.as_str()).collect();
        let claims: Vec<&str> = record.claims.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(updates, ["ub", "uc", "ua"]);
        assert_eq!(promises, ["pb", "pa"]);
        assert_eq!(claims, ["cb", "ca"]);
    }
}

#[test]
fn spans_and_claims_that_touch_a_window_are_found() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        write(
            &store,
            2_001,
            puts([
                span(Lane::Measured, "api", 110, Some(120)),
                span(Lane::Public, "web", 120, None),
            ]),
        );
        let page = page_id();
        let api = component_id("api");
        let starts = |spans: Vec<Span>| -> Vec<i64> {
            spans
                .iter()
                .map(|span| span.from.since_us(at(0)) / SECOND_US)
                .collect()
        };
        let of = |lane, component| {
            starts(
                store
                    .spans_between(&page, lane, component, at(140), at(310))
                    .unwrap(),
            )
        };
        assert_eq!(of(Lane::Public, Some(&api)), [100, 200, 300]);
        assert_eq!(of(Lane::Public, None), [100, 120, 200, 300]);
        assert_eq!(of(Lane::Measured, None), Vec::<i64>::new());
        let claims = store
            .claims_between(&page, Some(&api), at(140), at(310))
            .unwrap();
        assert_eq!(claims.len(), 3);
        assert_eq!(
            store.claims_between(&page, None, at(140), at(160)).unwrap(),
            claims[..1]
        );
    }
}

#[test]
fn a_live_state_leaves_out_what_ended_before_its_window() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        let state = store
            .load_state(&page_id(), at(840))
            .unwrap()
            .expect("the page was made");
        let incidents: Vec<&str> = state.incidents.keys().map(IncidentId::as_str).collect();
        assert_eq!(incidents, ["i8", "i9"]);
        assert_eq!(state.updates.len(), 2);
        assert_eq!(state.claims.len(), 2);
        assert_eq!(state.spans.len(), 2);
        assert_eq!(state.components.len(), 1);
        let other = PageId::parse("nosuch").unwrap();
        assert_eq!(store.load_state(&other, at(0)).unwrap(), None);
    }
}

#[test]
fn what_a_command_needs_of_the_past_is_loaded_each_fact_once() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        ten_incidents(&store);
        let needs = Needs {
            incidents: vec![incident_id("i1")],
            windows: vec![
                (component_id("api"), at(100), at(240)),
                (component_id("api"), at(120), at(130)),
            ],
        };
        let (head, facts) = store.load(&page_id(), &needs).unwrap();
        assert_eq!(head.seq, 1);
        let keys: Vec<String> = facts
            .iter()
            .map(Fact::key)
            .map(|key| format!("{} {}", key.kind.as_str(), key.id))
            .collect();
        let first = format!("span p-api-{}", at(100).micros());
        let second = format!("span p-api-{}", at(200).micros());
        assert_eq!(
            keys,
            [
                "claim c1",
                "claim c2",
                first.as_str(),
                second.as_str(),
                "incident i1",
                "update u1"
            ]
        );
    }
}
