//! The page of one incident and of one maintenance.

use super::super::{
    Affected, AffectedSystems, Fact, Field, Incident, IncidentUpdate, Level, Link, Links, Mark,
    Moment, Notice, Postmortem, Promise, PromiseRecord, Promises, Status,
};
use super::{HOSTILE, Say, estate, shell};

/// One resolved with a postmortem, one open and late, a maintenance, names that try to break out.
pub fn incidents(say: Say) -> Vec<(&'static str, Incident)> {
    let mut hostile = resolved(say);
    hostile.title = HOSTILE.into();
    hostile.subheading = HOSTILE.into();
    hostile.lang = Some(HOSTILE.to_owned());
    vec![
        ("resolved", resolved(say)),
        ("open", open(say)),
        ("maintenance", maintenance(say)),
        ("hostile", hostile),
    ]
}

fn mark(say: Say, status: Status, japanese: &str, english: &str) -> Mark {
    Mark {
        status: Some(status),
        words: say.word(japanese, english),
    }
}

fn posted(say: Say, day: u8, clock: &str) -> Moment {
    let text = say.word(
        &format!("2026年11月{{{day}}}日 {{{clock}}} JST 掲載"),
        &format!("Posted Nov {{{day}}}, 2026 - {{{clock}}} JST"),
    );
    super::marked(&super::datetime(day, clock), &text)
}

fn update(say: Say, label: (&str, &str), body: (&str, &str), at: (u8, &str)) -> IncidentUpdate {
    IncidentUpdate {
        id: format!("u{}{}", at.0, at.1.replace(':', "")),
        label: say.word(label.0, label.1),
        body: say.html(body.0, body.1),
        link: None,
        at: posted(say, at.0, at.1),
        unix_ms: "1794535080000".to_owned(),
        edited: None,
        promise: None,
        lang: None,
        language_note: None,
    }
}

fn kept(say: Say, by: &str, at: &str, minutes: u8) -> PromiseRecord {
    PromiseRecord {
        status: Status::Operational,
        words: say.word(
            &format!("{by} までの約束に対し、{at} に更新しました（{minutes}分前）"),
            &format!("Promised by {by}, updated at {at} ({minutes} min early)"),
        ),
    }
}

fn late(say: Say, by: &str, at: &str, minutes: u8) -> PromiseRecord {
    PromiseRecord {
        status: Status::Degraded,
        words: say.word(
            &format!("{by} までの約束に対し、{at} に更新しました（{minutes}分遅れ）"),
            &format!("Promised by {by}, updated at {at} ({minutes} min late)"),
        ),
    }
}

fn resolved(say: Say) -> Incident {
    Incident {
        shell: shell(
            say,
            &say.word(
                "データハブのジョブフローで実行の遅延が発生しました",
                "Data Hub job flows started late",
            ),
            "/incidents/d8rlc3vpd5nh",
            Status::Operational,
        ),
        back: say.back(),
        title: say.word(
            "データハブのジョブフローで実行の遅延が発生しました",
            "Data Hub job flows started late",
        ),
        lang: None,
        impact: Level::Major,
        subheading: say.word("カザモリの障害報告", "Incident Report for Kazamori"),
        follow: None,
        marks: vec![
            mark(say, Status::Operational, "解消", "Resolved"),
            mark(
                say,
                Status::Partial,
                "影響度：一部障害",
                "Impact: Partial Outage",
            ),
        ],
        notices: Vec::new(),
        promise: None,
        facts: facts(say),
        guidance_label: say.word("影響とお願い", "What it means for you"),
        fields: fields(say),
        affected: Some(affected(say)),
        updates_label: say.word("経過", "Updates"),
        updates_hint: say.word("新しい順", "newest first"),
        updates: updates(say),
        promises: None,
        postmortem: Some(postmortem(say)),
        related: Some(Links {
            heading: say.word("関連する障害", "Related incidents"),
            items: vec![say.link(
                "/incidents/j6b1yns8gk3p",
                "ジャーニーの一部の施策が実行されませんでした",
                "Some journeys did not run",
            )],
        }),
    }
}

fn facts(say: Say) -> Vec<Fact> {
    vec![
        Fact {
            label: say.word("影響期間", "Impact window"),
            value: say.word("11月12日 9:18〜11:47 JST", "Nov 12, 09:18–11:47 JST"),
            href: None,
            note: Some(say.word(
                "2時間29分。開始時刻を 9:31 から 9:18 に訂正しました（11月13日 10:20）",
                "2 hrs 29 mins. Start corrected from 09:31 to 09:18 (Nov 13, 10:20)",
            )),
        },
        Fact {
            label: say.word("更新の約束", "Promised updates"),
            value: say.word("3回中 2回、時刻どおり", "2 of 3 on time"),
            href: None,
            note: Some(say.word("1回は 13分 遅れました", "One was 13 min late")),
        },
        Fact {
            label: say.word("事後報告", "Postmortem"),
            value: say.word("公開しています", "Published"),
            href: Some("#postmortem".to_owned()),
            note: Some(say.word("11月16日 17:00 JST", "Nov 16, 17:00 JST")),
        },
    ]
}

fn fields(say: Say) -> Vec<Field> {
    let field = |label: (&str, &str), text: (&str, &str), action: bool| Field {
        label: say.word(label.0, label.1),
        text: say.html(text.0, text.1),
        action,
        lang: None,
    };
    vec![
        field(
            ("影響を受ける方", "Who is affected"),
            (
                "固定 IP アドレスで外部サービスと連携するジョブフローをお使いの方",
                "Everyone whose job flows reach other services through fixed addresses",
            ),
            false,
        ),
        field(
            ("確認の方法", "How to check"),
            (
                "データハブの「実行履歴」で、開始の遅れが 10分 を超える実行をご確認ください。",
                "Look in Data Hub's run history for runs that began more than 10 min late.",
            ),
            false,
        ),
        field(
            ("お客様にお願いしたいこと", "What to do now"),
            (
                "タイムアウトしたジョブフローは、**手動で再実行**してください。",
                "Run job flows that timed out **again by hand**.",
            ),
            true,
        ),
        field(
            ("影響が残る可能性のある期限", "Effects may last until"),
            ("11月12日 14:47 JST まで", "Nov 12, 14:47 JST"),
            false,
        ),
    ]
}

fn affected(say: Say) -> AffectedSystems {
    let item = |index: usize, status: Status| Affected {
        name: estate::name(say, index),
        status,
        words: estate::words(say, status),
        note: (index == 3).then(|| say.word("一部のジョブフロー", "some job flows")),
    };
    AffectedSystems {
        heading: say.word("影響を受けたシステム", "Affected systems"),
        sentence: say.word(
            "この障害の影響：計測・データ（データハブ）、接客・配信（メール・SMS 送信、ジャーニー）",
            "This incident affected: Collection and data (Data Hub) and Engagement and delivery (Email & SMS, Journeys).",
        ),
        items: vec![item(3, Status::Partial), item(7, Status::Degraded), item(8, Status::Degraded)],
        times: None,
    }
}

fn updates(say: Say) -> Vec<IncidentUpdate> {
    let mut first = update(
        say,
        ("解消", "Resolved"),
        (
            "11:47 に、ジョブフローの実行待ちがすべて解消したことを確認しました。\n\n■ 発生期間\n11月12日 9:18〜11:47\n\n■ 影響\n・ジョブフローの開始が最大 96分 遅れました。\n・遅れたジョブを起点とするメール・SMS は、11:40 までにすべて送信しました。\n\n■ 原因\n外部接続用の固定 IP アドレスを割り当てる中継サーバーで、接続数が上限に達していました。",
            "The queue of waiting job flows was empty at 11:47.\n\n- Job flows began up to 96 min late.\n- Every message they send had gone out by 11:40.",
        ),
        (12, "11:58"),
    );
    first.edited = Some(say.word("11月13日 10:20 JST に編集", "Edited Nov 13, 10:20 JST"));
    first.promise = Some(kept(say, "12:15", "11:58", 17));
    let mut report = update(say, ("事後報告", "Postmortem"), ("", ""), (16, "17:00"));
    report.link = Some(Link::new(
        "#postmortem",
        &say.word("詳細を読む", "Read details"),
    ));
    let mut second = update(
        say,
        ("経過観察中", "Monitoring"),
        (
            "中継サーバーを増設し、ジョブフローの実行が正常な速さに戻りました。",
            "We added relay servers and job flows run at their usual speed again.",
        ),
        (12, "11:31"),
    );
    second.promise = Some(kept(say, "11:45", "11:31", 14));
    let mut third = update(
        say,
        ("原因特定", "Identified"),
        (
            "中継サーバーの接続数が上限に達していることを確認し、増設を始めました。",
            "The relay servers are at their limit of connections; we are adding more.",
        ),
        (12, "10:58"),
    );
    third.promise = Some(late(say, "10:45", "10:58", 13));
    let fourth = update(
        say,
        ("調査中", "Investigating"),
        (
            "ジョブフローの開始が通常より遅れています。次の更新は 10:45 JST までに行います。",
            "Job flows are starting later than scheduled. Next update by 10:45 JST.",
        ),
        (12, "9:31"),
    );
    vec![report, first, second, third, fourth]
}

fn postmortem(say: Say) -> Postmortem {
    let japanese = "## 概要\n\n固定 IP アドレスで外部へ接続するための中継サーバーで、接続数が上限に達しました。その結果、ジョブフローの開始が最大 96分 遅れました。データの欠損、および二重の送信はありません。\n\n## 再発防止\n\n- 接続の保持時間を 10分 から 60秒 に短縮しました（実施済み、11月13日）。\n- 接続数の監視を、平均値から 1台ごとの最大値に変更しました（実施済み、11月14日）。";
    let english = "## Summary\n\nThe relay servers through which job flows reach other services ran out of connections. Job flows began up to 96 min late. Nothing was lost, nothing sent twice.\n\n## What we changed\n\n- Connections are kept for 60 s instead of 10 min (done, Nov 13).\n- We watch the maximum of each server, not the mean (done, Nov 14).";
    Postmortem {
        heading: say.word("事後報告", "Postmortem"),
        published: say.moment(16, "17:00"),
        body: say.html(japanese, english),
        lang: None,
        language_note: None,
    }
}

fn open(say: Say) -> Incident {
    let mut page = resolved(say);
    page.title = say.word(
        "公開API v2 でエラー応答が増えています",
        "Elevated error rates on public API v2",
    );
    page.marks = vec![
        mark(
            say,
            Status::Partial,
            "影響度：一部障害",
            "Impact: Partial Outage",
        ),
        mark(say, Status::Degraded, "原因特定", "Identified"),
    ];
    page.promise = Some(Promise {
        label: say.word("更新の予定時刻を過ぎています", "An update was due at"),
        figure: "14:45".to_owned(),
        unit: "JST".to_owned(),
        after: say.word("までの予定でした", ""),
        datetime: super::datetime(18, "14:45"),
        condition: None,
        overdue: true,
        record: None,
    });
    page.facts.truncate(1);
    page.updates.drain(..2);
    page.promises = Some(Promises {
        heading: say.word("更新の約束", "Promises"),
        items: vec![
            late(say, "10:45", "10:58", 13),
            kept(say, "11:45", "11:31", 14),
            PromiseRecord {
                status: Status::Unknown,
                words: say.word(
                    "12:15 までの約束は取り下げました：復旧を待つため",
                    "Promise by 12:15 lifted: waiting for recovery",
                ),
            },
        ],
    });
    page.postmortem = None;
    page
}

fn maintenance(say: Say) -> Incident {
    let mut page = resolved(say);
    page.title = say.word(
        "管理画面のデータベース更新",
        "Admin console database upgrade",
    );
    page.impact = Level::Maintenance;
    page.subheading = say.word(
        "カザモリの予定メンテナンス（11月21日（土）2:00〜4:00 JST）",
        "Scheduled for Nov 21, 02:00 - 04:00 JST",
    );
    page.marks = vec![mark(say, Status::Maintenance, "予定", "Scheduled")];
    page.notices = vec![Notice {
        status: Status::Maintenance,
        text: say.word(
            "開始予定の 2:00 JST を過ぎていますが、まだ始まっていません。",
            "This work was to begin at 02:00 JST and has not begun.",
        ),
        link: None,
    }];
    page.facts = Vec::new();
    page.fields.truncate(1);
    page.updates.drain(..4);
    page.postmortem = None;
    page.related = None;
    page
}
