//! What forms of roles choose from, and how an access is shown.

use noroshi_domain::{Locale, PageId};
use noroshi_ops::{Access, App, Caller, OpError, Permission, Role};
use noroshi_text::msg;

use crate::console::home;

/// A value and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// Where a caller may give something: everything, as an empty value, and pages.
pub(super) fn places(
    app: &App,
    caller: &Caller,
    permission: Permission,
    locale: Locale,
) -> Result<Vec<Choice>, OpError> {
    let everything = caller.may(None, permission).then(|| Choice {
        value: String::new(),
        label: msg::team_everything(locale),
    });
    let pages = home::pages_of(app, caller, locale)?.into_iter();
    let pages = pages.filter(|(page, _)| caller.may(Some(page), permission));
    let pages = pages.map(|(page, label)| Choice {
        value: page.to_string(),
        label,
    });
    Ok(everything.into_iter().chain(pages).collect())
}

/// The same in the order in which a form offers them: everything comes last.
pub(super) fn offered(mut places: Vec<Choice>) -> Vec<Choice> {
    if places.first().is_some_and(|place| place.value.is_empty()) {
        places.rotate_left(1);
    }
    places
}

/// The roles that a caller may give somewhere, the least first.
pub(super) fn roles(caller: &Caller, locale: Locale) -> Vec<Choice> {
    let own = caller.access();
    let held = own.everywhere.iter().chain(own.pages.values());
    let held: Vec<Role> = held.copied().collect();
    // Who gives in a hurry gives the least.
    Role::ALL
        .into_iter()
        .rev()
        .filter(|role| held.iter().any(|own| own.covers(*role)))
        .map(|role| Choice {
            value: role.as_str().to_owned(),
            label: name(role, locale),
        })
        .collect()
}

/// What a role is called.
pub(super) fn name(role: Role, locale: Locale) -> String {
    match role {
        Role::Owner => msg::role_owner(locale),
        Role::Admin => msg::role_admin(locale),
        Role::Responder => msg::role_responder(locale),
        Role::Maintainer => msg::role_maintainer(locale),
        Role::Editor => msg::role_editor(locale),
        Role::Viewer => msg::role_viewer(locale),
    }
}

/// An access in lines: a role, and where.
pub(super) fn lines(access: &Access, places: &[Choice], locale: Locale) -> Vec<String> {
    let everywhere = access.everywhere.map(|role| {
        let place = msg::team_everything(locale);
        msg::team_role_on(locale, &place, &name(role, locale))
    });
    let on_pages = access.pages.iter().map(|(page, role)| {
        let known = places.iter().find(|place| place.value == page.as_str());
        let place = known.map_or(page.as_str(), |place| place.label.as_str());
        msg::team_role_on(locale, place, &name(*role, locale))
    });
    everywhere.into_iter().chain(on_pages).collect()
}

/// The page that a form names; none: everything. A name that is none is refused as not there.
pub(super) fn page_in(text: &str) -> Result<Option<PageId>, OpError> {
    if text.is_empty() {
        return Ok(None);
    }
    PageId::parse(text)
        .map(Some)
        .map_err(|_| OpError::NotFound {
            kind: "page",
            id: text.to_owned(),
        })
}

/// The role that a form names.
pub(super) fn role_in(text: &str) -> Result<Role, OpError> {
    Role::parse(text).ok_or_else(|| OpError::NotFound {
        kind: "role",
        id: text.to_owned(),
    })
}
