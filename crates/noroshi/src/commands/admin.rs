//! `noroshi admin …`: what only whoever rules the host can do.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_ops::Caller;
use noroshi_server::paths::login_link_path;

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::output;

/// What is done on the host.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminVerb {
    /// Print a link that signs somebody in once, without password or second factor; it ends after
    /// ten minutes.
    LoginLink(LoginLink),
    /// Whether everybody who signs in with a password needs a second factor.
    SecondFactor {
        /// required or optional.
        #[arg(value_name = "required|optional", value_parser = read_required)]
        rule: Required,
    },
}

/// Whether something is required of everybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Required(bool);

fn read_required(text: &str) -> std::result::Result<Required, String> {
    match text {
        "required" => Ok(Required(true)),
        "optional" => Ok(Required(false)),
        _ => Err("choose required or optional".to_owned()),
    }
}

/// Options of `admin login-link`.
#[derive(Debug, Args)]
pub(crate) struct LoginLink {
    /// Whose account.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    #[command(flatten)]
    at: At,
}

/// Where links lead.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// Address of the console, for the link [default: where the server listened last].
    #[arg(long, value_name = "URL")]
    at: Option<String>,
}

impl At {
    /// A path as a link.
    pub(crate) fn link(&self, door: &Door, path: &str) -> Result<String, Stop> {
        let base = match &self.at {
            Some(base) => Some(base.clone()),
            None => door.address()?,
        };
        let base = base.unwrap_or_default();
        Ok(format!("{}{path}", base.trim_end_matches('/')))
    }
}

impl AdminVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let door = Door::open(common, Intent::Write)?;
        let (app, host) = (door.host()?, Caller::command_line());
        let worded = |error| Stop::worded(&error, common.words());
        match self {
            Self::LoginLink(LoginLink { email, at }) => {
                let token = app.login_link(&host, &email).map_err(worded)?;
                output::line(&at.link(&door, &login_link_path(&token))?)
            }
            Self::SecondFactor { rule } => {
                let set = app.require_second_factor(&host, rule.0);
                Ok(set.map_err(worded)?)
            }
        }
    }
}
