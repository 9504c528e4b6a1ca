//! From the composer's form to the command that it asks for.
//!
//! A form about an incident carries, beside each field, what stood there when it was opened
//! (`was.FIELD`). Only what its author changed is sent, so that two operators who change different
//! things keep both; who changes the same thing is refused by the revision he saw.

use std::collections::BTreeMap;

use noroshi_domain::{
    Command, ComponentId, ImpactTime, Incident, IncidentFields, IncidentKind, Instant, Lifecycle,
    Locale, NewIncident, NewPromise, NewUpdate, Patch, Status, Texts,
};
use noroshi_text::{msg, standard};

use crate::console::form::Form;
use crate::console::times;
use crate::console::visit::Desk;

/// The texts of an incident that the composer changes, by the names of its fields.
pub(super) const TEXTS: [&str; 4] = ["name", "who", "how", "what"];

/// The composer's form at a page, about an incident that stands or a new one.
#[derive(Clone, Copy)]
pub(super) struct Composition<'a> {
    pub(super) desk: &'a Desk,
    pub(super) form: &'a Form,
    pub(super) standing: Option<&'a Incident>,
}

impl Composition<'_> {
    /// The command; a sentence where a field can not be read.
    pub(super) fn command(&self) -> Result<Command, String> {
        let update = self.update()?;
        let fields = self.fields()?;
        Ok(match self.standing {
            None => Command::OpenIncident(Box::new(NewIncident {
                id: None,
                kind: IncidentKind::Incident,
                fields,
                update,
                backfilled_at: None,
            })),
            Some(incident) => Command::Seen {
                seq: self.seen(),
                command: Box::new(Command::PostUpdate {
                    incident_id: incident.id.clone(),
                    update: Box::new(update),
                    fields: Box::new(fields),
                }),
            },
        })
    }

    /// The revision its author saw.
    fn seen(&self) -> i64 {
        let seq = self.form.get("seq").parse();
        seq.unwrap_or(self.desk.state.head.seq)
    }

    fn locales(&self) -> &[Locale] {
        &self.desk.state.page.locales
    }

    /// Whether the author changed a field since the form was opened.
    fn has_changed(&self, name: &str) -> bool {
        let was = format!("was.{name}");
        self.standing.is_none() || self.form.get(name) != self.form.get(&was)
    }

    /// It is told when it is over already.
    fn is_over(&self) -> bool {
        self.form.has("over")
    }

    fn lifecycle(&self) -> Option<Lifecycle> {
        if self.is_over()
            && self
                .standing
                .is_none_or(|own| own.kind == IncidentKind::Incident)
        {
            return Some(Lifecycle::Resolved);
        }
        Lifecycle::parse(self.form.get("lifecycle"))
    }

    fn update(&self) -> Result<NewUpdate, String> {
        let now = self.desk.now;
        let (statuses, attach) = self.components();
        let stands = self
            .standing
            .map_or(Lifecycle::Investigating, |own| own.lifecycle);
        let lifecycle = self.lifecycle();
        let told = lifecycle.unwrap_or(stands);
        let mut promises = self.promises()?;
        if told.is_over() {
            // The form begins with the usual cadence; after the end there is no next update.
            promises.retain(|promise| matches!(promise, NewPromise::Postmortem(_)));
        }
        let mut body = self.form.texts("body", self.locales());
        if self.form.has("sentence") {
            let ended = self.standing.and_then(|own| own.resolved_at).unwrap_or(now);
            let ended_at = told.is_over().then_some(ended);
            let page = &self.desk.state.page;
            body = standard::promising(page, (told, body), &promises, (ended_at, now));
        }
        Ok(NewUpdate {
            lifecycle,
            body,
            statuses,
            attach,
            promises,
            notify: self.form.has("quiet").then_some(false),
            ..NewUpdate::default()
        })
    }

    /// Statuses that are said, and the list of what is attached where something is taken off it.
    fn components(&self) -> (BTreeMap<ComponentId, Status>, Option<Vec<ComponentId>>) {
        let mut statuses = BTreeMap::new();
        let mut detached = Vec::new();
        for (code, value) in self.form.under("c") {
            let Ok(id) = ComponentId::parse(code) else {
                continue;
            };
            if !self.has_changed(&format!("c.{code}")) {
                continue;
            }
            match Status::parse(value).filter(|status| status.can_be_said()) {
                Some(status) => drop(statuses.insert(id, status)),
                None => detached.push(id),
            }
        }
        let standing = self.standing.map_or(&[][..], |own| &own.components);
        let attach = standing.iter().any(|id| detached.contains(id)).then(|| {
            let kept = standing.iter().filter(|id| !detached.contains(id));
            kept.cloned().collect()
        });
        (statuses, attach)
    }

    fn promises(&self) -> Result<Vec<NewPromise>, String> {
        let l = self.desk.locale();
        let mut promises = Vec::new();
        match self.form.get("promise") {
            "" | "none" => {}
            "at" => {
                let at = times::read(self.form.get("promise_at"), &self.desk.state.page.zone);
                promises.push(NewPromise::By(
                    at.ok_or_else(|| msg::console_bad_promise(l))?,
                ));
            }
            "when" => {
                promises.push(NewPromise::When(
                    self.form.texts("promise_when", self.locales()),
                ));
            }
            seconds => {
                let seconds = seconds.parse().map_err(|_| msg::console_bad_promise(l))?;
                // The sentence names an instant, so it is this instant that is promised.
                promises.push(NewPromise::By(self.desk.now.plus_seconds(seconds)));
            }
        }
        if self.form.has("postmortem") {
            promises.push(NewPromise::Postmortem(None));
        }
        Ok(promises)
    }

    fn fields(&self) -> Result<IncidentFields, String> {
        let text = |name| self.texts_over(name);
        Ok(IncidentFields {
            name: text("name"),
            who_is_affected: text("who"),
            how_to_check: text("how"),
            what_to_do: text("what"),
            impact_from: self.impact_time("impact_from")?,
            impact_to: if self.is_over() {
                self.impact_time("impact_to")?
            } else {
                Patch::Keep
            },
            ..IncidentFields::default()
        })
    }

    /// A text with the languages that its author changed over those that stand.
    fn texts_over(&self, name: &str) -> Option<Texts> {
        let standing = self.standing.map(|own| standing_text(own, name));
        let is_changed =
            |locale: &&Locale| self.has_changed(&format!("{name}.{}", locale.as_str()));
        let changed: Vec<Locale> = self.locales().iter().filter(is_changed).copied().collect();
        if changed.is_empty() {
            return None;
        }
        let typed = self.form.texts(name, &changed);
        let kept = standing.into_iter().flat_map(Texts::iter);
        let kept = kept
            .filter(|(locale, _)| !changed.contains(locale))
            .map(|(locale, text)| (locale, text.to_owned()));
        let typed = typed.iter().map(|(locale, text)| (locale, text.to_owned()));
        let texts: Texts = kept.chain(typed).collect();
        (self.standing.is_some() || !texts.is_empty()).then_some(texts)
    }

    fn impact_time(&self, name: &str) -> Result<Patch<ImpactTime>, String> {
        let about_name = format!("{name}_about");
        if !self.has_changed(name) && !self.has_changed(&about_name) {
            return Ok(Patch::Keep);
        }
        let about = self.form.has(&about_name);
        let typed = self.form.get(name);
        if typed.is_empty() {
            // Of a new incident it begins with the first status.
            let clears =
                self.standing.is_some() && !self.form.get(&format!("was.{name}")).is_empty();
            return Ok(if clears { Patch::Clear } else { Patch::Keep });
        }
        let at = self.typed_time(typed)?;
        Ok(Patch::Set(ImpactTime { at, about }))
    }

    fn typed_time(&self, typed: &str) -> Result<Instant, String> {
        let read = times::read(typed, &self.desk.state.page.zone);
        read.ok_or_else(|| msg::console_bad_time(self.desk.locale(), typed))
    }
}

/// An incident's text by the name of its field.
pub(super) fn standing_text<'a>(incident: &'a Incident, name: &str) -> &'a Texts {
    match name {
        "who" => &incident.who_is_affected,
        "how" => &incident.how_to_check,
        "what" => &incident.what_to_do,
        _ => &incident.name,
    }
}
