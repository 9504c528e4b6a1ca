//! Discord, by a room's webhook: one message an incident, edited as it goes on.

use noroshi_domain::Instant;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Http, json_request};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::words::{cut, headline, parts};

/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 256;
/// Longest text above the fields, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// Longest name and value of a field, in characters.
const FIELD_CHARS_MAX: (usize, usize) = (256, 700);
/// Most fields: all of an embed are at most 6,000 characters.
const FIELDS_MAX: usize = 4;

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its webhook.
    pub url: Secret,
}

/// The message as Discord takes it. It calls nobody, whatever it says.
pub fn payload(message: &Message) -> Value {
    let plain = message.sections.iter().filter(|own| own.label.is_none());
    let plain: Vec<&str> = plain.map(|own| own.text.as_str()).collect();
    let labelled = message.sections.iter().filter_map(|own| {
        let label = own.label.as_ref()?;
        Some((label.clone(), own.text.clone()))
    });
    let systems = (message.parts_label.clone(), parts(message).join("\n"));
    let systems = (!message.parts.is_empty()).then_some(systems);
    let fields: Vec<Value> = labelled
        .take(FIELDS_MAX - 1)
        .chain(systems)
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| {
            let name = marked(&label, FIELD_CHARS_MAX.0);
            json!({ "name": name, "value": marked(&text, FIELD_CHARS_MAX.1) })
        })
        .collect();
    let colour = u32::from_str_radix(message.level.colour().trim_start_matches('#'), 16);
    let url = message.action.as_ref().map(|link| link.url.clone());
    json!({
        "allowed_mentions": { "parse": [] },
        "embeds": [{
            "title": marked(&headline(message), TITLE_CHARS_MAX),
            "url": url,
            "description": marked(&plain.join("\n\n"), TEXT_CHARS_MAX),
            "color": colour.unwrap_or_default(),
            "fields": fields,
            "footer": { "text": cut(&message.page_name, 200) },
            "timestamp": message.at.timestamp().to_string(),
        }],
    })
}

/// A text whose signs mean nothing to Discord, cut so that all of it is at most so long.
fn marked(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut count = 0;
    for letter in text.chars() {
        let is_sign = "\\*_~`|>#[]()@-".contains(letter) && letter != '(' && letter != ')';
        let needed = 1 + usize::from(is_sign);
        if count + needed >= most {
            shown.push('…');
            return shown;
        }
        if is_sign {
            shown.push('\\');
        }
        shown.push(letter);
        count += needed;
    }
    shown
}

/// Sends it once: where an earlier message of its thread is known, that one is changed.
pub async fn send(
    http: &Http,
    settings: &Settings,
    (message, earlier): (&Message, Option<&str>),
    now: Instant,
) -> Outcome {
    let url = settings.url.text();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let body = payload(message);
    if let Some(earlier) = earlier.filter(|id| is_id(id)) {
        let own = match query {
            "" => format!("{address}/messages/{earlier}"),
            query => format!("{address}/messages/{earlier}?{query}"),
        };
        match json_request(http, (Method::PATCH, &own), &[], &body, now).await {
            // Somebody took it away: it is said anew.
            Ok(answer) if answer.status == 404 => {}
            Ok(answer) => {
                return match answer.outcome() {
                    Outcome::Delivered { .. } => Outcome::Delivered {
                        reference: Some(earlier.to_owned()),
                    },
                    other => other,
                };
            }
            Err(failure) => return failure.outcome(),
        }
    }
    let own = match query {
        "" => format!("{address}?wait=true"),
        query => format!("{address}?{query}&wait=true"),
    };
    match json_request(http, (Method::POST, &own), &[], &body, now).await {
        Ok(answer) if answer.status == 404 => Outcome::Gone {
            reason: "it answered 404".to_owned(),
        },
        Ok(answer) => match answer.outcome() {
            Outcome::Delivered { .. } => Outcome::Delivered {
                reference: answer.text_at("/id").filter(|id| is_id(id)),
            },
            other => other,
        },
        Err(failure) => failure.outcome(),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit())
}
