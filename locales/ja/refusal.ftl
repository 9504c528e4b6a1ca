# 操作を受け付けられない理由

refusal-not-found = { $kind }「{ $id }」はこのページにありません
refusal-taken = { $kind }「{ $id }」はすでに使われています。別の値にしてください
refusal-bad-id = 識別子「{ $id }」は a〜z と 0〜9 の 1〜{ $most_count }文字にしてください
refusal-empty = { $field } を入力してください
refusal-too-long = { $field } は { $given_count } あり、上限の { $most_count } を超えています
refusal-foreign-locale = { $field } に、このページで使わない言語（{ $language }）の文があります
refusal-unsayable = 状態「{ $status }」は測定の結果であり、指定できません
refusal-wrong-kind = 状態「{ $status }」はこの種類では使えません
refusal-empty-window = 終了（{ $to }）は開始（{ $from }）より後の時刻にしてください
refusal-in-future = { $field }（{ $at }）に未来の時刻は指定できません
refusal-too-far = { $field }（{ $at }）は { $day_count }日より先です
refusal-in-past = { $field }（{ $at }）は未来の時刻にしてください
refusal-dependency-cycle = { $id } が、ほかを介して自分自身に依存してしまいます
refusal-idle-hold = { $id } を固定しても何も変わりません（測定がないか、申告のみの方針です）
refusal-not-resolved = 事後報告は、障害が解消してから公開できます
refusal-no-postmortem = この障害には、公開済みの事後報告がありません
refusal-promise-closed = この約束はすでに終わっています
refusal-maintenance-only = { $field } はメンテナンスだけで使えます
refusal-no-plan = メンテナンスには scheduled_for と scheduled_until が必要です
refusal-retired = { $id } は廃止されています
refusal-bad-rule = 繰り返しの規則「{ $rule }」を読み取れません：{ $reason }
refusal-bad-setting = { $field } の値が正しくありません：{ $reason }
refusal-changed = その間に変更されています。現在は「{ $stands }」、送られたのは「{ $sent }」です
refusal-empty-group = グループには、1つ以上のコンポーネントが必要です
refusal-undo-over = 削除から30日を過ぎているため、元に戻せません
refusal-not-deleted = これは削除されていません
