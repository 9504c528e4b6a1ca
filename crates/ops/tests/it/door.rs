//! Commands through the mailbox: batches, refusals, identifiers, time.

use noroshi_domain::{Actor, Command, CommandId, PagePatch, Patch, Refusal, Status};
use noroshi_ops::OpError;
use noroshi_store::testkit::engines;

use crate::kit::{Kit, at, component, new_component, new_page};

fn status(code: &str, status: Status) -> Command {
    Command::SetStatus {
        id: component(code),
        status,
        act: noroshi_domain::Act::Set,
    }
}

#[test]
fn what_many_threads_write_at_once_is_one_unbroken_journal() {
    for engine in engines() {
        let kit = Kit::new(engine);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let kit = &kit;
                scope.spawn(move || {
                    for number in 0..10 {
                        let answer = kit.send(new_component(&format!("w{writer}n{number}")));
                        assert!(answer.is_ok(), "{}: {answer:?}", engine.name());
                    }
                });
            }
        });
        assert_eq!(kit.seq(), 43, "{}", engine.name());
        assert_eq!(kit.app.state(&kit.page).unwrap().components.len(), 42);
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
    }
}

#[test]
fn a_refused_command_spoils_none_of_its_batch() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let commands = vec![
            new_component("one"),
            new_component("api"),
            new_component("two"),
        ];
        let answers = kit
            .app
            .execute_all(&kit.page, &Actor::command_line(), commands);
        assert_eq!(answers[0].as_ref().unwrap().seq, 4);
        let taken = Refusal::Taken {
            kind: "component",
            id: "api".to_owned(),
        };
        assert_eq!(answers[1], Err(OpError::Refused(taken)));
        assert_eq!(answers[2].as_ref().unwrap().seq, 5);
        assert_eq!(kit.seq(), 5);
    }
}

#[test]
fn the_same_command_id_is_done_once_and_answered_as_the_first_time() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let id = Some(CommandId::parse("abc").unwrap());
        let actor = Actor::command_line();
        let send = |app: &noroshi_ops::App| {
            app.execute(
                &kit.page,
                &actor,
                status("api", Status::MajorOutage),
                id.clone(),
            )
        };
        let first = send(&kit.app).unwrap();
        kit.send(status("api", Status::Operational)).unwrap();
        assert_eq!(send(&kit.app).unwrap(), first);
        assert_eq!(send(&kit.another_app()).unwrap(), first);
        assert_eq!(kit.seq(), 5, "{}", engine.name());
    }
}

#[test]
fn a_command_that_changes_nothing_makes_no_entry() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let before = kit.seq();
        assert_eq!(kit.send(Command::Tick).unwrap().seq, before);
        assert_eq!(kit.seq(), before);
    }
}

#[test]
fn a_clock_far_behind_the_record_writes_nothing() {
    let kit = Kit::new(engines()[0]);
    kit.clock.set(at("2026-03-04T00:57:59Z"));
    let refused = kit.send(new_component("late"));
    assert!(
        matches!(refused, Err(OpError::ClockBehind { .. })),
        "{refused:?}"
    );
    kit.clock.set(at("2026-03-04T00:59:00Z"));
    assert!(kit.send(new_component("late")).is_ok());
}

#[test]
fn a_host_or_path_belongs_to_one_page() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let patch = PagePatch {
            hosts: Some(vec!["status.acme.example".to_owned()]),
            path: Patch::Set("/acme".to_owned()),
            ..PagePatch::default()
        };
        kit.send(Command::UpdatePage(Box::new(patch))).unwrap();
        let actor = Actor::command_line();
        let mut other = new_page("Other");
        other.hosts = vec!["STATUS.acme.example".to_owned()];
        assert!(kit.app.create_page(&actor, &other).is_err());
        other.hosts.clear();
        other.path = Some("/acme".to_owned());
        assert!(kit.app.create_page(&actor, &other).is_err());
        other.path = Some("/other".to_owned());
        kit.app.create_page(&actor, &other).unwrap();
        assert_eq!(kit.app.pages().unwrap().len(), 2, "{}", engine.name());
        let settings = |host: &str, path: &str| {
            let settings = noroshi_domain::PageSettings {
                old_hosts: vec![host.to_owned()],
                old_paths: vec![path.to_owned()],
                ..noroshi_domain::PageSettings::default()
            };
            let patch = PagePatch {
                settings: Some(Box::new(settings)),
                ..PagePatch::default()
            };
            kit.send(Command::UpdatePage(Box::new(patch)))
        };
        // Where one page was found before, no other is, and none leads to itself.
        assert!(settings("old.example", "/other").is_err());
        assert!(settings("status.acme.example", "/before").is_err());
        assert!(settings("old.example", "/acme").is_err());
        settings("old.example", "/before").unwrap();
        let mut third = new_page("Third");
        third.hosts = vec!["OLD.example".to_owned()];
        assert!(kit.app.create_page(&actor, &third).is_err());
        third.hosts.clear();
        third.path = Some("/before".to_owned());
        assert!(kit.app.create_page(&actor, &third).is_err());
    }
}

#[test]
fn a_page_that_does_not_exist_is_not_found() {
    let kit = Kit::new(engines()[0]);
    let nowhere = noroshi_domain::PageId::parse("nowhere").unwrap();
    assert!(matches!(
        kit.app.state(&nowhere),
        Err(OpError::NotFound { .. })
    ));
    let answer = kit
        .app
        .execute(&nowhere, &Actor::clock(), Command::Tick, None);
    assert!(
        matches!(answer, Err(OpError::NotFound { .. })),
        "{answer:?}"
    );
}

#[test]
fn a_snapshot_taken_before_a_command_stays_as_it_was() {
    let kit = Kit::new(engines()[0]);
    let before = kit.app.state(&kit.page).unwrap();
    kit.send(status("api", Status::MajorOutage)).unwrap();
    let after = kit.app.state(&kit.page).unwrap();
    assert_eq!(
        before.public_at(&component("api"), at(crate::kit::BEGIN)),
        Status::Operational
    );
    assert_eq!(after.head.seq, before.head.seq + 1);
}

#[test]
fn commands_sent_together_are_one_entry_or_none() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let together = |seq, commands| kit.send(Command::Together { seq, commands });
        let three = vec![
            new_component("one"),
            status("one", Status::MajorOutage),
            status("api", Status::PartialOutage),
        ];
        let answer = together(3, three.clone()).unwrap();
        assert_eq!(answer.seq, 4, "{}", engine.name());
        let state = kit.app.state(&kit.page).unwrap();
        let now = kit.app.now();
        assert_eq!(state.public_at(&component("one"), now), Status::MajorOutage);

        let moved_on = Refusal::MovedOn { stands: 4, sent: 3 };
        assert_eq!(together(3, three), Err(OpError::Refused(moved_on)));

        let last_is_taken = vec![new_component("two"), new_component("api")];
        assert!(matches!(
            together(4, last_is_taken),
            Err(OpError::Refused(Refusal::Taken { .. }))
        ));
        let state = kit.app.state(&kit.page).unwrap();
        assert!(!state.components.contains_key(&component("two")));
        assert_eq!(kit.seq(), 4, "{}", engine.name());
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
    }
}

#[test]
fn an_address_of_another_page_is_refused_within_commands_too() {
    let kit = Kit::new(noroshi_store::testkit::Engine::Sqlite);
    let other = noroshi_domain::NewPage {
        hosts: vec!["other.example".to_owned()],
        ..new_page("Other")
    };
    kit.app.create_page(&Actor::command_line(), &other).unwrap();
    let patch = PagePatch {
        hosts: Some(vec!["other.example".to_owned()]),
        ..PagePatch::default()
    };
    let together = Command::Together {
        seq: 3,
        commands: vec![Command::UpdatePage(Box::new(patch))],
    };
    assert!(matches!(
        kit.send(together),
        Err(OpError::Refused(Refusal::Taken { kind: "host", .. }))
    ));
}
