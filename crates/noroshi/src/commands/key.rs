//! `noroshi key …`: the keys that sign where a page's record ends.

use anyhow::Result;
use clap::Subcommand;
use noroshi_domain::PageId;
use noroshi_ops::keys::Key;
use serde_json::{Value, json};

use crate::arguments::Common;
use crate::door::{Door, Intent};
use crate::exit::Stop;
use crate::output;

/// What is done with signing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// All keys, and from which to which entry of each page they signed.
    List,
    /// Take a new key into use: from now on it signs, and the secret of the one before is dropped.
    Rotate,
}

impl KeyVerb {
    pub(crate) fn run(&self, common: &Common) -> Result<()> {
        match self {
            Self::List => list(common),
            Self::Rotate => rotate(common),
        }
    }
}

fn rotate(common: &Common) -> Result<()> {
    if common.direct {
        // A server that runs would go on with the key it knows.
        return Err(Stop::bad_input(
            "a key is changed through the server that runs, or while none does: leave --direct away",
        )
        .into());
    }
    let key = Door::open(common, Intent::Write)?.rotate_key()?;
    if common.json {
        return output::json(&json!({ "key": key }));
    }
    output::line(&key)
}

fn list(common: &Common) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let keys = door.host()?.keys().map_err(Stop::from)?;
    let pages = match &common.page {
        Some(wanted) => vec![door.page(Some(wanted))?.id],
        None => door.pages()?,
    };
    let rows: Vec<Value> = keys
        .iter()
        .enumerate()
        .flat_map(|(place, key)| {
            let next = keys.get(place + 1);
            pages.iter().map(move |page| row(page, key, next))
        })
        .collect();
    let fields = [
        "key",
        "page",
        "from_seq",
        "until_seq",
        "since",
        "public_key",
    ];
    output::rows(&rows, &fields, common.json)
}

/// A key on a page; of one that was made after the key went, both numbers are null.
fn row(page: &PageId, key: &Key, next: Option<&Key>) -> Value {
    let change = |key: &Key| key.change_on(page).map(|change| change.after.seq);
    let until = next.and_then(change);
    let signs = next.is_none() || until.is_some();
    json!({
        "key": key.key,
        "public_key": key.public_key,
        "since": key.since.map(|at| at.to_string()),
        "page": page,
        "from_seq": change(key).or(signs.then_some(1)),
        "until_seq": until,
    })
}
