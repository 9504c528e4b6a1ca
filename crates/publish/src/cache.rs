//! A bounded memory of published files that are not in the live set.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::asset::Asset;
use crate::limits::{CACHE_BYTES, CACHED_FILE_BYTES};

/// The least recently read go first; holds at most [`CACHE_BYTES`].
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    assets: HashMap<Arc<str>, (Arc<Asset>, u64)>,
    by_use: BTreeMap<u64, Arc<str>>,
    bytes: usize,
    read_count: u64,
    /// Raised whenever something is forgotten: a file read before must not be put in after.
    forgotten_count: u64,
}

impl Cache {
    /// What is held under a name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Asset>> {
        let mut held = self.held();
        held.read_count += 1;
        let turn = held.read_count;
        let key = Arc::clone(held.assets.get_key_value(name)?.0);
        let (asset, last_read) = held.assets.get_mut(name)?;
        let asset = Arc::clone(asset);
        let before = std::mem::replace(last_read, turn);
        held.by_use.remove(&before);
        held.by_use.insert(turn, key);
        drop(held);
        Some(asset)
    }

    /// To be asked before a file is read; handed back with what was read.
    pub(crate) fn ticket(&self) -> u64 {
        self.held().forgotten_count
    }

    /// Keeps what was read, unless something was forgotten since the ticket was given.
    pub(crate) fn put(&self, ticket: u64, name: &str, asset: &Arc<Asset>) {
        let size = asset.bytes();
        let mut held = self.held();
        if ticket != held.forgotten_count || size > CACHED_FILE_BYTES {
            return;
        }
        held.remove(name);
        held.read_count += 1;
        let turn = held.read_count;
        let key: Arc<str> = Arc::from(name);
        held.assets
            .insert(Arc::clone(&key), (Arc::clone(asset), turn));
        held.by_use.insert(turn, key);
        held.bytes += size;
        while held.bytes > CACHE_BYTES {
            let Some((_, oldest)) = held.by_use.pop_first() else {
                break;
            };
            held.remove(&oldest);
        }
    }

    /// Forgets a name, and makes reads that are under way come too late.
    pub(crate) fn forget(&self, name: &str) {
        let mut held = self.held();
        held.forgotten_count += 1;
        held.remove(name);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is whole between any two statements that could panic.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Held {
    fn remove(&mut self, name: &str) {
        if let Some((asset, used)) = self.assets.remove(name) {
            self.by_use.remove(&used);
            self.bytes -= asset.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::PagePath;

    fn asset(bytes: usize) -> Arc<Asset> {
        let mut asset = Asset::new(&PagePath::parse("/x").unwrap(), Vec::new());
        asset.identity = bytes::Bytes::from(vec![b'x'; bytes]);
        Arc::new(asset)
    }

    #[test]
    fn the_least_recently_read_goes_first() {
        let cache = Cache::default();
        let size = CACHED_FILE_BYTES;
        let fits = CACHE_BYTES / size;
        for number in 0..fits {
            cache.put(0, &number.to_string(), &asset(size));
        }
        assert!(cache.get("0").is_some());
        cache.put(0, "one more", &asset(size));
        assert!(cache.get("0").is_some(), "it was read last but one");
        assert!(cache.get("1").is_none(), "it was read longest ago");
        assert!(cache.get("one more").is_some());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = Cache::default();
        let ticket = cache.ticket();
        cache.forget("/incidents/a");
        cache.put(ticket, "/incidents/a", &asset(1));
        assert!(cache.get("/incidents/a").is_none());
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let cache = Cache::default();
        cache.put(0, "large", &asset(CACHED_FILE_BYTES + 1));
        assert!(cache.get("large").is_none());
    }
}
