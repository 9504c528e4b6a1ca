//! A message as MIME: plain text and HTML that say the same, threaded, and left in one click.

use std::time::{Duration, SystemTime};

use lettre::message::dkim::{DkimConfig, dkim_sign};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mail};
use noroshi_domain::Instant;

use super::{BadSettings, html, text};
use crate::message::Message;

/// From whom to whom.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// The address that mails come from.
    pub from: &'a str,
    /// The recipient's.
    pub to: &'a str,
    /// The address that answers go to.
    pub reply_to: Option<&'a str>,
}

/// The mail: the same message gives the same bytes, but for the recipient and the date.
///
/// # Errors
/// When an address is none.
pub fn build(
    envelope: &Envelope<'_>,
    message: &Message,
    dkim: Option<&DkimConfig>,
    at: Instant,
) -> Result<Mail, BadSettings> {
    let address = |what: &str, text: &str| {
        let read: Result<Address, _> = text.parse();
        read.map_err(|_| BadSettings(format!("the {what}'s address can not be written to")))
    };
    let from = address("sender", envelope.from)?;
    let domain = from.domain().to_owned();
    let from = Mailbox::new(Some(one_line(&message.page_name)), from);
    let to = Mailbox::new(None, address("recipient", envelope.to)?);
    let mut builder = Mail::builder()
        .from(from)
        .to(to)
        .subject(one_line(&message.subject))
        .date(date(at))
        .message_id(Some(format!("<{}@{domain}>", message.key)));
    if let Some(reply_to) = envelope.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address("answer", reply_to)?));
    }
    let boundary = format!("noroshi-{}", message.key);
    let body = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, text::write(message)))
        .singlepart(part(ContentType::TEXT_HTML, html::write(message)));
    let mut mail = builder
        .multipart(body)
        .map_err(|_| BadSettings("the mail can not be made".to_owned()))?;
    for (name, value) in headers(message, &domain) {
        let name = HeaderName::new_from_ascii_str(name);
        // Ready as they are: folding or encoding would break addresses and identifiers.
        let value = HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value);
        mail.headers_mut().insert_raw(value);
    }
    if let Some(dkim) = dkim {
        dkim_sign(&mut mail, dkim);
    }
    Ok(mail)
}

fn part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(kind).body(text)
}

fn headers(message: &Message, domain: &str) -> Vec<(&'static str, String)> {
    let thread = format!("<thread-{}@{domain}>", message.thread);
    let mut headers = vec![
        ("References", thread.clone()),
        ("In-Reply-To", thread),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("Content-Language", message.locale.as_str().to_owned()),
        (
            "List-ID",
            format!("<{}>", ascii(host_of(&message.page_url))),
        ),
    ];
    if let Some(leave) = &message.leave {
        headers.push(("List-Unsubscribe", format!("<{}>", ascii(&leave.url))));
        let one_click = "List-Unsubscribe=One-Click".to_owned();
        headers.push(("List-Unsubscribe-Post", one_click));
    }
    headers
}

/// A text that stands in a header as it is: nothing that could end the line or the angle.
fn ascii(text: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_graphic() && !"<>".contains(*letter);
    text.chars().filter(fits).collect()
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_control() || letter.is_whitespace());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn date(at: Instant) -> SystemTime {
    let micros = u64::try_from(at.micros()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}
