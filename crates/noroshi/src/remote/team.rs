//! People and tokens of a server elsewhere.

use std::collections::BTreeMap;

use noroshi_domain::PageId;
use noroshi_ops::tokens::{NewToken, Token};
use noroshi_ops::{OpError, PrivateRecord as _, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Remote;
use crate::commands::apply::people::Awaited;
use crate::commands::token::KeptToken;
use crate::commands::user::{Given, KeptUser, NewAccount};
use crate::door::nobody_has;
use crate::exit::Stop;

/// A token as it is answered once.
#[derive(Deserialize)]
struct MadeToken {
    id: String,
    token: String,
}

/// An invitation as it is answered once.
#[derive(Deserialize)]
struct MadeInvitation {
    path: String,
}

/// An invitation that was not used.
#[derive(Deserialize)]
struct Invited {
    email: String,
    #[serde(default)]
    pages: BTreeMap<PageId, Role>,
}

impl Remote {
    /// The tokens that the caller manages.
    pub(crate) fn tokens(&self) -> Result<Vec<KeptToken>, Stop> {
        self.read(self.http.get(self.url("/tokens")))
    }

    /// Makes a token; gives its code, and the secret that is not shown again.
    pub(crate) fn create_token(&self, new: &NewToken) -> Result<(String, String), Stop> {
        let body = json!({
            "name": new.name,
            "role": new.role,
            "pages": new.pages,
            "expires_at": new.expires_at,
        });
        let made: MadeToken = self.read(self.http.post(self.url("/tokens")).json(&body))?;
        Ok((made.id, made.token))
    }

    /// Ends a token for good.
    pub(crate) fn revoke_token(&self, code: &str) -> Result<(), Stop> {
        // What can be no code would be another address.
        if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) || code.is_empty() {
            let error = OpError::NotFound {
                kind: Token::KIND,
                id: code.to_owned(),
            };
            return Err(Stop::worded(&error, self.locale));
        }
        self.done(self.http.delete(self.url(&format!("/tokens/{code}"))))
    }

    /// Everybody whose roles the caller manages.
    pub(crate) fn users(&self) -> Result<Vec<KeptUser>, Stop> {
        self.read(self.http.get(self.url("/users")))
    }

    /// Makes an account with a password; gives its code.
    pub(crate) fn create_user(&self, new: &NewAccount) -> Result<String, Stop> {
        let body = json!({
            "email": new.email,
            "name": new.name,
            "locale": new.locale,
            "password": new.password,
            "role": new.given.role,
            "page": new.given.page,
        });
        let made: Value = self.read(self.http.post(self.url("/users")).json(&body))?;
        Ok(made["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Invites somebody; gives the path where his account is made.
    pub(crate) fn invite(&self, email: &str, given: &Given) -> Result<String, Stop> {
        let body = json!({ "email": email, "role": given.role, "page": given.page });
        let request = self.http.post(self.url("/invitations")).json(&body);
        let made: MadeInvitation = self.read(request)?;
        Ok(made.path)
    }

    /// Those who are invited: addresses with the roles on pages that await them.
    pub(crate) fn invited(&self) -> Result<Vec<Awaited>, Stop> {
        let all: Vec<Invited> = self.read(self.http.get(self.url("/invitations")))?;
        Ok(all.into_iter().map(|own| (own.email, own.pages)).collect())
    }

    /// Gives a role to somebody, or takes it.
    pub(crate) fn set_role(
        &self,
        email: &str,
        page: Option<&PageId>,
        role: Option<Role>,
    ) -> Result<(), Stop> {
        let url = self.url(&format!("/users/{}/role", self.user(email)?));
        let body = json!({ "role": role, "page": page });
        self.done(self.http.put(url).json(&body))
    }

    /// Lets somebody in no longer, or again.
    pub(crate) fn set_disabled(&self, email: &str, disabled: bool) -> Result<(), Stop> {
        let verb = if disabled { "disable" } else { "enable" };
        let url = self.url(&format!("/users/{}/{verb}", self.user(email)?));
        self.done(self.http.post(url))
    }

    /// The code of an account by its address, which never stands in an address of the API: those
    /// are logged on the way.
    fn user(&self, email: &str) -> Result<String, Stop> {
        let wanted = email.trim().to_lowercase();
        let mut users = self.users()?.into_iter();
        let found = users.find(|user| user.email.to_lowercase() == wanted);
        found.map(|user| user.id).ok_or_else(|| nobody_has(email))
    }
}
