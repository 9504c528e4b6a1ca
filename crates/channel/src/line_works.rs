//! LINE WORKS, by a room's incoming webhook.

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{body, cut, headline};

/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 100;
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 1_000;
/// Longest label of the button, in characters.
const LABEL_CHARS_MAX: usize = 20;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its incoming webhook.
    pub url: Secret,
}

/// The message as LINE WORKS takes it.
pub fn payload(message: &Message) -> Value {
    let mut shaped = json!({
        "title": cut(&headline(message), TITLE_CHARS_MAX),
        "body": { "text": cut(&body(message), TEXT_CHARS_MAX) },
    });
    if let Some(link) = &message.action {
        let label = cut(&link.label, LABEL_CHARS_MAX);
        shaped["button"] = json!({ "label": label, "url": link.url });
    }
    shaped
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    match post_json(http, settings.url.text(), &[], &payload(message), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
