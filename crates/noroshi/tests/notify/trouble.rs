//! Services that fail, and servers that end while they send.

use noroshi_channel::Outcome;
use noroshi_domain::subscriber::{Channel, Scope, Subscriber, SubscriberState};
use noroshi_domain::{Lifecycle, Status};
use noroshi_store::testkit::{Engine, engines};

use crate::kit::Place;

const API: &[(&str, Status)] = &[("api", Status::MajorOutage)];

#[test]
fn after_a_crash_what_was_under_way_is_sent_again_with_the_same_key() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|_| None);
        place.open("slow", API);
        place.run();
        assert_eq!(place.log(&id), ["sending"]);
        place.sink.answers(|_| Some(Outcome::delivered()));
        place.start("node2", true);
        place.run();
        let sent = place.sink.sent();
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0].key, sent[1].key);
        assert_eq!(place.log(&id), ["delivered"]);
    }
}

#[test]
fn another_node_takes_over_what_a_dead_one_had_under_way() {
    let mut place = Place::on(Engine::Postgres);
    place.subscribe("a@example.com", Scope::default());
    place.start("node1", false);
    place.sink.answers(|_| None);
    place.open("slow", API);
    place.run();
    place.sink.answers(|_| Some(Outcome::delivered()));
    let mut other = place.notifier_of("node2", false);
    place.run_of(&mut other);
    assert_eq!(place.sink.sent().len(), 1, "node1 may live");
    for _ in 0..4 {
        place.pass(4);
        place.run_of(&mut other);
    }
    assert_eq!(place.sink.sent().len(), 2);
}

#[test]
fn an_address_where_nobody_is_any_more_is_quarantined() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.subscribe("gone@example.com", Scope::default());
        place.sink.answers(|_| {
            Some(Outcome::Gone {
                reason: "550 5.1.1 no such mailbox".to_owned(),
            })
        });
        let incident = place.open("slow", API);
        place.run();
        let record = place
            .app
            .record::<Subscriber>(&id)
            .expect("the store answers");
        let own = record.expect("a subscriber").value;
        assert_eq!(own.state, SubscriberState::Quarantined);
        assert_eq!(own.quarantined_at, Some(place.now()));
        place.post(&incident, Lifecycle::Identified, "We know why.");
        place.run();
        assert_eq!(place.sink.sent().len(), 1);
    }
}

#[test]
fn the_contact_of_a_webhook_is_told_when_it_is_not_called_any_more() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.add(Subscriber {
            endpoint: Some("https://hooks.example.com/in".to_owned()),
            email: Some("contact@example.com".to_owned()),
            ..Subscriber::new(place.page.clone(), Channel::Webhook)
        });
        place.sink.answers(|item| {
            Some(match item.channel {
                Channel::Webhook => Outcome::Gone {
                    reason: "410".to_owned(),
                },
                _ => Outcome::delivered(),
            })
        });
        place.open("slow", API);
        place.run();
        assert_eq!(
            place.sink.subjects_to("contact@example.com"),
            ["[Larkspur] A webhook could not be reached"]
        );
    }
}

#[test]
fn a_service_that_is_down_holds_up_nobody_else() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.subscribe("a@example.com", Scope::default());
        for host in ["dead", "slow", "well"] {
            place.add(Subscriber {
                endpoint: Some(format!("https://{host}.example.com/in")),
                ..Subscriber::new(place.page.clone(), Channel::Webhook)
            });
        }
        place
            .sink
            .answers(|item| match (item.channel, &item.target) {
                (Channel::Webhook, noroshi_notify::Target::Plain(to)) if to.contains("dead") => {
                    Some(Outcome::Later {
                        reason: "the connection was refused".to_owned(),
                        after: None,
                        is_service_down: true,
                    })
                }
                (Channel::Webhook, noroshi_notify::Target::Plain(to)) if to.contains("slow") => {
                    None
                }
                _ => Some(Outcome::delivered()),
            });
        place.open("slow", API);
        place.run();
        assert_eq!(place.sink.subjects_to("a@example.com").len(), 1);
        let well = place.sink.subjects_to("https://well.example.com/in");
        assert_eq!(well.len(), 2, "{well:?}");
        let ailing = place.app.store().ailing(&place.page, 10).expect("answers");
        assert_eq!(ailing.len(), 1);
        assert_eq!(ailing[0].reason, "the connection was refused");
    }
}

#[test]
fn a_mail_server_that_is_down_for_long_quarantines_nobody() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|_| {
            Some(Outcome::Later {
                reason: "the connection was refused".to_owned(),
                after: None,
                is_service_down: true,
            })
        });
        for name in ["one", "two", "three", "four", "five", "six"] {
            place.open(name, &[]);
        }
        for _ in 0..20 {
            place.run();
            place.pass(300);
        }
        assert_eq!(place.log(&id), ["failed"; 6]);
        let record = place.app.record::<Subscriber>(&id).expect("answers");
        let own = record.expect("a subscriber").value;
        assert_eq!(own.state, SubscriberState::Active);
    }
}

#[test]
fn a_confirmation_that_is_owed_is_sent_once() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.add(Subscriber {
            email: Some("new@example.com".to_owned()),
            state: SubscriberState::Unconfirmed,
            confirmation_owed: Some(place.now()),
            ..Subscriber::new(place.page.clone(), Channel::Email)
        });
        place.run();
        place.pass(60);
        place.run();
        assert_eq!(
            place.sink.subjects_to("new@example.com"),
            ["[Larkspur] Confirm your subscription"]
        );
        place.open("slow", API);
        place.run();
        assert_eq!(place.sink.sent().len(), 1, "he has not confirmed");
    }
}

#[test]
fn what_fails_for_an_hour_is_given_up_and_an_all_clear_for_a_day() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let id = place.subscribe("a@example.com", Scope::default());
        let incident = place.open("slow", API);
        place.run();
        place.sink.answers(|_| Some(Outcome::later("not now")));
        place.post(&incident, Lifecycle::Identified, "We know why.");
        for _ in 0..20 {
            place.run();
            place.pass(300);
        }
        assert_eq!(place.log(&id), ["failed", "delivered"]);
        place.post(&incident, Lifecycle::Resolved, "It is over.");
        for _ in 0..20 {
            place.run();
            place.pass(300);
        }
        assert_eq!(place.log(&id), ["pending", "failed", "delivered"]);
    }
}

#[test]
fn when_the_server_ends_nothing_more_begins_and_the_rest_is_told_by_the_next() {
    for engine in engines() {
        let mut place = Place::on(engine);
        for nth in 0..40 {
            place.subscribe(&format!("reader{nth}@example.com"), Scope::default());
        }
        place.open("slow", API);
        place.run_and_end();
        // As many as mails are under way at once.
        assert_eq!(place.sink.sent().len(), 16);
        place.start("node2", true);
        place.run();
        let mut told: Vec<String> = place.sink.sent().into_iter().map(|own| own.to).collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 40);
        assert_eq!(place.sink.sent().len(), 40, "nobody twice");
    }
}
