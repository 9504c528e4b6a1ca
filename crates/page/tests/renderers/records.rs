//! The public record: the chain can be checked by anyone, and nothing withheld is given away.

use noroshi_domain::{Actor, Audience, Entry, Head, Instant, PageId, Payload};
use noroshi_page::journal_json;
use serde_json::Value;

use crate::sketch::at;

fn entries() -> Vec<Entry> {
    let page = PageId::parse("k7n4vq2tzx9c").unwrap();
    let mut head = Head::genesis();
    let mut entries = Vec::new();
    for (number, audience) in [
        (1, Audience::Public),
        (2, Audience::Team),
        (3, Audience::Public),
    ] {
        let payload = Payload {
            actor: Actor::command_line(),
            action: format!("action_{number}"),
            subject: "s".to_owned(),
            changes: Vec::new(),
            reason: None,
            remains: Vec::new(),
            audience,
        };
        let now: Instant = at("2026-03-04T09:00:00Z");
        let entry = Entry::following(&head, &page, now, [number; 32], &payload);
        head = entry.head();
        entries.push(entry);
    }
    entries
}

#[test]
fn every_header_is_given_and_salt_and_payload_of_public_entries_only() {
    let page = PageId::parse("k7n4vq2tzx9c").unwrap();
    let entries = entries();
    let bytes = journal_json(&page, &entries, 3);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("action_2"));
    let json: Value = serde_json::from_slice(&bytes).unwrap();
    let listed = json["entries"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed[1].get("salt").is_none() && listed[1].get("payload").is_none());
    assert_eq!(json["next"], Value::Null);
    for (own, entry) in listed.iter().zip(&entries) {
        assert_eq!(noroshi_domain::canonical(&own["header"]), entry.header_json);
    }
    let digest = noroshi_domain::digest(
        listed[0]["salt"].as_str().unwrap(),
        &noroshi_domain::canonical(&listed[0]["payload"]),
    );
    assert_eq!(listed[0]["header"]["digest"], digest);
}

#[test]
fn a_part_of_the_journal_says_where_the_next_begins() {
    let page = PageId::parse("k7n4vq2tzx9c").unwrap();
    let json: Value = serde_json::from_slice(&journal_json(&page, &entries()[..2], 3)).unwrap();
    assert_eq!(json["next"], 2);
    let none: Value = serde_json::from_slice(&journal_json(&page, &[], 3)).unwrap();
    assert_eq!(none["entries"].as_array().unwrap().len(), 0);
}
