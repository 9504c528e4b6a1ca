//! What the rest of the program hands in: this crate knows no operations, no keys and no network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use noroshi_channel::{Message, Outcome};
use noroshi_domain::subscriber::{Channel, Level};
use noroshi_domain::{Instant, PageId, State};

/// Makes a subscriber's token.
pub type MakeToken = Box<dyn Fn(Token, &str) -> Option<String> + Send>;
/// Opens a sealed address.
pub type Unseal = Box<dyn Fn(&serde_json::Value) -> Option<String> + Send>;

/// Gives the channels of a page's operators.
pub type Destinations = Box<dyn Fn(&PageId) -> Vec<Destination> + Send>;

/// Handles to the rest of the program.
pub struct Outside {
    /// The newest states of all pages.
    pub states: Box<dyn Fn() -> Vec<(PageId, Arc<State>)> + Send>,
    /// The token in a subscriber's links.
    pub token: MakeToken,
    /// Opens a sealed address.
    pub unseal: Unseal,
    /// The channels of a page's operators.
    pub destinations: Destinations,
    /// Any number, each time another.
    pub chance: Box<dyn Fn() -> u64 + Send>,
    /// Sends one message.
    pub sending: Arc<dyn Sending>,
}

/// What a link lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Say that the address is his.
    Confirm,
    /// Change and end the subscription.
    Manage,
}

/// A channel of operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its identifier.
    pub id: String,
    /// What the team calls it.
    pub name: String,
    /// What kind.
    pub channel: Channel,
    /// Where it leads, opened: JSON that the channel reads.
    pub target: serde_json::Value,
    /// In which language; none: the page's default.
    pub locale: Option<noroshi_domain::Locale>,
    /// Only about these components; none: about all.
    pub components: Option<Vec<noroshi_domain::ComponentId>>,
    /// Only what is at least as bad.
    pub least: Level,
    /// Local hours in which only what is critical comes: from and to, in minutes of the page's day.
    pub quiet: Option<(u16, u16)>,
    /// Minute of the page's day at which what stands open comes in one message.
    pub digest: Option<u16>,
    /// Gets the notices for operators.
    pub notices: bool,
    /// Gets what readers are told.
    pub posts: bool,
}

/// One message to one recipient.
#[derive(Debug, Clone)]
pub struct Item {
    /// To whom: the subscriber's code.
    pub recipient: String,
    /// By which channel.
    pub channel: Channel,
    /// Where to: an address, or JSON that the channel reads.
    pub target: Target,
    /// What is said.
    pub message: Message,
    /// The document of a webhook.
    pub document: Option<String>,
    /// What the service called the latest message of the thread.
    pub reference: Option<String>,
    /// When it is sent.
    pub at: Instant,
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A mail address, a number or a webhook's address.
    Plain(String),
    /// JSON with secrets.
    Secret(serde_json::Value),
}

impl std::fmt::Debug for Target {
    /// Addresses are nobody's business but the channel's.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Target")
    }
}

/// What becomes of one attempt, when it is known.
pub type Attempt = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Whoever sends: the services, or a test's stand-in.
pub trait Sending: Send + Sync {
    /// Sends one message once.
    fn send(&self, item: Item) -> Attempt;
}
