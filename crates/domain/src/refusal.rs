//! Why a command is refused: typed, so that `text` can word it in each language.

use crate::id::BadId;
use crate::status::{Lifecycle, Status};
use crate::time::Instant;

/// Why a command is refused. The page is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What it names does not exist on this page.
    #[error("{kind} {id:?} does not exist on this page")]
    NotFound {
        /// `component`, `incident` …
        kind: &'static str,
        /// What was named.
        id: String,
    },
    /// An identifier or name is in use.
    #[error("{kind} {id:?} exists already: choose another")]
    Taken {
        /// `component`, `incident` …
        kind: &'static str,
        /// What was named.
        id: String,
    },
    /// A text is no identifier.
    #[error(transparent)]
    BadId(#[from] BadId),
    /// A required text is empty.
    #[error("{field} must not be empty")]
    Empty {
        /// Which field.
        field: &'static str,
    },
    /// A text or list is too long.
    #[error("{field} has {given}, the most is {most}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// How many characters or items it has.
        given: usize,
        /// How many it may have.
        most: usize,
    },
    /// A text stands in a language the page is not published in.
    #[error("{field} has a text in {locale}, which is not a locale of this page")]
    ForeignLocale {
        /// Which field.
        field: &'static str,
        /// Which locale.
        locale: &'static str,
    },
    /// The status can not be said.
    #[error("status {:?} can not be said: it is what monitors find", .0.as_str())]
    Unsayable(Status),
    /// The lifecycle status belongs to the other kind.
    #[error("status {:?} is not one of this kind", .0.as_str())]
    WrongKind(Lifecycle),
    /// A window ends before it begins.
    #[error("the end ({to}) must be after the start ({from})")]
    EmptyWindow {
        /// Start.
        from: Instant,
        /// End.
        to: Instant,
    },
    /// An instant lies in the future where it must not.
    #[error("{field} ({at}) must not be in the future")]
    InFuture {
        /// Which field.
        field: &'static str,
        /// The instant.
        at: Instant,
    },
    /// An instant lies too far away.
    #[error("{field} ({at}) is more than {days} days away")]
    TooFar {
        /// Which field.
        field: &'static str,
        /// The instant.
        at: Instant,
        /// How many days are allowed.
        days: i64,
    },
    /// An instant has passed where it must not.
    #[error("{field} ({at}) must be in the future")]
    InPast {
        /// Which field.
        field: &'static str,
        /// The instant.
        at: Instant,
    },
    /// Components depend on each other in a circle.
    #[error("{0} would depend on itself through others")]
    DependencyCycle(String),
    /// A hold could change nothing.
    #[error("a hold on {0} would change nothing: its policy is declared, or nothing measures it")]
    IdleHold(String),
    /// A postmortem before the end.
    #[error("a postmortem can be published once the incident is resolved")]
    NotResolved,
    /// There is no published postmortem.
    #[error("this incident has no published postmortem")]
    NoPostmortem,
    /// A promise is met or lifted already.
    #[error("this promise is no longer open")]
    PromiseClosed,
    /// Only for maintenances.
    #[error("{field} is for maintenances only")]
    MaintenanceOnly {
        /// Which field.
        field: &'static str,
    },
    /// A maintenance needs its window.
    #[error("a maintenance needs scheduled_for and scheduled_until")]
    NoPlan,
    /// A retired component can not be used.
    #[error("{0} is retired")]
    Retired(String),
    /// A recurrence rule could not be read.
    #[error("recurrence rule {rule:?}: {reason}")]
    BadRule {
        /// The rule.
        rule: String,
        /// What is wrong.
        reason: String,
    },
    /// A colour, an address or another setting could not be read.
    #[error("{field}: {reason}")]
    BadSetting {
        /// Which setting.
        field: &'static str,
        /// What is wrong, and how to mend it.
        reason: String,
    },
    /// Its subject changed since its author looked.
    #[error("this was changed meanwhile: it stands at {stands:?}, you sent {sent:?}")]
    Changed {
        /// What stands there.
        stands: String,
        /// What was sent.
        sent: String,
    },
    /// The page moved on since a set of changes was worked out.
    #[error("the page stands at revision {stands}, this was worked out from {sent}: look again")]
    MovedOn {
        /// The page's revision.
        stands: i64,
        /// The revision that was looked at.
        sent: i64,
    },
    /// A file says what stands there.
    #[error("{field} is set by {file}, line {line}: change it there, or release it")]
    SetByFile {
        /// Which field.
        field: String,
        /// The file's name.
        file: String,
        /// Where in it.
        line: u32,
    },
    /// A group without members.
    #[error("a group needs at least one component")]
    EmptyGroup,
    /// It can be undone for 30 days only.
    #[error("this was deleted more than 30 days ago")]
    UndoOver,
    /// Nothing to restore.
    #[error("this is not deleted")]
    NotDeleted,
}
