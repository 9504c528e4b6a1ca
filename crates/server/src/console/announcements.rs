//! Announcements: titled texts with a beginning and an end.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{Announcement, AnnouncementId, Command, Instant, Patch, Texts};
use noroshi_ops::Permission;
use noroshi_text::msg;

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::{self, Listing, Row};
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::times;
use crate::console::visit::{Desk, Visit, shown};
use crate::desk::Refused;

/// `GET …/announcements`.
pub(super) async fn get_announcements(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let may_post = desk.may(Permission::PostIncident);
    let mut all: Vec<&Announcement> = desk.state.announcements.values().collect();
    all.sort_by_key(|one| (std::cmp::Reverse(one.from), one.id.clone()));
    let (over, stand): (Vec<&Announcement>, Vec<&Announcement>) =
        all.into_iter().partition(|one| is_over(one, desk.now));
    let rows = |all: Vec<&Announcement>| -> Vec<Row> {
        let all = all.into_iter();
        all.map(|one| row(&desk, one, may_post)).collect()
    };
    let sections = [
        (String::new(), rows(stand)),
        (msg::console_announcements_over(l), rows(over)),
    ];
    let listing = Listing {
        shell: desk.shell(&msg::console_announcements(l)),
        l,
        new: may_post
            .then(|| {
                let words = msg::console_announcement_new(l);
                (desk.address("/announcements/new"), words)
            })
            .into_iter()
            .collect(),
        sections: listing::sections(sections),
        none: msg::console_announcements_none(l),
    };
    Ok(shown(&listing))
}

fn is_over(one: &Announcement, now: Instant) -> bool {
    one.to.is_some_and(|to| to <= now)
}

fn row(desk: &Desk, one: &Announcement, may_post: bool) -> Row {
    let l = desk.locale();
    let path = format!("/announcements/{}", one.id);
    let from = desk.time(one.from);
    let window = match one.to {
        Some(to) => msg::console_from_to(l, &from, &desk.time(to)),
        None => msg::console_from_on(l, &from),
    };
    let end = Button::plain(
        desk.address(&format!("{path}/end")),
        msg::console_announcement_end(l),
    );
    let ends = may_post && !is_over(one, desk.now);
    Row {
        href: if may_post {
            desk.address(&path)
        } else {
            String::new()
        },
        title: desk.pick(&one.title).to_owned(),
        is_member: false,
        status: None,
        hints: vec![window],
        buttons: ends.then_some(end).into_iter().collect(),
    }
}

/// `GET …/announcements/new`.
pub(super) async fn get_new(visit: Visit, Path(page): Path<String>) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(new_sheet(&desk, None).shown())
}

/// `POST …/announcements/new`.
pub(super) async fn post_new(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let window = match window(&desk, &form) {
        Ok(window) => window,
        Err(problem) => return Ok(new_sheet(&desk, Some(&form)).refused(problem)),
    };
    let locales = &desk.state.page.locales;
    let command = Command::CreateAnnouncement {
        title: form.texts("title", locales),
        body: form.texts("body", locales),
        from: window.0,
        to: window.1,
        notify: false,
    };
    let done = ("/announcements", Told::AnnouncementMade);
    desk.carry_out((command, &form), done, || new_sheet(&desk, Some(&form)))
        .await
}

/// `GET …/announcements/{announcement_id}`.
pub(super) async fn get_announcement(
    visit: Visit,
    Path((page, announcement)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let announcement =
        found(&desk, &announcement).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    Ok(sheet(&desk, None, &announcement).shown())
}

/// `POST …/announcements/{announcement_id}`.
pub(super) async fn post_announcement(
    visit: Visit,
    Path((page, announcement)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands =
        found(&desk, &announcement).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let form = Form::read(&body);
    let window = match window(&desk, &form) {
        Ok(window) => window,
        Err(problem) => return Ok(sheet(&desk, Some(&form), &stands).refused(problem)),
    };
    let locales = &desk.state.page.locales;
    let command = Command::UpdateAnnouncement {
        id: stands.id.clone(),
        title: Some(form.texts("title", locales)),
        body: Some(form.texts("body", locales)),
        from: window.0,
        to: window.1.map_or(Patch::Clear, Patch::Set),
    };
    let command = desk.seen(&form, command);
    let done = ("/announcements", Told::AnnouncementChanged);
    desk.carry_out((command, &form), done, || {
        sheet(&desk, Some(&form), &stands)
    })
    .await
}

/// `POST …/announcements/{announcement_id}/end`.
pub(super) async fn end(
    visit: Visit,
    Path((page, announcement)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let announcement =
        found(&desk, &announcement).ok_or_else(|| desk.visit.refuse(&Refused::NotFound))?;
    let command = Command::EndAnnouncement(announcement.id);
    desk.press(command, ("/announcements", Told::AnnouncementEnded))
        .await
}

fn found(desk: &Desk, code: &str) -> Option<Announcement> {
    let id = AnnouncementId::parse(code).ok();
    let found = id.and_then(|id| desk.state.announcements.get(&id));
    found.cloned()
}

/// From and to as they were typed; empty is none.
fn window(desk: &Desk, form: &Form) -> Result<(Option<Instant>, Option<Instant>), String> {
    Ok((time(desk, form, "from")?, time(desk, form, "to")?))
}

/// A time as it was typed; empty is none.
pub(super) fn time(desk: &Desk, form: &Form, name: &str) -> Result<Option<Instant>, String> {
    let typed = form.get(name);
    if typed.is_empty() {
        return Ok(None);
    }
    let read = times::read(typed, &desk.state.page.zone);
    read.map(Some)
        .ok_or_else(|| msg::console_bad_time(desk.locale(), typed))
}

fn fields(desk: &Desk, form: Option<&Form>, stands: Option<&Announcement>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let none = Texts::default();
    let zone = &desk.state.page.zone;
    let at = |at: Option<Instant>| at.map_or_else(String::new, |at| times::typed(at, zone));
    vec![
        typed.lines(
            "title",
            msg::console_title(l),
            stands.map_or(&none, |own| &own.title),
        ),
        typed
            .areas(
                "body",
                msg::console_text(l),
                stands.map_or(&none, |own| &own.body),
            )
            .hint(msg::console_markdown(l)),
        typed
            .line(
                ("from", "datetime-local"),
                msg::console_from(l),
                &at(stands.map(|own| own.from)),
            )
            .hint(msg::console_empty_now(l, zone.name())),
        typed
            .line(
                ("to", "datetime-local"),
                msg::console_to(l),
                &at(stands.and_then(|own| own.to)),
            )
            .hint(msg::console_empty_never(l)),
    ]
}

fn new_sheet(desk: &Desk, form: Option<&Form>) -> Sheet {
    let l = desk.locale();
    let title = msg::console_announcement_new(l);
    let sheet = desk.sheet(&title, ("/announcements/new", "/announcements"));
    let sheet = sheet.part(String::new(), fields(desk, form, None));
    Sheet {
        submit: msg::console_announce(l),
        ..sheet
    }
}

fn sheet(desk: &Desk, form: Option<&Form>, stands: &Announcement) -> Sheet {
    let path = format!("/announcements/{}", stands.id);
    let sheet = desk.sheet(desk.pick(&stands.title), (&path, "/announcements"));
    sheet.part(String::new(), fields(desk, form, Some(stands)))
}
