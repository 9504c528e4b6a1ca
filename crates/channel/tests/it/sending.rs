//! Sending, against stand-ins.

use std::time::Duration;

use noroshi_channel::service::{Fault, Service};
use noroshi_channel::{Http, Message, Outcome, Reach};
use noroshi_domain::Instant;
use noroshi_domain::subscriber::Channel;
use serde_json::{Value, json};

use crate::example::{clear, notice, test, trouble};
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

#[test]
fn a_fault_names_the_field_and_nothing_that_is_in_it() {
    let fault = |channel, target: Value| {
        let fault = Service::parse(channel, &target).expect_err("a fault");
        let told = format!("{fault} {fault:?}");
        assert!(!told.contains("s3cret"), "{told}");
        fault
    };
    assert_eq!(fault(Channel::Email, json!({})), Fault::Channel);
    assert_eq!(fault(Channel::Slack, json!("s3cret")), Fault::NoObject);
    let unknown = json!({ "url": "https://larkspur.example/", "s3cret": "s3cret" });
    assert_eq!(fault(Channel::Slack, unknown), Fault::UnknownField);
    for wrong in [
        json!({}),
        json!({ "url": 5 }),
        json!({ "url": null }),
        json!({ "url": "" }),
        json!({ "url": "s3cret" }),
        json!({ "url": "ftp://larkspur.example/s3cret" }),
        json!({ "url": "https://larkspur.example/s3cret here" }),
        json!({ "url": "https://a:s3cret@larkspur.example/" }),
    ] {
        for channel in [Channel::Slack, Channel::Teams, Channel::Discord] {
            assert_eq!(
                fault(channel, wrong.clone()),
                Fault::Field("url"),
                "{wrong}"
            );
        }
    }
    for (channel, field, value) in [
        (Channel::Telegram, "token", "s3cret/../x"),
        (Channel::Telegram, "chat_id", ""),
        (Channel::Telegram, "base", "s3cret"),
        (Channel::Sms, "account_sid", "s3cret/x"),
        (Channel::Sms, "auth_token", ""),
        (Channel::Sms, "from", " "),
        (Channel::Sms, "to", ""),
        (Channel::PagerDuty, "routing_key", "s3cret s3cret"),
        (Channel::Opsgenie, "api_key", "s3cret\r\nx: y"),
        (
            Channel::Opsgenie,
            "base",
            "https://larkspur.example/?s3cret",
        ),
        (Channel::Http, "url", "s3cret"),
    ] {
        let mut wrong = target(channel, "http://127.0.0.1:9");
        wrong[field] = json!(value);
        assert_eq!(fault(channel, wrong), Fault::Field(field), "{channel:?}");
        let mut missing = target(channel, "http://127.0.0.1:9");
        missing.as_object_mut().expect("an object").remove(field);
        let parsed = Service::parse(channel, &missing);
        assert_eq!(parsed.is_ok(), field == "base", "{channel:?}: {field}");
    }
}

#[tokio::test]
async fn discord_says_when_a_webhook_is_gone() {
    for (status, body) in [
        (404, r#"{"message":"Unknown Webhook","code":10015}"#),
        (401, r#"{"message":"Invalid Webhook Token","code":50027}"#),
    ] {
        let stand_in = StandIn::answering(&[(status, "", body), (status, "", body)]).await;
        for earlier in [None, Some("112233")] {
            let outcome = send(Channel::Discord, &stand_in, &trouble(), earlier).await;
            assert!(matches!(outcome, Outcome::Gone { .. }), "{outcome:?}");
        }
        // It is not tried anew where nobody is.
        let lines: Vec<String> = stand_in.asked().into_iter().map(|own| own.line).collect();
        assert!(lines[0].starts_with("POST "), "{lines:?}");
        assert!(lines[1].starts_with("PATCH "), "{lines:?}");
    }
}

#[tokio::test]
async fn discord_asks_to_be_left_alone_in_its_body_too() {
    let body = r#"{"message":"You are being rate limited.","retry_after":1.5,"global":false}"#;
    let stand_in = StandIn::answering(&[(429, "", body)]).await;
    let outcome = send(Channel::Discord, &stand_in, &trouble(), Some("112233")).await;
    let Outcome::Later { after, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(after, Some(Duration::from_millis(1_500)));
}

#[tokio::test]
async fn telegram_says_anew_what_can_not_be_changed() {
    for said in [
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
    ] {
        let lost = json!({ "ok": false, "error_code": 400, "description": said }).to_string();
        let stand_in = StandIn::answering(&[
            (400, "", &lost),
            (200, "", r#"{"ok":true,"result":{"message_id":42}}"#),
        ])
        .await;
        let anew = send(Channel::Telegram, &stand_in, &clear(), Some("41")).await;
        assert_eq!(reference(&anew), Some("42"), "{said}");
    }
}

#[tokio::test]
async fn telegram_repeats_no_secret_and_no_long_words() {
    let echo = json!({ "ok": false, "description": "no such bot: 1:t0ken" }).to_string();
    let long = json!({ "ok": false, "description": "x".repeat(10_000) }).to_string();
    let stand_in = StandIn::answering(&[
        (400, "", &echo),
        (400, "", &long),
        (429, "retry-after: 9\r\n", "{}"),
    ])
    .await;
    let told = send(Channel::Telegram, &stand_in, &trouble(), None).await;
    assert!(!format!("{told:?}").contains("t0ken"), "{told:?}");
    let told = send(Channel::Telegram, &stand_in, &trouble(), None).await;
    assert!(format!("{told:?}").len() < 300, "{told:?}");
    let told = send(Channel::Telegram, &stand_in, &trouble(), None).await;
    let Outcome::Later { after, .. } = told else {
        panic!("{told:?}");
    };
    assert_eq!(after, Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn a_trial_opens_an_alert_and_closes_none() {
    for channel in [Channel::PagerDuty, Channel::Opsgenie] {
        let stand_in = StandIn::answering(&[(202, "", "{}")]).await;
        send(channel, &stand_in, &test(), None).await;
        let asked = stand_in.asked();
        assert_eq!(asked.len(), 1);
        assert!(!asked[0].line.contains("/close"), "{}", asked[0].line);
        if channel == Channel::PagerDuty {
            assert_eq!(asked[0].json()["event_action"], "trigger");
            assert_eq!(asked[0].json()["payload"]["severity"], "info");
        }
    }
}

#[tokio::test]
async fn google_chat_answers_in_the_thread_of_the_incident() {
    let stand_in = StandIn::answering(&[(200, "", "{}")]).await;
    let url = format!("{}/v1/spaces/A/messages?key=k&token=s3cret", stand_in.url);
    let service = Service::parse(Channel::GoogleChat, &json!({ "url": url })).expect("a service");
    let now = Instant::from_micros(0);
    service.send(&http(), &trouble(), None, now).await;
    let asked = &stand_in.asked()[0];
    let option = "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
    let line = format!("POST /v1/spaces/A/messages?key=k&token=s3cret&{option} HTTP/1.1");
    assert_eq!(asked.line, line);
    assert_eq!(asked.json()["thread"]["threadKey"], "8d2e77");
}

#[tokio::test]
async fn a_messaging_service_stands_in_the_place_of_a_number() {
    let stand_in = StandIn::answering(&[(201, "", r#"{"sid":"SM1"}"#)]).await;
    let mut target = target(Channel::Sms, &stand_in.url);
    target["from"] = json!("MG0123456789");
    let service = Service::parse(Channel::Sms, &target).expect("a service");
    service
        .send(&http(), &trouble(), None, Instant::from_micros(0))
        .await;
    let asked = &stand_in.asked()[0];
    assert!(
        asked.body.contains("&MessagingServiceSid=MG0123456789&"),
        "{}",
        asked.body
    );
    assert!(!asked.body.contains("From="), "{}", asked.body);
}
