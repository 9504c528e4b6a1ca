//! The router behind the published set: system addresses, searches, lists made on request.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::surface::Inner;
use crate::{health, paths, queries};

/// The router; what it does not know is never sent to it.
pub(crate) fn router(inner: &Arc<Inner>) -> Router {
    Router::new()
        .route(paths::HEALTHZ, get(health::get_health))
        .route(paths::READYZ, get(health::get_readiness))
        .route(paths::METRICS, get(health::get_metrics))
        .route(
            "/components/{component}/{file}",
            get(queries::get_component_file),
        )
        .route("/history", get(queries::list_history))
        .route("/history/{month}", get(queries::list_month))
        .route("/incidents/{name}", get(queries::get_incident))
        .route("/journal.json", get(queries::list_entries))
        .route("/uptime/{component}", get(queries::get_uptime))
        .with_state(Arc::clone(inner))
}
