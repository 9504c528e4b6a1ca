# 二要素認証。

factor = 二要素認証
factor-on = パスワードの後に確認コードを求めます。リカバリーコードは残り { $count } 個です。
factor-off = パスワードだけでサインインできます。
factor-set = 二要素認証を使う
factor-set-more = 次のキーを認証アプリに登録し、表示されたコードを入力してください。
factor-open = このデバイスのアプリで開く
factor-leave = やめる
factor-not-set = コードまたはパスワードが正しくありません。
factor-drop = 二要素認証を外す
factor-told-dropped = 二要素認証を外しました。
factor-code = もう一段階の確認
factor-code-more = 認証アプリに表示されたコード、またはリカバリーコードを入力してください。
factor-code-label = コード
factor-wrong = コードが正しくないか、すでに使われています。
factor-begin-again = 最初からやり直す
factor-recovery = リカバリーコード
factor-recovery-more = アプリを使えなくなったとき、それぞれ一度だけサインインに使えます。再び表示されることはありません。いま控えてください。
factor-kept = 控えました
