//! Secrets at rest: sealed with a key that lies outside the store, so that a copy of the store
//! opens nothing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use noroshi_domain::{hex, unhex};
use serde::{Deserialize, Serialize};
use std::sync::PoisonError;

use crate::app::App;
use crate::error::OpError;

/// How long the key is, in bytes.
pub const KEY_BYTES: usize = 32;

/// A sealed secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    nonce: String,
    text: String,
}

impl App {
    /// Gives the key that secrets are sealed with.
    pub fn keep_secrets_with(&self, key: [u8; KEY_BYTES]) {
        *self
            .inner
            .secret_key
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(key);
    }

    /// The key itself, to make other keys of.
    pub(crate) fn secret_key_bytes(&self) -> Result<[u8; KEY_BYTES], OpError> {
        let key = *self
            .inner
            .secret_key
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        key.ok_or_else(|| OpError::Store("there is no key for secrets".to_owned()))
    }

    fn secret_key(&self) -> Result<RandomizedNonceKey, OpError> {
        let key = self.secret_key_bytes()?;
        RandomizedNonceKey::new(&AES_256_GCM, &key)
            .map_err(|_| OpError::Store("the key for secrets can not be used".to_owned()))
    }

    pub(crate) fn seal(&self, secret: &[u8]) -> Result<Sealed, OpError> {
        let mut text = secret.to_vec();
        let sealed = self
            .secret_key()?
            .seal_in_place_append_tag(Aad::empty(), &mut text);
        let nonce = sealed.map_err(|_| OpError::Store("a secret can not be sealed".to_owned()))?;
        Ok(Sealed {
            nonce: hex(nonce.as_ref()),
            text: hex(&text),
        })
    }

    pub(crate) fn unseal(&self, sealed: &Sealed) -> Result<Vec<u8>, OpError> {
        let wrong = || {
            let reason = "a secret can not be opened: its key is another than secret.key holds";
            OpError::Store(reason.to_owned())
        };
        let mut text = unhex(&sealed.text);
        let nonce = unhex(&sealed.nonce);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| wrong())?;
        let key = self.secret_key()?;
        let opened = key.open_in_place(nonce, Aad::empty(), &mut text);
        opened.map(|text| text.to_vec()).map_err(|_| wrong())
    }
}
