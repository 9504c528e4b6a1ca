//! LINE WORKS, by a room's incoming webhook.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{cut, headline, labelled, length, parts, sections};

/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 100;
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 1_000;
/// Longest text of all sections, in characters.
const SECTIONS_CHARS_MAX: usize = 550;
/// Longest list of systems, in characters.
const PARTS_CHARS_MAX: usize = 200;
/// Longest time and footer, in characters.
const LINE_CHARS_MAX: usize = 80;
/// Longest label of the button, in characters.
const LABEL_CHARS_MAX: usize = 20;

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

/// The message as LINE WORKS takes it.
pub fn payload(message: &Message) -> Value {
    let mut shaped = json!({
        "title": cut(&headline(message), TITLE_CHARS_MAX),
        "body": { "text": text(message) },
    });
    if let Some(link) = &message.action {
        let label = cut(&link.label, LABEL_CHARS_MAX);
        shaped["button"] = json!({ "label": label, "url": link.url });
    }
    shaped
}

/// All of it but headline and button: only text, in which addresses lead somewhere.
fn text(message: &Message) -> String {
    let told: Vec<String> = sections(message).map(labelled).collect();
    let mut blocks = vec![cut(&told.join("\n\n"), SECTIONS_CHARS_MAX)];
    if !message.parts.is_empty() {
        let lines = format!("{}\n{}", message.parts_label, parts(message).join("\n"));
        blocks.push(cut(&lines, PARTS_CHARS_MAX));
    }
    for line in [&message.at_words, &message.footer] {
        blocks.push(cut(line, LINE_CHARS_MAX));
    }
    blocks.retain(|block| !block.is_empty());
    let mut text = blocks.join("\n\n");
    for link in [&message.manage, &message.leave].into_iter().flatten() {
        let line = format!("\n{}: {}", cut(&link.label, LABEL_CHARS_MAX), link.url);
        if length(&text) + length(&line) <= TEXT_CHARS_MAX {
            text.push_str(&line);
        }
    }
    text
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    match post_json(http, settings.url.text(), &[], &payload(message), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
