//! What a component can be, what an incident can be, and how bad that is.
//!
//! One order serves every comparison (worst last), as DOMAIN "Claims, lanes and the public
//! status" has it. Wire names are those of the compatible API (reference, section 0).

use serde::{Deserialize, Serialize};

/// The status of a component, worst last.
///
/// `Unknown` occurs in the measured and public lanes only; nobody can *say* it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Works.
    #[default]
    Operational,
    /// No prober could judge.
    Unknown,
    /// Planned work.
    UnderMaintenance,
    /// Slow or limited.
    DegradedPerformance,
    /// Some of it is down.
    PartialOutage,
    /// All of it is down.
    MajorOutage,
}

impl Status {
    /// Every status, best first.
    pub const ALL: [Self; 6] = [
        Self::Operational,
        Self::Unknown,
        Self::UnderMaintenance,
        Self::DegradedPerformance,
        Self::PartialOutage,
        Self::MajorOutage,
    ];

    /// The name on the wire: `major_outage`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::Unknown => "unknown",
            Self::UnderMaintenance => "under_maintenance",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }

    /// Reads a wire name; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether a person may say it: all but `Unknown`.
    pub const fn can_be_said(self) -> bool {
        !matches!(self, Self::Unknown)
    }

    /// Degraded or worse: what opens contradictions and automatic incidents.
    pub fn is_bad(self) -> bool {
        self >= Self::DegradedPerformance
    }
}

/// The two kinds of thing that updates tell about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Something customers feel.
    Incident,
    /// Planned work.
    Maintenance,
}

/// Where an incident or a maintenance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// Looking for the cause.
    Investigating,
    /// The cause is known.
    Identified,
    /// A fix is in, being watched.
    Monitoring,
    /// Over.
    Resolved,
    /// Over, and its report is published.
    Postmortem,
    /// Planned work that has not begun.
    Scheduled,
    /// Planned work under way.
    InProgress,
    /// Planned work done, being checked.
    Verifying,
    /// Planned work over.
    Completed,
}

impl Lifecycle {
    /// Every lifecycle status, incidents' first.
    pub const ALL: [Self; 9] = [
        Self::Investigating,
        Self::Identified,
        Self::Monitoring,
        Self::Resolved,
        Self::Postmortem,
        Self::Scheduled,
        Self::InProgress,
        Self::Verifying,
        Self::Completed,
    ];

    /// The name on the wire: `in_progress`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Postmortem => "postmortem",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
        }
    }

    /// Reads a wire name; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|lifecycle| lifecycle.as_str() == name)
    }

    /// The kind this status belongs to.
    pub const fn kind(self) -> IncidentKind {
        match self {
            Self::Investigating
            | Self::Identified
            | Self::Monitoring
            | Self::Resolved
            | Self::Postmortem => IncidentKind::Incident,
            Self::Scheduled | Self::InProgress | Self::Verifying | Self::Completed => {
                IncidentKind::Maintenance
            }
        }
    }

    /// Whether it is over: resolved, postmortem or completed.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Postmortem | Self::Completed)
    }
}

/// How much an incident hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nothing is claimed.
    None,
    /// Planned work.
    Maintenance,
    /// Degraded.
    Minor,
    /// Partial outage.
    Major,
    /// Major outage.
    Critical,
}

impl Impact {
    /// Every impact, least first.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Maintenance,
        Self::Minor,
        Self::Major,
        Self::Critical,
    ];

    /// The name on the wire: `critical`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Maintenance => "maintenance",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    /// Reads a wire name; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|impact| impact.as_str() == name)
    }

    /// What the worst status an incident ever claimed makes of it (reference 3.4).
    pub const fn of_status(worst: Status) -> Self {
        match worst {
            Status::Operational | Status::Unknown => Self::None,
            Status::UnderMaintenance => Self::Maintenance,
            Status::DegradedPerformance => Self::Minor,
            Status::PartialOutage => Self::Major,
            Status::MajorOutage => Self::Critical,
        }
    }
}

/// What a monitor or a hold may do to a component's public status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The worse of declared and measured.
    #[default]
    Worst,
    /// What people said, whatever is measured.
    Declared,
}

/// Which account of a component: what people said, what monitors found, or both joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Derived from claims.
    Declared,
    /// What monitors found.
    Measured,
    /// Both joined: what readers see.
    Public,
}
