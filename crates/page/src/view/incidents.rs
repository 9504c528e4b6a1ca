//! Incidents as readers may see them: without what touches a restricted component.

use std::collections::HashMap;

use noroshi_domain::{
    Affected, Claim, ComponentId, Incident, IncidentKind, Instant, Lifecycle, Locale, Promise,
    Update,
};

use super::View;

/// Measured trouble this long before an incident still belongs to it, in seconds (DOMAIN "Clock
/// facts").
const MEASURED_BEFORE_S: i64 = 3600;

/// An incident or a maintenance with what readers may see of it.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Its updates, newest first.
    pub updates: Vec<ToldUpdate<'a>>,
    /// Its promises, oldest first.
    pub promises: Vec<&'a Promise>,
    /// Its claims on components that are not restricted.
    pub claims: Vec<&'a Claim>,
    /// Everything it touched that is not restricted: what is attached now, then what was.
    pub touched: Vec<Touched<'a>>,
}

/// An update with what readers may see of it.
#[derive(Debug, Clone)]
pub struct ToldUpdate<'a> {
    /// The update.
    pub fact: &'a Update,
    /// Components that are not restricted.
    pub affected: Vec<&'a Affected>,
    /// The lifecycle status of the update before it.
    pub before: Option<Lifecycle>,
}

/// A component as an incident touched it.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// Which.
    pub id: &'a ComponentId,
    /// Its name when it was last named, in the page's default locale; `None`: as it is now.
    pub snapshot: Option<&'a str>,
    /// It is attached now.
    pub attached: bool,
}

/// A stretch of time in which an incident touched a component.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Which incident.
    pub incident: &'a Incident,
    /// From when.
    pub from: Instant,
    /// Until when; now, where it lasts.
    pub to: Instant,
}

impl Told<'_> {
    /// From when it was felt: its impact, else its creation; a maintenance from its start.
    pub fn felt_from(&self) -> Instant {
        felt_from(self.incident)
    }

    /// Until when; `None` while it lasts.
    pub fn felt_to(&self) -> Option<Instant> {
        self.incident
            .impact_to
            .map(|time| time.at)
            .or(self.incident.resolved_at)
    }
}

fn felt_from(incident: &Incident) -> Instant {
    let told = match incident.kind {
        // `started_at` of a back-dated incident is when somebody typed it.
        IncidentKind::Incident => incident.created_at,
        IncidentKind::Maintenance => incident.started_at,
    };
    incident.impact_from.map_or(told, |time| time.at)
}

pub(super) fn told<'a>(
    view: &View<'_>,
    incident: &'a Incident,
    mut updates: Vec<&'a Update>,
    promises: Vec<&'a Promise>,
    mut claims: Vec<&'a Claim>,
) -> Told<'a> {
    updates.sort_by(|one, two| {
        (two.display_at, two.created_at, &two.id).cmp(&(one.display_at, one.created_at, &one.id))
    });
    let mut told: Vec<ToldUpdate<'a>> = Vec::with_capacity(updates.len());
    let mut before = None;
    for update in updates.into_iter().rev() {
        let affected = update
            .affected
            .iter()
            .filter(|affected| !view.is_restricted(&affected.code))
            .collect();
        told.push(ToldUpdate {
            fact: update,
            affected,
            before,
        });
        before = Some(update.lifecycle);
    }
    told.reverse();
    claims.retain(|claim| !view.is_restricted(&claim.component_id));
    claims.sort_by_key(|claim| (claim.from, &claim.id));
    let touched = touched(view, incident, &told, &claims);
    Told {
        incident,
        updates: told,
        promises,
        claims,
        touched,
    }
}

fn touched<'a>(
    view: &View<'_>,
    incident: &'a Incident,
    updates: &[ToldUpdate<'a>],
    claims: &[&'a Claim],
) -> Vec<Touched<'a>> {
    let attached = incident
        .components
        .iter()
        .filter(|id| !view.is_restricted(id))
        .map(|id| Touched {
            id,
            snapshot: None,
            attached: true,
        });
    let mut touched: Vec<Touched<'a>> = attached.collect();
    let mut place: HashMap<&ComponentId, usize> = touched
        .iter()
        .enumerate()
        .map(|(index, own)| (own.id, index))
        .collect();
    for affected in updates.iter().flat_map(|update| &update.affected) {
        let index = *place.entry(&affected.code).or_insert_with(|| {
            touched.push(Touched {
                id: &affected.code,
                snapshot: None,
                attached: false,
            });
            touched.len() - 1
        });
        touched[index].snapshot.get_or_insert(&affected.name);
    }
    for claim in claims {
        place.entry(&claim.component_id).or_insert_with(|| {
            touched.push(Touched {
                id: &claim.component_id,
                snapshot: None,
                attached: false,
            });
            touched.len() - 1
        });
    }
    touched
}

impl<'a> View<'a> {
    /// What a touched component is called for a reader: as it is now, else as it was then.
    pub fn name_of<'b>(&'b self, touched: &Touched<'b>, locale: Locale) -> &'b str {
        let known = self.system(touched.id).map(|system| system.fact);
        let now = known.map(|fact| self.pick(&fact.name, locale).0);
        // A component that was retired is gone from the page, but history keeps its name.
        now.or(touched.snapshot)
            .or_else(|| {
                let retired = self.state.components.get(touched.id)?;
                Some(self.pick(&retired.name, locale).0)
            })
            .unwrap_or(touched.id.as_str())
    }

    /// When each open component was touched by these incidents, oldest first.
    pub fn events<'b>(&'b self, told: &[Told<'b>]) -> HashMap<&'b ComponentId, Vec<Event<'b>>>
    where
        'a: 'b,
    {
        let mut events: HashMap<&ComponentId, Vec<Event<'_>>> = HashMap::new();
        for told in told {
            for touched in &told.touched {
                let Some(system) = self.system(touched.id) else {
                    continue;
                };
                let own = events.entry(&system.fact.id).or_default();
                own.extend(
                    self.windows(told, touched.id)
                        .into_iter()
                        .map(|(from, to)| Event {
                            incident: told.incident,
                            from,
                            to,
                        }),
                );
            }
        }
        for own in events.values_mut() {
            own.sort_by_key(|event| (event.from, &event.incident.id));
        }
        events
    }

    /// The claims there; else what was measured there meanwhile; else the incident's own time.
    fn windows(&self, told: &Told<'_>, component: &ComponentId) -> Vec<(Instant, Instant)> {
        if told.incident.lifecycle == Lifecycle::Scheduled {
            return Vec::new();
        }
        let claimed: Vec<(Instant, Instant)> = told
            .claims
            .iter()
            .filter(|claim| claim.component_id == *component)
            .map(|claim| (claim.from, claim.to.unwrap_or(self.now)))
            .collect();
        if !claimed.is_empty() {
            return claimed;
        }
        let from = told.felt_from();
        let to = told.felt_to().unwrap_or(self.now);
        let early = from.plus_seconds(-MEASURED_BEFORE_S);
        let measured: Vec<(Instant, Instant)> = self
            .system(component)
            .into_iter()
            .flat_map(|system| self.measured(&system.fact.id))
            .filter(|span| span.status.is_bad())
            .map(|span| (span.from, span.to.unwrap_or(self.now)))
            .filter(|(start, end)| *start < to && *end > early)
            .collect();
        if measured.is_empty() {
            vec![(from, to)]
        } else {
            measured
        }
    }

    /// All visible incidents of the live state with their parts.
    pub fn all_told(&self) -> Vec<Told<'a>> {
        self.incidents
            .iter()
            .filter_map(|incident| self.told(&incident.id))
            .collect()
    }
}
