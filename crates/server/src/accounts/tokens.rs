//! API tokens: made, shown once, listed, revoked.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use noroshi_domain::{DAY_US, Locale, Refusal, Zone};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::{OpError, Permission, TOKEN_DAYS_MAX};
use noroshi_text::msg;

use crate::accounts::choices::{self, Choice};
use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::times;
use crate::console::visit::{Visit, show};

#[derive(Template)]
#[template(path = "console/tokens.html")]
struct TokensScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    /// The token that was just made; not shown again.
    secret: Option<String>,
    tokens: Vec<Row>,
    places: Vec<Choice>,
    roles: Vec<Choice>,
    days_max: i64,
}

struct Row {
    id: String,
    name: String,
    ending: String,
    access: Vec<String>,
    state: String,
    is_valid: bool,
    used: String,
}

/// `GET /console/tokens`.
pub(super) async fn get_tokens(visit: Visit) -> Result<Response, Response> {
    screen(&visit, None, None, StatusCode::OK).await
}

async fn screen(
    visit: &Visit,
    wrong: Option<String>,
    secret: Option<String>,
    status: StatusCode,
) -> Result<Response, Response> {
    let (caller, locale) = (visit.caller.clone(), visit.locale);
    let (tokens, places) = visit
        .call(move |app| {
            let now = app.now();
            let shown = |at| times::shown(at, now, &Zone::utc(), locale);
            let places = choices::places(app, &caller, Permission::ManageTokens, locale)?;
            let places = choices::offered(places);
            let tokens = app.list_tokens(&caller)?.into_iter().rev();
            let rows = tokens.map(|token| {
                let value = token.value;
                let state = match (value.revoked_at, value.expires_at) {
                    (Some(at), _) => msg::tokens_revoked_at(locale, &shown(at)),
                    (None, Some(at)) if at <= now => msg::tokens_expired_at(locale, &shown(at)),
                    (None, Some(at)) => msg::tokens_until(locale, &shown(at)),
                    (None, None) => msg::tokens_for_good(locale),
                };
                Row {
                    id: token.id,
                    access: choices::lines(&value.access, &places, locale),
                    is_valid: value.is_valid(now),
                    name: value.name,
                    ending: value.ending,
                    state,
                    used: value.last_used_at.map(shown).unwrap_or_default(),
                }
            });
            let rows: Vec<Row> = rows.collect();
            Ok((rows, places))
        })
        .await?;
    let told = visit.query("told");
    let screen = TokensScreen {
        shell: Shell {
            flash: told.and_then(|word| Told::sentence(&word, locale)),
            ..shell::of_visit(visit, &msg::tokens(locale))
        },
        l: locale,
        wrong,
        secret,
        tokens,
        places,
        roles: choices::roles(&visit.caller, locale),
        days_max: TOKEN_DAYS_MAX,
    };
    Ok(show(status, &screen))
}

/// `POST /console/tokens`: `name`, `page`, `role`, `days`; no days: it does not end.
pub(super) async fn create(visit: Visit, body: String) -> Result<Response, Response> {
    let form = Form::read(&body);
    let (page, role) = (form.get("page").to_owned(), form.get("role").to_owned());
    let (name, days) = (form.get("name").to_owned(), form.get("days").to_owned());
    let caller = visit.caller.clone();
    let made = visit
        .inner
        .call(move |app| {
            let days = if days.is_empty() {
                None
            } else {
                Some(days_in(&days)?)
            };
            let new = NewToken {
                name,
                role: choices::role_in(&role)?,
                pages: choices::page_in(&page)?.into_iter().collect(),
                expires_at: days.map(|days| app.now().plus_us(days * DAY_US)),
            };
            app.create_token(&caller, &new)
        })
        .await;
    match made {
        Ok(Ok((_, secret))) => screen(&visit, None, Some(secret), StatusCode::OK).await,
        Ok(Err(error)) => refused(&visit, &error).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

fn days_in(text: &str) -> Result<i64, OpError> {
    let days = text.parse().ok();
    let days = days.filter(|days| (1..=TOKEN_DAYS_MAX).contains(days));
    days.ok_or_else(|| {
        let reason = format!("{text:?} is no number from 1 to {TOKEN_DAYS_MAX}");
        let field = "days";
        Refusal::BadSetting { field, reason }.into()
    })
}

/// `POST /console/tokens/{token_id}/revoke`.
pub(super) async fn revoke(visit: Visit, Path(token): Path<String>) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let revoked = visit
        .inner
        .call(move |app| app.revoke_token(&caller, &token))
        .await;
    match revoked {
        Ok(Ok(())) => {
            let address = format!("{}?told={}", super::TOKENS, Told::Revoked.as_str());
            Ok(Redirect::to(&address).into_response())
        }
        Ok(Err(error)) => refused(&visit, &error).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

async fn refused(visit: &Visit, error: &OpError) -> Result<Response, Response> {
    match worded(error, visit.locale) {
        Ok(words) => screen(visit, Some(words), None, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}
