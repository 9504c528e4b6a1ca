//! What the server answers from: handed in once, shared by all connections.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use noroshi_domain::Instant;
use noroshi_publish::Published;
use noroshi_store::Store;
use tokio::sync::Semaphore;

use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::router::router;

/// Says what time it is; asked once per request that needs it.
pub type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What the server answers from. Cheap to clone.
#[derive(Clone)]
pub struct Surface {
    pub(crate) inner: Arc<Inner>,
    pub(crate) router: Router,
}

pub(crate) struct Inner {
    pub(crate) published: Arc<Published>,
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
}

impl Surface {
    /// A surface over what is published, with the store for searches.
    pub fn new(published: Arc<Published>, store: Store, now: Now, limits: Limits) -> Self {
        Self::with_metrics(published, store, now, (limits, false))
    }

    /// The same where `/metrics` answers anyone: for installations that guard it themselves.
    pub fn with_open_metrics(
        published: Arc<Published>,
        store: Store,
        now: Now,
        limits: Limits,
    ) -> Self {
        Self::with_metrics(published, store, now, (limits, true))
    }

    fn with_metrics(
        published: Arc<Published>,
        store: Store,
        now: Now,
        (limits, metrics_for_everyone): (Limits, bool),
    ) -> Self {
        let inner = Arc::new(Inner {
            published,
            store,
            now,
            limits,
            metrics: Arc::new(Metrics::default()),
            metrics_for_everyone,
            file_reads: Semaphore::new(limits.file_reads),
            queries: Arc::new(Semaphore::new(limits.queries)),
            connections: Arc::new(Semaphore::new(limits.connections)),
            streams: Arc::new(Semaphore::new(limits.event_streams)),
        });
        Self {
            router: router(&inner),
            inner,
        }
    }

    /// What readers are answered from.
    pub fn published(&self) -> &Arc<Published> {
        &self.inner.published
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
