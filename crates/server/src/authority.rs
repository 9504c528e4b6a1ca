//! Who asks, and whether he may: looked up once a request, before anything else runs.
//!
//! The route table says what an address needs (`routes.rs`). An address that does not stand there
//! is not there.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Request};
use noroshi_domain::PageId;
use noroshi_ops::{Caller, Permission};

use crate::desk::{Refused, Surface};
use crate::paths::query_value;
use crate::routes::{Role, row_of};
use crate::surface::Inner;

/// Who asks: for handlers behind the guard, at addresses that need somebody.
#[derive(Debug, Clone)]
pub(crate) struct Known(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| Surface::of(parts.uri.path()).refuse(&Refused::Unknown))
    }
}

/// Lets pass who may, and refuses the rest in the words of its surface.
pub(crate) async fn guard(
    State(inner): State<Arc<Inner>>,
    pattern: MatchedPath,
    parameters: RawPathParams,
    mut request: Request<axum::body::Body>,
    next: Next,
) -> Response {
    let surface = Surface::of(request.uri().path());
    let Some(row) = row_of(request.method(), pattern.as_str()) else {
        return surface.refuse(&Refused::NotFound);
    };
    if row.role == Role::Public {
        return next.run(request).await;
    }
    let caller = match caller_of(&inner, token_of(surface, &request)).await {
        Ok(caller) => caller,
        Err(refused) => return surface.refuse(&refused),
    };
    // An address whose page is no code is like one whose page is not there.
    let named = parameters.iter().find(|(name, _)| *name == "page_id");
    let page = named.and_then(|(_, value)| PageId::parse(value).ok());
    if let Err(refused) = may(&caller, row.role, page.as_ref()) {
        return surface.refuse(&refused);
    }
    request.extensions_mut().insert(Known(caller));
    next.run(request).await
}

/// Whether a caller may ask; `page` is what the address names.
fn may(caller: &Caller, role: Role, page: Option<&PageId>) -> Result<(), Refused> {
    match role {
        Role::Public | Role::Known => Ok(()),
        Role::Everywhere(permission) => caller
            .require(None, permission)
            .map_err(|_| Refused::Forbidden),
        Role::OnPage(permission) => {
            let page = Some(page.ok_or(Refused::NotFound)?);
            if caller.may(page, permission) {
                Ok(())
            } else if caller.may(page, Permission::View) {
                Err(Refused::Forbidden)
            } else {
                // Whoever may not see a page does not learn that it is there.
                Err(Refused::NotFound)
            }
        }
    }
}

/// What was shown to be known by.
fn token_of(surface: Surface, request: &Request<axum::body::Body>) -> Option<String> {
    let in_query = || {
        let query = request
            .uri()
            .query()
            .filter(|_| surface == Surface::Statuspage);
        query_value(query?, "api_key")
    };
    token_in(request.headers()).or_else(in_query)
}

async fn caller_of(inner: &Arc<Inner>, token: Option<String>) -> Result<Caller, Refused> {
    let token = token.ok_or(Refused::Unknown)?;
    let now = (inner.now)();
    let found = inner
        .call(move |app| app.caller_of_token(&token, now))
        .await?;
    found.map_err(|error| Refused::of(&error))
}

/// The token of an `Authorization` header: `OAuth KEY`, `Bearer KEY` or the key alone.
fn token_in(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    let Some((scheme, token)) = value.split_once(' ') else {
        return Some(value.to_owned());
    };
    let is_known = ["oauth", "bearer"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then(|| token.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_in_each_way_that_clients_send_it() {
        let of = |value: &str| {
            token_in(&HeaderMap::from_iter([(
                AUTHORIZATION,
                value.parse().unwrap(),
            )]))
        };
        for value in [
            "OAuth nrs_1",
            "oauth  nrs_1",
            "BEARER nrs_1",
            "nrs_1",
            " nrs_1 ",
        ] {
            assert_eq!(of(value).as_deref(), Some("nrs_1"), "{value:?}");
        }
        assert_eq!(of("Basic nrs_1"), None);
        assert_eq!(token_in(&HeaderMap::new()), None);
    }
}
