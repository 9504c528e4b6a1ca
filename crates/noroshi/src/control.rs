//! The control socket: how commands reach a running server. Newline-delimited JSON, one answer a
//! request, bounded in size, time and number. Whoever may open the socket's file is the host.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Monotonic};

use anyhow::{Context, Result};
use noroshi_domain::{Actor, Answer, Command, CommandId, Locale, PageId};
use noroshi_ops::{App, Chance, OpError};
use serde::{Deserialize, Serialize};

use crate::exit::Stop;

/// The socket's name in the folder of data.
const SOCKET: &str = "control.sock";
/// The longest request or answer, in bytes.
const MESSAGE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How many commands go in one message.
const TOGETHER_MAX: usize = 64;
/// How large they may be together, in bytes; one that is larger goes alone.
const TOGETHER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many connections are served at once; one more is closed.
const CONNECTIONS_MAX: usize = 64;
/// How long a connection may stay silent, in seconds.
const SILENCE_S_MAX: u64 = 30;
/// How long a client waits for its answer, in seconds.
const ANSWER_S_MAX: u64 = 15;
/// How long a command waits for a record that is being opened, in milliseconds.
const OPENING_MS_MAX: u64 = 1_500;
/// How often it looks, in milliseconds.
const OPENING_LOOK_MS: u64 = 10;

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    /// Absent for making a page.
    page: Option<PageId>,
    actor: Actor,
    command: Command,
    /// Commands that follow the first: committed together where they can be, each answered for
    /// itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<Command>,
    id: Option<CommandId>,
    /// Language of a refusal.
    #[serde(default)]
    locale: Locale,
}

/// What a running server is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Asked {
    Command(Box<Request>),
    Host {
        host: HostVerb,
        /// Language of a refusal.
        #[serde(default)]
        locale: Locale,
    },
}

/// What is done with the whole installation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HostVerb {
    RotateKey,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Response {
    Answer(Answer),
    Answers(Vec<Response>),
    Stop(Stop),
}

/// A connection to a running server.
pub(crate) struct Client {
    stream: Mutex<BufReader<UnixStream>>,
    locale: Locale,
}

impl Client {
    /// Connects to the server of a folder of data; `None`: none is running.
    pub(crate) fn connect(folder: &Path, locale: Locale) -> Result<Option<Self>> {
        let path = folder.join(SOCKET);
        let stream = match UnixStream::connect(&path) {
            Ok(stream) => stream,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
                ) =>
            {
                return Ok(None);
            }
            Err(error) => {
                return Err(error).with_context(|| format!("connecting to {}", path.display()));
            }
        };
        stream.set_read_timeout(Some(Duration::from_secs(ANSWER_S_MAX)))?;
        stream.set_write_timeout(Some(Duration::from_secs(ANSWER_S_MAX)))?;
        Ok(Some(Self {
            stream: Mutex::new(BufReader::new(stream)),
            locale,
        }))
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn ask(
        &self,
        page: Option<&PageId>,
        actor: &Actor,
        command: Command,
        id: Option<CommandId>,
    ) -> Result<Answer, Stop> {
        let request = Request {
            page: page.cloned(),
            actor: actor.clone(),
            command,
            more: Vec::new(),
            id,
            locale: self.locale,
        };
        self.exchange(&request)?.alone()
    }

    /// Sends commands that are committed together where they can be; each is answered for itself.
    pub(crate) fn ask_all(
        &self,
        page: &PageId,
        actor: &Actor,
        commands: Vec<Command>,
    ) -> Vec<Result<Answer, Stop>> {
        let mut answers = Vec::with_capacity(commands.len());
        for mut commands in in_messages(commands) {
            let count = commands.len();
            let mut request = Request {
                page: Some(page.clone()),
                actor: actor.clone(),
                command: commands.remove(0),
                more: commands,
                id: None,
                locale: self.locale,
            };
            if request.more.is_empty() {
                // What is sent again by whoever got no answer is done once.
                request.id = Some(Chance::System.command_id());
            }
            match self.exchange(&request) {
                Ok(Response::Answers(all)) => answers.extend(all.into_iter().map(Response::alone)),
                Ok(one) => answers.push(one.alone()),
                Err(stop) => answers.extend((0..count).map(|_| Err(stop.clone()))),
            }
        }
        answers
    }

    /// Asks for a new signing key; gives what it is called.
    pub(crate) fn rotate_key(&self) -> Result<String, Stop> {
        let asked = Asked::Host {
            host: HostVerb::RotateKey,
            locale: self.locale,
        };
        Ok(self.exchange(&asked)?.alone()?.id)
    }

    fn exchange(&self, request: &impl Serialize) -> Result<Response, Stop> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        exchange(&mut stream, request).map_err(|error| {
            Stop::try_again(format!(
                "the running server does not answer: {error}: try again"
            ))
        })
    }
}

impl Response {
    fn alone(self) -> Result<Answer, Stop> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Stop(stop) => Err(stop),
            Self::Answers(_) => Err(Stop::try_again("the running server answers something else")),
        }
    }
}

impl From<Result<Answer, Stop>> for Response {
    fn from(answer: Result<Answer, Stop>) -> Self {
        match answer {
            Ok(answer) => Self::Answer(answer),
            Err(stop) => Self::Stop(stop),
        }
    }
}

/// Cuts commands into messages that are small enough in number and in size.
fn in_messages(commands: Vec<Command>) -> Vec<Vec<Command>> {
    let mut messages: Vec<Vec<Command>> = Vec::new();
    let mut bytes = 0;
    for command in commands {
        let size = serde_json::to_vec(&command).map_or(0, |json| json.len());
        match messages.last_mut() {
            Some(last) if last.len() < TOGETHER_MAX && bytes + size <= TOGETHER_BYTES_MAX => {
                bytes += size;
                last.push(command);
            }
            _ => {
                bytes = size;
                messages.push(vec![command]);
            }
        }
    }
    messages
}

fn exchange(stream: &mut BufReader<UnixStream>, request: &impl Serialize) -> io::Result<Response> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.get_mut().write_all(&line)?;
    let answer = read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_str(&answer)?)
}

/// One line without its end; `None` at the end of the stream.
fn read_line(stream: &mut BufReader<UnixStream>) -> io::Result<Option<String>> {
    let mut line = String::new();
    stream
        .by_ref()
        .take(MESSAGE_BYTES_MAX)
        .read_line(&mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if !line.ends_with('\n') {
        let reason = format!("a message is longer than {MESSAGE_BYTES_MAX} bytes, or cut off");
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    line.pop();
    Ok(Some(line))
}

/// A listening control socket. Ends with [`Control::stop`].
pub(crate) struct Control {
    path: PathBuf,
    is_stopping: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Control {
    /// Listens in a folder of data, whose lock the caller holds.
    pub(crate) fn listen(folder: &Path, app: App) -> Result<Self> {
        let path = folder.join(SOCKET);
        // A server that was killed leaves its socket behind; the lock says that it is gone.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {}", path.display()));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path)
            .with_context(|| format!("listening on {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let is_stopping = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&is_stopping);
        let thread = thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || accept(&listener, &app, &stopping))?;
        Ok(Self {
            path,
            is_stopping,
            thread,
        })
    }

    /// Accepts no more; commands under way are finished by their own threads.
    pub(crate) fn stop(self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        // A connection of our own wakes the accepting thread.
        drop(UnixStream::connect(&self.path));
        drop(self.thread.join());
        drop(fs::remove_file(&self.path));
    }
}

fn accept(listener: &UnixListener, app: &App, is_stopping: &AtomicBool) {
    let open_count = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if is_stopping.load(Ordering::SeqCst) {
            return;
        }
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!("control socket: a connection failed: {error}");
                continue;
            }
        };
        if open_count.load(Ordering::SeqCst) >= CONNECTIONS_MAX {
            continue;
        }
        open_count.fetch_add(1, Ordering::SeqCst);
        let (app, count) = (app.clone(), Arc::clone(&open_count));
        let spawned = thread::Builder::new()
            .name("control client".to_owned())
            .spawn(move || {
                if let Err(error) = converse(&app, stream) {
                    tracing::debug!("control socket: a connection ended: {error}");
                }
                count.fetch_sub(1, Ordering::SeqCst);
            });
        if let Err(error) = spawned {
            open_count.fetch_sub(1, Ordering::SeqCst);
            tracing::warn!("control socket: no thread for a connection: {error}");
        }
    }
}

fn converse(app: &App, stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(SILENCE_S_MAX)))?;
    stream.set_write_timeout(Some(Duration::from_secs(SILENCE_S_MAX)))?;
    let mut stream = BufReader::new(stream);
    while let Some(line) = read_line(&mut stream)? {
        let response = match serde_json::from_str::<Asked>(&line) {
            Ok(Asked::Command(request)) => answer(app, *request),
            Ok(Asked::Host {
                host: HostVerb::RotateKey,
                locale,
            }) => rotate_key(app, locale),
            Err(error) => Response::Stop(Stop::bad_input(format!(
                "the request can not be read: {error}"
            ))),
        };
        let mut line = serde_json::to_vec(&response)?;
        line.push(b'\n');
        stream.get_mut().write_all(&line)?;
    }
    Ok(())
}

/// Whether the record is open; right after a start that is waited for, but never so long that
/// whoever asks would not know within two seconds.
fn is_open_soon(app: &App) -> bool {
    let begun = Monotonic::now();
    while !app.store().is_prepared() {
        if begun.elapsed() >= Duration::from_millis(OPENING_MS_MAX) {
            return false;
        }
        thread::sleep(Duration::from_millis(OPENING_LOOK_MS));
    }
    true
}

fn rotate_key(app: &App, locale: Locale) -> Response {
    let key = app.rotate_key().map(|id| Answer {
        id,
        ..Answer::default()
    });
    Response::from(key.map_err(|error| Stop::worded(&error, locale)))
}

fn answer(app: &App, request: Request) -> Response {
    let locale = request.locale;
    let worded = |answer: Result<Answer, OpError>| {
        Response::from(answer.map_err(|error| Stop::worded(&error, locale)))
    };
    if !is_open_soon(app) {
        let reason = "the record has not been reached since the start";
        return worded(Err(OpError::Unavailable(reason.to_owned())));
    }
    match (request.command, request.page) {
        (Command::CreatePage(new), _) => worded(app.create_page(&request.actor, &new)),
        (command, Some(page)) if request.more.is_empty() => {
            worded(app.execute(&page, &request.actor, command, request.id))
        }
        (_, Some(_)) if request.more.len() >= TOGETHER_MAX => Response::Stop(Stop::bad_input(
            format!("at most {TOGETHER_MAX} commands go together"),
        )),
        (command, Some(page)) => {
            let commands = std::iter::once(command).chain(request.more).collect();
            let answers = app.execute_all(&page, &request.actor, commands);
            Response::Answers(answers.into_iter().map(worded).collect())
        }
        (_, None) => Response::Stop(Stop::bad_input("the request names no page")),
    }
}
