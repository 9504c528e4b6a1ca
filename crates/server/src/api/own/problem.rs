//! Errors as RFC 9457 problem details: what is wrong, where, and how to mend it.

use std::borrow::Cow;

use noroshi_domain::{Locale, Refusal};
use noroshi_ops::OpError;
use noroshi_store::StoreError;
use noroshi_text::refusal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::desk::Refused;

/// Why an operation did not happen.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The door refused or failed.
    Operation(OpError),
    /// What was sent can not be read.
    Input {
        /// 400 or 422.
        status: u16,
        /// Where: a JSON path, a parameter or a header.
        at: String,
        /// What is wrong.
        detail: String,
    },
    /// There is no such thing.
    Missing {
        /// What kind.
        kind: &'static str,
        /// What was named.
        id: String,
    },
}

/// A problem as it is written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Details {
    /// Which kind of problem: stable, for programs.
    #[serde(rename = "type")]
    pub(crate) kind: Cow<'static, str>,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What the kind means.
    pub(crate) title: &'static str,
    /// What is wrong here, and how to mend it, in the caller's language.
    pub(crate) detail: String,
    /// Where in the request: a path into the body, a parameter or a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
    /// What stands there now, where somebody else changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stands: Option<String>,
    /// What was sent, beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent: Option<String>,
}

impl Problem {
    pub(crate) fn no_such(kind: &'static str, id: &str) -> Self {
        Self::Missing {
            kind,
            id: id.to_owned(),
        }
    }

    pub(crate) fn bad_query(name: &str, detail: &str) -> Self {
        Self::Input {
            status: 422,
            at: format!("query {name}"),
            detail: detail.to_owned(),
        }
    }

    pub(crate) fn bad_header(name: &str, detail: &str) -> Self {
        Self::Input {
            status: 422,
            at: format!("header {name}"),
            detail: detail.to_owned(),
        }
    }

    pub(crate) fn bad_body(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let inner = error.inner();
        if !inner.is_data() {
            return Self::bad_json(inner);
        }
        Self::Input {
            status: 422,
            at: error.path().to_string(),
            detail: inner.to_string(),
        }
    }

    pub(crate) fn bad_json(error: &serde_json::Error) -> Self {
        Self::Input {
            status: 400,
            at: format!("line {}, column {}", error.line(), error.column()),
            detail: format!("the body is no JSON document: {error}"),
        }
    }

    /// The problem in a language.
    pub(crate) fn details(&self, locale: Locale) -> Details {
        match self {
            Self::Operation(error) => of_operation(error, locale),
            Self::Input { status, at, detail } => Details {
                at: Some(at.clone()),
                ..details(
                    *status,
                    "bad-input",
                    "What was sent can not be read",
                    detail.clone(),
                )
            },
            Self::Missing { kind, id } => {
                let refused = Refusal::NotFound {
                    kind,
                    id: id.clone(),
                };
                of_refusal(&refused, locale)
            }
        }
    }
}

/// What the guard refuses, before any operation is asked.
pub(crate) fn of_guard(refused: &Refused) -> Details {
    match refused {
        Refused::Unknown => of_operation(&OpError::Unauthenticated, Locale::En),
        Refused::Forbidden => details(
            403,
            "forbidden",
            "The token may not do this",
            "ask for a token whose role has this permission".to_owned(),
        ),
        Refused::NotFound => details(
            404,
            "not-found",
            "It does not exist",
            "there is no such address, or no such page for this token".to_owned(),
        ),
        Refused::Busy => of_operation(&OpError::Busy, Locale::En),
        Refused::Failed(number) => details(
            500,
            "failure",
            "Something failed",
            format!("the server's log has it under {number}"),
        ),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Operation(error.into())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Operation(refusal.into())
    }
}

fn details(status: u16, kind: &'static str, title: &'static str, detail: String) -> Details {
    Details {
        kind: Cow::Borrowed(kind),
        status,
        title,
        detail,
        at: None,
        stands: None,
        sent: None,
    }
}

fn of_refusal(refused: &Refusal, locale: Locale) -> Details {
    let detail = refusal::word(refused, locale);
    match refused {
        Refusal::NotFound { .. } => details(404, "not-found", "It does not exist", detail),
        Refusal::Taken { .. } => details(409, "taken", "It exists already", detail),
        Refusal::Changed { stands, sent } => Details {
            stands: Some(stands.clone()),
            sent: Some(sent.clone()),
            ..details(412, "changed", "Somebody else changed it meanwhile", detail)
        },
        Refusal::MovedOn { .. } => details(412, "moved-on", "The page changed meanwhile", detail),
        _ => details(422, "refused", "A rule of the page refuses it", detail),
    }
}

fn of_operation(error: &OpError, locale: Locale) -> Details {
    let detail = error.to_string();
    match error {
        OpError::Refused(refused) => of_refusal(refused, locale),
        OpError::NotFound { .. } => details(404, "not-found", "It does not exist", detail),
        OpError::Unauthenticated => details(401, "unauthenticated", "No valid token", detail),
        OpError::Forbidden(_) => details(403, "forbidden", "The token may not do this", detail),
        OpError::Stale => details(412, "changed", "Somebody else changed it meanwhile", detail),
        OpError::TooOften { .. } => details(429, "too-often", "Tried too often", detail),
        OpError::Busy | OpError::Unavailable(_) | OpError::Unanswered => {
            details(503, "try-again", "Not now", detail)
        }
        OpError::ClockBehind { .. } | OpError::Store(_) => of_guard(&Refused::of(error)),
    }
}
