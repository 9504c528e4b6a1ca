//! `noroshi user …`: people and their roles.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{Instant, Locale, PageId};
use noroshi_ops::users::User;
use noroshi_ops::{Role, Stored};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::commands::admin::At;
use crate::door::{Door, Intent};
use crate::{input, output};

/// What is done with people.
#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// Invite somebody: prints a link that makes his account once. With --page the role is for
    /// that page only.
    Add(Add),
    /// Everybody with an account.
    List,
    /// Give a role, or take it: on everything, or with --page on one page.
    Role {
        /// Whose.
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// owner, admin, responder, maintainer, editor, viewer or none.
        #[arg(long, value_name = "ROLE|none", value_parser = read_role)]
        role: MaybeRole,
    },
    /// Let somebody in no longer, and end his sessions.
    Disable {
        /// Whose account.
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Let somebody in again.
    Enable {
        /// Whose account.
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
}

/// Options of `user add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Address, to sign in with.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// owner, admin, responder, maintainer, editor or viewer.
    #[arg(long, value_name = "ROLE", value_parser = input::role)]
    role: Role,
    /// What people call him; with --password-stdin.
    #[arg(long, value_name = "TEXT", requires = "password_stdin")]
    name: Option<String>,
    /// Make the account at once, with the password that stands in the first line of the input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    at: At,
}

/// A role, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaybeRole(Option<Role>);

fn read_role(text: &str) -> Result<MaybeRole, String> {
    if text == "none" {
        return Ok(MaybeRole(None));
    }
    input::role(text).map(|role| MaybeRole(Some(role)))
}

/// Somebody with an account, as the API words it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct KeptUser {
    pub(crate) id: String,
    pub(crate) email: String,
    name: String,
    role: Option<Role>,
    pub(crate) pages: BTreeMap<PageId, Role>,
    #[serde(default)]
    disabled_at: Option<Instant>,
    #[serde(default)]
    signed_in_at: Option<Instant>,
}

impl From<Stored<User>> for KeptUser {
    fn from(stored: Stored<User>) -> Self {
        let value = stored.value;
        Self {
            id: stored.id,
            email: value.email,
            name: value.name,
            role: value.access.everywhere,
            pages: value.access.pages,
            disabled_at: value.disabled_at,
            signed_in_at: value.signed_in_at,
        }
    }
}

/// A role that somebody is given, on a page or on everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) role: Role,
    pub(crate) page: Option<PageId>,
}

/// An account that is made at once.
pub(crate) struct NewAccount {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) locale: Locale,
    pub(crate) password: String,
    pub(crate) given: Given,
}

impl UserVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let intent = match self {
            Self::List => Intent::Read,
            _ => Intent::Write,
        };
        let door = Door::open(common, intent)?;
        match self {
            Self::Add(add) => add.run(common, &door),
            Self::List => {
                let rows: Vec<Value> = door.users()?.iter().map(row).collect();
                let fields = ["code", "email", "name", "role", "pages", "state"];
                output::rows(&rows, &fields, common.json)
            }
            Self::Role { email, role } => {
                let page = page(common, &door)?;
                Ok(door.set_role(&email, page.as_ref(), role.0)?)
            }
            Self::Disable { email } => Ok(door.set_disabled(&email, true)?),
            Self::Enable { email } => Ok(door.set_disabled(&email, false)?),
        }
    }
}

impl Add {
    fn run(self, common: &Common, door: &Door) -> Result<()> {
        let given = Given {
            role: self.role,
            page: page(common, door)?,
        };
        if self.password_stdin {
            let mut password = String::new();
            io::stdin().lock().read_line(&mut password)?;
            let new = NewAccount {
                name: self.name.unwrap_or_else(|| self.email.clone()),
                email: self.email,
                locale: common.words(),
                password: password.trim_end_matches(['\r', '\n']).to_owned(),
                given,
            };
            return output::line(&door.create_user(&new)?);
        }
        let path = door.invite(&self.email, &given)?;
        output::line(&self.at.link(door, &path)?)
    }
}

fn page(common: &Common, door: &Door) -> Result<Option<PageId>> {
    let wanted = common.page.as_deref();
    let found = wanted.map(|wanted| door.page(Some(wanted))).transpose()?;
    Ok(found.map(|page| page.id))
}

fn row(user: &KeptUser) -> Value {
    let state = if user.disabled_at.is_some() {
        "disabled"
    } else {
        "active"
    };
    let pages = user.pages.iter();
    let pages = pages.map(|(page, role)| format!("{page}={}", role.as_str()));
    json!({
        "code": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "pages": pages.collect::<Vec<_>>(),
        "state": state,
        "signed_in_at": user.signed_in_at.map(|at| at.to_string()),
    })
}
