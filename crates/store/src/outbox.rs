//! What is to be told: one notice per event, one delivery per notice and recipient.
//!
//! A follower of the journals makes notices, a maker turns each into deliveries, senders claim
//! those and say what became of them. Each step is a conditional write, so any number of nodes may
//! do them at once. No words and no addresses stand here.

mod statements;

use noroshi_domain::{Instant, PageId};

#[cfg(feature = "testkit")]
pub(crate) use self::statements::ALL;
use self::statements::{
    ADD_DELIVERIES, ADD_FOLLOW, ADD_NOTICE, AILING, BEATS, DELIVERIES_ENDED, DELIVERIES_OF,
    DELIVERY_COUNTS, DROP_FOLLOW, DROP_RECIPIENT, DROP_SENDER, DUE, END_RECIPIENT, FINISH,
    FORGET_DELIVERIES, FORGET_NOTICES, MOVE_FOLLOW, MOVE_NOTICE, NOTICE, NOTICES_OF_THREAD,
    OPEN_NOTICES, OUTBOX_FOLLOWED, OUTDATE, OWNERS, SET_BEAT, START, SUPERSEDE, SUPPRESS,
    TAKE_OVER,
};
use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::store::Store;

/// One event that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Made of the event, so that making it twice makes one.
    pub id: String,
    /// Of which page; none: the installation.
    pub page: Option<PageId>,
    /// What belongs together: within it each recipient is told in order.
    pub thread: String,
    /// Its place in the thread; a later one takes the place of earlier ones not yet delivered.
    pub seq: i64,
    /// JSON: what it tells of, by identifiers.
    pub body: String,
    /// When it happened.
    pub at: Instant,
    /// Whether it says that something is over: only those who were told of it hear so.
    pub is_clear: bool,
}

/// How far the making of a notice's deliveries has got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// A name of the maker's; empty: nothing is made yet.
    pub stage: String,
    /// Behind this place and identifier of a list.
    pub after: (i64, String),
}

/// A notice still being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNotice {
    /// Itself.
    pub notice: Notice,
    /// How far it has got.
    pub progress: Progress,
}

/// A delivery to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// To whom: an identifier of the maker's.
    pub recipient: String,
    /// By which channel.
    pub channel: String,
    /// What it can be held up by: deliveries of another lane never wait for it.
    pub lane: String,
    /// When it is due.
    pub due: Instant,
}

/// A delivery that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Of which notice.
    pub notice_id: String,
    /// To whom.
    pub recipient: String,
    /// Of which page; none: the installation.
    pub page: Option<PageId>,
    /// In which thread.
    pub thread: String,
    /// By which channel.
    pub channel: String,
    /// In which lane.
    pub lane: String,
    /// Whether it says that something is over.
    pub is_clear: bool,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was made.
    pub made_at: Instant,
    /// Whether the recipient has, or may have, something earlier of the thread.
    pub has_been_told: bool,
    /// What the service called the latest message of the thread; empty: nothing.
    pub reference: String,
}

/// What became of a delivery under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Of which notice.
    pub notice_id: String,
    /// To whom.
    pub recipient: String,
    /// What.
    pub end: End,
    /// Why, where it needs saying. No addresses.
    pub reason: String,
}

/// How a delivery under way ended, or goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The service took it.
    Delivered {
        /// When.
        at: Instant,
        /// What the service calls it; empty: nothing.
        reference: String,
    },
    /// It is tried again then.
    Again {
        /// When.
        at: Instant,
    },
    /// It is given up.
    Failed {
        /// When.
        at: Instant,
    },
    /// There was nobody to tell, or nothing to tell any more.
    Suppressed {
        /// When.
        at: Instant,
    },
    /// It was not begun: it waits as it did.
    Returned {
        /// When it was due.
        due: Instant,
    },
}

/// A line of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Of which notice.
    pub notice_id: String,
    /// To whom.
    pub recipient: String,
    /// In which thread.
    pub thread: String,
    /// By which channel.
    pub channel: String,
    /// `pending`, `sending`, `delivered`, `failed`, `uncertain`, `superseded` or `suppressed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was made.
    pub made_at: Instant,
    /// When it is, or was, due.
    pub due_at: Instant,
    /// When it ended; none: it has not.
    pub done_at: Option<Instant>,
    /// Why it failed, or waits.
    pub reason: String,
}

/// What waits although it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailing {
    /// In which lane.
    pub lane: String,
    /// Why it was not taken.
    pub reason: String,
    /// How many.
    pub count: i64,
    /// Since when the oldest.
    pub since: Instant,
}

/// How many delivery rows one statement takes away.
const FORGET_ROWS_MAX: u32 = 2_000;

impl Store {
    /// How far a page's journal was followed; none: not at all.
    pub fn followed(&self, page: &PageId) -> Result<Option<i64>, StoreError> {
        let row = self
            .outbox
            .read()?
            .query_one(&OUTBOX_FOLLOWED, &[page.as_str().into()])?;
        row.map(|row| row.int(0)).transpose()
    }

    /// Moves the follower of a page on, with what it owes; whether it stood where it was thought.
    pub fn follow(
        &self,
        page: &PageId,
        from: Option<i64>,
        to: i64,
        notices: &[Notice],
    ) -> Result<bool, StoreError> {
        let mut tx = self.outbox.write()?;
        let moved = match from {
            None => tx.run(&ADD_FOLLOW, &[page.as_str().into(), to.into()])?,
            Some(from) => {
                let values = [page.as_str().into(), from.into(), to.into()];
                tx.run(&MOVE_FOLLOW, &values)?
            }
        };
        if moved != 1 {
            return Ok(false);
        }
        for notice in notices {
            add_notice(&mut tx, notice, true, "")?;
        }
        tx.commit()?;
        Ok(true)
    }

    /// Forgets how far a page was followed: it is gone.
    pub fn unfollow(&self, page: &PageId) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        tx.run(&DROP_FOLLOW, &[page.as_str().into()])?;
        tx.commit()
    }

    /// Adds notices; those that are there already stay as they are.
    pub fn add_notices(&self, notices: &[Notice]) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        for notice in notices {
            add_notice(&mut tx, notice, true, "")?;
        }
        tx.commit()
    }

    /// Notes an event that nobody is told of any more, and why.
    pub fn drop_notice(&self, notice: &Notice, reason: &str) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        add_notice(&mut tx, notice, false, reason)?;
        tx.commit()
    }

    /// A notice.
    pub fn notice(&self, id: &str) -> Result<Option<Notice>, StoreError> {
        let row = self.outbox.read()?.query_one(&NOTICE, &[id.into()])?;
        row.map(|row| open_notice(row).map(|open| open.notice))
            .transpose()
    }

    /// Those of a thread, in order.
    pub fn notices_of_thread(&self, thread: &str) -> Result<Vec<Notice>, StoreError> {
        let rows = self
            .outbox
            .read()?
            .query(&NOTICES_OF_THREAD, &[thread.into()])?;
        rows.into_iter()
            .map(|row| open_notice(row).map(|open| open.notice))
            .collect()
    }

    /// Notices whose deliveries are still being made, of each thread the oldest.
    pub fn open_notices(&self, limit: u32) -> Result<Vec<OpenNotice>, StoreError> {
        let rows = self.outbox.read()?.query(&OPEN_NOTICES, &[limit.into()])?;
        rows.into_iter().map(open_notice).collect()
    }

    /// Adds deliveries of a notice and moves its making on, `None` at its end; whether it stood
    /// where it was thought. Older ones of the thread that wait are superseded.
    pub fn deliver(
        &self,
        open: &OpenNotice,
        to: Option<&Progress>,
        deliveries: &[NewDelivery],
        now: Instant,
    ) -> Result<bool, StoreError> {
        let mut tx = self.outbox.write()?;
        let (from, notice) = (&open.progress, &open.notice);
        let next = to.unwrap_or(from);
        let values = [
            notice.id.as_str().into(),
            from.stage.as_str().into(),
            from.after.0.into(),
            from.after.1.as_str().into(),
            i64::from(to.is_some()).into(),
            next.stage.as_str().into(),
            next.after.0.into(),
            next.after.1.as_str().into(),
        ];
        if tx.run(&MOVE_NOTICE, &values)? != 1 {
            return Ok(false);
        }
        if !deliveries.is_empty() {
            add_deliveries(&mut tx, notice, deliveries, now)?;
        }
        tx.commit()?;
        Ok(true)
    }

    /// Takes what is due, in the name of a node, leaving lanes out that are full. All-clears to
    /// those who were never told are suppressed on the way.
    pub fn claim(
        &self,
        owner: &str,
        now: Instant,
        full_lanes: &[String],
        limit: u32,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut tx = self.outbox.write()?;
        let values = [now.micros().into(), texts(full_lanes), limit.into()];
        let found = tx.query(&DUE, &values)?;
        let found: Vec<Claimed> = found.into_iter().map(claimed).collect::<Result<_, _>>()?;
        let (taken, untold): (Vec<Claimed>, Vec<Claimed>) = found
            .into_iter()
            .partition(|own| !own.is_clear || own.has_been_told);
        if !untold.is_empty() {
            tx.run(&SUPPRESS, &[names(&untold), now.micros().into()])?;
        }
        if !taken.is_empty() {
            tx.run(&START, &[names(&taken), owner.into()])?;
        }
        if !(taken.is_empty() && untold.is_empty()) {
            tx.commit()?;
        }
        Ok(taken)
    }

    /// Says what became of what a node had under way. What was taken from it meanwhile stays as
    /// it is.
    pub fn finish(&self, owner: &str, finished: &[Finished]) -> Result<(), StoreError> {
        if finished.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = finished.iter().map(finished_row).collect();
        let mut tx = self.outbox.write()?;
        tx.run(&FINISH, &[json(&rows), owner.into()])?;
        let again = finished.iter().filter_map(|own| match own.end {
            End::Again { at } | End::Returned { due: at } => Some((at, own)),
            _ => None,
        });
        let again: Vec<(Instant, [&str; 2])> = again
            .map(|(at, own)| (at, [own.notice_id.as_str(), own.recipient.as_str()]))
            .collect();
        if let Some((at, _)) = again.first() {
            let names: Vec<[&str; 2]> = again.iter().map(|(_, names)| *names).collect();
            tx.run(&OUTDATE, &[json(&names), at.micros().into()])?;
        }
        tx.commit()
    }

    /// Gives back what a node that is gone had under way; how many.
    pub fn take_over(&self, node: &str, now: Instant) -> Result<u64, StoreError> {
        let mut tx = self.outbox.write()?;
        let count = tx.run(&TAKE_OVER, &[node.into(), now.micros().into()])?;
        tx.run(&DROP_SENDER, &[node.into()])?;
        tx.commit()?;
        Ok(count)
    }

    /// Nodes that have something under way.
    pub fn sending_nodes(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.outbox.read()?.query(&OWNERS, &[])?;
        rows.into_iter().map(|mut row| row.text(0)).collect()
    }

    /// Says that a node lives.
    pub fn beat(&self, node: &str) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        tx.run(&SET_BEAT, &[node.into()])?;
        tx.commit()
    }

    /// Nodes with how often they said so.
    pub fn beats(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = self.outbox.read()?.query(&BEATS, &[])?;
        rows.into_iter()
            .map(|mut row| Ok((row.text(0)?, row.int(1)?)))
            .collect()
    }

    /// What became of what a recipient was to be told, newest first within each thread.
    pub fn deliveries_of(&self, recipient: &str, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let values = [recipient.into(), limit.into()];
        let rows = self.outbox.read()?.query(&DELIVERIES_OF, &values)?;
        rows.into_iter().map(delivery).collect()
    }

    /// Deliveries of a page that ended in a state, newest first.
    pub fn deliveries_ended(
        &self,
        page: &PageId,
        state: &str,
        since: Instant,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let values = [
            page.as_str().into(),
            state.into(),
            since.micros().into(),
            limit.into(),
        ];
        let rows = self.outbox.read()?.query(&DELIVERIES_ENDED, &values)?;
        rows.into_iter().map(delivery).collect()
    }

    /// How many deliveries of a notice are in which state, per channel.
    pub fn delivery_counts(
        &self,
        notice_id: &str,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = self
            .outbox
            .read()?
            .query(&DELIVERY_COUNTS, &[notice_id.into()])?;
        rows.into_iter()
            .map(|mut row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)))
            .collect()
    }

    /// What of a page waits although it was tried, by lane, that which waits longest first.
    pub fn ailing(&self, page: &PageId, limit: usize) -> Result<Vec<Ailing>, StoreError> {
        let rows = self
            .outbox
            .read()?
            .query(&AILING, &[page.as_str().into()])?;
        let ailing: Result<Vec<Ailing>, StoreError> = rows
            .into_iter()
            .map(|mut row| {
                Ok(Ailing {
                    lane: row.text(0)?,
                    reason: row.text(1)?,
                    count: row.int(2)?,
                    since: Instant::from_micros(row.int(3)?),
                })
            })
            .collect();
        let mut ailing = ailing?;
        ailing.sort_by(|one, two| (one.since, &one.lane).cmp(&(two.since, &two.lane)));
        ailing.truncate(limit);
        Ok(ailing)
    }

    /// Sends a recipient nothing of what still waits.
    pub fn end_recipient(&self, recipient: &str, now: Instant) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        tx.run(&END_RECIPIENT, &[recipient.into(), now.micros().into()])?;
        tx.commit()
    }

    /// Takes away all that is known of a recipient.
    pub fn forget_recipient(&self, recipient: &str) -> Result<(), StoreError> {
        let mut tx = self.outbox.write()?;
        tx.run(&DROP_RECIPIENT, &[recipient.into()])?;
        tx.commit()
    }

    /// Takes away deliveries that ended before an instant, at most 2,000; how many.
    pub fn forget_deliveries(&self, before: Instant) -> Result<u64, StoreError> {
        let mut tx = self.outbox.write()?;
        let values = [before.micros().into(), FORGET_ROWS_MAX.into()];
        let count = tx.run(&FORGET_DELIVERIES, &values)?;
        tx.commit()?;
        Ok(count)
    }

    /// The same of a page's notices, or of the installation's.
    pub fn forget_notices(
        &self,
        page: Option<&PageId>,
        before: Instant,
    ) -> Result<u64, StoreError> {
        let mut tx = self.outbox.write()?;
        let values = [
            page.map_or("", PageId::as_str).into(),
            before.micros().into(),
            FORGET_ROWS_MAX.into(),
        ];
        let count = tx.run(&FORGET_NOTICES, &values)?;
        tx.commit()?;
        Ok(count)
    }
}

fn add_notice(
    tx: &mut Tx<'_>,
    notice: &Notice,
    is_open: bool,
    reason: &str,
) -> Result<(), StoreError> {
    let values = [
        notice.id.as_str().into(),
        notice.page.as_ref().map_or("", PageId::as_str).into(),
        notice.thread.as_str().into(),
        notice.seq.into(),
        notice.body.as_str().into(),
        notice.at.micros().into(),
        i64::from(notice.is_clear).into(),
        i64::from(is_open).into(),
        reason.into(),
    ];
    tx.run(&ADD_NOTICE, &values).map(drop)
}

fn add_deliveries(
    tx: &mut Tx<'_>,
    notice: &Notice,
    deliveries: &[NewDelivery],
    now: Instant,
) -> Result<(), StoreError> {
    let recipients: Vec<&str> = deliveries
        .iter()
        .map(|own| own.recipient.as_str())
        .collect();
    let values = [
        json(&recipients),
        notice.thread.as_str().into(),
        notice.seq.into(),
        now.micros().into(),
    ];
    tx.run(&SUPERSEDE, &values)?;
    let rows: Vec<_> = deliveries
        .iter()
        .map(|own| {
            let due = own.due.micros().to_string();
            serde_json::json!([own.recipient, own.channel, own.lane, due])
        })
        .collect();
    let values = [
        json(&rows),
        notice.id.as_str().into(),
        notice.page.as_ref().map_or("", PageId::as_str).into(),
        notice.thread.as_str().into(),
        notice.seq.into(),
        i64::from(notice.is_clear).into(),
        now.micros().into(),
    ];
    tx.run(&ADD_DELIVERIES, &values).map(drop)
}

fn json<T: serde::Serialize>(rows: &[T]) -> Value {
    let text = serde_json::to_string(rows);
    text.expect("rows of texts and numbers are JSON").into()
}

fn texts(list: &[String]) -> Value {
    json(list)
}

fn names(claimed: &[Claimed]) -> Value {
    let rows: Vec<_> = claimed
        .iter()
        .map(|own| [own.notice_id.as_str(), own.recipient.as_str()])
        .collect();
    json(&rows)
}

fn finished_row(own: &Finished) -> serde_json::Value {
    let nothing = Instant::from_micros(0);
    let (state, open, told, due, done, reference) = match &own.end {
        End::Delivered { at, reference } => ("delivered", 0, 1, *at, *at, reference.as_str()),
        End::Again { at } => ("pending", 1, 0, *at, nothing, ""),
        End::Failed { at } => ("failed", 0, 0, *at, *at, ""),
        End::Suppressed { at } => ("suppressed", 0, 0, *at, *at, ""),
        End::Returned { due } => ("pending", 1, 0, *due, nothing, ""),
    };
    serde_json::json!([
        own.notice_id,
        own.recipient,
        state,
        open.to_string(),
        told.to_string(),
        due.micros().to_string(),
        done.micros().to_string(),
        reference,
        own.reason,
    ])
}

fn page_of(text: &str) -> Result<Option<PageId>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    PageId::parse(text)
        .map(Some)
        .map_err(|cause| StoreError::corrupt("outbox", text, &cause))
}

fn open_notice(mut row: Row) -> Result<OpenNotice, StoreError> {
    Ok(OpenNotice {
        notice: Notice {
            id: row.text(0)?,
            page: page_of(&row.text(1)?)?,
            thread: row.text(2)?,
            seq: row.int(3)?,
            body: row.text(4)?,
            at: Instant::from_micros(row.int(5)?),
            is_clear: row.int(6)? != 0,
        },
        progress: Progress {
            stage: row.text(7)?,
            after: (row.int(8)?, row.text(9)?),
        },
    })
}

fn claimed(mut row: Row) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        notice_id: row.text(0)?,
        recipient: row.text(1)?,
        page: page_of(&row.text(2)?)?,
        thread: row.text(3)?,
        channel: row.text(4)?,
        lane: row.text(5)?,
        is_clear: row.int(6)? != 0,
        attempts: row.int(7)? + 1,
        made_at: Instant::from_micros(row.int(8)?),
        has_been_told: row.int(9)? != 0,
        reference: row.text(10)?,
    })
}

fn delivery(mut row: Row) -> Result<Delivery, StoreError> {
    let done_us = row.int(9)?;
    Ok(Delivery {
        notice_id: row.text(0)?,
        recipient: row.text(1)?,
        thread: row.text(3)?,
        channel: row.text(4)?,
        state: row.text(5)?,
        attempts: row.int(6)?,
        made_at: Instant::from_micros(row.int(7)?),
        due_at: Instant::from_micros(row.int(8)?),
        done_at: (done_us != 0).then(|| Instant::from_micros(done_us)),
        reason: row.text(10)?,
    })
}
