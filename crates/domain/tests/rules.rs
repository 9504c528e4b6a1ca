//! The rules of DOMAIN.md over whole sequences of commands, as a page lives through them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that finds nothing to unwrap has failed"
)]

use std::collections::BTreeMap;

use noroshi_domain::{
    Act, Actor, AtEnd, AutomaticIncidents, AutomaticWords, Change, Command, ComponentId,
    ComponentPatch, Entry, Head, Impact, ImpactTime, IncidentFields, IncidentId, IncidentKind,
    Instant, Lane, Lifecycle, Locale, Measurement, NewComponent, NewIncident, NewPage, NewPromise,
    NewRecurrence, NewUpdate, PageSettings, Patch, Payload, PlanFlags, Policy, Refusal, Seed,
    StartDate, State, Status, Texts, Zone, automatic, decide, decide_new_page, lane, next_due,
};
use proptest::prelude::*;

const ZONE: &str = "Asia/Tokyo";

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn text(text: &str) -> Texts {
    Texts::of(Locale::En, text)
}

fn id(text: &str) -> ComponentId {
    ComponentId::parse(text).unwrap()
}

/// A page that takes commands one after another, as `ops` would give them.
struct Life {
    state: State,
    now: Instant,
    entries: Vec<Entry>,
    drawn: u64,
}

impl Life {
    fn begin() -> Self {
        let now = at("2026-11-18T00:00:00Z");
        let new = NewPage {
            id: None,
            name: text("Kazamori"),
            hosts: vec!["status.kazamori.example".to_owned()],
            path: None,
            url: None,
            zone: Zone::parse(ZONE).unwrap(),
            default_locale: Locale::En,
            locales: Locale::ALL.to_vec(),
            settings: PageSettings {
                automatic: Some(AutomaticIncidents::default()),
                ..PageSettings::default()
            },
        };
        let (decision, page) = decide_new_page(&new, &mut Seed::of_text("page"), now).unwrap();
        let mut life = Self {
            state: State::new(page, Head::genesis()),
            now,
            entries: Vec::new(),
            drawn: 0,
        };
        life.record(decision.action, decision.changes);
        for name in ["tracking", "api", "jobs"] {
            life.does(Command::CreateComponent(Box::new(component(name))));
        }
        life
    }

    fn record(&mut self, action: String, changes: Vec<Change>) {
        let payload = Payload {
            actor: Actor::command_line(),
            action,
            subject: String::new(),
            changes,
            reason: None,
            remains: Vec::new(),
            audience: noroshi_domain::Audience::Public,
        };
        let page = self.state.page.id.clone();
        let entry = Entry::following(&self.state.head, &page, self.now, [7; 32], &payload);
        for change in &payload.changes {
            self.state.apply(change);
        }
        self.state.head = entry.head();
        self.entries.push(entry);
    }

    fn tries(&mut self, command: &Command) -> Result<noroshi_domain::Answer, Refusal> {
        self.drawn += 1;
        let mut seed = Seed::of_text(&self.drawn.to_string());
        let actor = Actor::command_line();
        let decision = decide(&self.state, &[], &actor, command, (&mut seed, self.now))?;
        if !decision.changes.is_empty() {
            self.record(decision.action, decision.changes);
        }
        Ok(decision.answer)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a command is given away when it is done"
    )]
    fn does(&mut self, command: Command) -> noroshi_domain::Answer {
        self.tries(&command)
            .unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"))
    }

    /// Does what time makes due, as the clock's step does.
    fn is_stepped(&mut self) {
        for _ in 0..100 {
            let seq = self.state.head.seq;
            if next_due(&self.state).is_some_and(|due| due <= self.now) {
                self.does(Command::Tick);
            } else if automatic::due(&self.state, self.now).is_some() {
                self.does(Command::Automatic(Box::new(AutomaticWords {
                    title: text("Problems"),
                    body: text("We see problems."),
                })));
            } else {
                return;
            }
            assert!(self.state.head.seq > seq, "what is due changes something");
        }
        panic!("what is due never ends");
    }

    fn opens(&mut self, statuses: &[(&str, Status)]) -> IncidentId {
        let answer = self.does(open(NewUpdate {
            statuses: said(statuses),
            ..NewUpdate::default()
        }));
        IncidentId::parse(&answer.id).unwrap()
    }

    fn posts(&mut self, incident: &IncidentId, update: NewUpdate) {
        self.does(post(incident, update));
    }

    fn public(&self, component: &str) -> Status {
        self.state.public_at(&id(component), self.now)
    }

    fn passes(&mut self, minutes: i64) {
        self.now = self.now.plus_seconds(60 * minutes);
    }
}

fn component(name: &str) -> NewComponent {
    NewComponent {
        id: Some(id(name)),
        name: text(name),
        description: Texts::default(),
        group_id: None,
        position: None,
        showcase: true,
        start_date: StartDate::Today,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        status: Status::Operational,
        created_at: None,
    }
}

fn said(statuses: &[(&str, Status)]) -> BTreeMap<ComponentId, Status> {
    statuses
        .iter()
        .map(|(name, status)| (id(name), *status))
        .collect()
}

fn open(update: NewUpdate) -> Command {
    Command::OpenIncident(Box::new(NewIncident {
        id: None,
        kind: IncidentKind::Incident,
        fields: IncidentFields {
            name: Some(text("Events arrive late")),
            ..Default::default()
        },
        update,
        backfilled_at: None,
    }))
}

fn plan(from: Instant, to: Instant, flags: PlanFlags) -> Command {
    Command::OpenIncident(Box::new(NewIncident {
        id: None,
        kind: IncidentKind::Maintenance,
        fields: IncidentFields {
            name: Some(text("Database update")),
            scheduled_for: Some(from),
            scheduled_until: Some(to),
            flags: Some(flags),
            ..Default::default()
        },
        update: NewUpdate {
            attach: Some(vec![id("api")]),
            ..NewUpdate::default()
        },
        backfilled_at: None,
    }))
}

fn post(incident: &IncidentId, update: NewUpdate) -> Command {
    Command::PostUpdate {
        incident_id: incident.clone(),
        update: Box::new(update),
        fields: Box::default(),
    }
}

fn to(lifecycle: Lifecycle) -> NewUpdate {
    NewUpdate {
        lifecycle: Some(lifecycle),
        ..NewUpdate::default()
    }
}

#[test]
fn an_incident_worsens_its_component_and_resolving_frees_it() {
    let mut life = Life::begin();
    let incident = life.opens(&[("api", Status::DegradedPerformance)]);
    assert_eq!(life.public("api"), Status::DegradedPerformance);
    life.passes(10);
    let worse = NewUpdate {
        statuses: said(&[("api", Status::MajorOutage)]),
        ..Default::default()
    };
    life.posts(&incident, worse);
    assert_eq!(life.public("api"), Status::MajorOutage);
    life.passes(10);
    life.posts(&incident, to(Lifecycle::Resolved));
    assert_eq!(life.public("api"), Status::Operational);
    let stands = &life.state.incidents[&incident];
    assert_eq!(stands.impact.as_str(), "critical");
    assert_eq!(stands.resolved_at, Some(life.now));
    let updates = life.state.updates_of(&incident);
    assert_eq!(updates.len(), 3);
    assert_eq!(updates[0].affected[0].old_status, Status::MajorOutage);
    assert_eq!(updates[0].affected[0].new_status, Status::Operational);
    assert_eq!(
        updates[2].body.get(Locale::Ja),
        Some("現在、この問題について調査しています。")
    );
}

#[test]
fn a_worse_claim_of_another_holder_stands_and_is_said() {
    let mut life = Life::begin();
    let first = life.opens(&[("api", Status::MajorOutage)]);
    let second = life.opens(&[("api", Status::DegradedPerformance)]);
    life.posts(&second, to(Lifecycle::Resolved));
    assert_eq!(life.public("api"), Status::MajorOutage);
    let command = Command::SetStatus {
        id: id("api"),
        status: Status::Operational,
        act: Act::Set,
    };
    let answer = life.does(command);
    assert_eq!(answer.still_held[0].incident_id.as_ref(), Some(&first));
    life.does(Command::SetStatus {
        id: id("api"),
        status: Status::Operational,
        act: Act::Override,
    });
    assert_eq!(life.public("api"), Status::Operational);
}

#[test]
fn handing_over_leaves_the_worse_claim_standing() {
    let mut life = Life::begin();
    let incident = life.opens(&[("api", Status::PartialOutage)]);
    let over = NewUpdate {
        at_end: AtEnd::HandOver,
        ..to(Lifecycle::Resolved)
    };
    life.passes(1);
    life.posts(&incident, over);
    assert_eq!(life.public("api"), Status::PartialOutage);
    life.does(Command::SetStatus {
        id: id("api"),
        status: Status::Operational,
        act: Act::Set,
    });
    assert_eq!(life.public("api"), Status::Operational);
}

#[test]
fn a_maintenance_starts_and_completes_by_the_clock_with_its_planned_instants() {
    let mut life = Life::begin();
    let (from, until) = (life.now.plus_seconds(7_200), life.now.plus_seconds(10_800));
    let answer = life.does(plan(from, until, PlanFlags::default()));
    let maintenance = IncidentId::parse(&answer.id).unwrap();
    assert_eq!(next_due(&life.state), Some(from.plus_seconds(-3_600)));
    life.passes(61);
    life.does(Command::Tick);
    assert_eq!(
        life.state.updates_of(&maintenance).len(),
        2,
        "the reminder is an update"
    );
    life.now = from.plus_seconds(21);
    life.does(Command::Tick);
    assert_eq!(life.public("api"), Status::UnderMaintenance);
    assert_eq!(
        life.state.incidents[&maintenance].lifecycle,
        Lifecycle::InProgress
    );
    life.now = until.plus_seconds(21);
    life.does(Command::Tick);
    assert_eq!(life.public("api"), Status::Operational);
    let stands = life.state.incidents[&maintenance].clone();
    assert_eq!(stands.lifecycle, Lifecycle::Completed);
    assert_eq!(stands.resolved_at, Some(until));
    let span = life
        .state
        .spans_of(Lane::Public, &id("api"))
        .next()
        .cloned()
        .unwrap();
    assert_eq!((span.from, span.to), (from, Some(until)));
    let seq = life.state.head.seq;
    life.does(Command::Tick);
    assert_eq!(
        life.state.head.seq, seq,
        "a second step finds nothing to do"
    );
}

#[test]
fn after_downtime_the_clock_makes_up_its_steps_and_only_the_last_notifies() {
    let mut life = Life::begin();
    let (from, until) = (life.now.plus_seconds(600), life.now.plus_seconds(1_200));
    let answer = life.does(plan(from, until, PlanFlags::default()));
    let maintenance = IncidentId::parse(&answer.id).unwrap();
    life.passes(30);
    life.does(Command::Tick);
    let updates = life.state.updates_of(&maintenance);
    let told: Vec<_> = updates
        .iter()
        .map(|own| (own.lifecycle, own.notify))
        .collect();
    assert_eq!(told[0], (Lifecycle::Completed, true));
    assert_eq!(told[1], (Lifecycle::InProgress, false));
    assert_eq!(updates[1].display_at, from);
}

#[test]
fn a_recurrence_makes_its_next_occurrence_when_the_last_one_starts() {
    let mut life = Life::begin();
    let first_at = life.now.plus_seconds(3_600);
    life.does(Command::CreateRecurrence(Box::new(NewRecurrence {
        rule: "FREQ=WEEKLY".to_owned(),
        zone: None,
        first_at,
        duration_s: 1_800,
        name: text("Weekly restart"),
        body: Texts::default(),
        components: vec![id("api")],
        flags: PlanFlags {
            remind_min: Vec::new(),
            ..PlanFlags::default()
        },
    })));
    assert_eq!(life.state.incidents.len(), 1);
    life.now = first_at;
    life.does(Command::Tick);
    let mut planned: Vec<_> = life
        .state
        .incidents
        .values()
        .map(|own| own.plan.clone().unwrap().scheduled_for)
        .collect();
    planned.sort();
    assert_eq!(planned, [first_at, first_at.plus_seconds(7 * 86_400)]);
}

#[test]
fn a_promise_is_met_by_the_next_update_and_late_when_its_time_has_passed() {
    let mut life = Life::begin();
    let answer = life.does(open(NewUpdate {
        promises: vec![NewPromise::WithinS(3_600)],
        ..NewUpdate::default()
    }));
    let incident = IncidentId::parse(&answer.id).unwrap();
    life.passes(60);
    life.does(Command::Tick);
    assert!(
        life.state.promises_of(&incident)[0].overdue_at.is_none(),
        "60 s of grace"
    );
    life.passes(2);
    life.does(Command::Tick);
    assert!(life.state.promises_of(&incident)[0].overdue_at.is_some());
    life.passes(18);
    life.posts(&incident, NewUpdate::default());
    let promise = life.state.promises_of(&incident)[0].clone();
    assert!(promise.was_met_late() && !promise.is_open());
}

#[test]
fn a_hold_stands_in_for_the_measurement_and_can_not_improve_a_claim() {
    let mut life = Life::begin();
    let hold = |life: &Life| Command::PlaceHold {
        component_id: id("api"),
        status: Status::Operational,
        reason: "false alarm".to_owned(),
        from: None,
        to: life.now.plus_seconds(3_600),
    };
    assert!(matches!(
        life.tries(&hold(&life)),
        Err(Refusal::IdleHold(_))
    ));
    let measured = |life: &Life, status| {
        Command::Measured(vec![Measurement {
            component_id: id("api"),
            status: Some(status),
            since: life.now,
        }])
    };
    let bad = measured(&life, Status::MajorOutage);
    life.does(bad);
    assert_eq!(life.public("api"), Status::MajorOutage);
    life.passes(1);
    let command = hold(&life);
    life.does(command);
    assert_eq!(life.public("api"), Status::Operational);
    assert_eq!(
        noroshi_domain::contradiction::open(&life.state, life.now).len(),
        1
    );
    life.opens(&[("api", Status::PartialOutage)]);
    assert_eq!(life.public("api"), Status::PartialOutage);
    life.passes(61);
    assert_eq!(
        life.public("api"),
        Status::MajorOutage,
        "the hold ended by itself"
    );
}

#[test]
fn a_change_of_policy_acts_from_now_on() {
    let mut life = Life::begin();
    let since = life.now;
    life.does(Command::Measured(vec![Measurement {
        component_id: id("api"),
        status: Some(Status::MajorOutage),
        since,
    }]));
    life.passes(5);
    let patch = ComponentPatch {
        policy: Some(Policy::Declared),
        ..Default::default()
    };
    life.does(Command::UpdateComponent {
        id: id("api"),
        patch: Box::new(patch),
    });
    assert_eq!(life.public("api"), Status::Operational);
    assert_eq!(life.state.public_at(&id("api"), since), Status::MajorOutage);
}

#[test]
fn an_impact_window_moves_the_claims_that_stood_at_its_edges() {
    let mut life = Life::begin();
    life.passes(120);
    let incident = life.opens(&[("jobs", Status::PartialOutage)]);
    life.passes(30);
    life.posts(&incident, to(Lifecycle::Resolved));
    let from = life.now.plus_seconds(-3_600);
    let to = life.now.plus_seconds(-600);
    life.does(Command::EditIncident {
        incident_id: incident,
        fields: Box::new(IncidentFields {
            impact_from: Patch::Set(ImpactTime {
                at: from,
                about: true,
            }),
            impact_to: Patch::Set(ImpactTime {
                at: to,
                about: false,
            }),
            ..Default::default()
        }),
        attach: None,
    });
    let span = life
        .state
        .spans_of(Lane::Public, &id("jobs"))
        .next()
        .cloned()
        .unwrap();
    assert_eq!((span.from, span.to), (from, Some(to)));
}

#[test]
fn a_dependency_cycle_is_refused() {
    let mut life = Life::begin();
    let depends = |on: &str| {
        Box::new(ComponentPatch {
            depends_on: Some(vec![id(on)]),
            ..Default::default()
        })
    };
    life.does(Command::UpdateComponent {
        id: id("api"),
        patch: depends("jobs"),
    });
    life.does(Command::UpdateComponent {
        id: id("jobs"),
        patch: depends("tracking"),
    });
    let cycle = Command::UpdateComponent {
        id: id("tracking"),
        patch: depends("api"),
    };
    assert!(matches!(
        life.tries(&cycle),
        Err(Refusal::DependencyCycle(_))
    ));
}

#[test]
fn a_lifecycle_status_of_the_other_kind_is_refused() {
    let mut life = Life::begin();
    let incident = life.opens(&[]);
    let wrong = post(&incident, to(Lifecycle::Completed));
    assert!(matches!(life.tries(&wrong), Err(Refusal::WrongKind(_))));
}

#[test]
fn a_postmortem_comes_after_the_end_and_can_be_reverted() {
    let mut life = Life::begin();
    let incident = life.opens(&[]);
    let publish = Command::PublishPostmortem {
        incident_id: incident.clone(),
        body: text("What happened"),
        also: Vec::new(),
        notify: true,
    };
    assert!(matches!(life.tries(&publish), Err(Refusal::NotResolved)));
    life.passes(5);
    life.posts(&incident, to(Lifecycle::Resolved));
    let resolved_at = life.now;
    life.passes(5);
    life.does(publish);
    assert_eq!(
        life.state.incidents[&incident].lifecycle,
        Lifecycle::Postmortem
    );
    assert_eq!(
        life.state.incidents[&incident].resolved_at,
        Some(resolved_at)
    );
    life.does(Command::RevertPostmortem(incident.clone()));
    assert_eq!(
        life.state.incidents[&incident].lifecycle,
        Lifecycle::Resolved
    );
    assert_eq!(life.state.updates_of(&incident).len(), 2);
}

/// One act of a random life: which, on which component, how bad, how much later.
type Step = (u8, usize, usize, i64);

const NAMES: [&str; 3] = ["tracking", "api", "jobs"];
const SAID: [Status; 5] = [
    Status::Operational,
    Status::UnderMaintenance,
    Status::DegradedPerformance,
    Status::PartialOutage,
    Status::MajorOutage,
];

const MEASURED: [Status; 4] = [
    Status::Operational,
    Status::MajorOutage,
    Status::Unknown,
    Status::DegradedPerformance,
];

fn live_through(steps: &[Step]) -> Life {
    steps.iter().fold(Life::begin(), live_on)
}

fn live_on(mut life: Life, (kind, which, bad, minutes): &Step) -> Life {
    life.passes(*minutes);
    let (name, status) = (NAMES[which % 3], SAID[bad % 5]);
    let incidents: Vec<_> = life.state.incidents.keys().cloned().collect();
    let incident = incidents.get(bad % incidents.len().max(1)).cloned();
    let command = match (kind % 11, incident) {
        (0, _) | (_, None) => open(NewUpdate {
            statuses: said(&[(name, status)]),
            ..NewUpdate::default()
        }),
        (1, Some(incident)) => post(
            &incident,
            NewUpdate {
                statuses: said(&[(name, status)]),
                ..to(Lifecycle::Identified)
            },
        ),
        (2, Some(incident)) => post(&incident, to(Lifecycle::Resolved)),
        (3, Some(incident)) => post(
            &incident,
            NewUpdate {
                at_end: AtEnd::HandOver,
                ..to(Lifecycle::Resolved)
            },
        ),
        (4, _) => Command::SetStatus {
            id: id(name),
            status,
            act: Act::Override,
        },
        (5, _) => Command::SetStatus {
            id: id(name),
            status,
            act: Act::Set,
        },
        (6, _) => Command::Amend {
            component_id: id(name),
            from: life.now.plus_seconds(-60 * (1 + *minutes)),
            to: life.now,
            status,
            incident_id: None,
        },
        (7, Some(incident)) => Command::DeleteIncident {
            incident_id: incident,
            reason: String::new(),
        },
        (8, Some(incident)) => Command::TakeOver(incident),
        _ => measured(&life, name, MEASURED[bad % MEASURED.len()]),
    };
    // A refused command (a deleted incident) changes nothing and the life goes on.
    drop(life.tries(&command));
    life.is_stepped();
    life
}

fn measured(life: &Life, name: &str, status: Status) -> Command {
    Command::Measured(vec![Measurement {
        component_id: id(name),
        status: Some(status),
        since: life.now,
    }])
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Robots wait minutes, people hours.
    let minutes = prop_oneof![0_i64..15, 0_i64..300];
    prop::collection::vec((0_u8..11, 0_usize..3, 0_usize..20, minutes), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sequence_of_acts_leaves_a_component_operational_when_no_claim_is_open(
        steps in steps()
    ) {
        let life = live_through(&steps);
        for name in NAMES {
            let name = id(name);
            let worst = life.state.open_claims_on(&name).map(|claim| claim.status).max();
            let declared = lane::Inputs::of(&life.state, &name, life.now, life.now.plus_us(1))
                .declared_at(life.now);
            prop_assert_eq!(declared, worst.unwrap_or_default());
            let found = life.state.measured_at(&name, life.now);
            let joined = lane::join(declared, found, Policy::Worst);
            prop_assert_eq!(life.state.public_at(&name, life.now), joined);
        }
    }

    #[test]
    fn robots_never_claim_and_have_at_most_one_incident_that_nobody_has_taken(
        steps in steps()
    ) {
        let mut life = Life::begin();
        let mut robots = std::collections::BTreeSet::new();
        for step in &steps {
            life = live_on(life, step);
            let untaken: Vec<_> = life
                .state
                .incidents
                .values()
                .filter(|own| own.automatic && own.is_open())
                .cloned()
                .collect();
            prop_assert!(untaken.len() <= 1, "{untaken:?}");
            for own in &untaken {
                let claims = life.state.claims.values();
                let claimed = claims.filter(|claim| claim.holder == own.holder()).count();
                prop_assert_eq!(claimed, 0);
                let worst = own.components.iter().map(|id| life.state.public_at(id, life.now));
                let worst = worst.filter(|status| status.is_bad()).max();
                prop_assert!(own.impact >= worst.map_or(Impact::None, Impact::of_status));
            }
            robots.extend(untaken.into_iter().map(|own| own.id));
            // What was taken over once is never a robot's again.
            robots.retain(|id| life.state.incidents[id].automatic);
            let given_back = life.state.incidents.values().filter(|own| own.automatic);
            prop_assert!(given_back.into_iter().all(|own| robots.contains(&own.id)));
        }
    }

    #[test]
    fn the_stored_public_lane_is_what_the_facts_give(steps in steps()) {
        let life = live_through(&steps);
        for name in NAMES {
            let changes = lane::recompute(&life.state, &id(name), Instant::MIN, Instant::MAX);
            prop_assert_eq!(changes, vec![]);
        }
    }

    #[test]
    fn amend_then_read_gives_what_was_written(
        steps in steps(),
        back in 2_i64..5_000,
        length in 1_i64..5_000,
        bad in 0_usize..5,
    ) {
        let mut life = live_through(&steps);
        let from = life.now.plus_seconds(-60 * back);
        let to = from.plus_seconds(60 * length).min(life.now);
        let outside = (life.state.public_at(&id("api"), from.plus_us(-1)), life.public("api"));
        life.does(Command::Amend {
            component_id: id("api"),
            from,
            to,
            status: SAID[bad],
            incident_id: None,
        });
        let read = lane::Inputs::of(&life.state, &id("api"), from, to).declared(from, to);
        prop_assert_eq!(read, vec![lane::Stretch { status: SAID[bad], from, to }]);
        let api = id("api");
        let after = (life.state.public_at(&api, from.plus_us(-1)), life.public("api"));
        prop_assert_eq!(after, outside);
    }

    #[test]
    fn replaying_the_journal_gives_the_same_facts(steps in steps()) {
        let life = live_through(&steps);
        let mut head = Head::genesis();
        let mut replayed = State::new(life.state.page.clone(), head.clone());
        for entry in &life.entries {
            entry.check(&head).unwrap();
            head = entry.head();
            let payload: Payload =
                serde_json::from_str(entry.payload_json.as_deref().unwrap()).unwrap();
            payload.changes.iter().for_each(|change| replayed.apply(change));
        }
        replayed.head = head;
        prop_assert_eq!(replayed, life.state);
    }
}
