//! Instants in answers: facts hold microseconds, as the journal hashes them; programs are told
//! RFC 3339. The schema of a type says where its instants are.

use noroshi_domain::Instant;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Problem;

/// Where schemas of the description stand.
pub(super) const DEFINITIONS: &str = "/components/schemas";

/// The generator of all schemas; an object without a field leaves it out.
pub(super) fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = DEFINITIONS.into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

/// A value as JSON, its instants as RFC 3339.
pub(super) fn written<T: Serialize + JsonSchema>(value: &T) -> Result<Value, Problem> {
    let mut generator = generator();
    let schema = generator.subschema_for::<T>();
    let definitions = generator.take_definitions(true);
    let json = serde_json::to_value(value).map_err(|error| Problem::bad_json(&error))?;
    Ok(write(json, schema.as_value(), &definitions))
}

fn write(value: Value, schema: &Value, definitions: &Map<String, Value>) -> Value {
    if let Some(name) = reference(schema) {
        return match (name, &value) {
            ("Instant", Value::Number(number)) => {
                let micros = number.as_i64().unwrap_or_default();
                Value::String(Instant::from_micros(micros).to_string())
            }
            (name, _) => match definitions.get(name) {
                Some(schema) => write(value, schema, definitions),
                None => value,
            },
        };
    }
    let choices = ["anyOf", "oneOf", "allOf"];
    let value = choices
        .iter()
        .filter_map(|word| schema.get(word)?.as_array())
        .flatten()
        .fold(value, |value, choice| write(value, choice, definitions));
    match value {
        Value::Array(items) => {
            let schema = schema.get("items").unwrap_or(&Value::Null);
            items
                .into_iter()
                .map(|item| write(item, schema, definitions))
                .collect()
        }
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| {
                    let own = schema.pointer("/properties").and_then(|all| all.get(&name));
                    let schema = own.or_else(|| schema.get("additionalProperties"));
                    let field = write(field, schema.unwrap_or(&Value::Null), definitions);
                    (name, field)
                })
                .collect(),
        ),
        other => other,
    }
}

fn reference(schema: &Value) -> Option<&str> {
    let path = schema.get("$ref")?.as_str()?;
    path.rsplit('/').next()
}
