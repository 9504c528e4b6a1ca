//! Drafts: what somebody has typed into a form and not sent, kept until it is.
//!
//! One a person, page and subject; a private record, in nobody's journal. Saved while he types, so
//! that neither a closed tab nor a killed server takes a word.
//!
//! Its author may ask for a review: then whoever may post finds it on Now, changes it if need be,
//! and posts it or sends it back.

use noroshi_domain::Instant;
use noroshi_ops::records::{shared_key, unique_key};
use noroshi_ops::{App, Caller, OpError, PrivateRecord, Stored, Writes};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;

use noroshi_domain::PageId;

/// How often a draft that is saved from two tabs at once is written again.
const SAVES_MAX: usize = 3;

/// The key under which drafts wait for a review, by page.
const IN_REVIEW: &str = "in_review";

/// What was asked of the team about a draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Review {
    /// What its author was called when he asked.
    pub(crate) author: String,
    pub(crate) asked_at: Instant,
    /// It was sent back.
    pub(crate) returned: Option<Returned>,
}

/// How a draft was sent back to its author.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Returned {
    /// What the reviewer was called then.
    pub(crate) by: String,
    /// What should change; may be empty.
    pub(crate) remark: String,
    pub(crate) at: Instant,
}

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
    /// Somebody was asked to look at it.
    #[serde(default)]
    pub(crate) review: Option<Review>,
}

impl Draft {
    /// What it is about.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// It waits for a review, and was not sent back.
    fn is_in_review(&self) -> bool {
        let review = self.review.as_ref();
        review.is_some_and(|review| review.returned.is_none())
    }
}

impl PrivateRecord for Draft {
    const KIND: &'static str = "draft";

    fn keys(&self) -> Vec<Key> {
        let of = key(&self.owner, &self.page, &self.subject);
        let mut keys = vec![unique_key("of", &of)];
        if self.is_in_review() {
            keys.push(shared_key(IN_REVIEW, self.page.as_str()));
        }
        keys
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

/// Keeps what was typed; says when. A review that was asked for goes on.
pub(crate) fn save(
    app: &App,
    caller: &Caller,
    about: (&PageId, &str),
    fields: &[(String, String)],
) -> Result<Instant, OpError> {
    let now = app.now();
    // No row in the audit: what is typed is nobody else's business until it is sent.
    change(app, caller, about, |draft, _| {
        draft.fields = fields.to_vec();
        draft.saved_at = now;
        Ok(())
    })?;
    Ok(now)
}

/// Keeps what was typed, and asks the team for a review of it.
pub(crate) fn ask(
    app: &App,
    caller: &Caller,
    about: (&PageId, &str),
    fields: &[(String, String)],
) -> Result<(), OpError> {
    let now = app.now();
    change(app, caller, about, |draft, writes| {
        draft.fields = fields.to_vec();
        draft.saved_at = now;
        draft.review = Some(Review {
            author: caller.name.clone(),
            asked_at: now,
            returned: None,
        });
        note(writes, about, "review_asked");
        Ok(())
    })
}

/// The author takes back that he asked; the draft stays his.
pub(crate) fn take_back(app: &App, caller: &Caller, about: (&PageId, &str)) -> Result<(), OpError> {
    change(app, caller, about, |draft, writes| {
        if draft.review.take().is_some() {
            note(writes, about, "review_taken_back");
        }
        Ok(())
    })
}

fn note(writes: &mut Writes, (page, subject): (&PageId, &str), action: &'static str) {
    let about = ("draft", subject.to_owned());
    writes.note_of(Some(page.clone()), action, about, json!({}));
}

/// Changes the caller's draft about a subject; there being none, it is begun.
fn change(
    app: &App,
    caller: &Caller,
    (page, subject): (&PageId, &str),
    with: impl Fn(&mut Draft, &mut Writes) -> Result<(), OpError>,
) -> Result<(), OpError> {
    let mut saved = Err(OpError::Stale);
    for _ in 0..SAVES_MAX {
        let mut stored = match find(app, caller, (page, subject))? {
            Some(stood) => stood,
            None => app.new_record(
                Some(page),
                Draft {
                    owner: owner_of(caller).to_owned(),
                    page: page.clone(),
                    subject: subject.to_owned(),
                    fields: Vec::new(),
                    saved_at: app.now(),
                    review: None,
                },
            ),
        };
        let mut writes = Writes::default();
        with(&mut stored.value, &mut writes)?;
        writes.put(&stored)?;
        saved = app.write_records(caller, writes);
        if !matches!(saved, Err(OpError::Stale | OpError::Refused(_))) {
            break;
        }
    }
    saved
}

/// The drafts of a page that wait for a review, the longest waiting first.
pub(crate) fn in_review(app: &App, page: &PageId) -> Result<Vec<Stored<Draft>>, OpError> {
    let mut waiting = app.records_by_key::<Draft>(IN_REVIEW, page.as_str())?;
    waiting.sort_by_key(|draft| {
        let asked_at = draft.value.review.as_ref().map(|review| review.asked_at);
        (asked_at, draft.id.clone())
    });
    Ok(waiting)
}

/// A draft about a subject that waits for a review; none once it was posted or taken back.
pub(crate) fn reviewed(
    app: &App,
    (page, subject): (&PageId, &str),
    id: &str,
) -> Result<Option<Stored<Draft>>, OpError> {
    let found = app.record::<Draft>(id)?;
    Ok(found.filter(|draft| {
        let own = &draft.value;
        own.page == *page && own.subject == subject && own.is_in_review()
    }))
}

/// Keeps what a reviewer changed in it; says when.
pub(crate) fn amend(
    app: &App,
    caller: &Caller,
    mut draft: Stored<Draft>,
    fields: Vec<(String, String)>,
) -> Result<Instant, OpError> {
    draft.value.fields = fields;
    draft.value.saved_at = app.now();
    let mut writes = Writes::default();
    writes.put(&draft)?;
    app.write_records(caller, writes)?;
    Ok(draft.value.saved_at)
}

/// Sends it back to its author, with a remark.
pub(crate) fn send_back(
    app: &App,
    caller: &Caller,
    mut draft: Stored<Draft>,
    remark: &str,
) -> Result<(), OpError> {
    if let Some(review) = &mut draft.value.review {
        review.returned = Some(Returned {
            by: caller.name.clone(),
            remark: remark.to_owned(),
            at: app.now(),
        });
    }
    let (page, subject) = (draft.value.page.clone(), draft.value.subject.clone());
    let mut writes = Writes::default();
    writes.put(&draft)?;
    note(&mut writes, (&page, &subject), "review_returned");
    app.write_records(caller, writes)
}

/// It was posted by the reviewer: takes it away, and says in the audit who wrote it.
pub(crate) fn posted(app: &App, caller: &Caller, draft: &Stored<Draft>) -> Result<(), OpError> {
    let own = &draft.value;
    let author = own.review.as_ref().map(|review| review.author.as_str());
    let mut writes = Writes::default();
    writes.delete::<Draft>(&draft.id);
    let about = ("draft", own.subject.clone());
    writes.note_of(
        Some(own.page.clone()),
        "review_posted",
        about,
        json!({ "author": author }),
    );
    match app.write_records(caller, writes) {
        Err(OpError::Stale) => Ok(()),
        other => other,
    }
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
