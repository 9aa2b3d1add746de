//! What is switched on.

use crate::config::key::section;

section! {
    /// What is switched on.
    pub struct Features at settings.features, named "" field "" {
        require_verification: bool = true, Any, "Whether an address must be proven by mail before the account exists.";
        allow_registration: bool = true, Any, "Whether anybody may register; otherwise only administrators create accounts.";
        enable_password_reset: bool = true, Any, "Whether a forgotten password can be reset by mail.";
        enable_account_deletion: bool = true, Any, "Whether people can delete their own account.";
        enable_admin_router: bool = false, Any, "Whether the admin API answers.";
        enable_ui_router: bool = false, Any, "Whether the pages are served.";
        enable_sms_2fa: bool = false, Any, "Whether people can add their phone as a second factor; off, login asks nobody for a code.";
        verify_requires_password: bool = false, Any, "Whether verifying an address also needs the password it was registered with.";
        notify_on_change: bool = true, Any, "Whether the owner is told by mail when password, address or second factor change.";
        hide_registered_emails: bool = false, Any, "Whether registering a known address looks like any other and only its owner learns of it; needs `require_verification`.";
    }
}
