//! Incidents and maintenances of the past: for archives, feeds and the compatible API.

use std::collections::BTreeMap;

use noroshi_domain::{
    Claim, Fact, FactKind, Incident, IncidentId, IncidentKind, IncidentRecord, Instant, PageId,
    Promise, Update,
};

use crate::catalogue::{INCIDENTS_BEFORE, INCIDENTS_OF_KIND_BEFORE, INCIDENTS_PART};
use crate::db::{Tx, Value};
use crate::error::StoreError;
use crate::facts::{by_holder, by_id, parts_of, read};
use crate::store::Store;

/// After every identifier there is: they are digits and lower-case letters.
const AFTER_ALL_IDS: &str = "~";

impl Store {
    /// Incidents and maintenances listed in `from..to`, newest first, hidden ones left out.
    pub fn incidents_between(
        &self,
        page: &PageId,
        from: Instant,
        to: Instant,
        limit: u32,
    ) -> Result<Vec<Incident>, StoreError> {
        listed(&mut self.db.read()?, page, limit, |before, batch| {
            let mut values = vec![page.as_str().into(), from.micros().into()];
            // Everything listed at `to` itself is outside.
            values.extend(before.unwrap_or_else(|| [to.micros().into(), "".into()]));
            values.push(batch);
            (&INCIDENTS_BEFORE, values)
        })
    }

    /// One incident or maintenance with all that belongs to it, a hidden one too.
    pub fn incident(
        &self,
        page: &PageId,
        id: &IncidentId,
    ) -> Result<Option<IncidentRecord>, StoreError> {
        let mut tx = self.db.read()?;
        let found = by_id(&mut tx, page, FactKind::Incident, &[id.as_str()])?;
        let incidents = found.into_iter().filter_map(incident_of).collect();
        Ok(records(&mut tx, page, incidents)?.pop())
    }

    /// Some of them by their identifiers, in the order asked for; those that are not there or
    /// hidden are left out.
    pub fn incidents_by_id(
        &self,
        page: &PageId,
        ids: &[IncidentId],
    ) -> Result<Vec<IncidentRecord>, StoreError> {
        let mut tx = self.db.read()?;
        let wanted: Vec<&str> = ids.iter().map(IncidentId::as_str).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let found = by_id(&mut tx, page, FactKind::Incident, &wanted)?;
        let mut found: BTreeMap<IncidentId, Incident> = found
            .into_iter()
            .filter_map(incident_of)
            .filter(|incident| incident.deleted_at.is_none())
            .map(|incident| (incident.id.clone(), incident))
            .collect();
        let incidents = ids.iter().filter_map(|id| found.remove(id)).collect();
        records(&mut tx, page, incidents)
    }

    /// A part of the list of all incidents and maintenances, by the instant they are listed under,
    /// the newest first, hidden ones left out, with all that belongs to them.
    pub fn incidents_part(
        &self,
        page: &PageId,
        (offset, limit): (u32, u32),
    ) -> Result<Vec<IncidentRecord>, StoreError> {
        let mut tx = self.db.read()?;
        let values = [page.as_str().into(), limit.into(), offset.into()];
        let found = read(&mut tx, &INCIDENTS_PART, &values)?;
        let part = found.into_iter().filter_map(incident_of).collect();
        records(&mut tx, page, part)
    }

    /// The newest incidents, maintenances or both, by the instant they are listed under, hidden
    /// ones left out, with all that belongs to them.
    pub fn newest_incidents(
        &self,
        page: &PageId,
        kind: Option<IncidentKind>,
        limit: u32,
    ) -> Result<Vec<IncidentRecord>, StoreError> {
        let mut tx = self.db.read()?;
        let incidents = listed(&mut tx, page, limit, |before, batch| {
            let first = || [i64::MAX.into(), AFTER_ALL_IDS.into()];
            let (statement, second) = match kind {
                None => (&INCIDENTS_BEFORE, i64::MIN.into()),
                Some(IncidentKind::Incident) => (&INCIDENTS_OF_KIND_BEFORE, "incident".into()),
                Some(IncidentKind::Maintenance) => {
                    (&INCIDENTS_OF_KIND_BEFORE, "maintenance".into())
                }
            };
            let mut values = vec![page.as_str().into(), second];
            values.extend(before.unwrap_or_else(first));
            values.push(batch);
            (statement, values)
        })?;
        records(&mut tx, page, incidents)
    }
}

/// Walks a list until it has `limit` that are not hidden. `ask` makes statement and values from
/// where the last batch ended (`None` at first) and from how many to ask for.
fn listed<'s>(
    tx: &mut Tx<'_>,
    page: &PageId,
    limit: u32,
    ask: impl Fn(Option<[Value; 2]>, Value) -> (&'s crate::catalogue::Statement, Vec<Value>),
) -> Result<Vec<Incident>, StoreError> {
    let limit = limit as usize;
    let mut incidents: Vec<Incident> = Vec::new();
    let mut before = None;
    while incidents.len() < limit {
        let batch = limit - incidents.len();
        let (statement, values) = ask(before, (batch as i64).into());
        let found = read(tx, statement, &values)?;
        let is_last = found.len() < batch;
        let found: Vec<Incident> = found.into_iter().filter_map(incident_of).collect();
        before = found
            .last()
            .map(|last| [last.listed_at.micros().into(), last.id.as_str().into()]);
        incidents.extend(found.into_iter().filter(|one| one.deleted_at.is_none()));
        if is_last {
            break;
        }
        if before.is_none() {
            let reason = "rows of kind incident hold something else";
            return Err(StoreError::corrupt("facts", page.as_str(), reason));
        }
    }
    Ok(incidents)
}

/// Adds to incidents what belongs to them, their order kept.
fn records(
    tx: &mut Tx<'_>,
    page: &PageId,
    incidents: Vec<Incident>,
) -> Result<Vec<IncidentRecord>, StoreError> {
    let ids: Vec<&str> = incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut updates: BTreeMap<IncidentId, Vec<Update>> = BTreeMap::new();
    let mut promises: BTreeMap<IncidentId, Vec<Promise>> = BTreeMap::new();
    let mut claims: BTreeMap<IncidentId, Vec<Claim>> = BTreeMap::new();
    let mut parts = parts_of(tx, page, &ids)?;
    parts.extend(by_holder(tx, page, &ids)?);
    for part in parts {
        match part {
            Fact::Update(update) => {
                let of = updates.entry(update.incident_id.clone()).or_default();
                of.push(*update);
            }
            Fact::Promise(promise) => {
                let of = promises.entry(promise.incident_id.clone()).or_default();
                of.push(*promise);
            }
            Fact::Claim(claim) => {
                if let Some(id) = claim.holder.incident_id() {
                    claims.entry(id.clone()).or_default().push(claim);
                }
            }
            _ => {}
        }
    }
    Ok(incidents
        .into_iter()
        .map(|incident| {
            let id = &incident.id;
            let mut record = IncidentRecord {
                updates: updates.remove(id).unwrap_or_default(),
                promises: promises.remove(id).unwrap_or_default(),
                claims: claims.remove(id).unwrap_or_default(),
                incident,
            };
            sort(&mut record);
            record
        })
        .collect())
}

fn sort(record: &mut IncidentRecord) {
    record.updates.sort_by(|one, two| {
        (two.display_at, two.created_at, &two.id).cmp(&(one.display_at, one.created_at, &one.id))
    });
    record
        .promises
        .sort_by(|one, two| (one.made_at, &one.id).cmp(&(two.made_at, &two.id)));
    record
        .claims
        .sort_by(|one, two| (one.from, &one.id).cmp(&(two.from, &two.id)));
}

fn incident_of(fact: Fact) -> Option<Incident> {
    match fact {
        Fact::Incident(incident) => Some(*incident),
        _ => None,
    }
}
