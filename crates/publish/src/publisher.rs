//! The publisher: looks at each page's state and makes what differs, one bounded step at a time.
//!
//! It follows states, not entries: what changed twice is made from the newest state once. It is
//! woken by a signal after a commit and by [`Step::wake_at`].

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use noroshi_domain::{Head, Instant, PageId, State};
use noroshi_store::Store;

use crate::archive::Archive;
use crate::error::PublishError;
use crate::limits::BEAT_S;
use crate::path::{self, PagePath};
use crate::published::{Edition, Made, Published, Site};
use crate::render;

/// What a step did, and when the next is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When bytes would next differ by the passing of time alone.
    pub wake_at: Instant,
    /// Work is left that needs no waiting: call again soon, readers go first.
    pub more: bool,
    /// Pages of which readers now see something else, with the entry they see.
    pub changed: Vec<(PageId, i64)>,
}

/// Signs where a page's journal ends; what it answers stands in `/beat.json` as it is.
pub type Sign = Arc<dyn Fn(&PageId, &Head) -> Result<serde_json::Value, String> + Send + Sync>;

/// Makes the published set.
pub struct Publisher {
    published: Arc<Published>,
    store: Store,
    sign: Sign,
    work: BTreeMap<PageId, Work>,
}

/// Where the publisher stands with a page.
struct Work {
    /// The state that readers see.
    state: Option<Arc<State>>,
    /// The rest of the live set is still of an older state.
    rest_is_due: bool,
    first_paths: HashSet<PagePath>,
    next_at: Instant,
    beat_at: Instant,
    archive: Archive,
}

impl Publisher {
    /// A publisher that has made nothing yet.
    pub fn new(published: Arc<Published>, store: Store, sign: Sign) -> Self {
        Self {
            published,
            store,
            sign,
            work: BTreeMap::new(),
        }
    }

    /// Brings each page up to its state; bounded, safe to run twice.
    ///
    /// `pages` are *all* pages of the installation: one that is not among them, is deleted or is
    /// private, is taken from readers.
    ///
    /// # Errors
    /// The first error met; the other pages have had their step all the same, and what failed is
    /// tried again by the next step.
    pub fn step(
        &mut self,
        pages: &[(PageId, Arc<State>)],
        now: Instant,
    ) -> Result<Step, PublishError> {
        let mut step = Step {
            wake_at: now.plus_seconds(BEAT_S),
            more: false,
            changed: Vec::new(),
        };
        let mut first_error = None;
        let shown = |state: &State| state.page.deleted_at.is_none() && !state.page.settings.private;
        for (page, state) in pages.iter().filter(|(_, state)| shown(state)) {
            if let Err(error) = self.step_page(page, state, now, &mut step) {
                tracing::warn!(page.id = %page, error = &error as &dyn std::error::Error, "page not published");
                first_error = first_error.or(Some(error));
            }
        }
        let shown: HashSet<&PageId> = pages
            .iter()
            .filter(|(_, state)| shown(state))
            .map(|(page, _)| page)
            .collect();
        for page in self.published.snapshot().pages.keys() {
            if !shown.contains(page) {
                self.work.remove(page);
                self.published.remove_page(page)?;
            }
        }
        first_error.map_or(Ok(step), Err)
    }

    fn step_page(
        &mut self,
        page: &PageId,
        state: &Arc<State>,
        now: Instant,
        step: &mut Step,
    ) -> Result<(), PublishError> {
        let work = self
            .work
            .entry(page.clone())
            .or_insert_with(|| Work::new(&self.published, page));
        let is_new = work
            .state
            .as_ref()
            .is_none_or(|seen| seen.head != state.head);
        if is_new || now >= work.next_at {
            // A page that readers do not know yet appears whole: no link of its front page may
            // lead nowhere, however short.
            let is_known = self.published.snapshot().pages.contains_key(page);
            let whole = if is_known {
                Vec::new()
            } else {
                render::rest(state, &self.store, now)?
            };
            work.publish_first(&self.published, state, (whole, now))?;
            step.changed.push((page.clone(), state.head.seq));
        }
        if is_new || now >= work.beat_at {
            work.publish_beat(&self.published, state, (&self.sign, now))?;
        }
        let doors = Doors {
            published: &self.published,
            store: &self.store,
        };
        if work.archive.is_behind(state) {
            work.archive.note_changes(doors, state)?;
        }
        // What was deleted or erased goes before anything else is made.
        work.archive.step(doors, state, now)?;
        if work.rest_is_due {
            work.publish_rest(doors, state, now)?;
        }
        step.more |= work.archive.has_work();
        step.wake_at = step.wake_at.min(work.next_at).min(work.beat_at);
        Ok(())
    }
}

/// What making needs besides the state.
#[derive(Clone, Copy)]
pub(crate) struct Doors<'a> {
    pub(crate) published: &'a Published,
    pub(crate) store: &'a Store,
}

impl Work {
    fn new(published: &Published, page: &PageId) -> Self {
        let known = published
            .snapshot()
            .pages
            .get(page)
            .map(|set| set.site.clone());
        Self {
            state: None,
            rest_is_due: true,
            first_paths: HashSet::new(),
            next_at: Instant::MIN,
            beat_at: Instant::MIN,
            archive: Archive::new(known),
        }
    }

    /// What readers of an outage look at: front page, documents, open incidents, beat.
    fn publish_first(
        &mut self,
        published: &Published,
        state: &Arc<State>,
        (more, now): (Vec<Made>, Instant),
    ) -> Result<(), PublishError> {
        let mut made = render::first(state, now);
        self.first_paths = made.iter().map(|made| made.path.clone()).collect();
        made.extend(more);
        self.first_paths.insert(path::beat());
        published.publish(self.edition(state, now), made)?;
        self.state = Some(Arc::clone(state));
        self.rest_is_due = true;
        self.next_at = render::next_change_at(state, now);
        Ok(())
    }

    fn publish_beat(
        &mut self,
        published: &Published,
        state: &Arc<State>,
        (sign, now): (&Sign, Instant),
    ) -> Result<(), PublishError> {
        let head = sign(&state.page.id, &state.head).map_err(PublishError::Unsigned)?;
        let next_at = now.plus_seconds(BEAT_S);
        let made = render::beat(state, &head, (now, next_at));
        published.publish(self.edition(state, now), vec![made])?;
        self.beat_at = next_at;
        Ok(())
    }

    /// The rest of the live set; what is no longer in it leaves memory.
    fn publish_rest(
        &mut self,
        doors: Doors<'_>,
        state: &Arc<State>,
        now: Instant,
    ) -> Result<(), PublishError> {
        let made: Vec<Made> = render::rest(state, doors.store, now)?;
        let mut live = self.first_paths.clone();
        live.extend(made.iter().map(|made| made.path.clone()));
        let edition = Edition {
            live: Some(live),
            ..self.edition(state, now)
        };
        doors.published.publish(edition, made)?;
        self.rest_is_due = false;
        Ok(())
    }

    fn edition(&self, state: &Arc<State>, now: Instant) -> Edition {
        let styles = self.archive.styles(render::styles());
        Edition {
            site: Site::of(&state.page, state.head.seq, styles),
            state: Some(Arc::clone(state)),
            made_at: Some(now),
            live: None,
        }
    }
}
