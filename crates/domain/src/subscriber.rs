//! Subscribers: who wants to be told, of what, in which language, and how (DOMAIN "Things").
//!
//! A subscriber is a private record, no fact of a page: what stands here enters no journal.

use serde::{Deserialize, Serialize};

use crate::id::{ComponentId, GroupId, IncidentId, PageId};
use crate::locale::Locale;
use crate::status::Lifecycle;
use crate::time::Instant;

/// How somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Email,
    /// By text message.
    Sms,
    /// By a request to an address.
    Webhook,
    /// In a room of Slack, by its incoming webhook.
    Slack,
    /// In a room of Microsoft Teams, by its workflow's webhook.
    Teams,
    /// In a room of Discord, by its webhook.
    Discord,
    /// In a space of Google Chat, by its webhook.
    GoogleChat,
    /// In a room of LINE WORKS, by its incoming webhook.
    LineWorks,
    /// In a chat of Telegram, by a bot.
    Telegram,
    /// By a push to a browser.
    WebPush,
    /// As an event of `PagerDuty`; for operators.
    PagerDuty,
    /// As an alert of Opsgenie; for operators.
    Opsgenie,
    /// By a request whose body is a template; for operators.
    Http,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 13] = [
        Self::Email,
        Self::Sms,
        Self::Webhook,
        Self::Slack,
        Self::Teams,
        Self::Discord,
        Self::GoogleChat,
        Self::LineWorks,
        Self::Telegram,
        Self::WebPush,
        Self::PagerDuty,
        Self::Opsgenie,
        Self::Http,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Discord => "discord",
            Self::GoogleChat => "google_chat",
            Self::LineWorks => "line_works",
            Self::Telegram => "telegram",
            Self::WebPush => "web_push",
            Self::PagerDuty => "pager_duty",
            Self::Opsgenie => "opsgenie",
            Self::Http => "http",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == name)
    }

    /// Whether it posts to a room that many read, under an address that is a secret.
    pub const fn is_room(self) -> bool {
        matches!(
            self,
            Self::Slack
                | Self::Teams
                | Self::Discord
                | Self::GoogleChat
                | Self::LineWorks
                | Self::Telegram
        )
    }
}

/// How bad a message is, the worst last: a severity, a colour, what a route lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is over.
    Good,
    /// Nothing is wrong.
    Info,
    /// Planned work.
    Maintenance,
    /// Degraded.
    Minor,
    /// A partial outage.
    Major,
    /// A major outage.
    Critical,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 6] = [
        Self::Good,
        Self::Info,
        Self::Maintenance,
        Self::Minor,
        Self::Major,
        Self::Critical,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Info => "info",
            Self::Maintenance => "maintenance",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }

    /// Its colour, `#rrggbb`, for services that show one.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Good => "#1a7f4b",
            Self::Info => "#5b6472",
            Self::Maintenance => "#2f6fb5",
            Self::Minor => "#a66a00",
            Self::Major => "#c2530a",
            Self::Critical => "#c02626",
        }
    }
}

/// How the queue names a channel of a team as a recipient: this, and its code.
pub const TEAM: &str = "to-";

/// The lane of a team's channel: nothing else goes there.
pub fn team_lane(channel: Channel, id: &str) -> String {
    format!("{}/{TEAM}{id}", channel.as_str())
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A kind of event that somebody can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Incidents.
    Incidents,
    /// Maintenance.
    Maintenance,
    /// Postmortems.
    Postmortems,
    /// Announcements.
    Announcements,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Incidents,
        Self::Maintenance,
        Self::Postmortems,
        Self::Announcements,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Maintenance => "maintenance",
            Self::Postmortems => "postmortems",
            Self::Announcements => "announcements",
        }
    }
}

/// Of what somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Scope {
    /// Only of these components; with none here and no groups: of the whole page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentId>>,
    /// Only of what is in these groups, also what comes into them later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// Only of this incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Only of these kinds; none: of all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventKind>,
    /// Only when something begins and when it is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ends_only: bool,
}

/// Something that is told, as far as scopes ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// What kind.
    pub kind: EventKind,
    /// Of which incident.
    pub incident: Option<&'a IncidentId>,
    /// What it touches: components with their groups; only those the recipient may see.
    pub touched: &'a [(ComponentId, Option<GroupId>)],
    /// Whether it touches anything at all, seen or not.
    pub touches: bool,
    /// Whether it begins or ends what it belongs to.
    pub is_end: bool,
}

impl Scope {
    /// Whether it covers something that is told.
    ///
    /// What touches no component is of the page: those who asked for components are not told of
    /// it (reference 3.6: an incident only if it has one of theirs).
    pub fn covers(&self, told: &Told<'_>) -> bool {
        let is_wanted = self.events.is_empty() || self.events.contains(&told.kind);
        let is_part = match &self.incident {
            Some(own) => told.incident == Some(own),
            None => self.is_whole_page() || self.has_one_of(told.touched),
        };
        // What touches only what the recipient may not see is not told at all.
        let is_seen = !told.touches || !told.touched.is_empty();
        is_wanted && is_part && is_seen && (told.is_end || !self.ends_only)
    }

    /// Whether it leaves no component out.
    pub fn is_whole_page(&self) -> bool {
        self.components.is_none() && self.groups.is_empty()
    }

    fn has_one_of(&self, touched: &[(ComponentId, Option<GroupId>)]) -> bool {
        touched.iter().any(|(component, group)| {
            let is_named = self
                .components
                .as_ref()
                .is_some_and(|own| own.contains(component));
            is_named || group.as_ref().is_some_and(|id| self.groups.contains(id))
        })
    }
}

/// Which kind of event an update is.
pub const fn event_kind(is_maintenance: bool, lifecycle: Lifecycle) -> EventKind {
    match (is_maintenance, lifecycle) {
        (_, Lifecycle::Postmortem) => EventKind::Postmortems,
        (true, _) => EventKind::Maintenance,
        (false, _) => EventKind::Incidents,
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
    /// Of what.
    #[serde(flatten)]
    pub scope: Scope,
    /// In which language; none: the page's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// A room's address or a browser's keys, sealed: JSON that only the channel reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<serde_json::Value>,
    /// What the sealed address is found by: its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What a room or browser is called in lists: nothing in it lets anyone post there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Who of those with access to a restricted page it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<String>,
    /// Was not asked to confirm.
    pub unasked: bool,
    /// When it was asked to confirm, in the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_at: Vec<Instant>,
    /// A confirmation is still to be sent: the instant it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_owed: Option<Instant>,
    /// When it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Instant>,
    /// How many messages in a row could not be delivered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failure_count: u32,
    /// Could not be reached since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined_at: Option<Instant>,
    /// When it goes for good then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purge_at: Option<Instant>,
}

/// What those are found by to whom a confirmation is owed.
pub const OWED_LOOKUP: (&str, &str) = ("owed", "confirmation");

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for fields by reference"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Subscriber {
    /// One of a page on a channel, active, told of everything, with no address yet.
    pub fn new(page: PageId, channel: Channel) -> Self {
        Self {
            page,
            channel,
            state: SubscriberState::Active,
            email: None,
            endpoint: None,
            phone_number: None,
            phone_country: None,
            scope: Scope::default(),
            locale: None,
            sealed: None,
            digest: None,
            label: None,
            viewer: None,
            unasked: false,
            asked_at: Vec::new(),
            confirmation_owed: None,
            confirmed_at: None,
            failure_count: 0,
            quarantined_at: None,
            purge_at: None,
        }
    }

    /// The address, whatever the channel; of what is sealed, its digest.
    pub fn address(&self) -> &str {
        let address = match self.channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone_number,
            Channel::Webhook => &self.endpoint,
            _ => &self.digest,
        };
        address.as_deref().unwrap_or_default()
    }

    /// What it is found by in the store: name, value, and whether it alone may have it.
    pub fn lookups(&self) -> Vec<(&'static str, String, bool)> {
        let incident = self.scope.incident.as_ref();
        let of = incident.map_or("", IncidentId::as_str);
        let address = self.address().trim().to_lowercase();
        let whose = format!("{}/{of}/{}/{address}", self.page, self.channel.as_str());
        let mut lookups = vec![("address", whose, true)];
        if let Some(incident) = incident {
            lookups.push(("incident", format!("{}/{incident}", self.page), false));
        }
        if self.confirmation_owed.is_some() {
            lookups.push((OWED_LOOKUP.0, OWED_LOOKUP.1.to_owned(), false));
        }
        lookups
    }

    /// What it is called in lists of the team.
    pub fn shown_address(&self) -> &str {
        match &self.label {
            Some(label) => label,
            None => self.address(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(id: &str) -> ComponentId {
        ComponentId::parse(id).expect("an identifier")
    }

    fn told(touched: &[(ComponentId, Option<GroupId>)]) -> Told<'_> {
        Told {
            kind: EventKind::Incidents,
            incident: None,
            touched,
            touches: true,
            is_end: false,
        }
    }

    #[test]
    fn a_scope_of_components_covers_what_touches_one_of_them() {
        let scope = Scope {
            components: Some(vec![component("api"), component("jobs")]),
            ..Scope::default()
        };
        assert!(scope.covers(&told(&[(component("jobs"), None)])));
        assert!(!scope.covers(&told(&[(component("chat"), None)])));
        let of_nothing = Told {
            touches: false,
            ..told(&[])
        };
        assert!(!scope.covers(&of_nothing));
        assert!(Scope::default().covers(&of_nothing));
    }

    #[test]
    fn a_scope_of_groups_covers_their_components() {
        let group = GroupId::parse("g1").expect("an identifier");
        let scope = Scope {
            groups: vec![group.clone()],
            ..Scope::default()
        };
        assert!(scope.covers(&told(&[(component("api"), Some(group))])));
        assert!(!scope.covers(&told(&[(component("api"), None)])));
    }

    #[test]
    fn what_touches_only_unseen_components_is_told_to_nobody() {
        assert!(!Scope::default().covers(&told(&[])));
    }

    #[test]
    fn only_beginning_and_end_leaves_updates_between_out() {
        let scope = Scope {
            ends_only: true,
            ..Scope::default()
        };
        let touched = [(component("api"), None)];
        assert!(!scope.covers(&told(&touched)));
        let end = Told {
            is_end: true,
            ..told(&touched)
        };
        assert!(scope.covers(&end));
    }

    #[test]
    fn a_record_of_an_older_release_is_read() {
        let old = r#"{"page":"p1","channel":"email","state":"active","email":"a@example.com",
            "components":["api"],"incident":"i1","unasked":true}"#;
        let read: Subscriber = serde_json::from_str(old).expect("a subscriber");
        assert_eq!(read.scope.components, Some(vec![component("api")]));
        assert_eq!(read.scope.incident, IncidentId::parse("i1").ok());
    }
}
