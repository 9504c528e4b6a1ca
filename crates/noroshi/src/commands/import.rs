//! `noroshi import …`: takes over another product's record, as often as wanted.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use noroshi_domain::{
    Fact, FactKind, Locale, NewPage, Page, PageId, PageSettings, Refusal, Seed, Texts, Zone,
    decide_new_page,
};
use noroshi_import::statuspage::{
    Existing, ImportError, Plan, Progress, Record, plan, read_source,
};
use noroshi_ops::{Clock, SystemClock};
use serde_json::json;

use crate::arguments::Common;
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::output;

/// How many entries are sent at once.
const ENTRIES_CHUNK: usize = 256;
/// What an import compares its source with.
const COMPARED: [FactKind; 5] = [
    FactKind::Group,
    FactKind::Component,
    FactKind::Claim,
    FactKind::Incident,
    FactKind::Update,
];

/// From which product.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportSource {
    /// A page that answers the Statuspage API, or a folder of its saved JSON.
    Statuspage(Statuspage),
}

/// Options of `import statuspage`.
#[derive(Debug, Args)]
pub(crate) struct Statuspage {
    /// Base address (https://…), or a folder of JSON and JSONL files.
    source: String,
    /// Change nothing, and say what would change.
    #[arg(long)]
    dry_run: bool,
}

impl ImportSource {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let Self::Statuspage(asked) = self;
        let record = read(&asked.source)?;
        if asked.dry_run && !Door::stands(common) {
            let existing = Existing::new(&unmade(&record, common)?, []);
            return print(&plan(&record, &existing, SystemClock.now()), 0, common.json);
        }
        let door = Door::open(
            common,
            if asked.dry_run {
                Intent::Read
            } else {
                Intent::Create
            },
        )?;
        let found = match door.page(common.page.as_deref()) {
            Err(_) if common.page.is_none() && door.pages()?.is_empty() => None,
            found => Some(found?),
        };
        let page = match (found, asked.dry_run) {
            (Some(page), _) => Some(page),
            (None, true) => None,
            (None, false) => {
                door.create_page(new_page(&record, common)?)?;
                Some(door.page(None)?)
            }
        };
        let planned = match &page {
            Some(page) => {
                let existing = Existing::new(&page.state.page, facts(&door, &page.id)?);
                plan(&record, &existing, page.now)
            }
            None => plan(
                &record,
                &Existing::new(&unmade(&record, common)?, []),
                door.now(),
            ),
        };
        let entry_count = match page.filter(|_| !asked.dry_run) {
            Some(page) => send(&door, &page, &planned)?,
            None => 0,
        };
        print(&planned, entry_count, common.json)
    }
}

fn read(source: &str) -> Result<Record> {
    let bar = progress_bar("reading");
    let mut report = |progress: Progress| {
        if let Some(whole) = progress.whole_count {
            bar.set_length(whole as u64);
        }
        bar.set_position(progress.done_count as u64);
        bar.set_message(progress.what);
    };
    let record = read_source(source, &mut report);
    bar.finish_and_clear();
    record.map_err(|error| {
        let message = error.to_string();
        match error {
            ImportError::Unreachable { .. } => Stop::try_again(message),
            _ => Stop::bad_input(message),
        }
        .into()
    })
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_prefix(what);
    bar
}

/// Every fact of the page that an import may meet.
fn facts(door: &Door, page: &PageId) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for kind in COMPARED {
        facts.extend(door.facts(page, kind)?);
    }
    Ok(facts)
}

/// The page as the source tells of it.
fn new_page(record: &Record, common: &Common) -> Result<NewPage, Stop> {
    let told = record.page().ok_or_else(|| {
        Stop::bad_input(
            "the source does not name its page: make one first with `noroshi page create --name \
             NAME`",
        )
    })?;
    let default_locale = common.words();
    Ok(NewPage {
        id: PageId::parse(&told.id).ok(),
        name: Texts::of(default_locale, told.name),
        hosts: Vec::new(),
        path: None,
        url: told.url,
        zone: told.zone.unwrap_or_else(Zone::utc),
        default_locale,
        locales: Locale::ALL.to_vec(),
        settings: PageSettings::default(),
    })
}

/// The page that a dry run would make.
fn unmade(record: &Record, common: &Common) -> Result<Page, Stop> {
    let new = new_page(record, common)?;
    let now = noroshi_domain::Instant::from_micros(0);
    let made = decide_new_page(&new, &mut Seed::of_text("dry run"), now);
    made.map(|(_, page)| page)
        .map_err(|refusal: Refusal| Stop::worded(&refusal.into(), common.words()))
}

fn send(door: &Door, page: &OpenPage, planned: &Plan) -> Result<usize> {
    let bar = progress_bar("writing");
    bar.set_length(planned.entries.len() as u64);
    let mut seqs = BTreeSet::new();
    for chunk in planned.entries.chunks(ENTRIES_CHUNK) {
        for answer in door.import(&page.id, chunk) {
            let answer = answer?;
            if answer.seq > page.state.head.seq {
                seqs.insert(answer.seq);
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(seqs.len())
}

fn print(planned: &Plan, entry_count: usize, as_json: bool) -> Result<()> {
    if as_json {
        return output::json(&json!({
            "summary": planned.summary,
            "diff": planned.diff,
            "entry_count": entry_count,
        }));
    }
    output::line(planned.diff.to_string().trim_end())?;
    let summary = &planned.summary;
    output::line(&format!(
        "read {} incidents and maintenances, {} updates, {} components; {} changes were placed by \
         rule; wrote {entry_count} entries",
        summary.incident_count,
        summary.update_count,
        summary.component_count,
        summary.inferred_count
    ))?;
    for warning in &summary.warnings {
        output::note(&format!("noroshi: {warning}"));
    }
    Ok(())
}
