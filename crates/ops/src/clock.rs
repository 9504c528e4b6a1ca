//! The clock: the only place that reads the time, and the step that does what time makes due.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use noroshi_domain::{Actor, Command, Instant, automatic, next_due};

use crate::app::App;
use crate::error::OpError;
use crate::limits::STEPS_PER_PAGE_MAX;
use crate::purge;

/// Says what time it is. Read once per request, then passed on as `now`.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the time"
    )]
    fn now(&self) -> Instant {
        jiff::Timestamp::now().into()
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at an instant.
    pub const fn at(instant: Instant) -> Self {
        Self(AtomicI64::new(instant.micros()))
    }

    /// Moves the clock.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that says what a file says (RFC 3339): another process drives it.
///
/// While the file can not be read, it says what it said last.
#[derive(Debug)]
pub struct FileClock {
    path: PathBuf,
    last: AtomicI64,
}

impl FileClock {
    /// A clock driven by a file, which must hold an instant now.
    ///
    /// # Errors
    /// When the file can not be read or holds no instant.
    pub fn open(path: PathBuf) -> Result<Self, std::io::Error> {
        let text = fs::read_to_string(&path)?;
        let first = Instant::parse(text.trim()).ok_or_else(|| {
            std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                format!(
                    "{:?} is no instant (write it like 2026-03-04T09:41:00Z)",
                    text.trim()
                ),
            )
        })?;
        Ok(Self {
            path,
            last: AtomicI64::new(first.micros()),
        })
    }
}

impl Clock for FileClock {
    fn now(&self) -> Instant {
        let read = fs::read_to_string(&self.path).ok();
        if let Some(instant) = read.and_then(|text| Instant::parse(text.trim())) {
            self.last.store(instant.micros(), Ordering::SeqCst);
        }
        Instant::from_micros(self.last.load(Ordering::SeqCst))
    }
}

/// Does what the passing of time makes due, on every page; how many commands changed something.
///
/// Safe to run twice and on several nodes: what is done already changes nothing.
///
/// # Errors
/// The first error met; the other pages have had their step all the same.
pub fn step(app: &App, now: Instant) -> Result<usize, OpError> {
    let mut count = 0;
    let mut first_error = None;
    for page in app.pages()? {
        match step_page(app, &page, now) {
            Ok(steps) => count += steps,
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(count), Err)
}

fn step_page(app: &App, page: &noroshi_domain::PageId, now: Instant) -> Result<usize, OpError> {
    for count in 0..STEPS_PER_PAGE_MAX {
        let before = app.state(page)?;
        if purge::is_due(&before, now) {
            return Ok(count + usize::from(purge::purge(app, &before, now)?));
        }
        let command = if next_due(&before).is_some_and(|due| due <= now) {
            Command::Tick
        } else if automatic::due(&before, now).is_some() {
            Command::Automatic(Box::default())
        } else {
            return Ok(count);
        };
        let answer = app.execute(page, &Actor::clock(), command, None)?;
        if answer.seq <= before.head.seq {
            return Ok(count);
        }
    }
    Ok(STEPS_PER_PAGE_MAX)
}
