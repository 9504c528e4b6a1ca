//! Signing on with a provider (`OpenID` Connect): its settings, the way there and back, and the roles
//! that follow from the groups it names.
//!
//! Roles by groups stand beside those that people gave: they follow the groups at every sign-on, and
//! count in sessions that the provider began. What is asked of the provider over the network is the
//! server's.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use noroshi_domain::{Instant, Locale, PageId, Refusal, hash_hex, unhex};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Access, Caller, Permission, Role};
use crate::app::App;
use crate::assertion::host_of;
use crate::error::OpError;
use crate::id_token::{Claims, NotBelieved};
use crate::limits::{
    GROUP_ROLES_MAX, LISTED_RECORDS_MAX, NAME_CHARS_MAX, SIGN_ON_CHARS_MAX, SIGN_ON_S,
    SIGN_ONS_FORGOTTEN_MAX, SIGN_ONS_OF_ADDRESS_MAX,
};
use crate::records::{PrivateRecord, Stored, Writes, unique_key};
use crate::secrets::Sealed;
use crate::sessions::{Browser, Session, Way};
use crate::tokens::{check_name, too_long};
use crate::users::{NewUser, User, check_email};

/// The key of the one there is.
const ONLY: &str = "only";
/// The key that a sign-on under way is found by.
const HASH: &str = "hash";

/// What is asked for when nothing else is set.
pub const SCOPES: [&str; 3] = ["openid", "email", "profile"];
/// The claim that holds groups when nothing else is set.
pub const GROUPS_CLAIM: &str = "groups";

/// Where people of this installation sign on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// What people call it.
    pub name: String,
    /// Its address, as it stands in what it signs.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    client_secret: Sealed,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
    /// The claim that holds the groups.
    pub groups_claim: String,
    /// Which group gives which role.
    pub roles: Vec<GroupRole>,
}

/// A group's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    /// The group, as the provider writes it.
    pub group: String,
    /// The role.
    pub role: Role,
    /// Where; none: on everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageId>,
}

impl PrivateRecord for Provider {
    const KIND: &'static str = "provider";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(ONLY, "")]
    }
}

impl Provider {
    /// What the groups give: on each place the mightiest role.
    pub fn access_of(&self, groups: &[&str]) -> Access {
        let mut access = Access::default();
        let given = |rule: &&GroupRole| groups.contains(&rule.group.as_str());
        for rule in self.roles.iter().filter(given) {
            match &rule.page {
                Some(page) => {
                    let held = access.pages.entry(page.clone()).or_insert(rule.role);
                    *held = rule.role.max(*held);
                }
                None => access.everywhere = access.everywhere.max(Some(rule.role)),
            }
        }
        access
    }
}

/// Settings as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProvider {
    /// What people call it.
    pub name: String,
    /// Its address: `https://…`.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we show it; none: the one that is kept.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What is asked for; empty: [`SCOPES`].
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claim that holds the groups; empty: [`GROUPS_CLAIM`].
    #[serde(default)]
    pub groups_claim: String,
    /// Which group gives which role.
    #[serde(default)]
    pub roles: Vec<GroupRole>,
}

/// How somebody is known at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOn {
    /// The provider.
    pub issuer: String,
    /// Who he is there.
    pub subject: String,
    /// What his groups gave when he signed on last.
    pub access: Access,
}

impl SignOn {
    /// What he is found by.
    pub(crate) fn key(issuer: &str, subject: &str) -> String {
        hash_hex(format!("{issuer}\n{subject}").as_bytes())
    }
}

/// A sign-on on its way to the provider and back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    hash: String,
    ends_at: Instant,
    /// Where the provider was told to lead back to.
    pub back: String,
    /// Where the person wanted to go.
    pub next: String,
}

impl PrivateRecord for UnderWay {
    const KIND: &'static str = "sign_on";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(HASH, &self.hash)]
    }

    /// By when it ends, so that those that ended stand first.
    fn sort(&self) -> Option<i64> {
        Some(self.ends_at.micros())
    }
}

/// What a browser keeps while its person is at the provider: everything else follows from it, and
/// the store knows its hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread(String);

impl Thread {
    /// What the browser showed.
    pub fn shown(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// What the browser is to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, name: &str) -> String {
        hash_hex(format!("{name} {}", self.0).as_bytes())
    }

    /// What the provider sends back beside its answer.
    pub fn state(&self) -> String {
        self.part("state")
    }

    /// What the provider signs together with its answer.
    pub fn nonce(&self) -> String {
        self.part("nonce")
    }

    /// What shows that whoever asked is whoever takes the answer (RFC 7636).
    pub fn verifier(&self) -> String {
        self.part("verifier")
    }

    /// The hash of it, as the provider is told beforehand.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(unhex(&hash_hex(self.verifier().as_bytes())))
    }
}

/// Why somebody who came from the provider is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignOnError {
    /// This browser did not ask, or asked too long ago, or was answered already.
    #[error("nobody here asked for this, or it was answered already")]
    NotAsked,
    /// The person, or the provider, said no.
    #[error("the provider did not let the person on")]
    Declined,
    /// The provider could not be asked; why.
    #[error("{0}")]
    Silent(String),
    /// What the provider said is not believed.
    #[error("what the provider said is not believed: {0}")]
    NotBelieved(#[from] NotBelieved),
    /// The provider did not say an address that can be one.
    #[error("the provider says no address")]
    NoAddress,
    /// There is an account with this address, and the provider has not seen that it is his.
    #[error("the address belongs to an account, and the provider has not verified it")]
    AddressTaken,
    /// His groups give him nothing here.
    #[error("the groups give no role")]
    NoRole,
    /// He was let in no longer.
    #[error("the account is disabled")]
    Disabled,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] OpError),
}

impl App {
    /// Where people sign on, if anywhere.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn provider(&self) -> Result<Option<Stored<Provider>>, OpError> {
        let found = self.records_by_key(ONLY, "")?;
        Ok(found.into_iter().next())
    }

    /// What we show the provider.
    ///
    /// # Errors
    /// When the secret can not be opened.
    pub fn client_secret(&self, provider: &Provider) -> Result<String, OpError> {
        let secret = self.unseal(&provider.client_secret)?;
        String::from_utf8(secret).map_err(|_| OpError::Store("a secret is no text".to_owned()))
    }

    /// Sets where people sign on.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] for whoever does not own the installation; a refusal when a field can
    /// not stand.
    pub fn set_provider(&self, caller: &Caller, new: &NewProvider) -> Result<(), OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let held = self.provider()?;
        let kept = held.as_ref().map(|held| &held.value.client_secret);
        let given = new.client_secret.as_deref();
        let client_secret = match given.filter(|text| !text.is_empty()) {
            Some(secret) => self.seal(secret.as_bytes())?,
            None => kept.cloned().ok_or_else(|| wrong("client_secret"))?,
        };
        let provider = self.checked(new, client_secret)?;
        let moved = held
            .as_ref()
            .is_some_and(|held| held.value.issuer != provider.issuer);
        let detail = json!({ "issuer": provider.issuer, "roles": provider.roles });
        let stored = match held {
            Some(held) => Stored {
                value: provider,
                ..held
            },
            None => self.new_record(None, provider),
        };
        let mut writes = Writes::default();
        writes
            .put(&stored)?
            .note(&stored, "provider_changed", detail);
        if moved {
            self.end_sign_ons(&mut writes)?;
        }
        self.write_records(caller, writes)
    }

    /// Nobody signs on at the provider any more; sessions that it began end.
    ///
    /// # Errors
    /// As [`App::set_provider`]; [`OpError::NotFound`] where there is none.
    pub fn drop_provider(&self, caller: &Caller) -> Result<(), OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let Some(held) = self.provider()? else {
            return Err(OpError::NotFound {
                kind: Provider::KIND,
                id: String::new(),
            });
        };
        let mut writes = Writes::default();
        writes
            .delete::<Provider>(&held.id)
            .note(&held, "provider_dropped", json!({}));
        self.end_sign_ons(&mut writes)?;
        self.write_records(caller, writes)
    }

    fn end_sign_ons(&self, writes: &mut Writes) -> Result<(), OpError> {
        for session in self.records::<Session>(None, &Slice::first(LISTED_RECORDS_MAX))? {
            if session.value.way == Way::Provider {
                writes.delete::<Session>(&session.id);
            }
        }
        Ok(())
    }

    fn checked(&self, new: &NewProvider, client_secret: Sealed) -> Result<Provider, OpError> {
        check_name("name", &new.name)?;
        let issuer = new.issuer.trim();
        check_issuer(issuer)?;
        let or = |text: &str, other: &str| {
            let text = text.trim();
            if text.is_empty() { other } else { text }.to_owned()
        };
        let mut scopes: Vec<String> = new
            .scopes
            .iter()
            .flat_map(|scopes| scopes.split_whitespace())
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() {
            scopes = SCOPES.map(str::to_owned).to_vec();
        }
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        let provider = Provider {
            name: new.name.trim().to_owned(),
            issuer: issuer.to_owned(),
            client_id: new.client_id.trim().to_owned(),
            client_secret,
            scopes,
            groups_claim: or(&new.groups_claim, GROUPS_CLAIM),
            roles: new.roles.clone(),
        };
        if provider.client_id.is_empty() {
            return Err(wrong("client_id"));
        }
        if provider.roles.len() > GROUP_ROLES_MAX {
            return Err(too_long("roles", provider.roles.len(), GROUP_ROLES_MAX));
        }
        let groups = provider.roles.iter().map(|rule| rule.group.as_str());
        let scopes = provider.scopes.join(" ");
        let texts = [&provider.issuer, &provider.client_id, &scopes]
            .map(String::as_str)
            .into_iter()
            .chain([provider.groups_claim.as_str()])
            .chain(groups);
        for text in texts {
            let given = text.chars().count();
            if given > SIGN_ON_CHARS_MAX {
                return Err(too_long("sign_on", given, SIGN_ON_CHARS_MAX));
            }
        }
        for rule in &provider.roles {
            if rule.group.trim().is_empty() {
                return Err(wrong("group"));
            }
            if let Some(page) = &rule.page {
                self.state(page)?;
            }
        }
        Ok(provider)
    }

    /// Begins a sign-on: what the browser keeps meanwhile.
    ///
    /// # Errors
    /// [`OpError::TooOften`] after too many that were not ended.
    pub fn begin_sign_on(
        &self,
        browser: &Browser,
        back: &str,
        next: &str,
    ) -> Result<Thread, OpError> {
        let now = self.now();
        self.inner.gate.try_once(&begun(browser), now)?;
        let thread = Thread(self.secret(""));
        let under_way = UnderWay {
            hash: hash_hex(thread.0.as_bytes()),
            ends_at: now.plus_seconds(SIGN_ON_S),
            back: back.to_owned(),
            next: next.to_owned(),
        };
        let mut writes = Writes::default();
        writes.put(&self.new_record(None, under_way))?;
        self.write_records(&Caller::command_line(), writes)?;
        self.forget_ended::<UnderWay>(now, SIGN_ONS_FORGOTTEN_MAX);
        Ok(thread)
    }

    /// Takes up a sign-on when its person comes back with the state that was sent along. It is taken
    /// up once.
    ///
    /// # Errors
    /// [`SignOnError::NotAsked`] where this browser did not begin it, or not in time, or where it was
    /// taken up already.
    pub fn take_up_sign_on(&self, thread: &Thread, state: &str) -> Result<UnderWay, SignOnError> {
        let own = thread.state();
        if verify_slices_are_equal(own.as_bytes(), state.as_bytes()).is_err() {
            return Err(SignOnError::NotAsked);
        }
        let hash = hash_hex(thread.0.as_bytes());
        let found = self.records_by_key::<UnderWay>(HASH, &hash)?;
        let Some(found) = found.into_iter().next() else {
            return Err(SignOnError::NotAsked);
        };
        let mut writes = Writes::default();
        writes.delete::<UnderWay>(&found.id);
        match self.write_records(&Caller::command_line(), writes) {
            Ok(()) if self.now() < found.value.ends_at => Ok(found.value),
            Ok(()) | Err(OpError::Stale) => Err(SignOnError::NotAsked),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs in whoever the provider speaks of, with the roles of his groups; makes his account when
    /// he comes for the first time. Gives what his browser is to show.
    ///
    /// # Errors
    /// [`SignOnError`]; without a role he is not signed in, and those he had by groups are taken.
    pub fn sign_on(
        &self,
        provider: &Provider,
        claims: &Claims,
        (browser, locale): (&Browser, Locale),
    ) -> Result<String, SignOnError> {
        self.inner.gate.succeeded(&begun(browser));
        let groups = claims.groups(&provider.groups_claim);
        let sign_on = SignOn {
            issuer: provider.issuer.clone(),
            subject: claims.subject().to_owned(),
            access: provider.access_of(&groups),
        };
        let key = SignOn::key(&sign_on.issuer, &sign_on.subject);
        let known = self.records_by_key::<User>(crate::users::SUBJECT, &key)?;
        let user = match known.into_iter().next() {
            Some(user) => user,
            None => self.met(claims, &sign_on, locale)?,
        };
        if user.value.disabled_at.is_some() {
            return Err(SignOnError::Disabled);
        }
        let user = self.with_groups(user, sign_on, &groups)?;
        if user.value.access_by(Way::Provider).is_empty() {
            return Err(SignOnError::NoRole);
        }
        Ok(self.begin_session(&user, browser, Way::Provider)?)
    }

    /// Somebody who signs on for the first time: the account of his address, or one to be.
    fn met(
        &self,
        claims: &Claims,
        sign_on: &SignOn,
        locale: Locale,
    ) -> Result<Stored<User>, SignOnError> {
        let email = claims.email().filter(|email| check_email(email).is_ok());
        let email = email.ok_or(SignOnError::NoAddress)?;
        if let Some(user) = self.user_by_email(email)? {
            // Whoever may write any address at his provider must not become somebody else.
            let is_his = claims.is_email_verified() && user.value.sign_on.is_none();
            return is_his.then_some(user).ok_or(SignOnError::AddressTaken);
        }
        if sign_on.access.is_empty() {
            return Err(SignOnError::NoRole);
        }
        let name = claims.name().unwrap_or(email);
        let user = self.user_to_be(&NewUser {
            email: email.to_owned(),
            name: name.chars().take(NAME_CHARS_MAX).collect(),
            locale,
            password: None,
            access: Access::default(),
        })?;
        Ok(user)
    }

    /// Writes what somebody's groups give him now, where that is another than before.
    fn with_groups(
        &self,
        mut user: Stored<User>,
        sign_on: SignOn,
        groups: &[&str],
    ) -> Result<Stored<User>, SignOnError> {
        let held = user.value.sign_on.as_ref();
        if held == Some(&sign_on) {
            return Ok(user);
        }
        let before = held.map(|held| held.access.clone());
        let detail = json!({ "from": before, "to": sign_on.access, "groups": groups.len() });
        let act = if user.version == 0 {
            "user_signed_on"
        } else if held.is_none() {
            "user_linked"
        } else {
            "groups_changed"
        };
        user.value.sign_on = Some(sign_on);
        let mut writes = Writes::default();
        writes.put(&user)?.note(&user, act, detail);
        if user.value.access_by(Way::Provider).is_empty() {
            for session in self.sessions_of(&user.id)? {
                writes.delete::<Session>(&session.id);
            }
        }
        self.write_records(&user.caller_by(Way::Provider), writes)?;
        user.version += 1;
        Ok(user)
    }
}

fn begun(browser: &Browser) -> [(String, u32); 1] {
    let name = format!("sign-on {}", browser.address);
    [(name, SIGN_ONS_OF_ADDRESS_MAX)]
}

fn wrong(field: &'static str) -> OpError {
    let reason = match field {
        "issuer" => "write it like https://id.example.com; plain http only on this machine",
        "client_secret" => "give the secret that the provider made",
        "client_id" => "give the name that the provider made for this installation",
        _ => "give the name of a group",
    };
    let reason = reason.to_owned();
    Refusal::BadSetting { field, reason }.into()
}

/// Refuses an address that is not encrypted, but on this machine.
fn check_issuer(issuer: &str) -> Result<(), OpError> {
    if is_safe_address(issuer) && !issuer.contains(['?', '#']) {
        Ok(())
    } else {
        Err(wrong("issuer"))
    }
}

/// Whether an address is encrypted, or this machine's own.
pub fn is_safe_address(address: &str) -> bool {
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host_of(authority);
    let is_named = !host.is_empty() && !authority.contains('@');
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    is_plain && is_named && (scheme == "https" || scheme == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_this_machines_own() {
        for address in [
            "https://id.example.com",
            "https://id.example.com:8443/realm",
            "http://127.0.0.1:4000",
            "http://localhost/x",
            "http://[::1]:4000",
        ] {
            assert!(is_safe_address(address), "{address}");
        }
        for address in [
            "",
            "id.example.com",
            "http://id.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1@evil.example",
            "https://user@evil.example",
            "https://",
            "ftp://localhost",
            "https://a b",
        ] {
            assert!(!is_safe_address(address), "{address}");
        }
    }
}
