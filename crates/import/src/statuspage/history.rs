//! All updates of all incidents as one history of each component (DOMAIN "Import").
//!
//! Every change is an override: what was said before ends where it begins. Where a change's old
//! status is not what stands, a change between them was not seen; its place is inferred. Pure.

use std::collections::BTreeMap;

use noroshi_domain::{Claim, ClaimId, ComponentId, Holder, IncidentId, Instant, Seed, Status};
use serde::Serialize;

/// One component's status as one update changed it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    /// When: the update's `created_at`.
    pub(super) at: Instant,
    /// In which incident; ties are ordered by it.
    pub(super) incident_id: IncidentId,
    /// By which update; ties are ordered by it.
    pub(super) update_id: String,
    /// Its place in the update.
    pub(super) index: usize,
    /// What the update found.
    pub(super) old_status: Status,
    /// What it left.
    pub(super) new_status: Status,
}

/// An incident as the holder of claims.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    /// As whom it claims until it is resolved.
    pub(super) holder: Holder,
    /// When it was.
    pub(super) resolved_at: Option<Instant>,
}

/// The last thing known of a component besides updates.
#[derive(Debug, Clone, Copy)]
pub(super) enum Last {
    /// It is listed with this status since then.
    Listed(Status, Instant),
    /// It is no longer listed: its claims end then.
    Retired(Instant),
}

/// What a history is worked out from.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    /// Changes, by component.
    pub(super) said: BTreeMap<ComponentId, Vec<Said>>,
    /// Incidents that made them.
    pub(super) owners: BTreeMap<IncidentId, Owner>,
    /// The component list.
    pub(super) last: BTreeMap<ComponentId, Last>,
}

/// A claim with the incident whose entry it belongs to, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The claim.
    pub(super) claim: Claim,
    /// Whose update said it, or showed that it had been.
    pub(super) incident_id: Option<IncidentId>,
}

/// A change that nobody told of, placed by rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inferred {
    /// Of which component.
    pub component_id: ComponentId,
    /// Where it was placed.
    pub at: Instant,
    /// From which status.
    pub from: Status,
    /// To which status.
    pub to: Status,
    /// The claim that stands for it; absent where it is operational or lasts no time.
    pub claim_id: Option<ClaimId>,
}

/// Claims and inferred changes.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// Claims by identifier.
    pub(super) claims: BTreeMap<ClaimId, Told>,
    /// What was inferred, by component and time.
    pub(super) inferred: Vec<Inferred>,
}

/// Works the history out.
pub(super) fn history(sources: &Sources) -> History {
    let mut history = History::default();
    let mut components: Vec<&ComponentId> =
        sources.said.keys().chain(sources.last.keys()).collect();
    components.sort_unstable();
    components.dedup();
    for component in components {
        let mut timeline = Timeline::new(sources, component);
        let mut said = sources.said.get(component).cloned().unwrap_or_default();
        said.sort();
        for change in &said {
            timeline.change(change);
        }
        timeline.finish(sources.last.get(component).copied());
        history.add(timeline);
    }
    history
}

/// What stands, since when, and by whom.
#[derive(Debug, Clone)]
struct Standing {
    status: Status,
    from: Instant,
    incident_id: Option<IncidentId>,
    name: String,
}

/// One stretch of one holder's word.
#[derive(Debug)]
struct Piece {
    status: Status,
    holder: Holder,
    from: Instant,
    to: Option<Instant>,
    name: String,
    incident_id: Option<IncidentId>,
}

struct Timeline<'a> {
    sources: &'a Sources,
    component: &'a ComponentId,
    standing: Standing,
    pieces: Vec<Piece>,
    inferred: Vec<(Inferred, String)>,
}

impl<'a> Timeline<'a> {
    fn new(sources: &'a Sources, component: &'a ComponentId) -> Self {
        Self {
            sources,
            component,
            standing: Standing {
                status: Status::Operational,
                from: Instant::MIN,
                incident_id: None,
                name: String::new(),
            },
            pieces: Vec::new(),
            inferred: Vec::new(),
        }
    }

    fn change(&mut self, change: &Said) {
        let name = &change.update_id;
        self.meet(
            change.old_status,
            change.at,
            name,
            Some(&change.incident_id),
        );
        self.stand(Standing {
            status: change.new_status,
            from: change.at,
            incident_id: Some(change.incident_id.clone()),
            name: name.clone(),
        });
    }

    /// Brings what stands up to a change that found `old_status`.
    fn meet(&mut self, old_status: Status, at: Instant, name: &str, finder: Option<&IncidentId>) {
        if self.standing.status == old_status {
            return;
        }
        let end = self
            .resolved_at(self.standing.incident_id.as_ref())
            .unwrap_or(at)
            .clamp(self.standing.from.min(at), at);
        let from = self.standing.status;
        let name = format!("{name} before");
        self.stand(Standing {
            status: old_status,
            from: end,
            incident_id: None,
            name: name.clone(),
        });
        self.inferred.push((
            Inferred {
                component_id: self.component.clone(),
                at: end,
                from,
                to: old_status,
                claim_id: None,
            },
            name,
        ));
        self.close(at, finder);
        self.standing.from = at;
    }

    fn finish(&mut self, last: Option<Last>) {
        match last {
            None => self.close_open(None),
            Some(Last::Retired(at)) => {
                let at = at.max(self.standing.from);
                self.close(at, None);
            }
            Some(Last::Listed(status, at)) => {
                if status != self.standing.status {
                    let at = at.max(self.standing.from);
                    self.meet(status, at, "list", None);
                    self.standing = Standing {
                        status,
                        from: at,
                        incident_id: None,
                        name: "list".to_owned(),
                    };
                }
                self.close_open(None);
            }
        }
    }

    fn stand(&mut self, next: Standing) {
        self.close(next.from, None);
        self.standing = next;
    }

    fn resolved_at(&self, incident: Option<&IncidentId>) -> Option<Instant> {
        self.sources.owners.get(incident?)?.resolved_at
    }

    fn close(&mut self, at: Instant, finder: Option<&IncidentId>) {
        if at > self.standing.from {
            self.say(Some(at), finder);
        }
    }

    fn close_open(&mut self, finder: Option<&IncidentId>) {
        self.say(None, finder);
    }

    /// The standing word until `to`: the incident's while it is unresolved, `standing` after.
    fn say(&mut self, to: Option<Instant>, finder: Option<&IncidentId>) {
        let standing = self.standing.clone();
        let owner = standing
            .incident_id
            .as_ref()
            .and_then(|incident| self.sources.owners.get(incident));
        let teller = finder.or(standing.incident_id.as_ref()).cloned();
        let Some(owner) = owner else {
            self.push(
                &standing,
                Holder::Standing,
                (standing.from, to),
                (teller, ""),
            );
            return;
        };
        let end = to.unwrap_or(Instant::MAX);
        let handed_over = owner
            .resolved_at
            .unwrap_or(Instant::MAX)
            .clamp(standing.from, end);
        let until = if handed_over == end {
            to
        } else {
            Some(handed_over)
        };
        let holder = owner.holder.clone();
        self.push(
            &standing,
            holder,
            (standing.from, until),
            (teller.clone(), ""),
        );
        if handed_over < end {
            self.push(
                &standing,
                Holder::Standing,
                (handed_over, to),
                (teller, " after"),
            );
        }
    }

    fn push(
        &mut self,
        standing: &Standing,
        holder: Holder,
        (from, to): (Instant, Option<Instant>),
        (incident_id, suffix): (Option<IncidentId>, &str),
    ) {
        if standing.status == Status::Operational || to.is_some_and(|to| to <= from) {
            return;
        }
        // The same word of the same holder, said again, goes on.
        if let Some(last) = self.pieces.last_mut()
            && last.to == Some(from)
            && last.status == standing.status
            && last.holder == holder
        {
            last.to = to;
            return;
        }
        self.pieces.push(Piece {
            status: standing.status,
            holder,
            from,
            to,
            name: format!("{}{suffix}", standing.name),
            incident_id,
        });
    }
}

impl History {
    fn add(&mut self, timeline: Timeline<'_>) {
        let component = timeline.component;
        for (mut inferred, name) in timeline.inferred {
            let told = timeline.pieces.iter().find(|piece| piece.name == name);
            inferred.claim_id = told.map(|piece| claim_id(component, &piece.name));
            self.inferred.push(inferred);
        }
        for piece in timeline.pieces {
            let id = claim_id(component, &piece.name);
            let claim = Claim {
                id: id.clone(),
                component_id: component.clone(),
                holder: piece.holder,
                status: piece.status,
                from: piece.from,
                to: piece.to,
            };
            let incident_id = piece.incident_id;
            self.claims.insert(id, Told { claim, incident_id });
        }
    }
}

// Named by where it came from, so that importing again makes the same claim.
fn claim_id(component: &ComponentId, name: &str) -> ClaimId {
    Seed::of_text(&format!("statuspage claim {component} {name}"))
        .draw()
        .into()
}

#[cfg(test)]
mod tests {
    use noroshi_domain::HOUR_US;
    use proptest::prelude::*;

    use super::*;

    const UP: Status = Status::Operational;
    const BAD: Status = Status::PartialOutage;
    const SLOW: Status = Status::DegradedPerformance;

    fn hour(hours: i64) -> Instant {
        Instant::from_micros(hours * HOUR_US)
    }

    fn incident(name: &str) -> IncidentId {
        IncidentId::parse(name).unwrap()
    }

    /// Claims as `holder status from-to`, of changes `(hour, incident, old, new)`.
    fn check(
        changes: &[(i64, &str, Status, Status)],
        resolved: &[(&str, i64)],
        last: Option<Last>,
        wanted: &[&str],
        inferred_count: usize,
    ) {
        let component = ComponentId::parse("c").unwrap();
        let mut sources = Sources::default();
        for (index, (at, name, old_status, new_status)) in changes.iter().enumerate() {
            sources
                .said
                .entry(component.clone())
                .or_default()
                .push(Said {
                    at: hour(*at),
                    incident_id: incident(name),
                    update_id: format!("u{index}"),
                    index: 0,
                    old_status: *old_status,
                    new_status: *new_status,
                });
            let ended = resolved.iter().find(|(own, _)| own == name);
            sources.owners.insert(
                incident(name),
                Owner {
                    holder: Holder::Incident(incident(name)),
                    resolved_at: ended.map(|(_, at)| hour(*at)),
                },
            );
        }
        if let Some(last) = last {
            sources.last.insert(component, last);
        }
        let mut reversed = sources.clone();
        reversed.said.values_mut().for_each(|said| said.reverse());
        let found = history(&sources);
        assert_eq!(found.claims, history(&reversed).claims);
        assert_eq!(found.inferred.len(), inferred_count);
        let mut claims: Vec<&Claim> = found.claims.values().map(|told| &told.claim).collect();
        claims.sort_by_key(|claim| claim.from);
        let shown: Vec<String> = claims
            .iter()
            .map(|claim| {
                let holder = claim
                    .holder
                    .incident_id()
                    .map_or("standing", IncidentId::as_str);
                let to = claim
                    .to
                    .map_or("now".to_owned(), |to| (to.micros() / HOUR_US).to_string());
                let from = claim.from.micros() / HOUR_US;
                format!("{holder} {} {from}-{to}", claim.status.as_str())
            })
            .collect();
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_change_overrides_what_stood() {
        check(
            &[(1, "a", UP, BAD), (2, "b", BAD, SLOW), (3, "a", SLOW, UP)],
            &[("a", 3), ("b", 4)],
            None,
            &["a partial_outage 1-2", "b degraded_performance 2-3"],
            0,
        );
    }

    #[test]
    fn a_word_said_again_goes_on_as_one_claim() {
        check(
            &[(1, "a", UP, BAD), (2, "a", BAD, BAD), (3, "a", BAD, UP)],
            &[("a", 3)],
            None,
            &["a partial_outage 1-3"],
            0,
        );
    }

    #[test]
    fn what_outlasts_its_incident_passes_to_standing() {
        check(
            &[(1, "a", UP, BAD), (5, "b", BAD, UP)],
            &[("a", 3), ("b", 5)],
            None,
            &["a partial_outage 1-3", "standing partial_outage 3-5"],
            0,
        );
    }

    #[test]
    fn a_change_not_seen_is_placed_where_the_incident_was_resolved() {
        check(
            &[(1, "a", UP, BAD), (5, "b", UP, SLOW), (6, "b", SLOW, UP)],
            &[("a", 3), ("b", 6)],
            None,
            &["a partial_outage 1-3", "b degraded_performance 5-6"],
            1,
        );
    }

    #[test]
    fn a_gap_has_the_status_that_the_next_change_found() {
        check(
            &[(1, "a", UP, UP), (5, "b", SLOW, UP)],
            &[("a", 3), ("b", 6)],
            None,
            &["standing degraded_performance 3-5"],
            1,
        );
    }

    #[test]
    fn a_change_not_seen_is_placed_at_the_next_change_where_that_comes_first() {
        check(
            &[(1, "a", UP, BAD), (2, "b", UP, SLOW), (3, "b", SLOW, UP)],
            &[("a", 9), ("b", 3)],
            None,
            &["a partial_outage 1-2", "b degraded_performance 2-3"],
            1,
        );
    }

    #[test]
    fn an_incident_resolved_with_a_bad_status_left_nothing_when_the_next_found_none() {
        check(
            &[(1, "a", UP, SLOW), (3, "a", SLOW, BAD), (8, "b", UP, UP)],
            &[("a", 3), ("b", 9)],
            None,
            &["a degraded_performance 1-3"],
            1,
        );
    }

    #[test]
    fn the_component_list_counts_as_a_last_change() {
        check(
            &[(1, "a", UP, BAD)],
            &[("a", 3)],
            Some(Last::Listed(UP, hour(7))),
            &["a partial_outage 1-3"],
            1,
        );
        check(
            &[(1, "a", UP, UP)],
            &[("a", 3)],
            Some(Last::Listed(SLOW, hour(7))),
            &["standing degraded_performance 3-now"],
            1,
        );
        check(
            &[],
            &[],
            Some(Last::Listed(SLOW, hour(7))),
            &["standing degraded_performance 7-now"],
            1,
        );
        check(
            &[(1, "a", UP, BAD)],
            &[],
            Some(Last::Listed(BAD, hour(0))),
            &["a partial_outage 1-now"],
            0,
        );
    }

    #[test]
    fn claims_of_a_component_that_is_gone_end_with_it() {
        check(
            &[(1, "a", UP, BAD)],
            &[],
            Some(Last::Retired(hour(4))),
            &["a partial_outage 1-4"],
            0,
        );
    }

    proptest! {
        #[test]
        fn whatever_was_said_claims_do_not_overlap_and_say_what_was_said_last(
            changes in proptest::collection::vec((0_i64..30, 0_usize..3, 0_usize..4, 0_usize..4), 0..40),
            ends in proptest::collection::vec(proptest::option::of(0_i64..40), 3),
        ) {
            let statuses = [UP, BAD, SLOW, Status::MajorOutage];
            let names = ["a", "b", "c"].map(incident);
            let component = ComponentId::parse("c").unwrap();
            let mut sources = Sources::default();
            for (name, end) in names.iter().zip(ends) {
                let holder = Holder::Incident(name.clone());
                let owner = Owner { holder, resolved_at: end.map(hour) };
                sources.owners.insert(name.clone(), owner);
            }
            let said = changes.iter().enumerate().map(|(index, (at, owner, old, new))| Said {
                at: hour(*at),
                incident_id: names[*owner].clone(),
                update_id: format!("u{index:02}"),
                index: 0,
                old_status: statuses[*old],
                new_status: statuses[*new],
            });
            let mut said: Vec<Said> = said.collect();
            sources.said.insert(component, said.clone());
            let mut claims: Vec<Claim> =
                history(&sources).claims.into_values().map(|told| told.claim).collect();
            claims.sort_by_key(|claim| claim.from);
            for pair in claims.windows(2) {
                prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from));
            }
            said.sort();
            for (index, change) in said.iter().enumerate() {
                if said.get(index + 1).is_some_and(|next| next.at == change.at) {
                    continue;
                }
                // An incident resolved before it spoke leaves its word only where the next agrees.
                let next = said.get(index + 1);
                if next.is_some_and(|next| next.old_status != change.new_status) {
                    continue;
                }
                let covers = |claim: &&Claim| {
                    claim.from <= change.at && claim.to.is_none_or(|to| change.at < to)
                };
                let stands = claims.iter().find(covers).map_or(UP, |claim| claim.status);
                prop_assert_eq!(stands, change.new_status);
            }
        }
    }
}
