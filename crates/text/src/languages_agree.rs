//! Tests on the message files: that both languages say everything, each in its own words.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fluent_syntax::ast::Entry;
use fluent_syntax::serializer::serialize;

use crate::catalogue::{self, Source};

/// Messages that are the same in both languages, or hold no Japanese, each for its reason.
const ALLOWED: [&str; 4] = [
    // A language is named in itself, so that those who need it can read it.
    "language-english",
    "language-japanese",
    // Two months, or two times, and a wave dash between them.
    "uptime-months",
    "window-of",
];

fn source(language: &str, text: &str) -> Source {
    Source {
        language: language.to_owned(),
        name: format!("locales/{language}/front.ftl"),
        text: text.to_owned(),
    }
}

fn complaints(en: &str, ja: &str) -> Vec<String> {
    catalogue::read(&[source("en", en), source("ja", ja)])
        .err()
        .unwrap_or_default()
}

#[test]
fn a_message_that_one_language_lacks_fails() {
    assert_eq!(
        complaints("today = Today\nlegend = Legend\n", "today = 今日\n"),
        ["locales/en/front.ftl: legend: has no counterpart in language ja"]
    );
    assert_eq!(
        complaints("today = Today\n", "today = 今日\nlegend = 凡例\n"),
        ["locales/ja/front.ftl: legend: has no counterpart in language en"]
    );
}

#[test]
fn an_argument_that_one_language_lacks_fails() {
    assert_eq!(
        complaints("as-of = As of { $time }\n", "as-of = 現在\n"),
        ["locales/ja/front.ftl: as-of: lacks the argument $time, which locales/en/front.ftl has"]
    );
}

#[test]
fn what_can_not_be_read_fails() {
    let found = complaints("today = Today\n", "today = { 今日\n");
    assert!(
        found[0].starts_with("locales/ja/front.ftl: line 1:"),
        "{found:?}"
    );
}

#[test]
fn doubled_ids_fail() {
    let found = complaints("today = Today\ntoday = Now\n", "today = 今日\n");
    assert_eq!(
        found,
        ["locales/en/front.ftl: today: stands in locales/en/front.ftl already"]
    );
}

#[test]
fn counts_are_numbers_and_all_else_is_text() {
    let en = concat!(
        "a = { $total ->\n    [one] one\n   *[other] { $total }\n",
        "} of { $page }, { $open_count }\n"
    );
    let ja = "a = { $page } { $total } { $open_count }\n";
    let messages = catalogue::read(&[source("en", en), source("ja", ja)]).unwrap();
    let code = catalogue::functions(&messages);
    assert!(
        code.contains("fn a(locale: Locale, total: i64, page: &str, open_count: i64)"),
        "{code}"
    );
}

/// Every message of a language as it stands in its files, without its id.
fn messages(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../locales")
        .join(language);
    let mut messages = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let resource = fluent_syntax::parser::parse(text).unwrap();
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let id = message.id.name.clone();
            let whole = fluent_syntax::ast::Resource {
                body: vec![Entry::Message(message)],
            };
            let text = serialize(&whole)
                .trim_start_matches(&format!("{id} ="))
                .trim()
                .to_owned();
            messages.insert(id, text);
        }
    }
    messages
}

fn is_japanese(character: char) -> bool {
    matches!(character, 'ぁ'..='ヿ' | '一'..='鿿' | '々')
}

#[test]
fn every_japanese_message_is_japanese() {
    let (english, japanese) = (messages("en"), messages("ja"));
    assert!(
        japanese.len() > 150,
        "only {} messages were read",
        japanese.len()
    );
    for (id, text) in &japanese {
        if ALLOWED.contains(&id.as_str()) {
            continue;
        }
        assert_ne!(
            Some(text),
            english.get(id),
            "{id} is the same in both languages"
        );
        // What consists of arguments and punctuation alone has no words to be in a language.
        let has_words = english[id]
            .split('{')
            .map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after))
            .any(|words| words.chars().any(char::is_alphabetic));
        let is_told = text.chars().any(is_japanese);
        assert!(is_told || !has_words, "{id} has no Japanese in it: {text}");
    }
}

#[test]
fn no_english_message_holds_japanese() {
    for (id, text) in messages("en") {
        let allowed = ALLOWED.contains(&id.as_str());
        assert!(allowed || !text.chars().any(is_japanese), "{id}: {text}");
    }
}

#[test]
fn english_sentences_of_indicators_are_exact() {
    use noroshi_domain::Locale::En;

    use crate::msg;
    let known = [
        (
            msg::indicator_all_operational(En),
            "All Systems Operational",
        ),
        (
            msg::indicator_major_system_outage(En),
            "Major System Outage",
        ),
        (
            msg::indicator_partial_system_outage(En),
            "Partial System Outage",
        ),
        (
            msg::indicator_minor_service_outage(En),
            "Minor Service Outage",
        ),
        (
            msg::indicator_degraded_system_service(En),
            "Degraded System Service",
        ),
        (
            msg::indicator_partially_degraded_service(En),
            "Partially Degraded Service",
        ),
        (
            msg::indicator_under_maintenance(En),
            "Service Under Maintenance",
        ),
        (
            msg::indicator_not_measured(En),
            "Some Systems Are Not Being Measured",
        ),
    ];
    for (said, wanted) in known {
        assert_eq!(said, wanted);
    }
}

#[test]
fn english_sentences_that_readers_know_are_exact() {
    use noroshi_domain::Locale::En;

    use crate::msg;
    let known = [
        (msg::days_ago(En, 90), "90 days ago"),
        (msg::percent_uptime(En, "91.46"), "91.46 % uptime"),
        (msg::today(En), "Today"),
        (msg::no_downtime(En), "No downtime recorded on this day."),
        (msg::no_data(En), "No data exists for this day."),
        (msg::no_incidents_today(En), "No incidents reported today."),
        (msg::no_incidents(En), "No incidents reported."),
        (msg::past_incidents(En), "Past Incidents"),
        (msg::postmortem(En), "Postmortem"),
        (msg::read_details(En), "Read details"),
        (msg::subscribe_to_updates(En), "Subscribe to updates"),
        (
            msg::nothing_related(En),
            "No incidents or maintenance related to this downtime.",
        ),
        (
            msg::components_major_outage(En, 2),
            "2 components had a major outage.",
        ),
        (
            msg::next_update_by(En, "11:00 JST"),
            "Next update by 11:00 JST",
        ),
        (
            msg::update_was_due(En, "11:00 JST"),
            "An update was due at 11:00 JST",
        ),
        (
            msg::promise_kept_late(En, "10:52", "11:12", "20 min"),
            "promised by 10:52, given 11:12, 20 min late",
        ),
        (
            msg::contradiction(En, "Chat", "00:04"),
            "Our probes see problems with Chat since 00:04. We are checking.",
        ),
        (msg::horizon(En, 9, 12), "9 of 12 systems operational"),
        (msg::duration_hours_minutes(En, 1, 12), "1 hr 12 mins"),
    ];
    for (said, wanted) in known {
        assert_eq!(said, wanted);
    }
}

#[test]
fn japanese_sentences_are_those_of_the_page() {
    use noroshi_domain::Locale::Ja;

    use crate::msg;
    assert_eq!(
        msg::indicator_all_operational(Ja),
        "すべて正常に稼働しています"
    );
    assert_eq!(
        msg::indicator_not_measured(Ja),
        "一部のシステムの状態を確認できていません"
    );
    assert_eq!(msg::days_ago(Ja, 90), "90日前");
    assert_eq!(msg::today(Ja), "今日");
    assert_eq!(msg::past_incidents(Ja), "過去の障害");
    assert_eq!(msg::no_incidents(Ja), "障害の報告はありません。");
    assert_eq!(
        msg::next_update_by(Ja, "11:00 JST"),
        "次の更新：11:00 JST までに"
    );
    assert_eq!(msg::only_in_japanese(Ja), "この記事は日本語のみです");
    assert_eq!(
        msg::promise_kept_early(Ja, "12:15", "11:58", "17分"),
        "12:15 までの約束に対し、11:58 に更新しました（予定の17分前）"
    );
}
