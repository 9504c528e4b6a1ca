//! `noroshi maintenance …`: planned work, once or by a rule.

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{
    Command, ComponentId, IncidentFields, IncidentId, IncidentKind, Instant, Lifecycle,
    NewIncident, NewRecurrence, NewUpdate, PlanFlags, RecurrenceId, SECOND_US,
};

use crate::arguments::{BodyOptions, Common, TitleOptions};
use crate::commands::incident::{Post, list};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// How many maintenances `list` prints unless told.
const LIST_MAINTENANCES: u32 = 50;

/// What is done with planned work.
#[derive(Debug, Subcommand)]
pub(crate) enum MaintenanceVerb {
    /// Plan work; with --rrule again and again.
    Create(Box<Create>),
    /// Post an update; --status scheduled, `in_progress`, verifying or completed.
    Update(Box<Post>),
    /// Change its window, without an update.
    Move {
        /// Code.
        code: String,
        /// Planned start.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Planned end.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Begin now.
    Start(Box<Post>),
    /// End now.
    Complete(Box<Post>),
    /// Hide a maintenance everywhere, for 30 days.
    Delete {
        /// Code.
        code: String,
        /// Why; shown in the journal.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Make no more of a recurring one; takes the code of its recurrence.
    EndRecurrence {
        /// Code of the recurrence.
        code: String,
    },
    /// The newest maintenances.
    List {
        /// Only those that are not over.
        #[arg(long)]
        open: bool,
        /// How many.
        #[arg(long, default_value_t = LIST_MAINTENANCES)]
        limit: u32,
    },
}

/// Options of `maintenance create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    title: TitleOptions,
    #[command(flatten)]
    body: BodyOptions,
    /// Planned start.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Planned end: a time, or a duration from its start on.
    #[arg(long, value_name = "TIME")]
    until: String,
    /// What is worked on, by code or name; may be repeated.
    #[arg(long = "component", value_name = "CODE")]
    components: Vec<String>,
    /// Code of the maintenance; drawn when left out.
    #[arg(long, conflicts_with = "rrule")]
    code: Option<String>,
    /// Again by this rule (RFC 5545), like FREQ=WEEKLY;BYDAY=SU.
    #[arg(long, value_name = "RULE")]
    rrule: Option<String>,
    /// Zone of a recurring one's local times; left out: the page's.
    #[arg(long, value_name = "ZONE", requires = "rrule")]
    zone: Option<String>,
    /// Begin by hand.
    #[arg(long)]
    no_auto_start: bool,
    /// End by hand.
    #[arg(long)]
    no_auto_complete: bool,
    /// Leave the components' status alone at the start.
    #[arg(long)]
    no_auto_maintenance: bool,
    /// Leave the components' status alone at the end.
    #[arg(long)]
    no_auto_free: bool,
    /// Remind so many minutes ahead; may be repeated; 0 for never.
    #[arg(long, value_name = "MINUTES")]
    remind: Vec<i64>,
    /// Tell no subscriber.
    #[arg(long)]
    no_notify: bool,
}

impl MaintenanceVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        if let Self::List { open, limit } = self {
            return list(common, IncidentKind::Maintenance, open, limit);
        }
        let door = Door::open(common, Intent::Write)?;
        let page = door.page(common.page.as_deref())?;
        let command = self.command(&door, &page)?;
        let answer = door.send(&page, command)?;
        output::answer(&answer, common.json, common.words())
    }

    fn command(self, door: &Door, page: &OpenPage) -> Result<Command, Stop> {
        Ok(match self {
            Self::Create(create) => create.command(page)?,
            Self::Update(post) => post.command(door, page, None)?,
            Self::Start(post) => post.command(door, page, Some(Lifecycle::InProgress))?,
            Self::Complete(post) => post.command(door, page, Some(Lifecycle::Completed))?,
            Self::Move { code, from, until } => {
                let read = |option, text: Option<String>| {
                    text.map(|text| input::instant(option, &text, page.zone(), page.now))
                        .transpose()
                };
                Command::EditIncident {
                    incident_id: input::incident(&code, &page.state)?,
                    fields: Box::new(IncidentFields {
                        scheduled_for: read("--from", from)?,
                        scheduled_until: read("--until", until)?,
                        ..IncidentFields::default()
                    }),
                    attach: None,
                }
            }
            Self::Delete { code, reason } => Command::DeleteIncident {
                incident_id: input::incident(&code, &page.state)?,
                reason,
            },
            Self::EndRecurrence { code } => Command::EndRecurrence(
                RecurrenceId::parse(&code)
                    .map_err(|error| Stop::bad_input(format!("CODE: {error}")))?,
            ),
            Self::List { .. } => unreachable!("listing sends no command"),
        })
    }
}

impl Create {
    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let from = input::instant("--from", &self.from, page.zone(), page.now)?;
        let until = match input::seconds("--until", &self.until) {
            Ok(seconds) => from.plus_seconds(seconds),
            Err(_) => input::instant("--until", &self.until, page.zone(), page.now)?,
        };
        let components = self
            .components
            .iter()
            .map(|code| input::component("--component", code, &page.state))
            .collect::<Result<Vec<_>, _>>()?;
        let flags = self.flags();
        match self.rrule.clone() {
            Some(rule) => self.recurring(page, rule, (from, until), (components, flags)),
            None => self.once(page, (from, until), (components, flags)),
        }
    }

    fn flags(&self) -> PlanFlags {
        let standard = PlanFlags::default();
        let remind_min = match self.remind.as_slice() {
            [] => standard.remind_min.clone(),
            given => given
                .iter()
                .copied()
                .filter(|minutes| *minutes > 0)
                .collect(),
        };
        PlanFlags {
            auto_start: !self.no_auto_start,
            auto_complete: !self.no_auto_complete,
            auto_maintenance: !self.no_auto_maintenance,
            auto_free: !self.no_auto_free,
            notify_start: !self.no_notify,
            notify_end: !self.no_notify,
            remind_min,
        }
    }

    fn once(
        self,
        page: &OpenPage,
        (from, until): (Instant, Instant),
        (components, flags): (Vec<ComponentId>, PlanFlags),
    ) -> Result<Command, Stop> {
        let id = self.code.as_deref().map(IncidentId::parse).transpose();
        Ok(Command::OpenIncident(Box::new(NewIncident {
            id: id.map_err(|error| Stop::bad_input(format!("--code: {error}")))?,
            kind: IncidentKind::Maintenance,
            fields: IncidentFields {
                name: self.title.texts(page.locale()),
                scheduled_for: Some(from),
                scheduled_until: Some(until),
                flags: Some(flags),
                ..IncidentFields::default()
            },
            update: NewUpdate {
                body: self.body.texts(page.locale()).unwrap_or_default(),
                attach: (!components.is_empty()).then_some(components),
                notify: self.no_notify.then_some(false),
                ..NewUpdate::default()
            },
            backfilled_at: None,
        })))
    }

    fn recurring(
        self,
        page: &OpenPage,
        rule: String,
        (from, until): (Instant, Instant),
        (components, flags): (Vec<ComponentId>, PlanFlags),
    ) -> Result<Command, Stop> {
        let zone = self
            .zone
            .as_deref()
            .map(|zone| input::zone("--zone", zone))
            .transpose()?;
        Ok(Command::CreateRecurrence(Box::new(NewRecurrence {
            rule,
            zone,
            first_at: from,
            duration_s: until.since_us(from) / SECOND_US,
            name: self.title.texts(page.locale()).unwrap_or_default(),
            body: self.body.texts(page.locale()).unwrap_or_default(),
            components,
            flags,
        })))
    }
}
