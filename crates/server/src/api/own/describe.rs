//! The description of the own API: `OpenAPI` 3.1, made from the table of operations.

use std::collections::BTreeMap;

use noroshi_ops::Permission;
use serde_json::{Map, Value, json};

use super::problem::Details;
use super::{BASE, Operation, operations, times};

/// The document.
pub(crate) fn openapi() -> Value {
    let mut generator = times::generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let problem = generator.subschema_for::<Details>();
    for operation in operations() {
        let mut described = json!({
            "operationId": operation.id,
            "summary": operation.summary,
            "description": need(operation),
            "tags": [tag(operation)],
            "parameters": parameters(operation),
        });
        if let Some(body) = operation.body {
            described["requestBody"] = json!({
                "required": true,
                "content": { "application/json": { "schema": body(&mut generator) } },
            });
        }
        let mut responses = Map::new();
        let mut done = json!({ "description": "Done" });
        if let Some(answer) = operation.answer {
            done["content"] = json!({ "application/json": { "schema": answer(&mut generator) } });
        }
        responses.insert(operation.status.to_string(), done);
        responses.insert(
            "default".to_owned(),
            json!({
                "description": "It did not happen: why, where, and how to mend it",
                "content": { "application/problem+json": { "schema": problem } },
            }),
        );
        described["responses"] = Value::Object(responses);
        let path = operation.path.strip_prefix(BASE).unwrap_or(operation.path);
        paths
            .entry(path)
            .or_default()
            .insert(operation.method.as_str().to_lowercase(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Noroshi",
            "version": "1",
            "description": "All that can be asked of a status page. Texts stand in the locales of \
                the page; instants are RFC 3339 and may carry any offset. A change that carries \
                `If-Match` with the revision its author saw is refused where somebody else changed \
                the same meanwhile; one that carries `Idempotency-Key` is carried out once, \
                however often it is sent.",
        },
        "servers": [{ "url": BASE }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token from the console, or from `noroshi token create`.",
                },
            },
            "schemas": generator.take_definitions(true),
        },
    })
}

fn need(operation: &Operation) -> String {
    let needs = operation.needs.as_str();
    if operation.needs == Permission::PostIncident && operation.path.contains("incident") {
        let planned = Permission::PostMaintenance.as_str();
        return format!("Needs the permission `{needs}`, of planned work `{planned}`.");
    }
    if operation.is_of_any_page() {
        return format!("Needs the permission `{needs}`, on everything or on a page.");
    }
    format!("Needs the permission `{needs}`.")
}

/// What it is about: the first word, or the first after the page.
fn tag(operation: &Operation) -> &'static str {
    let path = operation.path.strip_prefix(BASE).unwrap_or(operation.path);
    let mut parts = path.split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    match first {
        "pages" => parts.nth(1).unwrap_or(first),
        other => other,
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut all: Vec<Value> = names(operation.path)
        .map(|name| {
            json!({
                "name": name,
                "in": "path",
                "required": true,
                "schema": { "type": "string", "pattern": "^[a-z0-9]+$", "maxLength": 64 },
            })
        })
        .collect();
    for (name, meaning) in operation.query {
        let schema = match *name {
            "limit" => json!({ "type": "integer", "minimum": 1, "maximum": super::LIST_ROWS_MAX }),
            "before" => json!({ "type": "integer", "format": "int64" }),
            "open" | "retired" => json!({ "type": "boolean" }),
            "kind" => json!({ "enum": ["incident", "maintenance"] }),
            "by" => json!({ "enum": ["day", "month", "quarter", "year"] }),
            "from" | "to" => json!({ "type": "string", "format": "date" }),
            _ => json!({ "type": "string" }),
        };
        all.push(json!({
            "name": name,
            "in": "query",
            "description": meaning,
            "schema": schema,
        }));
    }
    if operation.method != super::Method::Get {
        all.push(json!({
            "name": "If-Match",
            "in": "header",
            "description": "The revision that its author saw: the `ETag` of an answer",
            "schema": { "type": "string", "pattern": "^\"[0-9]{1,15}\"$" },
        }));
        all.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same again within 7 days is answered as the first time",
            "schema": { "type": "string", "pattern": "^[a-z0-9]{1,64}$" },
        }));
    }
    all
}

/// The names that stand in braces in a path.
pub(super) fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
