//! The handle that everyone holds; what it can do stands in the files named after it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::PING;
use crate::db::Db;
use crate::error::StoreError;
use crate::migrate::migrate;

/// A store of pages; cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: Arc<Db>,
    is_prepared: Arc<AtomicBool>,
}

impl Store {
    /// Opens the store in a data folder, making and migrating it where needed.
    pub fn open_sqlite(dir: &Path) -> Result<Self, StoreError> {
        Self::open(Db::open_sqlite(dir)?)
    }

    /// Opens the store in a `PostgreSQL` database, making and migrating it where needed.
    pub fn open_postgres(url: &str) -> Result<Self, StoreError> {
        Self::open(Db::open_postgres(url)?)
    }

    /// Runs what makes a record that can be made again: its commits do not wait for the disk one
    /// by one, all of them are on the disk when this returns. A loss of power meanwhile may cost
    /// the whole record; an end of the process does not.
    ///
    /// # Errors
    /// When the engine can not be told; what `make` gives is passed on.
    pub fn write_unsynced<T>(&self, make: impl FnOnce() -> T) -> Result<T, StoreError> {
        self.db.set_synced(false)?;
        let answer = make();
        self.db.set_synced(true)?;
        Ok(answer)
    }

    /// The store in a `PostgreSQL` database that may be away: nothing is asked of it until
    /// [`Store::prepare`].
    pub fn of_postgres(url: &str) -> Result<Self, StoreError> {
        Ok(Self::unprepared(Db::open_postgres(url)?))
    }

    /// Makes and migrates what the store needs, once; after that it does nothing.
    pub fn prepare(&self) -> Result<(), StoreError> {
        if !self.is_prepared() {
            migrate(&self.db)?;
            self.scrub_if_owed()?;
            self.is_prepared.store(true, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Whether the store can be asked.
    pub fn is_prepared(&self) -> bool {
        self.is_prepared.load(Ordering::SeqCst)
    }

    /// Copies the record as it stands at one instant into a folder that holds none, while others
    /// read and write; whether it did: on `PostgreSQL` that is for the server's own tools.
    pub fn back_up(&self, folder: &Path) -> Result<bool, StoreError> {
        self.db.back_up(folder)
    }

    /// Asks the database for a sign of life.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.db.read()?.query(&PING, &[])?;
        Ok(())
    }

    /// Removes from the files whatever was erased or deleted and still stands in gaps, free pages
    /// or the write-ahead log. `SQLite` only: on `PostgreSQL` an erasure deletes, and the rest is for
    /// the server's vacuum and its log's keeping time.
    ///
    /// A commit that erases does this by itself.
    pub fn scrub(&self) -> Result<(), StoreError> {
        self.db.scrub()?;
        self.forget_scrub_owed()
    }

    /// Lets the n-th statement of the writes to come fail, their commits counted too; `SQLite` only.
    #[cfg(feature = "testkit")]
    pub fn fail_at(&self, nth: Option<u32>) {
        self.db.fail_at(nth);
    }

    /// Prepares every statement; gives its name and, on `SQLite`, its query plan.
    #[cfg(feature = "testkit")]
    pub fn plans(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut tx = self.db.read()?;
        crate::catalogue::ALL
            .iter()
            .map(|statement| Ok((statement.name, tx.plan(statement)?)))
            .collect()
    }

    fn open(db: Db) -> Result<Self, StoreError> {
        let store = Self::unprepared(db);
        store.prepare()?;
        Ok(store)
    }

    fn unprepared(db: Db) -> Self {
        Self {
            db: Arc::new(db),
            is_prepared: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}
