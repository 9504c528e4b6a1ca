//! The composer: one screen from which an incident is opened and an update is posted.

mod counts;
mod fields;
mod opening;
mod preview;
mod review;
mod screen;

use askama::Template as _;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use noroshi_domain::{Answer, Incident, IncidentId, Locale, PageId, Refusal};
use noroshi_ops::{Caller, OpError};
use noroshi_text::msg;

pub(crate) use self::counts::Counted;
use self::fields::Composition;
use self::review::Asked;
use self::screen::{Composer, Told};
use crate::console::flash;
use crate::console::form::Form;
use crate::console::picker::{self, Picker, Target};
use crate::console::visit::{Desk, Visit, refused, shown};
use crate::console::{draft, refusal};
use crate::desk::Refused;

/// Whom the composer is opened for: a page, and an incident of it or none.
struct Subject {
    desk: Desk,
    standing: Option<Incident>,
}

impl Subject {
    /// A new incident of a page.
    async fn new(visit: Visit, page: &str) -> Result<Self, Response> {
        let desk = visit.open(page).await?;
        Ok(Self {
            desk,
            standing: None,
        })
    }

    /// An incident that stands, however old; one that was deleted is not there.
    async fn standing(visit: Visit, (page, incident): (&str, &str)) -> Result<Self, Response> {
        let mut desk = visit.open(page).await?;
        let record = desk.incident(incident).await?;
        if record.incident.deleted_at.is_some() {
            return Err(desk.visit.refuse(&Refused::NotFound));
        }
        let incident = record.incident.clone();
        desk.put(record);
        Ok(Self {
            desk,
            standing: Some(incident),
        })
    }

    /// What its draft is kept under.
    fn draft_of(&self) -> String {
        let incident = self.standing.as_ref();
        incident.map_or_else(|| "incident".to_owned(), |own| format!("update {}", own.id))
    }

    /// Whose draft it is, at which page, about what.
    fn draft_key(&self) -> (Caller, PageId, String) {
        let desk = &self.desk;
        let caller = desk.visit.caller.clone();
        (caller, desk.page.clone(), self.draft_of())
    }

    /// The composer with a form in it, and the preview of what it asks for.
    async fn screen(&self, form: &Form, told: Told) -> Composer {
        let preview = preview::of(&self.desk, self.composition(form)).await;
        screen::screen(&self.desk, form, self.standing.as_ref(), (told, preview))
    }

    fn composition<'a>(&'a self, form: &'a Form) -> Composition<'a> {
        Composition {
            desk: &self.desk,
            form,
            standing: self.standing.as_ref(),
        }
    }

    /// The form as it is opened: as it was left, else with what is known already.
    async fn open(&self) -> Result<Response, Response> {
        let desk = &self.desk;
        if let Some(id) = desk.visit.query("review") {
            return self.open_review(&id).await;
        }
        let (caller, page, subject) = self.draft_key();
        let kept = desk
            .visit
            .call(move |app| draft::find(app, &caller, (&page, &subject)))
            .await?;
        let mut restored = None;
        let mut review = None;
        let mut form = match (kept, &self.standing) {
            (Some(kept), _) => {
                restored = Some(kept.value.saved_at);
                review = kept.value.review.map(Asked::Own);
                Form::of(kept.value.fields)
            }
            (None, Some(incident)) => opening::update(desk, incident),
            (None, None) => {
                let component = desk.visit.query("component");
                opening::new_incident(desk, component.as_deref())
            }
        };
        let picker = match desk.visit.query("template") {
            Some(template) => {
                form.set("template", template);
                self.fill(&mut form).await?
            }
            None => self.picker(&form).await?,
        };
        let told = Told {
            restored,
            picker,
            review,
            ..Told::default()
        };
        Ok(shown(&self.screen(&form, told).await))
    }

    /// The form as it was sent: carried out, or shown again.
    async fn take(&self, mut form: Form) -> Result<Response, Response> {
        let desk = &self.desk;
        match form.get("action") {
            "post" => self.post(form).await,
            "discard" => {
                self.discard().await?;
                Ok(desk.done(&self.origin(), flash::Told::DraftDiscarded))
            }
            "ask" => self.ask(form).await,
            "take_back" => self.take_back().await,
            "send_back" => self.send_back(&form).await,
            action => {
                if action == "headings" {
                    put_headings(desk, &mut form);
                }
                let picker = if picker::is_asked(&form) {
                    self.fill(&mut form).await?
                } else {
                    self.picker(&form).await?
                };
                self.keep(&form).await?;
                let told = Told {
                    picker,
                    review: self.asked_in(&form).await?,
                    ..Told::default()
                };
                Ok(shown(&self.screen(&form, told).await))
            }
        }
    }

    /// The screen from which the form was opened.
    fn origin(&self) -> String {
        let incident = self.standing.as_ref();
        incident.map_or_else(String::new, |own| format!("/incidents/{}", own.id))
    }

    /// What a template would fill in here.
    fn target(&self) -> Target {
        match &self.standing {
            None => Target::Incident,
            Some(own) => Target::Update(own.kind),
        }
    }

    /// The templates that it can begin from.
    async fn picker(&self, form: &Form) -> Result<Picker, Response> {
        let all = self.desk.templates().await?;
        Ok(picker::offered(&all, self.target(), form.get("template")))
    }

    /// Fills the form in from the template that was chosen.
    async fn fill(&self, form: &mut Form) -> Result<Picker, Response> {
        let all = self.desk.templates().await?;
        Ok(picker::fill(&self.desk, (&all, self.target()), form))
    }

    async fn post(&self, mut form: Form) -> Result<Response, Response> {
        let desk = &self.desk;
        let reviewed = match form.get("review") {
            "" => None,
            id => match self.reviewed(id).await? {
                Some(draft) => Some(draft),
                None => return self.show_gone(form).await,
            },
        };
        let command = match self.composition(&form).command() {
            Ok(command) => command,
            Err(problem) => return self.refuse(form, problem).await,
        };
        match desk.execute(command, form.command_id()).await? {
            Ok(answer) => {
                match reviewed {
                    Some(draft) => self.posted_for(draft).await?,
                    None => self.discard().await?,
                }
                Ok(self.posted(&answer))
            }
            Err(OpError::Refused(Refusal::Changed { stands, sent })) => {
                self.show_changed(&mut form, (stands, sent)).await
            }
            Err(error) => self.refuse(form, refusal::word(desk, &error)).await,
        }
    }

    fn posted(&self, answer: &Answer) -> Response {
        let id = match &self.standing {
            Some(own) => own.id.to_string(),
            None => answer.id.clone(),
        };
        let told = match (&self.standing, answer.still_held.is_empty()) {
            (None, true) => flash::Told::IncidentPosted,
            (Some(_), true) => flash::Told::UpdatePosted,
            (_, false) => flash::Told::PostedStillHeld,
        };
        self.desk.done(&format!("/incidents/{id}"), told)
    }

    /// Shows the form again with why it was not carried out. Every word in it stays, here and in
    /// its draft.
    async fn refuse(&self, form: Form, problem: String) -> Result<Response, Response> {
        self.keep(&form).await?;
        let told = Told {
            problem: Some(problem),
            picker: self.picker(&form).await?,
            review: self.asked_in(&form).await?,
            ..Told::default()
        };
        Ok(refused(&self.screen(&form, told).await))
    }

    /// Somebody changed the same text meanwhile: shows both. What is sent next has been seen.
    async fn show_changed(
        &self,
        form: &mut Form,
        (stands, sent): (String, String),
    ) -> Result<Response, Response> {
        let desk = &self.desk;
        let Some(incident) = &self.standing else {
            return Err(desk.visit.refuse(&Refused::NotFound));
        };
        let mut conflicts = screen::conflicts(desk, form, incident);
        if conflicts.is_empty() {
            conflicts.push(screen::Conflict {
                label: msg::console_conflict_other(desk.locale()),
                theirs: stands,
                yours: sent,
            });
        }
        // What was posted meanwhile stays in sight until this is posted as well.
        let newest = form.get("was.update").to_owned();
        opening::note_standing(desk, incident, form);
        form.set("was.update", newest);
        self.keep(form).await?;
        let told = Told {
            problem: Some(msg::console_refused_changed(desk.locale())),
            conflicts,
            picker: self.picker(form).await?,
            review: self.asked_in(form).await?,
            restored: None,
        };
        Ok(refused(&self.screen(form, told).await))
    }

    async fn keep(&self, form: &Form) -> Result<noroshi_domain::Instant, Response> {
        let desk = &self.desk;
        let (caller, page, subject) = self.draft_key();
        let fields = typed(form);
        if let Some(draft) = self.reviewed(form.get("review")).await? {
            return desk
                .visit
                .call(move |app| draft::amend(app, &caller, draft, fields))
                .await;
        }
        desk.visit
            .call(move |app| draft::save(app, &caller, (&page, &subject), &fields))
            .await
    }

    async fn discard(&self) -> Result<(), Response> {
        let desk = &self.desk;
        let (caller, page, subject) = self.draft_key();
        desk.visit
            .call(move |app| draft::discard(app, &caller, (&page, &subject)))
            .await
    }

    /// Keeps what is being typed, and answers with the preview of it.
    async fn autosave(&self, form: &Form) -> Result<Response, Response> {
        let desk = &self.desk;
        let saved_at = self.keep(form).await?;
        let fragment = Fragment {
            l: desk.locale(),
            saved: msg::console_draft_saved(desk.locale(), &desk.time(saved_at)),
            preview: preview::of(desk, self.composition(form)).await,
        };
        let body = fragment.render();
        let body = body.expect("a template writes to memory, which does not fail");
        Ok(Html(body).into_response())
    }
}

/// The fields that are kept: what was typed and what travels with it.
fn typed(form: &Form) -> Vec<(String, String)> {
    let kept =
        |(name, _): &&(String, String)| !["action", "review", "remark"].contains(&name.as_str());
    form.fields().iter().filter(kept).cloned().collect()
}

/// The preview alone, with when the draft was saved.
#[derive(askama::Template)]
#[template(path = "console/parts/preview.html")]
struct Fragment {
    l: Locale,
    saved: String,
    preview: preview::Preview,
}

/// Puts the usual headings before what is typed, in every language that has none yet.
fn put_headings(desk: &Desk, form: &mut Form) {
    for locale in &desk.state.page.locales {
        let field = format!("body.{}", locale.as_str());
        let typed = form.raw(&field).to_owned();
        if typed.contains('■') {
            continue;
        }
        let begun = if typed.trim().is_empty() {
            String::new()
        } else {
            format!("{}\n\n", typed.trim_end())
        };
        form.set(&field, format!("{begun}{}", usual_headings(*locale)));
    }
}

/// The usual headings of a message, each with room below it.
pub(super) fn usual_headings(locale: Locale) -> String {
    let headings = [
        msg::console_heading_period(locale),
        msg::console_heading_state(locale),
        msg::console_heading_scope(locale),
        msg::console_heading_request(locale),
    ];
    let sections = headings.map(|heading| format!("■ {heading}\n"));
    sections.join("\n")
}

/// `GET …/incidents/new`.
pub(super) async fn get_new(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    Subject::new(visit, &page).await?.open().await
}

/// `POST …/incidents/new`.
pub(super) async fn post_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    Subject::new(visit, &page)
        .await?
        .take(Form::read(&body))
        .await
}

/// `POST …/incidents/new/draft`.
pub(super) async fn save_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    Subject::new(visit, &page)
        .await?
        .autosave(&Form::read(&body))
        .await
}

/// `GET …/incidents/{incident_id}/update`.
pub(super) async fn get_update(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
) -> Result<Response, Response> {
    Subject::standing(visit, (&page, &incident))
        .await?
        .open()
        .await
}

/// `POST …/incidents/{incident_id}/update`.
pub(super) async fn post_update(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let subject = Subject::standing(visit, (&page, &incident)).await?;
    subject.take(Form::read(&body)).await
}

/// `POST …/incidents/{incident_id}/update/draft`.
pub(super) async fn save_update(
    visit: Visit,
    Path((page, incident)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let subject = Subject::standing(visit, (&page, &incident)).await?;
    subject.autosave(&Form::read(&body)).await
}

pub(super) use self::review::title as review_title;

impl Desk {
    /// An incident of this page with all that belongs to it, however old.
    pub(crate) async fn incident(
        &self,
        code: &str,
    ) -> Result<noroshi_domain::IncidentRecord, Response> {
        let Ok(id) = IncidentId::parse(code) else {
            return Err(self.visit.refuse(&Refused::NotFound));
        };
        let page = self.page.clone();
        let found = self
            .visit
            .call(move |app| Ok(app.store().incident(&page, &id)?))
            .await?;
        found.ok_or_else(|| self.visit.refuse(&Refused::NotFound))
    }
}
