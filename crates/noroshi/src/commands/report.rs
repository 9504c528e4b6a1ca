//! `noroshi report …`: figures that anyone can work out again from the record.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use noroshi_ops::report::{By, Question};

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::{input, output};

/// Which report.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportKind {
    /// Seconds per status, and uptime, of each component. Maintenance counts as uptime unless the
    /// page weighs it; today counts up to now.
    Uptime(Uptime),
}

/// What one row covers.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Period {
    /// A local day.
    Day,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

/// Options of `report uptime`.
#[derive(Debug, Args)]
pub(crate) struct Uptime {
    /// What one row covers.
    #[arg(long, default_value = "day")]
    by: Period,
    /// First day, included.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Last day, included.
    #[arg(long, value_name = "DATE")]
    to: String,
    /// One component, by code or name; left out: all.
    #[arg(long, value_name = "CODE")]
    component: Option<String>,
}

impl ReportKind {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let Self::Uptime(asked) = self;
        let door = Door::open(common, Intent::Read)?;
        let page = door.page(common.page.as_deref())?;
        let component = asked.component.as_deref();
        let question = Question {
            by: match asked.by {
                Period::Day => By::Day,
                Period::Month => By::Month,
                Period::Quarter => By::Quarter,
                Period::Year => By::Year,
            },
            from: input::date("--from", &asked.from)?,
            to: input::date("--to", &asked.to)?,
            component: component
                .map(|code| input::component("--component", code, &page.state))
                .transpose()?,
        };
        if question.to < question.from {
            let (from, to) = (question.from, question.to);
            return Err(Stop::bad_input(format!("--to ({to}) lies before --from ({from})")).into());
        }
        let json = door.uptime(&page.id, &question)?;
        if common.json {
            return output::json(&json);
        }
        let rows = json[question.by.plural()]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let fields = [
            "component",
            question.by.field(),
            "partial_outage_s",
            "major_outage_s",
            "degraded_performance_s",
            "under_maintenance_s",
            "unknown_s",
            "uptime_percent",
        ];
        output::line(&fields.join("\t"))?;
        output::rows(&rows, &fields, false)
    }
}
