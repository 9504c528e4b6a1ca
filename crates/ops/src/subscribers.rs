//! Subscribers: who wants to be told, of what, and how.

use noroshi_domain::IncidentId;
pub use noroshi_domain::subscriber::{Channel, EventKind, Scope, Subscriber, SubscriberState};
use noroshi_store::Key;

use crate::records::{PrivateRecord, shared_key, unique_key};

/// The key of those to whom a confirmation is owed.
pub const OWED_KEY: (&str, &str) = ("owed", "confirmation");

impl PrivateRecord for Subscriber {
    const KIND: &'static str = "subscriber";

    fn keys(&self) -> Vec<Key> {
        let of = self.scope.incident.as_ref().map_or("", IncidentId::as_str);
        let address = self.address().trim().to_lowercase();
        let whose = format!("{}/{of}/{}/{address}", self.page, self.channel.as_str());
        let mut keys = vec![unique_key("address", &whose)];
        if let Some(incident) = &self.scope.incident {
            let incident = format!("{}/{incident}", self.page);
            keys.push(shared_key("incident", &incident));
        }
        if self.confirmation_owed.is_some() {
            keys.push(shared_key(OWED_KEY.0, OWED_KEY.1));
        }
        keys
    }
}
