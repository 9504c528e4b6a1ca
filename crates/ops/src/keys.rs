//! The installation's signing keys, one after another: which is in use, and how one followed the
//! other.
//!
//! A new key is taken into use by an entry on every page, `key_changed`. The head that it makes is
//! signed by both keys, so that whoever trusts the one can follow to the other.

use noroshi_domain::{Actor, Entry, Head, Instant, PageId, Payload, canonical, hex};
use noroshi_store::{Commit, Committed, NewEntry, Store};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::OpError;
use crate::limits::{KEY_TRIES_MAX, KEYS_MAX};
use crate::signing::{SEED_SETTING, SignedHead, Signer, key_id_of, public_key_setting};

/// The action of the entry from which on a new key signs.
pub const KEY_CHANGED: &str = "key_changed";
/// Which setting holds all keys, the oldest first.
const KEYS_SETTING: &str = "signing_keys";

/// One key of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// What it is called in signatures.
    pub key: String,
    /// The public key, hex.
    pub public_key: String,
    /// When it was taken into use; the first one was there from the beginning.
    pub since: Option<Instant>,
    /// The head of each page at which it was taken into use, signed by both keys.
    pub changes: Vec<ChangeOver>,
}

/// A page's head at which one key followed another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOver {
    /// As the key before signed it.
    pub before: SignedHead,
    /// As the new one signed it.
    pub after: SignedHead,
}

impl Key {
    fn of(signer: &Signer, since: Option<Instant>, changes: Vec<ChangeOver>) -> Self {
        Self {
            key: signer.key_id().to_owned(),
            public_key: signer.public_key(),
            since,
            changes,
        }
    }

    /// The head of a page at which it was taken into use.
    pub fn change_on(&self, page: &PageId) -> Option<&ChangeOver> {
        self.changes.iter().find(|own| own.after.page == *page)
    }

    /// What is wrong with how it followed another; `head` gives an entry's head by its number.
    pub(crate) fn fault(
        &self,
        before: &Self,
        page: &PageId,
        head: impl Fn(i64) -> Option<Head>,
    ) -> Option<&'static str> {
        let Some(ChangeOver { before: old, after }) = self.change_on(page) else {
            // A page that was made later begins with the key.
            let begun_before = head(1)
                .zip(self.since)
                .is_some_and(|(first, at)| first.at < at);
            return begun_before
                .then_some("no head of this page is signed by it and the key before");
        };
        let is_signed = (old.key.as_str(), after.key.as_str()) == (&*before.key, &*self.key)
            && old.is_signed_by(&before.public_key)
            && after.is_signed_by(&self.public_key);
        if !is_signed {
            return Some("its change-over is not signed by it and the key before");
        }
        let on_chain =
            head(after.seq).is_some_and(|head| old.says(page, &head) && after.says(page, &head));
        (!on_chain).then_some("its change-over is not on the page's chain")
    }
}

/// All keys of an installation, the oldest first; empty before anything was signed.
pub(crate) fn keys(store: &Store) -> Result<Vec<Key>, OpError> {
    let Some(json) = store.setting(KEYS_SETTING)? else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&json)
        .map_err(|error| OpError::Store(format!("setting {KEYS_SETTING} can not be read: {error}")))
}

/// Notes the first key.
pub(crate) fn note_first(store: &Store, signer: &Signer) -> Result<(), OpError> {
    if store.setting(KEYS_SETTING)?.is_none() {
        let first = [Key::of(signer, None, Vec::new())];
        store.set_setting(KEYS_SETTING, &canonical(&first))?;
    }
    Ok(())
}

impl App {
    /// All signing keys of the installation, the oldest first; the last one is in use.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keys(&self) -> Result<Vec<Key>, OpError> {
        keys(self.store())
    }

    /// Takes a new signing key into use on every page at once, and drops the secret of the one
    /// before; gives what the new one is called.
    ///
    /// # Errors
    /// When there are too many already, pages are written to all the time, or the store fails;
    /// the key is then as it was.
    pub fn rotate_key(&self) -> Result<String, OpError> {
        for _ in 0..KEY_TRIES_MAX {
            if let Some(signer) = self.try_rotation()? {
                let key_id = signer.key_id().to_owned();
                self.inner.forget_signer();
                self.refresh()?;
                return Ok(key_id);
            }
        }
        Err(OpError::Busy)
    }

    /// `None`: a page moved on meanwhile.
    fn try_rotation(&self) -> Result<Option<Signer>, OpError> {
        let (store, chance) = (self.store(), self.chance());
        let before = Signer::open(store, chance)?;
        let mut keys = keys(store)?;
        if keys.len() >= KEYS_MAX {
            return Err(OpError::Store(format!(
                "there are {KEYS_MAX} signing keys already: no more are kept"
            )));
        }
        let seed = hex(&chance.bytes());
        let after = Signer::of_seed(&seed)?;
        let now = self.now();
        let mut commits = Vec::new();
        let mut changes = Vec::new();
        for page in store.pages()? {
            let payload = Payload::notice(Actor::command_line(), KEY_CHANGED, None);
            let (id, expected) = (page.page_id, page.head);
            let entry = Entry::following(&expected, &id, now, chance.bytes(), &payload);
            let head = entry.head();
            let both = ChangeOver {
                before: before.sign(&id, &head),
                after: after.sign(&id, &head),
            };
            commits.push(Commit {
                page_id: id,
                expected,
                head_signature: Some(canonical(&both.after)),
                entries: vec![NewEntry {
                    entry,
                    changes: Vec::new(),
                    erases: Vec::new(),
                    answer: None,
                }],
                now,
            });
            changes.push(both);
        }
        keys.push(Key::of(&after, Some(now), changes));
        let public = public_key_setting(after.key_id());
        let settings = [
            (SEED_SETTING, seed.as_str()),
            (public.as_str(), &after.public_key()),
            (KEYS_SETTING, &canonical(&keys)),
        ];
        let committed = store.commit_all(&commits, &settings)?;
        Ok((committed == Committed::Done).then_some(after))
    }
}

/// Whether a key is called what it is.
pub(crate) fn is_named_right(key: &Key) -> bool {
    key_id_of(&key.public_key) == key.key
}
