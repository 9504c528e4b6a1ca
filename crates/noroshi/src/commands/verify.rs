//! `noroshi verify`: whether the record is whole, the tables are what it says, and a head that was
//! seen elsewhere is part of it.

use std::fs;
use std::io::Read;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use noroshi_domain::PageId;
use noroshi_ops::seen::{self, Place, Seen, Signature};
use noroshi_ops::signing::SignedHead;
use noroshi_ops::verify::{Report, verify};
use serde::Serialize;

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::{Exit, Stop};
use crate::output;

/// How long fetching a head may take, in seconds.
const FETCH_S_MAX: u64 = 10;
/// How many bytes of what was named are read; a head has a few hundred.
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Work every component's public status out anew, too.
    #[arg(long)]
    full: bool,
    /// Say whether a head seen elsewhere is on our chain: the address or file of a beat.json, or
    /// its JSON.
    #[arg(long, value_name = "HEAD")]
    against: Option<String>,
}

/// What `--json` prints with `--against`.
#[derive(Serialize)]
struct Answer<'a> {
    pages: &'a [Report],
    against: &'a Seen,
}

impl Verify {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let head = self.against.as_deref().map(read_head).transpose()?;
        let door = Door::open(common, Intent::Read)?;
        let host = door.host()?;
        let seen = head
            .map(|head| seen::compare(host, &head))
            .transpose()
            .map_err(Stop::from)?;
        let reports = pages(&door, common, seen.as_ref())?
            .into_iter()
            .map(|page| verify(host, &page, self.full))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Stop::from)?;
        match (&seen, common.json) {
            (None, true) => output::json(&reports)?,
            (Some(seen), true) => output::json(&Answer {
                pages: &reports,
                against: seen,
            })?,
            (seen, false) => {
                reports.iter().try_for_each(print)?;
                seen.iter()
                    .try_for_each(|seen| output::line(&worded(seen)))?;
            }
        }
        let fault_count: i64 = reports.iter().map(|report| report.fault_count).sum();
        if fault_count > 0 {
            let message = format!("{fault_count} faults: the record is not what was written");
            return Err(Stop {
                exit: Exit::Fault,
                message,
            }
            .into());
        }
        match seen {
            Some(seen) if seen.place != Place::OnChain => Err(Stop {
                exit: Exit::OffChain,
                message: worded(&seen),
            }
            .into()),
            _ => Ok(()),
        }
    }
}

/// The pages to verify: the one that is named, that of the head, or all.
fn pages(door: &Door, common: &Common, seen: Option<&Seen>) -> Result<Vec<PageId>> {
    if let Some(page) = &common.page {
        return Ok(vec![door.page(Some(page))?.id]);
    }
    let all = door.host()?.store().all_pages().map_err(Stop::from)?;
    let all = all.into_iter().map(|page| page.page_id);
    Ok(match seen {
        Some(seen) => all.filter(|page| *page == seen.page).collect(),
        None => all.collect(),
    })
}

fn read_head(named: &str) -> Result<SignedHead, Stop> {
    let unreadable = |cause: &dyn std::fmt::Display| {
        Stop::bad_input(format!("--against {}: {cause}", shortened(named)))
    };
    let is_address = named.starts_with("https://") || named.starts_with("http://");
    let json = if named.trim_start().starts_with('{') {
        named.to_owned()
    } else if is_address {
        fetched(named).map_err(|cause| unreadable(&format!("{cause:#}")))?
    } else {
        let mut text = String::new();
        let file = fs::File::open(named).map_err(|cause| unreadable(&cause))?;
        let read = file.take(HEAD_BYTES_MAX).read_to_string(&mut text);
        read.map_err(|cause| unreadable(&cause))?;
        text
    };
    SignedHead::read(&json)
        .ok_or_else(|| unreadable(&"it holds no signed head, as a page's /beat.json does"))
}

fn fetched(address: &str) -> Result<String> {
    let client = reqwest::blocking::Client::builder()
        .timeout(Duration::from_secs(FETCH_S_MAX))
        .build()?;
    let answer = client.get(address).send()?.error_for_status()?;
    let mut text = String::new();
    answer.take(HEAD_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn shortened(named: &str) -> String {
    const SHOWN: usize = 80;
    named.chars().take(SHOWN).collect()
}

fn worded(seen: &Seen) -> String {
    let place = match seen.place {
        Place::OnChain => format!("entry {} of page {} is on our chain", seen.seq, seen.page),
        Place::Beyond => format!(
            "entry {} of page {} is not on our chain: our record ends at entry {}",
            seen.seq, seen.page, seen.our_seq
        ),
        Place::Beside => format!(
            "entry {} of page {} is not on our chain: that entry is another one here",
            seen.seq, seen.page
        ),
        Place::NoPage => format!("page {} is not here", seen.page),
    };
    let signature = match seen.signature {
        Signature::Ours => "its signature is of our key",
        Signature::UnknownKey => "its signature is of a key that is not known here",
        Signature::Wrong => "its signature is wrong",
    };
    format!("{place}; {signature}")
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
