//! Holds: a person's word in place of the measurement, with a reason and an end.

use noroshi_domain::{Command, ComponentId, Hold, HoldId, Instant, Status};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listHolds",
            "/api/noroshi/v1/pages/{page_id}/holds",
            "Lists the holds of the last 92 days, and those to come.",
        ),
        list_of::<Hold>,
        list,
    ),
    Operation::change(
        (
            "placeHold",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/holds",
            "Lays a hold over the measurement.",
        ),
        Permission::PostIncident,
        place,
    )
    .with_body(of::<NewHold>)
    .answering(201, of::<Hold>),
    Operation::change(
        (
            "endHold",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/holds/{hold}",
            "Ends a hold now.",
        ),
        Permission::PostIncident,
        end,
    ),
];

/// A new hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewHold {
    component_id: ComponentId,
    /// What is said instead of the measurement.
    status: Status,
    /// Why; shown to readers.
    reason: String,
    /// From when; absent: now.
    #[serde(default)]
    from: Option<Instant>,
    /// Until when; at most 30 days after its start.
    to: Instant,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let holds: Vec<&Hold> = state.holds.values().collect();
    Reply::of(&holds, Some(state.head.seq))
}

fn place(call: &Call) -> Result<Reply, Problem> {
    let new: NewHold = call.body()?;
    let answer = call.send(Command::PlaceHold {
        component_id: new.component_id,
        status: new.status,
        reason: new.reason,
        from: new.from,
        to: new.to,
    })?;
    let state = call.state()?;
    let found = HoldId::parse(&answer.id).ok();
    let hold = found.and_then(|id| state.holds.get(&id));
    let hold = hold.ok_or_else(|| Problem::no_such("hold", &answer.id))?;
    Reply::of(hold, Some(state.head.seq))
}

fn end(call: &Call) -> Result<Reply, Problem> {
    let id = call.id("hold", HoldId::parse)?;
    call.send(Command::EndHold(id))
        .map(|answer| Reply::done(answer.seq))
}
