//! What is asked of the sign-on provider over the network: how it is to be used, its keys, and who
//! came back. Each answer is bounded in bytes and time; nothing here follows a redirect.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use noroshi_domain::{Instant, SECOND_US};
use noroshi_ops::id_token::{Claims, Expected, NotBelieved};
use noroshi_ops::sign_on::{Provider, SignOnError, Thread, is_safe_address};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::limits::{PROVIDER_BYTES, PROVIDER_KEYS_S, PROVIDER_KNOWN_S, PROVIDER_TIME};
use crate::paths::encode;

/// Why a provider could not be asked, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silent {
    #[error("the provider can not be asked: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("the provider's answer is longer than {PROVIDER_BYTES} bytes")]
    TooLong,
    #[error("the provider answers {0} to {1}")]
    Status(u16, &'static str),
    #[error("the provider's {0} can not be read")]
    Unreadable(&'static str),
    #[error("the provider calls itself {0:?}")]
    OtherIssuer(String),
    #[error("the provider's address of {0} is not encrypted")]
    Unsafe(&'static str),
}

/// Why nobody came out of what the provider sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Silent(#[from] Silent),
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
}

/// How a provider says that it is used (`OpenID` Connect Discovery).
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Given {
    id_token: String,
    #[serde(default)]
    access_token: String,
}

/// What is known of the provider, for a while.
#[derive(Debug, Clone)]
pub(super) struct Known {
    metadata: Metadata,
    keys: Vec<Value>,
    asked_at: Instant,
    keys_at: Instant,
}

/// The way to providers: one client, and what is known of the one there is.
#[derive(Debug, Default)]
pub(crate) struct Providers {
    client: OnceLock<Client>,
    known: Mutex<Option<Arc<Known>>>,
}

/// What came back with the browser.
pub(super) struct Answered<'a> {
    pub(super) code: &'a str,
    pub(super) back: &'a str,
    pub(super) thread: &'a Thread,
    pub(super) now: Instant,
}

impl Known {
    /// Where a browser is sent.
    pub(super) fn way_there(&self, provider: &Provider, back: &str, thread: &Thread) -> String {
        let endpoint = &self.metadata.authorization_endpoint;
        let sign = if endpoint.contains('?') { '&' } else { '?' };
        format!(
            "{endpoint}{sign}response_type=code&client_id={}&redirect_uri={}&scope={}&state={}\
             &nonce={}&code_challenge={}&code_challenge_method=S256",
            encode(&provider.client_id),
            encode(back),
            encode(&provider.scopes.join(" ")),
            thread.state(),
            thread.nonce(),
            thread.challenge(),
        )
    }

    /// Whether an answer names its maker as it must (RFC 9207).
    pub(super) fn is_maker(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer == self.metadata.issuer,
            None => !self.metadata.authorization_response_iss_parameter_supported,
        }
    }
}

impl Providers {
    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let client = Client::builder()
                .timeout(PROVIDER_TIME)
                .redirect(reqwest::redirect::Policy::none())
                .user_agent("Noroshi")
                .build();
            client.expect("a client of plain settings can be made")
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a provider; asked when it is not, or was too long ago.
    pub(super) async fn known(&self, issuer: &str, now: Instant) -> Result<Arc<Known>, Silent> {
        let kept = self.kept().clone().filter(|known| {
            let age_us = now.since_us(known.asked_at);
            known.metadata.issuer == issuer && (0..PROVIDER_KNOWN_S * SECOND_US).contains(&age_us)
        });
        if let Some(known) = kept {
            return Ok(known);
        }
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let metadata: Metadata = read(self.client().get(address), "configuration").await?;
        if metadata.issuer != issuer {
            return Err(Silent::OtherIssuer(metadata.issuer));
        }
        let addresses = [
            (Some(&metadata.authorization_endpoint), "signing on"),
            (Some(&metadata.token_endpoint), "tokens"),
            (metadata.userinfo_endpoint.as_ref(), "people"),
            (Some(&metadata.jwks_uri), "keys"),
        ];
        for (address, name) in addresses {
            if address.is_some_and(|address| !is_safe_address(address)) {
                return Err(Silent::Unsafe(name));
            }
        }
        let keys: Keys = read(self.client().get(&metadata.jwks_uri), "keys").await?;
        Ok(self.keep(Known {
            metadata,
            keys: keys.keys,
            asked_at: now,
            keys_at: now,
        }))
    }

    fn keep(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.kept() = Some(Arc::clone(&known));
        known
    }

    /// Who came back: exchanges the code and reads what the provider says of him.
    pub(super) async fn who(
        &self,
        provider: &Provider,
        secret: &str,
        known: &Arc<Known>,
        answered: &Answered<'_>,
    ) -> Result<Claims, Failed> {
        let given = self.exchange(provider, secret, known, answered).await?;
        let nonce = answered.thread.nonce();
        let expected = Expected {
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            nonce: &nonce,
            now: answered.now,
        };
        let mut claims = match Claims::read(&given.id_token, &known.keys, &expected) {
            Err(NotBelieved::UnknownKey) => {
                // Providers change their keys, and show the new ones before they sign with them.
                let renewed = self.with_new_keys(known, answered.now).await?;
                Claims::read(&given.id_token, &renewed.keys, &expected)?
            }
            read => read?,
        };
        let is_all_said = claims.email().is_some() && claims.has(&provider.groups_claim);
        if let Some(address) = known.metadata.userinfo_endpoint.as_ref()
            && !is_all_said
            && !given.access_token.is_empty()
        {
            let asked = self.client().get(address);
            let asked = asked.header(AUTHORIZATION, format!("Bearer {}", given.access_token));
            let more: Map<String, Value> = read(asked, "words on a person").await?;
            claims.add(more)?;
        }
        Ok(claims)
    }

    async fn exchange(
        &self,
        provider: &Provider,
        secret: &str,
        known: &Known,
        answered: &Answered<'_>,
    ) -> Result<Given, Silent> {
        let mut form = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
            encode(answered.code),
            encode(answered.back),
            answered.thread.verifier(),
        );
        let (id, secret) = (encode(&provider.client_id), encode(secret));
        let ways = &known.metadata.token_endpoint_auth_methods_supported;
        let has = |way: &str| ways.iter().any(|own| own == way);
        let mut asked = self.client().post(&known.metadata.token_endpoint);
        // Where nothing is said it is the header.
        if has("client_secret_post") && !has("client_secret_basic") {
            form = format!("{form}&client_id={id}&client_secret={secret}");
        } else {
            let shown = STANDARD.encode(format!("{id}:{secret}"));
            asked = asked.header(AUTHORIZATION, format!("Basic {shown}"));
        }
        let asked = asked.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        read(asked.body(form), "token").await
    }

    /// The provider's keys of now; asked again at most once in a while.
    async fn with_new_keys(&self, known: &Arc<Known>, now: Instant) -> Result<Arc<Known>, Silent> {
        if now.since_us(known.keys_at) < PROVIDER_KEYS_S * SECOND_US {
            return Ok(Arc::clone(known));
        }
        let keys: Keys = read(self.client().get(&known.metadata.jwks_uri), "keys").await?;
        Ok(self.keep(Known {
            keys: keys.keys,
            keys_at: now,
            ..Known::clone(known)
        }))
    }
}

/// Asks, and reads a bounded answer.
async fn read<T: for<'a> Deserialize<'a>>(
    asked: RequestBuilder,
    what: &'static str,
) -> Result<T, Silent> {
    let mut answer = asked.header(ACCEPT, "application/json").send().await?;
    let status = answer.status();
    if !status.is_success() {
        return Err(Silent::Status(status.as_u16(), what));
    }
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await? {
        if body.len() + bytes.len() > PROVIDER_BYTES {
            return Err(Silent::TooLong);
        }
        body.extend_from_slice(&bytes);
    }
    serde_json::from_slice(&body).map_err(|_| Silent::Unreadable(what))
}

impl From<Failed> for SignOnError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotBelieved(reason) => Self::NotBelieved(reason),
            Failed::Silent(reason) => Self::Silent(reason.to_string()),
        }
    }
}
