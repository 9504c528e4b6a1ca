//! Commands: what anyone can ask of a page, and what deciding one gives.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::facts::{Change, Fact, ImpactTime, PageSettings, Plan};
use crate::id::{
    AnnouncementId, ComponentId, GroupId, HoldId, IncidentId, PageId, PromiseId, RecurrenceId,
    UpdateId,
};
use crate::journal::{Audience, Remains};
use crate::locale::{Locale, Texts};
use crate::status::{Impact, IncidentKind, Lifecycle, Policy, Status};
use crate::time::{Instant, Zone};

/// How many incidents one command may need of the past.
pub const NEEDS_INCIDENTS_MAX: usize = 100;
/// How many days of the past one command may need.
pub const NEEDS_DAYS_MAX: i64 = 400;

/// A field that a change sets, clears or leaves alone: written as a JSON merge patch (RFC 7396)
/// has it, absent, `null` or the new value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Left as it is.
    #[default]
    Keep,
    /// Emptied.
    Clear,
    /// Set.
    Set(T),
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // What is kept is left out by its field: see `is_keep`.
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(new) => new.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|new| new.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

impl<T> Patch<T> {
    /// Whether the field stays as it is.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The field's new value, given its old one.
    pub fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }
}

/// How a status in a command acts on others' claims (DOMAIN "Claims, lanes").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Replaces the holder's own claim only.
    #[default]
    Set,
    /// Ends everybody's claims first.
    Override,
}

/// What happens to the holder's claims when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtEnd {
    /// They end.
    #[default]
    Release,
    /// They pass to `standing`.
    HandOver,
}

/// A new page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPage {
    /// A code taken from elsewhere; absent: drawn.
    #[serde(default)]
    pub id: Option<PageId>,
    /// Display name.
    pub name: Texts,
    /// Host names.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Path prefix.
    #[serde(default)]
    pub path: Option<String>,
    /// Address as written in documents.
    #[serde(default)]
    pub url: Option<String>,
    /// Time zone.
    pub zone: Zone,
    /// Default locale.
    pub default_locale: Locale,
    /// Locales.
    pub locales: Vec<Locale>,
    /// Settings.
    #[serde(default)]
    pub settings: PageSettings,
}

/// Changes of a page's own fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PagePatch {
    /// Display name.
    pub name: Option<Texts>,
    /// Host names.
    pub hosts: Option<Vec<String>>,
    /// Path prefix.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub path: Patch<String>,
    /// Address as written in documents.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub url: Patch<String>,
    /// Time zone; days are cut anew for the whole past.
    pub zone: Option<Zone>,
    /// Default locale.
    pub default_locale: Option<Locale>,
    /// Locales.
    pub locales: Option<Vec<Locale>>,
    /// All settings at once.
    pub settings: Option<Box<PageSettings>>,
}

/// A new component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComponent {
    /// A code taken from elsewhere; absent: drawn.
    #[serde(default)]
    pub id: Option<ComponentId>,
    /// Name.
    pub name: Texts,
    /// Description.
    #[serde(default)]
    pub description: Texts,
    /// Group it stands in.
    #[serde(default)]
    pub group_id: Option<GroupId>,
    /// Place among siblings; absent: last.
    #[serde(default)]
    pub position: Option<i64>,
    /// Uptime bars are shown.
    pub showcase: bool,
    /// First day for uptime: absent: today; an explicit null of an import: all days.
    #[serde(default)]
    pub start_date: StartDate,
    /// Hidden while operational.
    #[serde(default)]
    pub only_show_if_degraded: bool,
    /// What it depends on.
    #[serde(default)]
    pub depends_on: Vec<ComponentId>,
    /// Somebody else's system.
    #[serde(default)]
    pub third_party: bool,
    /// Restricted to viewers.
    #[serde(default)]
    pub restricted: bool,
    /// Status from the start (a standing claim when not operational).
    #[serde(default)]
    pub status: Status,
    /// When it was made, if elsewhere and earlier.
    #[serde(default)]
    pub created_at: Option<Instant>,
}

/// The first day that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StartDate {
    /// The day the component is made.
    #[default]
    Today,
    /// Every day counts.
    Always,
    /// From this day on.
    On(#[cfg_attr(feature = "schema", schemars(with = "String"))] Date),
}

/// Changes of a component's own fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ComponentPatch {
    /// Name.
    pub name: Option<Texts>,
    /// Description.
    pub description: Option<Texts>,
    /// Group.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub group_id: Patch<GroupId>,
    /// Place among siblings.
    pub position: Option<i64>,
    /// Showcase.
    pub showcase: Option<bool>,
    /// First day for uptime.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "schema", schemars(with = "Patch<String>"))]
    pub start_date: Patch<Date>,
    /// Hidden while operational.
    pub only_show_if_degraded: Option<bool>,
    /// Dependencies.
    pub depends_on: Option<Vec<ComponentId>>,
    /// Third party.
    pub third_party: Option<bool>,
    /// Restricted.
    pub restricted: Option<bool>,
    /// Policy from now on.
    pub policy: Option<Policy>,
    /// Contradiction grace in seconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub grace_s: Patch<i64>,
}

/// The next-update promise an update makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NewPromise {
    /// By an instant within 7 days.
    By(Instant),
    /// Within so many seconds.
    WithinS(i64),
    /// When something happens.
    When(Texts),
    /// A postmortem, by the end of this day or of the 5th working day.
    Postmortem(#[cfg_attr(feature = "schema", schemars(with = "Option<String>"))] Option<Date>),
}

/// A new update, as part of a new incident or of a later post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewUpdate {
    /// Lifecycle status; absent: unchanged (new incident: `investigating`, maintenance: `scheduled`).
    pub lifecycle: Option<Lifecycle>,
    /// Text; empty: the standard text in all locales of the page.
    pub body: Texts,
    /// Statuses of components, attached thereby.
    pub statuses: BTreeMap<ComponentId, Status>,
    /// Components attached without a change; absent: as before.
    pub attach: Option<Vec<ComponentId>>,
    /// How the statuses act on others' claims.
    pub act: Act,
    /// What happens to claims when this resolves or completes.
    pub at_end: AtEnd,
    /// Shown as said at; absent: now.
    pub display_at: Option<Instant>,
    /// Since when the statuses hold; absent: now.
    pub impact_at: Option<Instant>,
    /// Whether subscribers are told; absent: yes.
    pub notify: Option<bool>,
    /// What is promised.
    pub promises: Vec<NewPromise>,
    /// Stored for the compatible API.
    pub custom_tweet: Option<String>,
}

/// The fields of an incident beside its updates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct IncidentFields {
    /// Title.
    pub name: Option<Texts>,
    /// Who is affected.
    pub who_is_affected: Option<Texts>,
    /// Who is affected, by component.
    pub affected_notes: Option<BTreeMap<ComponentId, Texts>>,
    /// How to check.
    pub how_to_check: Option<Texts>,
    /// What to do now.
    pub what_to_do: Option<Texts>,
    /// Effects may last until.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub effects_until: Patch<Instant>,
    /// Impact began.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub impact_from: Patch<ImpactTime>,
    /// Impact ended.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub impact_to: Patch<ImpactTime>,
    /// Impact override.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub impact_override: Patch<Impact>,
    /// Opaque JSON text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub metadata: Patch<String>,
    /// Nudges setting.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub reminder_intervals: Patch<String>,
    /// Maintenance: planned start.
    pub scheduled_for: Option<Instant>,
    /// Maintenance: planned end.
    pub scheduled_until: Option<Instant>,
    /// Maintenance: flags and reminders (instants are ignored).
    pub flags: Option<PlanFlags>,
}

/// What happens by itself in a maintenance; all on unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanFlags {
    /// See [`Plan::auto_start`].
    pub auto_start: bool,
    /// See [`Plan::auto_complete`].
    pub auto_complete: bool,
    /// See [`Plan::auto_maintenance`].
    pub auto_maintenance: bool,
    /// See [`Plan::auto_free`].
    pub auto_free: bool,
    /// See [`Plan::notify_start`].
    pub notify_start: bool,
    /// See [`Plan::notify_end`].
    pub notify_end: bool,
    /// See [`Plan::remind_min`].
    pub remind_min: Vec<i64>,
}

impl Default for PlanFlags {
    fn default() -> Self {
        Self {
            auto_start: true,
            auto_complete: true,
            auto_maintenance: true,
            auto_free: true,
            notify_start: true,
            notify_end: true,
            remind_min: vec![60],
        }
    }
}

impl PlanFlags {
    /// A plan of these flags.
    pub fn plan(&self, scheduled_for: Instant, scheduled_until: Instant) -> Plan {
        Plan {
            scheduled_for,
            scheduled_until,
            auto_start: self.auto_start,
            auto_complete: self.auto_complete,
            auto_maintenance: self.auto_maintenance,
            auto_free: self.auto_free,
            notify_start: self.notify_start,
            notify_end: self.notify_end,
            remind_min: self.remind_min.clone(),
            reminded_min: Vec::new(),
            reminded_at: None,
            recurrence_id: None,
            occurrence_at: None,
            detached: false,
        }
    }
}

/// A new incident or maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// A code taken from elsewhere; absent: drawn.
    #[serde(default)]
    pub id: Option<IncidentId>,
    /// Which kind.
    pub kind: IncidentKind,
    /// Title and all other fields (`name` is required).
    pub fields: IncidentFields,
    /// Its first update.
    pub update: NewUpdate,
    /// Recorded in the past at this instant, told to nobody.
    #[serde(default)]
    pub backfilled_at: Option<Instant>,
}

/// A new recurrence; its first occurrence is made with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRecurrence {
    /// RFC 5545 RRULE value.
    pub rule: String,
    /// Zone of its local times; absent: the page's.
    #[serde(default)]
    pub zone: Option<Zone>,
    /// Planned start of the first occurrence.
    pub first_at: Instant,
    /// How long each lasts, in seconds.
    pub duration_s: i64,
    /// Title.
    pub name: Texts,
    /// First update's text; empty: the standard text.
    #[serde(default)]
    pub body: Texts,
    /// Components.
    #[serde(default)]
    pub components: Vec<ComponentId>,
    /// Flags.
    #[serde(default)]
    pub flags: PlanFlags,
}

/// One difference between what the judge holds and what the page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// Of which component.
    pub component_id: ComponentId,
    /// What it is now; absent: no monitor feeds it any more.
    pub status: Option<Status>,
    /// Since when.
    pub since: Instant,
}

/// What a robot says with one step of an automatic incident, in every locale of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AutomaticWords {
    /// The incident's title, where the step sets one.
    pub title: Texts,
    /// The update's body.
    pub body: Texts,
}

/// A fact of an imported record, beside the digest of what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFacts {
    /// What the entry is about: an identifier.
    pub subject: String,
    /// `incident_imported`, `component_imported`, `record_imported`.
    pub action: String,
    /// Rows to put.
    pub put: Vec<Fact>,
    /// Rows to drop.
    pub drop: Vec<crate::facts::FactKey>,
    /// Where claims stood that this changes or drops: component, from, to.
    #[serde(default)]
    pub windows: Vec<(ComponentId, Instant, Instant)>,
}

/// What can be asked of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Makes the page itself; its first entry.
    CreatePage(Box<NewPage>),
    /// Changes the page's fields.
    UpdatePage(Box<PagePatch>),
    /// Hides the page for 30 days.
    DeletePage,
    /// Brings a hidden page back.
    RestorePage,
    /// Makes a group of existing components.
    CreateGroup {
        /// A code taken from elsewhere.
        id: Option<GroupId>,
        /// Title.
        name: Texts,
        /// Description.
        description: Texts,
        /// Its members, in order; never empty.
        components: Vec<ComponentId>,
        /// Place among top-level rows; absent: last.
        position: Option<i64>,
    },
    /// Changes a group; `components` replaces its members.
    UpdateGroup {
        /// Which.
        id: GroupId,
        /// Title.
        name: Option<Texts>,
        /// Description.
        description: Option<Texts>,
        /// Members, in order.
        components: Option<Vec<ComponentId>>,
        /// Place among top-level rows.
        position: Option<i64>,
    },
    /// Removes a group; its members stay.
    RemoveGroup(GroupId),
    /// Makes a component.
    CreateComponent(Box<NewComponent>),
    /// Changes a component's fields.
    UpdateComponent {
        /// Which.
        id: ComponentId,
        /// What.
        patch: Box<ComponentPatch>,
    },
    /// Says a component's status without an incident.
    SetStatus {
        /// Which.
        id: ComponentId,
        /// What.
        status: Status,
        /// How.
        act: Act,
    },
    /// Retires a component.
    RetireComponent(ComponentId),
    /// Brings a retired component back, without its claims.
    RestoreComponent(ComponentId),
    /// Lays a hold over the measurement.
    PlaceHold {
        /// Which component.
        component_id: ComponentId,
        /// What is said instead.
        status: Status,
        /// Why.
        reason: String,
        /// From when; absent: now.
        from: Option<Instant>,
        /// Until when; at most 30 days after its start.
        to: Instant,
    },
    /// Ends a hold now.
    EndHold(HoldId),
    /// Corrects what people said.
    Amend {
        /// Which component.
        component_id: ComponentId,
        /// From when.
        from: Instant,
        /// Until when.
        to: Instant,
        /// What it was; `operational` for nothing.
        status: Status,
        /// Held by this incident or maintenance; absent: standing.
        incident_id: Option<IncidentId>,
    },
    /// Opens an incident or plans a maintenance.
    OpenIncident(Box<NewIncident>),
    /// Posts an update.
    PostUpdate {
        /// Where.
        incident_id: IncidentId,
        /// What.
        update: Box<NewUpdate>,
        /// Fields changed with it.
        fields: Box<IncidentFields>,
    },
    /// Changes an incident's fields, without an update.
    EditIncident {
        /// Which.
        incident_id: IncidentId,
        /// What.
        fields: Box<IncidentFields>,
        /// Attached components; absent: unchanged. Detached ones are handed over.
        attach: Option<Vec<ComponentId>>,
    },
    /// Changes an update's words, shown time or notify flag.
    EditUpdate {
        /// Which incident.
        incident_id: IncidentId,
        /// Which update.
        update_id: UpdateId,
        /// New text.
        body: Option<Texts>,
        /// New shown time, not in the future.
        display_at: Option<Instant>,
        /// New notify flag.
        notify: Option<bool>,
    },
    /// Says which incidents have one cause.
    RelateIncidents {
        /// Which.
        incident_id: IncidentId,
        /// To which; replaces what was.
        related: Vec<IncidentId>,
    },
    /// Publishes a postmortem, at each of the related incidents named.
    PublishPostmortem {
        /// Which.
        incident_id: IncidentId,
        /// The report.
        body: Texts,
        /// Related ones, all resolved.
        also: Vec<IncidentId>,
        /// Whether subscribers are told.
        notify: bool,
    },
    /// Hides the published postmortem again.
    RevertPostmortem(IncidentId),
    /// Says that there will be no postmortem.
    IgnorePostmortem(IncidentId),
    /// Lifts a promise.
    LiftPromise {
        /// Which.
        promise_id: PromiseId,
        /// Why; shown.
        reason: String,
    },
    /// Takes an automatic incident over.
    TakeOver(IncidentId),
    /// Hides an incident everywhere.
    DeleteIncident {
        /// Which.
        incident_id: IncidentId,
        /// Why; shown in the journal.
        reason: String,
    },
    /// Brings a hidden incident back, within 30 days.
    RestoreIncident(IncidentId),
    /// Erases the words of an update from everywhere.
    EraseUpdate {
        /// Which incident.
        incident_id: IncidentId,
        /// Which update.
        update_id: UpdateId,
        /// What remains of the entries that held the words; made by `ops` with [`crate::erase`].
        remains: Vec<Remains>,
    },
    /// Makes a recurrence and its first occurrence.
    CreateRecurrence(Box<NewRecurrence>),
    /// Changes a recurrence and what of it has not started.
    UpdateRecurrence {
        /// Which.
        id: RecurrenceId,
        /// The new one.
        recurrence: Box<NewRecurrence>,
    },
    /// Makes no more occurrences.
    EndRecurrence(RecurrenceId),
    /// Makes an announcement.
    CreateAnnouncement {
        /// Title.
        title: Texts,
        /// Text.
        body: Texts,
        /// From when; absent: now.
        from: Option<Instant>,
        /// Until when.
        to: Option<Instant>,
        /// Whether subscribers are told.
        notify: bool,
    },
    /// Changes an announcement.
    UpdateAnnouncement {
        /// Which.
        id: AnnouncementId,
        /// Title.
        title: Option<Texts>,
        /// Text.
        body: Option<Texts>,
        /// From when.
        from: Option<Instant>,
        /// Until when.
        #[serde(default, skip_serializing_if = "Patch::is_keep")]
        to: Patch<Instant>,
    },
    /// Ends an announcement now.
    EndAnnouncement(AnnouncementId),
    /// A command that replaces text or settings, by an author who saw the page at a revision.
    Seen {
        /// Which revision.
        seq: i64,
        /// What is asked.
        command: Box<Command>,
    },
    /// What monitors found, all differences at once.
    Measured(Vec<Measurement>),
    /// Does what the passing of time makes due: one step of the clock.
    Tick,
    /// Makes the step of an automatic incident that is due, in words that `ops` puts in.
    Automatic(Box<AutomaticWords>),
    /// Writes an imported record, already worked out.
    Import(Box<ImportedFacts>),
    /// Carries out several commands as one: all of them, with one entry, or none.
    Together {
        /// The revision they were worked out from; refused when the page has another.
        seq: i64,
        /// What is done, in this order.
        commands: Vec<Command>,
    },
}

/// What of the past a command needs besides the live state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Incidents, with their updates, promises and claims.
    pub incidents: Vec<IncidentId>,
    /// Windows of components: claims, holds, policies and spans that touch them.
    pub windows: Vec<(ComponentId, Instant, Instant)>,
}

/// What deciding a command gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was done: `incident_opened`.
    pub action: String,
    /// To what: an identifier; empty for the page.
    pub subject: String,
    /// Who may read it in the journal.
    pub audience: Audience,
    /// What changes; empty: nothing to do, and no entry is made.
    pub changes: Vec<Change>,
    /// For `erased`.
    pub remains: Vec<Remains>,
    /// Why something that readers knew was deleted: told in a public entry of its own.
    pub deletion_told: Option<String>,
    /// What the caller is answered with.
    pub answer: Answer,
}

/// What a command is answered with, kept 7 days under its id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The identifier of what was made or changed.
    #[serde(default)]
    pub id: String,
    /// A further identifier: the update that was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_id: Option<String>,
    /// The page's revision after it.
    #[serde(default)]
    pub seq: i64,
    /// Components that stay worse than was said, and by whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_held: Vec<StillHeld>,
}

/// "still Major Outage: held by X".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StillHeld {
    /// Which component.
    pub component_id: ComponentId,
    /// What it still is.
    pub status: Status,
    /// Held by this incident or maintenance; absent: standing.
    pub incident_id: Option<IncidentId>,
}
