//! Links that open something once: setting up, an invitation, a way in from the host. What stands
//! in the address is kept as a hash, and using it takes it away.

use noroshi_domain::{Instant, Locale, hash_hex};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Access, Caller, Permission, Role};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{INVITATION_DAYS, LISTED_RECORDS_MAX, LOGIN_LINK_S, SETUP_LINK_DAYS};
use crate::records::{PrivateRecord, Stored, Writes, unique_key};
use crate::sessions::{Browser, Way};
use crate::users::{NewUser, User, check_email, require_team};

/// The key that its hash is found by.
const HASH: &str = "hash";

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opens {
    /// The making of the first owner.
    Setup,
    /// An account for whoever it was given to.
    Invitation {
        /// His address.
        email: String,
        /// What he will be able to do.
        access: Access,
    },
    /// A session of somebody, without password and second factor.
    Login {
        /// Whose.
        user: String,
    },
    /// The second half of a sign-in: somebody gave his password and is asked for a code.
    Code {
        /// Whose.
        user: String,
    },
}

/// A link that has not been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// SHA-256 of what stands in the address, in hex.
    pub hash: String,
    /// What it opens.
    pub opens: Opens,
    /// Until when.
    pub ends_at: Instant,
}

impl PrivateRecord for Link {
    const KIND: &'static str = "link";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(HASH, &self.hash)]
    }
}

/// Who the first owner is to be, or the one who was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Address; of an invitation it is the invited one's.
    pub email: String,
    /// What people call him.
    pub name: String,
    /// The language of the console.
    pub locale: Locale,
    /// The password.
    pub password: String,
}

impl App {
    /// A link to the making of the first owner; none where there is one. Each start makes another.
    ///
    /// # Errors
    /// When the store fails.
    pub fn setup_link(&self) -> Result<Option<String>, OpError> {
        if self.has_owner()? {
            return Ok(None);
        }
        let days = SETUP_LINK_DAYS;
        self.make_link(&Caller::command_line(), Opens::Setup, days * 86_400)
            .map(|(_, secret)| Some(secret))
    }

    /// Makes the first owner and signs him in; gives what his browser is to show.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for a link that is unknown, over or used, or where somebody
    /// owns the installation; a refusal when a field can not stand, and the link stays.
    pub fn set_up(
        &self,
        secret: &str,
        person: &NewPerson,
        browser: &Browser,
    ) -> Result<String, OpError> {
        let link = self.link(secret)?;
        if link.value.opens != Opens::Setup || self.has_owner()? {
            return Err(OpError::Unauthenticated);
        }
        let user = self.user_to_be(&NewUser {
            email: person.email.clone(),
            name: person.name.clone(),
            locale: person.locale,
            password: Some(person.password.clone()),
            access: Access::everywhere(Role::Owner),
        })?;
        let mut writes = Writes::default();
        for other in self.records::<Link>(None, &Slice::first(LISTED_RECORDS_MAX))? {
            if other.value.opens == Opens::Setup {
                writes.delete::<Link>(&other.id);
            }
        }
        let user = self.with_link(user, writes, "set_up")?;
        self.begin_session(&user, browser, Way::Setup)
    }

    /// Whether a link can still be used, and for what.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] when it can not.
    pub fn opens(&self, secret: &str) -> Result<Opens, OpError> {
        self.link(secret).map(|link| link.value.opens)
    }

    /// Invites somebody; gives the code and what stands in the address.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] when the inviter may less than the invited would; a refusal when
    /// there is such an account.
    pub fn invite(
        &self,
        caller: &Caller,
        email: &str,
        access: Access,
    ) -> Result<(String, String), OpError> {
        require_team(caller, &access)?;
        check_email(email)?;
        for page in access.pages.keys() {
            self.state(page)?;
        }
        if self.user_by_email(email)?.is_some() {
            return Err(noroshi_domain::Refusal::Taken {
                kind: User::KIND,
                id: email.trim().to_owned(),
            }
            .into());
        }
        let email = email.trim().to_owned();
        let opens = Opens::Invitation { email, access };
        self.make_link(caller, opens, INVITATION_DAYS * 86_400)
    }

    /// Makes the account that an invitation is for and signs in; gives what the browser is to
    /// show.
    ///
    /// # Errors
    /// As [`App::set_up`].
    pub fn accept_invitation(
        &self,
        secret: &str,
        person: &NewPerson,
        browser: &Browser,
    ) -> Result<String, OpError> {
        let link = self.link(secret)?;
        let Opens::Invitation { email, access } = link.value.opens else {
            return Err(OpError::Unauthenticated);
        };
        let user = self.user_to_be(&NewUser {
            email,
            name: person.name.clone(),
            locale: person.locale,
            password: Some(person.password.clone()),
            access,
        })?;
        let mut writes = Writes::default();
        writes.delete::<Link>(&link.id);
        let user = self.with_link(user, writes, "invitation_accepted")?;
        self.begin_session(&user, browser, Way::Invitation)
    }

    /// Invitations that were not used, for whoever may have made them.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn list_invitations(&self, caller: &Caller) -> Result<Vec<Stored<Link>>, OpError> {
        let now = self.now();
        let mut links = self.records::<Link>(None, &Slice::first(LISTED_RECORDS_MAX))?;
        links.retain(|link| link.value.ends_at > now && is_managed(caller, &link.value.opens));
        Ok(links)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// [`OpError::NotFound`] also where the caller could not have made it.
    pub fn withdraw_invitation(&self, caller: &Caller, id: &str) -> Result<(), OpError> {
        let found = self.record::<Link>(id)?;
        let Some(link) = found.filter(|link| is_managed(caller, &link.value.opens)) else {
            return Err(OpError::NotFound {
                kind: "invitation",
                id: id.to_owned(),
            });
        };
        self.delete_record(caller, &link, "invitation_withdrawn", json!({}))
    }

    /// A way in without password and second factor, for whoever rules the host.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where there is no such account, or it is disabled.
    pub fn login_link(&self, caller: &Caller, email: &str) -> Result<String, OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let found = self.user_by_email(email)?;
        let Some(user) = found.filter(|user| user.value.disabled_at.is_none()) else {
            return Err(OpError::NotFound {
                kind: User::KIND,
                id: email.to_owned(),
            });
        };
        let opens = Opens::Login { user: user.id };
        let (_, secret) = self.make_link(caller, opens, LOGIN_LINK_S)?;
        Ok(secret)
    }

    /// Signs in by a link from the host; gives what the browser is to show.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for a link that is unknown, over or used.
    pub fn use_login_link(&self, secret: &str, browser: &Browser) -> Result<String, OpError> {
        let link = self.link(secret)?;
        let Opens::Login { user } = &link.value.opens else {
            return Err(OpError::Unauthenticated);
        };
        let user = self.record::<User>(user)?;
        let Some(user) = user.filter(|user| user.value.disabled_at.is_none()) else {
            return Err(OpError::Unauthenticated);
        };
        match self.delete_record(&user.caller(), &link, "login_link_used", json!({})) {
            Ok(()) => self.begin_session(&user, browser, Way::LoginLink),
            // Another browser was faster.
            Err(OpError::Stale) => Err(OpError::Unauthenticated),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn make_link(
        &self,
        caller: &Caller,
        opens: Opens,
        seconds: i64,
    ) -> Result<(String, String), OpError> {
        let secret = self.secret("");
        let (act, detail) = match &opens {
            Opens::Setup => ("setup_link_made", json!({})),
            Opens::Invitation { access, .. } => ("invited", json!({ "access": access })),
            Opens::Login { user } => ("login_link_made", json!({ "user": user })),
            Opens::Code { user } => ("code_asked", json!({ "user": user })),
        };
        let link = Link {
            hash: hash_hex(secret.as_bytes()),
            opens,
            ends_at: self.now().plus_seconds(seconds),
        };
        let link = self.new_record(None, link);
        let mut writes = Writes::default();
        writes.put(&link)?.note(&link, act, detail);
        // Those that ended go in passing: there are as many as were made.
        let now = self.now();
        for other in self.records::<Link>(None, &Slice::first(LISTED_RECORDS_MAX))? {
            if other.value.ends_at <= now {
                writes.delete::<Link>(&other.id);
            }
        }
        self.write_records(caller, writes)?;
        Ok((link.id, secret))
    }

    pub(crate) fn link(&self, secret: &str) -> Result<Stored<Link>, OpError> {
        let now = self.now();
        let found = self.records_by_key::<Link>(HASH, &hash_hex(secret.as_bytes()))?;
        let found = found.into_iter().find(|link| now < link.value.ends_at);
        found.ok_or(OpError::Unauthenticated)
    }

    /// Writes an account together with what else a link does.
    fn with_link(
        &self,
        user: Stored<User>,
        mut writes: Writes,
        act: &'static str,
    ) -> Result<Stored<User>, OpError> {
        let detail = json!({ "access": user.value.access });
        writes.put(&user)?.note(&user, act, detail);
        match self.write_records(&user.caller(), writes) {
            Ok(()) => Ok(Stored { version: 1, ..user }),
            // Another browser was faster.
            Err(OpError::Stale) => Err(OpError::Unauthenticated),
            Err(error) => Err(error),
        }
    }
}

fn is_managed(caller: &Caller, opens: &Opens) -> bool {
    match opens {
        Opens::Invitation { access, .. } => require_team(caller, access).is_ok(),
        Opens::Setup | Opens::Login { .. } | Opens::Code { .. } => false,
    }
}
