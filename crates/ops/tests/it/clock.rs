//! What the passing of time does, with a driven clock.

use noroshi_domain::{
    Command, IncidentFields, IncidentKind, Lifecycle, NewIncident, NewPromise, NewUpdate, Status,
};
use noroshi_ops::clock::step;
use noroshi_store::testkit::engines;

use crate::kit::{Kit, at, component, new_incident, text};

fn pass(kit: &Kit, to: &str) -> usize {
    kit.clock.set(at(to));
    kit.app.refresh().unwrap();
    step(&kit.app, at(to)).unwrap()
}

#[test]
fn a_maintenance_starts_and_ends_at_its_times_and_a_second_step_does_nothing() {
    for engine in engines() {
        let kit = Kit::new(engine);
        kit.send(Command::OpenIncident(Box::new(NewIncident {
            id: None,
            kind: IncidentKind::Maintenance,
            fields: IncidentFields {
                name: Some(text("Upgrade")),
                scheduled_for: Some(at("2026-03-04T05:00:00Z")),
                scheduled_until: Some(at("2026-03-04T06:00:00Z")),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                attach: Some(vec![component("api")]),
                ..NewUpdate::default()
            },
            backfilled_at: None,
        })))
        .unwrap();
        assert_eq!(pass(&kit, "2026-03-04T03:59:59Z"), 0);
        assert!(pass(&kit, "2026-03-04T05:00:00Z") > 0, "{}", engine.name());
        let api = component("api");
        let state = kit.app.state(&kit.page).unwrap();
        assert_eq!(
            state.public_at(&api, at("2026-03-04T05:00:00Z")),
            Status::UnderMaintenance
        );
        assert_eq!(pass(&kit, "2026-03-04T05:00:00Z"), 0, "{}", engine.name());
        assert!(pass(&kit, "2026-03-04T06:30:00Z") > 0, "{}", engine.name());
        let state = kit.app.state(&kit.page).unwrap();
        assert_eq!(
            state.public_at(&api, at("2026-03-04T06:00:00Z")),
            Status::Operational
        );
        let lifecycles: Vec<_> = state.incidents.values().map(|own| own.lifecycle).collect();
        assert_eq!(lifecycles, [Lifecycle::Completed]);
        assert_eq!(kit.faults(), Vec::<String>::new());
    }
}

#[test]
fn a_promise_that_is_not_kept_is_marked_overdue_once() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let mut incident = new_incident("Down", &[("api", Status::MajorOutage)]);
        incident.update.promises = vec![NewPromise::WithinS(600)];
        kit.send(Command::OpenIncident(Box::new(incident))).unwrap();
        assert_eq!(pass(&kit, "2026-03-04T01:09:59Z"), 0);
        assert!(pass(&kit, "2026-03-04T01:12:00Z") > 0, "{}", engine.name());
        assert_eq!(pass(&kit, "2026-03-04T01:12:00Z"), 0, "{}", engine.name());
        let state = kit.app.state(&kit.page).unwrap();
        assert!(
            state
                .promises
                .values()
                .all(|promise| promise.overdue_at.is_some())
        );
    }
}

#[test]
fn the_past_leaves_memory_when_the_local_day_changes() {
    let kit = Kit::new(engines()[0]);
    let id = kit.open_incident("Down", &[("api", Status::MajorOutage)]);
    kit.clock.set(at("2026-03-04T02:00:00Z"));
    kit.send(Command::PostUpdate {
        incident_id: id.clone(),
        update: Box::new(NewUpdate {
            lifecycle: Some(Lifecycle::Resolved),
            ..NewUpdate::default()
        }),
        fields: Box::default(),
    })
    .unwrap();
    kit.clock.set(at("2026-07-04T02:00:00Z"));
    assert!(
        kit.app
            .state(&kit.page)
            .unwrap()
            .incidents
            .contains_key(&id)
    );
    kit.app.refresh().unwrap();
    let state = kit.app.state(&kit.page).unwrap();
    assert!(!state.incidents.contains_key(&id));
    assert!(state.claims.is_empty() && state.spans.is_empty());
    // What has left memory can still be edited.
    let fields = IncidentFields {
        name: Some(text("Outage")),
        ..IncidentFields::default()
    };
    let edit = Command::EditIncident {
        incident_id: id.clone(),
        fields: Box::new(fields),
        attach: None,
    };
    kit.send(edit).unwrap();
    let record = kit.app.store().incident(&kit.page, &id).unwrap().unwrap();
    assert_eq!(record.incident.name, text("Outage"));
    assert_eq!(kit.faults(), Vec::<String>::new());
}
