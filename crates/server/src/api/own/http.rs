//! From a request to a [`Call`], and from what it comes to back to an answer.

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, RawPathParams, Request, State};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use http::header::{
    ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER,
};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use noroshi_domain::{CommandId, Locale};
use noroshi_text::negotiate;
use sha2::{Digest as _, Sha256};

use super::problem::Details;
use super::{Call, Operation, Problem, Reply, guide, openapi};
use crate::authority::Known;
use crate::limits::RETRY_S;
use crate::surface::Inner;

/// The media type of a problem (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Answers a request for an operation.
pub(super) async fn handle(
    operation: &'static Operation,
    State(inner): State<Arc<Inner>>,
    Known(caller): Known,
    names: RawPathParams,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let locale = language(&parts.headers).unwrap_or(caller.locale);
    let names = names
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // The bound on bodies travels in the extensions.
    let mut of_body = Request::new(body);
    *of_body.extensions_mut() = parts.extensions.clone();
    let body = Bytes::from_request(of_body, &()).await;
    let read = read(operation, &parts, body);
    let now = (inner.now)();
    let call = match read {
        Ok(read) => move |app: &noroshi_ops::App| {
            (operation.run)(&Call {
                app: app.clone(),
                caller,
                now,
                names,
                query: read.query,
                body: read.body,
                seen: read.seen,
                command_id: read.command_id,
            })
        },
        Err(problem) => return refused(&problem, locale),
    };
    let outcome = if operation.hashes {
        inner.call_hashing(call).await
    } else {
        inner.call(call).await
    };
    match outcome {
        Ok(Ok(reply)) => answered(operation, reply),
        Ok(Err(problem)) => refused(&problem, locale),
        Err(stopped) => {
            crate::desk::Surface::Own.refuse(&stopped, noroshi_domain::Locale::default())
        }
    }
}

/// What every operation reads of a request.
struct Read {
    query: String,
    body: Vec<u8>,
    seen: Option<i64>,
    command_id: Option<CommandId>,
}

fn read(
    operation: &Operation,
    parts: &Parts,
    body: Result<Bytes, BytesRejection>,
) -> Result<Read, Problem> {
    let body = body.map_err(|rejection| Problem::Input {
        status: rejection.status().as_u16(),
        at: "body".to_owned(),
        detail: rejection.body_text(),
    })?;
    if operation.body.is_some() && !is_json(&parts.headers) {
        return Err(Problem::Input {
            status: 415,
            at: "header Content-Type".to_owned(),
            detail: "send a JSON document as application/json".to_owned(),
        });
    }
    Ok(Read {
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: body.to_vec(),
        seen: seen(&parts.headers)?,
        command_id: command_id(&parts.headers)?,
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let media = value.and_then(|value| value.split(';').next());
    media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

fn language(headers: &HeaderMap) -> Option<Locale> {
    let header = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    negotiate::best(header, &Locale::ALL)
}

/// The revision that the author of a change saw.
fn seen(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let number = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let seq = number.and_then(|number| number.parse().ok());
    seq.map(Some).ok_or_else(|| {
        Problem::bad_header(
            "If-Match",
            &format!("{text:?} is no revision: send the ETag of an answer, like \"42\""),
        )
    })
}

fn command_id(headers: &HeaderMap) -> Result<Option<CommandId>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    CommandId::parse(text)
        .map(Some)
        .map_err(|error| Problem::bad_header("Idempotency-Key", &error.to_string()))
}

/// The description, for programs.
pub(super) async fn get_description() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi().to_string());
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// The description, for people.
pub(super) async fn get_guide() -> Response {
    static PAGE: LazyLock<Result<String, askama::Error>> =
        LazyLock::new(|| guide::html(&openapi()));
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let digest = Sha256::digest(guide::CSS.as_bytes());
        let hash = BASE64.encode(digest);
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
        )
    });
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
    ];
    match &*PAGE {
        Ok(page) => (headers, page.as_str()).into_response(),
        Err(error) => {
            let failure = noroshi_ops::OpError::Store(format!("the guide: {error}"));
            crate::desk::Surface::Own.refuse(
                &crate::desk::Refused::of(&failure),
                noroshi_domain::Locale::default(),
            )
        }
    }
}

fn answered(operation: &Operation, reply: Reply) -> Response {
    let status = StatusCode::from_u16(operation.status).unwrap_or(StatusCode::OK);
    let mut response = match reply.body {
        Some(body) => {
            let json = [(CONTENT_TYPE, "application/json")];
            (status, json, body.to_string()).into_response()
        }
        None => status.into_response(),
    };
    let headers = response.headers_mut();
    let tag = reply.seq.and_then(|seq| format!("\"{seq}\"").parse().ok());
    if let Some(tag) = tag {
        headers.insert(ETAG, tag);
    }
    response
}

fn refused(problem: &Problem, locale: Locale) -> Response {
    answered_with(&problem.details(locale))
}

/// A problem as it is answered.
pub(crate) fn answered_with(details: &Details) -> Response {
    let status = StatusCode::from_u16(details.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_string(details).unwrap_or_default();
    let mut response = (status, [(CONTENT_TYPE, PROBLEM)], body).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, RETRY_S.into());
    }
    response
}
