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
    Role,
    Disabled,
    Enabled,
    Withdrawn,
    Revoked,
    FactorDropped,
    Provider,
    ProviderDropped,
    FactorRequired,
    FactorOptional,
    PasskeyAdded,
    PasskeyRemoved,
}

impl Told {
    const ALL: [Self; 15] = [
        Self::Profile,
        Self::Password,
        Self::SessionEnded,
        Self::Role,
        Self::Disabled,
        Self::Enabled,
        Self::Withdrawn,
        Self::Revoked,
        Self::FactorDropped,
        Self::Provider,
        Self::ProviderDropped,
        Self::FactorRequired,
        Self::FactorOptional,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
    ];

    /// Its word in addresses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile-changed",
            Self::Password => "password-changed",
            Self::SessionEnded => "session-ended",
            Self::Role => "role-changed",
            Self::Disabled => "user-disabled",
            Self::Enabled => "user-enabled",
            Self::Withdrawn => "invitation-withdrawn",
            Self::Revoked => "token-revoked",
            Self::FactorDropped => "second-factor-dropped",
            Self::Provider => "provider-changed",
            Self::ProviderDropped => "provider-dropped",
            Self::FactorRequired => "second-factor-required",
            Self::FactorOptional => "second-factor-optional",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
        }
    }

    /// The sentence for a word of an address.
    pub(super) fn sentence(word: &str, locale: Locale) -> Option<String> {
        let told = Self::ALL.into_iter().find(|told| told.as_str() == word)?;
        Some(match told {
            Self::Profile => msg::account_told_profile(locale),
            Self::Password => msg::account_told_password(locale),
            Self::SessionEnded => msg::account_told_session_ended(locale),
            Self::Role => msg::team_told_role(locale),
            Self::Disabled => msg::team_told_disabled(locale),
            Self::Enabled => msg::team_told_enabled(locale),
            Self::Withdrawn => msg::team_told_withdrawn(locale),
            Self::Revoked => msg::tokens_told_revoked(locale),
            Self::FactorDropped => msg::factor_told_dropped(locale),
            Self::Provider => msg::sign_on_told_changed(locale),
            Self::ProviderDropped => msg::sign_on_told_dropped(locale),
            Self::FactorRequired => msg::factor_told_required(locale),
            Self::FactorOptional => msg::factor_told_optional(locale),
            Self::PasskeyAdded => msg::passkey_told_added(locale),
            Self::PasskeyRemoved => msg::passkey_told_removed(locale),
        })
    }
}
