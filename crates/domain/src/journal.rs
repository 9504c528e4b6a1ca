//! The journal: one chain of entries per page, hashed so that anyone can check it.
//!
//! Header and payload are canonical JSON (RFC 8785) of strings, integers, booleans, arrays and
//! objects. The digest in a header is over a random salt and the payload, so that a payload can be
//! withheld or erased without breaking the chain and without being guessable.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::facts::{Change, Fact};
use crate::id::PageId;
use crate::time::Instant;

/// The action of the last entry of a page that is gone for good: nothing is left of what stood
/// before it but the chain.
pub const PAGE_PURGED: &str = "page_purged";
/// The action of the entry that tells readers of a deletion: no name, only when and why.
pub const DELETION_TOLD: &str = "deletion_told";
/// The journal's format.
pub const JOURNAL_VERSION: i64 = 1;
/// What the first entry's `previous` holds: the hash of nothing.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a page's journal ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Head {
    /// Raised when a backup was restored.
    pub epoch: i64,
    /// Number of the last entry; 0 before the first. The page's revision.
    pub seq: i64,
    /// SHA-256 of the last entry's header, hex.
    pub hash: String,
    /// Instant of the last entry.
    pub at: Instant,
}

impl Head {
    /// Before the first entry.
    pub fn genesis() -> Self {
        Self {
            epoch: 0,
            seq: 0,
            hash: GENESIS.to_owned(),
            at: Instant::from_micros(0),
        }
    }
}

/// Who acts: an opaque id and a kind, never a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Which one.
    pub id: String,
}

impl Actor {
    /// The host's own command line.
    pub fn command_line() -> Self {
        Self {
            kind: ActorKind::User,
            id: "cli".to_owned(),
        }
    }

    /// The clock.
    pub fn clock() -> Self {
        Self {
            kind: ActorKind::Clock,
            id: "clock".to_owned(),
        }
    }

    /// An import.
    pub fn import() -> Self {
        Self {
            kind: ActorKind::Import,
            id: "import".to_owned(),
        }
    }
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person.
    User,
    /// An API client.
    Token,
    /// A monitor.
    Monitor,
    /// The passing of time.
    Clock,
    /// An import.
    Import,
}

/// Who may read an entry's payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anyone.
    #[default]
    Public,
    /// The team.
    Team,
}

impl Audience {
    /// The name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Team => "team",
        }
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for fields by reference"
    )]
    const fn is_public(&self) -> bool {
        matches!(self, Self::Public)
    }
}

/// The part of an entry that is always given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`JOURNAL_VERSION`].
    pub v: i64,
    /// Which page.
    pub page: PageId,
    /// Number, from 1.
    pub seq: i64,
    /// Epoch.
    pub epoch: i64,
    /// When, in microseconds.
    pub at: Instant,
    /// SHA-256 of salt and payload, hex.
    pub digest: String,
    /// SHA-256 of the previous header, hex.
    pub previous: String,
}

/// The part of an entry that may be withheld or erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Who.
    pub actor: Actor,
    /// Did what: `incident_opened`.
    pub action: String,
    /// To what: an identifier, empty for the page.
    pub subject: String,
    /// What changed.
    pub changes: Vec<Change>,
    /// For what is only told, and changes nothing by itself: why it was done, for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For `erased`: what remains of the entries whose payload went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remains: Vec<Remains>,
    /// Who may read it from the start. A later entry may hide it ([`hidden_by`]).
    #[serde(default, skip_serializing_if = "Audience::is_public")]
    pub audience: Audience,
}

impl Payload {
    /// One that changes nothing and says what was done, and why.
    pub fn notice(actor: Actor, action: &str, reason: Option<String>) -> Self {
        Self {
            actor,
            action: action.to_owned(),
            subject: String::new(),
            changes: Vec::new(),
            reason,
            remains: Vec::new(),
            audience: Audience::Public,
        }
    }
}

/// The identifiers that an entry hides from readers: the entries up to it that mention one are no
/// longer public, and all later ones are the team's from the start.
///
/// `acts` says whether the entry's action is this one: only the acts that hide something do.
pub fn hidden_by(changes: &[Change], acts: impl Fn(&str) -> bool) -> impl Iterator<Item = &str> {
    let deletes = ["incident_deleted", "incident_imported", "record_imported"]
        .into_iter()
        .any(&acts);
    let restricts = acts("component_changed");
    changes.iter().filter_map(move |change| match change {
        Change::Put(Fact::Incident(incident)) if deletes && incident.deleted_at.is_some() => {
            Some(incident.id.as_str())
        }
        Change::Put(Fact::Component(component)) if restricts && component.restricted => {
            Some(component.id.as_str())
        }
        _ => None,
    })
}

/// What remains of an erased entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// The erased entry's number.
    pub seq: i64,
    /// Its changes without the words.
    pub changes: Vec<Change>,
}

/// A whole entry as the store keeps it; salt and payload are gone once erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The header.
    pub header: Header,
    /// The header's canonical JSON, as hashed.
    pub header_json: String,
    /// Who may read the payload.
    pub audience: Audience,
    /// 32 bytes, hex.
    pub salt: Option<String>,
    /// The payload's canonical JSON, as hashed.
    pub payload_json: Option<String>,
}

impl Entry {
    /// Makes the entry that follows `head`, at max(`now`, previous + 1 µs).
    pub fn following(
        head: &Head,
        page: &PageId,
        now: Instant,
        salt: [u8; 32],
        payload: &Payload,
    ) -> Self {
        let payload_json = canonical(payload);
        let salt = hex(&salt);
        let header = Header {
            v: JOURNAL_VERSION,
            page: page.clone(),
            seq: head.seq + 1,
            epoch: head.epoch,
            at: now.max(head.at.plus_us(1)),
            digest: digest(&salt, &payload_json),
            previous: head.hash.clone(),
        };
        let header_json = canonical(&header);
        Self {
            header,
            header_json,
            audience: payload.audience,
            salt: Some(salt),
            payload_json: Some(payload_json),
        }
    }

    /// The head once this entry is the last.
    pub fn head(&self) -> Head {
        Head {
            epoch: self.header.epoch,
            seq: self.header.seq,
            hash: hash_hex(self.header_json.as_bytes()),
            at: self.header.at,
        }
    }

    /// Checks this entry against the head before it.
    pub fn check(&self, before: &Head) -> Result<(), Broken> {
        let seq = self.header.seq;
        if canonical(&self.header) != self.header_json {
            return Err(Broken::Header { seq });
        }
        if seq != before.seq + 1 || self.header.previous != before.hash {
            return Err(Broken::Chain { seq });
        }
        if self.header.at <= before.at {
            return Err(Broken::Order { seq });
        }
        if let (Some(salt), Some(payload)) = (&self.salt, &self.payload_json)
            && digest(salt, payload) != self.header.digest
        {
            return Err(Broken::Payload { seq });
        }
        Ok(())
    }
}

/// How a journal can fail its check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The stored header is not what its fields say.
    #[error("entry {seq}: its header is not canonical")]
    Header {
        /// Number of the entry.
        seq: i64,
    },
    /// It does not follow the entry before it.
    #[error("entry {seq}: it does not follow the header before it")]
    Chain {
        /// Number of the entry.
        seq: i64,
    },
    /// It is not later than the entry before it.
    #[error("entry {seq}: it is not later than the entry before it")]
    Order {
        /// Number of the entry.
        seq: i64,
    },
    /// Salt and payload do not give the digest.
    #[error("entry {seq}: its payload does not match the digest in its header")]
    Payload {
        /// Number of the entry.
        seq: i64,
    },
    /// The payload is gone and no `erased` entry says so.
    #[error("entry {seq}: its payload is gone, and no later entry says that it was erased")]
    Gone {
        /// Number of the entry.
        seq: i64,
    },
}

/// RFC 8785 for what journals hold: keys sorted, no blanks, integers only.
pub fn canonical<T: Serialize>(value: &T) -> String {
    // serde_json's own map is sorted by key; all our keys are ASCII, so that byte order is the
    // UTF-16 order that RFC 8785 asks for. It escapes strings as RFC 8785 does.
    serde_json::to_value(value).map_or_else(
        |_| unreachable!("facts have string keys and no floats"),
        |value| value.to_string(),
    )
}

/// SHA-256 of salt (hex) and payload, hex.
pub fn digest(salt_hex: &str, payload_json: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(unhex(salt_hex));
    hash.update(payload_json.as_bytes());
    hex(&hash.finalize())
}

/// SHA-256, hex.
pub fn hash_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

/// Bytes of a hex text; stops at what is none.
pub fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .map_while(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?))
        .map(|byte| byte as u8)
        .collect()
}
