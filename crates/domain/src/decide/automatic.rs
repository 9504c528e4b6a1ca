//! Automatic incidents: opened, told and ended by the measurement, until a person speaks.

use crate::automatic::{self, Step, Trouble};
use crate::command::{AutomaticWords, NewUpdate};
use crate::decide::NAME_CHARS_MAX;
use crate::decide::draft::{Draft, check_said};
use crate::decide::incident;
use crate::facts::{Fact, ImpactTime, Incident};
use crate::id::{ComponentId, IncidentId};
use crate::refusal::Refusal;
use crate::status::{Impact, IncidentKind, Lifecycle};

/// Makes the step that is due, in the words given for it; changes nothing when none is.
pub(super) fn step(draft: &mut Draft<'_>, words: &AutomaticWords) -> Result<(), Refusal> {
    draft.acts("clock", "");
    let Some(step) = automatic::due(&draft.state, draft.now) else {
        return Ok(());
    };
    let said = |lifecycle| NewUpdate {
        lifecycle: Some(lifecycle),
        body: words.body.clone(),
        ..NewUpdate::default()
    };
    match step {
        Step::Open { troubles } => open(draft, words, &troubles),
        Step::Worsen {
            incident_id,
            joined,
            ..
        } => {
            let mut incident = draft.incident(&incident_id)?;
            if !joined.is_empty() && !words.title.is_empty() {
                incident.name = words.title.clone();
                incident.edited_seq = Some(draft.seq());
            }
            let mut attach = incident.components.clone();
            attach.extend(components(&joined));
            draft.acts("update_posted", &incident_id);
            let update = NewUpdate {
                attach: Some(attach),
                ..said(Lifecycle::Investigating)
            };
            incident::post(draft, incident, &update)
        }
        Step::Watch { incident_id } => {
            let incident = draft.incident(&incident_id)?;
            draft.acts("update_posted", &incident_id);
            incident::post(draft, incident, &said(Lifecycle::Monitoring))
        }
        Step::Resolve {
            incident_id,
            good_since,
            ..
        } => {
            let mut incident = draft.incident(&incident_id)?;
            let began = incident.impact_from.map(|from| from.at);
            if began.is_none_or(|began| began < good_since) {
                incident.impact_to = Some(ImpactTime {
                    at: good_since,
                    about: false,
                });
            }
            draft.acts("update_posted", &incident_id);
            incident::post(draft, incident, &said(Lifecycle::Resolved))
        }
    }
}

fn open(
    draft: &mut Draft<'_>,
    words: &AutomaticWords,
    troubles: &[Trouble],
) -> Result<(), Refusal> {
    check_said("name", &words.title)?;
    draft.check_text("name", &words.title, NAME_CHARS_MAX)?;
    let id = IncidentId::from(draft.draw());
    let since = troubles.iter().map(|trouble| trouble.since).min();
    let incident = Incident {
        name: words.title.clone(),
        shortcode: IncidentId::from(draft.draw()).to_string(),
        automatic: true,
        impact_from: since.map(|at| ImpactTime { at, about: false }),
        first_published_at: Some(draft.now),
        ..Incident::new(id.clone(), IncidentKind::Incident, draft.now)
    };
    draft.acts("incident_opened", &id);
    let update = NewUpdate {
        lifecycle: Some(Lifecycle::Investigating),
        body: words.body.clone(),
        attach: Some(components(troubles).collect()),
        ..NewUpdate::default()
    };
    incident::post(draft, incident, &update)
}

fn components(troubles: &[Trouble]) -> impl Iterator<Item = ComponentId> + '_ {
    troubles.iter().map(|trouble| trouble.component_id.clone())
}

/// A person said a component's status: what a robot tells of it is the person's from now on.
pub(super) fn end_part_for(draft: &mut Draft<'_>, component: &ComponentId) {
    let told: Vec<Incident> = draft
        .state
        .incidents
        .values()
        .filter(|incident| incident.automatic && incident.components.contains(component))
        .cloned()
        .collect();
    for incident in told {
        draft.put(Fact::Incident(Box::new(Incident {
            automatic: false,
            ..incident
        })));
    }
}

/// While it is open and a robot's, an incident's impact follows the worst public status of its
/// components, and never falls.
pub(super) fn follow_public(draft: &mut Draft<'_>) {
    let Some(incident) = automatic::untaken(&draft.state) else {
        return;
    };
    let worst = incident
        .components
        .iter()
        .map(|id| draft.state.public_at(id, draft.now))
        .filter(|status| status.is_bad())
        .max();
    let impact = worst.map_or(Impact::None, Impact::of_status);
    if impact > incident.impact {
        let incident = Incident {
            impact,
            ..incident.clone()
        };
        draft.put(Fact::Incident(Box::new(incident)));
    }
}
