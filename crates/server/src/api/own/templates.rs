//! Templates: texts that an incident or an update begins from.

use std::collections::BTreeMap;

use noroshi_domain::{ComponentId, Lifecycle, Patch, Status, Texts};
use noroshi_ops::templates::Template;
use noroshi_ops::{Permission, Stored};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listTemplates",
            "/api/noroshi/v1/pages/{page_id}/templates",
            "Lists the templates, by group and name.",
        ),
        list_of::<TemplateView>,
        list,
    ),
    Operation::get(
        (
            "getTemplate",
            "/api/noroshi/v1/pages/{page_id}/templates/{template}",
            "Gives a template.",
        ),
        of::<TemplateView>,
        get,
    ),
    Operation::change(
        (
            "createTemplate",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/templates",
            "Makes a template.",
        ),
        Permission::EditTemplates,
        create,
    )
    .with_body(of::<NewTemplate>)
    .answering(201, of::<TemplateView>),
    Operation::change(
        (
            "updateTemplate",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/templates/{template}",
            "Changes a template.",
        ),
        Permission::EditTemplates,
        update,
    )
    .with_body(of::<TemplatePatch>)
    .answering(200, of::<TemplateView>),
    Operation::change(
        (
            "deleteTemplate",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/templates/{template}",
            "Deletes a template.",
        ),
        Permission::EditTemplates,
        delete,
    ),
];

/// A template.
#[derive(Debug, Serialize, JsonSchema)]
struct TemplateView {
    id: String,
    /// What the team calls it.
    name: String,
    /// Under which heading the team finds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// Title of an incident that begins with it.
    title: Texts,
    /// Markdown.
    body: Texts,
    /// Absent: as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<Lifecycle>,
    /// Components that are attached.
    components: Vec<ComponentId>,
    /// What is said of some of them.
    statuses: BTreeMap<ComponentId, Status>,
    /// Seconds until the next update that is promised; absent: as the page does.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise_s: Option<i64>,
    /// Whether subscribers are told.
    notify: bool,
}

impl From<Stored<Template>> for TemplateView {
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

/// A new template.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTemplate {
    /// What the team calls it; no other has the name.
    name: String,
    /// Under which heading the team finds it.
    #[serde(default)]
    group: Option<String>,
    /// Title of an incident that begins with it.
    #[serde(default)]
    title: Texts,
    /// Markdown.
    #[serde(default)]
    body: Texts,
    /// Absent: as it stands.
    #[serde(default)]
    lifecycle: Option<Lifecycle>,
    /// Components that are attached.
    #[serde(default)]
    components: Vec<ComponentId>,
    /// What is said of components, attached thereby.
    #[serde(default)]
    statuses: BTreeMap<ComponentId, Status>,
    /// Seconds until the next update that is promised; absent: as the page does.
    #[serde(default)]
    promise_s: Option<i64>,
    /// Whether subscribers are told; absent: yes.
    #[serde(default)]
    notify: Option<bool>,
}

/// Changes of a template.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct TemplatePatch {
    name: Option<String>,
    /// `null`: none.
    group: Patch<String>,
    title: Option<Texts>,
    body: Option<Texts>,
    /// `null`: as it stands.
    lifecycle: Patch<Lifecycle>,
    /// All that are attached.
    components: Option<Vec<ComponentId>>,
    /// All that is said.
    statuses: Option<BTreeMap<ComponentId, Status>>,
    /// `null`: as the page does.
    promise_s: Patch<i64>,
    notify: Option<bool>,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let all = call.app.templates(&call.page_id()?)?;
    let views: Vec<TemplateView> = all.into_iter().map(TemplateView::from).collect();
    Reply::of(&views, None)
}

fn found(call: &Call) -> Result<Stored<Template>, Problem> {
    Ok(call.app.template(&call.page_id()?, call.name("template"))?)
}

fn get(call: &Call) -> Result<Reply, Problem> {
    Reply::of(&TemplateView::from(found(call)?), None)
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewTemplate = call.body()?;
    let template = Template {
        name: new.name,
        title: new.title,
        body: new.body,
        group_id: new.group,
        lifecycle: new.lifecycle,
        components: new.components,
        statuses: new.statuses,
        promise_s: new.promise_s,
        notify: new.notify.unwrap_or(true),
        tweet: false,
    };
    let page = call.page_id()?;
    let made = call.app.create_template(&call.caller, &page, template)?;
    Reply::of(&TemplateView::from(made), None)
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: TemplatePatch = call.body()?;
    let stands = found(call)?;
    let own = stands.value;
    let value = Template {
        name: patch.name.unwrap_or(own.name),
        title: patch.title.unwrap_or(own.title),
        body: patch.body.unwrap_or(own.body),
        group_id: patch.group.over(own.group_id),
        lifecycle: patch.lifecycle.over(own.lifecycle),
        // What is no longer attached is no longer said.
        statuses: patch.statuses.unwrap_or_else(|| match &patch.components {
            None => own.statuses,
            Some(kept) => {
                let said = own.statuses.into_iter();
                said.filter(|(id, _)| kept.contains(id)).collect()
            }
        }),
        components: patch.components.unwrap_or(own.components),
        promise_s: patch.promise_s.over(own.promise_s),
        notify: patch.notify.unwrap_or(own.notify),
        tweet: own.tweet,
    };
    let changed = Stored { value, ..stands };
    let page = call.page_id()?;
    let changed = call.app.change_template(&call.caller, &page, changed)?;
    Reply::of(&TemplateView::from(changed), None)
}

fn delete(call: &Call) -> Result<Reply, Problem> {
    let (page, code) = (call.page_id()?, call.name("template"));
    call.app.delete_template(&call.caller, &page, code)?;
    Ok(Reply::nothing())
}
