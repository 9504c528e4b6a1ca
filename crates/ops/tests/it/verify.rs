//! Whatever is changed past the door, `verify` finds and names.

use noroshi_domain::{
    Actor, Audience, Change, Entry, Fact, Lane, Payload, Span, Status, canonical,
};
use noroshi_store::testkit::engines;
use noroshi_store::{Commit, Committed, NewEntry};

use crate::kit::{BEGIN, Kit, at, component};

/// Tampers with a sound page in one way; gives what `verify` says then.
fn faults_after(engine: noroshi_store::testkit::Engine, script: &str) -> Vec<String> {
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
    kit.tamper(script);
    kit.faults()
}

fn check(script: &str, named: &str) {
    for engine in engines() {
        let faults = faults_after(engine, script);
        let is_named = faults.iter().any(|fault| fault.contains(named));
        assert!(is_named, "{}: {script}: {faults:?}", engine.name());
    }
}

#[test]
fn a_changed_byte_of_a_payload_is_found() {
    let script = "update journal set payload = replace(payload, 'Down', 'Town') where seq = 4;";
    check(script, "entry 4: its payload does not match");
}

#[test]
fn a_changed_byte_of_a_header_is_found() {
    let script = "update journal set header = replace(header, '\"epoch\":0', '\"epoch\":1') \
                  where seq = 3;";
    check(
        script,
        "entry 3: its header is not the one that entry 4 follows",
    );
    let script = script.replace("seq = 3", "seq = 5");
    check(
        &script,
        "entry 5: its header is not the one the page ends with",
    );
}

#[test]
fn a_changed_signature_is_found() {
    // The signature's first letters are swapped for others.
    let script = "update heads set head = replace(head, '\"signature\":\"', '\"signature\":\"0');";
    check(script, "the signature of its head is wrong");
}

#[test]
fn a_changed_claim_row_is_found() {
    let script = "update facts set body = replace(body, 'major_outage', 'partial_outage') \
                  where kind = 'claim';";
    check(script, "claim row ");
}

#[test]
fn a_changed_incident_row_is_found() {
    let script = "update facts set body = replace(body, 'Down', 'Town') where kind = 'incident';";
    check(script, "incident row ");
}

#[test]
fn a_row_in_the_wrong_place_is_found() {
    let script = "update facts set to_us = to_us - 1 where kind = 'span';";
    check(script, "span row ");
}

#[test]
fn a_missing_and_an_added_row_are_found() {
    check(
        "delete from facts where kind = 'update';",
        "the table has not",
    );
    let script = "insert into facts select page_id, kind, 'zzz', owner, holder, from_us, to_us, \
                  body from facts where kind = 'component' and id = 'api';";
    check(
        script,
        "component row zzz: the table has it, the journal has not",
    );
}

#[test]
fn a_payload_that_is_gone_without_an_entry_that_says_so_is_found() {
    let script = "update journal set payload = null, salt = null where seq = 2;";
    check(script, "entry 2: its payload is gone");
}

#[test]
fn a_journal_cut_off_at_its_end_is_found() {
    check(
        "delete from journal where seq = 5;",
        "its journal ends at entry 4",
    );
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
        remains: Vec::new(),
    };
    let (expected, now) = (kit.app.state(&kit.page).unwrap().head.clone(), at(BEGIN));
    let entry = Entry::following(
        &expected,
        &kit.page,
        now,
        [1; 32],
        &payload,
        Audience::Public,
    );
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
