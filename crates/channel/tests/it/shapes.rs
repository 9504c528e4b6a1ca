//! What each service is given, against files: `NOROSHI_WRITE=1` writes them anew.

use std::path::Path;

use noroshi_channel::service::Service;
use noroshi_channel::{
    Message, Section, discord, google_chat, line_works, opsgenie, pager_duty, slack, sms, teams,
    telegram, template,
};
use noroshi_domain::subscriber::Channel;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::example::{clear, endless, notice, sly, subscribed, trouble, trouble_ja, turned};

fn settings<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("settings")
}

fn sms_settings() -> sms::Settings {
    settings(json!({
        "account_sid": "AC1", "auth_token": "t", "from": "+15550100", "to": "+819012345678",
    }))
}

fn pager_settings() -> pager_duty::Settings {
    settings(json!({ "routing_key": "R0" }))
}

const BODY: &str = r#"{"title": {{ title | tojson }}, "level": {{ level | tojson }},
 "systems": [{% for own in components %}{{ own.name | tojson }}{% if not loop.last %}, {% endif %}{% endfor %}]}"#;

/// Every service with what it is given, as text.
fn shapes(message: &Message) -> Vec<(&'static str, String)> {
    let pretty = |value: Value| serde_json::to_string_pretty(&value).expect("JSON");
    vec![
        ("slack", pretty(slack::payload(message))),
        ("teams", pretty(teams::payload(message))),
        ("discord", pretty(discord::payload(message))),
        ("google_chat", pretty(google_chat::payload(message))),
        ("line_works", pretty(line_works::payload(message))),
        ("telegram", telegram::text(message)),
        ("sms", sms::payload(&sms_settings(), message)),
        (
            "pager_duty",
            pretty(pager_duty::payload(&pager_settings(), message)),
        ),
        ("opsgenie", pretty(opsgenie::payload(message))),
        (
            "http",
            template::written(BODY, message).expect("it is written"),
        ),
    ]
}

#[test]
fn each_service_is_given_what_stands_in_its_file() {
    let examples = [
        ("trouble", trouble()),
        ("trouble.ja", trouble_ja()),
        ("clear", clear()),
        ("notice", notice()),
        ("subscribed", subscribed()),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let is_written = std::env::var_os("NOROSHI_WRITE").is_some();
    for (name, message) in examples {
        for (service, shape) in shapes(&message) {
            let file = folder.join(service).join(format!("{name}.txt"));
            if is_written {
                std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
                std::fs::write(&file, format!("{shape}\n")).expect("written");
            }
            let stands = std::fs::read_to_string(&file).expect("the file stands");
            assert_eq!(format!("{shape}\n"), stands, "{}", file.display());
        }
    }
}

/// All texts of a JSON value, with the names they stand under.
fn texts(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(all) => all.iter().for_each(|own| texts(own, found)),
        Value::Object(all) => {
            for (name, own) in all {
                match own {
                    Value::String(text) => found.push((name.clone(), text.clone())),
                    own => texts(own, found),
                }
            }
        }
        _ => {}
    }
}

fn all_texts(shape: &str) -> Vec<(String, String)> {
    let read: Value = serde_json::from_str(shape).expect("JSON");
    let mut found = Vec::new();
    texts(&read, &mut found);
    found
}

#[test]
fn no_words_become_markup_or_call_anybody() {
    for (service, shape) in shapes(&sly()) {
        match service {
            // Rich text and plain text know no markup; a template's author escapes.
            "teams" | "line_works" | "sms" | "pager_duty" | "opsgenie" | "http" => {}
            "discord" => {
                let read: Value = serde_json::from_str(&shape).expect("JSON");
                assert_eq!(read["allowed_mentions"]["parse"], json!([]));
                let embed = &read["embeds"][0];
                for text in [
                    &embed["title"],
                    &embed["description"],
                    &embed["fields"][0]["value"],
                ] {
                    let text = text.as_str().expect("text");
                    // What hides a sign stands before each.
                    let bare = text.replace("**", "").replace("\\\\", "");
                    for sign in ["<", "*", "_", "~", "@", "[", "]"] {
                        let hidden = bare.matches(&format!("\\{sign}")).count();
                        assert_eq!(bare.matches(sign).count(), hidden, "{sign} in {text}");
                    }
                }
                // Two links of ours, none of theirs.
                let links = embed["fields"][1]["value"].as_str().expect("links");
                assert_eq!(links.matches("](").count(), 2, "{links}");
                assert!(!links.contains("](https://evil"), "{links}");
            }
            "slack" => {
                let read: Value = serde_json::from_str(&shape).expect("JSON");
                assert_eq!(read["mrkdwn"], false);
                assert!(!read["text"].as_str().expect("text").contains(['<', '>']));
                let blocks = read["attachments"][0]["blocks"].as_array().expect("blocks");
                assert_eq!(blocks[0]["text"]["type"], "plain_text");
                for block in blocks {
                    let inner = block["elements"].as_array().cloned().unwrap_or_default();
                    for own in inner.iter().chain([&block["text"]]) {
                        if own["type"] != "mrkdwn" {
                            continue;
                        }
                        let text = own["text"].as_str().expect("text");
                        assert_eq!(own["verbatim"], true);
                        let page = crate::example::PAGE;
                        let ours = text.matches(&format!("<{page}/")).count();
                        assert_eq!(text.matches('<').count(), ours, "{text}");
                        assert_eq!(text.matches('>').count(), ours, "{text}");
                        assert_eq!(text.matches('|').count(), ours, "{text}");
                    }
                }
            }
            "google_chat" => {
                let read: Value = serde_json::from_str(&shape).expect("JSON");
                let widgets = &read["cardsV2"][0]["card"]["sections"][0]["widgets"];
                for (name, text) in all_texts(&widgets.to_string()) {
                    // A button's words are plain text.
                    if name == "text" && text != sly().title {
                        is_our_markup(&text);
                    }
                }
            }
            _ => is_our_markup(&shape),
        }
    }
}

/// Whether what looks like a tag is one of ours.
fn is_our_markup(text: &str) {
    let page = crate::example::PAGE;
    let ours = format!("<a href=\"{page}/");
    let ours = ["<b>", "</b>", "<br>", "</a>", ours.as_str()];
    let count: usize = ours.iter().map(|tag| text.matches(tag).count()).sum();
    assert_eq!(text.matches('<').count(), count, "{text}");
    assert_eq!(text.matches("<b>").count(), text.matches("</b>").count());
    assert!(!text.contains("<b>&\""), "{text}");
}

#[test]
fn words_without_end_stay_within_what_the_service_takes() {
    // Bytes of all of it, as the services say them.
    let most = [
        ("slack", 400_000),
        ("teams", 28 * 1024),
        ("discord", 40_000),
        ("google_chat", 32_000),
        ("line_works", 5_000),
        ("telegram", 16_000),
        ("sms", 20_000),
        ("pager_duty", 512 * 1024),
        ("opsgenie", 64 * 1024),
    ];
    let message = endless();
    for (service, shape) in shapes_of_endless(&message) {
        let (_, most) = most
            .iter()
            .find(|(name, _)| *name == service)
            .expect("it has a limit");
        assert!(shape.len() <= *most, "{service}: {} bytes", shape.len());
    }
    let read = slack::payload(&message);
    let blocks = read["attachments"][0]["blocks"].as_array().expect("blocks");
    assert!(blocks.len() <= 50);
    for block in blocks {
        let text = block["text"]["text"].as_str().unwrap_or_default();
        assert!(text.chars().count() <= 3_000);
    }
    let embed = &discord::payload(&message)["embeds"][0];
    let counted = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let fields = embed["fields"].as_array().expect("fields").iter();
    let fields: usize = fields
        .map(|field| counted(&field["name"]) + counted(&field["value"]))
        .sum();
    let all = counted(&embed["title"]) + counted(&embed["description"]) + fields;
    assert!(all + counted(&embed["footer"]["text"]) <= 6_000, "{all}");
    assert!(telegram::text(&message).chars().count() <= 4_096);
}

fn shapes_of_endless(message: &Message) -> Vec<(&'static str, String)> {
    let compact = |value: Value| value.to_string();
    vec![
        ("slack", compact(slack::payload(message))),
        ("teams", compact(teams::payload(message))),
        ("discord", compact(discord::payload(message))),
        ("google_chat", compact(google_chat::payload(message))),
        ("line_works", compact(line_works::payload(message))),
        ("telegram", telegram::text(message)),
        ("sms", sms::payload(&sms_settings(), message)),
        (
            "pager_duty",
            compact(pager_duty::payload(&pager_settings(), message)),
        ),
        ("opsgenie", compact(opsgenie::payload(message))),
    ]
}

#[test]
fn a_template_may_not_do_everything() {
    let message = trouble();
    let long = "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}";
    assert!(template::written(long, &message).is_err());
    let broad = "{% for a in range(4000) %}{{ text }}{% endfor %}";
    assert!(template::written(broad, &message).is_err());
    let wide = "{{ title * 1000000 }}";
    assert!(template::written(wide, &message).is_err());
    let unknown = template::written("one\n{{ nobody }}", &message).expect_err("it is unknown");
    assert!(unknown.reason.starts_with("line 2"), "{unknown}");
    assert!(template::written("{% include 'x' %}", &message).is_err());
    assert!(template::written("{{ title", &message).is_err());
}

#[test]
fn what_is_secret_is_shown_to_nobody() {
    let slack: slack::Settings = settings(json!({ "url": "https://hooks.example/secret" }));
    assert!(!format!("{slack:?}").contains("secret\""));
    assert!(!format!("{:?}", pager_settings()).contains("R0"));
    assert!(!format!("{:?}", sms_settings()).contains("\"t\""));
}

#[test]
fn what_to_do_now_stands_first_and_how_to_leave_stands_last() {
    let message = Message {
        sections: turned().sections,
        ..subscribed()
    };
    for (service, shape) in shapes(&message) {
        if matches!(service, "sms" | "pager_duty" | "opsgenie" | "http") {
            continue;
        }
        let shape = in_reading_order(service, &shape);
        let at = |words: &str| {
            let found = shape.find(words);
            found.unwrap_or_else(|| panic!("{service} lacks {words}: {shape}"))
        };
        let order = [
            at("Investigating: Events arrive late"),
            at("Wait: nothing is lost."),
            at("We see a growing queue"),
            at("Partial Outage"),
        ];
        assert!(order.is_sorted(), "{service}: {order:?}");
        at("Mar 5, 01:03 JST");
        at("You are told because");
        // LINE WORKS has room for one link.
        if service != "line_works" {
            let small = [
                at("/incidents/late"),
                at("Change what you"),
                at("/s1/leave"),
            ];
            assert!(small.is_sorted(), "{service}: {small:?}");
            assert!(order[3] < small[1], "{service}");
        }
    }
}

/// A shape's words as a reader meets them: the keys of a JSON text are sorted.
fn in_reading_order(service: &str, shape: &str) -> String {
    let Ok(read) = serde_json::from_str::<Value>(shape) else {
        return shape.to_owned();
    };
    let order: &[&str] = match service {
        "slack" => &["/attachments/0/blocks"],
        "teams" => &[
            "/attachments/0/content/body",
            "/attachments/0/content/actions",
        ],
        "discord" => &[
            "/embeds/0/title",
            "/embeds/0/url",
            "/embeds/0/description",
            "/embeds/0/fields",
            "/embeds/0/footer",
        ],
        "google_chat" => &["/cardsV2/0/card/header", "/cardsV2/0/card/sections"],
        _ => &["/title", "/body", "/button"],
    };
    let told = order.iter().map(|pointer| {
        let found = read.pointer(pointer);
        found.map(Value::to_string).unwrap_or_default()
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn addresses_in_a_text_stay_whole_in_discord() {
    let address = "https://docs.larkspur.example/how_to-wait#now";
    let message = Message {
        sections: vec![Section {
            label: None,
            text: format!("Read {address} and *wait* <t:1:R>."),
            html: String::new(),
            is_action: false,
        }],
        ..trouble()
    };
    let shaped = discord::payload(&message);
    let told = shaped["embeds"][0]["description"].as_str().expect("text");
    assert!(told.contains(address), "{told}");
    assert!(told.contains(r"\*wait\*"), "{told}");
    assert!(!told.contains(" <t:1"), "{told}");
}

#[test]
fn settings_show_nothing_of_themselves() {
    let hidden = "hidden0";
    let url = format!("https://hooks.larkspur.example/{hidden}");
    let one = json!({ "url": url });
    let all = [
        (Channel::Slack, one.clone()),
        (Channel::Teams, one.clone()),
        (Channel::Discord, one.clone()),
        (Channel::GoogleChat, one.clone()),
        (Channel::LineWorks, one),
        (
            Channel::Telegram,
            json!({ "token": hidden, "chat_id": hidden, "base": url }),
        ),
        (
            Channel::Sms,
            json!({
                "account_sid": hidden, "auth_token": hidden, "from": hidden, "to": hidden,
                "base": url,
            }),
        ),
        (
            Channel::PagerDuty,
            json!({ "routing_key": hidden, "base": url }),
        ),
        (Channel::Opsgenie, json!({ "api_key": hidden, "base": url })),
        (
            Channel::Http,
            json!({ "url": url, "headers": "X-Key: hidden0", "body": "{{ title }}" }),
        ),
    ];
    for (channel, target) in all {
        let service = Service::parse(channel, &target).expect("a service");
        assert!(!format!("{service:?}").contains(hidden), "{service:?}");
    }
}
