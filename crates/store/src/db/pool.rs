//! A small bounded pool: lends connections, keeps the sound ones, makes new ones on demand.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::StoreError;

/// How long a caller waits for a connection that others hold.
const WAIT: Duration = Duration::from_secs(2);

/// Connections at rest and how many are lent.
pub(super) struct Pool<C> {
    slots: Mutex<Slots<C>>,
    freed: Condvar,
    lent_max: usize,
}

struct Slots<C> {
    idle: Vec<C>,
    lent_count: usize,
}

/// A lent connection; it comes back when dropped, unless it was said to be broken.
pub(super) struct Lent<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
    broken: bool,
}

impl<C> Pool<C> {
    pub(super) fn new(lent_max: usize) -> Self {
        Self {
            slots: Mutex::new(Slots {
                idle: Vec::new(),
                lent_count: 0,
            }),
            freed: Condvar::new(),
            lent_max,
        }
    }

    /// Lends a connection that is `sound`, else a new one.
    pub(super) fn lend(
        &self,
        sound: impl Fn(&C) -> bool,
        open: impl FnOnce() -> Result<C, StoreError>,
    ) -> Result<Lent<'_, C>, StoreError> {
        let (mut slots, waited) = self
            .freed
            .wait_timeout_while(self.slots(), WAIT, |slots| {
                slots.lent_count >= self.lent_max
            })
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StoreError::Busy);
        }
        slots.lent_count += 1;
        let mut idle = None;
        while let Some(connection) = slots.idle.pop() {
            if sound(&connection) {
                idle = Some(connection);
                break;
            }
        }
        drop(slots);
        // From here on the guard counts the slot back, also when opening fails.
        let mut lent = Lent {
            pool: self,
            connection: idle,
            broken: false,
        };
        if lent.connection.is_none() {
            lent.connection = Some(open()?);
        }
        Ok(lent)
    }

    fn slots(&self) -> MutexGuard<'_, Slots<C>> {
        // Counts and lists stay right whatever panicked: they are changed in one step.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Lent<'_, C> {
    /// Says that the connection shall not be used again.
    pub(super) fn mark_broken(&mut self) {
        self.broken = true;
    }
}

impl<C> Deref for Lent<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection
            .as_ref()
            .expect("it is taken out only when dropped")
    }
}

impl<C> DerefMut for Lent<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection
            .as_mut()
            .expect("it is taken out only when dropped")
    }
}

impl<C> Drop for Lent<'_, C> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut slots = self.pool.slots();
        slots.lent_count -= 1;
        if let Some(connection) = connection
            && !self.broken
        {
            slots.idle.push(connection);
        }
        drop(slots);
        self.pool.freed.notify_one();
    }
}
