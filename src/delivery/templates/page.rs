//! Which pages there are, what each is called, and what it loads.

use crate::config::Settings;

/// A page, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Logging in.
    Login,
    /// Signing up.
    Register,
    /// The end of a verification mail's link.
    Verify,
    /// Asking for a link to choose a new password.
    Forgot,
    /// The end of that link.
    Reset,
    /// The end of an invitation's link.
    Invite,
    /// The end of the link that proves a new address.
    ConfirmEmailChange,
    /// The end of the link that undoes a change of the address.
    UndoEmailChange,
    /// The second step of a login.
    MfaConfirm,
    /// The way back from another provider.
    OauthComplete,
    /// The account.
    Me,
    /// What answers where there is no page, and to forms that were sent without the script.
    Error,
}

impl Page {
    /// All of them.
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

    /// What scripts and styles know it by (`data-rs-page`).
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

    /// The modules of the script that the page comes to load, so that all of them are on their way at once.
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

    /// The file that it is made from.
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
/// Those that only the account's page loads.
const OF_THE_ACCOUNT: [&str; 13] = [
    "account", "again", "request", "forms", "data", "dialog", "drafts", "idn", "language", "phone",
    "sections", "sessions", "codes",
];
/// Those that the pages of people who are not logged in load.
const OF_THE_DOOR: [&str; 8] = [
    "door", "request", "forms", "steps", "drafts", "again", "idn", "ways",
];
