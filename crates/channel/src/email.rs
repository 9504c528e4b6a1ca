//! Mail: built as MIME, signed where a key is given, handed to one mail server over kept
//! connections.

mod html;
mod key;
mod mime;
mod text;

use std::time::Duration;

use lettre::message::dkim::DkimConfig;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use noroshi_domain::Instant;

use crate::message::Message;
use crate::outcome::Outcome;

pub use mime::build;

/// How many connections to the mail server are kept.
const CONNECTIONS_MAX: u32 = 16;
/// How long the mail server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How a connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// By STARTTLS, which must succeed (RFC 3207).
    StartTls,
    /// From the beginning (RFC 8314).
    Tls,
    /// Not at all.
    None,
}

/// The mail server, and how mails are made out.
#[derive(Clone)]
pub struct Settings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Whom we sign in as, and the password.
    pub login: Option<(String, String)>,
    /// The address that mails come from.
    pub from: String,
    /// The address that answers go to.
    pub reply_to: Option<String>,
    /// Signs mails.
    pub dkim: Option<Dkim>,
    /// A certificate authority of the house, PEM.
    pub root_certificate: Option<String>,
}

/// How mails are signed (RFC 6376).
#[derive(Clone)]
pub struct Dkim {
    /// For which domain.
    pub domain: String,
    /// Under which name the public key stands in its DNS.
    pub selector: String,
    /// The private key, PEM: RSA in PKCS #1 or #8, or Ed25519 in PKCS #8.
    pub key: String,
}

/// Why settings can not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSettings(pub String);

/// Hands mails to the mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: String,
    reply_to: Option<String>,
    dkim: Option<DkimConfig>,
}

impl Mailer {
    /// A mailer of a server; nothing is asked of it yet.
    ///
    /// # Errors
    /// When a key or certificate can not be read.
    pub fn new(settings: &Settings) -> Result<Self, BadSettings> {
        let bad = |what: &str| BadSettings(format!("the mail server's {what} can not be used"));
        let host = settings.host.trim_matches(['[', ']']);
        let tls = || {
            let mut parameters = TlsParameters::builder(host.to_owned());
            if let Some(pem) = &settings.root_certificate {
                let root = Certificate::from_pem(pem.as_bytes());
                parameters = parameters.add_root_certificate(root.map_err(|_| bad("certificate"))?);
            }
            parameters.build().map_err(|_| bad("certificate"))
        };
        let security = match settings.security {
            Security::StartTls => Tls::Required(tls()?),
            Security::Tls => Tls::Wrapper(tls()?),
            Security::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.port)
            .tls(security)
            .timeout(Some(ANSWER_TIMEOUT))
            .pool_config(
                PoolConfig::new()
                    .max_size(CONNECTIONS_MAX)
                    .idle_timeout(IDLE_TIMEOUT),
            );
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        let dkim = settings.dkim.as_ref().map(key::config).transpose();
        Ok(Self {
            transport: builder.build(),
            from: settings.from.clone(),
            reply_to: settings.reply_to.clone(),
            dkim: dkim.map_err(|_| bad("DKIM key"))?,
        })
    }

    /// Sends one mail.
    pub async fn send(&self, to: &str, message: &Message, at: Instant) -> Outcome {
        let envelope = mime::Envelope {
            from: &self.from,
            to,
            reply_to: self.reply_to.as_deref(),
        };
        let mail = match build(&envelope, message, self.dkim.as_ref(), at) {
            Ok(mail) => mail,
            Err(BadSettings(reason)) => return Outcome::Refused { reason },
        };
        match self.transport.send(mail).await {
            Ok(_) => Outcome::delivered(),
            Err(error) => outcome(&error, to),
        }
    }
}

/// What a mail server's answer means. A mailbox that is not there is gone for good.
fn outcome(error: &SmtpError, to: &str) -> Outcome {
    let said = said(error, to);
    let status = error.status().map(|code| code.to_string());
    match status {
        Some(code) if error.is_permanent() => {
            let is_login = code.starts_with("53");
            let is_mailbox = matches!(code.as_str(), "550" | "551" | "553");
            // Enhanced codes (RFC 3463): 5.1.x is the address, 5.7.x is policy.
            if is_login {
                down(format!("the mail server refused to let us in: {said}"))
            } else if is_mailbox && !said.contains("5.7.") {
                Outcome::Gone { reason: said }
            } else {
                Outcome::Refused { reason: said }
            }
        }
        Some(_) => Outcome::later(said),
        None if error.is_tls() => {
            down("the mail server's certificate is not trusted, or it offers no TLS".to_owned())
        }
        None if error.is_timeout() => down("the mail server did not answer in time".to_owned()),
        None => down(format!("the mail server can not be reached: {said}")),
    }
}

const fn down(reason: String) -> Outcome {
    Outcome::Later {
        reason,
        after: None,
        is_service_down: true,
    }
}

/// What the server said, without the address it was said of.
fn said(error: &SmtpError, to: &str) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|own| own.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    let text = texts.join(": ");
    let words = text.split_whitespace().map(|word| {
        let is_address = word.contains('@') || word.contains(to);
        if is_address { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
