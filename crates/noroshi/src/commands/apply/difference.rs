//! What a plan would change, told for people and for scripts. It is read off the changes
//! themselves, so it says neither more nor less than what happens.

use std::collections::BTreeMap;

use noroshi_domain::{Change, Fact, FactKey, FactKind, Instant, PolicySpan, State, Texts};
use serde::Serialize;
use serde_json::{Map, Value};

/// Fields that follow from the others, or that nobody wishes for.
const UNTOLD: [&str; 4] = ["id", "created_at", "updated_at", "edited_seq"];

/// What becomes of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    Made,
    Changed,
    Restored,
    Retired,
    Removed,
}

/// A row that changes.
#[derive(Debug, Serialize)]
pub(crate) struct RowChange {
    kind: &'static str,
    code: String,
    name: String,
    fate: Fate,
    /// By path, like `name.en`.
    fields: BTreeMap<String, FieldChange>,
}

/// A field before and after; absent: it was not there, or is no longer.
#[derive(Debug, Serialize)]
struct FieldChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
}

/// The rows that changes make, change and end. `before` is the page they are made on; `None`: it
/// does not stand yet.
pub(crate) fn rows(before: Option<&State>, changes: &[Change], now: Instant) -> Vec<RowChange> {
    let mut rows: BTreeMap<FactKey, RowChange> = BTreeMap::new();
    let mut policies: Vec<&PolicySpan> = Vec::new();
    for change in changes {
        let key = change.key();
        if let Change::Put(Fact::Policy(span)) = change {
            policies.extend(span.to.is_none().then_some(span));
        }
        if !matches!(
            key.kind,
            FactKind::Page | FactKind::Group | FactKind::Component
        ) {
            continue;
        }
        let stood = before.and_then(|state| state.get(&key));
        let stands = match change {
            Change::Put(fact) => Some(fact),
            Change::Drop(_) => None,
        };
        rows.insert(key.clone(), row(&key, stood.as_ref(), stands));
    }
    for span in policies {
        let key = FactKey {
            kind: FactKind::Component,
            id: span.component_id.to_string(),
        };
        let stood = before.and_then(|state| state.get(&key));
        let own = rows
            .entry(key.clone())
            .or_insert_with(|| row(&key, stood.as_ref(), stood.as_ref()));
        let from = before
            .filter(|_| stood.is_some())
            .map(|state| state.policy_at(&span.component_id, now));
        let change = FieldChange {
            from: from.and_then(|policy| serde_json::to_value(policy).ok()),
            to: serde_json::to_value(span.policy).ok(),
        };
        own.fields.insert("policy".to_owned(), change);
    }
    // One that only says when it last changed has not changed.
    let told = |row: &RowChange| row.fate != Fate::Changed || !row.fields.is_empty();
    let mut rows: Vec<RowChange> = rows.into_values().filter(told).collect();
    rows.sort_by_key(|row| (row.kind != "page", row.fate));
    rows
}

fn row(key: &FactKey, stood: Option<&Fact>, stands: Option<&Fact>) -> RowChange {
    let fate = match (stood, stands) {
        (None, _) => Fate::Made,
        (Some(_), None) => Fate::Removed,
        (Some(stood), Some(stands)) => match (is_retired(stood), is_retired(stands)) {
            (false, true) => Fate::Retired,
            (true, false) => Fate::Restored,
            _ => Fate::Changed,
        },
    };
    let fields = if matches!(fate, Fate::Retired | Fate::Removed) {
        BTreeMap::new()
    } else {
        differences(stood, stands, fate)
    };
    RowChange {
        kind: key.kind.as_str(),
        code: key.id.clone(),
        name: stands.or(stood).map(name_of).unwrap_or_default(),
        fate,
        fields,
    }
}

fn is_retired(fact: &Fact) -> bool {
    matches!(fact, Fact::Component(own) if own.retired_at.is_some())
}

fn name_of(fact: &Fact) -> String {
    let none = Texts::default();
    let name = match fact {
        Fact::Page(own) => &own.name,
        Fact::Group(own) => &own.name,
        Fact::Component(own) => &own.name,
        _ => &none,
    };
    let mut texts = name.iter().map(|(_, text)| text.to_owned());
    texts.next().unwrap_or_default()
}

fn differences(
    stood: Option<&Fact>,
    stands: Option<&Fact>,
    fate: Fate,
) -> BTreeMap<String, FieldChange> {
    let mut from = flat(stood);
    let mut fields = BTreeMap::new();
    for (path, to) in flat(stands) {
        let from = from.remove(&path);
        // What a new row is not need not be said, nor where among its siblings it stands.
        let goes_without_saying =
            fate == Fate::Made && (to == Value::Bool(false) || path == "position");
        if from.as_ref() != Some(&to) && !goes_without_saying {
            fields.insert(path, FieldChange { from, to: Some(to) });
        }
    }
    for (path, gone) in from {
        let change = FieldChange {
            from: Some(gone),
            to: None,
        };
        fields.insert(path, change);
    }
    fields.remove("retired_at");
    fields
}

/// A fact's fields by path.
fn flat(fact: Option<&Fact>) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    let json = fact.and_then(|fact| serde_json::to_value(fact).ok());
    if let Some(Value::Object(rows)) = json.map(|mut json| json["fact"].take()) {
        for (key, value) in rows {
            match (key.as_str(), value) {
                (key, _) if UNTOLD.contains(&key) => {}
                // Settings are named in the file without the word.
                ("settings", Value::Object(settings)) => flatten("", settings, &mut fields),
                (_, value) => flatten("", Map::from_iter([(key, value)]), &mut fields),
            }
        }
    }
    fields
}

fn flatten(prefix: &str, rows: Map<String, Value>, fields: &mut BTreeMap<String, Value>) {
    for (key, value) in rows {
        let path = format!("{prefix}{key}");
        match value {
            Value::Object(rows) => flatten(&format!("{path}."), rows, fields),
            value => drop(fields.insert(path, value)),
        }
    }
}

impl RowChange {
    /// A row that is no fact of the page: kind, code and name, and its fields before and after.
    pub(crate) fn new(
        (kind, code, name): (&'static str, &str, &str),
        fate: Fate,
        (stood, stands): (Option<&Value>, &Value),
    ) -> Self {
        let flat = |json: &Value| {
            let mut fields = BTreeMap::new();
            let rows = json.as_object().cloned().unwrap_or_default();
            flatten("", rows, &mut fields);
            let is_said = |value: &Value| !value.is_null() && *value != Value::Array(Vec::new());
            fields.retain(|_, value| is_said(value));
            fields
        };
        let mut from = stood.map(flat).unwrap_or_default();
        let mut fields = BTreeMap::new();
        for (path, to) in flat(stands) {
            let from = from.remove(&path);
            if from.as_ref() != Some(&to) {
                fields.insert(path, FieldChange { from, to: Some(to) });
            }
        }
        fields.extend(from.into_iter().map(|(path, gone)| {
            let change = FieldChange {
                from: Some(gone),
                to: None,
            };
            (path, change)
        }));
        Self {
            kind,
            code: code.to_owned(),
            name: name.to_owned(),
            fate,
            fields,
        }
    }

    /// The lines that tell of it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let (sign, end) = match self.fate {
            Fate::Made => ("+", ""),
            Fate::Changed => ("~", ""),
            Fate::Restored => ("+", " comes back"),
            Fate::Retired => ("-", " retires"),
            Fate::Removed => ("-", " goes"),
        };
        let Self {
            kind, code, name, ..
        } = self;
        let mut lines = vec![format!("{sign} {kind} {code} {name:?}{end}")];
        for (path, change) in &self.fields {
            lines.push(match (&change.from, &change.to) {
                (Some(from), Some(to)) => format!("    {path}: {from} → {to}"),
                (None, Some(to)) => format!("    {path}: {to}"),
                (from, None) => {
                    let from = from.as_ref().map(Value::to_string).unwrap_or_default();
                    format!("    {path}: {from} → none")
                }
            });
        }
        lines
    }
}
