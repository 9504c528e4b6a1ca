//! What became of what was sent: in the queue, and with the subscriber.

use noroshi_domain::subscriber::{Channel, OWED_LOOKUP, Subscriber, SubscriberState, TEAM};
use noroshi_store::{AuditRow, Key, Record, RecordWrite, Written};

use super::{
    Claimed, Done, End, Event, Finished, Instant, LANE_REST_S, LANE_REST_S_MAX, Notice, Notifier,
    OWED_MAX, Outcome, REASON_CHARS_MAX, SECOND_US, StoreError, next_try,
};
use crate::limits::{FAILURES_MAX, QUARANTINE_S};
use crate::make::{SUBSCRIBER, subscriber_of};

/// How threads of confirmations begin.
pub(super) const CONFIRM: &str = "confirm-";
/// How threads begin that tell of a webhook that failed.
pub(super) const FAILED: &str = "failed-";

/// What a delivery did to its subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Yes,
    No,
    NeverAgain,
}

impl Notifier {
    /// Takes in what has ended, and writes it.
    pub(super) fn take_results(&mut self, now: Instant) -> Result<(), StoreError> {
        while let Ok(done) = self.results.try_recv() {
            self.ended_of(done, now);
        }
        self.write_ended()?;
        for (recipient, reached) in std::mem::take(&mut self.marks) {
            self.mark(&recipient, reached, now)?;
        }
        Ok(())
    }

    pub(super) fn write_ended(&mut self) -> Result<(), StoreError> {
        if self.ended.is_empty() {
            return Ok(());
        }
        self.store.finish(&self.node, &self.ended)?;
        self.ended.clear();
        self.may_be_due = true;
        Ok(())
    }

    pub(super) fn ended_of(&mut self, done: Done, now: Instant) {
        let Done {
            claimed,
            has_failed,
            outcome,
        } = done;
        self.in_flight = self.in_flight.saturating_sub(1);
        let lane = self.lanes.entry(claimed.lane.clone()).or_default();
        lane.in_flight = lane.in_flight.saturating_sub(1);
        match &outcome {
            Outcome::Later {
                is_service_down: true,
                ..
            } => {
                lane.failures = lane.failures.saturating_add(1);
                let rest_s = (LANE_REST_S << lane.failures.min(10)).min(LANE_REST_S_MAX);
                lane.rests_until = Some(now.plus_seconds(rest_s));
            }
            Outcome::Later { .. } => lane.failures = lane.failures.saturating_add(1),
            Outcome::Delivered { .. } | Outcome::Refused { .. } | Outcome::Gone { .. } => {
                lane.failures = 0;
                lane.rests_until = None;
            }
        }
        let (end, reason, reached) = self.end_of(&claimed, outcome, now);
        // That somebody is reached who always was is nothing to note.
        if let Some(reached) = reached
            && (has_failed || reached != Reached::Yes)
            && !claimed.recipient.starts_with(TEAM)
        {
            self.marks.push((claimed.recipient.clone(), reached));
        }
        self.ended.push(Finished {
            notice_id: claimed.notice_id,
            recipient: claimed.recipient,
            end,
            reason: reason.chars().take(REASON_CHARS_MAX).collect(),
        });
    }

    fn end_of(
        &self,
        claimed: &Claimed,
        outcome: Outcome,
        now: Instant,
    ) -> (End, String, Option<Reached>) {
        match outcome {
            Outcome::Delivered { reference } => {
                let reference = reference.unwrap_or_default();
                let end = End::Delivered { at: now, reference };
                (end, String::new(), Some(Reached::Yes))
            }
            Outcome::Refused { reason } => (End::Failed { at: now }, reason, Some(Reached::No)),
            Outcome::Gone { reason } => {
                (End::Failed { at: now }, reason, Some(Reached::NeverAgain))
            }
            Outcome::Later {
                reason,
                after,
                is_service_down,
            } => {
                let chance = (self.outside.chance)();
                let times = (claimed.made_at, now);
                let again = next_try(times, claimed.attempts, claimed.is_clear, after, chance);
                if let Some(at) = again {
                    return (End::Again { at }, reason, None);
                }
                // That nobody could be reached is no one recipient's fault.
                let reached = (!is_service_down).then_some(Reached::No);
                (End::Failed { at: now }, reason, reached)
            }
        }
    }

    /// Notes with a subscriber whether he could be reached; who can not be is quarantined.
    fn mark(&self, id: &str, reached: Reached, now: Instant) -> Result<(), StoreError> {
        let Some(record) = self.store.record(SUBSCRIBER, id)? else {
            return Ok(());
        };
        let Some(mut own) = subscriber_of(&record) else {
            return Ok(());
        };
        let before = own.clone();
        match reached {
            Reached::Yes => own.failure_count = 0,
            Reached::No => own.failure_count = own.failure_count.saturating_add(1),
            Reached::NeverAgain => own.failure_count = FAILURES_MAX,
        }
        let is_over = own.failure_count >= FAILURES_MAX && own.state == SubscriberState::Active;
        if is_over {
            own.state = SubscriberState::Quarantined;
            own.quarantined_at = Some(now);
            own.purge_at = Some(now.plus_seconds(QUARANTINE_S));
        }
        if own == before {
            return Ok(());
        }
        let audit = is_over.then(|| audit(&record, "subscriber_quarantined", now));
        // Whoever wrote meanwhile wins: the next message tells anew.
        if self.write(record, &own, audit)? == Written::Done && is_over {
            self.tell_contact(id, &own, now)?;
        }
        Ok(())
    }

    /// A webhook's contact is told when it is not called any more (reference 5.5).
    fn tell_contact(&self, id: &str, own: &Subscriber, now: Instant) -> Result<(), StoreError> {
        if own.channel != Channel::Webhook || own.email.is_none() {
            return Ok(());
        }
        let event = Event::EndpointFailed {
            subscriber: id.to_owned(),
        };
        let name = format!("{FAILED}{id}");
        let notice = one(own, (format!("{name}-{}", now.micros()), name), &event, now);
        self.store.add_notices(&[notice])
    }

    /// Takes up the confirmations that are owed: each becomes a notice, and is owed no more.
    pub(super) fn take_up_owed(&mut self, now: Instant) -> Result<(), StoreError> {
        let owed = self
            .store
            .records_by_key(SUBSCRIBER, OWED_LOOKUP, "", OWED_MAX)?;
        for record in owed {
            let Some(mut own) = subscriber_of(&record) else {
                continue;
            };
            let Some(asked_at) = own.confirmation_owed.take() else {
                continue;
            };
            let event = Event::Confirmation {
                subscriber: record.id.clone(),
            };
            let name = format!("{CONFIRM}{}", record.id);
            let id = format!("{name}-{}", asked_at.micros());
            let mut notice = one(&own, (id, name), &event, now);
            notice.seq = asked_at.micros() / SECOND_US;
            self.store.add_notices(&[notice])?;
            // Should this not be written, the same notice is made again, and is there already.
            let _ = self.write(record, &own, None)?;
        }
        Ok(())
    }

    fn write(
        &self,
        record: Record,
        own: &Subscriber,
        audit: Option<AuditRow>,
    ) -> Result<Written, StoreError> {
        let lookups = own.lookups().into_iter();
        let keys = lookups.map(|(name, value, unique)| Key {
            name: name.to_owned(),
            value,
            unique,
        });
        let expected = Some(record.version);
        let put = RecordWrite::Put {
            record: Record {
                body: serde_json::to_string(own).expect("a subscriber is JSON"),
                keys: keys.collect(),
                ..record
            },
            expected,
        };
        let audit: Vec<AuditRow> = audit.into_iter().collect();
        self.store.write_records(&[put], &audit)
    }
}

fn one(own: &Subscriber, (id, thread): (String, String), event: &Event, now: Instant) -> Notice {
    Notice {
        id,
        page: Some(own.page.clone()),
        thread,
        seq: now.micros() / SECOND_US,
        body: serde_json::to_string(event).expect("an event is JSON"),
        at: now,
        is_clear: false,
    }
}

fn audit(record: &Record, action: &str, now: Instant) -> AuditRow {
    AuditRow {
        seq: 0,
        at: now,
        page: record.page.clone(),
        actor_kind: "clock".to_owned(),
        actor_id: "notify".to_owned(),
        action: action.to_owned(),
        subject_kind: SUBSCRIBER.to_owned(),
        subject_id: record.id.clone(),
        detail: "{}".to_owned(),
    }
}
