//! `PagerDuty`, by its Events API version 2: an alert that closes when it is over.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Level;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, post_json};
use crate::message::{Kind, Message};
use crate::outcome::Outcome;
use crate::secret::{Secret, base_of, first_wrong};
use crate::words::{body, cut};

/// Where `PagerDuty` takes events.
const BASE: &str = "https://events.pagerduty.com";
/// Longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 1_024;
/// Longest name of the page and words of the link, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Longest details, in characters: an event is at most 512 KB.
const DETAILS_CHARS_MAX: usize = 20_000;

/// An integration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its key.
    pub routing_key: Secret,
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
            ("routing_key", self.routing_key.is_key()),
            ("base", self.base.as_ref().is_none_or(Secret::is_base)),
        ])
    }
}

/// The event as `PagerDuty` takes it.
pub fn payload(settings: &Settings, message: &Message) -> Value {
    let is_over = matches!(message.kind, Kind::AllClear | Kind::NoticeOver);
    let mut event = json!({
        "routing_key": settings.routing_key.text(),
        "event_action": if is_over { "resolve" } else { "trigger" },
        "dedup_key": message.thread,
    });
    if is_over {
        return event;
    }
    let severity = match message.level {
        Level::Critical => "critical",
        Level::Major => "error",
        Level::Minor => "warning",
        Level::Good | Level::Info | Level::Maintenance => "info",
    };
    event["payload"] = json!({
        "summary": cut(&message.subject, SUMMARY_CHARS_MAX),
        "source": message.page_url,
        "severity": severity,
        "timestamp": message.at.timestamp().to_string(),
        "custom_details": {
            "text": cut(&body(message), DETAILS_CHARS_MAX),
            "level": message.level.as_str(),
        },
    });
    event["client"] = json!(cut(&message.page_name, LABEL_CHARS_MAX));
    event["client_url"] = json!(message.page_url);
    if let Some(link) = &message.action {
        let text = cut(&link.label, LABEL_CHARS_MAX);
        event["links"] = json!([{ "href": link.url, "text": text }]);
    }
    event
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let base = base_of(settings.base.as_ref(), BASE);
    let url = format!("{base}/v2/enqueue");
    match post_json(http, &url, &[], &payload(settings, message), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
