//! `noroshi user …`: people and their roles.

use std::io::{self, BufRead};

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::PageId;
use noroshi_ops::users::{NewUser, User};
use noroshi_ops::{Access, App, Caller, OpError, Role, Stored};
use noroshi_server::paths::invitation_path;
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::commands::admin::At;
use crate::door::{Door, Intent};
use crate::exit::Stop;
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

impl UserVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let host = Caller::command_line();
        let intent = match self {
            Self::List => Intent::Read,
            _ => Intent::Write,
        };
        let door = Door::open(common, intent)?;
        let worded = |error: OpError| Stop::worded(&error, common.words());
        match self {
            Self::Add(add) => add.run(common, &door),
            Self::List => {
                let users = door.host()?.list_users(&host).map_err(worded)?;
                let rows: Vec<Value> = users.iter().map(row).collect();
                let fields = ["code", "email", "name", "role", "pages", "state"];
                output::rows(&rows, &fields, common.json)
            }
            Self::Role { email, role } => {
                let user = by_email(door.host()?, &email)?;
                let page = page(common, &door)?;
                let set = door
                    .host()?
                    .set_role(&host, &user.id, page.as_ref(), role.0);
                Ok(set.map_err(worded)?)
            }
            Self::Disable { email } => {
                let user = by_email(door.host()?, &email)?;
                Ok(door
                    .host()?
                    .set_disabled(&host, &user.id, true)
                    .map_err(worded)?)
            }
            Self::Enable { email } => {
                let user = by_email(door.host()?, &email)?;
                Ok(door
                    .host()?
                    .set_disabled(&host, &user.id, false)
                    .map_err(worded)?)
            }
        }
    }
}

impl Add {
    fn run(self, common: &Common, door: &Door) -> Result<()> {
        let host = Caller::command_line();
        let worded = |error: OpError| Stop::worded(&error, common.words());
        let access = match page(common, door)? {
            Some(page) => Access::on_pages(self.role, [page]),
            None => Access::everywhere(self.role),
        };
        if self.password_stdin {
            let mut password = String::new();
            io::stdin().lock().read_line(&mut password)?;
            let new = NewUser {
                name: self.name.unwrap_or_else(|| self.email.clone()),
                email: self.email,
                locale: common.words(),
                password: Some(password.trim_end_matches(['\r', '\n']).to_owned()),
                access,
            };
            let made = door.host()?.create_user(&host, &new).map_err(worded)?;
            return output::line(&made.id);
        }
        let invited = door.host()?.invite(&host, &self.email, access);
        let (_, token) = invited.map_err(worded)?;
        output::line(&self.at.link(door, &invitation_path(&token))?)
    }
}

fn page(common: &Common, door: &Door) -> Result<Option<PageId>> {
    let wanted = common.page.as_deref();
    let found = wanted.map(|wanted| door.page(Some(wanted))).transpose()?;
    Ok(found.map(|page| page.id))
}

fn by_email(app: &App, email: &str) -> Result<Stored<User>, Stop> {
    let found = app.user_by_email(email).map_err(Stop::from)?;
    found.ok_or_else(|| Stop::not_found(format!("--email: {email:?} has no account")))
}

fn row(user: &Stored<User>) -> Value {
    let value = &user.value;
    let state = if value.disabled_at.is_some() {
        "disabled"
    } else {
        "active"
    };
    let pages: Vec<String> = value
        .access
        .pages
        .iter()
        .map(|(page, role)| format!("{page}={}", role.as_str()))
        .collect();
    json!({
        "code": user.id,
        "email": value.email,
        "name": value.name,
        "role": value.access.everywhere,
        "pages": pages,
        "state": state,
        "signed_in_at": value.signed_in_at.map(|at| at.to_string()),
    })
}
