//! What an author saw: a command that replaces text or settings is refused when its subject
//! changed since. One that adds is never refused for that.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::command::{Command, IncidentFields, PlanFlags};
use crate::decide::draft::Draft;
use crate::decide::{announcement, component, group, incident, page, recurrence};
use crate::facts::Plan;
use crate::refusal::Refusal;
use crate::time::{Instant, SECOND_US};

/// What a command replaces: as it stands, as it was sent, and the entry that changed it last.
pub(super) struct Subject {
    /// Its fields as they stand.
    pub(super) stands: Value,
    /// Those that were sent.
    pub(super) sent: Value,
    /// The entry that changed it last; none did since it was made.
    pub(super) edited_seq: Option<i64>,
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

fn subject(draft: &Draft<'_>, command: &Command) -> Option<Subject> {
    match command {
        Command::UpdatePage(patch) => Some(page::seen(draft, patch)),
        Command::UpdateGroup { .. } => group::seen(draft, command),
        Command::UpdateComponent { id, patch } => component::seen(draft, id, patch),
        Command::UpdateRecurrence { id, recurrence } => recurrence::seen(draft, id, recurrence),
        Command::UpdateAnnouncement { .. } => announcement::seen(draft, command),
        _ => incident::seen(draft, command),
    }
}

/// A value as fields to compare.
pub(super) fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What a plan does by itself, as fields to compare.
pub(super) fn flags(plan: &Plan) -> Value {
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
