//! Microsoft Teams, by a workflow's webhook: an Adaptive Card. Texts are runs of rich text, which
//! know no markup.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Level;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{cut, headline, parts};

/// Longest text of a run, in characters: a card is at most 28 KB.
const TEXT_CHARS_MAX: usize = 2_000;
/// Longest text of all runs, in characters.
const ALL_CHARS_MAX: usize = 6_000;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its workflow's webhook.
    pub url: Secret,
}

/// The message as Teams takes it.
pub fn payload(message: &Message) -> Value {
    let mut room = ALL_CHARS_MAX;
    let mut run = |text: &str| {
        let shown = cut(text, TEXT_CHARS_MAX.min(room));
        room = room.saturating_sub(shown.chars().count());
        shown
    };
    let colour = match message.level {
        Level::Good => "Good",
        Level::Critical | Level::Major => "Attention",
        Level::Minor => "Warning",
        Level::Maintenance => "Accent",
        Level::Info => "Default",
    };
    let mut body = vec![
        json!({ "type": "RichTextBlock", "inlines": [{
            "type": "TextRun", "text": run(&headline(message)),
            "weight": "Bolder", "size": "Large", "color": colour,
        }]}),
        json!({ "type": "RichTextBlock", "spacing": "None", "inlines": [{
            "type": "TextRun", "isSubtle": true,
            "text": run(&format!("{} · {}", message.page_name, message.at_words)),
        }]}),
    ];
    for section in &message.sections {
        if let Some(label) = &section.label {
            let label = json!({ "type": "TextRun", "text": run(label), "weight": "Bolder" });
            body.push(json!({ "type": "RichTextBlock", "inlines": [label] }));
        }
        let text = json!({ "type": "TextRun", "text": run(&section.text) });
        body.push(json!({ "type": "RichTextBlock", "inlines": [text] }));
    }
    if !message.parts.is_empty() {
        let label = json!({
            "type": "TextRun", "text": run(&message.parts_label), "weight": "Bolder",
        });
        let lines = json!({ "type": "TextRun", "text": run(&parts(message).join("\n")) });
        body.push(json!({ "type": "RichTextBlock", "inlines": [label] }));
        body.push(json!({ "type": "RichTextBlock", "spacing": "None", "inlines": [lines] }));
    }
    let links = [&message.action, &message.manage, &message.leave];
    let actions: Vec<Value> = links
        .into_iter()
        .flatten()
        .map(|link| json!({ "type": "Action.OpenUrl", "title": link.label, "url": link.url }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": cut(&message.subject, 500),
                "msteams": { "width": "Full" },
                "body": body,
                "actions": actions,
            },
        }],
    })
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let sent = post_json(http, settings.url.text(), &[], &payload(message), now).await;
    match sent {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
