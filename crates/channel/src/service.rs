//! Services by the channel's name and the address that a team gave.

use noroshi_domain::Instant;
use noroshi_domain::subscriber::Channel;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::Http;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::{
    discord, google_chat, line_works, opsgenie, pager_duty, slack, sms, teams, telegram, template,
};

/// A service with its address.
#[derive(Debug, Clone)]
pub enum Service {
    /// Slack.
    Slack(slack::Settings),
    /// Microsoft Teams.
    Teams(teams::Settings),
    /// Discord.
    Discord(discord::Settings),
    /// Google Chat.
    GoogleChat(google_chat::Settings),
    /// LINE WORKS.
    LineWorks(line_works::Settings),
    /// Telegram.
    Telegram(telegram::Settings),
    /// Text messages.
    Sms(sms::Settings),
    /// `PagerDuty`.
    PagerDuty(pager_duty::Settings),
    /// Opsgenie.
    Opsgenie(opsgenie::Settings),
    /// Any other, by a template.
    Http(template::Settings),
}

/// Why there is no service: the address lacks something, or the channel is none of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the channel's address can not be used")]
pub struct Fault;

fn read<T: DeserializeOwned>(target: &Value) -> Result<T, Fault> {
    T::deserialize(target).map_err(|_| Fault)
}

impl Service {
    /// The service that a channel names, with its address.
    ///
    /// # Errors
    /// [`Fault`] when the address lacks something or the channel is no such service.
    pub fn parse(channel: Channel, target: &Value) -> Result<Self, Fault> {
        Ok(match channel {
            Channel::Slack => Self::Slack(read(target)?),
            Channel::Teams => Self::Teams(read(target)?),
            Channel::Discord => Self::Discord(read(target)?),
            Channel::GoogleChat => Self::GoogleChat(read(target)?),
            Channel::LineWorks => Self::LineWorks(read(target)?),
            Channel::Telegram => Self::Telegram(read(target)?),
            Channel::Sms => Self::Sms(read(target)?),
            Channel::PagerDuty => Self::PagerDuty(read(target)?),
            Channel::Opsgenie => Self::Opsgenie(read(target)?),
            Channel::Http => Self::Http(read(target)?),
            Channel::Email | Channel::Webhook | Channel::WebPush => return Err(Fault),
        })
    }

    /// Sends a message once. `earlier` is what the service called the latest message of the
    /// thread: services that can do so change it.
    pub async fn send(
        &self,
        http: &Http,
        message: &Message,
        earlier: Option<&str>,
        now: Instant,
    ) -> Outcome {
        match self {
            Self::Slack(own) => slack::send(http, own, message, now).await,
            Self::Teams(own) => teams::send(http, own, message, now).await,
            Self::Discord(own) => discord::send(http, own, (message, earlier), now).await,
            Self::GoogleChat(own) => google_chat::send(http, own, message, now).await,
            Self::LineWorks(own) => line_works::send(http, own, message, now).await,
            Self::Telegram(own) => telegram::send(http, own, (message, earlier), now).await,
            Self::Sms(own) => sms::send(http, own, message, now).await,
            Self::PagerDuty(own) => pager_duty::send(http, own, message, now).await,
            Self::Opsgenie(own) => opsgenie::send(http, own, message, now).await,
            Self::Http(own) => template::send(http, own, message, now).await,
        }
    }
}
