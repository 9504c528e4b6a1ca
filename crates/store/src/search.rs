//! Search over the words of incidents, in languages with and without blanks.
//!
//! Words are folded (NFKC, lower case), so that width and case do not matter, and cut into pairs of
//! neighbouring characters. A question finds the incidents that hold all of its pairs, and of those
//! the ones that really hold its words. Notes per component stay out: a component may be
//! restricted, and a search must not tell what a page does not show.

use std::collections::BTreeSet;

use noroshi_domain::{Change, Fact, FactKind, Incident, IncidentId, PageId, Texts, Update};
use unicode_normalization::UnicodeNormalization;

use crate::catalogue::{
    ADD_GRAMS, DROP_GRAMS, DROP_SEARCH_TEXT, FOUND, OWNER_OF_FACT, SEARCH_TEXT, SET_SEARCH_TEXT,
};
use crate::db::{Tx, Value};
use crate::error::StoreError;
use crate::facts::{by_id, by_owner, json_texts};
use crate::store::Store;

/// How many characters of a question are looked at.
const QUESTION_CHARS_MAX: usize = 200;
/// How many grams of a question are looked up.
const QUESTION_GRAMS_MAX: usize = 32;
/// How many incidents that hold all the grams are checked for the words.
const CANDIDATES_MAX: i64 = 1_000;

impl Store {
    /// Incidents and maintenances whose words hold every word asked for, newest first. An empty
    /// question finds nothing.
    pub fn search(
        &self,
        page: &PageId,
        words: &str,
        limit: u32,
    ) -> Result<Vec<IncidentId>, StoreError> {
        let question: String = words.chars().take(QUESTION_CHARS_MAX).collect();
        let folded = fold(&question);
        let words: Vec<&str> = folded.split_whitespace().collect();
        let grams: BTreeSet<&str> = words.iter().flat_map(|word| asked_grams(word)).collect();
        if grams.is_empty() {
            return Ok(Vec::new());
        }
        let grams: Vec<&str> = grams.into_iter().take(QUESTION_GRAMS_MAX).collect();
        let values = [
            page.as_str().into(),
            json_texts(&grams).into(),
            (grams.len() as i64).into(),
            CANDIDATES_MAX.into(),
        ];
        let mut found = Vec::new();
        for mut row in self.db.read()?.query(&FOUND, &values)? {
            let (id, text) = (row.text(0)?, row.text(1)?);
            if found.len() < limit as usize && words.iter().all(|word| text.contains(word)) {
                let id = IncidentId::parse(&id)
                    .map_err(|cause| StoreError::corrupt("search_texts", &id, &cause))?;
                found.push(id);
            }
        }
        Ok(found)
    }
}

/// The incidents whose words a set of changes may touch. To be asked before the changes are made:
/// a row that is dropped says whose it was only while it stands.
pub(crate) fn touched(
    tx: &mut Tx<'_>,
    page: &PageId,
    changes: &[&Change],
) -> Result<BTreeSet<String>, StoreError> {
    let mut touched = BTreeSet::new();
    for change in changes {
        match change {
            Change::Put(Fact::Incident(incident)) => {
                touched.insert(incident.id.to_string());
            }
            Change::Put(Fact::Update(update)) => {
                touched.insert(update.incident_id.to_string());
            }
            Change::Drop(key) if key.kind == FactKind::Incident => {
                touched.insert(key.id.clone());
            }
            Change::Drop(key) if key.kind == FactKind::Update => {
                let values = [
                    page.as_str().into(),
                    key.kind.as_str().into(),
                    key.id.as_str().into(),
                ];
                if let Some(mut row) = tx.query_one(&OWNER_OF_FACT, &values)? {
                    touched.insert(row.text(0)?);
                }
            }
            _ => {}
        }
    }
    Ok(touched)
}

/// Makes an incident's words and grams what its facts now say.
pub(crate) fn index(tx: &mut Tx<'_>, page: &PageId, incident: &str) -> Result<(), StoreError> {
    let key: [Value; 2] = [page.as_str().into(), incident.into()];
    let old = match tx.query_one(&SEARCH_TEXT, &key)? {
        Some(mut row) => row.text(0)?,
        None => String::new(),
    };
    let new = words_of(tx, page, incident)?;
    if old == new {
        return Ok(());
    }
    let (old_grams, new_grams) = (grams(&old), grams(&new));
    let gone: Vec<&str> = old_grams.difference(&new_grams).copied().collect();
    let come: Vec<&str> = new_grams.difference(&old_grams).copied().collect();
    for (statement, grams) in [(&DROP_GRAMS, gone), (&ADD_GRAMS, come)] {
        if !grams.is_empty() {
            let [page, incident] = key.clone();
            tx.run(statement, &[page, incident, json_texts(&grams).into()])?;
        }
    }
    if new.is_empty() {
        tx.run(&DROP_SEARCH_TEXT, &key)?;
    } else {
        let [page, incident] = key;
        tx.run(&SET_SEARCH_TEXT, &[page, incident, new.into()])?;
    }
    Ok(())
}

/// The words of an incident as it stands.
fn words_of(tx: &mut Tx<'_>, page: &PageId, id: &str) -> Result<String, StoreError> {
    let mut found = by_id(tx, page, FactKind::Incident, &[id])?;
    let Some(Fact::Incident(incident)) = found.pop() else {
        return Ok(String::new());
    };
    let updates: Vec<Update> = by_owner(tx, page, FactKind::Update, &[id])?
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Update(update) => Some(*update),
            _ => None,
        })
        .collect();
    Ok(words(&incident, updates.iter()))
}

/// Everything readers are told about an incident, folded; nothing of a hidden one. The same in
/// whatever order the updates come.
pub fn words<'a>(incident: &Incident, updates: impl Iterator<Item = &'a Update>) -> String {
    if incident.deleted_at.is_some() {
        return String::new();
    }
    let own = [
        &incident.name,
        &incident.who_is_affected,
        &incident.how_to_check,
        &incident.what_to_do,
    ];
    let report = incident.postmortem.iter().map(|report| &report.body);
    let mut updates: Vec<&Update> = updates
        .filter(|update| update.hidden_at.is_none())
        .collect();
    updates.sort_by(|one, two| one.id.cmp(&two.id));
    let told = updates.into_iter().map(|update| &update.body);
    own.into_iter()
        .chain(report)
        .chain(told)
        .flat_map(Texts::iter)
        .map(|(_, text)| fold(text))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One spelling for all widths and cases; control characters are blanks.
fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// What a folded text is found by: its characters, and its pairs of neighbours within a word.
pub(crate) fn grams(text: &str) -> BTreeSet<&str> {
    text.split_whitespace()
        .flat_map(|word| runs(word, 1).chain(runs(word, 2)))
        .collect()
}

/// What a folded word is looked up by: its pairs, or itself when it is one character.
fn asked_grams(word: &str) -> Vec<&str> {
    let pairs: Vec<&str> = runs(word, 2).collect();
    if pairs.is_empty() { vec![word] } else { pairs }
}

/// Every run of so many neighbouring characters of a word.
fn runs(word: &str, length: usize) -> impl Iterator<Item = &str> {
    let starts = word.char_indices().map(|(start, _)| start);
    let ends = word
        .char_indices()
        .map(|(start, last)| start + last.len_utf8());
    starts
        .zip(ends.skip(length - 1))
        .map(|(start, end)| &word[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_are_folded() {
        assert_eq!(fold("ＡＰＩ　Ｇateway ﾃﾞｰﾀ"), "api gateway データ");
    }

    #[test]
    fn every_word_of_a_text_can_be_looked_up_by_its_grams() {
        let text = fold("公開APIで遅延が発生 a x.");
        let held = grams(&text);
        for asked in ["公開api", "遅延", "発", "a", "x.", "延が"] {
            assert!(
                asked_grams(asked).iter().all(|gram| held.contains(gram)),
                "{asked}"
            );
        }
        assert!(!asked_grams("停止").iter().all(|gram| held.contains(gram)));
    }
}
