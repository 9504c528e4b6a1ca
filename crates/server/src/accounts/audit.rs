//! The audit: who did what to accounts, keys and everything else that is no part of a page's public
//! record, newest first.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use noroshi_domain::{Locale, PageId, Zone};
use noroshi_ops::tokens::Token;
use noroshi_ops::users::User;
use noroshi_ops::{App, Caller, LISTED_RECORDS_MAX, OpError, Permission};
use noroshi_store::{AuditRow, Slice};
use noroshi_text::msg;

use crate::accounts::choices::{self, Choice};
use crate::accounts::deeds::{deed, thing};
use crate::console::shell::{self, Shell};
use crate::console::times;
use crate::console::visit::{Visit, show};
use crate::limits::AUDIT_ROWS;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditScreen {
    shell: Shell,
    l: Locale,
    places: Vec<Choice>,
    /// Which of them is shown; empty: everything.
    place: String,
    rows: Vec<Row>,
    /// The way to what is older.
    older: Option<String>,
}

struct Row {
    at: String,
    who: String,
    action: String,
    what: String,
    detail: String,
}

/// `GET /console/audit`: `page`, `before`.
pub(super) async fn get_audit(visit: Visit) -> Result<Response, Response> {
    let (caller, locale) = (visit.caller.clone(), visit.locale);
    let wanted = visit.query("page").unwrap_or_default();
    let before = visit.query("before").and_then(|text| text.parse().ok());
    let (places, place, rows, older) = visit
        .call(move |app| {
            let places = choices::places(app, &caller, Permission::ReadAudit, locale)?;
            // Whoever may not read all of it begins with his first page.
            let found = places.iter().find(|place| place.value == wanted);
            let found = found.or_else(|| places.first().filter(|_| wanted.is_empty()));
            let Some(place) = found.map(|place| place.value.clone()) else {
                return Err(OpError::Forbidden(Permission::ReadAudit));
            };
            let page = choices::page_in(&place)?;
            let rows = app.store().audit(page.as_ref(), before, AUDIT_ROWS + 1)?;
            let is_more = rows.len() > AUDIT_ROWS as usize;
            let shown = &rows[..rows.len().min(AUDIT_ROWS as usize)];
            let older = shown.last().filter(|_| is_more).map(|row| row.seq);
            let names = names(app)?;
            let (now, zone) = (app.now(), zone(app, &caller, page.as_ref())?);
            let rows: Vec<Row> = shown
                .iter()
                .map(|row| Row {
                    at: times::shown(row.at, now, &zone, locale),
                    ..row_of(row, &names, locale)
                })
                .collect();
            Ok((places, place, rows, older))
        })
        .await?;
    let older = older.map(|seq| format!("{}?page={place}&before={seq}", super::AUDIT));
    let screen = AuditScreen {
        shell: shell::of_visit(&visit, &msg::audit(locale)),
        l: locale,
        places,
        place,
        rows,
        older,
    };
    Ok(show(StatusCode::OK, &screen))
}

/// The zone of the page that is shown, else of the first page that the reader may see.
fn zone(app: &App, caller: &Caller, page: Option<&PageId>) -> Result<Zone, OpError> {
    let first = || {
        let mut pages = app.pages()?.into_iter();
        let seen = pages.find(|page| caller.may(Some(page), Permission::View));
        Ok::<_, OpError>(seen)
    };
    let page = match page {
        Some(page) => Some(page.clone()),
        None => first()?,
    };
    Ok(match page {
        Some(page) => app.state(&page)?.page.zone.clone(),
        None => Zone::utc(),
    })
}

/// What people and keys are called, by their codes.
fn names(app: &App) -> Result<BTreeMap<String, String>, OpError> {
    let all = Slice::first(LISTED_RECORDS_MAX);
    let users = app.records::<User>(None, &all)?.into_iter();
    let users = users.map(|user| (user.id, user.value.name));
    let tokens = app.records::<Token>(None, &all)?.into_iter();
    let tokens = tokens.map(|token| (token.id, token.value.name));
    Ok(users.chain(tokens).collect())
}

fn row_of(row: &AuditRow, names: &BTreeMap<String, String>, locale: Locale) -> Row {
    let called = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let detail = if row.detail == "{}" {
        String::new()
    } else {
        row.detail.clone()
    };
    Row {
        at: String::new(),
        who: called(&row.actor_id),
        action: deed(&row.action, locale),
        what: format!(
            "{}: {}",
            thing(&row.subject_kind, locale),
            called(&row.subject_id)
        ),
        detail,
    }
}
