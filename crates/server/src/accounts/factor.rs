//! Taking a second factor into use: a secret for the telephone, a code of it, recovery codes.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use noroshi_domain::Locale;
use noroshi_ops::OpError;
use noroshi_ops::second_factor::letters;
use noroshi_text::msg;

use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::console::assets;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::visit::{Visit, show};

/// How many letters stand together, to be typed.
const LETTERS_TOGETHER: usize = 4;

#[derive(Template)]
#[template(path = "console/factor.html")]
struct FactorScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    /// The installation requires one, and there is none yet.
    is_required: bool,
    has_password: bool,
    passkey_script: String,
    /// The secret as the form sends it back.
    secret: String,
    /// The same as people type it.
    letters: String,
    /// The same as a telephone takes it.
    uri: String,
}

#[derive(Template)]
#[template(path = "console/recovery.html")]
struct RecoveryScreen {
    shell: Shell,
    l: Locale,
    codes: Vec<String>,
}

/// `GET /console/account/second-factor`.
pub(super) async fn get_factor(visit: Visit) -> Result<Response, Response> {
    let secret = visit.inner.app.new_second_factor();
    screen(&visit, secret, None, StatusCode::OK).await
}

async fn screen(
    visit: &Visit,
    secret: String,
    wrong: Option<String>,
    status: StatusCode,
) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let (user, passkeys, is_required) = visit
        .call(move |app| {
            let user = app.own_user(&caller)?;
            let passkeys = app.passkeys_of(&user.id)?.len();
            Ok((user, passkeys, app.is_second_factor_required()?))
        })
        .await?;
    let plain = letters(&secret);
    let email: String = user
        .value
        .email
        .chars()
        .filter(|one| !"?&#%:/ ".contains(*one))
        .collect();
    let locale = visit.locale;
    let screen = FactorScreen {
        shell: shell::of_visit(visit, &msg::factor_set(locale)),
        l: locale,
        wrong,
        is_required: is_required && user.value.second_factor.is_none() && passkeys == 0,
        has_password: user.value.password.is_some(),
        passkey_script: assets::passkey_path(),
        uri: format!("otpauth://totp/Noroshi:{email}?secret={plain}&issuer=Noroshi"),
        letters: in_groups(&plain),
        secret,
    };
    Ok(show(status, &screen))
}

fn in_groups(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups = letters
        .chunks(LETTERS_TOGETHER)
        .map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}

/// `POST /console/account/second-factor`: `secret`, `code`, `password`. The recovery codes are shown
/// once.
pub(super) async fn set(visit: Visit, body: String) -> Result<Response, Response> {
    let form = Form::read(&body);
    let (secret, code) = (form.get("secret").to_owned(), form.get("code").to_owned());
    let (caller, password) = (visit.caller.clone(), form.raw("password").to_owned());
    let shown = secret.clone();
    let made = visit
        .inner
        .call_hashing(move |app| app.set_second_factor(&caller, &password, (&shown, &code)))
        .await;
    let locale = visit.locale;
    match made {
        Ok(Ok(codes)) => {
            let screen = RecoveryScreen {
                shell: shell::of_visit(&visit, &msg::factor_recovery(locale)),
                l: locale,
                codes: codes.iter().map(|code| in_groups(code)).collect(),
            };
            Ok(show(StatusCode::OK, &screen))
        }
        Ok(Err(OpError::Unauthenticated)) => {
            let words = Some(msg::factor_not_set(locale));
            screen(&visit, secret, words, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Ok(Err(error)) => match worded(&error, locale) {
            Ok(words) => screen(&visit, secret, Some(words), StatusCode::TOO_MANY_REQUESTS).await,
            Err(refused) => Err(visit.refuse(&refused)),
        },
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

/// `POST /console/account/second-factor/drop`: `password`.
pub(super) async fn drop_factor(visit: Visit, body: String) -> Result<Response, Response> {
    let password = Form::read(&body).raw("password").to_owned();
    let caller = visit.caller.clone();
    let dropped = visit
        .inner
        .call_hashing(move |app| app.drop_second_factor(&caller, &password))
        .await;
    match dropped {
        Ok(Ok(())) => {
            let address = format!("{}?told={}", super::ACCOUNT, Told::FactorDropped.as_str());
            Ok(Redirect::to(&address).into_response())
        }
        Ok(Err(error)) => Err(visit.refuse_command(&error)),
        Err(refused) => Err(visit.refuse(&refused)),
    }
}
