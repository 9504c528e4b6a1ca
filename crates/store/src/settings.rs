//! Settings of the installation: few, small, by name.

use crate::catalogue::{DROP_SETTING, SET_SETTING, SETTING};
use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;

/// Set in the transaction of an erasure, gone once the files were rewritten.
const SCRUB_OWED: &str = "scrub_owed";

impl Store {
    /// A setting's value.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        setting(&mut self.db.read()?, key)
    }

    /// Sets a setting.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.db.write()?;
        tx.run(&SET_SETTING, &[key.into(), value.into()])?;
        tx.commit()
    }

    /// Does what an erasure could not: it was interrupted, or a long reader held the log.
    pub(crate) fn scrub_if_owed(&self) -> Result<(), StoreError> {
        if self.setting(SCRUB_OWED)?.is_none() {
            return Ok(());
        }
        match self.scrub() {
            // Owed still; the next open or erasure tries again.
            Err(StoreError::Busy) => Ok(()),
            other => other,
        }
    }

    pub(crate) fn forget_scrub_owed(&self) -> Result<(), StoreError> {
        let mut tx = self.db.write()?;
        tx.run(&DROP_SETTING, &[SCRUB_OWED.into()])?;
        tx.commit()
    }
}

pub(crate) fn owe_scrub(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.run(&SET_SETTING, &[SCRUB_OWED.into(), "1".into()])
        .map(drop)
}

fn setting(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, StoreError> {
    tx.query_one(&SETTING, &[key.into()])?
        .map(|mut row| row.text(0))
        .transpose()
}
