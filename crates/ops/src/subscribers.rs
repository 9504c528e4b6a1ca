//! Subscribers: who wants to be told, of what, and how.

pub use noroshi_domain::subscriber::{Channel, EventKind, Scope, Subscriber, SubscriberState};
use noroshi_store::Key;

use crate::records::{PrivateRecord, shared_key, unique_key};

impl PrivateRecord for Subscriber {
    const KIND: &'static str = "subscriber";

    fn keys(&self) -> Vec<Key> {
        let lookups = self.lookups().into_iter();
        lookups
            .map(|(name, value, is_alone)| match is_alone {
                true => unique_key(name, &value),
                false => shared_key(name, &value),
            })
            .collect()
    }
}
