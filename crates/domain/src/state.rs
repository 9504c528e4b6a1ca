//! A page's facts in memory: the live ones, or any set of them that was loaded.
//!
//! [`State::apply`] is the one meaning of a [`Change`], for memory, for replay and for checks.

use std::collections::BTreeMap;

use crate::facts::{
    Announcement, Change, Claim, Component, Fact, FactKey, FactKind, Group, Hold, Incident, Page,
    PolicySpan, Promise, Recurrence, Series, Span, Update,
};
use crate::id::{
    AnnouncementId, ClaimId, ComponentId, GroupId, HoldId, IncidentId, PromiseId, RecurrenceId,
    SeriesId, UpdateId,
};
use crate::journal::Head;
use crate::status::{Lane, Policy, Status};
use crate::time::Instant;

/// How many days of claims, spans and holds a live state keeps, today included. The 90-day
/// window, and one more for zones.
pub const STATE_DAYS: i64 = 92;
/// How many days of past incidents a live state keeps besides the open ones, today included.
pub const STATE_INCIDENT_DAYS: i64 = 92;

/// A page's facts, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The journal's end that these facts stand at.
    pub head: Head,
    /// The page.
    pub page: Page,
    /// Groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Components, retired ones too.
    pub components: BTreeMap<ComponentId, Component>,
    /// Policies, by component and start.
    pub policies: BTreeMap<(ComponentId, Instant), PolicySpan>,
    /// Claims.
    pub claims: BTreeMap<ClaimId, Claim>,
    /// Holds.
    pub holds: BTreeMap<HoldId, Hold>,
    /// Measured and public spans, by lane, component and start.
    pub spans: BTreeMap<(Lane, ComponentId, Instant), Span>,
    /// Incidents and maintenances.
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Updates, by incident and identifier.
    pub updates: BTreeMap<(IncidentId, UpdateId), Update>,
    /// Promises.
    pub promises: BTreeMap<PromiseId, Promise>,
    /// Recurrences.
    pub recurrences: BTreeMap<RecurrenceId, Recurrence>,
    /// Announcements.
    pub announcements: BTreeMap<AnnouncementId, Announcement>,
    /// Series.
    pub series: BTreeMap<SeriesId, Series>,
}

impl State {
    /// A page with nothing on it.
    pub fn new(page: Page, head: Head) -> Self {
        Self {
            head,
            page,
            groups: BTreeMap::new(),
            components: BTreeMap::new(),
            policies: BTreeMap::new(),
            claims: BTreeMap::new(),
            holds: BTreeMap::new(),
            spans: BTreeMap::new(),
            incidents: BTreeMap::new(),
            updates: BTreeMap::new(),
            promises: BTreeMap::new(),
            recurrences: BTreeMap::new(),
            announcements: BTreeMap::new(),
            series: BTreeMap::new(),
        }
    }

    /// Makes one change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(fact) => self.put(fact.clone()),
            Change::Drop(key) => self.drop_fact(key),
        }
    }

    /// Puts a fact in its place.
    pub fn put(&mut self, fact: Fact) {
        match fact {
            Fact::Page(page) => self.page = *page,
            Fact::Group(group) => drop(self.groups.insert(group.id.clone(), group)),
            Fact::Component(component) => {
                drop(self.components.insert(component.id.clone(), *component));
            }
            Fact::Policy(span) => {
                drop(
                    self.policies
                        .insert((span.component_id.clone(), span.from), span),
                );
            }
            Fact::Claim(claim) => drop(self.claims.insert(claim.id.clone(), claim)),
            Fact::Hold(hold) => drop(self.holds.insert(hold.id.clone(), hold)),
            Fact::Span(span) => {
                drop(
                    self.spans
                        .insert((span.lane, span.component_id.clone(), span.from), span),
                );
            }
            Fact::Incident(incident) => {
                drop(self.incidents.insert(incident.id.clone(), *incident));
            }
            Fact::Update(update) => {
                let key = (update.incident_id.clone(), update.id.clone());
                drop(self.updates.insert(key, *update));
            }
            Fact::Promise(promise) => drop(self.promises.insert(promise.id.clone(), *promise)),
            Fact::Recurrence(recurrence) => {
                drop(self.recurrences.insert(recurrence.id.clone(), *recurrence));
            }
            Fact::Announcement(announcement) => {
                drop(
                    self.announcements
                        .insert(announcement.id.clone(), announcement),
                );
            }
            Fact::Series(series) => drop(self.series.insert(series.id.clone(), series)),
        }
    }

    fn drop_fact(&mut self, key: &FactKey) {
        let id = key.id.as_str();
        match key.kind {
            FactKind::Page => {}
            FactKind::Group => self.groups.retain(|own, _| own.as_str() != id),
            FactKind::Component => self.components.retain(|own, _| own.as_str() != id),
            FactKind::Policy => {
                self.policies
                    .retain(|_, span| Fact::Policy(span.clone()).key().id != id);
            }
            FactKind::Claim => self.claims.retain(|own, _| own.as_str() != id),
            FactKind::Hold => self.holds.retain(|own, _| own.as_str() != id),
            FactKind::Span => {
                if let Some(span) = parse_span_key(id) {
                    self.spans.remove(&span);
                }
            }
            FactKind::Incident => self.incidents.retain(|own, _| own.as_str() != id),
            FactKind::Update => self.updates.retain(|(_, own), _| own.as_str() != id),
            FactKind::Promise => self.promises.retain(|own, _| own.as_str() != id),
            FactKind::Recurrence => self.recurrences.retain(|own, _| own.as_str() != id),
            FactKind::Announcement => self.announcements.retain(|own, _| own.as_str() != id),
            FactKind::Series => self.series.retain(|own, _| own.as_str() != id),
        }
    }

    /// Every fact, the page first.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::Page(Box::new(self.page.clone()))];
        facts.extend(self.groups.values().cloned().map(Fact::Group));
        facts.extend(
            self.components
                .values()
                .cloned()
                .map(Box::new)
                .map(Fact::Component),
        );
        facts.extend(self.policies.values().cloned().map(Fact::Policy));
        facts.extend(self.claims.values().cloned().map(Fact::Claim));
        facts.extend(self.holds.values().cloned().map(Fact::Hold));
        facts.extend(self.spans.values().cloned().map(Fact::Span));
        facts.extend(
            self.incidents
                .values()
                .cloned()
                .map(Box::new)
                .map(Fact::Incident),
        );
        facts.extend(
            self.updates
                .values()
                .cloned()
                .map(Box::new)
                .map(Fact::Update),
        );
        facts.extend(
            self.promises
                .values()
                .cloned()
                .map(Box::new)
                .map(Fact::Promise),
        );
        facts.extend(
            self.recurrences
                .values()
                .cloned()
                .map(Box::new)
                .map(Fact::Recurrence),
        );
        facts.extend(self.announcements.values().cloned().map(Fact::Announcement));
        facts.extend(self.series.values().cloned().map(Fact::Series));
        facts
    }

    /// An incident's updates that are not hidden, newest first by `display_at`.
    pub fn updates_of(&self, incident: &IncidentId) -> Vec<&Update> {
        let mut updates: Vec<&Update> = self
            .all_updates_of(incident)
            .filter(|update| update.hidden_at.is_none())
            .collect();
        updates.sort_by(|one, two| {
            (two.display_at, two.created_at, &two.id).cmp(&(
                one.display_at,
                one.created_at,
                &one.id,
            ))
        });
        updates
    }

    /// An incident's updates, hidden ones too, in no order that means anything.
    pub fn all_updates_of(&self, incident: &IncidentId) -> impl Iterator<Item = &Update> {
        let id = incident.clone();
        self.updates
            .range((incident.clone(), UpdateId::from_least())..)
            .take_while(move |((own, _), _)| *own == id)
            .map(|(_, update)| update)
    }

    /// An incident's promises, oldest first.
    pub fn promises_of(&self, incident: &IncidentId) -> Vec<&Promise> {
        let mut promises: Vec<&Promise> = self
            .promises
            .values()
            .filter(|promise| promise.incident_id == *incident)
            .collect();
        promises.sort_by_key(|promise| (promise.made_at, promise.id.clone()));
        promises
    }

    /// A component's spans of a lane, oldest first.
    pub fn spans_of<'a>(
        &'a self,
        lane: Lane,
        component: &'a ComponentId,
    ) -> impl DoubleEndedIterator<Item = &'a Span> + 'a {
        self.spans
            .range(
                (lane, component.clone(), Instant::MIN)..=(lane, component.clone(), Instant::MAX),
            )
            .map(|(_, span)| span)
    }

    /// What a component's public status is at an instant.
    pub fn public_at(&self, component: &ComponentId, at: Instant) -> Status {
        self.span_at(Lane::Public, component, at)
            .map_or(Status::Operational, |span| span.status)
    }

    /// What monitors say of a component at an instant; `None` where no monitor feeds it.
    pub fn measured_at(&self, component: &ComponentId, at: Instant) -> Option<Status> {
        self.span_at(Lane::Measured, component, at)
            .map(|span| span.status)
    }

    /// The span that covers an instant: spans of a lane never overlap, so it began last.
    fn span_at(&self, lane: Lane, component: &ComponentId, at: Instant) -> Option<&Span> {
        let first = (lane, component.clone(), Instant::MIN);
        let last = (lane, component.clone(), at);
        let (_, span) = self.spans.range(first..=last).next_back()?;
        span.to.is_none_or(|to| at < to).then_some(span)
    }

    /// The policy of a component at an instant.
    pub fn policy_at(&self, component: &ComponentId, at: Instant) -> Policy {
        self.policies
            .range(..=(component.clone(), at))
            .next_back()
            .filter(|((own, _), span)| own == component && span.to.is_none_or(|to| at < to))
            .map_or(Policy::Worst, |(_, span)| span.policy)
    }

    /// The hold that covers an instant.
    pub fn hold_at(&self, component: &ComponentId, at: Instant) -> Option<&Hold> {
        self.holds
            .values()
            .find(|hold| hold.component_id == *component && hold.from <= at && at < hold.to)
    }

    /// Open claims on a component.
    pub fn open_claims_on<'a>(
        &'a self,
        component: &'a ComponentId,
    ) -> impl Iterator<Item = &'a Claim> + 'a {
        self.claims
            .values()
            .filter(move |claim| claim.component_id == *component && claim.to.is_none())
    }

    /// Components that are not retired, top level by position, each group's after it.
    pub fn live_components(&self) -> Vec<&Component> {
        let mut live: Vec<&Component> = self
            .components
            .values()
            .filter(|component| component.retired_at.is_none())
            .collect();
        live.sort_by_key(|component| {
            let group = component
                .group_id
                .as_ref()
                .and_then(|id| self.groups.get(id));
            let top = group.map_or(component.position, |group| group.position);
            (
                top,
                group.map(|group| group.id.clone()),
                component.position,
                component.id.clone(),
            )
        });
        live
    }

    /// A group's components that are not retired, by position.
    pub fn members_of(&self, group: &GroupId) -> Vec<&Component> {
        let mut members: Vec<&Component> = self
            .components
            .values()
            .filter(|component| {
                component.retired_at.is_none() && component.group_id.as_ref() == Some(group)
            })
            .collect();
        members.sort_by_key(|component| (component.position, component.id.clone()));
        members
    }
}

pub(crate) fn parse_span_key(id: &str) -> Option<(Lane, ComponentId, Instant)> {
    let mut parts = id.splitn(3, '-');
    let lane = match parts.next()? {
        "d" => Lane::Declared,
        "m" => Lane::Measured,
        "p" => Lane::Public,
        _ => return None,
    };
    let component = ComponentId::parse(parts.next()?).ok()?;
    let from = parts.next()?.parse().ok()?;
    Some((lane, component, Instant::from_micros(from)))
}

impl UpdateId {
    /// Sorts before every identifier.
    fn from_least() -> Self {
        Self::parse("0").unwrap_or_else(|_| unreachable!("a digit is an identifier"))
    }
}
