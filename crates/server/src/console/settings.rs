//! A page's own settings: what it is called, where it stands, how it looks, what happens by itself.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{
    AutomaticIncidents, COLOUR_NAMES, Command, Locale, Page, PagePatch, PageSettings, Patch, Zone,
};
use noroshi_ops::Permission;
use noroshi_ops::owned::Owned;
use noroshi_text::{labels, msg};

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::visit::{Desk, Visit};

/// `GET …/settings`.
pub(super) async fn get_settings(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let owned = desk.owned().await?;
    Ok(sheet(&desk, None, owned.as_ref()).shown())
}

/// `POST …/settings`.
pub(super) async fn post_settings(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let owned = desk.owned().await?;
    let again = || sheet(&desk, Some(&form), owned.as_ref());
    let patch = match read(&desk, &form) {
        Ok(patch) => patch,
        Err(problem) => return Ok(again().refused(problem)),
    };
    let command = desk.seen(&form, Command::UpdatePage(Box::new(patch)));
    let done = ("/settings", Told::SettingsSaved);
    desk.carry_out((command, &form), done, again).await
}

/// `POST …/settings/delete`: hides the page.
pub(super) async fn delete(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    desk.press(Command::DeletePage, ("/settings", Told::PageHidden))
        .await
}

/// `POST …/settings/restore`: brings it back.
pub(super) async fn restore(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    desk.press(Command::RestorePage, ("/settings", Told::PageRestored))
        .await
}

/// What was sent, over what stands: what the screen does not show stays as it is.
fn read(desk: &Desk, form: &Form) -> Result<PagePatch, String> {
    let l = desk.locale();
    let page = &desk.state.page;
    let ticked = |prefix: &str| -> Vec<Locale> {
        let ticked = form.under(prefix);
        ticked.filter_map(|(tag, _)| Locale::parse(tag)).collect()
    };
    let locales = ticked("locale");
    let zone = form.get("zone");
    let zone = Zone::parse(zone).map_err(|_| msg::console_bad_zone(l, zone))?;
    let default_locale = Locale::parse(form.get("default_locale"));
    // Texts in a language that is taken away stay typed until it is.
    let told = |name: &str| form.texts(name, &page.locales);
    let text = |name: &str| {
        let typed = form.get(name);
        (!typed.is_empty()).then(|| typed.to_owned())
    };
    let seconds = |name: &str| match form.get(name) {
        "" => Ok(None),
        typed => match typed.parse::<i64>() {
            Ok(minutes) if (0..=10_000).contains(&minutes) => Ok(Some(minutes * 60)),
            _ => Err(msg::console_bad_minutes(l, typed)),
        },
    };
    let settings = PageSettings {
        headline: told("headline"),
        about: told("about"),
        support_url: text("support_url"),
        company_url: text("company_url"),
        accent: form
            .has("own_accent")
            .then(|| form.get("accent").to_owned()),
        colours: colours(form.raw("colours")).map_err(|line| msg::console_bad_colour(l, &line))?,
        css: text("css"),
        header_html: text("header"),
        footer_html: text("footer"),
        two_columns: form.has("two_columns"),
        groups_folded: form.has("groups_folded"),
        hidden_from_search: form.has("hidden_from_search"),
        powered_by_off: form.has("powered_by_off"),
        cadence_s: seconds("cadence")?,
        public_grace_s: seconds("public_grace")?,
        automatic: automatic(page, form.has("automatic")),
        ..page.settings.clone()
    };
    let lines = |name: &str| -> Vec<String> {
        let lines = form.raw(name).lines();
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    let patched = |name: &str| text(name).map_or(Patch::Clear, Patch::Set);
    Ok(PagePatch {
        name: Some(told("name")),
        hosts: Some(lines("hosts")),
        path: patched("path"),
        url: patched("url"),
        zone: Some(zone).filter(|zone| *zone != page.zone),
        default_locale,
        locales: Some(locales).filter(|locales| !locales.is_empty()),
        settings: Some(Box::new(settings)),
    })
}

/// Colours by name, one a line as `css_greens #0a7d5a`; the line that is not like that.
fn colours(typed: &str) -> Result<BTreeMap<String, String>, String> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let split = line.split_once([' ', '=', ':', '\t']);
            let (name, colour) = split.ok_or_else(|| line.to_owned())?;
            Ok((name.trim().to_owned(), colour.trim().to_owned()))
        })
        .collect()
}

/// Whether incidents open by themselves; how, stays as it stands.
fn automatic(page: &Page, is_on: bool) -> Option<AutomaticIncidents> {
    let stands = page.settings.automatic.clone();
    is_on.then(|| stands.unwrap_or_default())
}

fn sheet(desk: &Desk, form: Option<&Form>, owned: Option<&Owned>) -> Sheet {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let page = &desk.state.page;
    let mut sheet = desk
        .sheet(&msg::console_settings(l), ("/settings", ""))
        .part(String::new(), own(desk, &typed))
        .part(msg::console_where(l), place(desk, &typed))
        .part(msg::console_looks(l), looks(desk, &typed))
        .part(msg::console_by_itself(l), rules(desk, &typed));
    sheet.back = String::new();
    let pictures = desk.address("/settings/pictures");
    sheet.links.push((pictures, msg::console_pictures(l)));
    if desk.may(Permission::DeletePage) {
        let button = if page.deleted_at.is_some() {
            let restore = desk.address("/settings/restore");
            Button::plain(restore, msg::console_page_restore(l))
        } else {
            Button {
                hint: msg::console_page_delete_hint(l),
                sure: msg::console_page_delete_sure(l),
                ..Button::plain(
                    desk.address("/settings/delete"),
                    msg::console_page_delete(l),
                )
            }
        };
        sheet.buttons.push(button);
    }
    sheet.locked(owned, "page")
}

fn own(desk: &Desk, typed: &Typed<'_>) -> Vec<Field> {
    let l = desk.locale();
    let page = &desk.state.page;
    let settings = &page.settings;
    let languages = Locale::ALL.map(|locale| {
        let name = format!("locale.{}", locale.as_str());
        (
            name,
            labels::language(locale),
            page.locales.contains(&locale),
        )
    });
    let defaults = page
        .locales
        .iter()
        .map(|locale| (locale.as_str().to_owned(), labels::language(*locale)))
        .collect();
    vec![
        typed.lines("name", msg::console_name(l), &page.name),
        typed.lines("headline", msg::console_headline(l), &settings.headline),
        typed
            .areas("about", msg::console_about_page(l), &settings.about)
            .hint(msg::console_markdown(l)),
        typed.ticks(msg::console_languages(l), languages),
        typed.choice(
            "default_locale",
            msg::console_default_language(l),
            (page.default_locale.as_str(), defaults),
        ),
        typed
            .line(("zone", "text"), msg::console_zone(l), page.zone.name())
            .hint(msg::console_zone_hint(l)),
    ]
}

fn place(desk: &Desk, typed: &Typed<'_>) -> Vec<Field> {
    let l = desk.locale();
    let page = &desk.state.page;
    let settings = &page.settings;
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        typed
            .area("hosts", msg::console_hosts(l), &page.hosts.join("\n"))
            .hint(msg::console_hosts_hint(l)),
        typed
            .line(("path", "text"), msg::console_path(l), &of(&page.path))
            .hint(msg::console_path_hint(l)),
        typed
            .line(("url", "url"), msg::console_url(l), &of(&page.url))
            .hint(msg::console_url_hint(l)),
        typed.line(
            ("support_url", "url"),
            msg::console_support(l),
            &of(&settings.support_url),
        ),
        typed.line(
            ("company_url", "url"),
            msg::console_company(l),
            &of(&settings.company_url),
        ),
    ]
}

fn looks(desk: &Desk, typed: &Typed<'_>) -> Vec<Field> {
    let l = desk.locale();
    let settings = &desk.state.page.settings;
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let accent = settings.accent.as_deref().unwrap_or("#1d4f91");
    let tick = |name: &str, words, stands| (name.to_owned(), words, stands);
    vec![
        typed.ticks(
            msg::console_looks_ticks(l),
            [
                tick(
                    "own_accent",
                    msg::console_own_accent(l),
                    settings.accent.is_some(),
                ),
                tick(
                    "two_columns",
                    msg::console_two_columns(l),
                    settings.two_columns,
                ),
                tick(
                    "groups_folded",
                    msg::console_folded(l),
                    settings.groups_folded,
                ),
                tick(
                    "hidden_from_search",
                    msg::console_unsearched(l),
                    settings.hidden_from_search,
                ),
                tick(
                    "powered_by_off",
                    msg::console_unpowered(l),
                    settings.powered_by_off,
                ),
            ],
        ),
        typed
            .line(("accent", "color"), msg::console_accent(l), accent)
            .hint(msg::console_accent_hint(l)),
        typed
            .area("colours", msg::console_colours(l), &colour_lines(settings))
            .hint(msg::console_colours_hint(l, &COLOUR_NAMES.join(", "))),
        typed
            .area("header", msg::console_header(l), &of(&settings.header_html))
            .hint(msg::console_markdown(l)),
        typed
            .area("footer", msg::console_footer(l), &of(&settings.footer_html))
            .hint(msg::console_markdown(l)),
        typed
            .area("css", msg::console_css(l), &of(&settings.css))
            .hint(msg::console_css_hint(l)),
    ]
}

fn colour_lines(settings: &PageSettings) -> String {
    let lines = settings.colours.iter();
    let lines: Vec<String> = lines
        .map(|(name, colour)| format!("{name} {colour}"))
        .collect();
    lines.join("\n")
}

fn rules(desk: &Desk, typed: &Typed<'_>) -> Vec<Field> {
    let l = desk.locale();
    let settings = &desk.state.page.settings;
    let minutes = |seconds: Option<i64>| {
        seconds.map_or_else(String::new, |seconds| (seconds / 60).to_string())
    };
    vec![
        typed.ticks(
            msg::console_automatic(l),
            [(
                "automatic".to_owned(),
                msg::console_automatic_on(l),
                settings.automatic.is_some(),
            )],
        ),
        typed
            .line(
                ("cadence", "number"),
                msg::console_cadence(l),
                &minutes(settings.cadence_s),
            )
            .hint(msg::console_cadence_hint(l)),
        typed
            .line(
                ("public_grace", "number"),
                msg::console_grace(l),
                &minutes(settings.public_grace_s),
            )
            .hint(msg::console_grace_hint(l)),
    ]
}
