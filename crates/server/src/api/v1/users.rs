//! People of the organisation, and what they may on each page. An installation is one organisation.

use std::collections::BTreeMap;

use noroshi_domain::{Locale, PageId};
use noroshi_ops::users::{NewUser, User};
use noroshi_ops::{Access, OpError, Permission, Role, Stored};
use noroshi_page::api_v1;
use serde_json::{Map, Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::paging::Part;

/// The one organisation of an installation.
const ORGANIZATION: &str = "noroshi";

/// What this API knows of a role on a page.
const FLAGS: [(&str, Permission); 3] = [
    ("page_configuration", Permission::EditPage),
    ("incident_manager", Permission::PostIncident),
    ("maintenance_manager", Permission::PostMaintenance),
];

fn all(ask: &Ask) -> Result<Vec<Stored<User>>, Fault> {
    if ask.name("organization_id") != ORGANIZATION {
        return Err(Fault::NotFound);
    }
    let mut users = ask.app.list_users(&ask.caller)?;
    users.retain(|user| user.value.disabled_at.is_none());
    Ok(users)
}

fn one(ask: &Ask) -> Result<Stored<User>, Fault> {
    let mut users = all(ask)?.into_iter();
    let wanted = ask.name("user_id");
    users.find(|user| user.id == wanted).ok_or(Fault::NotFound)
}

/// Everybody who can sign in.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let shapes: Vec<Value> = part.cut(all(ask)?).iter().map(shape).collect();
    Ok(Reply::Ok(shapes.into()))
}

/// Makes an account that may nothing yet.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    all(ask)?;
    let fields = ask.wrapped("user")?;
    let email = fields.required("email")?;
    let names = [fields.said("first_name")?, fields.said("last_name")?];
    let names: Vec<String> = names.into_iter().flatten().collect();
    let name = if names.is_empty() {
        email.clone()
    } else {
        names.join(" ")
    };
    let user = ask.app.create_user(
        &ask.caller,
        &NewUser {
            email,
            name,
            locale: Locale::default(),
            password: fields.said("password")?,
            access: Access::default(),
        },
    )?;
    Ok(Reply::Made(shape(&user)))
}

/// Lets somebody in no longer.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let user = one(ask)?;
    ask.app.set_disabled(&ask.caller, &user.id, true)?;
    Ok(Reply::Ok(shape(&user)))
}

/// What somebody may on each page.
pub(super) fn permissions(ask: &Ask) -> Result<Reply, Fault> {
    let user = one(ask)?;
    permissions_of(ask, &user).map(Reply::Ok)
}

/// Gives what is sent; pages that are left out are taken.
pub(super) fn set_permissions(ask: &Ask) -> Result<Reply, Fault> {
    let user = one(ask)?;
    let sent = sent_roles(ask)?;
    let held: Vec<PageId> = user.value.access.pages.keys().cloned().collect();
    for (page, role) in &sent {
        if user.value.access.pages.get(page) != Some(role) {
            let given = ask
                .app
                .set_role(&ask.caller, &user.id, Some(page), Some(*role));
            given.map_err(unknown_page)?;
        }
    }
    for page in held.iter().filter(|page| !sent.contains_key(*page)) {
        ask.app.set_role(&ask.caller, &user.id, Some(page), None)?;
    }
    permissions_of(ask, &one(ask)?).map(Reply::Ok)
}

fn sent_roles(ask: &Ask) -> Result<BTreeMap<PageId, Role>, Fault> {
    let invalid = |id: &str| Fault::Invalid(format!("pages[{id}] is no page with permissions"));
    let Some(Value::Object(pages)) = ask.body.get("pages") else {
        return Err(Fault::Invalid(
            "pages must be an object of pages".to_owned(),
        ));
    };
    let known = ask.app.pages()?;
    let mut roles = BTreeMap::new();
    for (id, flags) in pages {
        let page = PageId::parse(id).map_err(|_| invalid(id))?;
        let flags = flags.as_object().filter(|_| known.contains(&page));
        let flags = Fields::new("pages", flags.ok_or_else(|| invalid(id))?);
        let is_set = |name| flags.flag(name).map(|flag| flag == Some(true));
        let role = if is_set("page_configuration")? {
            Role::Admin
        } else if is_set("incident_manager")? {
            Role::Responder
        } else if is_set("maintenance_manager")? {
            Role::Maintainer
        } else {
            Role::Viewer
        };
        roles.insert(page, role);
    }
    Ok(roles)
}

fn unknown_page(error: OpError) -> Fault {
    match error {
        OpError::NotFound { id, .. } => Fault::Invalid(format!("pages[{id}] does not exist")),
        error => error.into(),
    }
}

fn permissions_of(ask: &Ask, user: &Stored<User>) -> Result<Value, Fault> {
    let access = &user.value.access;
    let mut pages = Map::new();
    for page in ask.app.pages()? {
        if !access.may(Some(&page), Permission::View) {
            continue;
        }
        let flags: Map<String, Value> = FLAGS
            .iter()
            .map(|(name, permission)| {
                let has = access.may(Some(&page), *permission);
                ((*name).to_owned(), has.into())
            })
            .collect();
        pages.insert(page.to_string(), flags.into());
    }
    Ok(json!({ "data": { "user_id": user.id, "pages": pages } }))
}

fn shape(user: &Stored<User>) -> Value {
    let name = user.value.name.as_str();
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    let made_at = api_v1::plain_time(user.created_at);
    json!({
        "id": user.id,
        "organization_id": ORGANIZATION,
        "email": user.value.email,
        "first_name": first,
        "last_name": last,
        "created_at": made_at,
        "updated_at": made_at,
    })
}
