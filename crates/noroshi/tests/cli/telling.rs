//! What is told: promises and their sentences, what an author saw, incidents that open by
//! themselves.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use noroshi_store::testkit::{Engine, engines};
use serde_json::{Value, json};

use crate::kit::Installation;

#[test]
fn what_changed_since_its_author_looked_is_not_replaced_and_both_texts_are_told() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let code = at.ok(&["incident", "create", "--title", "API slow"]);
        let shown = at.json(&["incident", "show", &code]);
        let seq = shown["seq"].to_string();
        let update = shown["updates"][0]["id"].as_str().unwrap();
        at.ok(&["incident", "edit", &code, "--title", "API down"]);
        let late = ["--title", "API broken", "--seen", &seq];
        let (exit, said) = at.fails(&[&["incident", "edit", &code][..], &late].concat());
        assert_eq!(exit, 3, "{}: {said}", engine.name());
        assert!(
            said.contains("API down") && said.contains("API broken"),
            "{said}"
        );
        // What adds is never refused, and what nobody else touched is still replaced.
        at.ok(&[
            "incident", "update", &code, "--body", "We look.", "--seen", &seq,
        ]);
        at.ok(&[
            "incident",
            "edit-update",
            &code,
            update,
            "--body",
            "First.",
            "--seen",
            &seq,
        ]);
        let (exit, said) = at.fails(&[
            "incident",
            "edit-update",
            &code,
            update,
            "--body",
            "One.",
            "--seen",
            &seq,
        ]);
        assert!(
            exit == 3 && said.contains("First.") && said.contains("One."),
            "{said}"
        );
        // Whoever has looked again may replace it; the same words once more are no conflict.
        at.ok(&[
            "incident", "edit", &code, "--title", "API down", "--seen", &seq,
        ]);
        let seq = at.seq().to_string();
        at.ok(&[
            "incident",
            "edit",
            &code,
            "--title",
            "API broken",
            "--seen",
            &seq,
        ]);
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn settings_and_names_that_changed_meanwhile_are_not_replaced() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        let group = ["group", "create", "--name", "Core", "--component", "api"];
        let group = at.ok(&group);
        let note = at.ok(&[
            "announcement",
            "create",
            "--title",
            "Notice",
            "--body",
            "Soon.",
        ]);
        let planned = at.ok(&[
            "maintenance",
            "create",
            "--title",
            "Upgrade",
            "--from",
            "2099-01-01T02:00",
            "--until",
            "2h",
        ]);
        let seen = at.seq().to_string();
        let cases: [(&[&str], &[&str], &[&str]); 5] = [
            (
                &["page", "update"],
                &["--headline", "Hello"],
                &["--headline", "Goodbye"],
            ),
            (
                &["component", "update", "api"],
                &["--name", "A"],
                &["--name", "B"],
            ),
            (
                &["group", "update", &group],
                &["--name", "C"],
                &["--name", "D"],
            ),
            (
                &["announcement", "update", &note],
                &["--body", "E"],
                &["--body", "F"],
            ),
            (
                &["maintenance", "move", &planned],
                &["--until", "2099-01-01T05:00:00Z"],
                &["--until", "2099-01-01T06:00:00Z"],
            ),
        ];
        for (verb, first, second) in cases {
            at.ok(&[verb, first].concat());
            // A component's status is no setting of it.
            at.ok(&["component", "status", "api", "partial_outage"]);
            at.ok(&["component", "status", "api", "operational"]);
            let (exit, said) = at.fails(&[verb, second, &["--seen", &seen]].concat());
            assert_eq!(exit, 3, "{} {verb:?}: {said}", engine.name());
            assert!(
                said.contains(first[1]) && said.contains(second[1]),
                "{said}"
            );
            at.ok(&[verb, second].concat());
        }
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn the_sentence_of_a_promise_stands_in_every_language_of_the_update() {
    let at = Installation::with_page(Engine::Sqlite);
    let clock = at.file("clock", "2099-03-04T00:12:00Z");
    let clock = clock.to_str().unwrap();
    let create = |more: &[&str]| {
        let mut all = vec![
            "--clock-file",
            clock,
            "incident",
            "create",
            "--title",
            "Down",
        ];
        all.extend(more);
        let code = at.ok(&all);
        let shown = at.json(&["incident", "show", &code]);
        shown["updates"][0]["body"].clone()
    };
    let body = create(&["--promise", "1h"]);
    assert_eq!(
        body["en"],
        "We are currently investigating this issue.\n\nWe will post the next update by 10:12 JST."
    );
    assert_eq!(
        body["ja"],
        "現在、この問題について調査しています。\n\n次の更新は 10:12 JST までに行います。"
    );
    let body = create(&["--body", "We look.", "--promise", "2099-03-05T01:00:00Z"]);
    assert_eq!(
        body,
        json!({ "en": "We look.\n\nWe will post the next update by Mar 5, 10:00 JST." })
    );
    let body = create(&[
        "--body",
        "Mended.",
        "--status",
        "resolved",
        "--promise",
        "postmortem",
    ]);
    assert_eq!(
        body["en"],
        "Mended.\n\nWe will publish a postmortem by Mar 11, 2099."
    );
    let body = create(&["--body", "We look.", "--promise", "postmortem"]);
    assert_eq!(
        body["en"],
        "We look.\n\nWe will publish a postmortem within 5 working days of the end of this \
         incident."
    );
    let body = create(&[
        "--body",
        "We look.",
        "--body-ja",
        "調べています。",
        "--promise",
        "when:once the cause is known",
        "--promise-ja",
        "原因が分かり次第",
    ]);
    assert_eq!(
        body["en"],
        "We look.\n\nWe will post the next update once the cause is known."
    );
    assert_eq!(
        body["ja"],
        "調べています。\n\n次の更新は「原因が分かり次第」に行います。"
    );
    let body = create(&["--body", "We look.", "--promise", "1h", "--no-sentence"]);
    assert_eq!(body, json!({ "en": "We look." }));
}

#[test]
fn operators_see_what_is_overdue_and_how_often_they_were_reminded() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        // Later than the commands that made the page: the record never goes back.
        let clock = at.file("clock", "2099-03-04T00:12:00.207345Z");
        let clock = clock.to_str().unwrap();
        let code = at.ok(&[
            "--clock-file",
            clock,
            "incident",
            "create",
            "--title",
            "Down",
            "--promise",
            "1h",
        ]);
        let server = at.serve(&["--clock-file", clock]);
        at.file("clock", "2099-03-04T01:30:00Z");
        server.wait_for("/", "10:12", 5_000);
        let listed = || at.json(&["--clock-file", clock, "incident", "list"])[0].clone();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while listed()["reminder_count"] != 1 {
            assert!(std::time::Instant::now() < deadline, "{}", listed());
        }
        assert_eq!(listed()["promise_overdue"], true, "{}", engine.name());
        assert_eq!(
            listed()["promise"],
            "2099-03-04T01:12:00Z overdue, reminded once"
        );
        let shown = at.json(&["--clock-file", clock, "incident", "show", &code]);
        let promise = &shown["promises"][0];
        assert_eq!(promise["due_at"], "2099-03-04T01:12:00Z", "whole seconds");
        assert_eq!(promise["reminded_at"], "2099-03-04T01:30:00Z");
        assert_eq!(promise["next_reminder_at"], "2099-03-04T01:43:00Z");
        assert_eq!(promise["overdue"], true);
        assert!(server.terminate());
        at.ok(&["verify", "--full"]);
    }
}

/// Says on the control socket what monitors found, as they will.
fn find(at: &Installation, status: &str, since_micros: i64) {
    let page = at.json(&["page", "show"])["code"].clone();
    let request = json!({
        "page": page,
        "actor": { "kind": "monitor", "id": "probe" },
        "command": { "measured": [
            { "component_id": "api", "status": status, "since": since_micros }
        ] },
        "id": null,
    });
    let mut stream = UnixStream::connect(at.folder().join("control.sock")).unwrap();
    writeln!(stream, "{request}").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(answer["answer"].is_object(), "{answer}");
}

#[test]
fn an_incident_opens_by_itself_is_resolved_by_itself_and_can_be_taken_over() {
    const BAD_AT: i64 = 4_076_265_600_000_000;
    for engine in engines() {
        let at = Installation::with_page(engine);
        let (exit, said) = at.fails(&["page", "update", "--automatic-delay", "48h"]);
        assert_eq!(exit, 3, "{said}");
        at.ok(&["page", "update", "--automatic-incidents", "on"]);
        assert_eq!(
            at.json(&["page", "show"])["settings"]["automatic"],
            json!({ "delay_s": 120, "quiet_s": 600 })
        );
        at.ok(&["page", "update", "--automatic-quiet", "5m"]);
        let clock = at.file("clock", "2099-03-04T00:00:00Z");
        let server = at.serve(&["--clock-file", clock.to_str().unwrap()]);
        find(&at, "major_outage", BAD_AT);
        at.file("clock", "2099-03-04T00:02:00Z");
        server.wait_for("/", "Problems with API", 5_000);
        server.wait_for("/ja/", "APIで問題が発生しています", 5_000);
        let incident = &at.json(&["incident", "list"])[0];
        assert_eq!(incident["automatic"], true, "{}", engine.name());
        find(&at, "operational", BAD_AT + 120_000_000);
        server.wait_for("/", "answer normally again", 5_000);
        at.file("clock", "2099-03-04T00:07:00Z");
        server.wait_for("/", "This incident is over", 5_000);
        find(&at, "partial_outage", BAD_AT + 420_000_000);
        at.file("clock", "2099-03-04T00:09:00Z");
        server.wait_for(
            "/api/v2/incidents/unresolved.json",
            "Problems with API",
            5_000,
        );
        let open = &at.json(&["incident", "list", "--open"])[0];
        at.ok(&["incident", "take-over", open["code"].as_str().unwrap()]);
        assert_eq!(
            at.json(&["incident", "list", "--open"])[0]["automatic"],
            false
        );
        at.ok(&["page", "update", "--automatic-incidents", "off"]);
        assert_eq!(
            at.json(&["page", "show"])["settings"]["automatic"],
            Value::Null
        );
        assert!(server.terminate());
        at.ok(&["verify", "--full"]);
    }
}

#[test]
fn a_template_fills_in_what_is_left_out() {
    for engine in engines() {
        let at = Installation::with_page(engine);
        at.ok(&["component", "create", "--code", "pay", "--name", "Payments"]);
        at.ok(&[
            "template",
            "create",
            "--name",
            "slow",
            "--title",
            "Payments are slow",
            "--title-ja",
            "決済の遅延",
            "--body",
            "We are looking.",
            "--status",
            "identified",
            "--component",
            "pay=degraded_performance",
            "--component",
            "web",
            "--promise",
            "30m",
            "--notify",
            "false",
        ]);
        let own = ["--title", "Card payments are slow"];
        let create = [&["incident", "create", "--template", "slow"][..], &own].concat();
        let code = at.ok(&create);
        let shown = at.json(&["incident", "show", &code]);
        let incident = &shown["incident"];
        assert_eq!(
            incident["name"],
            json!({ "en": "Card payments are slow", "ja": "決済の遅延" })
        );
        assert_eq!(incident["lifecycle"], "identified");
        assert_eq!(incident["components"], json!(["pay", "web"]));
        let update = &shown["updates"][0];
        let body = update["body"]["en"].as_str().unwrap();
        assert!(body.starts_with("We are looking.\n"), "{body}");
        assert!(body.contains("We will post the next update by"), "{body}");
        assert_eq!(update["notify"], false);
        // What is given stands; what is over promises nothing.
        let end = [
            "incident",
            "resolve",
            &code,
            "--template",
            "slow",
            "--body",
            "It is over.",
        ];
        at.ok(&end);
        let shown = at.json(&["incident", "show", &code]);
        assert_eq!(shown["incident"]["lifecycle"], "resolved");
        assert_eq!(shown["updates"][0]["body"]["en"], "It is over.");
        let (exit, said) = at.fails(&["incident", "create", "--title", "x", "--template", "fast"]);
        assert_eq!(exit, 4, "{said}");
        assert!(said.contains("\"fast\" is no template"), "{said}");
    }
}
