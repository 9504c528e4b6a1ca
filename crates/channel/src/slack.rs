//! Slack, by a room's incoming webhook: Block Kit.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{cut, escaped, escaped_cut, headline, parts};

/// Longest header, in characters.
const HEADER_CHARS_MAX: usize = 150;
/// Longest text of a block, in characters.
const TEXT_CHARS_MAX: usize = 3_000;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Most sections that are shown; Slack takes fifty blocks.
const SECTIONS_MAX: usize = 40;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its incoming webhook.
    pub url: Secret,
}

/// The message as Slack takes it.
pub fn payload(message: &Message) -> Value {
    let header = cut(&headline(message), HEADER_CHARS_MAX);
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": header, "emoji": false },
    })];
    for section in message.sections.iter().take(SECTIONS_MAX) {
        let text = match &section.label {
            Some(label) => {
                let label = escaped_cut(label, LABEL_CHARS_MAX);
                let text = escaped_cut(&section.text, TEXT_CHARS_MAX - 2 * LABEL_CHARS_MAX);
                format!("*{label}*\n{text}")
            }
            None => escaped_cut(&section.text, TEXT_CHARS_MAX),
        };
        blocks.push(text_block(&text));
    }
    if !message.parts.is_empty() {
        let lines = parts(message).join("\n• ");
        let lines = escaped_cut(&lines, TEXT_CHARS_MAX - 2 * LABEL_CHARS_MAX);
        let label = escaped_cut(&message.parts_label, LABEL_CHARS_MAX);
        blocks.push(text_block(&format!("*{label}*\n• {lines}")));
    }
    let mut small = vec![
        escaped(&message.at_words),
        escaped_cut(&message.page_name, 200),
    ];
    let links = [&message.action, &message.manage, &message.leave];
    for link in links.into_iter().flatten() {
        small.push(format!("<{}|{}>", escaped(&link.url), escaped(&link.label)));
    }
    blocks.push(json!({
        "type": "context",
        "elements": [{ "type": "mrkdwn", "text": cut(&small.join(" · "), TEXT_CHARS_MAX) }],
    }));
    json!({
        "text": escaped_cut(&message.subject, TEXT_CHARS_MAX),
        "attachments": [{ "color": message.level.colour(), "blocks": blocks }],
    })
}

fn text_block(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let sent = post_json(http, settings.url.text(), &[], &payload(message), now).await;
    match sent {
        // The webhook was taken away, or the room is archived.
        Ok(answer) if matches!(answer.status, 403 | 404 | 410) => Outcome::Gone {
            reason: format!("it answered {}", answer.status),
        },
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
