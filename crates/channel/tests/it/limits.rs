//! What services publish as their limits, held whatever a message says.

use noroshi_channel::{
    Message, discord, google_chat, line_works, opsgenie, pager_duty, slack, teams, telegram,
};
use serde_json::{Value, json};

use crate::example::{crumbs, endless, flood, report};

/// Messages that are too long in every way: letters of one to four bytes, signs that grow when
/// they are escaped, crumbs.
fn heavy() -> Vec<(&'static str, Message)> {
    let letters = [
        ("latin", "a"),
        ("japanese", "あ"),
        ("emoji", "🔥"),
        ("markup", "<&>*_\"\\"),
        ("lines", "a\n"),
        ("control", "\u{1}"),
        ("address", "https://larkspur.example/a_b-c "),
    ];
    let floods = letters
        .into_iter()
        .map(|(name, letters)| (name, flood(letters)));
    let others = [
        ("report", report()),
        ("crumbs", crumbs()),
        ("endless", endless()),
    ];
    others.into_iter().chain(floods).collect()
}

/// A text's length as services count it at worst: UTF-16 units.
fn units(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.encode_utf16().count())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn slack_gets_at_most_fifty_blocks_of_three_thousand_characters() {
    for (name, message) in heavy() {
        let shaped = slack::payload(&message);
        let blocks = list(&shaped["attachments"][0]["blocks"]);
        assert!(blocks.len() <= 50, "{name}");
        for block in blocks {
            let most = if block["type"] == "header" {
                150
            } else {
                3_000
            };
            assert!(units(&block["text"]["text"]) <= most, "{name}: {block}");
            for element in list(&block["elements"]) {
                assert!(units(&element["text"]) <= 3_000, "{name}");
                if element["type"] != "mrkdwn" {
                    continue;
                }
                let text = element["text"].as_str().expect("text");
                let opened = text.matches('<').count();
                assert_eq!(opened, text.matches('>').count(), "{name}: a link is cut");
                assert_eq!(opened, 3 - missing(&message), "{name}: a link is lost");
            }
        }
    }
}

/// How many of the three links a message lacks.
fn missing(message: &Message) -> usize {
    let links = [&message.action, &message.manage, &message.leave];
    links.into_iter().filter(|link| link.is_none()).count()
}

#[test]
fn teams_gets_a_card_of_at_most_28_kb_without_empty_texts() {
    for (name, message) in heavy() {
        let card = teams::payload(&message).to_string();
        assert!(card.len() <= 28 * 1024, "{name}: {} bytes", card.len());
        assert!(!card.contains(r#""text":"""#), "{name}");
    }
}

#[test]
fn discord_gets_an_embed_of_at_most_six_thousand_characters() {
    for (name, message) in heavy() {
        let shaped = discord::payload(&message);
        let embed = &shaped["embeds"][0];
        let fields = list(&embed["fields"]);
        assert!(units(&embed["title"]) <= 256, "{name}");
        assert!(units(&embed["description"]) <= 4_096, "{name}");
        assert!(units(&embed["footer"]["text"]) <= 2_048, "{name}");
        assert!(fields.len() <= 25, "{name}");
        let mut all =
            units(&embed["title"]) + units(&embed["description"]) + units(&embed["footer"]["text"]);
        for field in fields {
            assert!((1..=256).contains(&units(&field["name"])), "{name}");
            assert!((1..=1_024).contains(&units(&field["value"])), "{name}");
            all += units(&field["name"]) + units(&field["value"]);
        }
        assert!(all <= 6_000, "{name}: {all}");
    }
}

#[test]
fn google_chat_gets_at_most_32_kb() {
    for (name, message) in heavy() {
        let card = google_chat::payload(&message).to_string();
        assert!(card.len() <= 32_000, "{name}: {} bytes", card.len());
    }
}

#[test]
fn telegram_gets_at_most_4096_units_and_every_tag_is_closed() {
    for (name, message) in heavy() {
        let text = telegram::text(&message);
        let count = text.encode_utf16().count();
        assert!(count <= 4_096, "{name}: {count}");
        for tag in ["b", "a", "i"] {
            let opened = text.matches(&format!("<{tag}>")).count()
                + text.matches(&format!("<{tag} ")).count();
            let closed = text.matches(&format!("</{tag}>")).count();
            assert_eq!(opened, closed, "{name}: {tag}");
        }
        assert_eq!(text.matches("<a ").count(), 3 - missing(&message), "{name}");
        assert_eq!(text.trim(), text, "{name}");
    }
}

#[test]
fn line_works_gets_what_its_room_can_hold() {
    for (name, message) in heavy() {
        let shaped = line_works::payload(&message);
        assert!(units(&shaped["title"]) <= 100, "{name}");
        assert!(units(&shaped["body"]["text"]) <= 1_000, "{name}");
        assert!(units(&shaped["button"]["label"]) <= 20, "{name}");
    }
}

#[test]
fn those_who_are_on_call_get_what_their_services_take() {
    let settings = serde_json::from_value(json!({ "routing_key": "R0" })).expect("settings");
    for (name, message) in heavy() {
        let event = pager_duty::payload(&settings, &message);
        assert!(event.to_string().len() <= 512 * 1024, "{name}");
        assert!(units(&event["payload"]["summary"]) <= 1_024, "{name}");
        let alert = opsgenie::payload(&message);
        assert!((1..=130).contains(&units(&alert["message"])), "{name}");
        assert!(units(&alert["description"]) <= 15_000, "{name}");
        assert!(units(&alert["source"]) <= 100, "{name}");
        for tag in list(&alert["tags"]) {
            assert!((1..=50).contains(&units(tag)), "{name}");
        }
    }
}
