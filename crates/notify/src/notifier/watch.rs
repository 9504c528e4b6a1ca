//! What no entry says: the page that contradicts its probes, what does not get through, and what
//! stands open when a channel wants to be reminded of it once a day.

use std::collections::BTreeMap;

use noroshi_domain::contradiction::{self, Contradiction};
use noroshi_domain::subscriber::team_lane;
use noroshi_domain::{ComponentId, SECOND_US};
use noroshi_store::Ailing;
use serde::{Deserialize, Serialize};

use super::{Arc, Event, Instant, Notice, Notifier, PageId, State, StoreError};
use crate::limits::{AILING_MAX, DIGEST_LATE_MIN, STUCK_S, WATCH_EVERY_MS};
use crate::make::minute_of_day;
use crate::outside::Destination;

/// What operators were told of, and not yet that it is over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    contradictions: BTreeMap<ComponentId, Instant>,
    stuck: BTreeMap<String, Instant>,
}

impl Notifier {
    /// Looks every ten seconds at what no entry says.
    pub(super) fn watch(
        &mut self,
        states: &[(PageId, Arc<State>)],
        now: Instant,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let is_fresh = |at: u64| now_ms.saturating_sub(at) < WATCH_EVERY_MS;
        if self.watched_ms.is_some_and(is_fresh) {
            return Ok(());
        }
        self.watched_ms = Some(now_ms);
        for (page, state) in states {
            self.watch_page(page, state, now)?;
        }
        Ok(())
    }

    fn watch_page(&self, page: &PageId, state: &State, now: Instant) -> Result<(), StoreError> {
        let destinations = (self.outside.destinations)(page);
        let key = format!("notices_told/{page}");
        let before = self.store.setting(&key)?;
        let told: Told = before
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let mut after = told.clone();
        let mut notices = contradictions(page, state, &mut after, now);
        let ailing = self.store.ailing(page, AILING_MAX)?;
        notices.extend(stuck(page, (&ailing, &destinations), &mut after, now));
        notices.extend(digests(page, state, &destinations, now));
        if !notices.is_empty() {
            self.store.add_notices(&notices)?;
        }
        // Should this not be written, the same notices are made again, and are there already.
        if after != told {
            let text = serde_json::to_string(&after).expect("names and instants are JSON");
            self.store.set_setting(&key, &text)?;
        }
        Ok(())
    }
}

/// A notice of something that begins `since`, or is over now.
fn notice(
    page: &PageId,
    (name, since): (&str, Instant),
    (event, is_over): (&Event, bool),
    now: Instant,
) -> Notice {
    let thread = format!("{page}-{name}-{}", since.micros());
    Notice {
        id: if is_over {
            format!("{thread}-over")
        } else {
            thread.clone()
        },
        page: Some(page.clone()),
        thread,
        seq: now.micros() / SECOND_US + i64::from(is_over),
        body: serde_json::to_string(event).expect("an event is JSON"),
        at: now,
        is_clear: is_over,
    }
}

fn contradictions(page: &PageId, state: &State, told: &mut Told, now: Instant) -> Vec<Notice> {
    let open = contradiction::open(state, now).into_iter();
    let open: BTreeMap<ComponentId, Contradiction> = open
        .map(|found| (found.component_id.clone(), found))
        .collect();
    let mut notices = Vec::new();
    let mut tell = |component: &ComponentId, since: Instant, is_over: bool| {
        let event = Event::Contradiction {
            component: component.clone(),
            since,
            is_over,
        };
        let name = format!("contradiction-{component}");
        notices.push(notice(page, (&name, since), (&event, is_over), now));
    };
    told.contradictions.retain(|component, since| {
        let stands = open.contains_key(component);
        if !stands {
            tell(component, *since, true);
        }
        stands
    });
    for (component, found) in open {
        if found.told_at <= now && !told.contradictions.contains_key(&component) {
            tell(&component, found.since, false);
            told.contradictions.insert(component, found.since);
        }
    }
    notices
}

/// Lanes that concern operators: the services that all go through, and their own channels. That
/// one subscriber's webhook is dead is his matter.
fn stuck(
    page: &PageId,
    (ailing, destinations): (&[Ailing], &[Destination]),
    told: &mut Told,
    now: Instant,
) -> Vec<Notice> {
    let own = |lane: &str| {
        let mut all = destinations.iter();
        all.find(|own| team_lane(own.channel, &own.id) == lane)
    };
    let concerns = |found: &&Ailing| !found.lane.contains('/') || own(&found.lane).is_some();
    let concerned: Vec<&Ailing> = ailing.iter().filter(concerns).collect();
    let mut notices = Vec::new();
    let mut tell = |lane: &str, since: Instant, found: Option<&Ailing>| {
        let event = Event::Stuck {
            lane: lane.to_owned(),
            name: own(lane).map(|own| own.name.clone()),
            since,
            reason: found.map(|own| own.reason.clone()).unwrap_or_default(),
            count: found.map_or(0, |own| own.count),
            is_over: found.is_none(),
        };
        let name = format!("stuck-{lane}");
        notices.push(notice(page, (&name, since), (&event, found.is_none()), now));
    };
    told.stuck.retain(|lane, since| {
        let stands = concerned.iter().any(|found| found.lane == *lane);
        if !stands {
            tell(lane, *since, None);
        }
        stands
    });
    for found in concerned {
        let is_long = now.since_us(found.since) >= STUCK_S * SECOND_US;
        if is_long && !told.stuck.contains_key(&found.lane) {
            tell(&found.lane, found.since, Some(found));
            told.stuck.insert(found.lane.clone(), found.since);
        }
    }
    notices
}

/// Whether anything stands open that a digest would name.
fn has_open(state: &State, now: Instant) -> bool {
    let mut promises = state.promises.values();
    let is_owed = promises.any(|own| {
        let incident = state.incidents.get(&own.incident_id);
        own.is_open() && incident.is_some_and(|own| own.deleted_at.is_none())
    });
    is_owed || !contradiction::open(state, now).is_empty()
}

fn digests(
    page: &PageId,
    state: &State,
    destinations: &[Destination],
    now: Instant,
) -> Vec<Notice> {
    let minute = minute_of_day(state, now);
    let is_time = |at: u16| (at..at.saturating_add(DIGEST_LATE_MIN)).contains(&minute);
    let due: Vec<&Destination> = destinations
        .iter()
        .filter(|own| own.notices)
        // Who was left in peace is told after it.
        .filter(|own| {
            own.digest
                .or(own.quiet.map(|(_, to)| to))
                .is_some_and(is_time)
        })
        .collect();
    if due.is_empty() || !has_open(state, now) {
        return Vec::new();
    }
    let zone = state.page.zone.time_zone().clone();
    let day = now.timestamp().to_zoned(zone).date();
    due.into_iter()
        .map(|own| {
            let event = Event::Digest {
                destination: own.id.clone(),
            };
            let thread = format!("{page}-digest-{}", own.id);
            Notice {
                id: format!("{thread}-{day}"),
                page: Some(page.clone()),
                thread,
                seq: now.micros() / SECOND_US,
                body: serde_json::to_string(&event).expect("an event is JSON"),
                at: now,
                is_clear: false,
            }
        })
        .collect()
}
