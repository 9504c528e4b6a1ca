//! What recurrences plan beyond the maintenances that are made: occurrences to come.

use std::collections::HashMap;

use noroshi_domain::recur::Rule;
use noroshi_domain::{Incident, Instant, Recurrence, RecurrenceId};

use super::View;

/// A planned start that is not a maintenance yet.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence<'a> {
    /// What plans it.
    pub recurrence: &'a Recurrence,
    /// Its planned start.
    pub at: Instant,
    /// When its recurrence last made or changed a maintenance.
    pub stamped_at: Instant,
}

impl<'a> View<'a> {
    /// Occurrences of visible recurrences that start before `until` and are not made yet, at most
    /// `each_max` of a recurrence. The next one is made when the one before it starts, so none of
    /// these is among the incidents.
    pub fn occurrences(&self, until: Instant, each_max: usize) -> Vec<Occurrence<'a>> {
        let mut stamps: HashMap<&RecurrenceId, Instant> = HashMap::new();
        for incident in self.state.incidents.values() {
            if let Some(recurrence) = recurrence_of(incident) {
                let stamp = stamps.entry(recurrence).or_insert(incident.updated_at);
                *stamp = (*stamp).max(incident.updated_at);
            }
        }
        let mut occurrences = Vec::new();
        let planning =
            self.state.recurrences.values().filter(|recurrence| {
                recurrence.ended_at.is_none() && self.plans_openly(recurrence)
            });
        for recurrence in planning {
            // A rule that was taken can be read; one of an older version that can not plans nothing.
            let Ok(rule) = Rule::parse(&recurrence.rule) else {
                continue;
            };
            let stamped_at = stamps
                .get(&recurrence.id)
                .copied()
                .unwrap_or(self.state.page.created_at);
            occurrences.extend(
                rule.occurrences(&recurrence.zone, recurrence.first_at)
                    .skip_while(|at| *at <= recurrence.made_at)
                    .take_while(|at| *at < until)
                    .take(each_max)
                    .map(|at| Occurrence {
                        recurrence,
                        at,
                        stamped_at,
                    }),
            );
        }
        occurrences
    }

    /// How often the recurrence that made a maintenance was changed; 0 for one made by hand.
    pub fn sequence_of(&self, incident: &Incident) -> i64 {
        recurrence_of(incident)
            .and_then(|id| self.state.recurrences.get(id))
            .map_or(0, |recurrence| recurrence.sequence)
    }

    /// As of incidents: it touches nothing, or something that is not restricted.
    fn plans_openly(&self, recurrence: &Recurrence) -> bool {
        recurrence.components.is_empty()
            || recurrence
                .components
                .iter()
                .any(|component| !self.is_restricted(component))
    }
}

fn recurrence_of(incident: &Incident) -> Option<&RecurrenceId> {
    incident.plan.as_ref()?.recurrence_id.as_ref()
}
