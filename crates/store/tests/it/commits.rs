//! What is committed is there, whole, once, and for every handle.

use noroshi_domain::*;
use noroshi_store::testkit::{Engine, engines};
use noroshi_store::{Committed, StoreError};

use crate::builders::*;

#[test]
fn a_committed_page_is_loaded_as_equal_state_after_reopening() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let mut facts = vec![
            page(),
            component("api"),
            Fact::Policy(PolicySpan {
                component_id: component_id("api"),
                policy: Policy::Declared,
                from: at(0),
                to: None,
            }),
            claim("c1", "api", Holder::Incident(incident_id("i1")), 10, None),
            claim("c2", "api", Holder::Standing, 1, Some(2)),
            Fact::Hold(Hold {
                id: HoldId::parse("h1").unwrap(),
                component_id: component_id("api"),
                status: Status::Operational,
                reason: "a quote ' and a backslash \\ and \u{1F525}".to_owned(),
                author: "somebody".to_owned(),
                from: at(3),
                to: at(4),
            }),
            span(Lane::Public, "api", 10, None),
            span(Lane::Measured, "api", -5, Some(7)),
            update("u1", "i1", 10, ja("調査中です\u{0}。")),
            promise("p1", "i1", 10),
        ];
        facts.push(Fact::Incident(Box::new(incident("i1", 10, ja("遅延")))));
        write(&store, 0, puts(facts.clone()));
        let mut more = puts([component("web")]);
        more.push(Change::Drop(facts[4].key()));
        write(&store, 20, more.clone());

        let Fact::Page(own) = facts[0].clone() else {
            unreachable!()
        };
        let mut expected = State::new(*own, head(&store));
        for fact in facts {
            expected.put(fact);
        }
        for change in &more {
            expected.apply(change);
        }
        assert_eq!(state(&store), expected, "{}", engine.name());
        drop(store);
        assert_eq!(state(&database.open()), expected, "{}", engine.name());
    }
}

#[test]
fn a_commit_on_an_old_head_is_stale_and_changes_nothing() {
    for engine in engines() {
        let store = engine.database();
        let store = store.open();
        let first = commit_on(&Head::genesis(), 0, puts([page()]));
        assert_eq!(store.commit(&first).unwrap(), Committed::Done);
        assert_eq!(store.commit(&first).unwrap(), Committed::Stale);
        let old = head(&store);
        write(&store, 1, puts([component("api")]));
        let before = (state(&store), store.journal(&page_id(), 0, 10).unwrap());
        let late = commit_on(&old, 2, puts([component("web")]));
        assert_eq!(store.commit(&late).unwrap(), Committed::Stale);
        let after = (state(&store), store.journal(&page_id(), 0, 10).unwrap());
        assert_eq!(after, before, "{}", engine.name());
    }
}

#[test]
fn entries_that_do_not_follow_the_expected_head_are_refused() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        let mut commit = commit_on(&head(&store), 1, Vec::new());
        commit.entries.push(commit.entries[0].clone());
        let refused = store.commit(&commit).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
        assert_eq!(head(&store).seq, 1);
    }
}

#[test]
fn the_journal_read_back_is_the_chain_that_was_written() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        for second in 1..5 {
            write(&store, second, puts([component("api")]));
        }
        let entries = store.journal(&page_id(), 0, 100).unwrap();
        let mut before = Head::genesis();
        for entry in &entries {
            entry.check(&before).unwrap();
            before = entry.head();
        }
        assert_eq!(before, head(&store));
        let part = store.journal(&page_id(), 2, 2).unwrap();
        assert_eq!(part, entries[2..4]);
    }
}

#[test]
fn a_command_sent_again_finds_its_answer_for_seven_days() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let id = CommandId::parse("command1").unwrap();
        let answer = Answer {
            id: "i1".to_owned(),
            seq: 1,
            ..Answer::default()
        };
        let mut commit = commit_on(&Head::genesis(), 0, puts([page()]));
        commit.entries[0].answer = Some((id.clone(), answer.clone()));
        assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
        assert_eq!(store.answer(&page_id(), &id).unwrap(), Some(answer.clone()));

        let mut again = commit_on(&head(&store), 1, puts([component("api")]));
        again.entries[0].answer = Some((id.clone(), answer.clone()));
        let refused = store.commit(&again).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");

        let week = 7 * 24 * 3_600;
        write(&store, week, Vec::new());
        assert_eq!(store.answer(&page_id(), &id).unwrap(), Some(answer));
        write(&store, week + 1, Vec::new());
        assert_eq!(store.answer(&page_id(), &id).unwrap(), None);
    }
}

#[test]
fn the_last_signed_head_is_kept() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        assert_eq!(store.signed_head(&page_id()).unwrap(), None);
        for (second, signed) in ["{\"one\":1}", "{\"two\":2}"].into_iter().enumerate() {
            let mut commit = commit_on(&head(&store), second as i64, puts([page()]));
            commit.head_signature = Some(signed.to_owned());
            assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
        }
        let signed = store.signed_head(&page_id()).unwrap();
        assert_eq!(signed.as_deref(), Some("{\"two\":2}"));
    }
}

#[test]
fn two_handles_on_one_database_see_each_others_commits() {
    for engine in engines() {
        let database = engine.database();
        let (one, two) = (database.open(), database.open());
        write(&one, 0, puts([page()]));
        write(&two, 1, puts([component("api")]));
        assert_eq!(state(&one), state(&two));
        assert_eq!(head(&one).seq, 2);
        let pages = two.pages().unwrap();
        assert_eq!(pages.len(), 1);
        assert_eq!(pages[0].head, head(&one));
    }
}

#[test]
fn of_writers_at_once_on_one_head_exactly_one_is_done() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        for round in 1..6 {
            let commit = commit_on(&head(&store), round, puts([component("api")]));
            let done = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..4)
                    .map(|_| {
                        let (store, commit) = (store.clone(), &commit);
                        scope.spawn(move || store.commit(commit).unwrap())
                    })
                    .collect();
                writers
                    .into_iter()
                    .map(|writer| writer.join().unwrap())
                    .filter(|outcome| *outcome == Committed::Done)
                    .count()
            });
            assert_eq!(done, 1, "{}", engine.name());
            assert_eq!(head(&store).seq, round + 1);
        }
    }
}

#[test]
fn settings_are_kept() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        assert_eq!(store.setting("key").unwrap(), None);
        store.set_setting("key", "one").unwrap();
        store.set_setting("key", "two").unwrap();
        assert_eq!(
            database.open().setting("key").unwrap().as_deref(),
            Some("two")
        );
        store.ping().unwrap();
    }
}

#[test]
fn many_steps_made_as_one_are_all_there_or_none_is() {
    let database = Engine::Sqlite.database();
    let store = database.open();
    let others = database.open();
    let kept: Result<(), StoreError> = store.write_as_one(|| {
        store.set_setting("kept", "one")?;
        store.set_setting("kept", "two")?;
        assert_eq!(store.setting("kept")?.as_deref(), Some("two"));
        assert_eq!(others.setting("kept")?, None, "others see it at the end");
        Ok(())
    });
    kept.unwrap();
    let refused: Result<(), StoreError> = store.write_as_one(|| {
        store.set_setting("given up", "yes")?;
        Err(StoreError::Busy)
    });
    assert_eq!(refused, Err(StoreError::Busy));
    let other = database.open();
    assert_eq!(other.setting("kept").unwrap().as_deref(), Some("two"));
    assert_eq!(other.setting("given up").unwrap(), None);
    store.set_setting("kept", "three").unwrap();
    assert_eq!(other.setting("kept").unwrap().as_deref(), Some("three"));
}

#[test]
fn rows_for_the_check_hold_what_the_facts_say() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let facts: Vec<Fact> = (0..7)
            .map(|number| claim(&format!("c{number}"), "api", Holder::Standing, number, None))
            .collect();
        write(&store, 0, puts(facts.iter().cloned().chain([page()])));
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let rows = store
                .fact_rows(&page_id(), FactKind::Claim, &after, 3)
                .unwrap();
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            found.extend(rows);
        }
        assert_eq!(found.len(), facts.len());
        for (row, fact) in found.iter().zip(&facts) {
            assert_eq!(row.id, fact.key().id);
            assert_eq!(row.body, canonical(fact));
            assert_eq!(row.placement, fact.placement());
        }
        let plain = store.facts(&page_id(), FactKind::Claim, "c5", 9).unwrap();
        assert_eq!(plain, vec![("c6".to_owned(), canonical(&facts[6]))]);
    }
}

#[test]
fn deleting_an_incident_takes_its_entries_and_no_others_from_the_public_journal() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        let kept = incident("kept", 1, ja("チャットの遅延"));
        let gone = incident("gone", 2, ja("顧客名を含む題名"));
        write(&store, 1, vec![put(&kept)]);
        write(&store, 2, vec![put(&gone)]);
        let mut hidden = gone;
        hidden.deleted_at = Some(at(3));
        let commit = commit_of("incident_deleted", &head(&store), 3, vec![put(&hidden)]);
        assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
        let audiences: Vec<&str> = store
            .journal(&page_id(), 0, 100)
            .unwrap()
            .iter()
            .map(|entry| entry.audience.as_str())
            .collect();
        assert_eq!(
            audiences,
            ["public", "public", "team", "team"],
            "{}",
            engine.name()
        );
    }
}
