//! The notifier: one bounded step after another.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use noroshi_channel::Outcome;
use noroshi_domain::{Instant, PageId, SECOND_US, State};
use noroshi_store::{Claimed, End, Finished, Notice, OpenNotice, Store, StoreError};
use tokio::runtime::Handle;

use crate::backoff::next_try;
use crate::event::{Event, Whom};
use crate::follow;
use crate::limits::{
    ATTEMPT_S_MAX, BEAT_LOST_MS, BEAT_MS, CLAIM_MAX, EMAIL_LANE_MAX, ENDED_MAX, ENTRIES_A_READ,
    IN_FLIGHT_MAX, LANE_REST_S, LANE_REST_S_MAX, LANE_WAITING_MAX, LOG_S, OWED_MAX,
    REASON_CHARS_MAX, ROOM_LANE_MAX, SLICES_A_STEP, SMS_LANE_MAX, WEBHOOK_LANE_MAX,
};
use crate::make::{self, Around};
use crate::nodes::Nodes;
use crate::outside::{Item, Outside};
use crate::word::Worder;

mod bookkeeping;
mod dispatch;
mod watch;

use bookkeeping::Reached;

/// How often what is old is looked for, in milliseconds.
const FORGET_EVERY_MS: u64 = 600_000;

/// Follows, makes and sends, one step at a time.
pub struct Notifier {
    store: Store,
    outside: Outside,
    runtime: Handle,
    /// Names this node, anew at each start.
    node: String,
    /// Nobody else can be sending: what others had under way at the start is theirs no more.
    is_alone: bool,
    nodes: Nodes,
    beat_ms: Option<u64>,
    forgot_ms: Option<u64>,
    watched_ms: Option<u64>,
    followed: HashMap<PageId, i64>,
    worder: Worder,
    lanes: BTreeMap<String, Lane>,
    in_flight: usize,
    results: Receiver<Done>,
    done: Sender<Done>,
    /// What ended and is not written yet.
    ended: Vec<Finished>,
    /// What that says of the recipients.
    marks: Vec<(String, Reached)>,
    /// Whether the queue may hold something due that was not looked at.
    may_be_due: bool,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// There is more to do at once.
    pub more: bool,
    /// How many messages are under way.
    pub in_flight: usize,
}

/// What shares a service, and waits for nobody else's.
#[derive(Debug, Default)]
struct Lane {
    in_flight: usize,
    waiting: VecDeque<Due>,
    /// Left alone until then: its service could not be reached.
    rests_until: Option<Instant>,
    failures: u32,
}

/// A message that waits for its turn.
#[derive(Debug)]
struct Due {
    item: Box<Item>,
    claimed: Claimed,
    /// Its recipient could not be reached before: that he can be now is news.
    has_failed: bool,
}

/// What became of one message.
struct Done {
    claimed: Claimed,
    has_failed: bool,
    outcome: Outcome,
}

impl Notifier {
    /// A notifier of a store. `node` is drawn anew at each start; `is_alone` says that no other
    /// process can be sending.
    pub fn new(
        store: Store,
        outside: Outside,
        runtime: Handle,
        node: String,
        is_alone: bool,
    ) -> Self {
        let (done, results) = channel();
        Self {
            store,
            outside,
            runtime,
            node,
            is_alone,
            nodes: Nodes::default(),
            beat_ms: None,
            forgot_ms: None,
            watched_ms: None,
            followed: HashMap::new(),
            worder: Worder::default(),
            lanes: BTreeMap::new(),
            in_flight: 0,
            results,
            done,
            ended: Vec::new(),
            marks: Vec::new(),
            may_be_due: true,
        }
    }

    /// Does what there is to do, bounded; `now_ms` is monotonic.
    ///
    /// # Errors
    /// When the store fails; the next step begins again where this one stood.
    pub fn step(&mut self, now: Instant, now_ms: u64) -> Result<Step, StoreError> {
        self.take_results(now)?;
        self.watch_nodes(now, now_ms)?;
        let states = (self.outside.states)();
        let followed = self.follow_pages(&states, now)?;
        self.take_up_owed(now)?;
        self.watch(&states, now, now_ms)?;
        let made = self.make(&states, now)?;
        let lives = self
            .beat_ms
            .is_some_and(|beat| now_ms.saturating_sub(beat) < BEAT_LOST_MS);
        let claimed = if lives { self.send(&states, now)? } else { 0 };
        self.forget(&states, now, now_ms)?;
        Ok(Step {
            more: followed || made || claimed > 0,
            in_flight: self.in_flight,
        })
    }

    /// Takes in what ends, for so long at most: in the place of each message the next of its lane
    /// begins at once, and what became of many is written together by the next step.
    pub fn wait(&mut self, most: Duration, now: Instant) {
        let ends = std::time::Instant::now() + most;
        loop {
            let left = ends.saturating_duration_since(std::time::Instant::now());
            let Ok(done) = self.results.recv_timeout(left) else {
                return;
            };
            let lane = done.claimed.lane.clone();
            self.ended_of(done, now);
            self.start_lane(&lane, now);
            // Looked at behind the waiting: what can not be written meanwhile spins no loop.
            if self.in_flight == 0 || self.ended.len() >= ENDED_MAX {
                return;
            }
        }
    }

    /// Waits until something under way has ended, for so long at most, and says what became of it,
    /// so that nobody sends it again; nothing more begins. How much is still under way.
    ///
    /// # Errors
    /// When the store fails.
    pub fn settle(&mut self, most: Duration, now: Instant) -> Result<usize, StoreError> {
        if let Ok(done) = self.results.recv_timeout(most) {
            self.ended_of(done, now);
        }
        self.take_results(now)?;
        Ok(self.in_flight)
    }

    fn watch_nodes(&mut self, now: Instant, now_ms: u64) -> Result<(), StoreError> {
        if self.is_alone && self.beat_ms.is_none() {
            for node in self.store.sending_nodes()? {
                let count = self.store.take_over(&node, now)?;
                tracing::info!(
                    count,
                    "what was under way when the server ended is taken up"
                );
            }
        }
        if self
            .beat_ms
            .is_some_and(|at| now_ms.saturating_sub(at) < BEAT_MS)
        {
            return Ok(());
        }
        self.store.beat(&self.node)?;
        self.beat_ms = Some(now_ms);
        // What failed may be due again, and others may have made something that is.
        self.may_be_due = true;
        if self.is_alone {
            return Ok(());
        }
        let beats = self.store.beats()?;
        for node in self.nodes.watch(&self.node, &beats, now_ms) {
            let count = self.store.take_over(&node, now)?;
            tracing::warn!(
                node,
                count,
                "a node is gone: what it had under way is taken up"
            );
        }
        Ok(())
    }

    /// Follows the journals; whether there was anything.
    fn follow_pages(
        &mut self,
        states: &[(PageId, Arc<State>)],
        now: Instant,
    ) -> Result<bool, StoreError> {
        let mut has_moved = false;
        for (page, state) in states {
            if self.followed.get(page) != Some(&state.head.seq) {
                has_moved |= self.follow(page, state, now)?;
            }
        }
        Ok(has_moved)
    }

    fn follow(&mut self, page: &PageId, state: &State, now: Instant) -> Result<bool, StoreError> {
        let Some(from) = self.store.followed(page)? else {
            let from = self.begin_at(state)?;
            let is_ours = self.store.follow(page, None, from, &[])?;
            return Ok(is_ours);
        };
        let entries = self.store.journal(page, from, ENTRIES_A_READ)?;
        let Some(last) = entries.last() else {
            self.followed.insert(page.clone(), from);
            return Ok(false);
        };
        let to = last.header.seq;
        let mut notices: Vec<Notice> = Vec::new();
        for entry in &entries {
            let store = &self.store;
            let mut is_known = |thread: &str| {
                notices.iter().any(|own| own.thread == thread)
                    || store
                        .notices_of_thread(thread)
                        .is_ok_and(|own| !own.is_empty())
            };
            let found = follow::notices(page, entry, now, &mut is_known);
            for stale in &found.stale {
                self.store
                    .drop_notice(stale, "older than a day when it was seen")?;
            }
            notices.extend(found.notices);
        }
        self.store.follow(page, Some(from), to, &notices)?;
        Ok(true)
    }

    /// A new follower begins at the head; of a page made after it began, at the beginning.
    fn begin_at(&self, state: &State) -> Result<i64, StoreError> {
        const BEGAN: &str = "notices_since";
        let began = self.store.setting(BEGAN)?;
        let began = began.and_then(|text| text.parse().ok());
        let began = if let Some(us) = began {
            Instant::from_micros(us)
        } else {
            let at = state.head.at;
            self.store.set_setting(BEGAN, &at.micros().to_string())?;
            at
        };
        Ok(if state.page.created_at > began {
            0
        } else {
            state.head.seq
        })
    }

    /// Makes deliveries of notices that are open; whether there was anything.
    fn make(&mut self, states: &[(PageId, Arc<State>)], now: Instant) -> Result<bool, StoreError> {
        let mut slices = 0;
        while slices < SLICES_A_STEP {
            let open = self.store.open_notices(SLICES_A_STEP as u32)?;
            if open.is_empty() {
                break;
            }
            for open in open {
                slices += 1;
                self.make_of(&open, states, now)?;
            }
        }
        self.may_be_due |= slices > 0;
        Ok(slices >= SLICES_A_STEP)
    }

    fn make_of(
        &self,
        open: &OpenNotice,
        states: &[(PageId, Arc<State>)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let Some(event) = event_of(&open.notice) else {
            self.store.deliver(open, None, &[], now)?;
            return Ok(());
        };
        let page = open.notice.page.as_ref();
        let found = states.iter().find(|(own, _)| Some(own) == page);
        let destinations = match (event.whom(), page) {
            (Whom::One(_), _) | (_, None) => Vec::new(),
            (_, Some(page)) => (self.outside.destinations)(page),
        };
        let around = found.map(|(_, state)| Around {
            state,
            destinations: &destinations,
            now,
        });
        make::make_slice(&self.store, (open, &event), around.as_ref(), now)?;
        Ok(())
    }

    fn forget(
        &mut self,
        states: &[(PageId, Arc<State>)],
        now: Instant,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        if self
            .forgot_ms
            .is_some_and(|at| now_ms.saturating_sub(at) < FORGET_EVERY_MS)
        {
            return Ok(());
        }
        self.forgot_ms = Some(now_ms);
        let before = now.plus_seconds(-LOG_S);
        self.store.forget_deliveries(before)?;
        for (page, _) in states {
            self.store.forget_notices(Some(page), before)?;
        }
        Ok(())
    }
}

/// What a notice tells of; one that can not be read is told of by the log.
fn event_of(notice: &Notice) -> Option<Event> {
    let read = serde_json::from_str(&notice.body);
    read.inspect_err(|error| tracing::error!(notice.id, "a notice can not be read: {error}"))
        .ok()
}
