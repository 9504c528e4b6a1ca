//! Passkeys: keys in people's telephones, computers and sticks, that sign in by themselves or after
//! a password.

use noroshi_domain::{Instant, Refusal, hash_hex, unhex};
use noroshi_store::Key as Found;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::Caller;
use crate::app::App;
use crate::assertion::{Assertion, Key, Made, Site};
use crate::error::OpError;
use crate::limits::{
    PASSKEYS_OF_USER_MAX, QUESTION_S, QUESTIONS_FORGOTTEN_MAX, QUESTIONS_OF_ADDRESS_MAX,
    TRIES_OF_ADDRESS_MAX,
};
use crate::passwords::PasswordHash;
use crate::records::{PrivateRecord, Stored, Writes, shared_key, unique_key};
use crate::sessions::{Browser, Way};
use crate::tokens::{check_name, too_long};
use crate::users::User;

/// The key that a passkey is found by.
const CREDENTIAL: &str = "credential";
/// The key of all of one person's.
const USER: &str = "user";
/// The key that a question is found by.
const HASH: &str = "hash";

/// One passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Whose.
    pub user: String,
    /// What he calls it.
    pub name: String,
    /// The key.
    pub key: Key,
    /// When it signed in last.
    pub last_used_at: Option<Instant>,
}

impl PrivateRecord for Passkey {
    const KIND: &'static str = "passkey";

    fn keys(&self) -> Vec<Found> {
        let credential = hash_hex(self.key.credential.as_bytes());
        vec![
            unique_key(CREDENTIAL, &credential),
            shared_key(USER, &self.user),
        ]
    }
}

/// A question that a key is to sign: asked once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    hash: String,
    ends_at: Instant,
    /// Who is to make a key; none: whoever signs in.
    user: Option<String>,
}

impl PrivateRecord for Question {
    const KIND: &'static str = "question";

    fn keys(&self) -> Vec<Found> {
        vec![unique_key(HASH, &self.hash)]
    }

    /// By when it ends, so that those that ended stand first.
    fn sort(&self) -> Option<i64> {
        Some(self.ends_at.micros())
    }
}

/// The question that stands in what a browser sends.
pub fn question_in(client_data: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let said: Option<serde_json::Value> = serde_json::from_slice(client_data).ok();
    let challenge = said.as_ref().and_then(|said| said["challenge"].as_str());
    let question = challenge.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    question.unwrap_or_default()
}

/// The question of somebody who has given his password: it follows from what his browser shows.
pub fn question_after_password(pending: &str) -> Vec<u8> {
    unhex(&hash_hex(format!("passkey {pending}").as_bytes()))
}

impl App {
    /// All passkeys of a person.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn passkeys_of(&self, user: &str) -> Result<Vec<Stored<Passkey>>, OpError> {
        self.records_by_key(USER, user)
    }

    /// A question for a key that somebody is about to make.
    ///
    /// # Errors
    /// [`OpError::NotFound`] for whoever is no person.
    pub fn ask_new_passkey(&self, caller: &Caller) -> Result<Vec<u8>, OpError> {
        let user = self.own_user(caller)?;
        self.ask(Some(user.id))
    }

    /// A question for the key of whoever is about to sign in.
    ///
    /// # Errors
    /// [`OpError::TooOften`] after too many that were not answered.
    pub fn ask_passkey(&self, browser: &Browser) -> Result<Vec<u8>, OpError> {
        self.inner.gate.try_once(&asked(browser), self.now())?;
        self.ask(None)
    }

    fn ask(&self, user: Option<String>) -> Result<Vec<u8>, OpError> {
        let (now, question) = (self.now(), self.chance().bytes().to_vec());
        let asked = Question {
            hash: hash_hex(&question),
            ends_at: now.plus_seconds(QUESTION_S),
            user,
        };
        let mut writes = Writes::default();
        writes.put(&self.new_record(None, asked))?;
        self.write_records(&Caller::command_line(), writes)?;
        self.forget_ended::<Question>(now, QUESTIONS_FORGOTTEN_MAX);
        Ok(question)
    }

    /// Takes a question as answered: it is answered once, in time, by whom it was put to.
    fn answered(&self, question: &[u8], user: Option<&str>) -> Result<(), OpError> {
        let found = self.records_by_key::<Question>(HASH, &hash_hex(question))?;
        let found = found
            .into_iter()
            .find(|one| one.value.user.as_deref() == user);
        let found = found.ok_or(OpError::Unauthenticated)?;
        let mut writes = Writes::default();
        writes.delete::<Question>(&found.id);
        match self.write_records(&Caller::command_line(), writes) {
            Ok(()) if self.now() < found.value.ends_at => Ok(()),
            Ok(()) | Err(OpError::Stale) => Err(OpError::Unauthenticated),
            Err(error) => Err(error),
        }
    }

    /// Keeps a key that somebody made, for whoever knows the password where there is one.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] when the password is wrong or the key is not believed; a refusal
    /// when the name can not stand, or there are too many.
    pub fn add_passkey(
        &self,
        caller: &Caller,
        (name, password): (&str, &str),
        (made, site): (&Made, &Site),
    ) -> Result<(), OpError> {
        check_name("name", name)?;
        let user = self.own_user(caller)?;
        check_own_password(&user, password)?;
        let held = self.passkeys_of(&user.id)?.len();
        if held >= PASSKEYS_OF_USER_MAX {
            return Err(too_long("passkeys", held + 1, PASSKEYS_OF_USER_MAX));
        }
        let question = question_in(&made.client_data);
        self.answered(&question, Some(&user.id))?;
        let key = made.read(site, &question);
        let passkey = self.new_record(
            None,
            Passkey {
                user: user.id,
                name: name.trim().to_owned(),
                key: key.ok_or(OpError::Unauthenticated)?,
                last_used_at: None,
            },
        );
        let detail = json!({ "name": passkey.value.name });
        self.put_record(caller, &passkey, "passkey_added", detail)
            .map(drop)
    }

    /// Takes one of one's own passkeys away, for whoever knows the password where there is one.
    ///
    /// # Errors
    /// [`OpError::NotFound`] also for somebody else's; [`OpError::Unauthenticated`] when the password
    /// is wrong; a refusal where a second factor is required and it is the last.
    pub fn remove_passkey(&self, caller: &Caller, id: &str, password: &str) -> Result<(), OpError> {
        let user = self.own_user(caller)?;
        let mut held = self.passkeys_of(&user.id)?;
        let found = held.iter().position(|passkey| passkey.id == id);
        let Some(found) = found else {
            return Err(OpError::NotFound {
                kind: Passkey::KIND,
                id: id.to_owned(),
            });
        };
        check_own_password(&user, password)?;
        let passkey = held.swap_remove(found);
        self.check_a_factor_stays(&user, held.len())?;
        let detail = json!({ "name": passkey.value.name });
        self.delete_record(caller, &passkey, "passkey_removed", detail)
    }

    /// Signs in whoever shows a key that knows him; gives what his browser is to show.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for a key that is not known or not believed, or whose person may
    /// not sign in; [`OpError::TooOften`] after too many of them.
    pub fn sign_in_with_passkey(
        &self,
        assertion: &Assertion,
        site: &Site,
        browser: &Browser,
    ) -> Result<String, OpError> {
        let names = [(format!("address {}", browser.address), TRIES_OF_ADDRESS_MAX)];
        self.inner.gate.try_once(&names, self.now())?;
        let question = question_in(&assertion.client_data);
        self.answered(&question, None)?;
        let credential = noroshi_domain::hex(&assertion.credential);
        let found = self.records_by_key::<Passkey>(CREDENTIAL, &hash_hex(credential.as_bytes()))?;
        let passkey = found.into_iter().next().ok_or(OpError::Unauthenticated)?;
        let user = self.record::<User>(&passkey.value.user)?;
        let user = user.filter(|user| user.value.disabled_at.is_none());
        let user = user.ok_or(OpError::Unauthenticated)?;
        let mut writes = Writes::default();
        // It is all there is, so its owner must have shown it who he is.
        self.use_passkey(&mut writes, passkey, assertion, ((site, &question), true))?;
        self.written_once(&user, writes)?;
        self.inner.gate.succeeded(&names);
        self.inner.gate.succeeded(&asked(browser));
        self.begin_session(&user, browser, Way::Passkey)
    }

    /// Notes that a key signed, or refuses it.
    fn use_passkey(
        &self,
        writes: &mut Writes,
        mut passkey: Stored<Passkey>,
        assertion: &Assertion,
        (asked, verified): ((&Site, &[u8]), bool),
    ) -> Result<(), OpError> {
        let count = passkey.value.key.signed(assertion, asked, verified);
        passkey.value.key.count = count.ok_or(OpError::Unauthenticated)?;
        passkey.value.last_used_at = Some(self.now());
        writes.put(&passkey)?;
        Ok(())
    }

    /// The same for somebody who has given his password: one of his own keys.
    pub(crate) fn use_own_passkey(
        &self,
        writes: &mut Writes,
        user: &Stored<User>,
        (assertion, site, pending): (&Assertion, &Site, &str),
    ) -> Result<(), OpError> {
        let credential = noroshi_domain::hex(&assertion.credential);
        let held = self.passkeys_of(&user.id)?.into_iter();
        let mut own = held.filter(|passkey| passkey.value.key.credential == credential);
        let passkey = own.next().ok_or(OpError::Unauthenticated)?;
        let question = question_after_password(pending);
        self.use_passkey(writes, passkey, assertion, ((site, &question), false))
    }

    /// Writes what counts once: whoever was slower is refused.
    pub(crate) fn written_once(&self, user: &Stored<User>, writes: Writes) -> Result<(), OpError> {
        match self.write_records(&user.caller(), writes) {
            Err(OpError::Stale) => Err(OpError::Unauthenticated),
            written => written,
        }
    }

    /// Refuses to leave somebody without a second factor where one is required.
    pub(crate) fn check_a_factor_stays(
        &self,
        changed: &Stored<User>,
        passkeys: usize,
    ) -> Result<(), OpError> {
        let has_one = changed.value.second_factor.is_some() || passkeys > 0;
        if has_one || !self.is_second_factor_required()? {
            return Ok(());
        }
        let reason = "this installation requires one".to_owned();
        let field = "second_factor";
        Err(Refusal::BadSetting { field, reason }.into())
    }
}

fn asked(browser: &Browser) -> [(String, u32); 1] {
    let name = format!("passkey {}", browser.address);
    [(name, QUESTIONS_OF_ADDRESS_MAX)]
}

/// Refuses a wrong password; who has none is known by his session alone.
fn check_own_password(user: &Stored<User>, password: &str) -> Result<(), OpError> {
    let held = user.value.password.as_ref();
    if held.is_none() || PasswordHash::is(held, password) {
        Ok(())
    } else {
        Err(OpError::Unauthenticated)
    }
}
