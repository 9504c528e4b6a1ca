//! Claiming what is due, and sending it lane by lane.

use noroshi_domain::subscriber::{Channel, Subscriber, SubscriberState, TEAM};
use noroshi_store::Record;

use super::bookkeeping::{CONFIRM, FAILED};
use super::{
    ATTEMPT_S_MAX, Arc, CLAIM_MAX, Claimed, Done, Due, Duration, EMAIL_LANE_MAX, End, Event,
    Finished, HashMap, IN_FLIGHT_MAX, Instant, Item, LANE_WAITING_MAX, Lane, Notice, Notifier,
    Outcome, PageId, ROOM_LANE_MAX, SMS_LANE_MAX, State, StoreError, WEBHOOK_LANE_MAX, event_of,
};
use crate::make::{SUBSCRIBER, subscriber_of};
use crate::outside::{Destination, Target, Token};
use crate::word::{Own, Worded, confirmation};

/// What a claim needs to be worded, read for all of them at once.
struct Loaded<'a> {
    states: &'a [(PageId, Arc<State>)],
    notices: HashMap<String, Option<(Notice, Event)>>,
    subscribers: HashMap<String, Subscriber>,
    destinations: HashMap<PageId, Vec<Destination>>,
    now: Instant,
}

/// Whom a claim goes to.
enum Recipient<'a> {
    Subscriber(&'a Subscriber),
    Operators(&'a Destination),
}

impl Notifier {
    /// Claims what is due and sends it; how many were claimed.
    pub(super) fn send(
        &mut self,
        states: &[(PageId, Arc<State>)],
        now: Instant,
    ) -> Result<usize, StoreError> {
        self.start_waiting(now);
        if !self.may_be_due || self.in_flight + self.waiting_count() >= IN_FLIGHT_MAX {
            return Ok(0);
        }
        let full = self.full_lanes(now);
        let claimed = self.store.claim(&self.node, now, &full, CLAIM_MAX)?;
        // What rests or failed is due later without anybody saying so: see `watch_nodes`.
        self.may_be_due = claimed.len() as u32 == CLAIM_MAX;
        let count = claimed.len();
        let loaded = self.load(&claimed, states, now)?;
        for own in claimed {
            self.begin(own, &loaded)?;
        }
        self.start_waiting(now);
        self.write_ended()?;
        Ok(count)
    }

    fn waiting_count(&self) -> usize {
        self.lanes.values().map(|lane| lane.waiting.len()).sum()
    }

    /// Lanes from which nothing more is claimed now.
    fn full_lanes(&self, now: Instant) -> Vec<String> {
        let full = self.lanes.iter().filter(|(_, lane)| {
            let most = if lane.failures > 0 {
                1
            } else {
                LANE_WAITING_MAX
            };
            lane.waiting.len() >= most || lane.rests(now)
        });
        full.map(|(name, _)| name.clone()).collect()
    }

    fn load<'a>(
        &self,
        claimed: &[Claimed],
        states: &'a [(PageId, Arc<State>)],
        now: Instant,
    ) -> Result<Loaded<'a>, StoreError> {
        let mut notices = HashMap::new();
        let mut destinations = HashMap::new();
        let mut ids = Vec::new();
        for own in claimed {
            if !notices.contains_key(&own.notice_id) {
                let notice = self.store.notice(&own.notice_id)?;
                let with_event = notice.and_then(|notice| {
                    let event = event_of(&notice)?;
                    Some((notice, event))
                });
                notices.insert(own.notice_id.clone(), with_event);
            }
            match (own.recipient.strip_prefix(TEAM), &own.page) {
                (Some(_), Some(page)) => {
                    let of_page = destinations.entry(page.clone());
                    of_page.or_insert_with(|| (self.outside.destinations)(page));
                }
                _ => ids.push(own.recipient.as_str()),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let records: Vec<Record> = self.store.records_by_id(SUBSCRIBER, &ids)?;
        let subscribers = records
            .into_iter()
            .filter_map(|record| Some((record.id.clone(), subscriber_of(&record)?)))
            .collect();
        Ok(Loaded {
            states,
            notices,
            subscribers,
            destinations,
            now,
        })
    }

    /// Words a claim and puts it in its lane, or ends it where there is nothing to tell.
    fn begin(&mut self, claimed: Claimed, loaded: &Loaded<'_>) -> Result<(), StoreError> {
        let item = self.item(&claimed, loaded)?;
        let Some(item) = item else {
            self.ended.push(Finished {
                notice_id: claimed.notice_id,
                recipient: claimed.recipient,
                end: End::Suppressed { at: loaded.now },
                reason: "there is nobody or nothing to tell any more".to_owned(),
            });
            return Ok(());
        };
        let lane = self.lanes.entry(claimed.lane.clone()).or_default();
        if lane.waiting.len() >= LANE_WAITING_MAX {
            self.ended.push(Finished {
                notice_id: claimed.notice_id,
                recipient: claimed.recipient,
                end: End::Returned { due: loaded.now },
                reason: String::new(),
            });
        } else {
            let own = loaded.subscribers.get(&claimed.recipient);
            lane.waiting.push_back(Due {
                item: Box::new(item),
                has_failed: own.is_some_and(|own| own.failure_count > 0),
                claimed,
            });
        }
        Ok(())
    }

    fn item(&mut self, claimed: &Claimed, loaded: &Loaded<'_>) -> Result<Option<Item>, StoreError> {
        let found = loaded.notices.get(&claimed.notice_id);
        let Some((notice, event)) = found.and_then(Option::as_ref) else {
            return Ok(None);
        };
        let Some(state) = loaded.state(claimed.page.as_ref()) else {
            return Ok(None);
        };
        let Some(recipient) = loaded.recipient(claimed) else {
            return Ok(None);
        };
        let Some(channel) = Channel::parse(&claimed.channel) else {
            return Ok(None);
        };
        let wanted = match &recipient {
            Recipient::Subscriber(own) => own.locale,
            Recipient::Operators(own) => own.locale,
        };
        let locale = wanted.unwrap_or(state.page.default_locale);
        let own = match (event, &recipient) {
            (Event::Confirmation { .. }, Recipient::Subscriber(own)) => Some(own),
            _ => None,
        };
        let worded = if let Some(own) = own {
            let token = (self.outside.token)(Token::Confirm, &claimed.recipient);
            let link = token.map(|token| link(state, &format!("{token}/confirm")));
            // Who has said so before is told that nothing has changed.
            let link = link.filter(|_| own.state != SubscriberState::Active);
            let at = (notice.at, loaded.now);
            Some(Arc::new(confirmation(state, link.as_deref(), at, locale)))
        } else {
            let of = (notice, event);
            self.worder
                .word((&self.store, state), of, (channel, locale), loaded.now)?
        };
        let Some(worded) = worded else {
            return Ok(None);
        };
        let made = self.made(claimed, (&recipient, channel), &worded, (state, event));
        Ok(made.map(|item| Item {
            at: loaded.now,
            ..item
        }))
    }

    fn made(
        &self,
        claimed: &Claimed,
        (recipient, channel): (&Recipient<'_>, Channel),
        worded: &Worded,
        (state, event): (&State, &Event),
    ) -> Option<Item> {
        let target = self.target(recipient, channel)?;
        let is_asked = matches!(event, Event::Confirmation { .. });
        let links = match recipient {
            Recipient::Subscriber(_) if !is_asked => {
                let token = (self.outside.token)(Token::Manage, &claimed.recipient)?;
                let manage = link(state, &token);
                let leave = format!("{manage}/leave");
                Some((manage, leave))
            }
            _ => None,
        };
        let locale = match recipient {
            Recipient::Subscriber(own) => own.locale,
            Recipient::Operators(own) => own.locale,
        };
        let own = Own {
            recipient: &claimed.recipient,
            notice_id: &claimed.notice_id,
            thread: &claimed.thread,
            is_first: !claimed.has_been_told,
            locale: locale.unwrap_or(state.page.default_locale),
            links,
        };
        Some(Item {
            recipient: claimed.recipient.clone(),
            channel,
            target,
            message: worded.message(&own),
            document: worded.document(&claimed.recipient),
            reference: (!claimed.reference.is_empty()).then(|| claimed.reference.clone()),
            at: Instant::from_micros(0),
        })
    }

    fn target(&self, recipient: &Recipient<'_>, channel: Channel) -> Option<Target> {
        match recipient {
            Recipient::Operators(own) => Some(Target::Secret(own.target.clone())),
            Recipient::Subscriber(own) => match channel {
                Channel::Email => own.email.clone().map(Target::Plain),
                Channel::Sms => own.phone_number.clone().map(Target::Plain),
                Channel::Webhook => own.endpoint.clone().map(Target::Plain),
                _ => {
                    let opened = (self.outside.unseal)(own.sealed.as_ref()?)?;
                    serde_json::from_str(&opened).ok().map(Target::Secret)
                }
            },
        }
    }

    /// Starts what waits in lanes that have room.
    fn start_waiting(&mut self, now: Instant) {
        let lanes: Vec<String> = self.lanes.keys().cloned().collect();
        for name in lanes {
            self.start_lane(&name, now);
        }
        self.return_resting(now);
    }

    /// The same of one lane.
    pub(super) fn start_lane(&mut self, name: &str, now: Instant) {
        let Some(lane) = self.lanes.get_mut(name) else {
            return;
        };
        let most = lane_max(name);
        while lane.in_flight < most && !lane.rests(now) {
            let Some(due) = lane.waiting.pop_front() else {
                return;
            };
            lane.in_flight += 1;
            self.in_flight += 1;
            let attempt = self.outside.sending.send(*due.item);
            let done = self.done.clone();
            let (claimed, has_failed) = (due.claimed, due.has_failed);
            self.runtime.spawn(async move {
                let most = Duration::from_secs(ATTEMPT_S_MAX);
                let outcome = tokio::time::timeout(most, attempt).await;
                let outcome = outcome.unwrap_or_else(|_| {
                    Outcome::later(format!("no answer within {ATTEMPT_S_MAX} seconds"))
                });
                // Nobody hears it only when the server ends.
                drop(done.send(Done {
                    claimed,
                    has_failed,
                    outcome,
                }));
            });
        }
    }

    /// Gives back what waits in lanes that rest.
    fn return_resting(&mut self, now: Instant) {
        for lane in self.lanes.values_mut() {
            let Some(until) = lane.rests_until.filter(|until| now < *until) else {
                continue;
            };
            for Due { claimed, .. } in lane.waiting.drain(..) {
                self.ended.push(Finished {
                    notice_id: claimed.notice_id,
                    recipient: claimed.recipient,
                    end: End::Returned { due: until },
                    reason: String::new(),
                });
            }
        }
        self.lanes
            .retain(|_, lane| lane.in_flight > 0 || !lane.waiting.is_empty() || lane.failures > 0);
    }
}

impl Lane {
    pub(super) fn rests(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }
}

impl<'a> Loaded<'a> {
    fn state(&self, page: Option<&PageId>) -> Option<&'a State> {
        let found = self.states.iter().find(|(own, _)| Some(own) == page);
        found.map(|(_, state)| state.as_ref())
    }

    fn recipient(&self, claimed: &Claimed) -> Option<Recipient<'_>> {
        if let Some(id) = claimed.recipient.strip_prefix(TEAM) {
            let mut of_page = self.destinations.get(claimed.page.as_ref()?)?.iter();
            return of_page.find(|own| own.id == id).map(Recipient::Operators);
        }
        let own = self.subscribers.get(&claimed.recipient)?;
        is_reached(own, claimed).then_some(Recipient::Subscriber(own))
    }
}

/// Whether a subscriber still wants this: who left meanwhile is told nothing more.
fn is_reached(own: &Subscriber, claimed: &Claimed) -> bool {
    match own.state {
        SubscriberState::Active => true,
        // Asked whether the address is his, or told that his webhook failed.
        SubscriberState::Unconfirmed => claimed.thread.starts_with(CONFIRM),
        SubscriberState::Quarantined => claimed.thread.starts_with(FAILED),
        SubscriberState::Unsubscribed => false,
    }
}

/// A whole address of a subscription's.
fn link(state: &State, path: &str) -> String {
    let url = noroshi_page::address::page_url(&state.page);
    format!("{url}/subscriptions/{path}")
}

/// How many messages of a lane may be under way.
fn lane_max(name: &str) -> usize {
    match name.split('/').next().and_then(Channel::parse) {
        Some(Channel::Email) => EMAIL_LANE_MAX,
        Some(Channel::Sms) => SMS_LANE_MAX,
        Some(Channel::Webhook) => WEBHOOK_LANE_MAX,
        _ => ROOM_LANE_MAX,
    }
}
