//! What a passkey shows (`WebAuthn` level 2, parts 7.1 and 7.2): which site a browser was at, what it
//! was asked, and that the key signed it.
//!
//! Nothing is learnt of who made the key: attestation is not asked for, so the key is the browser's
//! word, and its word is enough, for it comes from a person who has just signed in.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use noroshi_domain::{hash_hex, unhex};
use serde::{Deserialize, Serialize};

use crate::limits::{CREDENTIAL_BYTES_MAX, PUBLIC_KEY_BYTES_MAX};

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
    /// RSA of 2048 bits or more.
    RS256,
}

impl Algorithm {
    /// All of them, the best liked first, with their numbers (RFC 8152).
    pub const ALL: [(Self, i64); 3] = [(Self::ES256, -7), (Self::EdDSA, -8), (Self::RS256, -257)];

    /// Reads a number.
    pub fn of(number: &str) -> Option<Self> {
        let number: i64 = number.parse().ok()?;
        let mut all = Self::ALL.into_iter();
        all.find_map(|(algorithm, own)| (own == number).then_some(algorithm))
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::ES256 => &ECDSA_P256_SHA256_ASN1,
            Self::EdDSA => &ED25519,
            Self::RS256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

/// The site that a browser must have been at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port, as a browser says them.
    pub origin: String,
    /// The host alone: what keys belong to.
    pub host: String,
}

impl Site {
    /// The site of an address.
    pub fn of(scheme: &str, authority: &str) -> Self {
        let authority = authority.to_ascii_lowercase();
        Self {
            origin: format!("{scheme}://{authority}"),
            host: host_of(&authority).to_owned(),
        }
    }
}

/// The host of an authority, without the port (RFC 3986, 3.2).
pub(crate) fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// What a browser sends when it has made a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it signed or would have.
    pub client_data: Vec<u8>,
    /// What the key says of itself.
    pub key_data: Vec<u8>,
    /// The public key (RFC 5280, 4.1).
    pub public_key: Vec<u8>,
    /// How it signs.
    pub algorithm: Algorithm,
}

/// What a browser sends when a key has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Which key.
    pub credential: Vec<u8>,
    /// What the browser was asked.
    pub client_data: Vec<u8>,
    /// What the key says of itself.
    pub key_data: Vec<u8>,
    /// The key's signature over both.
    pub signature: Vec<u8>,
}

/// What is kept of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its name, in hex.
    pub credential: String,
    /// The public key, in hex.
    pub public_key: String,
    /// How it signs.
    pub algorithm: Algorithm,
    /// The host that it belongs to.
    pub host: String,
    /// How often it says that it has signed; keys that are in several places say 0.
    pub count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// He showed the key who he is: by a finger, a face or a number.
const VERIFIED: u8 = 0x04;
/// A credential follows.
const ATTACHED: u8 = 0x40;
/// Hash of the host, flags, and how often it signed.
const FIXED_BYTES: usize = 37;
/// Kind of the key, and how long its name is.
const HEAD_BYTES: usize = 18;

impl Made {
    /// The key, if it was made at this site for this question; none: it is not believed.
    pub fn read(&self, site: &Site, question: &[u8]) -> Option<Key> {
        check_client(&self.client_data, "webauthn.create", site, question)?;
        let (flags, count) = check_key(&self.key_data, site)?;
        if flags & (ATTACHED | VERIFIED) != ATTACHED | VERIFIED {
            return None;
        }
        let attached = self.key_data.get(FIXED_BYTES..)?;
        let length = attached.get(HEAD_BYTES - 2..HEAD_BYTES)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let credential = attached.get(HEAD_BYTES..HEAD_BYTES + length)?;
        let fits = (1..=CREDENTIAL_BYTES_MAX).contains(&length)
            && (1..=PUBLIC_KEY_BYTES_MAX).contains(&self.public_key.len());
        fits.then(|| Key {
            credential: noroshi_domain::hex(credential),
            public_key: noroshi_domain::hex(&self.public_key),
            algorithm: self.algorithm,
            host: site.host.clone(),
            count,
        })
    }
}

impl Key {
    /// Whether the key signed at this site, for this question; with `verified` its owner must have
    /// shown it who he is. Gives how often it says that it has signed.
    pub fn signed(
        &self,
        assertion: &Assertion,
        (site, question): (&Site, &[u8]),
        verified: bool,
    ) -> Option<u32> {
        if noroshi_domain::hex(&assertion.credential) != self.credential || site.host != self.host {
            return None;
        }
        check_client(&assertion.client_data, "webauthn.get", site, question)?;
        let (flags, count) = check_key(&assertion.key_data, site)?;
        if verified && flags & VERIFIED == 0 {
            return None;
        }
        // Who counts and counts no further has a double.
        if (count > 0 || self.count > 0) && count <= self.count {
            return None;
        }
        let mut message = assertion.key_data.clone();
        message.extend(unhex(&hash_hex(&assertion.client_data)));
        let public_key = unhex(&self.public_key);
        let key = UnparsedPublicKey::new(self.algorithm.verification(), &public_key);
        key.verify(&message, &assertion.signature).ok()?;
        Some(count)
    }
}

fn check_client(text: &[u8], kind: &str, site: &Site, question: &[u8]) -> Option<()> {
    let said: ClientData = serde_json::from_slice(text).ok()?;
    let asked = URL_SAFE_NO_PAD.encode(question);
    let is_answer = verify_slices_are_equal(said.challenge.as_bytes(), asked.as_bytes()).is_ok();
    let is_here = said.origin == site.origin && !said.cross_origin;
    (said.kind == kind && is_answer && is_here).then_some(())
}

/// Flags and count, where the key was asked for this host and somebody was there.
fn check_key(bytes: &[u8], site: &Site) -> Option<(u8, u32)> {
    let fixed = bytes.get(..FIXED_BYTES)?;
    let is_here = fixed[..32] == unhex(&hash_hex(site.host.as_bytes()))[..];
    let flags = fixed[32];
    let count = u32::from_be_bytes([fixed[33], fixed[34], fixed[35], fixed[36]]);
    (is_here && flags & PRESENT != 0).then_some((flags, count))
}
