//! Drafts of postmortems: the team's until they are published.

use noroshi_domain::{Instant, Texts};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::PrivateRecord;

/// The draft of one incident's postmortem; its record has the incident's identifier. Belongs to a
/// page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostmortemDraft {
    /// The report, Markdown.
    pub body: Texts,
    /// When it was last written.
    pub written_at: Instant,
    /// Kept for the compatible API; nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_tweet: Option<String>,
}

impl PrivateRecord for PostmortemDraft {
    const KIND: &'static str = "postmortem_draft";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
