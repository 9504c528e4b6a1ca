//! Links that let their bearer do one thing: made of the installation's key, kept nowhere.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noroshi_domain::hex;

use super::{App, OpError, Stored, Subscriber, not_found};

/// How many hexadecimal digits of a token prove it.
const PROOF_DIGITS: usize = 32;
/// How long the secret is that signs a webhook, in bytes (Standard Webhooks: 24 to 64).
const WEBHOOK_SECRET_BYTES: usize = 24;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To say that an address is his who holds it.
    Confirm,
    /// To change what he is told, and to leave.
    Manage,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Manage => "manage",
        }
    }
}

impl App {
    /// The token in a subscriber's link.
    ///
    /// # Errors
    /// When there is no key for secrets.
    pub fn subscription_token(&self, purpose: Purpose, id: &str) -> Result<String, OpError> {
        Ok(format!("{id}-{}", self.proof(purpose.as_str(), id)?))
    }

    /// Whose a token is.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where it is nobody's.
    pub fn subscriber_of_token(
        &self,
        purpose: Purpose,
        token: &str,
    ) -> Result<Stored<Subscriber>, OpError> {
        let (id, proof) = token.rsplit_once('-').ok_or_else(|| not_found(""))?;
        let expected = self.proof(purpose.as_str(), id)?;
        constant_time::verify_slices_are_equal(expected.as_bytes(), proof.as_bytes())
            .map_err(|_| not_found(""))?;
        self.record(id)?.ok_or_else(|| not_found(id))
    }

    /// What signs the messages to a webhook: `whsec_…`.
    ///
    /// # Errors
    /// When there is no key for secrets.
    pub fn webhook_secret(&self, id: &str) -> Result<String, OpError> {
        let tag = self.tag("webhook", id)?;
        let secret = STANDARD.encode(&tag.as_ref()[..WEBHOOK_SECRET_BYTES]);
        Ok(format!("whsec_{secret}"))
    }

    fn proof(&self, purpose: &str, id: &str) -> Result<String, OpError> {
        let digits = hex(self.tag(purpose, id)?.as_ref());
        Ok(digits[..PROOF_DIGITS].to_owned())
    }

    fn tag(&self, purpose: &str, id: &str) -> Result<hmac::Tag, OpError> {
        let key = self.secret_key_bytes()?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Ok(hmac::sign(
            &key,
            format!("subscription {purpose} {id}").as_bytes(),
        ))
    }
}
