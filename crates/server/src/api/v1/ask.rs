//! One request to the compatible API and its answer: what handlers take and give.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use noroshi_domain::{Answer, Command, Instant, PageId, Refusal, State};
use noroshi_ops::{App, Caller, OpError, Permission};
use noroshi_page::View;
use serde_json::{Map, Value, json};

use super::fields::Fields;
use crate::desk::Refused;
use crate::limits::RETRY_S;
use crate::paths::query_value;

/// How often what was worked out from a page's revision is worked out anew when the page moved on.
const TRIES_MAX: u32 = 5;

/// A request, read.
pub(super) struct Ask {
    pub(super) app: App,
    pub(super) caller: Caller,
    /// What the address names, by the names in its pattern.
    pub(super) named: Vec<(String, String)>,
    pub(super) query: String,
    pub(super) body: Map<String, Value>,
    pub(super) now: Instant,
}

/// What comes back.
#[derive(Debug, PartialEq)]
pub(super) enum Reply {
    /// 200 with an object or a list.
    Ok(Value),
    /// 201 with what was made.
    Made(Value),
    /// 201 without a body.
    Sent,
    /// 202: kept, and worked on later.
    Taken(Value),
    /// 204.
    Gone,
}

/// Why it is refused (reference 2.1, "Errors").
#[derive(Debug)]
pub(super) enum Fault {
    /// 400: it can not be read.
    Malformed(String),
    /// 404.
    NotFound,
    /// 405: not for a thing of this kind.
    NotAllowed(&'static str),
    /// 409: it exists already.
    Exists(String),
    /// 413: the body is too long.
    TooLong,
    /// 420: too many requests; seconds until the next is taken.
    TooMany(i64),
    /// 422: a value can not stand.
    Invalid(String),
    /// The operation failed.
    Op(OpError),
}

impl From<OpError> for Fault {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Op(refusal.into())
    }
}

impl Ask {
    /// What the address names; the pattern says which names there are.
    pub(super) fn name(&self, name: &str) -> &str {
        let mut named = self.named.iter();
        named
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// A query parameter that is not empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        query_value(&self.query, name).filter(|value| !value.is_empty())
    }

    /// The page that the address names.
    pub(super) fn page(&self) -> Result<PageId, Fault> {
        PageId::parse(self.name("page_id")).map_err(|_| Fault::NotFound)
    }

    /// Its facts; a page that is hidden is not there.
    pub(super) fn state(&self) -> Result<Arc<State>, Fault> {
        let state = self.app.state(&self.page()?)?;
        if state.page.deleted_at.is_some() {
            return Err(Fault::NotFound);
        }
        Ok(state)
    }

    /// The page as its team sees it, with what this request has changed already.
    pub(super) fn view<'s>(&self, state: &'s State) -> View<'s> {
        View::of_team(state, self.now.max(state.head.at))
    }

    /// Refuses who may not, on the page of the address.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Fault> {
        Ok(self.caller.require(Some(&self.page()?), permission)?)
    }

    /// The object that a write wraps in its singular name.
    pub(super) fn wrapped(&self, name: &'static str) -> Result<Fields<'_>, Fault> {
        match self.body.get(name) {
            Some(Value::Object(fields)) => Ok(Fields::new(name, fields)),
            None | Some(Value::Null) => {
                let reason = format!("param is missing or the value is empty: {name}");
                Err(Fault::Malformed(reason))
            }
            Some(_) => Err(Fault::Malformed(format!("{name} must be an object"))),
        }
    }

    /// The same where an empty one is as good as none.
    pub(super) fn maybe_wrapped(&self, name: &'static str) -> Result<Fields<'_>, Fault> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(Fields::new(name, Fields::none())),
            _ => self.wrapped(name),
        }
    }

    /// The body's own fields.
    pub(super) fn fields(&self) -> Fields<'_> {
        Fields::new("", &self.body)
    }

    /// Sends a command about the page of the address.
    pub(super) fn execute(&self, command: Command) -> Result<Answer, Fault> {
        let page = self.page()?;
        let done = self.app.act(&self.caller, &page, command, None)?;
        Ok(done)
    }

    /// Sends commands as one; worked out anew where the page moved on meanwhile.
    pub(super) fn execute_together(
        &self,
        make: impl Fn(&State) -> Result<Vec<Command>, Fault>,
    ) -> Result<(), Fault> {
        let mut last = OpError::Busy;
        for _ in 0..TRIES_MAX {
            let state = self.state()?;
            let mut commands = make(&state)?;
            let sent = match commands.len() {
                0 => return Ok(()),
                1 => commands.remove(0),
                _ => Command::Together {
                    seq: state.head.seq,
                    commands,
                },
            };
            match self.execute(sent) {
                Ok(_) => return Ok(()),
                Err(Fault::Op(error @ OpError::Refused(Refusal::MovedOn { .. }))) => last = error,
                Err(fault) => return Err(fault),
            }
        }
        Err(last.into())
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::from_u16(420).unwrap_or(StatusCode::TOO_MANY_REQUESTS),
            Self::Invalid(_) | Self::Op(OpError::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Exists(_) | Self::Op(OpError::Stale) => StatusCode::CONFLICT,
            Self::Op(error) => Refused::of(error).status(),
        }
    }

    fn message(&self, caller: &Caller) -> String {
        match self {
            Self::Malformed(reason) | Self::Exists(reason) | Self::Invalid(reason) => {
                reason.clone()
            }
            Self::NotFound => "Not found".to_owned(),
            Self::NotAllowed(reason) => (*reason).to_owned(),
            Self::TooLong => "The body is too long".to_owned(),
            Self::TooMany(_) => "Too many requests with this key".to_owned(),
            Self::Op(OpError::Refused(refusal)) => {
                noroshi_text::refusal::word(refusal, caller.locale)
            }
            Self::Op(error) => error.to_string(),
        }
    }

    /// The answer: always an object with both keys that clients look at.
    pub(super) fn answer(self, caller: &Caller) -> Response {
        if let Self::Op(error) = &self
            && !matches!(error, OpError::Refused(_) | OpError::Stale)
        {
            return crate::desk::Surface::Statuspage
                .refuse(&Refused::of(error), noroshi_domain::Locale::default());
        }
        let message = self.message(caller);
        let body = json!({ "error": message, "message": message });
        let mut response = json_answer(self.status(), &body);
        let wait_s = match self {
            Self::TooMany(wait_s) => Some(wait_s),
            Self::Op(OpError::Stale) => Some(i64::from(RETRY_S)),
            _ => None,
        };
        if let Some(wait_s) = wait_s {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(wait_s));
        }
        response
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let empty = |status: StatusCode| {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            response
        };
        match self {
            Self::Ok(body) => json_answer(StatusCode::OK, &body),
            Self::Made(body) => json_answer(StatusCode::CREATED, &body),
            Self::Taken(body) => json_answer(StatusCode::ACCEPTED, &body),
            // No type where there is no body: a client that sees one reads it.
            Self::Sent => empty(StatusCode::CREATED),
            Self::Gone => empty(StatusCode::NO_CONTENT),
        }
    }
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, headers, body.to_string()).into_response()
}
