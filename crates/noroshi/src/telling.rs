//! The loop that tells: follows what is posted, and sends it, beside everything else.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Monotonic};

use anyhow::Result;
use noroshi_domain::{Instant, PageId, State};
use noroshi_notify::{Destination, Notifier, Outside, Token};
use noroshi_ops::App;
use noroshi_ops::subscribers::Purpose;
use noroshi_server::Follower;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use crate::post::Post;

/// Threads that send.
const SENDING_THREADS: usize = 2;
/// How long a loop with nothing to do rests, in milliseconds.
const IDLE_REST_MS: u64 = 200;
/// How long it waits for what is under way before it looks again, in milliseconds.
const BUSY_REST_MS: u64 = 20;
/// How long it rests after the store failed, in milliseconds.
const FAILED_REST_MS: u64 = 1_000;
/// How long what is under way may take when the server ends; what is not heard of by then is sent
/// again at the next start, with the same key.
const END: Duration = Duration::from_millis(800);
/// How often those are forgotten who never confirmed, or could not be reached for long.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// Starts the loop. `is_alone` says that no other process can be sending.
pub(crate) fn start(
    app: &App,
    (is_alone, post): (bool, Arc<Post>),
    follower: Follower,
    shutdown: CancellationToken,
) -> Result<JoinHandle<()>> {
    let app = app.clone();
    let body = move || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(SENDING_THREADS)
            .thread_name("send")
            .enable_all()
            .build()
            .expect("the system has threads and timers");
        // What sends is made and dropped within its runtime.
        let inside = runtime.enter();
        let node = noroshi_domain::hex(&app.chance().bytes()[..8]);
        let store = app.store().clone();
        let handle = runtime.handle().clone();
        let mut telling = Telling {
            notifier: Notifier::new(store, outside(&app, post), handle, node, is_alone),
            app,
            began: Monotonic::now(),
            purged: None,
            has_failed: false,
        };
        while !shutdown.is_cancelled() {
            let now = telling.app.now();
            let rest = telling.step(now, &follower);
            telling.rest(rest);
        }
        telling.end();
        drop(telling);
        drop(inside);
        runtime.shutdown_background();
    };
    Ok(thread::Builder::new()
        .name("notify".to_owned())
        .spawn(body)?)
}

struct Telling {
    app: App,
    notifier: Notifier,
    began: Monotonic,
    purged: Option<Monotonic>,
    has_failed: bool,
}

impl Telling {
    /// One step; how long to rest after it.
    fn step(&mut self, now: Instant, follower: &Follower) -> Duration {
        if !self.app.store().is_prepared() {
            return Duration::from_millis(FAILED_REST_MS);
        }
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.notifier.step(now, now_ms) {
            Ok(step) => {
                follower.mark(now);
                if std::mem::take(&mut self.has_failed) {
                    tracing::info!("notify: the queue can be reached again");
                }
                self.purge();
                match (step.more, step.in_flight) {
                    (true, _) => Duration::ZERO,
                    (false, 0) => Duration::from_millis(IDLE_REST_MS),
                    (false, _) => Duration::from_millis(BUSY_REST_MS),
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::error!("notify: {error}");
                }
                Duration::from_millis(FAILED_REST_MS)
            }
        }
    }

    /// Rests, unless something under way ends.
    fn rest(&mut self, most: Duration) {
        if !most.is_zero() {
            self.notifier.wait(most, self.app.now());
        }
    }

    fn purge(&mut self) {
        if self.purged.is_some_and(|at| at.elapsed() < PURGE_EVERY) {
            return;
        }
        self.purged = Some(Monotonic::now());
        for page in self.app.pages().unwrap_or_default() {
            if let Err(error) = self.app.purge_subscribers(&page) {
                tracing::warn!(page.id = %page, "old subscribers are not forgotten: {error}");
            }
        }
    }

    /// Hears what it still can of what is under way.
    fn end(&mut self) {
        let ends = Monotonic::now();
        while ends.elapsed() < END {
            let most = Duration::from_millis(BUSY_REST_MS);
            match self.notifier.settle(most, self.app.now()) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

fn outside(app: &App, post: Arc<Post>) -> Outside {
    let (states, tokens, chance) = (app.clone(), app.clone(), app.chance().clone());
    let channels = app.clone();
    Outside {
        states: Box::new(move || newest(&states)),
        token: Box::new(move |token, id| {
            let purpose = match token {
                Token::Confirm => Purpose::Confirm,
                Token::Manage => Purpose::Manage,
            };
            tokens.subscription_token(purpose, id).ok()
        }),
        unseal: Box::new(|_| None),
        destinations: Box::new(move |page| destinations(&channels, page)),
        chance: Box::new(move || chance.number()),
        sending: post,
    }
}

/// The channels of a page's team, opened.
fn destinations(app: &App, page: &PageId) -> Vec<Destination> {
    let opened = app.open_channels(page).unwrap_or_else(|error| {
        tracing::warn!(page.id = %page, "the team's channels can not be read: {error}");
        Vec::new()
    });
    let opened = opened.into_iter().map(|own| {
        let channel = own.channel;
        Destination {
            id: own.id,
            name: channel.name,
            channel: channel.channel,
            target: own.target,
            locale: channel.locale,
            components: (!channel.components.is_empty()).then_some(channel.components),
            least: channel.least,
            quiet: channel.quiet,
            digest: channel.digest,
            notices: channel.notices,
            posts: channel.posts,
        }
    });
    opened.collect()
}

fn newest(app: &App) -> Vec<(PageId, Arc<State>)> {
    let pages = app.pages().unwrap_or_default().into_iter();
    pages
        .filter_map(|page| app.state(&page).map(|state| (page, state)).ok())
        .filter(|(_, state)| state.page.deleted_at.is_none())
        .collect()
}
