//! API tokens: made, answered once, listed, revoked. What the console does at *API tokens*.

use noroshi_domain::{Instant, PageId};
use noroshi_ops::tokens::{NewToken, Token};
use noroshi_ops::{Caller, Permission, Role, Stored};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::roles::{self, AccessView};
use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listTokens",
            "/api/noroshi/v1/tokens",
            "Lists the tokens that the caller manages, those that ended too, the oldest first.",
        ),
        list_of::<TokenView>,
        list,
    )
    .needing(Permission::ManageTokens),
    Operation::change(
        (
            "createToken",
            Method::Post,
            "/api/noroshi/v1/tokens",
            "Makes a token that may at most what the caller may; it is answered once.",
        ),
        Permission::ManageTokens,
        create,
    )
    .with_body(of::<NewTokenBody>)
    .answering(201, of::<MadeToken>),
    Operation::change(
        (
            "revokeToken",
            Method::Delete,
            "/api/noroshi/v1/tokens/{token}",
            "Ends a token for good.",
        ),
        Permission::ManageTokens,
        revoke,
    ),
];

/// A token, without what opens anything.
#[derive(Debug, Serialize, JsonSchema)]
struct TokenView {
    id: String,
    /// What people call it.
    name: String,
    #[serde(flatten)]
    access: AccessView,
    /// Its last characters, to tell it by.
    ending: String,
    state: TokenState,
    created_at: Instant,
    /// From when it is refused; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// When it was used last, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Instant>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Instant>,
}

/// Whether it opens anything.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TokenState {
    Valid,
    Expired,
    Revoked,
}

impl TokenView {
    fn of(caller: &Caller, stored: Stored<Token>, now: Instant) -> Self {
        let value = stored.value;
        let state = if value.revoked_at.is_some() {
            TokenState::Revoked
        } else if value.is_valid(now) {
            TokenState::Valid
        } else {
            TokenState::Expired
        };
        Self {
            id: stored.id,
            name: value.name,
            access: AccessView::seen_by(caller, value.access),
            ending: value.ending,
            state,
            created_at: stored.created_at,
            expires_at: value.expires_at,
            last_used_at: value.last_used_at,
            revoked_at: value.revoked_at,
        }
    }
}

/// What a token is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    /// What people call it.
    name: String,
    #[schemars(schema_with = "roles::role")]
    role: Role,
    /// On which pages; absent or empty: on everything.
    #[serde(default)]
    pages: Vec<PageId>,
    /// From when it is refused; absent: never.
    #[serde(default)]
    expires_at: Option<Instant>,
}

/// A token as it is answered once.
#[derive(Serialize, JsonSchema)]
struct MadeToken {
    id: String,
    /// The token itself; it is kept as a hash, and not answered again.
    token: String,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let tokens = call.app.list_tokens(&call.caller)?.into_iter();
    let views: Vec<TokenView> = tokens
        .map(|token| TokenView::of(&call.caller, token, call.now))
        .collect();
    Reply::of(&views, None)
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewTokenBody = call.body()?;
    let new = NewToken {
        name: new.name,
        role: new.role,
        pages: new.pages,
        expires_at: new.expires_at,
    };
    let (made, token) = call.app.create_token(&call.caller, &new)?;
    Reply::of(&MadeToken { id: made.id, token }, None)
}

fn revoke(call: &Call) -> Result<Reply, Problem> {
    call.app.revoke_token(&call.caller, call.name("token"))?;
    Ok(Reply::nothing())
}
