//! `noroshi incident …`: what customers feel, told as it happens and kept as it was.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use noroshi_domain::{
    Act, AtEnd, Command, ComponentId, Incident, IncidentFields, IncidentId, IncidentKind,
    IncidentRecord, Instant, Lifecycle, Locale, NewIncident, NewPromise, NewUpdate, Patch, Promise,
    PromiseId, Texts, UpdateId,
};
use noroshi_text::standard;
use serde_json::{Value, json};

use crate::arguments::{BodyOptions, CheckOptions, Common, DoOptions, TitleOptions, WhoOptions};
use crate::commands::template::{self, Kept};
use crate::door::{Door, Intent, OpenPage};
use crate::exit::Stop;
use crate::{input, output};

/// How many incidents `list` prints unless told.
const LIST_INCIDENTS: u32 = 50;

/// What is done with incidents.
#[derive(Debug, Subcommand)]
pub(crate) enum IncidentVerb {
    /// Open an incident.
    Create(Box<Create>),
    /// Post an update.
    Update(Box<Post>),
    /// Post that it is over: its claims end.
    Resolve(Box<Post>),
    /// Change fields without an update; the impact window moves its claims.
    #[command(visible_alias = "amend")]
    Edit(Box<Edit>),
    /// Change an update's words, shown time or notify flag.
    EditUpdate(EditUpdate),
    /// Publish a report; with --revert hide it, with --ignore say that none will come.
    Postmortem(Postmortem),
    /// Hide an incident everywhere, for 30 days.
    Delete {
        /// Code.
        code: String,
        /// Why; shown in the journal.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Bring a hidden incident back.
    Restore {
        /// Code.
        code: String,
    },
    /// Erase the words of one update, or of all, from everywhere.
    Erase {
        /// Code.
        code: String,
        /// Code of the update; left out: all of them.
        update: Option<String>,
    },
    /// The newest incidents.
    List {
        /// Only open ones.
        #[arg(long)]
        open: bool,
        /// How many.
        #[arg(long, default_value_t = LIST_INCIDENTS)]
        limit: u32,
    },
    /// One incident with its updates, promises and claims.
    Show {
        /// Code.
        code: String,
    },
    /// Say which incidents have one cause; replaces what was said.
    Relate {
        /// Code.
        code: String,
        /// The others; none: related to nothing.
        others: Vec<String>,
    },
    /// Lift a promise.
    LiftPromise {
        /// Code of the incident.
        code: String,
        /// Why; shown.
        #[arg(long)]
        reason: String,
        /// Code of the promise; may be left out where one is open.
        #[arg(long, value_name = "CODE")]
        promise: Option<String>,
    },
    /// Take an automatic incident over.
    TakeOver {
        /// Code.
        code: String,
    },
}

/// The fields of an incident beside its updates.
#[derive(Debug, Args)]
pub(crate) struct Fields {
    #[command(flatten)]
    title: TitleOptions,
    #[command(flatten)]
    who: WhoOptions,
    #[command(flatten)]
    check: CheckOptions,
    #[command(flatten)]
    what: DoOptions,
    /// Who is affected of one component; may be repeated.
    #[arg(long, value_name = "CODE=TEXT")]
    affected_note: Vec<String>,
    /// Effects may last until.
    #[arg(long, value_name = "TIME|none")]
    effects_until: Option<String>,
    /// Customers have felt it since; ~ before the time: about then.
    #[arg(long, value_name = "TIME|none")]
    impact_from: Option<String>,
    /// Customers felt it until; ~ before the time: about then.
    #[arg(long, value_name = "TIME|none")]
    impact_to: Option<String>,
    /// Impact, whatever is computed; computed: as it is computed.
    #[arg(long, value_name = "IMPACT|computed")]
    impact: Option<String>,
    /// JSON for the team.
    #[arg(long, value_name = "JSON|none")]
    metadata: Option<String>,
}

/// What one update says.
#[derive(Debug, Args)]
pub(crate) struct Said {
    /// Where it stands: investigating, identified, monitoring, resolved.
    #[arg(long)]
    status: Option<String>,
    #[command(flatten)]
    body: BodyOptions,
    /// A component and its status; may be repeated.
    #[arg(long = "component", value_name = "CODE=STATUS")]
    components: Vec<String>,
    /// Attach a component without a status; may be repeated.
    #[arg(long, value_name = "CODE")]
    attach: Vec<String>,
    /// The statuses end what others say of these components, too.
    #[arg(long = "override")]
    overrides: bool,
    /// When readers hear more: 1h, a time, when:WORDS, postmortem, postmortem:DATE.
    #[arg(long, value_name = "WHEN")]
    promise: Vec<String>,
    /// The words of a when: promise in Japanese.
    #[arg(long, value_name = "WORDS")]
    promise_ja: Option<String>,
    /// Leave the sentence of the promise out of the text.
    #[arg(long)]
    no_sentence: bool,
    /// Since when the statuses hold; left out: now.
    #[arg(long, value_name = "TIME")]
    impact_at: Option<String>,
    /// Shown as said at; left out: now.
    #[arg(long, value_name = "TIME")]
    display_at: Option<String>,
    /// At the end, keep its statuses standing instead of ending them.
    #[arg(long)]
    hand_over: bool,
    /// Tell no subscriber.
    #[arg(long)]
    no_notify: bool,
    /// Begin from a template, by its code or name: it fills in what is left out here.
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
}

/// Options of `incident create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Code of the incident; drawn when left out.
    #[arg(long)]
    code: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    said: Said,
    /// Record it in the past, at this time, and tell nobody.
    #[arg(long, value_name = "TIME")]
    backfilled_at: Option<String>,
}

/// Options of `incident update` and `incident resolve`.
#[derive(Debug, Args)]
pub(crate) struct Post {
    /// Code, or the title of an open one.
    code: String,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    said: Said,
}

/// Options of `incident edit`.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Code, or the title of an open one.
    code: String,
    #[command(flatten)]
    fields: Fields,
    /// All components that are attached; may be repeated. Those left out are detached.
    #[arg(long, value_name = "CODE")]
    attach: Vec<String>,
}

/// Options of `incident edit-update`.
#[derive(Debug, Args)]
pub(crate) struct EditUpdate {
    /// Code of the incident.
    code: String,
    /// Code of the update.
    update: String,
    #[command(flatten)]
    body: BodyOptions,
    /// Shown as said at.
    #[arg(long, value_name = "TIME")]
    display_at: Option<String>,
    /// Whether subscribers are told.
    #[arg(long, value_name = "true|false")]
    notify: Option<bool>,
}

/// Options of `incident postmortem`.
#[derive(Debug, Args)]
pub(crate) struct Postmortem {
    /// Code.
    code: String,
    #[command(flatten)]
    body: BodyOptions,
    /// Related incidents it stands for, too; may be repeated.
    #[arg(long, value_name = "CODE")]
    also: Vec<String>,
    /// Tell no subscriber.
    #[arg(long)]
    no_notify: bool,
    /// Hide the published report again.
    #[arg(long, conflicts_with = "ignore")]
    revert: bool,
    /// Say that there will be none.
    #[arg(long)]
    ignore: bool,
}

impl IncidentVerb {
    pub(crate) fn run(self, common: &Common) -> Result<()> {
        match self {
            Self::List { open, limit } => {
                return list(common, IncidentKind::Incident, open, limit);
            }
            Self::Show { code } => return show(common, &code),
            Self::Erase { code, update } => return erase(common, &code, update.as_deref()),
            _ => {}
        }
        let door = Door::open(common, Intent::Write)?;
        let page = door.page(common.page.as_deref())?;
        let command = self.command(&door, &page)?;
        let answer = door.send(&page, command)?;
        output::answer(&answer, common.json, common.words())
    }

    fn command(self, door: &Door, page: &OpenPage) -> Result<Command, Stop> {
        let find = |code: &str| input::incident(code, &page.state);
        Ok(match self {
            Self::Create(create) => Command::OpenIncident(Box::new(create.read(door, page)?)),
            Self::Update(post) => post.command(door, page, None)?,
            Self::Resolve(post) => post.command(door, page, Some(Lifecycle::Resolved))?,
            Self::Edit(edit) => edit.command(door, page)?,
            Self::EditUpdate(edit) => edit.command(door, page)?,
            Self::Postmortem(report) => report.command(page)?,
            Self::Delete { code, reason } => Command::DeleteIncident {
                incident_id: find(&code)?,
                reason,
            },
            Self::Restore { code } => Command::RestoreIncident(find(&code)?),
            Self::Relate { code, others } => Command::RelateIncidents {
                incident_id: find(&code)?,
                related: others
                    .iter()
                    .map(|code| find(code))
                    .collect::<Result<_, _>>()?,
            },
            Self::LiftPromise {
                code,
                reason,
                promise,
            } => Command::LiftPromise {
                promise_id: open_promise(door, page, &find(&code)?, promise.as_deref())?,
                reason,
            },
            Self::TakeOver { code } => Command::TakeOver(find(&code)?),
            Self::List { .. } | Self::Show { .. } | Self::Erase { .. } => {
                unreachable!("these send no single command")
            }
        })
    }
}

impl Create {
    fn read(self, door: &Door, page: &OpenPage) -> Result<NewIncident, Stop> {
        let id = self.code.as_deref().map(IncidentId::parse).transpose();
        let backfilled_at = self.backfilled_at.as_deref();
        let no_sentence = self.said.no_sentence;
        let template = self.said.template(door, page)?;
        let mut fields = self.fields.read(page, None)?;
        let mut update = self.said.read(page, None)?;
        if let Some(template) = template {
            template.fill(Some(&mut fields.name), &mut update, &[]);
        }
        if !no_sentence {
            put_sentences(&mut update, page, None);
        }
        Ok(NewIncident {
            id: id.map_err(|error| Stop::bad_input(format!("--code: {error}")))?,
            kind: IncidentKind::Incident,
            fields,
            update,
            backfilled_at: backfilled_at
                .map(|text| input::instant("--backfilled-at", text, page.zone(), page.now))
                .transpose()?,
        })
    }
}

impl Post {
    pub(crate) fn command(
        self,
        door: &Door,
        page: &OpenPage,
        lifecycle: Option<Lifecycle>,
    ) -> Result<Command, Stop> {
        let incident_id = input::incident(&self.code, &page.state)?;
        let standing = standing(door, page, &incident_id)?;
        let no_sentence = self.said.no_sentence;
        let template = self.said.template(door, page)?;
        let mut update = self.said.read(page, standing.as_ref())?;
        update.lifecycle = lifecycle.or(update.lifecycle);
        if let Some(template) = template {
            let attached = standing.as_ref().map_or(&[][..], |own| &own.components);
            template.fill(None, &mut update, attached);
        }
        if !no_sentence {
            put_sentences(&mut update, page, standing.as_ref());
        }
        let fields = Box::new(self.fields.read(page, standing.as_ref())?);
        Ok(Command::PostUpdate {
            incident_id,
            update: Box::new(update),
            fields,
        })
    }
}

impl Edit {
    fn command(self, door: &Door, page: &OpenPage) -> Result<Command, Stop> {
        let incident_id = input::incident(&self.code, &page.state)?;
        let standing = standing(door, page, &incident_id)?;
        let attach = components("--attach", &self.attach, page)?;
        Ok(Command::EditIncident {
            fields: Box::new(self.fields.read(page, standing.as_ref())?),
            attach: (!attach.is_empty()).then_some(attach),
            incident_id,
        })
    }
}

impl EditUpdate {
    fn command(self, door: &Door, page: &OpenPage) -> Result<Command, Stop> {
        let incident_id = input::incident(&self.code, &page.state)?;
        let update_id = read_update(&self.update)?;
        let record = door.incident(&page.id, &incident_id)?;
        let updates = record.map(|record| record.updates).unwrap_or_default();
        let standing = updates.into_iter().find(|update| update.id == update_id);
        let standing = standing.map(|update| update.body).unwrap_or_default();
        let display_at = self.display_at.as_deref();
        Ok(Command::EditUpdate {
            incident_id,
            update_id,
            body: self.body.over(&standing, page.locale()),
            display_at: display_at
                .map(|text| input::instant("--display-at", text, page.zone(), page.now))
                .transpose()?,
            notify: self.notify,
        })
    }
}

impl Postmortem {
    fn command(self, page: &OpenPage) -> Result<Command, Stop> {
        let incident_id = input::incident(&self.code, &page.state)?;
        if self.revert {
            return Ok(Command::RevertPostmortem(incident_id));
        }
        if self.ignore {
            return Ok(Command::IgnorePostmortem(incident_id));
        }
        let also = self
            .also
            .iter()
            .map(|code| input::incident(code, &page.state));
        Ok(Command::PublishPostmortem {
            incident_id,
            body: self.body.texts(page.locale()).unwrap_or_default(),
            also: also.collect::<Result<_, _>>()?,
            notify: !self.no_notify,
        })
    }
}

impl Fields {
    /// Reads the fields; a text given in one language leaves the others as they stand.
    pub(crate) fn read(
        self,
        page: &OpenPage,
        standing: Option<&Incident>,
    ) -> Result<IncidentFields, Stop> {
        let none = Texts::default();
        let locale = page.locale();
        let old = |pick: fn(&Incident) -> &Texts| standing.map_or(&none, pick).clone();
        let impact_time = |option, text: Option<&str>| {
            text.map_or(Ok(Patch::Keep), |text| {
                input::impact_time(option, text, page.zone(), page.now)
            })
        };
        let notes = standing
            .map(|incident| incident.affected_notes.clone())
            .unwrap_or_default();
        Ok(IncidentFields {
            name: self.title.over(&old(|own| &own.name), locale),
            who_is_affected: self.who.over(&old(|own| &own.who_is_affected), locale),
            affected_notes: affected_notes(&self.affected_note, page, notes)?,
            how_to_check: self.check.over(&old(|own| &own.how_to_check), locale),
            what_to_do: self.what.over(&old(|own| &own.what_to_do), locale),
            effects_until: match self.effects_until.as_deref() {
                None => Patch::Keep,
                Some("none") => Patch::Clear,
                Some(text) => {
                    let at = input::instant("--effects-until", text, page.zone(), page.now)?;
                    Patch::Set(at)
                }
            },
            impact_from: impact_time("--impact-from", self.impact_from.as_deref())?,
            impact_to: impact_time("--impact-to", self.impact_to.as_deref())?,
            impact_override: self
                .impact
                .as_deref()
                .map_or(Ok(Patch::Keep), |text| input::impact("--impact", text))?,
            metadata: match self.metadata {
                None => Patch::Keep,
                Some(text) if text == "none" => Patch::Clear,
                Some(text) => Patch::Set(text),
            },
            ..IncidentFields::default()
        })
    }
}

fn affected_notes(
    given: &[String],
    page: &OpenPage,
    mut notes: BTreeMap<ComponentId, Texts>,
) -> Result<Option<BTreeMap<ComponentId, Texts>>, Stop> {
    if given.is_empty() {
        return Ok(None);
    }
    for text in given {
        let (code, words) = text.split_once('=').ok_or_else(|| {
            Stop::bad_input(format!("--affected-note: {text:?} must be like CODE=TEXT"))
        })?;
        let component = input::component("--affected-note", code, &page.state)?;
        notes
            .entry(component)
            .or_default()
            .set(page.locale(), words);
    }
    Ok(Some(notes))
}

impl Said {
    /// The template that it begins from.
    fn template(&self, door: &Door, page: &OpenPage) -> Result<Option<Kept>, Stop> {
        let wanted = self.template.as_deref();
        wanted
            .map(|wanted| template::find(door, page, wanted))
            .transpose()
    }

    /// Reads what an update says.
    pub(crate) fn read(
        self,
        page: &OpenPage,
        standing: Option<&Incident>,
    ) -> Result<NewUpdate, Stop> {
        let instant = |option, text: Option<String>| {
            text.map(|text| input::instant(option, &text, page.zone(), page.now))
                .transpose()
        };
        let status = self.status.as_deref();
        let statuses = self
            .components
            .iter()
            .map(|text| input::component_status("--component", text, &page.state));
        let mut attach = components("--attach", &self.attach, page)?;
        if !attach.is_empty() {
            // What is attached stays so: only `edit --attach` detaches.
            attach.extend(
                standing
                    .into_iter()
                    .flat_map(|own| own.components.iter().cloned()),
            );
        }
        Ok(NewUpdate {
            lifecycle: status
                .map(|text| input::lifecycle("--status", text))
                .transpose()?,
            body: self.body.texts(page.locale()).unwrap_or_default(),
            statuses: statuses.collect::<Result<_, _>>()?,
            attach: (!attach.is_empty()).then_some(attach),
            act: if self.overrides {
                Act::Override
            } else {
                Act::Set
            },
            at_end: if self.hand_over {
                AtEnd::HandOver
            } else {
                AtEnd::Release
            },
            display_at: instant("--display-at", self.display_at)?,
            impact_at: instant("--impact-at", self.impact_at)?,
            notify: self.no_notify.then_some(false),
            promises: promises(&self.promise, self.promise_ja.as_deref(), page)?,
            custom_tweet: None,
        })
    }
}

fn promises(
    given: &[String],
    japanese: Option<&str>,
    page: &OpenPage,
) -> Result<Vec<NewPromise>, Stop> {
    let read = |text: &String| input::promise(text, page.locale(), page.zone(), page.now);
    let mut promises = given.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if let Some(words) = japanese {
        let when = promises.iter_mut().find_map(|promise| match promise {
            NewPromise::When(texts) => Some(texts),
            _ => None,
        });
        match when {
            Some(texts) => texts.set(Locale::Ja, words),
            None => promises.push(NewPromise::When(Texts::of(Locale::Ja, words))),
        }
    }
    Ok(promises)
}

/// Puts the sentence of what is promised into every language of the update.
fn put_sentences(update: &mut NewUpdate, page: &OpenPage, standing: Option<&Incident>) {
    for promise in &mut update.promises {
        // The sentence names an instant, so it is this instant that is promised.
        if let NewPromise::WithinS(seconds) = promise {
            *promise = NewPromise::By(page.now.plus_seconds(*seconds));
        }
    }
    let stands = standing.map_or(Lifecycle::Investigating, |own| own.lifecycle);
    let lifecycle = update.lifecycle.unwrap_or(stands);
    let ended_at = lifecycle.is_over().then(|| {
        let ended = standing.and_then(|own| own.resolved_at);
        ended.or(update.display_at).unwrap_or(page.now)
    });
    update.body = standard::promising(
        &page.state.page,
        (lifecycle, std::mem::take(&mut update.body)),
        &update.promises,
        (ended_at, page.now),
    );
}

fn components(option: &str, given: &[String], page: &OpenPage) -> Result<Vec<ComponentId>, Stop> {
    given
        .iter()
        .map(|code| input::component(option, code, &page.state))
        .collect()
}

fn read_update(text: &str) -> Result<UpdateId, Stop> {
    UpdateId::parse(text).map_err(|error| Stop::bad_input(format!("UPDATE: {error}")))
}

/// An incident as it stands, however old.
fn standing(door: &Door, page: &OpenPage, id: &IncidentId) -> Result<Option<Incident>, Stop> {
    if let Some(incident) = page.state.incidents.get(id) {
        return Ok(Some(incident.clone()));
    }
    let record = door.incident(&page.id, id)?;
    Ok(record.map(|record| record.incident))
}

fn open_promise(
    door: &Door,
    page: &OpenPage,
    id: &IncidentId,
    wanted: Option<&str>,
) -> Result<PromiseId, Stop> {
    if let Some(code) = wanted {
        return PromiseId::parse(code)
            .map_err(|error| Stop::bad_input(format!("--promise: {error}")));
    }
    let record = door.incident(&page.id, id)?;
    let promises = record.map(|record| record.promises).unwrap_or_default();
    let open: Vec<PromiseId> = promises
        .into_iter()
        .filter(noroshi_domain::Promise::is_open)
        .map(|own| own.id)
        .collect();
    match open.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Stop::not_found(format!(
            "incident {id} has no open promise"
        ))),
        several => {
            let codes: Vec<&str> = several.iter().map(PromiseId::as_str).collect();
            Err(Stop::bad_input(format!(
                "incident {id} has several open promises, name one with --promise: {}",
                codes.join(", ")
            )))
        }
    }
}

fn erase(common: &Common, code: &str, update: Option<&str>) -> Result<()> {
    let door = Door::open(common, Intent::Write)?;
    let page = door.page(common.page.as_deref())?;
    let incident_id = input::incident(code, &page.state)?;
    let record = door.incident(&page.id, &incident_id)?;
    let Some(record) = record else {
        return Err(Stop::not_found(format!(
            "CODE: incident {code:?} does not exist on this page"
        ))
        .into());
    };
    let wanted = update.map(read_update).transpose()?;
    let updates: Vec<UpdateId> = match wanted {
        Some(update) => vec![update],
        None => record.updates.into_iter().map(|update| update.id).collect(),
    };
    for update_id in updates {
        let incident_id = incident_id.clone();
        let command = Command::EraseUpdate {
            incident_id,
            update_id,
            remains: Vec::new(),
        };
        let answer = door.execute(&page.id, command)?;
        output::answer(&answer, common.json, common.words())?;
    }
    Ok(())
}

/// Prints the newest incidents or maintenances.
pub(crate) fn list(common: &Common, kind: IncidentKind, open: bool, limit: u32) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let page = door.page(common.page.as_deref())?;
    let records = door.newest_incidents(&page.id, kind, limit)?;
    let rows: Vec<Value> = records
        .iter()
        .filter(|record| !open || record.incident.is_open())
        .map(|record| row(record, page.now))
        .collect();
    let fields: &[&str] = match kind {
        IncidentKind::Incident => &["code", "status", "impact", "listed_at", "promise", "title"],
        IncidentKind::Maintenance => &[
            "code",
            "status",
            "scheduled_for",
            "scheduled_until",
            "title",
        ],
    };
    output::rows(&rows, fields, common.json)
}

fn row(record: &IncidentRecord, now: Instant) -> Value {
    let own = &record.incident;
    let plan = own.plan.as_ref();
    let open: Vec<&Promise> = record.promises.iter().filter(|one| one.is_open()).collect();
    let due_at = open.iter().map(|one| one.due_at).min();
    let is_overdue = open.iter().any(|one| one.is_overdue(now));
    let reminder_count: i64 = open.iter().map(|one| one.reminder_count).sum();
    let mut row = json!({
        "code": own.id,
        "title": own.name,
        "status": own.lifecycle,
        "impact": own.shown_impact(),
        "components": own.components,
        "automatic": own.automatic,
        "created_at": own.created_at,
        "listed_at": own.listed_at,
        "resolved_at": own.resolved_at,
        "scheduled_for": plan.map(|plan| plan.scheduled_for),
        "scheduled_until": plan.map(|plan| plan.scheduled_until),
        "recurrence": plan.and_then(|plan| plan.recurrence_id.as_ref()),
        "promise": due_at.map(|at| output::promise(at, is_overdue, reminder_count)),
        "promise_due_at": due_at,
        "promise_overdue": is_overdue,
        "reminder_count": reminder_count,
    });
    output::write_times(&mut row);
    row
}

/// A promise as operators see it: with whether it is overdue, and when they are reminded next.
fn promise_row(own: &Promise, now: Instant) -> Value {
    let mut row = json!(own);
    row["overdue"] = own.is_overdue(now).into();
    row["next_reminder_at"] = json!(own.next_reminder_at());
    row
}

fn show(common: &Common, code: &str) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let page = door.page(common.page.as_deref())?;
    let id = input::incident(code, &page.state)?;
    let record = door.incident(&page.id, &id)?;
    let Some(IncidentRecord {
        incident,
        updates,
        promises,
        claims,
    }) = record
    else {
        return Err(Stop::not_found(format!(
            "CODE: incident {code:?} does not exist on this page"
        ))
        .into());
    };
    let promises: Vec<Value> = promises
        .iter()
        .map(|own| promise_row(own, page.now))
        .collect();
    let mut value = json!({
        "seq": page.state.head.seq,
        "incident": incident,
        "updates": updates,
        "promises": promises,
        "claims": claims,
    });
    output::write_times(&mut value);
    if common.json {
        return output::json(&value);
    }
    output::line(&serde_json::to_string_pretty(&value)?)
}
