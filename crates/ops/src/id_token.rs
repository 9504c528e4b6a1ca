//! What a sign-on provider says of somebody (`OpenID` Connect Core, 3.1.3.7): read only when it is
//! signed by one of the provider's keys, meant for us, asked by us, and fresh.
//!
//! The library checks signatures and nothing else: times are ours, for `now` is passed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use noroshi_domain::{Instant, SECOND_US};
use serde_json::{Map, Value};

use crate::limits::{GROUPS_READ_MAX, ID_TOKEN_S_MAX, ID_TOKEN_S_OFF, SUBJECT_CHARS_MAX};

/// The signatures that are believed: made with a key that only the provider has. `none` and those
/// that share a secret are not among them.
const ALGORITHMS: [(&str, Algorithm); 8] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// It can not be read.
    #[error("it is no signed token")]
    Malformed,
    /// It is signed in a way that is not allowed, or not at all.
    #[error("it is signed in a way that is not allowed")]
    Algorithm,
    /// None of the provider's keys is the one it names.
    #[error("it names a key that the provider does not show")]
    UnknownKey,
    /// The signature is not that key's.
    #[error("its signature is wrong")]
    Signature,
    /// Another provider made it.
    #[error("another provider made it")]
    Issuer,
    /// It is meant for another client.
    #[error("it is meant for another client")]
    Audience,
    /// It answers another question than ours.
    #[error("it does not belong to this sign-in")]
    Nonce,
    /// Its time is over.
    #[error("its time is over")]
    Expired,
    /// It was made too long ago, or is from the future.
    #[error("it was not made just now")]
    NotFresh,
    /// It does not say of whom it speaks.
    #[error("it does not say of whom it speaks")]
    Subject,
}

/// What a token has to say to be believed.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who makes it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// What was sent along.
    pub nonce: &'a str,
    /// What time it is.
    pub now: Instant,
}

/// What a provider said of somebody, believed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Reads an identity token and checks all there is to check.
    ///
    /// # Errors
    /// [`NotBelieved`]; with [`NotBelieved::UnknownKey`] the provider may have new keys.
    pub fn read(token: &str, keys: &[Value], expected: &Expected<'_>) -> Result<Self, NotBelieved> {
        let (header, _) = token.split_once('.').ok_or(NotBelieved::Malformed)?;
        let header = URL_SAFE_NO_PAD.decode(header).ok();
        let header = header.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let header = header.ok_or(NotBelieved::Malformed)?;
        let said = header.get("alg").and_then(Value::as_str);
        let named = ALGORITHMS.iter().find(|(name, _)| Some(*name) == said);
        let (name, algorithm) = named.ok_or(NotBelieved::Algorithm)?;
        if header.get("crit").is_some() {
            // It must be understood, and there is nothing of the kind that we understand.
            return Err(NotBelieved::Algorithm);
        }
        let key_id = header.get("kid").and_then(Value::as_str);
        let key = key_for(keys, key_id, name).ok_or(NotBelieved::UnknownKey)?;
        let key = DecodingKey::from_jwk(&key).map_err(|_| NotBelieved::UnknownKey)?;
        let mut validation = Validation::new(*algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let read = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation);
        let claims = Self(read.map_err(|_| NotBelieved::Signature)?.claims);
        claims.check(expected)?;
        Ok(claims)
    }

    fn check(&self, expected: &Expected<'_>) -> Result<(), NotBelieved> {
        if self.text("iss") != Some(expected.issuer) {
            return Err(NotBelieved::Issuer);
        }
        let audience = texts(self.0.get("aud"));
        let is_ours = audience.contains(&expected.client_id);
        let party = self.text("azp");
        let is_for_us = match party {
            Some(party) => party == expected.client_id,
            None => audience.len() == 1,
        };
        if !is_ours || !is_for_us {
            return Err(NotBelieved::Audience);
        }
        if self.text("nonce") != Some(expected.nonce) {
            return Err(NotBelieved::Nonce);
        }
        let now_s = expected.now.micros().div_euclid(SECOND_US);
        let ends_s = self.seconds("exp").ok_or(NotBelieved::Expired)?;
        if ends_s.saturating_add(ID_TOKEN_S_OFF) <= now_s {
            return Err(NotBelieved::Expired);
        }
        let made_s = self.seconds("iat").ok_or(NotBelieved::NotFresh)?;
        let age_s = now_s.saturating_sub(made_s);
        if !(-ID_TOKEN_S_OFF..=ID_TOKEN_S_MAX).contains(&age_s) {
            return Err(NotBelieved::NotFresh);
        }
        let subject = self.subject();
        if subject.is_empty() || subject.chars().count() > SUBJECT_CHARS_MAX {
            return Err(NotBelieved::Subject);
        }
        Ok(())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        let in_part = || value.as_f64().map(|seconds| seconds as i64);
        value.as_i64().or_else(in_part)
    }

    /// Who it is, at this provider.
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// His address, where it is said.
    pub fn email(&self) -> Option<&str> {
        self.text("email").filter(|email| !email.is_empty())
    }

    /// Whether the provider has seen that the address is his.
    pub fn is_email_verified(&self) -> bool {
        match self.0.get("email_verified") {
            Some(Value::Bool(is_verified)) => *is_verified,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// What he is called.
    pub fn name(&self) -> Option<&str> {
        let names = ["name", "preferred_username"].into_iter();
        names
            .filter_map(|name| self.text(name))
            .map(str::trim)
            .find(|name| !name.is_empty())
    }

    /// The groups in a claim: a list, or one; `a.b` also means `b` within `a`.
    pub fn groups(&self, claim: &str) -> Vec<&str> {
        let mut groups = texts(self.at(claim));
        groups.truncate(GROUPS_READ_MAX);
        groups
    }

    /// Whether anything is said under a claim.
    pub fn has(&self, claim: &str) -> bool {
        self.at(claim).is_some()
    }

    fn at(&self, claim: &str) -> Option<&Value> {
        let within = || {
            let mut parts = claim.split('.');
            let first = self.0.get(parts.next()?)?;
            parts.try_fold(first, |value, part| value.get(part))
        };
        self.0.get(claim).or_else(within)
    }

    /// Adds what the provider says elsewhere of the same person; what the token said stands.
    ///
    /// # Errors
    /// [`NotBelieved::Subject`] where it speaks of somebody else.
    pub fn add(&mut self, more: Map<String, Value>) -> Result<(), NotBelieved> {
        if more.get("sub").and_then(Value::as_str) != Some(self.subject()) {
            return Err(NotBelieved::Subject);
        }
        for (name, value) in more {
            self.0.entry(name).or_insert(value);
        }
        Ok(())
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The key that a token names; where it names none, the only one that can have signed it.
fn key_for(keys: &[Value], key_id: Option<&str>, algorithm: &str) -> Option<Jwk> {
    let read = keys
        .iter()
        .filter(|key| {
            let own = key.get("alg").and_then(Value::as_str);
            own.is_none_or(|own| own == algorithm)
        })
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .filter(|key| {
            let usage = key.common.public_key_use.as_ref();
            usage.is_none_or(|usage| *usage == PublicKeyUse::Signature)
        })
        .filter(|key| match key.algorithm {
            AlgorithmParameters::RSA(_) => algorithm.starts_with(['R', 'P']),
            AlgorithmParameters::EllipticCurve(_) => algorithm.starts_with("ES"),
            AlgorithmParameters::OctetKeyPair(_) => algorithm == "EdDSA",
            _ => false,
        })
        .filter(|key| key_id.is_none() || key.common.key_id.as_deref() == key_id);
    let mut found: Vec<Jwk> = read.take(2).collect();
    (found.len() == 1 || key_id.is_some())
        .then(|| found.drain(..).next())
        .flatten()
}
