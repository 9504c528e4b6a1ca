//! Who asks, and whether he may: looked up once a request, before anything else runs.
//!
//! The route table says what an address needs (`routes.rs`). An address that does not stand there
//! is not there.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method, Request};
use noroshi_domain::PageId;
use noroshi_ops::sessions::SignedIn;
use noroshi_ops::{Caller, OpError, Permission};

use crate::accounts::{
    ADD_PASSKEY, ASK_NEW_PASSKEY, Client, FACTOR, SIGN_IN, SIGN_OUT, cookie, locale_of, origin,
};
use crate::console::{LANGUAGE, language};
use crate::desk::{Refused, Surface};
use crate::paths::{encode, query_value};
use crate::routes::{Role, Route, row_of};
use crate::surface::Inner;

/// Who asks: for handlers behind the guard, at addresses that need somebody.
#[derive(Debug, Clone)]
pub(crate) struct Known(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| {
            let surface = Surface::of(parts.uri.path());
            surface.refuse(&Refused::Unknown, locale_of(&parts.headers))
        })
    }
}

/// The session by which a person is known.
#[derive(Debug, Clone)]
pub(crate) struct Signed(pub(crate) String);

/// Where somebody may go who must set a second factor up before anything else.
fn is_open_without_factor(pattern: &str) -> bool {
    let open = [FACTOR, ADD_PASSKEY, ASK_NEW_PASSKEY, SIGN_OUT, LANGUAGE];
    open.contains(&pattern)
}

/// What somebody shows.
enum Shown {
    Nothing,
    Token(String),
    Session(String),
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
    let locale = locale_of(request.headers());
    let Some(row) = row_of(request.method(), pattern.as_str()) else {
        return surface.refuse(&Refused::NotFound, locale);
    };
    let shown = shown(surface, &request);
    let is_unsafe = !request.method().is_safe() && surface == Surface::Console;
    // A token is shown by programs, and no site can make a browser show one.
    if is_unsafe
        && !matches!(shown, Shown::Token(_))
        && !origin::is_ours(request.uri(), request.headers())
    {
        return surface.refuse(&Refused::Forbidden, locale);
    }
    if row.role == Role::Public {
        return next.run(request).await;
    }
    let caller = match caller_of(&inner, shown).await {
        Ok((caller, None)) => caller,
        Ok((caller, Some(signed))) => {
            if signed.lacks_factor && !is_open_without_factor(pattern.as_str()) {
                return Redirect::to(FACTOR).into_response();
            }
            request.extensions_mut().insert(Signed(signed.session));
            caller
        }
        Err(Refused::Unknown) if surface == Surface::Console && request.method().is_safe() => {
            return Redirect::to(&sign_in_and_back(request.uri())).into_response();
        }
        Err(refused) => return surface.refuse(&refused, locale),
    };
    // An address whose page is no code is like one whose page is not there.
    let named = parameters.iter().find(|(name, _)| *name == "page_id");
    let page = named.and_then(|(_, value)| PageId::parse(value).ok());
    if let Err(refused) = may(&caller, row.role, page.as_ref()) {
        let locale = language::chosen(request.headers()).unwrap_or(caller.locale);
        return surface.refuse(&refused, locale);
    }
    request.extensions_mut().insert(Known(caller));
    next.run(request).await
}

/// With which status an address refuses a caller; none: it lets him pass. `page` is what the
/// address names.
pub fn refusal(route: &Route, caller: Option<&Caller>, page: Option<&PageId>) -> Option<u16> {
    let is_screen = Surface::of(route.pattern) == Surface::Console;
    match caller {
        _ if route.role == Role::Public => None,
        None if is_screen && route.method.is_safe() => Some(303),
        None => Some(Refused::Unknown.status().as_u16()),
        Some(caller) => {
            let refused = may(caller, route.role, page).err()?;
            Some(refused.status().as_u16())
        }
    }
}

/// Whether the guard lets a caller open a screen whose address names no page.
pub(crate) fn opens(caller: &Caller, address: &str) -> bool {
    row_of(&Method::GET, address).is_some_and(|row| may(caller, row.role, None).is_ok())
}

/// Whether a caller may ask; `page` is what the address names.
fn may(caller: &Caller, role: Role, page: Option<&PageId>) -> Result<(), Refused> {
    match role {
        Role::Public | Role::Known => Ok(()),
        Role::Everywhere(permission) => caller
            .require(None, permission)
            .map_err(|_| Refused::Forbidden),
        Role::Anywhere(permission) => {
            let may = caller.access().may_anywhere(permission);
            may.then_some(()).ok_or(Refused::Forbidden)
        }
        Role::OnPage(_) | Role::OnPageAny(_) => {
            let page = Some(page.ok_or(Refused::NotFound)?);
            let has_one = match role {
                Role::OnPage(permission) => caller.may(page, permission),
                Role::OnPageAny(any) => any.iter().any(|permission| caller.may(page, *permission)),
                _ => false,
            };
            if has_one {
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

/// What was shown to be known by. People show a cookie at the console only, so that no form of
/// another site reaches an API with it.
fn shown(surface: Surface, request: &Request<axum::body::Body>) -> Shown {
    let in_query = || {
        let query = request
            .uri()
            .query()
            .filter(|_| surface == Surface::Statuspage);
        query_value(query?, "api_key")
    };
    if let Some(token) = token_in(request.headers()).or_else(in_query) {
        return Shown::Token(token);
    }
    let client = request.extensions().get::<Client>().copied();
    let cookie = client
        .filter(|_| surface == Surface::Console)
        .and_then(|client| cookie::shown(request.headers(), client));
    cookie.map_or(Shown::Nothing, Shown::Session)
}

/// Who it is, and by which session.
async fn caller_of(
    inner: &Arc<Inner>,
    shown: Shown,
) -> Result<(Caller, Option<SignedIn>), Refused> {
    let now = (inner.now)();
    let found = inner
        .call(move |app| match shown {
            Shown::Nothing => Err(OpError::Unauthenticated),
            Shown::Token(token) => app
                .caller_of_token(&token, now)
                .map(|caller| (caller, None)),
            Shown::Session(secret) => app
                .caller_of_session(&secret, now)
                .map(|signed| (signed.caller.clone(), Some(signed))),
        })
        .await?;
    found.map_err(|error| Refused::of(&error))
}

/// Where somebody who is not known signs in, to come back to what he asked for.
fn sign_in_and_back(uri: &http::Uri) -> String {
    let wanted = uri.path_and_query().map_or("", |wanted| wanted.as_str());
    format!("{SIGN_IN}?next={}", encode(wanted))
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
