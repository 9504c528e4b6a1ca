//! The page's own objects of the compatible manage API v1 (reference 2.3): those of API v2, and
//! what only a team reads.
//!
//! Everything here takes a view made by [`View::of_team`]. No field of ours stands here.

use noroshi_domain::{ComponentId, Incident, Page, UpdateId};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api_v2::{ComponentShape, IncidentShape, UpdateShape};
use crate::view::{Row, System, SystemGroup, Told, ToldUpdate, View};
use crate::words;

/// The twelve colours of a page, with what they are where a team has set none (reference 4.5).
pub const COLOURS: [(&str, &str); 12] = [
    ("css_body_background_color", "ffffff"),
    ("css_font_color", "333333"),
    ("css_light_font_color", "aaaaaa"),
    ("css_greens", "2fcc66"),
    ("css_yellows", "f1c40f"),
    ("css_oranges", "e67e22"),
    ("css_blues", "3498db"),
    ("css_reds", "e74c3c"),
    ("css_border_color", "e0e0e0"),
    ("css_graph_color", "3498db"),
    ("css_link_color", "3498db"),
    ("css_no_data", "b3bac5"),
];

/// Ways to subscribe that can be switched off: the field, and the channel's name.
pub const CHANNELS: [(&str, &str); 4] = [
    ("allow_email_subscribers", "email"),
    ("allow_sms_subscribers", "sms"),
    ("allow_webhook_subscribers", "webhook"),
    ("allow_rss_atom_feeds", "feed"),
];

/// What is only kept and handed back, with what it is at first. The values stand as JSON in the
/// page's settings (`compatible`).
pub const KEPT: [(&str, Kept); 6] = [
    ("allow_page_subscribers", Kept::Flag(true)),
    ("allow_incident_subscribers", Kept::Flag(true)),
    ("subdomain", Kept::Text),
    ("branding", Kept::Text),
    ("notifications_from_email", Kept::Text),
    ("notifications_email_footer", Kept::Text),
];

/// What kind of value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Yes or no, with what it is at first.
    Flag(bool),
    /// A text, null at first.
    Text,
}

/// The page.
pub fn page(view: &View<'_>) -> Value {
    let page = view.page();
    let settings = &page.settings;
    let text = |texts| filled(view.plain(texts));
    let picture = |url: &Option<String>| url.as_ref().map(|url| json!({ "url": url }));
    let mut shape = json!({
        "id": page.id,
        "name": view.plain(&page.name),
        "page_description": text(&settings.about),
        "headline": text(&settings.headline),
        "domain": page.hosts.first(),
        "url": settings.company_url,
        "support_url": settings.support_url,
        "hidden_from_search": settings.hidden_from_search,
        "activity_score": 0,
        "twitter_username": null,
        "viewers_must_be_team_members": settings.private,
        "ip_restrictions": null,
        "city": null,
        "state": null,
        "country": null,
        "time_zone": zone_name(page),
        "favicon_logo": picture(&settings.favicon_url),
        "transactional_logo": picture(&settings.logo_url),
        "hero_cover": picture(&settings.cover_url),
        "email_logo": null,
        "twitter_logo": null,
        "created_at": words::iso(view, page.created_at),
        "updated_at": words::iso(view, view.head().at),
    });
    for (field, default) in COLOURS {
        let own = settings.colours.get(field);
        shape[field] = own
            .map_or(default, |colour| colour.trim_start_matches('#'))
            .into();
    }
    for (field, channel) in CHANNELS {
        shape[field] = (!settings.subscribe_off.iter().any(|off| off == channel)).into();
    }
    let kept = kept(page);
    for (field, kind) in KEPT {
        let default = match kind {
            Kept::Flag(flag) => flag.into(),
            Kept::Text => Value::Null,
        };
        shape[field] = kept.get(field).cloned().unwrap_or(default);
    }
    if shape["branding"].is_null() {
        shape["branding"] = "premium".into();
    }
    shape
}

/// What a page keeps for this API alone.
pub fn kept(page: &Page) -> Map<String, Value> {
    let text = page.settings.compatible.as_deref().unwrap_or("{}");
    serde_json::from_str(text).unwrap_or_default()
}

/// Plain UTC has another name here than in API v2 (reference 1.2).
fn zone_name(page: &Page) -> &str {
    match page.zone.name() {
        "Etc/UTC" => "UTC",
        name => name,
    }
}

/// Every component and group, each group followed by its members.
pub fn components(view: &View<'_>) -> Vec<Value> {
    let mut shapes = Vec::with_capacity(view.systems().len() + view.groups().len());
    for row in view.rows() {
        match *row {
            Row::System(index) => shapes.push(component_of(view, &view.systems()[index])),
            Row::Group(index) => {
                let group = &view.groups()[index];
                shapes.push(with_address(&ComponentShape::of_group(view, group)));
                let members = group.members.iter().map(|place| &view.systems()[*place]);
                shapes.extend(members.map(|member| component_of(view, member)));
            }
        }
    }
    shapes
}

/// One component, or a group as a component; `None` where there is none.
pub fn component(view: &View<'_>, id: &ComponentId) -> Option<Value> {
    if let Some(system) = view.system(id) {
        return Some(component_of(view, system));
    }
    let group = group_by_code(view, id.as_str())?;
    Some(with_address(&ComponentShape::of_group(view, group)))
}

fn component_of(view: &View<'_>, system: &System<'_>) -> Value {
    with_address(&ComponentShape::of_system(view, system))
}

/// The address that mails about it go to: none while no mail comes in.
fn with_address(shape: &ComponentShape<'_>) -> Value {
    let mut shape = value(shape);
    shape["automation_email"] = Value::Null;
    shape
}

/// Every group.
pub fn groups(view: &View<'_>) -> Vec<Value> {
    let groups = view.groups().iter();
    groups.map(|group| group_of(view, group)).collect()
}

/// One group; `None` where there is none.
pub fn group(view: &View<'_>, code: &str) -> Option<Value> {
    group_by_code(view, code).map(|group| group_of(view, group))
}

fn group_by_code<'v, 'a>(view: &'v View<'a>, code: &str) -> Option<&'v SystemGroup<'a>> {
    let mut groups = view.groups().iter();
    groups.find(|group| group.fact.id.as_str() == code)
}

fn group_of(view: &View<'_>, group: &SystemGroup<'_>) -> Value {
    let members = group.members.iter().map(|place| &view.systems()[*place]);
    let members: Vec<&ComponentId> = members.map(|member| &member.fact.id).collect();
    json!({
        "id": group.fact.id,
        "page_id": view.page().id,
        "name": view.plain(&group.fact.name),
        "description": filled(view.plain(&group.fact.description)),
        "components": members,
        "position": group.position,
        "created_at": words::iso(view, group.fact.created_at),
        "updated_at": words::iso(view, group.updated_at),
    })
}

/// An incident or a maintenance.
pub fn incident(view: &View<'_>, told: &Told<'_>) -> Value {
    let incident = told.incident;
    let mut shape = value(&IncidentShape::of(view, told));
    shape["incident_updates"] = told
        .updates
        .iter()
        .map(|update| of_update(view, told, update))
        .collect();
    let components: Vec<Value> = told
        .touched
        .iter()
        .filter(|touched| touched.attached)
        .filter_map(|touched| component(view, touched.id))
        .collect();
    shape["components"] = components.into();
    let mut add = |fields: Value| {
        if let (Value::Object(shape), Value::Object(fields)) = (&mut shape, fields) {
            shape.extend(fields);
        }
    };
    add(json!({
        "impact_override": incident.impact_override.map(noroshi_domain::Impact::as_str),
        "metadata": metadata(incident),
        "reminder_intervals": incident.reminder_intervals,
        "incident_impacts": [],
        "backfilled": incident.backfilled,
    }));
    add(postmortem_fields(view, told));
    add(plan_fields(view, incident));
    shape
}

fn metadata(incident: &Incident) -> Value {
    let text = incident.metadata.as_deref().unwrap_or("{}");
    serde_json::from_str(text).unwrap_or_else(|_| json!({}))
}

fn postmortem_fields(view: &View<'_>, told: &Told<'_>) -> Value {
    let report = told.incident.postmortem.as_ref();
    let carried = report.and_then(|report| {
        let mut updates = told.updates.iter().map(|update| update.fact);
        updates.find(|update| update.id == report.update_id)
    });
    let edited_at = carried.map(|update| update.updated_at);
    json!({
        "postmortem_body": report.map(|report| view.plain(&report.body)),
        "postmortem_body_last_updated_at": edited_at.map(|at| words::iso(view, at)),
        "postmortem_published_at": report.map(|report| words::iso(view, report.published_at)),
        "postmortem_ignored": told.incident.postmortem_ignored,
        "postmortem_notified_subscribers": carried.is_some_and(|update| update.notify),
        "postmortem_notified_twitter": false,
    })
}

fn plan_fields(view: &View<'_>, incident: &Incident) -> Value {
    let plan = incident.plan.as_ref();
    let flag = |of: fn(&noroshi_domain::Plan) -> bool| plan.is_some_and(of);
    let reminded_at = plan.and_then(|plan| plan.reminded_at);
    json!({
        "scheduled_for": plan.map(|plan| words::iso(view, plan.scheduled_for)),
        "scheduled_until": plan.map(|plan| words::iso(view, plan.scheduled_until)),
        "scheduled_reminded_at": reminded_at.map(|at| words::iso(view, at)),
        "scheduled_remind_prior": flag(|plan| !plan.remind_min.is_empty()),
        "scheduled_auto_in_progress": flag(|plan| plan.auto_start),
        "scheduled_auto_completed": flag(|plan| plan.auto_complete),
        "auto_transition_to_maintenance_state": flag(|plan| plan.auto_maintenance),
        "auto_transition_to_operational_state": flag(|plan| plan.auto_free),
        "auto_transition_deliver_notifications_at_start": flag(|plan| plan.notify_start),
        "auto_transition_deliver_notifications_at_end": flag(|plan| plan.notify_end),
    })
}

/// One update; `None` where the incident has no such one.
pub fn update(view: &View<'_>, told: &Told<'_>, wanted: &UpdateId) -> Option<Value> {
    let mut updates = told.updates.iter();
    let update = updates.find(|update| update.fact.id == *wanted)?;
    Some(of_update(view, told, update))
}

fn of_update(view: &View<'_>, told: &Told<'_>, update: &ToldUpdate<'_>) -> Value {
    let mut shape = value(&UpdateShape::of(view, told, update));
    shape["wants_twitter_update"] = false.into();
    shape["twitter_updated_at"] = Value::Null;
    shape
}

/// An instant as this API writes it: in the page's time zone.
pub fn time(zone: &noroshi_domain::Zone, at: noroshi_domain::Instant) -> String {
    noroshi_text::dates::iso_ms(at.timestamp(), zone.time_zone())
}

/// The same of what belongs to no page: in UTC.
pub fn plain_time(at: noroshi_domain::Instant) -> String {
    time(&noroshi_domain::Zone::utc(), at)
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn value<T: Serialize>(shape: &T) -> Value {
    serde_json::to_value(shape).expect("shapes have string keys and write to memory")
}
