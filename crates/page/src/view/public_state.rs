//! The public state: what of a page's facts its open view is made of, to be kept beside the pages.
//!
//! Whoever has it can render the page again with no database at all: an emergency notice, and a
//! server whose database is away. It holds nothing that a reader could not see.

use noroshi_domain::{
    ComponentId, Fact, Head, Hold, Incident, IncidentId, Lane, Page, PageSettings, State, Update,
};
use serde::{Deserialize, Serialize};

use super::{Told, View};

/// How the file is read: a file of another version is left alone.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    head: Head,
    facts: Vec<Fact>,
}

/// `/state.json`: the facts that the open view shows.
pub fn state_json(view: &View<'_>) -> Vec<u8> {
    let file = File {
        version: VERSION,
        head: view.head().clone(),
        facts: facts(view),
    };
    serde_json::to_vec(&file).expect("facts are strings and numbers under string keys")
}

/// The state that a `/state.json` holds; `None` where it is none of this version.
pub fn read_state(json: &[u8]) -> Option<State> {
    let file: File = serde_json::from_slice(json).ok()?;
    if file.version != VERSION {
        return None;
    }
    let page = file.facts.iter().find_map(|fact| match fact {
        Fact::Page(page) => Some(Page::clone(page)),
        _ => None,
    })?;
    let mut state = State::new(page, file.head);
    file.facts.into_iter().for_each(|fact| state.put(fact));
    Some(state)
}

fn facts(view: &View<'_>) -> Vec<Fact> {
    let page = Page {
        settings: PageSettings {
            automatic: None,
            ..view.page().settings.clone()
        },
        ..view.page().clone()
    };
    let mut facts = vec![Fact::Page(Box::new(page))];
    let groups = view.groups().iter();
    facts.extend(groups.map(|group| Fact::Group(group.fact.clone())));
    for system in view.systems() {
        let mut component = system.fact.clone();
        component.depends_on.retain(|id| view.system(id).is_some());
        facts.push(Fact::Component(Box::new(component)));
        facts.extend(system.spans.iter().map(|span| Fact::Span((*span).clone())));
        // Readers are told until when, not why and by whom.
        facts.extend(system.hold.map(|hold| {
            Fact::Hold(Hold {
                reason: String::new(),
                author: String::new(),
                ..hold.clone()
            })
        }));
    }
    facts.extend(told_facts(view));
    facts.extend(measured_facts(view));
    let announcements = view.announcements().into_iter().cloned();
    facts.extend(announcements.map(Fact::Announcement));
    facts
}

/// Incidents with their parts, without what they say of things that are not open.
fn told_facts(view: &View<'_>) -> Vec<Fact> {
    let standing = view.state.claims.values().filter(|claim| {
        claim.holder.incident_id().is_none() && view.system(&claim.component_id).is_some()
    });
    let mut facts: Vec<Fact> = standing.cloned().map(Fact::Claim).collect();
    for told in view.incidents.iter().filter_map(|one| view.told(&one.id)) {
        facts.push(Fact::Incident(Box::new(open_part(view, &told))));
        facts.extend(
            told.claims
                .iter()
                .map(|claim| Fact::Claim((*claim).clone())),
        );
        let promises = told.promises.iter().copied().cloned();
        facts.extend(promises.map(Box::new).map(Fact::Promise));
        facts.extend(told.updates.iter().map(|update| {
            Fact::Update(Box::new(Update {
                affected: update.affected.iter().copied().cloned().collect(),
                ..update.fact.clone()
            }))
        }));
    }
    facts
}

fn open_part(view: &View<'_>, told: &Told<'_>) -> Incident {
    let mut incident = told.incident.clone();
    let is_open = |id: &ComponentId| !view.restricted.contains(id);
    incident.components.retain(is_open);
    incident.affected_notes.retain(|id, _| is_open(id));
    let is_seen = |id: &IncidentId| view.visible_incident(id).is_some();
    incident.related.retain(is_seen);
    (incident.metadata, incident.source) = (None, None);
    incident
}

/// What was measured, where readers are told of it.
fn measured_facts(view: &View<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for found in view.contradictions() {
        let measured = view.state.spans.values().filter(|span| {
            span.lane == Lane::Measured
                && span.component_id == found.component_id
                && span.to.is_none_or(|to| to > found.since)
        });
        facts.extend(measured.cloned().map(Fact::Span));
        let policies = view.state.policies.values();
        let policies = policies.filter(|span| span.component_id == found.component_id);
        facts.extend(policies.cloned().map(Fact::Policy));
    }
    facts
}
