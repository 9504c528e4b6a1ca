//! The table of facts: writing changes, reading rows back as facts.

use std::collections::BTreeMap;

use noroshi_domain::{
    Change, Claim, ComponentId, Fact, FactKey, FactKind, Head, IncidentId, Instant, Lane, Needs,
    PageId, Placement, Span, canonical,
};

use crate::catalogue::{
    DROP_FACT, FACTS_AFTER, FACTS_BY_HOLDER, FACTS_BY_ID, FACTS_BY_OWNER, FACTS_OF_ALL_TOUCHING,
    FACTS_TOUCHING, PARTS_OF_INCIDENTS, PUT_FACTS, Statement,
};
use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::journal;
use crate::store::Store;

/// How many rows one statement puts.
const PUT_MAX: usize = 500;

/// A row as it stands, for the check of the whole record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Its identifier among its kind.
    pub id: String,
    /// The fact as canonical JSON.
    pub body: String,
    /// What the indexes see: must equal [`Fact::placement`] of the body.
    pub placement: Placement,
    /// The incident or maintenance that a claim stands for, as the index sees it.
    pub holder: String,
}

impl FactRow {
    /// Whether its columns are those of a fact.
    pub fn stands_where(&self, fact: &Fact) -> bool {
        self.placement == fact.placement() && self.holder == holder(fact)
    }
}

impl Store {
    /// What a command needs of the past, and the head it stands at, in one snapshot.
    pub fn load(&self, page: &PageId, needs: &Needs) -> Result<(Head, Vec<Fact>), StoreError> {
        let mut tx = self.db.read()?;
        let head = journal::head(&mut tx, page)?.unwrap_or_else(Head::genesis);
        // An incident and a window may name the same fact.
        let mut found: BTreeMap<FactKey, Fact> = BTreeMap::new();
        let mut take = |facts: Vec<Fact>| {
            found.extend(facts.into_iter().map(|fact| (fact.key(), fact)));
        };
        let incidents: Vec<&str> = needs.incidents.iter().map(IncidentId::as_str).collect();
        if !incidents.is_empty() {
            take(by_id(&mut tx, page, FactKind::Incident, &incidents)?);
            take(parts_of(&mut tx, page, &incidents)?);
            take(by_holder(&mut tx, page, &incidents)?);
        }
        for (component, from, to) in &needs.windows {
            for kind in [
                FactKind::Claim,
                FactKind::Hold,
                FactKind::Policy,
                FactKind::Span,
            ] {
                let window = Window {
                    component: Some(component),
                    from: *from,
                    to: *to,
                };
                take(touching(&mut tx, page, kind, &window)?);
            }
        }
        Ok((head, found.into_values().collect()))
    }

    /// Rows of a kind after an identifier, by identifier: identifier and body.
    pub fn facts(
        &self,
        page: &PageId,
        kind: FactKind,
        after_id: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.fact_rows(page, kind, after_id, limit)?;
        Ok(rows.into_iter().map(|row| (row.id, row.body)).collect())
    }

    /// Rows of a kind after an identifier, by identifier, with their columns.
    pub fn fact_rows(
        &self,
        page: &PageId,
        kind: FactKind,
        after_id: &str,
        limit: u32,
    ) -> Result<Vec<FactRow>, StoreError> {
        let values = [
            page.as_str().into(),
            kind.as_str().into(),
            after_id.into(),
            limit.into(),
        ];
        let rows = self.db.read()?.query(&FACTS_AFTER, &values)?;
        rows.into_iter()
            .map(|mut row| {
                Ok(FactRow {
                    id: row.text(0)?,
                    body: row.text(1)?,
                    placement: Placement {
                        owner: row.text(2)?,
                        from: Instant::from_micros(row.int(4)?),
                        to: Instant::from_micros(row.int(5)?),
                    },
                    holder: row.text(3)?,
                })
            })
            .collect()
    }

    /// Spans of a lane that touch a window, of one component or of all, oldest first.
    #[expect(
        clippy::too_many_arguments,
        reason = "a lane, whose, from and to: four plain questions, and none belongs to another"
    )]
    pub fn spans_between(
        &self,
        page: &PageId,
        lane: Lane,
        component: Option<&ComponentId>,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<Span>, StoreError> {
        let window = Window {
            component,
            from,
            to,
        };
        let facts = touching(&mut self.db.read()?, page, FactKind::Span, &window)?;
        Ok(facts
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::Span(span) if span.lane == lane => Some(span),
                _ => None,
            })
            .collect())
    }

    /// Claims that touch a window, on one component or on all, oldest first.
    pub fn claims_between(
        &self,
        page: &PageId,
        component: Option<&ComponentId>,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<Claim>, StoreError> {
        let window = Window {
            component,
            from,
            to,
        };
        let facts = touching(&mut self.db.read()?, page, FactKind::Claim, &window)?;
        Ok(facts
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::Claim(claim) => Some(claim),
                _ => None,
            })
            .collect())
    }
}

/// A stretch of time of one component or of all.
struct Window<'a> {
    component: Option<&'a ComponentId>,
    from: Instant,
    to: Instant,
}

/// Makes changes, the last word on each row only.
pub(crate) fn apply(tx: &mut Tx<'_>, page: &PageId, changes: &[&Change]) -> Result<(), StoreError> {
    // A row named twice may not stand twice in one statement; the last change is what counts.
    let last: BTreeMap<FactKey, &Change> = changes
        .iter()
        .map(|change| (change.key(), *change))
        .collect();
    let mut rows = Vec::new();
    for (key, change) in &last {
        match change {
            Change::Put(fact) => rows.push(json_row(key, fact)),
            Change::Drop(key) => drop_fact(tx, page, key)?,
        }
    }
    for part in rows.chunks(PUT_MAX) {
        let array = serde_json::Value::from(part.to_vec()).to_string();
        tx.run(&PUT_FACTS, &[page.as_str().into(), array.into()])?;
    }
    Ok(())
}

fn json_row(key: &FactKey, fact: &Fact) -> serde_json::Value {
    let place = fact.placement();
    serde_json::json!([
        key.kind.as_str(),
        key.id,
        place.owner,
        holder(fact),
        place.from.micros(),
        place.to.micros(),
        canonical(fact),
    ])
}

fn drop_fact(tx: &mut Tx<'_>, page: &PageId, key: &FactKey) -> Result<(), StoreError> {
    let values = [
        page.as_str().into(),
        key.kind.as_str().into(),
        key.id.as_str().into(),
    ];
    tx.run(&DROP_FACT, &values).map(drop)
}

/// The incident or maintenance that a claim stands for; empty for all else.
fn holder(fact: &Fact) -> &str {
    match fact {
        Fact::Claim(claim) => claim.holder.incident_id().map_or("", |id| id.as_str()),
        _ => "",
    }
}

/// Facts of a kind with these identifiers.
pub(crate) fn by_id(
    tx: &mut Tx<'_>,
    page: &PageId,
    kind: FactKind,
    ids: &[&str],
) -> Result<Vec<Fact>, StoreError> {
    let values = [
        page.as_str().into(),
        kind.as_str().into(),
        json_texts(ids).into(),
    ];
    read(tx, &FACTS_BY_ID, &values)
}

/// Facts of a kind that belong to these.
pub(crate) fn by_owner(
    tx: &mut Tx<'_>,
    page: &PageId,
    kind: FactKind,
    owners: &[&str],
) -> Result<Vec<Fact>, StoreError> {
    let values = [
        page.as_str().into(),
        kind.as_str().into(),
        json_texts(owners).into(),
    ];
    read(tx, &FACTS_BY_OWNER, &values)
}

/// Updates and promises of these incidents and maintenances.
pub(crate) fn parts_of(
    tx: &mut Tx<'_>,
    page: &PageId,
    incidents: &[&str],
) -> Result<Vec<Fact>, StoreError> {
    let values = [page.as_str().into(), json_texts(incidents).into()];
    read(tx, &PARTS_OF_INCIDENTS, &values)
}

/// Claims of these incidents and maintenances.
pub(crate) fn by_holder(
    tx: &mut Tx<'_>,
    page: &PageId,
    holders: &[&str],
) -> Result<Vec<Fact>, StoreError> {
    let values = [page.as_str().into(), json_texts(holders).into()];
    read(tx, &FACTS_BY_HOLDER, &values)
}

/// Asks for `id, body` and reads the bodies.
pub(crate) fn read(
    tx: &mut Tx<'_>,
    statement: &Statement,
    values: &[Value],
) -> Result<Vec<Fact>, StoreError> {
    tx.query(statement, values)?.into_iter().map(fact).collect()
}

/// A list of texts as statements take it.
pub(crate) fn json_texts(texts: &[&str]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}

fn touching(
    tx: &mut Tx<'_>,
    page: &PageId,
    kind: FactKind,
    window: &Window<'_>,
) -> Result<Vec<Fact>, StoreError> {
    let (page, kind): (Value, Value) = (page.as_str().into(), kind.as_str().into());
    let (from, to): (Value, Value) = (window.from.micros().into(), window.to.micros().into());
    match window.component {
        Some(component) => {
            let values = [page, kind, component.as_str().into(), to, from];
            read(tx, &FACTS_TOUCHING, &values)
        }
        None => read(tx, &FACTS_OF_ALL_TOUCHING, &[page, kind, to, from]),
    }
}

fn fact(mut row: Row) -> Result<Fact, StoreError> {
    let id = row.text(0)?;
    serde_json::from_str(&row.text(1)?).map_err(|cause| StoreError::corrupt("facts", &id, &cause))
}
