//! The form as it is opened: what stands, what was measured, what is usual.

use noroshi_domain::{
    ComponentId, Incident, IncidentKind, Lifecycle, Locale, PromiseKind, SECOND_US, Status,
};
use noroshi_ops::Chance;

use super::fields::{TEXTS, standing_text};
use crate::console::form::Form;
use crate::console::times;
use crate::console::visit::Desk;

/// The cadence where neither incident nor page has one, in seconds.
const CADENCE_S: i64 = 3_600;
/// Promises that are one choice away, in seconds.
pub(super) const CADENCES_S: [i64; 4] = [900, 1_800, 3_600, 7_200];

/// A form for a new incident; about a component where one is named.
pub(super) fn new_incident(desk: &Desk, component: Option<&str>) -> Form {
    let mut form = begun(desk);
    form.set("lifecycle", Lifecycle::Investigating.as_str());
    form.set("promise", cadence(desk, None).to_string());
    let found = component.and_then(|code| ComponentId::parse(code).ok());
    if let Some(id) = found.filter(|id| desk.state.components.contains_key(id)) {
        let measured = desk.state.measured_at(&id, desk.now);
        let public = desk.state.public_at(&id, desk.now);
        let status = measured.unwrap_or(public).max(public);
        let said = if status.is_bad() && status.can_be_said() {
            status
        } else {
            Status::DegradedPerformance
        };
        form.set(&format!("c.{id}"), said.as_str());
        let mut spans = desk
            .state
            .spans_of(noroshi_domain::Lane::Measured, &id)
            .rev();
        let span = spans.find(|span| span.to.is_none() && span.status.is_bad());
        if let Some(span) = span {
            form.set(
                "impact_from",
                times::typed(span.from, &desk.state.page.zone),
            );
        }
    }
    form
}

/// A form for an update, with what stands in every field and beside it.
pub(super) fn update(desk: &Desk, incident: &Incident) -> Form {
    let mut form = begun(desk);
    let over = match incident.kind {
        IncidentKind::Incident => Lifecycle::Resolved,
        IncidentKind::Maintenance => Lifecycle::Completed,
    };
    let lifecycle = if incident.lifecycle == Lifecycle::Postmortem {
        over
    } else {
        incident.lifecycle
    };
    form.set("lifecycle", lifecycle.as_str());
    let promise = if incident.is_open() && incident.kind == IncidentKind::Incident {
        cadence(desk, Some(incident)).to_string()
    } else {
        "none".to_owned()
    };
    form.set("promise", promise);
    for id in &incident.components {
        form.set(&format!("c.{id}"), claimed(desk, incident, id).as_str());
    }
    for name in TEXTS {
        for (locale, text) in standing_text(incident, name).iter() {
            form.set(&format!("{name}.{}", locale.as_str()), text);
        }
    }
    let window = [
        ("impact_from", incident.impact_from),
        ("impact_to", incident.impact_to),
    ];
    for (name, time) in window {
        let Some(time) = time else { continue };
        form.set(name, times::typed(time.at, &desk.state.page.zone));
        if time.about {
            form.set(&format!("{name}_about"), "on");
        }
    }
    note_standing(desk, incident, &mut form);
    form
}

/// Puts beside every field what stands there, and the revision at which it does. Where nothing
/// stands, nothing is put.
pub(super) fn note_standing(desk: &Desk, incident: &Incident, form: &mut Form) {
    form.forget("was");
    form.set("seq", desk.state.head.seq.to_string());
    for name in TEXTS {
        for (locale, text) in standing_text(incident, name).iter() {
            form.set(&format!("was.{name}.{}", locale.as_str()), text.trim());
        }
    }
    for id in &incident.components {
        form.set(&format!("was.c.{id}"), claimed(desk, incident, id).as_str());
    }
    let window = [
        ("impact_from", incident.impact_from),
        ("impact_to", incident.impact_to),
    ];
    for (name, time) in window {
        let Some(time) = time else { continue };
        form.set(
            &format!("was.{name}"),
            times::typed(time.at, &desk.state.page.zone),
        );
        if time.about {
            form.set(&format!("was.{name}_about"), "on");
        }
    }
    if let Some(newest) = desk.state.updates_of(&incident.id).first() {
        form.set("was.update", newest.id.as_str());
    }
}

fn begun(desk: &Desk) -> Form {
    let mut form = Form::default();
    form.set("command", Chance::System.command_id().to_string());
    form.set("seq", desk.state.head.seq.to_string());
    form.set("sentence", "on");
    form.set("tab", desk.state.page.default_locale.as_str());
    let own = Locale::as_str(desk.locale());
    if desk.state.page.locales.contains(&desk.locale()) {
        form.set("tab", own);
    }
    form
}

/// What an incident says of a component now.
pub(super) fn claimed(desk: &Desk, incident: &Incident, id: &ComponentId) -> Status {
    let holder = incident.holder();
    let mut claims = desk.state.open_claims_on(id);
    claims
        .find(|claim| claim.holder == holder)
        .map_or(Status::Operational, |claim| claim.status)
}

/// How long until the next update: as the last one was promised, else as the page does.
fn cadence(desk: &Desk, incident: Option<&Incident>) -> i64 {
    let promises = incident
        .map(|own| desk.state.promises_of(&own.id))
        .unwrap_or_default();
    let last = promises
        .iter()
        .rev()
        .find(|promise| promise.kind == PromiseKind::NextUpdateBy)
        .map(|promise| promise.due_at.since_us(promise.made_at) / SECOND_US);
    let usual = desk.state.page.settings.cadence_s.unwrap_or(CADENCE_S);
    let wanted = last.unwrap_or(usual);
    let nearest = CADENCES_S
        .into_iter()
        .min_by_key(|cadence| (cadence - wanted).abs());
    nearest.unwrap_or(CADENCE_S)
}
