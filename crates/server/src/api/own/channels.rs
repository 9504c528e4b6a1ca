//! Channels of a page's team. What the console does at *Channels*; what is secret in an address is
//! taken, and given back to nobody.

use std::collections::BTreeMap;

use noroshi_domain::subscriber::{Channel, Level};
use noroshi_domain::{ComponentId, Locale, Patch};
use noroshi_ops::channels::{NewTeamChannel, TeamChannel};
use noroshi_ops::{Permission, Stored};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listChannels",
            "/api/noroshi/v1/pages/{page_id}/channels",
            "Lists the channels of the team, by name.",
        ),
        list_of::<ChannelView>,
        list,
    )
    .needing(Permission::EditPage),
    Operation::get(
        (
            "getChannel",
            "/api/noroshi/v1/pages/{page_id}/channels/{channel}",
            "Gives a channel.",
        ),
        of::<ChannelView>,
        get,
    )
    .needing(Permission::EditPage),
    Operation::change(
        (
            "createChannel",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/channels",
            "Sets up a channel.",
        ),
        Permission::EditPage,
        create,
    )
    .with_body(of::<NewChannel>)
    .answering(201, of::<ChannelView>),
    Operation::change(
        (
            "updateChannel",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/channels/{channel}",
            "Changes a channel.",
        ),
        Permission::EditPage,
        update,
    )
    .with_body(of::<ChannelPatch>)
    .answering(200, of::<ChannelView>),
    Operation::change(
        (
            "deleteChannel",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/channels/{channel}",
            "Takes a channel away.",
        ),
        Permission::EditPage,
        delete,
    ),
];

/// Hours of the page's day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Quiet {
    /// Minute of the day at which they begin.
    from: u16,
    /// Minute of the day at which they end.
    to: u16,
}

/// A channel, without what is secret in its address.
#[derive(Debug, Serialize, JsonSchema)]
struct ChannelView {
    id: String,
    /// What the team calls it.
    name: String,
    /// Which service.
    channel: Channel,
    /// What of its address is no secret.
    target: BTreeMap<String, String>,
    /// In which language; absent: the page's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Locale>,
    /// Whether it gets the notices for operators.
    notices: bool,
    /// Whether it gets what readers are told.
    posts: bool,
    /// Only about these; empty: about all.
    components: Vec<ComponentId>,
    /// Only what is at least as bad.
    least: Level,
    /// When only what is critical comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet: Option<Quiet>,
    /// Minute of the day at which what stands open comes in one message.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<u16>,
    /// Whether it gets nothing for now.
    paused: bool,
}

impl From<Stored<TeamChannel>> for ChannelView {
    fn from(stored: Stored<TeamChannel>) -> Self {
        let value = stored.value;
        Self {
            id: stored.id,
            name: value.name,
            channel: value.channel,
            target: value.open,
            locale: value.locale,
            notices: value.notices,
            posts: value.posts,
            components: value.components,
            least: value.least,
            quiet: value.quiet.map(|(from, to)| Quiet { from, to }),
            digest: value.digest,
            paused: value.paused,
        }
    }
}

/// A new channel.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewChannel {
    /// What the team calls it; no other has the name.
    name: String,
    /// Which service; can not be changed.
    channel: Channel,
    /// Its address, by the fields of the service: `url`, `token`, `routing_key` …
    target: BTreeMap<String, String>,
    /// Absent: the page's default.
    #[serde(default)]
    locale: Option<Locale>,
    /// Whether it gets the notices for operators; absent: yes.
    #[serde(default)]
    notices: Option<bool>,
    /// Whether it gets what readers are told; absent: no.
    #[serde(default)]
    posts: bool,
    /// Only about these; absent: about all.
    #[serde(default)]
    components: Vec<ComponentId>,
    /// Only what is at least as bad; absent: everything.
    #[serde(default)]
    least: Option<Level>,
    /// When only what is critical comes.
    #[serde(default)]
    quiet: Option<Quiet>,
    /// Minute of the day at which what stands open comes in one message.
    #[serde(default)]
    digest: Option<u16>,
    /// Whether it gets nothing for now.
    #[serde(default)]
    paused: bool,
}

/// Changes of a channel.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ChannelPatch {
    name: Option<String>,
    /// Only the fields that change.
    target: BTreeMap<String, String>,
    /// `null`: the page's default.
    locale: Patch<Locale>,
    notices: Option<bool>,
    posts: Option<bool>,
    /// All that it is about; empty: about all.
    components: Option<Vec<ComponentId>>,
    least: Option<Level>,
    /// `null`: none.
    quiet: Patch<Quiet>,
    /// `null`: none.
    digest: Patch<u16>,
    paused: Option<bool>,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let all = call.app.team_channels(&call.caller, &call.page_id()?)?;
    let views: Vec<ChannelView> = all.into_iter().map(ChannelView::from).collect();
    Reply::of(&views, None)
}

fn found(call: &Call) -> Result<Stored<TeamChannel>, Problem> {
    let page = call.page_id()?;
    let id = call.name("channel");
    Ok(call.app.team_channel(&call.caller, &page, id)?)
}

fn get(call: &Call) -> Result<Reply, Problem> {
    Reply::of(&ChannelView::from(found(call)?), None)
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewChannel = call.body()?;
    let new = NewTeamChannel {
        name: new.name,
        channel: new.channel,
        target: new.target,
        locale: new.locale,
        notices: new.notices.unwrap_or(true),
        posts: new.posts,
        components: new.components,
        least: new.least.unwrap_or(Level::Info),
        quiet: new.quiet.map(|own| (own.from, own.to)),
        digest: new.digest,
        paused: new.paused,
    };
    let page = call.page_id()?;
    let made = call.app.create_channel(&call.caller, &page, new)?;
    Reply::of(&ChannelView::from(made), None)
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: ChannelPatch = call.body()?;
    let stands = found(call)?;
    let own = stands.value;
    let quiet = own.quiet.map(|(from, to)| Quiet { from, to });
    let new = NewTeamChannel {
        name: patch.name.unwrap_or(own.name),
        channel: own.channel,
        target: patch.target,
        locale: patch.locale.over(own.locale),
        notices: patch.notices.unwrap_or(own.notices),
        posts: patch.posts.unwrap_or(own.posts),
        components: patch.components.unwrap_or(own.components),
        least: patch.least.unwrap_or(own.least),
        quiet: patch.quiet.over(quiet).map(|own| (own.from, own.to)),
        digest: patch.digest.over(own.digest),
        paused: patch.paused.unwrap_or(own.paused),
    };
    let page = call.page_id()?;
    let of = (stands.id.as_str(), stands.version);
    let changed = call.app.change_channel(&call.caller, &page, of, new)?;
    Reply::of(&ChannelView::from(changed), None)
}

fn delete(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let id = call.name("channel");
    call.app.delete_channel(&call.caller, &page, id)?;
    Ok(Reply::nothing())
}
