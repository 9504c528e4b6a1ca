//! Text messages, through a service that speaks Twilio's protocol.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noroshi_domain::Instant;
use reqwest::Url;
use serde::Deserialize;

use crate::http::Http;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, base_of, first_wrong};
use crate::words::cut;

/// Where Twilio answers.
const BASE: &str = "https://api.twilio.com";
/// Longest message, in characters.
const TEXT_CHARS_MAX: usize = 1_600;
/// What begins the name of a messaging service, which stands in the place of a number.
const SERVICE: &str = "MG";
/// Longest name of a message that is kept.
const SID_BYTES_MAX: usize = 64;
/// Who answered STOP.
const LEFT: &str = "21610";

/// An account, and whom a message goes to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The account.
    pub account_sid: Secret,
    /// Its token.
    pub auth_token: Secret,
    /// A number, or the SID of a messaging service.
    pub from: Secret,
    /// The recipient's number.
    pub to: Secret,
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
            ("account_sid", self.account_sid.is_path()),
            ("auth_token", self.auth_token.is_word()),
            ("from", self.from.is_line()),
            ("to", self.to.is_line()),
            ("base", self.base.as_ref().is_none_or(Secret::is_base)),
        ])
    }
}

/// The form that Twilio takes.
pub fn payload(settings: &Settings, message: &Message) -> String {
    let from = if settings.from.text().starts_with(SERVICE) {
        "MessagingServiceSid"
    } else {
        "From"
    };
    let text = if message.short.is_empty() {
        &message.subject
    } else {
        &message.short
    };
    let mut form = Url::parse("form:").expect("it is an address");
    form.query_pairs_mut()
        .append_pair("To", settings.to.text())
        .append_pair(from, settings.from.text())
        .append_pair("Body", &cut(text, TEXT_CHARS_MAX));
    form.query().unwrap_or_default().to_owned()
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let base = base_of(settings.base.as_ref(), BASE);
    let account = settings.account_sid.text();
    let url = format!("{base}/2010-04-01/Accounts/{account}/Messages.json");
    let login = format!("{account}:{}", settings.auth_token.text());
    let login = format!("Basic {}", STANDARD.encode(login));
    let headers = [
        ("authorization", login.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = payload(settings, message).into_bytes();
    let answer = match http.post(&url, &headers, body, now).await {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome(),
    };
    let is_code = |text: &String| text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let code = answer.text_at("/code").filter(is_code).unwrap_or_default();
    match answer.status {
        200..=299 => Outcome::Delivered {
            reference: answer
                .text_at("/sid")
                .filter(|sid| sid.len() <= SID_BYTES_MAX),
        },
        400..=499 if code == LEFT => Outcome::Gone {
            reason: "the recipient wants no more messages".to_owned(),
        },
        400..=499 if answer.status != 429 && !code.is_empty() => Outcome::Refused {
            reason: format!("it answered {}, code {code}", answer.status),
        },
        _ => answer.outcome(),
    }
}
