//! One's own account: name, language, password, and where one is signed in.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use noroshi_domain::{Instant, Locale, Zone};
use noroshi_ops::passkeys::Passkey;
use noroshi_ops::sessions::Session;
use noroshi_ops::users::User;
use noroshi_ops::{OpError, PASSWORD_CHARS_MIN, Stored};
use noroshi_text::{labels, msg};

use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::authority::Signed;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::visit::{Visit, show};
use crate::console::{assets, times};
use crate::desk::Refused;

#[derive(Template)]
#[template(path = "console/account.html")]
struct AccountScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    email: String,
    name: String,
    chosen: Locale,
    has_password: bool,
    /// The installation requires a second factor.
    is_factor_required: bool,
    /// Recovery codes that are left; none: no second factor.
    recovery: Option<i64>,
    password_chars: i64,
    passkeys: Vec<PasskeyRow>,
    passkey_script: String,
    sessions: Vec<SessionRow>,
}

struct PasskeyRow {
    id: String,
    name: String,
    host: String,
    since: String,
    /// When it signed in last; empty: never.
    last: String,
}

struct SessionRow {
    id: String,
    is_this: bool,
    agent: String,
    address: String,
    since: String,
    last: String,
}

/// `GET /console/account`.
pub(super) async fn get_account(
    visit: Visit,
    signed: Option<Extension<Signed>>,
) -> Result<Response, Response> {
    screen(&visit, signed.as_ref(), None, StatusCode::OK).await
}

async fn screen(
    visit: &Visit,
    signed: Option<&Extension<Signed>>,
    wrong: Option<String>,
    status: StatusCode,
) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let (user, mut sessions, passkeys, is_factor_required, now) = visit
        .call(move |app| {
            let user = app.own_user(&caller)?;
            let sessions = app.sessions_of(&user.id)?;
            let is_required = app.is_second_factor_required()?;
            let passkeys = app.passkeys_of(&user.id)?;
            Ok((user, sessions, passkeys, is_required, app.now()))
        })
        .await?;
    sessions.retain(|session| session.value.is_valid(now));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.value.last_used_at));
    let this = signed.map(|Extension(Signed(session))| session.as_str());
    let locale = visit.locale;
    let rows = sessions
        .iter()
        .map(|session| row(session, this, (locale, now)));
    let User {
        email,
        name,
        locale: chosen,
        password,
        second_factor,
        ..
    } = user.value;
    let told = visit.query("told");
    let screen = AccountScreen {
        shell: Shell {
            flash: told.and_then(|word| Told::sentence(&word, locale)),
            ..shell::of_visit(visit, &msg::account_own(locale))
        },
        l: locale,
        wrong,
        email,
        name,
        chosen,
        is_factor_required,
        has_password: password.is_some(),
        recovery: second_factor.map(|factor| factor.recovery_count() as i64),
        password_chars: PASSWORD_CHARS_MIN as i64,
        passkeys: passkeys
            .iter()
            .map(|passkey| passkey_row(passkey, locale, now))
            .collect(),
        passkey_script: assets::passkey_path(),
        sessions: rows.collect(),
    };
    Ok(show(status, &screen))
}

fn passkey_row(passkey: &Stored<Passkey>, locale: Locale, now: Instant) -> PasskeyRow {
    let shown = |at| times::shown(at, now, &Zone::utc(), locale);
    let value = &passkey.value;
    PasskeyRow {
        id: passkey.id.clone(),
        name: value.name.clone(),
        host: value.key.host.clone(),
        since: shown(passkey.created_at),
        last: value.last_used_at.map(shown).unwrap_or_default(),
    }
}

fn row(
    session: &Stored<Session>,
    this: Option<&str>,
    (locale, now): (Locale, Instant),
) -> SessionRow {
    let value = &session.value;
    SessionRow {
        is_this: this == Some(session.id.as_str()),
        id: session.id.clone(),
        agent: value.agent.clone(),
        address: value.address.clone(),
        since: times::shown(session.created_at, now, &Zone::utc(), locale),
        last: times::shown(value.last_used_at, now, &Zone::utc(), locale),
    }
}

/// `POST /console/account`: `name`, `locale`.
pub(super) async fn change_profile(
    visit: Visit,
    signed: Option<Extension<Signed>>,
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let locale = Locale::parse(form.get("locale")).unwrap_or(visit.locale);
    let (caller, name) = (visit.caller.clone(), form.get("name").to_owned());
    let changed = visit
        .inner
        .call(move |app| app.set_profile(&caller, &name, locale))
        .await;
    done(&visit, signed.as_ref(), changed, Told::Profile).await
}

/// `POST /console/account/password`: `old`, `new`.
pub(super) async fn change_password(
    visit: Visit,
    signed: Option<Extension<Signed>>,
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let (old, new) = (form.raw("old").to_owned(), form.raw("new").to_owned());
    let caller = visit.caller.clone();
    let keep = signed.clone().map(|Extension(Signed(session))| session);
    let changed = visit
        .inner
        .call_hashing(move |app| app.change_password(&caller, (&old, &new), keep.as_deref()))
        .await;
    done(&visit, signed.as_ref(), changed, Told::Password).await
}

/// `POST /console/account/sessions/{session_id}/end`.
pub(super) async fn end_session(
    visit: Visit,
    signed: Option<Extension<Signed>>,
    Path(session): Path<String>,
) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let ended = visit
        .inner
        .call(move |app| app.end_session(&caller, &session))
        .await;
    done(&visit, signed.as_ref(), ended, Told::SessionEnded).await
}

async fn done(
    visit: &Visit,
    signed: Option<&Extension<Signed>>,
    outcome: Result<Result<(), OpError>, Refused>,
    told: Told,
) -> Result<Response, Response> {
    let wrong = msg::account_wrong(visit.locale);
    done_or(visit, signed, outcome, (told, wrong)).await
}

/// Back to the account with what was done, or the account with what is wrong; `wrong` is the sentence
/// for what was not believed.
pub(super) async fn done_or(
    visit: &Visit,
    signed: Option<&Extension<Signed>>,
    outcome: Result<Result<(), OpError>, Refused>,
    (told, wrong): (Told, String),
) -> Result<Response, Response> {
    match outcome {
        Ok(Ok(())) => {
            let address = format!("{}?told={}", super::ACCOUNT, told.as_str());
            Ok(Redirect::to(&address).into_response())
        }
        Ok(Err(OpError::Unauthenticated)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            screen(visit, signed, Some(wrong), status).await
        }
        Ok(Err(error)) => match worded(&error, visit.locale) {
            Ok(words) => screen(visit, signed, Some(words), StatusCode::UNPROCESSABLE_ENTITY).await,
            Err(refused) => Err(visit.refuse(&refused)),
        },
        Err(refused) => Err(visit.refuse(&refused)),
    }
}
