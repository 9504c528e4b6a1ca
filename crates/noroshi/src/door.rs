//! Getting in: through a running server's control socket, else the store itself under the lock.
//!
//! Reading always opens the store: it is safe beside a server. Writing beside a server goes
//! through its socket, so that its mailbox orders it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Monotonic};

use anyhow::{Context, Result};
use noroshi_domain::{
    Actor, Answer, Command, CommandId, Instant, Locale, NewPage, PageId, State, Zone,
};
use noroshi_ops::{App, Chance, Clock, FileClock, SystemClock};
use noroshi_store::Store;

use crate::arguments::Common;
use crate::control::Client;
use crate::exit::Stop;

/// How long a command waits for another one that holds the lock, in milliseconds.
const LOCK_MS_MAX: u64 = 5_000;
/// How often it looks, in milliseconds.
const LOCK_LOOK_MS: u64 = 10;

/// What a command is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Only read.
    Read,
    /// Change a page that exists.
    Write,
    /// Make the first page, and the folder for it.
    Create,
}

/// An opened installation.
pub(crate) struct Door {
    pub(crate) app: App,
    client: Option<Client>,
    id: Option<CommandId>,
    locale: Locale,
    /// The revision that the author of the command saw.
    seen: Option<i64>,
    /// Released when the process ends.
    _lock: Option<File>,
}

/// A page, and what reading the words of a command needs of it.
pub(crate) struct OpenPage {
    pub(crate) id: PageId,
    pub(crate) state: Arc<State>,
    pub(crate) now: Instant,
}

impl OpenPage {
    pub(crate) fn zone(&self) -> &Zone {
        &self.state.page.zone
    }

    pub(crate) fn locale(&self) -> Locale {
        self.state.page.default_locale
    }
}

impl Door {
    /// Whether there is something to open; a database elsewhere is asked only when it is opened.
    pub(crate) fn stands(common: &Common) -> bool {
        common.database.is_some() || common.folder().join("record.db").exists()
    }

    /// Opens the installation that the command line names.
    pub(crate) fn open(common: &Common, intent: Intent) -> Result<Self> {
        let folder = common.folder();
        if intent != Intent::Create && !Self::stands(common) {
            return Err(Stop::not_found(format!(
                "{} holds no record: name its folder with --data, or make a page with \
                 `noroshi page create --name NAME`",
                folder.display()
            ))
            .into());
        }
        let id = common
            .command_id
            .as_deref()
            .map(CommandId::parse)
            .transpose()
            .map_err(|error| Stop::bad_input(format!("--command-id: {error}")))?;
        // A database elsewhere has no folder beside it unless one is named.
        let has_folder = common.database.is_none() || common.data.is_some();
        let may_ask = intent != Intent::Read && !common.direct && has_folder;
        let client = if may_ask {
            Client::connect(&folder, common.words())?
        } else {
            None
        };
        let writes_itself = intent != Intent::Read && client.is_none() && !common.direct;
        let lock = if writes_itself && common.database.is_none() {
            Some(wait_for_lock(&folder)?)
        } else {
            None
        };
        let app = open_app(common)?;
        Ok(Self {
            app,
            client,
            id,
            locale: common.words(),
            seen: common.seen,
            _lock: lock,
        })
    }

    /// Finds the page that the command line names: the only one, or by code or name.
    pub(crate) fn page(&self, wanted: Option<&str>) -> Result<OpenPage> {
        let now = self.app.now();
        let mut found = Vec::new();
        let mut codes = Vec::new();
        for id in self.app.pages().map_err(Stop::from)? {
            let state = self.app.state(&id).map_err(Stop::from)?;
            codes.push(id.to_string());
            let is_wanted = match wanted {
                None => state.page.deleted_at.is_none(),
                Some(text) => {
                    id.as_str() == text || state.page.name.iter().any(|(_, name)| name == text)
                }
            };
            if is_wanted {
                found.push(OpenPage { id, state, now });
            }
        }
        if found.len() == 1 {
            return Ok(found.remove(0));
        }
        let codes = codes.join(", ");
        Err(match (wanted, found.is_empty()) {
            (None, true) => {
                Stop::not_found("there is no page: make one with `noroshi page create`")
            }
            (None, false) => Stop::bad_input(format!(
                "there are several pages, name one with --page: {codes}"
            )),
            (Some(text), true) => {
                Stop::not_found(format!("--page: {text:?} is none of the pages: {codes}"))
            }
            (Some(text), false) => {
                Stop::bad_input(format!("--page: several are called {text:?}: {codes}"))
            }
        }
        .into())
    }

    /// Sends a command in the name of the command line; what replaces text or settings carries the
    /// revision that its author saw, else the one it was read from.
    pub(crate) fn send(&self, page: &OpenPage, command: Command) -> Result<Answer, Stop> {
        let command = if command.replaces() {
            Command::Seen {
                seq: self.seen.unwrap_or(page.state.head.seq),
                command: Box::new(command),
            }
        } else {
            command
        };
        self.execute(&page.id, command)
    }

    /// Sends a command in the name of the command line.
    pub(crate) fn execute(&self, page: &PageId, command: Command) -> Result<Answer, Stop> {
        self.execute_as(page, &Actor::command_line(), command)
    }

    /// Sends a command in the name of an actor.
    pub(crate) fn execute_as(
        &self,
        page: &PageId,
        actor: &Actor,
        command: Command,
    ) -> Result<Answer, Stop> {
        if let Some(client) = &self.client {
            let id = self
                .id
                .clone()
                .unwrap_or_else(|| self.app.chance().command_id());
            return client.ask(Some(page), actor, command, Some(id));
        }
        let answer = self.app.execute(page, actor, command, self.id.clone());
        answer.map_err(|error| Stop::worded(&error, self.locale))
    }

    /// Sends commands one after another, each answered for itself.
    pub(crate) fn execute_all(
        &self,
        page: &PageId,
        actor: &Actor,
        commands: Vec<Command>,
    ) -> Vec<Result<Answer, Stop>> {
        if let Some(client) = &self.client {
            return client.ask_all(page, actor, commands);
        }
        let worded = |error| Stop::worded(&error, self.locale);
        let answers = self.app.execute_all(page, actor, commands);
        answers
            .into_iter()
            .map(|answer| answer.map_err(worded))
            .collect()
    }

    /// Makes a page.
    pub(crate) fn create_page(&self, new: NewPage) -> Result<Answer, Stop> {
        let actor = Actor::command_line();
        if let Some(client) = &self.client {
            return client.ask(None, &actor, Command::CreatePage(Box::new(new)), None);
        }
        let answer = self.app.create_page(&actor, &new);
        answer.map_err(|error| Stop::worded(&error, self.locale))
    }
}

/// Opens the store and the door on it.
pub(crate) fn open_app(common: &Common) -> Result<App> {
    open_app_by(common, clock(common)?)
}

/// Opens the store and the door on it, going by a clock.
pub(crate) fn open_app_by(common: &Common, clock: Arc<dyn Clock>) -> Result<App> {
    let store = if let Some(url) = &common.database {
        let store = Store::open_postgres(url).map_err(Stop::from);
        store.context("opening the database")?
    } else {
        let folder = common.folder();
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
        let store = Store::open_sqlite(&folder).map_err(Stop::from);
        store.with_context(|| format!("opening the record in {}", folder.display()))?
    };
    Ok(App::new(store, clock, Chance::System))
}

/// The door on a database that may be away: nothing is asked of it yet.
pub(crate) fn app_of_database(url: &str, common: &Common) -> Result<App> {
    let store = Store::of_postgres(url).map_err(Stop::from);
    let store = store.context("opening the database")?;
    Ok(App::new(store, clock(common)?, Chance::System))
}

/// The clock that the command line names.
pub(crate) fn clock(common: &Common) -> Result<Arc<dyn Clock>> {
    let Some(file) = &common.clock_file else {
        return Ok(Arc::new(SystemClock));
    };
    let clock = FileClock::open(file.clone())
        .map_err(|error| Stop::bad_input(format!("--clock-file: {}: {error}", file.display())))?;
    Ok(Arc::new(clock))
}

/// Takes the lock of a folder of data at once; `None`: somebody else holds it.
pub(crate) fn lock(folder: &Path) -> Result<Option<File>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("making the folder {}", folder.display()))?;
    let path: PathBuf = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking {}", path.display()))
        }
    }
}

fn wait_for_lock(folder: &Path) -> Result<File> {
    let deadline = Monotonic::now() + Duration::from_millis(LOCK_MS_MAX);
    loop {
        if let Some(held) = lock(folder)? {
            return Ok(held);
        }
        if Monotonic::now() >= deadline {
            return Err(Stop::try_again(format!(
                "{} is held by another noroshi that does not answer: try again, or write beside \
                 it with --direct",
                folder.join("lock").display()
            ))
            .into());
        }
        thread::sleep(Duration::from_millis(LOCK_LOOK_MS));
    }
}
