//! What a command prints: for people, or as JSON for scripts. The only place that prints.

use std::io::{self, Write};

use anyhow::Result;
use noroshi_domain::{Answer, Instant, Locale, SECOND_US};
use noroshi_text::labels;
use serde::Serialize;
use serde_json::Value;

/// Prints a line; a closed pipe is no error.
pub(crate) fn line(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints bytes as they are; a closed pipe is no error.
pub(crate) fn bytes(bytes: &[u8]) -> Result<()> {
    match io::stdout().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a line for people, where results do not go.
pub(crate) fn note(text: &str) {
    // Nobody can be told that stderr is closed.
    drop(writeln!(io::stderr(), "{text}"));
}

/// Prints a value as JSON, on one line.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Prints what a command was answered with: its new code, or all of it.
pub(crate) fn answer(answer: &Answer, as_json: bool, locale: Locale) -> Result<()> {
    if as_json {
        return json(answer);
    }
    for held in &answer.still_held {
        let by = held
            .incident_id
            .as_ref()
            .map_or_else(|| "a standing status".to_owned(), ToString::to_string);
        let status = labels::status(held.status, locale);
        note(&format!(
            "{}: still {status}, held by {by}",
            held.component_id
        ));
    }
    line(&answer.id)
}

/// Prints rows: as a JSON array, or their named fields separated by tabs.
pub(crate) fn rows(rows: &[Value], fields: &[&str], as_json: bool) -> Result<()> {
    if as_json {
        return json(&rows);
    }
    for row in rows {
        let cells: Vec<String> = fields.iter().map(|field| cell(&row[*field])).collect();
        line(&cells.join("\t"))?;
    }
    Ok(())
}

/// What is promised next, in a cell: when it is due, and how operators stand with it.
pub(crate) fn promise(due_at: Instant, is_overdue: bool, reminder_count: i64) -> String {
    let due = seconds(due_at);
    let overdue = if is_overdue { " overdue" } else { "" };
    match reminder_count {
        0 => format!("{due}{overdue}"),
        1 => format!("{due}{overdue}, reminded once"),
        count => format!("{due}{overdue}, reminded {count} times"),
    }
}

/// An instant in whole seconds: `2026-03-04T09:41:12Z`.
fn seconds(at: Instant) -> String {
    Instant::from_micros(at.micros().div_euclid(SECOND_US) * SECOND_US).to_string()
}

/// Fields of facts that hold instants and do not end in `_at`.
const TIMES: [&str; 6] = [
    "at",
    "from",
    "to",
    "effects_until",
    "scheduled_for",
    "scheduled_until",
];

/// Writes the instants of facts, which are microseconds, as people read them: in whole seconds.
pub(crate) fn write_times(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(write_times),
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_time = name.ends_with("_at") || TIMES.contains(&name.as_str());
                match field.as_i64().filter(|_| is_time) {
                    Some(micros) => *field = seconds(Instant::from_micros(micros)).into(),
                    None => write_times(field),
                }
            }
        }
        _ => {}
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.replace(['\t', '\n', '\r'], " "),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(","),
        // Texts in several languages.
        Value::Object(texts) => texts.values().map(cell).collect::<Vec<_>>().join(" / "),
        other => other.to_string(),
    }
}
