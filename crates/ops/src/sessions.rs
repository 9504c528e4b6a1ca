//! Sessions: what a browser shows instead of a password, kept as a hash, until it ends.

use noroshi_domain::{Instant, SECOND_US, hash_hex};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::Caller;
use crate::app::App;
use crate::error::OpError;
use crate::limits::{
    AGENT_CHARS_MAX, LAST_USED_S, SESSION_IDLE_S, SESSION_S, SESSIONS_FORGOTTEN_MAX,
    SESSIONS_PER_USER_MAX,
};
use crate::records::{PrivateRecord, Stored, Writes, shared_key, unique_key};
use crate::users::User;

/// The key that its hash is found by.
const HASH: &str = "hash";
/// The key of all of one person's.
const USER: &str = "user";

/// How somebody signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By password.
    #[default]
    Password,
    /// By password and a code.
    CodeUsed,
    /// By password and a recovery code.
    RecoveryCodeUsed,
    /// By making the first account.
    Setup,
    /// By an invitation.
    Invitation,
    /// By a link from the host.
    LoginLink,
    /// At the provider.
    Provider,
    /// By a passkey, alone or after a password.
    Passkey,
}

impl Way {
    /// Its name in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::CodeUsed => "code_used",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::Setup => "setup",
            Self::Invitation => "invitation",
            Self::LoginLink => "login_link",
            Self::Provider => "provider",
            Self::Passkey => "passkey",
        }
    }
}

/// One signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub user: String,
    /// SHA-256 of what the browser shows, in hex.
    pub hash: String,
    /// When it was used last, to the minute.
    pub last_used_at: Instant,
    /// When it ends, whatever is done with it.
    pub ends_at: Instant,
    /// What the browser called itself.
    pub agent: String,
    /// From where it signed in.
    pub address: String,
    /// How.
    #[serde(default)]
    pub way: Way,
}

impl PrivateRecord for Session {
    const KIND: &'static str = "session";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(HASH, &self.hash), shared_key(USER, &self.user)]
    }

    /// By when it ends, so that those that ended stand first.
    fn sort(&self) -> Option<i64> {
        Some(self.ends_at.micros())
    }
}

impl Session {
    /// Whether it still opens anything.
    pub fn is_valid(&self, now: Instant) -> bool {
        now < self.ends_at && now.since_us(self.last_used_at) < SESSION_IDLE_S * SECOND_US
    }
}

/// What is known of a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browser {
    /// What it calls itself.
    pub agent: String,
    /// Where it is.
    pub address: String,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub caller: Caller,
    /// By which session.
    pub session: String,
    /// He must set a second factor up before anything else.
    pub lacks_factor: bool,
}

impl App {
    /// Begins a session; gives what the browser is to show.
    pub(crate) fn begin_session(
        &self,
        user: &Stored<User>,
        browser: &Browser,
        way: Way,
    ) -> Result<String, OpError> {
        let now = self.now();
        let secret = self.secret("");
        let mut user = user.clone();
        user.value.signed_in_at = Some(now);
        let session = self.new_record(
            None,
            Session {
                user: user.id.clone(),
                hash: hash_hex(secret.as_bytes()),
                last_used_at: now,
                ends_at: now.plus_seconds(SESSION_S),
                agent: browser.agent.chars().take(AGENT_CHARS_MAX).collect(),
                address: browser.address.clone(),
                way,
            },
        );
        let mut writes = Writes::default();
        let detail = json!({ "by": way.as_str(), "address": browser.address });
        writes
            .put(&user)?
            .put(&session)?
            .note(&user, "signed_in", detail);
        // More than anybody has browsers: the oldest make room.
        let mut others = self.sessions_of(&user.id)?;
        others.sort_by_key(|session| session.value.last_used_at);
        let surplus = (others.len() + 1).saturating_sub(SESSIONS_PER_USER_MAX);
        for session in others.into_iter().take(surplus) {
            writes.delete::<Session>(&session.id);
        }
        self.write_records(&user.caller(), writes)?;
        self.forget_ended::<Session>(now, SESSIONS_FORGOTTEN_MAX);
        Ok(secret)
    }

    /// Who shows a session.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for one that is unknown or over, or whose person may not sign
    /// in.
    pub fn caller_of_session(&self, secret: &str, now: Instant) -> Result<SignedIn, OpError> {
        let found = self.records_by_key::<Session>(HASH, &hash_hex(secret.as_bytes()))?;
        let found = found
            .into_iter()
            .find(|session| session.value.is_valid(now));
        let Some(mut session) = found else {
            return Err(OpError::Unauthenticated);
        };
        let user = self.record::<User>(&session.value.user)?;
        let Some(user) = user.filter(|user| user.value.disabled_at.is_none()) else {
            return Err(OpError::Unauthenticated);
        };
        let signed_in = SignedIn {
            caller: user.caller_by(session.value.way),
            session: session.id.clone(),
            lacks_factor: self.lacks_second_factor(&user, session.value.way)?,
        };
        if now.since_us(session.value.last_used_at) >= LAST_USED_S * SECOND_US {
            session.value.last_used_at = now;
            self.note_use(&signed_in.caller, &session);
        }
        Ok(signed_in)
    }

    /// All sessions of a person.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn sessions_of(&self, user: &str) -> Result<Vec<Stored<Session>>, OpError> {
        self.records_by_key(USER, user)
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// [`OpError::NotFound`] also for somebody else's.
    pub fn end_session(&self, caller: &Caller, id: &str) -> Result<(), OpError> {
        let found = self.record::<Session>(id)?;
        let Some(session) = found.filter(|session| session.value.user == caller.actor.id) else {
            return Err(OpError::NotFound {
                kind: Session::KIND,
                id: id.to_owned(),
            });
        };
        self.delete_record(caller, &session, "session_ended", json!({}))
    }
}
