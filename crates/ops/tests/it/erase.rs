//! Erased words are gone from everywhere, and the record stays whole.

use std::fs;
use std::path::Path;

use noroshi_domain::{Command, IncidentId, UpdateId};
use noroshi_store::testkit::engines;

use crate::kit::{Kit, text};

const SECRET: &str = "Quetzalcoatlus";

fn post(kit: &Kit, incident: &IncidentId, body: &str) -> UpdateId {
    let update = noroshi_domain::NewUpdate {
        body: text(body),
        ..Default::default()
    };
    let command = Command::PostUpdate {
        incident_id: incident.clone(),
        update: Box::new(update),
        fields: Box::default(),
    };
    UpdateId::parse(&kit.send(command).unwrap().update_id.unwrap()).unwrap()
}

fn erase(kit: &Kit, incident: &IncidentId, update: &UpdateId) {
    kit.send(Command::EraseUpdate {
        incident_id: incident.clone(),
        update_id: update.clone(),
        remains: Vec::new(),
    })
    .unwrap();
}

fn files_with(folder: &Path, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        if bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn erased_words_are_in_no_file_and_no_entry_and_verify_is_content() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let incident = kit.open_incident("Down", &[]);
        let update = post(
            &kit,
            &incident,
            &format!("Our customer {SECRET} sees errors."),
        );
        let edited = Command::EditUpdate {
            incident_id: incident.clone(),
            update_id: update.clone(),
            body: Some(text(&format!("{SECRET} sees many errors."))),
            display_at: None,
            notify: None,
        };
        kit.send(edited).unwrap();
        let other = post(&kit, &incident, "A fix is on its way.");
        if let Some(folder) = kit.database.dir() {
            assert!(
                !files_with(folder, SECRET).is_empty(),
                "the test looks in the wrong place"
            );
        }
        erase(&kit, &incident, &update);
        let entries = kit.app.store().journal(&kit.page, 0, 1_000).unwrap();
        let payloads: Vec<&String> = entries
            .iter()
            .filter_map(|entry| entry.payload_json.as_ref())
            .collect();
        assert!(
            payloads.iter().all(|payload| !payload.contains(SECRET)),
            "{}",
            engine.name()
        );
        assert_eq!(entries.len() - payloads.len(), 2, "{}", engine.name());
        if let Some(folder) = kit.database.dir() {
            assert_eq!(files_with(folder, SECRET), Vec::<String>::new());
        }
        assert!(
            kit.app
                .store()
                .search(&kit.page, SECRET, 10)
                .unwrap()
                .is_empty()
        );
        let record = kit
            .app
            .store()
            .incident(&kit.page, &incident)
            .unwrap()
            .unwrap();
        let words = |id: &UpdateId| {
            record
                .updates
                .iter()
                .find(|own| own.id == *id)
                .unwrap()
                .body
                .clone()
        };
        assert!(words(&update).is_empty());
        assert_eq!(words(&other), text("A fix is on its way."));
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
    }
}

#[test]
fn erasing_again_what_stands_beside_erased_words_keeps_the_record_whole() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let incident = kit.open_incident("Down", &[]);
        let one = post(&kit, &incident, &format!("{SECRET} one"));
        let two = post(&kit, &incident, &format!("{SECRET} two"));
        for update in [&one, &two, &one] {
            erase(&kit, &incident, update);
        }
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
        let lagging = kit.another_app();
        assert_eq!(
            *lagging.state(&kit.page).unwrap(),
            *kit.app.state(&kit.page).unwrap()
        );
    }
}

#[test]
fn a_process_that_missed_an_erased_entry_still_catches_up() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let lagging = kit.another_app();
        lagging.state(&kit.page).unwrap();
        let incident = kit.open_incident("Down", &[]);
        let update = post(&kit, &incident, SECRET);
        erase(&kit, &incident, &update);
        lagging.refresh().unwrap();
        assert_eq!(
            *lagging.state(&kit.page).unwrap(),
            *kit.app.state(&kit.page).unwrap()
        );
    }
}
