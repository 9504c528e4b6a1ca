//! A head that somebody saw elsewhere: whether it is on our chain (DOMAIN "Journal").

use noroshi_domain::PageId;
use serde::Serialize;

use crate::app::App;
use crate::error::OpError;
use crate::signing::{SignedHead, public_key_setting};

/// Where a head that was seen elsewhere stands to our chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On it: what was seen is part of this record.
    OnChain,
    /// Beyond its end: this record lacks entries that were once shown, or is another.
    Beyond,
    /// Beside it: the entry of that number is another one here.
    Beside,
    /// There is no such page here.
    NoPage,
}

/// What the signature of a head seen elsewhere is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// A key of this installation made it.
    Ours,
    /// No key of this installation has its name.
    UnknownKey,
    /// The key it names did not make it.
    Wrong,
}

/// What is to be said of a head that was seen elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Of which page.
    pub page: PageId,
    /// Number of its entry.
    pub seq: i64,
    /// Number of our last entry; 0 without the page.
    pub our_seq: i64,
    /// Where it stands.
    pub place: Place,
    /// Who signed it.
    pub signature: Signature,
}

impl SignedHead {
    /// Reads a head, alone or in the `/beat.json` that carries it; `None` where there is none.
    pub fn read(json: &str) -> Option<Self> {
        let mut value: serde_json::Value = serde_json::from_str(json).ok()?;
        let head = value.get_mut("head").map(serde_json::Value::take);
        serde_json::from_value(head.unwrap_or(value)).ok()
    }
}

/// Compares a head that was seen elsewhere with our chain.
///
/// # Errors
/// When the store can not be read.
pub fn compare(app: &App, seen: &SignedHead) -> Result<Seen, OpError> {
    let store = app.store();
    let our_seq = store.head(&seen.page)?.map_or(0, |head| head.seq);
    let own = store.journal(&seen.page, seen.seq.saturating_sub(1), 1)?;
    let place = match own.first() {
        Some(entry) if seen.seq > 0 && entry.header.seq == seen.seq => {
            let head = entry.head();
            let is_same = (head.epoch, head.at) == (seen.epoch, seen.at) && head.hash == seen.hash;
            if is_same {
                Place::OnChain
            } else {
                Place::Beside
            }
        }
        _ if our_seq == 0 => Place::NoPage,
        _ if seen.seq > our_seq => Place::Beyond,
        _ => Place::Beside,
    };
    let signature = match store.setting(&public_key_setting(&seen.key))? {
        None => Signature::UnknownKey,
        Some(key) if seen.is_signed_by(&key) => Signature::Ours,
        Some(_) => Signature::Wrong,
    };
    Ok(Seen {
        page: seen.page.clone(),
        seq: seen.seq,
        our_seq,
        place,
        signature,
    })
}
