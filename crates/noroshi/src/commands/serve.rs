//! `noroshi serve`: the store, the door, the clock, the publisher and the server, wired together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Monotonic};

use anyhow::{Context, Result};
use clap::Args;
use noroshi_channel::Reach;
use noroshi_domain::{Instant, PageId, State};
use noroshi_ops::{App, OpError, clock};
use noroshi_publish::{PublishError, Published, Publisher, Reach as RecordReach, Sign, Step};
use noroshi_server::paths::setup_path;
use noroshi_server::{
    Limits, Listeners, Surface, Trials, raise_open_files, serve_on_cores, tls_acceptor,
};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::arguments::Common;
use crate::control::Control;
use crate::door;
use crate::exit::Stop;
use crate::post::Post;
use crate::{output, telling};

/// How often the store is looked at for what others wrote, and the clock stepped, in milliseconds.
const STEP_MS: u64 = 250;
/// How long the publisher rests at most, in milliseconds: a driven clock gives no signal.
const PUBLISH_REST_MS_MAX: u64 = 250;
/// How long it rests after it failed, in milliseconds.
const FAILED_REST_MS: u64 = 1_000;
/// How soon after readers were shown something new they are shown the next, in milliseconds at
/// least: a lone change is shown at once, of many in a row the newest state each time.
const BURST_REST_MS: u64 = 250;

/// Threads for whatever is not a reader's: console, APIs, signals. What they ask of the record
/// waits on others.
const SHARED_THREADS: usize = 2;
/// How long publishing may go on when the server ends; then it ends at its next file.
const PUBLISH_END: Duration = Duration::from_secs(1);

/// The setting that says where the server listened last: links from the host lead there.
pub(crate) const ADDRESS_SETTING: &str = "address";

/// Options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Let webhooks reach private networks too: whoever may subscribe can then make this server
    /// ask anything inside.
    #[arg(long)]
    pub(crate) webhooks_anywhere: bool,
    /// Requests a minute that one key may send to the compatible API; 0: as many as it likes.
    #[arg(long, default_value_t = Limits::default().api_requests, value_name = "COUNT")]
    pub(crate) api_requests: usize,
}

impl Serve {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        let folder = common.folder();
        let lock = door::lock(&folder)?;
        let Some(lock) = lock else {
            return Err(Stop::try_again(format!(
                "{} is held by another noroshi: end it, or name another folder with --data",
                folder.join("lock").display()
            ))
            .into());
        };
        let app = match &common.database {
            // What an earlier run published is served at once; the database may come later.
            Some(url) if has_published(&folder)? => door::app_of_database(url, common)?,
            _ => door::open_app(common)?,
        };
        let served = self.serve(&app, common, &|_| Ok(()));
        drop(lock);
        served
    }

    /// Serves an opened installation, whose lock the caller holds, until a signal ends it;
    /// `greet` is told the address before anything else is said.
    pub(crate) fn serve(
        &self,
        app: &App,
        common: &Common,
        greet: &dyn Fn(&str) -> Result<()>,
    ) -> Result<()> {
        let folder = common.folder();
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(tls_acceptor(certificate, key)?),
            _ => None,
        };
        let listeners = Listeners::bind(self.listen)
            .with_context(|| format!("listening on {}", self.listen))?;
        app.keep_secrets_with(door::secret_key(&folder)?);
        let published = Arc::new(open_published(&folder)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(SHARED_THREADS)
            .enable_all()
            .build()?;
        let limits = Limits {
            api_requests: self.api_requests,
            ..Limits::default().within(raise_open_files())
        };
        let surface =
            Surface::new(Arc::clone(&published), app.clone(), limits).on(runtime.handle().clone());
        let shutdown = CancellationToken::new();
        end_on_signals(&runtime, &shutdown)?;
        let control = Control::listen(&folder, app.clone())?;
        let record = Arc::new(Record::default());
        let loops = [
            clock_loop(app, &surface, (&record, &shutdown))?,
            publish_loop(app, Arc::clone(&published), &surface, (&record, &shutdown))?,
            self.notify_loop(app, common, &surface, &shutdown)?,
        ];
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listeners.address());
        greet(&address)?;
        output::line(&format!("listening on {address}"))?;
        let loops = loops.into_iter().chain([offer_set_up(app, address)?]);
        let loops: Vec<JoinHandle<()>> = loops.collect();
        let served = serve_on_cores(&surface, listeners, tls.as_ref(), &shutdown);
        shutdown.cancel();
        control.stop();
        let ended = Monotonic::now();
        while ended.elapsed() < PUBLISH_END && !loops.iter().all(JoinHandle::is_finished) {
            thread::park_timeout(PUBLISH_END / 20);
        }
        // Whatever a large page still lacks, the next start makes.
        published.halt();
        for thread in loops {
            if thread.join().is_err() {
                tracing::error!("a loop panicked");
            }
        }
        runtime.shutdown_timeout(Duration::from_secs(1));
        record.failure()?;
        served.context("serving")
    }
}

impl Serve {
    /// Tells subscribers what is posted.
    fn notify_loop(
        &self,
        app: &App,
        common: &Common,
        surface: &Surface,
        shutdown: &CancellationToken,
    ) -> Result<JoinHandle<()>> {
        // A folder of data is one server's alone; a database may be several's.
        let is_alone = common.database.is_none();
        let reach = if self.webhooks_anywhere {
            Reach::Anywhere
        } else {
            Reach::Public
        };
        let follower = surface.metrics().follower("notify", app.now());
        let post = Arc::new(Post::new(app, reach)?);
        surface.try_channels_by(Arc::clone(&post) as Arc<dyn Trials>);
        telling::start(app, (is_alone, post), follower, shutdown.clone())
    }
}

/// Says where the first account is made, while there is none, and notes where links from the host
/// lead: beside the serving, since what it writes has to reach the disk and no reader waits for it.
fn offer_set_up(app: &App, address: String) -> Result<JoinHandle<()>> {
    let app = app.clone();
    let body = move || {
        if !app.store().is_prepared() {
            return;
        }
        let noted = app.store().set_setting(ADDRESS_SETTING, &address);
        let offered = noted.map_err(OpError::from).and_then(|()| app.setup_link());
        let said = match offered {
            Ok(Some(token)) => output::line(&format!("set up at {address}{}", setup_path(&token))),
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = said {
            tracing::warn!("no link to make the first account: {error:#}");
        }
    };
    Ok(thread::Builder::new()
        .name("set-up".to_owned())
        .spawn(body)?)
}

/// Whether an earlier run left pages in a folder of data.
fn has_published(folder: &Path) -> Result<bool> {
    let published = open_published(folder)?;
    Ok(!published.snapshot().pages.is_empty())
}

fn open_published(folder: &Path) -> Result<Published> {
    Published::open(&folder.join("published"))
        .with_context(|| format!("opening the published pages in {}", folder.display()))
}

/// What the loops tell each other of the record.
#[derive(Debug, Default)]
struct Record {
    /// Whether it did not answer when it was asked last.
    is_away: AtomicBool,
    /// When it last answered, in microseconds; 0: not since the start.
    answered_us: AtomicI64,
    /// Why it can never be opened.
    failure: Mutex<Option<Stop>>,
}

impl Record {
    fn note(&self, answers: bool, now: Instant) {
        if answers {
            self.answered_us.store(now.micros(), Ordering::SeqCst);
        }
        self.is_away.store(!answers, Ordering::SeqCst);
    }

    fn reach(&self) -> RecordReach {
        if !self.is_away.load(Ordering::SeqCst) {
            return RecordReach::Here;
        }
        let at = self.answered_us.load(Ordering::SeqCst);
        RecordReach::Away((at != 0).then(|| Instant::from_micros(at)))
    }

    fn fail(&self, stop: Stop) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
    }

    fn failure(&self) -> Result<(), Stop> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(()), Err)
    }
}

fn end_on_signals(runtime: &Runtime, shutdown: &CancellationToken) -> Result<()> {
    let _inside = runtime.enter();
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = shutdown.clone();
    runtime.spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: requests under way are finished");
        shutdown.cancel();
    });
    Ok(())
}

/// Looks at what others wrote and does what time makes due, a few times a second.
fn clock_loop(
    app: &App,
    surface: &Surface,
    (record, shutdown): (&Arc<Record>, &CancellationToken),
) -> Result<JoinHandle<()>> {
    let (app, record, shutdown) = (app.clone(), Arc::clone(record), shutdown.clone());
    let follower = surface.metrics().follower("clock", app.now());
    let body = move || {
        let mut has_failed = false;
        let runtime = waiting_runtime();
        while !shutdown.is_cancelled() {
            let now = app.now();
            let refreshed = refresh(&app);
            record.note(refreshed.is_ok(), app.now());
            if let Err(error) = &refreshed
                && !error.is_passing()
                && !app.store().is_prepared()
            {
                record.fail(error.clone().into());
                shutdown.cancel();
                break;
            }
            match refreshed.and_then(|()| clock::step(&app, now)) {
                Ok(_) => {
                    follower.mark(now);
                    if has_failed {
                        tracing::info!("clock: the record can be reached again");
                    }
                    has_failed = false;
                }
                Err(error) if !has_failed => {
                    tracing::error!("clock: {error}");
                    has_failed = true;
                }
                Err(_) => {}
            }
            runtime.block_on(rest(&shutdown, None, Duration::from_millis(STEP_MS)));
        }
    };
    Ok(thread::Builder::new()
        .name("clock".to_owned())
        .spawn(body)?)
}

fn refresh(app: &App) -> Result<(), OpError> {
    app.store().prepare()?;
    app.refresh()
}

/// Makes pages when facts change and when time makes their bytes differ.
fn publish_loop(
    app: &App,
    pages: Arc<Published>,
    surface: &Surface,
    (record, shutdown): (&Arc<Record>, &CancellationToken),
) -> Result<JoinHandle<()>> {
    let follower = surface.metrics().follower("publish", app.now());
    let mut publishing = Publishing {
        app: app.clone(),
        record: Arc::clone(record),
        publisher: Publisher::new(Arc::clone(&pages), app.store().clone(), signing(app)),
        pages,
        known: None,
        was_away: true,
        has_failed: false,
    };
    let (shutdown, mut commits) = (shutdown.clone(), app.subscribe());
    let body = move || {
        let runtime = waiting_runtime();
        while !shutdown.is_cancelled() {
            commits.borrow_and_update();
            let now = publishing.app.now();
            let done = publishing.step(now);
            if done.is_well {
                follower.mark(now);
            }
            let shown_at = done.has_shown.then(Monotonic::now);
            if !done.wait.is_zero() {
                runtime.block_on(rest(&shutdown, Some(&mut commits), done.wait));
            }
            if let Some(shown_at) = shown_at {
                let pause = Duration::from_millis(BURST_REST_MS);
                let left = pause.saturating_sub(shown_at.elapsed());
                runtime.block_on(rest(&shutdown, None, left));
            }
        }
    };
    Ok(thread::Builder::new()
        .name("publish".to_owned())
        .spawn(body)?)
}

/// The publisher with what it is fed.
struct Publishing {
    app: App,
    record: Arc<Record>,
    publisher: Publisher,
    pages: Arc<Published>,
    /// The newest states of the record; none until it was read once.
    known: Option<Vec<(PageId, Arc<State>)>>,
    /// Whether the record was away when it was looked at last, or was not looked at yet.
    was_away: bool,
    has_failed: bool,
}

/// What a step of publishing came to.
struct Done {
    is_well: bool,
    has_shown: bool,
    wait: Duration,
}

impl Publishing {
    /// Names what was said while the record was away and is not in it.
    fn offer_notices(&self) {
        for page in self.pages.snapshot().pages.keys() {
            for notice in self.pages.notices(page) {
                let code = notice.code;
                tracing::warn!(
                    page.id = %page,
                    "notice {code} is not in the record: `noroshi notice adopt {code}` opens it \
                     as an incident, `noroshi notice end {code}` takes it away"
                );
            }
        }
    }

    fn step(&mut self, now: Instant) -> Done {
        // While the record is away, what is known goes on being published.
        if self.app.store().is_prepared()
            && let Ok(newest) = newest_states(&self.app)
        {
            self.known = Some(newest);
        }
        let started = Monotonic::now();
        let reach = self.record.reach();
        let is_here = reach == RecordReach::Here && self.known.is_some();
        if std::mem::replace(&mut self.was_away, !is_here) && is_here {
            self.offer_notices();
        }
        let stepped = match (&self.known, reach) {
            (Some(known), _) => self.publisher.step(known, now, reach),
            // Nothing was read yet: what an earlier run published is made from what it kept.
            (None, RecordReach::Away(_)) => {
                let kept = self.pages.kept_states();
                self.publisher.step(&kept, now, reach)
            }
            (None, RecordReach::Here) => {
                return Done {
                    is_well: false,
                    has_shown: false,
                    wait: Duration::from_millis(STEP_MS),
                };
            }
        };
        match stepped {
            Ok(step) => {
                if std::mem::take(&mut self.has_failed) {
                    tracing::info!("publish: all is published again");
                }
                let elapsed_ms = started.elapsed().as_millis() as u64;
                if !step.changed.is_empty() {
                    tracing::debug!(elapsed_ms, pages = step.changed.len(), "published");
                }
                Done {
                    is_well: true,
                    has_shown: !step.changed.is_empty(),
                    wait: wait_after(&step, now),
                }
            }
            Err(error) => {
                let is_failure = !matches!(error, PublishError::Halted);
                if is_failure && !std::mem::replace(&mut self.has_failed, true) {
                    tracing::error!(error = &error as &dyn std::error::Error, "publish");
                }
                Done {
                    is_well: false,
                    has_shown: false,
                    wait: Duration::from_millis(FAILED_REST_MS),
                }
            }
        }
    }
}

/// Signs heads for the beat, with the public key beside the signature.
pub(crate) fn signing(app: &App) -> Sign {
    let app = app.clone();
    Arc::new(move |page, head| {
        let signed = app
            .signed_head(page, head)
            .map_err(|error| error.to_string())?;
        let mut json = serde_json::to_value(signed).map_err(|error| error.to_string())?;
        json["public_key"] = app.public_key().map_err(|error| error.to_string())?.into();
        let changes = app.key_changes(page).map_err(|error| error.to_string())?;
        if !changes.is_empty() {
            json["changes"] = serde_json::json!(changes);
        }
        Ok(json)
    })
}

fn newest_states(app: &App) -> Result<Vec<(PageId, Arc<State>)>, OpError> {
    let pages = app.pages()?.into_iter();
    pages
        .map(|page| app.state(&page).map(|state| (page, state)))
        .collect()
}

fn wait_after(step: &Step, now: Instant) -> Duration {
    if step.more {
        return Duration::ZERO;
    }
    let most = Duration::from_millis(PUBLISH_REST_MS_MAX);
    let micros = u64::try_from(step.wake_at.since_us(now)).unwrap_or(0);
    Duration::from_micros(micros).clamp(Duration::from_millis(1), most)
}

/// Each loop waits on a small runtime of its own, so that none can starve another.
fn waiting_runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system has timers")
}

/// Rests until the time is over, a signal came, or all is to end.
async fn rest(
    shutdown: &CancellationToken,
    commits: Option<&mut watch::Receiver<u64>>,
    time: Duration,
) {
    let signalled = async {
        match commits {
            // The sender lives in the application, which outlives its loops.
            Some(commits) => drop(commits.changed().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = signalled => {}
        () = tokio::time::sleep(time) => {}
    }
}
