//! `noroshi verify`: whether the record is whole, and the tables are what it says.

use anyhow::Result;
use clap::Args;
use noroshi_ops::verify::{Report, verify};

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::{Exit, Stop};
use crate::output;

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Work every component's public status out anew, too.
    #[arg(long)]
    full: bool,
}

impl Verify {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let door = Door::open(common, Intent::Read)?;
        let pages = match &common.page {
            Some(page) => vec![door.page(Some(page))?.id],
            None => door.app.pages().map_err(Stop::from)?,
        };
        let mut fault_count = 0;
        let mut reports = Vec::new();
        for page in pages {
            let report = verify(&door.app, &page, self.full).map_err(Stop::from)?;
            fault_count += report.fault_count;
            reports.push(report);
        }
        if common.json {
            output::json(&reports)?;
        } else {
            reports.iter().try_for_each(print)?;
        }
        if fault_count == 0 {
            return Ok(());
        }
        let message = format!("{fault_count} faults: the record is not what was written");
        Err(Stop {
            exit: Exit::Fault,
            message,
        }
        .into())
    }
}

fn print(report: &Report) -> Result<()> {
    for fault in &report.faults {
        output::line(fault)?;
    }
    let named = report.faults.len() as i64;
    if report.fault_count > named {
        output::line(&format!("and {} more", report.fault_count - named))?;
    }
    output::line(&format!(
        "page {}: {} entries, {} erased, {} withheld, {} rows compared, {} faults",
        report.page,
        report.entry_count,
        report.erased_count,
        report.withheld_count,
        report.row_count,
        report.fault_count
    ))
}
