//! The documents that webhooks carry (reference 5.5), field for field.

use noroshi_domain::{ComponentId, Instant, Status};
use serde_json::{Map, Value, json};

use crate::address::page_url;
use crate::api_v1;
use crate::view::{Told, View};
use crate::words;

/// What stands in a document in place of the subscriber's own code until it is sent.
pub const SUBSCRIBER_MARK: &str = "@subscriber@";

const INCIDENT_FIELDS: [&str; 24] = [
    "name",
    "status",
    "created_at",
    "updated_at",
    "monitoring_at",
    "resolved_at",
    "impact",
    "shortlink",
    "postmortem_ignored",
    "postmortem_body",
    "postmortem_body_last_updated_at",
    "postmortem_published_at",
    "postmortem_notified_subscribers",
    "postmortem_notified_twitter",
    "backfilled",
    "scheduled_for",
    "scheduled_until",
    "scheduled_remind_prior",
    "scheduled_reminded_at",
    "impact_override",
    "scheduled_auto_in_progress",
    "scheduled_auto_completed",
    "id",
    "page_id",
];

const UPDATE_FIELDS: [&str; 12] = [
    "status",
    "body",
    "created_at",
    "wants_twitter_update",
    "twitter_updated_at",
    "updated_at",
    "display_at",
    "affected_components",
    "custom_tweet",
    "deliver_notifications",
    "id",
    "incident_id",
];

const COMPONENT_FIELDS: [&str; 10] = [
    "status",
    "name",
    "created_at",
    "updated_at",
    "position",
    "description",
    "showcase",
    "id",
    "page_id",
    "group_id",
];

/// A component's status changed, as webhooks are told.
#[derive(Debug, Clone)]
pub struct StatusChange<'a> {
    /// Which component.
    pub component: &'a ComponentId,
    /// Its status before.
    pub old: Status,
    /// Its status after.
    pub new: Status,
    /// When.
    pub at: Instant,
    /// Names the change: twelve characters, made of it.
    pub id: &'a str,
}

/// An incident or maintenance after an update, all of its updates with it.
pub fn incident(view: &View<'_>, told: &Told<'_>) -> String {
    let whole = api_v1::incident(view, told);
    let mut shape = only(&whole, &INCIDENT_FIELDS);
    let list = |field: &str, fields: &[&str]| -> Value {
        let rows = whole[field].as_array().into_iter().flatten();
        rows.map(|row| Value::Object(only(row, fields))).collect()
    };
    let updates = list("incident_updates", &UPDATE_FIELDS);
    let components = list("components", &COMPONENT_FIELDS);
    shape.insert("incident_updates".to_owned(), updates);
    shape.insert("components".to_owned(), components);
    let mut document = head(view);
    document["incident"] = shape.into();
    document.to_string()
}

/// A component whose status changed; `None` where readers do not see it.
pub fn component(view: &View<'_>, change: &StatusChange<'_>) -> Option<String> {
    let mut shape = only(
        &api_v1::component(view, change.component)?,
        &COMPONENT_FIELDS,
    );
    shape.insert("status".to_owned(), change.new.as_str().into());
    let mut document = head(view);
    document["component"] = shape.into();
    document["component_update"] = json!({
        "old_status": change.old.as_str(),
        "new_status": change.new.as_str(),
        "created_at": words::iso(view, change.at),
        "component_type": "Component",
        "id": change.id,
        "component_id": change.component,
    });
    Some(document.to_string())
}

fn head(view: &View<'_>) -> Value {
    let url = page_url(view.page());
    let overall = view.compatible_overall();
    let sentence = words::sentence(overall.sentence, noroshi_domain::Locale::En);
    json!({
        "meta": {
            "unsubscribe": format!("{url}/?unsubscribe={SUBSCRIBER_MARK}"),
            "documentation": format!("{url}/api#webhooks"),
            "generated_at": words::iso(view, view.now()),
        },
        "page": {
            "id": view.page().id,
            "status_indicator": overall.indicator.as_str(),
            "status_description": sentence,
        },
    })
}

fn only(whole: &Value, fields: &[&str]) -> Map<String, Value> {
    let kept = fields.iter().map(|field| {
        let value = whole.get(*field).cloned().unwrap_or(Value::Null);
        ((*field).to_owned(), value)
    });
    kept.collect()
}
