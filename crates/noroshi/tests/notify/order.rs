//! Who is told, in which order, and what is left out.

use noroshi_channel::Outcome;
use noroshi_domain::subscriber::{Channel, Scope, Subscriber};
use noroshi_domain::{ComponentId, Lifecycle, Locale, Status};
use noroshi_store::testkit::engines;

use crate::kit::Place;

const API: &[(&str, Status)] = &[("api", Status::MajorOutage)];

#[test]
fn an_update_is_told_to_those_whose_scope_covers_it_in_their_language() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("all@example.com", Scope::default());
        let jobs = Scope {
            components: ComponentId::parse("jobs").ok().map(|id| vec![id]),
            ..Scope::default()
        };
        place.subscribe("jobs@example.com", jobs);
        place.add(Subscriber {
            email: Some("ja@example.com".to_owned()),
            locale: Some(Locale::Ja),
            ..Subscriber::new(place.page.clone(), Channel::Email)
        });
        place.open("slow", API);
        place.run();
        assert_eq!(
            place.sink.subjects_to("all@example.com"),
            ["[Larkspur] Investigating: slow"]
        );
        assert_eq!(
            place.sink.subjects_to("ja@example.com"),
            ["【ラークスパー】調査中：slow"]
        );
        assert!(place.sink.subjects_to("jobs@example.com").is_empty());
        place.run();
        assert_eq!(place.sink.sent().len(), 2, "each is told once");
    }
}

#[test]
fn nothing_of_a_restricted_component_is_told() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("all@example.com", Scope::default());
        place.open("hidden", &[("secret", Status::MajorOutage)]);
        place.run();
        assert!(place.sink.sent().is_empty());
        place.open("both", &[("secret", Status::MajorOutage), API[0]]);
        place.run();
        assert_eq!(place.sink.sent().len(), 1);
        assert!(!format!("{:?}", place.sink.sent()).contains("secret"));
    }
}

#[test]
fn only_the_newest_words_are_told_to_those_who_were_not_reached_yet() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let subscriber = place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|_| Some(Outcome::later("not now")));
        let incident = place.open("slow", API);
        place.run();
        place.post(&incident, Lifecycle::Identified, "We know why.");
        place.sink.answers(|_| Some(Outcome::delivered()));
        place.run();
        place.pass(400);
        place.run();
        let told = place.sink.subjects_to("a@example.com");
        assert_eq!(
            told.last().map(String::as_str),
            Some("[Larkspur] Identified: slow")
        );
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(place.log(&subscriber), ["delivered", "superseded"]);
    }
}

#[test]
fn an_all_clear_goes_to_those_who_were_told_and_to_nobody_else() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("told@example.com", Scope::default());
        let incident = place.open("slow", API);
        place.run();
        place.subscribe("late@example.com", Scope::default());
        place.post(&incident, Lifecycle::Resolved, "It is over.");
        place.run();
        assert_eq!(
            place.sink.subjects_to("told@example.com"),
            [
                "[Larkspur] Investigating: slow",
                "[Larkspur] Resolved: slow"
            ]
        );
        assert!(place.sink.subjects_to("late@example.com").is_empty());
    }
}

#[test]
fn an_incident_that_was_over_when_it_was_told_is_told_to_everyone() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("a@example.com", Scope::default());
        place.open_at("over", &[], Some(Lifecycle::Resolved));
        place.run();
        assert_eq!(
            place.sink.subjects_to("a@example.com"),
            ["[Larkspur] Resolved: over"]
        );
    }
}

#[test]
fn who_wants_only_beginning_and_end_hears_nothing_between() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let scope = Scope {
            ends_only: true,
            ..Scope::default()
        };
        place.subscribe("a@example.com", scope);
        let incident = place.open("slow", API);
        place.run();
        place.post(&incident, Lifecycle::Identified, "We know why.");
        place.run();
        place.post(&incident, Lifecycle::Resolved, "It is over.");
        place.run();
        assert_eq!(
            place.sink.subjects_to("a@example.com"),
            [
                "[Larkspur] Investigating: slow",
                "[Larkspur] Resolved: slow"
            ]
        );
    }
}

#[test]
fn webhooks_are_told_of_each_status_and_each_update() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.add(Subscriber {
            endpoint: Some("https://hooks.example.com/in".to_owned()),
            ..Subscriber::new(place.page.clone(), Channel::Webhook)
        });
        place.subscribe("a@example.com", Scope::default());
        let incident = place.open("slow", API);
        place.run();
        place.pass(60);
        place.post(&incident, Lifecycle::Resolved, "It is over.");
        place.run();
        let sent = place.sink.sent().into_iter();
        let documents: Vec<serde_json::Value> = sent
            .filter_map(|own| own.document)
            .map(|text| serde_json::from_str(&text).expect("JSON"))
            .collect();
        let changes: Vec<_> = documents
            .iter()
            .filter_map(|own| own.get("component_update"))
            .map(|own| (own["old_status"].clone(), own["new_status"].clone()))
            .collect();
        assert_eq!(
            changes,
            [
                ("operational".into(), "major_outage".into()),
                ("major_outage".into(), "operational".into()),
            ]
        );
        let incidents = documents.iter().filter(|own| own.get("incident").is_some());
        assert_eq!(incidents.count(), 2);
        let leave = format!("https://status.larkspur.example/?unsubscribe={id}");
        assert!(
            documents
                .iter()
                .all(|own| own["meta"]["unsubscribe"] == leave)
        );
        assert_eq!(place.sink.subjects_to("a@example.com").len(), 2);
    }
}

#[test]
fn who_leaves_before_he_is_reached_hears_nothing_more() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|_| Some(Outcome::later("not now")));
        place.open("slow", API);
        place.run();
        place.leave(&id);
        place.pass(400);
        place.run();
        assert_eq!(place.sink.sent().len(), 1);
        assert_eq!(place.log(&id), ["suppressed"]);
    }
}

#[test]
fn an_import_and_an_edit_tell_nobody() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("a@example.com", Scope::default());
        let incident = place.open("slow", API);
        place.run();
        place.pass(600);
        place.edit_first_update(&incident, "Other words.");
        place.run();
        assert_eq!(place.sink.sent().len(), 1);
    }
}

#[test]
fn what_was_put_right_before_it_was_sent_is_told_in_its_new_words() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|_| Some(Outcome::later("not now")));
        let incident = place.open("slow", API);
        place.run();
        place.edit_first_update(&incident, "The right words.");
        place.sink.answers(|_| Some(Outcome::delivered()));
        place.pass(400);
        place.run();
        let sent = place.sink.sent();
        assert!(
            sent.first()
                .is_some_and(|own| own.text.contains("It begins."))
        );
        assert!(
            sent.last()
                .is_some_and(|own| own.text.contains("The right words."))
        );
    }
}
