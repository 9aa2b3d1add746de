# What people read in pages, scripts, mails and SMS, in English.
#
# Messages hold no markup: templates put links and emphasis in through variables.
# js-*: for the script of the pages. error-*: what pages say to an error of that code.
# What is missing in another language is taken from here.

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
check-your-email = Check your email
go-to-account = Go to your account
already-have-account = Already have an account?
needs-javascript = This page needs JavaScript. Turn it on and reload the page.

### Pages

# What search engines show of the pages.
page-description = Log in to { $app }, create an account, or manage yours.

login-title = Log in
login-forgot = Forgot your password?
login-new-here = New here?
login-create-account = Create an account

register-title = Create an account
register-submit = Create account
register-closed-title = Sign-up is closed
register-closed = You need an invitation to join { $app }. Contact support.
register-sent = We sent a link to { $email }. Open it to confirm your email address, then log in.
register-sent-email = your email address
register-no-email = No email? Check your spam folder. Only the newest link works.

verify-title = Confirm your email address
verify-with-password = Enter the password you signed up with.
verify-lead = Confirm that this email address is yours.
verify-submit = Confirm email address
verify-already = Already confirmed?
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

mfa-title = Enter your code
mfa-lead = We sent a { $digits }-digit code to your phone. { $minutes ->
    [one] It expires in { $minutes } minute.
   *[other] It expires in { $minutes } minutes.
}
mfa-again = Didn't get it? { $link } for a new code
mfa-again-link = Log in again

error-page-not-found-title = Page not found
error-page-not-found = Check the web address. The page may have moved.
error-page-form-title = That didn't work
error-page-form = The form was sent before the page was ready. Nothing was changed. Turn on JavaScript, go back and reload the page.

me-title = Your account
me-confirmed = Confirmed
me-member-since = Member since
me-name-submit = Save name
me-password-hint = You'll be logged out on all devices, including this one.
me-password-submit = Change password
me-email-hint = We'll send a link to your new email address. Nothing changes until you open it.
me-new-email = New email address
me-two-step = Two-step verification
me-phone-hint = Include the country code, for example { $example }.
me-two-step-on = Turn on
me-two-step-off = Turn off
me-phone-again = Use a different number
me-delete = Delete account
me-delete-hint = This permanently deletes your account and its data. You can't undo this.

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

mail-verification-subject = Confirm your email address for { $app }
mail-verification-title = Confirm your email address
mail-verification = Welcome to { $app }! Confirm that { $email } is yours.
mail-verification-button = Confirm email address
mail-verification-unasked = Didn't sign up? Ignore this email.

mail-reset-subject = Reset your password for { $app }
mail-reset-title = Choose a new password
mail-reset = Someone asked to reset the password for { $email } at { $app }. When you choose a new password, you'll be logged out on all devices.
mail-reset-button = Choose a new password
mail-reset-unasked = Didn't ask for this? Ignore this email. Your password stays the same.

mail-change-email-subject = Confirm your new email address for { $app }
mail-change-email-title = Confirm your new email address
mail-change-email = Confirm that { $email } is your new email address at { $app }. You'll be logged out on all devices, and log in with this email address from then on.
mail-change-email-button = Confirm new email address
mail-change-email-unasked = Didn't ask for this? Ignore this email. Nothing changes unless you open the link and confirm.

mail-invite-subject = You're invited to { $app }
mail-invite-title = Your account is ready
mail-invite = You're invited to { $app }. We made an account for { $email }. Choose a password to log in.
mail-invite-button = Choose a password
mail-invite-unasked = Don't know what this is about? Ignore this email.

mail-taken-subject = You already have an account at { $app }
mail-taken-title = You already have an account
mail-taken = Someone tried to sign up for { $app } with { $email }. You already have an account with this email address, so we didn't make a new one.
mail-taken-you = Was it you?
mail-taken-you-do = Log in as usual. Forgot your password? Reset it on the login page.
mail-taken-unasked = Wasn't you? Ignore this email. Nothing about your account has changed.

mail-notice-title = Your account was changed
mail-notice = Something changed in your account at { $app }:
mail-notice-account = Account: { $app }
mail-notice-when = When: { $time }
mail-notice-from = From: IP address { $ip }
mail-notice-from-ip = from IP address { $ip }
mail-notice-you = Was it you? Ignore this email.
mail-notice-not-you = Wasn't you?
mail-notice-not-you-do = Someone else may be using your account. Reset your password now on the login page. That logs out all devices. If you can't, contact support.

notice-password = Your password was changed.
notice-email = Your email address was changed.
notice-second-factor-added = Two-step verification was turned on.
notice-second-factor-moved = Your phone number for two-step verification was changed.
notice-second-factor-removed = Two-step verification was turned off.

### SMS

# "verification code: 123456" and "sign-in code: 123456" are looked for by programs: see from-python.md.
sms-phone-setup = { $app } verification code: { $code }. It expires in { $minutes } min.
sms-login = { $app } sign-in code: { $code }. It expires in { $minutes } min. Don't share it.
