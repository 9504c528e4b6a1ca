//! Restoring: a record that was brought back from a backup says so (DOMAIN "Journal").
//!
//! Copying files is not done here: this only appends to the journals of what was copied.

use noroshi_domain::{Actor, Entry, Head, PageId, Payload};
use noroshi_store::{Commit, Committed, NewEntry};

use crate::app::App;
use crate::error::OpError;

/// The action of the entry that begins a new epoch.
const RESTORED: &str = "restored";

/// Appends to each page an entry that says that it was restored, in an epoch of its own: whatever
/// was shown after the backup can be told from what will follow. A page that is gone for good
/// stays as it is. Gives the new heads.
///
/// # Errors
/// When the store fails; the pages before have then been written.
pub fn mark_restored(app: &App) -> Result<Vec<(PageId, Head)>, OpError> {
    let now = app.now();
    let mut heads = Vec::new();
    for page in app.store().pages()? {
        let (id, before) = (page.page_id, page.head);
        let begun = Head {
            epoch: before.epoch + 1,
            ..before.clone()
        };
        let payload = Payload::notice(Actor::command_line(), RESTORED, None);
        let salt = app.chance().bytes();
        let entry = Entry::following(&begun, &id, now, salt, &payload);
        let head = entry.head();
        let commit = Commit {
            page_id: id.clone(),
            expected: before,
            head_signature: Some(app.inner.sign(&id, &head)?),
            entries: vec![NewEntry {
                entry,
                changes: Vec::new(),
                erases: Vec::new(),
                answer: None,
            }],
            now,
        };
        match app.store().commit(&commit)? {
            Committed::Done => heads.push((id, head)),
            Committed::Stale => return Err(OpError::Busy),
        }
    }
    Ok(heads)
}
