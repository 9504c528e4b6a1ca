//! `noroshi token …`: keys for programs.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{Instant, PageId};
use noroshi_ops::tokens::{NewToken, Token};
use noroshi_ops::{Role, Stored};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::door::{Door, Intent};
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

/// A token, as the API words it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct KeptToken {
    id: String,
    name: String,
    role: Option<Role>,
    pages: BTreeMap<PageId, Role>,
    ending: String,
    /// `valid`, `expired` or `revoked`.
    state: String,
    created_at: Instant,
    #[serde(default)]
    expires_at: Option<Instant>,
    #[serde(default)]
    last_used_at: Option<Instant>,
    #[serde(default)]
    revoked_at: Option<Instant>,
}

impl KeptToken {
    pub(crate) fn of(stored: Stored<Token>, now: Instant) -> Self {
        let value = stored.value;
        let state = if value.revoked_at.is_some() {
            "revoked"
        } else if value.is_valid(now) {
            "valid"
        } else {
            "expired"
        };
        Self {
            id: stored.id,
            name: value.name,
            role: value.access.everywhere,
            pages: value.access.pages,
            ending: value.ending,
            state: state.to_owned(),
            created_at: stored.created_at,
            expires_at: value.expires_at,
            last_used_at: value.last_used_at,
            revoked_at: value.revoked_at,
        }
    }
}

impl TokenVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::Create(create) => create.run(common),
            Self::List => list(common),
            Self::Revoke { code } => {
                let door = Door::open(common, Intent::Write)?;
                Ok(door.revoke_token(&code)?)
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
        let now = door.now();
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
        let (code, secret) = door.create_token(&new)?;
        if common.json {
            return output::json(&json!({ "code": code, "token": secret }));
        }
        output::note(&format!("token {code}: it is not shown again"));
        output::line(&secret)
    }
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let rows: Vec<Value> = door.tokens()?.iter().map(row).collect();
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

fn row(token: &KeptToken) -> Value {
    let role = token.role.as_ref().or(token.pages.values().next());
    let pages: Vec<&PageId> = token.pages.keys().collect();
    json!({
        "code": token.id,
        "name": token.name,
        "role": role,
        "pages": if pages.is_empty() { json!("all") } else { json!(pages) },
        "ending": token.ending,
        "state": token.state,
        "created_at": token.created_at.to_string(),
        "expires_at": token.expires_at.map(|at| at.to_string()),
        "last_used_at": token.last_used_at.map(|at| at.to_string()),
        "revoked_at": token.revoked_at.map(|at| at.to_string()),
    })
}
