//! Identifiers: twelve characters of digits and consonants when we make them, `[a-z0-9]` when we
//! take them (DOMAIN "Things"; reference, section 0). Each kind is a type of its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What we draw identifiers from: no vowels but `y`, so that none spells a word.
pub const ID_ALPHABET: &[u8; 32] = b"0123456789bcdfghjklmnpqrstvwxyz0";
/// The alphabet's own length; the last byte above only pads the array to a power of two.
const ID_LETTERS: usize = 31;
/// How long an identifier of ours is, in characters.
pub const ID_CHARS: usize = 12;
/// How long a taken identifier may be, in characters.
pub const ID_CHARS_MAX: usize = 64;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("identifier {0:?} must be 1 to {ID_CHARS_MAX} characters of a-z and 0-9")]
pub struct BadId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an identifier made elsewhere.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let fits = (1..=ID_CHARS_MAX).contains(&text.len());
                let lower = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                if fits && lower { Ok(Self(text.to_owned())) } else { Err(BadId(text.to_owned())) }
            }

            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<Drawn> for $name {
            fn from(drawn: Drawn) -> Self {
                Self(drawn.0)
            }
        }
    )*};
}

ids! {
    /// A status page.
    PageId;
    /// A titled set of components.
    GroupId;
    /// One system customers know by name.
    ComponentId;
    /// An incident or a maintenance.
    IncidentId;
    /// One message in an incident or maintenance.
    UpdateId;
    /// One statement that a component has a status.
    ClaimId;
    /// A person's word in place of the measurement.
    HoldId;
    /// One promise to readers.
    PromiseId;
    /// A rule that makes maintenances.
    RecurrenceId;
    /// A titled text with a beginning and an end.
    AnnouncementId;
    /// A metric.
    SeriesId;
    /// A command, for answering it once.
    CommandId;
}

/// A freshly drawn identifier, to be given a kind with `into()`.
#[derive(Debug, Clone)]
pub struct Drawn(String);

/// What a command draws its identifiers from: 32 random bytes made by whoever sends it.
///
/// Deciding again from the same seed draws the same identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    bytes: [u8; 32],
    drawn_count: u64,
}

impl Seed {
    /// A seed of these bytes, nothing drawn yet.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            drawn_count: 0,
        }
    }

    /// A seed derived from a text, for what must be equal each time (imports).
    pub fn of_text(text: &str) -> Self {
        Self::new(Sha256::digest(text.as_bytes()).into())
    }

    /// Draws the next identifier.
    pub fn draw(&mut self) -> Drawn {
        let mut hash = Sha256::new();
        hash.update(self.bytes);
        hash.update(self.drawn_count.to_be_bytes());
        self.drawn_count += 1;
        let digest = hash.finalize();
        // Two bytes a letter: the bias of 65,536 mod 31 is below one in two thousand.
        let letters = digest.chunks_exact(2).take(ID_CHARS).map(|pair| {
            let number = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
            char::from(ID_ALPHABET[number % ID_LETTERS])
        });
        Drawn(letters.collect())
    }

    /// Draws 32 bytes, for salts.
    pub fn draw_bytes(&mut self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"salt");
        hash.update(self.bytes);
        hash.update(self.drawn_count.to_be_bytes());
        self.drawn_count += 1;
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_identifiers_in_the_same_order() {
        let mut one = Seed::new([7; 32]);
        let mut two = Seed::new([7; 32]);
        let first: Vec<String> = (0..50).map(|_| one.draw().0).collect();
        let second: Vec<String> = (0..50).map(|_| two.draw().0).collect();
        assert_eq!(first, second);
        assert!(
            first
                .iter()
                .all(|id| id.len() == ID_CHARS && PageId::parse(id).is_ok())
        );
    }

    #[test]
    fn a_taken_identifier_is_lower_case_letters_and_digits() {
        assert!(PageId::parse("k7n4vq2tzx9c").is_ok());
        for bad in ["", "ABC", "a-b", "é", &"a".repeat(65)] {
            assert!(PageId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
