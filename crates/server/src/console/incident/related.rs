//! Which incidents have one cause, and at which of them a report stands too.

use noroshi_domain::{Incident, IncidentId, IncidentKind};
use noroshi_ops::Permission;
use noroshi_text::msg;

use crate::console::form::Form;
use crate::console::visit::Desk;
use crate::limits::RELATED_OFFERED_MAX;

/// What is related, and what could be.
pub(super) struct Related {
    /// Those that are, each with its screen.
    pub(super) links: Vec<(String, String)>,
    /// The form that says so; none: the caller may not.
    pub(super) choices: Option<Vec<Choice>>,
    /// The code of one that is not offered, as it was typed.
    pub(super) other: String,
}

/// An incident that can be chosen.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) title: String,
    /// When it began.
    pub(super) at: String,
    pub(super) checked: bool,
}

/// What is related to an incident; `typed` is the form where it was refused.
pub(super) fn of(desk: &Desk, incident: &Incident, typed: Option<&Form>) -> Option<Related> {
    let links = incident.related.iter().map(|id| {
        let known = desk.state.incidents.get(id);
        let title = known.map_or_else(|| id.to_string(), |own| title(desk, own));
        (title, desk.address(&format!("/incidents/{id}")))
    });
    let links: Vec<_> = links.collect();
    let may = desk.may(Permission::PostIncident) && incident.deleted_at.is_none();
    let choices = may.then(|| choices(desk, incident, typed));
    let other = typed.map_or("", |form| form.raw("other")).to_owned();
    (may || !links.is_empty()).then_some(Related {
        links,
        choices,
        other,
    })
}

/// The latest others, and those that are related already.
fn choices(desk: &Desk, incident: &Incident, typed: Option<&Form>) -> Vec<Choice> {
    let is_chosen = |id: &IncidentId| match typed {
        Some(form) => form.has(&format!("r.{id}")),
        None => incident.related.contains(id),
    };
    let others = desk.state.incidents.values();
    let mut others: Vec<&Incident> = others
        .filter(|own| own.id != incident.id && own.deleted_at.is_none())
        .filter(|own| own.kind == IncidentKind::Incident || incident.related.contains(&own.id))
        .collect();
    others.sort_by_key(|own| {
        let related = incident.related.contains(&own.id);
        let latest = std::cmp::Reverse(own.started_at);
        (!related, latest, own.id.clone())
    });
    let kept = others
        .into_iter()
        .take(incident.related.len() + RELATED_OFFERED_MAX);
    let choice = |own: &Incident| Choice {
        id: own.id.to_string(),
        title: title(desk, own),
        at: desk.time(own.started_at),
        checked: is_chosen(&own.id),
    };
    kept.map(choice).collect()
}

fn title(desk: &Desk, incident: &Incident) -> String {
    desk.pick(&incident.name).to_owned()
}

/// The incidents that a form names; a sentence where one is not there.
pub(super) fn chosen(
    desk: &Desk,
    incident: &Incident,
    form: &Form,
) -> Result<Vec<IncidentId>, String> {
    let ticked = form.under("r").map(|(id, _)| id);
    let other = Some(form.get("other")).filter(|code| !code.is_empty());
    let mut chosen: Vec<IncidentId> = Vec::new();
    for code in ticked.chain(other) {
        let id = IncidentId::parse(code)
            .map_err(|_| msg::console_refused_no_incident(desk.locale(), code))?;
        if id != incident.id && !chosen.contains(&id) {
            chosen.push(id);
        }
    }
    // What is related and too old to be offered stays so.
    let unseen = incident.related.iter();
    let unseen = unseen.filter(|id| !desk.state.incidents.contains_key(*id));
    chosen.extend(unseen.cloned());
    Ok(chosen)
}

/// The related incidents at which a report can stand too: those that are over.
pub(super) fn joint(desk: &Desk, incident: &Incident) -> Vec<(String, String)> {
    let related = incident.related.iter();
    let known = related.filter_map(|id| desk.state.incidents.get(id));
    let over = known.filter(|own| own.lifecycle.is_over() && own.postmortem.is_none());
    over.map(|own| (own.id.to_string(), title(desk, own)))
        .collect()
}
