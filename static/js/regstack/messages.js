// The words of the script. The server writes those of the page's language into the page, by key: a text with {name} for
// its variables, or one such text for each plural form. Keys of the API's errors are "error-" and the error's code.

const plural = new Intl.PluralRules(document.documentElement.lang || "en");

const WORDS = {
  "js-notice-expired": "You've been logged out. Log in to continue.",
  "js-notice-left": "You're logged out.",
  "js-notice-password": "Your password was changed. Log in with the new one.",
  "js-notice-deleted": "Your account was deleted.",
  "js-notice-code": "The code has expired or was wrong too many times. Log in again to get a new one.",

  "error-invalid_credentials": "Wrong email or password. Just signed up? Open the link in our email first.",
  "error-account_disabled": "This account is disabled. Contact support.",
  "error-email_unverified": "You haven't confirmed your email address yet.",
  "error-locked": "Too many failed attempts.",
  "error-code_budget_spent": "Too many wrong codes.",
  "error-rate_limited": "Too many tries.",
  "error-overloaded": "We're busy right now.",
  "error-unavailable": "This isn't available right now. Try again soon.",
  "error-wrong_password": "Wrong password.",
  "error-password_unchanged": "That's already your password. Choose a different one.",
  "error-same_email": "That's already your email address.",
  "error-email_taken": "There's already an account with this email address.",
  "error-invalid_phone": "Enter a phone number with the country code, for example +44 20 7946 0018.",
  "error-wrong_code": "Wrong code. Only the newest code works.",
  "error-code_expired": "The code has expired.",
  "error-no_code": "This code was already used, replaced or entered wrong too many times.",
  "error-invalid_token": "This link has expired or was already used.",
  "error-missing_token": "This link is incomplete. Open it again from the email.",
  "error-registration_disabled": "Sign-up is closed right now.",
  "error-cross_site": "You can't log in from this web address. Contact support.",
  "error-last_superuser": "You're the last administrator. Make someone else an administrator first.",
  "error-mfa_not_enabled": "Two-step verification is already off.",
  "error-no_storage": "Your browser blocks storage for this site. Allow it to stay logged in.",
  "error-offline": "You're offline. Connect to the internet and try again.",
  "error-away": "We can't reach the server. Try again in a moment.",
  "error-late": "The server is taking too long to answer. Check whether it worked before trying again.",
  "error-internal": "Something went wrong on our side. Try again in a moment.",
  "error-other": "That didn't work. Reload the page and try again.",

  "js-quote-code": "{problem} If it keeps happening, quote this code: {code}",
  "js-wait": "{problem} You can try again in {time}.",
  "js-wait-over": "You can try again now.",
  "js-unlock": "{link} to unlock your account now.",
  "js-unlock-link": "Reset your password",
  "js-hours": "{hours} h {minutes} min",
  "js-minutes": "{minutes} min {seconds} s",
  "js-seconds": "{seconds} s",
  "js-try-again": "Try again",
  "js-get-new-link": "Get a new link",
  "js-log-in": "Log in",
  "js-cancel": "Cancel",
  "js-confirm": "Confirm",
  "js-confirm-asked": "Confirm that you asked for this.",

  "js-show": "Show",
  "js-hide": "Hide",
  "js-show-password": "Show password",
  "js-hide-password": "Hide password",
  "js-password-rule": {
    one: "At least {count} character. A few unrelated words work best.",
    other: "At least {count} characters. A few unrelated words work best.",
  },
  "js-enter-password": "Enter your password.",
  "js-choose-password": "Choose a password.",
  "js-enter-email": "Enter your email address.",
  "js-enter-new_email": "Enter your new email address.",
  "js-enter-code": "Enter the code.",
  "js-enter-phone_number": "Enter your phone number.",
  "js-required": "{field} is required.",
  "js-digits-only": "Enter digits only.",
  "js-password-short": { one: "Use at least {count} character.", other: "Use at least {count} characters." },
  "js-too-short": { one: "{field} needs at least {count} character.", other: "{field} needs at least {count} characters." },
  "js-too-long": { one: "{field} can have up to {count} character.", other: "{field} can have up to {count} characters." },
  "js-too-long-unknown": "{field} is too long.",
  "js-password-weak": "This password is too easy to guess. A few unrelated words work best.",
  "js-format": "{field} isn't in the right format.",
  "js-email-format": "Enter an email address like ada@example.com.",
  "js-field": "This",

  "js-verify-sent": "We sent a link to {email}. Open it to confirm your email address.",
  "js-verify-resent": "If this email address still needs confirming, a new link is on its way.",
  "js-verify-done": "Your email address is confirmed. You can log in now.",
  "js-forgot-sent": "If there's an account with this email address, a link is on its way.",
  "js-email-changed": "Your email address was changed. Log in with the new one.",
  "js-email-change-sent": "We sent a link to {email}. Open it to change your email address.",
  "js-name-saved": "Your name was saved.",
  "js-name-missing": "Not given",
  "js-yes": "Yes",
  "js-no": "No",
  "js-delete-sure": "Delete your account? You can't undo this.",
  "js-delete": "Delete account",
  "js-still-logged-in": "You're still logged in. {problem}",
  "js-code-sent": "We sent a code to {phone}.",
  "js-code-again": "{problem} Get a new one.",
  "js-two-step-is-on": "On. When you log in, we send a code to {phone}.",
  "js-two-step-is-off": "Off. Turn it on to log in with your password and a code that we send to your phone.",
  "js-two-step-turned-on": "Two-step verification is on. We'll ask for a code when you log in.",
  "js-two-step-turned-off": "Two-step verification is off. We removed your phone number.",
};

export const isKnown = (key) => Object.hasOwn(WORDS, key);

/** A message in parts: its text, with what was given for each variable in its place, be it text or an element. */
export function parts(key, values = {}) {
  const said = WORDS[key] ?? key;
  const text = typeof said === "string" ? said : (said[plural.select(values.count ?? 0)] ?? said.other);
  return text.split(/\{([\w-]+)\}/).map((part, at) => (at % 2 ? (values[part] ?? "") : part));
}

/** A message as text. */
export const message = (key, values) => parts(key, values).join("");
