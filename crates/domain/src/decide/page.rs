//! The page itself: made, changed, hidden, brought back.

use crate::command::{Answer, Decision, NewPage, PagePatch};
use crate::decide::NAME_CHARS_MAX;
use crate::decide::draft::{Draft, check_said, check_text};
use crate::decide::seen::{Subject, plain};
use crate::facts::{COLOUR_NAMES, Change, Fact, Page, PageSettings};
use crate::id::{PageId, Seed};
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::time::{DAY_US, Instant};

/// First names of paths that stand before every page: its own prefix can be none of them.
const OWN_NAMES: [&str; 3] = ["api", "console", "v1"];

/// How long a hidden page or incident can be brought back, in days.
pub const UNDO_DAYS: i64 = 30;
/// The longest delay and quiet time of automatic incidents, in seconds.
const AUTOMATIC_S_MAX: i64 = 86_400;
/// The most host names of a page.
const HOSTS_MAX: usize = 20;
/// Most bytes of a logo or a tab's picture as it is kept: it stands in every page.
const PICTURE_BYTES_MAX: usize = 12 * 1024;
/// Most bytes of a cover image as it is kept: a file of 64 kB. It is fetched on its own.
const COVER_BYTES_MAX: usize = 88 * 1024;
/// Most bytes of a team's own style rules: they stand in every page.
const CSS_BYTES_MAX: usize = 16 * 1024;

/// Decides the first entry of a new page.
///
/// # Errors
/// When a field can not stand.
pub fn decide_new_page(
    new: &NewPage,
    seed: &mut Seed,
    now: Instant,
) -> Result<(Decision, Page), Refusal> {
    let id = new.id.clone().unwrap_or_else(|| PageId::from(seed.draw()));
    let page = Page {
        id: id.clone(),
        name: new.name.clone(),
        hosts: new
            .hosts
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect(),
        path: new.path.clone(),
        url: new
            .url
            .clone()
            .map(|url| url.trim_end_matches('/').to_owned()),
        zone: new.zone.clone(),
        default_locale: new.default_locale,
        locales: new.locales.clone(),
        created_at: now,
        settings: new.settings.clone(),
        deleted_at: None,
        edited_seq: None,
    };
    check(&page)?;
    let decision = Decision {
        action: "page_created".to_owned(),
        subject: id.to_string(),
        audience: Audience::Public,
        changes: vec![Change::Put(Fact::Page(Box::new(page.clone())))],
        remains: Vec::new(),
        deletion_told: None,
        answer: Answer {
            id: id.to_string(),
            ..Answer::default()
        },
    };
    Ok((decision, page))
}

/// Whether a page's own fields can stand.
pub(super) fn check(page: &Page) -> Result<(), Refusal> {
    if !page.locales.contains(&page.default_locale) {
        let locale = page.default_locale.as_str();
        return Err(Refusal::ForeignLocale {
            field: "default_locale",
            locale,
        });
    }
    check_said("name", &page.name)?;
    check_text(&page.locales, "name", &page.name, NAME_CHARS_MAX)?;
    check_places("hosts", &page.hosts, "host", check_host)?;
    if let Some(path) = &page.path {
        check_path("path", path)?;
    }
    check_old(page)?;
    if let Some(url) = page.url.as_ref().filter(|url| !is_web_address(url)) {
        let reason = format!("{url:?} must begin with http:// or https://");
        return Err(Refusal::BadSetting {
            field: "url",
            reason,
        });
    }
    check_settings(page)
}

fn check_places(
    field: &'static str,
    places: &[String],
    name: &'static str,
    check: fn(&'static str, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if places.len() > HOSTS_MAX {
        return Err(Refusal::TooLong {
            field,
            given: places.len(),
            most: HOSTS_MAX,
        });
    }
    places.iter().try_for_each(|place| check(name, place))
}

fn check_host(field: &'static str, host: &str) -> Result<(), Refusal> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    if host.is_empty() || !host.bytes().all(fits) {
        let reason = format!("{host:?} is no host name (write it like status.example.com)");
        return Err(Refusal::BadSetting { field, reason });
    }
    Ok(())
}

fn check_path(field: &'static str, path: &str) -> Result<(), Refusal> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let name = path.strip_prefix('/').unwrap_or_default();
    let is_ours = crate::Locale::parse(name).is_some() || OWN_NAMES.contains(&name);
    if name.is_empty() || !name.bytes().all(fits) || is_ours {
        let reason = format!(
            "{path:?} must be / and a name of a-z, 0-9 and -, no language and none of {}",
            OWN_NAMES.join(", ")
        );
        return Err(Refusal::BadSetting { field, reason });
    }
    Ok(())
}

/// Where a page was found before it must not be found now, or readers would be led in a circle.
fn check_old(page: &Page) -> Result<(), Refusal> {
    let settings = &page.settings;
    check_places("old_hosts", &settings.old_hosts, "old host", check_host)?;
    check_places("old_paths", &settings.old_paths, "old path", check_path)?;
    let rest = page.url.as_ref().and_then(|url| url.split_once("://"));
    let named = rest.and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    let named = named.map(|named| named.split(':').next().unwrap_or(named));
    let current: Vec<&str> = page.hosts.iter().map(String::as_str).chain(named).collect();
    let stands = |old: &&String| current.iter().any(|host| host.eq_ignore_ascii_case(old));
    let reason = if let Some(old) = settings.old_hosts.iter().find(stands) {
        format!("{old} is where the page is found now")
    } else if current.is_empty() && !settings.old_hosts.is_empty() {
        "the page needs a host to lead to".to_owned()
    } else {
        return match settings
            .old_paths
            .iter()
            .find(|old| page.path.as_ref() == Some(old))
        {
            None => Ok(()),
            Some(old) => Err(Refusal::BadSetting {
                field: "old path",
                reason: format!("{old} is where the page is found now"),
            }),
        };
    };
    Err(Refusal::BadSetting {
        field: "old host",
        reason,
    })
}

fn check_settings(page: &Page) -> Result<(), Refusal> {
    let settings = &page.settings;
    check_text(
        &page.locales,
        "headline",
        &settings.headline,
        NAME_CHARS_MAX,
    )?;
    check_text(
        &page.locales,
        "about",
        &settings.about,
        super::BODY_CHARS_MAX,
    )?;
    if let Some(name) = settings
        .colours
        .keys()
        .find(|name| !COLOUR_NAMES.contains(&name.as_str()))
    {
        let reason = format!("{name:?} is none of {}", COLOUR_NAMES.join(", "));
        return Err(Refusal::BadSetting {
            field: "colours",
            reason,
        });
    }
    for colour in settings.colours.values().chain(&settings.accent) {
        let fits = colour.len() == 7
            && colour.starts_with('#')
            && colour.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit());
        if !fits {
            let reason = format!("{colour:?} is no colour (write it like #1d4f91)");
            return Err(Refusal::BadSetting {
                field: "colour",
                reason,
            });
        }
    }
    if let Some(automatic) = &settings.automatic {
        check_text(
            &page.locales,
            "automatic title",
            &automatic.title,
            NAME_CHARS_MAX,
        )?;
        let a_day = 0..=AUTOMATIC_S_MAX;
        if !a_day.contains(&automatic.delay_s) || !a_day.contains(&automatic.quiet_s) {
            let reason = "delay and quiet time must be between 0 seconds and a day".to_owned();
            return Err(Refusal::BadSetting {
                field: "automatic incidents",
                reason,
            });
        }
    }
    let addresses = [
        ("support_url", &settings.support_url),
        ("company_url", &settings.company_url),
    ];
    for (field, address) in addresses {
        if let Some(url) = address.as_ref().filter(|url| !is_web_address(url)) {
            let reason = format!("{url:?} must begin with http:// or https://");
            return Err(Refusal::BadSetting { field, reason });
        }
    }
    check_pictures(settings)?;
    check_markup(settings)
}

/// Logo, the tab's picture and the cover.
fn check_pictures(settings: &PageSettings) -> Result<(), Refusal> {
    // What a script could stand in is never served as a file of its own.
    let drawn = ["png", "jpeg", "webp"];
    let inline = ["png", "jpeg", "webp", "svg+xml"];
    let pictures: [(_, _, &[&str], _); 3] = [
        ("logo_url", &settings.logo_url, &inline, PICTURE_BYTES_MAX),
        (
            "favicon_url",
            &settings.favicon_url,
            &inline,
            PICTURE_BYTES_MAX,
        ),
        ("cover_url", &settings.cover_url, &drawn, COVER_BYTES_MAX),
    ];
    for (field, address, kinds, bytes_max) in pictures {
        let stands = |url: &&String| is_picture(url, kinds, bytes_max);
        if let Some(url) = address.as_ref().filter(|url| !stands(url)) {
            let begin: String = url.chars().take(40).collect();
            let kinds = kinds.join(", ");
            let reason = format!(
                "{begin:?} must begin with https://, or be a picture ({kinds}) as \
                 data:image/…;base64, of at most {bytes_max} bytes"
            );
            return Err(Refusal::BadSetting { field, reason });
        }
    }
    Ok(())
}

/// The team's own style rules and words.
fn check_markup(settings: &PageSettings) -> Result<(), Refusal> {
    let texts = [
        ("css", &settings.css, CSS_BYTES_MAX),
        ("header_html", &settings.header_html, super::BODY_CHARS_MAX),
        ("footer_html", &settings.footer_html, super::BODY_CHARS_MAX),
    ];
    for (field, text, bytes_max) in texts {
        if text.as_ref().is_some_and(|text| text.len() > bytes_max) {
            let reason = format!("it is longer than {bytes_max} bytes");
            return Err(Refusal::BadSetting { field, reason });
        }
    }
    Ok(())
}

/// A picture that is kept with the page, or the address of one elsewhere.
fn is_picture(text: &str, kinds: &[&str], bytes_max: usize) -> bool {
    let Some(data) = text.strip_prefix("data:image/") else {
        return is_web_address(text);
    };
    let coded = kinds
        .iter()
        .find_map(|kind| data.strip_prefix(kind)?.strip_prefix(";base64,"));
    coded.is_some_and(|coded| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        !coded.is_empty() && coded.bytes().all(fits) && text.len() <= bytes_max
    })
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Changes the page's fields.
pub(super) fn update(draft: &mut Draft<'_>, patch: &PagePatch) -> Result<(), Refusal> {
    let stood = draft.state.page.clone();
    let mut page = stood.clone();
    let patch = patch.clone();
    page.name = patch.name.unwrap_or(page.name);
    page.hosts = patch.hosts.unwrap_or(page.hosts);
    page.path = patch.path.over(page.path);
    page.url = patch
        .url
        .over(page.url)
        .map(|url| url.trim_end_matches('/').to_owned());
    page.zone = patch.zone.unwrap_or(page.zone);
    page.default_locale = patch.default_locale.unwrap_or(page.default_locale);
    page.locales = patch.locales.unwrap_or(page.locales);
    page.settings = patch.settings.map_or(page.settings, |settings| *settings);
    check(&page)?;
    if page != stood {
        page.edited_seq = Some(draft.seq());
    }
    draft.acts("page_changed", &page.id);
    draft.put(Fact::Page(Box::new(page)));
    Ok(())
}

/// Hides the page.
pub(super) fn delete(draft: &mut Draft<'_>) {
    let mut page = draft.state.page.clone();
    draft.acts("page_deleted", &page.id);
    page.deleted_at = page.deleted_at.or(Some(draft.now));
    draft.put(Fact::Page(Box::new(page)));
}

/// Brings a hidden page back.
pub(super) fn restore(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let mut page = draft.state.page.clone();
    let deleted_at = page.deleted_at.ok_or(Refusal::NotDeleted)?;
    if draft.now.since_us(deleted_at) > UNDO_DAYS * DAY_US {
        return Err(Refusal::UndoOver);
    }
    draft.acts("page_restored", &page.id);
    page.deleted_at = None;
    draft.put(Fact::Page(Box::new(page)));
    Ok(())
}

/// What a change of the page replaces.
pub(super) fn seen(draft: &Draft<'_>, patch: &PagePatch) -> Subject {
    let page = &draft.state.page;
    Subject {
        stands: plain(page),
        sent: plain(patch),
        edited_seq: page.edited_seq,
    }
}
