//! Announcements: titled texts with a beginning and an end.

use serde_json::json;

use crate::command::Command;
use crate::decide::draft::{Draft, check_said};
use crate::decide::seen::{Subject, plain};
use crate::decide::{BODY_CHARS_MAX, NAME_CHARS_MAX};
use crate::facts::{Announcement, Fact};
use crate::id::AnnouncementId;
use crate::journal::Audience;
use crate::refusal::Refusal;

/// Decides what is asked of an announcement.
pub(super) fn decide(draft: &mut Draft<'_>, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::CreateAnnouncement {
            title,
            body,
            from,
            to,
            notify,
        } => {
            let id = AnnouncementId::from(draft.draw());
            draft.acts("announcement_created", &id);
            let announcement = Announcement {
                id,
                title: title.clone(),
                body: body.clone(),
                from: from.unwrap_or(draft.now),
                to: *to,
                notify: *notify,
                created_at: draft.now,
                updated_at: draft.now,
                erased_at: None,
                edited_seq: None,
            };
            put(draft, announcement)
        }
        Command::UpdateAnnouncement {
            id,
            title,
            body,
            from,
            to,
        } => {
            let mut announcement = find(draft, id)?;
            draft.acts("announcement_changed", id);
            announcement.title = title.clone().unwrap_or(announcement.title);
            announcement.body = body.clone().unwrap_or(announcement.body);
            announcement.from = from.unwrap_or(announcement.from);
            announcement.to = to.clone().over(announcement.to);
            announcement.edited_seq = Some(draft.seq());
            put(draft, announcement)
        }
        Command::EndAnnouncement(id) => {
            let mut announcement = find(draft, id)?;
            draft.acts("announcement_ended", id);
            let end = announcement.to.map_or(draft.now, |to| to.min(draft.now));
            announcement.to = Some(end.max(announcement.from.plus_us(1)));
            put(draft, announcement)
        }
        _ => unreachable!("only commands about announcements are sent here"),
    }
}

fn find(draft: &Draft<'_>, id: &AnnouncementId) -> Result<Announcement, Refusal> {
    let found = draft.state.announcements.get(id).cloned();
    found.ok_or_else(|| Refusal::NotFound {
        kind: "announcement",
        id: id.to_string(),
    })
}

fn put(draft: &mut Draft<'_>, mut announcement: Announcement) -> Result<(), Refusal> {
    check_said("title", &announcement.title)?;
    draft.check_text("title", &announcement.title, NAME_CHARS_MAX)?;
    draft.check_text("body", &announcement.body, BODY_CHARS_MAX)?;
    if let Some(to) = announcement.to.filter(|to| *to <= announcement.from) {
        return Err(Refusal::EmptyWindow {
            from: announcement.from,
            to,
        });
    }
    // What readers see later only is not told in the public journal before.
    if announcement.from > draft.now {
        draft.audience = Audience::Team;
    }
    announcement.updated_at = draft.now;
    draft.put(Fact::Announcement(announcement));
    Ok(())
}

/// What a change of an announcement replaces.
pub(super) fn seen(draft: &Draft<'_>, command: &Command) -> Option<Subject> {
    let Command::UpdateAnnouncement {
        id,
        title,
        body,
        from,
        to,
    } = command
    else {
        return None;
    };
    let own = draft.state.announcements.get(id)?;
    Some(Subject {
        stands: plain(own),
        sent: json!({ "title": title, "body": body, "from": from, "to": to }),
        edited_seq: own.edited_seq,
    })
}
