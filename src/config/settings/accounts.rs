//! Features that can be turned on and off.

use crate::config::key::section;

section! {
    /// Features that can be turned on and off.
    pub struct Features at settings.features, named "" field "" {
        require_verification: bool = true, Any, "Create an account only after its email address is verified.";
        allow_registration: bool = true, Any, "Let anyone sign up; if false, only administrators create accounts.";
        enable_password_reset: bool = true, Any, "Let people reset a forgotten password by email.";
        enable_account_deletion: bool = true, Any, "Let people delete their own account.";
        enable_admin_router: bool = false, Any, "Serve the admin API.";
        enable_ui_router: bool = false, Any, "Serve the pages.";
        enable_sms_2fa: bool = false, Any, "Let people add their phone as a second factor; if false, no login asks for a code.";
        verify_requires_password: bool = false, Any, "Ask for the password when an email address is verified.";
        notify_on_change: bool = true, Any, "Send an email when the password, the email address or the second factor changes.";
        hide_registered_emails: bool = false, Any, "Don't reveal that an email address has an account when someone signs up with it; notify only its owner. Needs `require_verification`.";
        enable_forward_auth: bool = false, Any, "Let a proxy (nginx, Caddy, Traefik) ask whether a request to another application may pass; needs `behind_proxy`.";
        enable_totp: bool = false, Any, "Let people add an authenticator app as a second factor; if false, no login asks for its code.";
        require_mfa_for_admins: bool = false, Any, "Require a second factor for the admin API; needs `enable_totp`, `enable_sms_2fa` or `enable_passkeys`.";
        enable_passkeys: bool = false, Any, "Let people log in with passkeys, which need neither a password nor a second factor.";
    }
}
