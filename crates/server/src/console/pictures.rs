//! A page's pictures: its logo, the tab's picture, the cover. Files are sent as browsers send them
//! (`multipart/form-data`, RFC 7578) and kept with the page.

use askama::Template;
use axum::extract::Path;
use axum::extract::multipart::{Field, Multipart};
use axum::response::Response;
use noroshi_domain::{Command, Locale, PagePatch, PageSettings};
use noroshi_page::{PICTURE_FILE_BYTES_MAX, picture_as_data};
use noroshi_text::msg;

use crate::console::flash::Told;
use crate::console::refusal;
use crate::console::shell::Shell;
use crate::console::visit::{Desk, Visit, refused, shown};

const PATH: &str = "/settings/pictures";
/// Fields of the form that are read; what comes after is not.
const FIELDS_MAX: usize = 16;

/// The screen.
#[derive(Template)]
#[template(path = "console/pictures.html")]
struct Screen {
    shell: Shell,
    l: Locale,
    problem: Option<String>,
    action: String,
    back: String,
    pictures: Vec<Picture>,
}

/// One of the three.
struct Picture {
    name: &'static str,
    label: String,
    hint: String,
    /// What stands, kept with the page.
    stands: Option<String>,
    /// What stands elsewhere: nothing is fetched from there, and readers are not shown it.
    elsewhere: Option<String>,
    /// A file says it, and where.
    lock: Option<String>,
}

/// The three: name in the form, field of the settings.
const PICTURES: [(&str, &str); 3] = [
    ("logo", "logo_url"),
    ("favicon", "favicon_url"),
    ("cover", "cover_url"),
];

fn place<'a>(settings: &'a mut PageSettings, name: &str) -> Option<&'a mut Option<String>> {
    match name {
        "logo" => Some(&mut settings.logo_url),
        "favicon" => Some(&mut settings.favicon_url),
        "cover" => Some(&mut settings.cover_url),
        _ => None,
    }
}

/// `GET …/settings/pictures`.
pub(super) async fn get_pictures(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    Ok(shown(&screen(&desk, None).await?))
}

/// `POST …/settings/pictures`: what was chosen takes the place of what stood.
pub(super) async fn post_pictures(
    visit: Visit,
    Path(page): Path<String>,
    parts: Multipart,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let settings = match read(&desk, parts).await {
        Ok(settings) => settings,
        Err(problem) => return Ok(refused(&screen(&desk, Some(problem)).await?)),
    };
    if settings == desk.state.page.settings {
        return Ok(desk.done(PATH, Told::SettingsSaved));
    }
    let patch = PagePatch {
        settings: Some(Box::new(settings)),
        ..PagePatch::default()
    };
    match desk
        .execute(Command::UpdatePage(Box::new(patch)), None)
        .await?
    {
        Ok(_) => Ok(desk.done(PATH, Told::SettingsSaved)),
        Err(error) => {
            let problem = refusal::word(&desk, &error);
            Ok(refused(&screen(&desk, Some(problem)).await?))
        }
    }
}

/// The settings that stand, with the pictures that were sent.
async fn read(desk: &Desk, mut parts: Multipart) -> Result<PageSettings, String> {
    let l = desk.locale();
    let broken = || msg::console_picture_broken(l);
    let mut settings = desk.state.page.settings.clone();
    for _ in 0..FIELDS_MAX {
        let Some(part) = parts.next_field().await.map_err(|_| broken())? else {
            return Ok(settings);
        };
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(gone) = name.strip_prefix("drop.") {
            if let Some(place) = place(&mut settings, gone) {
                *place = None;
            }
            continue;
        }
        let Some(place) = place(&mut settings, &name) else {
            continue;
        };
        let file = part.file_name().unwrap_or_default().to_owned();
        let bytes = bytes_of(part, l).await?;
        if !bytes.is_empty() {
            let data = picture_as_data(&bytes);
            *place = Some(data.ok_or_else(|| msg::console_picture_unknown(l, &file))?);
        }
    }
    Ok(settings)
}

async fn bytes_of(mut part: Field<'_>, l: Locale) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part
        .chunk()
        .await
        .map_err(|_| msg::console_picture_broken(l))?
    {
        if bytes.len() + chunk.len() > PICTURE_FILE_BYTES_MAX {
            let most = (PICTURE_FILE_BYTES_MAX / 1024) as i64;
            return Err(msg::console_picture_large(l, most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Whether a picture is kept with the page.
fn is_kept(address: &str) -> bool {
    address.starts_with("data:")
}

async fn screen(desk: &Desk, problem: Option<String>) -> Result<Screen, Response> {
    let l = desk.locale();
    let owned = desk.owned().await?;
    let settings = &desk.state.page.settings;
    let lock = |field: &str| {
        let owned = owned.as_ref()?;
        let line = i64::from(*owned.row("page")?.get(field)?);
        Some(msg::console_set_by_file(l, &owned.file, line))
    };
    let told = |name: &str| match name {
        "logo" => (
            msg::console_picture_logo(l),
            msg::console_picture_logo_hint(l),
            &settings.logo_url,
        ),
        "favicon" => (
            msg::console_picture_favicon(l),
            msg::console_picture_favicon_hint(l),
            &settings.favicon_url,
        ),
        _ => (
            msg::console_picture_cover(l),
            msg::console_picture_cover_hint(l),
            &settings.cover_url,
        ),
    };
    let pictures = PICTURES.map(|(name, field)| {
        let (label, hint, stands) = told(name);
        Picture {
            name,
            label,
            hint,
            stands: stands.clone().filter(|own| is_kept(own)),
            elsewhere: stands.clone().filter(|own| !is_kept(own)),
            lock: lock(field),
        }
    });
    Ok(Screen {
        shell: desk.shell(&msg::console_pictures(l)),
        l,
        problem,
        action: desk.address(PATH),
        back: desk.address("/settings"),
        pictures: pictures.into(),
    })
}
