# Japanese texts of the console, in です・ます.

console-title = 管理
console-skip = 本文へ移動
console-any = すべて
console-search = 検索
console-clear = 絞り込みを解除
console-status = 状態
console-created = 作成日時
console-last-login = 最終ログイン
console-never = なし
console-pages = ページ
console-first-page = 最初のページ
console-next-page = 次のページ
console-to-start = 最初に戻る

### Coming in

console-forbidden-title = このページは利用できません
console-forbidden = このページはお使いのアカウントでは利用できません。別のアカウントでログインするか、サイトの運営者にお問い合わせください。
console-factor-title = 2段階認証を有効にしてください
console-factor = このサイトの管理者には2段階認証が必要です。アカウントで有効にしてから、もう一度お越しください。
console-door = お待ちください。ログインを確認しています。
console-door-script = ログインを引き継ぐには、JavaScriptを有効にしてページを再読み込みしてください。

### Errors

console-trouble-not-found-title = 見つかりません
console-trouble-not-found = ここには何もありません。すでに削除された可能性があります。
console-trouble-invalid-title = 処理できませんでした
console-trouble-invalid = リクエストを解釈できませんでした。前のページに戻ってやり直してください。検索していた場合は、メールアドレスまたは名前をもう少し長く入力してください。
console-trouble-busy-title = 現在利用できません
console-trouble-busy = サーバーが混み合っているか、データベースに接続できません。しばらく待ってからページを再読み込みしてください。
console-trouble-broken-title = 問題が発生しました
console-trouble-broken = サーバーのログで時刻からリクエストを探し、ページを再読み込みしてください。

### Rooms

console-room-users = ユーザー

### Users

console-search-users = メールアドレスまたは名前
console-state = アカウント
console-state-enabled = 有効
console-state-disabled = 無効
console-state-locked-out = 失敗によるロック中
console-email-verified = 確認済み
console-email-unverified = 未確認
console-role = 権限
console-role-admin = 管理者
console-role-other = 管理者以外
console-mfa-on = オン
console-mfa-off = オフ
console-login-way = ログイン方法
console-login-way-password = パスワード
console-login-way-passkey = パスキー
console-users-none = 該当するアカウントはありません。
console-badge-disabled = 無効
console-badge-unverified = 未確認
console-badge-admin = 管理者
console-badge-factor = 2段階認証

console-yes = はい
console-no = いいえ
console-acts = 操作
console-time = 日時
console-added = 追加
console-used = 最終使用
console-linked = 連携
console-expires = 有効期限
console-unknown = 不明
console-to-users = ユーザー一覧に戻る

### Proof

console-your-password = ご自身のパスワード
console-your-password-hint = ログインから10分以上たっています。続けるには、ご自身のアカウントのパスワードを入力してください。
console-log-in-again = ログインから10分以上たっています。続けるには、もう一度ログインしてください。
console-log-in-again-submit = ログアウトしてもう一度ログイン
console-prove-passkey = パスキーを使用
console-prove-passkey-failed = パスキーを確認できませんでした。もう一度試すか、別の方法で本人確認をしてください。

### One account

console-account = アカウント
console-id = ID
console-updated = 更新日時
console-ended-before = これより前のセッションは終了
console-foreign-id = 以前のシステムでのID
console-failures = 数えられているログイン失敗
console-locked-out = ログインの失敗により、あと{ $minutes }分間ロックされています。期限:
console-lockout-left = ログインの失敗によりロックされています。残り時間:
console-lockout-over = ロックは終了しました。再びログインできます。現在の状態を見るには、ページを再読み込みしてください。
console-ways = ログイン方法
console-app = 認証アプリ
console-sms = SMSのコード
console-recovery-codes = 残りのリカバリーコード
console-passkey = パスキー
console-unlink = { $provider }との連携を解除
console-sessions = セッション
console-client = 端末
console-ip = IPアドレス
console-method = ログイン方法
console-began = ログイン日時
console-last-seen = 最終使用
console-this-session = このセッション
console-end-session = セッションを終了
console-more-sessions = ほかにもセッションがあります。「すべてのセッションを終了」で終了できます。
console-no-sessions = ログイン中のセッションはありません。
console-recent-events = 最近のイベント
console-event = イベント
console-actor = 実行者
console-no-events = イベントはありません。

### Changing an account

console-change-name = 名前を変更
console-change-name-hint = 名前を消すには空欄にしてください。
console-change-email = メールアドレスを変更
console-change-email-what = すべてのセッションが終了し、以前のアドレスに通知が届きます。チェックを入れない場合は、新しいアドレスに確認用のリンクが届きます。
console-new-email = 新しいメールアドレス
console-change-email-verified = 新しいアドレスは確認済み（リンクを送らない）
console-change-email-final = 以前のアドレスは使えないか他人のもの（変更を取り消せないようにする）
console-set-password = パスワードを設定
console-set-password-what = すべてのセッションが終了し、本人に通知が届きます。パスワードは安全な方法で伝えてください。できれば、本人が設定するためのリンクを送ってください。

### Acts

console-act-enable = 有効化してロックを解除
console-act-enable-what = すぐにまたログインできるようになります。アカウントが有効になり、ログインの失敗や誤ったコードは数えられなくなります。
console-act-verify = メールアドレスを確認済みにする
console-act-verify-what = リンクを使わずに、メールアドレスが確認済みになります。
console-act-resend-verification = メールアドレス確認用のリンクを送る
console-act-resend-verification-what = メールアドレスに新しいリンクが届きます。以前のリンクは使えなくなります。
console-act-send-reset = パスワード設定用のリンクを送る
console-act-send-reset-what = メールアドレスに、新しいパスワードを設定するためのリンクが届きます。
console-act-end-sessions = すべてのセッションを終了
console-act-end-sessions-what = すべての端末でログアウトし、送信済みのリンクは使えなくなります。
console-act-reset-factor = 2段階認証を無効にする
console-act-reset-factor-what = 電話番号、認証アプリ、リカバリーコードが削除されます。本人に通知が届きます。
console-act-remove-passkeys = パスキーを削除
console-act-remove-passkeys-what = 唯一のログイン方法であっても、すべてのパスキーが削除されます。本人に通知が届きます。
console-act-promote = 管理者にする
console-act-promote-what = この管理画面を使い、あなたと同じことがすべてできるようになります。
console-act-demote = 管理者の権限を外す
console-act-demote-what = この管理画面を使えなくなります。アカウントは残ります。
console-act-disable = アカウントを無効にする
console-act-disable-what = すべての端末でログアウトし、アカウントが再び有効になるまでログインできません。
console-act-delete = アカウントを削除
console-act-delete-what = アカウントとそのデータがすべて削除されます。元に戻すことはできません。
console-act-end-session = セッションを終了
console-act-end-session-what = 次のリクエストから、この端末でログアウトされます。
console-act-unlink = プロバイダーの連携を解除
console-act-unlink-what = このプロバイダーではログインできなくなります。アカウントは残ります。
console-act-pending-promote = アカウントを作成
console-act-pending-promote-what = リンクなしで登録をアカウントにし、メールアドレスは確認済みとみなされます。
console-act-pending-delete = 登録を削除
console-act-pending-delete-what = 登録は削除され、リンクは使えなくなります。もう一度登録できます。

### Many accounts

console-select = 選択
console-select-one = { $email }を選択
console-bulk-act = 選択したアカウントに対して
console-bulk-all = 条件に合うすべて
console-bulk-everyone = すべてのアカウント
console-bulk-preview = 内容を確認
console-export = CSVで書き出す
console-accounts = { $count }件のアカウント
console-accounts-others = ほか{ $count }件

### Creating an account

console-create = アカウントを作成
console-way = ログイン方法をどうしますか?
console-way-invite = パスワードを設定するための招待を送る
console-way-password = パスワードを設定する
console-way-none = どちらもしない（あとでリンクを送れます）
console-way-password-hint = 8文字以上。「パスワードを設定する」の場合にだけ使われます。
console-create-verified = メールアドレスは確認済み
console-create-admin = 管理者にする

### Pending registrations

console-room-pending = 確認待ち
console-pending-what = 登録したものの、メールのリンクをまだ開いていない人です。
console-pending-none = 確認待ちの登録はありません。
console-pending-promote = アカウントを作成
console-pending-delete = 削除

### What an act came to

console-done-enable = アカウントは有効で、すぐにログインできます。
console-done-verify = メールアドレスは確認済みになりました。
console-done-resend-verification = メールアドレス確認用のリンクを送信しています。
console-done-send-reset = パスワード設定用のリンクを送信しています。
console-done-end-sessions = アカウントのすべてのセッションが終了しました。
console-done-reset-factor = 2段階認証は無効になりました。
console-done-remove-passkeys = パスキーを削除しました。
console-done-promote = このアカウントは管理者になりました。
console-done-demote = このアカウントは管理者ではなくなりました。
console-done-disable = アカウントは無効になりました。
console-done-delete = アカウントを削除しました。
console-done-unchanged = 変更するものはありませんでした。
console-done-cap-spent = メールは送信されませんでした。このアドレスには直近1時間に送りすぎています。最後のリンクはまだ使えます。
console-done-session-ended = セッションを終了しました。
console-done-unlinked = 連携を解除しました。
console-done-name-changed = 名前を変更しました。
console-done-email-changed = メールアドレスを変更しました。
console-done-password-changed = パスワードを設定しました。
console-done-created = アカウントを作成しました。
console-done-invited = アカウントを作成し、招待を送信しています。
console-done-pending-promoted = アカウントを作成しました。
console-done-pending-deleted = 登録を削除しました。
console-done-nothing-selected = 先にアカウントを選択してください。
console-done-bulk = { $count }件で実行し、{ $others }件では実行しませんでした。
console-done-bulk-part = これまでに{ $count }件で実行し、{ $others }件では実行しませんでした。残りは次のとおりです。

### Why an act was refused

console-error-reauthentication_required = 続けるには、ご自身のパスワードを入力してください。
console-error-wrong_password = ご自身のパスワードと一致しません。
console-error-locked = 誤ったパスワードが多すぎます。数分待ってください。
console-error-last_superuser = 最後の有効な管理者です。先にほかの人を管理者にしてください。
console-error-account_disabled = アカウントが無効です。先に有効にしてください。
console-error-already_verified = メールアドレスはすでに確認済みです。
console-error-overtaken = その間にアカウントが変更されました。内容を確かめてから、やり直してください。
console-error-not_found = すでに存在しません。
console-error-email_taken = 別のアカウントがこのメールアドレスを使っています。
console-error-last_way_in = このアカウントの唯一のログイン方法です。先にパスワード設定用のリンクを送ってください。
console-error-email-missing = メールアドレスを入力してください。
console-error-email-value_error = ada@example.comのようなメールアドレスを入力してください。
console-error-email-string_too_long = メールアドレスが長すぎます。
console-error-email-email_not_reached = このアドレスにはメールが届きません。@の前に特殊な文字を含まないものを使ってください。
console-error-password-missing = パスワードを入力してください。
console-error-password-string_too_short = パスワードは8文字以上必要です。
console-error-password-string_too_long = パスワードが128文字を超えています。
console-error-password-password_too_weak = このパスワードは推測されやすすぎます。
console-error-name-string_too_long = 名前が200文字を超えています。
console-error-name-value_error = 名前の1文字に付いた記号が多すぎます。
console-error-q-search_too_broad = 検索に時間がかかりすぎます。メールアドレスまたは名前をもう少し長く入力してください。

### Filters of several rooms

console-filter-account = アカウント: メールアドレス（一部でも可）またはID
console-filter-several = 複数のアカウントが該当します。メールアドレスをもっと入力してください。
console-filter-nobody = 該当するメールアドレスのアカウントはありません。
console-filter-no-ip = 203.0.113.9のように、IPアドレス全体を入力してください。
console-and-more = ほかにもあります。

### Events

console-room-events = イベント
console-request = リクエストID
console-events-none = 該当するイベントはありません。
console-live-start = リアルタイムで見る
console-live-stop = 表示の更新を止める
console-live-hint = 新しいイベントは自動的にここに表示されます。
console-live-news = 新しいイベントが表示されました。
console-times = ×{ $count }

### Outbox

console-room-outbox = 送信トレイ
console-outbox-state = 待機中: { $waiting }件。失敗: { $failed }件。
console-outbox-oldest = 最も古いメッセージの待機開始:
console-messages = メッセージ
console-messages-none = メッセージはありません。送信済みのものは保存されません。
console-to-messages = メッセージの一覧に戻る
console-to = 宛先
console-filter-to = 宛先: メールアドレス、電話番号、URLの全体
console-kind = 種類
console-kind-email = メール
console-kind-sms = SMS
console-kind-webhook = Webhook
console-message-waiting = 待機中
console-message-failed = 失敗
console-attempts = 試行回数
console-queued = 登録日時
console-next-attempt = 次の試行
console-due = まもなく
console-last-error = 最後のエラー
console-retry = 今すぐ再試行
console-retry-all = 失敗したメッセージを再送信
console-retry-all-what = 条件に一致する失敗したメッセージをすべて、すぐに送信します。再び失敗したメッセージは、さらに1日間再試行されます。
console-delete = 削除
console-delete-message = メッセージを削除
console-delete-message-what = メッセージは送信されずに削除されます。この操作は取り消せません。
console-test = テストメッセージを送る
console-test-what = メッセージは送信トレイを通さず、すぐに送信されます。本文にはテストであることが書かれています。
console-test-no-mail = このサーバーはメールを送信しません。ログに書き込むだけです。
console-test-no-sms = このサーバーはSMSを送信しません。
console-test-to = 宛先
console-test-to-hint = メールアドレス、または+14155550123のような電話番号。
console-test-send = 送信
console-test-nothing = このサーバーはこの種類のメッセージを送信しないため、何も送信されませんでした。先に送信方法を設定してください。
console-test-late = 30秒以内に応答がありませんでした。それでも送信された可能性があります。届くかどうか確認してください。
console-test-refused = メッセージは受け付けられませんでした。応答:

### Sessions of all accounts

console-select-session = { $email }のセッションを選択
console-end-ticked = 選択したセッションを終了
console-end-all = 条件に一致するものをすべて終了
console-end-sessions = セッションを終了
console-end-all-what = 条件に一致するセッションが、現在お使いのものを除いてすべて終了します。利用者は再度ログインする必要があります。
console-end-ticked-what = 選択したセッション: { $count }件。すぐに終了し、利用者は再度ログインする必要があります。
console-sessions-none = 該当するセッションはありません。
console-page-empty = このページのセッションはすべて終了しています。次のページに進んでください。

### Webhooks

console-room-webhooks = Webhook
console-receivers = 受信先
console-receivers-none = 受信先は設定されていません。
console-url = URL
console-oldest = 最も古いもの
console-not-configured = 現在は設定されていません
console-deliveries = 配信
console-deliveries-hint = 待機中または失敗した配信です。成功したものは保存されません。

### What an act in these rooms came to

console-done-message-retried = メッセージを送信します。
console-done-message-deleted = メッセージを削除しました。
console-done-messages-retried = これから送信するメッセージ: { $count }件。
console-done-messages-retried-part = これから送信するメッセージ: { $count }件。残りがあります。続けて再送信してください。
console-done-test-sent = メッセージは受け付けられました。届くかどうか確認してください。
console-done-no-session-selected = 先にセッションを選択してください。
console-done-sessions-ended = 終了したセッション: { $count }件。すでに終了していたもの: { $others }件。
console-done-sessions-ended-part = 終了したセッション: { $count }件。残りがあります。続けて終了してください。
console-error-to-missing = メールアドレスまたは電話番号を入力してください。
console-error-to-value_error = ada@example.comのようなメールアドレス、または+14155550123のような電話番号を入力してください。
console-error-to-string_too_long = 宛先が長すぎます。
### Overview

console-room-overview = 概要
console-count-users = アカウント
console-count-disabled = 無効
console-count-unverified = 未確認
console-count-admins = 管理者
console-count-pending = 確認待ちの登録
console-count-waiting = 送信待ちのメッセージ
console-count-failed = 送信に失敗したメッセージ
console-oldest-message = 最も古い送信待ちのメッセージ：
console-days = 過去 30 日間（UTC）
console-days-table = すべての日を表示
console-day = 日付
console-day-registered = 登録
console-day-verified = 確認されたメールアドレス
console-day-logins = ログイン
console-day-failures = 失敗したログイン
console-overview-today = 今日：
console-overview-most = 1 日の最大：
console-overview-reload = 再読み込み
console-doctor = 動作確認
console-doctor-runs = 動作確認を実行中です。
console-doctor-well = { $checks ->
   *[other] { $checks } 件の動作確認はすべて正常です。
}
console-doctor-found = エラー：{ $failures } 件、警告：{ $warnings } 件
console-severity-failure = エラー
console-severity-warning = 警告

### The first administrator

console-set-up-title = 最初の管理者を作成
console-set-up = このサイトにはまだ管理者がいません。最初の管理者のメールアドレスとパスワードを決めてください。このリンクは一度しか使えません。
console-set-up-submit = 管理者を作成
console-set-up-dead-title = このリンクは使えなくなりました
console-set-up-dead = リンクが使用済みか期限切れ、またはすでに管理者がいます。管理者がいない場合は、サーバーを再起動すると新しいリンクが表示されます。コマンド regstack create-admin も使えます。

### Templates

console-room-templates = テンプレート
console-templates = すべてのメール、SMS、ページを見本の値で表示します。変更するには、extra_template_dirs のフォルダーに独自のファイルを置いてください。
console-templates-all = すべてのテンプレート
console-template = テンプレート
console-template-kind = 種類
console-template-mail = メール
console-template-sms = SMS
console-template-page = ページ
console-template-subject = 件名
console-template-text = テキスト
console-template-replaced = 置き換えたファイル
console-template-language = プレビューの言語
console-template-sample = 見本の値で表示しています。
console-template-broken = このテンプレートは表示できません：

### Keys

console-room-keys = キー
console-key-id = キー
console-key-expires = 有効期限
console-key-expired = 期限切れ
console-key-last-used = 最終使用日
console-service-keys = サービスキー
console-service-keys-what = サービスキーを使うと、独自のプログラムがセッションを確認したり、管理用 API を使ったりできます。
console-service-keys-none = サービスキーはありません。
console-service-key-new = サービスキーを作成
console-service-key-name-hint = プログラムの名前です。小文字の英字、数字、ピリオド、ハイフン、アンダースコアが使えます。
console-service-key-days = 有効期限までの日数
console-service-key-made = サービスキーを作成しました
console-service-key-once = 今すぐキーをコピーしてください。再び表示されることはありません。
console-scopes = できること
console-scope-introspect = セッションの確認
console-scope-admin-read = 管理用 API での閲覧
console-scope-admin-write = 管理用 API でのすべての閲覧と変更（サービスキーを除く）
console-signing-keys = 署名キー
console-signing-keys-what = セッションはキーペアで署名されています（{ $algorithm }）。プログラムは公開キーを /.well-known/jwks.json で取得できます。
console-signing-keys-secret = セッションはシークレットで署名されているため（{ $algorithm }）、キーペアはありません。シークレットを交換するには regstack secret rotate を使ってください。
console-signs-from = 署名の開始
console-verifies-until = 検証の終了
console-duty-announced = 公開済み
console-duty-signs = 署名中
console-duty-verifies = 検証のみ
console-act-rotate-key = 次の署名キーを作成
console-act-rotate-key-what = キーはすぐに公開され、プログラムが取得するための時間をおいてから署名に使われます。ログアウトされる人はいません。
console-act-rotate-key-now = すぐに署名に使う（プログラムはキーを取得し直すまで、そのトークンを拒否します）
console-act-remove-key = 署名キーを削除
console-act-remove-key-what = このキーで署名されたセッションはすべてすぐに終了し、もう一度ログインが必要になります。キーは、そのトークンがすべて期限切れになると自動で削除されます。
console-act-revoke-service-key = サービスキーを取り消す
console-act-revoke-service-key-what = プログラムは次のリクエストからこのキーを使えなくなります。この操作は元に戻せません。
console-done-key-rotated = 次の署名キーを作成しました。
console-done-key-removed = 署名キーを削除しました。
console-done-service-key-revoked = サービスキーを取り消しました。
console-error-key_name-missing = 名前を入力してください。
console-error-key_name-value_error = 小文字の英字、数字、ピリオド、ハイフン、アンダースコアを使い、英字か数字で始めてください。
console-error-scope-missing = キーでできることを選んでください。
console-error-expires_at-value_error = 1 から 3650 までの日数を入力するか、空欄にしてください。
console-error-name_taken = この名前のサービスキーはすでにあります。別の名前を選ぶか、先にそのキーを取り消してください。

### Settings

console-room-settings = 設定
console-settings = このサーバーが起動したときの設定と、その出どころです。シークレットは表示されません。変更するには、出どころで変更してからサーバーを再起動してください。
console-settings-elsewhere = このサーバーは別のプログラムの中で動いており、設定はそのプログラムが決めています。
console-settings-changed = 既定値と異なるものだけ
console-settings-none = 一致する設定はありません。
console-setting = 設定
console-setting-value = 値
console-setting-layer = 出どころ
console-setting-default = 既定値

### Backup

console-room-backup = バックアップ
console-act-back-up = バックアップをダウンロード
console-act-back-up-what = 現在のデータベースの、検査済みのコピーを取得します。すべてのアカウントとパスワードのハッシュが含まれるため、ほかの人が読めない場所に保管してください。シークレットのファイルも、別の場所に保管してください。それがないと、コピーの中のメールと 2 段階認証の情報は読めません。
console-backup-elsewhere = データベースは MongoDB で、専用のバックアップツールがあります。次のコマンドで、レプリカセットのバックアップを作成し、空のデータベースに復元して、すべてのセッションを終了します。バックアップの後にログアウトした人がいるかもしれないためです：
console-backup-secrets = シークレットのファイルも、別の場所に保管してください。それがないと、バックアップの中のメールと 2 段階認証の情報は読めません。
