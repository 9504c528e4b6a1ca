//! API tokens: made once, shown once, kept as a hash; with a role, on all pages or some, until
//! they end or are revoked.

use noroshi_domain::{Actor, ActorKind, DAY_US, Instant, Locale, PageId, Refusal, hash_hex};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Access, Caller, Permission, Role};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{
    LAST_USED_S, LISTED_RECORDS_MAX, NAME_CHARS_MAX, TOKEN_DAYS_MAX, TOKEN_PAGES_MAX, TOKENS_MAX,
};
use crate::records::{PrivateRecord, Stored, Writes, unique_key};

/// How a token begins, so that it is known where it leaked to.
pub const PREFIX: &str = "nrs_";
/// The key that its hash is found by.
const HASH: &str = "hash";

/// What is kept of an API token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// What people call it.
    pub name: String,
    /// SHA-256 of the token, in hex.
    pub hash: String,
    /// Its last characters, to tell it by.
    pub ending: String,
    /// What it may do, and where.
    pub access: Access,
    /// Who made it.
    pub made_by: Actor,
    /// From when it is refused.
    pub expires_at: Option<Instant>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Instant>,
    /// Since when it is refused.
    pub revoked_at: Option<Instant>,
}

impl PrivateRecord for Token {
    const KIND: &'static str = "token";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(HASH, &self.hash)]
    }
}

impl Token {
    /// Whether it opens anything.
    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What a token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// On which pages; empty: all, and the installation.
    pub pages: Vec<PageId>,
    /// From when it is refused; none: never.
    pub expires_at: Option<Instant>,
}

impl App {
    /// Makes a token; gives it, and the secret that is not shown again.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] when its maker may not make tokens there, or may less than it
    /// would; a refusal when a field can not stand.
    pub fn create_token(
        &self,
        caller: &Caller,
        new: &NewToken,
    ) -> Result<(Stored<Token>, String), OpError> {
        let access = if new.pages.is_empty() {
            Access::everywhere(new.role)
        } else {
            Access::on_pages(new.role, new.pages.iter().cloned())
        };
        require_on_all(caller, &access)?;
        if !caller.access().covers(&access) {
            return Err(OpError::Forbidden(Permission::ManageTokens));
        }
        self.check_token(new)?;
        let secret = self.secret(PREFIX);
        let token = Token {
            name: new.name.trim().to_owned(),
            hash: hash_hex(secret.as_bytes()),
            ending: secret[secret.len() - 4..].to_owned(),
            access,
            made_by: caller.actor.clone(),
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let stored = self.new_record(None, token);
        let detail = json!({ "name": stored.value.name, "access": stored.value.access });
        let stored = self.put_record(caller, &stored, "token_created", detail)?;
        Ok((stored, secret))
    }

    fn check_token(&self, new: &NewToken) -> Result<(), OpError> {
        check_name("name", &new.name)?;
        if new.pages.len() > TOKEN_PAGES_MAX {
            return Err(too_long("pages", new.pages.len(), TOKEN_PAGES_MAX));
        }
        for page in &new.pages {
            self.state(page)?;
        }
        let now = self.now();
        if let Some(at) = new.expires_at {
            if at <= now {
                let field = "expires_at";
                return Err(Refusal::InPast { field, at }.into());
            }
            if at.since_us(now) > TOKEN_DAYS_MAX * DAY_US {
                let (field, days) = ("expires_at", TOKEN_DAYS_MAX);
                return Err(Refusal::TooFar { field, at, days }.into());
            }
        }
        let count = self.store().count_records(Token::KIND, None)?;
        if count >= TOKENS_MAX {
            return Err(too_long("tokens", count as usize + 1, TOKENS_MAX as usize));
        }
        Ok(())
    }

    /// Every token that a caller may see, the oldest first.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn list_tokens(&self, caller: &Caller) -> Result<Vec<Stored<Token>>, OpError> {
        let mut tokens = self.records::<Token>(None, &Slice::first(LISTED_RECORDS_MAX))?;
        tokens.retain(|token| require_on_all(caller, &token.value.access).is_ok());
        Ok(tokens)
    }

    /// Ends a token for good; one that is revoked already stays as it is.
    ///
    /// # Errors
    /// [`OpError::NotFound`] also where its maker may not see it.
    pub fn revoke_token(&self, caller: &Caller, id: &str) -> Result<(), OpError> {
        let found = self.record::<Token>(id)?;
        let found = found.filter(|token| require_on_all(caller, &token.value.access).is_ok());
        let Some(mut stored) = found else {
            return Err(OpError::NotFound {
                kind: Token::KIND,
                id: id.to_owned(),
            });
        };
        if stored.value.revoked_at.is_some() {
            return Ok(());
        }
        stored.value.revoked_at = Some(self.now());
        let detail = json!({ "name": stored.value.name });
        self.put_record(caller, &stored, "token_revoked", detail)
            .map(drop)
    }

    /// Who shows a token.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for one that is unknown, has ended or was revoked.
    pub fn caller_of_token(&self, secret: &str, now: Instant) -> Result<Caller, OpError> {
        if !secret.starts_with(PREFIX) {
            return Err(OpError::Unauthenticated);
        }
        let found = self.records_by_key::<Token>(HASH, &hash_hex(secret.as_bytes()))?;
        let found = found.into_iter().find(|token| token.value.is_valid(now));
        let Some(mut stored) = found else {
            return Err(OpError::Unauthenticated);
        };
        let caller = Caller::new(
            Actor {
                kind: ActorKind::Token,
                id: stored.id.clone(),
            },
            stored.value.name.clone(),
            Locale::default(),
            stored.value.access.clone(),
        );
        let is_noted = |at: Instant| now.since_us(at) < LAST_USED_S * noroshi_domain::SECOND_US;
        if !stored.value.last_used_at.is_some_and(is_noted) {
            stored.value.last_used_at = Some(now);
            self.note_use(&caller, &stored);
        }
        Ok(caller)
    }

    /// Writes a last use; that it can not be written, or was by another, hinders nobody.
    pub(crate) fn note_use<T: PrivateRecord>(&self, caller: &Caller, stored: &Stored<T>) {
        let mut writes = Writes::default();
        let written = writes
            .put(stored)
            .map(drop)
            .and_then(|()| self.write_records(caller, writes));
        match written {
            Ok(()) | Err(OpError::Stale | OpError::Busy) => {}
            Err(error) => tracing::warn!("{} {}: last use not noted: {error}", T::KIND, stored.id),
        }
    }

    /// A secret of 32 random bytes behind a prefix.
    pub(crate) fn secret(&self, prefix: &str) -> String {
        use std::fmt::Write as _;
        let mut secret = prefix.to_owned();
        for byte in self.chance().bytes() {
            write!(secret, "{byte:02x}").expect("a text takes what is written to it");
        }
        secret
    }
}

/// Whether somebody manages tokens on all that an access reaches.
fn require_on_all(caller: &Caller, access: &Access) -> Result<(), OpError> {
    if access.everywhere.is_some() {
        caller.require(None, Permission::ManageTokens)?;
    }
    let mut pages = access.pages.keys();
    pages.try_for_each(|page| caller.require(Some(page), Permission::ManageTokens))
}

/// Refuses a name that is empty, too long or holds what is no text.
pub(crate) fn check_name(field: &'static str, name: &str) -> Result<(), OpError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::Empty { field }.into());
    }
    if name.chars().any(char::is_control) {
        let reason = "it holds a control character".to_owned();
        return Err(Refusal::BadSetting { field, reason }.into());
    }
    let given = name.chars().count();
    if given > NAME_CHARS_MAX {
        return Err(too_long(field, given, NAME_CHARS_MAX));
    }
    Ok(())
}

pub(crate) fn too_long(field: &'static str, given: usize, most: usize) -> OpError {
    Refusal::TooLong { field, given, most }.into()
}
