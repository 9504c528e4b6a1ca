//! Telegram, by a bot: one message an incident, edited as it goes on.

use std::time::Duration;

use noroshi_domain::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Http, RETRY_AFTER_MAX, post_json};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{escaped, escaped_cut, headline, parts};

/// Where Telegram answers.
const BASE: &str = "https://api.telegram.org";
/// Longest message, in characters; links and labels besides.
const TEXT_CHARS_MAX: usize = 3_000;

/// A chat, and the bot that writes there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// The chat's number, or the channel's `@name`.
    pub chat_id: String,
    /// Another server that speaks the same.
    #[serde(default)]
    pub base: Option<String>,
}

/// The message's text, in the HTML that Telegram knows.
pub fn text(message: &Message) -> String {
    let mut blocks = vec![format!("<b>{}</b>", escaped_cut(&headline(message), 300))];
    let mut room = TEXT_CHARS_MAX;
    let mut push = |label: Option<&String>, text: &str| {
        let shown = escaped_cut(text, room);
        room = room.saturating_sub(shown.chars().count());
        if !shown.is_empty() {
            blocks.push(match label {
                Some(label) => format!("<b>{}</b>\n{shown}", escaped_cut(label, 100)),
                None => shown,
            });
        }
    };
    for section in &message.sections {
        push(section.label.as_ref(), &section.text);
    }
    if !message.parts.is_empty() {
        push(Some(&message.parts_label), &parts(message).join("\n"));
    }
    let page = escaped_cut(&message.page_name, 100);
    blocks.push(format!("{page} · {}", escaped(&message.at_words)));
    let links = [&message.action, &message.manage, &message.leave];
    let links: Vec<String> = links
        .into_iter()
        .flatten()
        .map(|link| {
            let url = escaped(&link.url).replace('"', "&quot;");
            format!("<a href=\"{url}\">{}</a>", escaped(&link.label))
        })
        .collect();
    blocks.push(links.join(" · "));
    blocks.join("\n\n")
}

/// Sends it once: where an earlier message of its thread is known, that one is changed.
pub async fn send(
    http: &Http,
    settings: &Settings,
    (message, earlier): (&Message, Option<&str>),
    now: Instant,
) -> Outcome {
    let mut body = json!({
        "chat_id": settings.chat_id,
        "text": text(message),
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    if let Some(id) = earlier.and_then(|id| id.parse::<i64>().ok()) {
        body["message_id"] = json!(id);
        let sent = call(http, settings, "editMessageText", (&body, now)).await;
        let said = match &sent {
            Ok(answer) => answer.text_at("/description").unwrap_or_default(),
            Err(_) => String::new(),
        };
        let is_lost = ["to edit not found", "can't be edited"];
        let is_lost = is_lost.iter().any(|mark| said.contains(mark));
        if said.contains("message is not modified") {
            let reference = Some(id.to_string());
            return Outcome::Delivered { reference };
        }
        if !is_lost {
            return outcome(sent, Some(id));
        }
        body.as_object_mut()
            .expect("it is one")
            .remove("message_id");
    }
    outcome(
        call(http, settings, "sendMessage", (&body, now)).await,
        None,
    )
}

type Sent = Result<Answer, crate::http::Failure>;

async fn call(
    http: &Http,
    settings: &Settings,
    method: &str,
    (body, now): (&Value, Instant),
) -> Sent {
    let base = settings
        .base
        .as_deref()
        .unwrap_or(BASE)
        .trim_end_matches('/');
    let url = format!("{base}/bot{}/{method}", settings.token.text());
    post_json(http, &url, &[], body, now).await
}

fn outcome(sent: Sent, edited: Option<i64>) -> Outcome {
    let answer = match sent {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome(),
    };
    let reason = || match answer.text_at("/description") {
        Some(said) => format!("it answered {}: {said}", answer.status),
        None => format!("it answered {}", answer.status),
    };
    match answer.status {
        200..=299 => Outcome::Delivered {
            reference: edited
                .map(|id| id.to_string())
                .or_else(|| answer.text_at("/result/message_id")),
        },
        // The bot was thrown out, or never let in.
        403 => Outcome::Gone { reason: reason() },
        429 => {
            let asked = answer.text_at("/parameters/retry_after");
            let asked = asked.and_then(|text| text.parse().ok());
            Outcome::Later {
                reason: reason(),
                after: asked.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX)),
                is_service_down: false,
            }
        }
        500..=599 => answer.outcome(),
        _ => Outcome::Refused { reason: reason() },
    }
}
