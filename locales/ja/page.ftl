# すべてのページの枠、トップページ、履歴と稼働率のページ

# 枠
page-title = { $page } 稼働状況
page-title-of = { $title } | { $page } 稼働状況
page-description = { $page }の現在の稼働状況と、これまでの障害をお知らせします。
skip-to-content = 本文へ移動
language-switch = 言語
language-english = English
language-japanese = 日本語
theme-system = 表示テーマ：端末の設定に合わせる
theme-light = 表示テーマ：ライト
theme-dark = 表示テーマ：ダーク
own-time = お使いの地域の時刻：{ $time }
page-updated = このページが更新されました。{ $what }
tagline = システム稼働状況
subscribe-to-updates = 更新を受け取る
subscribe-short = 通知
subscribe-hint = 障害・メンテナンスの情報を、フィードリーダーで受け取れます。
current-status = 現在の状況
incident-history = 障害の履歴
uptime = 稼働率
incidents = 障害
announcements = お知らせ
no-announcements = 現在、お知らせはありません。
announcements-current = 掲載中のお知らせ
all-announcements = お知らせ一覧
announcements-past = これまでのお知らせ
announcement-window = 掲載期間：{ $window }
footer-links = リンク
footer-atom = Atom フィード
footer-rss = RSS フィード
footer-api = API について
footer-verify = この記録を検証する
footer-times = 時刻はすべて { $zone } です。
footer-record = 記録 第 { $number } 号
powered-by = { $name } で公開しています
company-link = 運営会社のサイト
support-link = サポート
show-more = さらに表示
days-back = 現在の状況に戻る

# 上部の帯
as-of = { $time } 現在
not-measured-since = { $time } から測定できていません
not-measured-notice = { $component }は { $time } から測定できていません。
stale-copy = { $time } 以降の状況を取得できていません。表示しているのは、その時点の内容です。
not-updated-since = 現在、このページを更新できません。表示しているのは { $time } 時点の状況です。
outside-the-record = *記録システムの外から掲載した緊急のお知らせです。{ $time } まで表示します。*
copy-grows-old = このページは { $time } に作成した写しを表示しています。
horizon = { $total_count }システム中{ $good_count }システムが正常
held-until = 運用担当者の判断による表示です（{ $time } まで）
contradiction = 自動測定で、{ $component }に { $time } から問題が見られます。現在、確認しています。
contradiction-said = { $component }は「{ $status }」と表示していますが、自動測定では { $time } から問題が見られます。現在、確認しています。
still-held-by = 引き続き「{ $status }」です（{ $holders }による）
held-by = { $holders }による表示です
held-by-nobody = 運用担当者の判断

# システム
components = システム
component = システム
no-components = システムはまだ登録されていません。
component-about = { $component }について
depends-on = { $names }に依存しています
third-party = 他社のサービス
legend = 凡例
status-column = 状態
duration-column = 時間
date-column = 日付
related-column = 障害・メンテナンス
days-ago = { $count }日前
today = 今日
percent-uptime = 稼働率 { $percent } %
percent-uptime-of = { $component }の過去{ $count }日間の稼働率：{ $percent } %
uptime-unknown = データなし
no-downtime = この日に停止の記録はありません。
no-data = この日のデータはありません。
no-downtime-on-other-days = ほかの日に停止の記録はありません。
days-with-events = { $component }に停止の記録がある日
related = 関連
nothing-related = この停止に関連する障害・メンテナンスはありません。
components-major-outage = { $count }システムで重大な障害が発生しました。
components-partial-outage = { $count }システムで一部障害が発生しました。
components-degraded = { $count }システムでパフォーマンスが低下しました。
components-maintenance = { $count }システムでメンテナンスを実施しました。
components-not-measured = { $count }システムを測定できませんでした。
day-major-outage = 重大な障害 { $duration }
day-partial-outage = 一部障害 { $duration }
day-degraded = パフォーマンス低下 { $duration }
day-maintenance = メンテナンス { $duration }
day-not-measured = 測定なし { $duration }
day-spoken = { $date }：{ $words }

# 過去の障害
past-incidents = 過去の障害
past-days = 直近{ $count }日
today-stands-above = 現在の状況は、このページの上部をご覧ください。
today-not-told = 障害の報告はまだありません。各システムの現在の状態は、上の一覧をご覧ください。
today-under-maintenance = メンテナンスを実施しています。詳しくは上部をご覧ください。
today-not-measured = 現在、測定できていないシステムがあります。詳しくは上部をご覧ください。
no-incidents-today = 本日、障害の報告はありません。
no-incidents = 障害の報告はありません。
read-postmortem = 事後報告を読む
read-details = 詳細を読む
scheduled-maintenance = メンテナンスの予定
incident-in-progress = 対応中の障害
maintenance-in-progress = 実施中のメンテナンス
all-past-incidents = これまでの障害をすべて見る

# 履歴
no-incidents-in-month = この月に障害の報告はありません。
no-incidents-match = 条件に合う障害はありません。
previous-page = 前のページ
next-page = 次のページ
earlier-months = 以前の月
later-months = 以降の月
pages = ページ
filter = 絞り込み
filter-apply = 表示する
filter-clear = 絞り込みを解除する
filter-component = システム
filter-impact = 影響度
filter-month = 月
filter-all-components = すべてのシステム
filter-all-impacts = すべての影響度
filter-all-months = すべての月
search = 検索
search-label = 障害を検索
search-results = 「{ $words }」に一致する障害：{ $count }件
search-nothing = 「{ $words }」に一致する障害はありません。
search-hint = 言葉を減らすか、月・コンポーネント・影響度の条件を変えてお試しください。
search-title = 「{ $words }」の検索結果
search-range = { $total }件中 { $first }〜{ $last }件目

# 稼働率
uptime-of = { $component }の稼働率
uptime-over = 過去{ $count }日間の稼働率
uptime-view-history = これまでの稼働率を見る
uptime-earlier = 前の3か月
uptime-later = 次の3か月
uptime-months = { $first }〜{ $last }
uptime-choose = システムを選ぶ
uptime-none-shown = このページでは稼働率を公開していません。
uptime-how = 稼働率は、対象の時間から停止時間を除いた割合です。重大な障害はその時間のすべてを、一部障害は 0.3 倍を停止時間として数え、パフォーマンス低下とメンテナンスは数えません。測定できなかった時間は対象から除きます。小数第3位以下は切り捨てます。
uptime-days-recorded = 記録のある日
uptime-month-figure = { $month }：{ $percent } %
future-day = まだ来ていない日

# フィード
feed-title = { $page } 稼働状況 - 障害の履歴
feed-atom-title = { $page } 障害の履歴 - Atom フィード
feed-rss-title = { $page } 障害の履歴 - RSS フィード
calendar-title = { $page } のメンテナンス予定
calendar = カレンダー
add-to-calendar = カレンダーに追加
maintenance-calendar = メンテナンスのカレンダー
embed-home = 詳細を見る
embed-close = 閉じる
feed-scheduled-event = メンテナンスのお知らせ { $window }
badge-label = 稼働状況
badge-uptime-label = 稼働率（{ $count }日間）
badge-uptime-label-of = { $component } 稼働率（{ $count }日間）

# 表示できないとき
not-found-title = ページが見つかりません
not-found = このアドレスにページはありません。移動したか、初めから存在しない可能性があります。
not-found-link = 現在の状況を見る
error-title = このページを表示できません
error = こちらの問題でエラーが発生しました。エラーは記録しました。数分後にもう一度お試しください。
error-bad-request = このアドレスは正しくありません。
error-too-many = お使いのネットワークからのアクセスが多すぎます。1分後にもう一度お試しください。
error-unavailable = ページの準備中です。しばらくしてからもう一度お試しください。
error-request-id = リクエスト番号：{ $request_id }
unknown-host-title = 稼働状況のページがありません
unknown-host = { $host } に対応する稼働状況のページはありません
unknown-host-hint = このホストでページを表示するには、設定でページのアドレスに登録してください。
