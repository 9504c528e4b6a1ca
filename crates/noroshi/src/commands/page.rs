//! `noroshi page …`: the page itself.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{
    AutomaticIncidents, Command, Locale, NewPage, Page, PageId, PagePatch, PageSettings, Patch,
    Texts, Zone,
};
use serde_json::{Value, json};

use crate::arguments::{AutomaticTitleOptions, Common, NameOptions};
use crate::commands::page_look::Look;
use crate::door::{Door, Intent, OpenPage};
use crate::exit::{Exit, Stop};
use crate::{input, output};

/// What is done with pages.
#[derive(Debug, Subcommand)]
pub(crate) enum PageVerb {
    /// Make a page.
    Create(Box<Create>),
    /// All pages.
    List,
    /// One page with its settings.
    Show {
        /// Code or name; may be left out where there is one page.
        code: Option<String>,
    },
    /// Change a page.
    Update(Box<Update>),
    /// Hide a page, for 30 days.
    Delete {
        /// Code or name; may be left out where there is one page.
        code: Option<String>,
    },
    /// Bring a hidden page back.
    Restore {
        /// Code or name.
        code: String,
    },
}

/// Where a page is found.
#[derive(Debug, Args)]
struct Addresses {
    /// Host name that answers with this page; may be repeated, the first is the canonical one.
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// Path prefix under which any host answers with this page, like /acme.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// The page's address as written in documents.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Incidents that open by themselves when monitors find trouble.
#[derive(Debug, Args)]
pub(crate) struct Robots {
    /// Open incidents by themselves when monitors find trouble.
    #[arg(long, value_name = "on|off", value_parser = on_or_off, action = clap::ArgAction::Set)]
    automatic_incidents: Option<bool>,
    /// How long something must be bad before one opens, like 2m.
    #[arg(long, value_name = "DURATION")]
    automatic_delay: Option<String>,
    /// How long all must be good before it is resolved, like 10m.
    #[arg(long, value_name = "DURATION")]
    automatic_quiet: Option<String>,
    #[command(flatten)]
    title: AutomaticTitleOptions,
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("choose on or off".to_owned()),
    }
}

impl Robots {
    /// What was given over what stands; naming a delay, a quiet time or a title switches them on.
    pub(crate) fn over(
        self,
        standing: Option<&AutomaticIncidents>,
        default: Locale,
    ) -> Result<Option<AutomaticIncidents>, Stop> {
        let mut settings = standing.cloned().unwrap_or_default();
        let seconds = |option, text: Option<&str>, otherwise| {
            text.map_or(Ok(otherwise), |text| input::seconds(option, text))
        };
        settings.delay_s = seconds(
            "--automatic-delay",
            self.automatic_delay.as_deref(),
            settings.delay_s,
        )?;
        settings.quiet_s = seconds(
            "--automatic-quiet",
            self.automatic_quiet.as_deref(),
            settings.quiet_s,
        )?;
        settings.title = self
            .title
            .over(&settings.title, default)
            .unwrap_or(settings.title);
        let is_meant = standing.is_some() || settings != AutomaticIncidents::default();
        let is_on = self.automatic_incidents.unwrap_or(is_meant);
        Ok(is_on.then_some(settings))
    }
}

/// Options of `page create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    name: NameOptions,
    /// Code of the page; drawn when left out.
    #[arg(long)]
    code: Option<String>,
    /// Time zone of its days and times.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    zone: String,
    /// Languages it is published in.
    #[arg(long, value_name = "en,ja", value_delimiter = ',')]
    locales: Vec<String>,
    #[command(flatten)]
    addresses: Addresses,
    #[command(flatten)]
    look: Look,
}

/// Options of `page update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Code or name; may be left out where there is one page.
    code: Option<String>,
    #[command(flatten)]
    name: NameOptions,
    /// Time zone of its days and times.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Language of readers who ask for none.
    #[arg(long, value_name = "en|ja")]
    default_locale: Option<String>,
    /// Languages it is published in.
    #[arg(long, value_name = "en,ja", value_delimiter = ',')]
    locales: Vec<String>,
    #[command(flatten)]
    addresses: Addresses,
    #[command(flatten)]
    look: Look,
}

impl PageVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::Create(create) => create.run(common),
            Self::List => list(common),
            Self::Show { code } => show(common, code.as_deref()),
            Self::Update(update) => update.run(common),
            Self::Delete { code } => send(common, code.as_deref(), Command::DeletePage),
            Self::Restore { code } => send(common, Some(&code), Command::RestorePage),
        }
    }
}

impl Create {
    fn run(self, common: &Common) -> Result<()> {
        let new = self.new_page(common.words())?;
        let door = Door::open(common, Intent::Create)?;
        let answer = door.create_page(new)?;
        output::answer(&answer, common.json, common.words())
    }

    fn new_page(self, default_locale: Locale) -> Result<NewPage, Stop> {
        let id = self
            .code
            .as_deref()
            .map(PageId::parse)
            .transpose()
            .map_err(|error| Stop::bad_input(format!("--code: {error}")))?;
        let locales = read_locales(&self.locales)?;
        Ok(NewPage {
            id,
            name: self.name.texts(default_locale).unwrap_or_default(),
            hosts: self.addresses.hosts,
            path: self.addresses.path,
            url: self.addresses.url,
            zone: input::zone("--zone", &self.zone)?,
            default_locale,
            locales: if locales.is_empty() {
                Locale::ALL.to_vec()
            } else {
                locales
            },
            settings: self.look.over(&PageSettings::default(), default_locale)?,
        })
    }
}

impl Update {
    fn run(self, common: &Common) -> Result<()> {
        let door = Door::open(common, Intent::Write)?;
        let page = door.page(self.code.as_deref().or(common.page.as_deref()))?;
        let patch = self.patch(&page)?;
        let answer = door.send(&page, Command::UpdatePage(Box::new(patch)))?;
        output::answer(&answer, common.json, common.words())
    }

    fn patch(self, open: &OpenPage) -> Result<PagePatch, Stop> {
        let page = &open.state.page;
        let set = |given: Option<String>| match given {
            None => Patch::Keep,
            Some(text) if text == "none" => Patch::Clear,
            Some(text) => Patch::Set(text),
        };
        let locales = read_locales(&self.locales)?;
        let default_locale = self.default_locale.as_deref();
        let settings = self.look.over(&page.settings, page.default_locale)?;
        let hosts: Vec<String> = self
            .addresses
            .hosts
            .into_iter()
            .filter(|host| host != "none")
            .collect();
        Ok(PagePatch {
            name: self.name.over(&page.name, page.default_locale),
            hosts: (!hosts.is_empty()).then_some(hosts),
            path: set(self.addresses.path),
            url: set(self.addresses.url),
            zone: self
                .zone
                .as_deref()
                .map(|zone| input::zone("--zone", zone))
                .transpose()?,
            default_locale: default_locale
                .map(|locale| input::locale("--default-locale", locale))
                .transpose()?,
            locales: (!locales.is_empty()).then_some(locales),
            settings: (settings != page.settings).then(|| Box::new(settings)),
        })
    }
}

fn read_locales(given: &[String]) -> Result<Vec<Locale>, Stop> {
    given
        .iter()
        .map(|text| input::locale("--locales", text))
        .collect()
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let mut rows = Vec::new();
    for id in door.pages()? {
        match door.state(&id) {
            Ok(state) => rows.push(page_json(&state.page, state.head.seq)),
            // It went for good meanwhile.
            Err(stop) if stop.exit == Exit::NotFound => {}
            Err(stop) => return Err(stop.into()),
        }
    }
    output::rows(
        &rows,
        &["code", "name", "zone", "hosts", "path", "seq"],
        common.json,
    )
}

fn show(common: &Common, code: Option<&str>) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let open = door.page(code.or(common.page.as_deref()))?;
    let row = page_json(&open.state.page, open.state.head.seq);
    if common.json {
        return output::json(&row);
    }
    output::line(&serde_json::to_string_pretty(&row)?)
}

fn send(common: &Common, code: Option<&str>, command: Command) -> Result<()> {
    let door = Door::open(common, Intent::Write)?;
    let page = door.page(code.or(common.page.as_deref()))?;
    let answer = door.execute(&page.id, command)?;
    output::answer(&answer, common.json, common.words())
}

fn page_json(page: &Page, seq: i64) -> Value {
    let Page {
        id,
        name,
        hosts,
        path,
        url,
        ..
    } = page;
    let zone: &Zone = &page.zone;
    let name: &Texts = name;
    json!({
        "code": id,
        "name": name,
        "hosts": hosts,
        "path": path,
        "url": url,
        "zone": zone.name(),
        "default_locale": page.default_locale,
        "locales": page.locales,
        "created_at": page.created_at.to_string(),
        "deleted_at": page.deleted_at.map(|at| at.to_string()),
        "settings": page.settings,
        "seq": seq,
    })
}
