//! Deleting: an incident leaves the public journal, which says so; a page goes for good.

use noroshi_domain::{
    Actor, Audience, Command, DAY_US, Entry, FactKind, Instant, PageId, Payload, Refusal, Status,
};
use noroshi_ops::{OpError, clock};
use noroshi_store::testkit::engines;

use crate::kit::{BEGIN, Kit, at, new_page};

const SECRET: &str = "Wolpertinger";

fn journal(kit: &Kit) -> Vec<Entry> {
    kit.app.store().journal(&kit.page, 0, 1_000).unwrap()
}

fn public(kit: &Kit) -> Vec<Payload> {
    journal(kit)
        .into_iter()
        .filter(|entry| entry.audience == Audience::Public)
        .map(|entry| serde_json::from_str(&entry.payload_json.unwrap()).unwrap())
        .collect()
}

fn days_on(days: i64) -> Instant {
    at(BEGIN).plus_us(days * DAY_US)
}

#[test]
fn the_public_journal_says_that_an_incident_was_deleted_and_why_without_its_name() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let id = kit.open_incident(SECRET, &[("api", Status::MajorOutage)]);
        let names = |kit: &Kit| {
            public(kit)
                .iter()
                .filter(|payload| format!("{payload:?}").contains(SECRET))
                .count()
        };
        assert_eq!(names(&kit), 1, "the test sees the name before");
        kit.send(Command::DeleteIncident {
            incident_id: id.clone(),
            reason: "entered twice".to_owned(),
        })
        .unwrap();
        assert_eq!(names(&kit), 0);
        let told = public(&kit).pop().unwrap();
        assert_eq!(told.action, "deletion_told");
        assert_eq!(told.reason.as_deref(), Some("entered twice"));
        assert!(!format!("{told:?}").contains(id.as_str()));
        assert_eq!(kit.faults(), Vec::<String>::new());
        // It can be undone for 30 days.
        kit.clock.set(days_on(30));
        kit.send(Command::RestoreIncident(id.clone())).unwrap();
        kit.send(Command::DeleteIncident {
            incident_id: id.clone(),
            reason: String::new(),
        })
        .unwrap();
        assert_eq!(public(&kit).pop().unwrap().reason, None);
        kit.clock.set(days_on(61));
        let refused = kit.send(Command::RestoreIncident(id)).unwrap_err();
        assert_eq!(refused, OpError::Refused(Refusal::UndoOver));
    }
}

#[test]
fn thirty_days_after_a_page_was_deleted_nothing_but_its_chain_is_left() {
    for engine in engines() {
        let kit = Kit::new(engine);
        kit.open_incident(SECRET, &[("api", Status::MajorOutage)]);
        kit.send(Command::DeletePage).unwrap();
        clock::step(&kit.app, days_on(30)).unwrap();
        kit.clock.set(days_on(30));
        kit.send(Command::RestorePage).unwrap();
        kit.send(Command::DeletePage).unwrap();
        let headers: Vec<String> = journal(&kit)
            .into_iter()
            .map(|entry| entry.header_json)
            .collect();
        let other = kit.another_app();
        other.refresh().unwrap();
        assert!(other.state(&kit.page).is_ok());

        kit.clock.set(days_on(61));
        assert_eq!(clock::step(&kit.app, days_on(61)).unwrap(), 1);
        assert_eq!(clock::step(&kit.app, days_on(61)).unwrap(), 0);
        assert_eq!(kit.app.pages().unwrap(), Vec::<PageId>::new());
        other.refresh().unwrap();
        for app in [&kit.app, &other] {
            let gone = app.state(&kit.page).unwrap_err();
            assert!(matches!(gone, OpError::NotFound { .. }), "{gone}");
        }
        let left = journal(&kit);
        let (last, before) = left.split_last().unwrap();
        assert!(
            before
                .iter()
                .all(|entry| entry.payload_json.is_none() && entry.salt.is_none())
        );
        assert!(last.payload_json.as_ref().unwrap().contains("page_purged"));
        assert!(before.iter().map(|entry| &entry.header_json).eq(&headers));
        for kind in FactKind::ALL {
            assert!(
                kit.app
                    .store()
                    .fact_rows(&kit.page, kind, "", 1)
                    .unwrap()
                    .is_empty()
            );
        }
        assert_eq!(kit.faults(), Vec::<String>::new());
        if let Some(dir) = kit.database.dir() {
            for file in std::fs::read_dir(dir).unwrap().flatten() {
                let bytes = std::fs::read(file.path()).unwrap();
                let holds = bytes
                    .windows(SECRET.len())
                    .any(|part| part == SECRET.as_bytes());
                assert!(!holds, "{}", file.path().display());
            }
        }
        // Its identifier is never given again.
        let mut again = new_page("Acme");
        again.id = Some(kit.page.clone());
        let refused = kit
            .app
            .create_page(&Actor::command_line(), &again)
            .unwrap_err();
        assert!(
            matches!(refused, OpError::Refused(Refusal::Taken { .. })),
            "{refused}"
        );
    }
}

#[test]
fn a_purged_page_whose_payload_is_still_there_is_a_fault() {
    let kit = Kit::new(engines()[1]);
    kit.send(Command::DeletePage).unwrap();
    clock::step(&kit.app, days_on(31)).unwrap();
    assert_eq!(kit.faults(), Vec::<String>::new());
    kit.script(
        "update journal
         set salt = last.salt, payload = last.payload
         from (select salt, payload from journal order by seq desc limit 1) last
         where seq = 2;",
    );
    let faults = kit.faults();
    assert!(
        faults.iter().any(|fault| fault.contains("entry 2")),
        "{faults:?}"
    );
}
