//! `PostgreSQL`: a small pool, and a bound on everything that waits for the network.
//!
//! The driver's connections run on a runtime of our own, so that a broken one is noticed while
//! nobody uses it.

mod address;
mod tls;
mod watch;

use std::collections::HashMap;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use self::address::Address;
use self::tls::{Tls, distrust};
use self::watch::{PATIENCE, Watch};
use super::pool::{Lent, Pool};
use super::{Engine, Row, Value, text_for};
use crate::catalogue::Statement;
use crate::error::StoreError;

/// How many connections at once.
const CONNECTIONS_MAX: usize = 8;
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the server may work at one statement.
const STATEMENT_TIMEOUT_MS: u64 = 2_000;
/// How long a statement waits for what another writer holds.
const LOCK_TIMEOUT_MS: u64 = 1_500;
/// How long we wait for the answer of a server that works: its own bound and a little for the way.
/// One that gives no sign of life is not waited for as long ([`Watch`]).
const ANSWER_TIMEOUT: Duration = Duration::from_millis(STATEMENT_TIMEOUT_MS + 500);
/// How long a migration or a purge may take.
const LENGTHY_TIMEOUT: Duration = Duration::from_mins(10);
/// After how long without an acknowledgement a connection is dead.
const PEER_TIMEOUT: Duration = Duration::from_secs(2);
/// Any number, always the same: who holds this lock migrates or purges.
const LENGTHY_LOCK: i64 = 0x006e_6f72_6f73_6869;

pub(crate) struct Postgres {
    watch: Arc<Watch>,
    connections: Pool<Connection>,
    runtime: Option<Runtime>,
}

struct Connection {
    client: Client,
    prepared: HashMap<&'static str, tokio_postgres::Statement>,
    /// How often the server had been away when this was made.
    times_away: u64,
}

pub(crate) struct PostgresTx<'a> {
    runtime: &'a Runtime,
    watch: &'a Arc<Watch>,
    connection: Lent<'a, Connection>,
    open: bool,
    bound: Duration,
}

impl Postgres {
    pub(super) fn open(url: &str) -> Result<Self, StoreError> {
        let mut address = Address::parse(url)?;
        let tls = Tls::of(&address)?;
        let config = &mut address.config;
        config
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_user_timeout(PEER_TIMEOUT)
            .keepalives(true)
            .keepalives_idle(PEER_TIMEOUT)
            .keepalives_interval(Duration::from_secs(1))
            .keepalives_retries(2);
        if config.get_application_name().is_none() {
            config.application_name("noroshi");
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("noroshi-database")
            .enable_all()
            .build()
            .map_err(|cause| StoreError::Unavailable(cause.to_string()))?;
        Ok(Self {
            watch: Arc::new(Watch::new(address.config, tls)),
            connections: Pool::new(CONNECTIONS_MAX),
            runtime: Some(runtime),
        })
    }

    pub(super) fn read(&self) -> Result<PostgresTx<'_>, StoreError> {
        self.begin("begin isolation level repeatable read read only")
    }

    pub(super) fn write(&self) -> Result<PostgresTx<'_>, StoreError> {
        self.begin("begin")
    }

    pub(super) fn write_at_length(&self) -> Result<PostgresTx<'_>, StoreError> {
        let mut tx = self.begin("begin")?;
        tx.bound = LENGTHY_TIMEOUT;
        tx.script(&format!(
            "set local statement_timeout = 0; set local lock_timeout = 0; \
             select pg_advisory_xact_lock({LENGTHY_LOCK})"
        ))?;
        Ok(tx)
    }

    fn begin(&self, text: &str) -> Result<PostgresTx<'_>, StoreError> {
        let runtime = self
            .runtime
            .as_ref()
            .expect("it is taken out only when dropped");
        let watch = &self.watch;
        if watch.is_away() {
            return Err(away());
        }
        let times_away = watch.times_away();
        let connection = self.connections.lend(
            |connection| !connection.client.is_closed() && connection.times_away == times_away,
            || connect(runtime, watch),
        )?;
        let mut tx = PostgresTx {
            runtime,
            watch,
            connection,
            open: false,
            bound: ANSWER_TIMEOUT,
        };
        tx.script(text)?;
        tx.open = true;
        Ok(tx)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // In the background, because the last owner may be asynchronous and must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl PostgresTx<'_> {
    pub(super) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let prepared = self.prepare(statement)?;
        let columns: Vec<Type> = prepared
            .columns()
            .iter()
            .map(|column| column.type_().clone())
            .collect();
        let parameters = parameters(values);
        let found = self.wait(async |client| client.query(&prepared, &parameters).await)?;
        found
            .iter()
            .map(|row| {
                (0..columns.len())
                    .map(|column| value_of(row, column, &columns[column]))
                    .collect::<Result<_, _>>()
                    .map(Row)
            })
            .collect::<Result<_, _>>()
            .map_err(|cause| error(&cause))
    }

    pub(super) fn run(
        &mut self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        let prepared = self.prepare(statement)?;
        let parameters = parameters(values);
        self.wait(async |client| client.execute(&prepared, &parameters).await)
    }

    pub(super) fn script(&mut self, text: &str) -> Result<(), StoreError> {
        self.wait(async |client| client.batch_execute(text).await)
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        self.script("commit")?;
        self.open = false;
        Ok(())
    }

    /// How the server would answer a statement, whatever its values, if it could choose an index;
    /// its tables are empty here, and it would read them whole.
    #[cfg(feature = "testkit")]
    pub(super) fn plan(&mut self, statement: &Statement) -> Result<String, StoreError> {
        let text = text_for(statement, Engine::Postgres);
        let is_used = |number: &usize| text.contains(&format!("${number}"));
        let values = vec!["null"; (1..=9).take_while(is_used).count()].join(", ");
        let values = if values.is_empty() {
            values
        } else {
            format!("({values})")
        };
        self.script(&format!(
            "set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan; \
             prepare explained as {text}"
        ))?;
        let explain = format!("explain execute explained{values}");
        let lines = self.wait(async |client| client.simple_query(&explain).await)?;
        self.script("deallocate explained")?;
        let lines = lines.iter().filter_map(|line| match line {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    fn prepare(&mut self, statement: &Statement) -> Result<tokio_postgres::Statement, StoreError> {
        if let Some(prepared) = self.connection.prepared.get(statement.name) {
            return Ok(prepared.clone());
        }
        let text = text_for(statement, Engine::Postgres);
        let prepared = self
            .wait(async |client| client.prepare(&text).await)
            .map_err(|cause| match cause {
                StoreError::Unavailable(reason) => {
                    StoreError::Unavailable(format!("statement {}: {reason}", statement.name))
                }
                other => other,
            })?;
        self.connection
            .prepared
            .insert(statement.name, prepared.clone());
        Ok(prepared)
    }

    /// Waits for an answer, bounded; a connection that gave none is not used again.
    fn wait<T>(
        &mut self,
        ask: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        let client = &self.connection.client;
        let (bound, watch) = (self.bound, self.watch);
        let answer = self.runtime.block_on(async {
            let end = Instant::now() + bound;
            let mut asking = pin!(ask(client));
            loop {
                let until = end.min(Instant::now() + PATIENCE);
                if let Ok(answer) = timeout_at(until, asking.as_mut()).await {
                    return Some(answer);
                }
                if Instant::now() >= end || !watch.is_alive().await {
                    return None;
                }
            }
        });
        match answer {
            Some(Ok(value)) => Ok(value),
            Some(Err(cause)) => {
                if cause.as_db_error().is_none() {
                    self.give_up();
                }
                Err(error(&cause))
            }
            None => {
                self.give_up();
                Err(away())
            }
        }
    }

    fn give_up(&mut self) {
        self.open = false;
        self.connection.mark_broken();
    }
}

impl Drop for PostgresTx<'_> {
    fn drop(&mut self) {
        if self.open && self.script("rollback").is_err() {
            self.connection.mark_broken();
        }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT)
    }

    to_sql_checked!();
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn value_of(
    row: &tokio_postgres::Row,
    column: usize,
    kind: &Type,
) -> Result<Value, tokio_postgres::Error> {
    Ok(if *kind == Type::INT8 {
        row.try_get::<_, Option<i64>>(column)?
            .map_or(Value::Null, Value::Int)
    } else {
        row.try_get::<_, Option<String>>(column)?
            .map_or(Value::Null, Value::Text)
    })
}

fn connect(runtime: &Runtime, watch: &Arc<Watch>) -> Result<Connection, StoreError> {
    let settings = format!(
        "set statement_timeout = {STATEMENT_TIMEOUT_MS}; set lock_timeout = {LOCK_TIMEOUT_MS}"
    );
    // Whoever waited for others to be done may find it gone meanwhile.
    if watch.is_away() {
        return Err(away());
    }
    runtime.block_on(async {
        let times_away = watch.times_away();
        let open = async {
            let client = watch.connect().await?;
            client.batch_execute(&settings).await?;
            Ok::<_, tokio_postgres::Error>(client)
        };
        match timeout(CONNECT_TIMEOUT, open).await {
            Ok(Ok(client)) => Ok(Connection {
                client,
                prepared: HashMap::new(),
                times_away,
            }),
            Ok(Err(cause)) => Err(error(&cause)),
            Err(_) => {
                watch.went_away();
                Err(away())
            }
        }
    })
}

fn away() -> StoreError {
    StoreError::Unavailable("the database server does not answer".to_owned())
}

fn error(cause: &tokio_postgres::Error) -> StoreError {
    if let Some(reason) = distrust(cause) {
        return StoreError::Unavailable(reason);
    }
    let Some(refusal) = cause.as_db_error() else {
        // The driver words what failed and leaves why to the source.
        let why = cause.source().map(|source| format!(": {source}"));
        return StoreError::Unavailable(format!("{cause}{}", why.unwrap_or_default()));
    };
    let code = refusal.code();
    let reason = refusal.message().to_owned();
    // Class 23: a constraint does not hold.
    if code.code().starts_with("23") {
        return StoreError::Conflict(reason);
    }
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
            StoreError::corrupt("database", "", &reason)
        }
        _ => StoreError::Unavailable(reason),
    }
}
