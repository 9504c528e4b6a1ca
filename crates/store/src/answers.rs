//! Answers to commands, kept 7 days under the command's identifier, so that one that is sent twice
//! is done once.

use noroshi_domain::{Answer, CommandId, DAY_US, Instant, PageId, canonical, hash_hex};

use crate::catalogue::{ADD_ANSWER, ANSWER, FORGET_ANSWERS};
use crate::db::Tx;
use crate::error::StoreError;
use crate::store::Store;

/// How long answers are kept, in days.
const KEEP_DAYS: i64 = 7;
/// How many one commit forgets at most.
const FORGET_MAX: i64 = 1_000;

impl Store {
    /// What a command was answered with.
    pub fn answer(&self, page: &PageId, id: &CommandId) -> Result<Option<Answer>, StoreError> {
        let values = [page.as_str().into(), id.as_str().into()];
        let Some(mut row) = self.db.read()?.query_one(&ANSWER, &values)? else {
            return Ok(None);
        };
        serde_json::from_str(&row.text(0)?)
            .map(Some)
            .map_err(|cause| StoreError::corrupt("answers", id.as_str(), &cause))
    }
}

pub(crate) fn add(
    tx: &mut Tx<'_>,
    page: &PageId,
    (id, answer): &(CommandId, Answer),
    now: Instant,
) -> Result<(), StoreError> {
    let answer = canonical(answer);
    let digest = digest(page, id.as_str(), &answer, now.micros());
    let values = [
        page.as_str().into(),
        id.as_str().into(),
        answer.into(),
        now.micros().into(),
        digest.into(),
    ];
    tx.run(&ADD_ANSWER, &values).map(drop)
}

/// The hash of a row: what of it is checked later.
pub(crate) fn digest(page: &PageId, id: &str, answer: &str, at_us: i64) -> String {
    hash_hex(canonical(&(page, id, answer, at_us)).as_bytes())
}

pub(crate) fn forget_old(tx: &mut Tx<'_>, now: Instant) -> Result<(), StoreError> {
    let before = now.plus_us(-KEEP_DAYS * DAY_US).micros();
    tx.run(&FORGET_ANSWERS, &[before.into(), FORGET_MAX.into()])
        .map(drop)
}
