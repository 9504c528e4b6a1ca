//! People: who they are, what they may, and how the team changes.

use noroshi_domain::{Actor, ActorKind, Instant, Locale, PageId, Refusal};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Access, Caller, Permission, Role};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{EMAIL_CHARS_MAX, LISTED_RECORDS_MAX, USERS_MAX};
use crate::owned::person_row;
use crate::passwords::PasswordHash;
use crate::records::{PrivateRecord, Stored, Writes, shared_key, unique_key};
use crate::second_factor::SecondFactor;
use crate::sessions::{Session, Way};
use crate::sign_on::SignOn;
use crate::tokens::{check_name, too_long};

/// The key that a person is found by.
const EMAIL: &str = "email";
/// The key of those who own the installation.
const OWNER: &str = "owner";
/// The key of who he is at his provider.
pub(crate) const SUBJECT: &str = "subject";

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Address, as it was typed.
    pub email: String,
    /// What people call him.
    pub name: String,
    /// The language of the console.
    pub locale: Locale,
    /// What is kept of the password; none: he signs in otherwise.
    pub password: Option<PasswordHash>,
    /// What he shows besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondFactor>,
    /// How he is known where he signs on, and what his groups give him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_on: Option<SignOn>,
    /// What people gave him to do, and where.
    pub access: Access,
    /// Since when he can not sign in.
    pub disabled_at: Option<Instant>,
    /// When he signed in last.
    pub signed_in_at: Option<Instant>,
}

impl PrivateRecord for User {
    const KIND: &'static str = "user";

    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![unique_key(EMAIL, &email_key(&self.email))];
        if self.access.everywhere == Some(Role::Owner) && self.disabled_at.is_none() {
            keys.push(shared_key(OWNER, ""));
        }
        if let Some(sign_on) = &self.sign_on {
            let key = SignOn::key(&sign_on.issuer, &sign_on.subject);
            keys.push(unique_key(SUBJECT, &key));
        }
        keys
    }
}

impl User {
    /// What he may do and where when he signed in one way: what his groups give counts where the
    /// provider has just said so.
    pub fn access_by(&self, way: Way) -> Access {
        if way == Way::Provider {
            self.access_at_most()
        } else {
            self.access.clone()
        }
    }

    /// What he may do and where, in whatever way he signs in.
    pub fn access_at_most(&self) -> Access {
        let by_groups = self.sign_on.as_ref().map(|sign_on| &sign_on.access);
        let access = self.access.clone();
        by_groups.map_or_else(|| access.clone(), |groups| access.clone().with(groups))
    }
}

/// Addresses are the same whatever their case.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A person to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Address.
    pub email: String,
    /// What people call him.
    pub name: String,
    /// The language of the console.
    pub locale: Locale,
    /// The password; none: he signs in otherwise.
    pub password: Option<String>,
    /// What he may do, and where.
    pub access: Access,
}

impl Stored<User> {
    /// Him as the caller of operations, with what people gave him.
    pub fn caller(&self) -> Caller {
        self.caller_by(Way::Password)
    }

    /// Him as a caller who signed in one way.
    pub fn caller_by(&self, way: Way) -> Caller {
        let actor = Actor {
            kind: ActorKind::User,
            id: self.id.clone(),
        };
        let value = &self.value;
        Caller::new(
            actor,
            value.name.clone(),
            value.locale,
            value.access_by(way),
        )
    }
}

impl App {
    /// Whether anybody owns the installation.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn has_owner(&self) -> Result<bool, OpError> {
        let found = self
            .store()
            .records_by_key(User::KIND, (OWNER, ""), "", 1)?;
        Ok(!found.is_empty())
    }

    /// A person by his address.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn user_by_email(&self, email: &str) -> Result<Option<Stored<User>>, OpError> {
        let found = self.records_by_key(EMAIL, &email_key(email))?;
        Ok(found.into_iter().next())
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] when its maker may less than it would; a refusal when a field can
    /// not stand.
    pub fn create_user(&self, caller: &Caller, new: &NewUser) -> Result<Stored<User>, OpError> {
        require_team(caller, &new.access)?;
        let stored = self.user_to_be(new)?;
        let detail = json!({ "name": stored.value.name, "access": stored.value.access });
        self.put_record(caller, &stored, "user_created", detail)
    }

    /// A checked account that is not written yet.
    pub(crate) fn user_to_be(&self, new: &NewUser) -> Result<Stored<User>, OpError> {
        check_name("name", &new.name)?;
        check_email(&new.email)?;
        let count = self.store().count_records(User::KIND, None)?;
        if count >= USERS_MAX {
            return Err(too_long("users", count as usize + 1, USERS_MAX as usize));
        }
        let random = self.chance().bytes();
        let password = new.password.as_deref();
        let password = password.map(|text| PasswordHash::of(text, random));
        Ok(self.new_record(
            None,
            User {
                email: new.email.trim().to_owned(),
                name: new.name.trim().to_owned(),
                locale: new.locale,
                password: password.transpose()?,
                second_factor: None,
                sign_on: None,
                access: new.access.clone(),
                disabled_at: None,
                signed_in_at: None,
            },
        ))
    }

    /// Everybody whom a caller may see: all, or those of the pages whose team he manages.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn list_users(&self, caller: &Caller) -> Result<Vec<Stored<User>>, OpError> {
        let mut users = self.records::<User>(None, &Slice::first(LISTED_RECORDS_MAX))?;
        users.retain(|user| may_see(caller, &user.value.access_at_most()));
        Ok(users)
    }

    /// Gives a role on a page, or on everything, or takes it.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] when the caller may less than the old or the new role; a refusal
    /// when nobody would own the installation.
    pub fn set_role(
        &self,
        caller: &Caller,
        id: &str,
        page: Option<&PageId>,
        role: Option<Role>,
    ) -> Result<(), OpError> {
        let mut user = self.user_seen_by(caller, id, page)?;
        let access = &user.value.access;
        let held = match page {
            Some(page) => access.pages.get(page).copied(),
            None => access.everywhere,
        };
        for role in [held, role].into_iter().flatten() {
            require_team(caller, &access_of(page, role))?;
        }
        caller.require(page, Permission::ManageTeam)?;
        if let Some(page) = page.filter(|_| held != role) {
            self.leave_owned_row(caller, page, &person_row(&user.value.email))?;
        }
        let access = &mut user.value.access;
        match (page, role) {
            (Some(page), Some(role)) => {
                self.state(page)?;
                access.pages.insert(page.clone(), role);
            }
            (Some(page), None) => {
                access.pages.remove(page);
            }
            (None, role) => access.everywhere = role,
        }
        self.check_an_owner_stays(&user)?;
        let detail = json!({ "page": page, "from": held, "to": role });
        let mut writes = Writes::default();
        let act = if role.is_some() {
            "role_given"
        } else {
            "role_taken"
        };
        let subject = (User::KIND, user.id.clone());
        writes
            .put(&user)?
            .note_of(page.cloned(), act, subject, detail);
        self.write_records(caller, writes)
    }

    /// Lets somebody in no longer, and ends his sessions; or lets him in again.
    ///
    /// # Errors
    /// As [`App::set_role`].
    pub fn set_disabled(&self, caller: &Caller, id: &str, disabled: bool) -> Result<(), OpError> {
        let mut user = self.user_seen_by(caller, id, None)?;
        require_team(caller, &user.value.access_at_most())?;
        if user.value.disabled_at.is_some() == disabled {
            return Ok(());
        }
        user.value.disabled_at = disabled.then(|| self.now());
        self.check_an_owner_stays(&user)?;
        let act = if disabled {
            "user_disabled"
        } else {
            "user_enabled"
        };
        let mut writes = Writes::default();
        writes.put(&user)?.note(&user, act, json!({}));
        if disabled {
            for session in self.sessions_of(id)? {
                writes.delete::<Session>(&session.id);
            }
        }
        self.write_records(caller, writes)
    }

    /// Changes one's own name and language.
    ///
    /// # Errors
    /// A refusal when the name can not stand.
    pub fn set_profile(&self, caller: &Caller, name: &str, locale: Locale) -> Result<(), OpError> {
        check_name("name", name)?;
        let mut user = self.own_user(caller)?;
        name.trim().clone_into(&mut user.value.name);
        user.value.locale = locale;
        self.put_record(caller, &user, "profile_changed", json!({}))
            .map(drop)
    }

    /// Changes one's own password, for whoever knows the old one; ends all sessions but `keep`.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] when the old one is wrong.
    pub fn change_password(
        &self,
        caller: &Caller,
        (old, new): (&str, &str),
        keep: Option<&str>,
    ) -> Result<(), OpError> {
        let mut user = self.own_user(caller)?;
        let held = user.value.password.as_ref();
        if held.is_some() && !PasswordHash::is(held, old) {
            return Err(OpError::Unauthenticated);
        }
        user.value.password = Some(PasswordHash::of(new, self.chance().bytes())?);
        let mut writes = Writes::default();
        writes
            .put(&user)?
            .note(&user, "password_changed", json!({}));
        for session in self.sessions_of(&user.id)? {
            if keep != Some(session.id.as_str()) {
                writes.delete::<Session>(&session.id);
            }
        }
        self.write_records(caller, writes)
    }

    /// The account of a caller who is a person.
    ///
    /// # Errors
    /// [`OpError::NotFound`] for tokens and the command line.
    pub fn own_user(&self, caller: &Caller) -> Result<Stored<User>, OpError> {
        let id = &caller.actor.id;
        let is_person = caller.actor.kind == ActorKind::User;
        let found = if is_person { self.record(id)? } else { None };
        found.ok_or_else(|| no_user(id))
    }

    fn user_seen_by(
        &self,
        caller: &Caller,
        id: &str,
        page: Option<&PageId>,
    ) -> Result<Stored<User>, OpError> {
        let found = self.record::<User>(id)?;
        let may_manage = caller.may(page, Permission::ManageTeam);
        found
            .filter(|user| may_manage || may_see(caller, &user.value.access_at_most()))
            .ok_or_else(|| no_user(id))
    }

    /// Refuses to write somebody who was the last owner and would be none.
    fn check_an_owner_stays(&self, changed: &Stored<User>) -> Result<(), OpError> {
        let stays = changed.value.keys().iter().any(|key| key.name == OWNER);
        if stays {
            return Ok(());
        }
        let owners = self.records_by_key::<User>(OWNER, "")?;
        let was_owner = owners.iter().any(|owner| owner.id == changed.id);
        if was_owner && owners.len() == 1 {
            let reason = "somebody must own the installation: make another owner first".to_owned();
            let field = "role";
            return Err(Refusal::BadSetting { field, reason }.into());
        }
        Ok(())
    }
}

fn no_user(id: &str) -> OpError {
    OpError::NotFound {
        kind: User::KIND,
        id: id.to_owned(),
    }
}

fn access_of(page: Option<&PageId>, role: Role) -> Access {
    match page {
        Some(page) => Access::on_pages(role, [page.clone()]),
        None => Access::everywhere(role),
    }
}

/// Whether a caller manages the team of anything that an access reaches.
fn may_see(caller: &Caller, access: &Access) -> bool {
    caller.may(None, Permission::ManageTeam)
        || access
            .pages
            .keys()
            .any(|page| caller.may(Some(page), Permission::ManageTeam))
}

/// Refuses whoever does not manage the team of all that an access reaches, or may less than it.
pub(crate) fn require_team(caller: &Caller, access: &Access) -> Result<(), OpError> {
    if access.everywhere.is_some() || access.pages.is_empty() {
        caller.require(None, Permission::ManageTeam)?;
    }
    let mut pages = access.pages.keys();
    pages.try_for_each(|page| caller.require(Some(page), Permission::ManageTeam))?;
    if caller.access().covers(access) {
        Ok(())
    } else {
        Err(OpError::Forbidden(Permission::ManageTeam))
    }
}

/// Refuses what can be no address.
pub(crate) fn check_email(email: &str) -> Result<(), OpError> {
    let email = email.trim();
    let field = "email";
    let given = email.chars().count();
    if given > EMAIL_CHARS_MAX {
        return Err(too_long(field, given, EMAIL_CHARS_MAX));
    }
    let is_one = |(user, host): (&str, &str)| {
        !user.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && !email
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control())
    };
    if email.split_once('@').is_some_and(is_one) {
        Ok(())
    } else {
        let reason = format!("{email:?} is no address (write it like ada@example.com)");
        Err(Refusal::BadSetting { field, reason }.into())
    }
}
