//! The own API, `/api/noroshi/v1`: all that can be asked of a page, in every locale, with promises,
//! impact windows and holds, which the compatible API can not say.
//!
//! One table of [`Operation`]s is the router, the description (`openapi.json`) and the list of what
//! each operation needs. An operation is a plain function: it runs on the bounded pool for what
//! waits on the record.

mod announcements;
mod channels;
mod components;
mod describe;
mod files;
mod groups;
mod guide;
mod holds;
mod http;
mod incidents;
mod pages;
mod problem;
mod record;
mod recurrences;
mod roles;
mod subscribers;
mod templates;
mod times;
mod tokens;
mod users;

use noroshi_domain::{Answer, Command, CommandId, IncidentId, Instant, PageId, State as PageState};
use noroshi_ops::{App, Caller, OpError, Permission};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::desk::Desk;
use crate::routes::{Class, Role, Route, desk};

use self::describe::openapi;
pub(crate) use self::http::answered_with;
use self::http::{get_description, get_guide, handle};
pub(crate) use self::problem::{Problem, of_guard};

/// Where it stands; there, for people, its description.
pub(crate) const BASE: &str = "/api/noroshi/v1";
/// Its description, for programs.
const DESCRIPTION: &str = "/api/noroshi/v1/openapi.json";
/// Where lists of pages stand.
const PAGES: &str = "/api/noroshi/v1/pages";
/// Rows of a list that names no `limit`.
pub(crate) const LIST_ROWS: u32 = 50;
/// The most rows of a list.
pub(crate) const LIST_ROWS_MAX: u32 = 200;

/// How an operation is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As RFC 9110 writes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Makes a schema.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

impl From<Method> for ::http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// One thing that can be asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    /// Its name in the description.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// Below [`BASE`]; `{…}` stands for one segment.
    pub(crate) path: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// Of the page that the path names; where it names none, of the installation, or of any page
    /// (`is_of_any_page`).
    pub(crate) needs: Permission,
    /// Query parameters: name and meaning.
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<SchemaOf>,
    /// Absent: nothing is answered but the status.
    pub(crate) answer: Option<SchemaOf>,
    pub(crate) status: u16,
    /// Whether it hashes a password: few do at once.
    pub(crate) hashes: bool,
    pub(crate) run: fn(&Call) -> Result<Reply, Problem>,
}

impl Operation {
    const fn get(
        (id, path, summary): (&'static str, &'static str, &'static str),
        answer: SchemaOf,
        run: fn(&Call) -> Result<Reply, Problem>,
    ) -> Self {
        Self {
            id,
            method: Method::Get,
            path,
            summary,
            needs: Permission::View,
            query: &[],
            body: None,
            answer: Some(answer),
            status: 200,
            hashes: false,
            run,
        }
    }

    /// One that changes something, and answers with what was changed.
    const fn change(
        (id, method, path, summary): (&'static str, Method, &'static str, &'static str),
        needs: Permission,
        run: fn(&Call) -> Result<Reply, Problem>,
    ) -> Self {
        Self {
            id,
            method,
            path,
            summary,
            needs,
            query: &[],
            body: None,
            answer: None,
            status: 204,
            hashes: false,
            run,
        }
    }

    const fn needing(self, needs: Permission) -> Self {
        Self { needs, ..self }
    }

    const fn with_query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    const fn with_body(self, body: SchemaOf) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    const fn answering(self, status: u16, answer: SchemaOf) -> Self {
        Self {
            answer: Some(answer),
            status,
            ..self
        }
    }

    const fn hashing(self) -> Self {
        Self {
            hashes: true,
            ..self
        }
    }
}

impl Operation {
    /// Its row in the route table. What needs more than its path tells is looked at again when the
    /// command is there: planned work and incidents stand at the same addresses.
    fn route(&self) -> Route {
        let role = match self.needs {
            _ if self.path == PAGES && self.method == Method::Get => Role::Known,
            needs if self.is_of_any_page() => Role::Anywhere(needs),
            needs if !self.path.contains("{page_id}") => Role::Everywhere(needs),
            Permission::PostIncident => Role::OnPage(Permission::View),
            needs => Role::OnPage(needs),
        };
        desk(self.method.into(), self.path, role, Class::Api)
    }

    /// Whether a permission on one page is enough though the path names none: what of people and
    /// tokens the caller manages is asked of each.
    const fn is_of_any_page(&self) -> bool {
        matches!(
            self.needs,
            Permission::ManageTeam | Permission::ManageTokens
        )
    }
}

/// The rows of the route table.
pub(crate) fn rows() -> Vec<Route> {
    let open =
        [DESCRIPTION, BASE].map(|path| desk(::http::Method::GET, path, Role::Public, Class::Api));
    open.into_iter()
        .chain(operations().map(Operation::route))
        .collect()
}

/// The handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    let get = ::http::Method::GET;
    let desk = desk
        .at(&get, DESCRIPTION, get_description)
        .at(&get, BASE, get_guide);
    operations().fold(desk, |desk, operation| {
        desk.at(
            &operation.method.into(),
            operation.path,
            move |inner, known, names, request| handle(operation, inner, known, names, request),
        )
    })
}

/// Every operation.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        pages::OPERATIONS,
        components::OPERATIONS,
        groups::OPERATIONS,
        holds::OPERATIONS,
        incidents::OPERATIONS,
        recurrences::OPERATIONS,
        announcements::OPERATIONS,
        templates::OPERATIONS,
        subscribers::OPERATIONS,
        channels::OPERATIONS,
        files::OPERATIONS,
        record::OPERATIONS,
        users::OPERATIONS,
        tokens::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

/// The schema of a type, for the table.
fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schema of a list of a type.
fn list_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Vec<T>>()
}

/// One request, read so far as all operations read it.
pub(crate) struct Call {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) now: Instant,
    /// What stands for the braces of the path, in order.
    pub(crate) names: Vec<(String, String)>,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    /// The revision that its author saw: `If-Match`.
    pub(crate) seen: Option<i64>,
    /// `Idempotency-Key`.
    pub(crate) command_id: Option<CommandId>,
}

/// What an operation answers.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) body: Option<Value>,
    /// The page's revision that it stands at: the `ETag`.
    pub(crate) seq: Option<i64>,
}

impl Reply {
    /// An answer whose instants are written as RFC 3339.
    fn of<T: Serialize + JsonSchema>(value: &T, seq: Option<i64>) -> Result<Self, Problem> {
        Ok(Self {
            body: Some(times::written(value)?),
            seq,
        })
    }

    /// An answer that is JSON already.
    const fn json(body: Value) -> Self {
        Self {
            body: Some(body),
            seq: None,
        }
    }

    /// Nothing but the status; the page's record is as it was.
    const fn nothing() -> Self {
        Self {
            body: None,
            seq: None,
        }
    }

    const fn done(seq: i64) -> Self {
        Self {
            body: None,
            seq: Some(seq),
        }
    }
}

impl Call {
    /// What stands for a name of the path.
    fn name(&self, name: &str) -> &str {
        let found = self.names.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The page that the path names.
    pub(crate) fn page_id(&self) -> Result<PageId, Problem> {
        let code = self.name("page_id");
        PageId::parse(code).map_err(|_| Problem::no_such("page", code))
    }

    /// The newest facts of the page that the path names.
    fn state(&self) -> Result<std::sync::Arc<PageState>, Problem> {
        let page = self.page_id()?;
        Ok(self.app.state(&page)?)
    }

    /// An identifier of the path.
    fn id<T>(
        &self,
        kind: &'static str,
        parse: fn(&str) -> Result<T, noroshi_domain::BadId>,
    ) -> Result<T, Problem> {
        let code = self.name(kind);
        parse(code).map_err(|_| Problem::no_such(kind, code))
    }

    fn incident_id(&self) -> Result<IncidentId, Problem> {
        self.id("incident", IncidentId::parse)
    }

    /// A query parameter that is not empty.
    fn query(&self, name: &str) -> Option<String> {
        crate::paths::query_value(&self.query, name).filter(|value| !value.is_empty())
    }

    /// How many rows are wanted.
    fn limit(&self) -> Result<u32, Problem> {
        let Some(text) = self.query("limit") else {
            return Ok(LIST_ROWS);
        };
        match text.parse() {
            Ok(limit) if (1..=LIST_ROWS_MAX).contains(&limit) => Ok(limit),
            _ => Err(Problem::bad_query(
                "limit",
                &format!("{text:?} is no number from 1 to {LIST_ROWS_MAX}"),
            )),
        }
    }

    /// The body, read as a type; what is not known is refused with its place.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let read = serde_path_to_error::deserialize(&mut reader);
        let value = read.map_err(|error| Problem::bad_body(&error))?;
        reader.end().map_err(|error| Problem::bad_json(&error))?;
        Ok(value)
    }

    /// Sends a command in the caller's name. What replaces text or settings is refused where it
    /// changed since the revision that its author saw.
    fn send(&self, command: Command) -> Result<Answer, Problem> {
        let page = self.page_id()?;
        let command = match self.seen {
            Some(seq) if command.replaces() => Command::Seen {
                seq,
                command: Box::new(command),
            },
            _ => command,
        };
        let id = self.command_id.clone();
        Ok(self.app.act(&self.caller, &page, command, id)?)
    }
}

impl From<OpError> for Problem {
    fn from(error: OpError) -> Self {
        Self::Operation(error)
    }
}
