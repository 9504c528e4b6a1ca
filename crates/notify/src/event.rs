//! What a notice tells of: identifiers, never words.

use noroshi_domain::{
    AnnouncementId, ComponentId, IncidentId, Instant, PromiseId, Status, UpdateId,
};
use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Event {
    /// An update of an incident or a maintenance.
    Update {
        /// Of which.
        incident: IncidentId,
        /// Which.
        update: UpdateId,
        /// Whether it is the first that is told of it.
        is_first: bool,
    },
    /// An announcement.
    Announcement {
        /// Which.
        id: AnnouncementId,
    },
    /// A component's status changed.
    Component {
        /// Of which.
        component: ComponentId,
        /// Before.
        old: Status,
        /// After.
        new: Status,
    },
    /// Somebody is asked whether an address is his.
    Confirmation {
        /// The subscriber.
        subscriber: String,
    },
    /// A webhook's contact is told that it is not called any more.
    EndpointFailed {
        /// The subscriber.
        subscriber: String,
    },
    /// Operators are reminded of a promise.
    Promise {
        /// Of which incident.
        incident: IncidentId,
        /// Which.
        promise: PromiseId,
        /// Whether its time has passed.
        is_overdue: bool,
    },
    /// The page contradicts its probes, or does so no more.
    Contradiction {
        /// About which component.
        component: ComponentId,
        /// Since when.
        since: Instant,
        /// Whether it is over.
        is_over: bool,
    },
    /// Messages wait although they were tried, or go through again.
    Stuck {
        /// In which lane.
        lane: String,
        /// What the team calls it; none: the service that all go through.
        name: Option<String>,
        /// Since when.
        since: Instant,
        /// Why.
        reason: String,
        /// How many waited then.
        count: i64,
        /// Whether it is over.
        is_over: bool,
    },
    /// What stands open, in one message to one channel of operators.
    Digest {
        /// To which.
        destination: String,
    },
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom<'a> {
    /// Those whose scope covers it.
    Subscribers,
    /// One recipient.
    One(&'a str),
    /// The channels of operators.
    Operators,
    /// One of them.
    Destination(&'a str),
}

impl Event {
    /// Who is told of it.
    pub fn whom(&self) -> Whom<'_> {
        match self {
            Self::Update { .. } | Self::Announcement { .. } | Self::Component { .. } => {
                Whom::Subscribers
            }
            Self::Confirmation { subscriber } | Self::EndpointFailed { subscriber } => {
                Whom::One(subscriber)
            }
            Self::Promise { .. } | Self::Contradiction { .. } | Self::Stuck { .. } => {
                Whom::Operators
            }
            Self::Digest { destination } => Whom::Destination(destination),
        }
    }
}
