//! Private records and the audit, on both engines.

use noroshi_domain::*;
use noroshi_store::testkit::engines;
use noroshi_store::{AuditRow, Committed, Key, Record, RecordWrite, Slice, Store, Written};

use crate::builders::*;

fn record(id: &str, sort: i64) -> Record {
    Record {
        kind: "user".to_owned(),
        id: id.to_owned(),
        page: None,
        version: 0,
        created_at: at(1),
        sort,
        body: format!("{{\"name\":\"{id}\"}}"),
        keys: vec![key("email", &format!("{id}@example.com"), true)],
    }
}

fn key(name: &str, value: &str, unique: bool) -> Key {
    Key {
        name: name.to_owned(),
        value: value.to_owned(),
        unique,
    }
}

fn new(record: Record) -> RecordWrite {
    RecordWrite::Put {
        record,
        expected: None,
    }
}

fn changed(record: Record, version: i64) -> RecordWrite {
    RecordWrite::Put {
        record,
        expected: Some(version),
    }
}

fn audit(action: &str, page: Option<PageId>) -> AuditRow {
    AuditRow {
        seq: 0,
        at: at(2),
        page,
        actor_kind: "user".to_owned(),
        actor_id: "u1".to_owned(),
        action: action.to_owned(),
        subject_kind: "token".to_owned(),
        subject_id: "t1".to_owned(),
        detail: "{}".to_owned(),
    }
}

fn ids(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.id.as_str()).collect()
}

fn actions(store: &Store, page: Option<&PageId>) -> Vec<String> {
    let rows = store.audit(page, None, 10).unwrap();
    rows.into_iter().map(|row| row.action).collect()
}

#[test]
fn a_record_is_written_only_over_the_version_that_was_seen() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let written = store.write_records(&[new(record("a", 1))], &[audit("made", None)]);
        assert_eq!(written.unwrap(), Written::Done);
        let found = store.record("user", "a").unwrap().unwrap();
        assert_eq!((found.version, found.created_at), (1, at(1)));
        assert_eq!(store.record("token", "a").unwrap(), None);

        let again = store.write_records(&[new(record("a", 1))], &[audit("again", None)]);
        assert_eq!(again.unwrap(), Written::Stale);
        let mut next = record("a", 5);
        next.body = "{\"name\":\"next\"}".to_owned();
        let both = [changed(next.clone(), 1), new(record("b", 2))];
        assert_eq!(store.write_records(&both, &[]).unwrap(), Written::Done);
        let late = [new(record("c", 3)), changed(record("a", 9), 1)];
        let late = store.write_records(&late, &[audit("late", None)]);
        assert_eq!(late.unwrap(), Written::Stale);
        assert_eq!(store.record("user", "c").unwrap(), None, "half of a write");
        let found = store.record("user", "a").unwrap().unwrap();
        assert_eq!((found.version, found.body), (2, next.body));
        assert_eq!(actions(&store, None), ["made"]);
    }
}

#[test]
fn a_key_that_one_may_have_is_given_once_and_free_again_after() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let done = store.write_records(&[new(record("a", 1))], &[]).unwrap();
        assert_eq!(done, Written::Done);
        let mut other = record("b", 2);
        other.keys = vec![
            key("email", "a@example.com", true),
            key("team", "blue", false),
        ];
        let taken = store.write_records(&[new(other.clone())], &[]).unwrap();
        assert_eq!(taken, Written::Taken(key("email", "a@example.com", true)));

        let mut moved = record("a", 1);
        moved.keys = vec![
            key("email", "new@example.com", true),
            key("team", "blue", false),
        ];
        let both = [changed(moved, 1), new(other)];
        assert_eq!(store.write_records(&both, &[]).unwrap(), Written::Done);
        let by = |name, value| store.records_by_key("user", (name, value), "", 9).unwrap();
        assert_eq!(ids(&by("email", "a@example.com")), ["b"]);
        assert_eq!(ids(&by("team", "blue")), ["a", "b"]);
        let rest = store
            .records_by_key("user", ("team", "blue"), "a", 9)
            .unwrap();
        assert_eq!(ids(&rest), ["b"]);
        assert_eq!(ids(&by("team", "red")), [""; 0]);
    }
}

#[test]
fn what_is_taken_away_can_be_taken_away_once() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let done = store.write_records(&[new(record("a", 1))], &[]).unwrap();
        assert_eq!(done, Written::Done);
        let gone = [RecordWrite::Delete {
            kind: "user".to_owned(),
            id: "a".to_owned(),
        }];
        assert_eq!(store.write_records(&gone, &[]).unwrap(), Written::Done);
        assert_eq!(store.write_records(&gone, &[]).unwrap(), Written::Stale);
        let by = store.records_by_key("user", ("email", "a@example.com"), "", 9);
        assert_eq!(by.unwrap(), []);
    }
}

#[test]
fn lists_go_by_place_then_identifier_and_keep_pages_apart() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        let own = |id: &str, sort| Record {
            page: Some(page_id()),
            ..record(id, sort)
        };
        let writes = [
            new(own("d", 2)),
            new(own("c", 1)),
            new(own("b", 2)),
            new(own("a", -3)),
            new(record("e", 0)),
        ];
        assert_eq!(store.write_records(&writes, &[]).unwrap(), Written::Done);
        let page = page_id();
        let list = |slice: &Slice| store.records("user", Some(&page), slice).unwrap();
        assert_eq!(ids(&list(&Slice::first(9))), ["a", "c", "b", "d"]);
        assert_eq!(ids(&list(&Slice::first(2))), ["a", "c"]);
        let later = Slice {
            after: Some((2, "b".to_owned())),
            ..Slice::first(9)
        };
        assert_eq!(ids(&list(&later)), ["d"]);
        let second = Slice {
            offset: 2,
            ..Slice::first(1)
        };
        assert_eq!(ids(&list(&second)), ["b"]);
        assert_eq!(store.count_records("user", Some(&page)).unwrap(), 4);
        let others = store.records("user", None, &Slice::first(9)).unwrap();
        assert_eq!(ids(&others), ["e"]);
    }
}

#[test]
fn the_audit_is_read_newest_first_of_a_page_or_of_all() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        for action in ["one", "two", "three"] {
            let page = (action != "two").then(page_id);
            let done = store.write_records(&[], &[audit(action, page)]).unwrap();
            assert_eq!(done, Written::Done);
        }
        assert_eq!(actions(&store, None), ["three", "two", "one"]);
        assert_eq!(actions(&store, Some(&page_id())), ["three", "one"]);
        let newest = store.audit(None, None, 1).unwrap().remove(0);
        let before = store.audit(None, Some(newest.seq), 1).unwrap().remove(0);
        assert_eq!((before.action.as_str(), before.page), ("two", None));
    }
}

#[test]
fn what_is_private_to_a_page_goes_with_it_and_nothing_else_does() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        let own = Record {
            page: Some(page_id()),
            ..record("a", 1)
        };
        let writes = [new(own), new(record("b", 1))];
        let told = [audit("on page", Some(page_id())), audit("elsewhere", None)];
        assert_eq!(store.write_records(&writes, &told).unwrap(), Written::Done);
        let last = commit_on(&head(&store), 9, Vec::new()).entries.remove(0);
        let purged = store.purge(&page_id(), &head(&store), &last.entry, "{}");
        assert_eq!(purged.unwrap(), Committed::Done);
        assert_eq!(store.record("user", "a").unwrap(), None);
        let key = store.records_by_key("user", ("email", "a@example.com"), "", 9);
        assert_eq!(key.unwrap(), []);
        assert!(store.record("user", "b").unwrap().is_some());
        assert_eq!(actions(&store, None), ["elsewhere"]);
    }
}
