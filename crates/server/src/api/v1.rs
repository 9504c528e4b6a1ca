//! The compatible manage API, under `/v1` and `/api/v1`: scripts for Statuspage work after their
//! host name was changed (reference part 2). One file a noun; `docs/` says of each operation what
//! it does.
//!
//! What changes a page goes through the door like everything else. No field of ours stands here.

mod ask;
mod audiences;
mod body;
mod components;
mod embeds;
mod fields;
mod granted;
mod groups;
mod incident_write;
mod incidents;
mod measures;
mod pages;
mod paging;
mod postmortems;
mod providers;
mod rates;
mod records;
mod subscribers;
mod templates;
mod uptime;
mod users;
mod viewers;

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{RawPathParams, State};
use axum::response::{IntoResponse, Response};
use http::{Method, Request};
use noroshi_ops::{Caller, Permission};

use crate::authority::Known;
use crate::desk::{Desk, Surface};
use crate::routes::{Class, Role, Route, desk};
use crate::surface::Inner;
use ask::{Ask, Fault, Reply};
use rates::Rates;

/// One operation: its address, who may, and what it does.
pub(crate) struct Operation {
    /// Its row of the route table.
    pub(crate) route: Route,
    run: Run,
}

type Run = fn(&Ask) -> Result<Reply, Fault>;

const KNOWN: Role = Role::Known;
const SEE: Role = Role::OnPage(Permission::View);
const PAGE: Role = Role::OnPage(Permission::EditPage);
const PARTS: Role = Role::OnPage(Permission::EditComponents);
/// Fields need one permission, the status another.
const PARTS_OR_STATUS: Role =
    Role::OnPageAny(&[Permission::EditComponents, Permission::PostIncident]);
/// Which of the two depends on what the incident is.
const POST: Role = Role::OnPageAny(&[Permission::PostIncident, Permission::PostMaintenance]);

const REPORT: Role = Role::OnPage(Permission::PostIncident);
const TEMPLATES: Role = Role::OnPage(Permission::EditTemplates);
const SUBSCRIBERS: Role = Role::OnPage(Permission::ManageSubscribers);
const VIEWERS: Role = Role::OnPage(Permission::ManageTeam);
const TEAM: Role = Role::Everywhere(Permission::ManageTeam);

macro_rules! operations {
    ($($method:ident $path:literal $role:ident => $run:path;)*) => {
        &[$(Operation {
            route: desk(Method::$method, concat!("/v1", $path), $role, Class::Api),
            run: $run,
        }),*]
    };
}

/// Every operation; PATCH and PUT mean the same and count as two, as in the reference.
pub(crate) static OPERATIONS: &[Operation] = operations![
    GET "/pages" KNOWN => pages::list;
    GET "/pages/{page_id}" SEE => pages::get;
    PATCH "/pages/{page_id}" PAGE => pages::update;
    PUT "/pages/{page_id}" PAGE => pages::update;

    GET "/pages/{page_id}/components" SEE => components::list;
    POST "/pages/{page_id}/components" PARTS => components::create;
    GET "/pages/{page_id}/components/{component_id}" SEE => components::get;
    PATCH "/pages/{page_id}/components/{component_id}" PARTS_OR_STATUS => components::update;
    PUT "/pages/{page_id}/components/{component_id}" PARTS_OR_STATUS => components::update;
    DELETE "/pages/{page_id}/components/{component_id}" PARTS => components::delete;
    GET "/pages/{page_id}/components/{component_id}/uptime" SEE => uptime::of_component;
    POST "/pages/{page_id}/components/{component_id}/page_access_users" VIEWERS
        => granted::grant_to_users;
    DELETE "/pages/{page_id}/components/{component_id}/page_access_users" VIEWERS
        => granted::take_from_users;
    POST "/pages/{page_id}/components/{component_id}/page_access_groups" VIEWERS
        => granted::grant_to_groups;
    DELETE "/pages/{page_id}/components/{component_id}/page_access_groups" VIEWERS
        => granted::take_from_groups;

    GET "/pages/{page_id}/component-groups" SEE => groups::list;
    POST "/pages/{page_id}/component-groups" PARTS => groups::create;
    GET "/pages/{page_id}/component-groups/{group_id}" SEE => groups::get;
    PATCH "/pages/{page_id}/component-groups/{group_id}" PARTS => groups::update;
    PUT "/pages/{page_id}/component-groups/{group_id}" PARTS => groups::update;
    DELETE "/pages/{page_id}/component-groups/{group_id}" PARTS => groups::delete;
    GET "/pages/{page_id}/component-groups/{group_id}/uptime" SEE => uptime::of_group;
    // One client writes an underscore.
    GET "/pages/{page_id}/component_groups" SEE => groups::list;
    POST "/pages/{page_id}/component_groups" PARTS => groups::create;
    GET "/pages/{page_id}/component_groups/{group_id}" SEE => groups::get;
    PATCH "/pages/{page_id}/component_groups/{group_id}" PARTS => groups::update;
    PUT "/pages/{page_id}/component_groups/{group_id}" PARTS => groups::update;
    DELETE "/pages/{page_id}/component_groups/{group_id}" PARTS => groups::delete;
    GET "/pages/{page_id}/component_groups/{group_id}/uptime" SEE => uptime::of_group;

    GET "/pages/{page_id}/incidents" SEE => incidents::list;
    POST "/pages/{page_id}/incidents" POST => incidents::create;
    GET "/pages/{page_id}/incidents/unresolved" SEE => incidents::list_unresolved;
    GET "/pages/{page_id}/incidents/scheduled" SEE => incidents::list_scheduled;
    GET "/pages/{page_id}/incidents/upcoming" SEE => incidents::list_upcoming;
    GET "/pages/{page_id}/incidents/active_maintenance" SEE => incidents::list_active;
    GET "/pages/{page_id}/incidents/{incident_id}" SEE => incidents::get;
    PATCH "/pages/{page_id}/incidents/{incident_id}" POST => incidents::update;
    PUT "/pages/{page_id}/incidents/{incident_id}" POST => incidents::update;
    DELETE "/pages/{page_id}/incidents/{incident_id}" POST => incidents::delete;
    PATCH "/pages/{page_id}/incidents/{incident_id}/incident_updates/{update_id}" POST
        => incidents::edit_update;
    PUT "/pages/{page_id}/incidents/{incident_id}/incident_updates/{update_id}" POST
        => incidents::edit_update;

    GET "/pages/{page_id}/incidents/{incident_id}/postmortem" SEE => postmortems::get;
    PUT "/pages/{page_id}/incidents/{incident_id}/postmortem" REPORT => postmortems::put;
    DELETE "/pages/{page_id}/incidents/{incident_id}/postmortem" REPORT => postmortems::delete;
    PUT "/pages/{page_id}/incidents/{incident_id}/postmortem/publish" REPORT => postmortems::publish;
    PUT "/pages/{page_id}/incidents/{incident_id}/postmortem/revert" REPORT => postmortems::revert;

    GET "/pages/{page_id}/incidents/{incident_id}/subscribers" SUBSCRIBERS => subscribers::list_of_incident;
    POST "/pages/{page_id}/incidents/{incident_id}/subscribers" SUBSCRIBERS => subscribers::create_of_incident;
    GET "/pages/{page_id}/incidents/{incident_id}/subscribers/{subscriber_id}" SUBSCRIBERS => subscribers::get_of_incident;
    DELETE "/pages/{page_id}/incidents/{incident_id}/subscribers/{subscriber_id}" SUBSCRIBERS => subscribers::delete_of_incident;
    POST "/pages/{page_id}/incidents/{incident_id}/subscribers/{subscriber_id}/resend_confirmation" SUBSCRIBERS
        => subscribers::resend_of_incident;

    GET "/pages/{page_id}/incident_templates" SEE => templates::list;
    POST "/pages/{page_id}/incident_templates" TEMPLATES => templates::create;

    GET "/pages/{page_id}/metrics" SEE => measures::list;
    GET "/pages/{page_id}/metrics/{metric_id}" SEE => measures::get;
    PATCH "/pages/{page_id}/metrics/{metric_id}" PARTS => measures::update;
    PUT "/pages/{page_id}/metrics/{metric_id}" PARTS => measures::update;
    DELETE "/pages/{page_id}/metrics/{metric_id}" PARTS => measures::delete;
    POST "/pages/{page_id}/metrics/{metric_id}/data" PARTS => measures::add_point;
    DELETE "/pages/{page_id}/metrics/{metric_id}/data" PARTS => measures::delete_data;
    POST "/pages/{page_id}/metrics/data" PARTS => measures::add_points;

    GET "/pages/{page_id}/metrics_providers" SEE => providers::list;
    POST "/pages/{page_id}/metrics_providers" PAGE => providers::create;
    GET "/pages/{page_id}/metrics_providers/{provider_id}" SEE => providers::get;
    PATCH "/pages/{page_id}/metrics_providers/{provider_id}" PAGE => providers::update;
    PUT "/pages/{page_id}/metrics_providers/{provider_id}" PAGE => providers::update;
    DELETE "/pages/{page_id}/metrics_providers/{provider_id}" PAGE => providers::delete;
    GET "/pages/{page_id}/metrics_providers/{provider_id}/metrics" SEE
        => measures::list_of_provider;
    POST "/pages/{page_id}/metrics_providers/{provider_id}/metrics" PARTS => measures::create;
    // Of an old client.
    GET "/metrics_providers" KNOWN => providers::kinds;

    GET "/pages/{page_id}/subscribers" SUBSCRIBERS => subscribers::list;
    POST "/pages/{page_id}/subscribers" SUBSCRIBERS => subscribers::create;
    GET "/pages/{page_id}/subscribers/{subscriber_id}" SUBSCRIBERS => subscribers::get;
    PATCH "/pages/{page_id}/subscribers/{subscriber_id}" SUBSCRIBERS => subscribers::update;
    DELETE "/pages/{page_id}/subscribers/{subscriber_id}" SUBSCRIBERS => subscribers::delete;
    POST "/pages/{page_id}/subscribers/{subscriber_id}/resend_confirmation" SUBSCRIBERS
        => subscribers::resend;
    POST "/pages/{page_id}/subscribers/resend_confirmation" SUBSCRIBERS
        => subscribers::resend_to_all;
    POST "/pages/{page_id}/subscribers/unsubscribe" SUBSCRIBERS => subscribers::unsubscribe;
    POST "/pages/{page_id}/subscribers/reactivate" SUBSCRIBERS => subscribers::reactivate;
    GET "/pages/{page_id}/subscribers/count" SUBSCRIBERS => subscribers::count;
    GET "/pages/{page_id}/subscribers/histogram_by_state" SUBSCRIBERS
        => subscribers::histogram;
    GET "/pages/{page_id}/subscribers/unsubscribed" SUBSCRIBERS
        => subscribers::list_unsubscribed;

    GET "/pages/{page_id}/page_access_users" VIEWERS => viewers::list;
    POST "/pages/{page_id}/page_access_users" VIEWERS => viewers::create;
    GET "/pages/{page_id}/page_access_users/{user_id}" VIEWERS => viewers::get;
    PATCH "/pages/{page_id}/page_access_users/{user_id}" VIEWERS => viewers::update;
    PUT "/pages/{page_id}/page_access_users/{user_id}" VIEWERS => viewers::update;
    DELETE "/pages/{page_id}/page_access_users/{user_id}" VIEWERS => viewers::delete;
    GET "/pages/{page_id}/page_access_users/{user_id}/components" VIEWERS => viewers::list_components;
    PATCH "/pages/{page_id}/page_access_users/{user_id}/components" VIEWERS => viewers::add_components;
    PUT "/pages/{page_id}/page_access_users/{user_id}/components" VIEWERS => viewers::add_components;
    POST "/pages/{page_id}/page_access_users/{user_id}/components" VIEWERS => viewers::replace_components;
    DELETE "/pages/{page_id}/page_access_users/{user_id}/components" VIEWERS => viewers::remove_components;
    DELETE "/pages/{page_id}/page_access_users/{user_id}/components/{component_id}" VIEWERS => viewers::remove_component;
    GET "/pages/{page_id}/page_access_users/{user_id}/metrics" VIEWERS => viewers::list_metrics;
    PATCH "/pages/{page_id}/page_access_users/{user_id}/metrics" VIEWERS => viewers::add_metrics;
    PUT "/pages/{page_id}/page_access_users/{user_id}/metrics" VIEWERS => viewers::add_metrics;
    POST "/pages/{page_id}/page_access_users/{user_id}/metrics" VIEWERS => viewers::replace_metrics;
    DELETE "/pages/{page_id}/page_access_users/{user_id}/metrics" VIEWERS => viewers::remove_metrics;
    DELETE "/pages/{page_id}/page_access_users/{user_id}/metrics/{metric_id}" VIEWERS => viewers::remove_metric;

    GET "/pages/{page_id}/page_access_groups" VIEWERS => audiences::list;
    POST "/pages/{page_id}/page_access_groups" VIEWERS => audiences::create;
    GET "/pages/{page_id}/page_access_groups/{access_group_id}" VIEWERS => audiences::get;
    PATCH "/pages/{page_id}/page_access_groups/{access_group_id}" VIEWERS => audiences::update;
    PUT "/pages/{page_id}/page_access_groups/{access_group_id}" VIEWERS => audiences::update;
    DELETE "/pages/{page_id}/page_access_groups/{access_group_id}" VIEWERS => audiences::delete;
    GET "/pages/{page_id}/page_access_groups/{access_group_id}/components" VIEWERS => audiences::list_components;
    PATCH "/pages/{page_id}/page_access_groups/{access_group_id}/components" VIEWERS => audiences::add_components;
    PUT "/pages/{page_id}/page_access_groups/{access_group_id}/components" VIEWERS => audiences::add_components;
    POST "/pages/{page_id}/page_access_groups/{access_group_id}/components" VIEWERS => audiences::replace_components;
    DELETE "/pages/{page_id}/page_access_groups/{access_group_id}/components" VIEWERS => audiences::remove_components;
    DELETE "/pages/{page_id}/page_access_groups/{access_group_id}/components/{component_id}" VIEWERS => audiences::remove_component;

    GET "/organizations/{organization_id}/users" TEAM => users::list;
    POST "/organizations/{organization_id}/users" TEAM => users::create;
    DELETE "/organizations/{organization_id}/users/{user_id}" TEAM => users::delete;
    GET "/organizations/{organization_id}/permissions/{user_id}" TEAM => users::permissions;
    PUT "/organizations/{organization_id}/permissions/{user_id}" TEAM => users::set_permissions;

    GET "/pages/{page_id}/status_embed_config" SEE => embeds::get;
    PATCH "/pages/{page_id}/status_embed_config" PAGE => embeds::update;
    PUT "/pages/{page_id}/status_embed_config" PAGE => embeds::update;
];

/// Its handlers.
pub(crate) fn routes(mut desk: Desk, inner: &Arc<Inner>) -> Desk {
    let rates = Arc::new(Rates::new(inner.limits.api_requests));
    for operation in OPERATIONS {
        let rates = Arc::clone(&rates);
        let run = operation.run;
        let handler = move |state, known, named, request| {
            let rates = Arc::clone(&rates);
            answer(state, known, named, request, (run, rates))
        };
        desk = desk.at(&operation.route.method, operation.route.pattern, handler);
    }
    desk
}

/// Reads a request, runs its operation, writes its answer.
async fn answer(
    State(inner): State<Arc<Inner>>,
    Known(caller): Known,
    named: RawPathParams,
    request: Request<axum::body::Body>,
    (run, rates): (Run, Arc<Rates>),
) -> Response {
    let named = named
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let now = (inner.now)();
    let asked = match rates.take(&caller.actor.id, now) {
        Ok(()) => read(&inner, &caller, named, request).await,
        Err(wait_s) => Err(Fault::TooMany(wait_s)),
    };
    let ask = match asked {
        Ok(ask) => ask,
        Err(fault) => return fault.answer(&caller),
    };
    match inner.call(move |_| run(&ask)).await {
        Ok(Ok(reply)) => reply.into_response(),
        Ok(Err(fault)) => fault.answer(&caller),
        Err(refused) => Surface::Statuspage.refuse(&refused, noroshi_domain::Locale::default()),
    }
}

async fn read(
    inner: &Arc<Inner>,
    caller: &Caller,
    named: Vec<(String, String)>,
    request: Request<axum::body::Body>,
) -> Result<Ask, Fault> {
    let (parts, sent) = request.into_parts();
    let bytes_max = usize::try_from(inner.limits.desk_body_bytes).unwrap_or(usize::MAX);
    let sent = to_bytes(sent, bytes_max)
        .await
        .map_err(|_| Fault::TooLong)?;
    // Some clients send a content type with what has no body.
    let body = if parts.method == Method::GET {
        serde_json::Map::new()
    } else {
        body::read(&parts.headers, &sent)?
    };
    Ok(Ask {
        app: inner.app.clone(),
        caller: caller.clone(),
        named,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
        now: (inner.now)(),
    })
}
