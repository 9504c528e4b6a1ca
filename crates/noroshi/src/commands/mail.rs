//! `noroshi mail …`: the server that mails leave by, from a file.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;
use noroshi_ops::mail::{MailServer, NewMailServer, Security};
use noroshi_ops::{Caller, OpError};
use serde::Serialize;

use crate::arguments::Common;
use crate::door::{self, Door, Intent};
use crate::exit::Stop;
use crate::{output, post};

/// What is done with the mail server.
#[derive(Debug, Subcommand)]
pub(crate) enum MailVerb {
    /// Set the server from a file; without a password or key in it those that are kept stay.
    Set {
        /// The file, in TOML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the settings as `set` takes them, without password and key.
    Show,
    /// No mail leaves any more.
    Drop,
    /// Send a mail to an address, and say what the server answered.
    Test {
        /// The address.
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

/// Settings as they are printed.
#[derive(Serialize)]
struct Shown<'a> {
    host: &'a str,
    port: u16,
    security: Security,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dkim_domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dkim_selector: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_certificate: Option<&'a str>,
}

impl MailVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::Set { file } => set(common, &file),
            Self::Show => show(common),
            Self::Drop => {
                let door = Door::open(common, Intent::Write)?;
                let dropped = door.host()?.drop_mail_server(&Caller::command_line());
                Ok(dropped.map_err(|error| worded(&error, common))?)
            }
            Self::Test { address } => test(common, &address),
        }
    }
}

fn worded(error: &OpError, common: &Common) -> Stop {
    match error {
        OpError::NotFound {
            kind: "mail_server",
            ..
        } => Stop::not_found("there is no mail server: set one with `noroshi mail set FILE`"),
        other => Stop::worded(other, common.words()),
    }
}

fn none() -> OpError {
    OpError::NotFound {
        kind: "mail_server",
        id: String::new(),
    }
}

fn set(common: &Common, file: &PathBuf) -> Result<()> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("reading {}", file.display()))?;
    let new: NewMailServer = toml::from_str(&text)
        .map_err(|error| Stop::bad_input(format!("{}: {error}", file.display())))?;
    let door = Door::open(common, Intent::Write)?;
    let app = door.host()?;
    app.keep_secrets_with(door::secret_key(&common.folder())?);
    let set = app.set_mail_server(&Caller::command_line(), &new);
    Ok(set.map_err(|error| worded(&error, common))?)
}

fn show(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let found = door.host()?.mail_server().map_err(Stop::from)?;
    let found = found.ok_or_else(|| worded(&none(), common))?;
    let MailServer {
        host,
        port,
        security,
        user,
        from,
        reply_to,
        dkim,
        root_certificate,
        ..
    } = &found.value;
    let dkim = dkim.as_ref();
    let shown = Shown {
        host,
        port: *port,
        security: *security,
        user: user.as_deref(),
        from,
        reply_to: reply_to.as_deref(),
        dkim_domain: dkim.map(|own| own.domain.as_str()),
        dkim_selector: dkim.map(|own| own.selector.as_str()),
        root_certificate: root_certificate.as_deref(),
    };
    if common.json {
        return output::json(&shown);
    }
    output::line(toml::to_string(&shown)?.trim_end())
}

fn test(common: &Common, address: &str) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let app = door.host()?;
    app.keep_secrets_with(door::secret_key(&common.folder())?);
    let server = app.open_mail_server().map_err(Stop::from)?;
    let server = server.ok_or_else(|| worded(&none(), common))?;
    match post::try_mail(&server, address, (common.words(), app.now()))? {
        Ok(()) => output::line(&format!("{} took the mail", server.server.host)),
        Err(reason) => Err(Stop::try_again(format!(
            "{} did not take the mail: {reason}",
            server.server.host
        ))
        .into()),
    }
}
