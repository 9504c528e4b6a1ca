//! Groups of systems.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{Command, ComponentId, Group, GroupId, Texts};
use noroshi_ops::owned::Owned;
use noroshi_text::msg;

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::visit::{Desk, Visit};
use crate::desk::Refused;

/// `GET …/groups/new`.
pub(in crate::console) async fn get_new_group(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(new_sheet(&desk, None).shown())
}

/// `POST …/groups/new`.
pub(in crate::console) async fn post_new_group(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let locales = &desk.state.page.locales;
    let command = Command::CreateGroup {
        id: None,
        name: form.texts("name", locales),
        description: form.texts("description", locales),
        components: members(&desk, &form, None),
        position: None,
    };
    let done = ("/components", Told::GroupMade);
    desk.carry_out((command, &form), done, || new_sheet(&desk, Some(&form)))
        .await
}

/// `GET …/groups/{group_id}`.
pub(in crate::console) async fn get_group(
    visit: Visit,
    Path((page, group)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let group = found(&desk, &group).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let owned = desk.owned().await?;
    Ok(sheet(&desk, None, (&group, owned.as_ref())).shown())
}

/// `POST …/groups/{group_id}`.
pub(in crate::console) async fn post_group(
    visit: Visit,
    Path((page, group)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let group = found(&desk, &group).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let form = Form::read(&body);
    let locales = &desk.state.page.locales;
    let command = Command::UpdateGroup {
        id: group.id.clone(),
        name: Some(form.texts("name", locales)),
        description: Some(form.texts("description", locales)),
        components: Some(members(&desk, &form, Some(&group.id))),
        position: None,
    };
    let command = desk.seen(&form, command);
    let done = ("/components", Told::GroupChanged);
    let owned = desk.owned().await?;
    desk.carry_out((command, &form), done, || {
        sheet(&desk, Some(&form), (&group, owned.as_ref()))
    })
    .await
}

/// `POST …/groups/{group_id}/remove`.
pub(in crate::console) async fn remove_group(
    visit: Visit,
    Path((page, group)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let group = found(&desk, &group).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    desk.press(
        Command::RemoveGroup(group.id),
        ("/components", Told::GroupRemoved),
    )
    .await
}

fn found(desk: &Desk, code: &str) -> Option<Group> {
    let id = GroupId::parse(code).ok();
    let group = id.and_then(|id| desk.state.groups.get(&id));
    group.cloned()
}

/// The members that were ticked: those it has in their order, new ones behind them.
fn members(desk: &Desk, form: &Form, group: Option<&GroupId>) -> Vec<ComponentId> {
    let ticked: Vec<ComponentId> = form
        .under("member")
        .filter_map(|(id, _)| ComponentId::parse(id).ok())
        .collect();
    let standing = group.map_or_else(Vec::new, |group| desk.state.members_of(group));
    let mut members: Vec<ComponentId> = standing
        .into_iter()
        .map(|member| member.id.clone())
        .filter(|id| ticked.contains(id))
        .collect();
    for id in ticked {
        if !members.contains(&id) {
            members.push(id);
        }
    }
    members
}

fn fields(desk: &Desk, form: Option<&Form>, group: Option<&Group>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let none = Texts::default();
    let boxes = desk.state.live_components().into_iter().map(|component| {
        let stands = group.is_some_and(|group| component.group_id.as_ref() == Some(&group.id));
        let name = desk.pick(&component.name).to_owned();
        (format!("member.{}", component.id), name, stands)
    });
    vec![
        typed.lines(
            "name",
            msg::console_name(l),
            group.map_or(&none, |own| &own.name),
        ),
        typed
            .areas(
                "description",
                msg::console_description(l),
                group.map_or(&none, |own| &own.description),
            )
            .hint(msg::console_description_hint(l)),
        typed.ticks(msg::console_members(l), boxes),
    ]
}

fn new_sheet(desk: &Desk, form: Option<&Form>) -> Sheet {
    let l = desk.locale();
    let title = msg::console_group_new(l);
    let sheet = desk.sheet(&title, ("/groups/new", "/components"));
    let sheet = sheet.part(String::new(), fields(desk, form, None));
    Sheet {
        submit: msg::console_group_make(l),
        ..sheet
    }
}

fn sheet(desk: &Desk, form: Option<&Form>, (group, owned): (&Group, Option<&Owned>)) -> Sheet {
    let l = desk.locale();
    let path = format!("/groups/{}", group.id);
    let sheet = desk.sheet(desk.pick(&group.name), (&path, "/components"));
    let mut sheet = sheet.part(String::new(), fields(desk, form, Some(group)));
    sheet.buttons.push(Button {
        hint: msg::console_group_remove_hint(l),
        ..Button::plain(
            desk.address(&format!("{path}/remove")),
            msg::console_group_remove(l),
        )
    });
    sheet.locked(owned, &format!("group {}", group.id))
}
