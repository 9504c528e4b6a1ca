//! A notice to deliveries: whose scope covers it. In slices, so that a hundred thousand subscribers
//! hold up nobody.

use noroshi_domain::subscriber::{
    Channel, EventKind, Subscriber, SubscriberState, Told, event_kind,
};
use noroshi_domain::{ComponentId, GroupId, IncidentId, IncidentKind, Instant, Lifecycle, State};
use noroshi_page::message::Level;
use noroshi_page::view::View;
use noroshi_store::{NewDelivery, OpenNotice, Progress, Record, Slice, Store, StoreError};

use crate::event::{Event, Whom};
use crate::limits::SLICE_SUBSCRIBERS;
use crate::outside::Destination;

/// The kind of record that subscribers are.
pub(crate) const SUBSCRIBER: &str = "subscriber";
/// The only stage there is: subscribers by their place.
const STAGE: &str = "subscribers";
/// How much earlier operators' deliveries are due, in seconds: they go first.
const OPERATORS_AHEAD_S: i64 = 3_600;

/// What scopes ask of an event, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    kind: EventKind,
    incident: Option<IncidentId>,
    touched: Vec<(ComponentId, Option<GroupId>)>,
    touches: bool,
    is_end: bool,
    /// Only webhooks are told of it.
    is_for_machines: bool,
}

/// What scopes ask of an event; `None`: readers do not see it, and nobody is told.
pub fn asked(
    store: &Store,
    state: &State,
    event: &Event,
    now: Instant,
) -> Result<Option<Asked>, StoreError> {
    let view = View::project(state, now);
    let group = |id: &ComponentId| {
        state
            .components
            .get(id)
            .and_then(|own| own.group_id.clone())
    };
    Ok(match event {
        Event::Update {
            incident,
            update,
            is_first,
        } => {
            let record = store.incident(&state.page.id, incident)?;
            let seen = record.as_ref().and_then(|record| view.told_of(record));
            seen.and_then(|told| {
                let own = told.updates.iter().find(|own| own.fact.id == *update)?;
                let lifecycle = own.fact.lifecycle;
                let ends = matches!(lifecycle, Lifecycle::Resolved | Lifecycle::Completed);
                let is_maintenance = told.incident.kind == IncidentKind::Maintenance;
                let touched = told.touched.iter();
                let attached = !told.incident.components.is_empty();
                Some(Asked {
                    kind: event_kind(is_maintenance, lifecycle),
                    incident: Some(incident.clone()),
                    touched: touched.map(|own| (own.id.clone(), group(own.id))).collect(),
                    touches: attached || !own.fact.affected.is_empty(),
                    is_end: *is_first || ends,
                    is_for_machines: false,
                })
            })
        }
        Event::Announcement { id } => state.announcements.get(id).map(|_| Asked {
            kind: EventKind::Announcements,
            incident: None,
            touched: Vec::new(),
            touches: false,
            is_end: true,
            is_for_machines: false,
        }),
        Event::Component { component, .. } => view.system(component).map(|_| Asked {
            kind: EventKind::Incidents,
            incident: None,
            touched: vec![(component.clone(), group(component))],
            touches: true,
            is_end: true,
            is_for_machines: true,
        }),
        _ => None,
    })
}

/// Whether a subscriber is told.
pub fn is_told(subscriber: &Subscriber, asked: &Asked) -> bool {
    let told = Told {
        kind: asked.kind,
        incident: asked.incident.as_ref(),
        touched: &asked.touched,
        touches: asked.touches,
        is_end: asked.is_end,
    };
    // Reference 3.6: text messages only when something begins and when it is over; changes of a
    // component's status only to webhooks.
    let takes = match subscriber.channel {
        Channel::Sms => asked.is_end && !asked.is_for_machines,
        Channel::Webhook => true,
        _ => !asked.is_for_machines,
    };
    subscriber.state == SubscriberState::Active && takes && subscriber.scope.covers(&told)
}

/// In which lane a subscriber's messages go: what is slow there holds up nobody elsewhere.
pub fn lane(id: &str, subscriber: &Subscriber) -> String {
    let channel = subscriber.channel.as_str();
    match subscriber.channel {
        Channel::Email | Channel::Sms => channel.to_owned(),
        Channel::Webhook => {
            let endpoint = subscriber.endpoint.as_deref().unwrap_or_default();
            format!("{channel}/{}", host_of(endpoint))
        }
        _ => format!("{channel}/{id}"),
    }
}

/// The host and port of an address, in small letters.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_lowercase()
}

/// Reads a subscriber; one that can not be read is told of by the log and passed over.
pub(crate) fn subscriber_of(record: &Record) -> Option<Subscriber> {
    let read = serde_json::from_str(&record.body);
    read.inspect_err(|error| {
        tracing::error!(subscriber.id = %record.id, "a subscriber can not be read: {error}");
    })
    .ok()
}

/// Makes the next slice of a notice's deliveries; whether anything was made of it by us.
pub fn make_slice(
    store: &Store,
    (open, event): (&OpenNotice, &Event),
    state: Option<&State>,
    destinations: &[Destination],
    now: Instant,
) -> Result<bool, StoreError> {
    let close = |deliveries: &[NewDelivery]| store.deliver(open, None, deliveries, now);
    match (event.whom(), state) {
        (Whom::One(id), _) => close(&one(store, id, event, now)?),
        (Whom::Operators, Some(state)) => {
            let due = now.plus_seconds(-OPERATORS_AHEAD_S);
            let told = operators(state, event, destinations, now);
            let deliveries = told.map(|own| delivery_to(own, due));
            close(&deliveries.collect::<Vec<_>>())
        }
        (Whom::Subscribers, Some(state)) => match asked(store, state, event, now)? {
            Some(asked) => subscribers(store, open, &asked, now),
            None => close(&[]),
        },
        // The page is gone.
        (_, None) => close(&[]),
    }
}

fn subscribers(
    store: &Store,
    open: &OpenNotice,
    asked: &Asked,
    now: Instant,
) -> Result<bool, StoreError> {
    let from = &open.progress;
    let slice = Slice {
        after: (from.stage == STAGE).then(|| from.after.clone()),
        offset: 0,
        limit: SLICE_SUBSCRIBERS,
    };
    let records = store.records(SUBSCRIBER, open.notice.page.as_ref(), &slice)?;
    // An announcement may be made ahead of its time; an entry is at most a little ahead of ours.
    let due = match asked.kind {
        EventKind::Announcements => open.notice.at.max(now),
        _ => now,
    };
    let deliveries: Vec<NewDelivery> = records
        .iter()
        .filter_map(|record| {
            let own = subscriber_of(record)?;
            is_told(&own, asked).then(|| NewDelivery {
                recipient: record.id.clone(),
                channel: own.channel.as_str().to_owned(),
                lane: lane(&record.id, &own),
                due,
            })
        })
        .collect();
    let last = records
        .last()
        .filter(|_| records.len() as u32 == SLICE_SUBSCRIBERS);
    let to = last.map(|record| Progress {
        stage: STAGE.to_owned(),
        after: (record.sort, record.id.clone()),
    });
    store.deliver(open, to.as_ref(), &deliveries, now)
}

fn one(
    store: &Store,
    id: &str,
    event: &Event,
    now: Instant,
) -> Result<Vec<NewDelivery>, StoreError> {
    let record = store.record(SUBSCRIBER, id)?;
    let own = record.as_ref().and_then(subscriber_of);
    Ok(own
        .map(|own| {
            // A contact is written to, whatever channel it is the contact of.
            let is_mail = matches!(event, Event::EndpointFailed { .. });
            let channel = if is_mail { Channel::Email } else { own.channel };
            let lane = if is_mail {
                channel.as_str().to_owned()
            } else {
                lane(id, &own)
            };
            NewDelivery {
                recipient: id.to_owned(),
                channel: channel.as_str().to_owned(),
                lane,
                due: now,
            }
        })
        .into_iter()
        .collect())
}

/// How a delivery to a channel of operators names its recipient.
pub(crate) const OPERATORS: &str = "to-";

fn delivery_to(own: &Destination, due: Instant) -> NewDelivery {
    NewDelivery {
        recipient: format!("{OPERATORS}{}", own.id),
        channel: own.channel.as_str().to_owned(),
        lane: format!("{}/{OPERATORS}{}", own.channel.as_str(), own.id),
        due,
    }
}

/// The channels whose route covers a notice.
fn operators<'a>(
    state: &State,
    event: &Event,
    destinations: &'a [Destination],
    now: Instant,
) -> impl Iterator<Item = &'a Destination> {
    let (about, level) = match event {
        Event::Promise {
            incident,
            is_overdue,
            ..
        } => {
            let incident = state.incidents.get(incident);
            let about = incident
                .map(|own| own.components.clone())
                .unwrap_or_default();
            let level = if *is_overdue {
                Level::Major
            } else {
                Level::Minor
            };
            (about, level)
        }
        Event::Contradiction { component, .. } => (vec![component.clone()], Level::Major),
        _ => (Vec::new(), Level::Info),
    };
    let minute = minute_of_day(state, now);
    destinations.iter().filter(move |own| {
        let is_about = own.components.as_ref().is_none_or(|only| {
            about.is_empty() || about.iter().any(|component| only.contains(component))
        });
        is_about && level >= own.least && !is_quiet(own.quiet, minute, level)
    })
}

fn minute_of_day(state: &State, now: Instant) -> u16 {
    let zoned = now
        .timestamp()
        .to_zoned(state.page.zone.time_zone().clone());
    u16::from(zoned.hour().unsigned_abs()) * 60 + u16::from(zoned.minute().unsigned_abs())
}

/// Whether a channel is left in peace; what is critical is told at any hour.
fn is_quiet(quiet: Option<(u16, u16)>, minute: u16, level: Level) -> bool {
    let Some((from, to)) = quiet else {
        return false;
    };
    let inside = if from <= to {
        (from..to).contains(&minute)
    } else {
        minute >= from || minute < to
    };
    inside && level < Level::Critical
}
