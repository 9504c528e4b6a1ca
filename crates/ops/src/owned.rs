//! What a file says of a page, so that only the file changes it: `apply` writes down which fields it
//! set and where in the file they stand, and the console and the APIs leave these alone.
//!
//! The host's own commands go through all the same: whoever rules it rules the file, and applying
//! with `--plan` shows what differs from it since.

use std::collections::BTreeMap;

use noroshi_domain::{
    Actor, Change, Command, Fact, FactKey, FactKind, ImportedFacts, Instant, PageId, Refusal, Seed,
    State, decide,
};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{FILE_NAME_CHARS_MAX, OWNED_FIELDS_MAX};
use crate::records::{PrivateRecord, Stored, unique_key};

/// The row of a template by its name, as [`Owned::rows`] has it.
pub fn template_row(name: &str) -> String {
    format!("template {name}")
}

/// The row of a person by his address, whose case does not matter.
pub fn person_row(email: &str) -> String {
    format!("person {}", crate::users::email_key(email))
}

/// What one file says of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    page: PageId,
    /// The file's name, as it was given.
    pub file: String,
    /// SHA-256 of its text in hex: whether it is the file that was applied.
    pub digest: String,
    /// When it was applied.
    pub applied_at: Instant,
    /// By row (`page`, `component CODE`, `group CODE`, `template NAME`, `person ADDRESS`) the
    /// fields that it sets, each with its line, from 1.
    pub rows: BTreeMap<String, BTreeMap<String, u32>>,
}

impl PrivateRecord for Owned {
    const KIND: &'static str = "owned";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key("page", self.page.as_str())]
    }
}

impl Owned {
    /// What a file says of a page.
    pub fn new(page: &PageId, (file, digest): (&str, &str), applied_at: Instant) -> Self {
        Self {
            page: page.clone(),
            file: file.to_owned(),
            digest: digest.to_owned(),
            applied_at,
            rows: BTreeMap::new(),
        }
    }

    /// The fields of a row that it sets; none: it says nothing of it.
    pub fn row(&self, row: &str) -> Option<&BTreeMap<String, u32>> {
        self.rows.get(row)
    }

    /// The refusal of a change of a row as a whole; none: it says nothing of it.
    fn refusal_of_row(&self, row: &str) -> Option<Refusal> {
        let line = self.rows.get(row)?.values().min()?;
        Some(self.refusal(row, *line))
    }

    fn refusal(&self, field: &str, line: u32) -> Refusal {
        Refusal::SetByFile {
            field: field.to_owned(),
            file: self.file.clone(),
            line,
        }
    }
}

impl App {
    /// What a file says of a page; none: the page is nobody's but the team's.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn owned(&self, page: &PageId) -> Result<Option<Stored<Owned>>, OpError> {
        let found = self.records_by_key::<Owned>("page", page.as_str())?;
        Ok(found.into_iter().next())
    }

    /// Writes down what a file says of a page, in the place of what another said before.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; a refusal when there is too much of it.
    pub fn own(&self, caller: &Caller, owned: Owned) -> Result<(), OpError> {
        let page = owned.page.clone();
        caller.require(Some(&page), Permission::EditPage)?;
        let given = owned.rows.values().map(BTreeMap::len).sum();
        let lengths = [
            ("fields", given, OWNED_FIELDS_MAX),
            ("file", owned.file.chars().count(), FILE_NAME_CHARS_MAX),
        ];
        for (field, given, most) in lengths {
            if given > most {
                return Err(Refusal::TooLong { field, given, most }.into());
            }
        }
        let stored = match self.owned(&page)? {
            Some(stood) => Stored {
                value: owned,
                ..stood
            },
            None => self.new_record(Some(&page), owned),
        };
        let detail = json!({ "file": stored.value.file });
        self.put_record(caller, &stored, "file_applied", detail)
            .map(drop)
    }

    /// Gives the fields of a page back to the team; whether a file had any.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; when the store can not be written.
    pub fn release(&self, caller: &Caller, page: &PageId) -> Result<bool, OpError> {
        caller.require(Some(page), Permission::EditPage)?;
        let Some(stood) = self.owned(page)? else {
            return Ok(false);
        };
        let detail = json!({ "file": stood.value.file });
        match self.delete_record(caller, &stood, "file_released", detail) {
            Ok(()) | Err(OpError::Stale) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Refuses a command that changes what a file says.
    pub(crate) fn leave_owned(
        &self,
        page: &PageId,
        state: &State,
        command: &Command,
    ) -> Result<(), OpError> {
        if let Command::Import(facts) = command {
            return self.leave_owned_by_import(page, state, facts);
        }
        if !is_configuration(command) {
            return Ok(());
        }
        let Some(owned) = self.owned(page)? else {
            return Ok(());
        };
        // What is refused anyway is refused by whoever carries it out.
        let (mut seed, now) = (Seed::new(self.chance().bytes()), self.now());
        let actor = Actor::command_line();
        let Ok(decision) = decide(state, &[], &actor, command, (&mut seed, now)) else {
            return Ok(());
        };
        let touched = decision
            .changes
            .iter()
            .find_map(|change| touched(state, change, &owned.value));
        touched.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// The same of an import, whose changes stand in it.
    fn leave_owned_by_import(
        &self,
        page: &PageId,
        state: &State,
        facts: &ImportedFacts,
    ) -> Result<(), OpError> {
        let put = facts.put.iter().cloned().map(Change::Put);
        let drop = facts.drop.iter().cloned().map(Change::Drop);
        let is_of_file = |change: &Change| {
            let kind = change.key().kind;
            matches!(kind, FactKind::Component | FactKind::Group)
        };
        let changes: Vec<Change> = put.chain(drop).filter(is_of_file).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let Some(owned) = self.owned(page)? else {
            return Ok(());
        };
        let mut changes = changes.iter();
        let touched = changes.find_map(|change| touched(state, change, &owned.value));
        touched.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// Refuses a change of a template or a person's role that a file says; `row` is what it is
    /// called there.
    pub(crate) fn leave_owned_row(
        &self,
        caller: &Caller,
        page: &PageId,
        row: &str,
    ) -> Result<(), OpError> {
        if caller.actor == Actor::command_line() {
            return Ok(());
        }
        let owned = self.owned(page)?;
        let refusal = owned.and_then(|owned| owned.value.refusal_of_row(row));
        refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
    }
}

/// Whether a command is about what files say: pages, groups, components.
fn is_configuration(command: &Command) -> bool {
    match command {
        Command::UpdatePage(_)
        | Command::DeletePage
        | Command::CreateGroup { .. }
        | Command::UpdateGroup { .. }
        | Command::RemoveGroup(_)
        | Command::CreateComponent(_)
        | Command::UpdateComponent { .. }
        | Command::RetireComponent(_) => true,
        Command::Seen { command, .. } => is_configuration(command),
        Command::Together { commands, .. } => commands.iter().any(is_configuration),
        _ => false,
    }
}

/// The refusal of a change that touches what a file says.
fn touched(state: &State, change: &Change, owned: &Owned) -> Option<Refusal> {
    let key = change.key();
    let (row, policy) = match (key.kind, change) {
        (FactKind::Page, _) => ("page".to_owned(), false),
        (FactKind::Component | FactKind::Group, _) => (row_of(&key), false),
        (FactKind::Policy, Change::Put(Fact::Policy(span))) if span.to.is_none() => {
            (format!("component {}", span.component_id), true)
        }
        _ => return None,
    };
    let fields = owned.rows.get(&row)?;
    let Change::Put(stands) = change else {
        return owned.refusal_of_row(&row);
    };
    if policy {
        let line = fields.get("policy")?;
        return Some(owned.refusal("policy", *line));
    }
    let (before, after) = (fields_of(state.get(&key).as_ref()), fields_of(Some(stands)));
    // Retiring and hiding end the row, and say nothing of its fields.
    let ends = |rows: &Map<String, Value>| {
        rows.contains_key("retired_at") || rows.contains_key("deleted_at")
    };
    if ends(&after) && !ends(&before) {
        return owned.refusal_of_row(&row);
    }
    let differs = |field: &str| before.get(field) != after.get(field);
    let (field, line) = fields.iter().find(|(field, _)| differs(field))?;
    Some(owned.refusal(field, *line))
}

fn row_of(key: &FactKey) -> String {
    format!("{} {}", key.kind.as_str(), key.id)
}

/// A fact's fields, those of settings among them, as files name them.
fn fields_of(fact: Option<&Fact>) -> Map<String, Value> {
    let json = fact.and_then(|fact| serde_json::to_value(fact).ok());
    let Some(Value::Object(mut fields)) = json.map(|mut json| json["fact"].take()) else {
        return Map::new();
    };
    if let Some(Value::Object(settings)) = fields.remove("settings") {
        fields.extend(settings);
    }
    fields
}
