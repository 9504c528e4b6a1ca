//! How claims, holds, policies and measurements become the public status of a component.
//!
//! DOMAIN "Claims, lanes and the public status". Facts of one component go in, stretches of one
//! status come out; nothing here knows about commands.

use crate::facts::{Change, Claim, Fact, Hold, PolicySpan, Span};
use crate::id::ComponentId;
use crate::state::State;
use crate::status::{Lane, Policy, Status};
use crate::time::Instant;

/// One status from one instant to another, or still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// What it is.
    pub status: Status,
    /// From when.
    pub from: Instant,
    /// Until when; [`Instant::MAX`]: still.
    pub to: Instant,
}

/// The public status at an instant: the truth table of DOMAIN.
///
/// `counted` is what counts as measured there (a hold's word included), `None` where nothing
/// measures.
pub fn join(declared: Status, counted: Option<Status>, policy: Policy) -> Status {
    if policy == Policy::Declared || declared == Status::UnderMaintenance {
        return declared;
    }
    declared.max(counted.unwrap_or(Status::Operational))
}

/// The facts that decide one component's public lane.
#[derive(Debug, Default)]
pub struct Inputs<'a> {
    /// Its claims.
    pub claims: Vec<&'a Claim>,
    /// Its holds.
    pub holds: Vec<&'a Hold>,
    /// Its measured spans.
    pub measured: Vec<&'a Span>,
    /// Its policies.
    pub policies: Vec<&'a PolicySpan>,
}

impl<'a> Inputs<'a> {
    /// Those of a component that touch a window.
    pub fn of(state: &'a State, component: &'a ComponentId, from: Instant, to: Instant) -> Self {
        let touches =
            |start: Instant, end: Option<Instant>| start < to && end.is_none_or(|end| end > from);
        Self {
            claims: state
                .claims
                .values()
                .filter(|claim| claim.component_id == *component && touches(claim.from, claim.to))
                .collect(),
            holds: state
                .holds
                .values()
                .filter(|hold| hold.component_id == *component && touches(hold.from, Some(hold.to)))
                .collect(),
            measured: state
                .spans_of(Lane::Measured, component)
                .filter(|span| touches(span.from, span.to))
                .collect(),
            policies: state
                .policies
                .values()
                .filter(|span| span.component_id == *component && touches(span.from, span.to))
                .collect(),
        }
    }

    /// What people said at an instant: the worst of the claims that cover it.
    pub fn declared_at(&self, at: Instant) -> Status {
        self.claims
            .iter()
            .filter(|claim| covers(claim.from, claim.to, at))
            .map(|claim| claim.status)
            .max()
            .unwrap_or_default()
    }

    fn public_at(&self, at: Instant) -> Status {
        let measured = self
            .measured
            .iter()
            .find(|span| covers(span.from, span.to, at))
            .map(|span| span.status);
        let held = self
            .holds
            .iter()
            .find(|hold| covers(hold.from, Some(hold.to), at))
            .map(|hold| hold.status);
        let counted = measured.map(|measured| held.unwrap_or(measured));
        let policy = self
            .policies
            .iter()
            .find(|span| covers(span.from, span.to, at))
            .map_or(Policy::Worst, |span| span.policy);
        join(self.declared_at(at), counted, policy)
    }

    fn edges(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let mut edges = vec![from];
        let mut add = |start: Instant, end: Option<Instant>| {
            edges.push(start);
            edges.extend(end);
        };
        self.claims
            .iter()
            .for_each(|claim| add(claim.from, claim.to));
        self.holds
            .iter()
            .for_each(|hold| add(hold.from, Some(hold.to)));
        self.measured
            .iter()
            .for_each(|span| add(span.from, span.to));
        self.policies
            .iter()
            .for_each(|span| add(span.from, span.to));
        edges.retain(|edge| *edge >= from && *edge < to);
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// The public lane over [from, to): stretches that follow each other without a gap.
    pub fn public(&self, from: Instant, to: Instant) -> Vec<Stretch> {
        self.stretches(from, to, |at| self.public_at(at))
    }

    /// The declared lane over [from, to).
    pub fn declared(&self, from: Instant, to: Instant) -> Vec<Stretch> {
        self.stretches(from, to, |at| self.declared_at(at))
    }

    fn stretches(
        &self,
        from: Instant,
        to: Instant,
        status_at: impl Fn(Instant) -> Status,
    ) -> Vec<Stretch> {
        let edges = self.edges(from, to);
        let ends = edges.iter().skip(1).copied().chain(std::iter::once(to));
        let stretches = edges.iter().zip(ends).map(|(start, end)| Stretch {
            status: status_at(*start),
            from: *start,
            to: end,
        });
        merged(stretches)
    }
}

/// Joins neighbours of one status, and drops what is empty.
pub fn merged(stretches: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
    let mut merged: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        if stretch.from >= stretch.to {
            continue;
        }
        match merged.last_mut() {
            Some(last) if last.status == stretch.status && last.to == stretch.from => {
                last.to = stretch.to;
            }
            _ => merged.push(stretch),
        }
    }
    merged
}

fn covers(from: Instant, to: Option<Instant>, at: Instant) -> bool {
    from <= at && to.is_none_or(|to| at < to)
}

/// The changes that bring a component's stored public lane in line over [from, to).
///
/// Only stretches that are not operational are stored.
pub fn recompute(
    state: &State,
    component: &ComponentId,
    from: Instant,
    to: Instant,
) -> Vec<Change> {
    if from >= to {
        return Vec::new();
    }
    let stored: Vec<&Span> = state
        .spans_of(Lane::Public, component)
        .filter(|span| span.from <= to && span.to.is_none_or(|end| end >= from))
        .collect();
    let before = stored.iter().map(|span| clip(span, Instant::MIN, from));
    let after = stored.iter().map(|span| clip(span, to, Instant::MAX));
    let inside = Inputs::of(state, component, from, to).public(from, to);
    let mut wanted = merged(before.chain(inside).chain(after));
    wanted.retain(|stretch| stretch.status != Status::Operational);
    difference(component, &stored, &wanted)
}

fn clip(span: &Span, low: Instant, high: Instant) -> Stretch {
    Stretch {
        status: span.status,
        from: span.from.max(low),
        to: span.to.unwrap_or(Instant::MAX).min(high),
    }
}

fn difference(component: &ComponentId, stored: &[&Span], wanted: &[Stretch]) -> Vec<Change> {
    let wanted: Vec<Span> = wanted
        .iter()
        .map(|stretch| Span {
            component_id: component.clone(),
            lane: Lane::Public,
            status: stretch.status,
            from: stretch.from,
            to: (stretch.to < Instant::MAX).then_some(stretch.to),
        })
        .collect();
    let dropped = stored
        .iter()
        .filter(|span| !wanted.iter().any(|new| new.from == span.from))
        .map(|span| Change::Drop(Fact::Span((*span).clone()).key()));
    let put = wanted
        .iter()
        .filter(|new| !stored.contains(new))
        .map(|new| Change::Put(Fact::Span(new.clone())));
    dropped.chain(put).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_table_holds_cell_by_cell() {
        use Status::{
            DegradedPerformance as D, MajorOutage as J, Operational as O, PartialOutage as P,
            UnderMaintenance as M, Unknown as U,
        };
        let columns = [None, Some(U), Some(O), Some(M), Some(D), Some(P), Some(J)];
        let rows = [
            (O, [O, U, O, M, D, P, J]),
            (M, [M, M, M, M, M, M, M]),
            (D, [D, D, D, D, D, P, J]),
            (P, [P, P, P, P, P, P, J]),
            (J, [J, J, J, J, J, J, J]),
        ];
        for (declared, cells) in rows {
            for (counted, cell) in columns.into_iter().zip(cells) {
                assert_eq!(
                    join(declared, counted, Policy::Worst),
                    cell,
                    "{declared:?} {counted:?}"
                );
                assert_eq!(join(declared, counted, Policy::Declared), declared);
            }
        }
    }
}
