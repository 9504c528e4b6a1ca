//! What readers see around the components: the options of `noroshi page` that set it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use clap::Args;
use noroshi_domain::{Locale, PageSettings};
use noroshi_page::{PICTURE_FILE_BYTES_MAX, picture_as_data};

use crate::arguments::{AboutOptions, HeadlineOptions};
use crate::commands::page::Robots;
use crate::exit::Stop;

/// Most bytes that are read of a file; what may stand is checked where it is decided.
const FILE_BYTES_MAX: u64 = PICTURE_FILE_BYTES_MAX as u64;

/// What readers see around the components.
#[derive(Debug, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    headline: HeadlineOptions,
    #[command(flatten)]
    about: AboutOptions,
    /// Where customers get help.
    #[arg(long, value_name = "URL|none")]
    support_url: Option<String>,
    /// The company's own site.
    #[arg(long, value_name = "URL|none")]
    company_url: Option<String>,
    /// Accent colour, like #1d4f91; darkened or lightened until it can be read in both themes.
    #[arg(long, value_name = "COLOUR|none")]
    accent: Option<String>,
    /// Logo in the place of the name: a PNG, JPEG, WebP or SVG file of at most 9 kB.
    #[arg(long, value_name = "FILE|none")]
    logo: Option<String>,
    /// Picture of the tab, a file like the logo's; left out: the status in its colour.
    #[arg(long, value_name = "FILE|none")]
    favicon: Option<String>,
    /// Wide picture above the front page: a PNG, JPEG or WebP file of at most 64 kB.
    #[arg(long, value_name = "FILE|none")]
    cover: Option<String>,
    /// One of the twelve colours, like `css_greens=#0a7d5a`; may be repeated. NAME=none takes one
    /// away, none all of them. Darkened or lightened until it can be read in both themes.
    #[arg(long = "colour", value_name = "NAME=COLOUR|none")]
    colours: Vec<String>,
    /// Style rules of your own, a file of at most 16 kB.
    #[arg(long, value_name = "FILE|none")]
    css: Option<String>,
    /// Words above the page, Markdown.
    #[arg(long, value_name = "TEXT|none")]
    header: Option<String>,
    /// Words below the page, Markdown.
    #[arg(long, value_name = "TEXT|none")]
    footer: Option<String>,
    /// Host name under which the page was found before: readers are led on from there. May be
    /// repeated; those given take the place of all that stand.
    #[arg(long = "old-host", value_name = "HOST|none")]
    old_hosts: Vec<String>,
    /// Path prefix under which it was found before, like an old host.
    #[arg(long = "old-path", value_name = "PATH|none")]
    old_paths: Vec<String>,
    /// Components in two columns on wide screens.
    #[arg(long, value_name = "true|false")]
    two_columns: Option<bool>,
    /// Groups begin folded while they are well.
    #[arg(long, value_name = "true|false")]
    groups_folded: Option<bool>,
    /// Ask search engines to leave the page out.
    #[arg(long, value_name = "true|false")]
    hidden_from_search: Option<bool>,
    /// Whether the foot of the page says what publishes it.
    #[arg(long, value_name = "true|false")]
    powered_by: Option<bool>,
    #[command(flatten)]
    robots: Robots,
    /// All settings at once, as `page show --json` gives them.
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
}

impl Look {
    /// The settings that stand, with what was given in their place.
    pub(crate) fn over(
        self,
        standing: &PageSettings,
        default: Locale,
    ) -> Result<PageSettings, Stop> {
        let mut settings: PageSettings = match &self.settings {
            None => standing.clone(),
            Some(json) => serde_json::from_str(json)
                .map_err(|error| Stop::bad_input(format!("--settings: {error}")))?,
        };
        let (headline, about) = (&settings.headline, &settings.about);
        let headline = self.headline.over(headline, default);
        let about = self.about.over(about, default);
        settings.headline = headline.unwrap_or(settings.headline);
        settings.about = about.unwrap_or(settings.about);
        put(&mut settings.support_url, self.support_url);
        put(&mut settings.company_url, self.company_url);
        put(&mut settings.accent, self.accent);
        put(&mut settings.logo_url, picture("--logo", self.logo)?);
        put(
            &mut settings.favicon_url,
            picture("--favicon", self.favicon)?,
        );
        put(&mut settings.cover_url, picture("--cover", self.cover)?);
        put_colours(&mut settings.colours, &self.colours)?;
        put(&mut settings.css, rules(self.css)?);
        put(&mut settings.header_html, self.header);
        put(&mut settings.footer_html, self.footer);
        put_all(&mut settings.old_hosts, self.old_hosts);
        put_all(&mut settings.old_paths, self.old_paths);
        settings.automatic = self.robots.over(settings.automatic.as_ref(), default)?;
        let flags = [
            (&mut settings.two_columns, self.two_columns),
            (&mut settings.groups_folded, self.groups_folded),
            (&mut settings.hidden_from_search, self.hidden_from_search),
            (
                &mut settings.powered_by_off,
                self.powered_by.map(|shown| !shown),
            ),
        ];
        for (place, given) in flags {
            *place = given.unwrap_or(*place);
        }
        Ok(settings)
    }
}

/// What was given in the place of what stands; `none` takes it away.
fn put(place: &mut Option<String>, given: Option<String>) {
    if let Some(text) = given {
        *place = (text != "none").then_some(text);
    }
}

/// Those that were given in the place of all that stand; `none` takes them away.
fn put_all(place: &mut Vec<String>, given: Vec<String>) {
    if !given.is_empty() {
        *place = given.into_iter().filter(|one| one != "none").collect();
    }
}

/// Colours by name over those that stand.
fn put_colours(standing: &mut BTreeMap<String, String>, given: &[String]) -> Result<(), Stop> {
    for one in given {
        match one.split_once('=') {
            Some((name, "none")) => drop(standing.remove(name)),
            Some((name, colour)) => drop(standing.insert(name.to_owned(), colour.to_owned())),
            None if one == "none" => standing.clear(),
            None => {
                let reason = format!("--colour: {one:?} must be like css_greens=#0a7d5a");
                return Err(Stop::bad_input(reason));
            }
        }
    }
    Ok(())
}

fn rules(given: Option<String>) -> Result<Option<String>, Stop> {
    let Some(path) = given.as_deref().filter(|path| *path != "none") else {
        return Ok(given);
    };
    let text = String::from_utf8(read("--css", path)?);
    text.map(Some)
        .map_err(|_| Stop::bad_input(format!("--css: {path} is no text")))
}

/// A picture as it is kept with the page. What it is says its first bytes, not its name.
fn picture(option: &str, given: Option<String>) -> Result<Option<String>, Stop> {
    let Some(path) = given.as_deref().filter(|path| *path != "none") else {
        return Ok(given);
    };
    let bytes = read(option, path)?;
    picture_as_data(&bytes).map(Some).ok_or_else(|| {
        let reason = format!("{option}: {path} is no PNG, JPEG, WebP or SVG picture");
        Stop::bad_input(reason)
    })
}

fn read(option: &str, path: &str) -> Result<Vec<u8>, Stop> {
    let failed = |error| Stop::bad_input(format!("{option}: {path}: {error}"));
    let file = std::fs::File::open(Path::new(path)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let reason = format!("{option}: {path} is larger than {FILE_BYTES_MAX} bytes");
        return Err(Stop::bad_input(reason));
    }
    Ok(bytes)
}
