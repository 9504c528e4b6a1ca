//! The console: screens for operators, whole without scripts.
//!
//! # Adding a screen
//!
//! One noun, one file. A screen is
//!
//! 1. a row in [`ROUTES`] and a handler in [`routes`]; a page's screens stand under
//!    `/console/pages/{page_id}/…`, so that the guard asks for the permission on that page;
//! 2. a template in `templates/console/` that begins with `{% extends "console/base.html" %}` and
//!    fills `{% block main %}`; its context has `shell: Shell` and `l: Locale`, and words are
//!    written as `{{ msg::console_…(*l) }}` with `use noroshi_text::msg` beside the context;
//! 3. a line in [`shell::sections`], where the left-hand list of screens is made.
//!
//! A handler takes a [`visit::Visit`] (who asks, in which language), opens its page with
//! [`visit::Visit::open`] and answers with [`visit::shown`]. What a person did ends with
//! [`visit::Desk::done`], which leads to a screen with a sentence of [`flash::Told`] above it. A
//! refusal is shown in the form, with every word that was typed: [`form::Form`] keeps them.
//!
//! Nothing here decides: commands go through `App::execute`, in the name of the caller.

pub(crate) mod assets;
mod composer;
pub(crate) mod draft;
pub(crate) mod error;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod home;
mod incident;
pub(crate) mod language;
pub(crate) mod notes;
mod now;
pub(crate) mod refusal;
pub(crate) mod shell;
mod status;
pub(crate) mod times;
pub(crate) mod visit;

use axum::response::Response;
use http::Method;
use noroshi_domain::Locale;
use noroshi_ops::Permission;

use crate::desk::{Desk, Refused};
use crate::routes::{Class, Role, Route, desk};

const HOME: &str = "/console";
const ASSET: &str = "/console/assets/{name}";
const LANGUAGE: &str = "/console/language";
const NOW: &str = "/console/pages/{page_id}";
const END_HOLD: &str = "/console/pages/{page_id}/holds/{hold_id}/end";
const SET_STATUS: &str = "/console/pages/{page_id}/components/{component_id}/status";
const NEW_INCIDENT: &str = "/console/pages/{page_id}/incidents/new";
const NEW_INCIDENT_DRAFT: &str = "/console/pages/{page_id}/incidents/new/draft";
const UPDATE: &str = "/console/pages/{page_id}/incidents/{incident_id}/update";
const UPDATE_DRAFT: &str = "/console/pages/{page_id}/incidents/{incident_id}/update/draft";
const INCIDENTS: &str = "/console/pages/{page_id}/incidents";
const INCIDENT: &str = "/console/pages/{page_id}/incidents/{incident_id}";
const EDIT_UPDATE: &str = "/console/pages/{page_id}/incidents/{incident_id}/updates/{update_id}";
const ERASE_UPDATE: &str =
    "/console/pages/{page_id}/incidents/{incident_id}/updates/{update_id}/erase";
const LIFT_PROMISE: &str =
    "/console/pages/{page_id}/incidents/{incident_id}/promises/{promise_id}/lift";
const EDIT_WINDOW: &str = "/console/pages/{page_id}/incidents/{incident_id}/window";
const AMEND: &str = "/console/pages/{page_id}/incidents/{incident_id}/amend";
const PLACE_HOLD: &str = "/console/pages/{page_id}/incidents/{incident_id}/holds";
const TAKE_OVER: &str = "/console/pages/{page_id}/incidents/{incident_id}/take-over";
const DELETE: &str = "/console/pages/{page_id}/incidents/{incident_id}/delete";
const RESTORE: &str = "/console/pages/{page_id}/incidents/{incident_id}/restore";
const NOTES: &str = "/console/pages/{page_id}/incidents/{incident_id}/notes";
const POSTMORTEM: &str = "/console/pages/{page_id}/incidents/{incident_id}/postmortem";

const fn screen(pattern: &'static str, permission: Permission) -> Route {
    desk(Method::GET, pattern, Role::OnPage(permission), Class::Api)
}

const fn act(pattern: &'static str, permission: Permission) -> Route {
    desk(Method::POST, pattern, Role::OnPage(permission), Class::Api)
}

/// Its addresses.
pub(crate) const ROUTES: &[Route] = &[
    desk(Method::GET, HOME, Role::Known, Class::Api),
    desk(Method::GET, ASSET, Role::Public, Class::Api),
    desk(Method::POST, LANGUAGE, Role::Known, Class::Api),
    screen(NOW, Permission::View),
    act(END_HOLD, Permission::PostIncident),
    act(SET_STATUS, Permission::PostIncident),
    screen(NEW_INCIDENT, Permission::PostIncident),
    act(NEW_INCIDENT, Permission::PostIncident),
    act(NEW_INCIDENT_DRAFT, Permission::PostIncident),
    screen(UPDATE, Permission::PostIncident),
    act(UPDATE, Permission::PostIncident),
    act(UPDATE_DRAFT, Permission::PostIncident),
    screen(INCIDENTS, Permission::View),
    screen(INCIDENT, Permission::View),
    act(EDIT_UPDATE, Permission::PostIncident),
    act(ERASE_UPDATE, Permission::PostIncident),
    act(LIFT_PROMISE, Permission::PostIncident),
    act(EDIT_WINDOW, Permission::PostIncident),
    act(AMEND, Permission::PostIncident),
    act(PLACE_HOLD, Permission::PostIncident),
    act(TAKE_OVER, Permission::PostIncident),
    act(DELETE, Permission::PostIncident),
    act(RESTORE, Permission::PostIncident),
    act(NOTES, Permission::PostIncident),
    act(POSTMORTEM, Permission::PostIncident),
];

/// Its handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    desk.at(&Method::GET, HOME, home::get_home)
        .at(&Method::GET, ASSET, assets::get_asset)
        .at(&Method::POST, LANGUAGE, language::set_language)
        .at(&Method::GET, NOW, now::get_now)
        .at(&Method::POST, END_HOLD, status::end_hold)
        .at(&Method::POST, SET_STATUS, status::set_status)
        .at(&Method::GET, NEW_INCIDENT, composer::get_new)
        .at(&Method::POST, NEW_INCIDENT, composer::post_new)
        .at(&Method::POST, NEW_INCIDENT_DRAFT, composer::save_new)
        .at(&Method::GET, UPDATE, composer::get_update)
        .at(&Method::POST, UPDATE, composer::post_update)
        .at(&Method::POST, UPDATE_DRAFT, composer::save_update)
        .at(&Method::GET, INCIDENTS, incident::get_incidents)
        .at(&Method::GET, INCIDENT, incident::get_incident)
        .at(&Method::POST, EDIT_UPDATE, incident::edit_update)
        .at(&Method::POST, ERASE_UPDATE, incident::erase_update)
        .at(&Method::POST, LIFT_PROMISE, incident::lift_promise)
        .at(&Method::POST, EDIT_WINDOW, incident::edit_window)
        .at(&Method::POST, AMEND, incident::amend)
        .at(&Method::POST, PLACE_HOLD, incident::place_hold)
        .at(&Method::POST, TAKE_OVER, incident::take_over)
        .at(&Method::POST, DELETE, incident::delete)
        .at(&Method::POST, RESTORE, incident::restore)
        .at(&Method::POST, NOTES, incident::write_note)
        .at(&Method::POST, POSTMORTEM, incident::write_postmortem)
}

/// A refusal that came before anybody knew who asks.
pub(crate) fn refused(refused: &Refused) -> Response {
    error::screen(refused, Locale::default())
}
