//! A backup is whole, is made while a server runs, and comes back as an epoch of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use noroshi_store::Store;
use noroshi_store::testkit::Engine;
use serde_json::Value;

use crate::kit::Installation;

#[test]
fn a_backup_made_while_a_server_runs_comes_back_and_later_heads_are_not_on_its_chain() {
    let at = Installation::with_page(Engine::Sqlite);
    let server = at.serve(&[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("kept.db");
    let kept = file.to_str().unwrap();
    assert_eq!(at.ok(&["backup", "--to", kept]), kept);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds the signing key");
    let names = || fs::read_dir(elsewhere.path()).unwrap().count();
    assert_eq!(names(), 1, "nothing is left beside it");
    let seq = at.seq();
    let page = at.json(&["page", "list"])[0]["code"].clone();
    let page_id = noroshi_domain::PageId::parse(page.as_str().unwrap()).unwrap();
    let before = at.store().signed_head(&page_id).unwrap().unwrap();
    at.ok(&["component", "create", "--name", "Later", "--code", "later"]);
    at.ok(&["component", "create", "--name", "Last", "--code", "last"]);
    let after = at.store().signed_head(&page_id).unwrap().unwrap();
    assert!(server.terminate());

    let new = Installation::new(Engine::Sqlite);
    new.ok(&["restore", "--from", kept]);
    assert_eq!(names(), 1, "a restore leaves the backup as it is");
    assert_eq!(
        new.json(&["component", "list"]).as_array().unwrap().len(),
        2
    );
    assert_eq!(new.seq(), seq + 1);
    let store = Store::open_sqlite(new.folder()).unwrap();
    let entry = store.journal(&page_id, seq, 10).unwrap().remove(0);
    assert_eq!(entry.header.epoch, 1);
    let payload: Value = serde_json::from_str(&entry.payload_json.unwrap()).unwrap();
    assert_eq!(payload["action"], "restored");
    new.ok(&["verify", "--full"]);
    new.ok(&["verify", "--against", &before]);
    let (code, said) = new.fails(&["verify", "--against", &after]);
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("not on our chain"), "{said}");
    new.ok(&["component", "create", "--name", "Again"]);
    new.ok(&["verify"]);
    let server = new.serve(&[]);
    server.wait_for("/beat.json", "\"epoch\":1", 20_000);
}

#[test]
fn neither_backup_nor_restore_overwrites_and_a_changed_backup_is_refused() {
    let at = Installation::with_page(Engine::Sqlite);
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().to_str().unwrap();
    let kept = at.ok(&["backup", "--to", folder]);
    let (code, said) = at.fails(&["backup", "--to", &kept]);
    assert_eq!(code, 3);
    assert!(said.contains("never overwrites"), "{said}");
    let (code, said) = at.fails(&["restore", "--from", &kept]);
    assert_eq!(code, 3);
    assert!(said.contains("is not empty"), "{said}");

    let mut bytes = fs::read(&kept).unwrap();
    let words = b"\"action\":\"page_created\"";
    let found = bytes.windows(words.len()).position(|here| here == words);
    let place = found.expect("the journal says so in plain text");
    bytes[place + words.len() - 2] = b'D';
    fs::write(&kept, &bytes).unwrap();
    let new = Installation::new(Engine::Sqlite);
    let (code, said) = new.fails(&["restore", "--from", &kept]);
    assert_eq!(code, 6, "{said}");
    assert!(
        said.contains("the backup is not what was written"),
        "{said}"
    );
    let is_empty = fs::read_dir(new.folder()).unwrap().next().is_none();
    assert!(is_empty, "nothing of it was taken over");
    let (code, said) = new.fails(&["restore", "--from", "/nowhere/kept.db"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn a_changed_record_is_not_backed_up() {
    let at = Installation::with_page(Engine::Sqlite);
    // Closing it last brings all of it into the one file.
    drop(at.store());
    let path = at.folder().join("record.db");
    let mut bytes = fs::read(&path).unwrap();
    let words = b"\"action\":\"page_created\"";
    let found = bytes.windows(words.len()).position(|here| here == words);
    let place = found.expect("the journal says so in plain text");
    bytes[place + words.len() - 2] = b'D';
    fs::write(&path, &bytes).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("kept.db");
    let (code, said) = at.fails(&["backup", "--to", file.to_str().unwrap()]);
    assert_eq!(code, 6, "{said}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_record_in_postgresql_is_left_to_its_own_tools() {
    let at = Installation::with_page(Engine::Postgres);
    let (code, said) = at.fails(&["backup", "--to", "kept.db"]);
    assert_eq!(code, 3);
    assert!(said.contains("pg_dump"), "{said}");
    let (code, said) = at.fails(&["restore", "--from", "kept.db"]);
    assert_eq!(code, 3);
    assert!(said.contains("pg_restore"), "{said}");
}
