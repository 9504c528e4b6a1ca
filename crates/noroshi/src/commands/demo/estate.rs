//! The made-up company: its systems, what has happened to them, and the words for it.

use noroshi_domain::Status;

/// A text in English and in Japanese.
pub(super) type Words = (&'static str, &'static str);

/// One system.
pub(super) struct System {
    pub(super) code: &'static str,
    pub(super) name: Words,
    pub(super) description: Words,
    pub(super) group: &'static str,
    pub(super) third_party: bool,
    pub(super) depends_on: &'static [&'static str],
}

/// One incident of the past.
pub(super) struct Past {
    pub(super) component: &'static str,
    pub(super) status: Status,
    pub(super) days_ago: i64,
    /// After the instant `days_ago` names, in minutes.
    pub(super) minute_of_day: i64,
    pub(super) minutes: i64,
    pub(super) title: Words,
    pub(super) first: Words,
    pub(super) last: Words,
}

const fn system(
    code: &'static str,
    group: &'static str,
    name: Words,
    description: Words,
    depends_on: &'static [&'static str],
) -> System {
    System {
        code,
        name,
        description,
        group,
        third_party: false,
        depends_on,
    }
}

/// Groups and their names.
pub(super) const GROUPS: &[(&str, Words)] = &[
    ("collect", ("Collecting", "データ収集")),
    ("talk", ("Talking to visitors", "接客")),
    ("run", ("Running a team", "運用")),
];

/// The twelve systems.
pub(super) const SYSTEMS: &[System] = &[
    system(
        "tracking",
        "collect",
        ("Event tracking", "イベント計測"),
        ("Takes in what visitors do.", "訪問者の行動を受け取ります。"),
        &[],
    ),
    system(
        "publicapi",
        "collect",
        ("Public API v2", "公開 API v2"),
        (
            "Reads and writes for programs.",
            "プログラムからの読み書きに使います。",
        ),
        &[],
    ),
    system(
        "datahub",
        "collect",
        ("Data hub job flows", "データハブのジョブフロー"),
        (
            "Moves data in and out on a schedule.",
            "データを定期的に出し入れします。",
        ),
        &["publicapi"],
    ),
    system(
        "inpage",
        "talk",
        ("In-page messages", "ページ内メッセージの配信"),
        (
            "Shows messages on your pages.",
            "サイト上にメッセージを表示します。",
        ),
        &["tracking"],
    ),
    system(
        "chat",
        "talk",
        ("Chat", "チャット"),
        ("Talks with visitors.", "訪問者と会話します。"),
        &[],
    ),
    system(
        "blocks",
        "talk",
        ("Page-editing blocks", "ページ編集ブロック"),
        (
            "Serves the pages you edited.",
            "編集したページを配信します。",
        ),
        &[],
    ),
    System {
        third_party: true,
        ..system(
            "relay",
            "talk",
            ("Mail relay", "メール中継"),
            (
                "A partner's service that hands mail on.",
                "メールを引き渡す外部のサービスです。",
            ),
            &[],
        )
    },
    system(
        "messages",
        "talk",
        ("Message delivery", "メッセージ配信"),
        (
            "Sends mail and push messages.",
            "メールとプッシュ通知を送ります。",
        ),
        &["relay"],
    ),
    system(
        "journeys",
        "talk",
        ("Journeys", "ジャーニー"),
        (
            "Runs the scheduled steps of campaigns.",
            "施策の予定されたステップを実行します。",
        ),
        &["datahub"],
    ),
    system(
        "console",
        "run",
        ("Admin console", "管理画面"),
        ("Where your team works.", "担当者が操作する画面です。"),
        &[],
    ),
    system(
        "analytics",
        "run",
        ("Analytics", "分析"),
        ("Counts and compares.", "集計し、比較します。"),
        &["tracking"],
    ),
    system(
        "live",
        "run",
        ("Live session view", "ライブ閲覧"),
        (
            "Shows who is on your site now.",
            "いまサイトにいる訪問者を表示します。",
        ),
        &["tracking"],
    ),
];

/// What has happened in the last 90 days, oldest first.
pub(super) const PAST: &[Past] = &[
    Past {
        component: "publicapi",
        status: Status::MajorOutage,
        days_ago: 81,
        minute_of_day: 35,
        minutes: 48,
        title: (
            "Public API v2 answers with errors",
            "公開 API v2 がエラーを返す",
        ),
        first: (
            "All endpoints answer 500. We are looking for the cause.",
            "すべてのエンドポイントが 500 を返しています。原因を調査しています。",
        ),
        last: (
            "An upstream certificate had run out. It was renewed, and all calls succeed again.",
            "上流の証明書の期限切れが原因でした。更新し、すべての呼び出しが成功しています。",
        ),
    },
    Past {
        component: "live",
        status: Status::DegradedPerformance,
        days_ago: 74,
        minute_of_day: 610,
        minutes: 95,
        title: ("Live session view stalls", "ライブ閲覧の表示が止まる"),
        first: (
            "Sessions appear minutes late for some accounts.",
            "一部のアカウントで、表示が数分遅れています。",
        ),
        last: (
            "A stuck stream was restarted.",
            "停止していたストリームを再起動しました。",
        ),
    },
    Past {
        component: "messages",
        status: Status::PartialOutage,
        days_ago: 66,
        minute_of_day: 125,
        minutes: 140,
        title: ("Mail is delivered late", "メールの配信が遅れている"),
        first: (
            "The relay refuses part of our mail. Nothing is lost; it waits in the queue.",
            "中継先がメールの一部を拒否しています。失われたものはなく、順に送り直します。",
        ),
        last: (
            "The queue is empty again.",
            "滞留していたメールはすべて送信しました。",
        ),
    },
    Past {
        component: "analytics",
        status: Status::DegradedPerformance,
        days_ago: 58,
        minute_of_day: 300,
        minutes: 260,
        title: (
            "Analytics shows yesterday's figures",
            "分析の数値が前日のまま更新されない",
        ),
        first: (
            "Aggregation is behind. Figures of today are not complete.",
            "集計が遅れており、本日の数値が揃っていません。",
        ),
        last: (
            "Aggregation has caught up.",
            "集計は最新の状態に追いつきました。",
        ),
    },
    Past {
        component: "tracking",
        status: Status::DegradedPerformance,
        days_ago: 44,
        minute_of_day: 480,
        minutes: 37,
        title: ("Event tracking is slow", "イベント計測の応答が遅い"),
        first: (
            "Calls of tag v1 take longer than 10 seconds and may time out.",
            "タグ v1 の呼び出しに 10 秒以上かかり、タイムアウトすることがあります。",
        ),
        last: (
            "Response times are normal again.",
            "応答時間は通常に戻りました。",
        ),
    },
    Past {
        component: "console",
        status: Status::MajorOutage,
        days_ago: 31,
        minute_of_day: 20,
        minutes: 26,
        title: (
            "Sign-in to the admin console fails",
            "管理画面にログインできない",
        ),
        first: (
            "Sign-in leads back to its own page.",
            "ログインしても、ログイン画面に戻されます。",
        ),
        last: (
            "A faulty release was taken back.",
            "不具合のあったリリースを元に戻しました。",
        ),
    },
    Past {
        component: "chat",
        status: Status::PartialOutage,
        days_ago: 23,
        minute_of_day: 555,
        minutes: 64,
        title: (
            "Chat messages arrive late",
            "チャットのメッセージが遅れて届く",
        ),
        first: (
            "Visitors connect, but answers arrive up to a minute late.",
            "接続はできますが、返信が最大 1 分遅れて届きます。",
        ),
        last: ("Capacity was added.", "処理能力を増強しました。"),
    },
    Past {
        component: "blocks",
        status: Status::PartialOutage,
        days_ago: 12,
        minute_of_day: 215,
        minutes: 18,
        title: (
            "Some pages are shown unedited",
            "一部のページが編集前の内容で表示される",
        ),
        first: (
            "At two places of the edge, edited pages are served as they were before.",
            "一部の配信拠点で、編集前のページが表示されています。",
        ),
        last: ("The stale copies were removed.", "古い複製を削除しました。"),
    },
    Past {
        component: "journeys",
        status: Status::DegradedPerformance,
        days_ago: 4,
        minute_of_day: 90,
        minutes: 75,
        title: ("Journeys start late", "ジャーニーの開始が遅れる"),
        first: (
            "Steps planned for the full hour start up to 20 minutes late.",
            "正時に予定されたステップの開始が、最大 20 分遅れています。",
        ),
        last: ("Steps start on time again.", "予定どおりに開始しています。"),
    },
];

pub(super) const OPEN_TITLE: Words = (
    "Data hub jobs take too long",
    "データハブのジョブに時間がかかっている",
);
pub(super) const OPEN_WHO: Words = (
    "Job flows that run through fixed addresses.",
    "固定 IP アドレスを使うジョブフロー。",
);
pub(super) const OPEN_CHECK: Words = (
    "The job's history shows \"time limit exceeded\" after 3 hours.",
    "ジョブの履歴に、3 時間後の「制限時間超過」が表示されます。",
);
pub(super) const OPEN_DO: Words = (
    "Please do not start failed jobs again by hand: we do so once this is mended.",
    "失敗したジョブを手動で再実行しないでください。復旧後にこちらで再実行します。",
);
pub(super) const OPEN_BODY: Words = (
    "One of our fixed egress addresses loses packets. We are moving jobs to the other one.",
    "固定の送信元アドレスの 1 つでパケットが失われています。もう一方へジョブを移しています。",
);
pub(super) const MAINTENANCE_TITLE: Words = ("Database upgrade", "データベースの更新");
pub(super) const MAINTENANCE_BODY: Words = (
    "The console and analytics can not be used for some minutes within this window.",
    "この時間帯のうち数分間、管理画面と分析を利用できません。",
);
pub(super) const ANNOUNCEMENT_TITLE: Words =
    ("Tag v1 ends next spring", "タグ v1 は来春に終了します");
pub(super) const ANNOUNCEMENT_BODY: Words = (
    "Please move to tag v2 by then. The guide stands in the console.",
    "それまでにタグ v2 への移行をお願いします。手順は管理画面にあります。",
);
