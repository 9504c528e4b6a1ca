//! `noroshi admin …`: what only whoever rules the host can do.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_ops::Caller;
use noroshi_server::paths::login_link_path;

use crate::arguments::Common;
use crate::commands::serve::ADDRESS_SETTING;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::output;

/// What is done on the host.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminVerb {
    /// Print a link that signs somebody in once, without password or second factor; it ends after
    /// ten minutes.
    LoginLink(LoginLink),
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
            None => door.host()?.store().setting(ADDRESS_SETTING)?,
        };
        let base = base.unwrap_or_default();
        Ok(format!("{}{path}", base.trim_end_matches('/')))
    }
}

impl AdminVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let Self::LoginLink(LoginLink { email, at }) = self;
        let door = Door::open(common, Intent::Write)?;
        let made = door.host()?.login_link(&Caller::command_line(), &email);
        let token = made.map_err(|error| Stop::worded(&error, common.words()))?;
        output::line(&at.link(&door, &login_link_path(&token))?)
    }
}
