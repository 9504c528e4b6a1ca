//! The description for people: the same document, drawn as a page that asks nobody for anything.

use askama::Template;
use serde_json::Value;

use super::{BASE, DESCRIPTION};

/// Style of the page; its hash is in the policy that it is sent with.
pub(super) const CSS: &str = include_str!("../../../templates/api/guide.css");

#[derive(Template)]
#[template(path = "api/guide.html")]
struct Guide<'a> {
    css: &'a str,
    about: &'a str,
    document: &'a str,
    base: &'a str,
    sections: Vec<Section<'a>>,
    schemas: Vec<Schema<'a>>,
}

struct Section<'a> {
    name: &'a str,
    operations: Vec<Described<'a>>,
}

struct Described<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    description: &'a str,
    parameters: Vec<Parameter<'a>>,
    body: Option<String>,
    status: &'a str,
    answer: Option<String>,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    meaning: &'a str,
}

struct Schema<'a> {
    name: &'a str,
    text: String,
}

/// The page of a description.
pub(super) fn html(document: &Value) -> Result<String, askama::Error> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            let name = text(&operation["tags"][0]);
            let described = described(path, method, operation);
            match sections.iter_mut().find(|section| section.name == name) {
                Some(section) => section.operations.push(described),
                None => sections.push(Section {
                    name,
                    operations: vec![described],
                }),
            }
        }
    }
    let schemas = members(&document["components"]["schemas"]);
    let guide = Guide {
        css: CSS,
        about: text(&document["info"]["description"]),
        document: DESCRIPTION,
        base: BASE,
        sections,
        schemas: schemas
            .map(|(name, schema)| Schema {
                name,
                text: pretty(schema),
            })
            .collect(),
    };
    guide.render()
}

fn described<'a>(path: &'a str, method: &str, operation: &'a Value) -> Described<'a> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let schema = |holder: &Value| {
        let schema = &holder["content"]["application/json"]["schema"];
        (!schema.is_null()).then(|| pretty(schema))
    };
    let mut responses = members(&operation["responses"]);
    let done = responses.find(|(status, _)| *status != "default");
    Described {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path,
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters
            .map(|parameter| Parameter {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                meaning: text(&parameter["description"]),
            })
            .collect(),
        body: schema(&operation["requestBody"]),
        status: done.map_or("", |(status, _)| status),
        answer: done.and_then(|(_, response)| schema(response)),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, member)| (name.as_str(), member))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
