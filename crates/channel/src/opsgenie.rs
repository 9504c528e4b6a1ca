//! Opsgenie, by its Alert API: an alert that closes when it is over.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Level;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::{Kind, Message};
use crate::outcome::Outcome;
use crate::secret::{Secret, base_of, first_wrong};
use crate::words::{body, cut};

/// Where Opsgenie answers; accounts in Europe have `https://api.eu.opsgenie.com`.
const BASE: &str = "https://api.opsgenie.com";
/// Longest line, in characters.
const MESSAGE_CHARS_MAX: usize = 130;
/// Longest name of what an alert comes from, in characters.
const SOURCE_CHARS_MAX: usize = 100;
/// Longest tag, in characters.
const TAG_CHARS_MAX: usize = 50;
/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;
/// Longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 15_000;

/// An integration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its key.
    pub api_key: Secret,
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
            ("api_key", self.api_key.is_key()),
            ("base", self.base.as_ref().is_none_or(Secret::is_base)),
        ])
    }
}

/// The alert as Opsgenie takes it; what is over closes one.
pub fn payload(message: &Message) -> Value {
    let source = cut(&message.page_name, SOURCE_CHARS_MAX);
    if is_over(message) {
        return json!({ "source": source, "note": cut(&message.subject, NOTE_CHARS_MAX) });
    }
    let priority = match message.level {
        Level::Critical => "P1",
        Level::Major => "P2",
        Level::Minor => "P3",
        Level::Maintenance => "P4",
        Level::Good | Level::Info => "P5",
    };
    let mut details = json!({ "page": message.page_url });
    if let Some(link) = &message.action {
        details["link"] = json!(link.url);
    }
    json!({
        "message": cut(&message.subject, MESSAGE_CHARS_MAX),
        "alias": message.thread,
        "description": cut(&body(message), DESCRIPTION_CHARS_MAX),
        "priority": priority,
        "source": source,
        "tags": [message.level.as_str(), cut(&message.page_name, TAG_CHARS_MAX)],
        "details": details,
    })
}

fn is_over(message: &Message) -> bool {
    matches!(message.kind, Kind::AllClear | Kind::NoticeOver)
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let base = base_of(settings.base.as_ref(), BASE);
    let url = if is_over(message) {
        let alias = &message.thread;
        format!("{base}/v2/alerts/{alias}/close?identifierType=alias")
    } else {
        format!("{base}/v2/alerts")
    };
    let key = format!("GenieKey {}", settings.api_key.text());
    let headers = [("authorization", key.as_str())];
    match post_json(http, &url, &headers, &payload(message), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
