# 管理画面：運用担当者が読む言葉。

console-skip = 本文へ
console-screens = 画面
console-menu = メニュー
console-waiting = 件が対応待ち
console-switch-page = ページを切り替える
console-see-page = 公開ページを見る
console-pages = ページ
console-pages-none = 閲覧できるページがありません。管理者に権限の付与を依頼してください。
console-to-start = 管理画面の最初へ
console-system = システム

console-error-unknown = サインインしていません
console-error-unknown-more = サインインしてから、もう一度この画面を開いてください。
console-error-forbidden = この操作は許可されていません
console-error-forbidden-more = このページでのあなたの権限では行えません。ページの管理者にご相談ください。
console-error-missing = ここには何もありません
console-error-missing-more = 画面が存在しないか、閲覧が許可されていません。
console-error-busy = いまは実行できません
console-error-busy-more = 処理が集中しているか、記録に接続できません。しばらくしてからもう一度お試しください。公開ページは表示を続けています。
console-error-failed = エラーが発生しました
console-error-failed-more = サーバーのログに番号 { $number } で記録しています。
console-error-refused = その操作はできません

console-told-hold-ended = 固定を解きました。
console-told-status-set = 状態を変更しました。

console-now = いま
console-now-subtitle = { $time } 現在　{ $count ->
    [0] 対応が必要なものはありません
   *[other] 対応が必要なもの { $count }件
}
console-count = { $count }件
console-now-promises = 更新の約束
console-now-contradictions = 発表と測定の食い違い
console-now-open = 起きていること
console-now-calm = 進行中の障害も、対応が必要なものもありません。
console-now-without = 障害報告のない状態表示
console-now-held = 固定している状態
console-now-postmortems = 未公開の事後報告
console-overdue-by = { $duration } 超過
console-due-in = あと{ $duration }
console-until = { $time } まで
console-since = { $time } から
console-reminded-at = { $time } にお知らせします。
console-promised-by = { $time } までの更新をお約束しています。
console-promised-when = 「{ $words }」の更新をお約束しています。
console-promise-shown-late = 公開ページに、約束の時刻を過ぎていることを表示しています。
console-postmortem-owed = 事後報告をお約束しています。
console-contradiction = { $component }：公開は「{ $public }」、測定は「{ $measured }」
console-contradiction-shown = 公開ページにも表示しています。
console-contradiction-from = { $time } から公開ページにも表示します。
console-contradiction-never = 設定により、公開ページには表示しません。
console-held-until = { $time } まで固定しています（理由：{ $reason }）。
console-end-hold = 固定を解く
console-hold-reason = 担当者が固定しています。理由：{ $reason }
console-no-text-in = { $languages }の本文がまだありません
console-well-since = { $time } から測定は正常です。解消しましたか。
console-end-status = 正常に戻す
console-said-without = 障害報告なしで状態だけを表示しています。公開ページに説明はありません。
console-no-components = システムがまだありません。
console-no-monitor = 測定していません
console-lane-declared = 発表
console-lane-measured = 測定
console-lane-public = 公開
