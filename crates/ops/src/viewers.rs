//! Who may see what is restricted on a page: single people, and groups of them.

use noroshi_domain::{ComponentId, Instant, PageId};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::{PrivateRecord, shared_key, unique_key};

/// Somebody who may see restricted things. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Of which page.
    pub page: PageId,
    /// His address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the operator's own sign-on calls him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_login: Option<String>,
    /// The groups he is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Components granted to him alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// Metrics granted to him alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// When it last changed.
    pub updated_at: Instant,
}

impl PrivateRecord for Viewer {
    const KIND: &'static str = "viewer";

    fn keys(&self) -> Vec<Key> {
        let own = |name, value: &str| {
            let value = format!("{}/{}", self.page, value.trim().to_lowercase());
            unique_key(name, &value)
        };
        let email = self.email.iter().map(|email| own("email", email));
        let login = self.external_login.iter().map(|login| own("login", login));
        let groups = self.groups.iter().map(|group| shared_key("group", group));
        email.chain(login).chain(groups).collect()
    }
}

/// People who see the same restricted things. Belongs to a page; who is in it stands at the
/// [`Viewer`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Of which page.
    pub page: PageId,
    /// What it is called.
    pub name: String,
    /// What the operator's own sign-on calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_identifier: Option<String>,
    /// Components granted to all in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// Metrics granted to all in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// When it last changed.
    pub updated_at: Instant,
}

impl PrivateRecord for Audience {
    const KIND: &'static str = "audience";

    fn keys(&self) -> Vec<Key> {
        let own = |identifier: &String| {
            let value = format!("{}/{}", self.page, identifier.trim());
            unique_key("external_identifier", &value)
        };
        self.external_identifier.iter().map(own).collect()
    }
}
