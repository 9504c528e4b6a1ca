//! Whether the server answers at all: so that nobody waits long for one that does not.
//!
//! A statement may be slow on a server that works. So whoever has waited a while asks for a sign
//! of life, and gives up when there is none. From then on all are told at once that the server is
//! away, and a task alone looks for its return.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::{Client, Config, Error};

use super::tls::Tls;

/// How long to wait for an answer before a sign of life is asked for.
pub(super) const PATIENCE: Duration = Duration::from_millis(600);
/// How long a sign of life may take. With [`PATIENCE`] it stays well below the two seconds within
/// which a write is answered.
const LIFE_TIMEOUT: Duration = Duration::from_millis(900);
/// How long to rest between two looks at a server that is away.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How a server is reached, and whether it is there.
pub(super) struct Watch {
    config: Config,
    tls: Tls,
    is_away: AtomicBool,
    /// How often it went away: a connection made before the last time is not used again.
    times_away: AtomicU64,
    /// When it last gave a sign of life; held by whoever waits for one.
    alive_at: Mutex<Option<Instant>>,
}

impl Watch {
    pub(super) fn new(config: Config, tls: Tls) -> Self {
        Self {
            config,
            tls,
            is_away: AtomicBool::new(false),
            times_away: AtomicU64::new(0),
            alive_at: Mutex::new(None),
        }
    }

    pub(super) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::SeqCst)
    }

    /// How often the server went away.
    pub(super) fn times_away(&self) -> u64 {
        self.times_away.load(Ordering::SeqCst)
    }

    /// Connects; its caller bounds the time.
    pub(super) async fn connect(&self) -> Result<Client, Error> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        // Ends when the client is dropped or the connection breaks; either is seen by
        // `Client::is_closed`, so its result says nothing new.
        tokio::spawn(async move { drop(connection.await) });
        Ok(client)
    }

    /// Asks for a sign of life, for all who wait at once; without one the server is away.
    pub(super) async fn is_alive(self: &Arc<Self>) -> bool {
        let mut alive_at = self.alive_at.lock().await;
        if self.is_away() {
            return false;
        }
        if alive_at.is_some_and(|at| at.elapsed() < PATIENCE) {
            return true;
        }
        let is_alive = self.answers().await;
        if is_alive {
            *alive_at = Some(Instant::now());
        } else {
            self.went_away();
        }
        is_alive
    }

    /// Notes that the server is away, and looks for its return.
    pub(super) fn went_away(self: &Arc<Self>) {
        if self.is_away.swap(true, Ordering::SeqCst) {
            return;
        }
        self.times_away.fetch_add(1, Ordering::SeqCst);
        let watch = Arc::clone(self);
        // Ends with the runtime, if not before.
        tokio::spawn(async move {
            while !watch.answers().await {
                sleep(LOOK_EVERY).await;
            }
            watch.is_away.store(false, Ordering::SeqCst);
        });
    }

    /// A refusal is an answer, too: whoever asks next is told of it.
    async fn answers(&self) -> bool {
        match timeout(LIFE_TIMEOUT, self.connect()).await {
            Ok(Ok(_)) => true,
            Ok(Err(cause)) => cause.as_db_error().is_some(),
            Err(_) => false,
        }
    }
}
