//! Discord, by a room's webhook: one message an incident, edited as it goes on.

use std::time::Duration;

use noroshi_domain::Instant;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Http, RETRY_AFTER_MAX, json_request};
use crate::message::{Link, Message};
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{cut, headline, length, parts, sections};

// All of an embed are at most 6,000 characters: these together are less.
/// Longest title, in characters.
const TITLE_CHARS_MAX: usize = 256;
/// Longest text of all sections, in characters.
const TEXT_CHARS_MAX: usize = 2_700;
/// Longest label, name of a page, time, in characters.
const LABEL_CHARS_MAX: usize = 100;
/// Longest value of a field, in characters.
const FIELD_CHARS_MAX: usize = 1_024;
/// Longest words under all, in characters.
const FOOTER_CHARS_MAX: usize = 400;
/// The webhook is unknown: somebody took it away.
const UNKNOWN_WEBHOOK: &str = "10015";
/// The webhook's token is no longer right.
const BAD_TOKEN: &str = "50027";

/// Where a room is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its webhook.
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

/// The message as Discord takes it. It calls nobody, whatever it says.
pub fn payload(message: &Message) -> Value {
    let mut fields = Vec::new();
    if !message.parts.is_empty() {
        let lines = marked(&parts(message).join("\n"), FIELD_CHARS_MAX);
        fields.push(field(&message.parts_label, &lines));
    }
    let links = small_links(message);
    if !links.is_empty() {
        fields.push(field(&message.page_name, &links));
    }
    let colour = u32::from_str_radix(message.level.colour().trim_start_matches('#'), 16);
    json!({
        "allowed_mentions": { "parse": [] },
        "embeds": [{
            "title": marked(&headline(message), TITLE_CHARS_MAX),
            "url": message.action.as_ref().map(|link| &link.url),
            "description": description(message),
            "color": colour.unwrap_or_default(),
            "fields": fields,
            "footer": { "text": footer(message) },
            "timestamp": message.at.timestamp().to_string(),
        }],
    })
}

fn field(name: &str, value: &str) -> Value {
    json!({ "name": marked(name, LABEL_CHARS_MAX), "value": value })
}

/// The sections, each under its label.
fn description(message: &Message) -> String {
    let mut told = String::new();
    for section in sections(message) {
        let gap = if told.is_empty() { "" } else { "\n\n" };
        let label = section.label.as_ref().map_or_else(String::new, |label| {
            format!("**{}**\n", marked(label, LABEL_CHARS_MAX))
        });
        let used = length(&told) + length(gap) + length(&label);
        let Some(room @ 1..) = TEXT_CHARS_MAX.checked_sub(used) else {
            break;
        };
        told.push_str(gap);
        told.push_str(&label);
        told.push_str(&marked(&section.text, room));
    }
    told
}

/// Where the reader changes or ends what he is told.
fn small_links(message: &Message) -> String {
    let links = [&message.manage, &message.leave];
    let mut told = String::new();
    for Link { label, url } in links.into_iter().flatten() {
        let gap = if told.is_empty() { "" } else { " · " };
        // Between brackets Discord shows the signs that elsewhere hide others.
        let label = label.replace(['[', ']', '(', ')', '\\', '\n'], " ");
        let url = url.replace('(', "%28").replace(')', "%29");
        let link = format!("{gap}[{}]({url})", cut(&label, LABEL_CHARS_MAX));
        if length(&told) + length(&link) <= FIELD_CHARS_MAX {
            told.push_str(&link);
        }
    }
    told
}

/// Whose it is, when and why: plain text.
fn footer(message: &Message) -> String {
    let page = cut(&message.page_name, LABEL_CHARS_MAX);
    let at = cut(&message.at_words, LABEL_CHARS_MAX);
    let why = cut(&message.footer, FOOTER_CHARS_MAX);
    format!("{page} · {at}\n{why}").trim_end().to_owned()
}

/// A text whose signs mean nothing to Discord, cut so that all of it is at most so long. Addresses
/// stay as they are: there the signs mean nothing, and what hides them would be read as theirs.
fn marked(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut room = most;
    let mut left = text;
    while let Some(letter) = left.chars().next() {
        let address = address_at(left);
        let taken = if address.is_empty() {
            &left[..letter.len_utf8()]
        } else {
            address
        };
        let is_sign = address.is_empty() && "\\*_~`|<>#[]@-".contains(letter);
        let needed = length(taken) + usize::from(is_sign);
        left = &left[taken.len()..];
        // What is cut off is said to be, which needs room.
        let kept = usize::from(!left.is_empty());
        if needed + kept > room {
            if room > 0 {
                shown.push('…');
            }
            return shown;
        }
        if is_sign {
            shown.push('\\');
        }
        shown.push_str(taken);
        room -= needed;
    }
    shown
}

/// The address that a text begins with; empty where it begins with none.
fn address_at(text: &str) -> &str {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return "";
    }
    let is_end = |letter: char| letter.is_whitespace() || "<>|*`\"\\[]".contains(letter);
    &text[..text.find(is_end).unwrap_or(text.len())]
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
            Ok(answer) if answer.status == 404 && !is_gone(&answer) => {}
            Ok(answer) => {
                return match outcome(&answer) {
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
        Ok(answer) => match outcome(&answer) {
            Outcome::Delivered { .. } => Outcome::Delivered {
                reference: answer.text_at("/id").filter(|id| is_id(id)),
            },
            other => other,
        },
        Err(failure) => failure.outcome(),
    }
}

/// Whether the webhook itself is no more.
fn is_gone(answer: &Answer) -> bool {
    let code = answer.text_at("/code").unwrap_or_default();
    [UNKNOWN_WEBHOOK, BAD_TOKEN].contains(&code.as_str())
}

fn outcome(answer: &Answer) -> Outcome {
    if answer.status == 404 || (answer.status == 401 && is_gone(answer)) {
        let reason = format!("it answered {}", answer.status);
        return Outcome::Gone { reason };
    }
    match answer.outcome() {
        Outcome::Later {
            reason,
            after: None,
            is_service_down,
        } => Outcome::Later {
            reason,
            after: asked(answer),
            is_service_down,
        },
        other => other,
    }
}

/// How long Discord asks to be left alone, in its answer's body: seconds with a fraction.
fn asked(answer: &Answer) -> Option<Duration> {
    let seconds: f64 = answer.text_at("/retry_after")?.parse().ok()?;
    let asked = Duration::try_from_secs_f64(seconds).ok()?;
    Some(asked.min(RETRY_AFTER_MAX))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit())
}
