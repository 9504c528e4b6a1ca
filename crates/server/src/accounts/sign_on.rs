//! Signing on with the provider: the way there, and the way back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, Uri};
use noroshi_domain::Locale;
use noroshi_ops::OpError;
use noroshi_ops::id_token::Claims;
use noroshi_ops::sign_on::{Provider, SignOnError, Thread};
use noroshi_text::msg;

use crate::accounts::door::{browser, locale_of, own_path, told, welcome};
use crate::accounts::provider::Answered;
use crate::accounts::wording::worded;
use crate::accounts::{Client, PROVIDER_BACK, cookie};
use crate::conditions::header_text;
use crate::console::error;
use crate::desk::Refused;
use crate::paths::query_value;
use crate::surface::Inner;

/// The address that the provider leads back to: it must be known there.
pub(super) fn way_back(client: Client, uri: &Uri, headers: &HeaderMap) -> String {
    let scheme = if client.is_secure { "https" } else { "http" };
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let host = authority.or_else(|| header_text(headers, &http::header::HOST));
    format!("{scheme}://{}{PROVIDER_BACK}", host.unwrap_or_default())
}

/// `GET /console/sign-in/provider?next=…`: leads to the provider.
pub(super) async fn go(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let locale = locale_of(&headers);
    let next = query_value(uri.query().unwrap_or_default(), "next").unwrap_or_default();
    let next = own_path(&next).to_owned();
    let back = way_back(client, &uri, &headers);
    match lead(&inner, (client, &headers), (&back, &next)).await {
        Ok((address, thread)) => {
            let mut response = Redirect::to(&address).into_response();
            cookie::give_thread(response.headers_mut(), client, thread.as_str());
            response
        }
        Err(failed) => refused(&failed, locale),
    }
}

async fn lead(
    inner: &Arc<Inner>,
    (client, headers): (Client, &HeaderMap),
    (back, next): (&str, &str),
) -> Result<(String, Thread), SignOnError> {
    let (provider, _) = provider_of(inner).await?;
    let known = inner.providers.known(&provider.issuer, (inner.now)());
    let known = known
        .await
        .map_err(|error| SignOnError::Silent(error.to_string()))?;
    let (asking, to, wanted) = (browser(headers, client), back.to_owned(), next.to_owned());
    let begun = inner
        .call(move |app| app.begin_sign_on(&asking, &to, &wanted))
        .await;
    let thread = begun.map_err(not_now)??;
    Ok((known.way_there(&provider, back, &thread), thread))
}

async fn provider_of(inner: &Arc<Inner>) -> Result<(Provider, String), SignOnError> {
    let found = inner
        .call(|app| {
            let provider = app.provider()?.ok_or(OpError::NotFound {
                kind: "provider",
                id: String::new(),
            })?;
            let secret = app.client_secret(&provider.value)?;
            Ok((provider.value, secret))
        })
        .await;
    found.map_err(not_now)?.map_err(SignOnError::Failed)
}

/// What kept an operation from running at all; it stands in the log.
fn not_now(_: Refused) -> SignOnError {
    SignOnError::Failed(OpError::Busy)
}

/// `GET /console/sign-in/provider/back?code=…&state=…`: signs in whoever comes back.
pub(super) async fn back(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let locale = locale_of(&headers);
    let query = query.unwrap_or_default();
    let mut response = match finish(&inner, (client, &headers), &query).await {
        Ok((secret, next)) => welcome(client, &secret, &next),
        Err(failed) => {
            tracing::info!(address = %client.address, "a sign-on failed: {failed}");
            refused(&failed, locale)
        }
    };
    cookie::take_thread(response.headers_mut(), client);
    response
}

async fn finish(
    inner: &Arc<Inner>,
    (client, headers): (Client, &HeaderMap),
    query: &str,
) -> Result<(String, String), SignOnError> {
    let said = |name| query_value(query, name).filter(|value| !value.is_empty());
    let shown = cookie::shown_thread(headers, client).ok_or(SignOnError::NotAsked)?;
    let thread = Thread::shown(&shown);
    let (own, state) = (thread.clone(), said("state").unwrap_or_default());
    let taken = inner
        .call(move |app| app.take_up_sign_on(&own, &state))
        .await;
    let under_way = taken.map_err(not_now)??;
    let Some(code) = said("code") else {
        return Err(SignOnError::Declined);
    };
    let (provider, secret) = provider_of(inner).await?;
    let now = (inner.now)();
    let known = inner.providers.known(&provider.issuer, now).await;
    let known = known.map_err(|error| SignOnError::Silent(error.to_string()))?;
    if !known.is_maker(said("iss").as_deref()) {
        return Err(SignOnError::NotAsked);
    }
    let answered = Answered {
        code: &code,
        back: &under_way.back,
        thread: &thread,
        now,
    };
    let who = inner.providers.who(&provider, &secret, &known, &answered);
    let claims: Claims = who.await?;
    let (asking, locale) = (browser(headers, client), locale_of(headers));
    let signed = inner
        .call(move |app| app.sign_on(&provider, &claims, (&asking, locale)))
        .await;
    Ok((signed.map_err(not_now)??, under_way.next))
}

/// Why nobody is signed in, for whoever came back.
fn refused(failed: &SignOnError, locale: Locale) -> Response {
    let (status, words) = match failed {
        SignOnError::NotAsked => (StatusCode::GONE, msg::sign_on_not_asked(locale)),
        SignOnError::Declined => (StatusCode::UNAUTHORIZED, msg::sign_on_declined(locale)),
        SignOnError::NotBelieved(_) => {
            (StatusCode::UNAUTHORIZED, msg::sign_on_not_believed(locale))
        }
        SignOnError::Silent(reason) => {
            tracing::warn!("the sign-on provider: {reason}");
            (StatusCode::BAD_GATEWAY, msg::sign_on_silent(locale))
        }
        SignOnError::NoAddress => (StatusCode::FORBIDDEN, msg::sign_on_no_address(locale)),
        SignOnError::AddressTaken => (StatusCode::FORBIDDEN, msg::sign_on_address_taken(locale)),
        SignOnError::NoRole => (StatusCode::FORBIDDEN, msg::sign_on_no_role(locale)),
        SignOnError::Disabled => (StatusCode::FORBIDDEN, msg::sign_on_disabled(locale)),
        SignOnError::Failed(failed @ OpError::TooOften { .. }) => match worded(failed, locale) {
            Ok(words) => (StatusCode::TOO_MANY_REQUESTS, words),
            Err(refused) => return error::screen(&refused, locale),
        },
        SignOnError::Failed(failed) => return error::screen(&Refused::of(failed), locale),
    };
    told(locale, status, (&msg::sign_on_failed(locale), words))
}
