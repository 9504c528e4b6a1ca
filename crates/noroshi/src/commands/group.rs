//! `noroshi group …`: titled sets of components.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{Command, ComponentId, GroupId, State};
use serde_json::{Value, json};

use crate::arguments::{Common, DescriptionOptions, NameOptions};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// What is done with groups.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupVerb {
    /// Make a group of components.
    Create(Create),
    /// All groups with their members.
    List,
    /// Change a group; components given replace its members.
    Update(Update),
    /// Remove a group; its members stay.
    Remove {
        /// Code or name.
        code: String,
    },
}

/// Options that creating and updating share.
#[derive(Debug, Args)]
struct Fields {
    #[command(flatten)]
    name: NameOptions,
    #[command(flatten)]
    description: DescriptionOptions,
    /// Members in order, by code or name; may be repeated.
    #[arg(long = "component", value_name = "CODE")]
    components: Vec<String>,
    /// Place among top-level rows.
    #[arg(long)]
    position: Option<i64>,
}

/// Options of `group create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Code of the group; drawn when left out.
    #[arg(long)]
    code: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// Options of `group update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Code or name.
    code: String,
    #[command(flatten)]
    fields: Fields,
}

impl GroupVerb {
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
        let state = &page.state;
        Ok(match self {
            Self::Create(Create { code, fields }) => {
                let id = code.as_deref().map(GroupId::parse).transpose();
                Command::CreateGroup {
                    id: id.map_err(|error| Stop::bad_input(format!("--code: {error}")))?,
                    name: fields.name.texts(page.locale()).unwrap_or_default(),
                    description: fields.description.texts(page.locale()).unwrap_or_default(),
                    components: members(&fields.components, state)?,
                    position: fields.position,
                }
            }
            Self::Update(Update { code, fields }) => {
                let id = input::group("CODE", &code, state)?;
                let standing = state.groups.get(&id);
                let name = standing.map(|own| own.name.clone()).unwrap_or_default();
                let about = standing
                    .map(|own| own.description.clone())
                    .unwrap_or_default();
                let components = members(&fields.components, state)?;
                Command::UpdateGroup {
                    id,
                    name: fields.name.over(&name, page.locale()),
                    description: fields.description.over(&about, page.locale()),
                    components: (!components.is_empty()).then_some(components),
                    position: fields.position,
                }
            }
            Self::Remove { code } => Command::RemoveGroup(input::group("CODE", &code, state)?),
            Self::List => unreachable!("listing sends no command"),
        })
    }
}

fn members(given: &[String], state: &State) -> Result<Vec<ComponentId>, Stop> {
    given
        .iter()
        .map(|code| input::component("--component", code, state))
        .collect()
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let page = door.page(common.page.as_deref())?;
    let mut groups: Vec<_> = page.state.groups.values().collect();
    groups.sort_by_key(|group| (group.position, group.id.clone()));
    let rows: Vec<Value> = groups
        .into_iter()
        .map(|group| {
            let members = page.state.members_of(&group.id);
            let members: Vec<&ComponentId> = members.iter().map(|member| &member.id).collect();
            json!({
                "code": group.id,
                "name": group.name,
                "description": group.description,
                "position": group.position,
                "components": members,
            })
        })
        .collect();
    output::rows(&rows, &["code", "name", "components"], common.json)
}
