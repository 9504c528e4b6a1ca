//! What an import would write: a record compared with what the page holds. Pure.
//!
//! Incidents are compared by digest. Claims are compared three ways: the history worked out from
//! the imported facts that the page holds, the one worked out from the source, and what stands.
//! Only what the source changed is written, so that what people did here since stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use noroshi_domain::{
    Claim, ClaimId, Component, ComponentId, Fact, FactKey, FactKind, ImportedFacts, Incident,
    IncidentId, IncidentKind, Instant, Lifecycle, Locale, Page, Texts, Update,
};
use serde::Serialize;

use super::facts::{Facts, digest, facts};
use super::history::{History, Inferred, Last, Owner, Said, Sources, history};
use super::record::Record;

/// What an imported incident's source is called.
pub const SOURCE: &str = "statuspage";
/// Why an incident that left its source is deleted.
pub const GONE: &str = "gone from the source";
/// How many facts an entry of components or of claims holds at most.
const ENTRY_FACTS_MAX: usize = 200;

/// What the page holds now.
#[derive(Debug, Clone)]
pub struct Existing {
    locale: Locale,
    facts: BTreeMap<FactKey, Fact>,
}

impl Existing {
    /// The page's groups, components, claims, incidents and updates (others do no harm).
    pub fn new(page: &Page, facts: impl IntoIterator<Item = Fact>) -> Self {
        Self {
            locale: page.default_locale,
            facts: facts.into_iter().map(|fact| (fact.key(), fact)).collect(),
        }
    }

    pub(super) const fn locale(&self) -> Locale {
        self.locale
    }

    pub(super) fn get(&self, key: &FactKey) -> Option<&Fact> {
        self.facts.get(key)
    }

    pub(super) fn incident(&self, id: &IncidentId) -> Option<&Incident> {
        match self.find(FactKind::Incident, id.as_str())? {
            Fact::Incident(incident) => Some(incident),
            _ => None,
        }
    }

    fn find(&self, kind: FactKind, id: &str) -> Option<&Fact> {
        self.facts.get(&FactKey {
            kind,
            id: id.to_owned(),
        })
    }

    fn component(&self, id: &ComponentId) -> Option<&Component> {
        match self.find(FactKind::Component, id.as_str())? {
            Fact::Component(component) => Some(component),
            _ => None,
        }
    }

    fn claim(&self, id: &ClaimId) -> Option<&Claim> {
        match self.find(FactKind::Claim, id.as_str())? {
            Fact::Claim(claim) => Some(claim),
            _ => None,
        }
    }

    fn imported_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.facts.values().filter_map(|fact| match fact {
            Fact::Incident(incident) => incident
                .source
                .as_ref()
                .is_some_and(|source| source.from == SOURCE)
                .then_some(&**incident),
            _ => None,
        })
    }

    fn updates(&self) -> BTreeMap<&IncidentId, Vec<Update>> {
        let mut updates: BTreeMap<&IncidentId, Vec<Update>> = BTreeMap::new();
        for fact in self.facts.values() {
            if let Fact::Update(update) = fact {
                let own = updates.entry(&update.incident_id).or_default();
                own.push((**update).clone());
            }
        }
        updates
    }
}

/// What would become of incidents and maintenances, by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct IncidentDiff {
    /// Not here yet.
    pub new: Vec<IncidentId>,
    /// Changed in the source.
    pub changed: Vec<IncidentId>,
    /// Gone from a complete source.
    pub gone: Vec<IncidentId>,
    /// Changed or gone in the source, but edited here since: left as they are.
    pub edited_here: Vec<IncidentId>,
    /// How many are the same.
    pub unchanged_count: usize,
}

/// What would become of components and groups, by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ComponentDiff {
    /// Not here yet.
    pub new: Vec<String>,
    /// Changed in the source.
    pub changed: Vec<String>,
    /// No longer listed, or groups without members.
    pub retired: Vec<String>,
    /// Edited here since: left as they are.
    pub edited_here: Vec<String>,
    /// How many are the same.
    pub unchanged_count: usize,
}

/// What an import would change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Diff {
    /// Incidents and maintenances.
    pub incidents: IncidentDiff,
    /// Components and groups.
    pub components: ComponentDiff,
}

/// What was read and worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Incidents and maintenances in the source.
    pub incident_count: usize,
    /// Their updates.
    pub update_count: usize,
    /// Components, retired ones too.
    pub component_count: usize,
    /// Claims the history gives.
    pub claim_count: usize,
    /// Changes nobody told of, placed by rule.
    pub inferred_count: usize,
    /// Those changes.
    pub inferred: Vec<Inferred>,
    /// Whether every incident is in the source.
    pub incidents_complete: bool,
    /// Whether every maintenance is.
    pub maintenances_complete: bool,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// What to write, and what that means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// One `Command::Import` each, in this order.
    pub entries: Vec<ImportedFacts>,
    /// The difference.
    pub diff: Diff,
    /// What was read.
    pub summary: Summary,
}

/// Compares a record with what the page holds.
pub fn plan(record: &Record, existing: &Existing, now: Instant) -> Plan {
    let wanted = facts(record, existing);
    let mut planning = Planning {
        record,
        existing,
        here: existing.updates(),
        wanted,
        now,
        diff: Diff::default(),
        first: Vec::new(),
        bodies: BTreeMap::new(),
    };
    planning.compare_components();
    planning.compare_incidents();
    let after = planning.after();
    let entries = planning.entries(&after);
    let summary = planning.summary(after);
    Plan {
        entries,
        diff: planning.diff,
        summary,
    }
}

/// Rows to put and to drop.
#[derive(Debug, Clone, Default)]
struct Rows {
    put: Vec<Fact>,
    drop: Vec<FactKey>,
}

impl Rows {
    fn add(&mut self, other: Self) {
        self.put.extend(other.put);
        self.drop.extend(other.drop);
    }
}

struct Planning<'a> {
    record: &'a Record,
    existing: &'a Existing,
    /// Updates the page holds.
    here: BTreeMap<&'a IncidentId, Vec<Update>>,
    wanted: Facts,
    now: Instant,
    diff: Diff,
    /// Groups and components.
    first: Vec<Rows>,
    /// Incidents to write, with their updates.
    bodies: BTreeMap<IncidentId, Rows>,
}

impl Planning<'_> {
    fn compare_components(&mut self) {
        let mut rows = Rows::default();
        for group in self.wanted.groups.values() {
            let old = self.existing.find(FactKind::Group, group.id.as_str());
            let (same, newer) = match old {
                Some(Fact::Group(old)) => {
                    let mut dated = old.clone();
                    dated.updated_at = group.updated_at;
                    dated.edited_seq = group.edited_seq;
                    (dated == *group, group.updated_at > old.updated_at)
                }
                _ => (false, true),
            };
            let new = Fact::Group(group.clone());
            note(
                &mut self.diff.components,
                &mut rows,
                new,
                (old.is_none(), same, newer),
            );
        }
        let read_at = self.record.until();
        for component in self.wanted.components.values() {
            let old = self.existing.component(&component.id);
            let component = &laid_over(old, component, self.existing.locale);
            let same = old.is_some_and(|old| {
                let mut dated = old.clone();
                dated.updated_at = component.updated_at;
                dated == *component
            });
            let newer = old.is_none_or(|old| match (old.retired_at, component.retired_at) {
                // Brought back here after the source was read: somebody wants it.
                (None, Some(_)) => old.updated_at <= read_at,
                (Some(_), _) => false,
                (None, None) => component.updated_at > old.updated_at,
            });
            let retires = component.retired_at.is_some();
            let diff = &mut self.diff.components;
            let new = Fact::Component(Box::new(component.clone()));
            let written = note(diff, &mut rows, new, (old.is_none(), same, newer));
            if written && retires && old.is_some() {
                diff.changed.pop();
                diff.retired.push(component.id.to_string());
            }
        }
        self.drop_left_groups(&mut rows);
        self.first = chunks(&rows);
    }

    /// A group goes when its last member leaves it.
    fn drop_left_groups(&mut self, rows: &mut Rows) {
        let mut members: BTreeMap<&str, &Component> = BTreeMap::new();
        for fact in self.existing.facts.values().chain(&rows.put) {
            if let Fact::Component(component) = fact {
                members.insert(component.id.as_str(), component);
            }
        }
        let kept: BTreeSet<String> = members
            .values()
            .filter(|component| component.retired_at.is_none())
            .filter_map(|component| component.group_id.as_ref())
            .map(ToString::to_string)
            .collect();
        for key in self.existing.facts.keys() {
            if key.kind == FactKind::Group && !kept.contains(&key.id) {
                self.diff.components.retired.push(key.id.clone());
                rows.drop.push(key.clone());
            }
        }
    }

    fn compare_incidents(&mut self) {
        for (id, new) in &self.wanted.incidents {
            let Some(old) = self.existing.incident(id) else {
                self.diff.incidents.new.push(id.clone());
                let put = self.body(id);
                self.bodies.insert(id.clone(), put);
                continue;
            };
            let source = |incident: &Incident| {
                let source = incident.source.as_ref();
                source.map(|source| source.digest.clone())
            };
            let same = source(old) == source(&new.incident);
            if same && !was_gone(old) {
                self.diff.incidents.unchanged_count += 1;
            } else if self.is_edited(old) {
                self.diff.incidents.edited_here.push(id.clone());
            } else {
                self.diff.incidents.changed.push(id.clone());
                self.bodies.insert(id.clone(), self.body(id));
            }
        }
        for old in self.existing.imported_incidents() {
            if self.wanted.incidents.contains_key(&old.id) || old.deleted_at.is_some() {
                continue;
            }
            let complete = match old.kind {
                IncidentKind::Incident => self.record.complete.incidents,
                IncidentKind::Maintenance => self.record.complete.maintenances,
            };
            if !complete {
                self.diff.incidents.unchanged_count += 1;
            } else if self.is_edited(old) {
                self.diff.incidents.edited_here.push(old.id.clone());
            } else {
                self.diff.incidents.gone.push(old.id.clone());
                let mut gone = old.clone();
                gone.deleted_at = Some(self.now);
                gone.deleted_reason = Some(GONE.to_owned());
                let put = vec![Fact::Incident(Box::new(gone))];
                let rows = Rows { put, drop: vec![] };
                self.bodies.insert(old.id.clone(), rows);
            }
        }
    }

    /// Whether an imported incident is no longer what its import made.
    fn is_edited(&self, old: &Incident) -> bool {
        let updates = self.here.get(&old.id).map_or(&[][..], Vec::as_slice);
        old.source
            .as_ref()
            .is_some_and(|source| source.digest != digest(old, updates))
    }

    /// The rows of an incident that differ from what stands.
    fn body(&self, id: &IncidentId) -> Rows {
        let new = &self.wanted.incidents[id];
        let mut rows = Rows::default();
        let updates = new.updates.iter().cloned().map(Box::new).map(Fact::Update);
        let incident = Fact::Incident(Box::new(new.incident.clone()));
        rows.put = std::iter::once(incident)
            .chain(updates)
            .filter(|fact| self.existing.get(&fact.key()) != Some(fact))
            .collect();
        let kept: BTreeSet<_> = new.updates.iter().map(|update| &update.id).collect();
        let here = self.here.get(id).into_iter().flatten();
        rows.drop = here
            .filter(|update| !kept.contains(&update.id))
            .map(|update| Fact::Update(Box::new(update.clone())).key())
            .collect();
        rows
    }

    /// The history once the entries are written.
    fn after(&self) -> History {
        let mut sources = Sources::default();
        for (id, new) in &self.wanted.incidents {
            if !self.diff.incidents.edited_here.contains(id) {
                add(&mut sources, &new.incident, &new.updates, self.now);
            }
        }
        for old in self.existing.imported_incidents() {
            let edited = self.diff.incidents.edited_here.contains(&old.id);
            if self.wanted.incidents.contains_key(&old.id) && !edited {
                continue;
            }
            let mut old = old.clone();
            if self.diff.incidents.gone.contains(&old.id) {
                old.deleted_at = Some(self.now);
            }
            let updates = self.here.get(&old.id).map_or(&[][..], Vec::as_slice);
            add(&mut sources, &old, updates, self.now);
        }
        for (id, component) in &self.wanted.components {
            if let Some(retired_at) = component.retired_at {
                sources.last.insert(id.clone(), Last::Retired(retired_at));
            } else if let Some((status, at)) = self.wanted.listed.get(id)
                && self.record.listed.is_some()
            {
                sources.last.insert(id.clone(), Last::Listed(*status, *at));
            }
        }
        history(&sources)
    }

    /// The history of what was imported before, as it stands here.
    fn before(&self) -> History {
        let mut sources = Sources::default();
        for old in self.existing.imported_incidents() {
            let updates = self.here.get(&old.id).map_or(&[][..], Vec::as_slice);
            add(&mut sources, old, updates, self.now);
        }
        for fact in self.existing.facts.values() {
            if let Fact::Component(component) = fact
                && let Some(retired_at) = component.retired_at
            {
                let last = Last::Retired(retired_at);
                sources.last.insert(component.id.clone(), last);
            }
        }
        history(&sources)
    }

    /// Claims the source changed, by the incident whose entry they belong to.
    fn claims(&self, after: &History) -> BTreeMap<Option<IncidentId>, Rows> {
        let before = self.before();
        let mut changes: BTreeMap<Option<IncidentId>, Rows> = BTreeMap::new();
        for (id, told) in &after.claims {
            let same = before
                .claims
                .get(id)
                .is_some_and(|old| old.claim == told.claim);
            if !same && self.existing.claim(id) != Some(&told.claim) {
                let rows = changes.entry(told.incident_id.clone()).or_default();
                rows.put.push(Fact::Claim(told.claim.clone()));
            }
        }
        for (id, told) in &before.claims {
            if let (None, Some(claim)) = (after.claims.get(id), self.existing.claim(id)) {
                let rows = changes.entry(told.incident_id.clone()).or_default();
                rows.drop.push(Fact::Claim(claim.clone()).key());
            }
        }
        changes
    }

    fn entries(&mut self, after: &History) -> Vec<ImportedFacts> {
        let mut entries: Vec<ImportedFacts> = std::mem::take(&mut self.first)
            .into_iter()
            .map(|rows| entry("record_imported", "", rows))
            .collect();
        let mut claims = self.claims(after);
        let last = claims.remove(&None).unwrap_or_default();
        let mut bodies = std::mem::take(&mut self.bodies);
        // An import that was cut off is finished by the next one. That one works "before" out
        // from the incidents here, so claims of incidents that are here already go first, but
        // where only one of them changes: then it and its claims are one entry.
        let known = |id: &IncidentId| self.existing.incident(id).is_some();
        let alone = bodies.keys().filter(|id| known(id)).count() <= 1;
        let mut others = Vec::new();
        for (id, rows) in claims
            .into_iter()
            .filter_map(|(id, rows)| Some((id?, rows)))
        {
            match bodies.get_mut(&id) {
                Some(body) if alone || !known(&id) => body.add(rows),
                _ => others.push((id, rows)),
            }
        }
        for (id, rows) in others {
            entries.push(entry("incident_imported", id.as_str(), rows));
        }
        let mut ordered: Vec<(bool, Instant, IncidentId)> = bodies
            .keys()
            .map(|id| (!known(id), self.made_at(id), id.clone()))
            .collect();
        ordered.sort();
        for (_, _, id) in ordered {
            let rows = bodies.remove(&id).unwrap_or_default();
            entries.push(entry("incident_imported", id.as_str(), rows));
        }
        let last = chunks(&last).into_iter();
        entries.extend(last.map(|rows| entry("record_imported", "", rows)));
        for entry in &mut entries {
            entry.windows = self.windows(entry);
        }
        entries
    }

    /// Where the claims stand now that an entry changes or drops: the lanes of the past that
    /// deciding it has to know.
    fn windows(&self, entry: &ImportedFacts) -> Vec<(ComponentId, Instant, Instant)> {
        let keys = entry
            .put
            .iter()
            .map(Fact::key)
            .chain(entry.drop.iter().cloned());
        keys.filter_map(|key| match self.existing.get(&key)? {
            Fact::Claim(claim) => {
                let to = claim.to.unwrap_or(Instant::MAX);
                Some((claim.component_id.clone(), claim.from, to))
            }
            _ => None,
        })
        .collect()
    }

    fn made_at(&self, id: &IncidentId) -> Instant {
        let wanted = self
            .wanted
            .incidents
            .get(id)
            .map(|new| new.incident.created_at);
        wanted.unwrap_or_default()
    }

    fn summary(&self, after: History) -> Summary {
        let mut warnings = self.record.warnings.clone();
        if self.record.listed.is_none() {
            warnings.push("the source lists no components: none is retired".to_owned());
        }
        for new in self.wanted.incidents.values() {
            if new.incident.lifecycle == Lifecycle::Scheduled {
                warnings.push(format!(
                    "maintenance {}: the source does not say what it does by itself; \
                     its automatic steps are off",
                    new.incident.id
                ));
            }
        }
        let complete = self.record.complete;
        if !(complete.incidents && complete.maintenances) {
            warnings.push("the source may not be complete: nothing is deleted for it".to_owned());
        }
        Summary {
            incident_count: self.record.incident_count(),
            update_count: self.record.update_count(),
            component_count: self.wanted.components.len(),
            claim_count: after.claims.len(),
            inferred_count: after.inferred.len(),
            inferred: after.inferred,
            incidents_complete: complete.incidents,
            maintenances_complete: complete.maintenances,
            warnings,
        }
    }
}

fn was_gone(incident: &Incident) -> bool {
    incident.deleted_at.is_some() && incident.deleted_reason.as_deref() == Some(GONE)
}

/// The source's fields over what stands: what a source can not say stays.
fn laid_over(old: Option<&Component>, new: &Component, locale: Locale) -> Component {
    let Some(old) = old else { return new.clone() };
    let texts = |old: &Texts, new: &Texts| {
        let others = old.iter().filter(|(own, _)| *own != locale);
        let ours = new.iter().chain(others);
        ours.map(|(own, text)| (own, text.to_owned())).collect()
    };
    Component {
        name: texts(&old.name, &new.name),
        description: texts(&old.description, &new.description),
        depends_on: old.depends_on.clone(),
        third_party: old.third_party,
        restricted: old.restricted,
        grace_s: old.grace_s,
        edited_seq: old.edited_seq,
        ..new.clone()
    }
}

/// Notes what becomes of a component or group; whether it is written.
fn note(
    diff: &mut ComponentDiff,
    rows: &mut Rows,
    fact: Fact,
    (absent, same, newer): (bool, bool, bool),
) -> bool {
    let code = fact.key().id;
    if same {
        diff.unchanged_count += 1;
        return false;
    }
    if !newer {
        diff.edited_here.push(code);
        return false;
    }
    let list = if absent {
        &mut diff.new
    } else {
        &mut diff.changed
    };
    list.push(code);
    rows.put.push(fact);
    true
}

fn add(sources: &mut Sources, incident: &Incident, updates: &[Update], now: Instant) {
    // Of one that is over and does not say since when, its last ending update does.
    let told = updates
        .iter()
        .filter(|update| update.lifecycle.is_over())
        .map(|update| update.display_at)
        .max();
    let over = incident.lifecycle.is_over();
    let resolved_at = incident.resolved_at.or(told.filter(|_| over));
    let ended_at = [resolved_at, incident.deleted_at]
        .into_iter()
        .flatten()
        .min();
    sources.owners.insert(
        incident.id.clone(),
        Owner {
            holder: incident.holder(),
            resolved_at: ended_at.filter(|ended_at| *ended_at <= now),
        },
    );
    for update in updates {
        for (index, affected) in update.affected.iter().enumerate() {
            let said = sources.said.entry(affected.code.clone()).or_default();
            said.push(Said {
                at: update.created_at,
                incident_id: incident.id.clone(),
                update_id: update.id.to_string(),
                index,
                old_status: affected.old_status,
                new_status: affected.new_status,
            });
        }
    }
}

fn entry(action: &str, subject: &str, rows: Rows) -> ImportedFacts {
    ImportedFacts {
        subject: subject.to_owned(),
        action: action.to_owned(),
        put: rows.put,
        drop: rows.drop,
        windows: Vec::new(),
    }
}

fn chunks(rows: &Rows) -> Vec<Rows> {
    let put = rows.put.chunks(ENTRY_FACTS_MAX).map(|put| Rows {
        put: put.to_vec(),
        drop: Vec::new(),
    });
    let drop = rows.drop.chunks(ENTRY_FACTS_MAX).map(|drop| Rows {
        put: Vec::new(),
        drop: drop.to_vec(),
    });
    put.chain(drop).collect()
}

impl fmt::Display for Diff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = |list: &[IncidentId]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (components, incidents) = (&self.components, &self.incidents);
        let sections = [
            (
                "components and groups",
                components.unchanged_count,
                [
                    ("new", components.new.clone()),
                    ("changed", components.changed.clone()),
                    ("retired", components.retired.clone()),
                    ("edited here, left alone", components.edited_here.clone()),
                ],
            ),
            (
                "incidents and maintenances",
                incidents.unchanged_count,
                [
                    ("new", ids(&incidents.new)),
                    ("changed", ids(&incidents.changed)),
                    ("gone from the source", ids(&incidents.gone)),
                    ("edited here, left alone", ids(&incidents.edited_here)),
                ],
            ),
        ];
        for (title, unchanged_count, lists) in sections {
            writeln!(formatter, "{title}: {unchanged_count} unchanged")?;
            for (word, codes) in lists {
                if codes.is_empty() {
                    continue;
                }
                let shown = codes
                    .iter()
                    .take(20)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", ");
                let rest = if codes.len() > 20 { ", …" } else { "" };
                writeln!(formatter, "  {word} ({}): {shown}{rest}", codes.len())?;
            }
        }
        Ok(())
    }
}
