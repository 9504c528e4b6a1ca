//! A page's record as a source gave it, kept by code so that the source's order is forgotten.
//!
//! Texts become part of a record through [`Record::take`], which knows the shapes a file or an
//! answer can have. Of two objects with one code the newer stays.

use std::collections::BTreeMap;

use noroshi_domain::{Instant, Zone};
use serde::Serialize;
use serde_json::Value;

use super::ImportError;
use super::wire::{Component, Document, Incident, Page};

/// How many incidents a list under `/api/v2/` holds at most (reference 1.1).
const LIST_MAX: usize = 50;

/// Whether nothing is missing: only then what is absent is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Complete {
    /// Every incident is there.
    pub incidents: bool,
    /// Every maintenance is there.
    pub maintenances: bool,
}

/// A page's record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    pub(super) page: Option<Page>,
    /// The component list, groups among it; `None` where the source has none.
    pub(super) listed: Option<BTreeMap<String, Component>>,
    /// Components as incidents carry them.
    pub(super) attached: BTreeMap<String, Component>,
    pub(super) incidents: BTreeMap<String, Incident>,
    pub(super) complete: Complete,
    pub(super) warnings: Vec<String>,
}

/// What a record says of its page, for making the page here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPage {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: Option<String>,
    /// Its zone; absent where the source's is unknown here.
    pub zone: Option<Zone>,
    /// When its first thing was made.
    pub since: Option<Instant>,
}

impl Record {
    /// The page, where the source tells of it.
    pub fn page(&self) -> Option<RecordPage> {
        let page = self.page.as_ref()?;
        Some(RecordPage {
            id: page.id.clone(),
            name: page.name.clone(),
            url: page.url.clone(),
            zone: page
                .time_zone
                .as_deref()
                .and_then(|name| Zone::parse(name).ok()),
            since: self.since(),
        })
    }

    /// How many incidents and maintenances there are.
    pub fn incident_count(&self) -> usize {
        self.incidents.len()
    }

    /// How many updates there are.
    pub fn update_count(&self) -> usize {
        self.incidents
            .values()
            .map(|incident| incident.incident_updates.len())
            .sum()
    }

    /// Whether nothing is missing.
    pub const fn complete(&self) -> Complete {
        self.complete
    }

    /// What the reader should know about the source.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The earliest instant anything in it began.
    pub(super) fn since(&self) -> Option<Instant> {
        let components = self.listed.iter().flat_map(BTreeMap::values);
        let incidents = self.incidents.values();
        components
            .map(|component| component.created_at)
            .chain(incidents.map(|incident| {
                incident
                    .started_at
                    .unwrap_or(incident.created_at)
                    .min(incident.created_at)
            }))
            .min()
    }

    /// The newest instant anything in it changed: what it was saved after.
    pub(super) fn until(&self) -> Instant {
        let components = self.listed.iter().flat_map(BTreeMap::values);
        components
            .map(|component| component.updated_at)
            .chain(self.incidents.values().map(|incident| incident.updated_at))
            .chain(self.page.iter().filter_map(|page| page.updated_at))
            .max()
            .unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.page.is_none() && self.listed.is_none() && self.incidents.is_empty()
    }

    /// Takes one JSON text that begins at `line` of `path`; `false` where its shape is none of
    /// ours.
    pub(super) fn take(
        &mut self,
        path: &str,
        text: &str,
        line: usize,
    ) -> Result<bool, ImportError> {
        let value: Value = parse(path, text, line)?;
        match &value {
            Value::Object(fields) if fields.contains_key("incident_updates") => {
                self.add_incident(parse(path, text, line)?);
                self.mark_archive();
            }
            Value::Object(fields) if is_document(fields) => {
                let summary = fields.contains_key("status");
                self.add_document(parse(path, text, line)?, summary);
            }
            Value::Object(fields) if fields.contains_key("only_show_if_degraded") => {
                self.add_listed(vec![parse(path, text, line)?]);
            }
            Value::Array(items) if items.iter().any(|item| has(item, "incident_updates")) => {
                for incident in parse::<Vec<Incident>>(path, text, line)? {
                    self.add_incident(incident);
                }
                self.mark_archive();
            }
            Value::Array(items) if items.iter().any(|item| has(item, "only_show_if_degraded")) => {
                self.add_listed(parse(path, text, line)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds an incident, or replaces an older one of its code.
    pub(super) fn add_incident(&mut self, mut incident: Incident) {
        for component in std::mem::take(&mut incident.components) {
            // Which are attached is kept; what they are now stands in the list.
            keep_newer(&mut self.attached, component.clone(), |component| {
                (&component.id, component.updated_at)
            });
            incident.components.push(component);
        }
        keep_newer(&mut self.incidents, incident, |incident| {
            (&incident.id, incident.updated_at)
        });
    }

    pub(super) fn add_document(&mut self, document: Document, summary: bool) {
        if let Some(page) = document.page {
            let newer = self
                .page
                .as_ref()
                .is_none_or(|old| rank(&page, page.updated_at) > rank(old, old.updated_at));
            if newer {
                self.page = Some(page);
            }
        }
        if let Some(components) = document.components {
            self.add_listed(components);
        }
        // A summary names open incidents only, and a full list stops at its limit.
        let whole = |list: &Option<Vec<Incident>>| {
            !summary && list.as_ref().is_some_and(|list| list.len() < LIST_MAX)
        };
        self.complete.incidents |= whole(&document.incidents);
        self.complete.maintenances |= whole(&document.scheduled_maintenances);
        let lists = [document.incidents, document.scheduled_maintenances];
        for incident in lists.into_iter().flatten().flatten() {
            self.add_incident(incident);
        }
    }

    fn add_listed(&mut self, components: Vec<Component>) {
        let listed = self.listed.get_or_insert_default();
        for component in components {
            keep_newer(listed, component, |component| {
                (&component.id, component.updated_at)
            });
        }
    }

    // Incidents outside of a list of the API are somebody's archive of all of them.
    fn mark_archive(&mut self) {
        self.complete = Complete {
            incidents: true,
            maintenances: true,
        };
    }
}

fn is_document(fields: &serde_json::Map<String, Value>) -> bool {
    ["components", "incidents", "scheduled_maintenances"]
        .iter()
        .any(|key| fields.get(*key).is_some_and(Value::is_array))
        || fields.get("page").is_some_and(Value::is_object)
}

fn has(value: &Value, key: &str) -> bool {
    value.get(key).is_some()
}

/// Keeps the newer of two; of equally new ones always the same, whatever came first.
fn keep_newer<T: Serialize>(
    kept: &mut BTreeMap<String, T>,
    new: T,
    name: impl Fn(&T) -> (&String, Instant),
) {
    let (code, updated_at) = name(&new);
    let newer = kept
        .get(code)
        .is_none_or(|old| rank(&new, updated_at) > rank(old, name(old).1));
    if newer {
        kept.insert(code.clone(), new);
    }
}

fn rank<T: Serialize, A>(object: &T, updated_at: A) -> (A, String) {
    let text = serde_json::to_string(object).expect("wire objects have string keys only");
    (updated_at, text)
}

fn parse<'text, T: serde::Deserialize<'text>>(
    path: &str,
    text: &'text str,
    line: usize,
) -> Result<T, ImportError> {
    serde_json::from_str(text).map_err(|error| {
        let told = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        ImportError::Malformed {
            path: path.to_owned(),
            line: line + error.line().saturating_sub(1),
            column: error.column(),
            reason: told.strip_suffix(&place).unwrap_or(&told).to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_error_names_the_place_and_the_fault() {
        let mut record = Record::default();
        let bad =
            "{\"components\": [\n  {\"id\": \"a\", \"name\": \"A\", \"status\": \"sideways\"}]}";
        let error = record.take("page.json", bad, 1).unwrap_err().to_string();
        assert!(error.starts_with("page.json, line 2, column "), "{error}");
        assert!(
            error.contains("\"sideways\" is no component status"),
            "{error}"
        );
        let cut = record
            .take("list.jsonl", "{\"id\": ", 7)
            .unwrap_err()
            .to_string();
        assert!(cut.starts_with("list.jsonl, line 7, column "), "{cut}");
    }

    #[test]
    fn of_two_objects_with_one_code_the_newer_stays() {
        let object = |name: &str, day: u8| {
            format!(
                r#"{{"id":"a","name":"{name}","status":"operational","only_show_if_degraded":false,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-0{day}T00:00:00Z"}}"#
            )
        };
        for order in [["old", "new"], ["new", "old"]] {
            let mut record = Record::default();
            for name in order {
                let day = if name == "new" { 3 } else { 2 };
                assert!(record.take("a.json", &object(name, day), 1).unwrap());
            }
            let listed = record.listed.unwrap();
            assert_eq!(listed["a"].name, "new");
        }
    }

    #[test]
    fn a_list_that_reached_its_limit_is_not_complete() {
        let mut record = Record::default();
        assert!(record.take("i.json", r#"{"incidents":[]}"#, 1).unwrap());
        assert!(record.complete.incidents && !record.complete.maintenances);
        let mut summary = Record::default();
        let text = r#"{"incidents":[],"scheduled_maintenances":[],"status":{}}"#;
        assert!(summary.take("summary.json", text, 1).unwrap());
        assert_eq!(summary.complete, Complete::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in ".{0,300}") {
            drop(Record::default().take("x", &text, 1));
        }

        #[test]
        fn no_object_makes_reading_panic(
            fields in proptest::collection::btree_map(
                "id|name|status|created_at|updated_at|incident_updates|components|impact|page",
                "null|\\[\\]|\\[null\\]|\\{\\}|1e9|\"a\"|\"2026-01-01T00:00:00Z\"|\"none\"|\"resolved\"",
                0..9,
            )
        ) {
            let body: Vec<String> =
                fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            drop(Record::default().take("x", &format!("{{{}}}", body.join(",")), 1));
        }

        #[test]
        fn deep_nesting_is_an_error(depth in 129_usize..5_000) {
            let text = "[".repeat(depth);
            prop_assert!(Record::default().take("x", &text, 1).is_err());
        }
    }
}
