//! The uptime report: seconds per status and period for each component, from its spans.

use std::collections::BTreeMap;

use jiff::civil::Date;
use noroshi_domain::uptime::{Calendar, Day, Today, percent};
use noroshi_domain::{Component, ComponentId, Instant, Lane, PageId, Span, Weights};
use serde::{Serialize, Serializer};

use crate::app::App;
use crate::error::OpError;
use crate::limits::{REPORT_DAYS_MAX, REPORT_ROWS_MAX};
use crate::tokens::too_long;

/// What one row of a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A local day.
    Day,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

impl By {
    /// Reads `day`, `month`, `quarter`, `year`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "day" => Some(Self::Day),
            "month" => Some(Self::Month),
            "quarter" => Some(Self::Quarter),
            "year" => Some(Self::Year),
            _ => None,
        }
    }

    /// Its name, as [`By::parse`] reads it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// What the rows are called: `days`.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Day => "days",
            Self::Month => "months",
            Self::Quarter => "quarters",
            Self::Year => "years",
        }
    }

    /// What a row's period is called: `date`.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Day => "date",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    fn period_of(self, date: Date) -> String {
        match self {
            Self::Day => date.to_string(),
            Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Self::Quarter => format!("{:04}-Q{}", date.year(), (date.month() - 1) / 3 + 1),
            Self::Year => format!("{:04}", date.year()),
        }
    }
}

/// What is asked of a report.
#[derive(Debug, Clone)]
pub struct Question {
    /// What one row covers.
    pub by: By,
    /// The first day, included.
    pub from: Date,
    /// The last day, included; none after today is reported.
    pub to: Date,
    /// One component; absent: all, retired ones too.
    pub component: Option<ComponentId>,
}

impl Question {
    /// Refuses what would be too long, before it is worked out.
    fn check_length(&self, components_count: usize, today: Date) -> Result<(), OpError> {
        let span = self.to.min(today) - self.from;
        let days_count = usize::try_from(span.get_days() + 1).unwrap_or(0);
        let counted = components_count.saturating_mul(days_count);
        if counted > REPORT_DAYS_MAX {
            return Err(too_long("from..to × components", counted, REPORT_DAYS_MAX));
        }
        // No period but the first and the last is shorter than this.
        let shortest_days = match self.by {
            By::Day => 1,
            By::Month => 28,
            By::Quarter => 90,
            By::Year => 365,
        };
        let rows_count = components_count.saturating_mul(days_count / shortest_days);
        if rows_count > REPORT_ROWS_MAX {
            return Err(too_long("rows", rows_count, REPORT_ROWS_MAX));
        }
        Ok(())
    }
}

/// One component in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which component.
    pub component: ComponentId,
    /// Which period: `2026-03-04`, `2026-03`, `2026-Q1`, `2026`.
    pub period: String,
    /// Seconds of partial outage.
    pub partial_outage_s: i64,
    /// Seconds of major outage.
    pub major_outage_s: i64,
    /// Seconds of degraded performance.
    pub degraded_performance_s: i64,
    /// Seconds under maintenance.
    pub under_maintenance_s: i64,
    /// Seconds without measurement.
    pub unknown_s: i64,
    /// Hundredths of a percent, cut; absent: nothing counts in this period.
    pub uptime_hundredths: Option<i64>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UptimeReport {
    /// What one row covers.
    pub by: By,
    /// Rows by component, oldest first.
    pub rows: Vec<Row>,
}

impl Serialize for UptimeReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<serde_json::Value> = self.rows.iter().map(|row| row.json(self.by)).collect();
        BTreeMap::from([(self.by.plural(), rows)]).serialize(serializer)
    }
}

impl Row {
    fn json(&self, by: By) -> serde_json::Value {
        serde_json::json!({
            "component": self.component,
            by.field(): self.period,
            "partial_outage_s": self.partial_outage_s,
            "major_outage_s": self.major_outage_s,
            "degraded_performance_s": self.degraded_performance_s,
            "under_maintenance_s": self.under_maintenance_s,
            "unknown_s": self.unknown_s,
            "uptime_percent": self.uptime_hundredths.map(|hundredths| hundredths as f64 / 100.0),
        })
    }
}

/// Reports a page's uptime; today counts up to now.
///
/// # Errors
/// [`OpError::NotFound`] for a component that the page never had, a refusal where it would be too
/// long; otherwise a store's error.
pub fn uptime(app: &App, page: &PageId, asked: &Question) -> Result<UptimeReport, OpError> {
    let now = app.now();
    let state = app.state(page)?;
    let weights = state.page.settings.weights.unwrap_or_default();
    let mut report = UptimeReport {
        by: asked.by,
        rows: Vec::new(),
    };
    if let Some(id) = asked
        .component
        .as_ref()
        .filter(|id| !state.components.contains_key(id))
    {
        return Err(OpError::NotFound {
            kind: "component",
            id: id.to_string(),
        });
    }
    let components_count = match asked.component {
        Some(_) => 1,
        None => state.components.len(),
    };
    asked.check_length(components_count, state.page.zone.date_of(now))?;
    let calendar = Calendar::new(&state.page.zone, asked.from, asked.to, now);
    let (Some((_, first, _)), Some((_, _, last))) =
        (calendar.bounds().first(), calendar.bounds().last())
    else {
        return Ok(report);
    };
    let spans = app.store().spans_between(
        page,
        Lane::Public,
        asked.component.as_ref(),
        *first,
        (*last).min(now),
    )?;
    let mut by_component: BTreeMap<&ComponentId, Vec<&Span>> = BTreeMap::new();
    for span in &spans {
        by_component
            .entry(&span.component_id)
            .or_default()
            .push(span);
    }
    for (id, component) in &state.components {
        if asked.component.as_ref().is_none_or(|only| only == id) {
            let spans = by_component.remove(id).unwrap_or_default();
            let days = calendar.days(spans, component.start_date);
            report
                .rows
                .extend(rows_of(component, asked.by, &days, (weights, now)));
        }
    }
    Ok(report)
}

fn rows_of(
    component: &Component,
    by: By,
    days: &[Day],
    (weights, now): (Weights, Instant),
) -> Vec<Row> {
    days.chunk_by(|one, two| by.period_of(one.date) == by.period_of(two.date))
        .map(|days| {
            // Days before `start_date` do not enter any sum; alone, a day says what was recorded.
            let sum = |pick: fn(&Day) -> i64| -> i64 {
                days.iter()
                    .filter(|day| by == By::Day || day.counted)
                    .map(pick)
                    .sum()
            };
            Row {
                component: component.id.clone(),
                period: days
                    .first()
                    .map_or_else(String::new, |day| by.period_of(day.date)),
                partial_outage_s: sum(|day| day.seconds.partial),
                major_outage_s: sum(|day| day.seconds.major),
                degraded_performance_s: sum(|day| day.seconds.degraded),
                under_maintenance_s: sum(|day| day.seconds.maintenance),
                unknown_s: sum(|day| day.seconds.unknown),
                uptime_hundredths: percent(days, weights, Today::UpToNow, now)
                    .map(noroshi_domain::uptime::Percent::hundredths),
            }
        })
        .collect()
}
