//! `noroshi announcement …`: titled texts with a beginning and an end.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{Announcement, AnnouncementId, Command, Patch};
use serde_json::{Value, json};

use crate::arguments::{BodyOptions, Common, TitleOptions};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// What is done with announcements.
#[derive(Debug, Subcommand)]
pub(crate) enum AnnouncementVerb {
    /// Make an announcement.
    Create(Create),
    /// All announcements.
    List,
    /// Change an announcement.
    Update(Update),
    /// End an announcement now.
    End {
        /// Its code.
        code: String,
    },
}

/// Options that creating and updating share.
#[derive(Debug, Args)]
struct Fields {
    #[command(flatten)]
    title: TitleOptions,
    #[command(flatten)]
    body: BodyOptions,
    /// Shown from; left out: now.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Shown until; left out or none: until it is ended.
    #[arg(long, value_name = "TIME|none")]
    until: Option<String>,
}

/// Options of `announcement create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    fields: Fields,
    /// Tell no subscriber.
    #[arg(long)]
    no_notify: bool,
}

/// Options of `announcement update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Its code.
    code: String,
    #[command(flatten)]
    fields: Fields,
}

impl AnnouncementVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        if let Self::List = self {
            return list(common);
        }
        let door = Door::open(common, Intent::Write)?;
        let page = door.page(common.page.as_deref())?;
        let answer = door.send(&page, self.command(&page)?)?;
        output::answer(&answer, common.json, common.words())
    }

    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let read = |option, text: &str| input::instant(option, text, page.zone(), page.now);
        Ok(match self {
            Self::Create(Create { fields, no_notify }) => Command::CreateAnnouncement {
                title: fields.title.texts(page.locale()).unwrap_or_default(),
                body: fields.body.texts(page.locale()).unwrap_or_default(),
                from: fields
                    .from
                    .as_deref()
                    .map(|text| read("--from", text))
                    .transpose()?,
                to: fields
                    .until
                    .as_deref()
                    .filter(|text| *text != "none")
                    .map(|text| read("--until", text))
                    .transpose()?,
                notify: !no_notify,
            },
            Self::Update(Update { code, fields }) => {
                let id = code_of(&code)?;
                let standing = page.state.announcements.get(&id);
                let title = standing.map(|own| own.title.clone()).unwrap_or_default();
                let body = standing.map(|own| own.body.clone()).unwrap_or_default();
                Command::UpdateAnnouncement {
                    title: fields.title.over(&title, page.locale()),
                    body: fields.body.over(&body, page.locale()),
                    from: fields
                        .from
                        .as_deref()
                        .map(|text| read("--from", text))
                        .transpose()?,
                    to: match fields.until.as_deref() {
                        None => Patch::Keep,
                        Some("none") => Patch::Clear,
                        Some(text) => Patch::Set(read("--until", text)?),
                    },
                    id,
                }
            }
            Self::End { code } => Command::EndAnnouncement(code_of(&code)?),
            Self::List => unreachable!("listing sends no command"),
        })
    }
}

fn code_of(text: &str) -> Result<AnnouncementId, Stop> {
    AnnouncementId::parse(text).map_err(|error| Stop::bad_input(format!("CODE: {error}")))
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let page = door.page(common.page.as_deref())?;
    let mut announcements: Vec<&Announcement> = page.state.announcements.values().collect();
    announcements.sort_by_key(|own| std::cmp::Reverse(own.from));
    let rows: Vec<Value> = announcements
        .into_iter()
        .map(|own| {
            json!({
                "code": own.id,
                "title": own.title,
                "body": own.body,
                "from": own.from.to_string(),
                "until": own.to.map(|at| at.to_string()),
            })
        })
        .collect();
    output::rows(&rows, &["code", "title", "from", "until"], common.json)
}
