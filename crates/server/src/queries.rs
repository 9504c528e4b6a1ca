//! Lists that are made when they are asked for: search, filters, older pages. Bounded in number and
//! time, apart from published pages, from the record and the state that readers see.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use http_body_util::{Either, Full};
use noroshi_domain::{ComponentId, Impact, IncidentId, Instant, State as PageState};
use noroshi_publish::render::{self, HistoryQuery};
use noroshi_publish::{ContentType, PublishError};
use noroshi_store::{Store, StoreError};

use crate::answer::{error_body, frame, set};
use crate::find::Found;
use crate::limits::{RETRY_S, SEARCH_CHARS};
use crate::paths::{content_type, is_localized, query_value};
use crate::surface::Inner;

/// The record does not answer, or too many ask at once: try again.
#[derive(Debug)]
pub(crate) struct Unavailable;

/// The history: a page of it, or what a filter or a search leaves.
pub(crate) async fn list_history(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    RawQuery(query): RawQuery,
) -> Response {
    history(&inner, found, wanted(&query.unwrap_or_default())).await
}

/// What a filter leaves of a month.
pub(crate) async fn list_month(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    Path(month): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let wanted = wanted(&query.unwrap_or_default());
    history(
        &inner,
        found,
        HistoryQuery {
            month: Some(month),
            words: None,
            ..wanted
        },
    )
    .await
}

fn wanted(query: &str) -> HistoryQuery {
    let value = |name| query_value(query, name).filter(|value| !value.is_empty());
    HistoryQuery {
        month: value("month"),
        page_number: value("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1),
        component: value("component").and_then(|code| ComponentId::parse(&code).ok()),
        impact: value("impact").and_then(|name| Impact::parse(&name)),
        words: value("q").map(|words| words.chars().take(SEARCH_CHARS).collect()),
    }
}

async fn history(inner: &Arc<Inner>, found: Found, wanted: HistoryQuery) -> Response {
    made(
        inner,
        found,
        ContentType::Html,
        move |found, state, (store, now)| {
            render::history(state, store, &wanted, (found.locale, now))
        },
    )
    .await
}

/// An older page of a component's uptime, or of its document.
pub(crate) async fn get_uptime(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let page = query_value(&query, "page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let (code, content_type) = named(&name);
    let component = ComponentId::parse(code).ok();
    made(
        &inner,
        found,
        content_type,
        move |found, state, (store, now)| {
            let locale = (content_type == ContentType::Html).then_some(found.locale);
            let Some(component) = component else {
                return Ok(None);
            };
            render::uptime_page(state, store, (&component, page), (locale, now))
        },
    )
    .await
}

/// A component's calendar or badge, where it is not among those made beforehand.
pub(crate) async fn get_component_file(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    Path((component, file)): Path<(String, String)>,
) -> Response {
    let content_type = content_type(&file);
    let component = ComponentId::parse(&component).ok();
    made(
        &inner,
        found,
        content_type,
        move |found, state, (_, now)| {
            Ok(component.and_then(|component| {
                render::component_file(state, (&component, &file), (found.locale, now))
            }))
        },
    )
    .await
}

/// An incident, its document or its calendar, where the archive is not made yet.
pub(crate) async fn get_incident(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    Path(name): Path<String>,
) -> Response {
    let (code, content_type) = named(&name);
    let id = IncidentId::parse(code).ok();
    made(
        &inner,
        found,
        content_type,
        move |found, state, (store, now)| {
            let Some(id) = id else { return Ok(None) };
            render::incident_alone(state, store, (&id, content_type), (found.locale, now))
        },
    )
    .await
}

/// A code and what of it is asked for: `CODE` its page, `CODE.json` its document, `CODE.ics` its
/// calendar.
fn named(name: &str) -> (&str, ContentType) {
    let code = name.split_once('.').map_or(name, |(code, _)| code);
    (code, content_type(name))
}

/// A later part of the record.
pub(crate) async fn list_entries(
    State(inner): State<Arc<Inner>>,
    Extension(found): Extension<Found>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let after = query_value(&query, "after")
        .and_then(|after| after.parse().ok())
        .unwrap_or(0);
    made(
        &inner,
        found,
        ContentType::Json,
        move |_, state, (store, _)| render::journal(state, store, after).map(Some),
    )
    .await
}

/// Makes a document on the record, or says in the page's own words why not.
async fn made<F>(inner: &Arc<Inner>, found: Found, content_type: ContentType, make: F) -> Response
where
    F: FnOnce(&Found, &PageState, (&Store, Instant)) -> Result<Option<Vec<u8>>, PublishError>
        + Send
        + 'static,
{
    let asked = found.clone();
    let result = on_store(inner, move |store, now| {
        // Until a page's state is known after a start, nothing can be made of it.
        let Some(state) = &asked.set.state else {
            return Err(StoreError::Unavailable(
                "the page's state is not known yet".to_owned(),
            ));
        };
        make(&asked, state, (store, now)).map_err(store_error)
    });
    let (status, body) = match result.await {
        Ok(Some(body)) => (StatusCode::OK, body),
        Ok(None) => (
            StatusCode::NOT_FOUND,
            refusal(inner, &found, content_type, true),
        ),
        Err(Unavailable) => (
            StatusCode::SERVICE_UNAVAILABLE,
            refusal(inner, &found, content_type, false),
        ),
    };
    let mut response = http::Response::new(Either::Left(Full::from(body)));
    *response.status_mut() = status;
    // A refusal is said in a page or in JSON, whatever was asked for.
    let said = match content_type {
        other if status == StatusCode::OK => other,
        ContentType::Html => ContentType::Html,
        _ => ContentType::Json,
    };
    frame(&mut response, said, Some(&found.set));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        set(
            &mut response,
            http::header::RETRY_AFTER,
            &RETRY_S.to_string(),
        );
        set(&mut response, http::header::CACHE_CONTROL, "no-store");
    }
    if found.is_negotiated && is_localized(&found.path) {
        set(&mut response, http::header::VARY, "accept-language");
    }
    response.map(Body::new)
}

/// Why nothing was made: in the page's own words, for programs in JSON.
fn refusal(inner: &Inner, found: &Found, content_type: ContentType, is_missing: bool) -> Vec<u8> {
    match &found.set.state {
        Some(state) if content_type == ContentType::Html => {
            render::error(state, is_missing, (found.locale, (inner.now)()))
        }
        _ if is_missing => error_body("not_found", "nothing is here"),
        _ => error_body("unavailable", "this can not be made now, try again"),
    }
}

fn store_error(error: PublishError) -> StoreError {
    match error {
        PublishError::Store(error) => error,
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// Asks the record on a thread that may wait: a bounded number at once, for a bounded time.
pub(crate) async fn on_store<T, F>(inner: &Arc<Inner>, ask: F) -> Result<T, Unavailable>
where
    T: Send + 'static,
    F: FnOnce(&Store, Instant) -> Result<T, StoreError> + Send + 'static,
{
    let Ok(permit) = Arc::clone(&inner.queries).try_acquire_owned() else {
        return Err(Unavailable);
    };
    let (store, now) = (inner.store.clone(), (inner.now)());
    let asked = tokio::task::spawn_blocking(move || {
        // Held until the record has answered, even when nobody waits any longer.
        let _permit = permit;
        ask(&store, now)
    });
    match tokio::time::timeout(inner.limits.query_time, asked).await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "record did not answer"
            );
            Err(Unavailable)
        }
        Ok(Err(_)) | Err(_) => Err(Unavailable),
    }
}
