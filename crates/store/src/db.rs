//! The one place that knows which engine runs.
//!
//! The rest of the crate begins a [`Tx`], asks it [`Statement`]s with [`Value`]s, and commits. A
//! `Tx` that is dropped uncommitted changes nothing.

mod pool;
mod postgres;
mod sqlite;

use std::path::Path;
#[cfg(feature = "testkit")]
use std::sync::atomic::{AtomicU64, Ordering};

use crate::catalogue::{Statement, Text};
use crate::error::StoreError;

/// A database of either engine.
pub(crate) struct Db {
    of: Kept,
    /// How many statements were asked of it; tests only.
    #[cfg(feature = "testkit")]
    asked_count: AtomicU64,
}

enum Kept {
    Sqlite(Box<sqlite::Sqlite>),
    Postgres(Box<postgres::Postgres>),
}

/// A transaction.
pub(crate) struct Tx<'a> {
    of: Begun<'a>,
    #[cfg(feature = "testkit")]
    asked_count: &'a AtomicU64,
}

enum Begun<'a> {
    Sqlite(sqlite::SqliteTx<'a>),
    Postgres(Box<postgres::PostgresTx<'a>>),
}

/// A parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
}

/// One row of an answer.
#[derive(Debug)]
pub(crate) struct Row(Vec<Value>);

/// Which engine a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Db {
    fn of(of: Kept) -> Self {
        Self {
            of,
            #[cfg(feature = "testkit")]
            asked_count: AtomicU64::new(0),
        }
    }

    #[cfg_attr(
        not(feature = "testkit"),
        expect(clippy::unused_self, reason = "only what the tests count is kept here")
    )]
    fn begun<'a>(&'a self, of: Begun<'a>) -> Tx<'a> {
        Tx {
            of,
            #[cfg(feature = "testkit")]
            asked_count: &self.asked_count,
        }
    }

    /// How many statements were asked of it by this handle and its copies; tests only.
    #[cfg(feature = "testkit")]
    pub(crate) fn asked_count(&self) -> u64 {
        self.asked_count.load(Ordering::SeqCst)
    }

    /// The record in a folder of data.
    pub(crate) fn open_sqlite(dir: &Path) -> Result<Self, StoreError> {
        let opened = sqlite::Sqlite::open(dir, sqlite::RECORD_FILE)?;
        Ok(Self::of(Kept::Sqlite(Box::new(opened))))
    }

    /// What is to be told, in a file of its own beside the record.
    pub(crate) fn open_sqlite_outbox(dir: &Path) -> Result<Self, StoreError> {
        let opened = sqlite::Sqlite::open(dir, sqlite::OUTBOX_FILE)?;
        Ok(Self::of(Kept::Sqlite(Box::new(opened))))
    }

    pub(crate) fn open_postgres(url: &str) -> Result<Self, StoreError> {
        Ok(Self::of(Kept::Postgres(Box::new(
            postgres::Postgres::open(url)?,
        ))))
    }

    pub(crate) fn engine(&self) -> Engine {
        match &self.of {
            Kept::Sqlite(_) => Engine::Sqlite,
            Kept::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a transaction that reads one consistent snapshot.
    pub(crate) fn read(&self) -> Result<Tx<'_>, StoreError> {
        let of = match &self.of {
            Kept::Sqlite(db) => Begun::Sqlite(db.read()?),
            Kept::Postgres(db) => Begun::Postgres(Box::new(db.read()?)),
        };
        Ok(self.begun(of))
    }

    /// Begins a transaction that writes.
    pub(crate) fn write(&self) -> Result<Tx<'_>, StoreError> {
        let of = match &self.of {
            Kept::Sqlite(db) => Begun::Sqlite(db.write()?),
            Kept::Postgres(db) => Begun::Postgres(Box::new(db.write()?)),
        };
        Ok(self.begun(of))
    }

    /// Begins a transaction that writes, may take long, and that only one process does at a time:
    /// a migration, a purge.
    pub(crate) fn write_at_length(&self) -> Result<Tx<'_>, StoreError> {
        let of = match &self.of {
            Kept::Sqlite(db) => Begun::Sqlite(db.write()?),
            Kept::Postgres(db) => Begun::Postgres(Box::new(db.write_at_length()?)),
        };
        Ok(self.begun(of))
    }

    /// Rewrites the files without what was deleted. On `PostgreSQL` that is the server's matter:
    /// dead rows go with its vacuum, and old log segments with its archive's keeping time.
    pub(crate) fn scrub(&self) -> Result<(), StoreError> {
        match &self.of {
            Kept::Sqlite(db) => db.scrub(),
            Kept::Postgres(_) => Ok(()),
        }
    }

    /// Copies one snapshot into another folder; whether the engine lets us: `PostgreSQL` has tools
    /// of its own for that.
    pub(crate) fn back_up(&self, folder: &Path) -> Result<bool, StoreError> {
        match &self.of {
            Kept::Sqlite(db) => db.back_up(folder).map(|()| true),
            Kept::Postgres(_) => Ok(false),
        }
    }

    /// Makes one transaction of what follows; on `PostgreSQL` each stays for itself.
    pub(crate) fn gather(&self) -> Result<(), StoreError> {
        match &self.of {
            Kept::Sqlite(db) => db.gather(),
            Kept::Postgres(_) => Ok(()),
        }
    }

    /// Commits what was gathered or gives it up; whether it was kept.
    pub(crate) fn end_gathering(&self, is_well: bool) -> Result<bool, StoreError> {
        match &self.of {
            Kept::Sqlite(db) => db.end_gathering(is_well),
            Kept::Postgres(_) => Ok(is_well),
        }
    }

    /// Lets the n-th statement from now fail, the commit counted too; tests only.
    #[cfg(feature = "testkit")]
    pub(crate) fn fail_at(&self, nth: Option<u32>) {
        if let Kept::Sqlite(db) = &self.of {
            db.fail_at(nth);
        }
    }
}

impl Tx<'_> {
    /// Asks for rows.
    pub(crate) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        #[cfg(feature = "testkit")]
        self.asked_count.fetch_add(1, Ordering::SeqCst);
        match &mut self.of {
            Begun::Sqlite(tx) => tx.query(statement, values),
            Begun::Postgres(tx) => tx.query(statement, values),
        }
    }

    /// Asks for at most one row.
    pub(crate) fn query_one(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(statement, values)?.into_iter().next())
    }

    /// Changes rows and says how many.
    pub(crate) fn run(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        #[cfg(feature = "testkit")]
        self.asked_count.fetch_add(1, Ordering::SeqCst);
        match &mut self.of {
            Begun::Sqlite(tx) => tx.run(statement, values),
            Begun::Postgres(tx) => tx.run(statement, values),
        }
    }

    /// Runs statements without parameters: migrations.
    pub(crate) fn script(&mut self, text: &str) -> Result<(), StoreError> {
        match &mut self.of {
            Begun::Sqlite(tx) => tx.script(text),
            Begun::Postgres(tx) => tx.script(text),
        }
    }

    /// Makes it lasting.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        match self.of {
            Begun::Sqlite(tx) => tx.commit(),
            Begun::Postgres(tx) => tx.commit(),
        }
    }

    /// Prepares a statement and gives its plan; tests only.
    #[cfg(feature = "testkit")]
    pub(crate) fn plan(&mut self, statement: &Statement) -> Result<String, StoreError> {
        match &mut self.of {
            Begun::Sqlite(tx) => tx.plan(statement),
            Begun::Postgres(tx) => tx.plan(statement),
        }
    }
}

impl Row {
    /// A text column.
    pub(crate) fn text(&mut self, column: usize) -> Result<String, StoreError> {
        self.optional_text(column)?
            .ok_or_else(|| wrong_column(column))
    }

    /// A text column that may be null.
    pub(crate) fn optional_text(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get_mut(column) {
            Some(Value::Text(text)) => Ok(Some(std::mem::take(text))),
            Some(Value::Null) => Ok(None),
            _ => Err(wrong_column(column)),
        }
    }

    /// A number column that may be null.
    pub(crate) fn optional_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A number column.
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(*number),
            _ => Err(wrong_column(column)),
        }
    }
}

fn wrong_column(column: usize) -> StoreError {
    StoreError::corrupt("answer", &column.to_string(), "not of the column's type")
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

/// A statement's text as an engine reads it.
fn text_for(statement: &Statement, engine: Engine) -> String {
    let text = match (statement.text, engine) {
        (Text::Both(text), _)
        | (Text::Pair { sqlite: text, .. }, Engine::Sqlite)
        | (Text::Pair { postgres: text, .. }, Engine::Postgres) => text,
    };
    let (texts, rows) = match engine {
        Engine::Sqlite => ("json_each", "json_each"),
        Engine::Postgres => ("json_array_elements_text", "json_array_elements"),
    };
    let text = replace_table(text, "texts_of(", texts, engine);
    replace_table(&text, "rows_of(", rows, engine)
}

/// Puts an engine's table function in for `word` and its one parameter.
fn replace_table(text: &str, word: &str, function: &str, engine: Engine) -> String {
    let mut parts = text.split(word);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (parameter, rest) = part.split_once(')').unwrap_or((part, ""));
        let table = match engine {
            Engine::Sqlite => format!("{function}({parameter})"),
            // The inner cast makes the parameter a text, which is what we send.
            Engine::Postgres => {
                format!("{function}(cast(cast({parameter} as text) as json)) as given(value)")
            }
        };
        replaced.push_str(&table);
        replaced.push_str(rest);
    }
    replaced
}

/// Words of migrations and what they are per engine; whole words only.
const TYPE_WORDS: [(&str, &str, &str); 8] = [
    ("BIGINT", "integer", "bigint"),
    // Compared byte by byte, as SQLite does, whatever the server's language.
    ("TEXT", "text", "text collate \"C\""),
    ("DOUBLE_PRECISION", "real", "double precision"),
    ("BYTES", "blob", "bytea"),
    ("BOOLEAN", "integer", "boolean"),
    // Counts up by itself.
    ("COUNTED", "integer", "bigint generated always as identity"),
    ("STRICT_ROWS", "strict", ""),
    ("STRICT_KEYED", "strict, without rowid", ""),
];

/// A migration's text as an engine reads it.
pub(crate) fn migration_for(text: &str, engine: Engine) -> String {
    let mut mapped = String::with_capacity(text.len());
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|character| !is_word(character))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let found = TYPE_WORDS.iter().find(|(name, _, _)| *name == word);
        mapped.push_str(match (found, engine) {
            (None, _) => word,
            (Some((_, sqlite, _)), Engine::Sqlite) => sqlite,
            (Some((_, _, postgres)), Engine::Postgres) => postgres,
        });
        let gap = after.find(is_word).unwrap_or(after.len());
        mapped.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    mapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_words_are_mapped_as_whole_words_only() {
        let text = "create table t (a TEXT, TEXTUAL BIGINT) STRICT_ROWS;";
        assert_eq!(
            migration_for(text, Engine::Sqlite),
            "create table t (a text, TEXTUAL integer) strict;"
        );
        assert_eq!(
            migration_for(text, Engine::Postgres),
            "create table t (a text collate \"C\", TEXTUAL bigint) ;"
        );
    }

    #[test]
    fn a_table_of_a_parameter_is_spelled_for_each_engine() {
        let statement = Statement {
            name: "T",
            text: Text::Both("select value from texts_of($1) where true"),
        };
        assert_eq!(
            text_for(&statement, Engine::Sqlite),
            "select value from json_each($1) where true"
        );
        assert_eq!(
            text_for(&statement, Engine::Postgres),
            "select value from json_array_elements_text(cast(cast($1 as text) as json)) \
             as given(value) where true"
        );
    }
}
