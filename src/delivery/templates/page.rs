//! The pages, with their names, templates and script modules.

use crate::config::Settings;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Logging in.
    Login,
    /// Signing up.
    Register,
    /// The target of the link in a verification email.
    Verify,
    /// Requesting a link to choose a new password.
    Forgot,
    /// The target of that link.
    Reset,
    /// The target of the link in an invitation.
    Invite,
    /// The target of the link that verifies a new email address.
    ConfirmEmailChange,
    /// The target of the link that undoes a change of the email address.
    UndoEmailChange,
    /// The second factor of a login.
    MfaConfirm,
    /// The return from another provider.
    OauthComplete,
    /// The account.
    Me,
    /// Shown for unknown paths, and for forms that were sent without the script.
    Error,
}

impl Page {
    /// All pages.
    pub const ALL: [Self; 12] = [
        Self::Login,
        Self::Register,
        Self::Verify,
        Self::Forgot,
        Self::Reset,
        Self::Invite,
        Self::ConfirmEmailChange,
        Self::UndoEmailChange,
        Self::MfaConfirm,
        Self::OauthComplete,
        Self::Me,
        Self::Error,
    ];

    /// Returns the page's name for scripts and styles (`data-rs-page`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Register => "register",
            Self::Verify => "verify",
            Self::Forgot => "forgot",
            Self::Reset => "reset",
            Self::Invite => "accept-invitation",
            Self::ConfirmEmailChange => "confirm-email-change",
            Self::UndoEmailChange => "undo-email-change",
            Self::MfaConfirm => "mfa-confirm",
            Self::OauthComplete => "oauth-complete",
            Self::Me => "me",
            Self::Error => "error",
        }
    }

    /// Returns the script modules that the page loads, so that the browser can fetch them in parallel.
    pub(super) fn modules(self, settings: &Settings) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Me => &OF_THE_ACCOUNT,
            Self::Error => &[],
            _ => &OF_THE_DOOR,
        };
        let features = &settings.features;
        let factors: &[&str] = match self {
            Self::Me if features.enable_totp => &["factors"],
            _ => &[],
        };
        let passkeys: &[&str] = match self {
            Self::Login if features.enable_passkeys => &["knock", "passkey"],
            Self::Invite if features.enable_passkeys => &["invited", "passkey"],
            Self::Me if features.enable_passkeys => &["passkeys", "passkey"],
            _ => &[],
        };
        let providers: &[&str] = match self {
            _ if settings.oauth.providers.is_empty() => &[],
            Self::Login | Self::Register | Self::OauthComplete => &["providers"],
            Self::Me => &["providers", "links"],
            _ => &[],
        };
        let all = [&OF_EVERY_PAGE, own, factors, passkeys, providers];
        all.concat()
    }

    /// Returns the page's template.
    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::Login => "auth/login.html",
            Self::Register => "auth/register.html",
            Self::Verify => "auth/verify.html",
            Self::Forgot => "auth/forgot.html",
            Self::Reset => "auth/reset.html",
            Self::Invite => "auth/invite_accept.html",
            Self::ConfirmEmailChange => "auth/email_change_confirm.html",
            Self::UndoEmailChange => "auth/email_change_undo.html",
            Self::MfaConfirm => "auth/mfa_confirm.html",
            Self::OauthComplete => "auth/oauth_complete.html",
            Self::Me => "auth/me.html",
            Self::Error => "auth/error.html",
        }
    }
}

/// The modules of `static/js/regstack/` that every page loads.
const OF_EVERY_PAGE: [&str; 7] = [
    "start", "page", "messages", "session", "say", "fields", "refusal",
];
/// The modules that only the account page loads.
const OF_THE_ACCOUNT: [&str; 13] = [
    "account", "again", "request", "forms", "data", "dialog", "drafts", "idn", "language", "phone",
    "sections", "sessions", "codes",
];
/// The modules of the pages for people who are not logged in.
const OF_THE_DOOR: [&str; 8] = [
    "door", "request", "forms", "steps", "drafts", "again", "idn", "ways",
];
