//! Databases for tests, of both engines; every suite runs on each and skips neither.
//!
//! ```ignore
//! for engine in engines() {
//!     let database = engine.database();
//!     let store = database.open();
//! }
//! ```
//!
//! `PostgreSQL` is started by the tests themselves: one server per process, while any of its
//! databases is held, and one database per test. Programs are looked for in `NOROSHI_PG_BIN`,
//! `PATH` and `/usr/lib/postgresql/*/bin`.

mod cluster;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

pub use cluster::Cluster;

use crate::store::Store;

/// An engine to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `SQLite` in a folder of its own.
    Sqlite,
    /// `PostgreSQL`, a database of its own.
    Postgres,
}

/// Every engine.
pub const fn engines() -> [Engine; 2] {
    [Engine::Sqlite, Engine::Postgres]
}

/// An empty database that goes when it is dropped.
pub struct Database {
    place: Place,
}

enum Place {
    Folder(TempDir),
    Server { cluster: Arc<Cluster>, url: String },
}

impl Engine {
    /// Its name, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// Makes an empty database. Panics where there is no `PostgreSQL`: nothing is skipped.
    pub fn database(self) -> Database {
        let place = match self {
            Self::Sqlite => Place::Folder(tempfile::tempdir().expect("a temporary folder")),
            Self::Postgres => {
                let cluster = shared_cluster();
                let url = cluster.create_database();
                Place::Server { cluster, url }
            }
        };
        Database { place }
    }
}

impl Database {
    /// Opens a store on it; may be asked again, for a second handle or a second life.
    pub fn open(&self) -> Store {
        match &self.place {
            Place::Folder(dir) => Store::open_sqlite(dir.path()),
            Place::Server { url, .. } => Store::open_postgres(url),
        }
        .expect("an empty database of our own opens")
    }

    /// The same, with what keeps it there.
    pub fn open_kept(self) -> (Self, Store) {
        let store = self.open();
        (self, store)
    }

    /// The data folder, on `SQLite`.
    pub fn dir(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(dir) => Some(dir.path()),
            Place::Server { .. } => None,
        }
    }

    /// The address, on `PostgreSQL`.
    pub fn url(&self) -> Option<&str> {
        match &self.place {
            Place::Folder(_) => None,
            Place::Server { url, .. } => Some(url),
        }
    }

    /// Runs statements past the store, as somebody who tampers would.
    pub fn script(&self, statements: &str) {
        match &self.place {
            Place::Folder(dir) => rusqlite::Connection::open(dir.path().join("record.db"))
                .and_then(|connection| connection.execute_batch(statements))
                .expect("the statements are right"),
            Place::Server { cluster, url } => {
                let name = url.rsplit('/').next().unwrap_or_default();
                cluster.script(name, statements);
            }
        }
    }

    /// The server, on `PostgreSQL`. It is shared: who halts servers starts a [`Cluster`].
    pub fn cluster(&self) -> Option<&Cluster> {
        match &self.place {
            Place::Folder(_) => None,
            Place::Server { cluster, .. } => Some(cluster),
        }
    }
}

/// The server of this process, started when nobody holds one.
fn shared_cluster() -> Arc<Cluster> {
    static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let cluster = Arc::new(Cluster::start());
        *shared = Arc::downgrade(&cluster);
        cluster
    })
}
