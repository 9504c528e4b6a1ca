//! Drafts: what somebody has typed into a form and not sent, kept until it is.
//!
//! One a person, page and subject; a private record, in nobody's journal. Saved while he types, so
//! that neither a closed tab nor a killed server takes a word.

use noroshi_domain::Instant;
use noroshi_ops::records::unique_key;
use noroshi_ops::{App, Caller, OpError, PrivateRecord, Stored, Writes};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use noroshi_domain::PageId;

/// How often a draft that is saved from two tabs at once is written again.
const SAVES_MAX: usize = 3;

/// A form that was not sent yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// Who types: opaque.
    owner: String,
    page: PageId,
    /// What it is about: `incident`, `update CODE`, `postmortem CODE`.
    subject: String,
    /// The form's fields, in order.
    pub(crate) fields: Vec<(String, String)>,
    /// When it was saved last.
    pub(crate) saved_at: Instant,
}

impl PrivateRecord for Draft {
    const KIND: &'static str = "draft";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(
            "of",
            &key(&self.owner, &self.page, &self.subject),
        )]
    }
}

fn key(owner: &str, page: &PageId, subject: &str) -> String {
    format!("{owner} {page} {subject}")
}

fn owner_of(caller: &Caller) -> &str {
    &caller.actor.id
}

/// The caller's draft about a subject.
pub(crate) fn find(
    app: &App,
    caller: &Caller,
    (page, subject): (&PageId, &str),
) -> Result<Option<Stored<Draft>>, OpError> {
    let of = key(owner_of(caller), page, subject);
    Ok(app.records_by_key("of", &of)?.pop())
}

/// Keeps what was typed; says when.
pub(crate) fn save(
    app: &App,
    caller: &Caller,
    (page, subject): (&PageId, &str),
    fields: Vec<(String, String)>,
) -> Result<Instant, OpError> {
    let draft = Draft {
        owner: owner_of(caller).to_owned(),
        page: page.clone(),
        subject: subject.to_owned(),
        fields,
        saved_at: app.now(),
    };
    let mut saved = Err(OpError::Stale);
    for _ in 0..SAVES_MAX {
        let stored = match find(app, caller, (page, subject))? {
            Some(stood) => Stored {
                value: draft.clone(),
                ..stood
            },
            None => app.new_record(Some(page), draft.clone()),
        };
        let mut writes = Writes::default();
        // No row in the audit: what is typed is nobody else's business until it is sent.
        writes.put(&stored)?;
        saved = app.write_records(caller, writes);
        if !matches!(saved, Err(OpError::Stale | OpError::Refused(_))) {
            break;
        }
    }
    saved.map(|()| draft.saved_at)
}

/// Throws the draft away; there being none is well.
pub(crate) fn discard(app: &App, caller: &Caller, about: (&PageId, &str)) -> Result<(), OpError> {
    let Some(stood) = find(app, caller, about)? else {
        return Ok(());
    };
    let mut writes = Writes::default();
    writes.delete::<Draft>(&stood.id);
    match app.write_records(caller, writes) {
        Err(OpError::Stale) => Ok(()),
        other => other,
    }
}
