//! Channels of a page's team: where operators are told, and by whom else than by mail from the
//! list of subscribers. What a channel needs is a table ([`fields_of`]), so that screens, API and
//! command line ask for the same; what is secret in it is sealed and never given back.

use std::collections::BTreeMap;

use noroshi_domain::decide::NAME_CHARS_MAX;
use noroshi_domain::subscriber::Channel;
pub use noroshi_domain::subscriber::Level;
use noroshi_domain::{ComponentId, Locale, PageId, Refusal};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{CHANNEL_FIELD_CHARS_MAX, CHANNELS_MAX};
use crate::records::{PrivateRecord, Stored};
use crate::secrets::Sealed;
use crate::subscribers::check_address;
use crate::templates::check_length;

/// Minutes of a day.
pub const DAY_MIN: u16 = 24 * 60;

/// What a field of a channel's address holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A web address.
    Url,
    /// A mail address.
    Mail,
    /// A number in international form (ITU-T E.164): `+81312345678`.
    Number,
    /// One line.
    Line,
    /// Several lines.
    Text,
}

/// One field of a channel's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetField {
    /// Its name, as the service has it.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether it is given to nobody any more.
    pub is_secret: bool,
    /// Whether there is no channel without it.
    pub is_needed: bool,
}

const fn field(name: &'static str, shape: Shape) -> TargetField {
    TargetField {
        name,
        shape,
        is_secret: false,
        is_needed: true,
    }
}

const fn secret(name: &'static str, shape: Shape) -> TargetField {
    TargetField {
        is_secret: true,
        ..field(name, shape)
    }
}

/// The address of a service that speaks the same: an own one, a stand-in.
const BASE: TargetField = TargetField {
    is_needed: false,
    ..field("base", Shape::Url)
};

/// The channels that a team can set up.
pub const TEAM_CHANNELS: [Channel; 11] = [
    Channel::Slack,
    Channel::Teams,
    Channel::Discord,
    Channel::GoogleChat,
    Channel::LineWorks,
    Channel::Telegram,
    Channel::PagerDuty,
    Channel::Opsgenie,
    Channel::Email,
    Channel::Sms,
    Channel::Http,
];

/// What a channel's address is made of; empty: a team can not set it up.
pub const fn fields_of(channel: Channel) -> &'static [TargetField] {
    match channel {
        Channel::Slack
        | Channel::Teams
        | Channel::Discord
        | Channel::GoogleChat
        | Channel::LineWorks => const { &[secret("url", Shape::Url)] },
        Channel::Telegram => {
            const {
                &[
                    secret("token", Shape::Line),
                    field("chat_id", Shape::Line),
                    BASE,
                ]
            }
        }
        Channel::PagerDuty => const { &[secret("routing_key", Shape::Line), BASE] },
        Channel::Opsgenie => const { &[secret("api_key", Shape::Line), BASE] },
        Channel::Email => const { &[field("to", Shape::Mail)] },
        Channel::Sms => {
            const {
                &[
                    field("to", Shape::Number),
                    field("from", Shape::Line),
                    field("account_sid", Shape::Line),
                    secret("auth_token", Shape::Line),
                    BASE,
                ]
            }
        }
        Channel::Http => {
            const {
                &[
                    secret("url", Shape::Url),
                    TargetField {
                        is_needed: false,
                        ..secret("headers", Shape::Text)
                    },
                    field("body", Shape::Text),
                ]
            }
        }
        Channel::Webhook | Channel::WebPush => &[],
    }
}

/// A channel of a team. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChannel {
    /// What the team calls it.
    pub name: String,
    /// Which service.
    pub channel: Channel,
    /// What of its address is no secret.
    pub open: BTreeMap<String, String>,
    /// The rest, sealed: a JSON object.
    sealed: Sealed,
    /// In which language; none: the page's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// Gets the notices for operators: promises, contradictions, channels that fail.
    pub notices: bool,
    /// Gets what readers are told: incidents, maintenance, announcements.
    pub posts: bool,
    /// Only about these; none: about all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentId>,
    /// Only what is at least as bad.
    pub least: Level,
    /// Minutes of the page's day, from and to, in which only what is critical comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<(u16, u16)>,
    /// Minute of the page's day at which what stands open comes in one message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<u16>,
    /// Gets nothing for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

impl PrivateRecord for TeamChannel {
    const KIND: &'static str = "channel";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

/// A channel as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTeamChannel {
    /// What the team calls it.
    pub name: String,
    /// Which service; can not be changed later.
    pub channel: Channel,
    /// Its address by the names of [`fields_of`]; what is left out stays as it is.
    pub target: BTreeMap<String, String>,
    /// In which language.
    pub locale: Option<Locale>,
    /// Gets the notices for operators.
    pub notices: bool,
    /// Gets what readers are told.
    pub posts: bool,
    /// Only about these.
    pub components: Vec<ComponentId>,
    /// Only what is at least as bad.
    pub least: Level,
    /// Minutes of the page's day.
    pub quiet: Option<(u16, u16)>,
    /// Minute of the page's day.
    pub digest: Option<u16>,
    /// Gets nothing for now.
    pub paused: bool,
}

/// A channel with its address opened: for whoever sends.
#[derive(Clone, PartialEq)]
pub struct OpenChannel {
    /// Its code.
    pub id: String,
    /// What is no secret.
    pub channel: TeamChannel,
    /// Its whole address: a JSON object of texts.
    pub target: Value,
}

impl std::fmt::Debug for OpenChannel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OpenChannel")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl App {
    /// The channels of a page's team, by name. Their addresses' secrets stay sealed.
    ///
    /// # Errors
    /// [`OpError::Forbidden`].
    pub fn team_channels(
        &self,
        caller: &Caller,
        page: &PageId,
    ) -> Result<Vec<Stored<TeamChannel>>, OpError> {
        caller.require(Some(page), Permission::EditPage)?;
        self.channels_of(page)
    }

    pub(crate) fn channels_of(&self, page: &PageId) -> Result<Vec<Stored<TeamChannel>>, OpError> {
        let most = u32::try_from(CHANNELS_MAX).unwrap_or(u32::MAX);
        let mut all: Vec<Stored<TeamChannel>> = self.records(Some(page), &Slice::first(most))?;
        all.sort_by_key(|own| own.value.name.clone());
        Ok(all)
    }

    /// A channel of a page.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::NotFound`], also for one of another page.
    pub fn team_channel(
        &self,
        caller: &Caller,
        page: &PageId,
        id: &str,
    ) -> Result<Stored<TeamChannel>, OpError> {
        caller.require(Some(page), Permission::EditPage)?;
        let found = self.record::<TeamChannel>(id)?;
        let own = found.filter(|own| own.page.as_ref() == Some(page));
        own.ok_or_else(|| OpError::NotFound {
            kind: TeamChannel::KIND,
            id: id.to_owned(),
        })
    }

    /// The channels of a page that get something, opened: for whoever sends. One whose secrets can
    /// not be opened is left out, and the log says so.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn open_channels(&self, page: &PageId) -> Result<Vec<OpenChannel>, OpError> {
        let all = self.channels_of(page)?.into_iter();
        let standing = all.filter(|own| !own.value.paused);
        let opened = standing.filter_map(|own| {
            let id = own.id.clone();
            self.opened(own)
                .inspect_err(
                    |error| tracing::error!(channel.id = %id, "it can not be opened: {error}"),
                )
                .ok()
        });
        Ok(opened.collect())
    }

    /// One channel, opened, to try it.
    ///
    /// # Errors
    /// As [`App::team_channel`]; when its secrets can not be opened.
    pub fn open_channel(
        &self,
        caller: &Caller,
        page: &PageId,
        id: &str,
    ) -> Result<OpenChannel, OpError> {
        self.opened(self.team_channel(caller, page, id)?)
    }

    fn opened(&self, own: Stored<TeamChannel>) -> Result<OpenChannel, OpError> {
        let mut target = self.secrets_of(&own.value)?;
        for (name, text) in &own.value.open {
            target.insert(name.clone(), Value::String(text.clone()));
        }
        Ok(OpenChannel {
            id: own.id,
            channel: own.value,
            target: Value::Object(target),
        })
    }

    fn secrets_of(&self, own: &TeamChannel) -> Result<Map<String, Value>, OpError> {
        let opened = self.unseal(&own.sealed)?;
        serde_json::from_slice(&opened)
            .map_err(|_| OpError::Store("a channel's address can not be read".to_owned()))
    }

    /// Sets up a channel.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; a refusal when a field can not stand, another has the name, or there
    /// are too many.
    pub fn create_channel(
        &self,
        caller: &Caller,
        page: &PageId,
        new: NewTeamChannel,
    ) -> Result<Stored<TeamChannel>, OpError> {
        caller.require(Some(page), Permission::EditPage)?;
        let (given, most) = (self.channels_of(page)?.len() + 1, CHANNELS_MAX as usize);
        if given > most {
            let field = "channels";
            return Err(Refusal::TooLong { field, given, most }.into());
        }
        let value = self.checked_channel(page, new, None)?;
        let detail = json!({ "name": value.name, "channel": value.channel });
        let stored = self.new_record(Some(page), value);
        self.put_record(caller, &stored, "channel_created", detail)
    }

    /// Puts a channel over the version that was read. What of its address is left out stays.
    ///
    /// # Errors
    /// As [`App::create_channel`]; [`OpError::NotFound`]; [`OpError::Stale`] when it was changed
    /// meanwhile.
    pub fn change_channel(
        &self,
        caller: &Caller,
        page: &PageId,
        (id, version): (&str, i64),
        new: NewTeamChannel,
    ) -> Result<Stored<TeamChannel>, OpError> {
        let held = self.team_channel(caller, page, id)?;
        let value = self.checked_channel(page, new, Some(&held))?;
        let detail = json!({ "name": value.name, "channel": value.channel });
        let stored = Stored {
            version,
            value,
            ..held
        };
        self.put_record(caller, &stored, "channel_changed", detail)
    }

    /// Takes a channel away; nothing of what waits for it is sent any more.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::NotFound`].
    pub fn delete_channel(&self, caller: &Caller, page: &PageId, id: &str) -> Result<(), OpError> {
        let held = self.team_channel(caller, page, id)?;
        let detail = json!({ "name": held.value.name });
        self.delete_record(caller, &held, "channel_deleted", detail)
    }

    fn checked_channel(
        &self,
        page: &PageId,
        new: NewTeamChannel,
        held: Option<&Stored<TeamChannel>>,
    ) -> Result<TeamChannel, OpError> {
        let name = new.name.trim().to_owned();
        check_name(&name)?;
        let mut all = self.channels_of(page)?.into_iter();
        let own = held.map(|held| held.id.as_str());
        if all.any(|one| one.value.name == name && Some(one.id.as_str()) != own) {
            return Err(Refusal::Taken {
                kind: TeamChannel::KIND,
                id: name,
            }
            .into());
        }
        if held.is_some_and(|held| held.value.channel != new.channel) {
            return Err(wrong("channel", "it can not be changed: make another"));
        }
        if fields_of(new.channel).is_empty() {
            return Err(wrong("channel", "a team can not be told by this"));
        }
        if !new.notices && !new.posts {
            let reason = "choose notices for operators, what readers are told, or both";
            return Err(wrong("notices", reason));
        }
        let state = self.state(page)?;
        for id in &new.components {
            if !state.components.contains_key(id) {
                let (kind, id) = ("component", id.to_string());
                return Err(Refusal::NotFound { kind, id }.into());
            }
        }
        check_hours(&new)?;
        let mut secrets = match held {
            Some(held) => self.secrets_of(&held.value)?,
            None => Map::new(),
        };
        let mut open = held.map(|held| held.value.open.clone()).unwrap_or_default();
        merge(&new, &mut open, &mut secrets)?;
        Ok(TeamChannel {
            name,
            channel: new.channel,
            open,
            sealed: self.seal(Value::Object(secrets).to_string().as_bytes())?,
            locale: new.locale,
            notices: new.notices,
            posts: new.posts,
            components: new.components,
            least: new.least,
            quiet: new.quiet,
            digest: new.digest,
            paused: new.paused,
        })
    }
}

/// Lays what was typed over what stands, and asks for what is missing.
fn merge(
    new: &NewTeamChannel,
    open: &mut BTreeMap<String, String>,
    secrets: &mut Map<String, Value>,
) -> Result<(), OpError> {
    let fields = fields_of(new.channel);
    let is_known = |name: &String| fields.iter().any(|own| own.name == name.as_str());
    if new.target.keys().any(|name| !is_known(name)) {
        let names: Vec<&str> = fields.iter().map(|own| own.name).collect();
        let reason = format!("it has {}", names.join(", "));
        return Err(wrong("target", &reason));
    }
    for own in fields {
        let typed = new.target.get(own.name).map(|text| text.trim());
        match typed {
            Some("") if !own.is_needed => {
                open.remove(own.name);
                secrets.remove(own.name);
            }
            Some(text) if !text.is_empty() => {
                check_target(*own, text)?;
                if own.is_secret {
                    secrets.insert(own.name.to_owned(), Value::String(text.to_owned()));
                } else {
                    open.insert(own.name.to_owned(), text.to_owned());
                }
            }
            _ => {}
        }
        let stands = open.contains_key(own.name) || secrets.contains_key(own.name);
        if own.is_needed && !stands {
            return Err(wrong(own.name, "it is needed"));
        }
    }
    Ok(())
}

fn check_target(own: TargetField, text: &str) -> Result<(), OpError> {
    check_length(own.name, text, CHANNEL_FIELD_CHARS_MAX)?;
    let is_line = !text.chars().any(char::is_control);
    let (fits, reason) = match own.shape {
        Shape::Url => {
            let fits = check_address(Channel::Webhook, text).is_ok();
            (fits, "write it like https://example.com/hook")
        }
        Shape::Mail => {
            let fits = check_address(Channel::Email, text).is_ok();
            (fits, "write it like ada@example.com")
        }
        Shape::Number => (is_number(text), "write it like +81312345678"),
        Shape::Line => {
            let is_one = !text.chars().any(char::is_whitespace);
            (is_line && is_one, "write it in one line, without blanks")
        }
        Shape::Text => (true, ""),
    };
    if !fits {
        return Err(wrong(own.name, reason));
    }
    Ok(())
}

/// ITU-T E.164: a plus and at most fifteen digits.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_name(name: &str) -> Result<(), OpError> {
    if name.is_empty() {
        return Err(Refusal::Empty { field: "name" }.into());
    }
    Ok(check_length("name", name, NAME_CHARS_MAX)?)
}

fn check_hours(new: &NewTeamChannel) -> Result<(), OpError> {
    let is_minute = |minute: u16| minute < DAY_MIN;
    let is_quiet = new
        .quiet
        .is_none_or(|(from, to)| is_minute(from) && is_minute(to) && from != to);
    if !is_quiet {
        return Err(wrong("quiet", "write two different times of a day"));
    }
    if new.digest.is_some_and(|at| !is_minute(at)) {
        return Err(wrong("digest", "write a time of a day"));
    }
    Ok(())
}

fn wrong(field: &'static str, reason: &str) -> OpError {
    let reason = reason.to_owned();
    Refusal::BadSetting { field, reason }.into()
}
