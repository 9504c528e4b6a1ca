//! Automatic incidents: what the measurement opens, tells and ends, until a person speaks.

use noroshi_domain::{
    Act, Actor, ActorKind, AutomaticIncidents, Claim, Command, ComponentPatch, Incident,
    IncidentFields, IncidentId, IncidentKind, Instant, Lifecycle, Locale, Measurement, NewIncident,
    NewUpdate, PagePatch, PageSettings, Policy, State, Status, Update,
};
use noroshi_ops::clock::step;
use noroshi_store::testkit::{Engine, engines};

use crate::kit::{BEGIN, Kit, at, component, new_component, text};

/// A page whose policy it is to open incidents by itself.
struct Watched {
    kit: Kit,
    now: Instant,
}

impl Watched {
    fn new(engine: Engine) -> Self {
        let kit = Kit::new(engine);
        kit.send(Command::UpdatePage(Box::new(PagePatch {
            settings: Some(Box::new(PageSettings {
                automatic: Some(AutomaticIncidents::default()),
                ..PageSettings::default()
            })),
            ..PagePatch::default()
        })))
        .unwrap();
        Self {
            kit,
            now: at(BEGIN),
        }
    }

    /// So many seconds pass, second by second as a server steps.
    fn passes(&mut self, seconds: i64) -> usize {
        (0..seconds)
            .map(|_| {
                self.now = self.now.plus_seconds(1);
                self.kit.clock.set(self.now);
                step(&self.kit.app, self.now).unwrap()
            })
            .sum()
    }

    fn finds(&self, found: &[(&str, Status)]) {
        let measurements = found.iter().map(|(code, status)| Measurement {
            component_id: component(code),
            status: Some(*status),
            since: self.now,
        });
        let actor = Actor {
            kind: ActorKind::Monitor,
            id: "probe".to_owned(),
        };
        let command = Command::Measured(measurements.collect());
        self.kit
            .app
            .execute(&self.kit.page, &actor, command, None)
            .unwrap();
    }

    fn state(&self) -> std::sync::Arc<State> {
        self.kit.app.state(&self.kit.page).unwrap()
    }

    fn incidents(&self) -> Vec<Incident> {
        self.state().incidents.values().cloned().collect()
    }

    fn only(&self) -> Incident {
        let mut incidents = self.incidents();
        assert_eq!(incidents.len(), 1, "{incidents:?}");
        incidents.remove(0)
    }

    fn newest(&self) -> Update {
        let state = self.state();
        let id = self.only().id;
        state.updates_of(&id)[0].clone()
    }

    fn says(&self, locale: Locale) -> String {
        self.newest().body.get(locale).unwrap().to_owned()
    }
}

fn depend(kit: &Kit, code: &str, on: &str) {
    kit.send(Command::UpdateComponent {
        id: component(code),
        patch: Box::new(ComponentPatch {
            depends_on: Some(vec![component(on)]),
            ..ComponentPatch::default()
        }),
    })
    .unwrap();
}

#[test]
fn it_opens_once_something_has_been_bad_for_the_delay_and_claims_nothing() {
    for engine in engines() {
        let mut page = Watched::new(engine);
        page.finds(&[("api", Status::DegradedPerformance)]);
        assert_eq!(page.passes(60), 0, "{}", engine.name());
        page.finds(&[("api", Status::PartialOutage)]);
        assert_eq!(page.passes(59), 0, "two minutes are not over");
        assert_eq!(page.passes(1), 1);
        let incident = page.only();
        assert!(incident.automatic && incident.lifecycle == Lifecycle::Investigating);
        assert_eq!(incident.name.get(Locale::En), Some("Problems with api"));
        assert_eq!(
            incident.name.get(Locale::Ja),
            Some("apiで問題が発生しています")
        );
        assert_eq!(
            page.says(Locale::En),
            "Our probes see problems with api since 10:00 JST: Partial Outage."
        );
        assert_eq!(
            page.says(Locale::Ja),
            "自動測定で、apiに 10:00 JST から問題が見られます（一部障害）。"
        );
        assert_eq!(incident.impact_from.map(|from| from.at), Some(at(BEGIN)));
        assert_eq!(incident.first_measured_at, Some(at(BEGIN)));
        assert_eq!(incident.impact.as_str(), "major");
        assert_eq!(
            page.state().claims.values().collect::<Vec<&Claim>>(),
            Vec::<&Claim>::new()
        );
        assert_eq!(page.passes(300), 0, "it has nothing more to say");
        assert_eq!(page.kit.faults(), Vec::<String>::new());
    }
}

#[test]
fn what_was_bad_for_less_than_the_delay_opens_nothing() {
    let mut page = Watched::new(engines()[0]);
    page.finds(&[("api", Status::MajorOutage)]);
    page.passes(119);
    page.finds(&[("api", Status::Operational)]);
    page.passes(2);
    page.finds(&[("api", Status::MajorOutage)]);
    assert_eq!(page.passes(119), 0);
    assert_eq!(page.passes(1), 1);
}

#[test]
fn others_join_it_once_a_minute_and_dependents_are_told_as_caused() {
    for engine in engines() {
        let mut page = Watched::new(engine);
        page.kit.send(new_component("db")).unwrap();
        depend(&page.kit, "web", "api");
        page.finds(&[("api", Status::PartialOutage)]);
        page.passes(120);
        page.finds(&[("web", Status::MajorOutage)]);
        assert_eq!(page.passes(59), 0, "{}", engine.name());
        page.finds(&[("db", Status::DegradedPerformance)]);
        assert_eq!(page.passes(1), 1, "one update for both");
        assert_eq!(
            page.says(Locale::En),
            "web depends on api and is affected by it.\nOur probes see problems with db as well, \
             since 10:02 JST: Degraded Performance."
        );
        let incident = page.only();
        assert_eq!(incident.components.len(), 3);
        assert_eq!(
            incident.name.get(Locale::En),
            Some("Problems with api, db"),
            "a title names causes, not what they cause"
        );
        assert_eq!(incident.impact.as_str(), "critical");
        assert_eq!(page.newest().affected.len(), 3);
        assert_eq!(page.kit.faults(), Vec::<String>::new());
    }
}

#[test]
fn it_watches_goes_back_and_is_resolved_after_the_quiet_time() {
    for engine in engines() {
        let mut page = Watched::new(engine);
        page.finds(&[("api", Status::MajorOutage), ("web", Status::MajorOutage)]);
        page.passes(180);
        page.finds(&[("api", Status::Operational)]);
        assert_eq!(page.passes(60), 0, "{}: web is bad still", engine.name());
        page.finds(&[("web", Status::Unknown)]);
        assert_eq!(page.passes(60), 0, "silence turns nothing green");
        page.finds(&[("web", Status::Operational)]);
        assert_eq!(page.passes(1), 1);
        assert_eq!(page.only().lifecycle, Lifecycle::Monitoring);
        page.passes(300);
        page.finds(&[("api", Status::PartialOutage)]);
        assert_eq!(page.passes(1), 1);
        assert_eq!(page.only().lifecycle, Lifecycle::Investigating);
        assert_eq!(
            page.says(Locale::En),
            "Our probes see problems with api again."
        );
        page.passes(60);
        page.finds(&[("api", Status::Operational)]);
        let good_since = page.now;
        assert_eq!(page.passes(599), 1, "it watches");
        assert_eq!(page.passes(1), 1, "it is over");
        let incident = page.only();
        assert_eq!(incident.lifecycle, Lifecycle::Resolved);
        assert_eq!(incident.impact_to.map(|to| to.at), Some(good_since));
        assert_eq!(incident.impact.as_str(), "critical", "it never falls");
        assert_eq!(
            page.says(Locale::En),
            "All affected systems have answered normally for 10 min. This incident is over."
        );
        assert_eq!(page.passes(600), 0);
        assert_eq!(page.kit.faults(), Vec::<String>::new());
    }
}

/// What people say of `api`.
type Speak = fn(&Watched);
/// What a person does to an incident, given one of its updates and the time.
type Do = fn(&IncidentId, &Update, Instant) -> Command;

#[expect(
    clippy::too_many_lines,
    reason = "one table: what people can have said"
)]
#[test]
fn none_opens_where_people_have_spoken() {
    let cases: [(&str, Speak); 6] = [
        ("a hold", |page| {
            page.finds(&[("api", Status::Operational)]);
            page.kit
                .send(Command::PlaceHold {
                    component_id: component("api"),
                    status: Status::Operational,
                    reason: "false alarm".to_owned(),
                    from: None,
                    to: page.now.plus_seconds(86_400),
                })
                .unwrap();
        }),
        ("policy declared", |page| {
            update(
                page,
                ComponentPatch {
                    policy: Some(Policy::Declared),
                    ..ComponentPatch::default()
                },
            );
        }),
        ("maintenance", |page| {
            page.kit
                .send(Command::OpenIncident(Box::new(NewIncident {
                    id: None,
                    kind: IncidentKind::Maintenance,
                    fields: IncidentFields {
                        name: Some(text("Upgrade")),
                        scheduled_for: Some(page.now),
                        scheduled_until: Some(page.now.plus_seconds(86_400)),
                        ..IncidentFields::default()
                    },
                    update: NewUpdate {
                        lifecycle: Some(Lifecycle::InProgress),
                        attach: Some(vec![component("api")]),
                        ..NewUpdate::default()
                    },
                    backfilled_at: None,
                })))
                .unwrap();
        }),
        ("an incident of people", |page| {
            page.kit
                .open_incident("Down", &[("api", Status::DegradedPerformance)]);
        }),
        ("few may see it", |page| {
            update(
                page,
                ComponentPatch {
                    restricted: Some(true),
                    ..ComponentPatch::default()
                },
            );
        }),
        ("no policy", |page| {
            page.kit
                .send(Command::UpdatePage(Box::new(PagePatch {
                    settings: Some(Box::default()),
                    ..PagePatch::default()
                })))
                .unwrap();
        }),
    ];
    for (why, speak) in cases {
        let mut page = Watched::new(engines()[0]);
        speak(&page);
        let before = page.incidents();
        page.finds(&[("api", Status::MajorOutage)]);
        page.passes(300);
        let automatic = page.incidents().iter().any(|own| own.automatic);
        assert!(
            !automatic && page.incidents().len() == before.len(),
            "{why}"
        );
        page.finds(&[("web", Status::MajorOutage)]);
        page.passes(120);
        let told: Vec<Incident> = page.incidents();
        let told = told.iter().find(|own| own.automatic);
        assert_eq!(
            told.map(|own| own.components.len()),
            (why != "no policy").then_some(1),
            "{why}: only web is told of"
        );
    }
}

fn update(page: &Watched, patch: ComponentPatch) {
    page.kit
        .send(Command::UpdateComponent {
            id: component("api"),
            patch: Box::new(patch),
        })
        .unwrap();
}

#[test]
fn whatever_a_person_does_to_it_ends_the_robots_part() {
    let acts: [(&str, Do); 8] = [
        ("take over", |id, _, _| Command::TakeOver(id.clone())),
        ("update", |id, _, _| Command::PostUpdate {
            incident_id: id.clone(),
            update: Box::default(),
            fields: Box::default(),
        }),
        ("edit", |id, _, _| Command::EditIncident {
            incident_id: id.clone(),
            fields: Box::new(IncidentFields {
                name: Some(text("Outage")),
                ..IncidentFields::default()
            }),
            attach: None,
        }),
        ("edit of an update", |id, update, _| Command::EditUpdate {
            incident_id: id.clone(),
            update_id: update.id.clone(),
            body: Some(text("We are looking.")),
            display_at: None,
            notify: None,
        }),
        ("claim", |_, _, _| Command::SetStatus {
            id: component("api"),
            status: Status::PartialOutage,
            act: Act::Set,
        }),
        ("amendment", |id, _, now| Command::Amend {
            component_id: component("api"),
            from: now.plus_seconds(-60),
            to: now,
            status: Status::PartialOutage,
            incident_id: Some(id.clone()),
        }),
        ("erasing", |id, update, _| Command::EraseUpdate {
            incident_id: id.clone(),
            update_id: update.id.clone(),
            remains: Vec::new(),
        }),
        ("relating", |id, _, _| Command::RelateIncidents {
            incident_id: id.clone(),
            related: Vec::new(),
        }),
    ];
    for (what, act) in acts {
        let mut page = Watched::new(engines()[0]);
        page.finds(&[("api", Status::MajorOutage)]);
        page.passes(120);
        let incident = page.only();
        let command = act(&incident.id, &page.newest(), page.now);
        page.kit.send(command).unwrap();
        assert!(!page.only().automatic, "{what}");
        page.finds(&[("api", Status::Operational)]);
        assert_eq!(page.passes(700), 0, "{what}: the robot is silent for good");
        assert_eq!(page.only().lifecycle, Lifecycle::Investigating, "{what}");
        assert_eq!(page.kit.faults(), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn a_second_one_opens_beside_one_that_was_taken_over_and_never_for_its_components() {
    let mut page = Watched::new(engines()[0]);
    page.finds(&[("api", Status::MajorOutage)]);
    page.passes(120);
    page.kit.send(Command::TakeOver(page.only().id)).unwrap();
    page.finds(&[("web", Status::MajorOutage)]);
    page.passes(120);
    let mut told: Vec<_> = page
        .incidents()
        .into_iter()
        .map(|own| (own.automatic, own.components))
        .collect();
    told.sort();
    let expected = [
        (false, vec![component("api")]),
        (true, vec![component("web")]),
    ];
    assert_eq!(told, expected);
}

#[test]
fn who_says_that_it_is_over_is_not_contradicted_before_the_delay_has_passed_again() {
    let mut page = Watched::new(engines()[0]);
    let id = page
        .kit
        .open_incident("Down", &[("api", Status::MajorOutage)]);
    page.finds(&[("api", Status::MajorOutage)]);
    page.passes(600);
    page.kit
        .send(Command::PostUpdate {
            incident_id: id,
            update: Box::new(NewUpdate {
                lifecycle: Some(Lifecycle::Resolved),
                ..NewUpdate::default()
            }),
            fields: Box::default(),
        })
        .unwrap();
    assert_eq!(page.passes(119), 0);
    assert_eq!(page.passes(1), 1);
}

#[test]
fn two_nodes_open_one_incident() {
    for engine in engines() {
        let page = Watched::new(engine);
        page.finds(&[("api", Status::MajorOutage)]);
        let now = page.now.plus_seconds(120);
        page.kit.clock.set(now);
        let other = page.kit.another_app();
        other.state(&page.kit.page).unwrap();
        assert_eq!(step(&page.kit.app, now).unwrap(), 1);
        // The other node has not looked yet: it decides on what it knows, loses and decides again.
        step(&other, now).unwrap();
        page.kit.app.refresh().unwrap();
        assert_eq!(page.incidents().len(), 1, "{}", engine.name());
        assert_eq!(page.kit.faults(), Vec::<String>::new());
    }
}

#[test]
fn the_title_that_a_page_chose_is_used_where_it_has_one() {
    let mut page = Watched::new(engines()[0]);
    page.kit
        .send(Command::UpdatePage(Box::new(PagePatch {
            settings: Some(Box::new(PageSettings {
                automatic: Some(AutomaticIncidents {
                    delay_s: 30,
                    title: text("We see a disturbance"),
                    ..AutomaticIncidents::default()
                }),
                ..PageSettings::default()
            })),
            ..PagePatch::default()
        })))
        .unwrap();
    page.finds(&[("api", Status::MajorOutage)]);
    assert_eq!(page.passes(30), 1);
    let name = page.only().name;
    assert_eq!(name.get(Locale::En), Some("We see a disturbance"));
    assert_eq!(name.get(Locale::Ja), Some("apiで問題が発生しています"));
}
