//! Private records with their types: what they are, how they are found, and their audit.
//!
//! A writer sees a record's version and names it when it writes; who was slower is told so and
//! looks again. What changes for somebody stands in the audit in the same transaction.

use std::fmt::Debug;

use noroshi_domain::{Instant, PageId, Refusal, Seed};
use noroshi_store::{AuditRow, Key, Record, RecordWrite, Slice, Written};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access::Caller;
use crate::app::App;
use crate::error::OpError;

/// A kind of private record.
pub trait PrivateRecord: Serialize + DeserializeOwned + Debug + Clone {
    /// Its name in the store, in the audit and in messages.
    const KIND: &'static str;

    /// What it is found by.
    fn keys(&self) -> Vec<Key>;

    /// Its place in lists; none: by when it was made.
    fn sort(&self) -> Option<i64> {
        None
    }
}

/// A key that no other record of the kind may have.
pub fn unique_key(name: &str, value: &str) -> Key {
    Key {
        name: name.to_owned(),
        value: value.to_owned(),
        unique: true,
    }
}

/// A key that several records may have.
pub fn shared_key(name: &str, value: &str) -> Key {
    Key {
        unique: false,
        ..unique_key(name, value)
    }
}

/// A record with what the store knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    /// Its identifier.
    pub id: String,
    /// The page it belongs to; none: the installation.
    pub page: Option<PageId>,
    /// The version that was read; 0: it is new.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Itself.
    pub value: T,
}

impl<T: PrivateRecord> Stored<T> {
    fn read(record: Record) -> Result<Self, OpError> {
        let value = serde_json::from_str(&record.body)
            .map_err(|error| OpError::Store(format!("{} {}: {error}", T::KIND, record.id)))?;
        Ok(Self {
            id: record.id,
            page: record.page,
            version: record.version,
            created_at: record.created_at,
            value,
        })
    }

    /// Its place in lists, to go on behind it.
    pub fn sort(&self) -> i64 {
        self.value
            .sort()
            .unwrap_or_else(|| self.created_at.micros())
    }
}

/// Several writes that happen together or not at all, with what the audit says of them.
#[derive(Debug, Default)]
pub struct Writes {
    records: Vec<RecordWrite>,
    /// The kinds of what is put, as words of the program.
    kinds: Vec<&'static str>,
    acts: Vec<Act>,
}

/// One row of the audit to be.
#[derive(Debug)]
struct Act {
    page: Option<PageId>,
    action: &'static str,
    subject: (&'static str, String),
    detail: Value,
}

impl Writes {
    /// Puts a record, over the version that it was read at.
    ///
    /// # Errors
    /// When it can not be written as JSON.
    pub fn put<T: PrivateRecord>(&mut self, stored: &Stored<T>) -> Result<&mut Self, OpError> {
        let body = serde_json::to_string(&stored.value)
            .map_err(|error| OpError::Store(format!("{} {}: {error}", T::KIND, stored.id)))?;
        let record = Record {
            kind: T::KIND.to_owned(),
            id: stored.id.clone(),
            page: stored.page.clone(),
            version: stored.version,
            created_at: stored.created_at,
            sort: stored.sort(),
            body,
            keys: stored.value.keys(),
        };
        let expected = (stored.version > 0).then_some(stored.version);
        self.records.push(RecordWrite::Put { record, expected });
        self.kinds.push(T::KIND);
        Ok(self)
    }

    /// Takes a record away; one that is gone already makes all of it stale.
    pub fn delete<T: PrivateRecord>(&mut self, id: &str) -> &mut Self {
        self.records.push(RecordWrite::Delete {
            kind: T::KIND.to_owned(),
            id: id.to_owned(),
        });
        self
    }

    /// Says in the audit what was done: to which record, and what else is worth knowing. No
    /// secrets.
    pub fn note<T: PrivateRecord>(
        &mut self,
        stored: &Stored<T>,
        action: &'static str,
        detail: Value,
    ) -> &mut Self {
        self.note_of(
            stored.page.clone(),
            action,
            (T::KIND, stored.id.clone()),
            detail,
        )
    }

    /// The same of anything else.
    pub fn note_of(
        &mut self,
        page: Option<PageId>,
        action: &'static str,
        subject: (&'static str, String),
        detail: Value,
    ) -> &mut Self {
        self.acts.push(Act {
            page,
            action,
            subject,
            detail,
        });
        self
    }
}

impl Writes {
    /// What the record is called that wanted a key.
    fn kind_with(&self, key: &Key) -> &'static str {
        let puts = self.records.iter().filter_map(|write| match write {
            RecordWrite::Put { record, .. } => Some(record),
            RecordWrite::Delete { .. } => None,
        });
        puts.zip(&self.kinds)
            .find_map(|(record, kind)| record.keys.contains(key).then_some(*kind))
            .unwrap_or("record")
    }
}

impl App {
    /// A record that is not written yet, with an identifier drawn for it.
    pub fn new_record<T: PrivateRecord>(&self, page: Option<&PageId>, value: T) -> Stored<T> {
        let drawn = Seed::new(self.chance().bytes()).draw();
        Stored {
            id: noroshi_domain::CommandId::from(drawn).to_string(),
            page: page.cloned(),
            version: 0,
            created_at: self.now(),
            value,
        }
    }

    /// A record.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn record<T: PrivateRecord>(&self, id: &str) -> Result<Option<Stored<T>>, OpError> {
        let found = self.store().record(T::KIND, id)?;
        found.map(Stored::read).transpose()
    }

    /// Records of a page, or of the installation, by their place.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn records<T: PrivateRecord>(
        &self,
        page: Option<&PageId>,
        slice: &Slice,
    ) -> Result<Vec<Stored<T>>, OpError> {
        let found = self.store().records(T::KIND, page, slice)?;
        found.into_iter().map(Stored::read).collect()
    }

    /// Takes away up to so many records that are over, in passing: more end than begin only for a
    /// while. Of a kind whose place in lists is when it ends, in microseconds, so that those that
    /// ended stand first.
    pub(crate) fn forget_ended<T: PrivateRecord>(&self, now: Instant, most: u32) {
        let has_ended = |one: &&Stored<T>| one.value.sort().is_some_and(|at| at <= now.micros());
        let forget = || {
            let mut writes = Writes::default();
            let soonest = self.records::<T>(None, &Slice::first(most))?;
            for one in soonest.iter().filter(has_ended) {
                writes.delete::<T>(&one.id);
            }
            self.write_records(&Caller::command_line(), writes)
        };
        match forget() {
            Ok(()) | Err(OpError::Stale | OpError::Busy) => {}
            Err(error) => {
                tracing::warn!("{}: those that ended are not forgotten: {error}", T::KIND);
            }
        }
    }

    /// Records that have a key, at most [`KEYED_RECORDS_MAX`](crate::KEYED_RECORDS_MAX).
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn records_by_key<T: PrivateRecord>(
        &self,
        name: &str,
        value: &str,
    ) -> Result<Vec<Stored<T>>, OpError> {
        let limit = crate::KEYED_RECORDS_MAX;
        let found = self
            .store()
            .records_by_key(T::KIND, (name, value), "", limit)?;
        found.into_iter().map(Stored::read).collect()
    }

    /// Puts one record and says so in the audit; gives it with its new version.
    ///
    /// # Errors
    /// [`OpError::Stale`] when it was changed meanwhile; a refusal when a key is another's.
    pub fn put_record<T: PrivateRecord>(
        &self,
        caller: &Caller,
        stored: &Stored<T>,
        action: &'static str,
        detail: Value,
    ) -> Result<Stored<T>, OpError> {
        let mut writes = Writes::default();
        writes.put(stored)?.note(stored, action, detail);
        self.write_records(caller, writes)?;
        Ok(Stored {
            version: stored.version + 1,
            ..stored.clone()
        })
    }

    /// Takes one record away and says so in the audit.
    ///
    /// # Errors
    /// [`OpError::Stale`] when it is gone already.
    pub fn delete_record<T: PrivateRecord>(
        &self,
        caller: &Caller,
        stored: &Stored<T>,
        action: &'static str,
        detail: Value,
    ) -> Result<(), OpError> {
        let mut writes = Writes::default();
        writes.delete::<T>(&stored.id).note(stored, action, detail);
        self.write_records(caller, writes)
    }

    /// Writes all or nothing, in the name of a caller. Who may is the operation's question, not
    /// this one's.
    ///
    /// # Errors
    /// [`OpError::Stale`] when one was changed meanwhile; a refusal when a key is another's.
    pub fn write_records(&self, caller: &Caller, mut writes: Writes) -> Result<(), OpError> {
        let now = self.now();
        let kind = serde_json::to_value(caller.actor.kind).unwrap_or_default();
        let acts = std::mem::take(&mut writes.acts);
        let audit: Vec<AuditRow> = acts
            .into_iter()
            .map(|act| AuditRow {
                seq: 0,
                at: now,
                page: act.page,
                actor_kind: kind.as_str().unwrap_or_default().to_owned(),
                actor_id: caller.actor.id.clone(),
                action: act.action.to_owned(),
                subject_kind: act.subject.0.to_owned(),
                subject_id: act.subject.1,
                detail: act.detail.to_string(),
            })
            .collect();
        match self.store().write_records(&writes.records, &audit)? {
            Written::Done => Ok(()),
            Written::Stale => Err(OpError::Stale),
            Written::Taken(key) => Err(Refusal::Taken {
                kind: writes.kind_with(&key),
                id: key.value,
            }
            .into()),
        }
    }
}
