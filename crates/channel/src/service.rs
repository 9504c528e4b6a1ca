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

/// Why there is no service. Names fields, never what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The channel is none of these.
    #[error("the channel is no service")]
    Channel,
    /// The address is no list of fields.
    #[error("the channel's address can not be used: it is no object")]
    NoObject,
    /// A field is missing or wrong.
    #[error("the channel's address can not be used: `{0}` is missing or wrong")]
    Field(&'static str),
    /// It has a field that the service does not know.
    #[error("the channel's address can not be used: it has a field that the service does not know")]
    UnknownField,
}

/// Reads settings, of which all fields are texts.
fn read<T: DeserializeOwned>(
    target: &Value,
    needed: &[&'static str],
    others: &[&'static str],
) -> Result<T, Fault> {
    let fields = target.as_object().ok_or(Fault::NoObject)?;
    let is_text = |name: &str| fields.get(name).is_some_and(Value::is_string);
    let is_absent = |name: &str| fields.get(name).is_none_or(Value::is_null);
    let missing = needed.iter().find(|name| !is_text(name));
    let wrong = others
        .iter()
        .find(|name| !is_text(name) && !is_absent(name));
    if let Some(name) = missing.or(wrong) {
        return Err(Fault::Field(name));
    }
    T::deserialize(target).map_err(|_| Fault::UnknownField)
}

/// What most services need.
const URL: &[&str] = &["url"];
/// What some services may have.
const BASE: &[&str] = &["base"];

impl Service {
    /// The service that a channel names, with its address.
    ///
    /// # Errors
    /// [`Fault`] when the address lacks something or the channel is no such service.
    pub fn parse(channel: Channel, target: &Value) -> Result<Self, Fault> {
        let service = match channel {
            Channel::Slack => Self::Slack(read(target, URL, &[])?),
            Channel::Teams => Self::Teams(read(target, URL, &[])?),
            Channel::Discord => Self::Discord(read(target, URL, &[])?),
            Channel::GoogleChat => Self::GoogleChat(read(target, URL, &[])?),
            Channel::LineWorks => Self::LineWorks(read(target, URL, &[])?),
            Channel::Telegram => Self::Telegram(read(target, &["token", "chat_id"], BASE)?),
            Channel::Sms => {
                let needed = ["account_sid", "auth_token", "from", "to"];
                Self::Sms(read(target, &needed, BASE)?)
            }
            Channel::PagerDuty => Self::PagerDuty(read(target, &["routing_key"], BASE)?),
            Channel::Opsgenie => Self::Opsgenie(read(target, &["api_key"], BASE)?),
            Channel::Http => Self::Http(read(target, &["url", "body"], &["headers"])?),
            Channel::Email | Channel::Webhook | Channel::WebPush => return Err(Fault::Channel),
        };
        service.check().map_err(Fault::Field)?;
        Ok(service)
    }

    /// Names the field of the settings that can not be used.
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Slack(own) => own.check(),
            Self::Teams(own) => own.check(),
            Self::Discord(own) => own.check(),
            Self::GoogleChat(own) => own.check(),
            Self::LineWorks(own) => own.check(),
            Self::Telegram(own) => own.check(),
            Self::Sms(own) => own.check(),
            Self::PagerDuty(own) => own.check(),
            Self::Opsgenie(own) => own.check(),
            Self::Http(own) => own.check(),
        }
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
