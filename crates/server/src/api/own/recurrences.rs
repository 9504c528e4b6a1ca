//! Recurrences: rules that make maintenances.

use noroshi_domain::{Command, NewRecurrence, Recurrence, RecurrenceId};
use noroshi_ops::Permission;

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listRecurrences",
            "/api/noroshi/v1/pages/{page_id}/recurrences",
            "Lists the rules that make maintenances.",
        ),
        list_of::<Recurrence>,
        list,
    ),
    Operation::change(
        (
            "createRecurrence",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/recurrences",
            "Makes a rule and its first maintenance.",
        ),
        Permission::PostMaintenance,
        create,
    )
    .with_body(of::<NewRecurrence>)
    .answering(201, of::<Recurrence>),
    Operation::change(
        (
            "updateRecurrence",
            Method::Put,
            "/api/noroshi/v1/pages/{page_id}/recurrences/{recurrence}",
            "Replaces a rule, and what of it has not started.",
        ),
        Permission::PostMaintenance,
        update,
    )
    .with_body(of::<NewRecurrence>)
    .answering(200, of::<Recurrence>),
    Operation::change(
        (
            "endRecurrence",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/recurrences/{recurrence}",
            "Makes no more maintenances of a rule.",
        ),
        Permission::PostMaintenance,
        end,
    ),
];

fn list(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let all: Vec<&Recurrence> = state.recurrences.values().collect();
    Reply::of(&all, Some(state.head.seq))
}

fn view(call: &Call, id: &str) -> Result<Reply, Problem> {
    let state = call.state()?;
    let found = RecurrenceId::parse(id).ok();
    let recurrence = found.and_then(|id| state.recurrences.get(&id));
    let recurrence = recurrence.ok_or_else(|| Problem::no_such("recurrence", id))?;
    Reply::of(recurrence, Some(state.head.seq))
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewRecurrence = call.body()?;
    let answer = call.send(Command::CreateRecurrence(Box::new(new)))?;
    view(call, &answer.id)
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let recurrence: NewRecurrence = call.body()?;
    call.send(Command::UpdateRecurrence {
        id: id(call)?,
        recurrence: Box::new(recurrence),
    })?;
    view(call, call.name("recurrence"))
}

fn end(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::EndRecurrence(id(call)?))
        .map(|answer| Reply::done(answer.seq))
}

fn id(call: &Call) -> Result<RecurrenceId, Problem> {
    call.id("recurrence", RecurrenceId::parse)
}
