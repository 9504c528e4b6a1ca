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
pub(crate) mod error;
pub(crate) mod flash;
pub(crate) mod form;
mod home;
mod language;
mod now;
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
];

/// Its handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    desk.at(&Method::GET, HOME, home::get_home)
        .at(&Method::GET, ASSET, assets::get_asset)
        .at(&Method::POST, LANGUAGE, language::set_language)
        .at(&Method::GET, NOW, now::get_now)
        .at(&Method::POST, END_HOLD, status::end_hold)
        .at(&Method::POST, SET_STATUS, status::set_status)
}

/// A refusal that came before anybody knew who asks.
pub(crate) fn refused(refused: &Refused) -> Response {
    error::screen(refused, Locale::default())
}
