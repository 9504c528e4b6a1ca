//! What an import reads and writes, here or elsewhere.

use anyhow::{Context, Result};
use noroshi_domain::{Actor, Answer, Command, Fact, FactKind, ImportedFacts, PageId};
use noroshi_ops::App;

use super::{Door, Place};
use crate::exit::Stop;

/// How many facts are read at once.
const FACTS_CHUNK: u32 = 1_000;

impl Door {
    /// Every fact of a kind, those of the past and deleted ones too.
    pub(crate) fn facts(&self, page: &PageId, kind: FactKind) -> Result<Vec<Fact>> {
        match &self.place {
            Place::Elsewhere(remote) => Ok(remote.facts(page, kind)?),
            Place::Here { app, .. } => facts_here(app, page, kind),
        }
    }

    /// Writes entries of an import in their order, each answered for itself; elsewhere the first
    /// that is refused is the last one that is answered.
    pub(crate) fn import(
        &self,
        page: &PageId,
        entries: &[ImportedFacts],
    ) -> Vec<Result<Answer, Stop>> {
        if let Place::Elsewhere(remote) = &self.place {
            return remote.import(page, entries);
        }
        let entries = entries.iter().cloned();
        let commands = entries.map(|entry| Command::Import(Box::new(entry)));
        self.execute_all(page, &Actor::import(), commands.collect())
    }
}

fn facts_here(app: &App, page: &PageId, kind: FactKind) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    let mut after = String::new();
    loop {
        let rows = app.store().facts(page, kind, &after, FACTS_CHUNK);
        let rows = rows.map_err(Stop::from)?;
        let Some((last, _)) = rows.last() else {
            return Ok(facts);
        };
        after.clone_from(last);
        for (id, body) in rows {
            let fact = serde_json::from_str(&body)
                .with_context(|| format!("reading {} {id}", kind.as_str()))?;
            facts.push(fact);
        }
    }
}
