//! Templates: listed, made, changed and deleted.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{ComponentId, Lifecycle, Status};
use noroshi_ops::owned::{Owned, template_row};
use noroshi_ops::templates::Template;
use noroshi_ops::{OpError, Permission, Stored};
use noroshi_text::{dates, labels, msg};

use crate::console::composer::usual_headings;
use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::{self, Listing, Row};
use crate::console::refusal;
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::visit::{Desk, Visit, shown};

/// The value of a system that is attached with nothing said of it.
const ATTACHED: &str = "attached";

/// `GET …/templates`.
pub(super) async fn get_templates(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let may_edit = desk.may(Permission::EditTemplates);
    let mut groups: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for template in desk.templates().await? {
        let group = template.value.group_id.clone().unwrap_or_default();
        let row = row(&desk, &template, may_edit);
        groups.entry(group).or_default().push(row);
    }
    let listing = Listing {
        shell: desk.shell(&msg::console_templates(l)),
        l,
        new: may_edit
            .then(|| (desk.address("/templates/new"), msg::console_template_new(l)))
            .into_iter()
            .collect(),
        sections: listing::sections(groups),
        none: msg::console_templates_none(l),
    };
    Ok(shown(&listing))
}

fn row(desk: &Desk, template: &Stored<Template>, may_edit: bool) -> Row {
    let l = desk.locale();
    let value = &template.value;
    let title = (!value.title.is_empty()).then(|| desk.pick(&value.title).to_owned());
    let names = value
        .components
        .iter()
        .filter_map(|id| desk.state.components.get(id))
        .map(|component| desk.pick(&component.name));
    let names = (!value.components.is_empty()).then(|| labels::names(names, l));
    let promise = value
        .promise_s
        .map(|after| msg::console_template_promises(l, &dates::duration_plain(after, l)));
    Row {
        href: if may_edit {
            desk.address(&format!("/templates/{}", template.id))
        } else {
            String::new()
        },
        title: value.name.clone(),
        is_member: false,
        status: value
            .lifecycle
            .map(|lifecycle| ("", labels::lifecycle(lifecycle, l))),
        hints: [title, names, promise].into_iter().flatten().collect(),
        buttons: Vec::new(),
    }
}

/// `GET …/templates/new`: with the usual headings in every language, as sections to fill in.
pub(super) async fn get_new(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let locales = desk.state.page.locales.iter();
    let begun = Template {
        body: locales
            .map(|locale| (*locale, usual_headings(*locale)))
            .collect(),
        notify: true,
        ..Template::default()
    };
    Ok(new_sheet(&desk, None, &begun).shown())
}

/// `POST …/templates/new`.
pub(super) async fn post_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let none = Template::default();
    let template = match read(&desk, &form, &none) {
        Ok(template) => template,
        Err(problem) => return Ok(new_sheet(&desk, Some(&form), &none).refused(problem)),
    };
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let made = desk
        .visit
        .call(move |app| refusable(app.create_template(&caller, &page, template)))
        .await?;
    Ok(match made {
        Ok(_) => desk.done("/templates", Told::TemplateMade),
        Err(error) => new_sheet(&desk, Some(&form), &none).refused(refused(&desk, &error)),
    })
}

/// `GET …/templates/{template_id}`.
pub(super) async fn get_template(
    visit: Visit,
    Path((page, template)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let template = desk.template(&template).await?;
    let owned = desk.owned().await?;
    Ok(sheet(&desk, None, (&template, owned.as_ref())).shown())
}

/// `POST …/templates/{template_id}`.
pub(super) async fn post_template(
    visit: Visit,
    Path((page, template)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.template(&template).await?;
    let form = Form::read(&body);
    let owned = desk.owned().await?;
    let again = || sheet(&desk, Some(&form), (&stands, owned.as_ref()));
    let value = match read(&desk, &form, &stands.value) {
        Ok(value) => value,
        Err(problem) => return Ok(again().refused(problem)),
    };
    let changed = Stored {
        // The version that the form was filled from: who was slower is told so.
        version: form.get("seq").parse().unwrap_or(stands.version),
        value,
        ..stands.clone()
    };
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.change_template(&caller, &page, changed)))
        .await?;
    Ok(match done {
        Ok(_) => desk.done("/templates", Told::TemplateChanged),
        Err(error) => again().refused(refused(&desk, &error)),
    })
}

/// `POST …/templates/{template_id}/delete`.
pub(super) async fn delete(
    visit: Visit,
    Path((page, template)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.delete_template(&caller, &page, &template)))
        .await?;
    Ok(match done {
        Ok(()) => desk.done("/templates", Told::TemplateDeleted),
        Err(error) => desk.visit.refuse_command(&error),
    })
}

/// What the form can show comes back to it; all else is an answer of its own.
pub(super) fn refusable<T>(done: Result<T, OpError>) -> Result<Result<T, OpError>, OpError> {
    match done {
        Err(OpError::Refused(_) | OpError::Stale) => Ok(done),
        Err(error) if error.is_passing() => Ok(Err(error)),
        other => other.map(Ok),
    }
}

/// Why something was refused, for the form that asked for it.
pub(super) fn refused(desk: &Desk, error: &OpError) -> String {
    match error {
        OpError::Stale => msg::console_refused_changed(desk.locale()),
        other => refusal::word(desk, other),
    }
}

/// The template as it was typed over one that stands.
fn read(desk: &Desk, form: &Form, stands: &Template) -> Result<Template, String> {
    let l = desk.locale();
    let locales = &desk.state.page.locales;
    let mut components = Vec::new();
    let mut statuses = BTreeMap::new();
    for (code, value) in form.under("c") {
        let Ok(id) = ComponentId::parse(code) else {
            continue;
        };
        if let Some(status) = Status::parse(value) {
            statuses.insert(id.clone(), status);
        }
        if !value.is_empty() {
            components.push(id);
        }
    }
    let minutes = form.get("promise");
    let promise_s = match minutes.parse::<i64>() {
        _ if minutes.is_empty() => None,
        Ok(count) if (1..=10_000).contains(&count) => Some(count * 60),
        _ => return Err(msg::console_bad_minutes(l, minutes)),
    };
    let name = form.get("name");
    if name.is_empty() {
        return Err(msg::console_template_needs_name(l));
    }
    let group = form.get("group");
    Ok(Template {
        name: name.to_owned(),
        title: form.texts("title", locales),
        body: form.texts("body", locales),
        group_id: (!group.is_empty()).then(|| group.to_owned()),
        lifecycle: Lifecycle::parse(form.get("lifecycle")),
        components,
        statuses,
        promise_s,
        notify: form.has("notify"),
        tweet: stands.tweet,
    })
}

fn fields(desk: &Desk, form: Option<&Form>, stands: &Template) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let lifecycles = Lifecycle::ALL
        .into_iter()
        .filter(|own| *own != Lifecycle::Postmortem)
        .map(|own| (own.as_str().to_owned(), labels::lifecycle(own, l)));
    let unchanged = (String::new(), msg::console_template_as_it_stands(l));
    let lifecycles = std::iter::once(unchanged).chain(lifecycles).collect();
    let stage = stands.lifecycle.map_or("", Lifecycle::as_str);
    let minutes = stands.promise_s.map(|after| (after / 60).to_string());
    vec![
        typed
            .line(
                ("name", "text"),
                msg::console_template_name(l),
                &stands.name,
            )
            .hint(msg::console_template_name_hint(l)),
        typed
            .line(
                ("group", "text"),
                msg::console_template_group(l),
                stands.group_id.as_deref().unwrap_or_default(),
            )
            .hint(msg::console_template_group_hint(l)),
        typed
            .lines("title", msg::console_title(l), &stands.title)
            .hint(msg::console_template_title_hint(l)),
        typed.choice("lifecycle", msg::console_lifecycle(l), (stage, lifecycles)),
        typed
            .areas("body", msg::console_message(l), &stands.body)
            .hint(msg::console_template_body_hint(l)),
        typed
            .line(
                ("promise", "number"),
                msg::console_template_promise(l),
                &minutes.unwrap_or_default(),
            )
            .hint(msg::console_template_promise_hint(l)),
        typed.ticks(
            msg::console_template_readers(l),
            [(
                "notify".to_owned(),
                msg::console_template_notify(l),
                stands.notify,
            )],
        ),
    ]
}

/// A choice of each system: not affected, affected, or what is said of it.
fn systems(desk: &Desk, form: Option<&Form>, stands: &Template) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let said = Status::ALL
        .into_iter()
        .filter(|status| status.can_be_said());
    let said = said.map(|status| (status.as_str().to_owned(), labels::status(status, l)));
    let none = (String::new(), msg::console_not_affected(l));
    let attached = (ATTACHED.to_owned(), msg::console_template_attached(l));
    let options: Vec<(String, String)> = [none, attached].into_iter().chain(said).collect();
    let systems = desk.state.live_components().into_iter();
    systems
        .map(|component| {
            let said = stands.statuses.get(&component.id).copied();
            let is_attached = stands.components.contains(&component.id);
            let chosen = match said {
                Some(status) => status.as_str(),
                None if is_attached => ATTACHED,
                None => "",
            };
            typed.choice_of(
                format!("c.{}", component.id),
                desk.pick(&component.name).to_owned(),
                (chosen, options.clone()),
            )
        })
        .collect()
}

fn new_sheet(desk: &Desk, form: Option<&Form>, begun: &Template) -> Sheet {
    let l = desk.locale();
    let title = msg::console_template_new(l);
    let sheet = desk
        .sheet(&title, ("/templates/new", "/templates"))
        .part(String::new(), fields(desk, form, begun))
        .part(msg::console_affected(l), systems(desk, form, begun));
    Sheet {
        submit: msg::console_template_make(l),
        ..sheet
    }
}

fn sheet(
    desk: &Desk,
    form: Option<&Form>,
    (stands, owned): (&Stored<Template>, Option<&Owned>),
) -> Sheet {
    let l = desk.locale();
    let path = format!("/templates/{}", stands.id);
    let mut sheet = desk
        .sheet(&stands.value.name, (&path, "/templates"))
        .part(String::new(), fields(desk, form, &stands.value))
        .part(msg::console_affected(l), systems(desk, form, &stands.value));
    sheet.seq = stands.version;
    sheet.buttons.push(Button {
        sure: msg::console_template_delete_sure(l),
        ..Button::plain(
            desk.address(&format!("{path}/delete")),
            msg::console_template_delete(l),
        )
    });
    sheet.locked_whole(owned, &template_row(&stands.value.name))
}

impl Desk {
    /// The templates of this page, by group and name.
    pub(crate) async fn templates(&self) -> Result<Vec<Stored<Template>>, Response> {
        let page = self.page.clone();
        self.visit.call(move |app| app.templates(&page)).await
    }

    /// A template of this page.
    async fn template(&self, code: &str) -> Result<Stored<Template>, Response> {
        let (page, code) = (self.page.clone(), code.to_owned());
        self.visit.call(move |app| app.template(&page, &code)).await
    }
}
