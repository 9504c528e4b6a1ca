//! Holds: a person's word that stands in for the measurement.

use crate::command::Command;
use crate::decide::draft::Draft;
use crate::facts::{Fact, FactKey, FactKind, Hold};
use crate::id::HoldId;
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::status::{Lane, Policy};
use crate::time::DAY_US;

/// How long a hold may last, in days.
pub(super) const HOLD_DAYS_MAX: i64 = 30;
/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

/// Lays a hold over the measurement; a new one cuts the old.
pub(super) fn place(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    let Command::PlaceHold {
        component_id,
        status,
        reason,
        from,
        to,
    } = command
    else {
        unreachable!("only holds are sent here");
    };
    draft.component(component_id)?;
    let (from, to) = (from.unwrap_or(draft.now), *to);
    if !status.can_be_said() {
        return Err(Refusal::Unsayable(*status));
    }
    if from >= to {
        return Err(Refusal::EmptyWindow { from, to });
    }
    if to.since_us(from) > HOLD_DAYS_MAX * DAY_US {
        return Err(Refusal::TooFar {
            field: "until",
            at: to,
            days: HOLD_DAYS_MAX,
        });
    }
    if reason.trim().is_empty() {
        return Err(Refusal::Empty { field: "reason" });
    }
    let given = reason.chars().count();
    if given > REASON_CHARS_MAX {
        return Err(Refusal::TooLong {
            field: "reason",
            given,
            most: REASON_CHARS_MAX,
        });
    }
    let measured = draft
        .state
        .spans_of(Lane::Measured, component_id)
        .any(|span| span.from < to && span.to.is_none_or(|end| end > from));
    if !measured || draft.state.policy_at(component_id, from) == Policy::Declared {
        return Err(Refusal::IdleHold(component_id.to_string()));
    }
    let id = HoldId::from(draft.draw());
    let hold = Hold {
        id: id.clone(),
        component_id: component_id.clone(),
        status: *status,
        reason: reason.clone(),
        author: draft.actor.id.clone(),
        from,
        to,
    };
    cut(draft, &hold);
    draft.acts("hold_placed", &id);
    draft.audience = Audience::Team;
    draft.touch(component_id, from, to);
    draft.put(Fact::Hold(hold));
    Ok(())
}

/// Takes [hold.from, hold.to) out of the component's other holds.
fn cut(draft: &mut Draft<'_>, hold: &Hold) {
    let others: Vec<Hold> = draft
        .state
        .holds
        .values()
        .filter(|other| other.component_id == hold.component_id)
        .filter(|other| other.from < hold.to && other.to > hold.from)
        .cloned()
        .collect();
    for other in others {
        if other.to > hold.to {
            let id = HoldId::from(draft.draw());
            draft.put(Fact::Hold(Hold {
                id,
                from: hold.to,
                ..other.clone()
            }));
        }
        if other.from < hold.from {
            draft.put(Fact::Hold(Hold {
                to: hold.from,
                ..other
            }));
        } else {
            draft.remove(FactKey {
                kind: FactKind::Hold,
                id: other.id.to_string(),
            });
        }
    }
}

/// Ends a hold now; one that has not begun never will.
pub(super) fn end(draft: &mut Draft<'_>, id: &HoldId) -> Result<(), Refusal> {
    let found = draft.state.holds.get(id).cloned();
    let hold = found.ok_or_else(|| Refusal::NotFound {
        kind: "hold",
        id: id.to_string(),
    })?;
    draft.acts("hold_ended", id);
    draft.audience = Audience::Team;
    if hold.to <= draft.now {
        return Ok(());
    }
    draft.touch(&hold.component_id, draft.now, hold.to);
    if hold.from >= draft.now {
        draft.remove(FactKey {
            kind: FactKind::Hold,
            id: id.to_string(),
        });
    } else {
        draft.put(Fact::Hold(Hold {
            to: draft.now,
            ..hold
        }));
    }
    Ok(())
}
