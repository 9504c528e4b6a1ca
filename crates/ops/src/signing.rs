//! Signing the ends of journals: one Ed25519 key per installation, kept in the store's settings.
//!
//! Heads are signed, entries are not (DOMAIN "Journal"). A signature says: this page stood at
//! this entry. Public keys are added and never taken away, so that old signatures stay checkable; how
//! one key follows another is in `keys`.

use std::sync::{Arc, PoisonError};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use noroshi_domain::{Head, Instant, PageId, canonical, hash_hex, hex, unhex};
use noroshi_store::Store;
use serde::{Deserialize, Serialize};

use crate::app::{App, Inner};
use crate::chance::Chance;
use crate::error::OpError;
use crate::keys::{self, ChangeOver, Key};

/// Which setting holds the seed of the signing key.
pub(crate) const SEED_SETTING: &str = "signing_seed";
/// How many letters of the public key's hash name it.
const KEY_ID_CHARS: usize = 16;

/// The signed end of a page's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// Which page.
    pub page: PageId,
    /// Epoch.
    pub epoch: i64,
    /// Number of the last entry.
    pub seq: i64,
    /// SHA-256 of the last entry's header, hex.
    pub hash: String,
    /// Instant of the last entry, microseconds.
    pub at: Instant,
    /// Which key signed.
    pub key: String,
    /// Ed25519 over the canonical JSON of the fields above, hex.
    pub signature: String,
}

#[derive(Serialize)]
struct Signed<'a> {
    page: &'a PageId,
    epoch: i64,
    seq: i64,
    hash: &'a str,
    at: Instant,
    key: &'a str,
}

impl SignedHead {
    fn message(&self) -> String {
        canonical(&Signed {
            page: &self.page,
            epoch: self.epoch,
            seq: self.seq,
            hash: &self.hash,
            at: self.at,
            key: &self.key,
        })
    }

    /// Whether it names a page's head.
    pub(crate) fn says(&self, page: &PageId, head: &Head) -> bool {
        let own = (&self.page, self.epoch, self.seq, &self.hash, self.at);
        own == (page, head.epoch, head.seq, &head.hash, head.at)
    }

    /// Whether a public key (hex) made the signature.
    pub fn is_signed_by(&self, public_key_hex: &str) -> bool {
        UnparsedPublicKey::new(&ED25519, unhex(public_key_hex))
            .verify(self.message().as_bytes(), &unhex(&self.signature))
            .is_ok()
    }
}

/// The installation's signing key.
#[derive(Debug)]
pub struct Signer {
    pair: Ed25519KeyPair,
    key_id: String,
    /// All keys up to this one, as they stood when it was opened.
    keys: Vec<Key>,
}

impl Signer {
    /// The installation's key; made when there is none.
    ///
    /// # Errors
    /// When the store fails, or holds something else than a key.
    pub fn open(store: &Store, chance: &Chance) -> Result<Self, OpError> {
        let seed = if let Some(seed) = store.setting(SEED_SETTING)? {
            seed
        } else {
            store.set_setting(SEED_SETTING, &hex(&chance.bytes()))?;
            // Another process may have been faster: what stands counts.
            store.setting(SEED_SETTING)?.unwrap_or_default()
        };
        let signer = Self::of_seed(&seed)?;
        let setting = public_key_setting(&signer.key_id);
        if store.setting(&setting)?.is_none() {
            store.set_setting(&setting, &signer.public_key())?;
        }
        keys::note_first(store, &signer)?;
        let keys = keys::keys(store)?;
        Ok(Self { keys, ..signer })
    }

    /// The key that a seed (hex) gives.
    pub(crate) fn of_seed(seed: &str) -> Result<Self, OpError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&unhex(seed))
            .map_err(|_| OpError::Store(format!("setting {SEED_SETTING} holds no key")))?;
        let key_id = key_id_of(&hex(pair.public_key().as_ref()));
        Ok(Self {
            pair,
            key_id,
            keys: Vec::new(),
        })
    }

    /// Signs a head.
    pub fn sign(&self, page: &PageId, head: &Head) -> SignedHead {
        let mut signed = SignedHead {
            page: page.clone(),
            epoch: head.epoch,
            seq: head.seq,
            hash: head.hash.clone(),
            at: head.at,
            key: self.key_id.clone(),
            signature: String::new(),
        };
        signed.signature = hex(self.pair.sign(signed.message().as_bytes()).as_ref());
        signed
    }

    /// The public key, hex.
    pub fn public_key(&self) -> String {
        hex(self.pair.public_key().as_ref())
    }

    /// What the key is called in signatures.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

/// What a public key (hex) is called.
pub(crate) fn key_id_of(public_key_hex: &str) -> String {
    hash_hex(public_key_hex.as_bytes())[..KEY_ID_CHARS].to_owned()
}

/// Which setting holds a public key.
pub(crate) fn public_key_setting(key_id: &str) -> String {
    format!("signing_public_{key_id}")
}

impl Inner {
    /// Looks at the stored key again at the next signature: another process may have changed it.
    pub(crate) fn forget_signer(&self) {
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Signs a head with the installation's key, as stored.
    pub(crate) fn sign(&self, page: &PageId, head: &Head) -> Result<String, OpError> {
        Ok(canonical(&self.signer()?.sign(page, head)))
    }

    fn signer(&self) -> Result<Arc<Signer>, OpError> {
        let known = self
            .signer
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(signer) = known {
            return Ok(signer);
        }
        let signer = Arc::new(Signer::open(&self.store, &self.chance)?);
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&signer));
        Ok(signer)
    }
}

impl App {
    /// Signs a page's head as it stands in a snapshot: for beats, feeds and reports.
    ///
    /// # Errors
    /// When the store fails.
    pub fn signed_head(&self, page: &PageId, head: &Head) -> Result<SignedHead, OpError> {
        Ok(self.inner.signer()?.sign(page, head))
    }

    /// How the keys followed one another on a page: from memory, so that a beat needs no record.
    ///
    /// # Errors
    /// When nothing was signed yet and the store fails.
    pub fn key_changes(&self, page: &PageId) -> Result<Vec<ChangeOver>, OpError> {
        let signer = self.inner.signer()?;
        let changes = signer.keys.iter().filter_map(|key| key.change_on(page));
        Ok(changes.cloned().collect())
    }

    /// The installation's public key, hex.
    ///
    /// # Errors
    /// When the store fails.
    pub fn public_key(&self) -> Result<String, OpError> {
        Ok(self.inner.signer()?.public_key())
    }
}
