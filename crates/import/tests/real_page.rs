//! Planning the import of a real page's record: three years, 902 incidents, 2,863 updates.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use noroshi_domain::{
    Fact, FactKey, FactKind, Holder, ImportedFacts, IncidentId, Instant, Locale, Page, PageId,
    PageSettings, Status, Texts, Zone,
};
use noroshi_import::statuspage::{Existing, GONE, Plan, plan, read_source};

/// The record, as lines of incidents and the component list.
struct Files {
    incidents: Vec<String>,
    components: String,
}

fn real_page() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("NOROSHI_SHARED").map_or(beside, PathBuf::from);
    shared.join("data/real-page")
}

fn files() -> Files {
    let folder = real_page();
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}; set NOROSHI_SHARED", path.display());
        })
    };
    Files {
        incidents: read("incidents.jsonl").lines().map(str::to_owned).collect(),
        components: read("components.json"),
    }
}

fn page() -> Page {
    Page {
        id: PageId::parse("tymt9n04zgry").expect("an identifier"),
        name: Texts::of(Locale::En, "Aster"),
        hosts: vec![],
        path: None,
        url: None,
        zone: Zone::utc(),
        default_locale: Locale::En,
        locales: vec![Locale::En],
        created_at: now(),
        settings: PageSettings::default(),
        deleted_at: None,
        edited_seq: None,
    }
}

fn now() -> Instant {
    Instant::parse("2026-08-22T12:00:00Z").expect("a time")
}

/// What a page holds, and what writing entries makes of it.
#[derive(Default, Clone)]
struct Held(BTreeMap<FactKey, Fact>);

impl Held {
    fn write(&mut self, entries: &[ImportedFacts]) {
        for entry in entries {
            for key in &entry.drop {
                self.0.remove(key);
            }
            for fact in &entry.put {
                self.0.insert(fact.key(), fact.clone());
            }
        }
    }

    fn plan(&self, files: &Files) -> Plan {
        let folder = tempfile::tempdir().expect("the fixture is whole");
        fs::write(folder.path().join("components.json"), &files.components)
            .expect("the fixture is whole");
        fs::write(
            folder.path().join("incidents.jsonl"),
            files.incidents.join("\n"),
        )
        .expect("the fixture is whole");
        let source = folder.path().to_str().expect("the fixture is whole");
        let record = read_source(source, &mut |_| ()).expect("the fixture is whole");
        plan(
            &record,
            &Existing::new(&page(), self.0.values().cloned()),
            now(),
        )
    }

    fn incident(&self, id: &IncidentId) -> noroshi_domain::Incident {
        let key = FactKey {
            kind: FactKind::Incident,
            id: id.to_string(),
        };
        match &self.0[&key] {
            Fact::Incident(incident) => (**incident).clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn edited(line: &str, edit: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut object = serde_json::from_str(line).expect("the fixture is whole");
    edit(&mut object);
    object.to_string()
}

#[test]
fn the_whole_record_is_planned_an_entry_an_incident() {
    let files = files();
    let plan = Held::default().plan(&files);
    assert_eq!(plan.summary.incident_count, 902);
    assert_eq!(plan.summary.update_count, 2_863);
    // Six are listed; four that updates name are not.
    assert_eq!(plan.summary.component_count, 10);
    assert_eq!(plan.summary.inferred_count, 39);
    assert_eq!(plan.diff.incidents.new.len(), 902);
    assert_eq!(plan.summary.warnings, Vec::<String>::new());
    assert_eq!(plan.entries.len(), 903);
    assert_eq!(plan.entries[0].action, "record_imported");
    let one_each = plan.entries[1..].iter().all(|entry| {
        let incidents = entry
            .put
            .iter()
            .filter(|fact| matches!(fact, Fact::Incident(_)));
        entry.action == "incident_imported" && incidents.count() == 1 && entry.drop.is_empty()
    });
    assert!(one_each);
    let mut held = Held::default();
    held.write(&plan.entries);
    let retired =
        |fact: &&Fact| matches!(fact, Fact::Component(component) if component.retired_at.is_some());
    assert_eq!(held.0.values().filter(retired).count(), 4);
    // The page ends with everything operational: no claim is open.
    let open = |fact: &&Fact| matches!(fact, Fact::Claim(claim) if claim.to.is_none());
    assert_eq!(held.0.values().filter(open).count(), 0);
}

#[test]
fn claims_of_a_component_never_overlap_and_say_only_what_can_be_said() {
    let mut held = Held::default();
    held.write(&held.plan(&files()).entries);
    let mut claims: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for fact in held.0.values() {
        if let Fact::Claim(claim) = fact {
            claims.entry(&claim.component_id).or_default().push(claim);
        }
    }
    assert!(claims.len() > 5);
    for claims in claims.values_mut() {
        claims.sort_by_key(|claim| claim.from);
        for pair in claims.windows(2) {
            assert!(pair[0].to.unwrap() <= pair[1].from, "{pair:?}");
        }
        for claim in claims {
            assert!(claim.status > Status::Unknown && claim.to.unwrap() > claim.from);
            if let Holder::Incident(id) | Holder::Maintenance(id) = &claim.holder {
                let resolved_at = held.incident(id).resolved_at.unwrap();
                assert!(claim.to.unwrap() <= resolved_at, "{claim:?}");
            }
        }
    }
}

#[test]
fn the_order_of_the_source_changes_nothing() {
    let files = files();
    let wanted = Held::default().plan(&files);
    let mut reversed = files.incidents.clone();
    reversed.reverse();
    // A shuffle that is the same each time; updates and keys are turned round as well.
    let mut shuffled: Vec<(usize, String)> = files
        .incidents
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let turned = edited(line, |object| {
                object["incident_updates"].as_array_mut().unwrap().reverse();
            });
            (index * 7_919 % 907, turned)
        })
        .collect();
    shuffled.sort();
    let shuffled = shuffled.into_iter().map(|(_, line)| line).collect();
    for incidents in [reversed, shuffled] {
        let components = files.components.clone();
        let plan = Held::default().plan(&Files {
            incidents,
            components,
        });
        assert_eq!(plan, wanted);
    }
}

#[test]
fn importing_again_writes_nothing() {
    let files = files();
    let mut held = Held::default();
    held.write(&held.plan(&files).entries);
    let again = held.plan(&files);
    assert_eq!(again.entries, vec![]);
    assert_eq!(again.diff.incidents.unchanged_count, 902);
    assert_eq!(again.diff.components.unchanged_count, 10);
}

#[test]
fn an_import_that_was_cut_off_is_finished_by_the_next() {
    let files = files();
    let whole = Held::default().plan(&files);
    let mut wanted = Held::default();
    wanted.write(&whole.entries);
    for written in [1, 300, 902] {
        let mut held = Held::default();
        held.write(&whole.entries[..written]);
        let rest = held.plan(&files);
        held.write(&rest.entries);
        assert!(held.0 == wanted.0, "after {written} entries");
        assert_eq!(held.plan(&files).entries, vec![]);
    }
}

#[test]
fn a_changed_a_new_and_a_vanished_incident_are_three_entries() {
    let mut files = files();
    let mut held = Held::default();
    let new = files.incidents.pop().unwrap();
    held.write(&held.plan(&files).entries);
    files.incidents.push(new.clone());
    files.incidents[400] = edited(&files.incidents[400], |object| {
        object["incident_updates"][0]["body"] = "Said otherwise.".into();
        object["updated_at"] = "2026-08-22T01:00:00.000Z".into();
    });
    let gone = files.incidents.remove(100);
    let code = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        IncidentId::parse(object["id"].as_str().unwrap()).unwrap()
    };
    let plan = held.plan(&files);
    assert_eq!(plan.diff.incidents.new, [code(&new)]);
    assert_eq!(plan.diff.incidents.changed, [code(&files.incidents[399])]);
    assert_eq!(plan.diff.incidents.gone, [code(&gone)]);
    assert_eq!(plan.entries.len(), 3, "{:?}", plan.diff);
    held.write(&plan.entries);
    let deleted = held.incident(&code(&gone));
    assert_eq!(deleted.deleted_at, Some(now()));
    assert_eq!(deleted.deleted_reason.as_deref(), Some(GONE));
    assert_eq!(held.plan(&files).entries, vec![]);
    // It comes back with the source.
    files.incidents.insert(100, gone.clone());
    let back = held.plan(&files);
    assert_eq!(back.diff.incidents.changed, [code(&gone)]);
    held.write(&back.entries);
    assert_eq!(held.incident(&code(&gone)).deleted_at, None);
    assert_eq!(held.plan(&files).entries, vec![]);
}

#[test]
fn what_people_added_to_a_component_stays_when_its_source_changes() {
    let mut files = files();
    let mut held = Held::default();
    held.write(&held.plan(&files).entries);
    let mut own = held
        .0
        .values()
        .find_map(|fact| match fact {
            Fact::Component(component) if component.id.as_str() == "rwppv331jlwc" => {
                Some(component.clone())
            }
            _ => None,
        })
        .unwrap();
    own.name.set(Locale::Ja, "アスター");
    own.third_party = true;
    let fact = Fact::Component(own.clone());
    held.0.insert(fact.key(), fact);
    assert_eq!(held.plan(&files).entries, vec![]);
    files.components = files
        .components
        .replace("2026-08-20T19:42:38.611Z", "2026-08-21T00:00:00.000Z")
        .replace("\"name\": \"aster.example\"", "\"name\": \"Aster Web\"");
    let plan = held.plan(&files);
    assert_eq!(plan.diff.components.changed, ["rwppv331jlwc"]);
    let [Fact::Component(new)] = plan.entries[0].put.as_slice() else {
        panic!("{:?}", plan.entries);
    };
    assert_eq!(new.name.get(Locale::En), Some("Aster Web"));
    assert_eq!(new.name.get(Locale::Ja), Some("アスター"));
    assert!(new.third_party);
}

#[test]
fn what_was_edited_here_since_is_left_alone_and_told() {
    let mut files = files();
    let mut held = Held::default();
    held.write(&held.plan(&files).entries);
    let touched = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        IncidentId::parse(object["id"].as_str().unwrap()).unwrap()
    };
    let (one, two) = (
        touched(&files.incidents[400]),
        touched(&files.incidents[500]),
    );
    for id in [&one, &two] {
        let mut incident = held.incident(id);
        incident.name.set(Locale::En, "Our own title");
        incident.updated_at = now();
        let fact = Fact::Incident(Box::new(incident));
        held.0.insert(fact.key(), fact);
    }
    assert_eq!(held.plan(&files).entries, vec![]);
    files.incidents[400] = edited(&files.incidents[400], |object| {
        object["name"] = "Their new title".into();
    });
    files.incidents.remove(500);
    let plan = held.plan(&files);
    assert_eq!(plan.entries, vec![]);
    let mut wanted = vec![one, two];
    wanted.sort();
    let mut told = plan.diff.incidents.edited_here.clone();
    told.sort();
    assert_eq!(told, wanted);
    assert!(
        plan.diff
            .to_string()
            .contains("edited here, left alone (2)")
    );
}

#[test]
fn a_claim_ended_here_is_not_opened_again() {
    let mut files = files();
    // The last word of the last incident becomes an outage that goes on.
    let last = files.incidents.len() - 1;
    files.incidents[last] = edited(&files.incidents[last], |object| {
        object["status"] = "investigating".into();
        object["resolved_at"] = serde_json::Value::Null;
        let updates = object["incident_updates"].as_array_mut().unwrap();
        let mut update = updates[0].clone();
        update["status"] = "investigating".into();
        update["id"] = "zzzz".into();
        update["created_at"] = "2026-08-22T02:00:00.000Z".into();
        update["affected_components"] = serde_json::json!([{
            "code": "rwppv331jlwc", "name": "aster.example",
            "old_status": "operational", "new_status": "major_outage",
        }]);
        *updates = vec![update];
    });
    files.components = files
        .components
        .replacen("\"operational\"", "\"major_outage\"", 1);
    let mut held = Held::default();
    held.write(&held.plan(&files).entries);
    let open: Vec<Fact> = held
        .0
        .values()
        .filter(|fact| matches!(fact, Fact::Claim(claim) if claim.to.is_none()))
        .cloned()
        .collect();
    let [Fact::Claim(claim)] = open.as_slice() else {
        panic!("{open:?}");
    };
    let mut ended = claim.clone();
    ended.to = Some(now());
    held.write(&[ImportedFacts {
        subject: String::new(),
        action: String::new(),
        put: vec![Fact::Claim(ended)],
        windows: Vec::new(),
        drop: vec![],
    }]);
    assert_eq!(held.plan(&files).entries, vec![]);
}

#[test]
fn a_code_that_is_taken_here_is_derived_and_found_again() {
    let files = files();
    let mut held = Held::default();
    let whole = held.plan(&files);
    let mut own = whole.entries[5].put.iter().find_map(|fact| match fact {
        Fact::Incident(incident) => Some((**incident).clone()),
        _ => None,
    });
    let mut own = own.take().unwrap();
    own.source = None;
    own.name = Texts::of(Locale::En, "Made here");
    let fact = Fact::Incident(Box::new(own.clone()));
    held.0.insert(fact.key(), fact);
    let plan = held.plan(&files);
    assert_eq!(plan.diff.incidents.new.len(), 902);
    assert!(!plan.diff.incidents.new.contains(&own.id));
    held.write(&plan.entries);
    assert_eq!(held.incident(&own.id), own);
    assert_eq!(held.plan(&files).entries, vec![]);
}
