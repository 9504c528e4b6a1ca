//! The objects of API v2, their fields in the order of the wire.

use noroshi_domain::{IncidentKind, Instant, Status};
use serde::Serialize;

use crate::address;
use crate::view::{System, SystemGroup, Told, ToldUpdate, View};
use crate::words;

#[derive(Serialize)]
pub(super) struct PageShape<'v> {
    id: &'v str,
    name: &'v str,
    url: String,
    time_zone: &'v str,
    updated_at: String,
}

impl<'v> PageShape<'v> {
    pub(super) fn of(view: &'v View<'_>) -> Self {
        let page = view.page();
        Self {
            id: page.id.as_str(),
            name: view.plain(&page.name),
            url: address::page_url(page),
            time_zone: page.zone.name(),
            updated_at: time(view, view.head().at),
        }
    }
}

#[derive(Serialize)]
pub(super) struct StatusShape {
    pub(super) indicator: &'static str,
    pub(super) description: String,
}

#[derive(Serialize)]
pub(crate) struct ComponentShape<'v> {
    id: &'v str,
    name: &'v str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: i64,
    description: Option<&'v str>,
    showcase: bool,
    start_date: Option<String>,
    group_id: Option<&'v str>,
    page_id: &'v str,
    group: bool,
    only_show_if_degraded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<&'v str>>,
}

impl<'v> ComponentShape<'v> {
    pub(crate) fn of_system(view: &'v View<'_>, system: &'v System<'_>) -> Self {
        let fact = system.fact;
        Self {
            id: fact.id.as_str(),
            name: view.plain(&fact.name),
            status: system.compatible.as_str(),
            created_at: time(view, fact.created_at),
            updated_at: time(view, fact.updated_at),
            position: system.position,
            description: filled(view.plain(&fact.description)),
            showcase: fact.showcase,
            start_date: fact.start_date.map(|date| date.to_string()),
            group_id: fact.group_id.as_ref().map(noroshi_domain::GroupId::as_str),
            page_id: view.page().id.as_str(),
            group: false,
            only_show_if_degraded: fact.only_show_if_degraded,
            components: None,
        }
    }

    pub(crate) fn of_group(view: &'v View<'_>, group: &'v SystemGroup<'_>) -> Self {
        let fact = group.fact;
        let children = group
            .members
            .iter()
            .map(|member| view.systems()[*member].fact.id.as_str());
        Self {
            id: fact.id.as_str(),
            name: view.plain(&fact.name),
            status: group.compatible.as_str(),
            created_at: time(view, fact.created_at),
            updated_at: time(view, group.updated_at),
            position: group.position,
            description: filled(view.plain(&fact.description)),
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: view.page().id.as_str(),
            group: true,
            only_show_if_degraded: false,
            components: Some(children.collect()),
        }
    }
}

/// A key that is there even where its value is null.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Nullable<T>(pub(crate) Option<T>);

#[derive(Serialize)]
pub(crate) struct IncidentShape<'v> {
    id: &'v str,
    name: &'v str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    impact: &'static str,
    shortlink: String,
    started_at: String,
    page_id: &'v str,
    incident_updates: Vec<UpdateShape<'v>>,
    components: Vec<ComponentShape<'v>>,
    /// Absent on maintenances, null where the operator set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_intervals: Option<Nullable<&'v str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<String>,
}

impl<'v> IncidentShape<'v> {
    pub(crate) fn of(view: &'v View<'_>, told: &'v Told<'_>) -> Self {
        let incident = told.incident;
        let realtime = incident.kind == IncidentKind::Incident;
        let plan = incident.plan.as_ref();
        let components = told
            .touched
            .iter()
            .filter(|touched| touched.attached)
            .filter_map(|touched| view.system(touched.id))
            .map(|system| ComponentShape::of_system(view, system));
        Self {
            id: incident.id.as_str(),
            name: view.plain(&incident.name),
            status: incident.lifecycle.as_str(),
            created_at: time(view, incident.created_at),
            updated_at: time(view, incident.updated_at),
            monitoring_at: incident.monitoring_at.map(|at| time(view, at)),
            resolved_at: incident.resolved_at.map(|at| time(view, at)),
            impact: incident.shown_impact().as_str(),
            shortlink: address::shortlink(view.page(), incident),
            started_at: time(view, incident.started_at),
            page_id: view.page().id.as_str(),
            incident_updates: told
                .updates
                .iter()
                .map(|update| UpdateShape::of(view, told, update))
                .collect(),
            components: components.collect(),
            reminder_intervals: realtime
                .then_some(Nullable(incident.reminder_intervals.as_deref())),
            scheduled_for: plan.map(|plan| time(view, plan.scheduled_for)),
            scheduled_until: plan.map(|plan| time(view, plan.scheduled_until)),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct UpdateShape<'v> {
    id: &'v str,
    status: &'static str,
    body: String,
    incident_id: &'v str,
    created_at: String,
    updated_at: String,
    display_at: String,
    affected_components: Option<Vec<AffectedShape<'v>>>,
    deliver_notifications: bool,
    custom_tweet: Option<&'v str>,
    tweet_id: Option<&'v str>,
}

impl<'v> UpdateShape<'v> {
    pub(crate) fn of(view: &View<'_>, told: &'v Told<'_>, update: &'v ToldUpdate<'_>) -> Self {
        let fact = update.fact;
        let affected: Vec<AffectedShape<'_>> = update
            .affected
            .iter()
            .map(|affected| AffectedShape {
                code: affected.code.as_str(),
                name: &affected.name,
                old_status: compatible(affected.old_status),
                new_status: compatible(affected.new_status),
            })
            .collect();
        Self {
            id: fact.id.as_str(),
            status: fact.lifecycle.as_str(),
            body: words::body(view, told, update, view.page().default_locale).text,
            incident_id: told.incident.id.as_str(),
            created_at: time(view, fact.created_at),
            updated_at: time(view, fact.updated_at),
            display_at: time(view, fact.display_at),
            affected_components: (!affected.is_empty()).then_some(affected),
            deliver_notifications: fact.notify,
            custom_tweet: fact.custom_tweet.as_deref(),
            tweet_id: None,
        }
    }
}

#[derive(Serialize)]
struct AffectedShape<'v> {
    code: &'v str,
    name: &'v str,
    old_status: &'static str,
    new_status: &'static str,
}

/// Snapshots keep no earlier status, so one that was unknown reads as what it is without one.
const fn compatible(status: Status) -> &'static str {
    match status {
        Status::Unknown => Status::Operational.as_str(),
        other => other.as_str(),
    }
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn time(view: &View<'_>, at: Instant) -> String {
    words::iso(view, at)
}
