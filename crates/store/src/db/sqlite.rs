//! `SQLite`: one file in the data folder, one writer, a few readers.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql};

use super::pool::{Lent, Pool};
use super::{Engine, Row, Value, text_for};
use crate::catalogue::Statement;
use crate::error::StoreError;

/// The file of facts, journal and private records, in the data folder.
pub(super) const RECORD_FILE: &str = "record.db";
/// The file of what is to be told.
pub(super) const OUTBOX_FILE: &str = "outbox.db";
/// Locked while a file is opened.
const OPENING_FILE: &str = "record.opening";
/// How many readers at once.
const READERS_MAX: usize = 8;
/// How many prepared statements a connection keeps: all there are.
const STATEMENTS_MAX: usize = 64;
/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What every connection is told. `secure_delete` overwrites what is deleted with zeros.
const PRAGMAS: &str = "
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma secure_delete = on;
    pragma trusted_schema = off;
    pragma cell_size_check = on;
    pragma temp_store = memory;
";

pub(crate) struct Sqlite {
    file: &'static str,
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Pool<Connection>,
    gathering: AtomicU8,
    #[cfg(feature = "testkit")]
    faults: Faults,
}

pub(crate) struct SqliteTx<'a> {
    connection: Held<'a>,
    open: bool,
    /// Where it is told that a part of what is gathered was given up.
    gathering: Option<&'a AtomicU8>,
    #[cfg(feature = "testkit")]
    faults: &'a Faults,
}

/// Each transaction is one of the engine's.
const APART: u8 = 0;
/// All transactions are parts of one, and none was given up.
const GATHERING: u8 = 1;
/// A part was given up: the whole has to be.
const GIVEN_UP: u8 = 2;

enum Held<'a> {
    Writer(MutexGuard<'a, Connection>),
    Reader(Lent<'a, Connection>),
}

impl Sqlite {
    pub(super) fn open(dir: &Path, file: &'static str) -> Result<Self, StoreError> {
        let unavailable = |error: std::io::Error| {
            StoreError::Unavailable(format!("data folder {}: {error}", dir.display()))
        };
        fs::create_dir_all(dir).map_err(unavailable)?;
        let opening = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(dir.join(OPENING_FILE))
            .map_err(unavailable)?;
        // One opens at a time: two that switch a new file to its log at once are told that it is
        // busy, without a wait. Free again when the file is closed, at the end of this function.
        opening.lock().map_err(unavailable)?;
        let path = dir.join(file);
        make_private(&path).map_err(unavailable)?;
        let writer = connect(&path)?;
        writer
            .execute_batch("pragma journal_mode = wal")
            .map_err(|cause| error(&cause))?;
        Ok(Self {
            file,
            path,
            writer: Mutex::new(writer),
            readers: Pool::new(READERS_MAX),
            gathering: AtomicU8::new(APART),
            #[cfg(feature = "testkit")]
            faults: Faults::default(),
        })
    }

    pub(super) fn read(&self) -> Result<SqliteTx<'_>, StoreError> {
        if self.is_gathering() {
            return Ok(self.part(false));
        }
        let connection = self.readers.lend(|_| true, || connect(&self.path))?;
        self.begin(Held::Reader(connection), "begin deferred")
    }

    pub(super) fn write(&self) -> Result<SqliteTx<'_>, StoreError> {
        if self.is_gathering() {
            return Ok(self.part(true));
        }
        self.begin(Held::Writer(self.writer()), "begin immediate")
    }

    /// Copies one snapshot into the file of another folder, which must not have one. Writers go on.
    pub(super) fn back_up(&self, folder: &Path) -> Result<(), StoreError> {
        let path = folder.join(self.file);
        let unavailable =
            |cause: std::io::Error| StoreError::Unavailable(format!("{}: {cause}", path.display()));
        let mut new = OpenOptions::new();
        let new = new.create_new(true).write(true).mode(0o600).open(&path);
        drop(new.map_err(unavailable)?);
        let source = connect(&self.path)?;
        let mut copy = Connection::open(&path).map_err(|cause| error(&cause))?;
        let backup = Backup::new(&source, &mut copy).map_err(|cause| error(&cause))?;
        // All pages in one step are one snapshot, however many commits come meanwhile.
        match backup.step(-1).map_err(|cause| error(&cause))? {
            StepResult::Done => Ok(()),
            _ => Err(StoreError::Busy),
        }
    }

    /// Makes one transaction of all that this handle writes until [`Sqlite::end_gathering`];
    /// what it reads meanwhile, it reads out of that one.
    pub(super) fn gather(&self) -> Result<(), StoreError> {
        self.writer()
            .execute_batch("begin immediate")
            .map_err(|cause| error(&cause))?;
        self.gathering.store(GATHERING, Ordering::SeqCst);
        Ok(())
    }

    /// Commits what was gathered, or gives it up; whether it was committed.
    pub(super) fn end_gathering(&self, is_well: bool) -> Result<bool, StoreError> {
        let writer = self.writer();
        let is_whole = self.gathering.swap(APART, Ordering::SeqCst) == GATHERING;
        let is_kept = is_well && is_whole;
        let text = if is_kept { "commit" } else { "rollback" };
        writer.execute_batch(text).map_err(|cause| error(&cause))?;
        Ok(is_kept)
    }

    /// Writes the whole file anew and empties the log beside it. `secure_delete` alone leaves
    /// copies of rows in the gaps of pages that the engine has balanced.
    pub(super) fn scrub(&self) -> Result<(), StoreError> {
        let writer = self.writer();
        writer
            .execute_batch("vacuum")
            .map_err(|cause| error(&cause))?;
        let held: i64 = writer
            .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))
            .map_err(|cause| error(&cause))?;
        if held == 0 {
            Ok(())
        } else {
            Err(StoreError::Busy)
        }
    }

    #[cfg_attr(
        not(feature = "testkit"),
        expect(
            clippy::unused_self,
            reason = "only the tests' faults are taken from it"
        )
    )]
    fn begin<'a>(&'a self, connection: Held<'a>, text: &str) -> Result<SqliteTx<'a>, StoreError> {
        let tx = SqliteTx {
            connection,
            open: true,
            gathering: None,
            #[cfg(feature = "testkit")]
            faults: &self.faults,
        };
        tx.script(text)?;
        Ok(tx)
    }

    fn is_gathering(&self) -> bool {
        self.gathering.load(Ordering::SeqCst) != APART
    }

    /// A part of what is gathered: it begins and ends nothing by itself.
    fn part(&self, writes: bool) -> SqliteTx<'_> {
        SqliteTx {
            connection: Held::Writer(self.writer()),
            open: writes,
            gathering: Some(&self.gathering),
            #[cfg(feature = "testkit")]
            faults: &self.faults,
        }
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // Whoever panicked has rolled back when its transaction was dropped.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "testkit")]
    pub(super) fn fail_at(&self, nth: Option<u32>) {
        self.faults.set(nth);
    }
}

impl SqliteTx<'_> {
    pub(super) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        #[cfg(feature = "testkit")]
        self.maybe_fail()?;
        let mut prepared = self.prepare(statement)?;
        bind(&mut prepared, values)?;
        let column_count = prepared.column_count();
        let mut rows = prepared.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|cause| error(&cause))? {
            let columns = (0..column_count)
                .map(|column| {
                    Ok(value_of(
                        row.get_ref(column).map_err(|cause| error(&cause))?,
                    ))
                })
                .collect::<Result<_, StoreError>>()?;
            found.push(Row(columns));
        }
        Ok(found)
    }

    pub(super) fn run(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        #[cfg(feature = "testkit")]
        self.maybe_fail()?;
        let mut prepared = self.prepare(statement)?;
        bind(&mut prepared, values)?;
        prepared
            .raw_execute()
            .map(|count| count as u64)
            .map_err(|cause| error(&cause))
    }

    pub(super) fn script(&self, text: &str) -> Result<(), StoreError> {
        self.connection
            .get()
            .execute_batch(text)
            .map_err(|cause| error(&cause))
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        #[cfg(feature = "testkit")]
        self.maybe_fail()?;
        if self.gathering.is_none() {
            self.script("commit")?;
        }
        self.open = false;
        Ok(())
    }

    #[cfg(feature = "testkit")]
    pub(super) fn plan(&self, statement: &Statement) -> Result<String, StoreError> {
        let text = text_for(statement, Engine::Sqlite);
        let mut prepared = self
            .connection
            .get()
            .prepare(&format!("explain query plan {text}"))
            .map_err(|cause| error(&cause))?;
        let lines = prepared
            .raw_query()
            .mapped(|row| row.get::<_, String>(3))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|cause| error(&cause))?;
        Ok(lines.join("\n"))
    }

    #[cfg(feature = "testkit")]
    fn maybe_fail(&self) -> Result<(), StoreError> {
        match self.connection {
            Held::Writer(_) => self.faults.pass(),
            Held::Reader(_) => Ok(()),
        }
    }

    fn prepare(&self, statement: &Statement) -> Result<CachedStatement<'_>, StoreError> {
        let text = text_for(statement, Engine::Sqlite);
        self.connection
            .get()
            .prepare_cached(&text)
            .map_err(|cause| named(statement, &cause))
    }
}

impl Drop for SqliteTx<'_> {
    fn drop(&mut self) {
        let connection = self.connection.get();
        if let Some(gathering) = self.gathering {
            if self.open {
                gathering.store(GIVEN_UP, Ordering::SeqCst);
            }
        } else if self.open
            && !connection.is_autocommit()
            && connection.execute_batch("rollback").is_err()
        {
            // The engine has rolled back by itself, or the connection is of no more use.
            if let Held::Reader(lent) = &mut self.connection {
                lent.mark_broken();
            }
        }
    }
}

impl Held<'_> {
    fn get(&self) -> &Connection {
        match self {
            Self::Writer(connection) => connection,
            Self::Reader(connection) => connection,
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Makes the file so that only the owner can read it: it holds what is not public. The engine gives
/// the files it makes beside it the same mode. One that exists is not touched: closing it here
/// would drop the locks that this process may have on it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let made = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => Err(cause),
        _ => Ok(()),
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(|cause| error(&cause))?;
    connection
        .busy_timeout(BUSY_TIMEOUT)
        .map_err(|cause| error(&cause))?;
    connection
        .execute_batch(PRAGMAS)
        .map_err(|cause| error(&cause))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

/// Binds by number in the name: the engine numbers `$n` by first use, which may differ.
fn bind(prepared: &mut CachedStatement<'_>, values: &[Value]) -> Result<(), StoreError> {
    for index in 1..=prepared.parameter_count() {
        let number = prepared
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|digits| digits.parse::<usize>().ok())
            .expect("the catalogue names its parameters $1 to $n");
        let value = &values[number - 1];
        prepared
            .raw_bind_parameter(index, value)
            .map_err(|cause| error(&cause))?;
    }
    Ok(())
}

fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        // The schema has neither; a caller that expects another type says what is corrupt.
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Value::Null,
    }
}

fn named(statement: &Statement, cause: &rusqlite::Error) -> StoreError {
    match error(cause) {
        StoreError::Unavailable(reason) => {
            StoreError::Unavailable(format!("statement {}: {reason}", statement.name))
        }
        other => other,
    }
}

fn error(cause: &rusqlite::Error) -> StoreError {
    let reason = cause.to_string();
    match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(reason),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::corrupt("database", "", &reason)
        }
        _ => StoreError::Unavailable(reason),
    }
}

/// Counts statements down to one that fails.
#[cfg(feature = "testkit")]
#[derive(Default)]
struct Faults(Mutex<Option<u32>>);

#[cfg(feature = "testkit")]
impl Faults {
    fn set(&self, nth: Option<u32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = nth;
    }

    fn pass(&self) -> Result<(), StoreError> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match left.as_mut() {
            None => Ok(()),
            Some(0 | 1) => {
                *left = None;
                Err(StoreError::Unavailable("a fault was injected".to_owned()))
            }
            Some(count) => {
                *count -= 1;
                Ok(())
            }
        }
    }
}
