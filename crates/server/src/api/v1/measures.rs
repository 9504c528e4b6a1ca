//! Metrics and their points.

use std::collections::BTreeMap;

use noroshi_domain::{Instant, SECOND_US};
use noroshi_ops::metrics::{Metric, MetricsProvider, POINT_DAYS, Points, SLOT_S};
use noroshi_ops::{METRICS_MAX, OpError, POINTS_MAX, Stored, Writes};
use noroshi_page::api_v1;
use serde_json::{Map, Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::paging::Part;
use super::{providers, records};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 255;
/// Points of so many seconds are one record.
const HOUR_S: i64 = 3_600;
/// How far a point may be ahead of this machine's clock, in seconds.
const AHEAD_S: i64 = 3_600;
/// Most decimal places.
const DECIMALS_MAX: i64 = 15;
/// How points of a slot become one (reference 2.3).
const TRANSFORMS: [&str; 5] = ["average", "count", "max", "min", "sum"];
/// How often points are written anew when others wrote some of the same hour meanwhile.
const TRIES_MAX: u32 = 5;

/// All of the page.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let found = records::part::<Metric>(ask, Part::pages(ask)?)?;
    shapes(ask, &found)
}

/// Those of a provider.
pub(super) fn list_of_provider(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let provider = providers::one(ask)?;
    let found = part.cut(providers::metrics_of(ask, &provider.id)?);
    shapes(ask, &found)
}

/// Makes one of a provider.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let provider = providers::one(ask)?;
    let fields = ask.wrapped("metric")?;
    let mut metric = Metric {
        provider: provider.id,
        name: fields.required("name")?,
        identifier: None,
        reference_name: None,
        tooltip: None,
        display: true,
        y_min: None,
        y_max: None,
        y_hidden: false,
        suffix: None,
        decimals: 0,
        transform: None,
        latest_at: None,
        updated_at: ask.now,
    };
    take(&fields, &mut metric)?;
    let made = records::make(ask, metric, ("metric_created", METRICS_MAX))?;
    shape(ask, &made).map(Reply::Made)
}

/// Takes what is sent over.
fn take(fields: &Fields<'_>, metric: &mut Metric) -> Result<(), Fault> {
    if let Some(name) = fields.short("name", NAME_CHARS_MAX)? {
        if name.trim().is_empty() {
            return Err(fields.invalid("name", "must not be empty"));
        }
        metric.name = name;
    }
    for (field, place) in [
        ("metric_identifier", &mut metric.identifier),
        ("reference_name", &mut metric.reference_name),
        ("tooltip_description", &mut metric.tooltip),
        ("suffix", &mut metric.suffix),
    ] {
        if let Some(text) = fields.short(field, NAME_CHARS_MAX)? {
            *place = Some(text).filter(|text| !text.is_empty());
        }
    }
    metric.display = fields.flag("display")?.unwrap_or(metric.display);
    metric.y_hidden = fields.flag("y_axis_hidden")?.unwrap_or(metric.y_hidden);
    metric.y_min = fields.number("y_axis_min")?.or(metric.y_min);
    metric.y_max = fields.number("y_axis_max")?.or(metric.y_max);
    if let Some(decimals) = fields.int("decimal_places")? {
        if !(0..=DECIMALS_MAX).contains(&decimals) {
            let reason = format!("must be between 0 and {DECIMALS_MAX}");
            return Err(fields.invalid("decimal_places", &reason));
        }
        metric.decimals = decimals;
    }
    let transform = fields.word("transform", |text| {
        TRANSFORMS.into_iter().find(|known| *known == text)
    })?;
    if let Some(transform) = transform {
        metric.transform = Some(transform.to_owned());
    }
    Ok(())
}

fn one(ask: &Ask) -> Result<Stored<Metric>, Fault> {
    records::find(ask, ask.name("metric_id"))
}

/// One.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one(ask)?).map(Reply::Ok)
}

/// Changes what is sent.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let fields = ask.wrapped("metric")?;
    take(&fields, &mut found.value)?;
    found.value.updated_at = ask.now;
    let found = records::put(ask, &found, "metric_changed")?;
    shape(ask, &found).map(Reply::Ok)
}

/// Takes one away, with its points.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let found = one(ask)?;
    let gone = shape(ask, &found)?;
    let mut writes = Writes::default();
    remove(ask, &found, &mut writes)?;
    ask.app.write_records(&ask.caller, writes)?;
    Ok(Reply::Ok(gone))
}

/// Adds to writes that a metric goes, with its points.
pub(super) fn remove(ask: &Ask, metric: &Stored<Metric>, writes: &mut Writes) -> Result<(), Fault> {
    drop_points(ask, &metric.id, writes)?;
    writes.delete::<Metric>(&metric.id);
    writes.note(metric, "metric_deleted", json!({}));
    Ok(())
}

fn drop_points(ask: &Ask, metric: &str, writes: &mut Writes) -> Result<(), Fault> {
    for points in ask.app.records_by_key::<Points>("metric", metric)? {
        writes.delete::<Points>(&points.id);
    }
    Ok(())
}

/// Takes all its points away.
pub(super) fn delete_data(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    found.value.latest_at = None;
    found.value.updated_at = ask.now;
    let mut writes = Writes::default();
    drop_points(ask, &found.id, &mut writes)?;
    writes
        .put(&found)?
        .note(&found, "metric_data_deleted", json!({}));
    ask.app.write_records(&ask.caller, writes)?;
    found.version += 1;
    shape(ask, &found).map(Reply::Ok)
}

/// Takes one point.
pub(super) fn add_point(ask: &Ask) -> Result<Reply, Fault> {
    let metric = one(ask)?;
    check_own(ask, &metric)?;
    let fields = ask.wrapped("data")?;
    let point = point_of(ask, &fields)?;
    store(ask, &BTreeMap::from([(metric.id, vec![point])]))?;
    Ok(Reply::Made(json!({ "data": point_shape(point) })))
}

/// Takes points of several metrics.
pub(super) fn add_points(ask: &Ask) -> Result<Reply, Fault> {
    ask.state()?;
    let Some(Value::Object(sent)) = ask.body.get("data") else {
        let reason = "param is missing or the value is empty: data";
        return Err(Fault::Malformed(reason.to_owned()));
    };
    let unclear = |id: &str| Fault::Invalid(format!("data[{id}] must be a list of points"));
    let mut all: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    let mut count = 0;
    for (id, points) in sent {
        let metric = match records::find::<Metric>(ask, id) {
            Err(Fault::NotFound) => {
                let reason = format!("data names {id}, which does not exist on this page");
                return Err(Fault::Invalid(reason));
            }
            found => found?,
        };
        check_own(ask, &metric)?;
        let points = points.as_array().ok_or_else(|| unclear(id))?;
        count += points.len();
        if count > POINTS_MAX {
            return Err(Fault::Invalid(format!(
                "data may hold at most {POINTS_MAX} points"
            )));
        }
        let read = points.iter().map(|point| {
            let point = point.as_object().ok_or_else(|| unclear(id))?;
            point_of(ask, &Fields::new("data", point))
        });
        all.insert(id.clone(), read.collect::<Result<_, Fault>>()?);
    }
    store(ask, &all)?;
    let shapes: Map<String, Value> = all
        .into_iter()
        .map(|(id, points)| (id, points.into_iter().map(point_shape).collect()))
        .collect();
    Ok(Reply::Taken(json!({ "data": shapes })))
}

/// Only metrics whose points are sent to us take any.
fn check_own(ask: &Ask, metric: &Stored<Metric>) -> Result<(), Fault> {
    let provider = records::find::<MetricsProvider>(ask, &metric.value.provider)?;
    if provider.value.is_own() {
        Ok(())
    } else {
        Err(Fault::NotAllowed(
            "Points are taken for metrics of a provider of type Self only",
        ))
    }
}

/// The beginning of its slot in seconds, and its value.
type Point = (i64, f64);

fn point_of(ask: &Ask, fields: &Fields<'_>) -> Result<Point, Fault> {
    let missing = |name| fields.invalid(name, "must not be empty");
    // Parts of a second are cut.
    let second = fields
        .number("timestamp")?
        .ok_or_else(|| missing("timestamp"))?;
    let value = fields.number("value")?.ok_or_else(|| missing("value"))?;
    let now_s = ask.now.micros() / SECOND_US;
    let oldest_s = now_s - POINT_DAYS * 86_400;
    let (oldest, newest) = (oldest_s as f64, (now_s + AHEAD_S) as f64);
    if !(oldest..=newest).contains(&second) {
        let reason = format!("must be a time in seconds within the last {POINT_DAYS} days");
        return Err(fields.invalid("timestamp", &reason));
    }
    let second = second as i64;
    Ok((second - second.rem_euclid(SLOT_S), value))
}

fn point_shape((second, value): Point) -> Value {
    json!({ "timestamp": second, "value": value })
}

fn store(ask: &Ask, all: &BTreeMap<String, Vec<Point>>) -> Result<(), Fault> {
    for _ in 0..TRIES_MAX {
        let mut writes = Writes::default();
        for (id, points) in all {
            put_points(ask, id, points, &mut writes)?;
        }
        match ask.app.write_records(&ask.caller, writes) {
            // Others wrote points of the same hour.
            Err(OpError::Stale) => {}
            other => return Ok(other?),
        }
    }
    Err(OpError::Busy.into())
}

/// Adds points to the records of their hours. They are no acts of people: the audit is not told.
fn put_points(ask: &Ask, metric: &str, points: &[Point], writes: &mut Writes) -> Result<(), Fault> {
    let mut found = records::find::<Metric>(ask, metric)?;
    let mut hours: BTreeMap<i64, Vec<Point>> = BTreeMap::new();
    for point in points {
        hours.entry(point.0 / HOUR_S).or_default().push(*point);
    }
    for (hour, points) in hours {
        let id = format!("{metric}/{hour}");
        let stood = ask.app.record::<Points>(&id)?;
        let mut stored = stood.unwrap_or_else(|| Stored {
            id,
            page: found.page.clone(),
            version: 0,
            created_at: ask.now,
            value: Points {
                metric: metric.to_owned(),
                values: BTreeMap::new(),
            },
        });
        stored.value.values.extend(points);
        writes.put(&stored)?;
    }
    let last_s = points.iter().map(|(second, _)| *second).max();
    let latest_at = last_s.map(|second| Instant::from_micros(second * SECOND_US));
    if latest_at > found.value.latest_at {
        found.value.latest_at = latest_at;
        writes.put(&found)?;
    }
    Ok(())
}

fn shapes(ask: &Ask, found: &[Stored<Metric>]) -> Result<Reply, Fault> {
    let shapes = found.iter().map(|own| shape(ask, own));
    let shapes: Vec<Value> = shapes.collect::<Result<_, _>>()?;
    Ok(Reply::Ok(shapes.into()))
}

/// A metric as this API writes it.
pub(super) fn shape(ask: &Ask, metric: &Stored<Metric>) -> Result<Value, Fault> {
    let state = ask.state()?;
    let value = &metric.value;
    let time = |at| api_v1::time(&state.page.zone, at);
    Ok(json!({
        "id": metric.id,
        "metrics_provider_id": value.provider,
        "metric_identifier": value.identifier,
        "name": value.name,
        "display": value.display,
        "tooltip_description": value.tooltip,
        "backfilled": false,
        "y_axis_min": value.y_min,
        "y_axis_max": value.y_max,
        "y_axis_hidden": value.y_hidden,
        "suffix": value.suffix,
        "decimal_places": value.decimals,
        "most_recent_data_at": value.latest_at.map(time),
        "last_fetched_at": value.latest_at.map(time),
        "backfill_percentage": 0,
        "reference_name": value.reference_name,
        "created_at": time(metric.created_at),
        "updated_at": time(value.updated_at),
    }))
}
