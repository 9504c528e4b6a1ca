//! The handle that everyone holds; what it can do stands in the files named after it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::PING;
use crate::db::Db;
use crate::error::StoreError;
use crate::migrate::{migrate, migrate_outbox};

/// A store of pages; cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: Arc<Db>,
    /// What is to be told; on `PostgreSQL` the same database.
    pub(crate) outbox: Arc<Db>,
    is_prepared: Arc<AtomicBool>,
}

impl Store {
    /// Opens the store in a data folder, making and migrating it where needed.
    pub fn open_sqlite(dir: &Path) -> Result<Self, StoreError> {
        let (record, outbox) = (Db::open_sqlite(dir)?, Db::open_sqlite_outbox(dir)?);
        Self::open(Arc::new(record), Arc::new(outbox))
    }

    /// Opens the store in a `PostgreSQL` database, making and migrating it where needed.
    pub fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let db = Arc::new(Db::open_postgres(url)?);
        Self::open(Arc::clone(&db), db)
    }

    /// Runs what makes a record in many steps, as one step: when `make` fails, or the process ends
    /// meanwhile, the record is as it was. Others that write wait. On `PostgreSQL` each step stands
    /// for itself.
    ///
    /// # Errors
    /// What `make` gives; otherwise when the engine fails, or a step of `make` failed without
    /// `make` saying so.
    pub fn write_as_one<T, E: From<StoreError>>(
        &self,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.db.gather()?;
        let answer = make();
        let is_kept = self.db.end_gathering(answer.is_ok())?;
        if answer.is_ok() && !is_kept {
            let reason = "one step of many was given up, and all of them with it";
            return Err(StoreError::Unavailable(reason.to_owned()).into());
        }
        answer
    }

    /// The store in a `PostgreSQL` database that may be away: nothing is asked of it until
    /// [`Store::prepare`].
    pub fn of_postgres(url: &str) -> Result<Self, StoreError> {
        let db = Arc::new(Db::open_postgres(url)?);
        Ok(Self::unprepared(Arc::clone(&db), db))
    }

    /// Makes and migrates what the store needs, once; after that it does nothing.
    pub fn prepare(&self) -> Result<(), StoreError> {
        if !self.is_prepared() {
            migrate(&self.db)?;
            migrate_outbox(&self.outbox)?;
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

    /// How many statements were asked through this handle and its copies.
    #[cfg(feature = "testkit")]
    pub fn asked_count(&self) -> u64 {
        self.db.asked_count()
    }

    /// Prepares every statement; gives its name and its query plan, as its engine words it.
    #[cfg(feature = "testkit")]
    pub fn plans(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut record = self.db.read()?;
        let mut outbox = self.outbox.read()?;
        let of_record = crate::catalogue::ALL
            .iter()
            .map(|statement| Ok((statement.name, record.plan(statement)?)));
        let of_outbox = crate::outbox::ALL
            .iter()
            .map(|statement| Ok((statement.name, outbox.plan(statement)?)));
        of_record.chain(of_outbox).collect()
    }

    fn open(db: Arc<Db>, outbox: Arc<Db>) -> Result<Self, StoreError> {
        let store = Self::unprepared(db, outbox);
        store.prepare()?;
        Ok(store)
    }

    fn unprepared(db: Arc<Db>, outbox: Arc<Db>) -> Self {
        Self {
            db,
            outbox,
            is_prepared: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}
