//! Subscribers: who wants to be told, of what, and how.
//!
//! Who is not known asks by the public door ([`App::take_subscription`]); what he may do after that, he may
//! do by the links he was sent ([`App::subscriber_of_token`]). The team has doors of its own.

mod links;
mod list;

pub use noroshi_domain::subscriber::{Channel, EventKind, Scope, Subscriber, SubscriberState};
use noroshi_domain::{ComponentId, GroupId, Instant, Locale, PageId, Refusal, State};
use noroshi_store::Key;
use serde_json::json;

pub use self::links::Purpose;
pub use self::list::{Counts, Imported, LineFault};
use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::limits::{
    CONFIRMATION_S, CONFIRMATIONS_A_DAY, SUBSCRIBERS_MAX, SUBSCRIPTION_ADDRESS_CHARS_MAX,
    SUBSCRIPTION_PARTS_MAX,
};
use crate::records::{PrivateRecord, Stored, Writes, shared_key, unique_key};

impl PrivateRecord for Subscriber {
    const KIND: &'static str = "subscriber";

    fn keys(&self) -> Vec<Key> {
        let lookups = self.lookups().into_iter();
        lookups
            .map(|(name, value, is_alone)| {
                if is_alone {
                    unique_key(name, &value)
                } else {
                    shared_key(name, &value)
                }
            })
            .collect()
    }
}

/// Why nobody more is taken in.
const FULL: &str = "this page has as many subscribers as it may have";

/// What somebody asks for who wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// How.
    pub channel: Channel,
    /// Where: a mail address or a webhook's.
    pub address: String,
    /// The contact of a webhook, told when it fails.
    pub contact: Option<String>,
    /// Of what.
    pub scope: Scope,
    /// In which language.
    pub locale: Locale,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A mail was sent that asks to confirm. The same whether or not the address was known.
    Confirm,
    /// He is told from now on.
    Active(Box<Stored<Subscriber>>),
}

impl App {
    /// Takes somebody in who wants to be told: by mail only once he has confirmed.
    ///
    /// # Errors
    /// A refusal when the address can not be one, the way is switched off, the scope names what
    /// is not there, or the page has as many subscribers as it may.
    pub fn take_subscription(
        &self,
        page: &PageId,
        new: &NewSubscription,
    ) -> Result<Asked, OpError> {
        let state = self.state(page)?;
        check_way(&state, new.channel, new.scope.incident.is_some())?;
        let address = new.address.trim();
        check_address(new.channel, address)?;
        let contact = new.contact.as_deref().map(str::trim);
        let contact = contact.filter(|text| !text.is_empty());
        if let Some(contact) = contact {
            check_address(Channel::Email, contact)?;
        }
        check_scope(&state, &new.scope)?;
        let mut wanted = Subscriber {
            scope: new.scope.clone(),
            locale: Some(new.locale),
            ..Subscriber::new(page.clone(), new.channel)
        };
        if new.channel == Channel::Email {
            wanted.email = Some(address.to_owned());
        } else {
            wanted.endpoint = Some(address.to_owned());
            wanted.email = contact.map(str::to_owned);
        }
        match self.same_address(&wanted)? {
            Some(held) => self.ask_again(held, wanted),
            None => self.take_in(wanted),
        }
    }

    fn same_address(&self, wanted: &Subscriber) -> Result<Option<Stored<Subscriber>>, OpError> {
        let key = wanted.keys().into_iter().find(|key| key.unique);
        let Some(key) = key else {
            return Ok(None);
        };
        let found = self.records_by_key(&key.name, &key.value)?;
        Ok(found.into_iter().next())
    }

    fn take_in(&self, mut wanted: Subscriber) -> Result<Asked, OpError> {
        let now = self.now();
        let count = self
            .store()
            .count_records(Subscriber::KIND, Some(&wanted.page))?;
        if count >= SUBSCRIBERS_MAX {
            return Err(setting("subscriber", FULL));
        }
        let is_mail = wanted.channel == Channel::Email;
        if is_mail {
            wanted.state = SubscriberState::Unconfirmed;
            owe(&mut wanted, now);
        } else {
            wanted.confirmed_at = Some(now);
        }
        let page = wanted.page.clone();
        let stored = self.new_record(Some(&page), wanted);
        let kept = self.put_record(&Caller::public(), &stored, "subscriber_created", json!({}));
        match kept {
            Ok(_) if is_mail => Ok(Asked::Confirm),
            Ok(kept) => Ok(Asked::Active(Box::new(kept))),
            // Somebody asked for the same at the same time: he is asked once.
            Err(OpError::Refused(Refusal::Taken { .. })) => Ok(Asked::Confirm),
            Err(error) => Err(error),
        }
    }

    /// What is asked for again changes nothing by itself: whoever reads the mail decides.
    fn ask_again(
        &self,
        mut held: Stored<Subscriber>,
        wanted: Subscriber,
    ) -> Result<Asked, OpError> {
        let now = self.now();
        if held.value.channel != Channel::Email {
            // An address that is called is its owner's secret: asking again brings it back.
            if held.value.state != SubscriberState::Active {
                held.value = wanted;
                held.value.confirmed_at = Some(now);
                let public = Caller::public();
                let kept = self.put_record(&public, &held, "subscriber_changed", json!({}))?;
                return Ok(Asked::Active(Box::new(kept)));
            }
            return Err(Refusal::Taken {
                kind: "webhook",
                id: held.value.address().to_owned(),
            }
            .into());
        }
        if held.value.state != SubscriberState::Active {
            held.value.scope = wanted.scope;
            held.value.locale = wanted.locale;
            held.value.state = SubscriberState::Unconfirmed;
            held.value.confirmed_at = None;
            held.value.quarantined_at = None;
            held.value.purge_at = None;
            held.value.failure_count = 0;
        }
        if owe(&mut held.value, now) {
            let public = Caller::public();
            match self.put_record(&public, &held, "subscriber_asked", json!({})) {
                // Whoever wrote meanwhile has asked as well.
                Ok(_) | Err(OpError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Asked::Confirm)
    }

    /// Somebody says that an address is his.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where the token leads nowhere.
    pub fn confirm_subscription(&self, token: &str) -> Result<Stored<Subscriber>, OpError> {
        let mut found = self.subscriber_of_token(Purpose::Confirm, token)?;
        if found.value.state == SubscriberState::Active {
            return Ok(found);
        }
        found.value.state = SubscriberState::Active;
        found.value.confirmed_at = Some(self.now());
        found.value.confirmation_owed = None;
        found.value.asked_at.clear();
        let public = Caller::public();
        self.put_record(&public, &found, "subscriber_confirmed", json!({}))
    }

    /// Changes what somebody is told, and in which language.
    ///
    /// # Errors
    /// A refusal when the scope names what is not there; [`OpError::NotFound`] where the token
    /// leads nowhere.
    pub fn change_subscription(
        &self,
        token: &str,
        scope: Scope,
        locale: Locale,
    ) -> Result<Stored<Subscriber>, OpError> {
        let mut found = self.subscriber_of_token(Purpose::Manage, token)?;
        let state = self.state(&found.value.page)?;
        let incident = found.value.scope.incident.clone();
        found.value.scope = Scope { incident, ..scope };
        check_scope(&state, &found.value.scope)?;
        found.value.locale = Some(locale);
        let public = Caller::public();
        self.put_record(&public, &found, "subscriber_changed", json!({}))
    }

    /// Somebody wants to be told no more. Doing it twice does it once.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where the token leads nowhere.
    pub fn leave_subscription(&self, token: &str) -> Result<Stored<Subscriber>, OpError> {
        let found = self.subscriber_of_token(Purpose::Manage, token)?;
        self.end_subscription(found)
    }

    /// The same by the code that webhooks carry (reference 5.1).
    ///
    /// # Errors
    /// [`OpError::NotFound`] where there is no such subscriber on the page.
    pub fn leave_by_code(&self, page: &PageId, id: &str) -> Result<Stored<Subscriber>, OpError> {
        let found = self.subscriber_by_code(page, id)?;
        self.end_subscription(found)
    }

    /// A subscriber of a page by his code.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where there is none.
    pub fn subscriber_by_code(
        &self,
        page: &PageId,
        id: &str,
    ) -> Result<Stored<Subscriber>, OpError> {
        let found = self.record::<Subscriber>(id)?;
        let own = found.filter(|found| found.value.page == *page);
        own.ok_or_else(|| not_found(id))
    }

    fn end_subscription(
        &self,
        mut found: Stored<Subscriber>,
    ) -> Result<Stored<Subscriber>, OpError> {
        if found.value.state == SubscriberState::Unsubscribed {
            return Ok(found);
        }
        found.value.state = SubscriberState::Unsubscribed;
        found.value.confirmation_owed = None;
        let public = Caller::public();
        let kept = self.put_record(&public, &found, "subscriber_unsubscribed", json!({}))?;
        self.store().end_recipient(&kept.id, self.now())?;
        Ok(kept)
    }

    /// Asks somebody again whether the address is his.
    ///
    /// # Errors
    /// A refusal when he has confirmed, or was asked as often as he may be today.
    pub fn resend_confirmation(
        &self,
        caller: &Caller,
        page: &PageId,
        id: &str,
    ) -> Result<(), OpError> {
        caller.require(Some(page), Permission::ManageSubscribers)?;
        let mut found = self.subscriber_by_code(page, id)?;
        if found.value.state != SubscriberState::Unconfirmed {
            return Err(setting("subscriber", "this one has confirmed already"));
        }
        if !owe(&mut found.value, self.now()) {
            let reason = "he was asked three times in the last 24 hours";
            return Err(setting("subscriber", reason));
        }
        self.put_record(caller, &found, "subscriber_asked", json!({}))?;
        Ok(())
    }

    /// Takes a subscriber away from everywhere: his record and what is known of what he was sent.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where there is none.
    pub fn erase_subscriber(
        &self,
        caller: &Caller,
        page: &PageId,
        id: &str,
    ) -> Result<(), OpError> {
        caller.require(Some(page), Permission::ManageSubscribers)?;
        let found = self.subscriber_by_code(page, id)?;
        let mut writes = Writes::default();
        writes
            .delete::<Subscriber>(&found.id)
            .note(&found, "subscriber_erased", json!({}));
        self.write_records(caller, writes)?;
        self.store().forget_recipient(&found.id)?;
        // What was deleted must not stand in the gaps of the file.
        Ok(self.store().scrub()?)
    }

    /// Forgets those that were quarantined for long, and those that never confirmed; a part of
    /// them at a time, in passing.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn purge_subscribers(&self, page: &PageId) -> Result<usize, OpError> {
        let now = self.now();
        let over = |own: &Stored<Subscriber>| match own.value.state {
            SubscriberState::Quarantined => own.value.purge_at.is_some_and(|at| at <= now),
            SubscriberState::Unconfirmed => {
                let asked = own.value.asked_at.last().copied();
                asked.unwrap_or(own.created_at).plus_seconds(CONFIRMATION_S) <= now
            }
            _ => false,
        };
        let mut writes = Writes::default();
        let mut count = 0;
        self.each_subscriber(page, &mut |own| {
            if over(&own) && count < 100 {
                count += 1;
                writes
                    .delete::<Subscriber>(&own.id)
                    .note(&own, "subscriber_purged", json!({}));
            }
        })?;
        if count > 0 {
            self.write_records(&Caller::public(), writes)?;
        }
        Ok(count)
    }
}

/// Owes somebody a confirmation, unless he was asked as often today as he may be; whether it does.
fn owe(own: &mut Subscriber, now: Instant) -> bool {
    let day_ago = now.plus_seconds(-86_400);
    own.asked_at.retain(|at| *at > day_ago);
    if own.asked_at.len() >= CONFIRMATIONS_A_DAY {
        return false;
    }
    own.asked_at.push(now);
    own.confirmation_owed = Some(now);
    true
}

/// Whether a way to subscribe is open on a page.
pub fn is_way_open(state: &State, channel: Channel, is_incident: bool) -> bool {
    let settings = &state.page.settings;
    let kept: serde_json::Value = settings
        .compatible
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let field = if is_incident {
        "allow_incident_subscribers"
    } else {
        "allow_page_subscribers"
    };
    let is_off = settings
        .subscribe_off
        .iter()
        .any(|off| off == channel.as_str());
    !is_off && kept.get(field).and_then(serde_json::Value::as_bool) != Some(false)
}

fn check_way(state: &State, channel: Channel, is_incident: bool) -> Result<(), OpError> {
    let is_known = matches!(channel, Channel::Email | Channel::Webhook);
    if is_known && is_way_open(state, channel, is_incident) {
        return Ok(());
    }
    Err(setting("channel", "this page does not offer this way"))
}

/// Whether a text can be an address of a channel.
pub(crate) fn check_address(channel: Channel, address: &str) -> Result<(), OpError> {
    let is_short = address.chars().count() <= SUBSCRIPTION_ADDRESS_CHARS_MAX;
    match channel {
        Channel::Email if is_short && is_mail_address(address) => Ok(()),
        Channel::Email => Err(setting("email", "write it like ada@example.com")),
        _ if is_short && is_web_address(address) => Ok(()),
        _ => Err(setting(
            "endpoint",
            "write it like https://example.com/hook",
        )),
    }
}

fn is_mail_address(text: &str) -> bool {
    let is_plain = text.is_ascii()
        && !text.chars().any(|letter| {
            letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter)
        });
    let Some((user, host)) = text.rsplit_once('@') else {
        return false;
    };
    is_plain && !user.is_empty() && !user.contains('@') && host.contains('.') && {
        let mut labels = host.split('.');
        labels.all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
    }
}

fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_plain = !text
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control() || letter == '@');
    is_plain && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

fn check_scope(state: &State, scope: &Scope) -> Result<(), OpError> {
    let components = scope.components.as_deref().unwrap_or_default();
    if components.len() + scope.groups.len() > SUBSCRIPTION_PARTS_MAX {
        return Err(setting("components", "choose fewer, or the whole page"));
    }
    let is_open = |id: &ComponentId| {
        let own = state.components.get(id);
        own.is_some_and(|own| !own.restricted && own.retired_at.is_none())
    };
    let is_group = |id: &GroupId| state.groups.contains_key(id);
    if !components.iter().all(is_open) || !scope.groups.iter().all(is_group) {
        return Err(setting(
            "components",
            "choose from those that the page shows",
        ));
    }
    Ok(())
}

fn not_found(id: &str) -> OpError {
    OpError::NotFound {
        kind: Subscriber::KIND,
        id: id.to_owned(),
    }
}

fn setting(field: &'static str, reason: &str) -> OpError {
    let reason = reason.to_owned();
    Refusal::BadSetting { field, reason }.into()
}
