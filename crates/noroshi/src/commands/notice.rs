//! `noroshi notice`: what is said on a page while its record can not be written.
//!
//! A notice is written beside the published files. A running server shows it; where none runs, the
//! page is made again from the state that is kept with it. No database is asked.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use noroshi_domain::{IncidentId, Instant, PageId, Seed, State};
use noroshi_ops::Chance;
use noroshi_publish::limits::{NOTICE_CHARS, NOTICES};
use noroshi_publish::{Notice, Published, Publisher};
use serde_json::json;

use crate::arguments::Common;
use crate::door::{self, Door, Intent};
use crate::exit::Stop;
use crate::{input, output};

/// Options of `notice`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct NoticeCommand {
    #[command(subcommand)]
    verb: Option<NoticeVerb>,
    #[command(flatten)]
    posted: Posted,
}

/// What becomes of notices.
#[derive(Debug, Subcommand)]
enum NoticeVerb {
    /// The notices of a page, those that are over too.
    List(At),
    /// Takes a notice away before its time.
    End(Chosen),
    /// Opens a notice as an incident of the record, and takes the notice away.
    Adopt(Chosen),
}

/// Where the page's files lie.
#[derive(Debug, Clone, Args)]
struct At {
    /// Folder of data, folder of a copy, or control socket [default: the folder of data].
    #[arg(long, value_name = "DIR|SOCKET")]
    at: Option<PathBuf>,
}

/// One notice.
#[derive(Debug, Args)]
struct Chosen {
    /// Its code.
    code: String,
    #[command(flatten)]
    at: At,
}

/// A new notice.
#[derive(Debug, Args)]
struct Posted {
    #[command(flatten)]
    at: At,
    /// What to say; the first line is the title.
    #[arg(long, required = true, value_name = "TEXT")]
    text: Option<String>,
    /// A component and the status to show for it.
    #[arg(long, value_name = "CODE=STATUS")]
    component: Vec<String>,
    /// Until when it stands: a time, or how long (2h).
    #[arg(long, required = true, value_name = "TIME")]
    until: Option<String>,
}

/// A page's files, and what they were made of.
struct Kept {
    published: Arc<Published>,
    page: PageId,
    state: Arc<State>,
    now: Instant,
}

impl NoticeCommand {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self.verb {
            None => post(&self.posted, common),
            Some(NoticeVerb::List(at)) => list(&Kept::open(&at, common)?, common),
            Some(NoticeVerb::End(chosen)) => {
                let kept = Kept::open(&chosen.at, common)?;
                let ended = kept.take(&chosen.code)?;
                kept.show(common, &chosen.at, &[ended.code])
            }
            Some(NoticeVerb::Adopt(chosen)) => adopt(&chosen, common),
        }
    }
}

fn post(posted: &Posted, common: &Common) -> Result<()> {
    let kept = Kept::open(&posted.at, common)?;
    let text = posted.text.as_deref().unwrap_or_default().trim();
    if text.is_empty() || text.chars().count() > NOTICE_CHARS {
        let reason = format!("--text: say something, in at most {NOTICE_CHARS} characters");
        return Err(Stop::bad_input(reason).into());
    }
    let zone = &kept.state.page.zone;
    let until = posted.until.as_deref().unwrap_or_default();
    let until = match input::seconds("--until", until) {
        Ok(seconds) => kept.now.plus_seconds(seconds),
        Err(_) => input::instant("--until", until, zone, kept.now)?,
    };
    if until <= kept.now {
        return Err(Stop::bad_input("--until: that is over already").into());
    }
    let mut statuses = BTreeMap::new();
    for component in &posted.component {
        let (id, status) = input::component_status("--component", component, &kept.state)?;
        statuses.insert(id, status);
    }
    let notice = Notice {
        code: IncidentId::from(Seed::new(Chance::System.bytes()).draw()),
        text: text.to_owned(),
        statuses,
        posted_at: kept.now,
        until,
    };
    // What the page's rules refuse is refused here, not silently left out there.
    notice
        .lay_over(&mut State::clone(&kept.state))
        .map_err(|refusal| Stop::worded(&refusal.into(), common.words()))?;
    let mut notices = kept.published.notices(&kept.page);
    if notices.len() >= NOTICES {
        let reason = format!("there are {NOTICES} notices already: end or adopt some");
        return Err(Stop::bad_input(reason).into());
    }
    let code = notice.code.clone();
    notices.push(notice);
    kept.write(&notices)?;
    kept.show(common, &posted.at, &[])?;
    if common.json {
        return output::json(&json!({"id": code}));
    }
    output::line(code.as_str())
}

fn list(kept: &Kept, common: &Common) -> Result<()> {
    let notices = kept.published.notices(&kept.page);
    if common.json {
        return output::json(&notices);
    }
    for notice in notices {
        let zone = kept.state.page.zone.time_zone();
        let until = noroshi_text::dates::moment(notice.until.timestamp(), zone, common.words());
        let title = notice.text.lines().next().unwrap_or_default();
        output::line(&format!("{}  {until}  {title}", notice.code))?;
    }
    Ok(())
}

fn adopt(chosen: &Chosen, common: &Common) -> Result<()> {
    let kept = Kept::open(&chosen.at, common)?;
    let notice = kept.find(&chosen.code)?;
    let common = Common {
        page: Some(kept.page.to_string()),
        ..common.clone()
    };
    let door = Door::open(&common, Intent::Write)?;
    let page = door.page(common.page.as_deref())?;
    let answer = door.execute(&page.id, notice.command(page.locale()))?;
    kept.take(&chosen.code)?;
    if common.json {
        return output::json(&answer);
    }
    output::line(&answer.id)
}

impl Kept {
    /// Finds the page's files.
    fn open(at: &At, common: &Common) -> Result<Self> {
        let published = Arc::new(open_published(at, common)?);
        let mut states = published.kept_states();
        if let Some(wanted) = &common.page {
            states.retain(|(id, state)| {
                id.as_str() == wanted || state.page.name.iter().any(|(_, name)| name == wanted)
            });
        }
        let codes: Vec<String> = states.iter().map(|(id, _)| id.to_string()).collect();
        let (Some((page, state)), true) = (states.pop(), codes.len() == 1) else {
            let reason = if codes.is_empty() {
                "no published page is there: its files are made while a server runs, or by \
                 `noroshi publish`"
                    .to_owned()
            } else {
                format!(
                    "there are several pages, name one with --page: {}",
                    codes.join(", ")
                )
            };
            return Err(Stop::not_found(reason).into());
        };
        let now = door::clock(common)?.now();
        Ok(Self {
            published,
            page,
            state,
            now,
        })
    }

    fn find(&self, code: &str) -> Result<Notice, Stop> {
        let notices = self.published.notices(&self.page);
        let found = notices.into_iter().find(|one| one.code.as_str() == code);
        found.ok_or_else(|| Stop::not_found(format!("{code:?} is no notice of this page")))
    }

    fn take(&self, code: &str) -> Result<Notice> {
        let taken = self.find(code)?;
        let mut notices = self.published.notices(&self.page);
        notices.retain(|one| one.code.as_str() != code);
        self.write(&notices)?;
        Ok(taken)
    }

    fn write(&self, notices: &[Notice]) -> Result<()> {
        self.published
            .write_notices(&self.page, notices)
            .context("writing the notice")
    }

    /// Makes the page again where no server does it.
    fn show(&self, common: &Common, at: &At, ended: &[IncidentId]) -> Result<()> {
        let folder = at.folder(common);
        let is_data = folder.join("published").is_dir();
        let lock = if is_data { door::lock(&folder)? } else { None };
        if is_data && lock.is_none() {
            return Ok(());
        }
        let pages = [(self.page.clone(), Arc::clone(&self.state))];
        Publisher::without_record(Arc::clone(&self.published))
            .remake(&pages, self.now, ended)
            .context("writing the page")?;
        drop(lock);
        Ok(())
    }
}

impl At {
    /// The folder that is meant: a socket's is the one it lies in.
    fn folder(&self, common: &Common) -> PathBuf {
        let Some(at) = &self.at else {
            return common.folder();
        };
        if at.is_dir() {
            return at.clone();
        }
        at.parent().map_or_else(|| at.clone(), Path::to_path_buf)
    }
}

fn open_published(at: &At, common: &Common) -> Result<Published> {
    let folder = at.folder(common);
    if let Some(socket) = at.at.as_ref().filter(|at| !at.is_dir()) {
        UnixStream::connect(socket).map_err(|error| {
            Stop::try_again(format!(
                "no server answers at {}: {error}",
                socket.display()
            ))
        })?;
    }
    if let Some(copy) = Published::find_copy(&folder)? {
        return Ok(copy);
    }
    let root = folder.join("published");
    if !root.is_dir() {
        let folder = folder.display();
        let reason = format!("{folder} is neither a folder of data nor a copy of a page");
        return Err(Stop::not_found(reason).into());
    }
    Published::open(&root).with_context(|| format!("opening {}", root.display()))
}
