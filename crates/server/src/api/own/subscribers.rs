//! Subscribers of a page. What the console does at *Subscribers*.

use noroshi_domain::subscriber::{Channel, Scope, Subscriber, SubscriberState};
use noroshi_domain::{Instant, Locale, Refusal};
use noroshi_ops::{OpError, Permission, Stored};
use noroshi_store::Delivery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, list_of, of};
use crate::limits::DELIVERIES_SHOWN;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listSubscribers",
            "/api/noroshi/v1/pages/{page_id}/subscribers",
            "Lists subscribers, the oldest first, with how many there are.",
        ),
        of::<Found>,
        list,
    )
    .needing(Permission::ManageSubscribers)
    .with_query(&[
        ("words", "Only those whose address holds this"),
        (
            "state",
            "Only these: `active`, `unconfirmed`, `quarantined` or `unsubscribed`",
        ),
        ("skip", "Leaves so many out; 0 where it is absent"),
        ("limit", "So many at most; 50 where it is absent"),
    ]),
    Operation::get(
        (
            "exportSubscribers",
            "/api/noroshi/v1/pages/{page_id}/subscribers/list",
            "Gives all subscribers as a list that can be brought in again.",
        ),
        of::<ListOfSubscribers>,
        export,
    )
    .needing(Permission::ManageSubscribers),
    Operation::change(
        (
            "importSubscribers",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/subscribers/list",
            "Brings in people who have confirmed elsewhere: all of the list, or nothing of it.",
        ),
        Permission::ManageSubscribers,
        import,
    )
    .with_body(of::<ListOfSubscribers>)
    .answering(200, of::<BroughtIn>),
    Operation::get(
        (
            "getSubscriber",
            "/api/noroshi/v1/pages/{page_id}/subscribers/{subscriber}",
            "Gives a subscriber.",
        ),
        of::<SubscriberView>,
        get,
    )
    .needing(Permission::ManageSubscribers),
    Operation::get(
        (
            "listDeliveries",
            "/api/noroshi/v1/pages/{page_id}/subscribers/{subscriber}/deliveries",
            "Lists what a subscriber was to be told, the newest, and what became of it.",
        ),
        list_of::<DeliveryView>,
        deliveries,
    )
    .needing(Permission::ManageSubscribers),
    Operation::change(
        (
            "askSubscriber",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/subscribers/{subscriber}/confirmation",
            "Sends the confirmation again, at most three times a day.",
        ),
        Permission::ManageSubscribers,
        ask,
    ),
    Operation::change(
        (
            "eraseSubscriber",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}/subscribers/{subscriber}",
            "Takes a subscriber away from everywhere.",
        ),
        Permission::ManageSubscribers,
        erase,
    ),
];

/// Some subscribers.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    /// How many there are in all.
    count: usize,
    subscribers: Vec<SubscriberView>,
}

/// A subscriber.
#[derive(Debug, Serialize, JsonSchema)]
struct SubscriberView {
    id: String,
    channel: Channel,
    /// Where he is told; of a room or a browser what it is called.
    address: String,
    /// Of a webhook, who is told when it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    state: SubscriberState,
    /// Of what.
    scope: Scope,
    /// In which language; absent: the page's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Locale>,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantined_at: Option<Instant>,
}

impl From<Stored<Subscriber>> for SubscriberView {
    fn from(stored: Stored<Subscriber>) -> Self {
        let value = stored.value;
        Self {
            id: stored.id,
            channel: value.channel,
            address: value.shown_address().to_owned(),
            contact: value
                .email
                .clone()
                .filter(|_| value.channel != Channel::Email),
            state: value.state,
            scope: value.scope,
            locale: value.locale,
            created_at: stored.created_at,
            confirmed_at: value.confirmed_at,
            quarantined_at: value.quarantined_at,
        }
    }
}

/// Subscribers as CSV.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListOfSubscribers {
    /// Columns `channel`, `address`, `state`, `components`, `locale`; to bring people in only
    /// `address` is needed.
    csv: String,
}

/// What came of a list.
#[derive(Debug, Serialize, JsonSchema)]
struct BroughtIn {
    /// How many were added.
    added: usize,
    /// How many were there already.
    known: usize,
}

/// What was to be told, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
struct DeliveryView {
    /// Of which notice.
    notice: String,
    /// By which channel.
    channel: String,
    /// `pending`, `sending`, `delivered`, `failed`, `uncertain`, `superseded` or `suppressed`.
    state: String,
    /// How often it was tried.
    attempts: i64,
    made_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Instant>,
    /// Why it failed, or waits; empty: it did not.
    reason: String,
}

impl From<Delivery> for DeliveryView {
    fn from(own: Delivery) -> Self {
        Self {
            notice: own.notice_id,
            channel: own.channel,
            state: own.state,
            attempts: own.attempts,
            made_at: own.made_at,
            done_at: own.done_at,
            reason: own.reason,
        }
    }
}

fn bad(field: &'static str, reason: &str) -> Problem {
    let reason = reason.to_owned();
    Problem::from(OpError::from(Refusal::BadSetting { field, reason }))
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let words = call.query("words").unwrap_or_default();
    let state = match call.query("state") {
        None => None,
        Some(name) => {
            let mut all = SubscriberState::ALL.into_iter();
            let found = all.find(|own| own.as_str() == name);
            let reason = "write active, unconfirmed, quarantined or unsubscribed";
            Some(found.ok_or_else(|| bad("state", reason))?)
        }
    };
    let skip = match call.query("skip") {
        None => 0,
        Some(text) => text
            .parse::<u32>()
            .map_err(|_| bad("skip", "write a number"))?,
    };
    let part = (skip as usize, call.limit()? as usize);
    let page = call.page_id()?;
    let by = (words.as_str(), state);
    let (found, count) = call.app.find_subscribers(&call.caller, &page, by, part)?;
    let subscribers = found.into_iter().map(SubscriberView::from).collect();
    Reply::of(&Found { count, subscribers }, None)
}

fn export(call: &Call) -> Result<Reply, Problem> {
    let csv = call
        .app
        .export_subscribers(&call.caller, &call.page_id()?)?;
    Reply::of(&ListOfSubscribers { csv }, None)
}

fn import(call: &Call) -> Result<Reply, Problem> {
    let given: ListOfSubscribers = call.body()?;
    let page = call.page_id()?;
    let done = call
        .app
        .import_subscribers(&call.caller, &page, &given.csv)?;
    if let Some(fault) = done.faults.first() {
        let count = done.faults.len();
        let (line, what) = (fault.line, fault.what);
        let reason = format!("line {line}: the {what} can not be read; {count} such lines in all");
        return Err(bad("csv", &reason));
    }
    let came = BroughtIn {
        added: done.added,
        known: done.known,
    };
    Reply::of(&came, None)
}

fn found(call: &Call) -> Result<Stored<Subscriber>, Problem> {
    let page = call.page_id()?;
    let id = call.name("subscriber");
    Ok(call.app.subscriber_by_code(&page, id)?)
}

fn get(call: &Call) -> Result<Reply, Problem> {
    Reply::of(&SubscriberView::from(found(call)?), None)
}

fn deliveries(call: &Call) -> Result<Reply, Problem> {
    let own = found(call)?;
    let rows = call.app.store().deliveries_of(&own.id, DELIVERIES_SHOWN);
    let rows = rows.map_err(OpError::from)?.into_iter();
    let views: Vec<DeliveryView> = rows.map(DeliveryView::from).collect();
    Reply::of(&views, None)
}

fn ask(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let id = call.name("subscriber");
    call.app.resend_confirmation(&call.caller, &page, id)?;
    Ok(Reply::nothing())
}

fn erase(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let id = call.name("subscriber");
    call.app.erase_subscriber(&call.caller, &page, id)?;
    Ok(Reply::nothing())
}
