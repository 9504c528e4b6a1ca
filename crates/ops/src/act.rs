//! The door with its keeper: what a caller must be allowed for each command.

use std::collections::BTreeSet;

use noroshi_domain::{
    Answer, Command, CommandId, ImportedFacts, IncidentId, IncidentKind, PageId, PromiseId, State,
};

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::IMPORT_ENTRIES_MAX;
use crate::tokens::too_long;

/// What writing an imported record needs.
const TO_IMPORT: [Permission; 4] = [
    Permission::EditPage,
    Permission::EditComponents,
    Permission::PostIncident,
    Permission::PostMaintenance,
];

impl App {
    /// Decides and commits a command in the name of a caller who may.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] where he may not; a refusal where a file says what he would change
    /// (`owned.rs`); otherwise as [`App::execute`].
    pub fn act(
        &self,
        caller: &Caller,
        page: &PageId,
        command: Command,
        id: Option<CommandId>,
    ) -> Result<Answer, OpError> {
        let state = self.state(page)?;
        for permission in self.needed(page, &state, &command)? {
            caller.require(Some(page), permission)?;
        }
        self.leave_owned(page, &state, &command)?;
        self.execute(page, &caller.actor, command, id)
    }

    /// Commits entries of an import in the name of a caller who may, together where they can be.
    /// Each is answered for itself, in their order: what was not written is imported again.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] where he may not; a refusal of more entries than one request may
    /// bring, and where a file says what one would change.
    pub fn import(
        &self,
        caller: &Caller,
        page: &PageId,
        entries: Vec<ImportedFacts>,
    ) -> Result<Vec<Result<Answer, OpError>>, OpError> {
        for permission in TO_IMPORT {
            caller.require(Some(page), permission)?;
        }
        if entries.len() > IMPORT_ENTRIES_MAX {
            return Err(too_long("entries", entries.len(), IMPORT_ENTRIES_MAX));
        }
        let entries = entries.into_iter();
        let commands = entries.map(|entry| Command::Import(Box::new(entry)));
        let commands: Vec<Command> = commands.collect();
        let state = self.state(page)?;
        for command in &commands {
            self.leave_owned(page, &state, command)?;
        }
        Ok(self.execute_all(page, &caller.actor, commands))
    }

    /// What a command needs. What robots say is nobody's to send.
    fn needed(
        &self,
        page: &PageId,
        state: &State,
        command: &Command,
    ) -> Result<BTreeSet<Permission>, OpError> {
        use Command as C;
        use Permission as P;
        let one = |permission| Ok(BTreeSet::from([permission]));
        match command {
            C::CreatePage(_) => one(P::CreatePages),
            C::UpdatePage(_) => one(P::EditPage),
            C::DeletePage | C::RestorePage => one(P::DeletePage),
            C::CreateGroup { .. }
            | C::UpdateGroup { .. }
            | C::RemoveGroup(_)
            | C::CreateComponent(_)
            | C::UpdateComponent { .. }
            | C::RetireComponent(_)
            | C::RestoreComponent(_) => one(P::EditComponents),
            C::SetStatus { .. }
            | C::PlaceHold { .. }
            | C::EndHold(_)
            | C::Amend {
                incident_id: None, ..
            }
            | C::TakeOver(_)
            | C::CreateAnnouncement { .. }
            | C::UpdateAnnouncement { .. }
            | C::EndAnnouncement(_) => one(P::PostIncident),
            C::OpenIncident(new) => one(to_post(new.kind)),
            C::CreateRecurrence(_) | C::UpdateRecurrence { .. } | C::EndRecurrence(_) => {
                one(P::PostMaintenance)
            }
            C::LiftPromise { promise_id, .. } => {
                one(self.to_post_with_promise(page, state, promise_id)?)
            }
            C::Amend {
                incident_id: Some(incident_id),
                ..
            }
            | C::PostUpdate { incident_id, .. }
            | C::EditIncident { incident_id, .. }
            | C::EditUpdate { incident_id, .. }
            | C::RelateIncidents { incident_id, .. }
            | C::PublishPostmortem { incident_id, .. }
            | C::RevertPostmortem(incident_id)
            | C::IgnorePostmortem(incident_id)
            | C::DeleteIncident { incident_id, .. }
            | C::RestoreIncident(incident_id)
            | C::EraseUpdate { incident_id, .. } => {
                one(self.to_post_on(page, state, incident_id)?)
            }
            C::Seen { command, .. } => self.needed(page, state, command),
            C::Together { commands, .. } => {
                let mut all = BTreeSet::new();
                for command in commands {
                    all.extend(self.needed(page, state, command)?);
                }
                Ok(all)
            }
            C::Import(_) => Ok(BTreeSet::from(TO_IMPORT)),
            C::Measured(_) | C::Tick | C::Automatic(_) => {
                Err(OpError::Forbidden(P::ManageInstallation))
            }
        }
    }

    /// What posting on something needs; of what does not exist the least, so that it is refused
    /// as missing.
    fn to_post_on(
        &self,
        page: &PageId,
        state: &State,
        id: &IncidentId,
    ) -> Result<Permission, OpError> {
        if let Some(incident) = state.incidents.get(id) {
            return Ok(to_post(incident.kind));
        }
        let past = self.store().incident(page, id)?;
        Ok(past.map_or(Permission::View, |record| to_post(record.incident.kind)))
    }

    fn to_post_with_promise(
        &self,
        page: &PageId,
        state: &State,
        id: &PromiseId,
    ) -> Result<Permission, OpError> {
        match state.promises.get(id) {
            Some(promise) => self.to_post_on(page, state, &promise.incident_id),
            None => Ok(Permission::View),
        }
    }
}

fn to_post(kind: IncidentKind) -> Permission {
    match kind {
        IncidentKind::Incident => Permission::PostIncident,
        IncidentKind::Maintenance => Permission::PostMaintenance,
    }
}
