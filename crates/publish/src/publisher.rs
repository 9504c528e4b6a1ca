//! The publisher: looks at each page's state and makes what differs, one bounded step at a time.
//!
//! It follows states, not entries: what changed twice is made from the newest state once. It is
//! woken by a signal after a commit and by [`Step::wake_at`].

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use noroshi_domain::{Head, IncidentId, Instant, PageId, State};
use noroshi_store::Store;

use crate::archive::Archive;
use crate::error::PublishError;
use crate::limits::{BEAT_S, QUIET_S, STALE_S};
use crate::notice::{self, Notice};
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

/// Whether the record answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It does.
    Here,
    /// It does not; when it last did, where that was since the start.
    Away(Option<Instant>),
}

/// Signs where a page's journal ends; what it answers stands in `/beat.json` as it is.
pub type Sign = Arc<dyn Fn(&PageId, &Head) -> Result<serde_json::Value, String> + Send + Sync>;

/// Makes the published set.
pub struct Publisher {
    published: Arc<Published>,
    record: Option<(Store, Sign)>,
    work: BTreeMap<PageId, Work>,
}

/// What readers are shown: when any of it differs, the page is made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    head: Head,
    notices: Vec<Notice>,
    /// When the record last answered, where pages say so.
    confirmed_at: Option<Instant>,
}

/// Where the publisher stands with a page.
struct Work {
    shown: Option<Shown>,
    /// What needs the record could not be made of it: the record did not answer.
    rest_is_due: bool,
    next_at: Instant,
    beat_at: Instant,
    /// When readers last saw something new.
    changed_at: Instant,
    archive: Archive,
}

/// A page as it is to be shown.
struct Subject<'a> {
    /// As the record has it.
    recorded: &'a State,
    /// The same with its notices.
    state: Arc<State>,
    shown: Shown,
    now: Instant,
}

impl Publisher {
    /// A publisher that has made nothing yet.
    pub fn new(published: Arc<Published>, store: Store, sign: Sign) -> Self {
        Self {
            published,
            record: Some((store, sign)),
            work: BTreeMap::new(),
        }
    }

    /// A publisher that has no record: it makes what the kept states hold.
    pub fn without_record(published: Arc<Published>) -> Self {
        Self {
            published,
            record: None,
            work: BTreeMap::new(),
        }
    }

    /// Makes what needs no record of kept states, though nothing differs from what an earlier run
    /// left but a notice that came or went; `ended` are those that went.
    ///
    /// # Errors
    /// When the folder can not be written.
    pub fn remake(
        &mut self,
        pages: &[(PageId, Arc<State>)],
        now: Instant,
        ended: &[IncidentId],
    ) -> Result<(), PublishError> {
        for (page, state) in pages {
            let subject = Subject::new(&self.published, state, now, Reach::Away(None));
            let work = self
                .work
                .entry(page.clone())
                .or_insert_with(|| Work::new(&self.published, page));
            let edition = Edition {
                gone: ended.iter().flat_map(files_of).collect(),
                ..work.edition(&subject)
            };
            work.publish_first(&self.published, &subject, edition)?;
        }
        Ok(())
    }

    /// Brings each page up to its state; bounded, safe to run twice.
    ///
    /// `pages` are *all* pages of the installation: one that is not among them, is deleted or is
    /// private, is taken from readers. While the record is away, `pages` is what was known before,
    /// or what [`Published::kept_states`] gives.
    ///
    /// # Errors
    /// The first error met; the other pages have had their step all the same, and what failed is
    /// tried again by the next step.
    pub fn step(
        &mut self,
        pages: &[(PageId, Arc<State>)],
        now: Instant,
        reach: Reach,
    ) -> Result<Step, PublishError> {
        let mut step = Step {
            wake_at: now.plus_seconds(BEAT_S),
            more: false,
            changed: Vec::new(),
        };
        let mut first_error = None;
        let shown = |state: &State| state.page.deleted_at.is_none() && !state.page.settings.private;
        for (page, state) in pages.iter().filter(|(_, state)| shown(state)) {
            let stepped = self.step_page(page, state, (now, reach), &mut step);
            if matches!(stepped, Err(PublishError::Halted)) {
                return Err(PublishError::Halted);
            }
            if let Err(error) = stepped {
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
        recorded: &Arc<State>,
        (now, reach): (Instant, Reach),
        step: &mut Step,
    ) -> Result<(), PublishError> {
        let work = self
            .work
            .entry(page.clone())
            .or_insert_with(|| Work::new(&self.published, page));
        let subject = Subject::new(&self.published, recorded, now, reach);
        let is_new = work.shown.as_ref() != Some(&subject.shown);
        let record = self.record.as_ref().filter(|_| reach == Reach::Here);
        if let Some((store, sign)) = record {
            let published = &self.published;
            let doors = Doors { published, store };
            if is_new || now >= work.next_at || work.rest_is_due {
                let made = work.publish(doors, &subject, sign);
                step.note(page, work, &subject);
                made?;
            } else if now >= work.beat_at {
                work.publish_beat(published, &subject, sign)?;
            }
            published.write_left()?;
            if published.compress_plain(page)? {
                // More of it first: readers look at these, and at the archive seldom.
                step.more = true;
                step.wake_at = step.wake_at.min(work.next_at).min(work.beat_at);
                return Ok(());
            }
            if work.archive.is_behind(recorded) {
                work.archive.note_changes(doors, recorded)?;
            }
            // What was deleted or erased goes before anything else is made.
            work.archive.step(doors, recorded, now)?;
            step.more |= work.archive.has_work();
            if !step.more && now >= work.changed_at.plus_seconds(QUIET_S) {
                step.more = published.compress_wholly(page)?;
            }
            step.wake_at = step.wake_at.min(work.beat_at);
        } else if work.shown.is_some() || subject.says_more() {
            if is_new || now >= work.next_at {
                let edition = work.edition(&subject);
                let made = work.publish_first(&self.published, &subject, edition);
                step.note(page, work, &subject);
                made?;
            }
            self.published.write_left()?;
        }
        step.wake_at = step.wake_at.min(work.next_at);
        Ok(())
    }
}

impl Step {
    fn note(&mut self, page: &PageId, work: &Work, subject: &Subject<'_>) {
        if work.changed_at == subject.now {
            self.changed.push((page.clone(), subject.shown.head.seq));
        }
    }
}

impl<'a> Subject<'a> {
    fn new(published: &Published, recorded: &'a Arc<State>, now: Instant, reach: Reach) -> Self {
        let page = &recorded.page.id;
        let mut notices = published.notices(page);
        notices.retain(|notice| notice.stands(now));
        let state = if notices.is_empty() {
            Arc::clone(recorded)
        } else {
            Arc::new(notice::laid_over(recorded, &notices))
        };
        let confirmed_at = match reach {
            Reach::Here => None,
            Reach::Away(at) => at.or_else(|| published.beat_at(page)),
        };
        let shown = Shown {
            head: recorded.head.clone(),
            notices,
            confirmed_at: confirmed_at.filter(|at| now >= at.plus_seconds(STALE_S)),
        };
        Self {
            recorded,
            state,
            shown,
            now,
        }
    }

    /// Whether there is more to say than an earlier run left in the folder.
    fn says_more(&self) -> bool {
        !self.shown.notices.is_empty() || self.shown.confirmed_at.is_some()
    }

    /// When it would differ with no new fact.
    fn next_change_at(&self) -> Instant {
        let ends = self.shown.notices.iter().map(|notice| notice.until);
        ends.chain([render::next_change_at(&self.state, self.now)])
            .min()
            .unwrap_or(Instant::MAX)
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
            shown: None,
            rest_is_due: false,
            next_at: Instant::MIN,
            beat_at: Instant::MIN,
            changed_at: Instant::MIN,
            archive: Archive::new(known),
        }
    }

    /// The whole live set of a state, which readers see change at once.
    ///
    /// Where the record does not answer, what needs none of it is published alone, of a page that
    /// readers know already.
    fn publish(
        &mut self,
        doors: Doors<'_>,
        subject: &Subject<'_>,
        sign: &Sign,
    ) -> Result<(), PublishError> {
        let (state, now) = (&subject.state, subject.now);
        let mut made = match render::live(state, doors.store, now, doors.published.halted()) {
            Ok(made) => made,
            Err(PublishError::Halted) => return Err(PublishError::Halted),
            // A page that readers do not know yet appears whole: no link of its front page may
            // lead nowhere, however short.
            Err(error) if !doors.published.knows(&state.page.id) => return Err(error),
            Err(error) => {
                // Once: what is tried again has nothing new to show until the record answers.
                if self.shown.as_ref() != Some(&subject.shown) || now >= self.next_at {
                    let edition = self.edition(subject);
                    self.publish_first(doors.published, subject, edition)?;
                }
                return Err(error);
            }
        };
        made.push(render::public_state(subject.recorded, now));
        let beat = beat_of(subject, sign);
        let mut live: HashSet<_> = made.iter().map(|made| made.path.clone()).collect();
        live.insert(path::beat());
        let (beat, unsigned) = match beat {
            Ok(beat) => (Some(beat), None),
            Err(error) => (None, Some(error)),
        };
        if beat.is_some() {
            self.beat_at = now.plus_seconds(BEAT_S);
        }
        made.extend(beat);
        let edition = Edition {
            live: Some(live),
            ..self.edition(subject)
        };
        self.note_shown(subject);
        self.rest_is_due = false;
        doors.published.publish(edition, made)?;
        unsigned.map_or(Ok(()), Err)
    }

    /// What needs no record: front page, documents and open incidents.
    fn publish_first(
        &mut self,
        published: &Published,
        subject: &Subject<'_>,
        edition: Edition,
    ) -> Result<(), PublishError> {
        let made = render::first(&subject.state, subject.now, subject.shown.confirmed_at);
        self.note_shown(subject);
        self.rest_is_due = true;
        published.publish(edition, made).map(drop)
    }

    fn note_shown(&mut self, subject: &Subject<'_>) {
        self.shown = Some(subject.shown.clone());
        self.next_at = subject.next_change_at();
        self.changed_at = subject.now;
    }

    fn publish_beat(
        &mut self,
        published: &Published,
        subject: &Subject<'_>,
        sign: &Sign,
    ) -> Result<(), PublishError> {
        let made = beat_of(subject, sign)?;
        self.beat_at = subject.now.plus_seconds(BEAT_S);
        published
            .publish(self.edition(subject), vec![made])
            .map(drop)
    }

    fn edition(&self, subject: &Subject<'_>) -> Edition {
        let state = &subject.state;
        let styles = self.archive.styles(render::styles_of(state));
        let before = self.shown.iter().flat_map(|shown| &shown.notices);
        let over = before.filter(|notice| !state.incidents.contains_key(&notice.code));
        Edition {
            site: Site::of(&state.page, state.head.seq, styles),
            state: Some(Arc::clone(state)),
            made_at: Some(subject.now),
            live: None,
            gone: over.flat_map(|notice| files_of(&notice.code)).collect(),
        }
    }
}

/// What stands in a folder of an incident by its code.
fn files_of(code: &IncidentId) -> [PagePath; 3] {
    [
        path::incident(code),
        path::incident_json(code),
        path::incident_calendar(code),
    ]
}

fn beat_of(subject: &Subject<'_>, sign: &Sign) -> Result<Made, PublishError> {
    let (state, now) = (subject.recorded, subject.now);
    let head = sign(&state.page.id, &state.head).map_err(PublishError::Unsigned)?;
    Ok(render::beat(state, &head, (now, now.plus_seconds(BEAT_S))))
}
