# Japanese, in the polite form (です・ます). Full-width punctuation, without a space between sentences; a half-width space around
# Latin letters and figures.

language-name = 日本語
email-address = メールアドレス
password = パスワード
new-password = 新しいパスワード
current-password = 現在のパスワード
full-name = 名前
language = 言語
optional = 任意
code = コード
phone-number = 電話番号
log-in = ログイン
log-out = ログアウト
back-to-log-in = ログインに戻る
get-new-link = 新しいリンクを取得
send-link = リンクを送信
send-new-link = 新しいリンクを送信
send-code = コードを送信
send-new-code = 新しいコードを送信
contact-support = サポートに連絡
cancel = キャンセル
check-your-email = メールをご確認ください
go-to-account = アカウントへ移動
already-have-account = アカウントをお持ちですか？
needs-javascript = このページには JavaScript が必要です。有効にしてページを再読み込みしてください。
continue-to-app = { $app } へ進む
footer-help = ヘルプ
footer-terms = 利用規約
footer-privacy = プライバシー
footer-imprint = 運営者情報
page-description = { $app } へのログイン、アカウントの作成と管理ができます。

login-title = ログイン
login-forgot = パスワードをお忘れですか？
login-new-here = はじめてご利用ですか？
login-create-account = アカウントを作成

register-title = アカウントを作成
register-submit = アカウントを作成
register-closed-title = 新規登録は受け付けていません
register-closed = { $app } に参加するには招待が必要です。サポートにお問い合わせください。
register-sent = { $email } にリンクを送信しました。リンクを開いてメールアドレスを確認し、ログインしてください。
register-sent-email = ご入力のメールアドレス
register-no-email = 届かない場合は迷惑メールフォルダをご確認ください。有効なのは最新のリンクのみです。
register-wrong-email = メールアドレスが違いますか？
register-change-email = 変更する

verify-title = メールアドレスの確認
verify-with-password = 登録時に設定したパスワードを入力してください。
verify-lead = このメールアドレスがご自身のものであることを確認してください。
verify-submit = メールアドレスを確認
verify-already = 確認済みですか？
verify-done-title = メールアドレスを確認しました
verify-done = アカウントをご利用いただけます。
verify-new-title = 新しいリンクを取得
verify-new = メールアドレスを入力すると、確認用のリンクをお送りします。

forgot-page-title = パスワードをお忘れの場合
forgot-title = パスワードをお忘れですか？
forgot-lead = メールアドレスを入力すると、新しいパスワードを設定するためのリンクをお送りします。
forgot-sent = { $email } のアカウントがある場合は、リンクをお送りしています。
forgot-sent-email = このメールアドレス
forgot-no-email = 届かない場合は迷惑メールフォルダをご確認いただくか、{ $link }。
forgot-no-email-link = 別のメールアドレスをお試しください

reset-title = 新しいパスワードの設定
reset-lead = ほかのすべてのデバイスからログアウトされます。
reset-submit = パスワードを保存

change-email-title = 新しいメールアドレスの確認
change-email-lead = 今後はこのアドレスでログインします。すべてのデバイスからログアウトされます。
change-email-submit = 新しいメールアドレスを使用
change-email-done-title = メールアドレスを変更しました
change-email-done = 今後は { $email } でログインしてください。
change-email-done-email = 新しいメールアドレス

undo-title = メールアドレスの変更を取り消す
undo-lead = アカウントのメールアドレスを元に戻します。すべてのデバイスからログアウトされ、新しいパスワードを設定していただきます。
undo-submit = 変更を取り消す
undo-failed = お困りの場合はサポートにお問い合わせください。
undo-done-title = 元のメールアドレスに戻しました
undo-done = アカウントのメールアドレスを { $email } に戻し、すべてのデバイスからログアウトしました。ほかの人がログインできないよう、今すぐ新しいパスワードを設定してください。
undo-done-email = 以前のアドレス
undo-done-submit = 新しいパスワードを設定

invite-title = { $app } へようこそ
invite-lead = アカウントのパスワードを設定してください。
invite-submit = パスワードを保存
invite-dead = 招待元の方に、新しい招待をご依頼ください。

mfa-title = コードの入力
mfa-lead = { $phone } に { $digits } 桁のコードを送信しました。有効期限は { $minutes } 分です。
mfa-your-phone = お使いの電話
mfa-wrong-number = 番号が違う場合は、サポートにご連絡ください。
mfa-wrong-number-link = 番号が違いますか？{ $link }
mfa-lead-app = 認証アプリに表示されている 6 桁のコードを入力してください。
mfa-lead-recovery = リカバリーコードを 1 つ入力してください。各コードは 1 回だけ使えます。
mfa-recovery-code = リカバリーコード
mfa-use-app = 認証アプリを使う
mfa-use-sms = 電話にコードを送信する
mfa-use-recovery = リカバリーコードを使う

error-page-not-found-title = ページが見つかりません
error-page-not-found = アドレスをご確認ください。ページが移動した可能性があります。
error-page-form-title = 処理できませんでした
error-page-form = ページの準備ができる前にフォームが送信されました。何も変更されていません。JavaScript を有効にし、前のページに戻って再読み込みしてください。
error-page-busy-title = ただいま混み合っています
error-page-busy = しばらく待ってから、ページを再読み込みしてください。
error-page-broken-title = エラーが発生しました
error-page-broken = サーバー側の問題です。しばらく待ってから、もう一度お試しください。

me-title = アカウント
me-profile = プロフィール
me-security = セキュリティ
me-change = 変更
me-close = 閉じる
me-member-since = 登録日
me-name-submit = 名前を保存
me-password-hint = ほかのすべてのデバイスからログアウトされます。
me-password-submit = パスワードを変更
me-email-hint = 新しいメールアドレスにリンクをお送りします。リンクを開くまで変更されません。
me-new-email = 新しいメールアドレス
me-language-hint = ページとメールの言語です。
me-language-submit = 言語を保存
me-two-step = 2 段階認証
me-phone-hint = 国番号から入力してください（例：{ $example }）。
me-two-step-on = 有効にする
me-two-step-off = 無効にする
me-phone-again = 別の番号を使用
me-sessions = ログイン中のデバイス
me-sessions-hint = 心当たりのないデバイスがある場合は、ログアウトさせてパスワードを変更してください。
me-sessions-end-others = ほかのすべてのデバイスからログアウト
me-sms = SMS のコード
me-app = 認証アプリ
me-app-hint = 30 秒ごとに新しいコードを表示するアプリを使います。
me-app-start = アプリを設定する
me-app-scan = アプリで読み取り、表示された 6 桁の数字を入力してください。
me-app-type = 読み取れない場合は、このキーを入力してください。
me-app-remove = アプリを削除する
me-codes = リカバリーコード
me-codes-hint = ほかのコードがないときにログインに使います。新しいコードを作成すると、以前のコードは使えなくなります。
me-codes-new = 新しいコードを作成する
codes-title = リカバリーコードの保存
codes-lead = 電話がないときに、1 つにつき 1 回ログインできます。安全な場所に保管してください。再度表示することはできません。
codes-copy = コピー
codes-download = ダウンロード
codes-print = 印刷
codes-done = コードを保存しました
me-delete = アカウントを削除
me-delete-hint = アカウントとデータが完全に削除されます。この操作は取り消せません。
me-delete-title = アカウントを削除しますか？
me-delete-what = アカウント { $email } と、その名前、電話番号、セッションが完全に削除されます。この操作は取り消せません。

js-notice-expired = ログアウトされました。続けるにはログインしてください。
js-notice-left = ログアウトしました。
js-notice-language = 言語を保存しました。
js-notice-password = パスワードを変更しました。新しいパスワードでログインしてください。
js-notice-invited = パスワードを保存しました。ログインしてご利用を開始してください。
js-notice-deleted = アカウントを削除しました。
js-notice-code = コードの有効期限が切れたか、入力を間違えた回数が多すぎます。もう一度ログインして新しいコードを取得してください。

error-invalid_credentials = メールアドレスまたはパスワードが正しくありません。登録したばかりの場合は、先にメールのリンクを開いてください。
error-account_disabled = このアカウントは無効になっています。サポートにお問い合わせください。
error-email_unverified = メールアドレスがまだ確認されていません。
error-locked = ログインに失敗した回数が多すぎます。
error-code_budget_spent = コードを間違えた回数が多すぎます。
error-rate_limited = 操作の回数が多すぎます。
error-overloaded = ただいま混み合っています。
error-unavailable = 現在ご利用いただけません。しばらくしてからお試しください。
error-wrong_password = パスワードが正しくありません。
error-password_unchanged = 現在のパスワードと同じです。別のものを設定してください。
error-same_email = 現在のメールアドレスと同じです。
error-email_taken = このメールアドレスのアカウントはすでに存在します。
error-invalid_phone = 電話番号を国番号から入力してください（例：+44 20 7946 0018）。
error-wrong_code = コードが正しくありません。有効なのは最新のコードのみです。
error-code_expired = コードの有効期限が切れています。
error-no_code = このコードは使用済みか、新しいコードに置き換えられたか、入力を間違えた回数が多すぎます。
error-invalid_token = このリンクは有効期限が切れているか、すでに使用されています。
error-missing_token = リンクが不完全です。メールからもう一度開いてください。
error-registration_disabled = 現在、新規登録は受け付けていません。
error-cross_site = このアドレスからはログインできません。サポートにお問い合わせください。
error-last_superuser = ほかに管理者がいません。先にほかの方を管理者にしてください。
error-mfa_not_enabled = 2 段階認証はすでに無効です。
error-no_storage = ブラウザがこのサイトのデータ保存をブロックしています。ログイン状態を保つには許可してください。
error-offline = オフラインです。インターネットに接続してからお試しください。
error-away = サーバーに接続できません。しばらくしてからお試しください。
error-late = サーバーの応答に時間がかかっています。もう一度試す前に、処理が完了していないかご確認ください。
error-internal = サーバー側で問題が発生しました。しばらくしてからお試しください。
error-other = 処理できませんでした。ページを再読み込みしてお試しください。

js-quote-code = { $problem }繰り返し発生する場合は、次のコードをお知らせください：{ $code }
js-wait = { $problem }{ $time }後にもう一度お試しください。
js-wait-over = もう一度お試しいただけます。
js-working = お待ちください…
js-again-in = あと { $time } で再送信できます。
js-again-now = 再送信できます。
js-unlock = { $link }と、すぐにロックを解除できます。
js-unlock-link = パスワードを再設定する
js-hours = { $hours } 時間 { $minutes } 分
js-minutes = { $minutes } 分 { $seconds } 秒
js-seconds = { $seconds } 秒
js-try-again = 再試行
js-get-new-link = 新しいリンクを取得
js-log-in = ログイン
js-cancel = キャンセル
js-confirm = 確認
js-confirm-asked = ご自身による操作であることを確認してください。

js-show = 表示
js-hide = 非表示
js-show-password = パスワードを表示
js-hide-password = パスワードを隠す
js-password-rule = { $count ->
   *[other] { $count } 文字以上。関連のない単語をいくつか並べるのがおすすめです。
}
js-enter-password = パスワードを入力してください。
js-choose-password = パスワードを設定してください。
js-enter-email = メールアドレスを入力してください。
js-enter-new_email = 新しいメールアドレスを入力してください。
js-enter-code = コードを入力してください。
js-enter-recovery_code = リカバリーコードを入力してください。
js-enter-phone_number = 電話番号を入力してください。
js-required = { $field }を入力してください。
js-digits-only = 数字のみを入力してください。
js-password-short = { $count ->
   *[other] { $count } 文字以上にしてください。
}
js-too-short = { $count ->
   *[other] { $field }は { $count } 文字以上にしてください。
}
js-too-long = { $count ->
   *[other] { $field }は { $count } 文字以内にしてください。
}
js-too-long-unknown = { $field }が長すぎます。
js-password-weak = このパスワードは推測されやすいものです。関連のない単語をいくつか並べるのがおすすめです。
js-format = { $field }の形式が正しくありません。
js-email-format = ada@example.com のような形式でメールアドレスを入力してください。
js-email-unreached = このメールアドレスにはメールを送信できません。@ より前に特殊な文字のないアドレスを使用してください。
js-field = この項目

js-verify-sent = { $email } にリンクを送信しました。リンクを開いてメールアドレスを確認してください。
js-verify-resent = このメールアドレスがまだ確認されていない場合は、新しいリンクをお送りしています。
js-verify-done = メールアドレスを確認しました。ログインできます。
js-forgot-sent = このメールアドレスのアカウントがある場合は、リンクをお送りしています。
js-email-changed = メールアドレスを変更しました。新しいアドレスでログインしてください。
js-email-undone = 元のメールアドレスに戻しました。今すぐ新しいパスワードを設定してください。
js-password-changed = パスワードを変更しました。ほかのすべてのデバイスからログアウトしました。
js-session-unknown = 不明なデバイス
js-session-current = このデバイス
js-session-seen = 最終利用：{ $time }
js-session-since = ログイン：{ $time }（{ $method }）
js-session-from = IP アドレス：{ $ip }
js-session-by-password = パスワード
js-session-by-password-sms = パスワードと SMS のコード
js-session-by-password-totp = パスワードと認証アプリ
js-session-by-password-recovery-code = パスワードとリカバリーコード
js-session-end = ログアウト
js-session-end-named = { $device } からログアウト
js-session-ended = { $device } からログアウトしました。
js-sessions-ended = ほかのすべてのデバイスからログアウトしました。
js-email-change-sent = { $email } にリンクを送信しました。リンクを開いてメールアドレスを変更してください。
js-name-saved = 名前を保存しました。
js-name-missing = 未設定
js-yes = はい
js-no = いいえ
js-confirmed = 確認済み
js-unconfirmed = 未確認
js-on = オン
js-off = オフ
js-delete-sure = アカウントを削除しますか？この操作は取り消せません。
js-delete = アカウントを削除
js-still-logged-in = まだログインしています。{ $problem }
js-code-sent = { $phone } にコードを送信しました。
js-code-resent = 新しいコードを送信しました。以前のコードは使えません。
js-code-again = { $problem }新しいコードを取得してください。
js-two-step-is-on = 有効です。ログイン時に { $phone } へコードを送信します。
js-two-step-is-off = 無効です。有効にすると、パスワードと電話に届くコードでログインします。
js-two-step-turned-on = 2 段階認証を有効にしました。ログイン時にコードの入力が必要です。
js-two-step-turned-off = 2 段階認証を無効にし、電話番号を削除しました。
js-app-on = 認証アプリを設定しました。ログイン時にアプリのコードの入力が必要です。
js-app-removed = 認証アプリを削除しました。
js-codes-left = 残り { $count } 個
js-codes-copied = コピーしました。
js-app-qr = 認証アプリ用の QR コード

mail-hello = こんにちは。
mail-hello-name = { $name } 様
mail-button-broken = ボタンが機能しない場合は、次のリンクをブラウザに貼り付けてください。
mail-link-lifetime = このリンクは 1 回のみ有効で、{ $lifetime }後に期限が切れます。
mail-lifetime-minutes = { $count } 分
mail-lifetime-hours = { $count } 時間
mail-lifetime-days = { $count } 日
mail-time = { $year }年{ $month }月{ $day }日 { $clock } UTC
mail-when = 日時：{ $time }
mail-from = アクセス元：IP アドレス { $ip }
mail-by-administrator = 操作者：{ $app } の管理者
mail-reset-now = パスワードを再設定
mail-support = お困りの場合は { $email } までご連絡ください。

mail-why-account = このメールは、{ $app } に { $email } のアカウントがあるためお送りしています。
mail-why-former = このメールは、{ $email } が { $app } のアカウントのメールアドレスだったためお送りしています。
mail-why-entered = このメールは、{ $app } で { $email } が入力されたためお送りしています。
mail-why-invited = このメールは、{ $app } の管理者が { $email } のアカウントを作成したためお送りしています。

mail-verification-subject = 【{ $app }】メールアドレスをご確認ください
mail-verification-title = メールアドレスの確認
mail-verification = { $app } へようこそ。{ $email } がご自身のメールアドレスであることを確認してください。
mail-verification-button = メールアドレスを確認
mail-verification-unasked = 登録した覚えがない場合は、このメールを無視してください。

mail-password-reset-subject = 【{ $app }】パスワードの再設定
mail-password-reset-title = 新しいパスワードの設定
mail-password-reset = { $app } のアカウント { $email } について、パスワード再設定のリクエストがありました。新しいパスワードを設定すると、すべてのデバイスからログアウトされます。
mail-password-reset-button = 新しいパスワードを設定
mail-password-reset-unasked = お心当たりがない場合は、このメールを無視してください。パスワードは変更されません。

mail-email-change-subject = 【{ $app }】新しいメールアドレスをご確認ください
mail-email-change-title = 新しいメールアドレスの確認
mail-email-change = { $email } が { $app } での新しいメールアドレスであることを確認してください。確認すると、すべてのデバイスからログアウトされ、今後はこのメールアドレスでログインすることになります。
mail-email-change-button = 新しいメールアドレスを確認
mail-email-change-unasked = お心当たりがない場合は、このメールを無視してください。リンクを開いて確認しない限り、何も変更されません。

mail-invite-subject = 【{ $app }】ご招待のお知らせ
mail-invite-title = アカウントの準備ができました
mail-invite = { $app } への招待が届いています。{ $email } のアカウントを作成しました。パスワードを設定してログインしてください。
mail-invite-button = パスワードを設定
mail-invite-unasked = お心当たりがない場合は、このメールを無視してください。

mail-already-registered-subject = 【{ $app }】すでにアカウントをお持ちです
mail-already-registered-title = すでにアカウントをお持ちです
mail-already-registered = { $app } で { $email } を使った新規登録の操作がありました。このメールアドレスのアカウントはすでにあるため、新しいアカウントは作成していません。
mail-already-registered-you = ご自身で操作した場合：
mail-already-registered-you-do = いつもどおりログインしてください。パスワードをお忘れの場合は、再設定してください。
mail-already-registered-unasked = お心当たりがない場合は、このメールを無視してください。アカウントに変更はありません。

mail-email-changed-subject = メールアドレスが変更されました
mail-email-changed-title = メールアドレスが変更されました
mail-email-changed = { $app } のアカウントのメールアドレスが { $email } に変更されました。{ $old } はこのアカウントで使えなくなりました。
mail-email-changed-undo = 7 日以内であれば、アカウントを取り戻せます。
mail-email-changed-button = 変更を取り消す
mail-email-changed-undo-more = 取り消すと、元のメールアドレスに戻り、すべてのデバイスからログアウトされます。続けて新しいパスワードを設定してください。リンクは 1 回のみ有効です。お困りの場合はサポートにお問い合わせください。
mail-email-changed-support = 第三者がアカウントを使用している可能性があります。すぐにサポートにお問い合わせください。

mail-notice = 対象は、{ $app } のアカウント { $email } です。
mail-notice-you = ご自身で操作した場合は、このメールを無視してください。
mail-notice-not-you = お心当たりがない場合：
notice-password = パスワードが変更されました。
notice-password-remedy = 第三者がアカウントを使用している可能性があります。今すぐパスワードを再設定してください。すべてのデバイスからログアウトされます。再設定できない場合は、サポートにお問い合わせください。
notice-email = メールアドレスの変更が取り消されました。
notice-email-remedy = アカウントの以前のメールアドレスを使える方が、変更を取り消しました。間違いの場合は、サポートにお問い合わせください。
notice-second-factor-added = 2 段階認証が有効になりました。
notice-second-factor-added-remedy = 第三者がアカウントを使用し、ログインコードを自分の電話で受け取っている可能性があります。今すぐパスワードを再設定し、サポートにお問い合わせください。
notice-second-factor-moved = 2 段階認証の電話番号が変更されました。
notice-second-factor-moved-remedy = 第三者がアカウントを使用し、ログインコードを自分の電話で受け取っている可能性があります。今すぐパスワードを再設定し、サポートにお問い合わせください。
notice-second-factor-removed = 2 段階認証が無効になりました。
notice-second-factor-removed-remedy = 第三者がアカウントを使用している可能性があります。今すぐパスワードを再設定し、2 段階認証をもう一度有効にしてください。
notice-app-added = 2 段階認証に認証アプリが追加されました。
notice-app-replaced = 2 段階認証の認証アプリが変更されました。
notice-app-removed = 2 段階認証の認証アプリが削除されました。
notice-app-remedy = 第三者がアカウントを使用し、自分のアプリでログインコードを取得している可能性があります。今すぐパスワードを再設定し、サポートにお問い合わせください。
notice-codes-made = 新しいリカバリーコードが作成されました。以前のコードは使えません。
notice-code-used = ログインにリカバリーコードが使われました。残りは { $count } 個です。
notice-code-last = 最後のリカバリーコードがログインに使われました。アカウントのページで新しいコードを作成してください。
notice-codes-remedy = 第三者がアカウントを使用している可能性があります。今すぐパスワードを再設定し、アカウントのページで新しいリカバリーコードを作成してください。

sms-phone-setup = { $app } の確認コード：{ $code }（{ $minutes } 分間有効）
sms-login = { $app } のログインコード：{ $code }（{ $minutes } 分間有効）共有しないでください
