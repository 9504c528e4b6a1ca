//! One history of migrations, forward only, never edited once released.
//!
//! Each runs in the transaction that raises the schema's number; two processes that open at once
//! wait for one another there, and the second finds the work done.

use crate::catalogue::{SET_SETTING, SETTING, SETTINGS_TABLE};
use crate::db::{Db, Tx, migration_for};
use crate::error::StoreError;

/// The setting that holds the schema's number.
const SCHEMA: &str = "schema";
/// The setting that holds the number of the outbox's schema.
const OUTBOX_SCHEMA: &str = "outbox_schema";

/// Numbered from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_record.sql"),
    include_str!("../migrations/0002_checks.sql"),
    include_str!("../migrations/0003_private.sql"),
];

/// The outbox's own, numbered from 1: on `SQLite` it is another file.
const OUTBOX_MIGRATIONS: &[&str] = &[
    include_str!("../migrations/outbox_0001.sql"),
    include_str!("../migrations/outbox_0002.sql"),
];

/// The settings table is there before any migration: it holds how many have run.
const SETTINGS: &str = "
    create table settings (
        key TEXT not null,
        value TEXT not null,
        primary key (key)
    ) STRICT_KEYED;
";

/// Brings the schema to the newest, or refuses one that is newer still.
pub(crate) fn migrate(db: &Db) -> Result<(), StoreError> {
    bring_to_newest(db, SCHEMA, MIGRATIONS)
}

/// The same of the outbox.
pub(crate) fn migrate_outbox(db: &Db) -> Result<(), StoreError> {
    bring_to_newest(db, OUTBOX_SCHEMA, OUTBOX_MIGRATIONS)
}

fn bring_to_newest(db: &Db, name: &str, migrations: &[&str]) -> Result<(), StoreError> {
    // Looked at without the lock first: an open beside a busy process changes nothing and must
    // not wait for it.
    let known = migrations.len() as i64;
    if checked(schema(&mut db.read()?, name)?.1, known)? == Some(known) {
        return Ok(());
    }
    let mut tx = db.write_at_length()?;
    let (has_settings, found) = schema(&mut tx, name)?;
    let found = checked(found, known)?;
    if !has_settings {
        tx.script(&migration_for(SETTINGS, db.engine()))?;
    }
    for migration in migrations.iter().skip(found.unwrap_or(0) as usize) {
        tx.script(&migration_for(migration, db.engine()))?;
    }
    tx.run(&SET_SETTING, &[name.into(), known.to_string().into()])?;
    tx.commit()
}

/// Whether there is a table of settings, and the number that stands there.
fn schema(tx: &mut Tx<'_>, name: &str) -> Result<(bool, Option<i64>), StoreError> {
    let tables = tx.query_one(&SETTINGS_TABLE, &[])?;
    if tables.is_none_or(|row| row.int(0) == Ok(0)) {
        return Ok((false, None));
    }
    let Some(mut row) = tx.query_one(&SETTING, &[name.into()])? else {
        // The outbox came later than the record.
        return match name {
            SCHEMA => Err(StoreError::corrupt("settings", name, "it is missing")),
            _ => Ok((true, None)),
        };
    };
    let text = row.text(0)?;
    let number = text.parse().map_err(|_| {
        StoreError::corrupt("settings", name, &format!("{text:?} is no schema number"))
    })?;
    Ok((true, Some(number)))
}

fn checked(found: Option<i64>, known: i64) -> Result<Option<i64>, StoreError> {
    match found {
        Some(found) if found > known => Err(StoreError::TooNew { found, known }),
        other => Ok(other),
    }
}
