//! Templates: what an update can begin from.

use noroshi_domain::{ComponentId, Lifecycle, Texts};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::PrivateRecord;

/// A text to begin an update from, with what goes with it. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    /// What the team calls it.
    pub name: String,
    /// Title of an incident that is opened from it.
    pub title: Texts,
    /// The update's text, Markdown.
    pub body: Texts,
    /// Under which heading the team lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The lifecycle status of the update; none: as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// Components that are attached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// Subscribers are told.
    pub notify: bool,
    /// Kept for the compatible API; nothing is sent.
    pub tweet: bool,
}

impl PrivateRecord for Template {
    const KIND: &'static str = "template";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
