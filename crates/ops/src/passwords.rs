//! Passwords: argon2id, with the parameters of `limits.rs`; what is kept says with which.

use std::cell::Cell;
use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use noroshi_domain::{Refusal, hex, unhex};
use serde::{Deserialize, Serialize};

use crate::error::OpError;
use crate::limits::{
    PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_LANES, PASSWORD_MEMORY_KIB, PASSWORD_PASSES,
};
use crate::tokens::too_long;

/// How long a hash is, in bytes.
const HASH_BYTES: usize = 32;
/// How long a salt is, in bytes.
const SALT_BYTES: usize = 16;

thread_local! {
    /// How often this thread hashed a password, checks of unknown accounts too.
    static HASHED: Cell<u64> = const { Cell::new(0) };
}

/// What is kept of a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordHash {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

impl PasswordHash {
    /// Hashes a password; takes its time.
    ///
    /// # Errors
    /// A refusal when it is too short or too long.
    pub fn of(password: &str, random: [u8; 32]) -> Result<Self, OpError> {
        check(password)?;
        let mut made = Self {
            memory_kib: PASSWORD_MEMORY_KIB,
            passes: PASSWORD_PASSES,
            lanes: PASSWORD_LANES,
            salt: hex(&random[..SALT_BYTES]),
            hash: String::new(),
        };
        made.hash = hex(&made.work(password)?);
        Ok(made)
    }

    /// Whether it is the password. Without a hash the same work is done for nothing, so that an
    /// account that is not there takes as long as one that is.
    pub fn is(of: Option<&Self>, password: &str) -> bool {
        static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| PasswordHash {
            memory_kib: PASSWORD_MEMORY_KIB,
            passes: PASSWORD_PASSES,
            lanes: PASSWORD_LANES,
            salt: hex(&[0; SALT_BYTES]),
            hash: hex(&[0; HASH_BYTES]),
        });
        let kept = of.unwrap_or(&NOBODY);
        // What could never be set is not hashed: its length is no secret of ours.
        if password.chars().count() > PASSWORD_CHARS_MAX {
            return false;
        }
        let Ok(hash) = kept.work(password) else {
            return false;
        };
        verify_slices_are_equal(&hash, &unhex(&kept.hash)).is_ok() && of.is_some()
    }

    fn work(&self, password: &str) -> Result<[u8; HASH_BYTES], OpError> {
        HASHED.set(HASHED.get() + 1);
        let failed = |error| OpError::Store(format!("a password's hash: {error}"));
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(HASH_BYTES));
        let params = params.map_err(failed)?;
        let mut blocks = vec![Block::default(); params.block_count()];
        let mut hash = [0; HASH_BYTES];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.as_bytes(),
                &unhex(&self.salt),
                &mut hash,
                &mut blocks,
            )
            .map_err(failed)?;
        Ok(hash)
    }
}

/// How often the thread that asks hashed a password: the work that its sign-ins cost.
pub fn hashed_count() -> u64 {
    HASHED.get()
}

fn check(password: &str) -> Result<(), OpError> {
    let given = password.chars().count();
    if given > PASSWORD_CHARS_MAX {
        return Err(too_long("password", given, PASSWORD_CHARS_MAX));
    }
    if given < PASSWORD_CHARS_MIN {
        let reason = format!("it needs at least {PASSWORD_CHARS_MIN} characters");
        let field = "password";
        return Err(Refusal::BadSetting { field, reason }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let kept = PasswordHash::of("correct horse", [7; 32]).unwrap();
        assert!(PasswordHash::is(Some(&kept), "correct horse"));
        for other in ["correct hors", "correct horse ", ""] {
            assert!(!PasswordHash::is(Some(&kept), other), "{other:?}");
        }
        let salted = PasswordHash::of("correct horse", [8; 32]).unwrap();
        assert_ne!(kept.hash, salted.hash);
        assert!(!serde_json::to_string(&kept).unwrap().contains("horse"));
    }

    #[test]
    fn the_kept_parameters_are_those_that_are_recommended_at_least() {
        // OWASP's second choice: 19 MiB, two passes, one lane.
        const { assert!(PASSWORD_MEMORY_KIB >= 19 * 1024) };
        const { assert!(PASSWORD_PASSES >= 2) };
        let refused = PasswordHash::of("short", [7; 32]);
        assert!(matches!(refused, Err(OpError::Refused(_))));
        let long = "x".repeat(PASSWORD_CHARS_MAX + 1);
        assert!(PasswordHash::of(&long, [7; 32]).is_err());
    }
}
