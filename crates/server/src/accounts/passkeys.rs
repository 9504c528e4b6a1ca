//! Passkeys at the console: made and taken away at one's own account, shown at signing in.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, Uri};
use noroshi_ops::OpError;
use noroshi_ops::assertion::{Algorithm, Assertion, Made, Site};
use noroshi_text::msg;
use serde_json::json;

use crate::accounts::Client;
use crate::accounts::account;
use crate::accounts::door::{browser, locale_of, told, welcome};
use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::authority::Signed;
use crate::conditions::header_text;
use crate::console::error;
use crate::console::form::Form;
use crate::console::visit::Visit;
use crate::surface::Inner;

/// The site that a request was sent to.
pub(super) fn site(client: Client, uri: &Uri, headers: &HeaderMap) -> Site {
    let scheme = if client.is_secure { "https" } else { "http" };
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let host = authority.or_else(|| header_text(headers, &http::header::HOST));
    Site::of(scheme, host.unwrap_or_default())
}

fn bytes(form: &Form, name: &str) -> Vec<u8> {
    let decoded = URL_SAFE_NO_PAD.decode(form.get(name));
    decoded.unwrap_or_default()
}

/// What a form holds that carries a key's signature; none: it carries none.
pub(super) fn assertion(form: &Form) -> Option<Assertion> {
    form.has("credential").then(|| Assertion {
        credential: bytes(form, "credential"),
        client_data: bytes(form, "client_data"),
        key_data: bytes(form, "key_data"),
        signature: bytes(form, "signature"),
    })
}

/// `POST /console/account/passkeys/ask`: what a browser needs to make a key, as JSON.
pub(super) async fn ask_new(visit: Visit) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let asked = visit.call(move |app| {
        let user = app.own_user(&caller)?;
        let held = app.passkeys_of(&user.id)?.into_iter();
        let held: Vec<String> = held.map(|passkey| passkey.value.key.credential).collect();
        let question = app.ask_new_passkey(&caller)?;
        Ok(json!({
            "challenge": URL_SAFE_NO_PAD.encode(question),
            // What the key keeps of him: his code, which says nothing to anybody else.
            "user": noroshi_domain::hex(user.id.as_bytes()),
            "email": user.value.email,
            "name": user.value.name,
            "have": held,
            "algorithms": Algorithm::ALL.map(|(_, number)| number),
        }))
    });
    Ok(axum::Json(asked.await?).into_response())
}

/// `POST /console/account/passkeys`: `name`, `password`, `client_data`, `key_data`, `public_key`,
/// `algorithm`.
pub(super) async fn add(
    visit: Visit,
    signed: Option<Extension<Signed>>,
    Extension(client): Extension<Client>,
    (uri, headers): (Uri, HeaderMap),
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let site = site(client, &uri, &headers);
    let caller = visit.caller.clone();
    let (name, password) = (form.get("name").to_owned(), form.raw("password").to_owned());
    let added = visit
        .inner
        .call_hashing(move |app| {
            let algorithm = Algorithm::of(form.get("algorithm"));
            let made = Made {
                client_data: bytes(&form, "client_data"),
                key_data: bytes(&form, "key_data"),
                public_key: bytes(&form, "public_key"),
                algorithm: algorithm.ok_or(OpError::Unauthenticated)?,
            };
            app.add_passkey(&caller, (&name, &password), (&made, &site))
        })
        .await;
    let wrong = msg::passkey_refused(visit.locale);
    account::done_or(&visit, signed.as_ref(), added, (Told::PasskeyAdded, wrong)).await
}

/// `POST /console/account/passkeys/{passkey_id}/remove`: `password`.
pub(super) async fn remove(
    visit: Visit,
    signed: Option<Extension<Signed>>,
    Path(passkey): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let password = Form::read(&body).raw("password").to_owned();
    let removed = visit
        .inner
        .call_hashing(move |app| app.remove_passkey(&caller, &passkey, &password))
        .await;
    let wrong = msg::passkey_password_wrong(visit.locale);
    let told = (Told::PasskeyRemoved, wrong);
    account::done_or(&visit, signed.as_ref(), removed, told).await
}

/// `POST /console/sign-in/passkey/ask`: a question for whoever is about to sign in, as JSON.
pub(super) async fn ask(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let asking = browser(&headers, client);
    let asked = inner.call(move |app| app.ask_passkey(&asking)).await;
    match asked {
        Ok(Ok(question)) => {
            let challenge = URL_SAFE_NO_PAD.encode(question);
            axum::Json(json!({ "challenge": challenge })).into_response()
        }
        Ok(Err(OpError::TooOften { .. })) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// `POST /console/sign-in/passkey`: `credential`, `client_data`, `key_data`, `signature`, `next`.
pub(super) async fn sign_in(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    (uri, headers): (Uri, HeaderMap),
    body: String,
) -> Response {
    let form = Form::read(&body);
    let locale = locale_of(&headers);
    let (site, asking) = (site(client, &uri, &headers), browser(&headers, client));
    let shown = assertion(&form);
    let signed = inner
        .call(move |app| {
            let shown = shown.ok_or(OpError::Unauthenticated)?;
            app.sign_in_with_passkey(&shown, &site, &asking)
        })
        .await;
    let failed = match signed {
        Ok(Ok(secret)) => return welcome(client, &secret, form.get("next")),
        Ok(Err(failed)) => failed,
        Err(refused) => return error::screen(&refused, locale),
    };
    let (status, words) = match &failed {
        OpError::Unauthenticated => (StatusCode::UNAUTHORIZED, Ok(msg::passkey_unknown(locale))),
        other => (StatusCode::TOO_MANY_REQUESTS, worded(other, locale)),
    };
    match words {
        Ok(words) => told(locale, status, (&msg::sign_on_failed(locale), words)),
        Err(refused) => error::screen(&refused, locale),
    }
}
