//! The facts of a page: what is stored, journalled, replayed and shown.
//!
//! A [`Fact`] is one row; a [`Change`] puts or drops one. The store writes changes, memory applies
//! them and the journal records them: one value, one meaning. Optional fields are left out when
//! absent, because the journal's canonical JSON holds no nulls. Nothing here decides anything.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{
    AnnouncementId, ClaimId, ComponentId, GroupId, HoldId, IncidentId, PageId, PromiseId,
    RecurrenceId, SeriesId, UpdateId,
};
use crate::locale::{Locale, Texts};
use crate::status::{Impact, IncidentKind, Lane, Lifecycle, Policy, Status};
use crate::time::{Instant, Zone};

/// One status page and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page {
    /// Identifier, over all pages.
    pub id: PageId,
    /// Display name, in the page's locales.
    pub name: Texts,
    /// Host names that answer with this page; the first is the canonical one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Path prefix (`/acme`) under which any host answers with this page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The page's own address as written in documents, without a trailing slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Time zone of its days and of the times it shows.
    pub zone: Zone,
    /// Locale of readers who ask for none.
    pub default_locale: Locale,
    /// Locales it is published in, the default among them.
    pub locales: Vec<Locale>,
    /// When it was made here.
    pub created_at: Instant,
    /// Everything else a team can set.
    #[serde(default)]
    pub settings: PageSettings,
    /// Hidden since; the rest goes 30 days later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Instant>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// What a team can set on its page. Absent means the default named at the field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PageSettings {
    /// Headline above the components.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub headline: Texts,
    /// About text under the banner.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub about: Texts,
    /// Where customers get help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_url: Option<String>,
    /// The company's own site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_url: Option<String>,
    /// Address of a logo image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// Address of a favicon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicon_url: Option<String>,
    /// Accent colour, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// Colours by the names of the compatible API, those of [`COLOUR_NAMES`], `#rrggbb`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub colours: BTreeMap<String, String>,
    /// Extra style rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// Markup above the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_html: Option<String>,
    /// Markup below the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer_html: Option<String>,
    /// Cover image above the front page, kept with the page as `data:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,
    /// Host names it was found under before: readers are led on from there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub old_hosts: Vec<String>,
    /// Path prefixes it was found under before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub old_paths: Vec<String>,
    /// Two columns of components instead of one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub two_columns: bool,
    /// Groups begin folded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub groups_folded: bool,
    /// Asks search engines to leave the page out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden_from_search: bool,
    /// Leaves "powered by" out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub powered_by_off: bool,
    /// Ways to subscribe that are switched off, by channel name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscribe_off: Vec<String>,
    /// Only viewers may see it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Weights of downtime in thousandths; absent: major 1000, partial 300, others 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
    /// Standard texts per lifecycle status that differ from ours.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub standard_texts: BTreeMap<Lifecycle, Texts>,
    /// Offered when an incident is resolved.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub closing: Texts,
    /// Default cadence of next-update promises in seconds; absent: 3,600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence_s: Option<i64>,
    /// Contradictions told to operators after this many seconds; absent: 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_s: Option<i64>,
    /// Contradictions shown to readers after this many seconds; absent: 900.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_grace_s: Option<i64>,
    /// Readers are not shown contradictions of components with policy `declared`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hide_declared_contradictions: bool,
    /// A group's uptime is its lowest member's instead of the mean.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub group_uptime_worst: bool,
    /// Automatic incidents; absent: off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic: Option<AutomaticIncidents>,
    /// What the compatible API stores and we only hand back (`allow_*`, …), as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatible: Option<String>,
}

/// The colours that can be set, as the compatible API names them (reference 6, page).
pub const COLOUR_NAMES: [&str; 12] = [
    "css_body_background_color",
    "css_font_color",
    "css_light_font_color",
    "css_greens",
    "css_yellows",
    "css_oranges",
    "css_blues",
    "css_reds",
    "css_border_color",
    "css_graph_color",
    "css_link_color",
    "css_no_data",
];

/// Weights of downtime, in thousandths of a second per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weights {
    /// Major outage.
    pub major: i64,
    /// Partial outage.
    pub partial: i64,
    /// Degraded performance.
    pub degraded: i64,
    /// Maintenance.
    pub maintenance: i64,
}

impl Default for Weights {
    /// Reference 4.2: major counts whole, partial 0.3.
    fn default() -> Self {
        Self {
            major: 1000,
            partial: 300,
            degraded: 0,
            maintenance: 0,
        }
    }
}

/// When incidents open by themselves (DOMAIN "Automatic incidents").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AutomaticIncidents {
    /// Bad for this many seconds before one opens, at most a day; absent: 120.
    pub delay_s: i64,
    /// Good for this many seconds before it resolves, at most a day; absent: 600.
    pub quiet_s: i64,
    /// Title per locale; absent: ours.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub title: Texts,
}

impl Default for AutomaticIncidents {
    fn default() -> Self {
        Self {
            delay_s: crate::automatic::DELAY_S,
            quiet_s: crate::automatic::QUIET_S,
            title: Texts::default(),
        }
    }
}

/// A titled set of components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Identifier.
    pub id: GroupId,
    /// Title.
    pub name: Texts,
    /// What it is.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub description: Texts,
    /// Place among top-level rows, from 1.
    pub position: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When its own fields last changed.
    pub updated_at: Instant,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// One system customers know by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Component {
    /// Identifier.
    pub id: ComponentId,
    /// Name.
    pub name: Texts,
    /// What it is.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub description: Texts,
    /// The group it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Place among its siblings, from 1.
    pub position: i64,
    /// Its uptime bars are shown.
    pub showcase: bool,
    /// First day that counts for uptime; absent: all days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub start_date: Option<Date>,
    /// Hidden while operational.
    pub only_show_if_degraded: bool,
    /// What it depends on; never a cycle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ComponentId>,
    /// Somebody else's system.
    pub third_party: bool,
    /// Only viewers it is granted to may see it.
    pub restricted: bool,
    /// Its own contradiction grace in seconds; absent: the page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_s: Option<i64>,
    /// When it was made.
    pub created_at: Instant,
    /// When its fields or its public status last changed.
    pub updated_at: Instant,
    /// Retired since: gone from every list, kept in history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Instant>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// The policy of a component over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicySpan {
    /// Whose.
    pub component_id: ComponentId,
    /// Which.
    pub policy: Policy,
    /// From when; a component without any has `worst`.
    pub from: Instant,
    /// Until when; absent: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

/// Who says that a component has a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Holder {
    /// Said without an incident or a maintenance.
    Standing,
    /// An incident.
    Incident(IncidentId),
    /// A maintenance.
    Maintenance(IncidentId),
}

impl Holder {
    /// The incident or maintenance, if it is one.
    pub const fn incident_id(&self) -> Option<&IncidentId> {
        match self {
            Self::Standing => None,
            Self::Incident(id) | Self::Maintenance(id) => Some(id),
        }
    }
}

/// A holder's statement that a component has a status from one instant to another, or still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Identifier.
    pub id: ClaimId,
    /// About which component.
    pub component_id: ComponentId,
    /// Said by whom.
    pub holder: Holder,
    /// What: never `operational` (that is the absence of claims), never `unknown`.
    pub status: Status,
    /// From when.
    pub from: Instant,
    /// Until when; absent: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

/// A person's word that stands in for the measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hold {
    /// Identifier.
    pub id: HoldId,
    /// Of which component.
    pub component_id: ComponentId,
    /// What is said instead.
    pub status: Status,
    /// Why; for the team.
    pub reason: String,
    /// Opaque id of who said so.
    pub author: String,
    /// From when.
    pub from: Instant,
    /// Until when: always set, at most 30 days on.
    pub to: Instant,
}

/// One status of one lane of a component over time. Where a lane has no span it is operational
/// (public) or absent (measured).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// Of which component.
    pub component_id: ComponentId,
    /// Which lane: `measured` or `public`; the declared one is derived from claims.
    pub lane: Lane,
    /// What it is.
    pub status: Status,
    /// From when.
    pub from: Instant,
    /// Until when; absent: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

/// An instant that may be only roughly known (頃).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImpactTime {
    /// When.
    pub at: Instant,
    /// Whether it is only about then.
    pub about: bool,
}

/// An incident or a maintenance, without its updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// Identifier, also in addresses.
    pub id: IncidentId,
    /// Which kind.
    pub kind: IncidentKind,
    /// Title.
    pub name: Texts,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// How much it hurts, as computed; it never falls by itself.
    pub impact: Impact,
    /// Wins over `impact` while set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_override: Option<Impact>,
    /// When it was made; for a back-dated one the back-date.
    pub created_at: Instant,
    /// When anything of it last changed.
    pub updated_at: Instant,
    /// Its creation; for a maintenance its planned start.
    pub started_at: Instant,
    /// `display_at` of its first `monitoring` or `verifying` update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring_at: Option<Instant>,
    /// `display_at` of the resolving update; for a completed maintenance its planned end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Instant>,
    /// Under which instant it is listed: first told, or planned to begin.
    pub listed_at: Instant,
    /// Components attached now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// What a short link to it ends with.
    pub shortcode: String,
    /// The whole short link, where it came from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortlink: Option<String>,
    /// Who is affected.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub who_is_affected: Texts,
    /// Who is affected, by component ("tag v1 only").
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub affected_notes: BTreeMap<ComponentId, Texts>,
    /// How a customer tells whether he is hit.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub how_to_check: Texts,
    /// What a customer should do now.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub what_to_do: Texts,
    /// After the fix, what began before may fail until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects_until: Option<Instant>,
    /// When customers began to feel it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_from: Option<ImpactTime>,
    /// When they no longer did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_to: Option<ImpactTime>,
    /// Incidents of the same cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<IncidentId>,
    /// Opaque JSON text, up to 16 KiB, for the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// The compatible API's raw setting of operator nudges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder_intervals: Option<String>,
    /// Recorded in the past, told to nobody.
    pub backfilled: bool,
    /// Opened by the product and not yet taken over by a person.
    pub automatic: bool,
    /// Maintenance only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// Published postmortem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postmortem: Option<Postmortem>,
    /// A postmortem will not come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub postmortem_ignored: bool,
    /// Start of the earliest measured trouble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_measured_at: Option<Instant>,
    /// When its first update was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_published_at: Option<Instant>,
    /// When its last `monitoring` update was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigated_at: Option<Instant>,
    /// Hidden since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Instant>,
    /// Why it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_reason: Option<String>,
    /// Where it was imported from, and what it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

impl Incident {
    /// One that was made at an instant, of which nothing is said yet; its code is its short link.
    pub fn new(id: IncidentId, kind: IncidentKind, at: Instant) -> Self {
        Self {
            shortcode: id.to_string(),
            id,
            kind,
            name: Texts::default(),
            lifecycle: match kind {
                IncidentKind::Incident => Lifecycle::Investigating,
                IncidentKind::Maintenance => Lifecycle::Scheduled,
            },
            impact: match kind {
                IncidentKind::Incident => Impact::None,
                IncidentKind::Maintenance => Impact::Maintenance,
            },
            impact_override: None,
            created_at: at,
            updated_at: at,
            started_at: at,
            monitoring_at: None,
            resolved_at: None,
            listed_at: at,
            components: Vec::new(),
            shortlink: None,
            who_is_affected: Texts::default(),
            affected_notes: BTreeMap::new(),
            how_to_check: Texts::default(),
            what_to_do: Texts::default(),
            effects_until: None,
            impact_from: None,
            impact_to: None,
            related: Vec::new(),
            metadata: None,
            reminder_intervals: None,
            backfilled: false,
            automatic: false,
            plan: None,
            postmortem: None,
            postmortem_ignored: false,
            first_measured_at: None,
            first_published_at: None,
            mitigated_at: None,
            deleted_at: None,
            deleted_reason: None,
            source: None,
            edited_seq: None,
        }
    }

    /// The impact readers see: the override while it is set.
    pub fn shown_impact(&self) -> Impact {
        self.impact_override.unwrap_or(self.impact)
    }

    /// The holder of its claims.
    pub fn holder(&self) -> Holder {
        match self.kind {
            IncidentKind::Incident => Holder::Incident(self.id.clone()),
            IncidentKind::Maintenance => Holder::Maintenance(self.id.clone()),
        }
    }

    /// Whether it is not over and not hidden.
    pub fn is_open(&self) -> bool {
        !self.lifecycle.is_over() && self.deleted_at.is_none()
    }
}

/// An incident with everything that belongs to it, as archives and feeds need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncidentRecord {
    /// The incident.
    pub incident: Incident,
    /// Its updates, hidden ones too, newest first by `display_at`.
    pub updates: Vec<Update>,
    /// Its promises, oldest first.
    pub promises: Vec<Promise>,
    /// Its claims, oldest first.
    pub claims: Vec<Claim>,
}

/// When a maintenance is planned, and what happens by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// Planned start.
    pub scheduled_for: Instant,
    /// Planned end.
    pub scheduled_until: Instant,
    /// Becomes `in_progress` at the start.
    pub auto_start: bool,
    /// Becomes `completed` at the end.
    pub auto_complete: bool,
    /// Components become `under_maintenance` at the start.
    pub auto_maintenance: bool,
    /// Components are freed at the end.
    pub auto_free: bool,
    /// The automatic start notifies.
    pub notify_start: bool,
    /// The automatic end notifies.
    pub notify_end: bool,
    /// Reminders, in minutes ahead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remind_min: Vec<i64>,
    /// Reminders already given or dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminded_min: Vec<i64>,
    /// When the last reminder was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Instant>,
    /// The recurrence that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_id: Option<RecurrenceId>,
    /// Which planned instant of the recurrence it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrence_at: Option<Instant>,
    /// Edited on its own: the recurrence no longer changes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detached: bool,
}

/// The published report of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Postmortem {
    /// The report, Markdown.
    pub body: Texts,
    /// When it was published.
    pub published_at: Instant,
    /// The update that carries it.
    pub update_id: UpdateId,
}

/// Where an imported thing came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// Which kind of source: `statuspage`.
    pub from: String,
    /// SHA-256 of the source's object, hex.
    pub digest: String,
    /// `seq` of the entry that imported it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// One message in an incident or a maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Update {
    /// Identifier.
    pub id: UpdateId,
    /// Of which incident.
    pub incident_id: IncidentId,
    /// The lifecycle status it set.
    pub lifecycle: Lifecycle,
    /// Markdown, per locale.
    pub body: Texts,
    /// When it was posted; set by us, never changed (`posted_at` in DOMAIN).
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When readers are told it was said.
    pub display_at: Instant,
    /// Every attached component, changed or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    /// Whether it was told to subscribers.
    pub notify: bool,
    /// When its words were last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Instant>,
    /// When its words were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Instant>,
    /// Hidden since (a reverted postmortem, a deleted update).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_at: Option<Instant>,
    /// Stored for the compatible API; nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_tweet: Option<String>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// A component as an update found and left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// Which.
    pub code: ComponentId,
    /// Its name then, in the page's default locale.
    pub name: String,
    /// Public status before.
    pub old_status: Status,
    /// Public status after.
    pub new_status: Status,
}

/// What was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PromiseKind {
    /// The next update comes by an instant.
    NextUpdateBy,
    /// The next update comes when something happens.
    NextUpdateWhen,
    /// A report will be published.
    Postmortem,
}

/// Readers were promised more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promise {
    /// Identifier.
    pub id: PromiseId,
    /// Of which incident.
    pub incident_id: IncidentId,
    /// What kind.
    pub kind: PromiseKind,
    /// The condition in words, for `next_update_when`.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub words: Texts,
    /// When it was made.
    pub made_at: Instant,
    /// The update that made it.
    pub made_by: UpdateId,
    /// When it falls due.
    pub due_at: Instant,
    /// When it was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Instant>,
    /// When it was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Instant>,
    /// Why it was lifted; shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_reason: Option<String>,
    /// How many reminders operators have had.
    #[serde(default)]
    pub reminder_count: i64,
    /// When the last reminder was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Instant>,
    /// The page has said that its time has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Instant>,
}

/// Operators are reminded of a promised update this many seconds ahead.
const REMIND_AHEAD_S: i64 = 600;
/// Once it is overdue they are reminded so often, in seconds.
const REMIND_EVERY_S: i64 = 900;
/// Of a postmortem they are reminded so often, in seconds: once a day.
const REMIND_POSTMORTEM_EVERY_S: i64 = 86_400;
/// The day a postmortem is owed ends at midnight; the first reminder comes at nine that morning.
const REMIND_POSTMORTEM_AHEAD_S: i64 = 15 * 3_600;

/// An update this many seconds after its promised time still keeps the promise.
pub const PROMISE_GRACE_S: i64 = 60;

impl Promise {
    /// From when on it is late: its due time and the grace (a postmortem has a whole day).
    pub const fn late_from(&self) -> Instant {
        match self.kind {
            PromiseKind::NextUpdateBy => self.due_at.plus_seconds(PROMISE_GRACE_S),
            PromiseKind::NextUpdateWhen | PromiseKind::Postmortem => self.due_at,
        }
    }

    /// Whether it was met after its time; `next_update_when` never is.
    pub fn was_met_late(&self) -> bool {
        self.kind != PromiseKind::NextUpdateWhen
            && self.met_at.is_some_and(|met_at| met_at > self.late_from())
    }

    /// When operators are to be reminded next, given when they were last; `None`: it is closed.
    ///
    /// Of the reminders that fell due while nobody was there to give them, one is given.
    pub fn next_reminder_at(&self) -> Option<Instant> {
        let given_at = self.reminded_at.unwrap_or(self.made_at);
        let (ahead_s, overdue, every_s) = match self.kind {
            PromiseKind::NextUpdateBy | PromiseKind::NextUpdateWhen => {
                (REMIND_AHEAD_S, self.late_from(), REMIND_EVERY_S)
            }
            PromiseKind::Postmortem => {
                let first = self.due_at.plus_seconds(-REMIND_POSTMORTEM_AHEAD_S);
                let second = first.plus_seconds(REMIND_POSTMORTEM_EVERY_S);
                (REMIND_POSTMORTEM_AHEAD_S, second, REMIND_POSTMORTEM_EVERY_S)
            }
        };
        let ahead = self.due_at.plus_seconds(-ahead_s);
        let next = if given_at < ahead {
            ahead
        } else if given_at < overdue {
            overdue
        } else {
            let passed_s = given_at.since_us(overdue) / crate::time::SECOND_US;
            overdue.plus_seconds((passed_s / every_s + 1).saturating_mul(every_s))
        };
        self.is_open().then_some(next)
    }

    /// Whether readers are told at `now` that its time has passed; of a condition, never.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.is_open() && self.kind != PromiseKind::NextUpdateWhen && self.late_from() <= now
    }

    /// Neither met nor lifted.
    pub const fn is_open(&self) -> bool {
        self.met_at.is_none() && self.lifted_at.is_none()
    }
}

/// A rule that makes maintenances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recurrence {
    /// Identifier.
    pub id: RecurrenceId,
    /// RFC 5545 RRULE value (`FREQ=WEEKLY;BYDAY=SU`).
    pub rule: String,
    /// Zone of its local times.
    pub zone: Zone,
    /// Planned start of the first occurrence.
    pub first_at: Instant,
    /// How long each occurrence lasts, in seconds.
    pub duration_s: i64,
    /// Title of each occurrence.
    pub name: Texts,
    /// First update of each occurrence.
    pub body: Texts,
    /// Components attached to each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// Flags of each occurrence; its instants are ignored.
    pub plan: Plan,
    /// Planned start of the occurrence made last.
    pub made_at: Instant,
    /// RFC 5545 `SEQUENCE`: raised when the rule changes.
    pub sequence: i64,
    /// Makes no more since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// A titled text with a beginning and an end; no components, no impact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Announcement {
    /// Identifier.
    pub id: AnnouncementId,
    /// Title.
    pub title: Texts,
    /// Markdown.
    pub body: Texts,
    /// Shown from.
    pub from: Instant,
    /// Shown until; absent: until it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
    /// Whether subscribers are told once.
    pub notify: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When its words were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Instant>,
    /// `seq` of the entry that last replaced its words or settings; absent: none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_seq: Option<i64>,
}

/// A metric shown on the page; its points are not facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// Identifier.
    pub id: SeriesId,
    /// Title.
    pub name: Texts,
    /// Unit, as shown.
    pub unit: String,
    /// Decimal places shown.
    pub decimals: i64,
    /// Shown on the page.
    pub display: bool,
    /// Only viewers it is granted to may see it.
    pub restricted: bool,
    /// Place among series, from 1.
    pub position: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// One row of a page's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "fact")]
pub enum Fact {
    /// The page itself.
    Page(Box<Page>),
    /// A group.
    Group(Group),
    /// A component.
    Component(Box<Component>),
    /// A stretch of policy.
    Policy(PolicySpan),
    /// A claim.
    Claim(Claim),
    /// A hold.
    Hold(Hold),
    /// A stretch of a lane.
    Span(Span),
    /// An incident or maintenance.
    Incident(Box<Incident>),
    /// An update.
    Update(Box<Update>),
    /// A promise.
    Promise(Box<Promise>),
    /// A recurrence.
    Recurrence(Box<Recurrence>),
    /// An announcement.
    Announcement(Announcement),
    /// A series.
    Series(Series),
}

/// Which table row a fact is: kind and identifier within the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactKey {
    /// What it is.
    pub kind: FactKind,
    /// Its identifier among its kind.
    pub id: String,
}

/// The kinds of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// [`Page`].
    Page,
    /// [`Group`].
    Group,
    /// [`Component`].
    Component,
    /// [`PolicySpan`].
    Policy,
    /// [`Claim`].
    Claim,
    /// [`Hold`].
    Hold,
    /// [`Span`].
    Span,
    /// [`Incident`].
    Incident,
    /// [`Update`].
    Update,
    /// [`Promise`].
    Promise,
    /// [`Recurrence`].
    Recurrence,
    /// [`Announcement`].
    Announcement,
    /// [`Series`].
    Series,
}

impl FactKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Page,
        Self::Group,
        Self::Component,
        Self::Policy,
        Self::Claim,
        Self::Hold,
        Self::Span,
        Self::Incident,
        Self::Update,
        Self::Promise,
        Self::Recurrence,
        Self::Announcement,
        Self::Series,
    ];

    /// The name in tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Group => "group",
            Self::Component => "component",
            Self::Policy => "policy",
            Self::Claim => "claim",
            Self::Hold => "hold",
            Self::Span => "span",
            Self::Incident => "incident",
            Self::Update => "update",
            Self::Promise => "promise",
            Self::Recurrence => "recurrence",
            Self::Announcement => "announcement",
            Self::Series => "series",
        }
    }
}

/// Where a fact stands in the tables besides its key: what the store's indexes see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The component or incident it belongs to; empty for none.
    pub owner: String,
    /// When it begins (an incident: when it is listed).
    pub from: Instant,
    /// When it ends; [`Instant::MAX`]: still open.
    pub to: Instant,
}

impl Fact {
    /// The row it is.
    pub fn key(&self) -> FactKey {
        let (kind, id) = match self {
            Self::Page(page) => (FactKind::Page, page.id.to_string()),
            Self::Group(group) => (FactKind::Group, group.id.to_string()),
            Self::Component(component) => (FactKind::Component, component.id.to_string()),
            Self::Policy(span) => (
                FactKind::Policy,
                format!("{}-{}", span.component_id, span.from.micros()),
            ),
            Self::Claim(claim) => (FactKind::Claim, claim.id.to_string()),
            Self::Hold(hold) => (FactKind::Hold, hold.id.to_string()),
            Self::Span(span) => (
                FactKind::Span,
                span_key(span.lane, &span.component_id, span.from),
            ),
            Self::Incident(incident) => (FactKind::Incident, incident.id.to_string()),
            Self::Update(update) => (FactKind::Update, update.id.to_string()),
            Self::Promise(promise) => (FactKind::Promise, promise.id.to_string()),
            Self::Recurrence(recurrence) => (FactKind::Recurrence, recurrence.id.to_string()),
            Self::Announcement(announcement) => {
                (FactKind::Announcement, announcement.id.to_string())
            }
            Self::Series(series) => (FactKind::Series, series.id.to_string()),
        };
        FactKey { kind, id }
    }

    /// What the store's indexes see of it.
    pub fn placement(&self) -> Placement {
        let place = |owner: &str, from: Instant, to: Option<Instant>| Placement {
            owner: owner.to_owned(),
            from,
            to: to.unwrap_or(Instant::MAX),
        };
        match self {
            Self::Page(page) => place("", page.created_at, page.deleted_at),
            Self::Group(group) => place("", group.created_at, None),
            Self::Component(component) => place(
                component.group_id.as_ref().map_or("", |id| id.as_str()),
                component.created_at,
                component.retired_at,
            ),
            Self::Policy(span) => place(span.component_id.as_str(), span.from, span.to),
            Self::Claim(claim) => place(claim.component_id.as_str(), claim.from, claim.to),
            Self::Hold(hold) => place(hold.component_id.as_str(), hold.from, Some(hold.to)),
            Self::Span(span) => place(span.component_id.as_str(), span.from, span.to),
            Self::Incident(incident) => incident_placement(incident),
            Self::Update(update) => place(
                update.incident_id.as_str(),
                update.display_at,
                Some(update.display_at),
            ),
            Self::Promise(promise) => place(
                promise.incident_id.as_str(),
                promise.made_at,
                promise.met_at.or(promise.lifted_at),
            ),
            Self::Recurrence(recurrence) => place("", recurrence.first_at, recurrence.ended_at),
            Self::Announcement(announcement) => place("", announcement.from, announcement.to),
            Self::Series(series) => place("", series.created_at, None),
        }
    }
}

/// The identifier of a stretch of a lane: spans of a lane never overlap, so its start names it.
pub fn span_key(lane: Lane, component: &ComponentId, from: Instant) -> String {
    let letter = match lane {
        Lane::Declared => 'd',
        Lane::Measured => 'm',
        Lane::Public => 'p',
    };
    format!("{letter}-{component}-{}", from.micros())
}

fn incident_placement(incident: &Incident) -> Placement {
    // An incident stays in memory while it is open, and while a report of it may still be owed.
    let end = match (incident.is_open(), incident.resolved_at) {
        (true, _) => Instant::MAX,
        (false, Some(resolved_at)) => resolved_at.max(incident.listed_at),
        (false, None) => incident.updated_at.max(incident.listed_at),
    };
    Placement {
        owner: incident.kind_name().to_owned(),
        from: incident.listed_at,
        to: end,
    }
}

impl Incident {
    /// `incident` or `maintenance`.
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            IncidentKind::Incident => "incident",
            IncidentKind::Maintenance => "maintenance",
        }
    }
}

/// One change of a page's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The row is now this.
    Put(Fact),
    /// The row is gone.
    Drop(FactKey),
}

impl Change {
    /// The row it is about.
    pub fn key(&self) -> FactKey {
        match self {
            Self::Put(fact) => fact.key(),
            Self::Drop(key) => key.clone(),
        }
    }
}
