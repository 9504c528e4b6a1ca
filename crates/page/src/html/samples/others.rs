//! The history, the calendars and the plain pages.

use super::super::{
    Address, AddressList, AnnouncementsPage, Api, CalendarMonth, Cell, Choice, ErrorPage, Filters,
    FoundIncident, History, HistoryIncident, Level, Link, Month, Part, Record, RecordRow, Results,
    Select, Status, UnknownHost, UptimeComponent, UptimeIndex, UptimeRow,
};
use super::{HOSTILE, Say, estate, shell};

/// Three months; what a search found; a search that found nothing.
pub fn history(say: Say) -> Vec<(&'static str, History)> {
    let mut found = months(say);
    found.filters.query = HOSTILE.into();
    found.results = Some(Results {
        heading: say.word("「遅延」に一致する障害：1件", "1 incident for “delay”"),
        incidents: vec![found_incident(say)],
        empty: String::new(),
        hint: String::new(),
    });
    let mut nothing = months(say);
    nothing.results = Some(Results {
        heading: say.word("検索結果", "Results"),
        incidents: Vec::new(),
        empty: say.word("条件に合う障害はありません。", "No incidents match."),
        hint: say.word("言葉を減らしてお試しください。", "Try fewer words."),
    });
    vec![
        ("months", months(say)),
        ("found", found),
        ("nothing", nothing),
    ]
}

fn months(say: Say) -> History {
    let month =
        |japanese: &str, english: &str, path: &str, incidents: Vec<HistoryIncident>| Month {
            title: say.word(japanese, english),
            href: say.path(path),
            incidents,
            empty: say.word(
                "この月に障害の報告はありません。",
                "No incidents reported this month.",
            ),
        };
    History {
        shell: shell(
            say,
            &say.word("障害の履歴", "Incident history"),
            "/history",
            Status::Operational,
        ),
        back: say.back(),
        heading: say.word("障害の履歴", "Incident history"),
        sections: say.sections(0),
        sections_label: say.word("履歴", "History"),
        filters: filters(say),
        months: vec![
            month(
                "2026年11月",
                "November 2026",
                "/history/2026-11",
                vec![flows(say), chat(say)],
            ),
            month("2026年10月", "October 2026", "/history/2026-10", vec![]),
            month(
                "2026年9月",
                "September 2026",
                "/history/2026-09",
                vec![chat(say)],
            ),
        ],
        results: None,
        range: say.word("2026年9月〜11月", "September – November 2026"),
        pager_label: say.word("ほかの月", "Other months"),
        newer: None,
        older: Some(say.link("/history?page=2", "以前の月", "Earlier months")),
        props: format!(
            r#"{{"months":[{{"name":"November","incidents":[{{"name":{HOSTILE:?}}}]}}]}}"#
        ),
    }
}

fn found_incident(say: Say) -> FoundIncident {
    let part = |text: String, found| Part { text, found };
    let own = flows(say);
    FoundIncident {
        href: own.href,
        title: vec![part(own.title, false), part(HOSTILE.into(), true)],
        lang: own.lang,
        impact: own.impact,
        impact_words: own.impact_words,
        when: own.when,
        components: own.components,
        place: say.word("解消", "Resolved"),
        excerpt: vec![part(HOSTILE.into(), false), part(HOSTILE.into(), true)],
        excerpt_lang: Some("ja".to_owned()),
    }
}

fn filters(say: Say) -> Filters {
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        selected: value == "d8rlc3vpd5nh",
    };
    Filters {
        action: say.path("/history"),
        search_label: say.word("障害を検索", "Search incidents"),
        query: say.word("遅延", "delay"),
        month_label: say.word("月", "Month"),
        month: String::new(),
        selects: vec![
            Select {
                name: "component".to_owned(),
                label: say.word("システム", "System"),
                options: vec![
                    choice("", say.word("すべてのシステム", "All systems")),
                    choice("d8rlc3vpd5nh", estate::name(say, 3)),
                    choice("c9fv3lk5pt7w", estate::name(say, 6)),
                ],
            },
            Select {
                name: "impact".to_owned(),
                label: say.word("影響度", "Impact"),
                options: vec![choice("", say.word("すべての影響度", "All"))],
            },
        ],
        submit: say.word("表示する", "Show"),
        clear: Some(say.link("/history", "絞り込みを解除する", "Clear")),
    }
}

fn flows(say: Say) -> HistoryIncident {
    HistoryIncident {
        href: say.path("/incidents/d8rlc3vpd5nh"),
        title: say.word(
            "データハブのジョブフローで実行の遅延が発生しました",
            "Data Hub job flows started late",
        ),
        lang: None,
        impact: Level::Major,
        impact_words: say.word("一部障害", "Partial Outage"),
        report: Some(say.link(
            "/incidents/d8rlc3vpd5nh#postmortem",
            "事後報告を読む",
            "Read the postmortem",
        )),
        body: say.html(
            "11:47 に、ジョブフローの実行待ちがすべて解消したことを確認しました。",
            "The queue of waiting job flows was empty at 11:47.",
        ),
        when: say.word("11月12日 9:18〜11:47 JST", "Nov 12, 09:18 - 11:47 JST"),
        components: say.word("データハブ、ジャーニー", "Data Hub, Journeys"),
    }
}

fn chat(say: Say) -> HistoryIncident {
    HistoryIncident {
        href: say.path("/incidents/c9fv3lk5pt7w"),
        title: say.word(
            "チャットのメッセージが遅れて届く事象について",
            "Chat messages arrived late",
        ),
        lang: None,
        impact: Level::Minor,
        impact_words: say.word("パフォーマンス低下", "Degraded Performance"),
        report: None,
        body: say.html(
            "通信経路を切り替え、メッセージが通常どおり届いていることを確認しました。",
            "We changed the route, and messages arrive as usual.",
        ),
        when: say.word("11月7日 20:12〜20:49 JST", "Nov 7, 20:12 - 20:49 JST"),
        components: say.word("チャット", "Chat"),
    }
}

/// Three systems with their bars.
pub fn uptime_index(say: Say) -> UptimeIndex {
    UptimeIndex {
        shell: shell(
            say,
            &say.word("稼働率", "Uptime"),
            "/uptime",
            Status::Operational,
        ),
        back: say.back(),
        heading: say.word("稼働率", "Uptime"),
        sections: say.sections(1),
        sections_label: say.word("履歴", "History"),
        list_heading: say.word("過去90日間", "Last 90 days"),
        rows: [0, 2, 3]
            .into_iter()
            .map(|index| UptimeRow {
                name: estate::name(say, index),
                href: say.path("/uptime/d8rlc3vpd5nh"),
                bars: estate::bars(say, index, Status::Operational),
            })
            .collect(),
        empty: say.word(
            "表示できるシステムはありません。",
            "There is nothing to show.",
        ),
        legend: estate::legend(say),
    }
}

/// The calendar of a component, and one before it began.
pub fn uptime_component(say: Say) -> Vec<(&'static str, UptimeComponent)> {
    let mut before = calendar(say);
    before.months = vec![calendar_month(say, &MONTHS[2], true)];
    before.record.rows.clear();
    vec![("quarter", calendar(say)), ("before", before)]
}

/// Japanese name, English name, blanks before the first, days, percentage.
type SampleMonth = (&'static str, &'static str, u8, u8, &'static str);

const MONTHS: [SampleMonth; 3] = [
    ("2026年11月", "November 2026", 0, 30, "99.82 %"),
    ("2026年10月", "October 2026", 4, 31, "100.0 %"),
    ("2026年9月", "September 2026", 2, 30, "99.77 %"),
];

fn calendar(say: Say) -> UptimeComponent {
    let name = estate::name(say, 3);
    let weekdays = [
        ("日", "Sun"),
        ("月", "Mon"),
        ("火", "Tue"),
        ("水", "Wed"),
        ("木", "Thu"),
        ("金", "Fri"),
        ("土", "Sat"),
    ];
    UptimeComponent {
        shell: shell(say, &say.word("稼働率", "Uptime"), "/uptime/d8rlc3vpd5nh", Status::Operational),
        back: say.back(),
        heading: say.word(&format!("{name} の稼働率"), &format!("Uptime of {name}")),
        sections: say.sections(1),
        sections_label: say.word("履歴", "History"),
        action: say.path("/uptime"),
        select: Select {
            name: "component".to_owned(),
            label: say.word("システム", "System"),
            options: vec![Choice { value: "d8rlc3vpd5nh".to_owned(), label: name, selected: true }],
        },
        submit: say.word("表示する", "Show"),
        range: say.word("2026年9月〜11月", "September – November 2026"),
        pager_label: say.word("ほかの月", "Other months"),
        newer: Some(say.link("/uptime/d8rlc3vpd5nh", "次の3か月", "Next 3 months")),
        older: Some(say.link("/uptime/d8rlc3vpd5nh?page=2", "前の3か月", "Previous 3 months")),
        weekdays: weekdays.iter().map(|day| say.word(day.0, day.1)).collect(),
        months: MONTHS.iter().map(|month| calendar_month(say, month, false)).collect(),
        legend: estate::legend(say),
        record: record(say),
        notes: vec![say.word(
            "稼働率は、停止の時間の合計を、測定の対象になった時間で割って求めます。重大な障害を 1.0、一部障害を 0.3 として数え、パフォーマンス低下とメンテナンスは 0 です。小数第3位以下は切り捨てます。",
            "Uptime is one minus downtime divided by the time that counts. A major outage counts fully, a partial outage 0.3 of its time. Figures are cut after two decimals.",
        )],
    }
}

fn calendar_month(say: Say, month: &SampleMonth, before: bool) -> CalendarMonth {
    let mut cells: Vec<Cell> = (0..month.2).map(|_| Cell::Blank).collect();
    let current = month.1.starts_with("November");
    for day in 1..=month.3 {
        cells.push(if before {
            Cell::Calm {
                number: day.to_string(),
                status: Status::NoData,
                today: false,
            }
        } else if current && day > 18 {
            Cell::Future {
                number: day.to_string(),
            }
        } else {
            day_cell(say, month, day)
        });
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(Cell::Blank);
    }
    CalendarMonth {
        title: say.word(month.0, month.1),
        figure: if before {
            say.word("データなし", "No data")
        } else {
            month.4.to_owned()
        },
        caption: say.word(
            "印のない日に停止の記録はありません。",
            "Days without a mark had no downtime.",
        ),
        weeks: cells.chunks(7).map(<[Cell]>::to_vec).collect(),
    }
}

fn day_cell(say: Say, month: &SampleMonth, day: u8) -> Cell {
    let status = match (month.1, day) {
        ("November 2026", 12) => Status::Partial,
        ("November 2026", 18) | ("October 2026", 21) => Status::Degraded,
        ("October 2026", 5) => Status::Unknown,
        ("October 2026", 31) => Status::Maintenance,
        ("September 2026", 9) => Status::Major,
        _ => {
            return Cell::Calm {
                number: day.to_string(),
                status: Status::Operational,
                today: false,
            };
        }
    };
    Cell::Event {
        number: day.to_string(),
        status,
        label: format!(
            "{} {day} {}",
            say.word(month.0, month.1),
            estate::words(say, status)
        ),
        href: "#d2026-11-12".to_owned(),
        today: day == 18,
    }
}

fn record(say: Say) -> Record {
    let row = |day: u8, status: Status, duration: (&str, &str), downtime: (&str, &str)| RecordRow {
        id: format!("d2026-11-{day}"),
        datetime: format!("2026-11-{day}"),
        date: say.word(&format!("11月{day}日"), &format!("Nov {day}")),
        status,
        words: estate::words(say, status),
        related: vec![say.link(
            "/incidents/d8rlc3vpd5nh",
            "データハブのジョブフローで実行の遅延が発生しました",
            "Data Hub job flows started late",
        )],
        related_empty: String::new(),
        duration: say.word(duration.0, duration.1),
        downtime: say.word(downtime.0, downtime.1),
    };
    Record {
        heading: say.word("記録のある日", "Days with events"),
        columns: [
            say.word("日付", "Date"),
            say.word("状態", "Status"),
            say.word("障害・メンテナンス", "Incident or maintenance"),
            say.word("時間", "Duration"),
            say.word("停止換算", "Downtime"),
        ],
        rows: vec![
            row(18, Status::Degraded, ("41分", "41 mins"), ("0分", "0 mins")),
            row(
                12,
                Status::Partial,
                ("2時間29分", "2 hrs 29 mins"),
                ("45分", "45 mins"),
            ),
            RecordRow {
                related: Vec::new(),
                related_empty: say.word(
                    "この停止に関連する障害・メンテナンスはありません。",
                    "No incidents or maintenance related to this downtime.",
                ),
                ..row(
                    9,
                    Status::Major,
                    ("1時間35分", "1 hr 35 mins"),
                    ("1時間35分", "1 hr 35 mins"),
                )
            },
        ],
        empty: say.word("停止の記録はありません。", "No downtime recorded."),
    }
}

/// One that stands and one that ended.
pub fn announcements(say: Say) -> AnnouncementsPage {
    let mut ended = super::front::announced(say);
    ended.id = "a0endednow00".into();
    ended.title = say.word("夏季休業のお知らせ", "Summer closing");
    ended.current = false;
    AnnouncementsPage {
        shell: shell(
            say,
            &say.word("お知らせ", "Announcements"),
            "/announcements",
            Status::Operational,
        ),
        back: say.back(),
        heading: say.word("お知らせ", "Announcements"),
        current_heading: say.word("掲載中", "Current"),
        current: vec![super::front::announced(say)],
        empty: say.word(
            "現在、お知らせはありません。",
            "There are no announcements.",
        ),
        ended_heading: say.word("これまでのお知らせ", "Past announcements"),
        ended: vec![ended],
    }
}

/// The public API.
pub fn api(say: Say) -> Api {
    let address = |path: &str, japanese: &str, english: &str| Address {
        address: format!("https://status.kazamori.example{path}"),
        meaning: say.word(japanese, english),
    };
    Api {
        shell: shell(say, "API", "/api", Status::Operational),
        back: say.back(),
        heading: say.word("API について", "API"),
        intro: vec![say.word(
            "次のアドレスは、認証なしで誰でも利用できます。応答は JSON です。",
            "Anyone may read these addresses without signing in. They answer in JSON.",
        )],
        address_column: say.word("アドレス", "Address"),
        meaning_column: say.word("内容", "What it answers"),
        lists: vec![AddressList {
            id: "status".to_owned(),
            heading: say.word("状態", "Status"),
            addresses: vec![
                address(
                    "/api/v2/summary.json",
                    "全体の状態、システム、対応中の障害、予定されたメンテナンス",
                    "Overall status, components, unresolved incidents, scheduled maintenances",
                ),
                address(
                    "/api/v2/status.json",
                    "全体の状態だけ",
                    "Overall status alone",
                ),
                address(
                    "/api/v2/scheduled-maintenances/upcoming.json",
                    "これからのメンテナンス",
                    "Maintenances to come",
                ),
            ],
        }],
    }
}

/// 404 and 503.
pub fn error_pages(say: Say) -> Vec<(&'static str, ErrorPage)> {
    let page = |code: &str, heading: String, text: String, request: Option<String>| ErrorPage {
        shell: shell(say, &heading, "/", Status::Unknown),
        code: code.to_owned(),
        heading,
        text,
        request,
        links: vec![
            say.back(),
            say.link("/history", "障害の履歴", "Incident History"),
        ],
    };
    vec![
        (
            "404",
            page(
                "404",
                say.word("ページが見つかりません", "There is no such page"),
                say.word("アドレスをご確認ください。", "Check the address."),
                None,
            ),
        ),
        (
            "500",
            page(
                "500",
                say.word("ページを表示できません", "This page can not be shown"),
                say.word(
                    "時間をおいて、もう一度お試しください。",
                    "Try again in a while.",
                ),
                Some(say.word("リクエスト番号：x7k2m9", "Request x7k2m9")),
            ),
        ),
    ]
}

/// A name nobody owns.
pub fn unknown_host(say: Say) -> UnknownHost {
    let mut shell = shell(say, "404", "/", Status::Unknown);
    shell.name = "Noroshi".into();
    shell.tagline = String::new();
    shell.footer = None;
    shell.subscribe = None;
    shell.canonical = None;
    shell.noindex = true;
    UnknownHost {
        shell,
        heading: say.word(
            "このホスト名のページはありません",
            "No page has this host name",
        ),
        host: HOSTILE.to_owned(),
        texts: vec![say.word(
            "管理者の方は、ページのアドレスの設定をご確認ください。",
            "If you run this server, check the address of your page.",
        )],
        links: vec![Link::new(
            "https://status.kazamori.example/",
            "status.kazamori.example",
        )],
    }
}
