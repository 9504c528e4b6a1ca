//! How many will be told of what is composed. Counting reads every subscriber of the page, so what
//! was counted stands for a while: people type faster than others subscribe.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use noroshi_domain::subscriber::{Channel, Told, event_kind};
use noroshi_domain::{
    ComponentId, GroupId, IncidentId, IncidentKind, Instant, Lifecycle, PageId, SECOND_US, State,
};
use noroshi_ops::subscribers::Counts;
use noroshi_ops::{App, OpError};
use noroshi_page::view;
use noroshi_text::{labels, msg};

use crate::console::visit::Desk;
use crate::limits::{COUNTED_MAX, COUNTED_S};

/// What was counted lately.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<VecDeque<(Asked, Instant, Counts)>>);

/// What was counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    page: PageId,
    incident: IncidentId,
    touched: Vec<(ComponentId, Option<GroupId>)>,
    lifecycle: Option<Lifecycle>,
    is_first: bool,
}

/// How many are told of the newest update of an incident.
pub(super) fn of(
    app: &App,
    desk: &Desk,
    (foreseen, told): (&State, &view::Told<'_>),
    update: Option<&view::ToldUpdate<'_>>,
) -> Result<Counts, OpError> {
    let incident = told.incident;
    let touched = told.touched.iter().map(|own| {
        let component = foreseen.components.get(own.id);
        let group = component.and_then(|own| own.group_id.clone());
        (own.id.clone(), group)
    });
    let asked = Asked {
        page: desk.page.clone(),
        incident: incident.id.clone(),
        touched: touched.collect(),
        lifecycle: update.map(|own| own.fact.lifecycle),
        is_first: told.updates.len() == 1,
    };
    let counted = &desk.visit.inner.counted;
    if let Some(known) = counted.find(&asked, desk.now) {
        return Ok(known);
    }
    let lifecycle = asked.lifecycle.unwrap_or(Lifecycle::Investigating);
    let ends = matches!(lifecycle, Lifecycle::Resolved | Lifecycle::Completed);
    let is_maintenance = incident.kind == IncidentKind::Maintenance;
    let counts = app.count_told(
        &desk.page,
        &Told {
            kind: event_kind(is_maintenance, lifecycle),
            incident: Some(&asked.incident),
            touched: &asked.touched,
            touches: !incident.components.is_empty(),
            is_end: asked.is_first || ends,
        },
    )?;
    counted.keep(asked, desk.now, counts.clone());
    Ok(counts)
}

impl Counted {
    fn find(&self, asked: &Asked, now: Instant) -> Option<Counts> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: Instant| now.since_us(at).abs() < COUNTED_S * SECOND_US;
        let mut found = kept.iter();
        let found = found.find(|(own, at, _)| own == asked && fresh(*at));
        found.map(|(.., counts)| counts.clone())
    }

    fn keep(&self, asked: Asked, now: Instant, counts: Counts) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(own, ..)| *own != asked);
        if kept.len() >= COUNTED_MAX {
            kept.pop_front();
        }
        kept.push_back((asked, now, counts));
    }
}

/// "Told when you post: 1,204 by mail, 3 rooms, 12 webhooks."
pub(super) fn words(desk: &Desk, counts: &Counts) -> String {
    let l = desk.locale();
    let mut kinds = [0_usize; 5];
    for (channel, count) in counts {
        let kind = match channel {
            Channel::Email => 0,
            channel if channel.is_room() => 1,
            Channel::Webhook => 2,
            Channel::Sms | Channel::WebPush => 3,
            _ => 4,
        };
        kinds[kind] += count;
    }
    let said = [
        msg::preview_by_mail,
        msg::preview_rooms,
        msg::preview_webhooks,
        msg::preview_by_text,
        msg::preview_services,
    ];
    let said = said.iter().zip(kinds).filter(|(_, count)| *count > 0);
    let said: Vec<String> = said.map(|(say, count)| say(l, count as i64)).collect();
    if said.is_empty() {
        return msg::preview_told_none(l);
    }
    let list = labels::names(said.iter().map(String::as_str), l);
    msg::preview_told(l, &list)
}
