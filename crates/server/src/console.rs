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

mod announcements;
pub(crate) mod assets;
mod channels;
mod components;
mod composer;
pub(crate) mod draft;
pub(crate) mod error;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod home;
mod incident;
pub(crate) mod language;
mod listing;
mod maintenance;
mod new_page;
pub(crate) mod notes;
mod now;
mod picker;
mod pictures;
pub(crate) mod refusal;
mod settings;
mod sheet;
pub(crate) mod shell;
mod status;
mod subscribers;
mod templates;
pub(crate) mod times;
pub(crate) mod visit;

use http::Method;
use noroshi_ops::Permission;

pub(crate) use self::composer::Counted;
use crate::desk::Desk;
use crate::routes::{Class, Role, Route, desk};

const HOME: &str = "/console";
const NEW_PAGE: &str = "/console/new-page";
const ASSET: &str = "/console/assets/{name}";
pub(crate) const LANGUAGE: &str = "/console/language";
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
const RELATED: &str = "/console/pages/{page_id}/incidents/{incident_id}/related";
const POSTMORTEM: &str = "/console/pages/{page_id}/incidents/{incident_id}/postmortem";
const COMPONENTS: &str = "/console/pages/{page_id}/components";
const NEW_COMPONENT: &str = "/console/pages/{page_id}/components/new";
const COMPONENT: &str = "/console/pages/{page_id}/components/{component_id}";
const RETIRE: &str = "/console/pages/{page_id}/components/{component_id}/retire";
const RESTORE_COMPONENT: &str = "/console/pages/{page_id}/components/{component_id}/restore";
const MOVE_COMPONENT: &str = "/console/pages/{page_id}/components/{component_id}/move";
const NEW_GROUP: &str = "/console/pages/{page_id}/groups/new";
const GROUP: &str = "/console/pages/{page_id}/groups/{group_id}";
const REMOVE_GROUP: &str = "/console/pages/{page_id}/groups/{group_id}/remove";
const MOVE_GROUP: &str = "/console/pages/{page_id}/groups/{group_id}/move";
const MAINTENANCE: &str = "/console/pages/{page_id}/maintenance";
const NEW_WORK: &str = "/console/pages/{page_id}/maintenance/new";
const WORK: &str = "/console/pages/{page_id}/maintenance/{incident_id}";
const WORK_UPDATE: &str = "/console/pages/{page_id}/maintenance/{incident_id}/update";
const WORK_DELETE: &str = "/console/pages/{page_id}/maintenance/{incident_id}/delete";
const END_RECURRENCE: &str = "/console/pages/{page_id}/recurrences/{recurrence_id}/end";
const ANNOUNCEMENTS: &str = "/console/pages/{page_id}/announcements";
const NEW_ANNOUNCEMENT: &str = "/console/pages/{page_id}/announcements/new";
const ANNOUNCEMENT: &str = "/console/pages/{page_id}/announcements/{announcement_id}";
const END_ANNOUNCEMENT: &str = "/console/pages/{page_id}/announcements/{announcement_id}/end";
const TEMPLATES: &str = "/console/pages/{page_id}/templates";
const NEW_TEMPLATE: &str = "/console/pages/{page_id}/templates/new";
const TEMPLATE: &str = "/console/pages/{page_id}/templates/{template_id}";
const DELETE_TEMPLATE: &str = "/console/pages/{page_id}/templates/{template_id}/delete";
const CHANNELS: &str = "/console/pages/{page_id}/channels";
const SERVICES: &str = "/console/pages/{page_id}/channels/new";
const NEW_CHANNEL: &str = "/console/pages/{page_id}/channels/new/{service}";
const CHANNEL: &str = "/console/pages/{page_id}/channels/{channel_id}";
const TRY_CHANNEL: &str = "/console/pages/{page_id}/channels/{channel_id}/try";
const DELETE_CHANNEL: &str = "/console/pages/{page_id}/channels/{channel_id}/delete";
const MAIL: &str = "/console/pages/{page_id}/channels/mail";
const TRY_MAIL: &str = "/console/pages/{page_id}/channels/mail/try";
const DROP_MAIL: &str = "/console/pages/{page_id}/channels/mail/drop";
const SUBSCRIBERS: &str = "/console/pages/{page_id}/subscribers";
const EXPORT_SUBSCRIBERS: &str = "/console/pages/{page_id}/subscribers.csv";
const IMPORT_SUBSCRIBERS: &str = "/console/pages/{page_id}/subscribers/import";
const SUBSCRIBER: &str = "/console/pages/{page_id}/subscribers/{subscriber_id}";
const ASK_SUBSCRIBER: &str = "/console/pages/{page_id}/subscribers/{subscriber_id}/ask";
const ERASE_SUBSCRIBER: &str = "/console/pages/{page_id}/subscribers/{subscriber_id}/erase";
const SETTINGS: &str = "/console/pages/{page_id}/settings";
const PICTURES: &str = "/console/pages/{page_id}/settings/pictures";
const DELETE_PAGE: &str = "/console/pages/{page_id}/settings/delete";
const RESTORE_PAGE: &str = "/console/pages/{page_id}/settings/restore";

const fn screen(pattern: &'static str, permission: Permission) -> Route {
    desk(Method::GET, pattern, Role::OnPage(permission), Class::Api)
}

const fn act(pattern: &'static str, permission: Permission) -> Route {
    desk(Method::POST, pattern, Role::OnPage(permission), Class::Api)
}

const fn of_house(method: Method, pattern: &'static str) -> Route {
    let role = Role::Everywhere(Permission::ManageInstallation);
    desk(method, pattern, role, Class::Api)
}

/// Its addresses.
pub(crate) const ROUTES: &[Route] = &[
    desk(Method::GET, HOME, Role::Known, Class::Api),
    desk(
        Method::GET,
        NEW_PAGE,
        Role::Everywhere(Permission::CreatePages),
        Class::Api,
    ),
    desk(
        Method::POST,
        NEW_PAGE,
        Role::Everywhere(Permission::CreatePages),
        Class::Api,
    ),
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
    act(RELATED, Permission::PostIncident),
    act(POSTMORTEM, Permission::PostIncident),
    screen(COMPONENTS, Permission::View),
    screen(NEW_COMPONENT, Permission::EditComponents),
    act(NEW_COMPONENT, Permission::EditComponents),
    screen(COMPONENT, Permission::EditComponents),
    act(COMPONENT, Permission::EditComponents),
    act(RETIRE, Permission::EditComponents),
    act(RESTORE_COMPONENT, Permission::EditComponents),
    act(MOVE_COMPONENT, Permission::EditComponents),
    screen(NEW_GROUP, Permission::EditComponents),
    act(NEW_GROUP, Permission::EditComponents),
    screen(GROUP, Permission::EditComponents),
    act(GROUP, Permission::EditComponents),
    act(REMOVE_GROUP, Permission::EditComponents),
    act(MOVE_GROUP, Permission::EditComponents),
    screen(MAINTENANCE, Permission::View),
    screen(NEW_WORK, Permission::PostMaintenance),
    act(NEW_WORK, Permission::PostMaintenance),
    screen(WORK, Permission::PostMaintenance),
    act(WORK, Permission::PostMaintenance),
    screen(WORK_UPDATE, Permission::PostMaintenance),
    act(WORK_UPDATE, Permission::PostMaintenance),
    act(WORK_DELETE, Permission::PostMaintenance),
    act(END_RECURRENCE, Permission::PostMaintenance),
    screen(ANNOUNCEMENTS, Permission::View),
    screen(NEW_ANNOUNCEMENT, Permission::PostIncident),
    act(NEW_ANNOUNCEMENT, Permission::PostIncident),
    screen(ANNOUNCEMENT, Permission::PostIncident),
    act(ANNOUNCEMENT, Permission::PostIncident),
    act(END_ANNOUNCEMENT, Permission::PostIncident),
    screen(TEMPLATES, Permission::View),
    screen(NEW_TEMPLATE, Permission::EditTemplates),
    act(NEW_TEMPLATE, Permission::EditTemplates),
    screen(TEMPLATE, Permission::EditTemplates),
    act(TEMPLATE, Permission::EditTemplates),
    act(DELETE_TEMPLATE, Permission::EditTemplates),
    screen(CHANNELS, Permission::EditPage),
    screen(SERVICES, Permission::EditPage),
    screen(NEW_CHANNEL, Permission::EditPage),
    act(NEW_CHANNEL, Permission::EditPage),
    of_house(Method::GET, MAIL),
    of_house(Method::POST, MAIL),
    of_house(Method::POST, TRY_MAIL),
    of_house(Method::POST, DROP_MAIL),
    screen(CHANNEL, Permission::EditPage),
    act(CHANNEL, Permission::EditPage),
    act(TRY_CHANNEL, Permission::EditPage),
    act(DELETE_CHANNEL, Permission::EditPage),
    screen(SUBSCRIBERS, Permission::ManageSubscribers),
    screen(EXPORT_SUBSCRIBERS, Permission::ManageSubscribers),
    screen(IMPORT_SUBSCRIBERS, Permission::ManageSubscribers),
    act(IMPORT_SUBSCRIBERS, Permission::ManageSubscribers),
    screen(SUBSCRIBER, Permission::ManageSubscribers),
    act(ASK_SUBSCRIBER, Permission::ManageSubscribers),
    act(ERASE_SUBSCRIBER, Permission::ManageSubscribers),
    screen(SETTINGS, Permission::EditPage),
    act(SETTINGS, Permission::EditPage),
    screen(PICTURES, Permission::EditPage),
    act(PICTURES, Permission::EditPage),
    act(DELETE_PAGE, Permission::DeletePage),
    act(RESTORE_PAGE, Permission::DeletePage),
];

/// Its handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    routes_of_telling(routes_of_page(desk))
        .at(&Method::GET, HOME, home::get_home)
        .at(&Method::GET, NEW_PAGE, new_page::get_new_page)
        .at(&Method::POST, NEW_PAGE, new_page::post_new_page)
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
        .at(&Method::POST, RELATED, incident::relate)
        .at(&Method::POST, POSTMORTEM, incident::write_postmortem)
}

/// Handlers of who is told, and how.
fn routes_of_telling(desk: Desk) -> Desk {
    desk.at(&Method::GET, CHANNELS, channels::get_channels)
        .at(&Method::GET, SERVICES, channels::get_services)
        .at(&Method::GET, NEW_CHANNEL, channels::get_new)
        .at(&Method::POST, NEW_CHANNEL, channels::post_new)
        .at(&Method::GET, MAIL, channels::get_mail)
        .at(&Method::POST, MAIL, channels::post_mail)
        .at(&Method::POST, TRY_MAIL, channels::try_mail)
        .at(&Method::POST, DROP_MAIL, channels::drop_mail)
        .at(&Method::GET, CHANNEL, channels::get_channel)
        .at(&Method::POST, CHANNEL, channels::post_channel)
        .at(&Method::POST, TRY_CHANNEL, channels::try_channel)
        .at(&Method::POST, DELETE_CHANNEL, channels::delete)
        .at(&Method::GET, SUBSCRIBERS, subscribers::get_subscribers)
        .at(&Method::GET, EXPORT_SUBSCRIBERS, subscribers::export)
        .at(&Method::GET, IMPORT_SUBSCRIBERS, subscribers::get_import)
        .at(&Method::POST, IMPORT_SUBSCRIBERS, subscribers::post_import)
        .at(&Method::GET, SUBSCRIBER, subscribers::get_subscriber)
        .at(&Method::POST, ASK_SUBSCRIBER, subscribers::ask)
        .at(&Method::POST, ERASE_SUBSCRIBER, subscribers::erase)
}

/// Handlers of what a page is made of.
fn routes_of_page(desk: Desk) -> Desk {
    desk.at(&Method::GET, COMPONENTS, components::get_components)
        .at(&Method::GET, NEW_COMPONENT, components::get_new)
        .at(&Method::POST, NEW_COMPONENT, components::post_new)
        .at(&Method::GET, COMPONENT, components::get_component)
        .at(&Method::POST, COMPONENT, components::post_component)
        .at(&Method::POST, RETIRE, components::retire)
        .at(&Method::POST, RESTORE_COMPONENT, components::restore)
        .at(&Method::POST, MOVE_COMPONENT, components::move_component)
        .at(&Method::GET, NEW_GROUP, components::get_new_group)
        .at(&Method::POST, NEW_GROUP, components::post_new_group)
        .at(&Method::GET, GROUP, components::get_group)
        .at(&Method::POST, GROUP, components::post_group)
        .at(&Method::POST, REMOVE_GROUP, components::remove_group)
        .at(&Method::POST, MOVE_GROUP, components::move_group)
        .at(&Method::GET, MAINTENANCE, maintenance::get_maintenance)
        .at(&Method::GET, NEW_WORK, maintenance::get_new)
        .at(&Method::POST, NEW_WORK, maintenance::post_new)
        .at(&Method::GET, WORK, maintenance::get_work)
        .at(&Method::POST, WORK, maintenance::post_work)
        .at(&Method::GET, WORK_UPDATE, maintenance::get_update)
        .at(&Method::POST, WORK_UPDATE, maintenance::post_update)
        .at(&Method::POST, WORK_DELETE, maintenance::delete)
        .at(&Method::POST, END_RECURRENCE, maintenance::end_recurrence)
        .at(
            &Method::GET,
            ANNOUNCEMENTS,
            announcements::get_announcements,
        )
        .at(&Method::GET, NEW_ANNOUNCEMENT, announcements::get_new)
        .at(&Method::POST, NEW_ANNOUNCEMENT, announcements::post_new)
        .at(&Method::GET, ANNOUNCEMENT, announcements::get_announcement)
        .at(
            &Method::POST,
            ANNOUNCEMENT,
            announcements::post_announcement,
        )
        .at(&Method::POST, END_ANNOUNCEMENT, announcements::end)
        .at(&Method::GET, TEMPLATES, templates::get_templates)
        .at(&Method::GET, NEW_TEMPLATE, templates::get_new)
        .at(&Method::POST, NEW_TEMPLATE, templates::post_new)
        .at(&Method::GET, TEMPLATE, templates::get_template)
        .at(&Method::POST, TEMPLATE, templates::post_template)
        .at(&Method::POST, DELETE_TEMPLATE, templates::delete)
        .at(&Method::GET, PICTURES, pictures::get_pictures)
        .at(&Method::POST, PICTURES, pictures::post_pictures)
        .at(&Method::GET, SETTINGS, settings::get_settings)
        .at(&Method::POST, SETTINGS, settings::post_settings)
        .at(&Method::POST, DELETE_PAGE, settings::delete)
        .at(&Method::POST, RESTORE_PAGE, settings::restore)
}
