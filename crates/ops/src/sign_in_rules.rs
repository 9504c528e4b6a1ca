//! What the installation asks of everybody who signs in.

use noroshi_domain::Instant;
use noroshi_store::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{Caller, Permission};
use crate::app::App;
use crate::error::OpError;
use crate::records::{PrivateRecord, Stored, unique_key};
use crate::sessions::Way;
use crate::users::User;

/// The key of the one there is.
const ONLY: &str = "only";

/// The rules of an installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRules {
    /// Since when everybody who signs in with a password needs a second factor.
    pub second_factor_since: Option<Instant>,
}

impl PrivateRecord for SignInRules {
    const KIND: &'static str = "sign_in_rules";

    fn keys(&self) -> Vec<Key> {
        vec![unique_key(ONLY, "")]
    }
}

impl App {
    /// Whether everybody who signs in with a password needs a second factor.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn is_second_factor_required(&self) -> Result<bool, OpError> {
        let found = self.records_by_key::<SignInRules>(ONLY, "")?;
        let since = found
            .first()
            .and_then(|rules| rules.value.second_factor_since);
        Ok(since.is_some())
    }

    /// Asks everybody for a second factor, or no longer.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] for whoever does not own the installation.
    pub fn require_second_factor(&self, caller: &Caller, required: bool) -> Result<(), OpError> {
        caller.require(None, Permission::ManageInstallation)?;
        let found = self.records_by_key::<SignInRules>(ONLY, "")?;
        let held = found.into_iter().next();
        let mut rules = held.unwrap_or_else(|| self.new_record(None, SignInRules::default()));
        if rules.value.second_factor_since.is_some() == required {
            return Ok(());
        }
        rules.value.second_factor_since = required.then(|| self.now());
        let act = if required {
            "second_factor_required"
        } else {
            "second_factor_optional"
        };
        self.put_record(caller, &rules, act, json!({})).map(drop)
    }

    /// Whether somebody who signed in must set a second factor up before anything else. Whoever came
    /// from the provider or by a link from the host need not.
    pub(crate) fn lacks_second_factor(
        &self,
        user: &Stored<User>,
        way: Way,
    ) -> Result<bool, OpError> {
        let by_password = matches!(way, Way::Password | Way::Setup | Way::Invitation);
        let lacks = by_password && user.value.second_factor.is_none();
        Ok(lacks && self.is_second_factor_required()? && self.passkeys_of(&user.id)?.is_empty())
    }
}
