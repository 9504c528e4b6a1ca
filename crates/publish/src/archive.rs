//! The archive of a page: older incidents, short links and months, made in the background.
//!
//! What the journal says was touched is made at once. After a start, and when something changed
//! that stands on every page, the whole archive is walked, a few items a step.

use std::collections::{BTreeSet, VecDeque};

use noroshi_domain::{
    Change, Entry, Fact, FactKind, Incident, IncidentId, Instant, Payload, State,
};

use crate::error::PublishError;
use crate::limits::{ARCHIVE_ITEMS_PER_STEP, ARCHIVE_ROWS, JOURNAL_ENTRIES};
use crate::path::{self, PagePath};
use crate::published::{Made, Site};
use crate::publisher::Doors;
use crate::render;

/// A month of a year in a page's zone.
pub(crate) type Month = (i16, i8);

/// What is left to make of a page's archive.
pub(crate) struct Archive {
    /// The journal entry up to which touched items are known.
    seq: i64,
    /// What was published before this start; its styles stay allowed until all is made anew.
    before: Option<Site>,
    /// What stands on every page, as it was when the archive was last walked.
    frame: Option<String>,
    touched: VecDeque<Item>,
    walk: Option<Walk>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Incident(IncidentId),
    Month(Month),
}

/// A walk over all incidents, by identifier.
#[derive(Default)]
struct Walk {
    after: String,
    seen: BTreeSet<String>,
    shorts: BTreeSet<String>,
    months: BTreeSet<Month>,
}

impl Archive {
    /// The archive of a page of which an earlier run left this.
    pub(crate) fn new(before: Option<Site>) -> Self {
        Self {
            seq: before.as_ref().map_or(0, |site| site.seq),
            before,
            frame: None,
            touched: VecDeque::new(),
            walk: Some(Walk::default()),
        }
    }

    /// Whether something is left to make.
    pub(crate) fn has_work(&self) -> bool {
        !self.touched.is_empty() || self.walk.is_some()
    }

    /// The styles that files may carry: the present ones, and until all is made anew the former.
    pub(crate) fn styles(&self, present: Vec<String>) -> Vec<String> {
        let mut styles = present;
        for former in self.before.iter().flat_map(|site| &site.styles) {
            if !styles.contains(former) {
                styles.push(former.clone());
            }
        }
        styles
    }

    /// Whether the journal may name touched items that are not noted yet.
    pub(crate) fn is_behind(&self, state: &State) -> bool {
        self.frame.is_none() || self.seq != state.head.seq
    }

    /// Takes note of what the journal says was touched since the last time.
    pub(crate) fn note_changes(
        &mut self,
        doors: Doors<'_>,
        state: &State,
    ) -> Result<(), PublishError> {
        let frame = render::frame(state);
        if self.frame.as_ref().is_some_and(|before| *before != frame) {
            self.walk = Some(Walk::default());
        }
        let behind = state.head.seq - self.seq;
        if behind > i64::from(JOURNAL_ENTRIES) || behind < 0 {
            self.walk = Some(Walk::default());
            (self.seq, self.frame) = (state.head.seq, Some(frame));
            return Ok(());
        }
        let entries = doors
            .store
            .journal(&state.page.id, self.seq, JOURNAL_ENTRIES)?;
        let mut incidents = BTreeSet::new();
        for entry in entries
            .iter()
            .filter(|entry| entry.header.seq <= state.head.seq)
        {
            incidents.extend(touched_by(entry, state));
        }
        for incident in incidents {
            if let Some(known) = state.incidents.get(&incident) {
                self.touch(Item::Month(month_of(state, known)));
            }
            self.touch(Item::Incident(incident));
        }
        (self.seq, self.frame) = (state.head.seq, Some(frame));
        Ok(())
    }

    /// Makes the next few items.
    pub(crate) fn step(
        &mut self,
        doors: Doors<'_>,
        state: &State,
        now: Instant,
    ) -> Result<(), PublishError> {
        for _ in 0..ARCHIVE_ITEMS_PER_STEP {
            let Some(item) = self.touched.front().cloned() else {
                break;
            };
            make_item(doors, state, &item, now)?;
            self.touched.pop_front();
        }
        if self.touched.is_empty()
            && let Some(mut walk) = self.walk.take()
        {
            let goes_on = walk.step(doors, state, now);
            if !matches!(goes_on, Ok(false)) {
                self.walk = Some(walk);
                return goes_on.map(drop);
            }
            // All files are of this version now.
            self.before = None;
            for month in walk.months {
                self.touch(Item::Month(month));
            }
        }
        Ok(())
    }

    fn touch(&mut self, item: Item) {
        if !self.touched.contains(&item) {
            self.touched.push_back(item);
        }
    }
}

impl Walk {
    /// Makes the next incidents; answers whether more are left.
    fn step(
        &mut self,
        doors: Doors<'_>,
        state: &State,
        now: Instant,
    ) -> Result<bool, PublishError> {
        let page = &state.page.id;
        let rows = doors
            .store
            .facts(page, FactKind::Incident, &self.after, ARCHIVE_ROWS)?;
        let is_last = rows.len() < ARCHIVE_ROWS as usize;
        let left = rows.len().saturating_sub(ARCHIVE_ITEMS_PER_STEP);
        for (id, _) in rows.into_iter().take(ARCHIVE_ITEMS_PER_STEP) {
            if let Ok(incident) = IncidentId::parse(&id)
                && let Some(listed) = make_incident(doors, state, &incident, now)?
            {
                self.months.insert(listed.month);
                self.shorts.insert(listed.shortcode);
                self.seen.insert(id.clone());
            }
            self.after = id;
        }
        if left > 0 || !is_last {
            return Ok(true);
        }
        self.remove_strangers(doors, state)?;
        Ok(false)
    }

    /// Takes away what the folder holds of incidents that are no longer shown.
    fn remove_strangers(&self, doors: Doors<'_>, state: &State) -> Result<(), PublishError> {
        let site = site_of(state);
        let folder = doors.published.folder();
        // What was made while the walk went on is not a stranger: it was touched.
        let is_recent = |id: &IncidentId| state.incidents.contains_key(id);
        let is_recent_code = |code: &str| {
            state
                .incidents
                .values()
                .any(|incident| incident.shortcode == code)
        };
        for name in folder.list(&site.page_id, "incidents")? {
            let id = name.split('.').next().unwrap_or(&name);
            if !self.seen.contains(id)
                && let Ok(id) = IncidentId::parse(id)
                && !is_recent(&id)
            {
                remove_incident(doors, &site, &id)?;
            }
        }
        for code in folder.list(&site.page_id, "i")? {
            if !self.shorts.contains(&code)
                && !is_recent_code(&code)
                && let Some(short) = path::short(&code)
            {
                doors.published.remove_file(&site, &short)?;
            }
        }
        Ok(())
    }
}

/// What a walk must remember of an incident that it made.
struct Listed {
    month: Month,
    shortcode: String,
}

fn make_item(
    doors: Doors<'_>,
    state: &State,
    item: &Item,
    now: Instant,
) -> Result<(), PublishError> {
    match item {
        Item::Incident(id) => make_incident(doors, state, id, now).map(drop),
        Item::Month((year, month)) => {
            let made = render::month(state, doors.store, (*year, *month), now)?;
            let path = path::month(*year, *month);
            put_or_remove(doors, state, &[path], made)
        }
    }
}

/// Makes an incident's files, or takes them away where it is not to be seen.
fn make_incident(
    doors: Doors<'_>,
    state: &State,
    id: &IncidentId,
    now: Instant,
) -> Result<Option<Listed>, PublishError> {
    let record = doors.store.incident(&state.page.id, id)?;
    let made = record
        .as_ref()
        .map_or_else(Vec::new, |record| render::incident(state, record, now));
    let listed = record.filter(|_| !made.is_empty()).map(|record| Listed {
        month: month_of(state, &record.incident),
        shortcode: record.incident.shortcode,
    });
    put_or_remove(
        doors,
        state,
        &[
            path::incident(id),
            path::incident_json(id),
            path::incident_calendar(id),
        ],
        made,
    )?;
    Ok(listed)
}

/// Puts what was made; where nothing was, takes away what stood there.
fn put_or_remove(
    doors: Doors<'_>,
    state: &State,
    paths: &[PagePath],
    made: Vec<Made>,
) -> Result<(), PublishError> {
    let site = site_of(state);
    if made.is_empty() {
        for path in paths {
            doors.published.remove_file(&site, path)?;
        }
    }
    for document in made {
        doors.published.halted().check()?;
        doors
            .published
            .put_file(&site, &document.path, document.locale, &document.body)?;
    }
    Ok(())
}

fn remove_incident(doors: Doors<'_>, site: &Site, id: &IncidentId) -> Result<(), PublishError> {
    doors.published.remove_file(site, &path::incident(id))?;
    doors
        .published
        .remove_file(site, &path::incident_calendar(id))?;
    doors.published.remove_file(site, &path::incident_json(id))
}

fn site_of(state: &State) -> Site {
    Site::of(&state.page, state.head.seq, Vec::new())
}

fn month_of(state: &State, incident: &Incident) -> Month {
    let date = state.page.zone.date_of(incident.listed_at);
    (date.year(), date.month())
}

/// The incidents that an entry changed.
fn touched_by(entry: &Entry, state: &State) -> Vec<IncidentId> {
    // An erased payload is no loss here: the entry that erased it names its incident.
    let Some(payload) = &entry.payload_json else {
        return Vec::new();
    };
    let Ok(payload) = serde_json::from_str::<Payload>(payload) else {
        return Vec::new();
    };
    let mut touched: Vec<IncidentId> = payload
        .changes
        .iter()
        .filter_map(|change| incident_of(change, state))
        .collect();
    if let Ok(subject) = IncidentId::parse(&payload.subject)
        && state.incidents.contains_key(&subject)
    {
        touched.push(subject);
    }
    touched
}

fn incident_of(change: &Change, state: &State) -> Option<IncidentId> {
    match change {
        Change::Put(Fact::Incident(incident)) => Some(incident.id.clone()),
        Change::Put(Fact::Update(update)) => Some(update.incident_id.clone()),
        Change::Put(Fact::Promise(promise)) => Some(promise.incident_id.clone()),
        Change::Put(Fact::Claim(claim)) => claim.holder.incident_id().cloned(),
        Change::Drop(key) if key.kind == FactKind::Incident => IncidentId::parse(&key.id).ok(),
        Change::Drop(key) if key.kind == FactKind::Update => state
            .updates
            .keys()
            .find(|(_, update)| update.as_str() == key.id)
            .map(|(incident, _)| incident.clone()),
        _ => None,
    }
}
