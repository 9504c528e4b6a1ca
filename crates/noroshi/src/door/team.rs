//! People and tokens, here or elsewhere.
//!
//! Private records have versions of their own: beside a server they are written straight to the
//! store.

use noroshi_domain::PageId;
use noroshi_ops::links::Opens;
use noroshi_ops::tokens::NewToken;
use noroshi_ops::users::{NewUser, User};
use noroshi_ops::{Access, App, Caller, OpError, Role, Stored};
use noroshi_server::paths::invitation_path;

use super::{Door, Place};
use crate::commands::apply::people::Awaited;
use crate::commands::serve::ADDRESS_SETTING;
use crate::commands::token::KeptToken;
use crate::commands::user::{Given, KeptUser, NewAccount};
use crate::exit::Stop;

impl Door {
    /// Every token, of an installation elsewhere those that the caller manages.
    pub(crate) fn tokens(&self) -> Result<Vec<KeptToken>, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.tokens(),
            Place::Here { app, .. } => app,
        };
        let now = app.now();
        let tokens = self.worded(app.list_tokens(&Caller::command_line()))?;
        let tokens = tokens.into_iter();
        Ok(tokens.map(|token| KeptToken::of(token, now)).collect())
    }

    /// Makes a token; gives its code, and the secret that is not shown again.
    pub(crate) fn create_token(&self, new: &NewToken) -> Result<(String, String), Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.create_token(new),
            Place::Here { app, .. } => app,
        };
        let made = app.create_token(&Caller::command_line(), new);
        let (token, secret) = self.worded(made)?;
        Ok((token.id, secret))
    }

    /// Ends a token for good.
    pub(crate) fn revoke_token(&self, code: &str) -> Result<(), Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.revoke_token(code),
            Place::Here { app, .. } => self.worded(app.revoke_token(&Caller::command_line(), code)),
        }
    }

    /// Everybody with an account, elsewhere those whose roles the caller manages.
    pub(crate) fn users(&self) -> Result<Vec<KeptUser>, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.users(),
            Place::Here { app, .. } => app,
        };
        let users = self.worded(app.list_users(&Caller::command_line()))?;
        Ok(users.into_iter().map(KeptUser::from).collect())
    }

    /// Makes an account with a password; gives its code.
    pub(crate) fn create_user(&self, new: &NewAccount) -> Result<String, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.create_user(new),
            Place::Here { app, .. } => app,
        };
        let user = NewUser {
            email: new.email.clone(),
            name: new.name.clone(),
            locale: new.locale,
            password: Some(new.password.clone()),
            access: access_of(&new.given),
        };
        let made = app.create_user(&Caller::command_line(), &user);
        self.worded(made).map(|user| user.id)
    }

    /// Invites somebody; gives the path where his account is made.
    pub(crate) fn invite(&self, email: &str, given: &Given) -> Result<String, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.invite(email, given),
            Place::Here { app, .. } => app,
        };
        let invited = app.invite(&Caller::command_line(), email, access_of(given));
        let (_, secret) = self.worded(invited)?;
        Ok(invitation_path(&secret))
    }

    /// Those who are invited: addresses with the roles on pages that await them.
    pub(crate) fn invited(&self) -> Result<Vec<Awaited>, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.invited(),
            Place::Here { app, .. } => app,
        };
        let links = self.worded(app.list_invitations(&Caller::command_line()))?;
        let links = links.into_iter().map(|link| link.value.opens);
        let invited = links.filter_map(|opens| match opens {
            Opens::Invitation { email, access } => Some((email, access.pages)),
            Opens::Setup | Opens::Login { .. } | Opens::Code { .. } => None,
        });
        Ok(invited.collect())
    }

    /// Gives a role to somebody, or takes it: on a page, or on everything.
    pub(crate) fn set_role(
        &self,
        email: &str,
        page: Option<&PageId>,
        role: Option<Role>,
    ) -> Result<(), Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.set_role(email, page, role),
            Place::Here { app, .. } => {
                let user = by_email(app, email)?;
                self.worded(app.set_role(&Caller::command_line(), &user.id, page, role))
            }
        }
    }

    /// Lets somebody in no longer, or again.
    pub(crate) fn set_disabled(&self, email: &str, disabled: bool) -> Result<(), Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.set_disabled(email, disabled),
            Place::Here { app, .. } => {
                let user = by_email(app, email)?;
                self.worded(app.set_disabled(&Caller::command_line(), &user.id, disabled))
            }
        }
    }

    /// Where its console stands, as far as is known: where the server here listened last, or the
    /// address of the one elsewhere.
    pub(crate) fn address(&self) -> Result<Option<String>, Stop> {
        match &self.place {
            Place::Elsewhere(remote) => Ok(Some(remote.address().to_owned())),
            Place::Here { app, .. } => Ok(app.store().setting(ADDRESS_SETTING)?),
        }
    }

    fn worded<T>(&self, done: Result<T, OpError>) -> Result<T, Stop> {
        done.map_err(|error| Stop::worded(&error, self.locale))
    }
}

/// What is said of an address that nobody has.
pub(crate) fn nobody_has(email: &str) -> Stop {
    Stop::not_found(format!("--email: {email:?} has no account"))
}

fn by_email(app: &App, email: &str) -> Result<Stored<User>, Stop> {
    app.user_by_email(email)?.ok_or_else(|| nobody_has(email))
}

fn access_of(given: &Given) -> Access {
    match &given.page {
        Some(page) => Access::on_pages(given.role, [page.clone()]),
        None => Access::everywhere(given.role),
    }
}
