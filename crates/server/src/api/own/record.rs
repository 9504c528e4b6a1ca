//! What the command line needs of a server elsewhere: a page's facts, and the one door itself.
//! Both speak the language of the record, which belongs to a version: the other operations are
//! what stays.

use noroshi_domain::{Answer, Command, ComponentId, Head, State as PageState};
use noroshi_ops::Permission;
use noroshi_ops::report::{By, Question, uptime};
use noroshi_store::AuditRow;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "getFacts",
            "/api/noroshi/v1/pages/{page_id}/facts",
            "Gives the live facts of a page as the record holds them, for the command line.",
        ),
        of::<Facts>,
        facts,
    ),
    Operation::get(
        (
            "getUptime",
            "/api/noroshi/v1/pages/{page_id}/uptime",
            "Gives seconds per status, and uptime, of each component.",
        ),
        anything,
        get_uptime,
    )
    .with_query(&[
        (
            "by",
            "What a row covers: `day`, `month`, `quarter` or `year`",
        ),
        ("from", "First day, included"),
        ("to", "Last day, included"),
        ("component", "Only this one"),
    ]),
    Operation::change(
        (
            "sendCommand",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/commands",
            "Sends a command as the record knows it, for the command line.",
        ),
        Permission::View,
        send,
    )
    .with_body(anything)
    .answering(200, of::<Answer>),
    Operation::get(
        (
            "listAudit",
            "/api/noroshi/v1/pages/{page_id}/audit",
            "Lists who did what beside the public record, the newest first.",
        ),
        list_of::<AuditView>,
        audit,
    )
    .needing(Permission::ReadAudit)
    .with_query(&[
        ("before", "Only rows before this number"),
        ("limit", "So many at most; 50 where it is absent"),
    ]),
];

/// A page's live facts.
#[derive(Debug, Serialize, JsonSchema)]
struct Facts {
    /// Where its journal ends.
    #[schemars(schema_with = "anything")]
    head: Head,
    /// The facts, the page first.
    #[schemars(schema_with = "anything")]
    facts: Vec<noroshi_domain::Fact>,
}

/// Who did what to what.
#[derive(Debug, Serialize, JsonSchema)]
struct AuditView {
    seq: i64,
    at: noroshi_domain::Instant,
    /// `user`, `token` …
    actor_kind: String,
    actor_id: String,
    /// `token_created` …
    action: String,
    subject_kind: String,
    subject_id: String,
    #[schemars(schema_with = "anything")]
    detail: Value,
}

fn anything(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["object", "string", "array"] })
}

fn facts(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let facts = Facts {
        head: state.head.clone(),
        facts: PageState::facts(&state),
    };
    Reply::of(&facts, Some(state.head.seq))
}

fn get_uptime(call: &Call) -> Result<Reply, Problem> {
    let day = |name: &'static str| {
        let text = call.query(name).unwrap_or_default();
        text.parse().map_err(|_| {
            Problem::bad_query(
                name,
                &format!("{text:?} is no day: write it like 2026-03-04"),
            )
        })
    };
    let by = call.query("by").unwrap_or_else(|| "day".to_owned());
    let component = call.query("component");
    let question = Question {
        by: By::parse(&by).ok_or_else(|| {
            Problem::bad_query(
                "by",
                &format!("{by:?} is none of day, month, quarter, year"),
            )
        })?,
        from: day("from")?,
        to: day("to")?,
        component: component
            .map(|code| ComponentId::parse(&code).map_err(|_| Problem::no_such("component", &code)))
            .transpose()?,
    };
    if question.to < question.from {
        return Err(Problem::bad_query("to", "it lies before `from`"));
    }
    let report = uptime(&call.app, &call.page_id()?, &question)?;
    let body = serde_json::to_value(report).map_err(|error| Problem::bad_json(&error))?;
    Ok(Reply::json(body))
}

fn send(call: &Call) -> Result<Reply, Problem> {
    let command: Command = call.body()?;
    let answer = call.send(command)?;
    Reply::of(&answer, Some(answer.seq))
}

fn audit(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let before = match call.query("before") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Problem::bad_query("before", &format!("{text:?} is no number")))?,
        ),
    };
    let rows = call.app.store().audit(Some(&page), before, call.limit()?)?;
    let views: Vec<AuditView> = rows.into_iter().map(view).collect();
    Reply::of(&views, None)
}

fn view(row: AuditRow) -> AuditView {
    AuditView {
        seq: row.seq,
        at: row.at,
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
    }
}
