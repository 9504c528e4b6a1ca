//! Where the console begins: the page there is, or the list of those to choose from.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use noroshi_domain::{Locale, PageId, State};
use noroshi_ops::{App, Caller, OpError, Permission};
use noroshi_text::msg;

use crate::console::shell::{self, Link, Shell};
use crate::console::visit::{Visit, shown};

/// The pages that a caller may see.
#[derive(Template)]
#[template(path = "console/home.html")]
struct Home {
    shell: Shell,
    l: Locale,
    pages: Vec<Link>,
    /// Where a page is made; none: the caller may not.
    new: Option<&'static str>,
}

/// `GET /console`.
pub(super) async fn get_home(visit: Visit) -> Result<Response, Response> {
    let caller = visit.caller.clone();
    let locale = visit.locale;
    let pages = visit
        .call(move |app| pages_of(app, &caller, locale))
        .await?;
    if let [(page, _)] = pages.as_slice() {
        return Ok(Redirect::to(&format!("/console/pages/{page}")).into_response());
    }
    let screen = Home {
        shell: shell::of_visit(&visit, &msg::console_pages(locale)),
        l: locale,
        new: visit
            .caller
            .may(None, Permission::CreatePages)
            .then_some(super::NEW_PAGE),
        pages: pages
            .iter()
            .map(|(page, name)| shell::page_link(page, name))
            .collect(),
    };
    Ok(shown(&screen))
}

/// The pages a caller may see, with their names.
pub(crate) fn pages_of(
    app: &App,
    caller: &Caller,
    locale: Locale,
) -> Result<Vec<(PageId, String)>, OpError> {
    let seen = app.pages()?.into_iter();
    seen.filter(|page| caller.may(Some(page), Permission::View))
        .map(|page| {
            let state = app.state(&page)?;
            Ok((page, name_of(&state, locale)))
        })
        .collect()
}

fn name_of(state: &State, locale: Locale) -> String {
    let page = &state.page;
    page.name.pick(locale, page.default_locale).0.to_owned()
}
