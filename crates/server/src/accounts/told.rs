//! What was just done to accounts, in a sentence above the next screen: one word of a closed list
//! in the address.

use noroshi_domain::Locale;
use noroshi_text::msg;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Profile,
    Password,
    SessionEnded,
}

impl Told {
    const ALL: [Self; 3] = [Self::Profile, Self::Password, Self::SessionEnded];

    /// Its word in addresses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile-changed",
            Self::Password => "password-changed",
            Self::SessionEnded => "session-ended",
        }
    }

    /// The sentence for a word of an address.
    pub(super) fn sentence(word: &str, locale: Locale) -> Option<String> {
        let told = Self::ALL.into_iter().find(|told| told.as_str() == word)?;
        Some(match told {
            Self::Profile => msg::account_told_profile(locale),
            Self::Password => msg::account_told_password(locale),
            Self::SessionEnded => msg::account_told_session_ended(locale),
        })
    }
}
