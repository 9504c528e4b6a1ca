//! Internal notes: what the team tells itself about an incident. Private records; no reader, feed or
//! journal ever holds them.

use noroshi_domain::{IncidentId, Instant, PageId};
use noroshi_ops::records::shared_key;
use noroshi_ops::{App, Caller, OpError, PrivateRecord, Stored};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    page: PageId,
    incident: IncidentId,
    /// What its author was called then.
    pub(crate) author: String,
    /// Its text, as typed.
    pub(crate) text: String,
    pub(crate) written_at: Instant,
}

impl PrivateRecord for Note {
    const KIND: &'static str = "note";

    fn keys(&self) -> Vec<Key> {
        vec![shared_key("incident", &key(&self.page, &self.incident))]
    }
}

fn key(page: &PageId, incident: &IncidentId) -> String {
    format!("{page} {incident}")
}

/// The notes of an incident, the newest first.
pub(crate) fn of(
    app: &App,
    (page, incident): (&PageId, &IncidentId),
) -> Result<Vec<Stored<Note>>, OpError> {
    let mut notes = app.records_by_key::<Note>("incident", &key(page, incident))?;
    notes.sort_by_key(|note| std::cmp::Reverse((note.value.written_at, note.id.clone())));
    Ok(notes)
}

/// Writes one.
pub(crate) fn write(
    app: &App,
    caller: &Caller,
    (page, incident): (&PageId, &IncidentId),
    text: &str,
) -> Result<(), OpError> {
    let note = Note {
        page: page.clone(),
        incident: incident.clone(),
        author: caller.name.clone(),
        text: text.to_owned(),
        written_at: app.now(),
    };
    let stored = app.new_record(Some(page), note);
    app.put_record(
        caller,
        &stored,
        "note_written",
        json!({ "incident": incident }),
    )?;
    Ok(())
}
