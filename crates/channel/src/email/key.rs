//! Keys that sign mails, in the forms in which other tools write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey,
};
use lettre::message::header::HeaderName;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::pkcs8::DecodePrivateKey;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::Dkim;

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const ED25519_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What is signed: what a reader sees, and what his program acts on. `List-Unsubscribe` and its
/// companion must be (RFC 8058, section 4).
const SIGNED: [&str; 12] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "List-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
];

/// A key that can not be read.
#[derive(Debug)]
pub(super) struct BadKey;

pub(super) fn config(dkim: &Dkim) -> Result<DkimConfig, BadKey> {
    let pem = dkim.key.trim();
    let key = ed25519(pem).map_or_else(|| rsa(pem), Ok)?;
    let headers = SIGNED.map(HeaderName::new_from_ascii_str);
    let relaxed = DkimCanonicalization {
        header: DkimCanonicalizationType::Relaxed,
        body: DkimCanonicalizationType::Relaxed,
    };
    Ok(DkimConfig::new(
        dkim.selector.clone(),
        dkim.domain.clone(),
        key,
        headers.into(),
        relaxed,
    ))
}

fn ed25519(pem: &str) -> Option<DkimSigningKey> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let seed = der.secret_pkcs8_der().strip_prefix(&ED25519_PREFIX)?;
    let text = STANDARD.encode(seed.get(..32)?);
    DkimSigningKey::new(&text, DkimSigningAlgorithm::Ed25519).ok()
}

fn rsa(pem: &str) -> Result<DkimSigningKey, BadKey> {
    let key = RsaPrivateKey::from_pkcs8_pem(pem)
        .ok()
        .or_else(|| RsaPrivateKey::from_pkcs1_pem(pem).ok())
        .ok_or(BadKey)?;
    let pkcs1 = key.to_pkcs1_pem(LineEnding::LF).map_err(|_| BadKey)?;
    DkimSigningKey::new(&pkcs1, DkimSigningAlgorithm::Rsa).map_err(|_| BadKey)
}
