//! The front page on five days.

use super::super::{
    Affected, Announced, Announcements, Components, Field, Front, Lead, Level, Moment, Notice,
    OpenIncident, Past, PastDay, PastIncident, Promise, Row, Scheduled, ScheduledMaintenance,
    Status, Update, UptimeScript,
};
use super::{HOSTILE, Say, estate, shell};

/// The front page: an open incident with a promise, the same overdue with more beside it, all
/// well, nothing measured, names that try to break out, and nothing at all.
pub fn front(say: Say) -> Vec<(&'static str, Front)> {
    vec![
        ("incident", with_incident(say)),
        ("overdue", overdue(say)),
        ("ok", calm(say)),
        ("unknown", not_measured(say)),
        ("hostile", hostile(say)),
        ("empty", empty(say)),
    ]
}

fn with_incident(say: Say) -> Front {
    Front {
        indicator: Level::Minor,
        cover: None,
        lead: Lead {
            banner: false,
            status: Status::Partial,
            sentence: say.word("12システム中9システムが正常", "9 of 12 systems operational"),
            as_of: as_of(say),
            horizon: estate::horizon(say, &estate::TROUBLED),
        },
        open: vec![api_incident(say)],
        notices: vec![Notice {
            status: Status::Degraded,
            text: say.word(
                "自動測定で、チャットに 11月18日 14:49 JST から問題が見られます。現在、確認しています。",
                "Our probes see problems with Chat since Nov 18, 14:49 JST. We are checking.",
            ),
            link: None,
        }],
        components: estate::components(say, &estate::TROUBLED, |index| [0, 2, 3].contains(&index)),
        ..calm(say)
    }
}

fn overdue(say: Say) -> Front {
    let mut page = with_incident(say);
    let incident = &mut page.open[0];
    incident.promise = Some(Promise {
        label: say.word("更新の予定時刻を過ぎています", "An update was due at"),
        figure: "14:45".to_owned(),
        unit: "JST".to_owned(),
        after: say.word("までの予定でした", ""),
        datetime: super::datetime(18, "14:45"),
        condition: None,
        overdue: true,
        record: None,
    });
    incident.fields = vec![
        Field {
            label: say.word("影響を受ける方", "Who is affected"),
            text: say.html(
                "公開API v2 を直接、またはデータハブ経由でお使いの方",
                "Everyone who calls the public API v2, directly or through Data Hub",
            ),
            action: false,
            lang: None,
        },
        Field {
            label: say.word("お客様にお願いしたいこと", "What to do now"),
            text: say.html(
                "失敗したリクエストは、15:30 以降に再実行してください。",
                "Repeat failed requests after 15:30.",
            ),
            action: true,
            lang: None,
        },
    ];
    page.open.push(maintenance_in_progress(say));
    page.notices.push(Notice {
        status: Status::Unknown,
        text: say.word(
            "ライブビューは 11月18日 14:31 JST から測定できていません。",
            "Live view has not been measured since Nov 18, 14:31 JST.",
        ),
        link: None,
    });
    page.announcements = Some(announcements(say));
    page
}

fn calm(say: Say) -> Front {
    Front {
        shell: shell(
            say,
            &say.word("すべて正常", "All well"),
            "/",
            Status::Operational,
        ),
        indicator: Level::None,
        cover: None,
        lead: Lead {
            banner: true,
            status: Status::Operational,
            sentence: say.word("すべて正常に稼働しています", "All Systems Operational"),
            as_of: as_of(say),
            horizon: estate::horizon(say, &estate::CALM),
        },
        open: Vec::new(),
        notices: Vec::new(),
        about: None,
        headline: None,
        announcements: None,
        components: estate::components(say, &estate::CALM, |index| index < 6),
        scheduled: Some(scheduled(say)),
        past: past(say),
        uptime_script: Some(estate::uptime_script()),
    }
}

fn not_measured(say: Say) -> Front {
    let mut statuses = estate::CALM;
    statuses[4..].fill(Status::Unknown);
    statuses[9] = Status::Maintenance;
    let mut page = Front {
        indicator: Level::Minor,
        cover: None,
        lead: Lead {
            banner: true,
            status: Status::Unknown,
            sentence: say.word(
                "一部のシステムの状態を確認できていません",
                "Some Systems Are Not Being Measured",
            ),
            as_of: as_of(say),
            horizon: estate::horizon(say, &statuses),
        },
        open: vec![maintenance_in_progress(say)],
        components: estate::components(say, &statuses, |index| index % 3 == 0),
        ..calm(say)
    };
    if let Row::Group(group) = &mut page.components.rows[1] {
        group.open = false;
        group.status = Status::Unknown;
        group.words = estate::words(say, Status::Unknown);
        group.components[0].note = Some(say.word(
            "運用担当者の判断による表示です（11月18日 18:00 JST まで）",
            "Held by an operator until Nov 18, 18:00 JST",
        ));
    }
    page
}

fn hostile(say: Say) -> Front {
    let mut page = overdue(say);
    page.shell.name = HOSTILE.into();
    page.shell.title = HOSTILE.into();
    page.lead.sentence = HOSTILE.into();
    page.open[0].title = HOSTILE.into();
    page.open[0].affected[0].name = HOSTILE.repeat(3);
    page.notices[0].text = HOSTILE.into();
    page.uptime_script = Some(UptimeScript::new(
        &format!("{{\"name\":\"{HOSTILE}\"}}"),
        "[]",
    ));
    if let Row::Group(group) = &mut page.components.rows[0] {
        group.name = HOSTILE.into();
        group.components[0].name = HOSTILE.into();
        group.components[0].description = Some(HOSTILE.to_owned());
        group.components[1].name = "مراقبة الأنظمة ".repeat(6);
        group.components[1].lang = Some("ar".to_owned());
        group.components[2].name = "Supercalifragilistic".repeat(8);
    }
    page
}

fn empty(say: Say) -> Front {
    let mut page = calm(say);
    page.components = Components {
        rows: Vec::new(),
        uptime: None,
        ..page.components
    };
    page.lead.horizon.columns.clear();
    page.scheduled = None;
    page.uptime_script = None;
    for day in &mut page.past.days {
        day.incidents.clear();
        day.empty = Some(say.word("障害の報告はありません。", "No incidents reported."));
    }
    page
}

fn as_of(say: Say) -> Moment {
    let text = say.word("11月{18}日 {14:57} JST 現在", "As of Nov {18}, {14:57} JST");
    super::marked(&super::datetime(18, "14:57"), &text)
}

pub(super) fn update(
    say: Say,
    state: (&str, &str, &str),
    body: (&str, &str),
    at: Moment,
) -> Update {
    Update {
        label: say.word(state.1, state.2),
        class: state.0.to_owned(),
        body: say.html(body.0, body.1),
        label_alone: false,
        link: None,
        at,
        lang: None,
        language_note: None,
    }
}

const INVESTIGATING: (&str, &str, &str) = ("investigating", "調査中", "Investigating");
const IDENTIFIED: (&str, &str, &str) = ("identified", "原因特定", "Identified");
const MONITORING: (&str, &str, &str) = ("monitoring", "経過観察中", "Monitoring");
const RESOLVED: (&str, &str, &str) = ("resolved", "解消", "Resolved");
const SCHEDULED: (&str, &str, &str) = ("scheduled", "予定", "Scheduled");
const IN_PROGRESS: (&str, &str, &str) = ("in_progress", "実施中", "In progress");

fn api_incident(say: Say) -> OpenIncident {
    let affected = |index: usize, status: Status| Affected {
        name: estate::name(say, index),
        status,
        words: estate::words(say, status),
        note: None,
    };
    OpenIncident {
        code: "c4qx7h2mzk9v".to_owned(),
        href: say.path("/incidents/c4qx7h2mzk9v"),
        title: say.word(
            "公開API v2 でエラー応答が増えています",
            "Elevated error rates on public API v2",
        ),
        lang: None,
        impact: Level::Major,
        worst: Status::Partial,
        worst_words: say.word("一部障害", "Partial Outage"),
        lifecycle: say.word("原因特定", "Identified"),
        since: super::marked(
            &super::datetime(18, "14:04"),
            &say.word("11月{18}日 {14:04} JST から", "Since Nov {18}, {14:04} JST"),
        ),
        warning: None,
        promise: Some(Promise {
            label: say.word("次の更新", "Next update by"),
            figure: "15:15".to_owned(),
            unit: "JST".to_owned(),
            after: say.word("までに", ""),
            datetime: super::datetime(18, "15:15"),
            condition: None,
            overdue: false,
            record: Some(say.word(
                "これまでの約束は 1回中 1回、時刻どおりです",
                "1 of 1 earlier promises kept on time",
            )),
        }),
        affected_label: say.word("影響を受けているシステム", "Affected systems"),
        affected: vec![affected(2, Status::Partial), affected(3, Status::Degraded)],
        fields: Vec::new(),
        updates: api_updates(say),
        follow: say.link(
            "/incidents/c4qx7h2mzk9v",
            "この障害の経過を見る",
            "See the whole record",
        ),
    }
}

fn api_updates(say: Say) -> Vec<Update> {
    let identified = (
        "公開API v2 へのリクエストのうち約3割が、HTTP 500 で失敗しています。認証情報を保持するキャッシュの更新処理に不具合があることを特定し、該当サーバーの切り離しを進めています。\n\n■ 影響を受ける機能\n・公開API v2 の全エンドポイント（失敗率 約30%）\n・データハブのうち、公開API v2 を呼び出すジョブ（再試行による遅れ）\n\n■ 影響を受けない機能\n・イベント計測、サイト内メッセージ、管理画面からの操作\n\n■ お客さまへのお願い\n失敗したリクエストは、時間をおいて再実行してください。",
        "About 30% of requests to the public API v2 fail with HTTP 500. We found a fault in the cache that holds credentials and are taking the servers concerned out of service.\n\n**Not affected:** event tracking, in-page messages, the admin console.\n\nFailed requests can be repeated safely.",
    );
    let investigating = (
        "14:04 ごろから、公開API v2 でエラー応答が増えていることを確認しました。影響の範囲と原因を調べています。",
        "Since about 14:04 more requests to the public API v2 fail. We are looking for the cause and the extent.",
    );
    vec![
        update(say, IDENTIFIED, identified, say.moment(18, "14:42")),
        update(say, INVESTIGATING, investigating, say.moment(18, "14:13")),
    ]
}

fn maintenance_in_progress(say: Say) -> OpenIncident {
    let body = (
        "管理画面のデータベースを更新しています。作業中はログインできません。",
        "The database of the admin console is being upgraded. Signing in is not possible meanwhile.",
    );
    OpenIncident {
        code: "k2hq8d6wv1xn".to_owned(),
        href: say.path("/incidents/k2hq8d6wv1xn"),
        title: say.word(
            "管理画面のデータベース更新",
            "Admin console database upgrade",
        ),
        impact: Level::Maintenance,
        worst: Status::Maintenance,
        worst_words: say.word("メンテナンス中", "Under Maintenance"),
        lifecycle: say.word("実施中", "In progress"),
        since: super::marked(
            &super::datetime(18, "13:00"),
            &say.word("11月{18}日 {13:00} JST から", "Since Nov {18}, {13:00} JST"),
        ),
        warning: Some(say.word(
            "終了予定の 14:30 JST を過ぎて続いています。",
            "This work runs past its planned end, 14:30 JST.",
        )),
        promise: Some(Promise {
            label: say.word("次の更新", "Next update"),
            figure: String::new(),
            unit: String::new(),
            after: String::new(),
            datetime: String::new(),
            condition: Some(say.word("作業が完了したとき", "when the work is done")),
            overdue: false,
            record: None,
        }),
        affected: vec![Affected {
            name: estate::name(say, 9),
            status: Status::Maintenance,
            words: estate::words(say, Status::Maintenance),
            note: Some(say.word("ログインのみ", "sign-in only")),
        }],
        updates: vec![update(say, IN_PROGRESS, body, say.moment(18, "13:00"))],
        ..api_incident(say)
    }
}

fn announcements(say: Say) -> Announcements {
    Announcements {
        heading: say.word("お知らせ", "Announcements"),
        items: vec![announced(say)],
        all: Some(say.link("/announcements", "これまでのお知らせ", "All announcements")),
    }
}

pub(super) fn announced(say: Say) -> Announced {
    Announced {
        id: "a7hd2k9xq4mz".to_owned(),
        title: say.word("年末年始のサポート窓口について", "Support over the turn of the year"),
        body: say.html(
            "12月29日（火）から 1月3日（日）まで、電話でのサポートをお休みします。障害への対応は通常どおり行います。",
            "Telephone support is closed from Dec 29 to Jan 3. Incidents are handled as always.",
        ),
        window: say.word("掲載期間：11月16日〜1月3日", "Nov 16 – Jan 3"),
        lang: None,
        current: true,
    }
}

fn scheduled(say: Say) -> Scheduled {
    let body = (
        "作業中は、管理画面へのログインと、レポートの表示ができません。計測、配信、送信は通常どおり動作します。",
        "Signing in to the console and reading reports will not be possible. Collection, delivery and sending carry on as usual.",
    );
    Scheduled {
        heading: say.word("メンテナンスの予定", "Scheduled maintenance"),
        items: vec![ScheduledMaintenance {
            href: say.path("/incidents/k2hq8d6wv1xn"),
            title: say.word(
                "管理画面のデータベース更新",
                "Admin console database upgrade",
            ),
            lang: None,
            window_label: say.word("日時", "When"),
            window: super::marked(
                &super::datetime(21, "02:00"),
                &say.word(
                    "11月{21}日（土）{2:00}〜4:00 JST（2時間）",
                    "Sat, Nov {21}, {02:00}–04:00 JST (2 hours)",
                ),
            ),
            unix: "1795194000".to_owned(),
            components_label: say.word("対象", "Systems"),
            components: say.word("管理画面、アナリティクス", "Admin console, Analytics"),
            warning: None,
            updates: vec![update(say, SCHEDULED, body, say.moment(16, "10:00"))],
            calendar: None,
        }],
    }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("水", "Wed"),
    ("火", "Tue"),
    ("月", "Mon"),
    ("日", "Sun"),
    ("土", "Sat"),
    ("金", "Fri"),
    ("木", "Thu"),
];

fn past(say: Say) -> Past {
    let days = (0..15_u8)
        .map(|back| {
            let day = 18 - back;
            let incidents = match day {
                12 => vec![job_flows(say)],
                7 => vec![chat(say)],
                _ => Vec::new(),
            };
            let weekday = WEEKDAYS[usize::from(back % 7)];
            PastDay {
                date: super::marked(
                    &format!("2026-11-{day:02}"),
                    &say.word(&format!("11月{{{day}}}日"), &format!("Nov {{{day}}}, 2026")),
                ),
                weekday: say.word(weekday.0, weekday.1),
                empty: incidents.is_empty().then(|| {
                    if back == 0 {
                        say.word(
                            "本日、障害の報告はありません。",
                            "No incidents reported today.",
                        )
                    } else {
                        say.word("障害の報告はありません。", "No incidents reported.")
                    }
                }),
                incidents,
            }
        })
        .collect();
    Past {
        heading: say.word("過去の障害", "Past incidents"),
        hint: say.word("直近15日", "15 days"),
        days,
        more: say.link(
            "/history",
            "これまでの障害をすべて見る",
            "See all past incidents",
        ),
    }
}

fn job_flows(say: Say) -> PastIncident {
    let resolved = (
        "■ 発生期間\n11月12日 9:18〜11:47\n\n■ 影響\n・ジョブフローの開始が最大 96分 遅れました。\n・遅れたジョブを起点とするメール・SMS は、11:40 までにすべて送信しました。\n\n■ 原因\n外部接続用の固定 IP アドレスを割り当てる中継サーバーで、接続数が上限に達していました。",
        "The queue of waiting job flows was empty at 11:47. No data was lost; every delayed message had been sent by 11:40.",
    );
    let monitoring = (
        "中継サーバーを増設し、ジョブフローの実行が正常な速さに戻りました。残りの実行待ちを処理しています。",
        "We added relay servers and job flows run at their usual speed again.",
    );
    let investigating = (
        "ジョブフローの開始が通常より遅れています。データの欠損は確認されていません。",
        "Job flows are starting later than scheduled. We have seen no loss of data.",
    );
    let postmortem = Update {
        link: Some(say.link(
            "/incidents/d8rlc3vpd5nh#postmortem",
            "詳細を読む",
            "Read details",
        )),
        ..update(
            say,
            ("postmortem", "事後報告", "Postmortem"),
            ("", ""),
            say.moment(16, "17:00"),
        )
    };
    let mut resolved = update(say, RESOLVED, resolved, say.moment(12, "11:58"));
    resolved.label_alone = say == Say::Japanese;
    PastIncident {
        href: say.path("/incidents/d8rlc3vpd5nh"),
        title: say.word(
            "データハブのジョブフローで実行の遅延が発生しました",
            "Data Hub job flows started late",
        ),
        lang: None,
        impact: Level::Major,
        impact_words: say.word("一部障害", "Partial Outage"),
        window: say.word("9:18〜11:47（2時間29分）", "09:18–11:47 (2 hrs 29 mins)"),
        components: say.word(
            "データハブ、メール・SMS 送信、ジャーニー",
            "Data Hub, Email & SMS, Journeys",
        ),
        updates: vec![
            postmortem,
            resolved,
            update(say, MONITORING, monitoring, say.moment(12, "11:31")),
            update(say, INVESTIGATING, investigating, say.moment(12, "9:31")),
        ],
    }
}

fn chat(say: Say) -> PastIncident {
    let body = (
        "通信経路を切り替え、メッセージが通常どおり届いていることを確認しました。送信されたメッセージの消失はありません。",
        "",
    );
    let mut resolved = update(Say::Japanese, RESOLVED, body, say.moment(7, "20:55"));
    resolved.label = say.word("解消", "Resolved");
    if say == Say::English {
        resolved.lang = Some("ja".to_owned());
        resolved.language_note = Some("This text is in Japanese only.".to_owned());
    }
    PastIncident {
        href: say.path("/incidents/c9fv3lk5pt7w"),
        title: "チャットのメッセージが遅れて届く事象について".to_owned(),
        lang: (say == Say::English).then(|| "ja".to_owned()),
        impact: Level::Minor,
        impact_words: say.word("パフォーマンス低下", "Degraded Performance"),
        window: say.word("20:12〜20:49（37分）", "20:12–20:49 (37 mins)"),
        components: say.word("チャット", "Chat"),
        updates: vec![resolved],
    }
}
