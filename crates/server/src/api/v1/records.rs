//! Private records of a page: found, listed, made, changed and taken away.

use noroshi_domain::Refusal;
use noroshi_ops::{LISTED_RECORDS_MAX, OpError, PrivateRecord, Stored};
use noroshi_store::Slice;
use serde_json::json;

use super::ask::{Ask, Fault};
use super::paging::Part;

/// A record of the page of the address; one of another page is not there.
pub(super) fn find<T: PrivateRecord>(ask: &Ask, id: &str) -> Result<Stored<T>, Fault> {
    let page = ask.state()?.page.id.clone();
    let found = ask.app.record::<T>(id)?;
    found
        .filter(|record| record.page.as_ref() == Some(&page))
        .ok_or(Fault::NotFound)
}

/// All of the page, the oldest first.
pub(super) fn all<T: PrivateRecord>(ask: &Ask) -> Result<Vec<Stored<T>>, Fault> {
    let page = ask.state()?.page.id.clone();
    let slice = Slice::first(LISTED_RECORDS_MAX);
    Ok(ask.app.records(Some(&page), &slice)?)
}

/// A part of them.
pub(super) fn part<T: PrivateRecord>(ask: &Ask, part: Part) -> Result<Vec<Stored<T>>, Fault> {
    let page = ask.state()?.page.id.clone();
    let slice = Slice {
        after: None,
        offset: u32::try_from(part.offset).unwrap_or(u32::MAX),
        limit: u32::try_from(part.limit).unwrap_or(u32::MAX),
    };
    Ok(ask.app.records(Some(&page), &slice)?)
}

/// Makes one, if there are not too many.
pub(super) fn make<T: PrivateRecord>(
    ask: &Ask,
    value: T,
    (action, most): (&'static str, i64),
) -> Result<Stored<T>, Fault> {
    let page = ask.state()?.page.id.clone();
    let count = ask.app.store().count_records(T::KIND, Some(&page));
    let count = count.map_err(OpError::from)?;
    if count >= most {
        let given = usize::try_from(count + 1).unwrap_or(usize::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let field = T::KIND;
        return Err(Refusal::TooLong { field, given, most }.into());
    }
    let stored = ask.app.new_record(Some(&page), value);
    put(ask, &stored, action)
}

/// Writes one.
pub(super) fn put<T: PrivateRecord>(
    ask: &Ask,
    stored: &Stored<T>,
    action: &'static str,
) -> Result<Stored<T>, Fault> {
    let written = ask.app.put_record(&ask.caller, stored, action, json!({}))?;
    Ok(written)
}

/// Takes one away.
pub(super) fn remove<T: PrivateRecord>(
    ask: &Ask,
    stored: &Stored<T>,
    action: &'static str,
) -> Result<(), Fault> {
    match ask
        .app
        .delete_record(&ask.caller, stored, action, json!({}))
    {
        // Somebody else took it away meanwhile.
        Err(OpError::Stale) => Err(Fault::NotFound),
        other => Ok(other?),
    }
}

/// A key that another has is a conflict here, not a value that can not stand.
pub(super) fn conflict(fault: Fault) -> Fault {
    match fault {
        Fault::Op(OpError::Refused(Refusal::Taken { kind, id })) => {
            let id = id.rsplit('/').next().unwrap_or_default();
            Fault::Exists(format!("{kind} {id} exists already"))
        }
        other => other,
    }
}
