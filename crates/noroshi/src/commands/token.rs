//! `noroshi token …`: keys for programs.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{Instant, PageId};
use noroshi_ops::tokens::{NewToken, Token};
use noroshi_ops::{Caller, Role, Stored};
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::{input, output};

/// What is done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token: it is printed once and kept as a hash. With --page it is for that page only.
    Create(Create),
    /// All tokens, those that ended too.
    List,
    /// End a token for good.
    Revoke {
        /// Its code.
        code: String,
    },
}

/// Options of `token create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// owner, admin, responder, maintainer, editor or viewer.
    #[arg(long, value_name = "ROLE", value_parser = input::role)]
    role: Role,
    /// After how long it ends (90d, 12h), or when; left out: never.
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

impl TokenVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::Create(create) => create.run(common),
            Self::List => list(common),
            Self::Revoke { code } => {
                // Private records have versions of their own: beside a server they are written
                // straight to the store.
                let door = Door::open(common, Intent::Write)?;
                let revoked = door.host()?.revoke_token(&Caller::command_line(), &code);
                Ok(revoked.map_err(|error| Stop::worded(&error, common.words()))?)
            }
        }
    }
}

impl Create {
    fn run(self, common: &Common) -> Result<()> {
        let door = Door::open(common, Intent::Write)?;
        let pages: Vec<PageId> = match &common.page {
            Some(wanted) => vec![door.page(Some(wanted))?.id],
            None => Vec::new(),
        };
        let now = door.host()?.now();
        let expires_at = self
            .expires
            .map(|text| input::end("--expires", &text, now))
            .transpose()?;
        let new = NewToken {
            name: self.name,
            role: self.role,
            pages,
            expires_at,
        };
        let made = door.host()?.create_token(&Caller::command_line(), &new);
        let (token, secret) = made.map_err(|error| Stop::worded(&error, common.words()))?;
        if common.json {
            return output::json(&json!({ "code": token.id, "token": secret }));
        }
        output::note(&format!("token {}: it is not shown again", token.id));
        output::line(&secret)
    }
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let now = door.host()?.now();
    let tokens = door.host()?.list_tokens(&Caller::command_line());
    let tokens = tokens.map_err(Stop::from)?;
    let rows: Vec<Value> = tokens.iter().map(|token| row(token, now)).collect();
    let fields = [
        "code",
        "name",
        "role",
        "pages",
        "ending",
        "state",
        "last_used_at",
    ];
    output::rows(&rows, &fields, common.json)
}

fn row(token: &Stored<Token>, now: Instant) -> Value {
    let value = &token.value;
    let state = if value.revoked_at.is_some() {
        "revoked"
    } else if value.is_valid(now) {
        "valid"
    } else {
        "expired"
    };
    let on_pages = value.access.pages.values().next();
    let role = value.access.everywhere.as_ref().or(on_pages);
    let pages: Vec<&PageId> = value.access.pages.keys().collect();
    json!({
        "code": token.id,
        "name": value.name,
        "role": role,
        "pages": if pages.is_empty() { json!("all") } else { json!(pages) },
        "ending": value.ending,
        "state": state,
        "created_at": token.created_at.to_string(),
        "expires_at": value.expires_at.map(|at| at.to_string()),
        "last_used_at": value.last_used_at.map(|at| at.to_string()),
        "revoked_at": value.revoked_at.map(|at| at.to_string()),
    })
}
