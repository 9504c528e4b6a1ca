//! The second factor: a code that changes every half minute (RFC 6238), and recovery codes for
//! whoever lost what makes it.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use noroshi_domain::{Instant, SECOND_US, hash_hex, unhex};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::Caller;
use crate::app::App;
use crate::assertion::{Assertion, Site};
use crate::error::OpError;
use crate::limits::{CODE_STEPS_OFF, RECOVERY_CODES, TRIES_OF_CODE_MAX};
use crate::links::{Link, Opens};
use crate::passwords::PasswordHash;
use crate::records::{Stored, Writes};
use crate::secrets::Sealed;
use crate::sessions::{Browser, Way};
use crate::users::User;

/// How long a code stands, in seconds.
const STEP_S: i64 = 30;
/// How many digits it has.
const DIGITS: usize = 6;
/// One more than the greatest code.
const CODES: u32 = 1_000_000;
/// The letters of base 32.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How long a secret is, in bytes; as long as the hash.
const SECRET_BYTES: usize = 20;

/// What is kept of somebody's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    secret: Sealed,
    /// The last step whose code was taken: it is not taken twice.
    last_step: i64,
    /// SHA-256 of the recovery codes that were not used, in hex.
    recovery: Vec<String>,
}

impl SecondFactor {
    /// How many recovery codes are left.
    pub const fn recovery_count(&self) -> usize {
        self.recovery.len()
    }
}

/// What somebody shows after his password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<'a> {
    /// A code of his app, or a recovery code.
    Code(&'a str),
    /// What one of his passkeys signed, and at which site.
    Passkey(&'a Assertion, &'a Site),
}

/// The step at an instant.
const fn step_at(now: Instant) -> i64 {
    now.micros().div_euclid(STEP_S * SECOND_US)
}

/// The code of a step.
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let hash = tag.as_ref();
    let at = usize::from(hash[hash.len() - 1] & 0x0f);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:0DIGITS$}", number % CODES)
}

/// The step whose code this is, near enough to now and after the last that was taken.
fn step_of(secret: &[u8], code: &str, now: Instant, last_step: i64) -> Option<i64> {
    let present = step_at(now);
    let steps = present - CODE_STEPS_OFF..=present + CODE_STEPS_OFF;
    steps.filter(|step| *step > last_step).find(|step| {
        verify_slices_are_equal(code_of(secret, *step).as_bytes(), code.as_bytes()).is_ok()
    })
}

/// A secret in letters, as people type it into their telephone.
pub fn letters(secret_hex: &str) -> String {
    let (mut letters, mut bits, mut count) = (String::new(), 0_u32, 0);
    for byte in unhex(secret_hex) {
        bits = (bits << 8) | u32::from(byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            let index = (bits >> count) & 31;
            letters.push(char::from(LETTERS[index as usize]));
        }
        bits &= (1 << count) - 1;
    }
    letters
}

/// A code without the blanks and dashes that people put into it.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.collect::<String>().to_ascii_lowercase()
}

impl App {
    /// A fresh secret in hex, to be shown to its owner; nothing is kept of it yet.
    pub fn new_second_factor(&self) -> String {
        noroshi_domain::hex(&self.chance().bytes()[..SECRET_BYTES])
    }

    /// Takes a second factor into use, for whoever knows the password and shows a code of it;
    /// gives the recovery codes, which are not shown again.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] when password or code is wrong.
    pub fn set_second_factor(
        &self,
        caller: &Caller,
        password: &str,
        (secret_hex, code): (&str, &str),
    ) -> Result<Vec<String>, OpError> {
        let mut user = self.own_user(caller)?;
        check_password(&user, password)?;
        let secret = unhex(secret_hex);
        if secret.len() != SECRET_BYTES {
            return Err(OpError::Unauthenticated);
        }
        let names = tries(&user.id);
        self.inner.gate.try_once(&names, self.now())?;
        let step = step_of(&secret, &plain(code), self.now(), i64::MIN);
        let Some(last_step) = step else {
            return Err(OpError::Unauthenticated);
        };
        self.inner.gate.succeeded(&names);
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| letters(&noroshi_domain::hex(&self.chance().bytes()[..10])))
            .map(|code| code.to_ascii_lowercase())
            .collect();
        user.value.second_factor = Some(SecondFactor {
            secret: self.seal(&secret)?,
            last_step,
            recovery: codes.iter().map(|code| hash_hex(code.as_bytes())).collect(),
        });
        self.put_record(caller, &user, "second_factor_set", json!({}))?;
        Ok(codes)
    }

    /// Takes one's own second factor away, for whoever knows the password.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] when the password is wrong; a refusal where one is required.
    pub fn drop_second_factor(&self, caller: &Caller, password: &str) -> Result<(), OpError> {
        let mut user = self.own_user(caller)?;
        check_password(&user, password)?;
        user.value.second_factor = None;
        let passkeys = self.passkeys_of(&user.id)?.len();
        self.check_a_factor_stays(&user, passkeys)?;
        self.put_record(caller, &user, "second_factor_dropped", json!({}))
            .map(drop)
    }

    /// Signs in whoever gave his password and now a code or a passkey; gives what his browser is to
    /// show.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`] for a wrong or used code, or where the password was given too
    /// long ago; [`OpError::TooOften`] after too many of them.
    pub fn sign_in_with_code(
        &self,
        pending: &str,
        shown: &Shown<'_>,
        browser: &Browser,
    ) -> Result<String, OpError> {
        let link = self.link(pending)?;
        let Opens::Code { user } = &link.value.opens else {
            return Err(OpError::Unauthenticated);
        };
        let user = self.record::<User>(user)?;
        let user = user.filter(|user| user.value.disabled_at.is_none());
        let Some(mut user) = user else {
            return Err(OpError::Unauthenticated);
        };
        let names = tries(&user.id);
        self.inner.gate.try_once(&names, self.now())?;
        let mut writes = Writes::default();
        let way = match shown {
            Shown::Code(code) => {
                let way = self.take_code(&mut user, &plain(code))?;
                writes.put(&user)?.note(&user, way.as_str(), json!({}));
                way
            }
            Shown::Passkey(assertion, site) => {
                self.use_own_passkey(&mut writes, &user, (assertion, site, pending))?;
                Way::Passkey
            }
        };
        writes.delete::<Link>(&link.id);
        // The same code sent twice at once counts once.
        self.written_once(&user, writes)?;
        self.inner.gate.succeeded(&names);
        if let Shown::Code(_) = shown {
            user.version += 1;
        }
        self.begin_session(&user, browser, way)
    }

    /// Notes a code as used, or refuses it.
    fn take_code(&self, user: &mut Stored<User>, code: &str) -> Result<Way, OpError> {
        let Some(kept) = &mut user.value.second_factor else {
            return Err(OpError::Unauthenticated);
        };
        if code.len() == DIGITS {
            let secret = self.unseal(&kept.secret)?;
            let step = step_of(&secret, code, self.now(), kept.last_step);
            kept.last_step = step.ok_or(OpError::Unauthenticated)?;
            return Ok(Way::CodeUsed);
        }
        let hash = hash_hex(code.as_bytes());
        let position = kept.recovery.iter().position(|own| *own == hash);
        kept.recovery
            .remove(position.ok_or(OpError::Unauthenticated)?);
        Ok(Way::RecoveryCodeUsed)
    }
}

fn tries(user: &str) -> [(String, u32); 1] {
    [(format!("code {user}"), TRIES_OF_CODE_MAX)]
}

fn check_password(user: &Stored<User>, password: &str) -> Result<(), OpError> {
    if PasswordHash::is(user.value.password.as_ref(), password) {
        Ok(())
    } else {
        Err(OpError::Unauthenticated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, by its last six digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            let now = Instant::from_micros(seconds * SECOND_US);
            assert_eq!(code_of(secret, step_at(now)), code);
        }
    }

    #[test]
    fn a_secret_in_letters_is_base_32() {
        let hex = noroshi_domain::hex(b"12345678901234567890");
        assert_eq!(letters(&hex), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
