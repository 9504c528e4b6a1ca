//! Any service that takes a request: its body is a template of the team's.
//!
//! A template sees texts alone, may take so many steps and write so much; what it can not do is an
//! error that says where.

use minijinja::{Environment, UndefinedBehavior, context};
use noroshi_domain::Instant;
use serde::Deserialize;

use crate::http::Http;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::secret::{Secret, first_wrong};
use crate::words::{body, cut};

/// How many steps a template may take.
pub const STEPS_MAX: u64 = 20_000;
/// How much of a message's text a template sees, in characters.
const SEEN_CHARS_MAX: usize = 4_000;
/// How long what it writes may be, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its address.
    pub url: Secret,
    /// Headers, one a line, `Name: value`.
    #[serde(default)]
    pub headers: Option<Secret>,
    /// The template of the body.
    pub body: String,
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

/// Why a template wrote nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template fails: {reason}")]
pub struct Fault {
    /// What is wrong, and in which line.
    pub reason: String,
}

/// What a template writes of a message.
///
/// # Errors
/// [`Fault`] when it can not be read, names what is not there, or does too much.
pub fn written(template: &str, message: &Message) -> Result<String, Fault> {
    let fault = |error: &minijinja::Error| Fault {
        reason: match error.line() {
            Some(line) => format!("line {line}: {}", error.kind()),
            None => error.kind().to_string(),
        },
    };
    let mut environment = Environment::new();
    environment.set_fuel(Some(STEPS_MAX));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let parts: Vec<_> = message
        .parts
        .iter()
        .map(|part| context! { name => part.name, status => part.status_words })
        .collect();
    let read = environment
        .template_from_str(template)
        .map_err(|error| fault(&error))?;
    let mut text = Bounded(Vec::new());
    read.render_captured_to(
        context! {
            page => message.page_name,
            page_url => message.page_url,
            subject => message.subject,
            title => message.title,
            state => message.state,
            text => cut(&body(message), SEEN_CHARS_MAX),
            url => message.action.as_ref().map(|link| link.url.clone()),
            level => message.level.as_str(),
            at => message.at.timestamp().to_string(),
            key => message.key,
            thread => message.thread,
            components => parts,
        },
        &mut text,
    )
    .map_err(|error| fault(&error))?;
    String::from_utf8(text.0).map_err(|_| Fault {
        reason: "it writes no text".to_owned(),
    })
}

/// What is written, up to the most.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > TEXT_BYTES_MAX {
            return Err(std::io::Error::other("it writes too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Sends it once.
pub async fn send(http: &Http, settings: &Settings, message: &Message, now: Instant) -> Outcome {
    let text = match written(&settings.body, message) {
        Ok(text) => text,
        Err(fault) => {
            let reason = fault.to_string();
            return Outcome::Refused { reason };
        }
    };
    let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
    let own = settings.headers.as_ref().map_or("", Secret::text);
    let mut headers: Vec<(&str, &str)> = own
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    let has_kind = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !has_kind {
        headers.push((
            "content-type",
            if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            },
        ));
    }
    headers.push(("idempotency-key", &message.key));
    let url = settings.url.text();
    match http.post(url, &headers, text.into_bytes(), now).await {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}
