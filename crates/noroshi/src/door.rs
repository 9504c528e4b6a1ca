//! Getting in: through a running server's control socket, else the store itself under the lock.
//!
//! Reading always opens the store: it is safe beside a server. Writing beside a server goes
//! through its socket, so that its mailbox orders it.

mod import;
mod team;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Monotonic};

use anyhow::{Context, Result};
use noroshi_domain::{
    Actor, Answer, Command, CommandId, IncidentId, IncidentKind, IncidentRecord, Instant, Locale,
    NewPage, PageId, State, Zone,
};
use noroshi_domain::{hex, unhex};
use noroshi_ops::owned::Owned;
use noroshi_ops::report::{Question, uptime};
use noroshi_ops::secrets::KEY_BYTES;
use noroshi_ops::templates::Template;
use noroshi_ops::{App, Caller, Chance, Clock, FileClock, Stored, SystemClock};
use noroshi_store::Store;
use serde_json::Value;

use crate::arguments::Common;
use crate::commands::template::Kept;
use crate::control::Client;
use crate::exit::Stop;
use crate::remote::Remote;

pub(crate) use self::team::nobody_has;

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

/// An opened installation, here or elsewhere.
pub(crate) struct Door {
    place: Place,
    clock: Arc<dyn Clock>,
    id: Option<CommandId>,
    locale: Locale,
    /// The revision that the author of the command saw.
    seen: Option<i64>,
}

/// Where the installation is.
enum Place {
    Here {
        app: App,
        /// The server that runs beside this command.
        client: Option<Client>,
        /// Released when the process ends.
        _lock: Option<File>,
    },
    Elsewhere(Remote),
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
        common.server.is_some()
            || common.database.is_some()
            || common.folder().join("record.db").exists()
    }

    /// Opens the installation that the command line names.
    pub(crate) fn open(common: &Common, intent: Intent) -> Result<Self> {
        let id = common
            .command_id
            .as_deref()
            .map(CommandId::parse)
            .transpose()
            .map_err(|error| Stop::bad_input(format!("--command-id: {error}")))?;
        let place = match &common.server {
            Some(server) => {
                let token = common.token.as_deref();
                Place::Elsewhere(Remote::new(server, token, common.words())?)
            }
            None => Self::open_here(common, intent)?,
        };
        Ok(Self {
            place,
            clock: clock(common)?,
            id,
            locale: common.words(),
            seen: common.seen,
        })
    }

    fn open_here(common: &Common, intent: Intent) -> Result<Place> {
        let folder = common.folder();
        if intent != Intent::Create && !Self::stands(common) {
            return Err(Stop::not_found(format!(
                "{} holds no record: name its folder with --data, or make a page with \
                 `noroshi page create --name NAME`",
                folder.display()
            ))
            .into());
        }
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
        Ok(Place::Here {
            app,
            client,
            _lock: lock,
        })
    }

    /// The installation itself: for what can be done on its own host only.
    pub(crate) fn host(&self) -> Result<&App, Stop> {
        match &self.place {
            Place::Here { app, .. } => Ok(app),
            Place::Elsewhere(_) => Err(only_on_the_host()),
        }
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// All pages of the installation; of one elsewhere those that the token may see.
    pub(crate) fn pages(&self) -> Result<Vec<PageId>, Stop> {
        match &self.place {
            Place::Here { app, .. } => app.pages().map_err(Stop::from),
            Place::Elsewhere(remote) => remote.pages(),
        }
    }

    /// The newest facts of a page.
    pub(crate) fn state(&self, page: &PageId) -> Result<Arc<State>, Stop> {
        match &self.place {
            Place::Here { app, .. } => app.state(page).map_err(Stop::from),
            Place::Elsewhere(remote) => remote.state(page),
        }
    }

    /// An incident or a maintenance, however old.
    pub(crate) fn incident(
        &self,
        page: &PageId,
        id: &IncidentId,
    ) -> Result<Option<IncidentRecord>, Stop> {
        match &self.place {
            Place::Here { app, .. } => Ok(app.store().incident(page, id)?),
            Place::Elsewhere(remote) => remote.incident(page, id),
        }
    }

    /// The newest incidents or maintenances.
    pub(crate) fn newest_incidents(
        &self,
        page: &PageId,
        kind: IncidentKind,
        limit: u32,
    ) -> Result<Vec<IncidentRecord>, Stop> {
        match &self.place {
            Place::Here { app, .. } => Ok(app.store().newest_incidents(page, Some(kind), limit)?),
            Place::Elsewhere(remote) => remote.newest_incidents(page, kind, limit),
        }
    }

    /// Looks again at what others changed.
    pub(crate) fn refresh(&self) -> Result<(), Stop> {
        match &self.place {
            Place::Here { app, .. } => app.refresh().map_err(Stop::from),
            // It is asked each time.
            Place::Elsewhere(_) => Ok(()),
        }
    }

    /// The uptime report, as JSON.
    pub(crate) fn uptime(&self, page: &PageId, question: &Question) -> Result<Value, Stop> {
        let app = match &self.place {
            Place::Here { app, .. } => app,
            Place::Elsewhere(remote) => return remote.uptime(page, question),
        };
        let report = uptime(app, page, question)?;
        serde_json::to_value(report).map_err(|error| Stop::failure(error.to_string()))
    }

    /// Finds the page that the command line names: the only one, or by code or name.
    pub(crate) fn page(&self, wanted: Option<&str>) -> Result<OpenPage> {
        let now = self.now();
        let mut found = Vec::new();
        let mut codes = Vec::new();
        for id in self.pages()? {
            let state = self.state(&id)?;
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
        match &self.place {
            Place::Elsewhere(remote) => remote.execute(page, &command, self.id.as_ref()),
            Place::Here {
                app,
                client: Some(client),
                ..
            } => {
                let id = self.id.clone().unwrap_or_else(|| app.chance().command_id());
                client.ask(Some(page), actor, command, Some(id))
            }
            Place::Here { app, .. } => {
                let answer = app.execute(page, actor, command, self.id.clone());
                answer.map_err(|error| Stop::worded(&error, self.locale))
            }
        }
    }

    /// Sends commands one after another, each answered for itself.
    pub(crate) fn execute_all(
        &self,
        page: &PageId,
        actor: &Actor,
        commands: Vec<Command>,
    ) -> Vec<Result<Answer, Stop>> {
        match &self.place {
            Place::Elsewhere(remote) => commands
                .iter()
                .map(|command| remote.execute(page, command, None))
                .collect(),
            Place::Here {
                client: Some(client),
                ..
            } => client.ask_all(page, actor, commands),
            Place::Here { app, .. } => {
                let answers = app.execute_all(page, actor, commands).into_iter();
                answers
                    .map(|answer| answer.map_err(|error| Stop::worded(&error, self.locale)))
                    .collect()
            }
        }
    }

    /// The templates of a page, by group and name.
    pub(crate) fn templates(&self, page: &PageId) -> Result<Vec<Kept>, Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.templates(page),
            Place::Here { app, .. } => {
                let all = app.templates(page)?;
                Ok(all.into_iter().map(Kept::from).collect())
            }
        }
    }

    /// Makes a template, or puts it over the one that has the code; gives its code.
    pub(crate) fn put_template(
        &self,
        page: &PageId,
        (code, template): (Option<&str>, Template),
    ) -> Result<String, Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.put_template(page, (code, &template)),
            Place::Here { app, .. } => app,
        };
        let caller = Caller::command_line();
        let done = match code {
            None => app.create_template(&caller, page, template),
            Some(code) => app.template(page, code).and_then(|stands| {
                // What only the compatible API can say stays as it was said there.
                let tweet = stands.value.tweet;
                let changed = Stored {
                    value: Template { tweet, ..template },
                    ..stands
                };
                app.change_template(&caller, page, changed)
            }),
        };
        let stored = done.map_err(|error| Stop::worded(&error, self.locale))?;
        Ok(stored.id)
    }

    /// Takes a template away.
    pub(crate) fn delete_template(&self, page: &PageId, code: &str) -> Result<(), Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.delete_template(page, code),
            Place::Here { app, .. } => {
                let deleted = app.delete_template(&Caller::command_line(), page, code);
                deleted.map_err(|error| Stop::worded(&error, self.locale))
            }
        }
    }

    /// Whether it is a server elsewhere, asked by its API.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        matches!(self.place, Place::Elsewhere(_))
    }

    /// What a file says of a page; none: no file does.
    pub(crate) fn owned(&self, page: &PageId) -> Result<Option<OwnedFile>, Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.owned(page),
            Place::Here { app, .. } => {
                let found = app.owned(page)?;
                Ok(found.map(|found| OwnedFile {
                    file: found.value.file,
                    digest: found.value.digest,
                    applied_at: found.value.applied_at,
                    rows: found.value.rows,
                }))
            }
        }
    }

    /// Writes down what a file says of a page.
    pub(crate) fn own(&self, page: &PageId, owned: &OwnedFile) -> Result<(), Stop> {
        let app = match &self.place {
            Place::Elsewhere(remote) => return remote.own(page, owned),
            Place::Here { app, .. } => app,
        };
        let mut own = Owned::new(page, (&owned.file, &owned.digest), app.now());
        own.rows.clone_from(&owned.rows);
        let done = app.own(&Caller::command_line(), own);
        done.map_err(|error| Stop::worded(&error, self.locale))
    }

    /// Gives what a file says of a page back to the team.
    pub(crate) fn release(&self, page: &PageId) -> Result<(), Stop> {
        match &self.place {
            Place::Elsewhere(remote) => remote.release(page),
            Place::Here { app, .. } => {
                let released = app.release(&Caller::command_line(), page);
                released
                    .map(drop)
                    .map_err(|error| Stop::worded(&error, self.locale))
            }
        }
    }

    /// Takes a new signing key into use; gives what it is called.
    pub(crate) fn rotate_key(&self) -> Result<String, Stop> {
        match &self.place {
            Place::Elsewhere(_) => Err(only_on_the_host()),
            Place::Here {
                client: Some(client),
                ..
            } => client.rotate_key(),
            Place::Here { app, .. } => {
                let key = app.rotate_key();
                key.map_err(|error| Stop::worded(&error, self.locale))
            }
        }
    }

    /// Makes a page.
    pub(crate) fn create_page(&self, new: NewPage) -> Result<Answer, Stop> {
        let actor = Actor::command_line();
        match &self.place {
            Place::Elsewhere(remote) => remote.create_page(&new),
            Place::Here {
                client: Some(client),
                ..
            } => client.ask(None, &actor, Command::CreatePage(Box::new(new)), None),
            Place::Here { app, .. } => {
                let answer = app.create_page(&actor, &new);
                answer.map_err(|error| Stop::worded(&error, self.locale))
            }
        }
    }
}

/// What a file says of a page, as the API words it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct OwnedFile {
    pub(crate) file: String,
    pub(crate) digest: String,
    #[serde(skip_serializing)]
    pub(crate) applied_at: Instant,
    pub(crate) rows: BTreeMap<String, BTreeMap<String, u32>>,
}

impl OwnedFile {
    /// Whether it says the same, whenever it was applied.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        self.file == other.file && self.digest == other.digest && self.rows == other.rows
    }
}

/// What is said of a command that a server elsewhere is not asked for.
pub(crate) fn only_on_the_host() -> Stop {
    Stop::bad_input(
        "this works on the host of the installation only: run it there, without --server",
    )
}

/// Opens the store and the door on it.
pub(crate) fn open_app(common: &Common) -> Result<App> {
    open_app_by(common, clock(common)?)
}

/// Opens the store and the door on it, going by a clock.
pub(crate) fn open_app_by(common: &Common, clock: Arc<dyn Clock>) -> Result<App> {
    if common.server.is_some() {
        return Err(only_on_the_host().into());
    }
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

/// The key that secrets in the store are sealed with: a file of the folder of data, for its owner
/// only, made when there is none.
pub(crate) fn secret_key(folder: &Path) -> Result<[u8; KEY_BYTES]> {
    let path = folder.join("secret.key");
    if !path.exists() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
        let key = hex(&Chance::System.bytes());
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(key.as_bytes())?;
            file.sync_all()
        });
        written.with_context(|| format!("writing {}", path.display()))?;
    }
    let text = std::fs::read_to_string(&path);
    let text = text.with_context(|| format!("reading {}", path.display()))?;
    let key = <[u8; KEY_BYTES]>::try_from(unhex(text.trim()));
    let wrong = |_| {
        Stop::bad_input(format!(
            "{} holds no key of {KEY_BYTES} bytes",
            path.display()
        ))
    };
    Ok(key.map_err(wrong)?)
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
