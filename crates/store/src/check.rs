//! What the check of the whole record reads beside facts: journal rows with their columns, answers,
//! and whether search is what the words give.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{Entry, Instant, PageId, hash_hex};

use crate::answers::digest;
use crate::catalogue::{ANSWERS_AFTER, ENTRIES_AFTER, SEARCH_AFTER, SEARCH_TEXTS_AFTER};
use crate::error::StoreError;
use crate::journal::entry;
use crate::search::grams;
use crate::store::Store;

/// How many rows one statement reads.
const ROWS_MAX: i64 = 5_000;
/// How many letters of a hash stand for a gram.
const GRAM_HASH_CHARS: usize = 16;

/// A row of the journal as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// The entry.
    pub entry: Entry,
    /// Its number's column: must equal the header's.
    pub seq: i64,
    /// Its instant's column: must equal the header's.
    pub at: Instant,
}

/// The grams of one incident, whatever their order: how many, and their hashes added up.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct GramSum {
    count: u64,
    sum: u64,
}

impl GramSum {
    fn add(&mut self, gram: &str) {
        let hash = hash_hex(gram.as_bytes());
        let number = u64::from_str_radix(&hash[..GRAM_HASH_CHARS], 16);
        self.count += 1;
        self.sum = self.sum.wrapping_add(number.expect("a hash is hex"));
    }
}

impl Store {
    /// Entries after a number, oldest first, with their columns.
    pub fn journal_rows(
        &self,
        page: &PageId,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let values = [page.as_str().into(), after_seq.into(), limit.into()];
        let rows = self.db.read()?.query(&ENTRIES_AFTER, &values)?;
        rows.into_iter()
            .map(|row| {
                let (seq, at) = (row.int(4)?, Instant::from_micros(row.int(5)?));
                Ok(JournalRow {
                    entry: entry(row)?,
                    seq,
                    at,
                })
            })
            .collect()
    }

    /// The commands whose kept answers are not what was written.
    pub fn changed_answers(&self, page: &PageId) -> Result<Vec<String>, StoreError> {
        let mut changed = Vec::new();
        let mut after = String::new();
        loop {
            let values = [page.as_str().into(), after.as_str().into(), ROWS_MAX.into()];
            let rows = self.db.read()?.query(&ANSWERS_AFTER, &values)?;
            if rows.is_empty() {
                return Ok(changed);
            }
            for mut row in rows {
                let (id, answer, at) = (row.text(0)?, row.text(1)?, row.int(2)?);
                if row.text(3)? != digest(page, &id, &answer, at) {
                    changed.push(id.clone());
                }
                after = id;
            }
        }
    }

    /// The incidents whose search rows are not what their words give; `words` are those of all
    /// incidents that have any ([`crate::search_words`]).
    pub fn changed_searches(
        &self,
        page: &PageId,
        words: &BTreeMap<String, String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut changed = self.changed_texts(page, words)?;
        let mut expected: BTreeMap<&str, GramSum> = BTreeMap::new();
        for (incident, words) in words {
            let sum = expected.entry(incident).or_default();
            for gram in grams(words) {
                sum.add(gram);
            }
        }
        let found = self.gram_sums(page)?;
        for (incident, sum) in &found {
            if expected.remove(incident.as_str()) != Some(*sum) {
                changed.insert(incident.clone());
            }
        }
        let missing = expected.into_iter().filter(|(_, sum)| sum.count > 0);
        changed.extend(missing.map(|(incident, _)| incident.to_owned()));
        Ok(changed)
    }

    fn changed_texts(
        &self,
        page: &PageId,
        words: &BTreeMap<String, String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut changed: BTreeSet<String> = words.keys().cloned().collect();
        let mut after = String::new();
        loop {
            let values = [page.as_str().into(), after.as_str().into(), ROWS_MAX.into()];
            let rows = self.db.read()?.query(&SEARCH_TEXTS_AFTER, &values)?;
            if rows.is_empty() {
                return Ok(changed);
            }
            for mut row in rows {
                let (incident, text) = (row.text(0)?, row.text(1)?);
                if words.get(&incident) == Some(&text) {
                    changed.remove(&incident);
                } else {
                    changed.insert(incident.clone());
                }
                after = incident;
            }
        }
    }

    fn gram_sums(&self, page: &PageId) -> Result<BTreeMap<String, GramSum>, StoreError> {
        let mut sums: BTreeMap<String, GramSum> = BTreeMap::new();
        let mut after = (String::new(), String::new());
        loop {
            let values = [
                page.as_str().into(),
                after.0.as_str().into(),
                after.1.as_str().into(),
                ROWS_MAX.into(),
            ];
            let rows = self.db.read()?.query(&SEARCH_AFTER, &values)?;
            if rows.is_empty() {
                return Ok(sums);
            }
            for mut row in rows {
                let (gram, incident) = (row.text(0)?, row.text(1)?);
                sums.entry(incident.clone()).or_default().add(&gram);
                after = (gram, incident);
            }
        }
    }
}
