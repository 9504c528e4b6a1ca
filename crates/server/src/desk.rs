//! The desk: what is written to over HTTP. Console and APIs stand under paths of their own on every
//! host; they take bodies, bounded, and run on the shared runtime, so that no reader waits for them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Either;
use hyper::body::Incoming;
use noroshi_domain::Locale;
use noroshi_ops::{App, OpError};
use tower::ServiceExt as _;

use crate::accounts::{Client, locale_of};
use crate::answer::{Answer, busy, error_body};
use crate::api::own;
use crate::connection::Peer;
use crate::routes::{Class, row_of};
use crate::surface::Inner;
use crate::{accounts, api, authority, console};

/// Which of the surfaces a request is for: each refuses in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `/v1`, `/api/v1`: what scripts for the existing product ask.
    Statuspage,
    /// `/api/noroshi/v1`: our own.
    Own,
    /// `/console`.
    Console,
}

/// Why a request goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Nobody is known by what was shown.
    Unknown,
    /// He is known and may not.
    Forbidden,
    /// There is no such thing, or not for him.
    NotFound,
    /// Not now.
    Busy,
    /// Something failed; the number finds its line in the log.
    Failed(String),
}

impl Refused {
    /// What a failed look-up comes to. A failure is logged here.
    pub(crate) fn of(error: &OpError) -> Self {
        match error {
            OpError::Unauthenticated => Self::Unknown,
            OpError::Forbidden(_) => Self::Forbidden,
            OpError::NotFound { .. } => Self::NotFound,
            error if error.is_passing() => Self::Busy,
            error => {
                let number = noroshi_ops::Chance::System.command_id().to_string();
                tracing::error!(error.number = %number, "{error}");
                Self::Failed(number)
            }
        }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Surface {
    /// Whose path it is.
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with(own::BASE) {
            Self::Own
        } else if path.starts_with("/console") {
            Self::Console
        } else {
            Self::Statuspage
        }
    }

    /// A refusal as its readers expect it: people in their language, programs in one.
    pub(crate) fn refuse(self, refused: &Refused, locale: Locale) -> Response {
        if self == Self::Console {
            return console::error::screen(refused, locale);
        }
        if *refused == Refused::Busy && self != Self::Statuspage {
            return busy().map(axum::body::Body::new).into_response();
        }
        if self == Self::Own {
            return own::answered_with(&own::of_guard(refused));
        }
        let (code, message) = match refused {
            Refused::Unknown => ("unauthenticated", "Could not authenticate".to_owned()),
            Refused::Forbidden => ("forbidden", "This key may not do that".to_owned()),
            Refused::NotFound => ("not_found", "Not found".to_owned()),
            Refused::Busy => ("busy", "Busy, try again".to_owned()),
            Refused::Failed(number) => (
                "failed",
                format!("Something failed; the server's log has it under {number}"),
            ),
        };
        let body = match self {
            // Both keys that clients look at.
            Self::Statuspage => serde_json::json!({ "error": message, "message": message })
                .to_string()
                .into_bytes(),
            _ => error_body(code, &message),
        };
        let headers = [
            (CONTENT_TYPE, "application/json; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
        ];
        let mut response = (refused.status(), headers, body).into_response();
        if *refused == Refused::Busy {
            let wait = HeaderValue::from(crate::limits::RETRY_S);
            response.headers_mut().insert(RETRY_AFTER, wait);
        }
        response
    }
}

/// Whether a path is the desk's, whatever host it is asked at.
pub(crate) fn stands_at(path: &str) -> bool {
    match path.as_bytes().get(1) {
        Some(b'v') => path.starts_with("/v1/"),
        Some(b'a') => {
            let own = path.strip_prefix(own::BASE);
            path.starts_with("/api/v1/")
                || own.is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'/', ..]))
        }
        Some(b'c') => path == "/console" || path.starts_with("/console/"),
        _ => false,
    }
}

/// Routes that can not be made without a row in the table.
pub(crate) struct Desk(Router<Arc<Inner>>);

impl Desk {
    /// Adds a handler. Panics where the route table has no row for it: at the first start, and so
    /// in every test.
    pub(crate) fn at<H, T>(self, method: &Method, pattern: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Inner>>,
        T: 'static,
    {
        assert!(
            row_of(method, pattern).is_some(),
            "{method} {pattern} does not stand in the route table"
        );
        let filter = MethodFilter::try_from(method.clone());
        let filter = filter.expect("the table names methods that are known");
        Self(self.0.route(pattern, on(filter, handler)))
    }
}

/// All of the desk.
pub(crate) fn router(inner: &Arc<Inner>) -> Router {
    let desk = console::routes(api::routes(accounts::routes(Desk(Router::new()))));
    let Desk(routes) = api::v1::routes(desk, inner);
    let body_bytes = usize::try_from(inner.limits.desk_body_bytes).unwrap_or(usize::MAX);
    routes
        .route_layer(from_fn_with_state(Arc::clone(inner), authority::guard))
        .fallback(|uri: Uri, headers: HeaderMap| async move {
            Surface::of(uri.path()).refuse(&Refused::NotFound, locale_of(&headers))
        })
        .layer(DefaultBodyLimit::max(body_bytes))
        .with_state(Arc::clone(inner))
}

/// Answers a request to the desk.
pub(crate) async fn answer(
    surface: &crate::Surface,
    peer: &Peer,
    request: Request<Incoming>,
) -> Answer {
    let own = Surface::of(request.uri().path());
    let locale = locale_of(request.headers());
    let Ok(permit) = Arc::clone(&surface.inner.desk_requests).try_acquire_owned() else {
        return (
            own.refuse(&Refused::Busy, locale).map(Either::Right),
            Class::Api,
        );
    };
    let mut request = request.map(axum::body::Body::new);
    let client = Client::of(peer, request.headers());
    request.extensions_mut().insert(client);
    if own == Surface::Statuspage {
        *request.uri_mut() = plain_v1(request.uri());
    }
    let desk = surface.desk.clone();
    let made = async move {
        let _permit = permit;
        match desk.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    };
    let response = match &surface.runtime {
        Some(runtime) => match runtime.spawn(made).await {
            Ok(response) => response,
            Err(error) => {
                let failed = OpError::Store(format!("a handler: {error}"));
                own.refuse(&Refused::of(&failed), locale)
            }
        },
        None => made.await,
    };
    (guarded(response).map(Either::Right), Class::Api)
}

/// `/v1/…` without `.json`: all the ways in which one operation is written.
fn plain_v1(uri: &Uri) -> Uri {
    let path = uri.path();
    let path = path.strip_prefix("/api").unwrap_or(path);
    let path = path.strip_suffix(".json").unwrap_or(path);
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    // A part of an address that was read is an address.
    format!("{path}{query}").parse().unwrap_or_default()
}

/// Headers of every answer: nobody else keeps it, and no other site shows it within its own.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry("content-security-policy")
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}

impl Inner {
    /// The same for what hashes a password: few at once, for each takes memory and all of a core.
    ///
    /// # Errors
    /// [`Refused::Busy`] when too many wait.
    pub(crate) async fn call_hashing<T, F>(self: &Arc<Self>, operation: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> T + Send + 'static,
    {
        let Ok(_waits) = Arc::clone(&self.password_waiting).try_acquire_owned() else {
            return Err(Refused::Busy);
        };
        let permit = Arc::clone(&self.password_checks).acquire_owned().await;
        self.call(move |app| {
            let _permit = permit;
            operation(app)
        })
        .await
    }

    /// Runs an operation where it may block, with a bound on how many do.
    ///
    /// # Errors
    /// [`Refused::Failed`] when it panicked; it stands in the log.
    pub(crate) async fn call<T, F>(self: &Arc<Self>, operation: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> T + Send + 'static,
    {
        let permit = Arc::clone(&self.desk_calls).acquire_owned().await;
        let app = self.app.clone();
        let called = tokio::task::spawn_blocking(move || {
            // Held until it is done, even when nobody waits any longer.
            let _permit = permit;
            operation(&app)
        });
        called
            .await
            .map_err(|error| Refused::of(&OpError::Store(format!("an operation: {error}"))))
    }
}
