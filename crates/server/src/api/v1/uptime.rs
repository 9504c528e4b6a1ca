//! Uptime of components and groups over some days (reference 4.6).

use jiff::ToSpan;
use jiff::civil::{Date, date};
use noroshi_domain::uptime::{self, Calendar, Day, Today};
use noroshi_domain::{Component, ComponentId, Instant, Lane, State};
use noroshi_ops::OpError;
use noroshi_page::View;
use noroshi_page::view::System;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::{components, groups};

/// How many calendar months one question may touch.
const MONTHS_MAX: i32 = 6;
/// The days that are meant where no start is sent.
const DAYS: i64 = 90;
/// How far before the days an incident may have begun that reaches into them, in days.
const REACH_DAYS: i64 = 31;
/// How many incidents are looked at.
const INCIDENTS_MAX: u32 = 1_000;

/// Of one component.
pub(super) fn of_component(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let id = components::named(ask, &state)?;
    let view = ask.view(&state);
    let system = view.system(&id).ok_or(Fault::NotFound)?;
    if !system.fact.showcase {
        return Err(not_shown());
    }
    let asked = Asked::read(ask, &view, &[system.fact])?;
    let days = asked.days(ask, &state, &[system])?;
    let days = days.into_iter().next().unwrap_or_default();
    let mut answer = asked.figures(&view, &days);
    answer["id"] = id.as_str().into();
    answer["name"] = view.plain(&system.fact.name).into();
    if !asked.skips_events {
        let events = asked.events(ask, &view, &[&id])?;
        answer["related_events"] = events.into_iter().next().map_or(json!([]), |(_, own)| own);
    }
    Ok(Reply::Ok(answer))
}

/// Of a group: the mean of its members.
pub(super) fn of_group(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let group = groups::named(ask, &state)?;
    let view = ask.view(&state);
    let mut groups = view.groups().iter();
    let found = groups.find(|own| own.fact.id == group.id);
    let found = found.ok_or(Fault::NotFound)?;
    let members = found.members.iter().map(|place| &view.systems()[*place]);
    let shown: Vec<&System<'_>> = members.filter(|member| member.fact.showcase).collect();
    if shown.is_empty() {
        return Err(not_shown());
    }
    let facts: Vec<&Component> = shown.iter().map(|member| member.fact).collect();
    let asked = Asked::read(ask, &view, &facts)?;
    let days = uptime::group_days(&asked.days(ask, &state, &shown)?);
    let mut answer = asked.figures(&view, &days);
    answer["id"] = group.id.as_str().into();
    answer["name"] = view.plain(&group.name).into();
    if !asked.skips_events {
        let ids: Vec<&ComponentId> = facts.iter().map(|fact| &fact.id).collect();
        let events = asked.events(ask, &view, &ids)?;
        let events = events
            .into_iter()
            .map(|(id, incidents)| json!({ "component_id": id, "incidents": incidents }));
        answer["related_events"] = events.collect();
    }
    Ok(Reply::Ok(answer))
}

fn not_shown() -> Fault {
    Fault::Invalid("uptime is shown of components with showcase on only".to_owned())
}

/// Which days are asked about.
struct Asked {
    first: Date,
    last: Date,
    from: Instant,
    to: Instant,
    warnings: Vec<String>,
    skips_events: bool,
}

impl Asked {
    fn read(ask: &Ask, view: &View<'_>, of: &[&Component]) -> Result<Self, Fault> {
        let zone = &view.page().zone;
        let today = zone.date_of(ask.now);
        let mut warnings = Vec::new();
        let mut last = day(ask, "end")?.map_or(today, |(_, last)| last);
        if last > today {
            warnings.push(format!("end was moved to {today}, which is today"));
            last = today;
        }
        let ninety = today.checked_sub((DAYS - 1).days()).unwrap_or(today);
        let born = of.iter().map(|fact| fact.start_date).min().flatten();
        let first = day(ask, "start")?.map_or_else(
            || born.map_or(ninety, |born| born.max(ninety)).min(last),
            |(first, _)| first,
        );
        let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
        let invalid = |reason: &str| Err(Fault::Invalid(reason.to_owned()));
        if first < date(1970, 1, 1) {
            return invalid("start must not be before 1970-01-01");
        }
        if last < first {
            return invalid("end must not be before start");
        }
        if months(last) - months(first) >= MONTHS_MAX {
            return invalid("start and end may be at most six calendar months apart");
        }
        let skips = ask.query("skip_related_events");
        Ok(Self {
            first,
            last,
            from: zone.start_of(first),
            to: zone.bounds_of(last).1,
            warnings,
            skips_events: skips.is_some_and(|text| matches!(text.as_str(), "true" | "t" | "1")),
        })
    }

    /// The days of each component.
    fn days(&self, ask: &Ask, state: &State, of: &[&System<'_>]) -> Result<Vec<Vec<Day>>, Fault> {
        let calendar = Calendar::new(&state.page.zone, self.first, self.last, ask.now);
        let store = ask.app.store();
        let single = match of {
            [one] => Some(&one.fact.id),
            _ => None,
        };
        let page = &state.page.id;
        let spans = store.spans_between(page, Lane::Public, single, self.from, self.to);
        let spans = spans.map_err(OpError::from)?;
        Ok(of
            .iter()
            .map(|own| {
                let id = &own.fact.id;
                let spans = spans.iter().filter(|span| span.component_id == *id);
                calendar.days(spans, own.fact.start_date)
            })
            .collect())
    }

    fn figures(&self, view: &View<'_>, days: &[Day]) -> Value {
        let counted = || days.iter().filter(|day| day.counted);
        let percent = uptime::percent(days, view.weights(), Today::Whole, view.now());
        // Two decimals, cut: a figure that prints as it is.
        let percent = percent.map(|percent| percent.hundredths() as f64 / 100.0);
        let warnings = (!self.warnings.is_empty()).then_some(&self.warnings);
        json!({
            "range_start": self.first.to_string(),
            "range_end": self.last.to_string(),
            "uptime_percentage": percent,
            "major_outage": counted().map(|day| day.seconds.major).sum::<i64>(),
            "partial_outage": counted().map(|day| day.seconds.partial).sum::<i64>(),
            "warnings": warnings,
        })
    }

    /// The incidents that touched each component in these days.
    fn events(
        &self,
        ask: &Ask,
        view: &View<'_>,
        of: &[&ComponentId],
    ) -> Result<Vec<(String, Value)>, Fault> {
        let store = ask.app.store();
        let page = &view.page().id;
        let since = self.from.plus_seconds(-REACH_DAYS * uptime::DAY_S);
        let listed = store.incidents_between(page, since, self.to, INCIDENTS_MAX);
        let ids: Vec<_> = listed
            .map_err(OpError::from)?
            .into_iter()
            .map(|incident| incident.id)
            .collect();
        let records = store.incidents_by_id(page, &ids).map_err(OpError::from)?;
        let told: Vec<_> = records
            .iter()
            .filter_map(|record| view.told_of(record))
            .collect();
        let events = view.events(&told);
        let of_one = |id: &ComponentId| {
            let own = events.get(id).map_or(&[][..], Vec::as_slice);
            let touching = own
                .iter()
                .filter(|event| event.from < self.to && event.to > self.from);
            let mut ids: Vec<&str> = touching.map(|event| event.incident.id.as_str()).collect();
            ids.dedup();
            ids.into_iter().map(|id| json!({ "id": id })).collect()
        };
        Ok(of.iter().map(|id| (id.to_string(), of_one(id))).collect())
    }
}

/// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`: the first and the last day that it names.
fn day(ask: &Ask, name: &str) -> Result<Option<(Date, Date)>, Fault> {
    let Some(text) = ask.query(name) else {
        return Ok(None);
    };
    let read = match text.len() {
        4 => text.parse().ok().and_then(|year| {
            let first = Date::new(year, 1, 1).ok()?;
            Some((first, first.last_of_year()))
        }),
        7 => format!("{text}-01")
            .parse()
            .ok()
            .map(|first: Date| (first, first.last_of_month())),
        10 => text.parse().ok().map(|date: Date| (date, date)),
        _ => None,
    };
    read.map(Some).ok_or_else(|| {
        Fault::Invalid(format!(
            "{name} must be written YYYY-MM-DD, YYYY-MM or YYYY"
        ))
    })
}
