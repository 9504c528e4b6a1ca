//! What an import reads and writes of a server elsewhere.

use noroshi_domain::{Answer, Fact, FactKind, ImportedFacts, PageId};
use noroshi_ops::IMPORT_ENTRIES_MAX;
use noroshi_server::paths::encode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Remote;
use crate::exit::Stop;

/// How many facts are asked for at once: as many as a list has.
const FACTS_CHUNK: u32 = 200;
/// How large entries are together in one request, in bytes: half of what the server takes. One
/// that is larger goes alone.
const TOGETHER_BYTES_MAX: usize = 512 * 1024;

/// Facts of one kind, as they travel.
#[derive(Debug, Deserialize)]
struct FactRows {
    facts: Vec<Fact>,
    #[serde(default)]
    next: Option<String>,
}

/// What became of entries.
#[derive(Debug, Deserialize)]
struct Imported {
    answers: Vec<Answer>,
}

impl Remote {
    /// Every fact of a kind, those of the past and deleted ones too.
    pub(crate) fn facts(&self, page: &PageId, kind: FactKind) -> Result<Vec<Fact>, Stop> {
        let path = format!("/pages/{page}/facts/{}?limit={FACTS_CHUNK}", kind.as_str());
        let mut facts = Vec::new();
        let mut after = None;
        loop {
            let from =
                after.map_or_else(String::new, |id: String| format!("&after={}", encode(&id)));
            let url = self.url(&format!("{path}{from}"));
            let rows: FactRows = self.read(self.http.get(url))?;
            facts.extend(rows.facts);
            match rows.next {
                None => return Ok(facts),
                next => after = next,
            }
        }
    }

    /// Writes entries of an import in their order; the first that is refused is the last one that
    /// is answered.
    pub(crate) fn import(
        &self,
        page: &PageId,
        entries: &[ImportedFacts],
    ) -> Vec<Result<Answer, Stop>> {
        let url = self.url(&format!("/pages/{page}/imports"));
        let mut answers = Vec::with_capacity(entries.len());
        for entries in in_requests(entries) {
            let request = self.http.post(&url).json(&json!({ "entries": entries }));
            match self.read::<Imported>(request) {
                Ok(imported) => answers.extend(imported.answers.into_iter().map(Ok)),
                Err(stop) => {
                    answers.push(Err(stop));
                    break;
                }
            }
        }
        answers
    }
}

/// Entries by requests, of a bounded number and size each.
fn in_requests(entries: &[ImportedFacts]) -> Vec<Vec<Value>> {
    let mut requests: Vec<Vec<Value>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let entry = json!(entry);
        let own = entry.to_string().len();
        bytes += own;
        match requests.last_mut() {
            Some(last) if last.len() < IMPORT_ENTRIES_MAX && bytes <= TOGETHER_BYTES_MAX => {
                last.push(entry);
            }
            _ => {
                bytes = own;
                requests.push(vec![entry]);
            }
        }
    }
    requests
}
