//! Review before publishing: somebody writes, somebody else looks and posts.

use axum::response::Response;
use noroshi_domain::{Incident, Locale};
use noroshi_ops::{Chance, Stored};
use noroshi_text::msg;

use super::{Subject, Told, typed};
use crate::console::draft::{self, Draft, Review};
use crate::console::flash;
use crate::console::form::Form;
use crate::console::visit::{Desk, refused, shown};
use crate::desk::Refused;

/// Who looks at a draft that was to be reviewed.
pub(super) enum Asked {
    /// Its author.
    Own(Review),
    /// A reviewer.
    Others(Review),
}

/// What stands above the form about a review.
pub(super) struct Shown {
    /// What was asked, and what came of it.
    pub(super) sentence: String,
    /// The author waits, and may take it back.
    pub(super) can_take_back: bool,
    /// The reviewer may send it back.
    pub(super) can_send_back: bool,
}

/// What stands above the form.
pub(super) fn told(desk: &Desk, asked: &Asked) -> Shown {
    let l = desk.locale();
    match asked {
        Asked::Others(review) => Shown {
            sentence: msg::console_review_of(l, &review.author, &desk.time(review.asked_at)),
            can_take_back: false,
            can_send_back: true,
        },
        Asked::Own(review) => match &review.returned {
            None => Shown {
                sentence: msg::console_review_asked(l, &desk.time(review.asked_at)),
                can_take_back: true,
                can_send_back: false,
            },
            Some(back) => Shown {
                sentence: if back.remark.is_empty() {
                    msg::console_review_returned(l, &back.by, &desk.time(back.at))
                } else {
                    let at = desk.time(back.at);
                    msg::console_review_returned_with(l, &back.by, &at, &back.remark)
                },
                can_take_back: false,
                can_send_back: false,
            },
        },
    }
}

/// What a draft that waits is called: its title, or of which incident it is an update.
pub(crate) fn title(draft: &Draft, standing: Option<&Incident>, desk: &Desk) -> String {
    let l = desk.locale();
    if let Some(incident) = standing {
        return msg::console_review_update(l, desk.pick(&incident.name));
    }
    let form = Form::of(draft.fields.clone());
    let typed = |locale: Locale| form.get(&format!("name.{}", locale.as_str())).to_owned();
    let mut typed = desk.locales().into_iter().map(typed);
    typed
        .find(|title| !title.is_empty())
        .unwrap_or_else(|| msg::console_untitled(l))
}

impl Subject {
    /// The draft about this subject that waits for a review under an id; none where there is no
    /// such.
    pub(super) async fn reviewed(&self, id: &str) -> Result<Option<Stored<Draft>>, Response> {
        if id.is_empty() {
            return Ok(None);
        }
        let (page, subject, id) = (self.desk.page.clone(), self.draft_of(), id.to_owned());
        self.desk
            .visit
            .call(move |app| draft::reviewed(app, (&page, &subject), &id))
            .await
    }

    /// What is told of the review that a form belongs to.
    pub(super) async fn asked_in(&self, form: &Form) -> Result<Option<Asked>, Response> {
        let draft = self.reviewed(form.get("review")).await?;
        Ok(draft
            .and_then(|draft| draft.value.review)
            .map(Asked::Others))
    }

    /// Opens a draft that somebody else asked to be reviewed.
    pub(super) async fn open_review(&self, id: &str) -> Result<Response, Response> {
        let desk = &self.desk;
        let Some(draft) = self.reviewed(id).await? else {
            return Err(desk.visit.refuse(&Refused::NotFound));
        };
        let mut form = Form::of(draft.value.fields);
        form.set("review", id);
        let told = Told {
            picker: self.picker(&form).await?,
            review: draft.value.review.map(Asked::Others),
            ..Told::default()
        };
        Ok(shown(&self.screen(&form, told).await))
    }

    /// The author asks for a review of what he typed. What could not be posted is not asked about.
    pub(super) async fn ask(&self, form: Form) -> Result<Response, Response> {
        let desk = &self.desk;
        if let Err(problem) = self.composition(&form).command() {
            return self.refuse(form, problem).await;
        }
        let (caller, page, subject) = self.draft_key();
        let fields = typed(&form);
        desk.visit
            .call(move |app| draft::ask(app, &caller, (&page, &subject), &fields))
            .await?;
        Ok(desk.done(&self.origin(), flash::Told::ReviewAsked))
    }

    /// The author takes it back; the form stays his draft.
    pub(super) async fn take_back(&self) -> Result<Response, Response> {
        let desk = &self.desk;
        let (caller, page, subject) = self.draft_key();
        desk.visit
            .call(move |app| draft::take_back(app, &caller, (&page, &subject)))
            .await?;
        let path = match &self.standing {
            Some(own) => format!("/incidents/{}/update", own.id),
            None => "/incidents/new".to_owned(),
        };
        Ok(desk.done(&path, flash::Told::ReviewTakenBack))
    }

    /// The reviewer sends it back with a remark.
    pub(super) async fn send_back(&self, form: &Form) -> Result<Response, Response> {
        let desk = &self.desk;
        let Some(mut draft) = self.reviewed(form.get("review")).await? else {
            return self.show_gone(form.clone()).await;
        };
        draft.value.fields = typed(form);
        let (caller, remark) = (desk.visit.caller.clone(), form.get("remark").to_owned());
        desk.visit
            .call(move |app| draft::send_back(app, &caller, draft, &remark))
            .await?;
        Ok(desk.done(&self.origin(), flash::Told::ReviewSentBack))
    }

    /// The reviewer posted it.
    pub(super) async fn posted_for(&self, draft: Stored<Draft>) -> Result<(), Response> {
        let caller = self.desk.visit.caller.clone();
        self.desk
            .visit
            .call(move |app| draft::posted(app, &caller, &draft))
            .await
    }

    /// It was posted or taken back while the reviewer looked: what he has is a form of his own now.
    pub(super) async fn show_gone(&self, mut form: Form) -> Result<Response, Response> {
        form.forget_one("review");
        form.set("command", Chance::System.command_id().to_string());
        let desk = &self.desk;
        let told = Told {
            problem: Some(msg::console_review_gone(desk.locale())),
            picker: self.picker(&form).await?,
            ..Told::default()
        };
        Ok(refused(&self.screen(&form, told).await))
    }
}
