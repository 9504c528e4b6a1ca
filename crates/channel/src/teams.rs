//! Microsoft Teams, by a workflow's webhook: an Adaptive Card. Texts are runs of rich text, which
//! know no markup.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Level;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{cut, cut_by, headline, json_bytes, links, parts, sections};

// A message is at most 28 KB, whatever is in it: so texts are measured in bytes of JSON.
/// Longest headline.
const HEADLINE_BYTES_MAX: usize = 1_000;
/// Longest line under the headline, footer, line for notifications.
const LINE_BYTES_MAX: usize = 600;
/// Longest label.
const LABEL_BYTES_MAX: usize = 400;
/// Longest text of all sections, with their labels.
const SECTIONS_BYTES_MAX: usize = 13_000;
/// Longest list of systems.
const PARTS_BYTES_MAX: usize = 3_000;
/// Most sections that are shown.
const SECTIONS_MAX: usize = 12;
/// Longest words on a button, in characters.
const BUTTON_CHARS_MAX: usize = 60;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its workflow's webhook.
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

/// The message as Teams takes it.
pub fn payload(message: &Message) -> Value {
    let actions: Vec<Value> = links(message)
        .map(|link| {
            let title = cut(&link.label, BUTTON_CHARS_MAX);
            json!({ "type": "Action.OpenUrl", "title": title, "url": link.url })
        })
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": cut_by(&message.subject, LINE_BYTES_MAX, json_bytes),
                "msteams": { "width": "Full" },
                "body": card(message),
                "actions": actions,
            },
        }],
    })
}

fn card(message: &Message) -> Vec<Value> {
    let colour = match message.level {
        Level::Good => "Good",
        Level::Critical | Level::Major => "Attention",
        Level::Minor => "Warning",
        Level::Maintenance => "Accent",
        Level::Info => "Default",
    };
    let look = json!({ "weight": "Bolder", "size": "Large", "color": colour });
    let mut body = Vec::new();
    let mut push = |text: &str, most: usize, look: &Value| {
        let text = cut_by(text, most, json_bytes);
        let used = text.chars().map(json_bytes).sum::<usize>();
        if !text.is_empty() {
            let mut run = json!({ "type": "TextRun", "text": text });
            for (name, value) in look.as_object().into_iter().flatten() {
                run[name] = value.clone();
            }
            body.push(json!({ "type": "RichTextBlock", "inlines": [run] }));
        }
        used
    };
    let (bold, plain) = (json!({ "weight": "Bolder" }), json!({}));
    let subtle = json!({ "isSubtle": true, "size": "Small" });
    push(&headline(message), HEADLINE_BYTES_MAX, &look);
    let line = format!("{} · {}", message.page_name, message.at_words);
    push(&line, LINE_BYTES_MAX, &subtle);
    let mut room = SECTIONS_BYTES_MAX;
    for section in sections(message).take(SECTIONS_MAX) {
        let label = section.label.as_deref().unwrap_or_default();
        room -= push(label, LABEL_BYTES_MAX.min(room), &bold);
        room -= push(&section.text, room, &plain);
    }
    if !message.parts.is_empty() {
        push(&message.parts_label, LABEL_BYTES_MAX, &bold);
        push(&parts(message).join("\n"), PARTS_BYTES_MAX, &plain);
    }
    push(&message.footer, LINE_BYTES_MAX, &subtle);
    body
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let sent = post_json(http, settings.url.text(), &[], &payload(message), now).await;
    match sent {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
