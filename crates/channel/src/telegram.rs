//! Telegram, by a bot: one message an incident, edited as it goes on.

use std::time::Duration;

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Http, RETRY_AFTER_MAX, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, base_of, first_wrong};
use crate::words::{anchor, cut, escaped_cut, headline, length, links, parts, sections};

/// Where Telegram answers.
const BASE: &str = "https://api.telegram.org";
// A message is at most 4,096 characters; these, with tags and links, are less.
/// Longest text of all sections with their labels, in characters.
const SECTIONS_CHARS_MAX: usize = 2_200;
/// Longest list of systems with its label, in characters.
const PARTS_CHARS_MAX: usize = 500;
/// Longest headline, in characters.
const HEADLINE_CHARS_MAX: usize = 300;
/// Longest label, name of a page, time, in characters.
const LABEL_CHARS_MAX: usize = 100;
/// Longest footer, in characters.
const FOOTER_CHARS_MAX: usize = 200;
/// Longest words of a link, in characters.
const LINK_CHARS_MAX: usize = 60;
/// Longest part of Telegram's own words that a reason repeats, in characters.
const SAID_CHARS_MAX: usize = 200;
/// What Telegram says, in small letters, of a message that can not be changed any more.
const LOST: [&str; 3] = [
    "message to edit not found",
    "can't be edited",
    "message_id_invalid",
];
/// What it says, in small letters, of a message that says the same already.
const SAME: &str = "message is not modified";

/// A chat, and the bot that writes there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// The chat's number, or the channel's `@name`.
    pub chat_id: Secret,
    /// Another server that speaks the same.
    #[serde(default)]
    pub base: Option<Secret>,
}

impl Settings {
    /// Names the field that can not be used.
    ///
    /// # Errors
    /// The field's name.
    pub fn check(&self) -> Result<(), &'static str> {
        first_wrong(&[
            ("token", self.token.is_path()),
            ("chat_id", self.chat_id.is_word()),
            ("base", self.base.as_ref().is_none_or(Secret::is_base)),
        ])
    }
}

/// The message's text, in the HTML that Telegram knows.
pub fn text(message: &Message) -> String {
    let headline = escaped_cut(&headline(message), HEADLINE_CHARS_MAX);
    let mut blocks = vec![format!("<b>{headline}</b>")];
    let mut room = SECTIONS_CHARS_MAX;
    for section in sections(message) {
        let block = worded(section.label.as_deref(), &section.text, room);
        let Some(left) = room.checked_sub(length(&block) + 2) else {
            break;
        };
        room = left;
        blocks.push(block);
    }
    if !message.parts.is_empty() {
        let lines = parts(message).join("\n");
        blocks.push(worded(Some(&message.parts_label), &lines, PARTS_CHARS_MAX));
    }
    let page = escaped_cut(&message.page_name, LABEL_CHARS_MAX);
    let at = escaped_cut(&message.at_words, LABEL_CHARS_MAX);
    blocks.push(format!("{page} · {at}"));
    let links: Vec<String> = links(message)
        .map(|link| anchor(link, LINK_CHARS_MAX))
        .collect();
    blocks.push(links.join(" · "));
    blocks.push(escaped_cut(&message.footer, FOOTER_CHARS_MAX));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n\n").trim().to_owned()
}

/// A label over a text, together at most so long; nothing where there is no room for words.
fn worded(label: Option<&str>, text: &str, most: usize) -> String {
    let label = label.map_or_else(String::new, |label| {
        format!("<b>{}</b>\n", escaped_cut(label, LABEL_CHARS_MAX))
    });
    match most.checked_sub(length(&label) + 2) {
        Some(room) if room > 0 => format!("{label}{}", escaped_cut(text, room)),
        _ => String::new(),
    }
}

/// Sends it once: where an earlier message of its thread is known, that one is changed.
pub async fn send(
    http: &Http,
    settings: &Settings,
    (message, earlier): (&Message, Option<&str>),
    now: Instant,
) -> Outcome {
    let mut body = json!({
        "chat_id": settings.chat_id.text(),
        "text": text(message),
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    if let Some(id) = earlier.and_then(|id| id.parse::<i64>().ok()) {
        body["message_id"] = json!(id);
        let sent = call(http, settings, "editMessageText", (&body, now)).await;
        let said = match &sent {
            Ok(answer) => answer.text_at("/description").unwrap_or_default(),
            Err(_) => String::new(),
        }
        .to_lowercase();
        let is_lost = LOST.iter().any(|mark| said.contains(mark));
        if said.contains(SAME) {
            let reference = Some(id.to_string());
            return Outcome::Delivered { reference };
        }
        if !is_lost {
            return outcome(sent, settings, Some(id));
        }
        body.as_object_mut()
            .expect("it is one")
            .remove("message_id");
    }
    let sent = call(http, settings, "sendMessage", (&body, now)).await;
    outcome(sent, settings, None)
}

type Sent = Result<Answer, crate::http::Failure>;

async fn call(
    http: &Http,
    settings: &Settings,
    method: &str,
    (body, now): (&Value, Instant),
) -> Sent {
    let base = base_of(settings.base.as_ref(), BASE);
    let url = format!("{base}/bot{}/{method}", settings.token.text());
    post_json(http, &url, &[], body, now).await
}

fn outcome(sent: Sent, settings: &Settings, edited: Option<i64>) -> Outcome {
    let answer = match sent {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome(),
    };
    let status = answer.status;
    // Another server might repeat what it was asked.
    let secrets = [settings.token.text(), settings.chat_id.text()];
    let said = answer.text_at("/description");
    let said = said.filter(|said| !secrets.iter().any(|secret| said.contains(secret)));
    let reason = || match &said {
        Some(said) => format!("it answered {status}: {}", cut(said, SAID_CHARS_MAX)),
        None => format!("it answered {status}"),
    };
    match answer.status {
        200..=299 => Outcome::Delivered {
            reference: edited
                .map(|id| id.to_string())
                .or_else(|| answer.text_at("/result/message_id")),
        },
        // The bot was thrown out, or never let in.
        403 => Outcome::Gone { reason: reason() },
        429 => {
            let asked = answer.text_at("/parameters/retry_after");
            let asked = asked.and_then(|text| text.parse().ok());
            let asked = asked.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
            Outcome::Later {
                reason: reason(),
                after: asked.or(answer.retry_after),
                is_service_down: false,
            }
        }
        500..=599 => answer.outcome(),
        _ => Outcome::Refused { reason: reason() },
    }
}
