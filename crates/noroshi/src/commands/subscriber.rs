//! `noroshi subscriber …`: those who are told.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use noroshi_ops::subscribers::{Channel, Subscriber, SubscriberState};
use noroshi_ops::{Caller, Stored};
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::output;

/// How many are listed at once.
const LISTED_MAX: usize = 1_000;

/// What is done with subscribers.
#[derive(Debug, Subcommand)]
pub(crate) enum SubscriberVerb {
    /// Those of the page, at most 1,000, with how many there are in all.
    List {
        /// Only those whose address holds this.
        #[arg(long, value_name = "TEXT", default_value = "")]
        words: String,
        /// active, unconfirmed, quarantined or unsubscribed; left out: all.
        #[arg(long, value_name = "STATE", value_parser = read_state)]
        state: Option<SubscriberState>,
    },
    /// Bring in people who have confirmed elsewhere, from a list; they are not asked again.
    Import {
        /// CSV with columns address, components (codes or names, `;` between), locale and
        /// channel; `-`: the input.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print all of them as a list that `import` takes.
    Export,
    /// Take somebody away from everywhere, by his code.
    Erase {
        /// His code.
        code: String,
    },
    /// What he was sent, and what became of it.
    Log {
        /// His code.
        code: String,
    },
}

fn read_state(text: &str) -> Result<SubscriberState, String> {
    let found = SubscriberState::ALL.into_iter();
    let mut found = found.filter(|state| state.as_str() == text);
    found
        .next()
        .ok_or_else(|| "write active, unconfirmed, quarantined or unsubscribed".to_owned())
}

impl SubscriberVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::List { words, state } => list(common, &words, state),
            Self::Import { file } => import(common, &file),
            Self::Export => {
                let door = Door::open(common, Intent::Read)?;
                let app = door.host()?;
                let page = door.page(common.page.as_deref())?;
                let csv = app.export_subscribers(&Caller::command_line(), &page.id);
                output::line(csv.map_err(Stop::from)?.trim_end())
            }
            Self::Erase { code } => {
                let door = Door::open(common, Intent::Write)?;
                let app = door.host()?;
                let page = door.page(common.page.as_deref())?;
                let erased = app.erase_subscriber(&Caller::command_line(), &page.id, &code);
                Ok(erased.map_err(Stop::from)?)
            }
            Self::Log { code } => log(common, &code),
        }
    }
}

fn list(common: &Common, words: &str, state: Option<SubscriberState>) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let app = door.host()?;
    let page = door.page(common.page.as_deref())?;
    let caller = Caller::command_line();
    let found = app.find_subscribers(&caller, &page.id, (words, state), (0, LISTED_MAX));
    let (found, count) = found.map_err(Stop::from)?;
    if common.json {
        let shapes: Vec<Value> = found.iter().map(shape).collect();
        return output::json(&json!({ "count": count, "subscribers": shapes }));
    }
    for own in &found {
        let value = &own.value;
        output::line(&format!(
            "{}  {}  {}  {}",
            own.id,
            value.channel.as_str(),
            value.state.as_str(),
            value.shown_address()
        ))?;
    }
    if count > found.len() {
        output::note(&format!("{} of {count}", found.len()));
    }
    Ok(())
}

fn shape(own: &Stored<Subscriber>) -> Value {
    let value = &own.value;
    let contact = value
        .email
        .as_ref()
        .filter(|_| value.channel != Channel::Email);
    json!({
        "id": own.id,
        "channel": value.channel.as_str(),
        "address": value.shown_address(),
        "contact": contact,
        "state": value.state.as_str(),
        "scope": value.scope,
        "locale": value.locale,
        "created_at": own.created_at,
    })
}

fn import(common: &Common, file: &Path) -> Result<()> {
    let csv = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        let text = std::fs::read_to_string(file);
        text.with_context(|| format!("reading {}", file.display()))?
    };
    let door = Door::open(common, Intent::Write)?;
    let app = door.host()?;
    let page = door.page(common.page.as_deref())?;
    let done = app.import_subscribers(&Caller::command_line(), &page.id, &csv);
    let done = done.map_err(Stop::from)?;
    if let Some(first) = done.faults.first() {
        let lines: Vec<String> = done
            .faults
            .iter()
            .take(20)
            .map(|fault| format!("line {}: the {} can not be read", fault.line, fault.what))
            .collect();
        let told = lines.join("\n");
        let _ = first;
        return Err(Stop::bad_input(format!(
            "{told}\nnothing was brought in: mend these {} lines, or take them out",
            done.faults.len()
        ))
        .into());
    }
    if common.json {
        return output::json(&json!({ "added": done.added, "known": done.known }));
    }
    output::line(&format!(
        "{} added, {} known already",
        done.added, done.known
    ))
}

fn log(common: &Common, code: &str) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let app = door.host()?;
    let rows = app.store().deliveries_of(code, 200);
    let rows = rows.map_err(|error| Stop::from(noroshi_ops::OpError::from(error)))?;
    let shapes: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "notice": row.notice_id,
                "channel": row.channel,
                "state": row.state,
                "attempts": row.attempts,
                "made_at": row.made_at,
                "done_at": row.done_at,
                "reason": row.reason,
            })
        })
        .collect();
    if common.json {
        return output::json(&shapes);
    }
    for row in rows {
        let reason = if row.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", row.reason)
        };
        output::line(&format!("{}  {}{reason}", row.made_at, row.state))?;
    }
    Ok(())
}
