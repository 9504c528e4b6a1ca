//! Where the connections of a listener stand, and which of them have taken too long.
//!
//! A connection keeps no timer: it writes down what it waits for and since when, by a clock that
//! stands still between two looks at all of them. One look a second costs less than a timer that is
//! set anew with each request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::limits::{LOOK_TIME, Limits};

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Stage {
    /// The first request.
    New,
    /// The next request.
    Idle,
    /// The rest of a header.
    Head,
    /// The reader, who takes an answer.
    Answer,
    /// Something with time-outs of its own.
    Elsewhere,
}

const STAGES: [Stage; 5] = [
    Stage::New,
    Stage::Idle,
    Stage::Head,
    Stage::Answer,
    Stage::Elsewhere,
];

/// Where one connection stands.
#[derive(Debug)]
pub(crate) struct Seat {
    clock: Arc<AtomicU64>,
    stage: AtomicU8,
    since_ms: AtomicU64,
    began_ms: u64,
    is_ending: AtomicBool,
}

impl Seat {
    /// The stage begins, or goes on with a byte that moved. The first header's time is counted
    /// from the connection's start.
    pub(crate) fn is_at(&self, stage: Stage) {
        if stage == Stage::Head && self.stage() == Stage::New {
            return;
        }
        let now_ms = self.clock.load(Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
        self.since_ms.store(now_ms, Ordering::Relaxed);
    }

    fn stage(&self) -> Stage {
        STAGES[usize::from(self.stage.load(Ordering::Relaxed))]
    }

    /// Whether the answer under way is the last one.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Whether it is to be closed now.
    fn is_over(&self, limits: &Limits, (now_ms, look_ms): (u64, u64), ends: bool) -> bool {
        let limit = match self.stage() {
            // Nobody waits for an answer.
            Stage::New | Stage::Idle if ends => return true,
            Stage::New | Stage::Head => limits.header_time,
            Stage::Idle | Stage::Answer => limits.idle_time,
            Stage::Elsewhere => return false,
        };
        // It may have begun just after the look that it is written down with.
        let waited_ms = now_ms.saturating_sub(self.since_ms.load(Ordering::Relaxed));
        waited_ms > millis(limit) + look_ms
    }
}

/// All connections of a listener.
#[derive(Debug)]
pub(crate) struct Seats {
    limits: Limits,
    clock: Arc<AtomicU64>,
    epoch: Instant,
    taken: Mutex<HashMap<u64, (Arc<Seat>, AbortHandle)>>,
}

impl Seats {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            clock: Arc::default(),
            epoch: Instant::now(),
            taken: Mutex::default(),
        }
    }

    /// A seat for a connection that was just accepted.
    pub(crate) fn seat(&self) -> Arc<Seat> {
        let began_ms = self.clock.load(Ordering::Relaxed);
        Arc::new(Seat {
            clock: Arc::clone(&self.clock),
            stage: AtomicU8::new(Stage::New as u8),
            since_ms: AtomicU64::new(began_ms),
            began_ms,
            is_ending: AtomicBool::new(false),
        })
    }

    /// From now on the connection is looked at.
    pub(crate) fn take(&self, number: u64, seat: Arc<Seat>, task: AbortHandle) {
        self.taken().insert(number, (seat, task));
    }

    /// The connection is closed.
    pub(crate) fn leave(&self, number: u64) {
        self.taken().remove(&number);
    }

    /// How often to look: often enough for the shortest of the limits.
    pub(crate) fn look_time(&self) -> Duration {
        let limits = &self.limits;
        let shortest = limits
            .header_time
            .min(limits.idle_time)
            .min(limits.connection_time)
            .min(limits.shutdown_time);
        (shortest / 8).clamp(Duration::from_millis(10), LOOK_TIME)
    }

    /// Closes those that have taken too long, and ends those whose time is over: all of them where
    /// the server ends.
    pub(crate) fn look(&self, server_ends: bool) {
        let now_ms = millis(self.epoch.elapsed());
        self.clock.store(now_ms, Ordering::Relaxed);
        let look_ms = millis(self.look_time());
        let life_ms = millis(self.limits.connection_time);
        self.taken().retain(|_, (seat, task)| {
            let ends = server_ends || now_ms.saturating_sub(seat.began_ms) > life_ms;
            if seat.is_over(&self.limits, (now_ms, look_ms), ends) {
                task.abort();
                return false;
            }
            if ends {
                seat.is_ending.store(true, Ordering::Relaxed);
            }
            !task.is_finished()
        });
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<u64, (Arc<Seat>, AbortHandle)>> {
        // The map is whole between any two of its calls.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
