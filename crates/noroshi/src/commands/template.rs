//! `noroshi template …`: texts that an incident or an update begins from.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{ComponentId, Lifecycle, NewPromise, NewUpdate, Status, Texts};
use noroshi_ops::Stored;
use noroshi_ops::templates::Template;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::{BodyOptions, Common, TitleOptions};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// What is done with templates.
#[derive(Debug, Subcommand)]
pub(crate) enum TemplateVerb {
    /// Make a template.
    Create(Create),
    /// All templates.
    List,
    /// One template, whole, as JSON.
    Show {
        /// Its code or name.
        code: String,
    },
    /// Change a template.
    Update(Update),
    /// Delete a template.
    Delete {
        /// Its code or name.
        code: String,
    },
}

/// Options that creating and updating share.
#[derive(Debug, Args)]
struct Fields {
    /// Under which heading the team finds it; none: under none.
    #[arg(long, value_name = "TEXT|none")]
    group: Option<String>,
    #[command(flatten)]
    title: TitleOptions,
    #[command(flatten)]
    body: BodyOptions,
    /// Where the incident or work stands then; none: as it stands.
    #[arg(long, value_name = "STATUS|none")]
    status: Option<String>,
    /// A component that is attached, and what is said of it; may be repeated. Those left out of an
    /// update stay when none is named, else they are taken off.
    #[arg(long = "component", value_name = "CODE[=STATUS]")]
    components: Vec<String>,
    /// The next update is promised within (30m, 2h); none: as the page does.
    #[arg(long, value_name = "TIME|none")]
    promise: Option<String>,
    /// Whether subscribers are told; a new one tells them.
    #[arg(long, value_name = "true|false")]
    notify: Option<bool>,
}

/// Options of `template create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What the team calls it.
    #[arg(long, value_name = "TEXT")]
    name: String,
    #[command(flatten)]
    fields: Fields,
}

/// Options of `template update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Its code or name.
    code: String,
    /// What the team calls it.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// A template with its code, as the API words it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) group: Option<String>,
    #[serde(default)]
    pub(crate) title: Texts,
    #[serde(default)]
    pub(crate) body: Texts,
    #[serde(default)]
    pub(crate) lifecycle: Option<Lifecycle>,
    #[serde(default)]
    pub(crate) components: Vec<ComponentId>,
    #[serde(default)]
    pub(crate) statuses: BTreeMap<ComponentId, Status>,
    #[serde(default)]
    pub(crate) promise_s: Option<i64>,
    pub(crate) notify: bool,
}

impl From<Stored<Template>> for Kept {
    fn from(stored: Stored<Template>) -> Self {
        let value = stored.value;
        Self {
            id: stored.id,
            name: value.name,
            group: value.group_id,
            title: value.title,
            body: value.body,
            lifecycle: value.lifecycle,
            components: value.components,
            statuses: value.statuses,
            promise_s: value.promise_s,
            notify: value.notify,
        }
    }
}

impl Kept {
    /// Fills in what was left empty of an update, and of a new incident its title; `attached` stay
    /// attached. What is over promises no update.
    pub(crate) fn fill(
        &self,
        name: Option<&mut Option<Texts>>,
        update: &mut NewUpdate,
        attached: &[ComponentId],
    ) {
        let over = |given: &Texts, own: &Texts| -> Texts {
            let missing = own
                .iter()
                .filter(|(locale, _)| given.get(*locale).is_none());
            let all = given.iter().chain(missing);
            all.map(|(locale, text)| (locale, text.to_owned()))
                .collect()
        };
        if let Some(name) = name {
            let title = over(&name.take().unwrap_or_default(), &self.title);
            *name = (!title.is_empty()).then_some(title);
        }
        update.body = over(&update.body, &self.body);
        update.lifecycle = update.lifecycle.or(self.lifecycle);
        if update.statuses.is_empty() && update.attach.is_none() {
            update.statuses.clone_from(&self.statuses);
            let others = self.components.iter();
            let others = others
                .filter(|id| !self.statuses.contains_key(*id))
                .cloned();
            let mut others: Vec<ComponentId> = others.collect();
            if !others.is_empty() {
                others.extend(attached.iter().cloned());
                update.attach = Some(others);
            }
        }
        let is_over = update.lifecycle.is_some_and(Lifecycle::is_over);
        if update.promises.is_empty() && !is_over {
            update
                .promises
                .extend(self.promise_s.map(NewPromise::WithinS));
        }
        if update.notify.is_none() {
            update.notify = Some(self.notify);
        }
    }

    /// A template as it is sent to a server elsewhere: every field, so that it replaces all.
    pub(crate) fn sent(template: &Template) -> Value {
        json!({
            "name": template.name,
            "group": template.group_id,
            "title": template.title,
            "body": template.body,
            "lifecycle": template.lifecycle,
            "components": template.components,
            "statuses": template.statuses,
            "promise_s": template.promise_s,
            "notify": template.notify,
        })
    }

    /// Itself, without its code.
    pub(crate) fn template(&self) -> Template {
        let own = self.clone();
        Template {
            name: own.name,
            title: own.title,
            body: own.body,
            group_id: own.group,
            lifecycle: own.lifecycle,
            components: own.components,
            statuses: own.statuses,
            promise_s: own.promise_s,
            notify: own.notify,
            tweet: false,
        }
    }
}

impl TemplateVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        let intent = match self {
            Self::List | Self::Show { .. } => Intent::Read,
            _ => Intent::Write,
        };
        let door = Door::open(common, intent)?;
        let page = door.page(common.page.as_deref())?;
        let code = match self {
            Self::List => return list(&door, &page, common),
            Self::Show { code } => return output::json(&find(&door, &page, &code)?),
            Self::Delete { code } => {
                let found = find(&door, &page, &code)?;
                return Ok(door.delete_template(&page.id, &found.id)?);
            }
            Self::Create(Create { name, fields }) => {
                let begun = Template {
                    name,
                    notify: true,
                    ..Template::default()
                };
                let template = fields.over(begun, &page)?;
                door.put_template(&page.id, (None, template))?
            }
            Self::Update(Update { code, name, fields }) => {
                let found = find(&door, &page, &code)?;
                let mut stands = found.template();
                stands.name = name.unwrap_or(stands.name);
                let template = fields.over(stands, &page)?;
                door.put_template(&page.id, (Some(&found.id), template))?
            }
        };
        if common.json {
            return output::json(&json!({ "code": code }));
        }
        output::line(&code)
    }
}

impl Fields {
    fn over(self, stands: Template, page: &OpenPage) -> Result<Template, Stop> {
        let mut components = stands.components;
        let mut statuses = stands.statuses;
        if !self.components.is_empty() {
            (components, statuses) = (Vec::new(), BTreeMap::new());
        }
        for text in &self.components {
            let id = if text.contains('=') {
                let (id, status) = input::component_status("--component", text, &page.state)?;
                statuses.insert(id.clone(), status);
                id
            } else {
                input::component("--component", text, &page.state)?
            };
            components.push(id);
        }
        let locale = page.locale();
        Ok(Template {
            title: self
                .title
                .over(&stands.title, locale)
                .unwrap_or(stands.title),
            body: self.body.over(&stands.body, locale).unwrap_or(stands.body),
            group_id: match self.group.as_deref() {
                None => stands.group_id,
                Some("none") => None,
                Some(text) => Some(text.to_owned()),
            },
            lifecycle: match self.status.as_deref() {
                None => stands.lifecycle,
                Some("none") => None,
                Some(text) => Some(input::lifecycle("--status", text)?),
            },
            promise_s: match self.promise.as_deref() {
                None => stands.promise_s,
                Some("none") => None,
                Some(text) => Some(input::seconds("--promise", text)?),
            },
            notify: self.notify.unwrap_or(stands.notify),
            components,
            statuses,
            ..stands
        })
    }
}

/// A template by code or name.
pub(crate) fn find(door: &Door, page: &OpenPage, wanted: &str) -> Result<Kept, Stop> {
    let all = door.templates(&page.id)?;
    let mut found = all
        .into_iter()
        .filter(|own| own.id == wanted || own.name == wanted);
    match (found.next(), found.next()) {
        (Some(own), None) => Ok(own),
        (None, _) => Err(Stop::not_found(format!(
            "{wanted:?} is no template: `noroshi template list` names them"
        ))),
        (Some(_), Some(_)) => Err(Stop::bad_input(format!(
            "several templates are called {wanted:?}: name one by its code"
        ))),
    }
}

fn list(door: &Door, page: &OpenPage, common: &Common) -> Result<()> {
    let rows: Vec<Value> = door
        .templates(&page.id)?
        .iter()
        .map(|own| {
            let mut row = json!(own);
            row["code"] = row["id"].take();
            row
        })
        .collect();
    let fields = ["code", "group", "name", "title", "lifecycle"];
    output::rows(&rows, &fields, common.json)
}
