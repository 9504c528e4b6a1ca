//! Twelve systems and what happened to them in ninety days.

use super::super::{
    Bars, BarsEvent, BarsUptime, BarsWords, Component, Components, Day, Group, Horizon, Legend,
    LegendItem, Link, Outage, Row, Slot, Status, UptimeScript,
};
use super::Say;

/// Group, code, Japanese name, English name, Japanese description, English description.
const SYSTEMS: [(usize, &str, &str, &str, &str, &str); 12] = [
    (
        0,
        "t1zq9m7xw4kf",
        "イベント計測",
        "Event tracking",
        "タグと SDK からの計測データの受け付けです。",
        "Receives events from tags and SDKs.",
    ),
    (
        0,
        "n4hv2c6kt5zb",
        "アナリティクス",
        "Analytics",
        "集計とレポートの表示です。",
        "Aggregates and reports.",
    ),
    (
        0,
        "p7wz2kx5mq9t",
        "公開API v2",
        "Public API v2",
        "REST API のすべてのエンドポイントです。",
        "All endpoints of the REST API.",
    ),
    (
        0,
        "d8rlc3vpd5nh",
        "データハブ",
        "Data Hub",
        "外部サービスとデータを受け渡すジョブフローです。",
        "Job flows that exchange data with other services.",
    ),
    (
        1,
        "s3bcr1b4rq0z",
        "サイト内メッセージ",
        "In-page messages",
        "ページ上に表示するメッセージの配信です。",
        "Delivers messages shown on pages.",
    ),
    (
        1,
        "b5xkw9qt2m7z",
        "ページ編集ブロック",
        "Page-editing blocks",
        "ページの一部を差し替えて表示する機能です。",
        "Replaces parts of a page.",
    ),
    (
        1,
        "c9fv3lk5pt7w",
        "チャット",
        "Chat",
        "来訪者とオペレーターの会話です。",
        "Conversations between visitors and agents.",
    ),
    (
        1,
        "m2qd8z6wv1xn",
        "メール・SMS 送信",
        "Email & SMS",
        "メールと SMS の送信です。",
        "Sends email and SMS.",
    ),
    (
        1,
        "j6b1yns8gk3p",
        "ジャーニー",
        "Journeys",
        "条件と時刻に応じて施策を順に実行する機能です。",
        "Runs scheduled steps for each customer.",
    ),
    (
        2,
        "g0k7n4vq2tzx",
        "管理画面",
        "Admin console",
        "ログイン、設定、施策の編集を行う画面です。",
        "Sign-in, settings and editing.",
    ),
    (
        2,
        "l4sr5kt0bqcx",
        "ライブビュー",
        "Live view",
        "来訪者の操作をリアルタイムに表示します。",
        "Shows sessions as they happen.",
    ),
    (
        2,
        "h1tv6gdz8mwr",
        "回答サジェスト",
        "Answer suggestions",
        "サポート担当者への回答候補の提示です。",
        "Suggests answers to support staff.",
    ),
];

/// The status of each system on the day of the open incident.
pub(super) const TROUBLED: [Status; 12] = {
    let mut all = [Status::Operational; 12];
    all[2] = Status::Partial;
    all[3] = Status::Degraded;
    all[10] = Status::Unknown;
    all
};

/// A calm day.
pub(super) const CALM: [Status; 12] = [Status::Operational; 12];

/// The name of a system.
pub(super) fn name(say: Say, index: usize) -> String {
    say.word(SYSTEMS[index].2, SYSTEMS[index].3)
}

/// A status in words.
pub(super) fn words(say: Say, status: Status) -> String {
    match status {
        Status::Operational => say.word("正常", "Operational"),
        Status::Maintenance => say.word("メンテナンス中", "Under Maintenance"),
        Status::Degraded => say.word("パフォーマンス低下", "Degraded Performance"),
        Status::Partial => say.word("一部障害", "Partial Outage"),
        Status::Major => say.word("重大な障害", "Major Outage"),
        Status::Unknown => say.word("14:31 から測定なし", "Not measured since 14:31"),
        Status::NoData => say.word("データなし", "No data"),
    }
}

/// The legend.
pub(super) fn legend(say: Say) -> Legend {
    let item = |status, japanese, english| LegendItem {
        status,
        label: say.word(japanese, english),
    };
    Legend {
        label: say.word("凡例", "Legend"),
        items: vec![
            item(Status::Operational, "正常", "Operational"),
            item(
                Status::Degraded,
                "パフォーマンス低下",
                "Degraded Performance",
            ),
            item(Status::Partial, "一部障害", "Partial Outage"),
            item(Status::Major, "重大な障害", "Major Outage"),
            item(Status::Maintenance, "メンテナンス", "Maintenance"),
            item(Status::Unknown, "測定なし", "Not measured"),
        ],
    }
}

/// One column a system.
pub(super) fn horizon(say: Say, statuses: &[Status; 12]) -> Horizon {
    let good = statuses
        .iter()
        .filter(|status| **status == Status::Operational)
        .count();
    Horizon {
        label: say.word(
            &format!("12システムのうち {good} が正常です。"),
            &format!("{good} of 12 systems operational."),
        ),
        columns: statuses.to_vec(),
    }
}

/// Day, status, date and duration in both languages.
type Happening = (usize, Status, [&'static str; 4]);

/// What happened to a system, oldest first.
fn happened(index: usize, now: Status) -> Vec<Happening> {
    let mut happened: Vec<Happening> = vec![
        (
            22 + index * 2,
            Status::Degraded,
            ["9月12日", "Sep 12", "41分", "41 mins"],
        ),
        (
            54 + index,
            Status::Partial,
            ["10月14日", "Oct 14", "1時間12分", "1 hr 12 mins"],
        ),
        (
            71,
            Status::Maintenance,
            ["10月31日", "Oct 31", "2時間", "2 hrs"],
        ),
    ];
    if index == 3 {
        let lasting = ["9月9日", "Sep 9", "1時間35分", "1 hr 35 mins"];
        happened.push((20, Status::Major, lasting));
        happened.push((46, Status::Unknown, ["10月5日", "Oct 5", "38分", "38 mins"]));
        let lasting = ["11月12日", "Nov 12", "2時間29分", "2 hrs 29 mins"];
        happened.push((83, Status::Partial, lasting));
    }
    if now != Status::Operational {
        happened.push((89, now, ["11月18日", "Nov 18", "53分", "53 mins"]));
    }
    happened.sort_by_key(|event| event.0);
    happened
}

/// Ninety days of one system, ending with what it is now.
pub(super) fn bars(say: Say, index: usize, now: Status) -> Bars {
    let (id, name) = (SYSTEMS[index].1, name(say, index));
    let mut days = vec![day(Status::Operational); 90];
    if index == 3 {
        days[..12].fill(day(Status::NoData));
    }
    let calm = Slot::Calm {
        date: say.word("2026年11月3日（火）", "Nov 3, 2026"),
        words: say.word(
            "この日に停止の記録はありません。",
            "No downtime recorded on this day.",
        ),
    };
    // Only one row tells its calm days: a page of many rows leaves them out.
    let mut slots = vec![if index == 3 { calm } else { Slot::Silent }; 90];
    for (at, status, [japanese, english, lasting, lasted]) in happened(index, now) {
        days[at] = day(status);
        slots[at] = Slot::Event(event(say, status, [japanese, english], [lasting, lasted]));
    }
    Bars {
        image: None,
        id: id.to_owned(),
        label: say.word(
            &format!("{name} の過去90日間"),
            &format!("{name}, last 90 days"),
        ),
        days,
        slots,
        month_starts: vec![11, 41, 72],
        uptime: Some(BarsUptime {
            ninety: "99.87".to_owned(),
            sixty: "99.9".to_owned(),
            thirty: "99.95".to_owned(),
            href: say.path(&format!("/uptime/{id}")),
        }),
        words: bars_words(say),
    }
}

fn event(say: Say, status: Status, dates: [&str; 2], durations: [&str; 2]) -> BarsEvent {
    let words = words(say, status);
    let outage = say.word(
        &format!("{words} {}", durations[0]),
        &format!("{words} {}", durations[1]),
    );
    BarsEvent {
        label: say.word(
            &format!("{}：{outage}", dates[0]),
            &format!("{}: {outage}", dates[1]),
        ),
        date: say.word(dates[0], dates[1]),
        outages: vec![Outage {
            status,
            words: outage,
        }],
        related: vec![say.link(
            "/incidents/c4qx7h2mzk9v",
            "公開API v2 でエラー応答が増えています",
            "Public API v2 answers with errors",
        )],
    }
}

fn bars_words(say: Say) -> BarsWords {
    BarsWords {
        ago_before: String::new(),
        ago_after: say.word("日前", " days ago"),
        uptime_before: say.word("稼働率 ", ""),
        uptime_after: say.word(" %", " % uptime"),
        no_data: say.word("データなし", "No data"),
        today: say.word("今日", "Today"),
        others: say.word(
            "ほかの日に停止の記録はありません。",
            "No downtime recorded on the other days.",
        ),
        related: say.word("関連", "Related"),
        nothing_related: say.word(
            "この停止に関連する障害・メンテナンスはありません。",
            "No incidents or maintenance related to this downtime.",
        ),
    }
}

fn day(status: Status) -> Day {
    let fill = match status {
        Status::Partial => "#e67e22",
        Status::Major => "#e74c3c",
        Status::NoData => "#b3bac5",
        _ => "#2fcc66",
    };
    Day {
        status,
        fill: fill.to_owned(),
    }
}

/// One system.
pub(super) fn component(say: Say, index: usize, status: Status, showcased: bool) -> Component {
    let system = SYSTEMS[index];
    Component {
        id: system.1.to_owned(),
        name: name(say, index),
        lang: None,
        description: Some(say.word(system.4, system.5)),
        status,
        api_status: match status {
            Status::Maintenance => "under_maintenance",
            Status::Degraded => "degraded_performance",
            Status::Partial => "partial_outage",
            Status::Major => "major_outage",
            _ => "operational",
        }
        .to_owned(),
        words: words(say, status),
        note: None,
        bars: showcased.then(|| bars(say, index, status)),
    }
}

/// The systems in their groups.
pub(super) fn components(
    say: Say,
    statuses: &[Status; 12],
    showcased: impl Fn(usize) -> bool,
) -> Components {
    let names = [
        ("計測・データ", "Collection and data"),
        ("接客・配信", "Engagement and delivery"),
        ("運用・サポート", "Operation and support"),
    ];
    let group = |number: usize, japanese: &str, english: &str| Group {
        id: format!("ghv2c6n0kt5{number}"),
        name: say.word(japanese, english),
        open: true,
        status: Status::Operational,
        api_status: "operational".to_owned(),
        words: words(say, Status::Operational),
        bars: None,
        components: (0..12)
            .filter(|index| SYSTEMS[*index].0 == number)
            .map(|index| component(say, index, statuses[index], showcased(index)))
            .collect(),
    };
    Components {
        two_columns: false,
        heading: say.word("システム", "Systems"),
        uptime: Some(Link::new(
            &say.path("/uptime"),
            &say.word("これまでの稼働率を見る", "View historical uptime"),
        )),
        rows: names
            .iter()
            .enumerate()
            .map(|(number, (japanese, english))| Row::Group(group(number, japanese, english)))
            .collect(),
        empty: say.word("システムはまだありません。", "There are no systems yet."),
        legend: legend(say),
    }
}

/// The figures scrapers read, for all systems.
pub(super) fn uptime_script() -> UptimeScript {
    let mut data = Vec::new();
    let mut values = Vec::new();
    for system in SYSTEMS {
        let days: Vec<String> = (0..90)
            .map(|day| {
                format!(
                    r#"{{"date":"2026-{:02}-{:02}","outages":{{}},"related_events":[]}}"#,
                    8 + day / 30,
                    1 + day % 30
                )
            })
            .collect();
        data.push(format!(
            r#""{id}":{{"component":{{"code":"{id}","name":"{name}","startDate":null}},"days":[{days}]}}"#,
            id = system.1,
            name = system.3,
            days = days.join(",")
        ));
        values.push(format!(
            r#"{{"component":"{}","ninety":99.87,"sixty":99.9,"thirty":99.95}}"#,
            system.1
        ));
    }
    UptimeScript::new(
        &format!("{{{}}}", data.join(",")),
        &format!("[{}]", values.join(",")),
    )
}
