//! The address of a database: what the driver reads of it, and what is ours to do.

use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::Config;

use crate::error::StoreError;

/// How a connection is encrypted, as libpq's `sslmode` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Not at all.
    Disable,
    /// Where the server offers it; whoever it is. What holds when nothing is said.
    Prefer,
    /// Always; whoever the server is, unless authorities are named.
    Require,
    /// Always, to a server whose certificate a trusted authority signed.
    VerifyCa,
    /// The same, and the certificate is for the host of the address.
    VerifyFull,
}

/// An address, read.
pub(super) struct Address {
    /// What the driver needs.
    pub(super) config: Config,
    /// How to encrypt.
    pub(super) mode: Mode,
    /// A file of trusted authorities, PEM; without one, the platform's.
    pub(super) roots: Option<PathBuf>,
}

impl Address {
    /// Reads an address. No message repeats it: it may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let unreadable = |cause: &dyn std::fmt::Display| {
            StoreError::Unavailable(format!("database address: {cause}"))
        };
        let mut mode = Mode::Prefer;
        let mut roots = None;
        let mut rest = Vec::new();
        let (body, options, joint) = match text.split_once('?') {
            Some((body, options)) if text.contains("://") => (Some(body), options, '&'),
            _ if text.contains("://") => (Some(text), "", '&'),
            _ => (None, text, ' '),
        };
        for option in options.split(joint) {
            match option.split_once('=') {
                Some(("sslmode", name)) => {
                    mode = mode_named(name).ok_or_else(|| {
                        unreadable(
                            &"sslmode is none of disable, prefer, require, verify-ca, verify-full",
                        )
                    })?;
                    rest.push(match mode {
                        Mode::Disable => "sslmode=disable",
                        Mode::Prefer => "sslmode=prefer",
                        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => "sslmode=require",
                    });
                }
                // The platform's authorities have this name in libpq.
                Some(("sslrootcert", "system")) => {}
                Some(("sslrootcert", path)) => {
                    let path = decoded(path)
                        .ok_or_else(|| unreadable(&"sslrootcert is no path that can be read"))?;
                    roots = Some(PathBuf::from(path));
                }
                _ => rest.push(option),
            }
        }
        let rest = rest.join(&joint.to_string());
        let rest = body.map_or_else(|| rest.clone(), |body| format!("{body}?{rest}"));
        Ok(Self {
            config: Config::from_str(&rest).map_err(|cause| unreadable(&cause))?,
            mode,
            roots,
        })
    }
}

fn mode_named(name: &str) -> Option<Mode> {
    Some(match name {
        "disable" => Mode::Disable,
        "prefer" => Mode::Prefer,
        "require" => Mode::Require,
        "verify-ca" => Mode::VerifyCa,
        "verify-full" => Mode::VerifyFull,
        _ => return None,
    })
}

/// A value of a URL with its %XX read.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next()?.as_bytes());
    for part in parts {
        let (digits, after) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(after.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::*;

    #[test]
    fn the_modes_of_both_spellings_are_read_and_the_driver_sees_what_it_knows() {
        for text in [
            "postgres://me@db/page?sslmode=verify-full&sslrootcert=%2Fa%20b.pem&connect_timeout=3",
            "host=db user=me sslmode=verify-full sslrootcert=/a%20b.pem dbname=page",
        ] {
            let read = Address::parse(text).unwrap();
            assert_eq!(read.mode, Mode::VerifyFull);
            assert_eq!(read.roots, Some(PathBuf::from("/a b.pem")));
            assert_eq!(read.config.get_ssl_mode(), SslMode::Require);
            assert_eq!(read.config.get_user(), Some("me"));
        }
        let plain = Address::parse("postgresql://me@db/page").unwrap();
        assert_eq!((plain.mode, plain.roots), (Mode::Prefer, None));
        assert!(Address::parse("postgres://me@db/page?sslmode=verify").is_err());
    }
}
