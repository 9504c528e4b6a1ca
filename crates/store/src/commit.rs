//! Writing what was decided: changes, journal, head, answers and search in one transaction.

use std::slice;

use noroshi_domain::{Answer, Change, CommandId, Entry, Head, Instant, PageId, hidden_by};

use crate::catalogue::{
    CREATE_PAGE, MOVE_HEAD, PAGE_GONE, PURGE_ANSWERS, PURGE_AUDIT, PURGE_ENTRIES, PURGE_FACTS,
    PURGE_RECORD_KEYS, PURGE_RECORDS, PURGE_SEARCH, PURGE_SEARCH_TEXTS, SET_SETTING,
};
use crate::db::{Tx, Value};
use crate::error::StoreError;
use crate::settings::owe_scrub;
use crate::store::Store;
use crate::{answers, facts, journal, search};

/// What is to be written to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Which page.
    pub page_id: PageId,
    /// The head that it was decided on; genesis makes the page.
    pub expected: Head,
    /// Entries in order, the first following `expected`.
    pub entries: Vec<NewEntry>,
    /// The instant it is written, for the age of answers.
    pub now: Instant,
    /// The new head, signed, as JSON.
    pub head_signature: Option<String>,
}

/// One entry and what it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The entry.
    pub entry: Entry,
    /// What it changes.
    pub changes: Vec<Change>,
    /// Numbers of earlier entries that lose salt and payload.
    pub erases: Vec<i64>,
    /// What to answer when the same command comes again.
    pub answer: Option<(CommandId, Answer)>,
}

/// Whether it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Committed {
    /// It was.
    Done,
    /// It was not: the page's head is no longer the expected one.
    Stale,
}

impl Store {
    /// Takes everything of a page but its chain: the last entry says so. Its identifier is never
    /// given again.
    pub fn purge(
        &self,
        page: &PageId,
        expected: &Head,
        entry: &Entry,
        head_signature: &str,
    ) -> Result<Committed, StoreError> {
        let commit = Commit {
            page_id: page.clone(),
            expected: expected.clone(),
            entries: vec![NewEntry {
                entry: entry.clone(),
                changes: Vec::new(),
                erases: Vec::new(),
                answer: None,
            }],
            now: entry.header.at,
            head_signature: Some(head_signature.to_owned()),
        };
        let head = checked_head(&commit)?;
        let mut tx = self.db.write_at_length()?;
        if !move_head(&mut tx, &commit, &head)? {
            return Ok(Committed::Stale);
        }
        let own = [page.as_str().into()];
        for statement in [
            &PURGE_FACTS,
            &PURGE_SEARCH,
            &PURGE_SEARCH_TEXTS,
            &PURGE_ANSWERS,
            &PURGE_ENTRIES,
            // Keys are found by their records.
            &PURGE_RECORD_KEYS,
            &PURGE_RECORDS,
            &PURGE_AUDIT,
        ] {
            tx.run(statement, &own)?;
        }
        write_entries(&mut tx, &commit)?;
        tx.run(&PAGE_GONE, &[page.as_str().into(), head.at.micros().into()])?;
        journal::sign(&mut tx, page, head.seq, head_signature)?;
        owe_scrub(&mut tx)?;
        tx.commit()?;
        // As after an erasure: what is owed is done at the next open.
        drop(self.scrub_if_owed());
        Ok(Committed::Done)
    }

    /// Writes all of a commit or nothing of it.
    ///
    /// After [`StoreError::Unavailable`] from `PostgreSQL` it may yet have been written: the
    /// connection can break between the server's commit and its answer. The command's identifier
    /// tells.
    pub fn commit(&self, commit: &Commit) -> Result<Committed, StoreError> {
        self.commit_all(slice::from_ref(commit), &[])
    }

    /// The same of several pages and settings in one transaction: all of it, or nothing where one
    /// of the pages moved on.
    pub fn commit_all(
        &self,
        commits: &[Commit],
        settings: &[(&str, &str)],
    ) -> Result<Committed, StoreError> {
        let mut tx = self.db.write()?;
        for commit in commits {
            let head = checked_head(commit)?;
            if !move_head(&mut tx, commit, &head)? {
                return Ok(Committed::Stale);
            }
            write_entries(&mut tx, commit)?;
            write_changes(&mut tx, commit)?;
            if let Some(signed) = &commit.head_signature {
                journal::sign(&mut tx, &commit.page_id, head.seq, signed)?;
            }
        }
        for (key, value) in settings {
            tx.run(&SET_SETTING, &[(*key).into(), (*value).into()])?;
        }
        let mut entries = commits.iter().flat_map(|commit| &commit.entries);
        let erases = entries.any(|new| !new.erases.is_empty());
        if erases {
            owe_scrub(&mut tx)?;
        }
        tx.commit()?;
        if erases {
            // The commit stands whatever comes of this: what is owed is done at the next open.
            drop(self.scrub_if_owed());
        }
        Ok(Committed::Done)
    }
}

/// The head after the commit; refuses entries that do not follow one another.
fn checked_head(commit: &Commit) -> Result<Head, StoreError> {
    let mut head = commit.expected.clone();
    if commit.entries.is_empty() && head.seq == 0 {
        return Err(StoreError::Conflict(
            "a page begins with an entry".to_owned(),
        ));
    }
    for new in &commit.entries {
        new.entry
            .check(&head)
            .map_err(|broken| StoreError::Conflict(broken.to_string()))?;
        head = new.entry.head();
    }
    Ok(head)
}

fn move_head(tx: &mut Tx<'_>, commit: &Commit, head: &Head) -> Result<bool, StoreError> {
    let expected = &commit.expected;
    let mut values: Vec<Value> = vec![
        commit.page_id.as_str().into(),
        head.seq.into(),
        head.epoch.into(),
        head.hash.as_str().into(),
        head.at.micros().into(),
    ];
    let moved = if expected.seq == 0 {
        tx.run(&CREATE_PAGE, &values)?
    } else {
        values.push(expected.seq.into());
        values.push(expected.hash.as_str().into());
        tx.run(&MOVE_HEAD, &values)?
    };
    Ok(moved == 1)
}

fn write_entries(tx: &mut Tx<'_>, commit: &Commit) -> Result<(), StoreError> {
    let page = &commit.page_id;
    answers::forget_old(tx, commit.now)?;
    for new in &commit.entries {
        journal::add(tx, page, &new.entry)?;
        for seq in &new.erases {
            journal::erase(tx, page, *seq)?;
        }
        if let Some(answer) = &new.answer {
            answers::add(tx, page, answer, commit.now)?;
        }
        for id in withheld(new) {
            journal::withhold(tx, page, id)?;
        }
    }
    Ok(())
}

/// What an entry hides from readers.
fn withheld(new: &NewEntry) -> impl Iterator<Item = &str> {
    // The payload is canonical JSON, so its action is written in one way.
    let acts = |action: &str| {
        let action = format!("\"action\":\"{action}\"");
        let payload = new.entry.payload_json.as_ref();
        payload.is_some_and(|payload| payload.contains(&action))
    };
    hidden_by(&new.changes, acts)
}

fn write_changes(tx: &mut Tx<'_>, commit: &Commit) -> Result<(), StoreError> {
    let page = &commit.page_id;
    let changes: Vec<&Change> = commit.entries.iter().flat_map(|new| &new.changes).collect();
    let touched = search::touched(tx, page, &changes)?;
    facts::apply(tx, page, &changes)?;
    for incident in touched {
        search::index(tx, page, &incident)?;
    }
    Ok(())
}
