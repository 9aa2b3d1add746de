# The English texts of pages, scripts, emails and SMS.
#
# Messages contain no markup: templates add links and emphasis through variables.
# js-*: for the script of the pages. error-*: what pages say about an error with that code.
# Messages that another language lacks are taken from here.

### Words that several places share

language-name = English
email-address = Email address
password = Password
new-password = New password
current-password = Current password
full-name = Name
language = Language
optional = optional
code = Code
phone-number = Phone number
log-in = Log in
log-out = Log out
back-to-log-in = Back to log in
get-new-link = Get a new link
send-link = Send link
send-new-link = Send new link
send-code = Send code
send-new-code = Send new code
contact-support = Contact support
cancel = Cancel
check-your-email = Check your email
go-to-account = Go to your account
already-have-account = Already have an account?
continue-to-app = Continue to { $app }
footer-help = Help
footer-terms = Terms
footer-privacy = Privacy
footer-imprint = Imprint
needs-javascript = This page needs JavaScript. Turn it on and reload the page.

### Pages

# What search engines show of the pages.
page-description = Log in to { $app }, create an account, or manage yours.

login-title = Log in
login-forgot = Forgot your password?
login-new-here = New here?
login-create-account = Create an account
login-passkey = Log in with a passkey

register-title = Create an account
register-submit = Create account
register-closed-title = Sign-up is closed
register-closed = You need an invitation to join { $app }. Contact support.
register-sent = We sent a link to { $email }. Open it to confirm your email address.
register-sent-email = your email address
register-no-email = No email? Check your spam folder. Only the newest link works.
register-wrong-email = Wrong email address?
register-change-email = Change it

verify-title = Confirm your email address
verify-with-password = Enter the password you signed up with.
verify-lead = Confirm that this email address is yours.
verify-submit = Confirm email address
verify-already = Already confirmed?
verify-new-title = Get a new link
verify-new = Enter your email address and we'll send you a link to confirm it.
verify-done-title = Your email address is confirmed
verify-done = Your account is ready.

forgot-page-title = Forgotten password
forgot-title = Forgot your password?
forgot-lead = Enter your email address and we'll send you a link to set a new password.
forgot-sent = If there's an account for { $email }, a link is on its way.
forgot-sent-email = this email address
forgot-no-email = No email? Check your spam folder, or { $link }.
forgot-no-email-link = try another email address

reset-title = Choose a new password
reset-lead = You'll be logged out on all other devices.
reset-submit = Save password

change-email-title = Confirm your new email address
change-email-lead = You'll log in with it from now on. You'll be logged out on all devices.
change-email-submit = Use new email address
change-email-done-title = Your email address was changed
change-email-done = Log in with { $email } from now on.
change-email-done-email = your new email address

undo-title = Undo the email address change
undo-lead = Your account gets its old email address back. All devices are logged out, and you set a new password.
undo-submit = Undo the change
undo-failed = Need help? Contact support.
undo-failed-link = Need help? { $link }
undo-done-title = Your old email address is back
undo-done = Your account has the email address { $email } again, and all devices are logged out. Set a new password now, so that only you can log in.
undo-done-email = that you had before
undo-done-submit = Set a new password

invite-title = Welcome to { $app }
invite-lead = Choose a password for your account.
invite-submit = Save password
invite-passkey = Create a passkey
invite-dead = Ask the person who invited you for a new invitation.

mfa-title = Enter your code
mfa-lead = We sent a { $digits }-digit code to { $phone }. { $minutes ->
    [one] It expires in { $minutes } minute.
   *[other] It expires in { $minutes } minutes.
}
mfa-your-phone = your phone
mfa-wrong-number = Wrong number? Contact support.
mfa-wrong-number-link = Wrong number? { $link }
mfa-lead-app = Enter the 6-digit code from your authenticator app.
mfa-lead-recovery = Enter one of your recovery codes. Each code works once.
mfa-recovery-code = Recovery code
mfa-use-app = Use your authenticator app
mfa-use-sms = Send a code to your phone
mfa-use-recovery = Use a recovery code

error-page-not-found-title = Page not found
error-page-not-found = Check the web address. The page may have moved.
error-page-form-title = That didn't work
error-page-form = The form was sent before the page was ready. Nothing was changed. Turn on JavaScript, go back and reload the page.
error-page-busy-title = We're busy right now
error-page-busy = Wait a moment, then reload the page.
error-page-broken-title = Something went wrong
error-page-broken = It's a problem on our side. Wait a moment, then try again.

me-title = Your account
me-profile = Profile
me-security = Security
me-change = Change
me-close = Close
me-member-since = Member since
me-name-submit = Save name
me-password-hint = You'll be logged out on all other devices.
me-password-submit = Change password
me-email-hint = We'll send a link to your new email address. Nothing changes until you open it.
me-new-email = New email address
me-language-hint = Our pages and emails are in this language.
me-language-submit = Save language
me-two-step = Two-step verification
me-phone-hint = Include the country code, for example { $example }.
me-two-step-on = Turn on
me-two-step-off = Turn off
me-phone-again = Use a different number
me-sessions = Where you're logged in
me-sessions-hint = Don't recognize a device? Log it out, and change your password.
me-sessions-end-others = Log out everywhere else
continue-with = Continue with { $provider }
or = or
oauth-title = Logging you in
oauth-working = This only takes a moment.
me-providers = Linked accounts
me-providers-hint = Log in with an account that you have somewhere else.
me-sms = Codes by text message
me-app = Authenticator app
me-app-hint = Use an app that shows a new code every 30 seconds.
me-app-start = Set up app
me-app-scan = Scan this QR code with your app, then enter the 6 digits that it shows.
me-app-type = Can't scan it? Enter this key:
me-app-remove = Remove app
me-codes = Recovery codes
me-codes-hint = Use one to log in when you have no other code. When you create new ones, the old ones stop working.
me-codes-new = Create new codes
me-passkeys = Passkeys
me-passkeys-hint = Log in with your fingerprint, face or screen lock instead of a password.
me-passkey-name = Name, for example the device
me-passkey-add = Add passkey
me-passkey-rename = Rename passkey
me-passkey-remove = Remove passkey
me-passkey-password-hint = Not needed if you logged in with a passkey in the last five minutes.
codes-title = Save your recovery codes
codes-lead = Each one lets you log in once when you don't have your phone. Keep them somewhere safe. We don't show them again.
codes-copy = Copy
codes-download = Download
codes-print = Print
codes-done = I saved my codes
me-data = Your data
me-data-hint = A file with everything that's stored about your account.
me-data-download = Download your data
me-delete = Delete account
me-delete-hint = This permanently deletes your account and its data. You can't undo this.
me-delete-title = Delete your account?
me-delete-what = This permanently deletes the account { $email }, with its name, phone number and sessions. You can't undo this.

### The script of the pages

# What the login says to those who were sent there.
js-notice-expired = You've been logged out. Log in to continue.
js-notice-left = You're logged out.
js-notice-language = Your language was saved.
js-notice-password = Your password was changed. Log in with the new one.
js-notice-invited = Your password is saved. Log in to get started.
js-notice-passkey = Your passkey is saved. Log in with it to get started.
js-notice-deleted = Your account was deleted.
js-notice-code = The code has expired or was wrong too many times. Log in again to get a new one.

# What is said to an error of the API, by its code; the last eight are the script's own.
error-invalid_credentials = Wrong email or password. Just signed up? Open the link in our email first.
error-account_disabled = This account is disabled. Contact support.
error-email_unverified = You haven't confirmed your email address yet.
error-locked = Too many failed attempts.
error-code_budget_spent = Too many wrong codes.
error-rate_limited = Too many tries.
error-overloaded = We're busy right now.
error-unavailable = This isn't available right now. Try again soon.
error-wrong_password = Wrong password.
error-password_unchanged = That's already your password. Choose a different one.
error-same_email = That's already your email address.
error-email_taken = There's already an account with this email address.
error-invalid_phone = Enter a phone number with the country code, for example +44 20 7946 0018.
error-wrong_code = Wrong code. Only the newest code works.
error-wrong_recovery_code = Wrong recovery code. Each code works once.
error-code_expired = The code has expired.
error-no_code = This code was already used, replaced or entered wrong too many times.
error-invalid_token = This link has expired or was already used.
error-missing_token = This link is incomplete. Open it again from the email.
error-registration_disabled = Sign-up is closed right now.
error-cross_site = You can't log in from this web address. Contact support.
error-last_superuser = You're the last administrator. Make someone else an administrator first.
error-mfa_not_enabled = Two-step verification is already off.
error-passkey_refused = This passkey doesn't work here. Use another way to log in.
error-invalid_passkey = The passkey wasn't added. Try again.
error-passkey_taken = This passkey was already added.
error-too_many_passkeys = You have 20 passkeys, the most there can be. Remove one first.
error-password_only = This account has a password or two-step verification. Choose a new password instead.
error-last_way_in = This is your only way to log in. Add another one first.
error-reauthentication_required = Enter your password.
error-no_passkey = No passkey was used.
error-passkey_late = That took too long. Try again.
error-oauth_failed = That didn't work. Try again, or log in another way.
error-access_denied = You didn't allow the login. Try again, or log in another way.
error-bad_state = This login has expired or was already used. Start again.
error-provider_unavailable = This provider can't be reached right now. Log in another way, or try again soon.
error-provider_email_unverified = This provider hasn't confirmed your email address. Confirm it there, or sign up with a password.
error-email_not_reached = Email can't reach the address that you use with this provider. Sign up with another one.
error-email_in_use = There's already an account with this email address. Log in to it, then link the provider on your account page.
error-identity_in_use = This login already belongs to another account.
error-provider_in_use = Your account is already linked to someone else at this provider. Unlink that first.
error-already_linked = This login is already linked to your account.
error-user_inactive = This account is disabled. Contact support.
error-session_ended = You were logged out in the meantime. Log in and try again.
error-old_login = For your security, log in again, then make this change.
error-no_storage = Your browser blocks storage for this site. Allow it to stay logged in.
error-offline = You're offline. Connect to the internet and try again.
error-away = We can't reach the server. Try again in a moment.
error-late = The server is taking too long to answer. Check whether it worked before trying again.
error-internal = Something went wrong on our side. Try again in a moment.
error-other = That didn't work. Reload the page and try again.

js-quote-code = { $problem } If it keeps happening, quote this code: { $code }
js-wait = { $problem } You can try again in { $time }.
js-wait-over = You can try again now.
js-working = One moment…
js-again-in = You can ask for a new one in { $time }.
js-again-now = You can ask for a new one now.
js-unlock = { $link } to unlock your account now.
js-unlock-link = Reset your password
js-hours = { $hours } h { $minutes } min
js-minutes = { $minutes } min { $seconds } s
js-seconds = { $seconds } s
js-try-again = Try again
js-get-new-link = Get a new link
js-log-in = Log in
js-cancel = Cancel
js-confirm = Confirm
js-confirm-asked = Confirm that you asked for this.

js-show = Show
js-hide = Hide
js-show-password = Show password
js-hide-password = Hide password
js-password-rule = { $count ->
    [one] At least { $count } character. A few unrelated words work best.
   *[other] At least { $count } characters. A few unrelated words work best.
}
js-enter-password = Enter your password.
js-choose-password = Choose a password.
js-enter-email = Enter your email address.
js-enter-new_email = Enter your new email address.
js-enter-code = Enter the code.
js-enter-recovery_code = Enter a recovery code.
js-enter-phone_number = Enter your phone number.
js-required = { $field } is required.
js-digits-only = Enter digits only.
js-password-short = { $count ->
    [one] Use at least { $count } character.
   *[other] Use at least { $count } characters.
}
js-too-short = { $count ->
    [one] { $field } needs at least { $count } character.
   *[other] { $field } needs at least { $count } characters.
}
js-too-long = { $count ->
    [one] { $field } can have up to { $count } character.
   *[other] { $field } can have up to { $count } characters.
}
js-too-long-unknown = { $field } is too long.
js-password-weak = This password is too easy to guess. A few unrelated words work best.
js-format = { $field } isn't in the right format.
js-email-format = Enter an email address like ada@example.com.
js-email-unreached = We can't send email to this address. Use one without special characters before the @.
js-field = This

js-verify-sent = We sent a link to { $email }. Open it to confirm your email address.
js-verify-resent = If this email address still needs confirming, a new link is on its way.
js-verify-done = Your email address is confirmed. You can log in now.
js-forgot-sent = If there's an account with this email address, a link is on its way.
js-email-changed = Your email address was changed. Log in with the new one.
js-email-undone = Your old email address is back. Set a new password now.
js-password-changed = Your password was changed. You're logged out on all other devices.
js-session-unknown = Unknown device
js-session-current = This device
js-session-seen = Last used { $time }
js-session-since = Logged in { $time }: { $method }
js-session-from = IP address { $ip }
js-session-by-password = password
js-session-by-password-sms = password and code by SMS
js-session-by-password-totp = password and authenticator app
js-session-by-password-recovery-code = password and recovery code
js-session-by-passkey = passkey
js-session-end = Log out
js-session-end-named = Log out { $device }
js-provider-none = Not linked
js-provider-since = Linked { $time }
js-provider-link = Link
js-provider-link-named = Link { $provider }
js-provider-linked = You can now log in with { $provider }.
js-provider-unlink = Unlink
js-provider-unlink-named = Unlink { $provider }
js-provider-unlink-sure = Unlink { $provider }? You won't be able to log in with it anymore.
js-provider-unlinked = { $provider } is unlinked.
js-session-ended = { $device } is logged out.
js-sessions-ended = You're logged out everywhere else.
js-email-change-sent = We sent a link to { $email }. Open it to change your email address.
js-name-saved = Your name was saved.
js-name-missing = Not given
js-yes = Yes
js-no = No
js-confirmed = Confirmed
js-unconfirmed = Not confirmed
js-on = On
js-off = Off
js-delete-sure = Delete your account? You can't undo this.
js-delete = Delete account
js-still-logged-in = You're still logged in. { $problem }
js-code-sent = We sent a code to { $phone }.
js-code-resent = We sent a new code. The old one no longer works.
js-code-again = { $problem } Get a new one.
js-two-step-is-on = On. When you log in, we send a code to { $phone }.
js-two-step-is-off = Off. Turn it on to log in with your password and a code that we send to your phone.
js-two-step-turned-on = Two-step verification is on. We'll ask for a code when you log in.
js-two-step-turned-off = Two-step verification is off. We removed your phone number.
js-app-on = Your authenticator app is set up. We'll ask for its code when you log in.
js-app-removed = Your authenticator app was removed.
js-codes-left = { $count ->
    [one] { $count } code left
   *[other] { $count } codes left
}
js-codes-copied = Copied.
js-app-qr = QR code for your authenticator app
js-passkeys-count = { $count ->
    [one] { $count } passkey
   *[other] { $count } passkeys
}
js-passkeys-none = None
js-passkey-added = Passkey added.
js-passkey-renamed = Passkey renamed.
js-passkey-removed = Passkey removed.
js-passkey-made = Added { $time }
js-passkey-used = Last used { $time }
js-passkey-unused = Never used
js-passkey-unnamed = Passkey
js-passkey-rename = Rename
js-passkey-rename-named = Rename { $name }
js-passkey-remove = Remove
js-passkey-remove-named = Remove { $name }

### Mails

mail-hello = Hello,
mail-hello-name = Hello { $name },
mail-button-broken = Button not working? Copy this link into your browser:
mail-link-lifetime = The link works once and expires in { $lifetime }.
mail-lifetime-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
mail-lifetime-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
mail-lifetime-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
mail-time = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }, { $clock } UTC
mail-when = When: { $time }
mail-from = From: IP address { $ip }
mail-by-administrator = From: an administrator of { $app }
mail-reset-now = Reset your password
mail-support = Need help? Write to { $email }.

# Why the reader got the mail: it stands at the end of each.
mail-why-account = You got this email because { $email } has an account at { $app }.
mail-why-former = You got this email because { $email } was the email address of an account at { $app }.
mail-why-entered = You got this email because someone entered { $email } at { $app }.
mail-why-invited = You got this email because an administrator of { $app } created an account for { $email }.

mail-verification-subject = Confirm your email address for { $app }
mail-verification-title = Confirm your email address
mail-verification = Welcome to { $app }! Confirm that { $email } is yours.
mail-verification-button = Confirm email address
mail-verification-unasked = Didn't sign up? Ignore this email.

mail-password-reset-subject = Reset your password for { $app }
mail-password-reset-title = Choose a new password
mail-password-reset = Someone asked to reset the password for { $email } at { $app }. When you choose a new password, you'll be logged out on all devices.
mail-password-reset-button = Choose a new password
mail-password-reset-unasked = Didn't ask for this? Ignore this email. Your password stays the same.

mail-email-change-subject = Confirm your new email address for { $app }
mail-email-change-title = Confirm your new email address
mail-email-change = Confirm that { $email } is your new email address at { $app }. You'll be logged out on all devices, and log in with this email address from then on.
mail-email-change-button = Confirm new email address
mail-email-change-unasked = Didn't ask for this? Ignore this email. Nothing changes unless you open the link and confirm.

mail-invite-subject = You're invited to { $app }
mail-invite-title = Set up your account
mail-invite = You're invited to { $app }. We created an account for { $email }. Set it up to log in.
mail-invite-button = Set up account
mail-invite-unasked = Don't know what this is about? Ignore this email.

mail-already-registered-subject = You already have an account at { $app }
mail-already-registered-title = You already have an account
mail-already-registered = Someone tried to sign up for { $app } with { $email }. You already have an account with this email address, so we didn't create a new one.
mail-already-registered-you = Was it you?
mail-already-registered-you-do = Log in as usual, or reset your password if you forgot it.
mail-already-registered-unasked = Wasn't it you? Ignore this email. Nothing about your account has changed.

mail-email-changed-subject = Your email address was changed
mail-email-changed-title = Your email address was changed
mail-email-changed = Your account at { $app } now has the email address { $email }. { $old } no longer belongs to it.
mail-email-changed-undo = Take your account back within 7 days:
mail-email-changed-button = Undo the change
mail-email-changed-undo-more = This restores your old email address, logs out all devices and lets you set a new password. The link works once. Need help? Contact support.
mail-email-changed-support = Someone else may be using your account. Contact support now.

# The notice of a change: { notice-… } is its subject and its first sentence, and what to do follows "Wasn't it you?".
mail-notice = This is about the account { $email } at { $app }.
mail-notice-you = Was it you? Ignore this email.
mail-notice-not-you = Wasn't it you?
# How one sentence follows another: with a space between them, where the language has one.
mail-sentences = { $first } { $second }
notice-password = Your password was changed.
notice-password-remedy = Someone else may be using your account. Reset your password now. That logs out all devices. If you can't, contact support.
notice-email = The change of your email address was undone.
notice-email-remedy = Someone with access to the account's former email address undid the change. If that's wrong, contact support.
notice-second-factor-added = Two-step verification was turned on.
notice-second-factor-added-remedy = Someone else may be using your account, and its login codes go to their phone. Reset your password now, then contact support.
notice-second-factor-moved = Your phone number for two-step verification was changed.
notice-second-factor-moved-remedy = Someone else may be using your account, and its login codes go to their phone. Reset your password now, then contact support.
notice-second-factor-removed = Two-step verification was turned off.
notice-second-factor-removed-remedy = Someone else may be using your account. Reset your password now, then turn on two-step verification again.
notice-app-added = An authenticator app was added for two-step verification.
notice-app-replaced = Your authenticator app for two-step verification was replaced.
notice-app-removed = Your authenticator app for two-step verification was removed.
notice-app-remedy = Someone else may be using your account, and its login codes come from their app. Reset your password now, then contact support.
notice-codes-made = New recovery codes were created. The old ones no longer work.
notice-code-used = A recovery code was used to log in. { $count ->
    [one] You have { $count } code left. Create new ones soon.
   *[other] You have { $count } codes left.
}
notice-code-last = Your last recovery code was used to log in. Create new codes on your account page.
notice-codes-remedy = Someone else may be using your account. Reset your password now, then create new recovery codes on your account page.
notice-passkey-added = A passkey was added to your account. It logs in without your password.
notice-passkey-added-remedy = Someone else may be using your account. Remove the passkey on your account page, reset your password, and log out everywhere else.
notice-passkey-removed = A passkey was removed from your account.
notice-passkeys-removed = All passkeys were removed from your account.
notice-passkey-removed-remedy = Someone else may be using your account. Reset your password now, then check your passkeys on your account page.
notice-provider-linked = You can now log in to your account with { $provider }.
notice-provider-linked-remedy = Someone else may be using your account and may have linked an account of their own. Reset your password now, then unlink it on your account page.
notice-provider-unlinked = You can no longer log in to your account with { $provider }.

### SMS

# "verification code: 123456" and "sign-in code: 123456" are looked for by programs: see from-python.md.
# In every language the whole fits into one message with a last line like "@app.example.com #123456": 160 characters of the
# GSM alphabet (which has é and ñ, but neither ó nor ç), or 70 where there is any other.
sms-phone-setup = { $app } verification code: { $code }. It expires in { $minutes } min.
sms-login = { $app } sign-in code: { $code }. It expires in { $minutes } min. Don't share it.
