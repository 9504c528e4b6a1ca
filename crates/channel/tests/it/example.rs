//! Messages of a page that does not exist.

use noroshi_channel::{Kind, Level, Link, Message, Part, Section};
use noroshi_domain::{Instant, Locale, Status};

pub(crate) const PAGE: &str = "https://status.larkspur.example";

fn section(label: Option<&str>, text: &str, is_action: bool) -> Section {
    Section {
        label: label.map(str::to_owned),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        is_action,
    }
}

fn link(label: &str, path: &str) -> Link {
    Link {
        label: label.to_owned(),
        url: format!("{PAGE}{path}"),
    }
}

/// Trouble, in English.
pub(crate) fn trouble() -> Message {
    Message {
        key: "3f1c9a".to_owned(),
        thread: "8d2e77".to_owned(),
        is_first: true,
        kind: Kind::Trouble,
        level: Level::Major,
        // 2026-03-04T16:03:00Z
        at: Instant::from_micros(1_772_640_180_000_000),
        at_words: "Mar 5, 01:03 JST".to_owned(),
        locale: Locale::En,
        page_name: "Larkspur".to_owned(),
        page_url: PAGE.to_owned(),
        subject: "[Larkspur] Investigating: Events arrive late".to_owned(),
        title: "Events arrive late".to_owned(),
        state: "Investigating".to_owned(),
        sections: vec![
            section(
                Some("What to do now"),
                "Wait: nothing is lost.\nDo not send events twice.",
                true,
            ),
            section(None, "We see a growing queue & are looking into it.", false),
        ],
        parts: vec![
            Part {
                name: "Event tracking".to_owned(),
                status: Status::PartialOutage,
                status_words: "Partial Outage".to_owned(),
            },
            Part {
                name: "API".to_owned(),
                status: Status::DegradedPerformance,
                status_words: "Degraded Performance".to_owned(),
            },
        ],
        parts_label: "Affected systems".to_owned(),
        action: Some(link("Read it on the status page", "/incidents/late")),
        footer: "You are told because you subscribed to Larkspur.".to_owned(),
        manage: None,
        leave: None,
        short: format!("Larkspur: Investigating: Events arrive late {PAGE}/incidents/late"),
    }
}

/// The same in Japanese.
pub(crate) fn trouble_ja() -> Message {
    Message {
        at_words: "3月5日 01:03 JST".to_owned(),
        locale: Locale::Ja,
        page_name: "ラークスパー".to_owned(),
        subject: "[ラークスパー] 調査中：イベントの到着が遅れています".to_owned(),
        title: "イベントの到着が遅れています".to_owned(),
        state: "調査中".to_owned(),
        sections: vec![
            section(
                Some("いますぐお願いしたいこと"),
                "そのままお待ちください。データは失われません。",
                true,
            ),
            section(None, "キューの滞留を確認し、調査しています。", false),
        ],
        parts: vec![Part {
            name: "イベント計測".to_owned(),
            status: Status::PartialOutage,
            status_words: "一部停止".to_owned(),
        }],
        parts_label: "影響のあるシステム".to_owned(),
        action: Some(link("ステータスページで読む", "/ja/incidents/late")),
        footer: "ラークスパーを購読しているため、お知らせしています。".to_owned(),
        short: format!(
            "ラークスパー: 調査中: イベントの到着が遅れています {PAGE}/ja/incidents/late"
        ),
        ..trouble()
    }
}

/// It is over.
pub(crate) fn clear() -> Message {
    Message {
        key: "77b0e1".to_owned(),
        is_first: false,
        kind: Kind::AllClear,
        level: Level::Good,
        subject: "[Larkspur] Resolved: Events arrive late".to_owned(),
        state: "Resolved".to_owned(),
        sections: vec![section(None, "Events arrive in time again.", false)],
        parts: Vec::new(),
        short: format!("Larkspur: Resolved: Events arrive late {PAGE}/incidents/late"),
        ..trouble()
    }
}

/// Something that asks for operators.
pub(crate) fn notice() -> Message {
    Message {
        thread: "c0ffee".to_owned(),
        kind: Kind::Notice,
        level: Level::Minor,
        subject: "[Larkspur] An update is promised by Mar 5, 01:30".to_owned(),
        title: "An update is promised by Mar 5, 01:30".to_owned(),
        state: String::new(),
        parts: Vec::new(),
        action: Some(link("Open it in the console", "/console/pages/larkspur")),
        ..trouble()
    }
}

/// Words that want to be markup, or to call people, everywhere that words stand.
pub(crate) fn sly() -> Message {
    let words = "<b>&\"*_~@everyone <!channel> <@U1> [x](https://evil.example)";
    Message {
        page_name: words.to_owned(),
        subject: words.to_owned(),
        title: words.to_owned(),
        at_words: words.to_owned(),
        sections: vec![section(Some(words), words, true)],
        parts: vec![Part {
            name: words.to_owned(),
            status: Status::MajorOutage,
            status_words: words.to_owned(),
        }],
        parts_label: words.to_owned(),
        action: Some(link(words, "/a?b=\"><!channel>|c")),
        footer: words.to_owned(),
        manage: Some(link(words, "/subscriptions/s1")),
        leave: Some(link(words, "/subscriptions/s1/leave")),
        ..trouble()
    }
}

/// A trial of the channel.
pub(crate) fn test() -> Message {
    Message {
        kind: Kind::Test,
        level: Level::Info,
        ..trouble()
    }
}

/// Words without end.
pub(crate) fn endless() -> Message {
    let long = "あ<&".repeat(30_000);
    Message {
        title: long.clone(),
        subject: long.clone(),
        short: long.clone(),
        sections: (0..60)
            .map(|_| section(Some(&long), &long, false))
            .collect(),
        parts: (0..400)
            .map(|_| Part {
                name: "A system".to_owned(),
                status: Status::MajorOutage,
                status_words: "Major Outage".to_owned(),
            })
            .collect(),
        ..trouble()
    }
}

/// The same trouble, told to a subscriber who can change and end what he is told.
pub(crate) fn subscribed() -> Message {
    Message {
        manage: Some(link("Change what you are told", "/subscriptions/s1")),
        leave: Some(link("Unsubscribe", "/subscriptions/s1/leave")),
        ..trouble()
    }
}

/// What to do stands last, as nobody should send it.
pub(crate) fn turned() -> Message {
    let mut message = trouble();
    message.sections.reverse();
    message
}

/// Words of one kind without end, everywhere that words stand.
pub(crate) fn flood(letters: &str) -> Message {
    let long = letters.repeat(100_000 / letters.chars().count());
    let far = |path: &str| link(&long, path);
    Message {
        page_name: long.clone(),
        subject: long.clone(),
        title: long.clone(),
        state: long.clone(),
        at_words: long.clone(),
        footer: long.clone(),
        parts_label: long.clone(),
        sections: (0..4).map(|_| section(Some(&long), &long, false)).collect(),
        parts: vec![
            Part {
                name: long.clone(),
                status: Status::MajorOutage,
                status_words: long.clone(),
            };
            3
        ],
        action: Some(far("/incidents/late")),
        manage: Some(far("/subscriptions/s1")),
        leave: Some(far("/subscriptions/s1/leave")),
        short: long,
        ..trouble()
    }
}

/// Very many very short sections, each with a long label.
pub(crate) fn crumbs() -> Message {
    let label = "あ".repeat(400);
    Message {
        sections: (0..3_000)
            .map(|_| section(Some(&label), "x", false))
            .collect(),
        ..trouble()
    }
}

/// A long report in Japanese, all else as usual.
pub(crate) fn report() -> Message {
    let text = "キューの滞留を確認し、調査しています。".repeat(200);
    Message {
        sections: (0..6)
            .map(|_| section(Some("経緯"), &text, false))
            .collect(),
        ..trouble_ja()
    }
}
