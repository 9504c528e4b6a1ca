//! Our own API, under `/api/noroshi/v1`: JSON in and out, for whoever shows a token.

pub(crate) mod own;
pub(crate) mod v1;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::Method;
use serde_json::json;

use crate::authority::Known;
use crate::desk::Desk;
use crate::routes::{Class, Role, Route, desk};

/// Who the caller is.
const CALLER: &str = "/api/noroshi/v1/caller";

/// Its addresses.
pub(crate) const ROUTES: &[Route] = &[desk(Method::GET, CALLER, Role::Known, Class::Api)];

/// Its handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    own::routes(desk.at(&Method::GET, CALLER, get_caller))
}

/// Whose token it is and what it may: the first thing to ask when something is refused.
async fn get_caller(Known(caller): Known) -> Response {
    let access = caller.access();
    let body = json!({
        "kind": caller.actor.kind,
        "id": caller.actor.id,
        "name": caller.name,
        "role": access.everywhere,
        "pages": access.pages,
    });
    Json(body).into_response()
}
