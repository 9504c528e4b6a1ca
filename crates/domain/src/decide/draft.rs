//! A state being changed by one command: each rule sees what the rules before it did.

use std::collections::BTreeMap;

use crate::command::{Act, Answer, Decision, StillHeld};
use crate::decide::automatic;
use crate::facts::{Change, Claim, Component, Fact, FactKey, FactKind, Holder, Incident, Update};
use crate::id::{ClaimId, ComponentId, Drawn, GroupId, IncidentId, Seed, UpdateId};
use crate::journal::{Actor, Audience, Remains};
use crate::lane;
use crate::locale::Texts;
use crate::refusal::Refusal;
use crate::state::State;
use crate::status::Status;
use crate::time::Instant;

/// A state being changed by one command.
#[derive(Debug)]
pub struct Draft<'a> {
    before: &'a State,
    loaded: BTreeMap<FactKey, Fact>,
    /// The state so far.
    pub state: State,
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    /// What the caller is answered with.
    pub answer: Answer,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Who may read it.
    pub audience: Audience,
    /// For erasing.
    pub remains: Vec<Remains>,
    /// Why something that readers knew was deleted.
    pub deletion_told: Option<String>,
    seed: &'a mut Seed,
    keys: Vec<FactKey>,
    touched: BTreeMap<ComponentId, (Instant, Instant)>,
    left: Vec<GroupId>,
}

impl<'a> Draft<'a> {
    /// A draft on a state and the facts of the past that its command needs.
    pub fn new(
        before: &'a State,
        loaded: &[Fact],
        actor: &'a Actor,
        seed: &'a mut Seed,
        now: Instant,
    ) -> Self {
        let mut state = before.clone();
        let mut past = BTreeMap::new();
        for fact in loaded {
            if before.get(&fact.key()).is_none() {
                state.put(fact.clone());
                past.insert(fact.key(), fact.clone());
            }
        }
        Self {
            state,
            before,
            loaded: past,
            actor,
            now,
            answer: Answer::default(),
            action: String::new(),
            subject: String::new(),
            audience: Audience::Public,
            remains: Vec::new(),
            deletion_told: None,
            seed,
            keys: Vec::new(),
            touched: BTreeMap::new(),
            left: Vec::new(),
        }
    }

    /// Says what is being done, to what; the answer's id with it.
    pub fn acts(&mut self, action: &str, subject: &(impl ToString + ?Sized)) {
        action.clone_into(&mut self.action);
        self.subject = subject.to_string();
        self.answer.id.clone_from(&self.subject);
    }

    /// The `seq` of the entry that this command makes.
    pub fn seq(&self) -> i64 {
        self.before.head.seq + 1
    }

    /// Draws an identifier.
    pub fn draw(&mut self) -> Drawn {
        self.seed.draw()
    }

    /// Puts a fact.
    pub fn put(&mut self, fact: Fact) {
        self.keys.push(fact.key());
        self.state.put(fact);
    }

    /// Drops a fact.
    pub fn remove(&mut self, key: FactKey) {
        self.state.apply(&Change::Drop(key.clone()));
        self.keys.push(key);
    }

    /// Notes that a member left a group: a group goes with its last member, once all is done.
    pub fn leaves(&mut self, group: GroupId) {
        self.left.push(group);
    }

    fn drop_empty_groups(&mut self) {
        for group in std::mem::take(&mut self.left) {
            if self.state.members_of(&group).is_empty() && self.state.groups.contains_key(&group) {
                self.remove(FactKey {
                    kind: FactKind::Group,
                    id: group.to_string(),
                });
            }
        }
    }

    /// A component that is not retired.
    pub fn component(&self, id: &ComponentId) -> Result<Component, Refusal> {
        let component = self.any_component(id)?;
        match component.retired_at {
            None => Ok(component),
            Some(_) => Err(Refusal::Retired(id.to_string())),
        }
    }

    /// A component, retired or not.
    pub fn any_component(&self, id: &ComponentId) -> Result<Component, Refusal> {
        self.state
            .components
            .get(id)
            .cloned()
            .ok_or_else(|| Refusal::NotFound {
                kind: "component",
                id: id.to_string(),
            })
    }

    /// An incident that is not deleted.
    pub fn incident(&self, id: &IncidentId) -> Result<Incident, Refusal> {
        self.any_incident(id)
            .and_then(|incident| match incident.deleted_at {
                None => Ok(incident),
                Some(_) => Err(Refusal::NotFound {
                    kind: "incident",
                    id: id.to_string(),
                }),
            })
    }

    /// An incident, deleted or not.
    pub fn any_incident(&self, id: &IncidentId) -> Result<Incident, Refusal> {
        self.state
            .incidents
            .get(id)
            .cloned()
            .ok_or_else(|| Refusal::NotFound {
                kind: "incident",
                id: id.to_string(),
            })
    }

    /// Has readers told that an incident is deleted, if they could see it.
    pub fn tell_deletion(&mut self, incident: &Incident, reason: &str) {
        let is_open = |id: &ComponentId| {
            let component = self.state.components.get(id);
            component.is_none_or(|component| !component.restricted)
        };
        if incident.components.is_empty() || incident.components.iter().any(is_open) {
            self.deletion_told = Some(reason.to_owned());
        }
    }

    /// An update of an incident.
    pub fn update(&self, incident: &IncidentId, id: &UpdateId) -> Result<Update, Refusal> {
        self.state
            .updates
            .get(&(incident.clone(), id.clone()))
            .cloned()
            .ok_or_else(|| Refusal::NotFound {
                kind: "update",
                id: id.to_string(),
            })
    }

    /// Checks a text: at most so many characters, only in locales of the page.
    pub fn check_text(
        &self,
        field: &'static str,
        texts: &Texts,
        most: usize,
    ) -> Result<(), Refusal> {
        check_text(&self.state.page.locales, field, texts, most)
    }

    /// Marks that a component's public lane has to be worked out again over [from, to).
    pub fn touch(&mut self, component: &ComponentId, from: Instant, to: Instant) {
        let window = self.touched.entry(component.clone()).or_insert((from, to));
        *window = (window.0.min(from), window.1.max(to));
    }

    /// Works the touched public lanes out again.
    pub fn settle(&mut self) {
        for (component, (from, to)) in std::mem::take(&mut self.touched) {
            for change in lane::recompute(&self.state, &component, from, to) {
                match change {
                    Change::Put(fact) => self.put(fact),
                    Change::Drop(key) => self.remove(key),
                }
            }
        }
    }

    /// Puts a claim and touches what it covers.
    pub fn put_claim(&mut self, claim: Claim) {
        let to = claim.to.unwrap_or(Instant::MAX);
        self.touch(&claim.component_id.clone(), claim.from, to);
        self.put(Fact::Claim(claim));
    }

    /// Ends a claim at an instant; one that began no earlier never was.
    pub fn end_claim(&mut self, claim: &Claim, at: Instant) {
        let end = claim.to.unwrap_or(Instant::MAX);
        self.touch(&claim.component_id, claim.from.min(at), end);
        if claim.from >= at {
            self.remove(FactKey {
                kind: FactKind::Claim,
                id: claim.id.to_string(),
            });
        } else {
            self.put(Fact::Claim(Claim {
                to: Some(at),
                ..claim.clone()
            }));
        }
    }

    /// Opens a claim of a holder, unless it says `operational`.
    pub fn open_claim(
        &mut self,
        component: &ComponentId,
        holder: &Holder,
        status: Status,
        from: Instant,
    ) {
        if status == Status::Operational {
            return;
        }
        let id = ClaimId::from(self.draw());
        self.put_claim(Claim {
            id,
            component_id: component.clone(),
            holder: holder.clone(),
            status,
            from,
            to: None,
        });
    }

    /// *set* and *override*: a holder says a component's status from an instant on.
    pub fn say(
        &mut self,
        component: &ComponentId,
        holder: &Holder,
        (status, act): (Status, Act),
        at: Instant,
    ) -> Result<(), Refusal> {
        if !status.can_be_said() {
            return Err(Refusal::Unsayable(status));
        }
        self.component(component)?;
        let open: Vec<Claim> = self.state.open_claims_on(component).cloned().collect();
        if open
            .iter()
            .any(|claim| claim.holder == *holder && claim.status == status && claim.from <= at)
            && act == Act::Set
        {
            return Ok(());
        }
        for claim in &open {
            if act == Act::Override || claim.holder == *holder {
                self.end_claim(claim, at);
            }
        }
        self.open_claim(component, holder, status, at);
        self.note_still_held(component, status);
        Ok(())
    }

    fn note_still_held(&mut self, component: &ComponentId, said: Status) {
        let worst = self
            .state
            .open_claims_on(component)
            .max_by_key(|claim| claim.status)
            .cloned();
        if let Some(claim) = worst.filter(|claim| claim.status > said) {
            self.answer.still_held.push(StillHeld {
                component_id: component.clone(),
                status: claim.status,
                incident_id: claim.holder.incident_id().cloned(),
            });
        }
    }

    /// *release*: the holder's open claims end.
    pub fn release(&mut self, holder: &Holder, at: Instant) {
        for claim in self.open_claims_of(holder) {
            self.end_claim(&claim, at);
        }
    }

    /// *hand over*: the holder's open claims pass to `standing`; where that has one, the worse
    /// stays. `only` names the components concerned; `None`: all.
    pub fn hand_over(&mut self, holder: &Holder, only: Option<&[ComponentId]>, at: Instant) {
        for claim in self.open_claims_of(holder) {
            if only.is_some_and(|only| !only.contains(&claim.component_id)) {
                continue;
            }
            let component = claim.component_id.clone();
            let standing = self
                .state
                .open_claims_on(&component)
                .find(|other| other.holder == Holder::Standing)
                .cloned();
            self.end_claim(&claim, at);
            match standing {
                Some(other) if other.status >= claim.status => {}
                Some(other) => {
                    self.end_claim(&other, at);
                    self.open_claim(&component, &Holder::Standing, claim.status, at);
                }
                None => self.open_claim(&component, &Holder::Standing, claim.status, at),
            }
        }
    }

    /// A holder's open claims.
    pub fn open_claims_of(&self, holder: &Holder) -> Vec<Claim> {
        self.state
            .claims
            .values()
            .filter(|claim| claim.holder == *holder && claim.to.is_none())
            .cloned()
            .collect()
    }

    /// Brings everything in line and says what changed.
    pub fn finish(mut self) -> Decision {
        self.drop_empty_groups();
        self.settle();
        self.note_changed_components();
        automatic::follow_public(&mut self);
        let mut keys = std::mem::take(&mut self.keys);
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        let changes: Vec<Change> = keys
            .into_iter()
            .filter_map(|key| self.difference(&key))
            .collect();
        let audience = if self.audience == Audience::Team || self.touches_restricted(&changes) {
            Audience::Team
        } else {
            Audience::Public
        };
        Decision {
            action: self.action,
            subject: self.subject,
            audience,
            changes,
            remains: self.remains,
            deletion_told: self.deletion_told,
            answer: self.answer,
        }
    }

    /// Whether anything is no longer what it was before the command.
    pub fn has_changed(&self) -> bool {
        self.keys.iter().any(|key| self.difference(key).is_some())
    }

    fn difference(&self, key: &FactKey) -> Option<Change> {
        let before = self
            .before
            .get(key)
            .or_else(|| self.loaded.get(key).cloned());
        match (before, self.state.get(key)) {
            (Some(before), Some(after)) if before == after => None,
            (_, Some(after)) => Some(Change::Put(after)),
            (Some(_), None) => Some(Change::Drop(key.clone())),
            (None, None) => None,
        }
    }

    /// A component whose public status is no longer what it was has changed (reference 1.4).
    fn note_changed_components(&mut self) {
        if self.action.ends_with("imported") {
            return;
        }
        let now = self.now;
        let changed: Vec<Component> = self
            .state
            .components
            .values()
            .filter(|component| {
                self.before.components.contains_key(&component.id)
                    && self.before.public_at(&component.id, now)
                        != self.state.public_at(&component.id, now)
            })
            .cloned()
            .collect();
        for mut component in changed {
            component.updated_at = now;
            self.put(Fact::Component(Box::new(component)));
        }
    }

    fn touches_restricted(&self, changes: &[Change]) -> bool {
        let restricted = |id: &ComponentId| {
            self.state
                .components
                .get(id)
                .is_some_and(|own| own.restricted)
        };
        let touches = |change: &Change| match change {
            Change::Put(fact) => match fact {
                Fact::Component(component) => component.restricted,
                Fact::Claim(claim) => restricted(&claim.component_id),
                Fact::Span(span) => restricted(&span.component_id),
                Fact::Policy(span) => restricted(&span.component_id),
                Fact::Hold(_) => true,
                Fact::Incident(incident) => {
                    incident.metadata.is_some() || incident.components.iter().any(restricted)
                }
                Fact::Update(update) => update
                    .affected
                    .iter()
                    .any(|affected| restricted(&affected.code)),
                Fact::Series(series) => series.restricted,
                _ => false,
            },
            Change::Drop(key) => {
                key.kind == FactKind::Hold
                    || self.state.components.values().any(|component| {
                        component.restricted && key.id.contains(component.id.as_str())
                    })
            }
        };
        changes.iter().any(touches)
    }
}

/// Checks a text: at most so many characters, only in locales of a page.
pub(super) fn check_text(
    locales: &[crate::locale::Locale],
    field: &'static str,
    texts: &Texts,
    most: usize,
) -> Result<(), Refusal> {
    for (locale, text) in texts.iter() {
        if !locales.contains(&locale) {
            return Err(Refusal::ForeignLocale {
                field,
                locale: locale.as_str(),
            });
        }
        let given = text.chars().count();
        if given > most {
            return Err(Refusal::TooLong { field, given, most });
        }
    }
    Ok(())
}

/// Checks a text that has to say something.
pub(super) fn check_said(field: &'static str, texts: &Texts) -> Result<(), Refusal> {
    if texts.is_empty() || texts.iter().any(|(_, text)| text.trim().is_empty()) {
        return Err(Refusal::Empty { field });
    }
    Ok(())
}
