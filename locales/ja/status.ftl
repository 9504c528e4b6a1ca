# コンポーネント、障害、ページ全体の状態

status-operational = 正常
status-unknown = 測定なし
status-being-checked = 確認中
status-since = { $time } から
status-under-maintenance = メンテナンス中
status-under-maintenance-short = メンテナンス
status-degraded-performance = パフォーマンス低下
status-partial-outage = 一部障害
status-major-outage = 重大な障害

lifecycle-investigating = 調査中
lifecycle-identified = 原因特定
lifecycle-monitoring = 経過観察中
lifecycle-resolved = 解消
lifecycle-postmortem = 事後報告
lifecycle-scheduled = 予定
lifecycle-in-progress = 実施中
lifecycle-verifying = 確認中
lifecycle-completed = 完了
lifecycle-update = 続報

impact-none = なし
impact-maintenance = メンテナンス
impact-minor = 軽微
impact-major = 大
impact-critical = 重大

indicator-all-operational = すべて正常に稼働しています
indicator-major-system-outage = システム全体で重大な障害が発生しています
indicator-partial-system-outage = システムの一部で大きな障害が発生しています
indicator-minor-service-outage = 一部のサービスで障害が発生しています
indicator-degraded-system-service = システム全体でパフォーマンスが低下しています
indicator-partially-degraded-service = 一部のサービスでパフォーマンスが低下しています
indicator-under-maintenance = メンテナンスを実施しています
indicator-not-measured = 一部のシステムの状態を確認できていません
indicator-being-checked = 一部のシステムの状況を確認しています

duration-hours = { $count }時間
duration-minutes = { $count }分
duration-hours-minutes = { $hour_count }時間{ $minute_count }分
duration-plain-hours = { $count }時間
duration-plain-minutes = { $count }分
duration-plain-hours-minutes = { $hour_count }時間{ $minute_count }分
