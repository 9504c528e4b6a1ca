//! What the forms of an incident's screen do.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{
    Command, ComponentId, IncidentFields, IncidentId, IncidentRecord, Instant, Locale, Patch,
    PromiseId, Status, Texts, UpdateId,
};
use noroshi_ops::OpError;
use noroshi_text::msg;

use super::{Focus, postmortem, related, show, texts_over};
use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::visit::{Desk, Visit};
use crate::console::{draft, notes, refusal, times};
use crate::desk::Refused;
use crate::limits::NOTE_CHARS_MAX;

/// A form of an incident, as it was sent.
struct Act {
    desk: Desk,
    record: IncidentRecord,
    form: Form,
    /// Which form of the screen it is.
    section: &'static str,
    /// The update that it is about.
    update: Option<String>,
}

impl Act {
    async fn open(
        visit: Visit,
        (page, incident): (&str, &str),
        (section, body): (&'static str, &str),
    ) -> Result<Self, Response> {
        let desk = visit.open(page).await?;
        let record = desk.incident(incident).await?;
        Ok(Self {
            desk,
            record,
            form: Form::read(body),
            section,
            update: None,
        })
    }

    /// Carries a command out; what is refused is shown in the form.
    async fn carry_out(
        self,
        command: Result<Command, String>,
        told: Told,
    ) -> Result<Response, Response> {
        let command = match command {
            Ok(command) => command,
            Err(problem) => return self.refuse(problem).await,
        };
        match self.desk.execute(command, self.form.command_id()).await? {
            Ok(_) => Ok(self.done(told)),
            Err(error) => {
                let problem = self.word(&error);
                self.refuse(problem).await
            }
        }
    }

    /// Where two changed the same thing, both stand in the sentence.
    fn word(&self, error: &OpError) -> String {
        let word = refusal::word(&self.desk, error);
        match error {
            OpError::Refused(noroshi_domain::Refusal::Changed { stands, .. }) => {
                msg::console_refused_stands(self.desk.locale(), &word, stands)
            }
            _ => word,
        }
    }

    fn done(&self, told: Told) -> Response {
        let path = format!("/incidents/{}#{}", self.record.incident.id, self.section);
        self.desk.done(&path, told)
    }

    async fn refuse(self, problem: String) -> Result<Response, Response> {
        let mut form = self.form;
        // What is sent next has been seen.
        form.set("seq", self.desk.state.head.seq.to_string());
        let focus = Focus {
            refused: Some((self.section, problem)),
            form,
            update: self.update,
        };
        show(self.desk, self.record, focus).await
    }

    /// A command whose author saw the page at the revision that the form carries.
    fn seen(&self, command: Command) -> Command {
        let seq = self.form.get("seq").parse();
        Command::Seen {
            seq: seq.unwrap_or(self.desk.state.head.seq),
            command: Box::new(command),
        }
    }

    /// A time that has to be given.
    fn time(&self, name: &str) -> Result<Instant, String> {
        let typed = self.form.get(name);
        let read = times::read(typed, &self.desk.state.page.zone);
        read.ok_or_else(|| msg::console_bad_time(self.desk.locale(), typed))
    }

    fn component(&self) -> Result<ComponentId, String> {
        let chosen = ComponentId::parse(self.form.get("component"));
        chosen.map_err(|_| msg::console_choose_system(self.desk.locale()))
    }

    fn status(&self) -> Result<Status, String> {
        let chosen = Status::parse(self.form.get("status"));
        chosen.ok_or_else(|| msg::console_choose_status(self.desk.locale()))
    }

    fn locales(&self) -> &[Locale] {
        &self.desk.state.page.locales
    }
}

/// `POST …/incidents/{incident_id}/updates/{update_id}`: its words and its shown time.
pub(crate) async fn edit_update(
    visit: Visit,
    Path((page, incident, update)): Path<(String, String, String)>,
    body: String,
) -> Result<Response, Response> {
    let mut act = Act::open(visit, (&page, &incident), ("updates", &body)).await?;
    let found = act
        .record
        .updates
        .iter()
        .find(|own| own.id.as_str() == update);
    let Some(stands) = found.cloned() else {
        return Err(act.desk.visit.refuse(&Refused::NotFound));
    };
    act.update = Some(update);
    let typed = act.form.get("display_at").to_owned();
    let is_same = typed == times::typed(stands.display_at, &act.desk.state.page.zone);
    let display_at = match act.time("display_at") {
        _ if is_same || typed.is_empty() => Ok(None),
        read => read.map(Some),
    };
    let text = texts_over(&act.form, &stands.body, act.locales());
    let command = display_at.map(|display_at| {
        act.seen(Command::EditUpdate {
            incident_id: act.record.incident.id.clone(),
            update_id: stands.id.clone(),
            body: (text != stands.body).then_some(text),
            display_at,
            notify: None,
        })
    });
    act.carry_out(command, Told::UpdateEdited).await
}

/// `POST …/updates/{update_id}/erase`: its words go from everywhere, for good.
pub(crate) async fn erase_update(
    visit: Visit,
    Path((page, incident, update)): Path<(String, String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("updates", &body)).await?;
    let Ok(update_id) = UpdateId::parse(&update) else {
        return Err(act.desk.visit.refuse(&Refused::NotFound));
    };
    let command = Command::EraseUpdate {
        incident_id: act.record.incident.id.clone(),
        update_id,
        remains: Vec::new(),
    };
    act.carry_out(Ok(command), Told::UpdateErased).await
}

/// `POST …/promises/{promise_id}/lift`: with a reason that readers see.
pub(crate) async fn lift_promise(
    visit: Visit,
    Path((page, incident, promise)): Path<(String, String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("promises", &body)).await?;
    let own = act
        .record
        .promises
        .iter()
        .find(|own| own.id.as_str() == promise);
    let Some(promise_id) = own.map(|own| PromiseId::clone(&own.id)) else {
        return Err(act.desk.visit.refuse(&Refused::NotFound));
    };
    let reason = act.form.get("reason").to_owned();
    let command = Command::LiftPromise { promise_id, reason };
    act.carry_out(Ok(command), Told::PromiseLifted).await
}

/// `POST …/window`: when customers felt it. The claims move with it.
pub(crate) async fn edit_window(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("window", &body)).await?;
    let incident = &act.record.incident;
    let command = impact_time(&act, "impact_from", incident.impact_from).and_then(|from| {
        let to = impact_time(&act, "impact_to", incident.impact_to)?;
        Ok(act.seen(Command::EditIncident {
            incident_id: incident.id.clone(),
            fields: Box::new(IncidentFields {
                impact_from: from,
                impact_to: to,
                ..IncidentFields::default()
            }),
            attach: None,
        }))
    });
    act.carry_out(command, Told::WindowChanged).await
}

/// An edge of the window: kept where it reads as before, because the form has no seconds.
fn impact_time(
    act: &Act,
    name: &str,
    stands: Option<noroshi_domain::ImpactTime>,
) -> Result<Patch<noroshi_domain::ImpactTime>, String> {
    let typed = act.form.get(name);
    let about = act.form.has(&format!("{name}_about"));
    if typed.is_empty() {
        return Ok(if stands.is_some() {
            Patch::Clear
        } else {
            Patch::Keep
        });
    }
    let shown = stands.map(|time| times::typed(time.at, &act.desk.state.page.zone));
    let at = match stands.filter(|_| shown.as_deref() == Some(typed)) {
        Some(time) if time.about == about => return Ok(Patch::Keep),
        Some(time) => time.at,
        None => act.time(name)?,
    };
    Ok(Patch::Set(noroshi_domain::ImpactTime { at, about }))
}

/// `POST …/amend`: what a system was, from one past time to another.
pub(crate) async fn amend(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("amend", &body)).await?;
    let command = act.component().and_then(|component_id| {
        Ok(Command::Amend {
            component_id,
            from: act.time("from")?,
            to: act.time("to")?,
            status: act.status()?,
            incident_id: Some(act.record.incident.id.clone()),
        })
    });
    act.carry_out(command, Told::Amended).await
}

/// `POST …/holds`: a person's word over the measurement, with a reason and an end.
pub(crate) async fn place_hold(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("hold", &body)).await?;
    let from = if act.form.get("from").is_empty() {
        Ok(None)
    } else {
        act.time("from").map(Some)
    };
    let command = act.component().and_then(|component_id| {
        Ok(Command::PlaceHold {
            component_id,
            status: act.status()?,
            reason: act.form.get("reason").to_owned(),
            from: from?,
            to: act.time("to")?,
        })
    });
    act.carry_out(command, Told::HoldPlaced).await
}

/// `POST …/take-over`: the robot's part ends.
pub(crate) async fn take_over(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("top", &body)).await?;
    let command = Command::TakeOver(act.record.incident.id.clone());
    act.carry_out(Ok(command), Told::TakenOver).await
}

/// `POST …/delete`: hidden everywhere; it can be undone for 30 days.
pub(crate) async fn delete(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("delete", &body)).await?;
    let reason = act.form.get("reason").to_owned();
    let command = if reason.is_empty() {
        Err(msg::console_refused_no_reason(act.desk.locale()))
    } else {
        Ok(Command::DeleteIncident {
            incident_id: act.record.incident.id.clone(),
            reason,
        })
    };
    act.carry_out(command, Told::IncidentDeleted).await
}

/// `POST …/restore`: undoes a deletion.
pub(crate) async fn restore(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("top", &body)).await?;
    let command = Command::RestoreIncident(act.record.incident.id.clone());
    act.carry_out(Ok(command), Told::IncidentRestored).await
}

/// `POST …/notes`: for the team, never for readers.
pub(crate) async fn write_note(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("notes", &body)).await?;
    let text = act.form.get("note").to_owned();
    let l = act.desk.locale();
    let given = text.chars().count();
    if text.is_empty() {
        return act.refuse(msg::console_refused_empty(l)).await;
    }
    if given > NOTE_CHARS_MAX {
        let most = NOTE_CHARS_MAX.to_string();
        let problem = msg::console_refused_long(l, &given.to_string(), &most);
        return act.refuse(problem).await;
    }
    let (page, id) = (act.desk.page.clone(), act.record.incident.id.clone());
    let caller = act.desk.visit.caller.clone();
    act.desk
        .visit
        .call(move |app| notes::write(app, &caller, (&page, &id), &text))
        .await?;
    Ok(act.done(Told::NoteWritten))
}

/// `POST …/postmortem`: keep it as a draft, publish it, hide it again, or say that none will come.
pub(crate) async fn write_postmortem(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("postmortem", &body)).await?;
    let id = act.record.incident.id.clone();
    let text: Texts = act.form.texts("body", act.locales());
    match act.form.get("action") {
        "publish" => {
            keep(&act).await?;
            let command = Command::PublishPostmortem {
                incident_id: id,
                body: text,
                also: also(&act),
                notify: true,
            };
            publish(act, command).await
        }
        "revert" => {
            let command = Command::RevertPostmortem(id);
            act.carry_out(Ok(command), Told::PostmortemReverted).await
        }
        "ignore" => {
            let command = Command::IgnorePostmortem(id);
            act.carry_out(Ok(command), Told::PostmortemIgnored).await
        }
        _ => {
            keep(&act).await?;
            Ok(act.done(Told::PostmortemKept))
        }
    }
}

/// The related incidents at which the report is to stand too.
fn also(act: &Act) -> Vec<IncidentId> {
    let ticked = act.form.under("also").map(|(id, _)| id);
    ticked.filter_map(|id| IncidentId::parse(id).ok()).collect()
}

/// `POST …/related`: which others have the same cause.
pub(crate) async fn relate(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let act = Act::open(visit, (&page, &incident), ("related", &body)).await?;
    let incident = &act.record.incident;
    let chosen = related::chosen(&act.desk, incident, &act.form);
    let command = chosen.map(|related| Command::RelateIncidents {
        incident_id: incident.id.clone(),
        related,
    });
    act.carry_out(command, Told::Related).await
}

/// Publishes the report; its draft goes when it stands.
async fn publish(act: Act, command: Command) -> Result<Response, Response> {
    match act.desk.execute(command, act.form.command_id()).await? {
        Ok(_) => {
            let (page, id) = (act.desk.page.clone(), act.record.incident.id.clone());
            let caller = act.desk.visit.caller.clone();
            act.desk
                .visit
                .call(move |app| draft::discard(app, &caller, (&page, &postmortem::subject(&id))))
                .await?;
            Ok(act.done(Told::PostmortemPublished))
        }
        Err(error) => {
            let problem = act.word(&error);
            act.refuse(problem).await
        }
    }
}

async fn keep(act: &Act) -> Result<(), Response> {
    let (page, id) = (act.desk.page.clone(), act.record.incident.id.clone());
    let caller = act.desk.visit.caller.clone();
    let kept = |(name, _): &&(String, String)| name.starts_with("body.");
    let fields: Vec<_> = act.form.fields().iter().filter(kept).cloned().collect();
    act.desk
        .visit
        .call(move |app| draft::save(app, &caller, (&page, &postmortem::subject(&id)), &fields))
        .await?;
    Ok(())
}
