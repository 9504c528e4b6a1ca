//! One request to a screen: who asks, in which language, of which page, and how it is answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use noroshi_domain::{
    Answer, Command, CommandId, Fact, IncidentRecord, Instant, Locale, PageId, State, Texts,
};
use noroshi_ops::{App, Caller, OpError, Permission};
use noroshi_page::html::Safe;
use noroshi_text::markdown;

use crate::authority::Known;
use crate::console::flash::Told;
use crate::console::shell::{self, Shell};
use crate::console::{error, home, language};
use crate::desk::Refused;
use crate::paths::query_value;
use crate::surface::Inner;

/// What a screen may load and do: everything from here, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Who asks, and in which language he is answered.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) inner: Arc<Inner>,
    pub(crate) caller: Caller,
    pub(crate) locale: Locale,
    /// The path that was asked for.
    pub(crate) path: String,
    query: String,
}

impl FromRequestParts<Arc<Inner>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        inner: &Arc<Inner>,
    ) -> Result<Self, Self::Rejection> {
        let Known(caller) = Known::from_request_parts(parts, inner).await?;
        let locale = language::chosen(&parts.headers).unwrap_or(caller.locale);
        Ok(Self {
            inner: Arc::clone(inner),
            caller,
            locale,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        })
    }
}

impl Visit {
    /// A parameter of the address.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        query_value(&self.query, name).filter(|value| !value.is_empty())
    }

    /// Runs an operation where it may block; what goes wrong is an answer.
    pub(crate) async fn call<T, F>(&self, operation: F) -> Result<T, Response>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> Result<T, OpError> + Send + 'static,
    {
        let called = self.inner.call(operation).await;
        match called {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.refuse(&Refused::of(&error))),
            Err(refused) => Err(self.refuse(&refused)),
        }
    }

    /// A refusal as a screen.
    pub(crate) fn refuse(&self, refused: &Refused) -> Response {
        error::screen(refused, self.locale)
    }

    /// What went wrong with a command, as a screen: for buttons that have no form around them.
    pub(crate) fn refuse_command(&self, refused: &OpError) -> Response {
        match refused {
            OpError::Refused(refusal) => error::refusal(refusal, self.locale),
            other => self.refuse(&Refused::of(other)),
        }
    }

    /// Opens the page that the address names. The guard has asked for the permission.
    pub(crate) async fn open(self, page: &str) -> Result<Desk, Response> {
        let Ok(page) = PageId::parse(page) else {
            return Err(self.refuse(&Refused::NotFound));
        };
        let (own, caller, locale) = (page.clone(), self.caller.clone(), self.locale);
        let (state, now, others) = self
            .call(move |app| {
                let others = home::pages_of(app, &caller, locale)?.into_iter();
                let others = others.filter(|(page, _)| *page != own).collect();
                Ok((app.state(&own)?, app.now(), others))
            })
            .await?;
        Ok(Desk {
            visit: self,
            page,
            state,
            now,
            others,
        })
    }
}

/// Answers with a screen.
pub(crate) fn show(status: StatusCode, screen: &impl Template) -> Response {
    let body = screen
        .render()
        .expect("a template writes to memory, which does not fail");
    let mut response = (status, axum::response::Html(body)).into_response();
    let policy = HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert("content-security-policy", policy);
    response
}

/// Answers with a screen that is as it was asked for.
pub(crate) fn shown(screen: &impl Template) -> Response {
    show(StatusCode::OK, screen)
}

/// Answers with a form that was refused: it stands as it was sent, and nothing has changed.
pub(crate) fn refused(screen: &impl Template) -> Response {
    show(StatusCode::UNPROCESSABLE_ENTITY, screen)
}

/// An operator's text as HTML.
pub(crate) fn safe(text: &str) -> Safe {
    Safe::from(markdown::html(text))
}

/// A visit at a page.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) visit: Visit,
    pub(crate) page: PageId,
    /// The page's facts, as they stood when the request came.
    pub(crate) state: Arc<State>,
    pub(crate) now: Instant,
    /// The other pages the caller may see, with their names.
    pub(crate) others: Vec<(PageId, String)>,
}

impl Desk {
    /// The language of the screen.
    pub(crate) const fn locale(&self) -> Locale {
        self.visit.locale
    }

    /// Whether the caller has a permission here.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.visit.caller.may(Some(&self.page), permission)
    }

    /// The page's languages, that of the screen first.
    pub(crate) fn locales(&self) -> Vec<Locale> {
        let mut locales = self.state.page.locales.clone();
        locales.sort_by_key(|locale| *locale != self.locale());
        locales
    }

    /// A text of the page in the language of the screen, else in one that it has.
    pub(crate) fn pick<'a>(&self, texts: &'a Texts) -> &'a str {
        texts.pick(self.locale(), self.state.page.default_locale).0
    }

    /// The address of a screen of this page: `path` is what follows, `/incidents`, or nothing.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("/console/pages/{}{path}", self.page)
    }

    /// A time as it is shown: `15:15 JST`, with its day where that is not today.
    pub(crate) fn time(&self, at: Instant) -> String {
        super::times::shown(at, self.now, &self.state.page.zone, self.locale())
    }

    /// Puts an incident among the page's facts, so that an old one is shown like any other.
    pub(crate) fn put(&mut self, record: IncidentRecord) {
        if self.state.incidents.contains_key(&record.incident.id) {
            return;
        }
        let state = Arc::make_mut(&mut self.state);
        state.put(Fact::Incident(Box::new(record.incident)));
        let updates = record.updates.into_iter().map(Box::new).map(Fact::Update);
        let promises = record.promises.into_iter().map(Box::new).map(Fact::Promise);
        let claims = record.claims.into_iter().map(Fact::Claim);
        updates
            .chain(promises)
            .chain(claims)
            .for_each(|fact| state.put(fact));
    }

    /// What stands around a screen of this page.
    pub(crate) fn shell(&self, title: &str) -> Shell {
        let told = self.visit.query("told");
        let flash = told.and_then(|word| Told::parse(&word));
        Shell {
            flash: flash.map(|told| told.sentence(self.locale())),
            ..shell::of_page(self, title)
        }
    }

    /// What was asked is done: leads to a screen of this page, with a sentence above it.
    pub(crate) fn done(&self, path: &str, told: Told) -> Response {
        let (path, place) = path.split_once('#').unwrap_or((path, ""));
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("#{place}")
        };
        let address = self.address(path);
        Redirect::to(&format!("{address}?told={}{place}", told.as_str())).into_response()
    }

    /// Carries a command out in the caller's name. A rule's refusal comes back for the form to
    /// show; anything else that goes wrong is an answer of its own.
    pub(crate) async fn execute(
        &self,
        command: Command,
        id: Option<CommandId>,
    ) -> Result<Result<Answer, OpError>, Response> {
        let (page, caller) = (self.page.clone(), self.visit.caller.clone());
        self.visit
            .call(move |app| match app.act(&caller, &page, command, id) {
                Ok(answer) => Ok(Ok(answer)),
                Err(error) if matches!(error, OpError::Refused(_)) || error.is_passing() => {
                    Ok(Err(error))
                }
                Err(error) => Err(error),
            })
            .await
    }
}
