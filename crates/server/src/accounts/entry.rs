//! Coming in for the first time: the first owner by the link that the server prints, everybody else
//! by an invitation.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use noroshi_domain::Locale;
use noroshi_ops::links::{NewPerson, Opens};
use noroshi_ops::{OpError, PASSWORD_CHARS_MIN};
use noroshi_text::{labels, msg};

use crate::accounts::Client;
use crate::accounts::door::{browser, locale_of, used, welcome};
use crate::accounts::wording::worded;
use crate::console::error;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::visit::show;
use crate::desk::Refused;
use crate::paths::query_value;
use crate::surface::Inner;

/// The form in which somebody makes his account.
#[derive(Template)]
#[template(path = "console/entry.html")]
struct EntryScreen {
    shell: Shell,
    l: Locale,
    intro: String,
    action: &'static str,
    button: String,
    wrong: Option<String>,
    token: String,
    email: String,
    /// The address is the invitation's.
    is_invited: bool,
    name: String,
    /// The language that is chosen.
    chosen: Locale,
    password_chars: i64,
}

/// What a form holds, typed or not.
#[derive(Default)]
struct Typed {
    wrong: Option<String>,
    token: String,
    email: String,
    name: String,
    chosen: Option<Locale>,
}

fn entry(typed: Typed, is_invited: bool, locale: Locale) -> EntryScreen {
    let (title, intro, action, button) = if is_invited {
        (
            msg::account_invited(locale),
            msg::account_invited_more(locale),
            super::INVITATION,
            msg::account_accept(locale),
        )
    } else {
        (
            msg::account_setup(locale),
            msg::account_setup_more(locale),
            super::SETUP,
            msg::account_create(locale),
        )
    };
    EntryScreen {
        shell: shell::bare(locale, &title),
        l: locale,
        intro,
        action,
        button,
        wrong: typed.wrong,
        token: typed.token,
        email: typed.email,
        is_invited,
        name: typed.name,
        chosen: typed.chosen.unwrap_or(locale),
        password_chars: PASSWORD_CHARS_MIN as i64,
    }
}

async fn get(
    inner: Arc<Inner>,
    headers: HeaderMap,
    query: Option<String>,
    invited: bool,
) -> Response {
    let locale = locale_of(&headers);
    let token = query_value(query.as_deref().unwrap_or_default(), "token").unwrap_or_default();
    let asked = token.clone();
    let opened = inner.call(move |app| app.opens(&asked)).await;
    let email = match opened {
        Ok(Ok(Opens::Setup)) if !invited => String::new(),
        Ok(Ok(Opens::Invitation { email, .. })) if invited => email,
        Ok(Ok(_) | Err(OpError::Unauthenticated)) => return used(locale),
        Ok(Err(failed)) => return error::screen(&Refused::of(&failed), locale),
        Err(refused) => return error::screen(&refused, locale),
    };
    let typed = Typed {
        token,
        email,
        ..Typed::default()
    };
    show(StatusCode::OK, &entry(typed, invited, locale))
}

/// `GET /console/setup?token=…`.
pub(super) async fn get_setup(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    get(inner, headers, query, false).await
}

/// `GET /console/invitation?token=…`.
pub(super) async fn get_invitation(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    get(inner, headers, query, true).await
}

/// `POST /console/setup`: `token`, `email`, `name`, `locale`, `password`.
pub(super) async fn set_up(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: String,
) -> Response {
    post(inner, (client, headers), &body, false).await
}

/// `POST /console/invitation`: `token`, `name`, `locale`, `password`.
pub(super) async fn accept(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: String,
) -> Response {
    post(inner, (client, headers), &body, true).await
}

async fn post(
    inner: Arc<Inner>,
    (client, headers): (Client, HeaderMap),
    body: &str,
    invited: bool,
) -> Response {
    let form = Form::read(body);
    let locale = locale_of(&headers);
    let chosen = Locale::parse(form.get("locale")).unwrap_or(locale);
    let token = form.get("token").to_owned();
    let person = NewPerson {
        email: form.get("email").to_owned(),
        name: form.get("name").to_owned(),
        locale: chosen,
        password: form.raw("password").to_owned(),
    };
    let (asking, shown) = (browser(&headers, client), token.clone());
    let made = inner
        .call_hashing(move |app| {
            if invited {
                app.accept_invitation(&shown, &person, &asking)
            } else {
                app.set_up(&shown, &person, &asking)
            }
        })
        .await;
    let failed = match made {
        Ok(Ok(secret)) => return welcome(client, &secret, "/console"),
        Ok(Err(OpError::Unauthenticated)) => return used(locale),
        Ok(Err(failed)) => failed,
        Err(refused) => return error::screen(&refused, locale),
    };
    match worded(&failed, locale) {
        Ok(words) => {
            let typed = Typed {
                wrong: Some(words),
                token,
                email: form.get("email").to_owned(),
                name: form.get("name").to_owned(),
                chosen: Some(chosen),
            };
            show(
                StatusCode::UNPROCESSABLE_ENTITY,
                &entry(typed, invited, locale),
            )
        }
        Err(refused) => error::screen(&refused, locale),
    }
}
