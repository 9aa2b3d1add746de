//! Limits against guessing and flooding, and the cost of password hashes.

use std::num::NonZeroU32;

use crate::config::key::section;
use crate::config::rate_limit::{LoginLimit, Quota, RateLimit};

/// Returns the limit of a route that strangers may call. It is more than a person or an office needs, and too little
/// for a flood.
fn each(minute: u32, hour: u32) -> Option<RateLimit> {
    let quota = |count, seconds| {
        Some(Quota {
            count: NonZeroU32::new(count)?,
            seconds,
        })
    };
    Some(RateLimit(vec![quota(minute, 60)?, quota(hour, 3600)?]))
}

section! {
    /// Limits against guessing and flooding.
    pub struct Guessing at settings.guessing, named "" field "" {
        rate_limit_disabled: bool = false, Any, "Turn off every limit of this section; for tests only.";
        shared_rate_limits: bool = false, Any, "Count requests per client address in the database, for all servers on it together.";
        login_lockout_threshold: u32 = 5, Range(1, 1_000_000), "Wrong passwords that lock an account out, within the window.";
        login_lockout_window_seconds: u32 = 900, Range(10, 31_536_000), "Seconds that the window lasts.";
        mail_per_recipient_per_hour: u32 = 10, Range(1, 1_000_000), "Emails per hour to one email address. Beyond that, each other client address can cause one more, up to the same number again.";
        sms_per_recipient_per_hour: u32 = 5, Range(1, 1_000_000), "SMS per hour to one number, and phone setups per hour of one account.";
    }
    derived {
        /// Limits per client address.
        limits: RouteLimits = RouteLimits::default();
    }
}

section! {
    /// The limits of logins per client address, which become [`RouteLimits::login`].
    #[allow(clippy::struct_field_names, reason = "the fields are the keys")]
    pub(in crate::config) struct LoginKeys at login, named "" field "" {
        login_rate_limit: Option<LoginLimit> = each(60, 1000).map(LoginLimit::Limit), Any, "Logins per client address; `auto` uses the next two keys.";
        login_max_per_minute: u32 = 5, Range(1, 1_000_000), "Logins per minute; only with `login_rate_limit` = auto.";
        login_max_per_hour: u32 = 20, Range(1, 1_000_000), "Logins per hour; only with `login_rate_limit` = auto.";
    }
}

section! {
    /// Limits per client address, by route. The keys are `<name>_rate_limit`; with an empty value there is no limit.
    /// Defaults don't apply to loopback and private addresses while `behind_proxy` is off, because they may be a proxy
    /// that isn't configured.
    pub struct RouteLimits at settings.guessing.limits, named "" field "_rate_limit" {
        login_mfa_confirm: Option<RateLimit> = each(60, 1000), Any, "Codes entered at login per client address.";
        register: Option<RateLimit> = each(30, 300), Any, "Registrations per client address.";
        verify: Option<RateLimit> = each(60, 1000), Any, "Verifications per client address.";
        resend_verification: Option<RateLimit> = each(30, 300), Any, "Requests for a new verification link per client address.";
        forgot_password: Option<RateLimit> = each(30, 300), Any, "Requests for a password reset link per client address.";
        reset_password: Option<RateLimit> = each(60, 1000), Any, "Password resets, and steps to add a passkey by link, per client address.";
        change_password: Option<RateLimit> = None, Any, "Password changes per client address.";
        change_email: Option<RateLimit> = None, Any, "Requests to change the email address per client address.";
        confirm_email_change: Option<RateLimit> = each(60, 1000), Any, "Confirmed changes of the email address per client address.";
        delete_account: Option<RateLimit> = None, Any, "Account deletions per client address.";
        export_data: Option<RateLimit> = each(30, 300), Any, "Downloads of an account's data per client address.";
        phone_start: Option<RateLimit> = each(10, 60), Any, "Phone setups started per client address. Each sends an SMS.";
        phone_confirm: Option<RateLimit> = each(60, 1000), Any, "Phone setups confirmed per client address.";
        phone_disable: Option<RateLimit> = None, Any, "Phones removed as second factor per client address.";
        mfa_change: Option<RateLimit> = None, Any, "Authenticator apps set up or removed, and recovery codes made, per client address.";
        totp_confirm: Option<RateLimit> = each(60, 1000), Any, "Authenticator apps confirmed per client address.";
        passkey_login: Option<RateLimit> = each(60, 1000), Any, "Logins by passkey per client address.";
        passkey_login_start: Option<RateLimit> = each(600, 10_000), Any, "Logins by passkey started per client address; every login page that opens starts one.";
        passkey_change: Option<RateLimit> = None, Any, "Passkeys added or removed per client address.";
        oauth_start: Option<RateLimit> = each(60, 1000), Any, "Logins with other providers started per client address.";
    }
    derived {
        /// Logins, from `login_rate_limit` or `login_max_per_minute` and `login_max_per_hour`.
        login: Option<RateLimit> = each(60, 1000);
        /// Sessions fetched after a login with another provider, from `oauth_exchange_rate_limit`.
        oauth_exchange: Option<RateLimit> = None;
    }
}

/// Returns how many hashes are computed at the same time: one for each processor.
pub(in crate::config) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The maximum memory of a hash in KiB, whether configured or stored. A planted hash must not exhaust the machine.
pub const MAX_MEMORY_KIB: u32 = 1 << 20;
/// The maximum number of passes of a hash over its memory.
pub const MAX_ITERATIONS: u32 = 64;
/// The maximum number of lanes of a hash.
pub const MAX_LANES: u32 = 64;

section! {
    /// The cost of password hashes.
    pub struct PasswordHashing at settings.password, named "password." field "" {
        memory_kib: u32 = 19_456, Range(8, MAX_MEMORY_KIB as u64), "Memory per hash in KiB, at least 8 per lane.";
        iterations: u32 = 2, Range(1, MAX_ITERATIONS as u64), "Passes over the memory.";
        parallelism: u32 = 1, Range(1, MAX_LANES as u64), "Lanes.";
        max_concurrent_hashes: usize = processors(), Range(0, 4096), "Hashes computed at the same time; 0 means one per processor.", written "0";
        max_waiting_hashes: usize = 128, Range(0, 1_000_000), "Hashes that may wait; beyond that, the answer is 503.";
        min_strength: u8 = 0, Range(0, 4), "Lowest zxcvbn score of a new password.";
    }
}
