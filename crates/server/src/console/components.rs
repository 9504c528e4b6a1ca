//! The systems of a page and their groups: what they are, and in which order they stand.

mod group;
mod order;

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{
    Command, Component, ComponentId, ComponentPatch, GroupId, NewComponent, Patch, Policy,
    StartDate, Status, Texts,
};
use noroshi_ops::Permission;
use noroshi_ops::owned::Owned;
use noroshi_text::{labels, msg};

pub(super) use self::group::{get_group, get_new_group, post_group, post_new_group, remove_group};
pub(super) use self::order::{move_component, move_group};

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::{self, Listing, Row};
use crate::console::now::tone;
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::visit::{Desk, Visit, shown};
use crate::desk::Refused;

/// `GET …/components`.
pub(super) async fn get_components(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let may_edit = desk.may(Permission::EditComponents);
    let owned = desk.owned().await?;
    let own = owned.as_ref();
    let rows = order::top(&desk.state)
        .iter()
        .flat_map(|top| rows_of(&desk, top, (own, may_edit)))
        .collect::<Vec<_>>();
    let retired = retired(&desk, may_edit);
    let mut new = Vec::new();
    if may_edit {
        new.push((
            desk.address("/components/new"),
            msg::console_component_new(l),
        ));
        if !desk.state.live_components().is_empty() {
            new.push((desk.address("/groups/new"), msg::console_group_new(l)));
        }
    }
    let sections = [(String::new(), rows), (msg::console_retired(l), retired)];
    let listing = Listing {
        shell: desk.shell(&msg::console_components(l)),
        l,
        new,
        sections: listing::sections(sections),
        none: msg::console_components_none(l),
    };
    Ok(shown(&listing))
}

fn rows_of(desk: &Desk, top: &order::Top, (owned, may_edit): (Option<&Owned>, bool)) -> Vec<Row> {
    match top {
        order::Top::Component(id) => desk
            .state
            .components
            .get(id)
            .map(|component| row(desk, component, (owned, may_edit)))
            .into_iter()
            .collect(),
        order::Top::Group(id) => {
            let Some(group) = desk.state.groups.get(id) else {
                return Vec::new();
            };
            let path = format!("/groups/{id}");
            let name = desk.pick(&group.name);
            let lock = place_lock(desk, owned, &format!("group {id}"));
            let can_move = may_edit && lock.is_none();
            let kind = msg::console_group(desk.locale());
            let mut rows = vec![Row {
                href: link(desk, &path, may_edit),
                title: name.to_owned(),
                is_member: false,
                status: None,
                hints: std::iter::once(kind).chain(lock).collect(),
                buttons: moves(desk, &path, (name, can_move)),
            }];
            let members = desk.state.members_of(id).into_iter();
            rows.extend(members.map(|component| row(desk, component, (owned, may_edit))));
            rows
        }
    }
}

/// That a file says where a row stands, so that it can not be moved here.
fn place_lock(desk: &Desk, owned: Option<&Owned>, row: &str) -> Option<String> {
    let owned = owned?;
    let line = i64::from(*owned.row(row)?.get("position")?);
    let l = desk.locale();
    Some(msg::console_set_by_file(l, &owned.file, line))
}

fn row(desk: &Desk, component: &Component, (owned, may_edit): (Option<&Owned>, bool)) -> Row {
    let l = desk.locale();
    let status = desk.state.public_at(&component.id, desk.now);
    let path = format!("/components/{}", component.id);
    let mut hints = Vec::new();
    let description = desk.pick(&component.description);
    if !description.is_empty() {
        hints.push(description.to_owned());
    }
    if let Some(hold) = desk.state.hold_at(&component.id, desk.now) {
        let until = desk.time(hold.to);
        hints.push(msg::console_held_until(l, &hold.reason, &until));
    }
    let lock = place_lock(desk, owned, &format!("component {}", component.id));
    let can_move = may_edit && lock.is_none();
    hints.extend(lock);
    let name = desk.pick(&component.name);
    Row {
        href: link(desk, &path, may_edit || desk.may(Permission::PostIncident)),
        title: name.to_owned(),
        is_member: component.group_id.is_some(),
        status: Some((tone(status), labels::status(status, l))),
        hints,
        buttons: moves(desk, &path, (name, can_move)),
    }
}

fn retired(desk: &Desk, may_edit: bool) -> Vec<Row> {
    let l = desk.locale();
    let all = desk.state.components.values();
    all.filter_map(|component| {
        let at = component.retired_at?;
        let restore = desk.address(&format!("/components/{}/restore", component.id));
        let button = Button::plain(restore, msg::console_component_restore(l));
        Some(Row {
            href: String::new(),
            title: desk.pick(&component.name).to_owned(),
            is_member: false,
            status: None,
            hints: vec![msg::console_since(l, &desk.time(at))],
            buttons: may_edit.then_some(button).into_iter().collect(),
        })
    })
    .collect()
}

fn link(desk: &Desk, path: &str, leads: bool) -> String {
    if leads {
        desk.address(path)
    } else {
        String::new()
    }
}

/// Up and down, for keys and for fingers.
fn moves(desk: &Desk, path: &str, (name, may_edit): (&str, bool)) -> Vec<Button> {
    let l = desk.locale();
    if !may_edit {
        return Vec::new();
    }
    let ways = [
        ("up", "↑", msg::console_move_up(l, name)),
        ("down", "↓", msg::console_move_down(l, name)),
    ];
    ways.into_iter()
        .map(|(way, label, spoken)| Button {
            hint: spoken,
            fields: vec![("way", way.to_owned())],
            ..Button::plain(desk.address(&format!("{path}/move")), label.to_owned())
        })
        .collect()
}

/// `GET …/components/new`.
pub(super) async fn get_new(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(new_sheet(&desk, None).shown())
}

/// `POST …/components/new`.
pub(super) async fn post_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let fields = match Fields::read(&desk, &form) {
        Ok(fields) => fields,
        Err(problem) => return Ok(new_sheet(&desk, Some(&form)).refused(problem)),
    };
    let command = Command::CreateComponent(Box::new(NewComponent {
        id: None,
        name: fields.name,
        description: fields.description,
        group_id: fields.group_id,
        position: None,
        showcase: fields.showcase,
        start_date: fields.start_date.map_or(StartDate::Today, StartDate::On),
        only_show_if_degraded: fields.only_show_if_degraded,
        depends_on: fields.depends_on,
        third_party: fields.third_party,
        restricted: false,
        status: Status::Operational,
        created_at: None,
    }));
    let done = ("/components", Told::ComponentMade);
    desk.carry_out((command, &form), done, || new_sheet(&desk, Some(&form)))
        .await
}

fn new_sheet(desk: &Desk, form: Option<&Form>) -> Sheet {
    let l = desk.locale();
    let title = msg::console_component_new(l);
    let sheet = desk.sheet(&title, ("/components/new", "/components"));
    let sheet = sheet.part(String::new(), fields(desk, form, None));
    Sheet {
        submit: msg::console_component_make(l),
        ..sheet
    }
}

/// `GET …/components/{component_id}`.
pub(super) async fn get_component(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let component =
        found(&desk, &component).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let owned = desk.owned().await?;
    Ok(sheet(&desk, None, (&component, owned.as_ref())).shown())
}

/// `POST …/components/{component_id}`.
pub(super) async fn post_component(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let component =
        found(&desk, &component).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let form = Form::read(&body);
    let owned = desk.owned().await?;
    let again = || sheet(&desk, Some(&form), (&component, owned.as_ref()));
    let fields = match Fields::read(&desk, &form) {
        Ok(fields) => fields,
        Err(problem) => return Ok(again().refused(problem)),
    };
    let policy = Some(fields.policy);
    let stands = desk.state.policy_at(&component.id, desk.now);
    let command = Command::UpdateComponent {
        id: component.id.clone(),
        patch: Box::new(ComponentPatch {
            name: Some(fields.name),
            description: Some(fields.description),
            group_id: fields.group_id.map_or(Patch::Clear, Patch::Set),
            position: None,
            showcase: Some(fields.showcase),
            start_date: fields.start_date.map_or(Patch::Clear, Patch::Set),
            only_show_if_degraded: Some(fields.only_show_if_degraded),
            depends_on: Some(fields.depends_on),
            third_party: Some(fields.third_party),
            restricted: None,
            policy: policy.filter(|policy| *policy != stands),
            grace_s: Patch::Keep,
        }),
    };
    let command = desk.seen(&form, command);
    let done = ("/components", Told::ComponentChanged);
    desk.carry_out((command, &form), done, again).await
}

/// `POST …/components/{component_id}/retire`.
pub(super) async fn retire(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let component =
        found(&desk, &component).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let command = Command::RetireComponent(component.id);
    desk.press(command, ("/components", Told::ComponentRetired))
        .await
}

/// `POST …/components/{component_id}/restore`.
pub(super) async fn restore(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let Ok(id) = ComponentId::parse(&component) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    desk.press(
        Command::RestoreComponent(id),
        ("/components", Told::ComponentRestored),
    )
    .await
}

fn found(desk: &Desk, code: &str) -> Option<Component> {
    let id = ComponentId::parse(code).ok();
    let component = id.and_then(|id| desk.state.components.get(&id));
    component
        .filter(|component| component.retired_at.is_none())
        .cloned()
}

/// The fields of a component as they were sent.
struct Fields {
    name: Texts,
    description: Texts,
    group_id: Option<GroupId>,
    showcase: bool,
    start_date: Option<jiff::civil::Date>,
    only_show_if_degraded: bool,
    depends_on: Vec<ComponentId>,
    third_party: bool,
    policy: Policy,
}

impl Fields {
    fn read(desk: &Desk, form: &Form) -> Result<Self, String> {
        let locales = &desk.state.page.locales;
        let day = form.get("start_date");
        let start_date = match day {
            "" => None,
            text => Some(
                text.parse()
                    .map_err(|_| msg::console_bad_day(desk.locale(), text))?,
            ),
        };
        let depends_on = form
            .under("depends")
            .filter_map(|(id, _)| ComponentId::parse(id).ok())
            .collect();
        Ok(Self {
            name: form.texts("name", locales),
            description: form.texts("description", locales),
            group_id: GroupId::parse(form.get("group")).ok(),
            showcase: form.has("showcase"),
            start_date,
            only_show_if_degraded: form.has("only_show_if_degraded"),
            depends_on,
            third_party: form.has("third_party"),
            policy: if form.get("policy") == "declared" {
                Policy::Declared
            } else {
                Policy::Worst
            },
        })
    }
}

fn fields(desk: &Desk, form: Option<&Form>, component: Option<&Component>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let none = Texts::default();
    let name = component.map_or(&none, |own| &own.name);
    let description = component.map_or(&none, |own| &own.description);
    let day = component.and_then(|own| own.start_date);
    let day = day.map_or_else(String::new, |day| day.to_string());
    let mut fields = vec![
        typed.lines("name", msg::console_name(l), name),
        typed
            .areas("description", msg::console_description(l), description)
            .hint(msg::console_description_hint(l)),
    ];
    fields.extend(group_choice(desk, &typed, component));
    let is = |pick: fn(&Component) -> bool, otherwise| component.map_or(otherwise, pick);
    fields.push(typed.ticks(
        msg::console_shown(l),
        [
            (
                "showcase".to_owned(),
                msg::console_showcase(l),
                is(|own| own.showcase, true),
            ),
            (
                "only_show_if_degraded".to_owned(),
                msg::console_only_degraded(l),
                is(|own| own.only_show_if_degraded, false),
            ),
            (
                "third_party".to_owned(),
                msg::console_third_party(l),
                is(|own| own.third_party, false),
            ),
        ],
    ));
    fields.push(
        typed
            .line(("start_date", "date"), msg::console_start_date(l), &day)
            .hint(msg::console_start_date_hint(l)),
    );
    fields.extend(depends(desk, &typed, component));
    if let Some(component) = component {
        let policy = match desk.state.policy_at(&component.id, desk.now) {
            Policy::Declared => "declared",
            Policy::Worst => "worst",
        };
        let ways = vec![
            ("worst".to_owned(), msg::console_policy_worst(l)),
            ("declared".to_owned(), msg::console_policy_declared(l)),
        ];
        fields.push(typed.choice("policy", msg::console_policy(l), (policy, ways)));
    }
    fields
}

fn group_choice(desk: &Desk, typed: &Typed<'_>, component: Option<&Component>) -> Option<Field> {
    let groups = &desk.state.groups;
    if groups.is_empty() {
        return None;
    }
    let l = desk.locale();
    let mut options = vec![(String::new(), msg::console_no_group(l))];
    let named = groups.values();
    options.extend(named.map(|group| (group.id.to_string(), desk.pick(&group.name).to_owned())));
    let stands = component.and_then(|own| own.group_id.as_ref());
    let stands = stands.map_or("", GroupId::as_str);
    Some(typed.choice("group", msg::console_group(l), (stands, options)))
}

fn depends(desk: &Desk, typed: &Typed<'_>, component: Option<&Component>) -> Option<Field> {
    let own = component.map(|own| &own.id);
    let others = desk.state.live_components().into_iter();
    let boxes: Vec<_> = others
        .filter(|other| Some(&other.id) != own)
        .map(|other| {
            let stands = component.is_some_and(|own| own.depends_on.contains(&other.id));
            let name = desk.pick(&other.name).to_owned();
            (format!("depends.{}", other.id), name, stands)
        })
        .collect();
    let l = desk.locale();
    (!boxes.is_empty()).then(|| {
        typed
            .ticks(msg::console_depends(l), boxes)
            .hint(msg::console_depends_hint(l))
    })
}

fn sheet(
    desk: &Desk,
    form: Option<&Form>,
    (component, owned): (&Component, Option<&Owned>),
) -> Sheet {
    let l = desk.locale();
    let path = format!("/components/{}", component.id);
    let sheet = desk.sheet(desk.pick(&component.name), (&path, "/components"));
    let mut sheet = sheet.part(String::new(), fields(desk, form, Some(component)));
    sheet.buttons.push(Button {
        hint: msg::console_retire_hint(l),
        sure: msg::console_retire_sure(l),
        ..Button::plain(
            desk.address(&format!("{path}/retire")),
            msg::console_retire(l),
        )
    });
    sheet.locked(owned, &format!("component {}", component.id))
}
