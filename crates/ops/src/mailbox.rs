//! A page's mailbox: commands wait here, people before clocks before monitors, bounded.

use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use noroshi_domain::{Actor, ActorKind, Answer, Command, CommandId};

use crate::error::OpError;
use crate::limits::{BATCH_COMMANDS_MAX, MAILBOX_COMMANDS_MAX, MAILBOX_IDLE_MS};

/// A command on its way to being decided.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) actor: Actor,
    pub(crate) command: Command,
    pub(crate) id: Option<CommandId>,
    /// What `decide` draws identifiers from, the same however often it decides.
    pub(crate) seed: [u8; 32],
    pub(crate) reply: SyncSender<Result<Answer, OpError>>,
}

impl Job {
    const fn priority(&self) -> usize {
        match self.actor.kind {
            ActorKind::User | ActorKind::Token | ActorKind::Import => 0,
            ActorKind::Clock => 1,
            ActorKind::Monitor => 2,
        }
    }

    /// Erasing looks through the committed journal, so nothing uncommitted may stand before it.
    const fn is_alone(&self) -> bool {
        matches!(self.command, Command::EraseUpdate { .. })
    }
}

#[derive(Debug, Default)]
struct Queues {
    waiting: [VecDeque<Job>; 3],
    has_thread: bool,
}

/// The commands that wait at one page.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    queues: Mutex<Queues>,
    arrived: Condvar,
}

/// What became of a posted command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// It waits, and the page's thread will see it.
    Waits,
    /// It waits, and the caller has to start the page's thread.
    NeedsThread,
    /// The mailbox is full.
    Full,
}

impl Mailbox {
    pub(crate) fn post(&self, job: Job) -> Posted {
        let mut queues = self.lock();
        let queue = &mut queues.waiting[job.priority()];
        if queue.len() >= MAILBOX_COMMANDS_MAX {
            return Posted::Full;
        }
        queue.push_back(job);
        if queues.has_thread {
            self.arrived.notify_one();
            Posted::Waits
        } else {
            queues.has_thread = true;
            Posted::NeedsThread
        }
    }

    /// The next batch, in the order in which it is to be decided; empty: the thread must end.
    pub(crate) fn next_batch(&self) -> Vec<Job> {
        let mut queues = self.lock();
        loop {
            let batch = take_batch(&mut queues.waiting);
            if !batch.is_empty() {
                return batch;
            }
            let idle = Duration::from_millis(MAILBOX_IDLE_MS);
            let (woken, timed_out) = self
                .arrived
                .wait_timeout(queues, idle)
                .unwrap_or_else(PoisonError::into_inner);
            queues = woken;
            if timed_out.timed_out() && queues.waiting.iter().all(VecDeque::is_empty) {
                queues.has_thread = false;
                return Vec::new();
            }
        }
    }

    /// The page's thread could not be started: the next command tries again.
    pub(crate) fn thread_failed(&self) {
        self.lock().has_thread = false;
    }

    /// How many commands wait.
    pub(crate) fn depth(&self) -> usize {
        self.lock().waiting.iter().map(VecDeque::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_batch(waiting: &mut [VecDeque<Job>; 3]) -> Vec<Job> {
    let mut batch = Vec::new();
    for queue in waiting {
        while batch.len() < BATCH_COMMANDS_MAX {
            let Some(next) = queue.front() else { break };
            if next.is_alone() && !batch.is_empty() {
                return batch;
            }
            batch.extend(queue.pop_front());
            if batch.last().is_some_and(Job::is_alone) {
                return batch;
            }
        }
    }
    batch
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use noroshi_domain::{IncidentId, UpdateId};

    use super::*;

    fn job(kind: ActorKind, command: Command) -> Job {
        let actor = Actor {
            kind,
            id: "x".to_owned(),
        };
        Job {
            actor,
            command,
            id: None,
            seed: [0; 32],
            reply: sync_channel(1).0,
        }
    }

    fn erase() -> Command {
        Command::EraseUpdate {
            incident_id: IncidentId::parse("a").unwrap(),
            update_id: UpdateId::parse("b").unwrap(),
            remains: Vec::new(),
        }
    }

    #[test]
    fn people_come_before_clocks_before_monitors() {
        let mailbox = Mailbox::default();
        mailbox.post(job(ActorKind::Monitor, Command::Tick));
        mailbox.post(job(ActorKind::Clock, Command::Tick));
        mailbox.post(job(ActorKind::User, Command::Tick));
        let kinds: Vec<_> = mailbox
            .next_batch()
            .iter()
            .map(|job| job.actor.kind)
            .collect();
        assert_eq!(
            kinds,
            [ActorKind::User, ActorKind::Clock, ActorKind::Monitor]
        );
    }

    #[test]
    fn a_full_mailbox_refuses_one_more_of_that_priority_only() {
        let mailbox = Mailbox::default();
        for _ in 0..MAILBOX_COMMANDS_MAX {
            mailbox.post(job(ActorKind::Monitor, Command::Tick));
        }
        assert_eq!(
            mailbox.post(job(ActorKind::Monitor, Command::Tick)),
            Posted::Full
        );
        assert_eq!(
            mailbox.post(job(ActorKind::User, Command::Tick)),
            Posted::Waits
        );
        assert_eq!(mailbox.next_batch().len(), BATCH_COMMANDS_MAX);
    }

    #[test]
    fn erasing_is_decided_alone() {
        let mailbox = Mailbox::default();
        for command in [Command::Tick, erase(), Command::Tick] {
            mailbox.post(job(ActorKind::User, command));
        }
        let sizes: Vec<_> = (0..3).map(|_| mailbox.next_batch().len()).collect();
        assert_eq!(sizes, [1, 1, 1]);
    }
}
