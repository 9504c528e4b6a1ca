//! A server elsewhere: what the command line asks of it through its own API, with a token.

mod import;
mod team;

use std::sync::Arc;
use std::time::Duration;

use noroshi_domain::{
    Answer, Command, CommandId, Fact, Head, IncidentId, IncidentKind, IncidentRecord, Locale,
    NewPage, PageId, State,
};
use noroshi_ops::report::Question;
use noroshi_ops::templates::Template;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::commands::template::Kept;
use crate::door::OwnedFile;
use crate::exit::{Exit, Stop};

/// How long an answer may take, in seconds.
const ANSWER_S_MAX: u64 = 30;
/// Where the API stands.
const BASE: &str = "/api/noroshi/v1";

/// A server elsewhere.
pub(crate) struct Remote {
    http: Client,
    /// Where its API stands.
    base: String,
    token: String,
    locale: Locale,
}

/// A page's facts as they travel.
#[derive(Debug, Deserialize)]
struct Facts {
    head: Head,
    facts: Vec<Fact>,
}

/// What of a page's description is read.
#[derive(Debug, Deserialize)]
struct PageName {
    id: PageId,
}

/// A problem as the server words it.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
    #[serde(default)]
    at: Option<String>,
}

impl Remote {
    /// A server at an address, with the token that it knows the caller by.
    pub(crate) fn new(server: &str, token: Option<&str>, locale: Locale) -> Result<Self, Stop> {
        let has_scheme = ["http://", "https://"]
            .iter()
            .any(|scheme| server.starts_with(scheme));
        if !has_scheme {
            return Err(Stop::bad_input(format!(
                "--server: {server:?} is no address: write it like https://status.example.com"
            )));
        }
        let Some(token) = token else {
            return Err(Stop::bad_input(
                "--server needs a token: set NOROSHI_TOKEN, or --token; \
                 `noroshi token create` on the host makes one",
            ));
        };
        let http = Client::builder()
            .timeout(Duration::from_secs(ANSWER_S_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Stop::failure(format!("--server: {error}")))?;
        Ok(Self {
            http,
            base: format!("{}{BASE}", server.trim_end_matches('/')),
            token: token.to_owned(),
            locale,
        })
    }

    /// Its address, as links begin.
    pub(crate) fn address(&self) -> &str {
        self.base.strip_suffix(BASE).unwrap_or(&self.base)
    }

    /// The pages that the token may see.
    pub(crate) fn pages(&self) -> Result<Vec<PageId>, Stop> {
        let pages: Vec<PageName> = self.read(self.http.get(self.url("/pages")))?;
        Ok(pages.into_iter().map(|page| page.id).collect())
    }

    /// The newest facts of a page.
    pub(crate) fn state(&self, page: &PageId) -> Result<Arc<State>, Stop> {
        let url = self.url(&format!("/pages/{page}/facts"));
        let Facts { head, facts } = self.read(self.http.get(url))?;
        let mut facts = facts.into_iter();
        let Some(Fact::Page(own)) = facts.next() else {
            return Err(Stop::failure(format!(
                "the server's answer about page {page} begins with no page: \
                 are both of the same version?"
            )));
        };
        let mut state = State::new(*own, head);
        facts.for_each(|fact| state.put(fact));
        Ok(Arc::new(state))
    }

    /// An incident or a maintenance, however old.
    pub(crate) fn incident(
        &self,
        page: &PageId,
        id: &IncidentId,
    ) -> Result<Option<IncidentRecord>, Stop> {
        let url = self.url(&format!("/pages/{page}/incidents/{id}"));
        match self.read(self.http.get(url)) {
            Err(stop) if stop.exit == Exit::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// The newest incidents or maintenances.
    pub(crate) fn newest_incidents(
        &self,
        page: &PageId,
        kind: IncidentKind,
        limit: u32,
    ) -> Result<Vec<IncidentRecord>, Stop> {
        let kind = match kind {
            IncidentKind::Incident => "incident",
            IncidentKind::Maintenance => "maintenance",
        };
        let url = self.url(&format!(
            "/pages/{page}/incidents?kind={kind}&limit={limit}"
        ));
        self.read(self.http.get(url))
    }

    /// Sends a command; it is recorded as the token's.
    pub(crate) fn execute(
        &self,
        page: &PageId,
        command: &Command,
        id: Option<&CommandId>,
    ) -> Result<Answer, Stop> {
        let url = self.url(&format!("/pages/{page}/commands"));
        let mut request = self.http.post(url).json(command);
        if let Some(id) = id {
            request = request.header("Idempotency-Key", id.as_str());
        }
        self.read(request)
    }

    /// Makes a page.
    pub(crate) fn create_page(&self, new: &NewPage) -> Result<Answer, Stop> {
        let made: Value = self.read(self.http.post(self.url("/pages")).json(new))?;
        Ok(Answer {
            id: made["id"].as_str().unwrap_or_default().to_owned(),
            seq: made["seq"].as_i64().unwrap_or_default(),
            ..Answer::default()
        })
    }

    /// The templates of a page.
    pub(crate) fn templates(&self, page: &PageId) -> Result<Vec<Kept>, Stop> {
        self.read(self.http.get(self.url(&format!("/pages/{page}/templates"))))
    }

    /// Makes a template, or puts it over the one that has the code; gives its code.
    pub(crate) fn put_template(
        &self,
        page: &PageId,
        (code, template): (Option<&str>, &Template),
    ) -> Result<String, Stop> {
        let path = format!("/pages/{page}/templates");
        let request = match code {
            None => self.http.post(self.url(&path)),
            Some(code) => self.http.patch(self.url(&format!("{path}/{code}"))),
        };
        let made: Value = self.read(request.json(&Kept::sent(template)))?;
        Ok(made["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Takes a template away.
    pub(crate) fn delete_template(&self, page: &PageId, code: &str) -> Result<(), Stop> {
        let path = format!("/pages/{page}/templates/{code}");
        self.done(self.http.delete(self.url(&path)))
    }

    /// What a file says of a page; none: no file does.
    pub(crate) fn owned(&self, page: &PageId) -> Result<Option<OwnedFile>, Stop> {
        let found = self.read(self.http.get(self.url(&format!("/pages/{page}/file"))));
        match found {
            Err(stop) if stop.exit == Exit::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// Writes down what a file says of a page.
    pub(crate) fn own(&self, page: &PageId, owned: &OwnedFile) -> Result<(), Stop> {
        let request = self.http.put(self.url(&format!("/pages/{page}/file")));
        self.done(request.json(owned))
    }

    /// Gives what a file says of a page back to the team.
    pub(crate) fn release(&self, page: &PageId) -> Result<(), Stop> {
        self.done(self.http.delete(self.url(&format!("/pages/{page}/file"))))
    }

    /// The uptime report, as the server words it.
    pub(crate) fn uptime(&self, page: &PageId, asked: &Question) -> Result<Value, Stop> {
        let (by, from, to) = (asked.by.as_str(), asked.from, asked.to);
        let mut path = format!("/pages/{page}/uptime?by={by}&from={from}&to={to}");
        if let Some(component) = &asked.component {
            path.push_str("&component=");
            path.push_str(component.as_str());
        }
        self.read(self.http.get(self.url(&path)))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Asks for what answers nothing.
    fn done(&self, request: RequestBuilder) -> Result<(), Stop> {
        self.ask(request).map(drop)
    }

    fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Stop> {
        self.ask(request)?.json().map_err(|error| {
            Stop::failure(format!(
                "{} answers what can not be read, are both of the same version? {error}",
                self.base
            ))
        })
    }

    fn ask(&self, request: RequestBuilder) -> Result<Response, Stop> {
        let response = request
            .bearer_auth(&self.token)
            .header("Accept-Language", self.locale.as_str())
            .send()
            .map_err(|error| Stop::try_again(format!("{} does not answer: {error}", self.base)))?;
        if !response.status().is_success() {
            return Err(self.stop(response));
        }
        Ok(response)
    }

    fn stop(&self, response: Response) -> Stop {
        let status = response.status();
        let Ok(Problem { kind, detail, at }) = response.json::<Problem>() else {
            return Stop::failure(format!("{} answers {status}", self.base));
        };
        let exit = match kind.as_str() {
            "not-found" => Exit::NotFound,
            "bad-input" => Exit::BadInput,
            "moved-on" | "try-again" => Exit::TryAgain,
            "failure" => Exit::Failure,
            _ => Exit::Refused,
        };
        let message = match at {
            Some(at) => format!("{at}: {detail}"),
            None => detail,
        };
        Stop { exit, message }
    }
}
