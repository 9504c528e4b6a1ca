//! What went wrong, in a sentence above a form.

use noroshi_domain::{Locale, Refusal};
use noroshi_ops::{OpError, PASSWORD_CHARS_MIN};
use noroshi_text::{msg, refusal};

use crate::desk::Refused;

/// The sentence for what a form can mend; what it can not is a screen of its own.
pub(super) fn worded(error: &OpError, locale: Locale) -> Result<String, Refused> {
    match error {
        OpError::Unauthenticated => Ok(msg::account_wrong(locale)),
        OpError::TooOften { seconds } => {
            let minutes = (seconds + 59) / 60;
            Ok(msg::account_too_often(locale, &minutes.to_string()))
        }
        OpError::Refused(Refusal::BadSetting {
            field: "password", ..
        }) => Ok(msg::account_password_short(
            locale,
            PASSWORD_CHARS_MIN as i64,
        )),
        OpError::Refused(Refusal::BadSetting { field: "email", .. }) => {
            Ok(msg::account_email_wrong(locale))
        }
        OpError::Refused(Refusal::BadSetting { field: "role", .. }) => {
            Ok(msg::account_last_owner(locale))
        }
        OpError::Refused(Refusal::BadSetting {
            field: "second_factor",
            ..
        }) => Ok(msg::factor_required(locale)),
        OpError::Refused(Refusal::BadSetting {
            field: "issuer", ..
        }) => Ok(msg::sign_on_issuer_wrong(locale)),
        OpError::Refused(Refusal::BadSetting {
            field: "client_id" | "client_secret",
            ..
        }) => Ok(msg::sign_on_client_missing(locale)),
        OpError::Refused(Refusal::Taken { kind: "user", .. }) => {
            Ok(msg::account_email_taken(locale))
        }
        OpError::Refused(Refusal::Empty { field: "name" }) => Ok(msg::account_name_missing(locale)),
        OpError::Refused(other) => Ok(refusal::word(other, locale)),
        OpError::Stale => Ok(msg::account_stale(locale)),
        other => Err(Refused::of(other)),
    }
}
