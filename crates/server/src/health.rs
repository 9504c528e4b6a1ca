//! For whoever runs the server: is it alive, can it answer, what does it count.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noroshi_domain::PageId;

use crate::queries::{Unavailable, on_store};
use crate::surface::Inner;

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The process lives: it answers.
pub(crate) async fn get_health() -> Response {
    (NO_STORE, "ok\n").into_response()
}

/// Readers can be answered: something is published, or the record is there and nothing is to be.
pub(crate) async fn get_readiness(State(inner): State<Arc<Inner>>) -> Response {
    let page_count = inner.published.snapshot().pages.len();
    let store_is_up = on_store(&inner, |store, _| store.ping()).await.is_ok();
    let status = if page_count > 0 || store_is_up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let store = if store_is_up { "up" } else { "down" };
    let body = serde_json::json!({ "pages": page_count, "store": store });
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    (status, content_type, NO_STORE, body.to_string()).into_response()
}

/// What is counted. It names pages, so only this machine may ask, unless the installation says
/// otherwise; what a proxy passes on does not come from this machine.
pub(crate) async fn get_metrics(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let is_passed_on = ["forwarded", "x-forwarded-for", "via"]
        .iter()
        .any(|name| headers.contains_key(*name));
    if !inner.metrics_for_everyone && (!peer.ip().to_canonical().is_loopback() || is_passed_on) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let heads = on_store(&inner, |store, _| store.pages()).await.ok();
    let heads: Option<BTreeMap<PageId, i64>> = heads.map(|heads| {
        heads
            .into_iter()
            .map(|head| (head.page_id, head.head.seq))
            .collect()
    });
    let snapshot = inner.published.snapshot();
    let text = inner.metrics.text(&snapshot, heads.as_ref(), (inner.now)());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], NO_STORE, text).into_response()
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        crate::answer::busy()
            .map(axum::body::Body::new)
            .into_response()
    }
}
