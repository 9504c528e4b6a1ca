//! What the passing of time does, with a driven clock.

use noroshi_domain::{
    Audience, Command, IncidentFields, IncidentId, IncidentKind, Lifecycle, NewIncident,
    NewPromise, NewUpdate, Status,
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
fn operators_are_reminded_ahead_of_a_promise_and_every_15_minutes_once_it_is_overdue() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let mut incident = new_incident("Down", &[("api", Status::MajorOutage)]);
        incident.update.promises = vec![NewPromise::WithinS(3_600)];
        let id = kit
            .send(Command::OpenIncident(Box::new(incident)))
            .unwrap()
            .id;
        let reminded = |when: &str| {
            pass(&kit, when);
            assert_eq!(pass(&kit, when), 0, "{}: once only", engine.name());
            let state = kit.app.state(&kit.page).unwrap();
            state.promises.values().next().unwrap().reminder_count
        };
        let expected = [
            ("2026-03-04T01:49:59Z", 0),
            ("2026-03-04T01:50:00Z", 1),
            ("2026-03-04T02:00:59Z", 1),
            ("2026-03-04T02:01:00Z", 2),
            ("2026-03-04T02:15:59Z", 2),
            ("2026-03-04T02:16:00Z", 3),
            // An hour nobody was there: one reminder, and then on as before.
            ("2026-03-04T03:20:00Z", 4),
            ("2026-03-04T03:31:00Z", 5),
        ];
        for (when, count) in expected {
            assert_eq!(reminded(when), count, "{} {when}", engine.name());
        }
        let entries = kit.app.store().journal(&kit.page, 0, 100).unwrap();
        let reminders: Vec<Audience> = entries
            .iter()
            .filter(|entry| {
                let payload = entry.payload_json.as_deref().unwrap_or_default();
                payload.contains("operators_reminded")
            })
            .map(|entry| entry.audience)
            .collect();
        assert_eq!(reminders, [Audience::Team; 5]);
        kit.send(Command::PostUpdate {
            incident_id: IncidentId::parse(&id).unwrap(),
            update: Box::default(),
            fields: Box::default(),
        })
        .unwrap();
        assert_eq!(pass(&kit, "2026-03-04T06:00:00Z"), 0, "it is met");
        assert_eq!(kit.faults(), Vec::<String>::new());
    }
}

#[test]
fn of_a_promise_on_a_condition_operators_are_reminded_and_readers_told_nothing() {
    let kit = Kit::new(engines()[0]);
    let mut incident = new_incident("Down", &[("api", Status::MajorOutage)]);
    incident.update.promises = vec![NewPromise::When(text("when the cause is known"))];
    kit.send(Command::OpenIncident(Box::new(incident))).unwrap();
    for when in ["2026-03-04T01:50:00Z", "2026-03-04T02:00:00Z"] {
        assert_eq!(pass(&kit, when), 1, "{when}");
    }
    let state = kit.app.state(&kit.page).unwrap();
    let promise = state.promises.values().next().unwrap();
    assert_eq!((promise.reminder_count, promise.overdue_at), (2, None));
}

#[test]
fn of_a_postmortem_operators_are_reminded_each_morning_from_the_day_it_is_owed() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let mut incident = new_incident("Down", &[]);
        incident.update.lifecycle = Some(Lifecycle::Resolved);
        incident.update.promises = vec![NewPromise::Postmortem(None)];
        let id = kit
            .send(Command::OpenIncident(Box::new(incident)))
            .unwrap()
            .id;
        // Resolved on a Wednesday: owed by the end of the next one in Tokyo.
        let counts = [
            ("2026-03-10T23:59:59Z", 0),
            ("2026-03-11T00:00:00Z", 1),
            ("2026-03-11T23:59:59Z", 1),
            ("2026-03-12T00:00:00Z", 2),
            ("2026-03-15T12:00:00Z", 3),
            ("2026-03-16T00:00:00Z", 4),
        ];
        for (when, count) in counts {
            pass(&kit, when);
            let state = kit.app.state(&kit.page).unwrap();
            let promise = state.promises.values().next().unwrap();
            assert_eq!(promise.reminder_count, count, "{} {when}", engine.name());
        }
        let incident_id = IncidentId::parse(&id).unwrap();
        kit.send(Command::DeleteIncident {
            incident_id,
            reason: String::new(),
        })
        .unwrap();
        assert_eq!(
            pass(&kit, "2026-03-20T00:00:00Z"),
            0,
            "a hidden one is not owed"
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
