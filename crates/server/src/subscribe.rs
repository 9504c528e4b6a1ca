//! Subscribing: the pages on which readers ask to be told, confirm, change and leave; and the old
//! form paths of reference 5.1. Made on request, kept by nobody, and complete without scripts.

mod old;
mod rates;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Full, Limited};
use hyper::body::Incoming;
use noroshi_domain::subscriber::{Channel, EventKind, Scope};
use noroshi_domain::{ComponentId, GroupId, IncidentId, Locale, PageId, Refusal, State};
use noroshi_ops::subscribers::{Asked, NewSubscription, Purpose, Subscriber, is_way_open};
use noroshi_ops::{App, OpError, Stored};
use noroshi_page::subscribe::{self as pages, Leaving, News, Problem, Typed};
use noroshi_page::view::View;
use noroshi_publish::ContentType;

pub(crate) use self::rates::Rates;
use crate::accounts::Client;
use crate::answer::{Body, frame, plain, set};
use crate::connection::Peer;
use crate::console::form::Form;
use crate::find::Found;
use crate::paths::query_value;
use crate::surface::Surface;

/// How long a form may be, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = 64 * 1024;
/// How long somebody waits who asked too often, in seconds.
const BUSY_S: u64 = 60;

/// Whether a path within a page is answered here.
pub(crate) fn stands_at(path: &str, query: &str) -> bool {
    path == "/subscribe"
        || path.starts_with("/subscriptions/")
        || (path == "/" && query_value(query, "unsubscribe").is_some())
}

/// What is asked, read whole.
struct Ask {
    app: App,
    page: PageId,
    state: Arc<State>,
    locale: Locale,
    /// The address of the page as the reader has it, for where he is led to.
    base: String,
    path: String,
    query: String,
    form: Option<Form>,
    is_allowed: bool,
}

/// Answers a request to what [`stands_at`] names.
pub(crate) async fn answer(
    surface: &Surface,
    peer: &Peer,
    request: Request<Incoming>,
    found: &Found,
) -> Response<Body> {
    let is_post = request.method() == Method::POST;
    if !is_post && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "this address takes GET and POST",
        );
    }
    let Some(state) = found.set.state.clone() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "try again in a moment");
    };
    let client = Client::of(peer, request.headers());
    let path = found.path.trim_end_matches('/').to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let now = (surface.inner.now)();
    // Who leaves, confirms or changes has a link that was sent to him: only asking is counted.
    let asks = is_post && (path == "/subscribe" || old::asks(&path));
    let is_allowed = !asks || surface.inner.subscribe_rates.allows(client.address, now);
    let form = if is_post {
        let body = Limited::new(request.into_body(), FORM_BYTES_MAX).collect();
        match body.await {
            Ok(body) => Some(Form::read(&String::from_utf8_lossy(&body.to_bytes()))),
            Err(_) => return plain(StatusCode::PAYLOAD_TOO_LARGE, "the form is too long"),
        }
    } else {
        None
    };
    let ask = Ask {
        app: surface.inner.app.clone(),
        page: state.page.id.clone(),
        locale: found.locale,
        base: found.address(""),
        state,
        path,
        query,
        form,
        is_allowed,
    };
    let made = surface.inner.call(move |_| ask.answer()).await;
    let mut response =
        made.unwrap_or_else(|_| plain(StatusCode::SERVICE_UNAVAILABLE, "try again in a moment"));
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    if content_type.is_none() {
        frame(&mut response, ContentType::Html, Some(&found.set));
    }
    set(&mut response, CACHE_CONTROL, "private, no-store");
    // Links here are keys: they are told to nobody.
    set(&mut response, REFERRER_POLICY, "no-referrer");
    response
}

impl Ask {
    fn answer(&self) -> Response<Body> {
        let path = self.path.clone();
        if let Some(form) = &self.form
            && let Some(response) = self.old_form(&path, form)
        {
            return response;
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (parts.as_slice(), &self.form) {
            (["subscribe"], None) => self.ask(StatusCode::OK, &self.typed_in_query(), None),
            (["subscribe"], Some(form)) => self.take(form),
            (["subscriptions", "leave"], Some(form)) => self.leave_by_code(form.get("code")),
            (["subscriptions", token, "confirm"], None) => self.confirm(token),
            (["subscriptions", token, "confirm"], Some(_)) => self.confirmed(token),
            (["subscriptions", token, "leave"], None) => self.leave(token),
            (["subscriptions", token, "leave"], Some(_)) => self.left(token),
            (["subscriptions", token], None) => self.manage(token),
            (["subscriptions", token], Some(form)) => self.change(token, form),
            _ => match query_value(&self.query, "unsubscribe") {
                Some(code) => self.ask_to_leave_by_code(&code),
                None => self.unknown(),
            },
        }
    }

    fn view(&self) -> View<'_> {
        View::project(&self.state, self.app.now())
    }

    /// The ways that are open here: mail only where it can be sent.
    fn ways(&self, is_incident: bool) -> Vec<Channel> {
        let has_mail = || self.app.mail_server().is_ok_and(|server| server.is_some());
        [Channel::Email, Channel::Webhook]
            .into_iter()
            .filter(|way| is_way_open(&self.state, *way, is_incident))
            .filter(|way| *way != Channel::Email || has_mail())
            .collect()
    }

    fn typed_in_query(&self) -> Typed {
        let incident = query_value(&self.query, "incident");
        Typed {
            scope: Scope {
                incident: incident.and_then(|code| IncidentId::parse(&code).ok()),
                ..Scope::default()
            },
            ..Typed::default()
        }
    }

    fn ask(&self, status: StatusCode, typed: &Typed, problem: Option<Problem>) -> Response<Body> {
        let ways = self.ways(typed.scope.incident.is_some());
        match pages::ask(&self.view(), &ways, typed, problem, self.locale) {
            Some(page) => html(status, page),
            None => self.unknown(),
        }
    }

    fn take(&self, form: &Form) -> Response<Body> {
        let typed = typed(form);
        if !self.is_allowed {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = self.ask(status, &typed, Some(Problem::Busy));
            set(&mut response, RETRY_AFTER, &BUSY_S.to_string());
            return response;
        }
        let channel = Channel::parse(form.get("channel"));
        let Some(channel) = channel.filter(|way| {
            let ways = self.ways(typed.scope.incident.is_some());
            ways.contains(way)
        }) else {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return self.ask(status, &typed, Some(Problem::Way));
        };
        match self.take_in(channel, &typed) {
            Ok(Asked::Confirm) => {
                let page = pages::sent(&self.view(), typed.email.trim(), self.locale);
                html(StatusCode::OK, page)
            }
            Ok(Asked::Active(own)) => self.led_to(&own, "?new=1"),
            Err(error) => {
                let (status, problem) = self.problem(&error, channel);
                self.ask(status, &typed, Some(problem))
            }
        }
    }

    fn take_in(&self, channel: Channel, typed: &Typed) -> Result<Asked, OpError> {
        if let Some(incident) = &typed.scope.incident
            && self.view().visible_incident(incident).is_none()
        {
            return Err(OpError::NotFound {
                kind: "incident",
                id: incident.to_string(),
            });
        }
        let address = match channel {
            Channel::Email => &typed.email,
            _ => &typed.endpoint,
        };
        let new = NewSubscription {
            channel,
            address: address.clone(),
            contact: Some(typed.contact.clone()),
            scope: typed.scope.clone(),
            locale: typed.locale.unwrap_or(self.locale),
        };
        self.app.take_subscription(&self.page, &new)
    }

    /// What an error means to whoever filled in the form.
    fn problem(&self, error: &OpError, channel: Channel) -> (StatusCode, Problem) {
        let problem = match error {
            OpError::Refused(Refusal::BadSetting { field, .. }) => match *field {
                "email" => Problem::Email,
                "endpoint" => Problem::Endpoint,
                "components" => Problem::Parts,
                "subscriber" => Problem::Full,
                _ => Problem::Way,
            },
            OpError::Refused(Refusal::Taken { .. }) if channel == Channel::Webhook => {
                Problem::Taken
            }
            OpError::NotFound { .. } => Problem::Parts,
            error => {
                tracing::error!(page.id = %self.page, "a subscription was not taken in: {error}");
                return (StatusCode::SERVICE_UNAVAILABLE, Problem::Failed);
            }
        };
        (StatusCode::UNPROCESSABLE_ENTITY, problem)
    }

    /// Leads to a subscription's own page.
    fn led_to(&self, own: &Stored<Subscriber>, query: &str) -> Response<Body> {
        match self.app.subscription_token(Purpose::Manage, &own.id) {
            Ok(token) => led(&format!("{}/subscriptions/{token}{query}", self.base)),
            Err(error) => self.failed(&error),
        }
    }

    fn of_token(
        &self,
        purpose: Purpose,
        token: &str,
    ) -> Result<Stored<Subscriber>, Box<Response<Body>>> {
        let found = self.app.subscriber_of_token(purpose, token);
        match found {
            Ok(found) if found.value.page == self.page => Ok(found),
            Ok(_) | Err(OpError::NotFound { .. }) => Err(Box::new(self.unknown())),
            Err(error) => Err(Box::new(self.failed(&error))),
        }
    }

    fn confirm(&self, token: &str) -> Response<Body> {
        match self.of_token(Purpose::Confirm, token) {
            Ok(own) => {
                let address = own.value.shown_address();
                let page = pages::confirm(&self.view(), address, token, self.locale);
                html(StatusCode::OK, page)
            }
            Err(response) => *response,
        }
    }

    fn confirmed(&self, token: &str) -> Response<Body> {
        if let Err(response) = self.of_token(Purpose::Confirm, token) {
            return *response;
        }
        match self.app.confirm_subscription(token) {
            Ok(own) => self.led_to(&own, "?new=1"),
            Err(error) => self.failed(&error),
        }
    }

    fn manage(&self, token: &str) -> Response<Body> {
        let news = match () {
            () if query_value(&self.query, "new").is_some() => Some(News::New),
            () if query_value(&self.query, "saved").is_some() => Some(News::Saved),
            () => None,
        };
        self.managed(token, StatusCode::OK, (news, None))
    }

    fn managed(
        &self,
        token: &str,
        status: StatusCode,
        said: (Option<News>, Option<Problem>),
    ) -> Response<Body> {
        let own = match self.of_token(Purpose::Manage, token) {
            Ok(own) => own,
            Err(response) => return *response,
        };
        let secret = (own.value.channel == Channel::Webhook)
            .then(|| self.app.webhook_secret(&own.id).ok())
            .flatten();
        let secret = secret.as_deref();
        let of = (&own.value, token);
        html(
            status,
            pages::manage(&self.view(), of, secret, said, self.locale),
        )
    }

    fn change(&self, token: &str, form: &Form) -> Response<Body> {
        if let Err(response) = self.of_token(Purpose::Manage, token) {
            return *response;
        }
        let typed = typed(form);
        let locale = typed.locale.unwrap_or(self.locale);
        let changed = self.app.change_subscription(token, typed.scope, locale);
        match changed {
            Ok(own) => self.led_to(&own, "?saved=1"),
            Err(error) => {
                let (status, problem) = self.problem(&error, Channel::Email);
                self.managed(token, status, (None, Some(problem)))
            }
        }
    }

    fn leave(&self, token: &str) -> Response<Body> {
        match self.of_token(Purpose::Manage, token) {
            Ok(own) => {
                let address = own.value.shown_address();
                let by = Leaving::Token(token);
                html(
                    StatusCode::OK,
                    pages::leave(&self.view(), address, by, self.locale),
                )
            }
            Err(response) => *response,
        }
    }

    /// By the button, or by a mail program on its own (RFC 8058): one POST, and nothing else.
    fn left(&self, token: &str) -> Response<Body> {
        if let Err(response) = self.of_token(Purpose::Manage, token) {
            return *response;
        }
        self.said_left(self.app.leave_subscription(token))
    }

    fn said_left(&self, left: Result<Stored<Subscriber>, OpError>) -> Response<Body> {
        match left {
            Ok(own) => {
                let address = own.value.shown_address();
                html(
                    StatusCode::OK,
                    pages::left(&self.view(), address, self.locale),
                )
            }
            Err(OpError::NotFound { .. }) => self.unknown(),
            Err(error) => self.failed(&error),
        }
    }

    fn ask_to_leave_by_code(&self, code: &str) -> Response<Body> {
        match self.app.subscriber_by_code(&self.page, code) {
            Ok(own) => {
                let address = own.value.shown_address();
                let by = Leaving::Code(code);
                html(
                    StatusCode::OK,
                    pages::leave(&self.view(), address, by, self.locale),
                )
            }
            Err(OpError::NotFound { .. }) => self.unknown(),
            Err(error) => self.failed(&error),
        }
    }

    fn leave_by_code(&self, code: &str) -> Response<Body> {
        self.said_left(self.app.leave_by_code(&self.page, code))
    }

    fn unknown(&self) -> Response<Body> {
        html(
            StatusCode::NOT_FOUND,
            pages::unknown(&self.view(), self.locale),
        )
    }

    fn failed(&self, error: &OpError) -> Response<Body> {
        tracing::error!(page.id = %self.page, "a subscription: {error}");
        let typed = Typed::default();
        self.ask(
            StatusCode::SERVICE_UNAVAILABLE,
            &typed,
            Some(Problem::Failed),
        )
    }
}

/// What somebody typed in and ticked. All kinds ticked is none chosen.
fn typed(form: &Form) -> Typed {
    let text = |name: &str| form.get(name).to_owned();
    let components: Vec<ComponentId> = form
        .values("component")
        .filter_map(|code| ComponentId::parse(code).ok())
        .collect();
    let kinds = EventKind::ALL.into_iter();
    let events: Vec<EventKind> = kinds
        .filter(|kind| form.values("kind").any(|own| own == kind.as_str()))
        .collect();
    Typed {
        email: text("email"),
        endpoint: text("endpoint"),
        contact: text("contact"),
        scope: Scope {
            components: (!components.is_empty()).then_some(components),
            groups: form
                .values("group")
                .filter_map(|code| GroupId::parse(code).ok())
                .collect(),
            incident: IncidentId::parse(form.get("incident")).ok(),
            events: if events.len() == EventKind::ALL.len() {
                Vec::new()
            } else {
                events
            },
            ends_only: form.has("ends_only"),
        },
        locale: Locale::parse(form.get("locale")),
    }
}

fn html(status: StatusCode, page: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(Bytes::from(page))));
    *response.status_mut() = status;
    response
}

fn led(to: &str) -> Response<Body> {
    let mut response = html(StatusCode::SEE_OTHER, Vec::new());
    set(&mut response, LOCATION, to);
    response
}
