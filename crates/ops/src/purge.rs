//! Purging: thirty days after a page was hidden, all of it but its chain goes.

use noroshi_domain::{
    Actor, DAY_US, Entry, Instant, PAGE_PURGED, PageId, Payload, State, UNDO_DAYS,
};
use noroshi_store::Committed;

use crate::app::App;
use crate::error::OpError;

/// Whether a hidden page can not be brought back any more.
pub(crate) fn is_due(state: &State, now: Instant) -> bool {
    let hidden = state.page.deleted_at;
    hidden.is_some_and(|since| now.since_us(since) > UNDO_DAYS * DAY_US)
}

/// Takes a hidden page out of tables, journal and memory; whether it was this call that did.
///
/// # Errors
/// When the store fails; the page is then as it was.
pub(crate) fn purge(app: &App, state: &State, now: Instant) -> Result<bool, OpError> {
    let page: &PageId = &state.page.id;
    let payload = Payload::notice(Actor::clock(), PAGE_PURGED, None);
    let salt = app.chance().bytes();
    let entry = Entry::following(&state.head, page, now, salt, &payload);
    let signed = app.inner.sign(page, &entry.head())?;
    let store = app.store();
    // Stale: another process was faster, or something was written. The next step sees what holds.
    let is_done = store.purge(page, &state.head, &entry, &signed)? == Committed::Done;
    if is_done {
        app.forget(page);
        app.inner.signal();
    }
    Ok(is_done)
}
