//! Postmortems: published as an update, reverted, or said never to come.

use crate::command::Command;
use crate::decide::draft::{Draft, check_said};
use crate::decide::{BODY_CHARS_MAX, promise};
use crate::facts::{Fact, Postmortem, Update};
use crate::id::{IncidentId, UpdateId};
use crate::locale::Texts;
use crate::refusal::Refusal;
use crate::status::{IncidentKind, Lifecycle};

/// Publishes one report at an incident and at the related ones named.
pub(super) fn publish(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    let Command::PublishPostmortem {
        incident_id,
        body,
        also,
        notify,
    } = command
    else {
        unreachable!("only postmortems are sent here");
    };
    check_said("body", body)?;
    draft.check_text("body", body, BODY_CHARS_MAX)?;
    draft.acts("postmortem_published", incident_id);
    publish_at(draft, incident_id, body, *notify)?;
    for other in also {
        publish_at(draft, other, body, false)?;
    }
    Ok(())
}

fn publish_at(
    draft: &mut Draft<'_>,
    id: &IncidentId,
    body: &Texts,
    notify: bool,
) -> Result<(), Refusal> {
    let mut incident = draft.incident(id)?;
    if incident.kind != IncidentKind::Incident {
        return Err(Refusal::WrongKind(Lifecycle::Postmortem));
    }
    if !incident.lifecycle.is_over() {
        return Err(Refusal::NotResolved);
    }
    hide_update(draft, &incident.id.clone(), incident.postmortem.take());
    let update = Update {
        id: UpdateId::from(draft.draw()),
        incident_id: id.clone(),
        lifecycle: Lifecycle::Postmortem,
        body: body.clone(),
        created_at: draft.now,
        updated_at: draft.now,
        display_at: draft.now,
        affected: Vec::new(),
        notify,
        edited_at: None,
        erased_at: None,
        hidden_at: None,
        custom_tweet: None,
        edited_seq: None,
    };
    draft.answer.update_id = Some(update.id.to_string());
    incident.postmortem = Some(Postmortem {
        body: body.clone(),
        published_at: draft.now,
        update_id: update.id.clone(),
    });
    incident.postmortem_ignored = false;
    incident.lifecycle = Lifecycle::Postmortem;
    incident.updated_at = draft.now;
    promise::close_postmortem(draft, &incident, None);
    draft.put(Fact::Update(Box::new(update)));
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

fn hide_update(draft: &mut Draft<'_>, incident: &IncidentId, report: Option<Postmortem>) {
    let Some(report) = report else { return };
    if let Ok(update) = draft.update(incident, &report.update_id) {
        let now = draft.now;
        draft.put(Fact::Update(Box::new(Update {
            hidden_at: Some(now),
            updated_at: now,
            ..update
        })));
    }
}

/// Hides the report again and restores `resolved`.
pub(super) fn revert(draft: &mut Draft<'_>, id: &IncidentId) -> Result<(), Refusal> {
    let mut incident = draft.incident(id)?;
    let report = incident.postmortem.take().ok_or(Refusal::NoPostmortem)?;
    draft.acts("postmortem_reverted", id);
    hide_update(draft, id, Some(report));
    incident.lifecycle = Lifecycle::Resolved;
    incident.updated_at = draft.now;
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}

/// Says that there will be no report; lifts the promise of one.
pub(super) fn ignore(draft: &mut Draft<'_>, id: &IncidentId) -> Result<(), Refusal> {
    let mut incident = draft.incident(id)?;
    draft.acts("postmortem_ignored", id);
    incident.postmortem_ignored = true;
    incident.updated_at = draft.now;
    promise::close_postmortem(draft, &incident, Some("-"));
    draft.put(Fact::Incident(Box::new(incident)));
    Ok(())
}
