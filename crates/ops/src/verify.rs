//! Verifying: whether a page's record is whole, and its tables are what the record says.
//!
//! Walks the journal in pieces: chain, digests, erased payloads, the last head's signature; then
//! replays it and compares with every row. `full` also works the public lane out anew.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{
    Audience, Broken, Change, Entry, Fact, FactKey, FactKind, Head, PAGE_PURGED, PageId, Payload,
    Remains, State, Update, canonical, hidden_by, lane,
};
use noroshi_store::{FactRow, StoreError, search_words};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::OpError;
use crate::keys;
use crate::limits::{JOURNAL_CHUNK, VERIFY_TRIES_MAX};
use crate::signing::{SignedHead, key_id_of, public_key_setting};

/// How many faults are named; beyond, they are only counted.
pub const FAULTS_NAMED_MAX: usize = 100;

/// What verifying a page found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which page.
    pub page: PageId,
    /// How many entries its journal has.
    pub entry_count: i64,
    /// How many of them are erased.
    pub erased_count: i64,
    /// How many of them the public journal withholds.
    pub withheld_count: i64,
    /// How many rows were compared.
    pub row_count: i64,
    /// Whether the public lanes were worked out anew.
    pub full: bool,
    /// How many faults there are.
    pub fault_count: i64,
    /// The first of them, each naming its place.
    pub faults: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    pub const fn is_content(&self) -> bool {
        self.fault_count == 0
    }

    fn fault(&mut self, fault: String) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_NAMED_MAX {
            self.faults.push(fault);
        }
    }
}

/// The facts that a journal gives, while it is walked.
#[derive(Default)]
struct Replay {
    facts: BTreeMap<FactKey, Fact>,
    /// Entries without a payload that nothing has accounted for yet.
    gone: Vec<i64>,
    /// What each erased entry's successor says of it.
    remains: BTreeMap<i64, Vec<Change>>,
    /// The page was purged: nothing that stood before is there any more.
    is_purged: bool,
    /// Entries that still have their payload.
    kept: Vec<i64>,
    /// What was hidden from readers.
    hidden: Vec<Hidden>,
}

/// An identifier that an entry hid: no entry up to it that mentions it is public.
struct Hidden {
    seq: i64,
    id: String,
    /// It is known to hide. Of an erased entry only its changes are left, not what it did.
    is_known: bool,
}

/// What is read of a payload to tell for whom it is.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    audience: Audience,
}

/// Verifies a page.
///
/// # Errors
/// When the store can not be read at all; whatever is wrong with what it holds is in the report.
pub fn verify(app: &App, page: &PageId, full: bool) -> Result<Report, OpError> {
    let mut tries = 1;
    loop {
        let before = app.store().head(page)?;
        let report = verify_once(app, page, full)?;
        // Journal and tables are read one after another. Whoever wrote between made them differ.
        let is_quiet = app.store().head(page)? == before;
        if report.is_content() || is_quiet || tries == VERIFY_TRIES_MAX {
            return Ok(report);
        }
        tries += 1;
    }
}

fn verify_once(app: &App, page: &PageId, full: bool) -> Result<Report, OpError> {
    let mut report = Report {
        page: page.clone(),
        entry_count: 0,
        erased_count: 0,
        withheld_count: 0,
        row_count: 0,
        full,
        fault_count: 0,
        faults: Vec::new(),
    };
    let stored_head = app.store().head(page)?;
    let Some(stored_head) = stored_head else {
        return Err(OpError::NotFound {
            kind: "page",
            id: page.to_string(),
        });
    };
    let (head, Replay { facts, hidden, .. }) = walk(app, page, &stored_head, &mut report)?;
    check_audiences(app, page, (&head, &hidden), &mut report);
    if head.seq != stored_head.seq {
        report.fault(format!(
            "page {page}: its head is entry {}, its journal ends at entry {}",
            stored_head.seq, head.seq
        ));
    } else if head != stored_head {
        report.fault(format!(
            "entry {}: its header is not the one the page ends with",
            head.seq
        ));
    }
    check_signature(app, page, (&head, facts.is_empty()), &mut report)?;
    compare(app, page, &facts, &mut report)?;
    compare_search(app, page, &facts, &mut report)?;
    for id in noted(app.store().changed_answers(page), &mut report)?.unwrap_or_default() {
        report.fault(format!(
            "answer to command {id}: it is not what was written"
        ));
    }
    if full && !facts.is_empty() {
        check_lanes(page, head, facts, &mut report);
    }
    Ok(report)
}

/// Walks the journal up to `until`, then replays it with what remains of erased entries.
///
/// What is appended meanwhile is left for the next time.
fn walk(
    app: &App,
    page: &PageId,
    until: &Head,
    report: &mut Report,
) -> Result<(Head, Replay), OpError> {
    let mut replay = Replay::default();
    let mut head = Head::genesis();
    let mut payloads: Vec<(i64, Option<Vec<Change>>)> = Vec::new();
    loop {
        let rows = app.store().journal_rows(page, head.seq, JOURNAL_CHUNK);
        let Some(chunk) = noted(rows, report)? else {
            break;
        };
        if chunk.is_empty() || head.seq >= until.seq {
            break;
        }
        for row in chunk.iter().filter(|row| row.seq <= until.seq) {
            let entry = &row.entry;
            check_entry(entry, page, &head, report);
            let header = &entry.header;
            if (row.seq, row.at) != (header.seq, header.at) {
                report.fault(format!(
                    "entry {}: it stands in the wrong place of its table",
                    row.seq
                ));
            }
            payloads.push((entry.header.seq, replay.read(entry, report)));
            head = entry.head();
        }
    }
    if replay.is_purged {
        for seq in replay.kept.iter().filter(|seq| **seq < head.seq) {
            report.fault(format!(
                "entry {seq}: the page was purged, but its payload is there"
            ));
        }
        return Ok((head, Replay::default()));
    }
    replay.check_gone(report);
    for (seq, changes) in payloads {
        let erased = replay.remains.remove(&seq);
        if changes.is_none() {
            replay.hides(seq, erased.as_deref().unwrap_or_default(), None);
        }
        for change in changes.or(erased).into_iter().flatten() {
            match change {
                Change::Put(fact) => drop(replay.facts.insert(fact.key(), fact)),
                Change::Drop(key) => drop(replay.facts.remove(&key)),
            }
        }
    }
    Ok((head, replay))
}

fn check_entry(entry: &Entry, page: &PageId, before: &Head, report: &mut Report) {
    report.entry_count += 1;
    report.withheld_count += i64::from(entry.audience == Audience::Team);
    if entry.header.page != *page {
        let seq = entry.header.seq;
        report.fault(format!(
            "entry {seq}: it belongs to page {}",
            entry.header.page
        ));
    }
    match entry.check(before) {
        // Either of the two may have been changed; the one before it shows it here first.
        Err(Broken::Chain { seq }) if seq == before.seq + 1 => report.fault(format!(
            "entry {}: its header is not the one that entry {seq} follows",
            before.seq
        )),
        Err(broken) => report.fault(broken.to_string()),
        Ok(()) => {}
    }
}

/// Each entry is for whom its payload says, or hidden since.
fn check_audiences(
    app: &App,
    page: &PageId,
    (head, hidden): (&Head, &[Hidden]),
    report: &mut Report,
) {
    let mut after = 0;
    while after < head.seq {
        let rows = app.store().journal_rows(page, after, JOURNAL_CHUNK);
        // What can not be read was said when the chain was walked.
        let Ok(chunk) = rows else { break };
        let Some(last) = chunk.last() else { break };
        after = last.seq;
        for row in chunk.iter().filter(|row| row.seq <= head.seq) {
            if let Some(fault) = audience_fault(&row.entry, row.seq, hidden) {
                report.fault(fault);
            }
        }
    }
}

fn audience_fault(entry: &Entry, seq: i64, hidden: &[Hidden]) -> Option<String> {
    let json = entry.payload_json.as_deref()?;
    let said = serde_json::from_str::<Said>(json).ok()?.audience;
    let covers = |own: &&Hidden| own.seq >= seq && json.contains(&format!("\"{}\"", own.id));
    match entry.audience {
        Audience::Public if said == Audience::Team => Some(format!(
            "entry {seq}: it is public, but its payload is for the team"
        )),
        Audience::Public => {
            let own = hidden.iter().filter(|own| own.is_known).find(covers)?;
            Some(format!(
                "entry {seq}: it is public, but entry {} hid what it mentions",
                own.seq
            ))
        }
        Audience::Team if said == Audience::Public && !hidden.iter().any(|own| covers(&own)) => {
            Some(format!(
                "entry {seq}: it is withheld, but its payload is public and nothing hid it"
            ))
        }
        Audience::Team => None,
    }
}

impl Replay {
    /// Keeps what changes hid; without an action, what they may have hidden.
    fn hides(&mut self, seq: i64, changes: &[Change], action: Option<&str>) {
        let acts = |of: &str| action.is_none_or(|action| action == of);
        self.hidden
            .extend(hidden_by(changes, acts).map(|id| Hidden {
                seq,
                id: id.to_owned(),
                is_known: action.is_some(),
            }));
    }

    /// A payload is gone exactly when a later entry says so.
    fn check_gone(&self, report: &mut Report) {
        for seq in self
            .gone
            .iter()
            .filter(|seq| !self.remains.contains_key(seq))
        {
            report.fault(Broken::Gone { seq: *seq }.to_string());
        }
        for seq in self.remains.keys().filter(|seq| !self.gone.contains(seq)) {
            report.fault(format!(
                "entry {seq}: a later entry says that it was erased, but its payload is there"
            ));
        }
    }

    /// An entry's changes; `None` when they are gone or can not be read.
    fn read(&mut self, entry: &Entry, report: &mut Report) -> Option<Vec<Change>> {
        let seq = entry.header.seq;
        let Some(json) = entry
            .payload_json
            .as_deref()
            .filter(|_| entry.salt.is_some())
        else {
            report.erased_count += 1;
            self.gone.push(seq);
            return None;
        };
        match serde_json::from_str::<Payload>(json) {
            Ok(payload) => {
                self.is_purged = payload.action == PAGE_PURGED;
                self.kept.push(seq);
                self.hides(seq, &payload.changes, Some(&payload.action));
                for Remains { seq: of, changes } in payload.remains {
                    if of < seq {
                        self.remains.insert(of, changes);
                    }
                }
                Some(payload.changes)
            }
            Err(error) => {
                report.fault(format!("entry {seq}: its payload can not be read: {error}"));
                None
            }
        }
    }
}

/// The last head is signed by a key of this installation, and says what the journal says.
fn check_signature(
    app: &App,
    page: &PageId,
    (head, is_gone): (&Head, bool),
    report: &mut Report,
) -> Result<(), OpError> {
    let Some(json) = noted(app.store().signed_head(page), report)?.flatten() else {
        report.fault(format!("page {page}: its head is not signed"));
        return Ok(());
    };
    let Ok(signed) = serde_json::from_str::<SignedHead>(&json) else {
        report.fault(format!(
            "page {page}: the signature of its head can not be read"
        ));
        return Ok(());
    };
    // Another process may have gone on while the journal was walked.
    if signed.seq > head.seq {
        return Ok(());
    }
    check_keys(app, page, (&signed.key, is_gone), report)?;
    let says_the_same = signed.says(page, head);
    let public_key = app.store().setting(&public_key_setting(&signed.key))?;
    match public_key {
        _ if !says_the_same => {
            report.fault(format!(
                "page {page}: its signed head is not entry {}",
                head.seq
            ));
        }
        None => report.fault(format!(
            "page {page}: its head is signed by unknown key {}",
            signed.key
        )),
        Some(key) if key_id_of(&key) != signed.key => report.fault(format!(
            "public key {}: it is not the one that its name says",
            signed.key
        )),
        Some(key) if !signed.is_signed_by(&key) => {
            report.fault(format!("page {page}: the signature of its head is wrong"));
        }
        Some(_) => {}
    }
    Ok(())
}

/// Each key of this installation followed the one before with both signatures, and the last one
/// signed the page's end. A page that is gone for good ends with the key of its day.
fn check_keys(
    app: &App,
    page: &PageId,
    (signed_by, is_gone): (&str, bool),
    report: &mut Report,
) -> Result<(), OpError> {
    let keys = match keys::keys(app.store()) {
        Err(OpError::Store(unreadable)) => {
            report.fault(unreadable);
            return Ok(());
        }
        other => other?,
    };
    let head = |seq: i64| {
        let entry = app.store().journal(page, seq - 1, 1).ok()?.pop()?;
        Some(entry.head())
    };
    for key in keys.iter().filter(|key| !keys::is_named_right(key)) {
        let id = &key.key;
        report.fault(format!("key {id}: it is not the one that its name says"));
    }
    for pair in keys.windows(2).filter(|_| !is_gone) {
        if let Some(fault) = pair[1].fault(&pair[0], page, head) {
            report.fault(format!("page {page}: key {}: {fault}", pair[1].key));
        }
    }
    let Some(last) = keys.last() else {
        return Ok(());
    };
    let is_known = signed_by == last.key || is_gone && keys.iter().any(|key| key.key == signed_by);
    if !is_known {
        report.fault(format!(
            "page {page}: its head is signed by key {signed_by}, but the key in use is {}: \
             the key was exchanged without a change-over",
            last.key
        ));
    }
    Ok(())
}

/// Every row is what the journal gives, and every fact of the journal has its row.
fn compare(
    app: &App,
    page: &PageId,
    facts: &BTreeMap<FactKey, Fact>,
    report: &mut Report,
) -> Result<(), OpError> {
    let mut missing: BTreeSet<&FactKey> = facts.keys().collect();
    for kind in FactKind::ALL {
        let mut after = String::new();
        loop {
            let rows = app.store().fact_rows(page, kind, &after, JOURNAL_CHUNK)?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                report.row_count += 1;
                let key = FactKey {
                    kind,
                    id: row.id.clone(),
                };
                missing.remove(&key);
                if let Some(what) = difference(&row, facts.get(&key)) {
                    report.fault(format!("{}: {what}", name(&key)));
                }
            }
        }
    }
    for key in missing {
        report.fault(format!(
            "{}: the journal has it, the table has not",
            name(key)
        ));
    }
    Ok(())
}

/// What search holds of an incident is what its words give.
fn compare_search(
    app: &App,
    page: &PageId,
    facts: &BTreeMap<FactKey, Fact>,
    report: &mut Report,
) -> Result<(), OpError> {
    let mut updates: BTreeMap<&str, Vec<&Update>> = BTreeMap::new();
    for fact in facts.values() {
        if let Fact::Update(update) = fact {
            let of = updates.entry(update.incident_id.as_str()).or_default();
            of.push(update);
        }
    }
    let words: BTreeMap<String, String> = facts
        .values()
        .filter_map(|fact| match fact {
            Fact::Incident(incident) => Some(incident),
            _ => None,
        })
        .map(|incident| {
            let told = updates.remove(incident.id.as_str()).unwrap_or_default();
            let words = search_words(incident, told.into_iter());
            (incident.id.to_string(), words)
        })
        .filter(|(_, words)| !words.is_empty())
        .collect();
    for incident in app.store().changed_searches(page, &words)? {
        report.fault(format!(
            "search of incident {incident}: it is not what the incident's words give"
        ));
    }
    Ok(())
}

/// What was read; what can not be read is a fault.
fn noted<T>(read: Result<T, StoreError>, report: &mut Report) -> Result<Option<T>, OpError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(unreadable @ StoreError::Corrupt { .. }) => {
            report.fault(unreadable.to_string());
            Ok(None)
        }
        Err(other) => Err(other.into()),
    }
}

fn difference(row: &FactRow, fact: Option<&Fact>) -> Option<&'static str> {
    let Some(fact) = fact else {
        return Some("the table has it, the journal has not");
    };
    if row.body != canonical(fact) {
        return Some("it is not what the journal says");
    }
    (!row.stands_where(fact)).then_some("it stands in the wrong place of its table")
}

fn name(key: &FactKey) -> String {
    format!("{} row {}", key.kind.as_str(), key.id)
}

/// Each component's public lane is what claims, holds, policies and measurement give.
fn check_lanes(page: &PageId, head: Head, facts: BTreeMap<FactKey, Fact>, report: &mut Report) {
    let own = facts.values().find_map(|fact| match fact {
        Fact::Page(own) => Some((**own).clone()),
        _ => None,
    });
    let Some(own) = own else {
        report.fault(format!("page {page}: its journal holds no page"));
        return;
    };
    let mut state = State::new(own, head);
    for fact in facts.into_values() {
        state.put(fact);
    }
    for component in state.components.keys() {
        let changes = lane::recompute(
            &state,
            component,
            noroshi_domain::Instant::MIN,
            noroshi_domain::Instant::MAX,
        );
        for change in changes {
            let key = change.key();
            report.fault(format!(
                "{}: the public lane of component {component} is not what its claims give",
                name(&key)
            ));
        }
    }
}
