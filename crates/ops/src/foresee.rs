//! Foreseeing: what a page would be after a command, without carrying it out. For previews.

use noroshi_domain::{Actor, Answer, Command, PageId, Seed, State, decide, needs};

use crate::app::App;
use crate::error::OpError;

impl App {
    /// Decides a command on a copy of the page and gives the copy, with what the answer would be.
    /// Nothing is kept; codes that it draws are drawn anew when the command is carried out.
    ///
    /// # Errors
    /// As [`App::execute`].
    pub fn foresee(
        &self,
        page: &PageId,
        actor: &Actor,
        command: &Command,
    ) -> Result<(State, Answer), OpError> {
        let (state, now) = (self.state(page)?, self.now());
        let needs = needs(command, &state, now);
        let loaded = if needs.incidents.is_empty() && needs.windows.is_empty() {
            Vec::new()
        } else {
            self.store().load(page, &needs)?.1
        };
        let mut seed = Seed::new(self.chance().bytes());
        let decision = decide(&state, &loaded, actor, command, (&mut seed, now))?;
        let mut foreseen = State::clone(&state);
        for fact in loaded {
            foreseen.put(fact);
        }
        for change in &decision.changes {
            foreseen.apply(change);
        }
        Ok((foreseen, decision.answer))
    }
}
