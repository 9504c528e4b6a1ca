//! Deciding: from a state, a command and a time to the changes it makes, or a refusal.
//!
//! One file per noun below this one. Nothing here reads a clock, draws chance or does IO: a
//! command decided again on the same state gives the same changes.

mod amend;
mod announcement;
mod automatic;
mod component;
mod draft;
mod group;
mod hold;
mod imported;
mod incident;
mod maintenance;
mod measured;
mod page;
mod postmortem;
mod promise;
mod recurrence;
mod seen;
mod tick;

use crate::command::{Command, Decision, NEEDS_DAYS_MAX, Needs};
use crate::facts::{Fact, FactKey, FactKind};
use crate::id::{ComponentId, IncidentId, Seed};
use crate::journal::Actor;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::{DAY_US, Instant};

pub use draft::Draft;
pub use page::{UNDO_DAYS, decide_new_page};
pub use promise::POSTMORTEM_WORKING_DAYS;
pub use tick::next_due;

/// The longest title or name, in characters (reference 1.4).
pub const NAME_CHARS_MAX: usize = 255;
/// The longest text of an update, in characters.
pub const BODY_CHARS_MAX: usize = 50_000;
/// The most components a page holds.
pub const COMPONENTS_MAX: usize = 10_000;
/// The most bytes of an incident's metadata.
pub const METADATA_BYTES_MAX: usize = 16 * 1024;

/// Decides a command of an actor on a state, with the facts of the past it needs.
///
/// # Errors
/// A [`Refusal`] says why the command can not be carried out; nothing has changed then.
pub fn decide(
    state: &State,
    loaded: &[Fact],
    actor: &Actor,
    command: &Command,
    (seed, now): (&mut Seed, Instant),
) -> Result<Decision, Refusal> {
    let mut draft = Draft::new(state, loaded, actor, seed, now);
    carry_out(&mut draft, command)?;
    Ok(draft.finish())
}

/// Carries a command out on a draft.
fn carry_out(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Seen { seq, command } => {
            seen::check(draft, *seq, command)?;
            carry_out(draft, command)
        }
        Command::CreatePage(_) => Err(Refusal::Taken {
            kind: "page",
            id: draft.state.page.id.to_string(),
        }),
        Command::UpdatePage(patch) => page::update(draft, patch),
        Command::DeletePage => {
            page::delete(draft);
            Ok(())
        }
        Command::RestorePage => page::restore(draft),
        Command::CreateGroup { .. } | Command::UpdateGroup { .. } | Command::RemoveGroup(_) => {
            group::decide(draft, command)
        }
        Command::CreateComponent(new) => component::create(draft, new),
        Command::UpdateComponent { id, patch } => component::update(draft, id, patch),
        Command::SetStatus { id, status, act } => component::set_status(draft, id, *status, *act),
        Command::RetireComponent(id) => component::retire(draft, id),
        Command::RestoreComponent(id) => component::restore(draft, id),
        Command::PlaceHold { .. } => hold::place(draft, command),
        Command::EndHold(id) => hold::end(draft, id),
        Command::Amend { .. } => amend::amend(draft, command),
        Command::Measured(measurements) => measured::measured(draft, measurements),
        Command::Tick => tick::tick(draft),
        Command::Automatic(words) => automatic::step(draft, words),
        Command::Import(facts) => imported::import(draft, facts),
        Command::CreateRecurrence(new) => recurrence::create(draft, new),
        Command::UpdateRecurrence { id, recurrence } => recurrence::update(draft, id, recurrence),
        Command::EndRecurrence(id) => recurrence::end(draft, id),
        Command::CreateAnnouncement { .. }
        | Command::UpdateAnnouncement { .. }
        | Command::EndAnnouncement(_) => announcement::decide(draft, command),
        Command::Together { seq, commands } => together(draft, *seq, commands),
        _ => incident::decide(draft, command),
    }
}

/// Carries several commands out as one: each sees what those before it did.
fn together(draft: &mut Draft<'_>, sent: i64, commands: &[Command]) -> Result<(), Refusal> {
    let stands = draft.state.head.seq;
    if stands != sent {
        return Err(Refusal::MovedOn { stands, sent });
    }
    for command in commands {
        carry_out(draft, command)?;
    }
    let page = draft.state.page.id.clone();
    draft.acts("applied", &page);
    Ok(())
}

/// What of the past a command needs beside the live state.
#[expect(clippy::too_many_lines, reason = "one table: what each command needs")]
pub fn needs(command: &Command, state: &State, now: Instant) -> Needs {
    let mut needs = Needs::default();
    match command {
        Command::Seen { command, .. } => return self::needs(command, state, now),
        Command::PostUpdate { incident_id, .. }
        | Command::EditIncident { incident_id, .. }
        | Command::EditUpdate { incident_id, .. }
        | Command::DeleteIncident { incident_id, .. }
        | Command::EraseUpdate { incident_id, .. }
        | Command::TakeOver(incident_id)
        | Command::IgnorePostmortem(incident_id)
        | Command::RevertPostmortem(incident_id)
        | Command::RestoreIncident(incident_id) => needs.incidents.push(incident_id.clone()),
        Command::RelateIncidents {
            incident_id,
            related,
        } => {
            needs.incidents.push(incident_id.clone());
            needs.incidents.extend(related.iter().cloned());
            if let Some(incident) = state.incidents.get(incident_id) {
                needs.incidents.extend(incident.related.iter().cloned());
            }
        }
        Command::PublishPostmortem {
            incident_id, also, ..
        } => {
            needs.incidents.push(incident_id.clone());
            needs.incidents.extend(also.iter().cloned());
        }
        Command::LiftPromise { promise_id, .. } => {
            needs.incidents.extend(
                state
                    .promises
                    .get(promise_id)
                    .map(|promise| promise.incident_id.clone()),
            );
        }
        Command::Amend {
            component_id,
            from,
            to,
            incident_id,
            ..
        } => {
            needs.incidents.extend(incident_id.iter().cloned());
            needs.windows.push((component_id.clone(), *from, *to));
        }
        Command::PlaceHold {
            component_id,
            from,
            to,
            ..
        } => {
            needs
                .windows
                .push((component_id.clone(), from.unwrap_or(now), *to));
        }
        Command::OpenIncident(new) => {
            let from = new
                .update
                .impact_at
                .into_iter()
                .chain(match &new.fields.impact_from {
                    crate::command::Patch::Set(time) => Some(time.at),
                    _ => None,
                });
            if let Some(from) = from.min() {
                needs.windows.extend(
                    new.update
                        .statuses
                        .keys()
                        .map(|component| (component.clone(), from, now)),
                );
            }
        }
        Command::Import(facts) => imported::needs(&mut needs, facts, now),
        Command::Together { commands, .. } => {
            for command in commands {
                let more = self::needs(command, state, now);
                needs.incidents.extend(more.incidents);
                needs.windows.extend(more.windows);
            }
        }
        _ => {}
    }
    widen_for_impact_windows(&mut needs, command, state);
    needs
}

/// An edited impact window moves claims of the past: their components' lanes are needed there.
fn widen_for_impact_windows(needs: &mut Needs, command: &Command, state: &State) {
    let (Command::EditIncident {
        incident_id,
        fields,
        ..
    }
    | Command::PostUpdate {
        incident_id,
        fields,
        ..
    }) = command
    else {
        return;
    };
    let instants = [&fields.impact_from, &fields.impact_to]
        .into_iter()
        .filter_map(|patch| match patch {
            crate::command::Patch::Set(time) => Some(time.at),
            _ => None,
        });
    let Some(first) = instants.min() else { return };
    let components: Vec<ComponentId> = state
        .incidents
        .get(incident_id)
        .map_or_else(Vec::new, |incident| incident.components.clone());
    let to = first.plus_us(NEEDS_DAYS_MAX * DAY_US);
    needs.windows.extend(
        components
            .into_iter()
            .map(|component| (component, first, to)),
    );
}

impl State {
    /// One fact by its key.
    pub fn get(&self, key: &FactKey) -> Option<Fact> {
        let id = key.id.as_str();
        match key.kind {
            FactKind::Page => Some(Fact::Page(Box::new(self.page.clone()))),
            FactKind::Group => self
                .groups
                .iter()
                .find(|(own, _)| own.as_str() == id)
                .map(|(_, own)| Fact::Group(own.clone())),
            FactKind::Component => ComponentId::parse(id)
                .ok()
                .and_then(|id| self.components.get(&id))
                .map(|own| Fact::Component(Box::new(own.clone()))),
            FactKind::Incident => IncidentId::parse(id)
                .ok()
                .and_then(|id| self.incidents.get(&id))
                .map(|own| Fact::Incident(Box::new(own.clone()))),
            FactKind::Claim => crate::id::ClaimId::parse(id)
                .ok()
                .and_then(|id| self.claims.get(&id))
                .map(|own| Fact::Claim(own.clone())),
            FactKind::Policy => self
                .policies
                .values()
                .map(|own| Fact::Policy(own.clone()))
                .find(|own| own.key().id == id),
            FactKind::Hold => self
                .holds
                .values()
                .find(|own| own.id.as_str() == id)
                .cloned()
                .map(Fact::Hold),
            FactKind::Span => crate::state::parse_span_key(id)
                .and_then(|key| self.spans.get(&key))
                .map(|own| Fact::Span(own.clone())),
            FactKind::Update => self
                .updates
                .iter()
                .find(|((_, own), _)| own.as_str() == id)
                .map(|(_, own)| Fact::Update(Box::new(own.clone()))),
            FactKind::Promise => self
                .promises
                .values()
                .find(|own| own.id.as_str() == id)
                .map(|own| Fact::Promise(Box::new(own.clone()))),
            FactKind::Recurrence => self
                .recurrences
                .values()
                .find(|own| own.id.as_str() == id)
                .map(|own| Fact::Recurrence(Box::new(own.clone()))),
            FactKind::Announcement => self
                .announcements
                .values()
                .find(|own| own.id.as_str() == id)
                .map(|own| Fact::Announcement(own.clone())),
            FactKind::Series => self
                .series
                .values()
                .find(|own| own.id.as_str() == id)
                .cloned()
                .map(Fact::Series),
        }
    }
}
