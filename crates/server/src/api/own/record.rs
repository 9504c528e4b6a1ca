//! What the command line needs of a server elsewhere: a page's facts, and the one door itself, an
//! import through it too. They speak the language of the record, which belongs to a version: the
//! other operations are what stays.

use noroshi_domain::{
    Answer, Command, ComponentId, Fact, FactKind, Head, ImportedFacts, State as PageState,
};
use noroshi_ops::report::{By, Question, uptime};
use noroshi_ops::{OpError, Permission};
use noroshi_store::AuditRow;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
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
            "listFacts",
            "/api/noroshi/v1/pages/{page_id}/facts/{kind}",
            "Lists all facts of a kind, those of the past and deleted ones too, for an import.",
        ),
        of::<FactRows>,
        list_facts,
    )
    .needing(Permission::EditPage)
    .with_query(&[
        ("after", "Only facts after this one: `next` of an answer"),
        ("limit", "So many at most; 50 where it is absent"),
    ]),
    Operation::change(
        (
            "importFacts",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/imports",
            "Writes entries of an import in their order, as the command line worked them out; the \
             first that is refused is answered, and those before it stand.",
        ),
        Permission::EditPage,
        import,
    )
    .with_body(of::<NewImport>)
    .answering(200, of::<Imported>),
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
    facts: Vec<Fact>,
}

/// Facts of one kind.
#[derive(Debug, Serialize, JsonSchema)]
struct FactRows {
    /// The facts, by identifier.
    #[schemars(schema_with = "anything")]
    facts: Vec<Fact>,
    /// After which the next ones come; absent: there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Entries of an import, 64 at most.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewImport {
    /// What each puts and drops.
    #[schemars(schema_with = "anything")]
    entries: Vec<ImportedFacts>,
}

/// What became of entries of an import.
#[derive(Debug, Serialize, JsonSchema)]
struct Imported {
    /// One for each, in their order.
    answers: Vec<Answer>,
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

fn list_facts(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let name = call.name("kind");
    let kind = FactKind::ALL.into_iter().find(|kind| kind.as_str() == name);
    let kind = kind.ok_or_else(|| Problem::no_such("kind", name))?;
    let (after, limit) = (call.query("after").unwrap_or_default(), call.limit()?);
    let rows = call.app.store().facts(&page, kind, &after, limit)?;
    let is_full = rows.len() as u64 >= u64::from(limit);
    let next = rows.last().filter(|_| is_full).map(|(id, _)| id.clone());
    let facts = rows.iter().map(|(id, body)| {
        let fact = serde_json::from_str(body);
        fact.map_err(|error| OpError::Store(format!("{name} {id} of page {page}: {error}")))
    });
    let facts: Result<Vec<Fact>, OpError> = facts.collect();
    let facts = facts?;
    Reply::of(&FactRows { facts, next }, None)
}

fn import(call: &Call) -> Result<Reply, Problem> {
    let new: NewImport = call.body()?;
    let page = call.page_id()?;
    let answers = call.app.import(&call.caller, &page, new.entries)?;
    let answers: Result<Vec<Answer>, OpError> = answers.into_iter().collect();
    let answers = answers?;
    let seq = answers.last().map(|answer| answer.seq);
    Reply::of(&Imported { answers }, seq)
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
