//! Whatever is changed past the door, `verify` finds and names.

use noroshi_domain::{
    Actor, Audience, Change, Command, Entry, Fact, FactKind, Lane, Payload, Span, Status, canonical,
};
use noroshi_store::testkit::{Engine, engines};
use noroshi_store::{Commit, Committed, NewEntry};

use crate::kit::{BEGIN, Kit, at, component};

/// A sound page with two incidents.
fn sound(engine: Engine) -> Kit {
    let kit = Kit::new(engine);
    kit.open_incident("Down", &[("api", Status::MajorOutage)]);
    kit.clock.set(at("2026-03-04T02:00:00Z"));
    kit.open_incident("Slow", &[("web", Status::DegradedPerformance)]);
    assert_eq!(
        kit.faults(),
        Vec::<String>::new(),
        "{} before",
        engine.name()
    );
    kit
}

fn expect_named(kit: &Kit, named: &str) {
    let faults = kit.faults();
    assert!(
        faults.iter().any(|fault| fault.contains(named)),
        "{named}: {faults:?}"
    );
}

fn entry(kit: &Kit, seq: i64) -> Entry {
    kit.app
        .store()
        .journal(&kit.page, seq - 1, 1)
        .unwrap()
        .remove(0)
}

fn row(kit: &Kit, kind: FactKind) -> String {
    kit.app
        .store()
        .facts(&kit.page, kind, "", 1)
        .unwrap()
        .remove(0)
        .1
}

#[test]
fn a_changed_byte_of_a_payload_is_found() {
    for engine in engines() {
        let kit = sound(engine);
        let payload = entry(&kit, 4).payload_json.unwrap();
        kit.tamper("journal", &payload, ("Down", "Town"));
        expect_named(&kit, "entry 4: its payload does not match");
    }
}

#[test]
fn a_changed_byte_of_a_header_is_found() {
    for engine in engines() {
        let kit = sound(engine);
        let header = entry(&kit, 3).header_json;
        kit.tamper("journal", &header, ("\"epoch\":0", "\"epoch\":1"));
        expect_named(
            &kit,
            "entry 3: its header is not the one that entry 4 follows",
        );
        let kit = sound(engine);
        let header = entry(&kit, 5).header_json;
        kit.tamper("journal", &header, ("\"epoch\":0", "\"epoch\":1"));
        expect_named(
            &kit,
            "entry 5: its header is not the one the page ends with",
        );
    }
}

#[test]
fn a_changed_byte_of_a_signature_is_found() {
    for engine in engines() {
        let kit = sound(engine);
        let head = kit.app.store().signed_head(&kit.page).unwrap().unwrap();
        let old = head.split("\"signature\":\"").nth(1).unwrap()[..2].to_owned();
        let new = if old == "00" { "11" } else { "00" };
        let marked = |letters: &str| format!("\"signature\":\"{letters}");
        kit.tamper("heads", &head, (&marked(&old), &marked(new)));
        expect_named(&kit, "the signature of its head is wrong");
    }
}

#[test]
fn a_changed_byte_of_a_claim_row_or_an_incident_row_is_found() {
    for engine in engines() {
        let kit = sound(engine);
        let claim = row(&kit, FactKind::Claim);
        kit.tamper("facts", &claim, ("\"status\":\"", "\"statut\":\""));
        expect_named(&kit, "claim row ");
        let kit = sound(engine);
        let incident = row(&kit, FactKind::Incident);
        kit.tamper("facts", &incident, ("investigating", "investigatinh"));
        expect_named(&kit, "incident row ");
    }
}

#[test]
fn what_is_missing_added_or_in_the_wrong_place_is_found() {
    let cases = [
        (
            "update facts set to_us = to_us - 1 where kind = 'span';",
            "span row ",
        ),
        (
            "delete from facts where kind = 'update';",
            "the journal has it, the table has not",
        ),
        (
            "insert into facts select page_id, kind, 'zzz', owner, holder, from_us, to_us, body \
             from facts where kind = 'component' and id = 'api';",
            "component row zzz: the table has it, the journal has not",
        ),
        (
            "update journal set payload = null, salt = null where seq = 2;",
            "entry 2: its payload is gone",
        ),
        (
            "delete from journal where seq = 5;",
            "its journal ends at entry 4",
        ),
        ("delete from heads;", "its head is not signed"),
        (
            "update facts set holder = 'zzz' where kind = 'claim' and holder <> '';",
            "claim row ",
        ),
        (
            "update journal set at_us = at_us + 1 where seq = 3;",
            "entry 3: it stands in the wrong place",
        ),
        (
            "update search set gram = 'zz' where gram = 'do';",
            "search of incident ",
        ),
        (
            "update search_texts set body = body || 'x';",
            "search of incident ",
        ),
        (
            "delete from search where gram = 'do';",
            "search of incident ",
        ),
        (
            "insert into search select page_id, 'zz', 'nobody' from pages;",
            "search of incident nobody",
        ),
        (
            "insert into answers (page_id, command_id, answer, at_us)
             select page_id, 'given', '{}', 0 from pages;",
            "answer to command given",
        ),
        (
            "update settings set value = 'ab' || substr(value, 3) where key like 'signing_public_%';",
            "public key ",
        ),
    ];
    for (script, named) in cases {
        let kit = sound(Engine::Postgres);
        kit.script(script);
        expect_named(&kit, named);
    }
}

#[test]
fn a_public_lane_that_its_claims_do_not_give_is_found_even_where_the_journal_agrees() {
    let kit = Kit::new(engines()[0]);
    let change = Change::Put(Fact::Span(Span {
        component_id: component("api"),
        lane: Lane::Public,
        status: Status::MajorOutage,
        from: at("2026-03-01T00:00:00Z"),
        to: Some(at("2026-03-02T00:00:00Z")),
    }));
    let payload = Payload {
        actor: Actor::command_line(),
        action: "forged".to_owned(),
        subject: String::new(),
        changes: vec![change.clone()],
        reason: None,
        remains: Vec::new(),
        audience: Audience::Public,
    };
    let (expected, now) = (kit.app.state(&kit.page).unwrap().head.clone(), at(BEGIN));
    let entry = Entry::following(&expected, &kit.page, now, [1; 32], &payload);
    let signed = kit.app.signed_head(&kit.page, &entry.head()).unwrap();
    let commit = Commit {
        page_id: kit.page.clone(),
        expected,
        entries: vec![NewEntry {
            entry,
            changes: vec![change],
            erases: Vec::new(),
            answer: None,
        }],
        now,
        head_signature: Some(canonical(&signed)),
    };
    assert_eq!(kit.app.store().commit(&commit).unwrap(), Committed::Done);
    let quick = noroshi_ops::verify::verify(&kit.app, &kit.page, false).unwrap();
    assert!(quick.is_content(), "{quick:?}");
    let faults = kit.faults();
    assert!(
        faults
            .iter()
            .any(|fault| fault.contains("public lane of component api")),
        "{faults:?}"
    );
}

#[test]
fn an_entry_that_was_made_public_or_withheld_past_the_door_is_found() {
    for engine in engines() {
        let kit = sound(engine);
        let id = kit.open_incident("Gone", &[]);
        let (incident_id, reason) = (id, "twice".to_owned());
        kit.send(Command::DeleteIncident {
            incident_id,
            reason,
        })
        .unwrap();
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
        let last = kit.app.state(&kit.page).unwrap().head.seq;
        let deletion = (4..=last)
            .find(|seq| {
                let payload = entry(&kit, *seq).payload_json.unwrap();
                payload.contains("\"incident_deleted\"")
            })
            .unwrap();
        let opening = deletion - 1;
        let change = |seq: i64, audience: &str| {
            let set = format!("update journal set audience = '{audience}' where seq = {seq};");
            kit.script(&set);
        };
        change(deletion, "public");
        expect_named(
            &kit,
            &format!("entry {deletion}: it is public, but its payload is for the team"),
        );
        change(deletion, "team");
        change(opening, "public");
        expect_named(
            &kit,
            &format!("entry {opening}: it is public, but entry {deletion} hid what it"),
        );
        change(opening, "team");
        assert_eq!(kit.faults(), Vec::<String>::new(), "{}", engine.name());
        change(4, "team");
        expect_named(&kit, "entry 4: it is withheld, but its payload is public");
    }
}
