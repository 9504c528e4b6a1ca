//! Erasing: which journal entries hold the words, and what remains of them without.

use std::collections::BTreeMap;

use noroshi_domain::{Change, PageId, Payload, Remains, UpdateId, erase::strip};
use noroshi_store::Store;

use crate::error::OpError;
use crate::limits::JOURNAL_CHUNK;

/// What remains of each entry that holds an update's words, by number of the entry.
///
/// An entry that erased something else may itself carry the words in its own remains: then it is
/// erased too, and what it stood for is carried on.
pub(crate) fn remains(
    store: &Store,
    page: &PageId,
    update: &UpdateId,
) -> Result<Vec<Remains>, OpError> {
    let mut found: BTreeMap<i64, Vec<Change>> = BTreeMap::new();
    let mut after = 0;
    loop {
        let chunk = store.journal(page, after, JOURNAL_CHUNK)?;
        let Some(last) = chunk.last() else { break };
        after = last.header.seq;
        for entry in &chunk {
            let Some(json) = entry.payload_json.as_deref() else {
                continue;
            };
            if !json.contains(update.as_str()) {
                continue;
            }
            let seq = entry.header.seq;
            let payload: Payload = serde_json::from_str(json)
                .map_err(|error| OpError::Store(format!("entry {seq} of page {page}: {error}")))?;
            note(&mut found, seq, &payload, update);
        }
    }
    Ok(found
        .into_iter()
        .map(|(seq, changes)| Remains { seq, changes })
        .collect())
}

fn note(found: &mut BTreeMap<i64, Vec<Change>>, seq: i64, payload: &Payload, update: &UpdateId) {
    let own = strip(&payload.changes, update);
    let carried: Vec<_> = payload
        .remains
        .iter()
        .map(|remains| (remains, strip(&remains.changes, update)))
        .collect();
    if own.is_none() && carried.iter().all(|(_, stripped)| stripped.is_none()) {
        return;
    }
    found.insert(seq, own.unwrap_or_else(|| payload.changes.clone()));
    for (remains, stripped) in carried {
        found.insert(
            remains.seq,
            stripped.unwrap_or_else(|| remains.changes.clone()),
        );
    }
}
