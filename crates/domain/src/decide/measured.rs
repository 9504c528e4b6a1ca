//! What monitors found: all differences of one page at once.

use crate::command::Measurement;
use crate::decide::draft::Draft;
use crate::facts::{Fact, Span};
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::status::{Lane, Policy};
use crate::time::Instant;

/// Ends the measured span that stands and begins the new one, component by component.
pub(super) fn measured(draft: &mut Draft<'_>, measurements: &[Measurement]) -> Result<(), Refusal> {
    let page = draft.state.page.id.clone();
    draft.acts("measured", &page);
    for measurement in measurements {
        measure(draft, measurement)?;
    }
    Ok(())
}

fn measure(draft: &mut Draft<'_>, measurement: &Measurement) -> Result<(), Refusal> {
    let id = &measurement.component_id;
    draft.any_component(id)?;
    let since = measurement.since;
    if since > draft.now {
        return Err(Refusal::InFuture {
            field: "since",
            at: since,
        });
    }
    if draft.state.policy_at(id, draft.now) == Policy::Declared {
        draft.audience = Audience::Team;
    }
    let last = draft
        .state
        .spans_of(Lane::Measured, id)
        .next_back()
        .cloned();
    if let Some(open) = last.filter(|span| span.to.is_none()) {
        if Some(open.status) == measurement.status {
            return Ok(());
        }
        // An edge never moves back before the one before it.
        let end = since.max(open.from.plus_us(1));
        draft.put(Fact::Span(Span {
            to: Some(end),
            ..open.clone()
        }));
        begin(draft, measurement, end);
        draft.touch(id, open.from, Instant::MAX);
    } else {
        begin(draft, measurement, since);
        draft.touch(id, since, Instant::MAX);
    }
    Ok(())
}

fn begin(draft: &mut Draft<'_>, measurement: &Measurement, from: Instant) {
    if let Some(status) = measurement.status {
        let component_id = measurement.component_id.clone();
        draft.put(Fact::Span(Span {
            component_id,
            lane: Lane::Measured,
            status,
            from,
            to: None,
        }));
    }
}
