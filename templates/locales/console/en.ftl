# The English texts of the console for administrators.
#
# console-done-*: what an act came to. console-error-*: why one was refused, by the code of the error.

console-title = Administration
console-skip = Skip to content
console-any = Any
console-search = Search
console-clear = Clear filters
console-status = Status
console-created = Created
console-last-login = Last login
console-never = never
console-pages = Pages
console-first-page = First page
console-next-page = Next page
console-to-start = Back to the start

### Coming in

console-forbidden-title = You can't use this page
console-forbidden = This page isn't for your account. Log in with another account, or ask the people who run this site.
console-factor-title = Turn on two-step verification
console-factor = Administrators of this site need two-step verification. Turn it on in your account, then come back.
console-door = One moment: checking your login.
console-door-script = Turn on JavaScript to hand over your login, then reload the page.

### Errors

console-trouble-not-found-title = Not found
console-trouble-not-found = There's nothing here. It may have been deleted in the meantime.
console-trouble-invalid-title = That didn't work
console-trouble-invalid = The request wasn't understood. Go back and try again. If you searched, enter more of the email address or name.
console-trouble-busy-title = Not available right now
console-trouble-busy = The server is busy, or the database can't be reached. Wait a moment, then reload the page.
console-trouble-broken-title = Something went wrong
console-trouble-broken = Find the request in the server's log by its time, and reload the page.

### Rooms

console-room-users = Users

### Users

console-search-users = Email address or name
console-state = Account
console-state-enabled = Enabled
console-state-disabled = Disabled
console-state-locked-out = Locked out
console-email-verified = Confirmed
console-email-unverified = Not confirmed
console-role = Role
console-role-admin = Administrators
console-role-other = Not administrators
console-mfa-on = On
console-mfa-off = Off
console-login-way = Way to log in
console-login-way-password = Password
console-login-way-passkey = Passkey
console-users-none = No accounts match.
console-badge-disabled = Disabled
console-badge-unverified = Not confirmed
console-badge-admin = Administrator
console-badge-factor = Two-step verification

console-yes = yes
console-no = no
console-acts = Actions
console-time = Time
console-added = added
console-used = last used
console-linked = linked
console-expires = Expires
console-unknown = unknown
console-to-users = Back to the users

### Proof

console-your-password = Your own password
console-your-password-hint = You logged in over ten minutes ago. Enter the password of your own account to go on.
console-log-in-again = You logged in over ten minutes ago. Log in again to go on.
console-log-in-again-submit = Log out and log in again
console-prove-passkey = Use a passkey
console-prove-passkey-failed = The passkey wasn't accepted. Try again, or prove that it's you in another way.

### One account

console-account = Account
console-id = ID
console-updated = Changed
console-ended-before = Sessions ended before
console-foreign-id = ID in the earlier system
console-failures = Failed logins that count
console-locked-out = { $minutes ->
    [one] Locked out after failed logins, for { $minutes } minute. Until:
   *[other] Locked out after failed logins, for { $minutes } minutes. Until:
}
console-lockout-left = Locked out after failed logins. Time left:
console-lockout-over = The lockout is over: the person can log in again. Reload the page to see the account as it is now.
console-ways = Ways to log in
console-app = Authenticator app
console-sms = Codes by text message
console-recovery-codes = Recovery codes left
console-passkey = Passkey
console-unlink = Unlink { $provider }
console-sessions = Sessions
console-client = Device
console-ip = IP address
console-method = Login method
console-began = Logged in
console-last-seen = Last used
console-this-session = This session
console-end-session = End session
console-more-sessions = There are more sessions. End all of them with "End all sessions".
console-no-sessions = Not logged in anywhere.
console-recent-events = Recent events
console-event = Event
console-actor = Done by
console-no-events = No events.

### Changing an account

console-change-name = Change name
console-change-name-hint = Leave it empty to remove the name.
console-change-email = Change email address
console-change-email-what = All sessions end, and the old address gets a notice. Unless you tick the box, the new address gets a link to confirm it.
console-new-email = New email address
console-change-email-verified = The new address is confirmed: send no link
console-change-email-final = The old address is lost or belongs to someone else: it can't undo the change
console-set-password = Set password
console-set-password-what = All sessions end, and the person gets a notice. Tell them the password in a safe way, or better send a link to set one.

### Acts

console-act-enable = Enable and unlock
console-act-enable-what = The account can log in again at once: it's enabled, and failed logins and wrong codes no longer count.
console-act-verify = Mark email address as confirmed
console-act-verify-what = The email address counts as confirmed without a link.
console-act-resend-verification = Send link to confirm the email address
console-act-resend-verification-what = The email address gets a new link. Older links stop working.
console-act-send-reset = Send link to set a password
console-act-send-reset-what = The email address gets a link to set a new password.
console-act-end-sessions = End all sessions
console-act-end-sessions-what = The person is logged out on all devices, and mailed links stop working.
console-act-reset-factor = Turn off two-step verification
console-act-reset-factor-what = Phone, authenticator app and recovery codes are removed. The person gets a notice.
console-act-remove-passkeys = Remove passkeys
console-act-remove-passkeys-what = All passkeys are removed, even if they're the only way to log in. The person gets a notice.
console-act-promote = Make administrator
console-act-promote-what = The person can use this console, and do everything that you can do here.
console-act-demote = Remove administrator rights
console-act-demote-what = The person can no longer use this console. The account stays.
console-act-disable = Disable account
console-act-disable-what = The person is logged out on all devices and can't log in until the account is enabled again.
console-act-delete = Delete account
console-act-delete-what = The account and all its data are deleted. You can't undo this.
console-act-end-session = End session
console-act-end-session-what = The person is logged out on this device with the next request.
console-act-unlink = Unlink provider
console-act-unlink-what = The person can no longer log in with this provider. The account stays.
console-act-pending-promote = Create account
console-act-pending-promote-what = The registration becomes an account without the link, and its email address counts as confirmed.
console-act-pending-delete = Delete registration
console-act-pending-delete-what = The registration is deleted and its link stops working. The person can sign up again.

### Many accounts

console-select = Select
console-select-one = Select { $email }
console-bulk-act = With the selected accounts
console-bulk-all = All that match the filters
console-bulk-everyone = All accounts
console-bulk-preview = Show what happens
console-export = Export as CSV
console-accounts = { $count ->
    [one] { $count } account
   *[other] { $count } accounts
}
console-accounts-others = and { $count } more

### Creating an account

console-create = Create account
console-way = How does the person get in?
console-way-invite = Send an invitation to choose a password
console-way-password = Set a password
console-way-none = Neither: a link can be sent later
console-way-password-hint = At least 8 characters. Only used with "Set a password".
console-create-verified = The email address is confirmed
console-create-admin = Make the account an administrator

### Pending registrations

console-room-pending = Pending
console-pending-what = These people signed up, but haven't opened the link in our email yet.
console-pending-none = No registrations are waiting.
console-pending-promote = Create account
console-pending-delete = Delete

### What an act came to

console-done-enable = The account is enabled, and can log in at once.
console-done-verify = The email address counts as confirmed.
console-done-resend-verification = A link to confirm the email address is on its way.
console-done-send-reset = A link to set a new password is on its way.
console-done-end-sessions = All sessions of the account have ended.
console-done-reset-factor = Two-step verification is off.
console-done-remove-passkeys = The passkeys were removed.
console-done-promote = The account is an administrator now.
console-done-demote = The account is no longer an administrator.
console-done-disable = The account is disabled.
console-done-delete = The account was deleted.
console-done-unchanged = There was nothing to change.
console-done-cap-spent = No email was sent: this address got too many within the last hour. The last link still works.
console-done-session-ended = The session has ended.
console-done-unlinked = The account was unlinked.
console-done-name-changed = The name was changed.
console-done-email-changed = The email address was changed.
console-done-password-changed = The password is set.
console-done-created = The account was created.
console-done-invited = The account was created, and the invitation is on its way.
console-done-pending-promoted = The account was created.
console-done-pending-deleted = The registration was deleted.
console-done-nothing-selected = Select accounts first.
console-done-bulk = Done for { $count }, not for { $others }.
console-done-bulk-part = Done for { $count } so far, not for { $others }. These are left:

### Why an act was refused

console-error-reauthentication_required = Enter your own password to go on.
console-error-wrong_password = That isn't your password.
console-error-locked = Too many wrong passwords. Wait a few minutes.
console-error-last_superuser = This is the last active administrator. Make someone else an administrator first.
console-error-account_disabled = The account is disabled. Enable it first.
console-error-already_verified = The email address is already confirmed.
console-error-overtaken = The account was changed in the meantime. Look at it, then try again.
console-error-not_found = It's no longer there.
console-error-email_taken = Another account has this email address.
console-error-last_way_in = This is the only way to log in to the account. Send a link to set a password first.
console-error-email-missing = Enter an email address.
console-error-email-value_error = Enter an email address like ada@example.com.
console-error-email-string_too_long = This email address is too long.
console-error-email-email_not_reached = Email can't reach this address. Use one without special characters before the @.
console-error-password-missing = Enter a password.
console-error-password-string_too_short = The password needs at least 8 characters.
console-error-password-string_too_long = The password has more than 128 characters.
console-error-password-password_too_weak = This password is too easy to guess.
console-error-name-string_too_long = The name has more than 200 characters.
console-error-name-value_error = The name has too many accents on one letter.
console-error-q-search_too_broad = The search takes too long. Enter more of the email address or name.

### Filters of several rooms

console-filter-account = Account: email address, part of it, or ID
console-filter-several = Several accounts match. Enter more of the email address.
console-filter-nobody = No account has a matching email address.
console-filter-no-ip = Enter a whole IP address, like 203.0.113.9.
console-and-more = And more.

### Events

console-room-events = Events
console-request = Request ID
console-events-none = No events match.
console-live-start = Watch live
console-live-stop = Stop watching
console-live-hint = New events appear here automatically.
console-live-news = New events have appeared.
console-times = ×{ $count }

### Outbox

console-room-outbox = Outbox
console-outbox-state = Waiting: { $waiting }. Failed: { $failed }.
console-outbox-oldest = The oldest has waited since
console-messages = Messages
console-messages-none = No messages. Sent messages aren't kept.
console-to-messages = Back to the messages
console-to = To
console-filter-to = Recipient: the whole email address, phone number or URL
console-kind = Kind
console-kind-email = Email
console-kind-sms = Text message
console-kind-webhook = Webhook
console-message-waiting = Waiting
console-message-failed = Failed
console-attempts = Attempts
console-queued = Queued
console-next-attempt = Next attempt
console-due = now
console-last-error = Last error
console-retry = Retry now
console-retry-all = Retry failed messages
console-retry-all-what = All failed messages that match the filters are sent at once. If a message fails again, it's retried for one more day.
console-delete = Delete
console-delete-message = Delete message
console-delete-message-what = The message is deleted without being sent. You can't undo this.
console-test = Send a test message
console-test-what = The message is sent at once, without the outbox. It says that it's a test.
console-test-no-mail = This server sends no email: it only writes it to the log.
console-test-no-sms = This server sends no text messages.
console-test-to = Recipient
console-test-to-hint = An email address, or a phone number like +14155550123.
console-test-send = Send
console-test-nothing = Nothing was sent, because this server doesn't send such messages. Set up a backend for them first.
console-test-late = There was no answer within half a minute. The message may have been sent anyway: check whether it arrives.
console-test-refused = The message wasn't accepted. The answer was:

### Sessions of all accounts

console-select-session = Select a session of { $email }
console-end-ticked = End selected sessions
console-end-all = End all that match the filters
console-end-sessions = End sessions
console-end-all-what = All sessions that match the filters end, except the one you're using now. People have to log in again.
console-end-ticked-what = Selected sessions: { $count }. They end at once, and people have to log in again.
console-sessions-none = No sessions match.
console-page-empty = All sessions on this page have ended. Go to the next page.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = Receivers
console-receivers-none = No receivers are configured.
console-url = URL
console-oldest = Oldest
console-not-configured = No longer configured
console-deliveries = Deliveries
console-deliveries-hint = Deliveries that wait or have failed. Successful ones aren't kept.

### What an act in these rooms came to

console-done-message-retried = The message is sent now.
console-done-message-deleted = The message was deleted.
console-done-messages-retried = Messages that are sent now: { $count }.
console-done-messages-retried-part = Messages that are sent now: { $count }. There are more: retry them too.
console-done-test-sent = The message was accepted. Check whether it arrives.
console-done-no-session-selected = Select sessions first.
console-done-sessions-ended = Sessions ended: { $count }. Already over: { $others }.
console-done-sessions-ended-part = Sessions ended: { $count }. There are more: end them too.
console-error-to-missing = Enter an email address or a phone number.
console-error-to-value_error = Enter an email address like ada@example.com, or a phone number like +14155550123.
console-error-to-string_too_long = This recipient is too long.
### Overview

console-room-overview = Overview
console-count-users = Accounts
console-count-disabled = Disabled
console-count-unverified = Not confirmed
console-count-admins = Administrators
console-count-pending = Pending registrations
console-count-waiting = Messages waiting
console-count-failed = Messages failed
console-oldest-message = Oldest waiting message:
console-days = Last 30 days (UTC)
console-days-table = Show all days
console-day = Day
console-day-registered = Registrations
console-day-verified = Confirmed email addresses
console-day-logins = Logins
console-day-failures = Failed logins
console-overview-today = Today:
console-overview-most = most on one day:
console-overview-reload = Reload
console-doctor = Checks
console-doctor-runs = The checks are still running.
console-doctor-well = { $checks ->
    [one] The check passed.
   *[other] All { $checks } checks passed.
}
console-doctor-found = Failures: { $failures }. Warnings: { $warnings }.
console-severity-failure = Failure
console-severity-warning = Warning

### The first administrator

console-set-up-title = Create the first administrator
console-set-up = This site has no administrator yet. Choose the email address and password of the first one. The link you followed works only once.
console-set-up-submit = Create administrator
console-set-up-dead-title = This link no longer works
console-set-up-dead = It was used, has expired, or there is an administrator already. If there is none, restart the server: it prints a new link. You can also use the command regstack create-admin.

### Templates

console-room-templates = Templates
console-templates = Each email, text message and page, with sample values. To change one, put a file of your own into a folder of extra_template_dirs.
console-templates-all = All templates
console-template = Template
console-template-kind = Kind
console-template-mail = Email
console-template-sms = Text message
console-template-page = Page
console-template-subject = Subject
console-template-text = Text
console-template-replaced = Replaced by
console-template-language = Language of the preview
console-template-sample = With sample values.
console-template-broken = This template can't be shown:

### Keys

console-room-keys = Keys
console-key-id = Key
console-key-expires = Expires
console-key-expired = Expired
console-key-last-used = Last used
console-service-keys = Service keys
console-service-keys-what = With a service key, a program of yours can check sessions or use the admin API.
console-service-keys-none = There are no service keys.
console-service-key-new = Create service key
console-service-key-name-hint = The name of the program: small letters, digits, dots, dashes and underscores.
console-service-key-days = Days until the key expires
console-service-key-made = Service key created
console-service-key-once = Copy the key now. It isn't shown again.
console-scopes = May be used to
console-scope-introspect = check sessions
console-scope-admin-read = read from the admin API
console-scope-admin-write = read and change everything in the admin API, except service keys
console-signing-keys = Signing keys
console-signing-keys-what = Sessions are signed with key pairs ({ $algorithm }). Programs find the public keys at /.well-known/jwks.json.
console-signing-keys-secret = Sessions are signed with the secret ({ $algorithm }), so there are no key pairs. To replace the secret, use regstack secret rotate.
console-signs-from = Signs from
console-verifies-until = Verifies until
console-duty-announced = Published
console-duty-signs = Signs
console-duty-verifies = Verifies
console-act-rotate-key = Create next signing key
console-act-rotate-key-what = The key is published at once and signs once programs have had time to fetch it. Nobody is logged out.
console-act-rotate-key-now = Sign with it at once: programs refuse its tokens until they fetch the keys again
console-act-remove-key = Remove signing key
console-act-remove-key-what = Every session that the key signed ends at once, and its owner has to log in again. A key is removed automatically when its tokens have expired.
console-act-revoke-service-key = Revoke service key
console-act-revoke-service-key-what = The program can't use the key from its next request on. You can't undo this.
console-done-key-rotated = The next signing key was created.
console-done-key-removed = The signing key was removed.
console-done-service-key-revoked = The service key was revoked.
console-error-key_name-missing = Enter a name.
console-error-key_name-value_error = Use small letters, digits, dots, dashes and underscores, and begin with a letter or digit.
console-error-scope-missing = Choose what the key may be used for.
console-error-expires_at-value_error = Enter a number of days from 1 to 3650, or leave it empty.
console-error-name_taken = There is a service key with this name already. Choose another name, or revoke that key first.

### Settings

console-room-settings = Settings
console-settings = The settings this server started with, and where each comes from. Secrets are never shown. To change one, change it there and restart the server.
console-settings-elsewhere = This server runs inside another program, which makes its settings.
console-settings-changed = Only those that aren't at their default
console-settings-none = No settings match.
console-setting = Setting
console-setting-value = Value
console-setting-layer = Comes from
console-setting-default = default

### Backup

console-room-backup = Backup
console-act-back-up = Download backup
console-act-back-up-what = You get a checked copy of the database as it is now. It holds all accounts and password hashes: keep it where only you can read it. Keep the secrets file as well, in another place: without it, emails and second factors in the copy can't be read.
console-backup-elsewhere = The database is MongoDB, which has its own tools for backups. These commands make a backup of a replica set, restore it into an empty database, and then end all sessions, because people may have logged out since:
console-backup-secrets = Keep the secrets file as well, in another place: without it, emails and second factors in the backup can't be read.
