//! What was just done, in a sentence above the next screen.
//!
//! It travels in the address as one word of a closed list, so that no address can put words of its
//! own onto a screen.

use noroshi_domain::Locale;
use noroshi_text::msg;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// A hold was ended.
    HoldEnded,
    /// A status said without an incident was ended or changed.
    StatusSet,
}

impl Told {
    const ALL: [Self; 2] = [Self::HoldEnded, Self::StatusSet];

    /// Its word in addresses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::HoldEnded => "hold-ended",
            Self::StatusSet => "status-set",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.as_str() == word)
    }

    /// The sentence.
    pub(crate) fn sentence(self, locale: Locale) -> String {
        match self {
            Self::HoldEnded => msg::console_told_hold_ended(locale),
            Self::StatusSet => msg::console_told_status_set(locale),
        }
    }
}
