//! What the server answers from: handed in once, shared by all connections.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::Router;
use noroshi_domain::{Instant, Locale, State};
use noroshi_ops::App;
use noroshi_ops::channels::OpenChannel;
use noroshi_publish::Published;
use noroshi_store::Store;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::accounts::Providers;
use crate::console::Counted;
use crate::desk;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::router::router;
use crate::subscribe::Rates;

/// Says what time it is; asked once per request that needs it.
pub type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What the server answers from. Cheap to clone.
#[derive(Clone)]
pub struct Surface {
    pub(crate) inner: Arc<Inner>,
    pub(crate) router: Router,
    /// The console and the APIs.
    pub(crate) desk: Router,
    /// Where they run; none: where the request came in.
    pub(crate) runtime: Option<Handle>,
}

pub(crate) struct Inner {
    pub(crate) published: Arc<Published>,
    pub(crate) app: App,
    pub(crate) store: Store,
    pub(crate) now: Now,
    pub(crate) limits: Limits,
    pub(crate) metrics: Arc<Metrics>,
    /// `/metrics` answers anyone, not only this machine.
    pub(crate) metrics_for_everyone: bool,
    pub(crate) file_reads: Semaphore,
    pub(crate) queries: Arc<Semaphore>,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) desk_requests: Arc<Semaphore>,
    pub(crate) desk_calls: Arc<Semaphore>,
    pub(crate) password_checks: Arc<Semaphore>,
    pub(crate) password_waiting: Arc<Semaphore>,
    /// Where people sign on.
    pub(crate) providers: Providers,
    /// Who asked to be told lately.
    pub(crate) subscribe_rates: Rates,
    /// How many would be told of what is composed.
    pub(crate) counted: Counted,
    /// Sends what tries a channel; none: nothing here sends.
    pub(crate) trials: OnceLock<Arc<dyn Trials>>,
}

/// What became of a trial: taken, or why not, in words that name no secret.
pub type Trial = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Sends one message over a channel at once, so that whoever set it up sees whether it goes
/// through. The server knows no service: whoever starts it hands this in.
pub trait Trials: Send + Sync {
    /// Tries a channel of a page's team.
    fn try_channel(&self, channel: OpenChannel, page: Arc<State>, locale: Locale) -> Trial;
    /// Sends a mail by the mail server that is set.
    fn try_mail(&self, to: String, page: Arc<State>, locale: Locale) -> Trial;
}

impl Surface {
    /// A surface over what is published, with the application for what is asked and written.
    pub fn new(published: Arc<Published>, app: App, limits: Limits) -> Self {
        Self::with_metrics(published, app, (limits, false))
    }

    /// The same where `/metrics` answers anyone: for installations that guard it themselves.
    pub fn with_open_metrics(published: Arc<Published>, app: App, limits: Limits) -> Self {
        Self::with_metrics(published, app, (limits, true))
    }

    /// The same where console and APIs run elsewhere than on the threads that serve readers.
    #[must_use]
    pub fn on(self, runtime: Handle) -> Self {
        Self {
            runtime: Some(runtime),
            ..self
        }
    }

    fn with_metrics(
        published: Arc<Published>,
        app: App,
        (limits, metrics_for_everyone): (Limits, bool),
    ) -> Self {
        let store = app.store().clone();
        let clock = app.clone();
        let inner = Arc::new(Inner {
            published,
            app,
            store,
            now: Arc::new(move || clock.now()),
            limits,
            metrics: Arc::new(Metrics::default()),
            metrics_for_everyone,
            file_reads: Semaphore::new(limits.file_reads),
            queries: Arc::new(Semaphore::new(limits.queries)),
            connections: Arc::new(Semaphore::new(limits.connections)),
            streams: Arc::new(Semaphore::new(limits.event_streams)),
            desk_requests: Arc::new(Semaphore::new(limits.desk_requests)),
            desk_calls: Arc::new(Semaphore::new(limits.desk_calls)),
            password_checks: Arc::new(Semaphore::new(limits.password_checks)),
            password_waiting: Arc::new(Semaphore::new(
                limits.password_checks + limits.password_waiting,
            )),
            providers: Providers::default(),
            subscribe_rates: Rates::default(),
            counted: Counted::default(),
            trials: OnceLock::new(),
        });
        Self {
            router: router(&inner),
            desk: desk::router(&inner),
            runtime: None,
            inner,
        }
    }

    /// Channels are tried by this; said once.
    pub fn try_channels_by(&self, trials: Arc<dyn Trials>) {
        // A second one is not asked for.
        drop(self.inner.trials.set(trials));
    }

    /// What readers are answered from.
    pub fn published(&self) -> &Arc<Published> {
        &self.inner.published
    }

    /// What the desk asks and writes.
    pub fn app(&self) -> &App {
        &self.inner.app
    }

    /// What is counted; followers mark themselves here.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.metrics
    }
}

impl fmt::Debug for Surface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Surface").finish_non_exhaustive()
    }
}
