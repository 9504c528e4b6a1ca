//! `noroshi backup` and `noroshi restore`: a copy of the record in one file, and a new folder of
//! data from it. Both check what they made before it gets its name.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use noroshi_ops::restore::mark_restored;
use noroshi_ops::verify::verify;
use noroshi_ops::{App, Chance};
use noroshi_store::Store;

use crate::arguments::Common;
use crate::door::{Door, Intent, clock};
use crate::exit::{Exit, Stop};
use crate::output;

/// The record in a folder of data.
const RECORD: &str = "record.db";

/// Options of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to make; in a folder, `noroshi-TIME.db`.
    #[arg(long, value_name = "FILE|DIR")]
    to: PathBuf,
}

/// Options of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The file that `noroshi backup` made.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

impl Backup {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        if common.database.is_some() {
            return Err(refused(
                "the record is in PostgreSQL: back it up with pg_dump, which also works while \
                 noroshi runs",
            ));
        }
        let door = Door::open(common, Intent::Read)?;
        let target = if self.to.is_dir() {
            let time = door.host()?.now().to_string().replace([':', '.'], "-");
            self.to.join(format!("noroshi-{time}.db"))
        } else {
            self.to.clone()
        };
        if target.exists() {
            return Err(refused(format!(
                "{} exists, and a backup never overwrites: name another file",
                target.display()
            )));
        }
        let half_made = Staging::beside(&target)?;
        door.host()?
            .store()
            .back_up(&half_made.0)
            .map_err(Stop::from)
            .context("copying the record")?;
        check(&open(common, &half_made.0)?, "the copy")?;
        let record = half_made.record()?;
        fs::rename(&record, &target)
            .with_context(|| format!("giving {} its name", target.display()))?;
        sync_folder_of(&target)?;
        say(common, &target)
    }
}

impl Restore {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        if common.database.is_some() {
            return Err(refused(
                "a file is restored to a folder of data, not to PostgreSQL: leave --database \
                 away; a dump of PostgreSQL is restored with pg_restore or psql",
            ));
        }
        let folder = common.folder();
        let is_free =
            fs::read_dir(&folder).map_or(!folder.exists(), |mut inside| inside.next().is_none());
        if !is_free {
            return Err(refused(format!(
                "{} is not empty, and a restore never overwrites: name a new folder with --data",
                folder.display()
            )));
        }
        let shown = self.from.display();
        let mut log = self.from.clone().into_os_string();
        log.push("-wal");
        if PathBuf::from(log).exists() {
            return Err(refused(format!(
                "{shown} is in use, or was not closed: make a copy of it with `noroshi backup`"
            )));
        }
        let half_made = Staging::beside(&folder)?;
        let record = half_made.0.join(RECORD);
        fs::copy(&self.from, &record)
            .map_err(|error| Stop::bad_input(format!("--from {shown}: {error}")))?;
        fs::set_permissions(&record, fs::Permissions::from_mode(0o600))
            .with_context(|| format!("making {} private", record.display()))?;
        let app = open(common, &half_made.0)?;
        check(&app, "the backup")?;
        mark_restored(&app).map_err(Stop::from)?;
        check(&app, "what was restored")?;
        drop(app);
        half_made.record()?;
        fs::rename(&half_made.0, &folder)
            .with_context(|| format!("giving {} its name", folder.display()))?;
        sync_folder_of(&folder)?;
        say(common, &folder)
    }
}

/// A folder beside what is made, for our eyes only; it goes with whatever is left in it.
struct Staging(PathBuf);

impl Staging {
    fn beside(target: &Path) -> Result<Self> {
        let name = target.file_name().ok_or_else(|| {
            Stop::bad_input(format!("{} has no name of its own", target.display()))
        })?;
        let mut own = name.to_owned();
        own.push(format!(".{}.new", std::process::id()));
        let path = target.with_file_name(own);
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("making the folder {}", path.display()))?;
        Ok(Self(path))
    }

    /// The record in it, once all of it is in one file and on the disk.
    fn record(&self) -> Result<PathBuf> {
        let record = self.0.join(RECORD);
        anyhow::ensure!(
            !self.0.join("record.db-wal").exists(),
            "{} was not closed",
            record.display()
        );
        File::open(&record)
            .and_then(|file| file.sync_all())
            .with_context(|| format!("bringing {} to the disk", record.display()))?;
        Ok(record)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a restore it has its name, and there is nothing to remove.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn open(common: &Common, folder: &Path) -> Result<App> {
    let store = Store::open_sqlite(folder).map_err(Stop::from);
    let store = store.context("opening the copy")?;
    Ok(App::new(store, clock(common)?, Chance::System))
}

/// Verifies every page.
fn check(app: &App, what: &str) -> Result<()> {
    let pages = app.store().all_pages().map_err(Stop::from)?;
    if pages.is_empty() {
        return Err(Stop::not_found(format!("{what} holds no page")).into());
    }
    for page in pages {
        let report = verify(app, &page.page_id, false).map_err(Stop::from)?;
        if let Some(fault) = report.faults.first() {
            return Err(Stop {
                exit: Exit::Fault,
                message: format!(
                    "{what} is not what was written, {} faults: page {}: {fault}",
                    report.fault_count, page.page_id
                ),
            }
            .into());
        }
    }
    Ok(())
}

fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("bringing {} to the disk", folder.display()))
}

fn say(common: &Common, made: &Path) -> Result<()> {
    let made = made.display().to_string();
    if common.json {
        output::json(&serde_json::json!({ "made": made }))
    } else {
        output::line(&made)
    }
}

fn refused(message: impl Into<String>) -> anyhow::Error {
    Stop {
        exit: Exit::Refused,
        message: message.into(),
    }
    .into()
}
