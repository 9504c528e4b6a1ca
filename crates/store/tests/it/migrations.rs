//! Opening: new, again, at once, and what a newer release made.

use noroshi_store::testkit::{Engine, engines};
use noroshi_store::{Store, StoreError};

#[test]
fn a_schema_of_a_newer_release_is_refused_with_both_numbers() {
    for engine in engines() {
        let database = engine.database();
        database.open().set_setting("schema", "999").unwrap();
        let refused = match (database.dir(), database.url()) {
            (Some(dir), _) => Store::open_sqlite(dir),
            (_, Some(url)) => Store::open_postgres(url),
            _ => unreachable!(),
        }
        .unwrap_err();
        let expected = StoreError::TooNew {
            found: 999,
            known: 3,
        };
        assert_eq!(refused, expected, "{}", engine.name());
        assert!(refused.to_string().contains("999"));
    }
}

#[test]
fn processes_that_open_a_new_database_at_once_migrate_it_once() {
    for engine in engines() {
        // Held, so that the server stays for all rounds.
        let _held = engine.database();
        for _ in 0..3 {
            let database = engine.database();
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| database.open().ping().unwrap());
                }
            });
        }
    }
}

#[test]
fn only_the_owner_can_read_the_record() {
    use std::os::unix::fs::PermissionsExt;
    let database = Engine::Sqlite.database();
    let store = database.open();
    store.set_setting("key", "value").unwrap();
    for file in std::fs::read_dir(database.dir().unwrap()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

#[test]
fn a_file_that_is_no_database_is_called_corrupt() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("record.db"), [7; 8_192]).unwrap();
    let refused = Store::open_sqlite(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
}
