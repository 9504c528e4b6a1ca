//! Incidents and maintenances: open, post, correct, promise, report, undo.

use noroshi_domain::{
    Answer, Command, ComponentId, IncidentFields, IncidentId, IncidentKind, IncidentRecord,
    Instant, NewIncident, NewUpdate, Promise, PromiseId, StillHeld, Texts, UpdateId,
};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

const PATH: &str = "/api/noroshi/v1/pages/{page_id}/incidents/{incident}";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listIncidents",
            "/api/noroshi/v1/pages/{page_id}/incidents",
            "Lists incidents and maintenances, the newest first.",
        ),
        list_of::<IncidentRecord>,
        list,
    )
    .with_query(&[
        ("kind", "`incident` or `maintenance`; absent: both"),
        ("open", "`true`: only those that are not over"),
        ("limit", "So many at most; 50 where it is absent"),
    ]),
    Operation::change(
        (
            "openIncident",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents",
            "Opens an incident, plans a maintenance, or records one of the past.",
        ),
        Permission::PostIncident,
        open,
    )
    .with_body(of::<NewIncident>)
    .answering(201, of::<IncidentView>),
    Operation::get(
        (
            "getIncident",
            PATH,
            "Gives an incident or a maintenance with all that belongs to it.",
        ),
        of::<IncidentView>,
        get,
    ),
    Operation::change(
        (
            "editIncident",
            Method::Patch,
            PATH,
            "Changes fields without posting an update.",
        ),
        Permission::PostIncident,
        edit,
    )
    .with_body(of::<Edit>)
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "deleteIncident",
            Method::Delete,
            PATH,
            "Hides it everywhere; for 30 days it can be brought back.",
        ),
        Permission::PostIncident,
        delete,
    )
    .with_query(&[("reason", "Why; shown in the public record")]),
    Operation::change(
        (
            "restoreIncident",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/restore",
            "Brings a deleted one back.",
        ),
        Permission::PostIncident,
        restore,
    )
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "takeOver",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/take-over",
            "Takes an automatic incident over: it is no longer told of by itself.",
        ),
        Permission::PostIncident,
        take_over,
    )
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "relateIncidents",
            Method::Put,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/related",
            "Says which others have the same cause; replaces what was.",
        ),
        Permission::PostIncident,
        relate,
    )
    .with_body(of::<Related>)
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "postUpdate",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/updates",
            "Posts an update, and changes fields with it.",
        ),
        Permission::PostIncident,
        post,
    )
    .with_body(of::<Post>)
    .answering(201, of::<IncidentView>),
    Operation::change(
        (
            "editUpdate",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/updates/{update}",
            "Changes an update's words or the time it shows.",
        ),
        Permission::PostIncident,
        edit_update,
    )
    .with_body(of::<UpdateEdit>)
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "eraseUpdate",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/updates/{update}/erase",
            "Erases an update's words from everywhere, for good.",
        ),
        Permission::PostIncident,
        erase,
    )
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "publishPostmortem",
            Method::Put,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/postmortem",
            "Publishes the report, or a new text of it.",
        ),
        Permission::PostIncident,
        publish,
    )
    .with_body(of::<Report>)
    .answering(200, of::<IncidentView>),
    Operation::change(
        (
            "revertPostmortem",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/postmortem",
            "Hides the published report again.",
        ),
        Permission::PostIncident,
        revert,
    ),
    Operation::change(
        (
            "ignorePostmortem",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/incidents/{incident}/postmortem/ignore",
            "Says that there will be no report.",
        ),
        Permission::PostIncident,
        ignore,
    )
    .answering(200, of::<IncidentView>),
    Operation::get(
        (
            "listPromises",
            "/api/noroshi/v1/pages/{page_id}/promises",
            "Lists the promises of the incidents of the last 92 days, the oldest first.",
        ),
        list_of::<Promise>,
        list_promises,
    )
    .with_query(&[("open", "`true`: only those that are neither met nor lifted")]),
    Operation::change(
        (
            "liftPromise",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/promises/{promise}/lift",
            "Lifts a promise, with a reason that readers are shown.",
        ),
        Permission::PostIncident,
        lift,
    )
    .with_body(of::<Lift>)
    .answering(200, of::<Promise>),
];

/// An incident or a maintenance, and what else came of posting to it.
#[derive(Debug, Serialize, JsonSchema)]
struct IncidentView {
    #[serde(flatten)]
    record: IncidentRecord,
    /// Components that stay worse than was said, and by whom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    still_held: Vec<StillHeld>,
    /// The update that was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    update_id: Option<String>,
}

/// Changes without an update.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    fields: IncidentFields,
    /// Components attached; absent: as before.
    #[serde(default)]
    attach: Option<Vec<ComponentId>>,
}

/// An update, and fields changed with it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Post {
    update: NewUpdate,
    #[serde(default)]
    fields: IncidentFields,
}

/// Changes of an update.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct UpdateEdit {
    body: Option<Texts>,
    /// When it shows that it was said; not in the future.
    display_at: Option<Instant>,
    notify: Option<bool>,
}

/// Which others have the same cause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Related {
    incidents: Vec<IncidentId>,
}

/// A report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    body: Texts,
    /// Related incidents that it stands at too; all of them over.
    #[serde(default)]
    also: Vec<IncidentId>,
    #[serde(default)]
    notify: bool,
}

/// Why a promise is lifted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Lift {
    reason: String,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let kind = match call.query("kind").as_deref() {
        None => None,
        Some("incident") => Some(IncidentKind::Incident),
        Some("maintenance") => Some(IncidentKind::Maintenance),
        Some(other) => {
            let detail = format!("{other:?} is neither incident nor maintenance");
            return Err(Problem::bad_query("kind", &detail));
        }
    };
    let state = call.state()?;
    let limit = call.limit()?;
    let records = if call.query("open").as_deref() == Some("true") {
        let open = state
            .incidents
            .values()
            .filter(|incident| incident.is_open() && kind.is_none_or(|kind| incident.kind == kind));
        let mut ids: Vec<(Instant, IncidentId)> = open
            .map(|incident| (incident.listed_at, incident.id.clone()))
            .collect();
        ids.sort_by(|one, two| two.cmp(one));
        let mut records = Vec::with_capacity(ids.len());
        for (_, id) in ids.into_iter().take(limit as usize) {
            records.extend(call.app.store().incident(&page, &id)?);
        }
        records
    } else {
        call.app.store().newest_incidents(&page, kind, limit)?
    };
    Reply::of(&records, Some(state.head.seq))
}

fn get(call: &Call) -> Result<Reply, Problem> {
    view(call, &call.incident_id()?, None)
}

fn view(call: &Call, id: &IncidentId, answer: Option<Answer>) -> Result<Reply, Problem> {
    let found = call.app.store().incident(&call.page_id()?, id)?;
    let record = found.ok_or_else(|| Problem::no_such("incident", id.as_str()))?;
    let seq = call.state()?.head.seq;
    let answer = answer.unwrap_or_default();
    let view = IncidentView {
        record,
        still_held: answer.still_held,
        update_id: answer.update_id,
    };
    Reply::of(&view, Some(seq))
}

/// Sends a command about the incident that the path names, and answers with what it is then.
fn change(call: &Call, command: Command) -> Result<Reply, Problem> {
    let answer = call.send(command)?;
    view(call, &call.incident_id()?, Some(answer))
}

fn open(call: &Call) -> Result<Reply, Problem> {
    let new: NewIncident = call.body()?;
    let answer = call.send(Command::OpenIncident(Box::new(new)))?;
    let id = IncidentId::parse(&answer.id).map_err(noroshi_domain::Refusal::from)?;
    view(call, &id, Some(answer))
}

fn edit(call: &Call) -> Result<Reply, Problem> {
    let Edit { fields, attach } = call.body()?;
    let command = Command::EditIncident {
        incident_id: call.incident_id()?,
        fields: Box::new(fields),
        attach,
    };
    change(call, command)
}

fn delete(call: &Call) -> Result<Reply, Problem> {
    let command = Command::DeleteIncident {
        incident_id: call.incident_id()?,
        reason: call.query("reason").unwrap_or_default(),
    };
    call.send(command).map(|answer| Reply::done(answer.seq))
}

fn restore(call: &Call) -> Result<Reply, Problem> {
    change(call, Command::RestoreIncident(call.incident_id()?))
}

fn take_over(call: &Call) -> Result<Reply, Problem> {
    change(call, Command::TakeOver(call.incident_id()?))
}

fn relate(call: &Call) -> Result<Reply, Problem> {
    let Related { incidents } = call.body()?;
    let command = Command::RelateIncidents {
        incident_id: call.incident_id()?,
        related: incidents,
    };
    change(call, command)
}

fn post(call: &Call) -> Result<Reply, Problem> {
    let Post { update, fields } = call.body()?;
    let command = Command::PostUpdate {
        incident_id: call.incident_id()?,
        update: Box::new(update),
        fields: Box::new(fields),
    };
    change(call, command)
}

fn edit_update(call: &Call) -> Result<Reply, Problem> {
    let patch: UpdateEdit = call.body()?;
    let command = Command::EditUpdate {
        incident_id: call.incident_id()?,
        update_id: call.id("update", UpdateId::parse)?,
        body: patch.body,
        display_at: patch.display_at,
        notify: patch.notify,
    };
    change(call, command)
}

fn erase(call: &Call) -> Result<Reply, Problem> {
    let command = Command::EraseUpdate {
        incident_id: call.incident_id()?,
        update_id: call.id("update", UpdateId::parse)?,
        remains: Vec::new(),
    };
    change(call, command)
}

fn publish(call: &Call) -> Result<Reply, Problem> {
    let Report { body, also, notify } = call.body()?;
    let command = Command::PublishPostmortem {
        incident_id: call.incident_id()?,
        body,
        also,
        notify,
    };
    change(call, command)
}

fn revert(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::RevertPostmortem(call.incident_id()?))
        .map(|answer| Reply::done(answer.seq))
}

fn ignore(call: &Call) -> Result<Reply, Problem> {
    change(call, Command::IgnorePostmortem(call.incident_id()?))
}

fn list_promises(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let are_open = call.query("open").as_deref() == Some("true");
    let mut promises: Vec<&Promise> = state
        .promises
        .values()
        .filter(|promise| !are_open || promise.is_open())
        .collect();
    promises.sort_by_key(|promise| (promise.made_at, promise.id.clone()));
    Reply::of(&promises, Some(state.head.seq))
}

fn lift(call: &Call) -> Result<Reply, Problem> {
    let Lift { reason } = call.body()?;
    let id = call.id("promise", PromiseId::parse)?;
    let answer = call.send(Command::LiftPromise {
        promise_id: id.clone(),
        reason,
    })?;
    let state = call.state()?;
    let promise = state.promises.get(&id);
    let promise = promise.ok_or_else(|| Problem::no_such("promise", id.as_str()))?;
    Reply::of(promise, Some(answer.seq))
}
