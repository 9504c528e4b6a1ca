//! Webhooks: a ready document, signed per Standard Webhooks, in the Statuspage form (reference 5.5)
//! or as a `CloudEvents` event.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noroshi_domain::{Instant, SECOND_US};
use serde_json::{Value, json};

use crate::http::Http;
use crate::outcome::Outcome;

/// What secrets begin with.
pub const SECRET_PREFIX: &str = "whsec_";

/// In which form the document is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    #[default]
    Plain,
    /// As the data of a `CloudEvents` 1.0 event, structured JSON.
    CloudEvents,
}

/// One delivery.
pub struct Delivery<'a> {
    /// Where to.
    pub url: &'a str,
    /// The document, JSON.
    pub document: &'a str,
    /// Names the delivery: the same on each attempt.
    pub key: &'a str,
    /// The page's address.
    pub source: &'a str,
    /// In which form.
    pub form: Form,
    /// Signs it: `whsec_` and base64; while one is being replaced, both.
    pub secrets: &'a [String],
}

/// Sends a delivery once.
pub async fn send(http: &Http, delivery: &Delivery<'_>, now: Instant) -> Outcome {
    let (kind, body) = match delivery.form {
        Form::Plain => ("application/json", delivery.document.to_owned()),
        Form::CloudEvents => (
            "application/cloudevents+json; charset=utf-8",
            event(delivery, now),
        ),
    };
    let timestamp = (now.micros() / SECOND_US).to_string();
    let signature = signature(delivery, &timestamp, &body);
    let mut headers = vec![
        ("content-type", kind),
        ("webhook-id", delivery.key),
        ("webhook-timestamp", timestamp.as_str()),
    ];
    if !signature.is_empty() {
        headers.push(("webhook-signature", signature.as_str()));
    }
    let sent = http
        .post(delivery.url, &headers, body.into_bytes(), now)
        .await;
    match sent {
        Ok(answer) => answer.outcome(),
        Err(failure) => failure.outcome(),
    }
}

/// `v1,…` for each secret, over `id.timestamp.body`.
fn signature(delivery: &Delivery<'_>, timestamp: &str, body: &str) -> String {
    let signed = format!("{}.{timestamp}.{body}", delivery.key);
    let signatures = delivery.secrets.iter().filter_map(|secret| {
        let secret = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let tag = hmac::sign(&key, signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(tag.as_ref())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

fn event(delivery: &Delivery<'_>, now: Instant) -> String {
    let data: Value = serde_json::from_str(delivery.document).unwrap_or(Value::Null);
    let kind = if data.get("component_update").is_some() {
        "noroshi.component.changed"
    } else {
        "noroshi.incident.updated"
    };
    json!({
        "specversion": "1.0",
        "id": delivery.key,
        "source": delivery.source,
        "type": kind,
        "time": now.timestamp().to_string(),
        "datacontenttype": "application/json",
        "data": data,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_signed_as_the_standard_has_it() {
        // The example of the Standard Webhooks' own libraries.
        let delivery = Delivery {
            url: "",
            document: "",
            key: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            source: "",
            form: Form::Plain,
            secrets: &["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()],
        };
        assert_eq!(
            signature(&delivery, "1614265330", "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let secrets = ["whsec_AAAA".to_owned(), "whsec_BBBB".to_owned()];
        let delivery = Delivery {
            url: "",
            document: "",
            key: "k",
            source: "",
            form: Form::Plain,
            secrets: &secrets,
        };
        assert_eq!(signature(&delivery, "1", "{}").split(' ').count(), 2);
    }
}
