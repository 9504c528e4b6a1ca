//! A commit that fails anywhere leaves the database as it was.

use noroshi_domain::*;
use noroshi_store::testkit::Engine;
use noroshi_store::{Committed, FactRow, Store};

use crate::builders::*;

type Everything = (
    State,
    Vec<FactRow>,
    Vec<Entry>,
    Vec<IncidentId>,
    Option<String>,
);

fn everything(store: &Store) -> Everything {
    let rows = FactKind::ALL
        .into_iter()
        .flat_map(|kind| store.fact_rows(&page_id(), kind, "", 1_000).unwrap())
        .collect();
    (
        state(store),
        rows,
        store.journal(&page_id(), 0, 1_000).unwrap(),
        store.search(&page_id(), "遅延", 10).unwrap(),
        store.signed_head(&page_id()).unwrap(),
    )
}

#[test]
fn a_commit_that_fails_at_any_statement_changes_nothing() {
    let database = Engine::Sqlite.database();
    let store = database.open();
    let facts = puts([
        page(),
        Fact::Incident(Box::new(incident("i1", 1, ja("停止")))),
        update("u1", "i1", 1, ja("調査")),
        update("u2", "i1", 2, ja("特定")),
    ]);
    write(&store, 0, facts);
    let mut changes = puts([
        Fact::Incident(Box::new(incident("i1", 1, ja("遅延")))),
        update("u1", "i1", 1, ja("遅延を調査")),
        Fact::Incident(Box::new(incident("i2", 2, ja("遅延")))),
    ]);
    changes.push(Change::Drop(update("u2", "i1", 2, ja("")).key()));
    let mut commit = commit_on(&head(&store), 3, changes);
    commit.head_signature = Some("{}".to_owned());
    commit.entries[0].erases = vec![1];
    let id = CommandId::parse("command").unwrap();
    commit.entries[0].answer = Some((id.clone(), Answer::default()));

    let before = everything(&store);
    let mut statement_count = 0;
    for nth in 1..100 {
        store.fail_at(Some(nth));
        match store.commit(&commit) {
            Err(_) => {
                assert_eq!(everything(&store), before, "failing at {nth}");
                assert_eq!(store.answer(&page_id(), &id).unwrap(), None);
                statement_count = nth;
            }
            Ok(outcome) => {
                assert_eq!(outcome, Committed::Done);
                break;
            }
        }
    }
    store.fail_at(None);
    assert!(statement_count > 15, "only {statement_count} statements");
    assert_ne!(everything(&store), before);
    assert_eq!(everything(&database.open()), everything(&store));
}

#[test]
fn an_erasure_whose_scrubbing_failed_is_scrubbed_at_the_next_open() {
    let database = Engine::Sqlite.database();
    let store = database.open();
    write(&store, 0, puts([page()]));
    let mut commit = commit_on(&head(&store), 1, Vec::new());
    commit.entries[0].erases = vec![1];
    // The first write after the commit is the note that the scrubbing is done.
    let statements = (1..100)
        .find(|nth| {
            store.fail_at(Some(*nth));
            store.commit(&commit).is_ok()
        })
        .unwrap();
    store.fail_at(None);
    assert!(statements > 1);
    assert_eq!(store.setting("scrub_owed").unwrap().as_deref(), Some("1"));
    assert_eq!(database.open().setting("scrub_owed").unwrap(), None);
}
