//! What anyone may see of a page: its open things, at one instant.
//!
//! Every renderer takes a [`View`] and nothing else of a page, so what is restricted, retired or
//! deleted can not be shown by mistake. It is indexed once; no renderer walks all facts again.

mod incidents;
mod occurrences;
mod public_state;
mod systems;

use std::collections::{HashMap, HashSet};

use noroshi_domain::contradiction::{self, Contradiction};
use noroshi_domain::overall::{self, Overall, Sentence};
use noroshi_domain::uptime::Calendar;
use noroshi_domain::{
    Announcement, Claim, ComponentId, Head, Incident, IncidentId, IncidentRecord, Instant, Lane,
    Locale, Page, Promise, Span, State, Status, Texts, Weights,
};

pub use incidents::{Event, Told, ToldUpdate};
pub use occurrences::Occurrence;
pub use public_state::{read_state, state_json};
pub use systems::{Row, System, SystemGroup};

/// How many days the bars of a component show.
pub const BAR_DAYS: i64 = 90;
/// For how long clients of API v2 are not told that a component is not measured, in seconds.
pub const SILENCE_S: i64 = 600;

/// The open things of a page at an instant.
#[derive(Debug)]
pub struct View<'a> {
    state: &'a State,
    now: Instant,
    confirmed_at: Option<Instant>,
    systems: Vec<System<'a>>,
    groups: Vec<SystemGroup<'a>>,
    rows: Vec<Row>,
    by_component: HashMap<&'a ComponentId, usize>,
    restricted: HashSet<&'a ComponentId>,
    incidents: Vec<&'a Incident>,
    claims: HashMap<&'a IncidentId, Vec<&'a Claim>>,
    promises: HashMap<&'a IncidentId, Vec<&'a Promise>>,
    contradictions: Vec<Contradiction>,
    calendar: Calendar,
}

impl<'a> View<'a> {
    /// What is open of these facts at `now`.
    pub fn project(state: &'a State, now: Instant) -> Self {
        let restricted = state
            .components
            .values()
            .filter(|component| component.restricted)
            .map(|component| &component.id)
            .collect();
        Self::without(restricted, state, now)
    }

    /// What the team sees of these facts: restricted components too. For whoever is known and may
    /// see them, never for what is published.
    pub fn of_team(state: &'a State, now: Instant) -> Self {
        Self::without(HashSet::new(), state, now)
    }

    fn without(restricted: HashSet<&'a ComponentId>, state: &'a State, now: Instant) -> Self {
        let (systems, groups, rows) = systems::of(state, &restricted, now);
        let by_component = systems
            .iter()
            .enumerate()
            .map(|(index, system)| (&system.fact.id, index))
            .collect();
        let mut claims: HashMap<&IncidentId, Vec<&Claim>> = HashMap::new();
        for claim in state.claims.values() {
            if let Some(incident) = claim.holder.incident_id() {
                claims.entry(incident).or_default().push(claim);
            }
        }
        let mut promises: HashMap<&IncidentId, Vec<&Promise>> = HashMap::new();
        for promise in state.promises.values() {
            promises
                .entry(&promise.incident_id)
                .or_default()
                .push(promise);
        }
        for own in promises.values_mut() {
            own.sort_by_key(|promise| (promise.made_at, &promise.id));
        }
        let mut view = Self {
            state,
            now,
            confirmed_at: None,
            systems,
            groups,
            rows,
            by_component,
            restricted,
            incidents: Vec::new(),
            claims,
            promises,
            contradictions: Vec::new(),
            calendar: Calendar::last_days(&state.page.zone, BAR_DAYS, now),
        };
        view.incidents = view.visible_incidents();
        view.contradictions = view.public_contradictions();
        view
    }

    fn visible_incidents(&self) -> Vec<&'a Incident> {
        let state = self.state;
        let mut visible: Vec<&Incident> = state
            .incidents
            .values()
            .filter(|incident| {
                let claims = self.claims.get(&incident.id).map_or(&[][..], Vec::as_slice);
                self.shows(
                    incident,
                    state.all_updates_of(&incident.id),
                    claims.iter().copied(),
                )
            })
            .collect();
        visible.sort_by(|one, two| (two.listed_at, &two.id).cmp(&(one.listed_at, &one.id)));
        visible
    }

    fn public_contradictions(&self) -> Vec<Contradiction> {
        contradiction::open(self.state, self.now)
            .into_iter()
            .filter(|found| found.public_at.is_some_and(|at| at <= self.now))
            .filter(|found| self.by_component.contains_key(&found.component_id))
            .collect()
    }

    /// The same where the record can not be reached: nothing is known since this instant.
    #[must_use]
    pub fn last_confirmed(self, at: Instant) -> Self {
        Self {
            confirmed_at: Some(at),
            ..self
        }
    }

    /// When the record last answered, where it has not for long.
    pub const fn confirmed_at(&self) -> Option<Instant> {
        self.confirmed_at
    }

    /// The page itself.
    pub fn page(&self) -> &'a Page {
        &self.state.page
    }

    /// Where its journal ends.
    pub fn head(&self) -> &'a Head {
        &self.state.head
    }

    /// The instant it is seen at.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Weights of downtime.
    pub fn weights(&self) -> Weights {
        self.page().settings.weights.unwrap_or_default()
    }

    /// Open components in page order: top level by position, members within their group.
    pub fn systems(&self) -> &[System<'a>] {
        &self.systems
    }

    /// Groups with a visible member.
    pub fn groups(&self) -> &[SystemGroup<'a>] {
        &self.groups
    }

    /// Groups and single components in page order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// An open component by its code.
    pub fn system(&self, id: &ComponentId) -> Option<&System<'a>> {
        self.by_component.get(id).map(|index| &self.systems[*index])
    }

    /// The place of the group an open component stands in.
    pub fn group_of(&self, id: &ComponentId) -> Option<usize> {
        let group = self.system(id)?.fact.group_id.as_ref()?;
        self.groups.iter().position(|own| own.fact.id == *group)
    }

    /// What the monitors find of a component now.
    pub fn measured_status(&self, id: &ComponentId) -> Status {
        let spans = self.state.spans_of(Lane::Measured, id);
        let mut open = spans.filter(|span| span.to.is_none());
        open.next().map_or(Status::Operational, |span| span.status)
    }

    /// The last days, cut once.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Contradictions that readers are told of.
    pub fn contradictions(&self) -> &[Contradiction] {
        &self.contradictions
    }

    /// Whether everything is called operational while the checks see otherwise.
    pub fn is_all_well_doubted(&self) -> bool {
        self.overall().sentence == Sentence::AllOperational
            && self.systems.iter().any(|system| self.is_doubted(system))
    }

    /// Whether a component is called operational while the checks see otherwise.
    pub fn is_doubted(&self, system: &System<'_>) -> bool {
        system.status == Status::Operational
            && self
                .contradictions
                .iter()
                .any(|found| found.component_id == system.fact.id)
    }

    /// Visible incidents and maintenances of the live state, the latest listed first.
    pub fn incidents(&self) -> &[&'a Incident] {
        &self.incidents
    }

    /// Announcements that have begun, the newest first: what is to come is the team's until then.
    pub fn announcements(&self) -> Vec<&'a Announcement> {
        let announcements = self.state.announcements.values();
        let mut all: Vec<&Announcement> =
            announcements.filter(|one| one.from <= self.now).collect();
        all.sort_by(|one, two| (two.from, &two.id).cmp(&(one.from, &one.id)));
        all
    }

    /// The whole page in a word and a sentence: silence is told at once.
    pub fn overall(&self) -> Overall {
        self.overall_after(0)
    }

    /// The same for clients of API v2: silence is told after ten minutes.
    pub fn compatible_overall(&self) -> Overall {
        self.overall_after(SILENCE_S)
    }

    fn overall_after(&self, silence_s: i64) -> Overall {
        let statuses: Vec<Status> = self
            .systems
            .iter()
            .map(|system| system.compatible)
            .collect();
        let silent = self.systems.iter().any(|system| {
            system
                .unknown_since
                .is_some_and(|since| since.plus_seconds(silence_s) <= self.now)
        });
        overall::with_unknown(&statuses, silent)
    }

    /// Whether an incident with these parts is seen: not deleted, and it touches nothing or
    /// something that is not restricted.
    fn shows<'b>(
        &self,
        incident: &Incident,
        updates: impl Iterator<Item = &'b noroshi_domain::Update>,
        claims: impl Iterator<Item = &'b Claim>,
    ) -> bool {
        if incident.deleted_at.is_some() {
            return false;
        }
        if self.restricted.is_empty() {
            return true;
        }
        let mut touches_any = false;
        let mut open = |id: &ComponentId| {
            touches_any = true;
            !self.restricted.contains(id)
        };
        incident.components.iter().any(&mut open)
            || incident.affected_notes.keys().any(&mut open)
            || updates
                .flat_map(|update| &update.affected)
                .any(|affected| open(&affected.code))
            || claims.map(|claim| &claim.component_id).any(&mut open)
            || !touches_any
    }

    /// An incident of the live state as readers may see it.
    pub fn told(&self, id: &IncidentId) -> Option<Told<'a>> {
        let incident = self.state.incidents.get(id)?;
        let claims = self.claims.get(id).cloned().unwrap_or_default();
        let visible = self.shows(
            incident,
            self.state.all_updates_of(id),
            claims.iter().copied(),
        );
        visible.then(|| {
            let updates = self.state.updates_of(id);
            let promises = self.promises.get(id).cloned().unwrap_or_default();
            incidents::told(self, incident, updates, promises, claims)
        })
    }

    /// An incident of the archive as readers may see it; `None` where they may not.
    pub fn told_of<'b>(&self, record: &'b IncidentRecord) -> Option<Told<'b>>
    where
        'a: 'b,
    {
        let visible = self.shows(
            &record.incident,
            record.updates.iter(),
            record.claims.iter(),
        );
        visible.then(|| {
            let updates = record
                .updates
                .iter()
                .filter(|update| update.hidden_at.is_none())
                .collect();
            incidents::told(
                self,
                &record.incident,
                updates,
                record.promises.iter().collect(),
                record.claims.iter().collect(),
            )
        })
    }

    /// The first instant of the days that bars show.
    pub fn calendar_from(&self) -> Instant {
        self.calendar
            .bounds()
            .first()
            .map_or(self.now, |(_, from, _)| *from)
    }

    /// What of the live state may be shown or may have touched a day since either instant: open
    /// ones, those listed since, those that lasted until then or later.
    pub fn recent_told(&self, listed_since: Instant, touched_since: Instant) -> Vec<Told<'a>> {
        self.incidents
            .iter()
            .filter(|incident| {
                incident.is_open()
                    || incident.listed_at >= listed_since
                    || incident.resolved_at.is_none_or(|at| at >= touched_since)
                    || incident.updated_at >= touched_since
            })
            .filter_map(|incident| self.told(&incident.id))
            .collect()
    }

    /// A title that readers may follow, by its code, among the incidents of the live state.
    pub fn visible_incident(&self, id: &IncidentId) -> Option<&'a Incident> {
        self.told(id).map(|told| told.incident)
    }

    /// What monitors found of an open component, oldest first.
    fn measured(&self, id: &'a ComponentId) -> impl Iterator<Item = &'a Span> {
        self.state.spans_of(noroshi_domain::Lane::Measured, id)
    }

    /// A text in the page's default locale.
    pub fn plain<'b>(&self, texts: &'b Texts) -> &'b str {
        let default = self.page().default_locale;
        texts.pick(default, default).0
    }

    /// A text for a reader of a locale.
    pub fn pick<'b>(&self, texts: &'b Texts, locale: Locale) -> (&'b str, Locale) {
        texts.pick(locale, self.page().default_locale)
    }

    fn is_restricted(&self, id: &ComponentId) -> bool {
        self.restricted.contains(id)
    }
}
