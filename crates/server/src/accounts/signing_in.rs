//! How people of the installation sign in: settings of its owners.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, Uri};
use noroshi_domain::Locale;
use noroshi_ops::sign_on::{GROUPS_CLAIM, GroupRole, NewProvider, Provider, SCOPES};
use noroshi_ops::{OpError, Permission, Role, SIGN_ON_CHARS_MAX};
use noroshi_text::msg;

use crate::accounts::Client;
use crate::accounts::choices::{self, Choice};
use crate::accounts::sign_on::way_back;
use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::visit::{Visit, show};
use crate::desk::Refused;
use crate::limits::GROUP_ROWS;

#[derive(Template)]
#[template(path = "console/signing_in.html")]
struct SigningInScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    /// What the provider has to know of us.
    back: String,
    has_provider: bool,
    is_factor_required: bool,
    typed: Typed,
    /// Where each group's role counts, and which there are: for every row its own.
    places: Vec<Choice>,
    roles: Vec<Choice>,
    scopes: String,
    groups_claim: &'static str,
    chars_max: usize,
}

/// The provider's settings as they stand in the form.
#[derive(Debug, Default)]
struct Typed {
    name: String,
    issuer: String,
    client_id: String,
    scopes: String,
    groups_claim: String,
    rows: Vec<Row>,
}

#[derive(Debug, Default)]
struct Row {
    group: String,
    place: String,
    role: String,
}

impl Typed {
    fn of_provider(provider: &Provider) -> Self {
        Self {
            name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            scopes: provider.scopes.join(" "),
            groups_claim: provider.groups_claim.clone(),
            rows: provider.roles.iter().map(Row::of_rule).collect(),
        }
    }

    fn of_form(form: &Form) -> Self {
        let rows = form.under("group").map(|(number, group)| Row {
            group: group.to_owned(),
            place: form.get(&format!("place.{number}")).to_owned(),
            role: form.get(&format!("role.{number}")).to_owned(),
        });
        Self {
            name: form.get("name").to_owned(),
            issuer: form.get("issuer").to_owned(),
            client_id: form.get("client_id").to_owned(),
            scopes: form.get("scopes").to_owned(),
            groups_claim: form.get("groups_claim").to_owned(),
            rows: rows.filter(|row| !row.group.is_empty()).collect(),
        }
    }

    fn new_provider(&self, secret: &str) -> Result<NewProvider, OpError> {
        let roles = self.rows.iter().map(|row| {
            Ok(GroupRole {
                group: row.group.clone(),
                role: choices::role_in(&row.role)?,
                page: choices::page_in(&row.place)?,
            })
        });
        Ok(NewProvider {
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: Some(secret.to_owned()).filter(|secret| !secret.is_empty()),
            scopes: vec![self.scopes.clone()],
            groups_claim: self.groups_claim.clone(),
            roles: roles.collect::<Result<_, OpError>>()?,
        })
    }
}

impl Row {
    fn of_rule(rule: &GroupRole) -> Self {
        Self {
            group: rule.group.clone(),
            place: rule
                .page
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            role: rule.role.as_str().to_owned(),
        }
    }
}

/// `GET /console/signing-in`.
pub(super) async fn get_signing_in(
    visit: Visit,
    Extension(client): Extension<Client>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let back = way_back(client, &uri, &headers);
    screen(&visit, back, None, (StatusCode::OK, None)).await
}

async fn screen(
    visit: &Visit,
    back: String,
    typed: Option<Typed>,
    (status, wrong): (StatusCode, Option<String>),
) -> Result<Response, Response> {
    let (caller, locale) = (visit.caller.clone(), visit.locale);
    let (provider, is_factor_required, mut places) = visit
        .call(move |app| {
            let places = choices::places(app, &caller, Permission::ManageInstallation, locale)?;
            let is_required = app.is_second_factor_required()?;
            Ok((app.provider()?, is_required, places))
        })
        .await?;
    let has_provider = provider.is_some();
    let kept = || provider.map(|provider| Typed::of_provider(&provider.value));
    let mut typed = typed.or_else(kept).unwrap_or_default();
    // A page that is gone keeps its row: nothing else may take its place unseen.
    for row in &typed.rows {
        if places.iter().all(|place| place.value != row.place) {
            places.push(Choice {
                value: row.place.clone(),
                label: row.place.clone(),
            });
        }
    }
    typed.rows.extend((0..GROUP_ROWS).map(|_| Row {
        role: Role::Viewer.as_str().to_owned(),
        ..Row::default()
    }));
    let told = visit.query("told");
    let screen = SigningInScreen {
        shell: Shell {
            flash: told.and_then(|word| Told::sentence(&word, locale)),
            ..shell::of_visit(visit, &msg::signing_in(locale))
        },
        l: locale,
        wrong,
        back,
        has_provider,
        is_factor_required,
        typed,
        places,
        roles: choices::roles(&visit.caller, locale),
        scopes: SCOPES.join(" "),
        groups_claim: GROUPS_CLAIM,
        chars_max: SIGN_ON_CHARS_MAX,
    };
    Ok(show(status, &screen))
}

/// `POST /console/signing-in/provider`: `name`, `issuer`, `client_id`, `client_secret`, `scopes`,
/// `groups_claim`, and `group.N`, `place.N`, `role.N`.
pub(super) async fn set_provider(
    visit: Visit,
    Extension(client): Extension<Client>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let typed = Typed::of_form(&form);
    let new = typed.new_provider(form.raw("client_secret").trim());
    let caller = visit.caller.clone();
    let set = visit
        .inner
        .call(move |app| app.set_provider(&caller, &new?))
        .await;
    match set {
        Ok(Ok(())) => Ok(done(Told::Provider)),
        Ok(Err(error)) => match worded(&error, visit.locale) {
            Ok(words) => {
                let back = way_back(client, &uri, &headers);
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                screen(&visit, back, Some(typed), (status, Some(words))).await
            }
            Err(refused) => Err(visit.refuse(&refused)),
        },
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

/// `POST /console/signing-in/provider/drop`.
pub(super) async fn drop_provider(visit: Visit) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let dropped = visit
        .inner
        .call(move |app| app.drop_provider(&caller))
        .await;
    match dropped {
        Ok(Ok(())) => Ok(done(Told::ProviderDropped)),
        Ok(Err(error)) => Err(visit.refuse(&Refused::of(&error))),
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

/// `POST /console/signing-in/second-factor`: `required`, `yes` or `no`.
pub(super) async fn require_factor(visit: Visit, body: String) -> Result<Response, Response> {
    let required = Form::read(&body).get("required") == "yes";
    let caller = visit.caller.clone();
    visit
        .call(move |app| app.require_second_factor(&caller, required))
        .await?;
    Ok(done(if required {
        Told::FactorRequired
    } else {
        Told::FactorOptional
    }))
}

fn done(told: Told) -> Response {
    let address = format!("{}?told={}", super::SIGNING_IN, told.as_str());
    Redirect::to(&address).into_response()
}
