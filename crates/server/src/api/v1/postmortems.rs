//! Postmortems: a draft that only the team sees, published as an update of its incident.

use noroshi_domain::{Command, IncidentRecord, Refusal, Texts};
use noroshi_ops::Stored;
use noroshi_ops::postmortems::PostmortemDraft;
use noroshi_page::api_v1;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::incidents::named;
use super::pages::in_default;
use super::records;

/// Longest postmortem, in characters.
const BODY_CHARS_MAX: usize = 50_000;
/// Longest text that is kept and not sent, in characters.
const TWEET_CHARS_MAX: usize = 1_000;

/// The draft and what is published; 404 where there is neither.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    let draft = draft_of(ask)?;
    if draft.is_none() && record.incident.postmortem.is_none() {
        return Err(Fault::NotFound);
    }
    shape(ask, &record, draft.as_ref()).map(Reply::Ok)
}

/// An incident has one draft, so it is found by the incident.
fn draft_id(ask: &Ask) -> String {
    format!("{}/{}", ask.name("page_id"), ask.name("incident_id"))
}

fn draft_of(ask: &Ask) -> Result<Option<Stored<PostmortemDraft>>, Fault> {
    match records::find::<PostmortemDraft>(ask, &draft_id(ask)) {
        Ok(draft) => Ok(Some(draft)),
        Err(Fault::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Writes the draft.
pub(super) fn put(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    let state = ask.state()?;
    let fields = ask.wrapped("postmortem")?;
    fields.short("body_draft", BODY_CHARS_MAX)?;
    let body = fields.required("body_draft")?;
    let stored = match draft_of(ask)? {
        Some(mut stored) => {
            stored.value.body = in_default(&state.page, &stored.value.body, body);
            stored.value.written_at = ask.now;
            stored
        }
        None => Stored {
            id: draft_id(ask),
            page: Some(state.page.id.clone()),
            version: 0,
            created_at: ask.now,
            value: PostmortemDraft {
                body: Texts::of(state.page.default_locale, body),
                written_at: ask.now,
                custom_tweet: None,
            },
        },
    };
    let stored = records::put(ask, &stored, "postmortem_drafted")?;
    shape(ask, &record, Some(&stored)).map(Reply::Ok)
}

/// Takes the draft away, and what is published.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    let draft = draft_of(ask)?;
    if draft.is_none() && record.incident.postmortem.is_none() {
        return Err(Fault::NotFound);
    }
    if record.incident.postmortem.is_some() {
        ask.execute(Command::RevertPostmortem(record.incident.id))?;
    }
    if let Some(draft) = draft {
        records::remove(ask, &draft, "postmortem_draft_deleted")?;
    }
    Ok(Reply::Gone)
}

/// Publishes the draft.
pub(super) fn publish(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    let fields = ask.maybe_wrapped("postmortem")?;
    let mut draft = draft_of(ask)?.ok_or(Refusal::Empty {
        field: "body_draft",
    })?;
    ask.execute(Command::PublishPostmortem {
        incident_id: record.incident.id,
        body: draft.value.body.clone(),
        also: Vec::new(),
        notify: fields.flag("notify_subscribers")?.unwrap_or(true),
    })?;
    if let Some(tweet) = fields.short("custom_tweet", TWEET_CHARS_MAX)? {
        draft.value.custom_tweet = Some(tweet).filter(|tweet| !tweet.is_empty());
        draft = records::put(ask, &draft, "postmortem_drafted")?;
    }
    let record = named(ask)?;
    shape(ask, &record, Some(&draft)).map(Reply::Ok)
}

/// Takes what is published back; the draft stays.
pub(super) fn revert(ask: &Ask) -> Result<Reply, Fault> {
    let record = named(ask)?;
    ask.execute(Command::RevertPostmortem(record.incident.id))?;
    let record = named(ask)?;
    let draft = draft_of(ask)?;
    shape(ask, &record, draft.as_ref()).map(Reply::Ok)
}

fn shape(
    ask: &Ask,
    record: &IncidentRecord,
    draft: Option<&Stored<PostmortemDraft>>,
) -> Result<Value, Fault> {
    let state = ask.state()?;
    let view = ask.view(&state);
    let report = record.incident.postmortem.as_ref();
    let carried = report.and_then(|report| {
        let mut updates = record.updates.iter();
        updates.find(|update| update.id == report.update_id)
    });
    let time = |at| api_v1::time(&state.page.zone, at);
    let published_at = report.map(|report| report.published_at);
    let written_at = draft.map(|draft| draft.value.written_at);
    let created_at = draft.map(|draft| draft.created_at).or(published_at);
    let updated_at = written_at.max(carried.map(|update| update.updated_at));
    Ok(json!({
        // Nothing shows a draft to whoever has no key.
        "preview_key": null,
        "body": report.map(|report| view.plain(&report.body)),
        "body_updated_at": carried.map(|update| time(update.updated_at)),
        "body_draft": draft.map(|draft| view.plain(&draft.value.body)),
        "body_draft_updated_at": written_at.map(time),
        "published_at": published_at.map(time),
        "notify_subscribers": carried.is_some_and(|update| update.notify),
        "notify_twitter": false,
        "custom_tweet": draft.and_then(|draft| draft.value.custom_tweet.as_ref()),
        "created_at": created_at.map(time),
        "updated_at": updated_at.map(time),
    }))
}
