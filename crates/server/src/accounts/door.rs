//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, Uri};
use noroshi_domain::Locale;
use noroshi_ops::links::Opens;
use noroshi_ops::passkeys::question_after_password;
use noroshi_ops::second_factor::Shown;
use noroshi_ops::sessions::Browser;
use noroshi_ops::{App, OpError, SignIn, Wanted};
use noroshi_text::msg;

use crate::accounts::wording::worded;
use crate::accounts::{Client, cookie, passkeys};
use crate::authority::{Known, Signed};
use crate::conditions::header_text;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::visit::show;
use crate::console::{assets, error, language};
use crate::desk::Refused;
use crate::paths::{encode, query_value};
use crate::surface::Inner;

/// Where one begins.
const HOME: &str = "/console";

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    email: String,
    next: String,
    /// Nobody owns the installation yet.
    is_new: bool,
    /// Where people sign on besides: its name.
    provider: Option<String>,
    /// The way there.
    provider_href: String,
    passkey_script: String,
}

#[derive(Template)]
#[template(path = "console/login_link.html")]
struct LoginLinkScreen {
    shell: Shell,
    l: Locale,
    token: String,
}

/// The language of a screen for somebody who is not known yet.
pub(crate) fn locale_of(headers: &HeaderMap) -> Locale {
    let wanted = || {
        let value = header_text(headers, &http::header::ACCEPT_LANGUAGE)?;
        noroshi_text::negotiate::best(value, &Locale::ALL)
    };
    language::chosen(headers)
        .or_else(wanted)
        .unwrap_or_default()
}

/// What is kept of a browser that signs in.
pub(super) fn browser(headers: &HeaderMap, client: Client) -> Browser {
    Browser {
        agent: header_text(headers, &http::header::USER_AGENT)
            .unwrap_or_default()
            .to_owned(),
        address: client.address.to_string(),
    }
}

/// Signed in: the browser is given its cookie and led on. What it showed before is worth nothing.
pub(super) fn welcome(client: Client, secret: &str, next: &str) -> Response {
    let mut response = Redirect::to(own_path(next)).into_response();
    cookie::give(response.headers_mut(), client, secret);
    response
}

/// A path of the console; anything else is its beginning.
pub(crate) fn own_path(path: &str) -> &str {
    let is_own = path
        .strip_prefix(HOME)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.?=&%".contains(&byte);
    let leaves = path.contains("..") || path.contains("//");
    if is_own && !leaves && path.bytes().all(is_plain) {
        path
    } else {
        HOME
    }
}

/// `GET /console/sign-in`: the form.
pub(super) async fn get_sign_in(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let next = query_value(query.as_deref().unwrap_or_default(), "next");
    let screen = SignInForm {
        locale: locale_of(&headers),
        wrong: None,
        email: String::new(),
        next: own_path(next.as_deref().unwrap_or_default()).to_owned(),
    };
    screen.show(&inner, StatusCode::OK).await
}

struct SignInForm {
    locale: Locale,
    wrong: Option<String>,
    email: String,
    next: String,
}

impl SignInForm {
    async fn show(self, inner: &Arc<Inner>, status: StatusCode) -> Response {
        let locale = self.locale;
        let found = |app: &App| Ok((app.has_owner()?, app.provider()?));
        let (is_new, provider) = match inner.call(found).await {
            Ok(Ok((has_owner, provider))) => (!has_owner, provider),
            Ok(Err(failed)) => return error::screen(&Refused::of(&failed), locale),
            Err(refused) => return error::screen(&refused, locale),
        };
        let screen = SignInScreen {
            shell: shell::bare(locale, &msg::account_sign_in(locale)),
            l: locale,
            wrong: self.wrong,
            email: self.email,
            provider: provider.map(|provider| provider.value.name),
            provider_href: format!("{}?next={}", super::PROVIDER, encode(&self.next)),
            passkey_script: assets::passkey_path(),
            next: self.next,
            is_new,
        };
        show(status, &screen)
    }
}

/// `POST /console/sign-in`: `email`, `password`, `next`.
pub(super) async fn sign_in(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = Form::read(&body);
    let locale = locale_of(&headers);
    let (email, password) = (
        form.get("email").to_owned(),
        form.raw("password").to_owned(),
    );
    let asking = browser(&headers, client);
    let typed = email.clone();
    let signed = inner
        .call_hashing(move |app| app.sign_in((&typed, &password), &asking))
        .await;
    let failed = match signed {
        Ok(Ok(SignIn::Done(secret))) => return welcome(client, &secret, form.get("next")),
        Ok(Ok(SignIn::CodeWanted(wanted))) => {
            return code_screen(locale, None, (wanted, form.get("next")), StatusCode::OK);
        }
        Ok(Err(failed)) => failed,
        Err(refused) => return error::screen(&refused, locale),
    };
    let status = match failed {
        OpError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNAUTHORIZED,
    };
    match worded(&failed, locale) {
        Ok(words) => {
            let again = SignInForm {
                locale,
                wrong: Some(words),
                email,
                next: own_path(form.get("next")).to_owned(),
            };
            again.show(&inner, status).await
        }
        Err(refused) => error::screen(&refused, locale),
    }
}

#[derive(Template)]
#[template(path = "console/code.html")]
struct CodeScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    pending: String,
    next: String,
    takes_code: bool,
    /// The passkeys that do, in hex, with blanks between them; none: there are none.
    passkeys: String,
    /// What they are asked.
    challenge: String,
    passkey_script: String,
}

fn code_screen(
    locale: Locale,
    wrong: Option<String>,
    (wanted, next): (Wanted, &str),
    status: StatusCode,
) -> Response {
    let screen = CodeScreen {
        shell: shell::bare(locale, &msg::factor_code(locale)),
        l: locale,
        wrong,
        next: own_path(next).to_owned(),
        takes_code: wanted.takes_code,
        passkeys: wanted.passkeys.join(" "),
        challenge: URL_SAFE_NO_PAD.encode(question_after_password(&wanted.pending)),
        passkey_script: assets::passkey_path(),
        pending: wanted.pending,
    };
    show(status, &screen)
}

/// `POST /console/sign-in/code`: `pending`, `next`, and `code` or what a passkey signed.
pub(super) async fn sign_in_with_code(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    (uri, headers): (Uri, HeaderMap),
    body: String,
) -> Response {
    let form = Form::read(&body);
    let locale = locale_of(&headers);
    let (site, passkey) = (
        passkeys::site(client, &uri, &headers),
        passkeys::assertion(&form),
    );
    let (pending, code) = (form.get("pending").to_owned(), form.get("code").to_owned());
    let (asking, shown) = (browser(&headers, client), pending.clone());
    let signed = inner
        .call(move |app| {
            let given = match &passkey {
                Some(passkey) => Shown::Passkey(passkey, &site),
                None => Shown::Code(&code),
            };
            app.sign_in_with_code(&shown, &given, &asking)
        })
        .await;
    let (status, words) = match signed {
        Ok(Ok(secret)) => return welcome(client, &secret, form.get("next")),
        Ok(Err(OpError::Unauthenticated)) => {
            (StatusCode::UNAUTHORIZED, Ok(msg::factor_wrong(locale)))
        }
        Ok(Err(failed)) => (StatusCode::TOO_MANY_REQUESTS, worded(&failed, locale)),
        Err(refused) => return error::screen(&refused, locale),
    };
    let asked = pending.clone();
    let wanted = inner.call(move |app| app.wanted(&asked)).await;
    let wanted = wanted.ok().and_then(Result::ok).unwrap_or(Wanted {
        pending,
        takes_code: true,
        passkeys: Vec::new(),
    });
    match words {
        Ok(words) => code_screen(locale, Some(words), (wanted, form.get("next")), status),
        Err(refused) => error::screen(&refused, locale),
    }
}

/// `POST /console/sign-out`.
pub(super) async fn sign_out(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    Known(caller): Known,
    signed: Option<Extension<Signed>>,
) -> Response {
    let locale = caller.locale;
    if let Some(Extension(Signed(session))) = signed {
        let ended = inner
            .call(move |app| app.end_session(&caller, &session))
            .await;
        match ended {
            Ok(Ok(()) | Err(OpError::NotFound { .. } | OpError::Stale)) => {}
            Ok(Err(failed)) => return error::screen(&Refused::of(&failed), locale),
            Err(refused) => return error::screen(&refused, locale),
        }
    }
    let mut response = Redirect::to(super::SIGN_IN).into_response();
    cookie::take(response.headers_mut(), client);
    response
}

/// `GET /console/login-link?token=…`: a button, so that whoever only looks at a link does not use
/// it up.
pub(super) async fn get_login_link(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let locale = locale_of(&headers);
    let token = query_value(query.as_deref().unwrap_or_default(), "token").unwrap_or_default();
    let asked = token.clone();
    match inner.call(move |app| app.opens(&asked)).await {
        Ok(Ok(Opens::Login { .. })) => {
            let screen = LoginLinkScreen {
                shell: shell::bare(locale, &msg::account_sign_in(locale)),
                l: locale,
                token,
            };
            show(StatusCode::OK, &screen)
        }
        Ok(Ok(_) | Err(OpError::Unauthenticated)) => used(locale),
        Ok(Err(failed)) => error::screen(&Refused::of(&failed), locale),
        Err(refused) => error::screen(&refused, locale),
    }
}

/// `POST /console/login-link`: `token`.
pub(super) async fn use_login_link(
    State(inner): State<Arc<Inner>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let locale = locale_of(&headers);
    let token = Form::read(&body).get("token").to_owned();
    let asking = browser(&headers, client);
    match inner
        .call(move |app| app.use_login_link(&token, &asking))
        .await
    {
        Ok(Ok(secret)) => welcome(client, &secret, HOME),
        Ok(Err(OpError::Unauthenticated)) => used(locale),
        Ok(Err(failed)) => error::screen(&Refused::of(&failed), locale),
        Err(refused) => error::screen(&refused, locale),
    }
}

#[derive(Template)]
#[template(path = "console/error.html")]
struct ToldScreen {
    shell: Shell,
    l: Locale,
    sentence: String,
}

/// A link that opens nothing, or nothing any more.
pub(super) fn used(locale: Locale) -> Response {
    let words = msg::account_link_used_more(locale);
    let title = msg::account_link_used(locale);
    told(locale, StatusCode::GONE, (&title, words))
}

/// A screen that says a sentence to somebody who is not known.
pub(super) fn told(
    locale: Locale,
    status: StatusCode,
    (title, sentence): (&str, String),
) -> Response {
    let screen = ToldScreen {
        shell: shell::bare(locale, title),
        l: locale,
        sentence,
    };
    show(status, &screen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_on_within_the_console_only() {
        for own in ["/console", "/console/pages/a?b=c", "/console?x=1"] {
            assert_eq!(own_path(own), own);
        }
        for other in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/console",
            "/console.evil.example",
            "/console\\evil",
            "/console/\r\nset-cookie:x",
            "/consolex",
            "/console/../evil",
            "/console//evil@x",
            "javascript:x",
        ] {
            assert_eq!(own_path(other), HOME, "{other:?}");
        }
    }
}
