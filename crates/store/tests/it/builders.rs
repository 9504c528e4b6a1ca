//! Small facts and commits.

use noroshi_domain::*;
use noroshi_store::{Commit, Committed, NewEntry, Store};

pub(crate) const START: i64 = 1_700_000_000;

/// So many seconds after the start.
pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_micros(START * SECOND_US).plus_seconds(seconds)
}

pub(crate) fn page_id() -> PageId {
    PageId::parse("page1").unwrap()
}

pub(crate) fn incident_id(id: &str) -> IncidentId {
    IncidentId::parse(id).unwrap()
}

pub(crate) fn component_id(id: &str) -> ComponentId {
    ComponentId::parse(id).unwrap()
}

pub(crate) fn ja(text: &str) -> Texts {
    Texts::of(Locale::Ja, text)
}

pub(crate) fn page() -> Fact {
    Fact::Page(Box::new(Page {
        id: page_id(),
        name: ja("のろし"),
        hosts: vec!["status.example.jp".to_owned()],
        path: None,
        url: None,
        zone: Zone::parse("Asia/Tokyo").unwrap(),
        default_locale: Locale::Ja,
        locales: vec![Locale::Ja, Locale::En],
        created_at: at(0),
        settings: PageSettings::default(),
        deleted_at: None,
        edited_seq: None,
    }))
}

pub(crate) fn component(id: &str) -> Fact {
    Fact::Component(Box::new(Component {
        id: component_id(id),
        name: ja("公開API"),
        description: Texts::default(),
        group_id: None,
        position: 1,
        showcase: true,
        start_date: None,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        grace_s: None,
        created_at: at(0),
        updated_at: at(0),
        retired_at: None,
        edited_seq: None,
    }))
}

pub(crate) fn incident(id: &str, seconds: i64, name: Texts) -> Incident {
    Incident {
        name,
        impact: Impact::Minor,
        ..Incident::new(incident_id(id), IncidentKind::Incident, at(seconds))
    }
}

pub(crate) fn put(incident: &Incident) -> Change {
    Change::Put(Fact::Incident(Box::new(incident.clone())))
}

pub(crate) fn update(id: &str, of: &str, seconds: i64, body: Texts) -> Fact {
    Fact::Update(Box::new(Update {
        id: UpdateId::parse(id).unwrap(),
        incident_id: incident_id(of),
        lifecycle: Lifecycle::Investigating,
        body,
        created_at: at(seconds),
        updated_at: at(seconds),
        display_at: at(seconds),
        affected: Vec::new(),
        notify: true,
        edited_at: None,
        erased_at: None,
        hidden_at: None,
        custom_tweet: None,
        edited_seq: None,
    }))
}

pub(crate) fn promise(id: &str, of: &str, seconds: i64) -> Fact {
    Fact::Promise(Box::new(Promise {
        id: PromiseId::parse(id).unwrap(),
        incident_id: incident_id(of),
        kind: PromiseKind::NextUpdateBy,
        words: Texts::default(),
        made_at: at(seconds),
        made_by: UpdateId::parse("u1").unwrap(),
        due_at: at(seconds + 3_600),
        met_at: None,
        lifted_at: None,
        lifted_reason: None,
        reminder_count: 0,
        reminded_at: None,
        overdue_at: None,
    }))
}

pub(crate) fn claim(id: &str, on: &str, holder: Holder, from: i64, to: Option<i64>) -> Fact {
    Fact::Claim(Claim {
        id: ClaimId::parse(id).unwrap(),
        component_id: component_id(on),
        holder,
        status: Status::MajorOutage,
        from: at(from),
        to: to.map(at),
    })
}

pub(crate) fn span(lane: Lane, of: &str, from: i64, to: Option<i64>) -> Fact {
    Fact::Span(Span {
        component_id: component_id(of),
        lane,
        status: Status::PartialOutage,
        from: at(from),
        to: to.map(at),
    })
}

pub(crate) fn puts(facts: impl IntoIterator<Item = Fact>) -> Vec<Change> {
    facts.into_iter().map(Change::Put).collect()
}

/// A commit of one entry that follows `expected`.
pub(crate) fn commit_on(expected: &Head, seconds: i64, changes: Vec<Change>) -> Commit {
    commit_of("changed", expected, seconds, changes)
}

/// A commit of one entry of an action.
pub(crate) fn commit_of(
    action: &str,
    expected: &Head,
    seconds: i64,
    changes: Vec<Change>,
) -> Commit {
    let payload = Payload {
        actor: Actor::command_line(),
        action: action.to_owned(),
        subject: String::new(),
        changes: changes.clone(),
        reason: None,
        remains: Vec::new(),
        audience: Audience::Public,
    };
    let salt = [expected.seq as u8; 32];
    let page = page_id();
    let entry = Entry::following(expected, &page, at(seconds), salt, &payload);
    Commit {
        page_id: page,
        expected: expected.clone(),
        entries: vec![NewEntry {
            entry,
            changes,
            erases: Vec::new(),
            answer: None,
        }],
        now: at(seconds),
        head_signature: None,
    }
}

pub(crate) fn head(store: &Store) -> Head {
    store
        .head(&page_id())
        .unwrap()
        .unwrap_or_else(Head::genesis)
}

/// Writes changes on whatever the head is.
pub(crate) fn write(store: &Store, seconds: i64, changes: Vec<Change>) {
    let commit = commit_on(&head(store), seconds, changes);
    assert_eq!(store.commit(&commit).unwrap(), Committed::Done);
}

pub(crate) fn state(store: &Store) -> State {
    store
        .load_state(&page_id(), Instant::MIN)
        .unwrap()
        .expect("the page was made")
}
