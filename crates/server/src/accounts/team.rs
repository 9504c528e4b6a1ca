//! Team and roles: who has an account, what he may, who is invited.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use noroshi_domain::{Locale, PageId, Zone};
use noroshi_ops::links::Opens;
use noroshi_ops::owned::{Owned, person_row};
use noroshi_ops::users::User;
use noroshi_ops::{Access, App, OpError, Permission, Stored};
use noroshi_text::msg;

use crate::accounts::choices::{self, Choice};
use crate::accounts::origin;
use crate::accounts::told::Told;
use crate::accounts::wording::worded;
use crate::console::form::Form;
use crate::console::shell::{self, Shell};
use crate::console::times;
use crate::console::visit::{Visit, show};
use crate::desk::Refused;
use crate::limits::TEAM_FILES_MAX;

#[derive(Template)]
#[template(path = "console/team.html")]
struct TeamScreen {
    shell: Shell,
    l: Locale,
    wrong: Option<String>,
    /// What was just made, to be passed on; not shown again.
    link: Option<String>,
    people: Vec<Person>,
    invited: Vec<Invited>,
    places: Vec<Choice>,
    roles: Vec<Choice>,
}

struct Person {
    id: String,
    name: String,
    email: String,
    access: Vec<String>,
    /// Which roles a file gives him, and where it says so.
    by_files: Vec<String>,
    /// The same of what his groups give.
    by_groups: Vec<String>,
    is_disabled: bool,
    signed_in: String,
}

struct Invited {
    id: String,
    email: String,
    access: Vec<String>,
    until: String,
}

/// `GET /console/team`.
pub(super) async fn get_team(visit: Visit) -> Result<Response, Response> {
    screen(&visit, None, None, StatusCode::OK).await
}

async fn screen(
    visit: &Visit,
    wrong: Option<String>,
    link: Option<String>,
    status: StatusCode,
) -> Result<Response, Response> {
    let (caller, locale) = (visit.caller.clone(), visit.locale);
    let (people, invited, places) = visit
        .call(move |app| {
            let now = app.now();
            let shown = |at| times::shown(at, now, &Zone::utc(), locale);
            let places = choices::places(app, &caller, Permission::ManageTeam, locale)?;
            let places = choices::offered(places);
            let people = app.list_users(&caller)?;
            let files = files_of(app, &people)?;
            let people = people.into_iter().map(|user| Person {
                id: user.id,
                access: choices::lines(&user.value.access, &places, locale),
                by_files: by_files(&user.value, &files, locale),
                by_groups: match &user.value.sign_on {
                    Some(sign_on) => choices::lines(&sign_on.access, &places, locale),
                    None => Vec::new(),
                },
                name: user.value.name,
                email: user.value.email,
                is_disabled: user.value.disabled_at.is_some(),
                signed_in: user.value.signed_in_at.map(shown).unwrap_or_default(),
            });
            let people: Vec<Person> = people.collect();
            let links = app.list_invitations(&caller)?.into_iter();
            let invited = links.filter_map(|link| match link.value.opens {
                Opens::Invitation { email, access } => Some(Invited {
                    id: link.id,
                    email,
                    access: choices::lines(&access, &places, locale),
                    until: shown(link.value.ends_at),
                }),
                Opens::Setup | Opens::Login { .. } | Opens::Code { .. } => None,
            });
            Ok((people, invited.collect(), places))
        })
        .await?;
    let told = visit.query("told");
    let screen = TeamScreen {
        shell: Shell {
            flash: told.and_then(|word| Told::sentence(&word, locale)),
            ..shell::of_visit(visit, &msg::team(locale))
        },
        l: locale,
        wrong,
        link,
        people,
        invited,
        places,
        roles: choices::roles(&visit.caller, locale),
    };
    Ok(show(status, &screen))
}

/// What files say of the pages on which people have roles.
fn files_of(app: &App, people: &[Stored<User>]) -> Result<Vec<Owned>, OpError> {
    let pages: BTreeSet<&PageId> = people
        .iter()
        .flat_map(|user| user.value.access.pages.keys())
        .collect();
    let mut files = Vec::new();
    for page in pages.into_iter().take(TEAM_FILES_MAX) {
        files.extend(app.owned(page)?.map(|found| found.value));
    }
    Ok(files)
}

/// Where files say what somebody may.
fn by_files(user: &User, files: &[Owned], locale: Locale) -> Vec<String> {
    let row = person_row(&user.email);
    let said = files.iter().filter_map(|owned| {
        let line = owned.row(&row)?.get("role")?;
        Some(msg::console_set_by_file(
            locale,
            &owned.file,
            i64::from(*line),
        ))
    });
    said.collect()
}

/// `POST /console/team/{user_id}/role`: `page`, `role`; an empty role takes it.
pub(super) async fn set_role(
    visit: Visit,
    Path(user): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let (page, role) = (form.get("page").to_owned(), form.get("role").to_owned());
    let caller = visit.caller.clone();
    let set = visit
        .inner
        .call(move |app| {
            let page = choices::page_in(&page)?;
            let role = (!role.is_empty()).then(|| choices::role_in(&role));
            app.set_role(&caller, &user, page.as_ref(), role.transpose()?)
        })
        .await;
    done(&visit, set, Told::Role).await
}

/// `POST /console/team/{user_id}/disable`.
pub(super) async fn disable(visit: Visit, Path(user): Path<String>) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let set = visit
        .inner
        .call(move |app| app.set_disabled(&caller, &user, true));
    done(&visit, set.await, Told::Disabled).await
}

/// `POST /console/team/{user_id}/enable`.
pub(super) async fn enable(visit: Visit, Path(user): Path<String>) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let set = visit
        .inner
        .call(move |app| app.set_disabled(&caller, &user, false));
    done(&visit, set.await, Told::Enabled).await
}

/// `POST /console/team/invitations`: `email`, `page`, `role`. The link is shown once, for there is
/// no mail to send it by.
pub(super) async fn invite(
    visit: Visit,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Response> {
    let form = Form::read(&body);
    let (page, role) = (form.get("page").to_owned(), form.get("role").to_owned());
    let (caller, email) = (visit.caller.clone(), form.get("email").to_owned());
    let invited = visit
        .inner
        .call(move |app| {
            let role = choices::role_in(&role)?;
            let access = match choices::page_in(&page)? {
                Some(page) => Access::on_pages(role, [page]),
                None => Access::everywhere(role),
            };
            app.invite(&caller, &email, access)
        })
        .await;
    match invited {
        Ok(Ok((_, token))) => {
            let path = super::invitation_path(&token);
            let link = format!("{}{path}", origin::of_form(&headers).unwrap_or_default());
            screen(&visit, None, Some(link), StatusCode::OK).await
        }
        Ok(Err(error)) => refused(&visit, &error).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

/// `POST /console/team/invitations/{invitation_id}/withdraw`.
pub(super) async fn withdraw(
    visit: Visit,
    Path(invitation): Path<String>,
) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let withdrawn = visit
        .inner
        .call(move |app| app.withdraw_invitation(&caller, &invitation))
        .await;
    done(&visit, withdrawn, Told::Withdrawn).await
}

async fn done(
    visit: &Visit,
    outcome: Result<Result<(), OpError>, Refused>,
    told: Told,
) -> Result<Response, Response> {
    match outcome {
        Ok(Ok(())) => {
            let address = format!("{}?told={}", super::TEAM, told.as_str());
            Ok(Redirect::to(&address).into_response())
        }
        Ok(Err(error)) => refused(visit, &error).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}

async fn refused(visit: &Visit, error: &OpError) -> Result<Response, Response> {
    match worded(error, visit.locale) {
        Ok(words) => screen(visit, Some(words), None, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(refused) => Err(visit.refuse(&refused)),
    }
}
