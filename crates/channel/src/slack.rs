//! Slack, by a room's incoming webhook: Block Kit.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{cut, escaped, escaped_cut, headline, length, links, parts, sections};

/// Longest header, in characters.
const HEADER_CHARS_MAX: usize = 150;
/// Longest text of a block, in characters.
const TEXT_CHARS_MAX: usize = 3_000;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Most sections that are shown; Slack takes fifty blocks.
const SECTIONS_MAX: usize = 40;
/// Longest text of all sections, in characters: Slack refuses a message whose blocks are too long
/// (`msg_blocks_too_long`) without saying how long that is.
const ALL_CHARS_MAX: usize = 10_000;
/// Longest label of a link, name of a page, time, in characters.
const SMALL_CHARS_MAX: usize = 100;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its incoming webhook.
    pub url: Secret,
}

impl Settings {
    /// Names the field that can not be used.
    ///
    /// # Errors
    /// The field's name.
    pub fn check(&self) -> Result<(), &'static str> {
        first_wrong(&[("url", self.url.is_address())])
    }
}

/// The message as Slack takes it.
pub fn payload(message: &Message) -> Value {
    let header = cut(&headline(message), HEADER_CHARS_MAX);
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": header, "emoji": false },
    })];
    let mut room = ALL_CHARS_MAX;
    for section in sections(message).take(SECTIONS_MAX) {
        let text = worded(section.label.as_deref(), &section.text, room);
        room = room.saturating_sub(length(&text));
        if !text.is_empty() {
            blocks.push(text_block(&text));
        }
    }
    if !message.parts.is_empty() {
        let lines = format!("• {}", parts(message).join("\n• "));
        let text = worded(Some(&message.parts_label), &lines, TEXT_CHARS_MAX);
        blocks.push(text_block(&text));
    }
    blocks.push(json!({ "type": "context", "elements": small(message) }));
    json!({
        // Told in notifications. Only blocks can say that they hold no markup, so this does.
        "text": escaped_cut(&message.subject, TEXT_CHARS_MAX),
        "mrkdwn": false,
        "attachments": [{ "color": message.level.colour(), "blocks": blocks }],
    })
}

/// A label over a text, together at most so long; nothing where there is no room for words.
fn worded(label: Option<&str>, text: &str, room: usize) -> String {
    let most = TEXT_CHARS_MAX.min(room);
    let label = label.map_or_else(String::new, |label| {
        format!("*{}*\n", escaped_cut(label, LABEL_CHARS_MAX))
    });
    match most.checked_sub(length(&label)) {
        Some(room) if room > 0 => format!("{label}{}", escaped_cut(text, room)),
        _ => String::new(),
    }
}

fn text_block(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// What stands small at the end: when, whose, where to go on, why.
fn small(message: &Message) -> Vec<Value> {
    let mut line = vec![
        escaped_cut(&message.at_words, SMALL_CHARS_MAX),
        escaped_cut(&message.page_name, SMALL_CHARS_MAX),
    ];
    line.extend(links(message).map(|link| {
        let url = escaped(&link.url).replace('|', "%7C");
        format!("<{url}|{}>", escaped_cut(&link.label, SMALL_CHARS_MAX))
    }));
    let line = line.join(" · ");
    let mut elements = vec![json!({ "type": "mrkdwn", "text": line, "verbatim": true })];
    if !message.footer.is_empty() {
        let footer = cut(&message.footer, LABEL_CHARS_MAX);
        elements.push(json!({ "type": "plain_text", "text": footer, "emoji": false }));
    }
    elements
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
