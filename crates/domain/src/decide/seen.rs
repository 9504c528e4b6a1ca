//! What an author saw: a command that replaces text or settings is refused when its subject
//! changed since. One that adds is never refused for that.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::command::{Command, IncidentFields, PlanFlags};
use crate::decide::draft::Draft;
use crate::facts::Plan;
use crate::refusal::Refusal;
use crate::time::{Instant, SECOND_US};

/// What a command replaces: as it stands, as it was sent, and the entry that changed it last.
struct Subject {
    stands: Value,
    sent: Value,
    edited_seq: Option<i64>,
}

impl Command {
    /// Whether it replaces text or settings, so that it is to carry what its author saw.
    pub fn replaces(&self) -> bool {
        if let Self::PostUpdate { fields, .. } = self {
            // An update adds; fields that are sent along replace what stands.
            return **fields != IncidentFields::default();
        }
        matches!(
            self,
            Self::UpdatePage(_)
                | Self::UpdateGroup { .. }
                | Self::UpdateComponent { .. }
                | Self::EditIncident { .. }
                | Self::EditUpdate { .. }
                | Self::RelateIncidents { .. }
                | Self::UpdateRecurrence { .. }
                | Self::UpdateAnnouncement { .. }
        )
    }
}

/// Refuses a command whose subject changed after `seq` to something else than is sent.
pub(super) fn check(draft: &Draft<'_>, seq: i64, command: &Command) -> Result<(), Refusal> {
    let subject = subject(draft, command);
    let Some(subject) = subject.filter(|subject| subject.edited_seq.is_some_and(|at| at > seq))
    else {
        return Ok(());
    };
    let mut differences = Vec::new();
    compare("", &subject.stands, &subject.sent, &mut differences);
    if differences.is_empty() {
        return Ok(());
    }
    let (stands, sent): (Vec<String>, Vec<String>) = differences.into_iter().unzip();
    Err(Refusal::Changed {
        stands: stands.join("; "),
        sent: sent.join("; "),
    })
}

#[expect(
    clippy::too_many_lines,
    reason = "one table: what each command replaces"
)]
fn subject(draft: &Draft<'_>, command: &Command) -> Option<Subject> {
    let state = &draft.state;
    let of = |stands: Value, sent: Value, edited_seq| Subject {
        stands,
        sent,
        edited_seq,
    };
    Some(match command {
        Command::UpdatePage(patch) => of(plain(&state.page), plain(patch), state.page.edited_seq),
        Command::UpdateGroup {
            id,
            name,
            description,
            components,
            position,
        } => {
            let group = state.groups.get(id)?;
            let members: Vec<_> = state
                .members_of(id)
                .iter()
                .map(|own| own.id.clone())
                .collect();
            let mut stands = plain(group);
            stands["components"] = json!(members);
            let sent = json!({
                "name": name, "description": description, "components": components,
                "position": position,
            });
            of(stands, sent, group.edited_seq)
        }
        Command::UpdateComponent { id, patch } => {
            let component = state.components.get(id)?;
            let mut stands = plain(component);
            stands["policy"] = json!(state.policy_at(id, draft.now));
            of(stands, plain(patch), component.edited_seq)
        }
        Command::PostUpdate {
            incident_id,
            fields,
            ..
        } => {
            let incident = state.incidents.get(incident_id)?;
            of(plain(incident), plain(fields), incident.edited_seq)
        }
        Command::EditIncident {
            incident_id,
            fields,
            attach,
        } => {
            let incident = state.incidents.get(incident_id)?;
            let mut sent = plain(fields);
            sent["components"] = json!(attach);
            let mut stands = plain(incident);
            if let Some(plan) = &incident.plan {
                stands["scheduled_for"] = json!(plan.scheduled_for);
                stands["scheduled_until"] = json!(plan.scheduled_until);
                stands["flags"] = flags(plan);
            }
            of(stands, sent, incident.edited_seq)
        }
        Command::EditUpdate {
            incident_id,
            update_id,
            body,
            display_at,
            notify,
        } => {
            let update = draft.update(incident_id, update_id).ok()?;
            let sent = json!({ "body": body, "display_at": display_at, "notify": notify });
            of(plain(&update), sent, update.edited_seq)
        }
        Command::RelateIncidents {
            incident_id,
            related,
        } => {
            let incident = state.incidents.get(incident_id)?;
            let sent = json!({ "related": related });
            let stands = json!({ "related": incident.related });
            of(stands, sent, incident.edited_seq)
        }
        Command::UpdateRecurrence { id, recurrence } => {
            let own = state.recurrences.get(id)?;
            let mut stands = plain(own);
            stands["flags"] = flags(&own.plan);
            of(stands, plain(recurrence), own.edited_seq)
        }
        Command::UpdateAnnouncement {
            id,
            title,
            body,
            from,
            to,
        } => {
            let own = state.announcements.get(id)?;
            let sent = json!({ "title": title, "body": body, "from": from, "to": to });
            of(plain(own), sent, own.edited_seq)
        }
        _ => return None,
    })
}

fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn flags(plan: &Plan) -> Value {
    plain(&PlanFlags {
        auto_start: plan.auto_start,
        auto_complete: plan.auto_complete,
        auto_maintenance: plan.auto_maintenance,
        auto_free: plan.auto_free,
        notify_start: plan.notify_start,
        notify_end: plan.notify_end,
        remind_min: plan.remind_min.clone(),
    })
}

/// Collects what was sent and is not what stands, field by field.
fn compare(path: &str, stands: &Value, sent: &Value, differences: &mut Vec<(String, String)>) {
    let nothing = Map::new();
    let fields = sent.as_object().unwrap_or(&nothing);
    for (name, sent) in fields {
        let sent = match sent {
            // Not sent: it stays as it is.
            Value::Null => continue,
            Value::String(keep) if keep == "keep" && path.is_empty() => continue,
            Value::String(clear) if clear == "clear" && path.is_empty() => &Value::Null,
            Value::Object(own) if path.is_empty() && own.len() == 1 => {
                own.get("set").unwrap_or(sent)
            }
            other => other,
        };
        let stands = stands.get(name).unwrap_or(&Value::Null);
        if stands == sent {
            continue;
        }
        let path = format!("{path}{name}");
        if sent.is_object() && stands.is_object() {
            let before = differences.len();
            compare(&format!("{path}."), stands, sent, differences);
            if differences.len() > before {
                continue;
            }
        }
        differences.push((
            format!("{path}: {}", written(name, stands)),
            format!("{path}: {}", written(name, sent)),
        ));
    }
}

/// A value as its author knows it: a text plain, an instant as a time.
fn written(name: &str, value: &Value) -> String {
    let is_time = name.ends_with("_at")
        || [
            "at",
            "from",
            "to",
            "scheduled_for",
            "scheduled_until",
            "effects_until",
        ]
        .contains(&name);
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if is_time => {
            let micros = number.as_i64().unwrap_or_default();
            Instant::from_micros(micros.div_euclid(SECOND_US) * SECOND_US).to_string()
        }
        other => other.to_string(),
    }
}
