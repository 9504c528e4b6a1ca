//! Google Chat, by a space's webhook: a card, one thread an incident.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{anchor, broken_cut, cut, cut_by, headline, json_bytes, parts, sections};

// A message is at most 32,000 bytes, whatever is in it: so texts are measured in bytes of JSON.
/// Longest line of the header, footer, line for notifications.
const LINE_BYTES_MAX: usize = 600;
/// Longest label.
const LABEL_BYTES_MAX: usize = 400;
/// Longest text of all sections, with their labels.
const SECTIONS_BYTES_MAX: usize = 18_000;
/// Longest list of systems.
const PARTS_BYTES_MAX: usize = 4_000;
/// Most sections that are shown.
const SECTIONS_MAX: usize = 20;
/// Longest words of a link, in characters.
const LINK_CHARS_MAX: usize = 60;

/// Where a space is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its webhook, with key and token.
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

/// The message as Google Chat takes it.
pub fn payload(message: &Message) -> Value {
    let line = |text: &str| cut_by(text, LINE_BYTES_MAX, json_bytes);
    json!({
        "fallbackText": line(&message.subject),
        "cardsV2": [{
            "cardId": message.key,
            "card": {
                "header": {
                    "title": line(&headline(message)),
                    "subtitle": line(&format!("{} · {}", message.page_name, message.at_words)),
                },
                "sections": [{ "widgets": widgets(message) }],
            },
        }],
        "thread": { "threadKey": message.thread },
    })
}

fn widgets(message: &Message) -> Vec<Value> {
    let mut widgets = Vec::new();
    let mut push = |label: Option<&str>, text: &str, room: usize| {
        let label = label.map_or_else(String::new, |label| {
            format!("<b>{}</b><br>", broken_cut(label, LABEL_BYTES_MAX))
        });
        let used = label.chars().map(json_bytes).sum::<usize>();
        let text = broken_cut(text, room.saturating_sub(used));
        if text.is_empty() {
            return 0;
        }
        widgets.push(paragraph(&format!("{label}{text}")));
        used + text.chars().map(json_bytes).sum::<usize>()
    };
    let mut room = SECTIONS_BYTES_MAX;
    for section in sections(message).take(SECTIONS_MAX) {
        room -= push(section.label.as_deref(), &section.text, room);
    }
    let lines = parts(message).join("\n");
    push(Some(&message.parts_label), &lines, PARTS_BYTES_MAX);
    if let Some(link) = &message.action {
        let text = cut(&link.label, LINK_CHARS_MAX);
        let button = json!({ "text": text, "onClick": { "openLink": { "url": link.url } } });
        widgets.push(json!({ "buttonList": { "buttons": [button] } }));
    }
    let why = broken_cut(&message.footer, LINE_BYTES_MAX);
    let small = [&message.manage, &message.leave];
    let small = small.into_iter().flatten();
    let small: Vec<String> = small.map(|link| anchor(link, LINK_CHARS_MAX)).collect();
    let small = [why, small.join(" · ")];
    let small = small.iter().filter(|line| !line.is_empty());
    let small: Vec<&str> = small.map(String::as_str).collect();
    if !small.is_empty() {
        widgets.push(paragraph(&small.join("<br>")));
    }
    widgets
}

fn paragraph(text: &str) -> Value {
    json!({ "textParagraph": { "text": text } })
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
