//! Google Chat, by a space's webhook: a card, one thread an incident.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{cut, escaped, escaped_cut, headline, parts};

/// Longest text of a paragraph, in characters: a message is at most 32,000 bytes.
const TEXT_CHARS_MAX: usize = 1_500;
/// Most paragraphs.
const PARAGRAPHS_MAX: usize = 5;

/// Where a space is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its webhook, with key and token.
    pub url: Secret,
}

/// The message as Google Chat takes it.
pub fn payload(message: &Message) -> Value {
    let sections = message.sections.iter().take(PARAGRAPHS_MAX);
    let mut widgets: Vec<Value> = sections
        .map(|section| {
            let text = escaped_cut(&section.text, TEXT_CHARS_MAX).replace('\n', "<br>");
            let text = match &section.label {
                Some(label) => format!("<b>{}</b><br>{text}", escaped(&cut(label, 200))),
                None => text,
            };
            json!({ "textParagraph": { "text": text } })
        })
        .collect();
    if !message.parts.is_empty() {
        let lines = escaped_cut(&parts(message).join("\n"), TEXT_CHARS_MAX);
        let label = escaped(&cut(&message.parts_label, 200));
        let text = format!("<b>{label}</b><br>{}", lines.replace('\n', "<br>"));
        widgets.push(json!({ "textParagraph": { "text": text } }));
    }
    let links = [&message.action, &message.manage, &message.leave];
    let buttons: Vec<Value> = links
        .into_iter()
        .flatten()
        .map(|link| json!({ "text": link.label, "onClick": { "openLink": { "url": link.url } } }))
        .collect();
    if !buttons.is_empty() {
        widgets.push(json!({ "buttonList": { "buttons": buttons } }));
    }
    json!({
        "fallbackText": cut(&message.subject, 500),
        "cardsV2": [{
            "cardId": message.key,
            "card": {
                "header": {
                    "title": cut(&headline(message), 300),
                    "subtitle": cut(&format!("{} · {}", message.page_name, message.at_words), 300),
                },
                "sections": [{ "widgets": widgets }],
            },
        }],
        "thread": { "threadKey": message.thread },
    })
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let url = settings.url.text();
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{joint}messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    match post_json(http, &url, &[], &payload(message), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
