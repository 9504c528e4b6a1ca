//! Signing in with a password, and how often somebody may try.
//!
//! A try is counted before it is looked at, so that many at once are many. Who tries an account
//! that is not there is answered as slowly, and with the same words, as one who is wrong.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use noroshi_domain::{Instant, SECOND_US};

use crate::app::App;
use crate::error::OpError;
use crate::limits::{
    CODE_ASKED_S, TRIES_KEPT_MAX, TRIES_OF_ACCOUNT_MAX, TRIES_OF_ADDRESS_MAX, TRIES_OF_BOTH_MAX,
    TRIES_S,
};
use crate::links::Opens;
use crate::passwords::PasswordHash;
use crate::records::Stored;
use crate::sessions::{Browser, Way};
use crate::users::{User, email_key};

/// Counts tries that did not succeed.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    tries: Mutex<HashMap<String, Tries>>,
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    since: Instant,
    count: u32,
}

impl Tries {
    fn is_over(self, now: Instant) -> bool {
        now.since_us(self.since) >= TRIES_S * SECOND_US
    }
}

impl Gate {
    /// Counts one more try under each name, or says in how many seconds there may be one.
    pub(crate) fn try_once(&self, names: &[(String, u32)], now: Instant) -> Result<(), OpError> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, most) in names {
            let found = tries.get(name).filter(|tries| !tries.is_over(now));
            if let Some(found) = found.filter(|tries| tries.count >= *most) {
                let left_us = TRIES_S * SECOND_US - now.since_us(found.since);
                let seconds = (left_us / SECOND_US).max(1);
                return Err(OpError::TooOften { seconds });
            }
        }
        if tries.len() + names.len() > TRIES_KEPT_MAX {
            tries.retain(|_, tries| !tries.is_over(now));
        }
        if tries.len() + names.len() > TRIES_KEPT_MAX {
            // So many addresses at once are an attack, and forgetting them would help it.
            return Err(OpError::Busy);
        }
        for (name, _) in names {
            let fresh = Tries {
                since: now,
                count: 0,
            };
            let own = tries.entry(name.clone()).or_insert(fresh);
            if own.is_over(now) {
                *own = fresh;
            }
            own.count += 1;
        }
        Ok(())
    }

    /// A try that succeeded is none; those of the same person from the same place are forgotten.
    pub(crate) fn succeeded(&self, names: &[(String, u32)]) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for (position, (name, _)) in names.iter().enumerate() {
            if position == 0 {
                tries.remove(name);
            } else if let Some(own) = tries.get_mut(name) {
                own.count = own.count.saturating_sub(1);
            }
        }
    }
}

/// What is wanted after a right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What the browser is to send with it.
    pub pending: String,
    /// A code does.
    pub takes_code: bool,
    /// So does each of these passkeys: their names, in hex.
    pub passkeys: Vec<String>,
}

/// What came of a right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in: what the browser is to show.
    Done(String),
    /// A code or a passkey is wanted.
    CodeWanted(Wanted),
}

impl App {
    /// Signs in, or asks for a code.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for a wrong password, an unknown or disabled account;
    /// [`OpError::TooOften`] after too many of them.
    pub fn sign_in(
        &self,
        (email, password): (&str, &str),
        browser: &Browser,
    ) -> Result<SignIn, OpError> {
        let account = noroshi_domain::hash_hex(email_key(email).as_bytes());
        let names = [
            (format!("{account} {}", browser.address), TRIES_OF_BOTH_MAX),
            (format!("address {}", browser.address), TRIES_OF_ADDRESS_MAX),
            (format!("account {account}"), TRIES_OF_ACCOUNT_MAX),
        ];
        let gate = &self.inner.gate;
        gate.try_once(&names, self.now())?;
        let user = self.user_by_email(email)?;
        let user = user.filter(|user| user.value.disabled_at.is_none());
        let kept = user.as_ref().and_then(|user| user.value.password.as_ref());
        let is_right = PasswordHash::is(kept, password);
        let Some(user) = user.filter(|_| is_right) else {
            tracing::info!(address = %browser.address, "a sign-in failed");
            return Err(OpError::Unauthenticated);
        };
        gate.succeeded(&names);
        let (takes_code, passkeys) = self.second_factors(&user)?;
        if takes_code || !passkeys.is_empty() {
            let opens = Opens::Code {
                user: user.id.clone(),
            };
            let (_, pending) = self.make_link(&user.caller(), opens, CODE_ASKED_S)?;
            return Ok(SignIn::CodeWanted(Wanted {
                pending,
                takes_code,
                passkeys,
            }));
        }
        self.begin_session(&user, browser, Way::Password)
            .map(SignIn::Done)
    }

    /// What is still wanted of somebody who gave his password.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] where the password was given too long ago.
    pub fn wanted(&self, pending: &str) -> Result<Wanted, OpError> {
        let Opens::Code { user } = self.opens(pending)? else {
            return Err(OpError::Unauthenticated);
        };
        let user = self.record(&user)?.ok_or(OpError::Unauthenticated)?;
        let (takes_code, passkeys) = self.second_factors(&user)?;
        Ok(Wanted {
            pending: pending.to_owned(),
            takes_code,
            passkeys,
        })
    }

    /// Whether somebody has codes, and the names of his passkeys.
    fn second_factors(&self, user: &Stored<User>) -> Result<(bool, Vec<String>), OpError> {
        let passkeys = self.passkeys_of(&user.id)?.into_iter();
        let names = passkeys.map(|passkey| passkey.value.key.credential);
        Ok((user.value.second_factor.is_some(), names.collect()))
    }
}
