//! The made-up company: its name, its twelve systems and how they stand in groups.

use noroshi_domain::{Locale, Texts};

/// A text in English and in Japanese.
pub(super) type Words = (&'static str, &'static str);

/// The company's name.
pub(super) const NAME: Words = ("Asagiri", "アサギリ");
/// What the page says of itself.
pub(super) const ABOUT: Words = (
    "The status of Asagiri's customer-experience platform.",
    "顧客体験プラットフォーム「アサギリ」の稼働状況をお知らせします。",
);
/// Where the company works.
pub(super) const ZONE: &str = "Asia/Tokyo";

/// One system.
pub(super) struct System {
    pub(super) code: &'static str,
    pub(super) name: Words,
    pub(super) description: Words,
    pub(super) group: &'static str,
    /// Its bars stand on the front page.
    pub(super) showcase: bool,
    pub(super) depends_on: &'static [&'static str],
}

/// Both languages of a text.
pub(super) fn texts(words: Words) -> Texts {
    Texts::of(Locale::En, words.0).with(Locale::Ja, words.1)
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
        showcase: false,
        depends_on,
    }
}

/// Groups and their names.
pub(super) const GROUPS: &[(&str, Words)] = &[
    ("collect", ("Data collection", "データ収集・連携")),
    ("talk", ("Visitor engagement", "接客・コミュニケーション")),
    ("run", ("Team workspace", "管理・分析")),
];

/// The twelve systems.
pub(super) const SYSTEMS: &[System] = &[
    System {
        showcase: true,
        ..system(
            "tracking",
            "collect",
            ("Event tracking", "イベント計測"),
            (
                "Receives what visitors do on your sites and in your apps.",
                "サイトやアプリでの来訪者の行動を受け付けます。",
            ),
            &[],
        )
    },
    system(
        "publicapi",
        "collect",
        ("Public API v2", "公開API v2"),
        (
            "Lets your own programs read and write data.",
            "お客さまのシステムからデータを参照・更新するためのAPIです。",
        ),
        &[],
    ),
    System {
        showcase: true,
        ..system(
            "datahub",
            "collect",
            ("Data hub job flows", "データハブ（ジョブフロー）"),
            (
                "Moves data in and out on a schedule. A job may run for three hours at most.",
                "データの取り込みと書き出しを定期実行します。1ジョブの上限は3時間です。",
            ),
            &["publicapi"],
        )
    },
    system(
        "inpage",
        "talk",
        ("In-page messages", "Web接客配信"),
        (
            "Shows pop-ups and banners on your sites.",
            "サイト上にポップアップやバナーを表示します。",
        ),
        &["tracking"],
    ),
    system(
        "chat",
        "talk",
        ("Chat", "チャット"),
        (
            "Connects visitors with your support team.",
            "来訪者とオペレーターの会話をつなぎます。",
        ),
        &[],
    ),
    system(
        "blocks",
        "talk",
        ("Page-editing blocks", "ページ編集ブロック"),
        (
            "Serves the parts of your pages that you edited without a release.",
            "編集したページのブロックを配信します。",
        ),
        &[],
    ),
    system(
        "messages",
        "talk",
        ("Message delivery", "メッセージ配信"),
        (
            "Sends email, LINE and push messages.",
            "メール・LINE・プッシュ通知を配信します。",
        ),
        &[],
    ),
    system(
        "journeys",
        "talk",
        ("Journeys", "ジャーニー"),
        (
            "Runs campaigns step by step, as planned.",
            "シナリオの各ステップを予定どおりに実行します。",
        ),
        &["datahub", "messages"],
    ),
    system(
        "suggestions",
        "talk",
        ("Support suggestions", "サポートサジェスト"),
        (
            "Finds help articles for what a visitor types.",
            "入力内容に応じてヘルプ記事を提案します。",
        ),
        &[],
    ),
    system(
        "console",
        "run",
        ("Admin console", "管理画面"),
        (
            "Where your team signs in and works.",
            "ご担当者さまがログインして操作する画面です。",
        ),
        &[],
    ),
    system(
        "analytics",
        "run",
        ("Analytics", "分析・レポート"),
        (
            "Counts, compares and reports.",
            "集計と比較、レポートの作成を行います。",
        ),
        &["tracking"],
    ),
    system(
        "live",
        "run",
        ("Live session view", "ライブビュー"),
        (
            "Shows who is on your site right now.",
            "いまサイトにいる来訪者の動きを表示します。",
        ),
        &["tracking"],
    ),
];
