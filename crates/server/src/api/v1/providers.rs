//! Where metrics come from.

use noroshi_ops::metrics::{Metric, MetricsProvider};
use noroshi_ops::{METRICS_MAX, Stored, Writes};
use noroshi_page::api_v1;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::records;

/// The kinds there are (reference 2.3); only the last is asked of us.
const KINDS: [&str; 5] = ["Pingdom", "NewRelic", "Librato", "Datadog", "Self"];
/// Longest address, in characters.
const URI_CHARS_MAX: usize = 2_000;

/// The kinds of providers.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every operation may be refused but this one"
)]
pub(super) fn kinds(_: &Ask) -> Result<Reply, Fault> {
    let kinds = KINDS.map(|kind| json!({ "type": kind }));
    Ok(Reply::Ok(Value::from(kinds.to_vec())))
}

/// All of the page.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let found = records::all::<MetricsProvider>(ask)?;
    let shapes = found.iter().map(|own| shape(ask, own));
    let shapes: Vec<Value> = shapes.collect::<Result<_, _>>()?;
    Ok(Reply::Ok(shapes.into()))
}

/// Makes one. Keys and passwords for others are not kept.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let fields = ask.wrapped("metrics_provider")?;
    let kind = kind_of(&fields)?.ok_or_else(|| fields.invalid("type", "must not be empty"))?;
    let provider = MetricsProvider {
        kind,
        base_uri: uri_of(&fields)?,
        updated_at: ask.now,
    };
    let act = ("metrics_provider_created", METRICS_MAX);
    let made = records::make(ask, provider, act)?;
    shape(ask, &made).map(Reply::Made)
}

fn kind_of(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    fields.word("type", |text| {
        let mut kinds = KINDS.into_iter();
        let found = kinds.find(|kind| kind.eq_ignore_ascii_case(text));
        found.map(str::to_owned)
    })
}

fn uri_of(fields: &Fields<'_>) -> Result<Option<String>, Fault> {
    fields.short("metric_base_uri", URI_CHARS_MAX)?;
    fields.said("metric_base_uri")
}

/// The provider that the address names.
pub(super) fn one(ask: &Ask) -> Result<Stored<MetricsProvider>, Fault> {
    records::find(ask, ask.name("provider_id"))
}

/// One.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one(ask)?).map(Reply::Ok)
}

/// Changes what is sent.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let fields = ask.wrapped("metrics_provider")?;
    if let Some(kind) = kind_of(&fields)? {
        found.value.kind = kind;
    }
    if let Some(uri) = uri_of(&fields)? {
        found.value.base_uri = Some(uri);
    }
    found.value.updated_at = ask.now;
    let found = records::put(ask, &found, "metrics_provider_changed")?;
    shape(ask, &found).map(Reply::Ok)
}

/// Takes one away, with its metrics.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let found = one(ask)?;
    let gone = shape(ask, &found)?;
    let mut writes = Writes::default();
    for metric in metrics_of(ask, &found.id)? {
        super::measures::remove(ask, &metric, &mut writes)?;
    }
    writes.delete::<MetricsProvider>(&found.id);
    writes.note(&found, "metrics_provider_deleted", json!({}));
    ask.app.write_records(&ask.caller, writes)?;
    Ok(Reply::Ok(gone))
}

/// The metrics of a provider, the oldest first.
pub(super) fn metrics_of(ask: &Ask, provider: &str) -> Result<Vec<Stored<Metric>>, Fault> {
    let mut found = ask.app.records_by_key::<Metric>("provider", provider)?;
    found.sort_by_key(|own| (own.created_at, own.id.clone()));
    Ok(found)
}

fn shape(ask: &Ask, provider: &Stored<MetricsProvider>) -> Result<Value, Fault> {
    let state = ask.state()?;
    let value = &provider.value;
    Ok(json!({
        "id": provider.id,
        "type": value.kind,
        // Nobody asks the others.
        "disabled": !value.is_own(),
        "metric_base_uri": value.base_uri,
        "last_revalidated_at": null,
        "created_at": api_v1::time(&state.page.zone, provider.created_at),
        "updated_at": api_v1::time(&state.page.zone, value.updated_at),
        "page_id": state.page.id,
    }))
}
