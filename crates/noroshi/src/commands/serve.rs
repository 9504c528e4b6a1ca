//! `noroshi serve`: the store, the door, the clock, the publisher and the server, wired together.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Monotonic};

use anyhow::{Context, Result};
use clap::Args;
use noroshi_domain::{Instant, PageId, State};
use noroshi_ops::{App, clock};
use noroshi_publish::{Published, Publisher, Sign, Step};
use noroshi_server::{Limits, Listeners, Surface, raise_open_files, serve_on_cores, tls_acceptor};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::arguments::Common;
use crate::control::Control;
use crate::door;
use crate::exit::Stop;
use crate::output;

/// How often the store is looked at for what others wrote, and the clock stepped, in milliseconds.
const STEP_MS: u64 = 250;
/// How long the publisher rests at most, in milliseconds: a driven clock gives no signal.
const PUBLISH_REST_MS_MAX: u64 = 250;
/// How long it rests after it failed, in milliseconds.
const FAILED_REST_MS: u64 = 1_000;

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
        let app = door::open_app(common)?;
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
        let published = Published::open(&folder.join("published"))
            .with_context(|| format!("opening the published pages in {}", folder.display()))?;
        let published = Arc::new(published);
        let now = {
            let app = app.clone();
            Arc::new(move || app.now())
        };
        let surface = Surface::new(
            Arc::clone(&published),
            app.store().clone(),
            now,
            Limits::default().within(raise_open_files()),
        );
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let shutdown = CancellationToken::new();
        end_on_signals(&runtime, &shutdown)?;
        let control = Control::listen(&folder, app.clone())?;
        let loops = [
            clock_loop(app, &surface, &shutdown)?,
            publish_loop(app, published, &surface, &shutdown)?,
        ];
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listeners.address());
        greet(&address)?;
        output::line(&format!("listening on {address}"))?;
        let served = serve_on_cores(&surface, listeners, tls.as_ref(), &shutdown);
        shutdown.cancel();
        control.stop();
        for thread in loops {
            if thread.join().is_err() {
                tracing::error!("a loop panicked");
            }
        }
        runtime.shutdown_timeout(Duration::from_secs(1));
        served.context("serving")
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
    shutdown: &CancellationToken,
) -> Result<JoinHandle<()>> {
    let (app, shutdown) = (app.clone(), shutdown.clone());
    let follower = surface.metrics().follower("clock", app.now());
    let body = move || {
        let mut has_failed = false;
        let runtime = waiting_runtime();
        while !shutdown.is_cancelled() {
            let now = app.now();
            let stepped = app.refresh().and_then(|()| clock::step(&app, now));
            match stepped {
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

/// Makes pages when facts change and when time makes their bytes differ.
fn publish_loop(
    app: &App,
    pages: Arc<Published>,
    surface: &Surface,
    shutdown: &CancellationToken,
) -> Result<JoinHandle<()>> {
    let (app, shutdown) = (app.clone(), shutdown.clone());
    let follower = surface.metrics().follower("publish", app.now());
    let mut publisher = Publisher::new(pages, app.store().clone(), signing(&app));
    let mut commits = app.subscribe();
    let body = move || {
        let runtime = waiting_runtime();
        let mut known: Vec<(PageId, Arc<State>)> = Vec::new();
        let mut is_known = false;
        let mut has_failed = false;
        while !shutdown.is_cancelled() {
            commits.borrow_and_update();
            let now = app.now();
            // While the store is away, what is known goes on being published.
            if let Ok(newest) = newest_states(&app) {
                known = newest;
                is_known = true;
            }
            if !is_known {
                // Nothing is known yet: what an earlier run published stays as it is.
                runtime.block_on(rest(&shutdown, None, Duration::from_millis(FAILED_REST_MS)));
                continue;
            }
            let started = Monotonic::now();
            let wait = match publisher.step(&known, now) {
                Ok(step) => {
                    follower.mark(now);
                    has_failed = false;
                    if !step.changed.is_empty() {
                        let elapsed_ms = started.elapsed().as_millis() as u64;
                        tracing::debug!(elapsed_ms, pages = step.changed.len(), "published");
                    }
                    wait_after(&step, now)
                }
                Err(error) => {
                    if !has_failed {
                        tracing::error!("publish: {error}");
                    }
                    has_failed = true;
                    Duration::from_millis(FAILED_REST_MS)
                }
            };
            if !wait.is_zero() {
                runtime.block_on(rest(&shutdown, Some(&mut commits), wait));
            }
        }
    };
    Ok(thread::Builder::new()
        .name("publish".to_owned())
        .spawn(body)?)
}

/// Signs heads for the beat, with the public key beside the signature.
fn signing(app: &App) -> Sign {
    let app = app.clone();
    Arc::new(move |page, head| {
        let signed = app
            .signed_head(page, head)
            .map_err(|error| error.to_string())?;
        let mut json = serde_json::to_value(signed).map_err(|error| error.to_string())?;
        json["public_key"] = app.public_key().map_err(|error| error.to_string())?.into();
        Ok(json)
    })
}

fn newest_states(app: &App) -> Result<Vec<(PageId, Arc<State>)>, noroshi_ops::OpError> {
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
