//! One page's door: its snapshot, and how a batch of commands is decided and committed.
//!
//! Only the page's own thread decides; anyone may read the snapshot. Conflicts arise with other
//! processes alone: the loser applies what it lacks and decides again.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant as Monotonic};

use jiff::civil::Date;
use noroshi_domain::{
    Answer, Change, Command, CommandId, DELETION_TOLD, Entry, Fact, FactKey, Head, Instant,
    NEEDS_INCIDENTS_MAX, PageId, Payload, Refusal, SECOND_US, STATE_DAYS, Seed, State, decide,
    needs,
};
use noroshi_store::{Commit, Committed, NewEntry};
use noroshi_text::automatic;

use crate::app::Inner;
use crate::erase;
use crate::error::OpError;
use crate::limits::{
    CATCH_UP_ENTRIES_MAX, CLOCK_BEHIND_S_MAX, CONFLICT_MS_MAX, CONFLICT_RETRIES_MAX, JOURNAL_CHUNK,
};
use crate::mailbox::{Job, Mailbox};

/// A snapshot, and the local day its window was cut for.
#[derive(Debug, Clone)]
struct Snapshot {
    state: Arc<State>,
    day: Date,
}

/// One page: who waits, and what is known.
#[derive(Debug)]
pub(crate) struct PageDoor {
    id: PageId,
    pub(crate) mailbox: Mailbox,
    snapshot: RwLock<Option<Snapshot>>,
    /// Held while a newer snapshot is made from the store, so that it is made once.
    loading: Mutex<()>,
}

/// How one try at a batch ended.
enum Attempt {
    /// Committed: an answer for each job.
    Done(Vec<Result<Answer, OpError>>),
    /// Another process was faster.
    Stale,
}

/// A batch while it is decided: each command sees what those before it did.
struct Batch {
    base: Head,
    state: State,
    entries: Vec<NewEntry>,
    outcomes: Vec<Result<Answer, OpError>>,
    dropped: BTreeSet<FactKey>,
}

impl PageDoor {
    pub(crate) fn new(id: PageId) -> Self {
        Self {
            id,
            mailbox: Mailbox::default(),
            snapshot: RwLock::default(),
            loading: Mutex::default(),
        }
    }

    /// The page's thread: batch after batch, until nothing has come for a while.
    pub(crate) fn run(&self, inner: &Inner) {
        loop {
            let batch = self.mailbox.next_batch();
            if batch.is_empty() {
                return;
            }
            // A panic drops the batch: its callers are told that its end is not known.
            let done = catch_unwind(AssertUnwindSafe(|| self.process(inner, batch)));
            if done.is_err() {
                tracing::error!(page.id = %self.id, "page {}: a batch of commands panicked", self.id);
                self.forget();
            }
        }
    }

    /// The newest known snapshot.
    pub(crate) fn state(&self, inner: &Inner) -> Result<Arc<State>, OpError> {
        if let Some(snapshot) = self.known() {
            return Ok(snapshot.state);
        }
        self.catch_up(inner, None)?;
        self.known()
            .map(|snapshot| snapshot.state)
            .ok_or_else(|| self.not_found())
    }

    /// Brings the snapshot to `head` (absent: to whatever the store has) and to today; whether it
    /// changed.
    pub(crate) fn catch_up(&self, inner: &Inner, head: Option<&Head>) -> Result<bool, OpError> {
        let is_current = |snapshot: &Snapshot| {
            let known = &snapshot.state;
            let is_today = known.page.zone.date_of(inner.clock.now()) == snapshot.day;
            let has = |head: &Head| known.head.epoch == head.epoch && known.head.seq >= head.seq;
            is_today && head.is_some_and(has)
        };
        if self.known().as_ref().is_some_and(is_current) {
            return Ok(false);
        }
        let guard = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known();
        if known.as_ref().is_some_and(is_current) {
            return Ok(false);
        }
        let now = inner.clock.now();
        let applied = match &known {
            Some(snapshot) if snapshot.state.page.zone.date_of(now) == snapshot.day => {
                self.apply_missed(inner, &snapshot.state)?
            }
            _ => None,
        };
        let state = match applied {
            Some(state) => state,
            None => self.load(inner, now)?,
        };
        let is_newer = known.is_none_or(|known| {
            known.state.head != state.head || state.page.zone.date_of(now) != known.day
        });
        let day = state.page.zone.date_of(now);
        self.keep(state, day);
        drop(guard);
        Ok(is_newer)
    }

    /// The known state with the entries it lacks; `None` when it must be loaded anew.
    fn apply_missed(&self, inner: &Inner, known: &State) -> Result<Option<State>, OpError> {
        let mut state = known.clone();
        loop {
            let missed = inner
                .store
                .journal(&self.id, state.head.seq, JOURNAL_CHUNK)?;
            if missed.is_empty() {
                return Ok(Some(state));
            }
            for entry in &missed {
                let payload = entry
                    .payload_json
                    .as_deref()
                    .and_then(|json| serde_json::from_str::<Payload>(json).ok());
                let Some(payload) = payload.filter(|_| entry.check(&state.head).is_ok()) else {
                    return Ok(None);
                };
                payload
                    .changes
                    .iter()
                    .for_each(|change| state.apply(change));
                state.head = entry.head();
            }
            if state.head.seq - known.head.seq > CATCH_UP_ENTRIES_MAX {
                return Ok(None);
            }
        }
    }

    fn load(&self, inner: &Inner, now: Instant) -> Result<State, OpError> {
        // The window is cut by the page's zone, which stands in the page: a day more than it is.
        let window_from = now.plus_us(-(STATE_DAYS + 1) * noroshi_domain::DAY_US);
        inner
            .store
            .load_state(&self.id, window_from)?
            .ok_or_else(|| self.not_found())
    }

    /// Swaps the snapshot; `day` is the one its window was cut for.
    fn keep(&self, state: State, day: Date) {
        let mut snapshot = self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_older = snapshot.as_ref().is_some_and(|known| {
            known.state.head.epoch == state.head.epoch && known.state.head.seq > state.head.seq
        });
        if !is_older {
            *snapshot = Some(Snapshot {
                state: Arc::new(state),
                day,
            });
        }
    }

    fn forget(&self) {
        *self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn known(&self) -> Option<Snapshot> {
        self.snapshot
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn not_found(&self) -> OpError {
        OpError::NotFound {
            kind: "page",
            id: self.id.to_string(),
        }
    }

    fn process(&self, inner: &Inner, batch: Vec<Job>) {
        let outcomes = match self.decide_until_committed(inner, &batch) {
            Ok(outcomes) => outcomes,
            Err(error) => batch.iter().map(|_| Err(error.clone())).collect(),
        };
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            // A caller that no longer waits has nothing to be told.
            drop(job.reply.send(outcome));
        }
    }

    fn decide_until_committed(
        &self,
        inner: &Inner,
        batch: &[Job],
    ) -> Result<Vec<Result<Answer, OpError>>, OpError> {
        let deadline = Monotonic::now() + Duration::from_millis(CONFLICT_MS_MAX);
        let mut state = self.state(inner)?;
        for _ in 0..=CONFLICT_RETRIES_MAX {
            if let Attempt::Done(outcomes) = self.attempt(inner, batch, &state)? {
                return Ok(outcomes);
            }
            if Monotonic::now() >= deadline {
                break;
            }
            self.catch_up(inner, None)?;
            state = self.state(inner)?;
        }
        Err(OpError::Busy)
    }

    fn attempt(&self, inner: &Inner, jobs: &[Job], known: &State) -> Result<Attempt, OpError> {
        let now = inner.clock.now();
        if known.head.at.since_us(now) > CLOCK_BEHIND_S_MAX * SECOND_US {
            return Err(OpError::ClockBehind {
                now,
                head_at: known.head.at,
            });
        }
        let mut batch = Batch {
            base: known.head.clone(),
            state: known.clone(),
            entries: Vec::new(),
            outcomes: Vec::new(),
            dropped: BTreeSet::new(),
        };
        for job in jobs {
            match self.decide_one(inner, job, &mut batch, now) {
                Ok(answer) => batch.outcomes.push(Ok(answer)),
                Err(Failure::Stale) => return Ok(Attempt::Stale),
                Err(Failure::Op(error)) if error.is_passing() => return Err(error),
                Err(Failure::Op(error)) => batch.outcomes.push(Err(error)),
            }
        }
        if batch.entries.is_empty() {
            return Ok(Attempt::Done(batch.outcomes));
        }
        let commit = Commit {
            page_id: self.id.clone(),
            expected: batch.base,
            head_signature: Some(inner.sign(&self.id, &batch.state.head)?),
            entries: batch.entries,
            now,
        };
        match inner.store.commit(&commit)? {
            Committed::Stale => {
                inner.forget_signer();
                Ok(Attempt::Stale)
            }
            Committed::Done => {
                // A state of yesterday stays one of yesterday until it is loaded anew.
                let day = self.known().map(|known| known.day);
                let day = day.unwrap_or_else(|| batch.state.page.zone.date_of(now));
                self.keep(batch.state, day);
                inner.signal();
                Ok(Attempt::Done(batch.outcomes))
            }
        }
    }

    fn decide_one(
        &self,
        inner: &Inner,
        job: &Job,
        batch: &mut Batch,
        now: Instant,
    ) -> Result<Answer, Failure> {
        if let Some(answer) = self.first_answer(inner, job.id.as_ref(), batch)? {
            return Ok(answer);
        }
        let command = match &job.command {
            Command::EraseUpdate {
                incident_id,
                update_id,
                ..
            } => Command::EraseUpdate {
                incident_id: incident_id.clone(),
                update_id: update_id.clone(),
                remains: erase::remains(&inner.store, &self.id, update_id)?,
            },
            Command::Automatic(_) => {
                Command::Automatic(Box::new(automatic::words(&batch.state, now)))
            }
            other => other.clone(),
        };
        let loaded = self.load_needs(inner, &command, batch, now)?;
        let mut seed = Seed::new(job.seed);
        let decision = decide(
            &batch.state,
            &loaded,
            &job.actor,
            &command,
            (&mut seed, now),
        )
        .map_err(|refusal| Failure::Op(refusal.into()))?;
        if decision.changes.is_empty() && decision.remains.is_empty() {
            return Ok(Answer {
                seq: batch.state.head.seq,
                ..decision.answer
            });
        }
        let erases = decision.remains.iter().map(|remains| remains.seq).collect();
        let payload = Payload {
            actor: job.actor.clone(),
            action: decision.action,
            subject: decision.subject,
            changes: decision.changes,
            reason: None,
            remains: decision.remains,
            audience: decision.audience,
        };
        let salt = inner.chance.bytes();
        let head = &batch.state.head;
        let entry = Entry::following(head, &self.id, now, salt, &payload);
        let answer = Answer {
            seq: entry.header.seq,
            ..decision.answer
        };
        batch.add(
            entry,
            payload.changes,
            erases,
            job.id.clone().map(|id| (id, answer.clone())),
        );
        if let Some(reason) = decision.deletion_told {
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            let notice = Payload::notice(job.actor.clone(), DELETION_TOLD, reason);
            let head = &batch.state.head;
            let salt = inner.chance.bytes();
            let entry = Entry::following(head, &self.id, now, salt, &notice);
            batch.add(entry, Vec::new(), Vec::new(), None);
        }
        Ok(answer)
    }

    fn first_answer(
        &self,
        inner: &Inner,
        id: Option<&CommandId>,
        batch: &Batch,
    ) -> Result<Option<Answer>, Failure> {
        let Some(id) = id else { return Ok(None) };
        let in_batch = batch
            .entries
            .iter()
            .filter_map(|entry| entry.answer.as_ref());
        if let Some((_, answer)) = in_batch.into_iter().find(|(own, _)| own == id) {
            return Ok(Some(answer.clone()));
        }
        Ok(inner.store.answer(&self.id, id).map_err(OpError::from)?)
    }

    fn load_needs(
        &self,
        inner: &Inner,
        command: &Command,
        batch: &Batch,
        now: Instant,
    ) -> Result<Vec<Fact>, Failure> {
        let needs = needs(command, &batch.state, now);
        if needs.incidents.is_empty() && needs.windows.is_empty() {
            return Ok(Vec::new());
        }
        if needs.incidents.len() > NEEDS_INCIDENTS_MAX {
            let given = needs.incidents.len();
            let refusal = Refusal::TooLong {
                field: "incidents",
                given,
                most: NEEDS_INCIDENTS_MAX,
            };
            return Err(Failure::Op(refusal.into()));
        }
        let (head, mut facts) = inner.store.load(&self.id, &needs).map_err(OpError::from)?;
        if head.seq != batch.base.seq || head.hash != batch.base.hash {
            return Err(Failure::Stale);
        }
        // What a command before it in this batch dropped still stands in the store.
        facts.retain(|fact| !batch.dropped.contains(&fact.key()));
        Ok(facts)
    }
}

impl Batch {
    fn add(
        &mut self,
        entry: Entry,
        changes: Vec<Change>,
        erases: Vec<i64>,
        answer: Option<(CommandId, Answer)>,
    ) {
        for change in &changes {
            self.state.apply(change);
            match change {
                Change::Put(fact) => self.dropped.remove(&fact.key()),
                Change::Drop(key) => self.dropped.insert(key.clone()),
            };
        }
        self.state.head = entry.head();
        self.entries.push(NewEntry {
            entry,
            changes,
            erases,
            answer,
        });
    }
}

/// Why one command of a batch has no answer.
enum Failure {
    /// Another process wrote meanwhile: the whole batch is decided again.
    Stale,
    /// The command itself, or the store.
    Op(OpError),
}

impl From<OpError> for Failure {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}
