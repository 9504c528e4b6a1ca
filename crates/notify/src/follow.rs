//! Journal entries to notices: what of a page's record is told at all.

use std::collections::BTreeSet;

use noroshi_domain::{
    ActorKind, Announcement, Change, ComponentId, Entry, Fact, FactKind, Instant, Lane, Lifecycle,
    PageId, Payload, Promise, SECOND_US, Span, Status, Update,
};
use noroshi_store::Notice;

use crate::event::Event;
use crate::limits::{NEW_S, STALE_S};

/// How far the numbers of one entry's notices lie apart from the next's.
const NOTICES_AN_ENTRY: i64 = 1_000;

/// What an entry gives to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What is told.
    pub notices: Vec<Notice>,
    /// What would have been told, had it been seen in time.
    pub stale: Vec<Notice>,
}

/// The notices of an entry. `is_known` says whether a thread has notices already.
pub fn notices(
    page: &PageId,
    entry: &Entry,
    now: Instant,
    is_known: &mut dyn FnMut(&str) -> bool,
) -> Found {
    let mut found = Found::default();
    let payload = entry.payload_json.as_deref();
    // Without a payload it was erased; what remains of it is told by its own entry.
    let Some(payload) = payload.and_then(|text| serde_json::from_str::<Payload>(text).ok()) else {
        return found;
    };
    if payload.actor.kind == ActorKind::Import {
        return found;
    }
    let is_stale = now.since_us(entry.header.at) > STALE_S * SECOND_US;
    let mut begun = BTreeSet::new();
    let mut reader = Reader {
        page,
        entry,
        payload: &payload,
        is_known: &mut |thread| !begun.insert(thread.to_owned()) || is_known(thread),
        count: 0,
    };
    for change in &payload.changes {
        let Change::Put(fact) = change else {
            continue;
        };
        let told = match fact {
            Fact::Update(update) => reader.update(update),
            Fact::Announcement(own) => reader.announcement(own),
            Fact::Span(span) => reader.span(span),
            Fact::Promise(promise) => reader.promise(promise),
            _ => None,
        };
        match told {
            // Somebody who was told of the trouble is told that it is over, however late.
            Some(notice) if is_stale && !notice.is_clear => found.stale.push(notice),
            Some(notice) => found.notices.push(notice),
            None => {}
        }
    }
    found
}

struct Reader<'a> {
    page: &'a PageId,
    entry: &'a Entry,
    payload: &'a Payload,
    is_known: &'a mut dyn FnMut(&str) -> bool,
    count: i64,
}

impl Reader<'_> {
    fn at(&self) -> Instant {
        self.entry.header.at
    }

    fn is_new(&self, made_at: Instant) -> bool {
        self.at().since_us(made_at) <= NEW_S * SECOND_US
    }

    fn notice(&mut self, (id, thread): (String, String), event: &Event, is_clear: bool) -> Notice {
        self.count += 1;
        Notice {
            id,
            page: Some(self.page.clone()),
            thread,
            seq: self.entry.header.seq * NOTICES_AN_ENTRY + self.count,
            body: serde_json::to_string(event).expect("an event is JSON"),
            at: self.at(),
            is_clear,
        }
    }

    fn update(&mut self, update: &Update) -> Option<Notice> {
        let is_told = update.notify && update.hidden_at.is_none() && self.is_new(update.created_at);
        if !is_told {
            return None;
        }
        let thread = format!("{}-{}", self.page, update.incident_id);
        let is_first = !(self.is_known)(&thread);
        let ends = matches!(update.lifecycle, Lifecycle::Resolved | Lifecycle::Completed);
        let event = Event::Update {
            incident: update.incident_id.clone(),
            update: update.id.clone(),
            is_first,
        };
        let id = format!("{}-{}", self.page, update.id);
        Some(self.notice((id, thread), &event, ends && !is_first))
    }

    fn announcement(&mut self, own: &Announcement) -> Option<Notice> {
        if !own.notify || !self.is_new(own.created_at) {
            return None;
        }
        let id = format!("{}-announcement-{}", self.page, own.id);
        let event = Event::Announcement { id: own.id.clone() };
        let mut notice = self.notice((id.clone(), id), &event, false);
        notice.at = notice.at.max(own.from);
        Some(notice)
    }

    /// A public status that begins here, or gives way to operational, of which nothing is stored;
    /// what no one can say is not told (DOMAIN "Unknown").
    fn span(&mut self, span: &Span) -> Option<Notice> {
        let (old, new) = match span.to {
            None => (self.status_before(span), span.status),
            Some(to) if self.is_new(to) && !self.has_open(&span.component_id) => {
                (span.status, Status::Operational)
            }
            Some(_) => return None,
        };
        let is_said = old != Status::Unknown && new != Status::Unknown && old != new;
        if span.lane != Lane::Public || !is_said || self.corrects(&span.component_id) {
            return None;
        }
        let event = Event::Component {
            component: span.component_id.clone(),
            old,
            new,
        };
        let thread = format!("{}-component-{}", self.page, span.component_id);
        let id = format!("{thread}-{}", self.entry.header.seq);
        Some(self.notice((id, thread), &event, false))
    }

    fn public_spans(&self) -> impl Iterator<Item = &Span> {
        let spans = self
            .payload
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Put(Fact::Span(span)) => Some(span),
                _ => None,
            });
        spans.filter(|span| span.lane == Lane::Public)
    }

    fn has_open(&self, component: &ComponentId) -> bool {
        let mut spans = self.public_spans();
        spans.any(|span| span.component_id == *component && span.to.is_none())
    }

    fn status_before(&self, span: &Span) -> Status {
        let mut spans = self.public_spans();
        let before =
            spans.find(|old| old.component_id == span.component_id && old.to == Some(span.from));
        before.map_or(Status::Operational, |old| old.status)
    }

    /// Whether the entry takes a stretch of the component's public lane away: the past is put
    /// right, and that is no news.
    fn corrects(&self, component: &ComponentId) -> bool {
        let start = format!("p-{component}-");
        self.payload.changes.iter().any(|change| match change {
            Change::Drop(key) => key.kind == FactKind::Span && key.id.starts_with(&start),
            Change::Put(_) => false,
        })
    }

    fn promise(&mut self, promise: &Promise) -> Option<Notice> {
        let is_reminder =
            promise.is_open() && promise.reminded_at.is_some_and(|at| self.is_new(at));
        if !is_reminder || promise.reminder_count == 0 {
            return None;
        }
        let event = Event::Promise {
            incident: promise.incident_id.clone(),
            promise: promise.id.clone(),
            is_overdue: promise.is_overdue(self.at()),
        };
        let thread = format!("{}-promise-{}", self.page, promise.id);
        let id = format!("{thread}-{}", promise.reminder_count);
        Some(self.notice((id, thread), &event, false))
    }
}
