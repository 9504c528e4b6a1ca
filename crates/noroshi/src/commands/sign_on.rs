//! `noroshi sign-on …`: the provider that people sign on with, from a file.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;
use noroshi_ops::sign_on::{GroupRole, NewProvider, Provider};
use noroshi_ops::{Caller, OpError};
use serde::Serialize;

use crate::arguments::Common;
use crate::door::{self, Door, Intent};
use crate::exit::Stop;
use crate::output;

/// What is done with the provider.
#[derive(Debug, Subcommand)]
pub(crate) enum SignOnVerb {
    /// Set the provider, and which group gives which role, from a file; without a secret in it the
    /// one that is kept stays.
    Set {
        /// The file, in TOML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the settings as `set` takes them, without the secret.
    Show,
    /// Nobody signs on any more; sessions that the provider began end.
    Drop,
}

/// Settings as they are printed.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    issuer: &'a str,
    client_id: &'a str,
    scopes: &'a [String],
    groups_claim: &'a str,
    roles: &'a [GroupRole],
}

impl SignOnVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::Set { file } => set(common, &file),
            Self::Show => show(common),
            Self::Drop => {
                let door = Door::open(common, Intent::Write)?;
                let dropped = door.host()?.drop_provider(&Caller::command_line());
                Ok(dropped.map_err(|error| worded(&error, common))?)
            }
        }
    }
}

fn worded(error: &OpError, common: &Common) -> Stop {
    match error {
        OpError::NotFound {
            kind: "provider", ..
        } => Stop::not_found("there is no provider: set one with `noroshi sign-on set FILE`"),
        other => Stop::worded(other, common.words()),
    }
}

fn set(common: &Common, file: &PathBuf) -> Result<()> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("reading {}", file.display()))?;
    let new: NewProvider = toml::from_str(&text)
        .map_err(|error| Stop::bad_input(format!("{}: {error}", file.display())))?;
    let door = Door::open(common, Intent::Write)?;
    let app = door.host()?;
    app.keep_secrets_with(door::secret_key(&common.folder())?);
    let set = app.set_provider(&Caller::command_line(), &new);
    Ok(set.map_err(|error| worded(&error, common))?)
}

fn show(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let found = door.host()?.provider().map_err(Stop::from)?;
    let found = found.ok_or_else(|| {
        let kind = "provider";
        let id = String::new();
        worded(&OpError::NotFound { kind, id }, common)
    })?;
    let Provider {
        name,
        issuer,
        client_id,
        scopes,
        groups_claim,
        roles,
        ..
    } = &found.value;
    let shown = Shown {
        name,
        issuer,
        client_id,
        scopes,
        groups_claim,
        roles,
    };
    if common.json {
        return output::json(&shown);
    }
    output::line(toml::to_string(&shown)?.trim_end())
}
