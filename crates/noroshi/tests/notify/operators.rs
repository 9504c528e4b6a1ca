//! What operators are told: contradictions, what does not get through, what stands open, and what
//! readers are told where they asked for it.

use noroshi_channel::Outcome;
use noroshi_domain::subscriber::{Channel, Level, Scope};
use noroshi_domain::{ComponentId, Lifecycle, Status};
use noroshi_notify::Destination;
use noroshi_store::testkit::engines;

use crate::kit::{Place, channel};

fn about(id: &str, component: &str) -> Destination {
    let component = ComponentId::parse(component).expect("an identifier");
    Destination {
        components: Some(vec![component]),
        ..channel(id)
    }
}

fn posts(id: &str) -> Destination {
    Destination {
        notices: false,
        posts: true,
        ..channel(id)
    }
}

#[test]
fn a_page_that_contradicts_its_probes_is_told_once_and_when_it_is_over() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.team(&[channel("all"), about("jobs", "jobs"), posts("reads")]);
        place.measure("api", Some(Status::PartialOutage));
        place.hold("api");
        place.pass(200);
        place.run();
        assert!(place.told("all").is_empty(), "within its grace");
        place.pass(101);
        place.run();
        place.pass(60);
        place.run();
        assert_eq!(
            place.told("all"),
            ["[Larkspur] Probes see problems with api"]
        );
        // Whoever came later was not told of it, and is not told that it is over.
        place.team(&[channel("all"), about("jobs", "jobs"), channel("late")]);
        place.measure("api", Some(Status::Operational));
        place.pass(20);
        place.run();
        assert_eq!(
            place.told("all"),
            [
                "[Larkspur] Probes see problems with api",
                "[Larkspur] Page and probes agree again about api"
            ]
        );
        for silent in ["jobs", "late", "reads"] {
            assert!(place.told(silent).is_empty(), "{silent}");
        }
    }
}

#[test]
fn who_is_left_in_peace_is_told_after_it_what_still_stands() {
    for engine in engines() {
        let mut place = Place::on(engine);
        // The clock says 09:00.
        let quiet = Destination {
            quiet: Some((8 * 60, 9 * 60 + 30)),
            ..channel("quiet")
        };
        let daily = Destination {
            notices: true,
            digest: Some(9 * 60 + 45),
            ..channel("daily")
        };
        place.team(&[quiet, daily]);
        place.measure("api", Some(Status::MajorOutage));
        place.hold("api");
        place.pass(400);
        place.run();
        assert!(place.told("quiet").is_empty());
        assert_eq!(place.told("daily").len(), 1);
        place.pass(24 * 60);
        place.run();
        assert_eq!(place.told("quiet"), ["[Larkspur] What stands open"]);
        let text = place.sink.sent().pop().expect("it was sent").text;
        assert!(text.contains("Probes see problems with api"), "{text}");
        place.pass(15 * 60);
        place.run();
        assert_eq!(place.told("daily").len(), 2);
        // Once a day, and only where something stands.
        place.pass(60);
        place.run();
        assert_eq!(place.told("quiet").len(), 1);
        place.measure("api", Some(Status::Operational));
        place.pass(24 * 3_600 - 60);
        place.run();
        assert_eq!(
            place.told("daily").last().map(String::as_str),
            Some("[Larkspur] Page and probes agree again about api")
        );
    }
}

#[test]
fn a_room_gets_what_readers_are_told_by_its_route() {
    for engine in engines() {
        let mut place = Place::on(engine);
        let critical = Destination {
            least: Level::Critical,
            ..posts("critical")
        };
        let jobs = Destination {
            components: about("x", "jobs").components,
            ..posts("jobs")
        };
        place.team(&[posts("all"), critical, jobs, channel("notices")]);
        let incident = place.open("slow", &[("api", Status::DegradedPerformance)]);
        place.run();
        place.pass(60);
        place.post(&incident, Lifecycle::Resolved, "It is over.");
        place.run();
        assert_eq!(
            place.told("all"),
            [
                "[Larkspur] Investigating: slow",
                "[Larkspur] Resolved: slow"
            ]
        );
        for silent in ["critical", "jobs", "notices"] {
            assert!(place.told(silent).is_empty(), "{silent}");
        }
        place.pass(60);
        place.open("down", &[("jobs", Status::MajorOutage)]);
        place.run();
        for room in ["all", "critical", "jobs"] {
            let last = place.told(room).pop();
            assert_eq!(last.as_deref(), Some("[Larkspur] Investigating: down"));
        }
        // A room is never told of what only some may see.
        place.pass(60);
        place.open("hidden", &[("secret", Status::MajorOutage)]);
        place.run();
        assert_eq!(place.told("all").len(), 3);
    }
}

#[test]
fn operators_are_told_what_does_not_get_through() {
    for engine in engines() {
        let mut place = Place::on(engine);
        place.team(&[channel("all")]);
        place.subscribe("a@example.com", Scope::default());
        place.sink.answers(|item| match item.channel {
            Channel::Email => Some(Outcome::Later {
                reason: "the connection was refused".to_owned(),
                after: None,
                is_service_down: true,
            }),
            _ => Some(Outcome::delivered()),
        });
        place.open("slow", &[("api", Status::MajorOutage)]);
        place.run();
        place.pass(500);
        place.run();
        assert!(place.told("all").is_empty());
        place.pass(200);
        place.run();
        assert_eq!(place.told("all"), ["[Larkspur] Mail does not get through"]);
        let text = place.sink.sent().pop().expect("it was sent").text;
        assert!(text.contains("the connection was refused"), "{text}");
        place.sink.answers(|_| Some(Outcome::delivered()));
        place.pass(400);
        place.run();
        place.pass(60);
        place.run();
        assert_eq!(
            place.told("all").pop().as_deref(),
            Some("[Larkspur] Mail gets through again")
        );
    }
}
