//! What a file says of a page: which fields `noroshi apply` set, and where in the file they stand.

use std::collections::BTreeMap;

use noroshi_domain::Instant;
use noroshi_ops::owned::Owned;
use noroshi_ops::{OpError, Permission};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Method, Operation, Problem, Reply, of};

const PATH: &str = "/api/noroshi/v1/pages/{page_id}/file";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "getFile",
            PATH,
            "Gives what a file says of a page; 404 where none does.",
        ),
        of::<FileView>,
        get,
    ),
    Operation::change(
        (
            "putFile",
            Method::Put,
            PATH,
            "Writes down what a file says of a page: console and APIs leave these fields alone.",
        ),
        Permission::EditPage,
        put,
    )
    .with_body(of::<NewFile>),
    Operation::change(
        (
            "releaseFile",
            Method::Delete,
            PATH,
            "Gives the fields that a file says back to the team.",
        ),
        Permission::EditPage,
        release,
    ),
];

/// Rows (`page`, `component CODE`, `group CODE`, `template NAME`) with the fields that a file sets
/// and the line of each, from 1.
type Rows = BTreeMap<String, BTreeMap<String, u32>>;

/// What a file says of a page.
#[derive(Debug, Serialize, JsonSchema)]
struct FileView {
    /// Its name, as it was given.
    file: String,
    /// SHA-256 of its text in hex.
    digest: String,
    /// When it was applied.
    applied_at: Instant,
    rows: Rows,
}

/// What a file says of a page, as `apply` writes it down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewFile {
    /// Its name.
    file: String,
    /// SHA-256 of its text in hex.
    digest: String,
    rows: Rows,
}

fn get(call: &Call) -> Result<Reply, Problem> {
    let page = call.page_id()?;
    let owned = call.app.owned(&page)?.ok_or_else(|| OpError::NotFound {
        kind: "file",
        id: page.to_string(),
    })?;
    let Owned {
        file,
        digest,
        applied_at,
        rows,
        ..
    } = owned.value;
    let view = FileView {
        file,
        digest,
        applied_at,
        rows,
    };
    Reply::of(&view, None)
}

fn put(call: &Call) -> Result<Reply, Problem> {
    let new: NewFile = call.body()?;
    let page = call.page_id()?;
    let mut owned = Owned::new(&page, (&new.file, &new.digest), call.app.now());
    owned.rows = new.rows;
    call.app.own(&call.caller, owned)?;
    Ok(Reply::nothing())
}

fn release(call: &Call) -> Result<Reply, Problem> {
    call.app.release(&call.caller, &call.page_id()?)?;
    Ok(Reply::nothing())
}
