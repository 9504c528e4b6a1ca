//! Announcements: a titled text with a beginning and an end.

use noroshi_domain::{Announcement, AnnouncementId, Command, Instant, Patch, Texts};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listAnnouncements",
            "/api/noroshi/v1/pages/{page_id}/announcements",
            "Lists the announcements, the newest first.",
        ),
        list_of::<Announcement>,
        list,
    ),
    Operation::change(
        (
            "createAnnouncement",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/announcements",
            "Makes an announcement.",
        ),
        Permission::PostIncident,
        create,
    )
    .with_body(of::<NewAnnouncement>)
    .answering(201, of::<Announcement>),
    Operation::change(
        (
            "updateAnnouncement",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}/announcements/{announcement}",
            "Changes an announcement.",
        ),
        Permission::PostIncident,
        update,
    )
    .with_body(of::<AnnouncementPatch>)
    .answering(200, of::<Announcement>),
    Operation::change(
        (
            "endAnnouncement",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/announcements/{announcement}",
            "Ends an announcement now.",
        ),
        Permission::PostIncident,
        end,
    ),
];

/// A new announcement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewAnnouncement {
    title: Texts,
    #[serde(default)]
    body: Texts,
    /// From when; absent: now.
    #[serde(default)]
    from: Option<Instant>,
    /// Until when; absent: until it is ended.
    #[serde(default)]
    to: Option<Instant>,
    /// Whether subscribers are told.
    #[serde(default)]
    notify: bool,
}

/// Changes of an announcement.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct AnnouncementPatch {
    title: Option<Texts>,
    body: Option<Texts>,
    from: Option<Instant>,
    /// `null`: until it is ended.
    to: Patch<Instant>,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    let mut all: Vec<&Announcement> = state.announcements.values().collect();
    all.sort_by_key(|one| (std::cmp::Reverse(one.from), one.id.clone()));
    Reply::of(&all, Some(state.head.seq))
}

fn view(call: &Call, id: &str) -> Result<Reply, Problem> {
    let state = call.state()?;
    let found = AnnouncementId::parse(id).ok();
    let announcement = found.and_then(|id| state.announcements.get(&id));
    let announcement = announcement.ok_or_else(|| Problem::no_such("announcement", id))?;
    Reply::of(announcement, Some(state.head.seq))
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewAnnouncement = call.body()?;
    let answer = call.send(Command::CreateAnnouncement {
        title: new.title,
        body: new.body,
        from: new.from,
        to: new.to,
        notify: new.notify,
    })?;
    view(call, &answer.id)
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: AnnouncementPatch = call.body()?;
    call.send(Command::UpdateAnnouncement {
        id: id(call)?,
        title: patch.title,
        body: patch.body,
        from: patch.from,
        to: patch.to,
    })?;
    view(call, call.name("announcement"))
}

fn end(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::EndAnnouncement(id(call)?))
        .map(|answer| Reply::done(answer.seq))
}

fn id(call: &Call) -> Result<AnnouncementId, Problem> {
    call.id("announcement", AnnouncementId::parse)
}
