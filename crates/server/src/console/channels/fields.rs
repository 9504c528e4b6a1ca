//! The fields of a channel: its address as its service has it, and what goes there.

use std::collections::BTreeMap;

use noroshi_domain::subscriber::Channel;
use noroshi_domain::{ComponentId, Locale, Refusal};
use noroshi_ops::OpError;
use noroshi_ops::channels::{Level, NewTeamChannel, Shape, TargetField, TeamChannel, fields_of};
use noroshi_text::{labels, msg};

use crate::console::form::Form;
use crate::console::sheet::{Field, Kind, Sheet, Typed};
use crate::console::visit::Desk;

/// What a route lets through, by how bad it is.
const LEVELS: [Level; 4] = [Level::Info, Level::Minor, Level::Major, Level::Critical];

/// What a service needs, in a sentence.
pub(super) fn about(channel: Channel, l: Locale) -> String {
    match channel {
        Channel::Telegram => msg::channels_about_telegram(l),
        Channel::PagerDuty | Channel::Opsgenie => msg::channels_about_alerts(l),
        Channel::Email => msg::channels_about_email(l),
        Channel::Sms => msg::channels_about_sms(l),
        Channel::Http => msg::channels_about_http(l),
        _ => msg::channels_about_room(l),
    }
}

fn label(own: TargetField, l: Locale) -> String {
    match (own.name, own.shape) {
        ("url", _) => msg::channels_field_url(l),
        ("token", _) => msg::channels_field_token(l),
        ("chat_id", _) => msg::channels_field_chat_id(l),
        ("routing_key", _) => msg::channels_field_routing_key(l),
        ("api_key", _) => msg::channels_field_api_key(l),
        ("to", Shape::Mail) => msg::channels_field_to_mail(l),
        ("to", _) => msg::channels_field_to_number(l),
        ("from", _) => msg::channels_field_from(l),
        ("account_sid", _) => msg::channels_field_account_sid(l),
        ("auth_token", _) => msg::channels_field_auth_token(l),
        ("headers", _) => msg::channels_field_headers(l),
        ("body", _) => msg::channels_field_body(l),
        _ => msg::channels_field_base(l),
    }
}

fn hint(own: TargetField, stands: Option<&TeamChannel>, l: Locale) -> String {
    match own.name {
        _ if own.is_secret && stands.is_some() => msg::channels_kept(l),
        "base" => msg::channels_field_base_hint(l),
        "headers" => msg::channels_field_headers_hint(l),
        "body" => msg::channels_field_body_hint(l),
        "from" => msg::channels_field_from_hint(l),
        _ => String::new(),
    }
}

/// Adds all fields to a sheet.
pub(super) fn parts(
    sheet: Sheet,
    desk: &Desk,
    channel: Channel,
    form: Option<&Form>,
    stands: Option<&TeamChannel>,
) -> Sheet {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let name = stands.map_or("", |own| own.name.as_str());
    let mut address = vec![typed.line(("name", "text"), msg::channels_name(l), name)];
    address.extend(fields_of(channel).iter().map(|own| {
        let name = format!("target.{}", own.name);
        let held = stands.and_then(|held| held.open.get(own.name));
        let held = held.map_or("", String::as_str);
        let value = form.map_or(held, |form| form.raw(&name)).to_owned();
        let kind = match own.shape {
            Shape::Text => Kind::Area(value),
            _ if own.is_secret => Kind::Line("password", value),
            Shape::Mail => Kind::Line("email", value),
            _ => Kind::Line("text", value),
        };
        Field::new(name, label(*own, l), kind).hint(hint(*own, stands, l))
    }));
    sheet
        .part(String::new(), address)
        .part(msg::channels_route(l), route(desk, form, stands))
}

fn route(desk: &Desk, form: Option<&Form>, stands: Option<&TeamChannel>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let hears = [
        (
            "notices".to_owned(),
            msg::channels_notices(l),
            stands.is_none_or(|own| own.notices),
        ),
        (
            "posts".to_owned(),
            msg::channels_posts(l),
            stands.is_some_and(|own| own.posts),
        ),
    ];
    let levels = LEVELS.map(|level| (level.as_str().to_owned(), labels::level(level, l)));
    let least = stands.map_or(Level::Info, |own| own.least);
    let only = stands.map(|own| own.components.clone()).unwrap_or_default();
    let systems = desk.state.live_components().into_iter().map(|own| {
        let name = desk.pick(&own.name).to_owned();
        (format!("c.{}", own.id), name, only.contains(&own.id))
    });
    let languages = desk.state.page.locales.iter();
    let languages = languages.map(|own| (own.as_str().to_owned(), labels::language(*own)));
    let as_page = (String::new(), msg::channels_language_page(l));
    let languages = std::iter::once(as_page).chain(languages).collect();
    let language = stands.and_then(|own| own.locale).map_or("", Locale::as_str);
    let quiet = stands.and_then(|own| own.quiet);
    let shown = |minute: Option<u16>| minute.map(clock).unwrap_or_default();
    let digest = stands.and_then(|own| own.digest);
    vec![
        typed.ticks(msg::channels_hears(l), hears),
        typed.choice(
            "least",
            msg::channels_least(l),
            (least.as_str(), levels.into()),
        ),
        typed
            .ticks(msg::channels_only(l), systems)
            .hint(msg::channels_only_hint(l)),
        typed.choice("locale", msg::channels_language(l), (language, languages)),
        typed
            .line(
                ("quiet_from", "time"),
                msg::channels_quiet_from(l),
                &shown(quiet.map(|(from, _)| from)),
            )
            .hint(msg::channels_quiet_hint(l)),
        typed.line(
            ("quiet_to", "time"),
            msg::channels_quiet_to(l),
            &shown(quiet.map(|(_, to)| to)),
        ),
        typed
            .line(("digest", "time"), msg::channels_digest(l), &shown(digest))
            .hint(msg::channels_digest_hint(l)),
        typed.ticks(
            msg::channels_pause(l),
            [(
                "paused".to_owned(),
                msg::channels_pause_it(l),
                stands.is_some_and(|own| own.paused),
            )],
        ),
    ]
}

/// A minute of the day as a clock shows it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (
        hour.parse::<u16>().ok()?,
        minute.get(..2)?.parse::<u16>().ok()?,
    );
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The channel as it was typed.
pub(super) fn read(desk: &Desk, form: &Form, channel: Channel) -> Result<NewTeamChannel, String> {
    let l = desk.locale();
    let time = |name: &str| -> Result<Option<u16>, String> {
        match form.get(name) {
            "" => Ok(None),
            text => minute(text)
                .map(Some)
                .ok_or_else(|| msg::channels_bad_time(l)),
        }
    };
    let quiet = match (time("quiet_from")?, time("quiet_to")?) {
        (None, None) => None,
        (Some(from), Some(to)) => Some((from, to)),
        _ => return Err(msg::channels_bad_quiet(l)),
    };
    let target: BTreeMap<String, String> = form
        .under("target")
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    let components = form
        .under("c")
        .filter_map(|(id, _)| ComponentId::parse(id).ok());
    Ok(NewTeamChannel {
        name: form.get("name").to_owned(),
        channel,
        target,
        locale: Locale::parse(form.get("locale")),
        notices: form.has("notices"),
        posts: form.has("posts"),
        components: components.collect(),
        least: Level::parse(form.get("least")).unwrap_or(Level::Info),
        quiet,
        digest: time("digest")?,
        paused: form.has("paused"),
    })
}

/// Why it was refused, in the words of the form.
pub(super) fn word(desk: &Desk, channel: Channel, error: &OpError) -> String {
    let l = desk.locale();
    let OpError::Refused(Refusal::BadSetting { field, .. }) = error else {
        return super::refused(desk, error);
    };
    match *field {
        "notices" => msg::channels_bad_hears(l),
        "quiet" => msg::channels_bad_quiet(l),
        "digest" => msg::channels_bad_time(l),
        name => {
            let found = fields_of(channel).iter().find(|own| own.name == name);
            found.map_or_else(
                || super::refused(desk, error),
                |own| msg::channels_bad_field(l, &label(*own, l)),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_browsers_send_them() {
        assert_eq!(minute("00:00"), Some(0));
        assert_eq!(minute("23:59"), Some(1_439));
        assert_eq!(minute("07:30:00"), Some(450));
        assert_eq!(minute("24:00"), None);
        assert_eq!(minute("7"), None);
        assert_eq!(clock(450), "07:30");
    }
}
