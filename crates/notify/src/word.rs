//! Deliveries to messages: worded when they are sent, from what stands in the record then, so that
//! what was erased or put right meanwhile is never told in its old words.

use std::collections::VecDeque;
use std::sync::Arc;

use noroshi_channel::{Kind, Link, Message, Part, Section};
use noroshi_domain::subscriber::Channel;
use noroshi_domain::{IncidentKind, IncidentRecord, Instant, Lifecycle, Locale, State, hex};
use noroshi_page::message::{self, Said};
use noroshi_page::view::View;
use noroshi_page::webhook::{self, SUBSCRIBER_MARK, StatusChange};
use noroshi_store::{Notice, Store, StoreError};
use noroshi_text::msg;
use sha2::{Digest, Sha256};

use crate::event::Event;
use crate::limits::WORDED_MAX;

mod operators;

/// How many hexadecimal digits a key or a thread's name has.
const NAME_DIGITS: usize = 24;

/// What is said of an event, in one language, to whoever it goes.
#[derive(Debug)]
pub(crate) struct Worded {
    kind: Kind,
    said: Said,
    document: Option<String>,
}

/// Words messages and keeps the latest for the next recipient.
#[derive(Debug, Default)]
pub(crate) struct Worder {
    kept: VecDeque<(Key, Option<Arc<Worded>>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    notice_id: String,
    locale: Locale,
    seq: i64,
    with_document: bool,
}

impl Worder {
    /// What is said of an event; `None`: nothing any more.
    pub(crate) fn word(
        &mut self,
        (store, state): (&Store, &State),
        (notice, event): (&Notice, &Event),
        (channel, locale): (Channel, Locale),
        now: Instant,
    ) -> Result<Option<Arc<Worded>>, StoreError> {
        let key = Key {
            notice_id: notice.id.clone(),
            locale,
            seq: state.head.seq,
            with_document: channel == Channel::Webhook,
        };
        if let Some((_, worded)) = self.kept.iter().find(|(own, _)| *own == key) {
            return Ok(worded.clone());
        }
        let view = View::project(state, now);
        let worded = of_event(store, (state, &view), (notice, event), &key)?.map(Arc::new);
        if self.kept.len() >= WORDED_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back((key, worded.clone()));
        Ok(worded)
    }
}

fn of_event(
    store: &Store,
    (state, view): (&State, &View<'_>),
    (notice, event): (&Notice, &Event),
    key: &Key,
) -> Result<Option<Worded>, StoreError> {
    let page = &view.page().id;
    let locale = key.locale;
    Ok(match event {
        Event::Update {
            incident, update, ..
        } => {
            let record = store.incident(page, incident)?;
            record.and_then(|record| of_update(view, &record, update, key))
        }
        Event::Announcement { id } => {
            let mut all = view.announcements().into_iter();
            let own = all.find(|own| own.id == *id);
            let standing = own.filter(|own| own.to.is_none_or(|to| view.now() < to));
            standing.map(|own| Worded {
                kind: Kind::Announcement,
                said: message::announcement(view, own, locale),
                document: None,
            })
        }
        Event::Component {
            component,
            old,
            new,
        } => view.system(component).and_then(|system| {
            let change = StatusChange {
                component,
                old: *old,
                new: *new,
                at: notice.at,
                id: &code_of(&notice.id),
            };
            Some(Worded {
                kind: Kind::Trouble,
                said: message::component(view, &system.fact.name, *new, notice.at, locale),
                document: Some(webhook::component(view, &change)?),
            })
        }),
        Event::EndpointFailed { .. } => Some(Worded {
            kind: Kind::Notice,
            said: message::endpoint_failed(view, notice.at, locale),
            document: None,
        }),
        Event::Promise { .. } | Event::Contradiction { .. } | Event::Stuck { .. } => {
            operators::notice(view, event, notice, locale)
        }
        Event::Digest { .. } => operators::digest(store, (state, view), notice, locale)?,
        // Its link is its recipient's own: see `confirmation`.
        Event::Confirmation { .. } => None,
    })
}

fn of_update(
    view: &View<'_>,
    record: &IncidentRecord,
    update: &noroshi_domain::UpdateId,
    key: &Key,
) -> Option<Worded> {
    let told = view.told_of(record)?;
    let own = told.updates.iter().find(|own| own.fact.id == *update)?;
    let kind = match (told.incident.kind, own.fact.lifecycle) {
        (_, Lifecycle::Resolved | Lifecycle::Completed) => Kind::AllClear,
        (_, Lifecycle::Postmortem) => Kind::Postmortem,
        (IncidentKind::Maintenance, _) => Kind::Maintenance,
        (IncidentKind::Incident, _) => Kind::Trouble,
    };
    Some(Worded {
        kind,
        said: message::update(view, &told, update, key.locale)?,
        document: key.with_document.then(|| webhook::incident(view, &told)),
    })
}

/// Asks whether an address is somebody's, or says that he has said so before.
pub(crate) fn confirmation(
    state: &State,
    link: Option<&str>,
    at: (Instant, Instant),
    locale: Locale,
) -> Worded {
    let view = View::project(state, at.1);
    let said = match link {
        Some(link) => message::confirmation(&view, link, at.0, locale),
        None => message::subscribed_already(&view, at.0, locale),
    };
    Worded {
        kind: Kind::Confirmation,
        said,
        document: None,
    }
}

/// A message that tries a channel of a page's team. `chance` makes its name another each time.
pub fn trial(state: &State, (locale, chance): (Locale, u64), now: Instant) -> Message {
    let view = View::project(state, now);
    let worded = Worded {
        kind: Kind::Test,
        said: message::test(&view, now, locale),
        document: None,
    };
    worded.message(&Own {
        recipient: "trial",
        notice_id: &format!("trial-{}-{chance}", now.micros()),
        thread: &format!("trial-{}-{chance}", now.micros()),
        is_first: true,
        locale,
        links: None,
    })
}

/// What makes a message one recipient's.
pub(crate) struct Own<'a> {
    pub(crate) recipient: &'a str,
    pub(crate) notice_id: &'a str,
    pub(crate) thread: &'a str,
    pub(crate) is_first: bool,
    pub(crate) locale: Locale,
    /// Where he changes and ends what he is told, whole addresses.
    pub(crate) links: Option<(String, String)>,
}

impl Worded {
    /// The message of one recipient.
    pub(crate) fn message(&self, own: &Own<'_>) -> Message {
        let said = &self.said;
        let links = own.links.as_ref();
        let sections = said.sections.iter().map(|section| Section {
            label: section.label.clone(),
            text: section.text.clone(),
            html: section.html.clone(),
            is_action: section.is_action,
        });
        let parts = said.parts.iter().map(|(name, status, words)| Part {
            name: name.clone(),
            status: *status,
            status_words: words.clone(),
        });
        Message {
            key: name_of(&format!("{}/{}", own.notice_id, own.recipient)),
            thread: name_of(own.thread),
            is_first: own.is_first,
            kind: self.kind,
            level: said.level,
            at: said.at,
            at_words: said.at_words.clone(),
            locale: own.locale,
            page_name: said.page_name.clone(),
            page_url: said.page_url.clone(),
            subject: said.subject.clone(),
            title: said.title.clone(),
            state: said.state.clone(),
            sections: sections.collect(),
            parts: parts.collect(),
            parts_label: said.parts_label.clone(),
            action: said.link.as_ref().map(|(label, url)| Link {
                label: label.clone(),
                url: url.clone(),
            }),
            footer: said.footer.clone(),
            manage: links.map(|(manage, _)| Link {
                label: msg::notify_manage(own.locale),
                url: manage.clone(),
            }),
            leave: links.map(|(_, leave)| Link {
                label: msg::notify_leave(own.locale),
                url: leave.clone(),
            }),
            short: said.short.clone(),
        }
    }

    /// The document of a webhook's subscriber.
    pub(crate) fn document(&self, subscriber: &str) -> Option<String> {
        let document = self.document.as_ref()?;
        Some(document.replace(SUBSCRIBER_MARK, subscriber))
    }
}

/// A short name made of a longer one: the same each time, and it tells nothing.
fn name_of(text: &str) -> String {
    let digits = hex(&Sha256::digest(text.as_bytes()));
    digits[..NAME_DIGITS].to_owned()
}

/// Twelve characters made of a longer name.
fn code_of(text: &str) -> String {
    name_of(text)[..noroshi_domain::ID_CHARS].to_owned()
}
