//! The form paths that existing pages post to (reference 5.1): form in, JSON out.

use noroshi_page::subscribe::Typed;
use serde_json::json;

use super::{
    Ask, Asked, Body, Bytes, CONTENT_TYPE, Channel, Either, Form, Full, IncidentId, Problem,
    Response, Scope, StatusCode, set,
};

/// Whether a path asks to be told.
pub(super) fn asks(path: &str) -> bool {
    matches!(
        path,
        "/subscriptions/new-email"
            | "/subscriptions/new-sms"
            | "/subscriptions/webhook.json"
            | "/subscriptions/incident.json"
    )
}

impl Ask {
    /// Answers one of the old paths; `None`: it is none.
    pub(super) fn old_form(&self, path: &str, form: &Form) -> Option<Response<Body>> {
        let text = |name: &str| form.get(name).to_owned();
        let typed = Typed {
            email: text("email"),
            contact: text("email"),
            endpoint: text("endpoint"),
            scope: Scope {
                incident: IncidentId::parse(form.get("incident_code")).ok(),
                ..Scope::default()
            },
            locale: None,
        };
        let channel = match path {
            // A counter of presses: there is nothing to count here.
            "/subscriptions/track_attempt" => return Some(said(StatusCode::OK, "success", "")),
            "/subscriptions/new-sms" => Channel::Sms,
            "/subscriptions/incident.json" if typed.email.is_empty() => Channel::Sms,
            "/subscriptions/new-email" | "/subscriptions/incident.json" => Channel::Email,
            "/subscriptions/webhook.json" => Channel::Webhook,
            _ => return None,
        };
        let is_incident = path == "/subscriptions/incident.json";
        if is_incident && typed.scope.incident.is_none() {
            return Some(self.refused(StatusCode::UNPROCESSABLE_ENTITY, Problem::Parts));
        }
        if !self.is_allowed {
            return Some(self.refused(StatusCode::TOO_MANY_REQUESTS, Problem::Busy));
        }
        if !self.ways(is_incident).contains(&channel) {
            return Some(self.refused(StatusCode::UNPROCESSABLE_ENTITY, Problem::Way));
        }
        Some(match self.take_in(channel, &typed) {
            Ok(Asked::Confirm | Asked::Active(_)) => said(StatusCode::OK, "success", ""),
            Err(error) => {
                let (status, problem) = self.problem(&error, channel);
                self.refused(status, problem)
            }
        })
    }

    fn refused(&self, status: StatusCode, problem: Problem) -> Response<Body> {
        said(status, "error", &problem.words(self.locale))
    }
}

fn said(status: StatusCode, kind: &str, text: &str) -> Response<Body> {
    let body = json!({ "type": kind, "text": text }).to_string();
    let mut response = Response::new(Either::Left(Full::new(Bytes::from(body))));
    *response.status_mut() = status;
    set(
        &mut response,
        CONTENT_TYPE,
        "application/json; charset=utf-8",
    );
    response
}
