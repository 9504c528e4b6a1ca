//! Subscribers: who wants to be told, of what, and how.

use noroshi_domain::{ComponentId, IncidentId, Instant, PageId};
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::{PrivateRecord, shared_key, unique_key};

/// How a subscriber is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Email,
    /// By text message.
    Sms,
    /// By a request to an address.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Webhook];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
        }
    }
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriberState {
    /// Is told.
    Active,
    /// Has not said yet that the address is his.
    Unconfirmed,
    /// Could not be reached.
    Quarantined,
    /// Wants to be told no more.
    Unsubscribed,
}

impl SubscriberState {
    /// Every state.
    pub const ALL: [Self; 4] = [
        Self::Active,
        Self::Unconfirmed,
        Self::Quarantined,
        Self::Unsubscribed,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Unconfirmed => "unconfirmed",
            Self::Quarantined => "quarantined",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// Somebody who wants to be told. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Of which page.
    pub page: PageId,
    /// How.
    pub channel: Channel,
    /// Where it stands.
    pub state: SubscriberState,
    /// Address of mail; a webhook's, for when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address of a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Number for text messages, as it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Its country, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_country: Option<String>,
    /// Only of these components; none: of the whole page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentId>>,
    /// Only of this incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Who of those with access to a restricted page it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<String>,
    /// Was not asked to confirm.
    pub unasked: bool,
    /// Could not be reached since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined_at: Option<Instant>,
    /// When it goes for good then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purge_at: Option<Instant>,
}

impl Subscriber {
    /// The address, whatever the channel.
    pub fn address(&self) -> &str {
        let address = match self.channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone_number,
            Channel::Webhook => &self.endpoint,
        };
        address.as_deref().unwrap_or_default()
    }
}

impl PrivateRecord for Subscriber {
    const KIND: &'static str = "subscriber";

    fn keys(&self) -> Vec<Key> {
        let of = self.incident.as_ref().map_or("", IncidentId::as_str);
        let address = self.address().trim().to_lowercase();
        let whose = format!("{}/{of}/{}/{address}", self.page, self.channel.as_str());
        let mut keys = vec![unique_key("address", &whose)];
        if let Some(incident) = &self.incident {
            let incident = format!("{}/{incident}", self.page);
            keys.push(shared_key("incident", &incident));
        }
        keys
    }
}
