//! One history of migrations, forward only, never edited once released.
//!
//! Each runs in the transaction that raises the schema's number; two processes that open at once
//! wait for one another there, and the second finds the work done.

use crate::catalogue::{SET_SETTING, SETTING, SETTINGS_TABLE};
use crate::db::{Db, Tx, migration_for};
use crate::error::StoreError;

/// The setting that holds the schema's number.
const SCHEMA: &str = "schema";

/// Numbered from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_record.sql"),
    include_str!("../migrations/0002_checks.sql"),
    include_str!("../migrations/0003_private.sql"),
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
    // Looked at without the lock first: an open beside a busy process changes nothing and must
    // not wait for it.
    let known = MIGRATIONS.len() as i64;
    if checked(schema(&mut db.read()?)?)? == Some(known) {
        return Ok(());
    }
    let mut tx = db.write_at_length()?;
    let found = checked(schema(&mut tx)?)?;
    if found.is_none() {
        tx.script(&migration_for(SETTINGS, db.engine()))?;
    }
    for migration in MIGRATIONS.iter().skip(found.unwrap_or(0) as usize) {
        tx.script(&migration_for(migration, db.engine()))?;
    }
    tx.run(&SET_SETTING, &[SCHEMA.into(), known.to_string().into()])?;
    tx.commit()
}

fn schema(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    let tables = tx.query_one(&SETTINGS_TABLE, &[])?;
    if tables.is_none_or(|row| row.int(0) == Ok(0)) {
        return Ok(None);
    }
    let Some(mut row) = tx.query_one(&SETTING, &[SCHEMA.into()])? else {
        return Err(StoreError::corrupt("settings", SCHEMA, "it is missing"));
    };
    let text = row.text(0)?;
    text.parse().map(Some).map_err(|_| {
        StoreError::corrupt("settings", SCHEMA, &format!("{text:?} is no schema number"))
    })
}

fn checked(found: Option<i64>) -> Result<Option<i64>, StoreError> {
    let known = MIGRATIONS.len() as i64;
    match found {
        Some(found) if found > known => Err(StoreError::TooNew { found, known }),
        other => Ok(other),
    }
}
