//! Sending, against stand-ins.

use std::time::Duration;

use noroshi_channel::service::Service;
use noroshi_channel::{Http, Message, Outcome, Reach};
use noroshi_domain::Instant;
use noroshi_domain::subscriber::Channel;
use serde_json::{Value, json};

use crate::example::{clear, notice, trouble};
use crate::stand_in::StandIn;

fn http() -> Http {
    Http::new(Reach::Anywhere, Duration::from_secs(10)).expect("a client")
}

fn target(channel: Channel, url: &str) -> Value {
    match channel {
        Channel::Telegram => json!({ "token": "1:t0ken", "chat_id": "-100", "base": url }),
        Channel::PagerDuty => json!({ "routing_key": "r0uting", "base": url }),
        Channel::Opsgenie => json!({ "api_key": "apikey", "base": url }),
        Channel::Sms => json!({
            "account_sid": "AC1", "auth_token": "t0ken", "from": "+15550100",
            "to": "+819012345678", "base": url,
        }),
        Channel::Http => json!({
            "url": format!("{url}/in"), "headers": "X-Key: s3cret", "body": "{{ title }}",
        }),
        _ => json!({ "url": format!("{url}/hook/s3cret") }),
    }
}

async fn send(
    channel: Channel,
    stand_in: &StandIn,
    message: &Message,
    earlier: Option<&str>,
) -> Outcome {
    let service = Service::parse(channel, &target(channel, &stand_in.url)).expect("a service");
    let now = Instant::from_micros(1_772_640_200_000_000);
    service.send(&http(), message, earlier, now).await
}

const ALL: [Channel; 10] = [
    Channel::Slack,
    Channel::Teams,
    Channel::Discord,
    Channel::GoogleChat,
    Channel::LineWorks,
    Channel::Telegram,
    Channel::Sms,
    Channel::PagerDuty,
    Channel::Opsgenie,
    Channel::Http,
];

#[tokio::test]
async fn what_is_taken_is_delivered() {
    for channel in ALL {
        let stand_in = StandIn::answering(&[(200, "", "{}")]).await;
        let outcome = send(channel, &stand_in, &trouble(), None).await;
        assert_eq!(outcome, Outcome::delivered(), "{channel:?}");
        assert!(stand_in.asked()[0].line.starts_with("POST "), "{channel:?}");
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    for channel in ALL {
        let body = r#"{"parameters":{"retry_after":77}}"#;
        let stand_in = StandIn::answering(&[(429, "retry-after: 77\r\n", body)]).await;
        let outcome = send(channel, &stand_in, &trouble(), None).await;
        let Outcome::Later { after, reason, .. } = outcome else {
            panic!("{channel:?}: {outcome:?}");
        };
        assert_eq!(after, Some(Duration::from_secs(77)), "{channel:?}");
        assert!(reason.starts_with("it answered 429"), "{channel:?}");
    }
}

#[tokio::test]
async fn reasons_name_no_secret() {
    for channel in ALL {
        let stand_in = StandIn::answering(&[(400, "", "no")]).await;
        let outcome = send(channel, &stand_in, &trouble(), None).await;
        let told = format!("{outcome:?}");
        for secret in ["s3cret", "t0ken", "r0uting", "apikey", "127.0.0.1"] {
            assert!(!told.contains(secret), "{channel:?}: {told}");
        }
        // Nobody listens any more.
        let outcome = send(channel, &stand_in, &trouble(), None).await;
        let told = format!("{outcome:?}");
        assert!(
            matches!(outcome, Outcome::Later { .. }),
            "{channel:?}: {told}"
        );
        assert!(!told.contains("127.0.0.1"), "{channel:?}: {told}");
    }
}

#[tokio::test]
async fn slack_says_when_a_room_is_gone() {
    for status in [403, 404, 410] {
        let stand_in = StandIn::answering(&[(status, "", "no_service")]).await;
        let outcome = send(Channel::Slack, &stand_in, &trouble(), None).await;
        assert!(matches!(outcome, Outcome::Gone { .. }), "{status}");
    }
}

#[tokio::test]
async fn discord_edits_what_it_wrote_before() {
    let stand_in = StandIn::answering(&[
        (200, "", r#"{"id":"112233"}"#),
        (200, "", r#"{"id":"112233"}"#),
        (404, "", r#"{"code":10008}"#),
        (200, "", r#"{"id":"445566"}"#),
    ])
    .await;
    let first = send(Channel::Discord, &stand_in, &trouble(), None).await;
    assert_eq!(reference(&first), Some("112233"));
    let second = send(Channel::Discord, &stand_in, &clear(), Some("112233")).await;
    assert_eq!(reference(&second), Some("112233"));
    let third = send(Channel::Discord, &stand_in, &clear(), Some("112233")).await;
    assert_eq!(reference(&third), Some("445566"));
    let lines: Vec<String> = stand_in.asked().into_iter().map(|own| own.line).collect();
    assert_eq!(
        lines,
        [
            "POST /hook/s3cret?wait=true HTTP/1.1",
            "PATCH /hook/s3cret/messages/112233 HTTP/1.1",
            "PATCH /hook/s3cret/messages/112233 HTTP/1.1",
            "POST /hook/s3cret?wait=true HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn telegram_edits_what_it_wrote_before() {
    let lost = r#"{"ok":false,"description":"Bad Request: message to edit not found"}"#;
    let same = r#"{"ok":false,"description":"Bad Request: message is not modified"}"#;
    let stand_in = StandIn::answering(&[
        (200, "", r#"{"ok":true,"result":{"message_id":41}}"#),
        (200, "", r#"{"ok":true,"result":{"message_id":41}}"#),
        (400, "", same),
        (400, "", lost),
        (200, "", r#"{"ok":true,"result":{"message_id":42}}"#),
        (
            403,
            "",
            r#"{"ok":false,"description":"Forbidden: bot was kicked"}"#,
        ),
    ])
    .await;
    let first = send(Channel::Telegram, &stand_in, &trouble(), None).await;
    assert_eq!(reference(&first), Some("41"));
    for _ in 0..2 {
        let again = send(Channel::Telegram, &stand_in, &clear(), Some("41")).await;
        assert_eq!(reference(&again), Some("41"));
    }
    let anew = send(Channel::Telegram, &stand_in, &clear(), Some("41")).await;
    assert_eq!(reference(&anew), Some("42"));
    let gone = send(Channel::Telegram, &stand_in, &clear(), None).await;
    assert!(matches!(gone, Outcome::Gone { .. }), "{gone:?}");
    let asked = stand_in.asked();
    assert!(asked[0].line.contains("/bot1:t0ken/sendMessage"));
    assert!(asked[1].line.contains("/bot1:t0ken/editMessageText"));
    assert_eq!(asked[1].json()["message_id"], 41);
    assert_eq!(asked[4].json().get("message_id"), None);
}

fn reference(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Delivered { reference } => reference.as_deref(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn alerts_close_when_it_is_over() {
    let stand_in = StandIn::answering(&[(202, "", "{}"), (202, "", "{}")]).await;
    for message in [notice(), clear()] {
        send(Channel::PagerDuty, &stand_in, &message, None).await;
    }
    let asked = stand_in.asked();
    assert_eq!(asked[0].json()["event_action"], "trigger");
    assert_eq!(asked[0].json()["dedup_key"], "c0ffee");
    assert_eq!(asked[1].json()["event_action"], "resolve");
    assert_eq!(asked[1].json().get("payload"), None);

    let stand_in = StandIn::answering(&[(202, "", "{}"), (202, "", "{}")]).await;
    for message in [notice(), clear()] {
        send(Channel::Opsgenie, &stand_in, &message, None).await;
    }
    let asked = stand_in.asked();
    assert!(asked[0].line.starts_with("POST /v2/alerts HTTP"));
    assert!(asked[0].headers.contains("authorization: genie"));
    let close = "POST /v2/alerts/8d2e77/close?identifierType=alias HTTP";
    assert!(asked[1].line.starts_with(close), "{}", asked[1].line);
}

#[tokio::test]
async fn who_wants_no_text_messages_gets_none() {
    let stand_in = StandIn::answering(&[
        (201, "", r#"{"sid":"SM1"}"#),
        (400, "", r#"{"code":21610,"message":"unsubscribed"}"#),
        (400, "", r#"{"code":21211,"message":"invalid"}"#),
    ])
    .await;
    let taken = send(Channel::Sms, &stand_in, &trouble(), None).await;
    assert_eq!(reference(&taken), Some("SM1"));
    let left = send(Channel::Sms, &stand_in, &trouble(), None).await;
    assert!(matches!(left, Outcome::Gone { .. }));
    let wrong = send(Channel::Sms, &stand_in, &trouble(), None).await;
    assert!(matches!(wrong, Outcome::Refused { .. }));
    let asked = &stand_in.asked()[0];
    assert!(asked.headers.contains("authorization: basic "));
    assert!(
        asked
            .body
            .starts_with("To=%2B819012345678&From=%2B15550100&Body=Larkspur")
    );
}

#[tokio::test]
async fn a_template_writes_body_and_headers() {
    let stand_in = StandIn::answering(&[(200, "", "")]).await;
    send(Channel::Http, &stand_in, &trouble(), None).await;
    let asked = &stand_in.asked()[0];
    assert_eq!(asked.body, "Events arrive late");
    assert!(asked.headers.contains("x-key: s3cret"));
    assert!(asked.headers.contains("content-type: text/plain"));
    assert!(asked.headers.contains("idempotency-key: 3f1c9a"));
}

#[test]
fn an_address_that_lacks_something_is_no_service() {
    for channel in ALL {
        assert!(Service::parse(channel, &json!({})).is_err(), "{channel:?}");
    }
}
