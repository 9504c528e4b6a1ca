//! Private records: what is no fact of a page. Each has a version of its own; writing some of them
//! and saying so in the audit is one transaction, and touches no page's revision.

use noroshi_domain::{Instant, PageId};

use crate::catalogue::{
    ADD_AUDIT, ADD_RECORD, ADD_RECORD_KEY, AUDIT_BEFORE, AUDIT_OF_PAGE_BEFORE, CHANGE_RECORD,
    COUNT_RECORDS, DROP_RECORD, DROP_RECORD_KEYS, RECORD, RECORDS, RECORDS_BY_ID, RECORDS_BY_KEY,
};
use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::store::Store;

/// One private record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What kind: `user`, `token` …
    pub kind: String,
    /// Its identifier within the kind.
    pub id: String,
    /// The page it belongs to; none: the installation.
    pub page: Option<PageId>,
    /// Counts its writes from 1; given by the store, whatever is written here.
    pub version: i64,
    /// When it was made; kept from the first write.
    pub created_at: Instant,
    /// Its place in lists, ascending; the identifier decides between equals.
    pub sort: i64,
    /// JSON that only its owner reads.
    pub body: String,
    /// What it is found by; written, and not read back.
    pub keys: Vec<Key>,
}

/// Something a record is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Which: `email`, `hash` …
    pub name: String,
    /// Its value.
    pub value: String,
    /// No other record of the kind may have it.
    pub unique: bool,
}

/// Which part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// Behind this place and identifier; none: from the beginning.
    pub after: Option<(i64, String)>,
    /// So many of those are left out.
    pub offset: u32,
    /// So many at most.
    pub limit: u32,
}

impl Slice {
    /// The first so many.
    pub const fn first(limit: u32) -> Self {
        Self {
            after: None,
            offset: 0,
            limit,
        }
    }
}

/// One write of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordWrite {
    /// Puts a record.
    Put {
        /// What is to stand there.
        record: Record,
        /// The version that its writer saw; none: it is new.
        expected: Option<i64>,
    },
    /// Takes a record away. One that is not there makes the whole write stale: so something that
    /// may be used once is used once.
    Delete {
        /// What kind.
        kind: String,
        /// Which one.
        id: String,
    },
}

/// Whether records were written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// All of them.
    Done,
    /// None: one of them was changed, taken away or made meanwhile.
    Stale,
    /// None: another record has this key.
    Taken(Key),
}

/// Who did what to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, ascending with gaps; given by the store, whatever is written here.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// On which page; none: the installation.
    pub page: Option<PageId>,
    /// `user`, `token` …
    pub actor_kind: String,
    /// Which one.
    pub actor_id: String,
    /// What was done: `token_created` …
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which one.
    pub subject_id: String,
    /// What else is worth knowing, as JSON. No secrets.
    pub detail: String,
}

impl Store {
    /// A record.
    pub fn record(&self, kind: &str, id: &str) -> Result<Option<Record>, StoreError> {
        let found = self
            .db
            .read()?
            .query_one(&RECORD, &[kind.into(), id.into()])?;
        found.map(|row| record(kind, row)).transpose()
    }

    /// Records of a kind by their identifiers, in no order; those that are not there are left out.
    pub fn records_by_id(&self, kind: &str, ids: &[&str]) -> Result<Vec<Record>, StoreError> {
        let ids = serde_json::to_string(ids).expect("a list of texts is JSON");
        let values = [kind.into(), ids.into()];
        let rows = self.db.read()?.query(&RECORDS_BY_ID, &values)?;
        rows.into_iter().map(|row| record(kind, row)).collect()
    }

    /// Records of a kind that belong to a page, or to the installation, by their place.
    pub fn records(
        &self,
        kind: &str,
        page: Option<&PageId>,
        slice: &Slice,
    ) -> Result<Vec<Record>, StoreError> {
        let (sort, id) = slice
            .after
            .as_ref()
            .map_or((i64::MIN, ""), |(sort, id)| (*sort, id.as_str()));
        let values = [
            kind.into(),
            page_text(page).into(),
            sort.into(),
            id.into(),
            i64::from(slice.limit).into(),
            i64::from(slice.offset).into(),
        ];
        let rows = self.db.read()?.query(&RECORDS, &values)?;
        rows.into_iter().map(|row| record(kind, row)).collect()
    }

    /// How many records of a kind belong to a page, or to the installation.
    pub fn count_records(&self, kind: &str, page: Option<&PageId>) -> Result<i64, StoreError> {
        let values = [kind.into(), page_text(page).into()];
        let row = self.db.read()?.query_one(&COUNT_RECORDS, &values)?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Records of a kind, of any page, that have a key; by identifier, behind `after`.
    pub fn records_by_key(
        &self,
        kind: &str,
        (name, value): (&str, &str),
        after: &str,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        let values = [
            kind.into(),
            name.into(),
            value.into(),
            after.into(),
            i64::from(limit).into(),
        ];
        let rows = self.db.read()?.query(&RECORDS_BY_KEY, &values)?;
        rows.into_iter().map(|row| record(kind, row)).collect()
    }

    /// Writes all of the records with their audit, or nothing.
    pub fn write_records(
        &self,
        writes: &[RecordWrite],
        audit: &[AuditRow],
    ) -> Result<Written, StoreError> {
        let mut tx = self.db.write()?;
        for write in writes {
            let written = match write {
                RecordWrite::Put { record, expected } => put(&mut tx, record, *expected)?,
                RecordWrite::Delete { kind, id } => delete(&mut tx, kind, id)?,
            };
            if written != Written::Done {
                return Ok(written);
            }
        }
        for row in audit {
            add_audit(&mut tx, row)?;
        }
        tx.commit()?;
        Ok(Written::Done)
    }

    /// Rows of the audit before a number, newest first: of one page, or all of them.
    pub fn audit(
        &self,
        page: Option<&PageId>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let mut values: Vec<Value> = page.map(|page| page.as_str().into()).into_iter().collect();
        values.push(before.unwrap_or(i64::MAX).into());
        values.push(i64::from(limit).into());
        let statement = match page {
            Some(_) => &AUDIT_OF_PAGE_BEFORE,
            None => &AUDIT_BEFORE,
        };
        let rows = self.db.read()?.query(statement, &values)?;
        rows.into_iter().map(audit_row).collect()
    }
}

fn page_text(page: Option<&PageId>) -> &str {
    page.map_or("", PageId::as_str)
}

fn page_of(kind: &str, text: &str) -> Result<Option<PageId>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    PageId::parse(text)
        .map(Some)
        .map_err(|cause| StoreError::corrupt(kind, text, &cause))
}

fn record(kind: &str, mut row: Row) -> Result<Record, StoreError> {
    Ok(Record {
        kind: kind.to_owned(),
        id: row.text(0)?,
        page: page_of("records", &row.text(1)?)?,
        version: row.int(2)?,
        created_at: Instant::from_micros(row.int(3)?),
        sort: row.int(4)?,
        body: row.text(5)?,
        keys: Vec::new(),
    })
}

fn audit_row(mut row: Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        seq: row.int(0)?,
        at: Instant::from_micros(row.int(1)?),
        page: page_of("audit", &row.text(2)?)?,
        actor_kind: row.text(3)?,
        actor_id: row.text(4)?,
        action: row.text(5)?,
        subject_kind: row.text(6)?,
        subject_id: row.text(7)?,
        detail: row.text(8)?,
    })
}

fn put(tx: &mut Tx<'_>, record: &Record, expected: Option<i64>) -> Result<Written, StoreError> {
    let own = || -> Vec<Value> { vec![record.kind.as_str().into(), record.id.as_str().into()] };
    let mut values = own();
    values.push(page_text(record.page.as_ref()).into());
    let count = if let Some(version) = expected {
        values.extend([
            record.sort.into(),
            record.body.as_str().into(),
            version.into(),
        ]);
        tx.run(&CHANGE_RECORD, &values)?
    } else {
        values.extend([
            record.created_at.micros().into(),
            record.sort.into(),
            record.body.as_str().into(),
        ]);
        tx.run(&ADD_RECORD, &values)?
    };
    if count != 1 {
        return Ok(Written::Stale);
    }
    if expected.is_some() {
        tx.run(&DROP_RECORD_KEYS, &own())?;
    }
    for key in &record.keys {
        let values = [
            record.kind.as_str().into(),
            key.name.as_str().into(),
            key.value.as_str().into(),
            record.id.as_str().into(),
            i64::from(key.unique).into(),
        ];
        if tx.run(&ADD_RECORD_KEY, &values)? != 1 {
            return Ok(Written::Taken(key.clone()));
        }
    }
    Ok(Written::Done)
}

fn delete(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Written, StoreError> {
    let own = [kind.into(), id.into()];
    tx.run(&DROP_RECORD_KEYS, &own)?;
    Ok(match tx.run(&DROP_RECORD, &own)? {
        1 => Written::Done,
        _ => Written::Stale,
    })
}

fn add_audit(tx: &mut Tx<'_>, row: &AuditRow) -> Result<(), StoreError> {
    let values = [
        row.at.micros().into(),
        page_text(row.page.as_ref()).into(),
        row.actor_kind.as_str().into(),
        row.actor_id.as_str().into(),
        row.action.as_str().into(),
        row.subject_kind.as_str().into(),
        row.subject_id.as_str().into(),
        row.detail.as_str().into(),
    ];
    tx.run(&ADD_AUDIT, &values).map(drop)
}
