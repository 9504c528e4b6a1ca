//! Requests to services: bounded in time and size, and kept out of private networks.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use noroshi_domain::Instant;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, Url, redirect};
use serde_json::Value;

use crate::guard::is_public;
use crate::outcome::Outcome;

/// How much of an answer is read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest that a service may ask to be left alone.
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
/// How many unused connections are kept to one host.
const IDLE_A_HOST_MAX: usize = 64;
/// Who we are.
const USER_AGENT: &str = "Noroshi";

/// Whom requests may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only addresses of the public internet, whatever a name resolves to.
    Public,
    /// Any: for tests, and for installations that say so.
    Anywhere,
}

/// A client for services. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    reach: Reach,
}

/// What a service answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// What `Retry-After` asks, in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// The body's beginning, at most [`ANSWER_BYTES_MAX`].
    pub body: Vec<u8>,
}

/// Why there is no answer. Names no address.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct Failure {
    /// Why, for operators: "the connection was refused", "the certificate is not trusted".
    pub reason: String,
}

/// A request to be made.
#[derive(Debug)]
pub struct Request<'a> {
    /// Its method.
    pub method: Method,
    /// Where to.
    pub url: &'a str,
    /// Its headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// Its body.
    pub body: Vec<u8>,
}

impl Http {
    /// A client; a request takes at most `timeout`, connecting and answer included.
    ///
    /// # Errors
    /// When the system gives no TLS roots.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, Failure> {
        let mut builder = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(USER_AGENT)
            .pool_max_idle_per_host(IDLE_A_HOST_MAX);
        if reach == Reach::Public {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        let client = builder.build().map_err(|cause| Failure {
            reason: format!("no connections can be made: {cause}"),
        })?;
        Ok(Self { client, reach })
    }

    /// Posts a body. Redirects are not followed.
    ///
    /// # Errors
    /// [`Failure`] where there is no answer.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        now: Instant,
    ) -> Result<Answer, Failure> {
        let request = Request {
            method: Method::POST,
            url,
            headers,
            body,
        };
        self.request(request, now).await
    }

    /// Makes a request. Redirects are not followed.
    ///
    /// # Errors
    /// [`Failure`] where there is no answer.
    pub async fn request(&self, request: Request<'_>, now: Instant) -> Result<Answer, Failure> {
        let url = self.checked(request.url)?;
        let mut made = self.client.request(request.method, url).body(request.body);
        for (name, value) in request.headers {
            made = made.header(*name, *value);
        }
        let mut answer = made.send().await.map_err(|cause| failure(&cause))?;
        let retry_after = retry_after(answer.headers(), now);
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        // Read to its end where it is short, so that the connection can be used again.
        while body.len() < ANSWER_BYTES_MAX {
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    let room = ANSWER_BYTES_MAX - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                Ok(None) => break,
                Err(cause) => return Err(failure(&cause)),
            }
        }
        Ok(Answer {
            status,
            retry_after,
            body,
        })
    }

    /// An address that may be asked. A host that is an address itself is never resolved.
    fn checked(&self, text: &str) -> Result<Url, Failure> {
        let wrong = |reason: &str| Failure {
            reason: reason.to_owned(),
        };
        let url = Url::parse(text).map_err(|_| wrong("it is no web address"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("it is no web address"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("the address holds a user or a password"));
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if self.reach == Reach::Public && literal.is_ok_and(|address| !is_public(address)) {
            return Err(wrong(PRIVATE));
        }
        Ok(url)
    }
}

const PRIVATE: &str = "the address is in a private network";

/// Resolves names, and leaves out what is not public.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let public: Vec<SocketAddr> = found
                .iter()
                .filter(|address| is_public(address.ip()))
                .copied()
                .collect();
            if public.is_empty() && !found.is_empty() {
                return Err(std::io::Error::other(PRIVATE).into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Why there is no answer, in words that name no address.
fn failure(cause: &reqwest::Error) -> Failure {
    let mut told = String::new();
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(cause);
    while let Some(inner) = source {
        told.push_str(&inner.to_string().to_lowercase());
        told.push(' ');
        source = inner.source();
    }
    let known = [
        (PRIVATE, PRIVATE),
        ("connection refused", "the connection was refused"),
        (
            "certificate",
            "the certificate is not trusted or has expired",
        ),
        ("dns error", "the name does not resolve"),
        ("failed to lookup", "the name does not resolve"),
        ("connection reset", "the connection was broken off"),
    ];
    let found = known.iter().find(|(mark, _)| told.contains(mark));
    let reason = match found {
        Some((_, reason)) => reason,
        None if cause.is_timeout() => "no answer in time",
        None if cause.is_connect() => "no connection could be made",
        None => "the connection was broken off",
    };
    Failure {
        reason: reason.to_owned(),
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: Instant) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        let us = at.as_microsecond().saturating_sub(now.micros());
        Duration::from_micros(u64::try_from(us).unwrap_or(0))
    };
    Some(asked.min(RETRY_AFTER_MAX))
}

/// Posts JSON.
pub(crate) async fn post_json(
    http: &Http,
    url: &str,
    headers: &[(&str, &str)],
    body: &Value,
    now: Instant,
) -> Result<Answer, Failure> {
    json_request(http, (Method::POST, url), headers, body, now).await
}

/// Sends JSON.
pub(crate) async fn json_request(
    http: &Http,
    (method, url): (Method, &str),
    headers: &[(&str, &str)],
    body: &Value,
    now: Instant,
) -> Result<Answer, Failure> {
    let kind = [("content-type", "application/json")];
    let headers: Vec<(&str, &str)> = headers.iter().copied().chain(kind).collect();
    let request = Request {
        method,
        url,
        headers: &headers,
        body: body.to_string().into_bytes(),
    };
    http.request(request, now).await
}

impl Failure {
    /// What no answer means: to be tried again.
    pub fn outcome(self) -> Outcome {
        Outcome::later(self.reason)
    }
}

impl Answer {
    /// A text or number in a JSON answer, by its pointer (RFC 6901).
    pub fn text_at(&self, pointer: &str) -> Option<String> {
        let read: Value = serde_json::from_slice(&self.body).ok()?;
        match read.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// What an answer means, as most services mean it.
    pub fn outcome(&self) -> Outcome {
        let status = self.status;
        let reason = format!("it answered {status}");
        match status {
            200..=299 => Outcome::delivered(),
            410 => Outcome::Gone { reason },
            // What is not there now may be there again: a receiver that is being deployed.
            404 | 408 | 425 | 429 | 500..=599 => Outcome::Later {
                reason,
                after: self.retry_after,
                is_service_down: false,
            },
            _ => Outcome::Refused { reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> Http {
        Http::new(Reach::Public, Duration::from_secs(5)).expect("a client")
    }

    #[test]
    fn an_address_inside_is_refused_before_anything_is_sent() {
        for url in [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://169.254.169.254/latest",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            let refused = public().checked(url).expect_err(url);
            assert_eq!(refused.reason, PRIVATE, "{url}");
        }
        assert!(public().checked("ftp://example.com/").is_err());
        assert!(public().checked("https://user:word@example.com/").is_err());
        assert!(public().checked("https://example.com/in").is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        let now = Instant::from_micros(0);
        let refused = public()
            .post("http://localhost:9/", &[], Vec::new(), now)
            .await
            .expect_err("it is inside");
        assert_eq!(refused.reason, PRIVATE);
    }

    #[test]
    fn a_wish_to_be_left_alone_is_read_in_both_forms_and_bounded() {
        let asks = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().expect("a header"));
            let now = Instant::from_micros(1_772_614_800_000_000);
            retry_after(&headers, now)
        };
        assert_eq!(asks("120"), Some(Duration::from_mins(2)));
        assert_eq!(
            asks("Wed, 04 Mar 2026 09:01:30 GMT"),
            Some(Duration::from_secs(90))
        );
        assert_eq!(asks("99999999"), Some(RETRY_AFTER_MAX));
        assert_eq!(asks("soon"), None);
    }
}
