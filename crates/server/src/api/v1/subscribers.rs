//! Subscribers of a page, and of single incidents.

use noroshi_domain::{ComponentId, IncidentId, State};
use noroshi_ops::subscribers::{Channel, Scope, Subscriber, SubscriberState};
use noroshi_ops::{OpError, SUBSCRIBERS_MAX, Stored, Writes};
use noroshi_page::api_v1;
use serde_json::{Map, Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::incidents::named;
use super::paging::Part;
use super::records::{self, conflict};
use super::templates::is_there;

/// How many one request may name.
const NAMED_MAX: usize = 100;
/// Longest address, in characters.
const ADDRESS_CHARS_MAX: usize = 2_000;
/// The types that are counted; we have no subscribers of the last three.
const TYPES: [&str; 6] = [
    "email",
    "sms",
    "webhook",
    "integration_partner",
    "slack",
    "teams",
];

type Found = Stored<Subscriber>;

/// Those of the page, filtered and sorted.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::from_zero(ask)?;
    let mut found = of_page(ask)?;
    let state = ask.query("state").unwrap_or_else(|| "active".to_owned());
    let kind = ask.query("type");
    let words = ask.query("q").map(|words| words.to_lowercase());
    retain(&mut found, Some(&state), kind.as_deref())?;
    if let Some(words) = &words {
        found.retain(|own| own.value.address().to_lowercase().contains(words));
    }
    sort(ask, &mut found)?;
    shapes(ask, &part.cut(found))
}

fn of_page(ask: &Ask) -> Result<Vec<Found>, Fault> {
    let mut found = records::all::<Subscriber>(ask)?;
    found.retain(|own| own.value.scope.incident.is_none());
    Ok(found)
}

/// Keeps those of a state and a type; without a state all that have not unsubscribed.
fn retain(found: &mut Vec<Found>, state: Option<&str>, kind: Option<&str>) -> Result<(), Fault> {
    if let Some(kind) = kind {
        if !TYPES.contains(&kind) {
            return Err(Fault::Invalid(format!("type is not known: {kind:?}")));
        }
        found.retain(|own| own.value.channel.as_str() == kind);
    }
    match state {
        None | Some("all") => {
            found.retain(|own| own.value.state != SubscriberState::Unsubscribed);
            Ok(())
        }
        Some(name) if SubscriberState::ALL.iter().any(|own| own.as_str() == name) => {
            found.retain(|own| own.value.state.as_str() == name);
            Ok(())
        }
        Some(name) => Err(Fault::Invalid(format!("state is not known: {name:?}"))),
    }
}

fn sort(ask: &Ask, found: &mut [Found]) -> Result<(), Fault> {
    match ask.query("sort_field").as_deref() {
        None | Some("primary") => found.sort_by_key(|own| own.value.address().to_lowercase()),
        // What fits a search best comes in no other order here than what came first.
        Some("created_at" | "relevance") => found.sort_by_key(|own| own.created_at),
        Some("quarantined_at") => found.sort_by_key(|own| own.value.quarantined_at),
        Some(name) => {
            return Err(Fault::Invalid(format!("sort_field is not known: {name:?}")));
        }
    }
    match ask.query("sort_direction").as_deref() {
        None | Some("asc") => Ok(()),
        Some("desc") => {
            found.reverse();
            Ok(())
        }
        Some(name) => Err(Fault::Invalid(format!(
            "sort_direction is not known: {name:?}"
        ))),
    }
}

/// Those who unsubscribed.
pub(super) fn list_unsubscribed(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let mut found = of_page(ask)?;
    retain(&mut found, Some("unsubscribed"), None)?;
    shapes(ask, &part.cut(found))
}

/// How many there are of each type.
pub(super) fn count(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = of_page(ask)?;
    let state = ask.query("state").unwrap_or_else(|| "active".to_owned());
    retain(&mut found, Some(&state), ask.query("type").as_deref())?;
    let count = |kind: &str| {
        let of_kind = found
            .iter()
            .filter(|own| own.value.channel.as_str() == kind);
        of_kind.count()
    };
    let counts: Map<String, Value> = TYPES
        .iter()
        .map(|kind| ((*kind).to_owned(), count(kind).into()))
        .collect();
    Ok(Reply::Ok(counts.into()))
}

/// How many there are of each type and state.
pub(super) fn histogram(ask: &Ask) -> Result<Reply, Fault> {
    let found = of_page(ask)?;
    let of = |kind: &str| {
        let of_kind = |state: SubscriberState| {
            let same =
                |own: &&Found| own.value.channel.as_str() == kind && own.value.state == state;
            found.iter().filter(same).count()
        };
        let counts = [
            SubscriberState::Active,
            SubscriberState::Unconfirmed,
            SubscriberState::Quarantined,
        ]
        .map(of_kind);
        json!({
            "active": counts[0],
            "unconfirmed": counts[1],
            "quarantined": counts[2],
            "total": counts.iter().sum::<usize>(),
        })
    };
    let counts: Map<String, Value> = TYPES
        .iter()
        .map(|kind| ((*kind).to_owned(), of(kind)))
        .collect();
    Ok(Reply::Ok(counts.into()))
}

/// Makes one of the page.
pub(super) fn create(ask: &Ask) -> Result<Reply, Fault> {
    make(ask, None)
}

/// Those of an incident.
pub(super) fn list_of_incident(ask: &Ask) -> Result<Reply, Fault> {
    let part = Part::pages(ask)?;
    let incident = named(ask)?.incident.id;
    let page = ask.state()?.page.id.clone();
    let key = format!("{page}/{incident}");
    let mut found = ask.app.records_by_key::<Subscriber>("incident", &key)?;
    found.sort_by_key(|own| (own.created_at, own.id.clone()));
    shapes(ask, &part.cut(found))
}

/// Makes one of an incident.
pub(super) fn create_of_incident(ask: &Ask) -> Result<Reply, Fault> {
    let incident = named(ask)?.incident.id;
    make(ask, Some(incident))
}

fn make(ask: &Ask, incident: Option<IncidentId>) -> Result<Reply, Fault> {
    let state = ask.state()?;
    let fields = ask.wrapped("subscriber")?;
    for name in ["email", "endpoint", "phone_number", "phone_country"] {
        fields.short(name, ADDRESS_CHARS_MAX)?;
    }
    let email = fields.said("email")?;
    let endpoint = fields.said("endpoint")?;
    let phone_number = fields.said("phone_number")?;
    let channel = match (&email, &endpoint, &phone_number) {
        (None, Some(_), _) => {
            return Err(fields.invalid("email", "must not be empty for a webhook"));
        }
        (_, Some(_), _) => Channel::Webhook,
        (_, None, Some(_)) => Channel::Sms,
        (Some(_), None, None) => Channel::Email,
        (None, None, None) => return Err(fields.invalid("email", "must not be empty")),
    };
    if email.as_ref().is_some_and(|email| !is_address(email)) {
        return Err(fields.invalid("email", "must be an address like ada@example.com"));
    }
    if endpoint.as_ref().is_some_and(|url| !is_web_address(url)) {
        return Err(fields.invalid("endpoint", "must begin with https:// or http://"));
    }
    if phone_number.as_ref().is_some_and(|text| !is_phone(text)) {
        return Err(fields.invalid("phone_number", "must be a number"));
    }
    let unasked = fields
        .flag("skip_confirmation_notification")?
        .unwrap_or(false);
    let is_asked = channel == Channel::Email && !unasked;
    let subscriber = Subscriber {
        // A mail address is somebody's only when he says so.
        state: if is_asked {
            SubscriberState::Unconfirmed
        } else {
            SubscriberState::Active
        },
        email,
        endpoint,
        phone_number,
        phone_country: fields.said("phone_country")?,
        scope: Scope {
            components: components_of(&state, &fields)?,
            incident,
            ..Scope::default()
        },
        viewer: fields.said("page_access_user")?,
        unasked,
        // The mail that asks to confirm is sent by whoever sends all others.
        confirmation_owed: is_asked.then(|| ask.app.now()),
        asked_at: is_asked.then(|| ask.app.now()).into_iter().collect(),
        ..Subscriber::new(state.page.id.clone(), channel)
    };
    let made = records::make(ask, subscriber, ("subscriber_created", SUBSCRIBERS_MAX));
    shape(ask, &made.map_err(conflict)?).map(Reply::Made)
}

fn is_address(email: &str) -> bool {
    let is_plain = !email
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control());
    let parts = email.split_once('@');
    is_plain && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn is_web_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let is_plain = !url
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control());
    is_plain && rest.is_some_and(|rest| !rest.is_empty())
}

fn is_phone(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_digit() || "+-(). ".contains(letter);
    text.chars().all(fits) && text.chars().any(|letter| letter.is_ascii_digit())
}

/// The components a subscription is for; none: the whole page.
fn components_of(state: &State, fields: &Fields<'_>) -> Result<Option<Vec<ComponentId>>, Fault> {
    let Some(components) = fields.codes("component_ids", ComponentId::parse)? else {
        return Ok(None);
    };
    if components.is_empty() {
        return Err(fields.invalid("component_ids", "must hold at least one id"));
    }
    match components.iter().find(|id| !is_there(state, id)) {
        Some(unknown) => {
            let reason = format!("names {unknown}, which does not exist on this page");
            Err(fields.invalid("component_ids", &reason))
        }
        None => Ok(Some(components)),
    }
}

fn one(ask: &Ask) -> Result<Found, Fault> {
    let found = records::find::<Subscriber>(ask, ask.name("subscriber_id"))?;
    if found.value.scope.incident.is_some() {
        return Err(Fault::NotFound);
    }
    Ok(found)
}

fn one_of_incident(ask: &Ask) -> Result<Found, Fault> {
    let incident = named(ask)?.incident.id;
    let found = records::find::<Subscriber>(ask, ask.name("subscriber_id"))?;
    if found.value.scope.incident.as_ref() != Some(&incident) {
        return Err(Fault::NotFound);
    }
    Ok(found)
}

/// One of the page.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one(ask)?).map(Reply::Ok)
}

/// One of an incident.
pub(super) fn get_of_incident(ask: &Ask) -> Result<Reply, Fault> {
    shape(ask, &one_of_incident(ask)?).map(Reply::Ok)
}

/// Changes what one is told of: `component_ids` stands in no object here, and without it all.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    let state = ask.state()?;
    found.value.scope.components = components_of(&state, &ask.fields())?;
    let found = records::put(ask, &found, "subscriber_changed")?;
    shape(ask, &found).map(Reply::Ok)
}

/// Unsubscribes one of the page; he stays in the list of those.
pub(super) fn delete(ask: &Ask) -> Result<Reply, Fault> {
    let mut found = one(ask)?;
    if found.value.state == SubscriberState::Unsubscribed {
        return Err(Fault::NotFound);
    }
    found.value.state = SubscriberState::Unsubscribed;
    let found = records::put(ask, &found, "subscriber_unsubscribed")?;
    let ended = ask.app.store().end_recipient(&found.id, ask.app.now());
    ended.map_err(OpError::from)?;
    shape(ask, &found).map(Reply::Ok)
}

/// Takes one of an incident away.
pub(super) fn delete_of_incident(ask: &Ask) -> Result<Reply, Fault> {
    let found = one_of_incident(ask)?;
    let gone = shape(ask, &found)?;
    records::remove(ask, &found, "subscriber_deleted")?;
    Ok(Reply::Ok(gone))
}

/// Asks one again to confirm.
pub(super) fn resend(ask: &Ask) -> Result<Reply, Fault> {
    ask_again(ask, &one(ask)?)
}

/// The same of an incident.
pub(super) fn resend_of_incident(ask: &Ask) -> Result<Reply, Fault> {
    ask_again(ask, &one_of_incident(ask)?)
}

fn ask_again(ask: &Ask, found: &Found) -> Result<Reply, Fault> {
    if found.value.state != SubscriberState::Unconfirmed {
        return Err(Fault::Invalid("this subscriber is confirmed".to_owned()));
    }
    ask.app
        .resend_confirmation(&ask.caller, &found.value.page, &found.id)?;
    Ok(Reply::Sent)
}

/// Asks several again.
pub(super) fn resend_to_all(ask: &Ask) -> Result<Reply, Fault> {
    for found in several(ask)? {
        // Who has confirmed, or was asked as often as he may be today, is left in peace.
        if found.value.state == SubscriberState::Unconfirmed {
            match ask
                .app
                .resend_confirmation(&ask.caller, &found.value.page, &found.id)
            {
                Ok(()) | Err(OpError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(Reply::Sent)
}

/// Unsubscribes several.
pub(super) fn unsubscribe(ask: &Ask) -> Result<Reply, Fault> {
    change_all(ask, SubscriberState::Unsubscribed, |state| {
        state != SubscriberState::Unsubscribed
    })
}

/// Takes back those who unsubscribed or could not be reached.
pub(super) fn reactivate(ask: &Ask) -> Result<Reply, Fault> {
    change_all(ask, SubscriberState::Active, |state| {
        matches!(
            state,
            SubscriberState::Unsubscribed | SubscriberState::Quarantined
        )
    })
}

fn change_all(
    ask: &Ask,
    to: SubscriberState,
    from: impl Fn(SubscriberState) -> bool,
) -> Result<Reply, Fault> {
    let found = several(ask)?;
    let mut writes = Writes::default();
    for mut own in found.into_iter().filter(|own| from(own.value.state)) {
        own.value.state = to;
        own.value.quarantined_at = None;
        own.value.purge_at = None;
        let detail = json!({ "state": to.as_str() });
        writes.put(&own)?.note(&own, "subscriber_changed", detail);
    }
    ask.app.write_records(&ask.caller, writes)?;
    Ok(Reply::Sent)
}

/// Those that a request names: ids, or `all` of a type and a state.
fn several(ask: &Ask) -> Result<Vec<Found>, Fault> {
    let fields = ask.fields();
    let mut found = of_page(ask)?;
    let too_many = || fields.invalid("subscribers", &format!("may name at most {NAMED_MAX}"));
    match fields.raw("subscribers") {
        Some(Value::String(all)) if all == "all" => {
            let state = fields.said("state")?;
            let kind = fields.said("type")?;
            if let Some(name) = &state {
                retain(&mut found, Some(name), kind.as_deref())?;
            } else if let Some(kind) = &kind {
                found.retain(|own| own.value.channel.as_str() == kind);
            }
            if found.len() > NAMED_MAX {
                return Err(too_many());
            }
            Ok(found)
        }
        _ => {
            let ids = fields.list("subscribers")?;
            let ids = ids.ok_or_else(|| fields.invalid("subscribers", "must not be empty"))?;
            if ids.len() > NAMED_MAX {
                return Err(too_many());
            }
            if let Some(unknown) = ids
                .iter()
                .find(|id| !found.iter().any(|own| own.id == **id))
            {
                let reason = format!("names {unknown}, which does not exist on this page");
                return Err(fields.invalid("subscribers", &reason));
            }
            found.retain(|own| ids.contains(&own.id));
            Ok(found)
        }
    }
}

fn shapes(ask: &Ask, found: &[Found]) -> Result<Reply, Fault> {
    let shapes = found.iter().map(|own| shape(ask, own));
    let shapes: Vec<Value> = shapes.collect::<Result<_, _>>()?;
    Ok(Reply::Ok(shapes.into()))
}

fn shape(ask: &Ask, subscriber: &Found) -> Result<Value, Fault> {
    let state = ask.state()?;
    let value = &subscriber.value;
    let time = |at| api_v1::time(&state.page.zone, at);
    Ok(json!({
        "id": subscriber.id,
        "mode": value.channel.as_str(),
        "email": value.email,
        "endpoint": value.endpoint,
        "phone_number": value.phone_number,
        "phone_country": value.phone_country,
        "display_phone_number": value.phone_number,
        "obfuscated_channel_name": null,
        "workspace_name": null,
        "skip_confirmation_notification": value.unasked,
        "quarantined_at": value.quarantined_at.map(time),
        "purge_at": value.purge_at.map(time),
        "components": value.scope.components,
        "page_access_user_id": value.viewer,
        "created_at": time(subscriber.created_at),
    }))
}
