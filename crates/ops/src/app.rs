//! The application handle: pages in memory, the store behind them, the clock and chance.
//!
//! Cheap to clone. How a batch of commands is decided and committed stands in `page.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use noroshi_domain::{
    Actor, Answer, Command, CommandId, Entry, Head, Instant, NewPage, Page, PageId, PagePatch,
    Patch, Payload, Refusal, Seed, State, decide_new_page,
};
use noroshi_store::{Commit, Committed, NewEntry, Store};
use tokio::sync::watch;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::OpError;
use crate::limits::{ANSWER_MS_MAX, BATCH_COMMANDS_MAX};
use crate::mailbox::{Job, Posted};
use crate::page::PageDoor;
use crate::secrets::KEY_BYTES;
use crate::sign_in::Gate;
use crate::signing::Signer;

/// The application: everything that operations need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Chance,
    pub(crate) signer: RwLock<Option<Arc<Signer>>>,
    pages: Mutex<BTreeMap<PageId, Arc<PageDoor>>>,
    /// Held while a page is made or its addresses change, so that none is given twice.
    addresses: Mutex<()>,
    commits: watch::Sender<u64>,
    pub(crate) gate: Gate,
    pub(crate) secret_key: RwLock<Option<[u8; KEY_BYTES]>>,
}

impl App {
    /// An application on a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, chance: Chance) -> Self {
        let inner = Inner {
            store,
            clock,
            chance,
            signer: RwLock::new(None),
            pages: Mutex::default(),
            addresses: Mutex::default(),
            commits: watch::channel(0).0,
            gate: Gate::default(),
            secret_key: RwLock::new(None),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The store behind it, for reading.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// What the clock says now. Read once per request.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// Where random bytes come from.
    pub fn chance(&self) -> &Chance {
        &self.inner.chance
    }

    /// A signal raised on each commit and on each change found in the store. It carries no data.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.commits.subscribe()
    }

    /// All pages of the installation.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn pages(&self) -> Result<Vec<PageId>, OpError> {
        let heads = self.inner.store.pages()?;
        Ok(heads.into_iter().map(|head| head.page_id).collect())
    }

    /// How many commands wait, over all pages.
    pub fn waiting_count(&self) -> usize {
        self.doors().values().map(|door| door.mailbox.depth()).sum()
    }

    /// The newest known snapshot of a page; loaded when it is not in memory.
    ///
    /// # Errors
    /// [`OpError::NotFound`] for a page that does not exist; otherwise when the store fails.
    pub fn state(&self, page: &PageId) -> Result<Arc<State>, OpError> {
        let state = self.door(page).state(&self.inner);
        if matches!(state, Err(OpError::NotFound { .. })) {
            // Whoever asks for names that do not exist must not fill the memory.
            self.doors().remove(page);
        }
        state
    }

    /// Looks at what other processes wrote, and at midnight, and brings memory up to date.
    ///
    /// # Errors
    /// When the store can not be read; memory stays as it was.
    pub fn refresh(&self) -> Result<(), OpError> {
        let mut has_changed = false;
        let heads = self.inner.store.all_pages()?;
        for gone in heads.iter().filter(|head| head.gone_at.is_some()) {
            has_changed |= self.forget(&gone.page_id);
        }
        for head in heads.into_iter().filter(|head| head.gone_at.is_none()) {
            has_changed |= self
                .door(&head.page_id)
                .catch_up(&self.inner, Some(&head.head))?;
        }
        if has_changed {
            self.inner.forget_signer();
            self.inner.signal();
        }
        Ok(())
    }

    /// Takes a page that is gone from memory; whether it was there.
    pub(crate) fn forget(&self, page: &PageId) -> bool {
        self.doors().remove(page).is_some()
    }

    /// Decides and commits a command. Blocks until it is done or refused.
    ///
    /// The same `id` again within 7 days gives the first answer.
    ///
    /// # Errors
    /// See [`OpError`]; unless it is [`OpError::Unanswered`], nothing has changed.
    pub fn execute(
        &self,
        page: &PageId,
        actor: &Actor,
        command: Command,
        id: Option<CommandId>,
    ) -> Result<Answer, OpError> {
        let patches = address_patches(&command);
        let guard = (!patches.is_empty()).then(|| {
            self.inner
                .addresses
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        });
        for patch in patches {
            let path = match &patch.path {
                Patch::Set(path) => Some(path.clone()),
                _ => None,
            };
            let old = patch.settings.as_deref();
            let hosts = patch.hosts.iter().flatten();
            let hosts = hosts.chain(old.iter().flat_map(|old| &old.old_hosts));
            let paths = path.iter().chain(old.iter().flat_map(|old| &old.old_paths));
            self.check_addresses(
                Some(page),
                &hosts.collect::<Vec<_>>(),
                &paths.collect::<Vec<_>>(),
            )?;
        }
        let answer = self.post(page, actor, command, id).and_then(receive);
        drop(guard);
        answer
    }

    /// Sends commands one after another without waiting between them; each is answered for
    /// itself, in the order in which they were given.
    pub fn execute_all(
        &self,
        page: &PageId,
        actor: &Actor,
        commands: Vec<Command>,
    ) -> Vec<Result<Answer, OpError>> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut waiting = VecDeque::new();
        for command in commands {
            // So many fill the next batches, and leave room in the mailbox for others.
            if waiting.len() >= 2 * BATCH_COMMANDS_MAX {
                answers.extend(waiting.pop_front().map(receive));
            }
            match self.post(page, actor, command, None) {
                Ok(answered) => waiting.push_back(answered),
                Err(error) => {
                    answers.extend(waiting.drain(..).map(receive));
                    answers.push(Err(error));
                }
            }
        }
        answers.extend(waiting.into_iter().map(receive));
        answers
    }

    fn post(
        &self,
        page: &PageId,
        actor: &Actor,
        command: Command,
        id: Option<CommandId>,
    ) -> Result<Answered, OpError> {
        // What adds is never refused for what its author did not see.
        let command = match command {
            Command::Seen { command, .. } if !command.replaces() => *command,
            other => other,
        };
        let (reply, answered) = sync_channel(1);
        let seed = self.inner.chance.bytes();
        let door = self.door(page);
        match door.mailbox.post(Job {
            actor: actor.clone(),
            command,
            id,
            seed,
            reply,
        }) {
            Posted::Full => return Err(OpError::Busy),
            Posted::Waits => {}
            Posted::NeedsThread => self.start_thread(page, door),
        }
        Ok(answered)
    }

    fn start_thread(&self, page: &PageId, door: Arc<PageDoor>) {
        let inner = Arc::clone(&self.inner);
        let thread = std::thread::Builder::new().name(format!("page {page}"));
        let started = thread.spawn(move || door.run(&inner));
        if let Err(error) = started {
            // The waiting commands time out; the next one tries to start a thread again.
            tracing::error!(page.id = %page, "page {page}: no thread could be started: {error}");
            self.door(page).mailbox.thread_failed();
        }
    }

    /// Makes a page.
    ///
    /// # Errors
    /// A refusal when a field can not stand or an address is in use; otherwise a store's error.
    pub fn create_page(&self, actor: &Actor, new: &NewPage) -> Result<Answer, OpError> {
        let guard = self
            .inner
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let mut seed = Seed::new(self.inner.chance.bytes());
        let (decision, page) = decide_new_page(new, &mut seed, now)?;
        if self.inner.store.head(&page.id)?.is_some() {
            return Err(Refusal::Taken {
                kind: "page",
                id: page.id.to_string(),
            }
            .into());
        }
        let (hosts, paths) = places(&page);
        self.check_addresses(None, &hosts, &paths)?;
        let payload = Payload {
            actor: actor.clone(),
            action: decision.action,
            subject: decision.subject,
            changes: decision.changes,
            reason: None,
            remains: Vec::new(),
            audience: decision.audience,
        };
        let genesis = Head::genesis();
        let salt = self.inner.chance.bytes();
        let entry = Entry::following(&genesis, &page.id, now, salt, &payload);
        let head = entry.head();
        let answer = Answer {
            seq: head.seq,
            ..decision.answer
        };
        let commit = Commit {
            page_id: page.id.clone(),
            expected: genesis,
            head_signature: Some(self.inner.sign(&page.id, &head)?),
            entries: vec![NewEntry {
                entry,
                changes: payload.changes,
                erases: Vec::new(),
                answer: None,
            }],
            now,
        };
        let committed = self.inner.store.commit(&commit)?;
        drop(guard);
        match committed {
            Committed::Done => {
                self.inner.signal();
                Ok(answer)
            }
            Committed::Stale => Err(Refusal::Taken {
                kind: "page",
                id: page.id.to_string(),
            }
            .into()),
        }
    }

    fn check_addresses(
        &self,
        own: Option<&PageId>,
        hosts: &[&String],
        paths: &[&String],
    ) -> Result<(), OpError> {
        let taken = |kind, id: &str| {
            let id = id.to_owned();
            Err(Refusal::Taken { kind, id }.into())
        };
        for page in self.pages()?.iter().filter(|page| Some(*page) != own) {
            let state = self.state(page)?;
            let (their_hosts, their_paths) = places(&state.page);
            let is_theirs = |host: &&&String| {
                let mut theirs = their_hosts.iter();
                theirs.any(|other| other.eq_ignore_ascii_case(host))
            };
            if let Some(host) = hosts.iter().find(is_theirs) {
                return taken("host", host);
            }
            if let Some(path) = paths.iter().find(|path| their_paths.contains(path)) {
                return taken("path", path);
            }
        }
        Ok(())
    }

    fn door(&self, page: &PageId) -> Arc<PageDoor> {
        let mut doors = self.doors();
        Arc::clone(
            doors
                .entry(page.clone())
                .or_insert_with(|| Arc::new(PageDoor::new(page.clone()))),
        )
    }

    fn doors(&self) -> std::sync::MutexGuard<'_, BTreeMap<PageId, Arc<PageDoor>>> {
        self.inner
            .pages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hosts and paths that lead to a page, now and from before.
fn places(page: &Page) -> (Vec<&String>, Vec<&String>) {
    let old = &page.settings;
    (
        page.hosts.iter().chain(&old.old_hosts).collect(),
        page.path.iter().chain(&old.old_paths).collect(),
    )
}

/// What of a command changes where its page is found.
fn address_patches(command: &Command) -> Vec<&PagePatch> {
    match command {
        Command::UpdatePage(patch)
            if patch.hosts.is_some() || patch.settings.is_some() || patch.path != Patch::Keep =>
        {
            vec![patch.as_ref()]
        }
        Command::Seen { command, .. } => address_patches(command),
        Command::Together { commands, .. } => commands.iter().flat_map(address_patches).collect(),
        _ => Vec::new(),
    }
}

/// Whoever waits for one answer.
type Answered = Receiver<Result<Answer, OpError>>;

#[expect(
    clippy::needless_pass_by_value,
    reason = "there is one answer, and one who takes it"
)]
fn receive(answered: Answered) -> Result<Answer, OpError> {
    // Silence and a thread that died look the same: what became of the command is not known.
    let answer = answered.recv_timeout(Duration::from_millis(ANSWER_MS_MAX));
    answer.unwrap_or(Err(OpError::Unanswered))
}

impl Inner {
    pub(crate) fn signal(&self) {
        self.commits.send_modify(|count| *count += 1);
    }
}
