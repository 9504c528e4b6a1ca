//! What a robot says in an automatic incident, in every locale of the page.

use std::collections::BTreeSet;

use noroshi_domain::automatic::{self, Step, Trouble};
use noroshi_domain::{
    AutomaticWords, ComponentId, Incident, Instant, Locale, State, Texts, decide::NAME_CHARS_MAX,
};

use crate::{dates, labels, msg, standard};

/// How many components one update tells of before it counts the rest.
const LINES_MAX: usize = 20;

/// The words of the step that is due at `now`; none when none is.
pub fn words(state: &State, now: Instant) -> AutomaticWords {
    let Some(step) = automatic::due(state, now) else {
        return AutomaticWords::default();
    };
    let in_every_locale = |say: &dyn Fn(&Speaker<'_>) -> String| -> Texts {
        let locales = state.page.locales.iter();
        locales
            .map(|locale| {
                (
                    *locale,
                    say(&Speaker {
                        state,
                        now,
                        locale: *locale,
                    }),
                )
            })
            .collect()
    };
    AutomaticWords {
        title: title_components(state, &step).map_or_else(Texts::default, |components| {
            in_every_locale(&|speaker| speaker.title(&components))
        }),
        body: in_every_locale(&|speaker| speaker.body(&step)),
    }
}

/// What the title names: what is bad of itself, not by another; `None` where it stays.
fn title_components(state: &State, step: &Step) -> Option<Vec<ComponentId>> {
    let (known, new): (&[ComponentId], &[Trouble]) = match step {
        Step::Open { troubles } => (&[], troubles),
        Step::Worsen {
            incident_id,
            joined,
            ..
        } if !joined.is_empty() => {
            let components = state.incidents.get(incident_id).map(members);
            (components.unwrap_or_default(), joined)
        }
        _ => return None,
    };
    let all: Vec<ComponentId> = known
        .iter()
        .chain(new.iter().map(|trouble| &trouble.component_id))
        .cloned()
        .collect();
    let members: BTreeSet<ComponentId> = all.iter().cloned().collect();
    let roots = all
        .into_iter()
        .filter(|id| automatic::cause_of(state, id, &members).is_none());
    Some(roots.collect())
}

fn members(incident: &Incident) -> &[ComponentId] {
    &incident.components
}

/// One language's way of saying it.
struct Speaker<'a> {
    state: &'a State,
    now: Instant,
    locale: Locale,
}

impl Speaker<'_> {
    fn title(&self, components: &[ComponentId]) -> String {
        let settings = self.state.page.settings.automatic.as_ref();
        if let Some(own) = settings.and_then(|own| own.title.get(self.locale)) {
            return own.to_owned();
        }
        let names: Vec<&str> = components.iter().map(|id| self.name(id)).collect();
        let title = standard::automatic_title(&names, self.locale);
        if title.chars().count() <= NAME_CHARS_MAX {
            return title;
        }
        let cut = title.chars().take(NAME_CHARS_MAX - 1);
        cut.chain(['…']).collect()
    }

    fn body(&self, step: &Step) -> String {
        let locale = self.locale;
        match step {
            Step::Open { troubles } => self.list(&[], troubles, |name, time, status| {
                msg::automatic_opened(locale, name, time, status)
            }),
            Step::Worsen { again, joined, .. } => self.list(again, joined, |name, time, status| {
                msg::automatic_joined(locale, name, time, status)
            }),
            Step::Watch { .. } => msg::automatic_monitoring(locale),
            Step::Resolve { quiet_s, .. } => {
                msg::automatic_resolved(locale, &dates::duration_plain(*quiet_s, locale))
            }
        }
    }

    /// A line a component, up to a limit.
    fn list(
        &self,
        again: &[Trouble],
        new: &[Trouble],
        say: impl Fn(&str, &str, &str) -> String,
    ) -> String {
        let again_lines = again
            .iter()
            .map(|trouble| msg::automatic_again(self.locale, self.name(&trouble.component_id)));
        let new_lines = new.iter().map(|trouble| {
            let name = self.name(&trouble.component_id);
            match &trouble.cause {
                Some(cause) => msg::automatic_caused_by(self.locale, name, self.name(cause)),
                None => say(
                    name,
                    &standard::time_of(trouble.since, self.now, &self.state.page.zone, self.locale),
                    &labels::status(trouble.status, self.locale),
                ),
            }
        });
        let mut lines: Vec<String> = again_lines.chain(new_lines).take(LINES_MAX).collect();
        let rest = (again.len() + new.len()).saturating_sub(LINES_MAX);
        if rest > 0 {
            lines.push(msg::automatic_more(self.locale, rest as i64));
        }
        lines.join("\n")
    }

    fn name<'a>(&'a self, id: &'a ComponentId) -> &'a str {
        let default = self.state.page.default_locale;
        self.state
            .components
            .get(id)
            .map_or(id.as_str(), |component| {
                component.name.pick(self.locale, default).0
            })
    }
}
