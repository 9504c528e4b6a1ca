# 公開 API の説明

api-title = 稼働状況 API
api-intro = このページの内容は、プログラムからも取得できます。応答は JSON 形式で、認証キーは不要です。どの Web サイトからも呼び出せます。
api-base = アドレス
api-limits = 応答は数秒間保存される場合があります。受け取った ETag を If-None-Match に付けて送ると、変更がないときはその旨だけを返します。
api-example = 例
api-field = 項目
api-meaning = 意味
api-path = パス
api-answer = 内容
api-summary = 全体の状況、コンポーネント、対応中の障害、予定または実施中のメンテナンスをまとめて返します。
api-status = 全体の状況を、指標と文で返します。
api-components = すべてのコンポーネントとその状態を返します。
api-incidents = 新しい順に50件の障害を、その経過とともに返します。
api-incidents-unresolved = 対応中の障害を返します。
api-maintenances = 新しい順に50件のメンテナンスを返します。
api-maintenances-upcoming = まだ始まっていないメンテナンスを返します。
api-maintenances-active = 実施中のメンテナンスを返します。
api-indicator-values = 指標は { $values } のいずれかです。
api-status-values = コンポーネントの状態は { $values } のいずれかです。
api-lifecycle-values = 障害の状態は { $values } のいずれかです。
api-impact-values = 障害の影響度は { $values } のいずれかです。
api-feeds = フィード
api-feeds-intro = 障害とメンテナンスは、Atom と RSS でも配信しています。
api-record = 記録
api-record-intro = このページで公開した内容はすべて、誰でも検証できる連続した記録として残しています。
