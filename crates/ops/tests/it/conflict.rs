//! Several processes on one database.

use noroshi_domain::{Actor, Command, Status};
use noroshi_store::testkit::engines;

use crate::kit::{Kit, component, new_component};

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let other = kit.another_app();
        std::thread::scope(|scope| {
            for (name, app) in [("a", &kit.app), ("b", &other)] {
                let page = &kit.page;
                scope.spawn(move || {
                    for number in 0..10 {
                        let command = new_component(&format!("{name}{number}"));
                        let mut answer =
                            app.execute(page, &Actor::command_line(), command.clone(), None);
                        // Busy is an answer too: whoever gets it tries again.
                        while answer == Err(noroshi_ops::OpError::Busy) {
                            answer =
                                app.execute(page, &Actor::command_line(), command.clone(), None);
                        }
                        answer.unwrap();
                    }
                });
            }
        });
        assert_eq!(kit.seq(), 23, "{}", engine.name());
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
    }
}

#[test]
fn what_another_process_wrote_is_seen_after_a_refresh() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let mut signal = kit.app.subscribe();
        let other = kit.another_app();
        signal.mark_unchanged();
        let command = Command::SetStatus {
            id: component("api"),
            status: Status::PartialOutage,
            act: noroshi_domain::Act::Set,
        };
        other
            .execute(&kit.page, &Actor::command_line(), command, None)
            .unwrap();
        let before = kit.app.state(&kit.page).unwrap();
        kit.app.refresh().unwrap();
        let after = kit.app.state(&kit.page).unwrap();
        assert_eq!(after.head.seq, before.head.seq + 1, "{}", engine.name());
        assert_eq!(
            *after,
            *other.state(&kit.page).unwrap(),
            "{}",
            engine.name()
        );
        assert!(
            signal.has_changed().unwrap(),
            "{}: no signal",
            engine.name()
        );
        signal.mark_unchanged();
        kit.app.refresh().unwrap();
        assert!(
            !signal.has_changed().unwrap(),
            "{}: a signal for nothing",
            engine.name()
        );
    }
}

#[test]
fn a_process_that_lags_far_behind_loads_the_state_anew() {
    let kit = Kit::new(engines()[0]);
    let lagging = kit.another_app();
    lagging.state(&kit.page).unwrap();
    let commands = (0..600)
        .map(|number| new_component(&format!("n{number}")))
        .collect();
    for answer in kit
        .app
        .execute_all(&kit.page, &Actor::command_line(), commands)
    {
        answer.unwrap();
    }
    lagging.refresh().unwrap();
    assert_eq!(
        *lagging.state(&kit.page).unwrap(),
        *kit.app.state(&kit.page).unwrap()
    );
}
