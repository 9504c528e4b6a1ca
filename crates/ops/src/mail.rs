//! The mail server that messages leave by: one for the installation, its secrets sealed.

use noroshi_domain::{Refusal, hash_hex};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{MAIL_CHARS_MAX, MAIL_KEY_CHARS_MAX};
use crate::records::{PrivateRecord, Stored, Writes, unique_key};
use crate::secrets::Sealed;
use crate::users::check_email;

/// The key of the one there is.
const ONLY: &str = "only";

/// How a connection to the mail server is secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// It begins in the clear and must be encrypted before anything is said (RFC 3207).
    #[default]
    StartTls,
    /// It is encrypted from the beginning (RFC 8314).
    Tls,
    /// It never is: for a server on the same host.
    None,
}

/// The mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Whom we sign in as; none: we do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<Sealed>,
    /// The address that mails come from.
    pub from: String,
    /// The address that answers go to; none: the one they come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Signs mails (RFC 6376); none: they are not signed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dkim: Option<Dkim>,
    /// A certificate authority of the house, PEM, beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_certificate: Option<String>,
}

/// How mails are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dkim {
    /// For which domain.
    pub domain: String,
    /// Under which name the public key stands in its DNS.
    pub selector: String,
    key: Sealed,
}

impl MailServer {
    /// Whether a password is kept.
    pub const fn has_password(&self) -> bool {
        self.password.is_some()
    }
}

impl PrivateRecord for MailServer {
    const KIND: &'static str = "mail_server";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(ONLY, "")]
    }
}

/// Settings as they are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewMailServer {
    /// Its name or address.
    pub host: String,
    /// Its port; none: 587, with `tls` 465, with `none` 25.
    pub port: Option<u16>,
    /// `starttls`, `tls` or `none`.
    pub security: Security,
    /// Whom we sign in as.
    pub user: Option<String>,
    /// The password; none: the one that is kept.
    pub password: Option<String>,
    /// The address that mails come from.
    pub from: String,
    /// The address that answers go to.
    pub reply_to: Option<String>,
    /// The domain that signs.
    pub dkim_domain: Option<String>,
    /// The name of its key.
    pub dkim_selector: Option<String>,
    /// The private key, PEM; none: the one that is kept.
    pub dkim_key: Option<String>,
    /// A certificate authority of the house, PEM.
    pub root_certificate: Option<String>,
}

/// The mail server with its secrets opened.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenMailServer {
    /// What is no secret.
    pub server: MailServer,
    /// The password.
    pub password: Option<String>,
    /// The key that signs.
    pub dkim_key: Option<String>,
    /// Changes when anything of it does.
    pub digest: String,
}

impl std::fmt::Debug for OpenMailServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OpenMailServer")
            .finish_non_exhaustive()
    }
}

impl App {
    /// The mail server, if there is one.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn mail_server(&self) -> Result<Option<Stored<MailServer>>, OpError> {
        Ok(self.records_by_key(ONLY, "")?.into_iter().next())
    }

    /// The same with its secrets: for whoever sends.
    ///
    /// # Errors
    /// When the store can not be read, or a secret can not be opened.
    pub fn open_mail_server(&self) -> Result<Option<OpenMailServer>, OpError> {
        let Some(found) = self.mail_server()? else {
            return Ok(None);
        };
        let server = found.value;
        let opened = |sealed: Option<&Sealed>| -> Result<Option<String>, OpError> {
            let Some(sealed) = sealed else {
                return Ok(None);
            };
            let text = String::from_utf8(self.unseal(sealed)?);
            let text = text.map_err(|_| OpError::Store("a secret is no text".to_owned()))?;
            Ok(Some(text))
        };
        let digest = hash_hex(format!("{} {}", found.id, found.version).as_bytes());
        Ok(Some(OpenMailServer {
            password: opened(server.password.as_ref())?,
            dkim_key: opened(server.dkim.as_ref().map(|dkim| &dkim.key))?,
            digest,
            server,
        }))
    }

    /// Sets the mail server.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] for whoever does not own the installation; a refusal when a field can
    /// not stand.
    pub fn set_mail_server(&self, caller: &Caller, new: &NewMailServer) -> Result<(), OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let held = self.mail_server()?;
        let server = self.checked_mail_server(new, held.as_ref().map(|held| &held.value))?;
        let detail = json!({ "host": server.host, "port": server.port });
        let stored = match held {
            Some(held) => Stored {
                value: server,
                ..held
            },
            None => self.new_record(None, server),
        };
        let mut writes = Writes::default();
        writes
            .put(&stored)?
            .note(&stored, "mail_server_changed", detail);
        self.write_records(caller, writes)
    }

    /// No mail leaves any more.
    ///
    /// # Errors
    /// As [`App::set_mail_server`]; [`OpError::NotFound`] where there is none.
    pub fn drop_mail_server(&self, caller: &Caller) -> Result<(), OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let Some(held) = self.mail_server()? else {
            return Err(OpError::NotFound {
                kind: MailServer::KIND,
                id: String::new(),
            });
        };
        self.delete_record(caller, &held, "mail_server_dropped", json!({}))
    }

    fn checked_mail_server(
        &self,
        new: &NewMailServer,
        held: Option<&MailServer>,
    ) -> Result<MailServer, OpError> {
        let host = new.host.trim();
        check("host", host, is_host)?;
        check_email(new.from.trim())?;
        let reply_to = said(new.reply_to.as_deref());
        if let Some(reply_to) = &reply_to {
            check_email(reply_to)?;
        }
        let user = said(new.user.as_deref());
        check("user", user.as_deref().unwrap_or("user"), is_line)?;
        let kept = held.filter(|held| held.user == user);
        let password = match new.password.as_deref().filter(|text| !text.is_empty()) {
            Some(password) => Some(self.seal(password.as_bytes())?),
            None => kept.and_then(|held| held.password.clone()),
        };
        if user.is_some() && password.is_none() {
            return Err(wrong("password"));
        }
        let root = said(new.root_certificate.as_deref());
        if root.as_ref().is_some_and(|root| !is_pem(root)) {
            return Err(wrong("root_certificate"));
        }
        let security = new.security;
        let port = new.port.unwrap_or(match security {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::None => 25,
        });
        if security == Security::None && user.is_some() {
            // A password is never said in the clear.
            return Err(wrong("security"));
        }
        Ok(MailServer {
            host: host.to_owned(),
            port,
            security,
            user,
            password,
            from: new.from.trim().to_owned(),
            reply_to,
            dkim: self.checked_dkim(new, held)?,
            root_certificate: root,
        })
    }

    fn checked_dkim(
        &self,
        new: &NewMailServer,
        held: Option<&MailServer>,
    ) -> Result<Option<Dkim>, OpError> {
        let (domain, selector) = (&new.dkim_domain, &new.dkim_selector);
        let domain = said(domain.as_deref());
        let selector = said(selector.as_deref());
        let (domain, selector) = match (domain, selector) {
            (None, None) => return Ok(None),
            (Some(domain), Some(selector)) => (domain, selector),
            (None, Some(_)) => return Err(wrong("dkim_domain")),
            (Some(_), None) => return Err(wrong("dkim_selector")),
        };
        check("dkim_domain", &domain, is_host)?;
        check("dkim_selector", &selector, is_host)?;
        let kept = held.and_then(|held| held.dkim.as_ref());
        let kept = kept.filter(|own| own.domain == domain && own.selector == selector);
        let given = new
            .dkim_key
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let key = match given {
            Some(key) if is_pem(key) => self.seal(key.trim().as_bytes())?,
            None if kept.is_some() => kept.map(|own| own.key.clone()).expect("it was looked at"),
            _ => return Err(wrong("dkim_key")),
        };
        Ok(Some(Dkim {
            domain,
            selector,
            key,
        }))
    }
}

fn said(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

fn check(field: &'static str, text: &str, fits: impl Fn(&str) -> bool) -> Result<(), OpError> {
    if text.is_empty() || text.chars().count() > MAIL_CHARS_MAX || !fits(text) {
        return Err(wrong(field));
    }
    Ok(())
}

fn is_host(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ".-_:[]".contains(letter);
    text.chars().all(fits)
}

fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn is_pem(text: &str) -> bool {
    text.trim().starts_with("-----BEGIN ") && text.chars().count() <= MAIL_KEY_CHARS_MAX
}

fn wrong(field: &'static str) -> OpError {
    let reason = match field {
        "host" => "write the mail server's name, like mail.example.com",
        "user" => "write it in one line",
        "password" => "a server with a user needs its password",
        "security" => "a password is never said in the clear: choose starttls or tls",
        "root_certificate" => "give a certificate in PEM, from -----BEGIN CERTIFICATE----- on",
        "dkim_domain" => "write the domain that signs, like example.com",
        "dkim_selector" => "write the name under which the key stands in the DNS, like noroshi1",
        _ => "give a private key in PEM, from -----BEGIN on",
    };
    let reason = reason.to_owned();
    Refusal::BadSetting { field, reason }.into()
}
