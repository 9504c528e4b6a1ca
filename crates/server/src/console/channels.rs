//! Channels of a page's team: listed with what does not get through, set up, tried, taken away.

mod fields;
mod mail;

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::subscriber::{Channel, team_lane};
use noroshi_ops::channels::{TEAM_CHANNELS, TeamChannel};
use noroshi_ops::{Permission, Stored};
use noroshi_store::Ailing;
use noroshi_text::{labels, msg};

pub(super) use self::mail::{drop_mail, get_mail, post_mail, try_mail};
use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::{self, Listing, Row};
use crate::console::sheet::{Button, Sheet};
use crate::console::templates::{refusable, refused};
use crate::console::visit::{Desk, Visit, shown};
use crate::desk::Refused;
use crate::limits::AILING_SHOWN_MAX;

/// Where they are listed.
const PATH: &str = "/channels";

/// `GET …/channels`.
pub(super) async fn get_channels(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let (channels, ailing, mail) = desk
        .visit
        .call(move |app| {
            let channels = app.team_channels(&caller, &page)?;
            let ailing = app.store().ailing(&page, AILING_SHOWN_MAX)?;
            Ok((channels, ailing, app.mail_server()?))
        })
        .await?;
    let own = channels.iter().map(|own| row(&desk, own, &ailing));
    let ours: Vec<String> = channels.iter().map(lane_of).collect();
    let others = ailing.iter().filter(|own| !ours.contains(&own.lane));
    let others = others.map(|own| Row {
        href: String::new(),
        title: labels::lane(&own.lane, l),
        is_member: false,
        status: Some(("maj", msg::channels_stuck(l))),
        hints: vec![waits(&desk, own)],
        buttons: Vec::new(),
    });
    let mail_row = mail::row(&desk, mail.as_ref().map(|own| &own.value));
    let listing = Listing {
        shell: desk.shell(&msg::channels(l)),
        l,
        new: vec![(desk.address("/channels/new"), msg::channels_new(l))],
        sections: listing::sections([
            (msg::channels_team(l), own.collect()),
            (msg::channels_failing(l), others.collect()),
            (msg::channels_mail(l), vec![mail_row]),
        ]),
        none: String::new(),
    };
    Ok(shown(&listing))
}

/// The lane of a channel's messages in the queue.
fn lane_of(own: &Stored<TeamChannel>) -> String {
    team_lane(own.value.channel, &own.id)
}

fn waits(desk: &Desk, own: &Ailing) -> String {
    let l = desk.locale();
    let reason = labels::delivery_reason(&own.reason, l);
    msg::channels_waiting(l, own.count, &desk.time(own.since), &reason)
}

fn row(desk: &Desk, own: &Stored<TeamChannel>, ailing: &[Ailing]) -> Row {
    let (l, value) = (desk.locale(), &own.value);
    let lane = lane_of(own);
    let stuck = ailing.iter().find(|found| found.lane == lane);
    let status = match stuck {
        Some(_) => Some(("maj", msg::channels_stuck(l))),
        None if value.paused => Some(("unk", msg::channels_paused(l))),
        None => None,
    };
    let hears = match (value.notices, value.posts) {
        (true, true) => msg::channels_hears_both(l),
        (true, false) => msg::channels_hears_notices(l),
        _ => msg::channels_hears_posts(l),
    };
    let names = value.components.iter();
    let names = names.filter_map(|id| desk.state.components.get(id));
    let names = names.map(|own| desk.pick(&own.name));
    let only = (!value.components.is_empty()).then(|| labels::names(names, l));
    let hints = [
        Some(labels::channel(value.channel, l)),
        Some(hears),
        only,
        stuck.map(|own| waits(desk, own)),
    ];
    Row {
        href: desk.address(&format!("{PATH}/{}", own.id)),
        title: value.name.clone(),
        is_member: false,
        status,
        hints: hints.into_iter().flatten().collect(),
        buttons: vec![Button::plain(
            desk.address(&format!("{PATH}/{}/try", own.id)),
            msg::channels_try(l),
        )],
    }
}

/// `GET …/channels/new`: which service.
pub(super) async fn get_services(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let rows = TEAM_CHANNELS.map(|channel| Row {
        href: desk.address(&format!("/channels/new/{}", channel.as_str())),
        title: labels::channel(channel, l),
        is_member: false,
        status: None,
        hints: vec![fields::about(channel, l)],
        buttons: Vec::new(),
    });
    let listing = Listing {
        shell: desk.shell(&msg::channels_new(l)),
        l,
        new: Vec::new(),
        sections: listing::sections([(msg::channels_which(l), rows.into())]),
        none: String::new(),
    };
    Ok(shown(&listing))
}

/// The service that an address names.
fn service(name: &str) -> Option<Channel> {
    TEAM_CHANNELS
        .into_iter()
        .find(|channel| channel.as_str() == name)
}

/// `GET …/channels/new/{service}`.
pub(super) async fn get_new(
    visit: Visit,
    Path((page, name)): Path<(String, String)>,
) -> Result<Response, Response> {
    let channel = service(&name).ok_or_else(|| visit.refuse(&Refused::NotFound))?;
    let desk = visit.open(&page).await?;
    Ok(new_sheet(&desk, channel, None).shown())
}

/// `POST …/channels/new/{service}`.
pub(super) async fn post_new(
    visit: Visit,
    Path((page, name)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let channel = service(&name).ok_or_else(|| visit.refuse(&Refused::NotFound))?;
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let new = match fields::read(&desk, &form, channel) {
        Ok(new) => new,
        Err(problem) => return Ok(new_sheet(&desk, channel, Some(&form)).refused(problem)),
    };
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let made = desk
        .visit
        .call(move |app| refusable(app.create_channel(&caller, &page, new)))
        .await?;
    Ok(match made {
        Ok(made) => desk.done(&format!("{PATH}/{}", made.id), Told::ChannelMade),
        Err(error) => {
            let problem = fields::word(&desk, channel, &error);
            new_sheet(&desk, channel, Some(&form)).refused(problem)
        }
    })
}

fn new_sheet(desk: &Desk, channel: Channel, form: Option<&Form>) -> Sheet {
    let l = desk.locale();
    let title = labels::channel(channel, l);
    let path = format!("/channels/new/{}", channel.as_str());
    let sheet = fields::parts(desk.sheet(&title, (&path, PATH)), desk, channel, form, None);
    Sheet {
        submit: msg::channels_make(l),
        ..sheet
    }
}

/// `GET …/channels/{channel_id}`.
pub(super) async fn get_channel(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.channel(&id).await?;
    Ok(sheet(&desk, None, &stands).shown())
}

/// `POST …/channels/{channel_id}`.
pub(super) async fn post_channel(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.channel(&id).await?;
    let form = Form::read(&body);
    let channel = stands.value.channel;
    let new = match fields::read(&desk, &form, channel) {
        Ok(new) => new,
        Err(problem) => return Ok(sheet(&desk, Some(&form), &stands).refused(problem)),
    };
    // The version that the form was filled from: who was slower is told so.
    let version = form.get("seq").parse().unwrap_or(stands.version);
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.change_channel(&caller, &page, (&id, version), new)))
        .await?;
    Ok(match done {
        Ok(_) => desk.done(PATH, Told::ChannelChanged),
        Err(error) => {
            let problem = fields::word(&desk, channel, &error);
            sheet(&desk, Some(&form), &stands).refused(problem)
        }
    })
}

fn sheet(desk: &Desk, form: Option<&Form>, stands: &Stored<TeamChannel>) -> Sheet {
    let l = desk.locale();
    let path = format!("{PATH}/{}", stands.id);
    let begun = desk.sheet(&stands.value.name, (&path, PATH));
    let channel = stands.value.channel;
    let mut sheet = fields::parts(begun, desk, channel, form, Some(&stands.value));
    sheet.seq = stands.version;
    sheet.buttons.push(Button {
        hint: msg::channels_try_hint(l),
        ..Button::plain(desk.address(&format!("{path}/try")), msg::channels_try(l))
    });
    sheet.buttons.push(Button {
        sure: msg::channels_delete_sure(l),
        ..Button::plain(
            desk.address(&format!("{path}/delete")),
            msg::channels_delete(l),
        )
    });
    sheet
}

/// `POST …/channels/{channel_id}/try`: sends a message at once, and says what became of it.
pub(super) async fn try_channel(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.channel(&id).await?;
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let opened = desk
        .visit
        .call(move |app| app.open_channel(&caller, &page, &id))
        .await?;
    let Some(trials) = desk.visit.inner.trials.get() else {
        return Ok(sheet(&desk, None, &stands).refused(msg::channels_no_trial(desk.locale())));
    };
    let locale = desk.state.page.default_locale;
    let tried = trials.try_channel(opened, desk.state.clone(), locale).await;
    Ok(match tried {
        Ok(()) => desk.done(&format!("{PATH}/{}", stands.id), Told::ChannelTried),
        Err(reason) => sheet(&desk, None, &stands).refused(not_taken(&desk, &reason)),
    })
}

/// Why a trial was not taken.
fn not_taken(desk: &Desk, reason: &str) -> String {
    let l = desk.locale();
    msg::channels_not_taken(l, &labels::delivery_reason(reason, l))
}

/// `POST …/channels/{channel_id}/delete`.
pub(super) async fn delete(
    visit: Visit,
    Path((page, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let (page, caller) = (desk.page.clone(), desk.visit.caller.clone());
    let done = desk
        .visit
        .call(move |app| refusable(app.delete_channel(&caller, &page, &id)))
        .await?;
    Ok(match done {
        Ok(()) => desk.done(PATH, Told::ChannelDeleted),
        Err(error) => desk.visit.refuse_command(&error),
    })
}

impl Desk {
    /// A channel of this page.
    async fn channel(&self, id: &str) -> Result<Stored<TeamChannel>, Response> {
        let (page, id) = (self.page.clone(), id.to_owned());
        let caller = self.visit.caller.clone();
        self.visit
            .call(move |app| app.team_channel(&caller, &page, &id))
            .await
    }

    /// Whether the caller may say how mails leave the installation.
    fn may_set_mail(&self) -> bool {
        self.visit.caller.may(None, Permission::ManageInstallation)
    }
}
