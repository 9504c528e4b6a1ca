use noroshi_domain::{Locale, Status};

use super::*;
use crate::message::{Kind, Level, Link, Part, Section};

fn message() -> Message {
    let link = |label: &str, url: &str| Link {
        label: label.to_owned(),
        url: url.to_owned(),
    };
    let section = |label: Option<&str>, text: &str, is_action: bool| Section {
        label: label.map(str::to_owned),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        is_action,
    };
    Message {
        key: "0123abcd".to_owned(),
        thread: "feed4321".to_owned(),
        is_first: true,
        kind: Kind::Trouble,
        level: Level::Major,
        at: Instant::from_micros(0),
        at_words: "3月4日 18:13 JST".to_owned(),
        locale: Locale::Ja,
        page_name: "ラークスパー交通".to_owned(),
        page_url: "https://status.larkspur.example".to_owned(),
        subject: "【ラークスパー交通】調査中：チケットが表示されない".to_owned(),
        title: "チケットが表示されない".to_owned(),
        state: "調査中".to_owned(),
        sections: vec![
            section(
                Some("お客さまにお願いしたいこと"),
                "再起動してください。",
                true,
            ),
            section(None, "原因を調査しています。", false),
        ],
        parts: vec![Part {
            name: "モバイルチケット".to_owned(),
            status: Status::PartialOutage,
            status_words: "一部障害".to_owned(),
        }],
        parts_label: "影響を受けているシステム".to_owned(),
        action: Some(link(
            "詳細",
            "https://status.larkspur.example/ja/incidents/x1",
        )),
        footer: "購読されているため、お送りしています。".to_owned(),
        manage: Some(link(
            "変更",
            "https://status.larkspur.example/subscriptions/t1",
        )),
        leave: Some(link(
            "停止",
            "https://status.larkspur.example/subscriptions/t1/leave",
        )),
        short: String::new(),
    }
}

fn mail_of(message: &Message) -> String {
    let envelope = mime::Envelope {
        from: "status@larkspur.example",
        to: "ada@example.com",
        reply_to: None,
    };
    let at = Instant::from_micros(1_772_614_800_000_000);
    let mail = build(&envelope, message, None, at).expect("a mail");
    String::from_utf8(mail.formatted()).expect("a mail is ASCII")
}

#[test]
fn a_mail_is_threaded_and_left_in_one_click() {
    let mail = mail_of(&message());
    for line in [
        "Message-ID: <0123abcd@larkspur.example>",
        "References: <thread-feed4321@larkspur.example>",
        "In-Reply-To: <thread-feed4321@larkspur.example>",
        "List-ID: <status.larkspur.example>",
        "List-Unsubscribe: <https://status.larkspur.example/subscriptions/t1/leave>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "Date: Wed, 04 Mar 2026 09:00:00 +0000",
    ] {
        assert!(mail.contains(&format!("{line}\r\n")), "{line}\n{mail}");
    }
}

#[test]
fn the_same_message_is_the_same_mail() {
    assert_eq!(mail_of(&message()), mail_of(&message()));
}

#[test]
fn nothing_that_is_told_can_add_a_header() {
    let evil = Message {
        subject: "a\r\nBcc: eve@example.com".to_owned(),
        page_name: "b\r\nBcc: eve@example.com".to_owned(),
        page_url: "https://x\r\nBcc: eve@example.com".to_owned(),
        leave: Some(Link {
            label: String::new(),
            url: "https://x>\r\nBcc: eve@example.com".to_owned(),
        }),
        ..message()
    };
    let mail = mail_of(&evil);
    let head = mail.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.split("\r\n").filter(|line| line.starts_with("Bcc"));
    assert_eq!(lines.count(), 0, "{head}");
}

#[test]
fn what_is_told_can_not_be_markup() {
    let evil = Message {
        title: "<script>alert(1)</script>".to_owned(),
        ..message()
    };
    assert!(!html::write(&evil).contains("<script"));
}

#[test]
fn text_and_html_say_the_same_in_the_same_order() {
    let own = message();
    let (text, html) = (text::write(&own), html::write(&own));
    let mut said: Vec<String> = vec![own.title.clone(), own.at_words.clone()];
    for section in &own.sections {
        said.extend(section.label.clone());
        said.push(section.text.clone());
    }
    said.extend([own.parts_label.clone(), own.parts[0].name.clone()]);
    said.push(own.footer.clone());
    let body = html.split("</h1>").last().unwrap_or_default();
    let places = |whole: &str, from: usize| -> Vec<usize> {
        let find = |part: &String| whole.find(part.as_str());
        said[from..]
            .iter()
            .map(|part| find(part).expect("it is said"))
            .collect()
    };
    let (in_text, in_html) = (places(&text, 0), places(body, 1));
    assert!(in_text.is_sorted(), "{text}");
    assert!(in_html.is_sorted(), "{html}");
}

#[test]
fn keys_are_read_in_the_forms_in_which_tools_write_them() {
    let dkim = |key: &str| Dkim {
        domain: "larkspur.example".to_owned(),
        selector: "s1".to_owned(),
        key: key.to_owned(),
    };
    // RFC 8032, test 1, as `openssl genpkey` writes it.
    let ed25519 = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    assert!(key::config(&dkim(ed25519)).is_ok());
    assert!(key::config(&dkim("-----BEGIN PRIVATE KEY-----\nAAAA\n")).is_err());
}
