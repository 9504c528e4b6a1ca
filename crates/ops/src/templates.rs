//! Templates: what an update can begin from.

use std::collections::BTreeMap;

use noroshi_domain::decide::{BODY_CHARS_MAX, NAME_CHARS_MAX};
use noroshi_domain::{ComponentId, Lifecycle, PageId, Refusal, State, Status, Texts};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{TEMPLATE_PROMISE_S_MAX, TEMPLATE_PROMISE_S_MIN, TEMPLATES_MAX};
use crate::owned::template_row;
use crate::records::{PrivateRecord, Stored};

/// A text to begin an update from, with what goes with it. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    /// What the team calls it.
    pub name: String,
    /// Title of an incident that is opened from it.
    pub title: Texts,
    /// The update's text, Markdown.
    pub body: Texts,
    /// Under which heading the team lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The lifecycle status of the update; none: as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// Components that are attached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// What is said of some of them; of the others what stands.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub statuses: BTreeMap<ComponentId, Status>,
    /// How long until the next update that is promised, in seconds; none: as the page does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promise_s: Option<i64>,
    /// Subscribers are told.
    pub notify: bool,
    /// Kept for the compatible API; nothing is sent.
    pub tweet: bool,
}

impl PrivateRecord for Template {
    const KIND: &'static str = "template";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Template {
    /// The template as it can stand on a page.
    ///
    /// # Errors
    /// A refusal when a field can not stand there.
    pub fn checked(mut self, state: &State) -> Result<Self, Refusal> {
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() {
            return Err(Refusal::Empty { field: "name" });
        }
        check_length("name", &self.name, NAME_CHARS_MAX)?;
        check_texts(state, ("title", NAME_CHARS_MAX), &self.title)?;
        check_texts(state, ("body", BODY_CHARS_MAX), &self.body)?;
        if let Some(group) = &self.group_id {
            check_length("group", group, NAME_CHARS_MAX)?;
        }
        let said = self.statuses.keys().cloned();
        let attached: Vec<ComponentId> = self.components.into_iter().chain(said).collect();
        self.components = Vec::new();
        for id in attached {
            let stands = state.components.get(&id);
            if stands.is_none_or(|component| component.retired_at.is_some()) {
                let (kind, id) = ("component", id.to_string());
                return Err(Refusal::NotFound { kind, id });
            }
            if !self.components.contains(&id) {
                self.components.push(id);
            }
        }
        if let Some(status) = self.statuses.values().find(|said| !said.can_be_said()) {
            return Err(Refusal::Unsayable(*status));
        }
        let within = TEMPLATE_PROMISE_S_MIN..=TEMPLATE_PROMISE_S_MAX;
        if self.promise_s.is_some_and(|after| !within.contains(&after)) {
            return Err(Refusal::BadSetting {
                field: "promise",
                reason: format!(
                    "it is from {} minutes to {} days",
                    TEMPLATE_PROMISE_S_MIN / 60,
                    TEMPLATE_PROMISE_S_MAX / 86_400
                ),
            });
        }
        Ok(self)
    }
}

fn check_texts(
    state: &State,
    (field, most): (&'static str, usize),
    texts: &Texts,
) -> Result<(), Refusal> {
    for (locale, text) in texts.iter() {
        if !state.page.locales.contains(&locale) {
            let locale = locale.as_str();
            return Err(Refusal::ForeignLocale { field, locale });
        }
        check_length(field, text, most)?;
    }
    Ok(())
}

/// Refuses a text that is longer than it may be.
pub(crate) fn check_length(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    let given = text.chars().count();
    if given > most {
        return Err(Refusal::TooLong { field, given, most });
    }
    Ok(())
}

impl App {
    /// The templates of a page, by group and name.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn templates(&self, page: &PageId) -> Result<Vec<Stored<Template>>, OpError> {
        let most = u32::try_from(TEMPLATES_MAX).unwrap_or(u32::MAX);
        let mut all: Vec<Stored<Template>> = self.records(Some(page), &Slice::first(most))?;
        let place = |own: &Stored<Template>| (own.value.group_id.clone(), own.value.name.clone());
        all.sort_by_key(place);
        Ok(all)
    }

    /// A template of a page; one of another page is not there.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; when the store can not be read.
    pub fn template(&self, page: &PageId, id: &str) -> Result<Stored<Template>, OpError> {
        let found = self.record::<Template>(id)?;
        found
            .filter(|own| own.page.as_ref() == Some(page))
            .ok_or_else(|| OpError::NotFound {
                kind: Template::KIND,
                id: id.to_owned(),
            })
    }

    /// Makes a template.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; a refusal when a field can not stand, another has the name or there
    /// are too many.
    pub fn create_template(
        &self,
        caller: &Caller,
        page: &PageId,
        template: Template,
    ) -> Result<Stored<Template>, OpError> {
        caller.require(Some(page), Permission::EditTemplates)?;
        let state = self.state(page)?;
        let template = template.checked(&state)?;
        let all = self.templates(page)?;
        check_name_is_free(&all, &template.name, "")?;
        let (given, most) = (all.len() + 1, TEMPLATES_MAX as usize);
        if given > most {
            let field = "templates";
            return Err(Refusal::TooLong { field, given, most }.into());
        }
        let stored = self.new_record(Some(page), template);
        let detail = json!({ "name": stored.value.name });
        self.put_record(caller, &stored, "template_created", detail)
    }

    /// Puts a template over the version that was read.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::Stale`] when it was changed meanwhile; a refusal when a
    /// field can not stand or another has the name.
    pub fn change_template(
        &self,
        caller: &Caller,
        page: &PageId,
        stored: Stored<Template>,
    ) -> Result<Stored<Template>, OpError> {
        caller.require(Some(page), Permission::EditTemplates)?;
        let stands = self.template(page, &stored.id)?;
        self.leave_owned_row(caller, page, &template_row(&stands.value.name))?;
        let state = self.state(page)?;
        let value = stored.value.checked(&state)?;
        check_name_is_free(&self.templates(page)?, &value.name, &stored.id)?;
        let detail = json!({ "name": value.name, "was": stands.value.name });
        let stored = Stored { value, ..stored };
        self.put_record(caller, &stored, "template_changed", detail)
    }

    /// Takes a template away.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::NotFound`] also when it is gone already.
    pub fn delete_template(&self, caller: &Caller, page: &PageId, id: &str) -> Result<(), OpError> {
        caller.require(Some(page), Permission::EditTemplates)?;
        let stored = self.template(page, id)?;
        self.leave_owned_row(caller, page, &template_row(&stored.value.name))?;
        let detail = json!({ "name": stored.value.name });
        match self.delete_record(caller, &stored, "template_deleted", detail) {
            Err(OpError::Stale) => Err(OpError::NotFound {
                kind: Template::KIND,
                id: id.to_owned(),
            }),
            other => other,
        }
    }
}

/// People and files choose by name, so no two templates have the same.
fn check_name_is_free(all: &[Stored<Template>], name: &str, own: &str) -> Result<(), Refusal> {
    if all
        .iter()
        .any(|one| one.value.name == name && one.id != own)
    {
        let (kind, id) = (Template::KIND, name.to_owned());
        return Err(Refusal::Taken { kind, id });
    }
    Ok(())
}
