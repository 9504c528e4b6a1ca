//! How a page's embedded status looks on other sites: kept for the compatible API.

use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::PrivateRecord;

/// The looks; the record has the page's identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedConfig {
    /// The corner of the window: `bottom-left`, `bottom-right` or `top-right`.
    pub position: String,
    /// Behind what is told of an incident, `rrggbb`.
    pub incident_background: String,
    /// Its words.
    pub incident_text: String,
    /// Behind what is told of a maintenance.
    pub maintenance_background: String,
    /// Its words.
    pub maintenance_text: String,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self {
            position: "bottom-right".to_owned(),
            incident_background: "dc3545".to_owned(),
            incident_text: "ffffff".to_owned(),
            maintenance_background: "1d4f91".to_owned(),
            maintenance_text: "ffffff".to_owned(),
        }
    }
}

impl PrivateRecord for EmbedConfig {
    const KIND: &'static str = "embed_config";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}
