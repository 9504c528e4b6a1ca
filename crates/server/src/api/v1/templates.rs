//! Templates of incidents.

use noroshi_domain::{ComponentId, Lifecycle, State, Texts};
use noroshi_ops::templates::Template;
use noroshi_ops::{Stored, TEMPLATES_MAX};
use noroshi_page::{View, api_v1};
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::incident_write::check_body;
use super::paging::Part;
use super::records;

/// Longest name and title, in characters.
const NAME_CHARS_MAX: usize = 255;

/// Templates, the oldest first.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let found = records::part::<Template>(ask, Part::pages(ask)?)?;
    let state = ask.state()?;
    let view = ask.view(&state);
    let shapes: Vec<Value> = found.iter().map(|own| shape(&view, own)).collect();
    Ok(Reply::Ok(shapes.into()))
}

/// Makes a template.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let locale = state.page.default_locale;
    let fields = ask.wrapped("template")?;
    for name in ["name", "title"] {
        fields.short(name, NAME_CHARS_MAX)?;
    }
    let body = fields.required("body")?;
    check_body(&fields, Some(&body))?;
    let components = fields.codes("component_ids", ComponentId::parse)?;
    let components = components.unwrap_or_default();
    if let Some(unknown) = components.iter().find(|id| !is_there(&state, id)) {
        let reason = format!("names {unknown}, which does not exist on this page");
        return Err(fields.invalid("component_ids", &reason));
    }
    let template = Template {
        name: fields.required("name")?,
        title: Texts::of(locale, fields.required("title")?),
        body: Texts::of(locale, body),
        group_id: fields.said("group_id")?,
        lifecycle: fields.word("update_status", Lifecycle::parse)?,
        components,
        notify: fields.flag("should_send_notifications")?.unwrap_or(true),
        tweet: fields.flag("should_tweet")?.unwrap_or(false),
        ..Template::default()
    };
    let made = records::make(ask, template, ("template_created", TEMPLATES_MAX))?;
    Ok(Reply::Made(shape(&ask.view(&state), &made)))
}

/// Whether a component is there and not retired.
pub(super) fn is_there(state: &State, id: &ComponentId) -> bool {
    let found = state.components.get(id);
    found.is_some_and(|component| component.retired_at.is_none())
}

fn shape(view: &View<'_>, template: &Stored<Template>) -> Value {
    let value = &template.value;
    let components = value.components.iter();
    let components: Vec<Value> = components
        .filter_map(|id| api_v1::component(view, id))
        .collect();
    json!({
        "id": template.id,
        "components": components,
        "name": value.name,
        "title": view.plain(&value.title),
        "body": view.plain(&value.body),
        "group_id": value.group_id,
        "update_status": value.lifecycle.map(Lifecycle::as_str),
        "should_tweet": value.tweet,
        "should_send_notifications": value.notify,
    })
}
