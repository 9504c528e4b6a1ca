//! What a write of an incident means: the fields that clients send, as commands of the domain
//! (DOMAIN "What the compatible API asks of the domain"; reference 2.3 and 3).

use std::collections::BTreeMap;

use noroshi_domain::{
    Act, AtEnd, Command, ComponentId, Impact, Incident, IncidentFields, IncidentKind, Instant,
    Lifecycle, NewIncident, NewUpdate, Page, Patch, PlanFlags, Status, Texts,
};
use serde_json::Value;

use super::ask::Fault;
use super::components::sayable;
use super::fields::Fields;
use super::pages::in_default;

/// Longest text of an update through this API, in characters (reference 2.3).
const BODY_CHARS_MAX: usize = 25_000;
/// Minutes ahead of the one reminder that this API knows.
const REMIND_MIN: i64 = 60;
/// Most hours in `reminder_intervals` (reference 3.6).
const REMINDERS_MAX: usize = 24;

/// A write, read: all that is looked at of what is sent.
#[derive(Debug)]
pub(super) struct Write {
    name: Option<String>,
    lifecycle: Option<Lifecycle>,
    body: Option<String>,
    statuses: BTreeMap<ComponentId, Status>,
    /// Named without a status.
    named: Vec<ComponentId>,
    attach: Option<Vec<ComponentId>>,
    notify: Option<bool>,
    fields: IncidentFields,
    flags: Flags,
    backfill: Option<Instant>,
}

/// The flags of a maintenance that are sent.
#[derive(Debug, Default, PartialEq, Eq)]
struct Flags {
    remind: Option<bool>,
    auto_start: Option<bool>,
    auto_complete: Option<bool>,
    auto_maintenance: Option<bool>,
    auto_free: Option<bool>,
    notify_start: Option<bool>,
    notify_end: Option<bool>,
}

impl Write {
    /// Reads a write.
    pub(super) fn read(page: &Page, fields: &Fields<'_>) -> Result<Self, Fault> {
        let body = match fields.said("body")? {
            Some(body) => Some(body),
            // Its name in old scripts.
            None => fields.said("message")?,
        };
        check_body(fields, body.as_deref())?;
        let (statuses, named) = components(fields)?;
        Ok(Self {
            name: fields.text("name")?,
            lifecycle: fields.word("status", Lifecycle::parse)?,
            body,
            statuses,
            named,
            attach: fields.codes("component_ids", ComponentId::parse)?,
            notify: fields.flag("deliver_notifications")?,
            fields: IncidentFields {
                impact_override: set(fields.word("impact_override", Impact::parse)?),
                metadata: set(metadata(fields)?),
                reminder_intervals: set(reminder_intervals(fields)?),
                scheduled_for: fields.time("scheduled_for", &page.zone)?,
                scheduled_until: fields.time("scheduled_until", &page.zone)?,
                ..IncidentFields::default()
            },
            flags: Flags::read(fields)?,
            backfill: backfill(page, fields)?,
        })
    }

    fn kind(&self) -> IncidentKind {
        match self.lifecycle {
            Some(lifecycle) => lifecycle.kind(),
            None if self.fields.scheduled_for.is_some()
                && self.fields.scheduled_until.is_some() =>
            {
                IncidentKind::Maintenance
            }
            None => IncidentKind::Incident,
        }
    }
}

impl Flags {
    fn read(fields: &Fields<'_>) -> Result<Self, Fault> {
        Ok(Self {
            remind: fields.flag("scheduled_remind_prior")?,
            auto_start: match fields.flag("scheduled_auto_in_progress")? {
                Some(flag) => Some(flag),
                // Its name in old scripts.
                None => fields.flag("scheduled_auto_transition")?,
            },
            auto_complete: fields.flag("scheduled_auto_completed")?,
            auto_maintenance: fields.flag("auto_transition_to_maintenance_state")?,
            auto_free: fields.flag("auto_transition_to_operational_state")?,
            notify_start: fields.flag("auto_transition_deliver_notifications_at_start")?,
            notify_end: fields.flag("auto_transition_deliver_notifications_at_end")?,
        })
    }

    /// These over what stands.
    fn over(&self, stood: PlanFlags) -> PlanFlags {
        PlanFlags {
            auto_start: self.auto_start.unwrap_or(stood.auto_start),
            auto_complete: self.auto_complete.unwrap_or(stood.auto_complete),
            auto_maintenance: self.auto_maintenance.unwrap_or(stood.auto_maintenance),
            auto_free: self.auto_free.unwrap_or(stood.auto_free),
            notify_start: self.notify_start.unwrap_or(stood.notify_start),
            notify_end: self.notify_end.unwrap_or(stood.notify_end),
            remind_min: match self.remind {
                Some(false) => Vec::new(),
                Some(true) if stood.remind_min.is_empty() => vec![REMIND_MIN],
                // Reminders that were chosen elsewhere stay.
                Some(true) | None => stood.remind_min,
            },
        }
    }
}

/// Nothing happens by itself that was not asked for.
const fn nothing_by_itself() -> PlanFlags {
    PlanFlags {
        auto_start: false,
        auto_complete: false,
        auto_maintenance: false,
        auto_free: false,
        notify_start: true,
        notify_end: true,
        remind_min: Vec::new(),
    }
}

fn set<T>(read: Option<T>) -> Patch<T> {
    read.map_or(Patch::Keep, Patch::Set)
}

/// Refuses a text that is too long here.
pub(super) fn check_body(fields: &Fields<'_>, body: Option<&str>) -> Result<(), Fault> {
    match body {
        Some(body) if body.chars().count() > BODY_CHARS_MAX => {
            let reason = format!("must have at most {BODY_CHARS_MAX} characters");
            Err(fields.invalid("body", &reason))
        }
        _ => Ok(()),
    }
}

/// Statuses by component, and components named without one.
type Components = (BTreeMap<ComponentId, Status>, Vec<ComponentId>);

/// `components`: a map of statuses, a list of ids in old scripts, a list of objects of one library.
fn components(fields: &Fields<'_>) -> Result<Components, Fault> {
    let unclear = || fields.invalid("components", "must be a map of component ids to statuses");
    let mut statuses = BTreeMap::new();
    let mut named = Vec::new();
    let mut take = |id: &str, status: Option<&str>| {
        let id = ComponentId::parse(id).map_err(|_| unclear())?;
        match status.filter(|text| !text.is_empty()) {
            Some(text) => {
                let unknown = || {
                    let reason = format!("names a status that is not known: {text:?}");
                    fields.invalid("components", &reason)
                };
                statuses.insert(id, sayable(text).ok_or_else(unknown)?);
            }
            None => named.push(id),
        }
        Ok::<(), Fault>(())
    };
    match fields.raw("components") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.is_empty() => {}
        Some(Value::Object(map)) => {
            for (id, status) in map {
                match status {
                    Value::Null => take(id, None)?,
                    Value::String(status) => take(id, Some(status))?,
                    _ => return Err(unclear()),
                }
            }
        }
        Some(Value::Array(list)) => {
            for own in list {
                match own {
                    Value::String(id) if id.is_empty() => {}
                    Value::String(id) => take(id, None)?,
                    Value::Object(own) => {
                        let id = own.get("id").or_else(|| own.get("component_id"));
                        let id = id.and_then(Value::as_str).ok_or_else(unclear)?;
                        take(id, own.get("status").and_then(Value::as_str))?;
                    }
                    _ => return Err(unclear()),
                }
            }
        }
        Some(_) => return Err(unclear()),
    }
    Ok((statuses, named))
}

/// Its top-level values must be objects (reference 2.3).
fn metadata(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    match fields.raw("metadata") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::Object(map)) if map.values().all(Value::is_object) => {
            Ok(Some(Value::Object(map.clone()).to_string()))
        }
        Some(_) => Err(fields.invalid("metadata", "must be an object of objects")),
    }
}

/// `[]`, hours that rise, or one number of hours (reference 3.6).
fn reminder_intervals(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    let unclear = || {
        let reason = "must be hours between 1 and 24 that rise, like \"[3, 6, 12]\", or \"[]\"";
        fields.invalid("reminder_intervals", reason)
    };
    let text = match fields.raw("reminder_intervals") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let read: Value = serde_json::from_str(&text).map_err(|_| unclear())?;
    let fits = |hours: &Value| {
        hours
            .as_i64()
            .is_some_and(|hours| (1..=24).contains(&hours))
    };
    let is_good = match &read {
        Value::Array(hours) => {
            hours.len() <= REMINDERS_MAX
                && hours.iter().all(fits)
                && hours.is_sorted_by(|one, two| one.as_i64() < two.as_i64())
        }
        hours => fits(hours),
    };
    if is_good {
        Ok(Some(text))
    } else {
        Err(unclear())
    }
}

fn backfill(page: &Page, fields: &Fields<'_>) -> Result<Option<Instant>, Fault> {
    if fields.flag("backfilled")? != Some(true) {
        return Ok(None);
    }
    match fields.time("backfill_date", &page.zone)? {
        Some(at) => Ok(Some(at)),
        None => Err(fields.invalid("backfill_date", "must not be empty")),
    }
}

/// A new incident or maintenance.
pub(super) fn new_incident(page: &Page, write: Write) -> Result<NewIncident, Fault> {
    let kind = write.kind();
    let locale = page.default_locale;
    let name = write.name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Fault::Invalid("incident[name] must not be empty".to_owned()))?;
    let mut attach = write.attach.unwrap_or_default();
    attach.extend(write.named);
    if write.backfill.is_some() && (!attach.is_empty() || !write.statuses.is_empty()) {
        let reason = "incident[components] can not be set for a backfilled incident";
        return Err(Fault::Invalid(reason.to_owned()));
    }
    let mut fields = write.fields;
    fields.name = Some(Texts::of(locale, name));
    if kind == IncidentKind::Maintenance {
        fields.flags = Some(write.flags.over(nothing_by_itself()));
    }
    Ok(NewIncident {
        id: None,
        kind,
        fields,
        update: NewUpdate {
            lifecycle: match write.backfill {
                // It is over already.
                Some(_) => Some(Lifecycle::Resolved),
                None => write.lifecycle,
            },
            body: write
                .body
                .map_or_else(Texts::default, |body| Texts::of(locale, body)),
            statuses: write.statuses,
            attach: Some(attach),
            act: Act::Override,
            at_end: AtEnd::HandOver,
            notify: write.notify,
            ..NewUpdate::default()
        },
        backfilled_at: write.backfill,
    })
}

/// The commands that a change of an incident comes to.
pub(super) fn changes(page: &Page, stood: &Incident, write: Write) -> Vec<Command> {
    let incident_id = stood.id.clone();
    let mut fields = write.fields;
    fields.name = write.name.map(|name| in_default(page, &stood.name, name));
    if let Some(plan) = stood
        .plan
        .as_ref()
        .filter(|_| write.flags != Flags::default())
    {
        fields.flags = Some(write.flags.over(PlanFlags {
            auto_start: plan.auto_start,
            auto_complete: plan.auto_complete,
            auto_maintenance: plan.auto_maintenance,
            auto_free: plan.auto_free,
            notify_start: plan.notify_start,
            notify_end: plan.notify_end,
            remind_min: plan.remind_min.clone(),
        }));
    }
    let attach = match write.attach {
        None if write.named.is_empty() => None,
        None => Some([stood.components.clone(), write.named].concat()),
        Some(attach) => Some([attach, write.named].concat()),
    };
    if write.lifecycle.is_some() || write.body.is_some() {
        let body = write.body.map(|body| Texts::of(page.default_locale, body));
        let update = NewUpdate {
            // One that is published already stays so: scripts send back what they read.
            lifecycle: write
                .lifecycle
                .filter(|lifecycle| *lifecycle != Lifecycle::Postmortem),
            body: body.unwrap_or_default(),
            statuses: write.statuses,
            attach,
            act: Act::Override,
            at_end: AtEnd::HandOver,
            notify: write.notify,
            ..NewUpdate::default()
        };
        return vec![Command::PostUpdate {
            incident_id,
            update: Box::new(update),
            fields: Box::new(fields),
        }];
    }
    // Without status and body there is no update to hold statuses: they are said without one.
    let attach = match (attach, write.statuses.is_empty()) {
        (attach, true) => attach,
        (attach, false) => {
            let mut attach = attach.unwrap_or_else(|| stood.components.clone());
            attach.extend(write.statuses.keys().cloned());
            Some(attach)
        }
    };
    let mut commands = Vec::new();
    if attach.is_some() || fields != IncidentFields::default() {
        commands.push(Command::EditIncident {
            incident_id,
            fields: Box::new(fields),
            attach,
        });
    }
    commands.extend(write.statuses.into_iter().map(|(id, status)| {
        let act = Act::Override;
        Command::SetStatus { id, status, act }
    }));
    commands
}
