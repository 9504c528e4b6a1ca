//! `noroshi component …`: the systems that customers know by name.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use noroshi_domain::{
    Act, Command, Component, ComponentId, ComponentPatch, HoldId, IncidentId, NewComponent, Patch,
    Policy, StartDate, State, Status,
};
use serde_json::{Value, json};

use crate::arguments::{Common, DescriptionOptions, NameOptions};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// What is done with components.
#[derive(Debug, Subcommand)]
pub(crate) enum ComponentVerb {
    /// Make a component.
    Create(Create),
    /// All components with their public status.
    List {
        /// Retired ones too.
        #[arg(long)]
        retired: bool,
    },
    /// Change a component.
    Update(Update),
    /// Say a component's status, without an incident.
    Status {
        /// Code or name.
        code: String,
        /// operational, `under_maintenance`, `degraded_performance`, `partial_outage` or
        /// `major_outage`.
        status: String,
        /// End what incidents and others say of it, too.
        #[arg(long = "override")]
        overrides: bool,
    },
    /// Retire a component: gone from the page, kept in history.
    Retire {
        /// Code or name.
        code: String,
    },
    /// Bring a retired component back.
    Restore {
        /// Code or name.
        code: String,
    },
    /// Put a person's word in place of the measurement.
    Hold(Hold),
    /// End a hold now.
    ReleaseHold {
        /// Code of the hold.
        hold: String,
    },
    /// Correct what was said of the past.
    Amend(Amend),
}

/// Options that creating and updating share.
#[derive(Debug, Args)]
struct Fields {
    /// Group it stands in, by code or name; none takes it out.
    #[arg(long, value_name = "CODE")]
    group: Option<String>,
    /// Place among its siblings.
    #[arg(long)]
    position: Option<i64>,
    /// Whether its uptime bars are shown.
    #[arg(long, value_name = "true|false")]
    showcase: Option<bool>,
    /// First day that counts for uptime; none: all days.
    #[arg(long, value_name = "DATE|none")]
    start_date: Option<String>,
    /// What it depends on, by code or name; may be repeated.
    #[arg(long, value_name = "CODE")]
    depends_on: Vec<String>,
    /// Somebody else's system.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    third_party: Option<bool>,
    /// Hide it while it is operational.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    only_show_if_degraded: Option<bool>,
    /// Show it to nobody but viewers it is granted to.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    restricted: Option<bool>,
}

/// Options of `component create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    name: NameOptions,
    #[command(flatten)]
    description: DescriptionOptions,
    /// Code of the component; drawn when left out.
    #[arg(long)]
    code: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Status from the start.
    #[arg(long, default_value = "operational")]
    status: String,
    /// When it was made, if earlier and elsewhere.
    #[arg(long, value_name = "TIME")]
    created_at: Option<String>,
}

/// Options of `component update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Code or name.
    code: String,
    #[command(flatten)]
    name: NameOptions,
    #[command(flatten)]
    description: DescriptionOptions,
    #[command(flatten)]
    fields: Fields,
    /// Depends on nothing any more.
    #[arg(long, conflicts_with = "depends_on")]
    independent: bool,
    /// What its public status follows from now on.
    #[arg(long)]
    policy: Option<PolicyName>,
    /// After how long operators are told that probes see worse; none: as the page has it.
    #[arg(long, value_name = "DURATION|none")]
    grace: Option<String>,
}

/// A policy, as typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PolicyName {
    /// The worse of said and measured.
    Worst,
    /// What was said, whatever is measured.
    Declared,
}

/// Options of `component hold`.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// Code or name of the component.
    code: String,
    /// What is said instead of the measurement.
    status: String,
    /// Why; for the team.
    #[arg(long)]
    reason: String,
    /// Until when: a time, or a duration from its start on.
    #[arg(long, value_name = "TIME")]
    until: String,
    /// From when; left out: now.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
}

/// Options of `component amend`.
#[derive(Debug, Args)]
pub(crate) struct Amend {
    /// Code or name of the component.
    code: String,
    /// From when.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Until when.
    #[arg(long, value_name = "TIME")]
    to: String,
    /// What it was; operational for nothing.
    #[arg(long)]
    status: String,
    /// The incident or maintenance that says so.
    #[arg(long, value_name = "CODE")]
    incident: Option<String>,
}

impl ComponentVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        if let Self::List { retired } = self {
            return list(common, retired);
        }
        let door = Door::open(common, Intent::Write)?;
        let page = door.page(common.page.as_deref())?;
        let command = self.command(&page)?;
        let answer = door.send(&page, command)?;
        output::answer(&answer, common.json, common.words())
    }

    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let find = |code: &str| input::component("CODE", code, &page.state);
        Ok(match self {
            Self::Create(create) => Command::CreateComponent(Box::new(create.read(page)?)),
            Self::List { .. } => unreachable!("listing sends no command"),
            Self::Update(update) => {
                let id = find(&update.code)?;
                let patch = Box::new(update.patch(page, &id)?);
                Command::UpdateComponent { id, patch }
            }
            Self::Status {
                code,
                status,
                overrides,
            } => Command::SetStatus {
                id: find(&code)?,
                status: input::status("STATUS", &status)?,
                act: if overrides { Act::Override } else { Act::Set },
            },
            Self::Retire { code } => Command::RetireComponent(find(&code)?),
            Self::Restore { code } => Command::RestoreComponent(find(&code)?),
            Self::Hold(hold) => hold.command(page)?,
            Self::ReleaseHold { hold } => Command::EndHold(
                HoldId::parse(&hold).map_err(|error| Stop::bad_input(format!("HOLD: {error}")))?,
            ),
            Self::Amend(amend) => amend.command(page)?,
        })
    }
}

impl Create {
    fn read(self, page: &OpenPage) -> Result<NewComponent, Stop> {
        let id = self.code.as_deref().map(ComponentId::parse).transpose();
        let fields = self.fields;
        let group = fields.group.as_deref().filter(|group| *group != "none");
        let created_at = self.created_at.as_deref();
        Ok(NewComponent {
            id: id.map_err(|error| Stop::bad_input(format!("--code: {error}")))?,
            name: self.name.texts(page.locale()).unwrap_or_default(),
            description: self.description.texts(page.locale()).unwrap_or_default(),
            group_id: group
                .map(|group| input::group("--group", group, &page.state))
                .transpose()?,
            position: fields.position,
            showcase: fields.showcase.unwrap_or(true),
            start_date: match fields.start_date.as_deref() {
                None => StartDate::Today,
                Some("none") => StartDate::Always,
                Some(text) => StartDate::On(input::date("--start-date", text)?),
            },
            only_show_if_degraded: fields.only_show_if_degraded.unwrap_or(false),
            depends_on: dependencies(&fields.depends_on, &page.state)?,
            third_party: fields.third_party.unwrap_or(false),
            restricted: fields.restricted.unwrap_or(false),
            status: input::status("--status", &self.status)?,
            created_at: created_at
                .map(|text| input::instant("--created-at", text, page.zone(), page.now))
                .transpose()?,
        })
    }
}

impl Update {
    fn patch(self, page: &OpenPage, id: &ComponentId) -> Result<ComponentPatch, Stop> {
        let fields = self.fields;
        let standing = page.state.components.get(id);
        let name = standing.map(|own| own.name.clone()).unwrap_or_default();
        let description = standing
            .map(|own| own.description.clone())
            .unwrap_or_default();
        let depends_on = dependencies(&fields.depends_on, &page.state)?;
        Ok(ComponentPatch {
            name: self.name.over(&name, page.locale()),
            description: self.description.over(&description, page.locale()),
            group_id: patch(fields.group.as_deref(), |group| {
                input::group("--group", group, &page.state)
            })?,
            position: fields.position,
            showcase: fields.showcase,
            start_date: patch(fields.start_date.as_deref(), |text| {
                input::date("--start-date", text)
            })?,
            only_show_if_degraded: fields.only_show_if_degraded,
            depends_on: (self.independent || !depends_on.is_empty()).then_some(depends_on),
            third_party: fields.third_party,
            restricted: fields.restricted,
            policy: self.policy.map(|policy| match policy {
                PolicyName::Worst => Policy::Worst,
                PolicyName::Declared => Policy::Declared,
            }),
            grace_s: patch(self.grace.as_deref(), |text| {
                input::seconds("--grace", text)
            })?,
        })
    }
}

/// `none` empties a field; left out it stays.
fn patch<T>(
    given: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, Stop>,
) -> Result<Patch<T>, Stop> {
    match given {
        None => Ok(Patch::Keep),
        Some("none") => Ok(Patch::Clear),
        Some(text) => read(text).map(Patch::Set),
    }
}

fn dependencies(given: &[String], state: &State) -> Result<Vec<ComponentId>, Stop> {
    given
        .iter()
        .map(|code| input::component("--depends-on", code, state))
        .collect()
}

impl Hold {
    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let read = |option, text: &str| input::instant(option, text, page.zone(), page.now);
        let from = self
            .from
            .as_deref()
            .map(|text| read("--from", text))
            .transpose()?;
        let to = match input::seconds("--until", &self.until) {
            Ok(seconds) => from.unwrap_or(page.now).plus_seconds(seconds),
            Err(_) => read("--until", &self.until)?,
        };
        Ok(Command::PlaceHold {
            component_id: input::component("CODE", &self.code, &page.state)?,
            status: input::status("STATUS", &self.status)?,
            reason: self.reason,
            from,
            to,
        })
    }
}

impl Amend {
    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let incident = self.incident.as_deref();
        let incident: Option<IncidentId> = incident
            .map(|code| input::incident(code, &page.state))
            .transpose()?;
        Ok(Command::Amend {
            component_id: input::component("CODE", &self.code, &page.state)?,
            from: input::instant("--from", &self.from, page.zone(), page.now)?,
            to: input::instant("--to", &self.to, page.zone(), page.now)?,
            status: input::status("--status", &self.status)?,
            incident_id: incident,
        })
    }
}

fn list(common: &Common, retired: bool) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let page = door.page(common.page.as_deref())?;
    let state = &page.state;
    let mut components = state.live_components();
    if retired {
        components.extend(
            state
                .components
                .values()
                .filter(|own| own.retired_at.is_some()),
        );
    }
    let rows: Vec<Value> = components
        .into_iter()
        .map(|own| row(own, state.public_at(&own.id, page.now)))
        .collect();
    output::rows(&rows, &["code", "name", "status", "group"], common.json)
}

fn row(own: &Component, status: Status) -> Value {
    json!({
        "code": own.id,
        "name": own.name,
        "description": own.description,
        "status": status,
        "group": own.group_id,
        "position": own.position,
        "showcase": own.showcase,
        "start_date": own.start_date,
        "only_show_if_degraded": own.only_show_if_degraded,
        "depends_on": own.depends_on,
        "third_party": own.third_party,
        "restricted": own.restricted,
        "created_at": own.created_at.to_string(),
        "retired_at": own.retired_at.map(|at| at.to_string()),
    })
}
