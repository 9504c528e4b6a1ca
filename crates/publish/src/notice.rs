//! Emergency notices: what is said on a page while its record can not be written.
//!
//! A notice lies in a file beside the page's other files and is laid over the state before it is
//! rendered. It is no part of the record: it says so itself, ends by itself, and stays in the
//! file to be taken over into the record afterwards.

use std::collections::BTreeMap;

use noroshi_domain::{
    Actor, Command, ComponentId, IncidentFields, IncidentId, IncidentKind, Instant, Locale,
    NewIncident, NewUpdate, Refusal, Seed, State, Status, Texts, decide,
};
use serde::{Deserialize, Serialize};

use crate::limits::NOTICE_TITLE_CHARS;
use crate::render;

/// What is said outside the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its code, and that of the incident it is shown as.
    pub code: IncidentId,
    /// What is said.
    pub text: String,
    /// What it says of components.
    #[serde(default)]
    pub statuses: BTreeMap<ComponentId, Status>,
    /// Since when it stands.
    pub posted_at: Instant,
    /// Until when it stands.
    pub until: Instant,
}

impl Notice {
    /// Whether it is shown now.
    pub fn stands(&self, now: Instant) -> bool {
        self.posted_at <= now && now < self.until
    }

    /// The command that takes it over into the record.
    pub fn command(&self, locale: Locale) -> Command {
        self.command_saying(locale, Texts::of(locale, self.text.clone()))
    }

    fn command_saying(&self, locale: Locale, body: Texts) -> Command {
        let first_line = self.text.lines().next().unwrap_or_default();
        let title: String = first_line.chars().take(NOTICE_TITLE_CHARS).collect();
        Command::OpenIncident(Box::new(NewIncident {
            id: Some(self.code.clone()),
            kind: IncidentKind::Incident,
            fields: IncidentFields {
                name: Some(Texts::of(locale, title)),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                body,
                statuses: self.statuses.clone(),
                display_at: Some(self.posted_at),
                impact_at: Some(self.posted_at),
                ..NewUpdate::default()
            },
            backfilled_at: None,
        }))
    }

    /// Lays it over a state.
    ///
    /// # Errors
    /// When the page's rules refuse it: a component that is not there, a code that is taken.
    pub fn lay_over(&self, state: &mut State) -> Result<(), Refusal> {
        let page = &state.page;
        let body = render::notice_body(page, &self.text, self.until);
        let command = self.command_saying(page.default_locale, body);
        let mut seed = Seed::of_text(self.code.as_str());
        let actor = Actor::command_line();
        let decision = decide(state, &[], &actor, &command, (&mut seed, self.posted_at))?;
        decision
            .changes
            .iter()
            .for_each(|change| state.apply(change));
        Ok(())
    }
}

/// The state with its notices laid over it; those that its rules refuse are left out.
pub(crate) fn laid_over(state: &State, notices: &[Notice]) -> State {
    let mut state = state.clone();
    for notice in notices {
        if let Err(refusal) = notice.lay_over(&mut state) {
            tracing::warn!(code = %notice.code, "notice not shown: {refusal}");
        }
    }
    state
}
