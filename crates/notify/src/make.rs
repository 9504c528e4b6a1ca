//! A notice to deliveries: whose scope covers it. In slices, so that a hundred thousand subscribers
//! hold up nobody.

use noroshi_domain::subscriber::{
    Channel, EventKind, Level, Scope, Subscriber, SubscriberState, TEAM, Told, event_kind,
    team_lane,
};
use noroshi_domain::{
    ComponentId, GroupId, Impact, IncidentId, IncidentKind, Instant, Lifecycle, State,
};
use noroshi_page::view::View;
use noroshi_store::{NewDelivery, Notice, OpenNotice, Progress, Record, Slice, Store, StoreError};

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
    /// How bad it is, for the routes of operators; none: it goes to whoever was told before.
    level: Option<Level>,
}

/// What scopes ask of an event; `None`: readers do not see it, and nobody is told.
fn asked(
    store: &Store,
    state: &State,
    (open, event): (&Notice, &Event),
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
                    level: (!open.is_clear).then(|| level_of(told.incident.shown_impact())),
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
            level: Some(Level::Info),
        }),
        Event::Component { component, .. } => view.system(component).map(|_| Asked {
            kind: EventKind::Incidents,
            incident: None,
            touched: vec![(component.clone(), group(component))],
            touches: true,
            is_end: true,
            is_for_machines: true,
            level: None,
        }),
        _ => None,
    })
}

impl Asked {
    fn told(&self) -> Told<'_> {
        Told {
            kind: self.kind,
            incident: self.incident.as_ref(),
            touched: &self.touched,
            touches: self.touches,
            is_end: self.is_end,
        }
    }
}

const fn level_of(impact: Impact) -> Level {
    match impact {
        Impact::None => Level::Info,
        Impact::Maintenance => Level::Maintenance,
        Impact::Minor => Level::Minor,
        Impact::Major => Level::Major,
        Impact::Critical => Level::Critical,
    }
}

/// Whether a subscriber is told.
fn is_told(subscriber: &Subscriber, asked: &Asked) -> bool {
    let told = asked.told();
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

/// What the making of a page's deliveries sees.
pub struct Around<'a> {
    /// The page as it stands.
    pub state: &'a State,
    /// The channels of its operators.
    pub destinations: &'a [Destination],
    /// When.
    pub now: Instant,
}

/// Makes the next slice of a notice's deliveries; whether anything was made of it by us. Without a
/// page nobody is told.
///
/// # Errors
/// When the store fails.
pub fn make_slice(
    store: &Store,
    (open, event): (&OpenNotice, &Event),
    around: Option<&Around<'_>>,
    now: Instant,
) -> Result<bool, StoreError> {
    let close = |deliveries: &[NewDelivery]| store.deliver(open, None, deliveries, now);
    // Operators go first.
    let due = now.plus_seconds(-OPERATORS_AHEAD_S);
    match (event.whom(), around) {
        (Whom::One(id), _) => close(&one(store, id, event, now)?),
        (Whom::Destination(id), Some(around)) => {
            let own = around.destinations.iter().filter(|own| own.id == id);
            close(&own.map(|own| delivery_to(own, due)).collect::<Vec<_>>())
        }
        (Whom::Operators, Some(around)) => {
            let told = operators(around, event).map(|own| delivery_to(own, due));
            close(&told.collect::<Vec<_>>())
        }
        (Whom::Subscribers, Some(around)) => {
            match asked(store, around.state, (&open.notice, event), now)? {
                Some(asked) => subscribers(store, open, &asked, around),
                None => close(&[]),
            }
        }
        // The page is gone.
        (_, None) => close(&[]),
    }
}

fn subscribers(
    store: &Store,
    open: &OpenNotice,
    asked: &Asked,
    around: &Around<'_>,
) -> Result<bool, StoreError> {
    let (from, now) = (&open.progress, around.now);
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
    let people = records.iter().filter_map(|record| {
        let own = subscriber_of(record)?;
        is_told(&own, asked).then(|| NewDelivery {
            recipient: record.id.clone(),
            channel: own.channel.as_str().to_owned(),
            lane: lane(&record.id, &own),
            due,
        })
    });
    let first = slice.after.is_none();
    let rooms = around.destinations.iter().filter(|_| first);
    let rooms = rooms.filter(|own| reads_along(own, asked, around));
    let ahead = due.plus_seconds(-OPERATORS_AHEAD_S);
    let deliveries: Vec<NewDelivery> = rooms
        .map(|own| delivery_to(own, ahead))
        .chain(people)
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

fn delivery_to(own: &Destination, due: Instant) -> NewDelivery {
    NewDelivery {
        recipient: format!("{TEAM}{}", own.id),
        channel: own.channel.as_str().to_owned(),
        lane: team_lane(own.channel, &own.id),
        due,
    }
}

/// Whether a channel of operators gets what readers are told.
fn reads_along(own: &Destination, asked: &Asked, around: &Around<'_>) -> bool {
    let scope = Scope {
        components: own.components.clone(),
        ..Scope::default()
    };
    let minute = minute_of_day(around.state, around.now);
    let is_loud = asked.level.is_none_or(|level| {
        // What is said of no system has no severity.
        let passes = level >= own.least || level == Level::Info;
        passes && !is_quiet(own.quiet, minute, level)
    });
    own.posts && !asked.is_for_machines && is_loud && scope.covers(&asked.told())
}

/// The channels whose route covers a notice.
fn operators<'a>(
    around: &'a Around<'_>,
    event: &Event,
) -> impl Iterator<Item = &'a Destination> + use<'a> {
    let state = around.state;
    let (about, level) = match event {
        Event::Promise {
            incident,
            is_overdue,
            ..
        } => {
            let incident = state.incidents.get(incident);
            let about = incident.map(|own| own.components.clone());
            let level = if *is_overdue {
                Level::Major
            } else {
                Level::Minor
            };
            (about.unwrap_or_default(), level)
        }
        Event::Contradiction { component, .. } => (vec![component.clone()], Level::Major),
        Event::Stuck { .. } => (Vec::new(), Level::Major),
        _ => (Vec::new(), Level::Info),
    };
    let minute = minute_of_day(state, around.now);
    around.destinations.iter().filter(move |own| {
        let is_about = own.components.as_ref().is_none_or(|only| {
            about.is_empty() || about.iter().any(|component| only.contains(component))
        });
        own.notices && is_about && level >= own.least && !is_quiet(own.quiet, minute, level)
    })
}

/// The minute of the page's day.
pub(crate) fn minute_of_day(state: &State, now: Instant) -> u16 {
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
