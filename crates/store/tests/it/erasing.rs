//! Erased words are gone, also from the bytes of the files.

use std::fs;
use std::path::Path;

use noroshi_domain::*;
use noroshi_store::Committed;
use noroshi_store::testkit::{Engine, engines};

use crate::builders::*;

fn files_with(dir: &Path, words: &str) -> Vec<String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| {
            let bytes = fs::read(file).unwrap();
            bytes
                .windows(words.len())
                .any(|window| window == words.as_bytes())
        })
        .map(|file| file.display().to_string())
        .collect()
}

#[test]
fn erased_words_are_in_no_file_of_the_data_folder() {
    let secret = "himitsu-no-kotoba";
    let database = Engine::Sqlite.database();
    let dir = database.dir().unwrap();
    let store = database.open();
    write(&store, 0, puts([page()]));
    let filler = |number: i64| ja(&format!("調査 {number} ").repeat(40));
    for number in 0..40 {
        let id = format!("i{number}");
        let one = Fact::Incident(Box::new(incident(&id, number, filler(number))));
        let key = format!("u{number}");
        write(
            &store,
            number + 1,
            puts([one, update(&key, &id, number, filler(number))]),
        );
    }
    // Short words stand in a page among others and are moved as pages fill; long ones overflow.
    let long = format!("{secret} ").repeat(900);
    let told = [secret.to_owned(), long];
    for (number, words) in told.iter().enumerate() {
        write(
            &store,
            100,
            puts([update(&format!("s{number}"), "i7", 8, ja(words))]),
        );
    }
    for number in 40..120 {
        let key = format!("s{number}");
        write(&store, 200, puts([update(&key, "i7", 9, filler(number))]));
    }
    assert!(
        !files_with(dir, secret).is_empty(),
        "the test looks in the wrong place"
    );

    let erased = (0..told.len()).map(|number| update(&format!("s{number}"), "i7", 8, ja("")));
    let mut commit = commit_on(&head(&store), 300, puts(erased));
    commit.entries[0].erases = vec![42, 43];
    assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
    assert_eq!(files_with(dir, secret), Vec::<String>::new());
    let found = store.search(&page_id(), secret, 10).unwrap();
    assert_eq!(found, Vec::<IncidentId>::new());
}

#[test]
fn an_erased_entry_keeps_its_header_and_the_chain_holds() {
    for engine in engines() {
        let database = engine.database();
        let store = database.open();
        write(&store, 0, puts([page()]));
        write(&store, 1, puts([update("u1", "i1", 1, ja("秘密"))]));
        let mut commit = commit_on(&head(&store), 2, puts([update("u1", "i1", 1, ja(""))]));
        commit.entries[0].erases = vec![2];
        assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
        let entries = store.journal(&page_id(), 0, 10).unwrap();
        assert_eq!((&entries[1].salt, &entries[1].payload_json), (&None, &None));
        let mut before = Head::genesis();
        for entry in &entries {
            entry.check(&before).unwrap();
            before = entry.head();
        }
        let mut nothing = commit_on(&head(&store), 3, Vec::new());
        nothing.entries[0].erases = vec![99];
        assert!(store.commit(&nothing).is_err());
        assert_eq!(head(&store).seq, 3);
    }
}
