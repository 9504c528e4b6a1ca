//! Opsgenie, by its Alert API: an alert that closes when it is over.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Level;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::{Kind, Message};
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{body, cut};

/// Where Opsgenie answers; accounts in Europe have `https://api.eu.opsgenie.com`.
const BASE: &str = "https://api.opsgenie.com";
/// Longest line, in characters.
const MESSAGE_CHARS_MAX: usize = 130;
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
    pub base: Option<String>,
}

/// The alert as Opsgenie takes it; what is over closes one.
pub fn payload(message: &Message) -> Value {
    if is_over(message) {
        return json!({ "source": message.page_name, "note": cut(&message.subject, 500) });
    }
    let priority = match message.level {
        Level::Critical => "P1",
        Level::Major => "P2",
        Level::Minor => "P3",
        Level::Maintenance => "P4",
        Level::Good | Level::Info => "P5",
    };
    json!({
        "message": cut(&message.subject, MESSAGE_CHARS_MAX),
        "alias": message.thread,
        "description": cut(&body(message), DESCRIPTION_CHARS_MAX),
        "priority": priority,
        "source": message.page_name,
        "details": { "page": message.page_url },
    })
}

fn is_over(message: &Message) -> bool {
    matches!(message.kind, Kind::AllClear | Kind::NoticeOver)
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let base = settings
        .base
        .as_deref()
        .unwrap_or(BASE)
        .trim_end_matches('/');
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
