//! The paths that are served, and the prefixes that would clash with others.

use crate::config::setting_error::SettingError;
use crate::config::settings::Pages;

/// Paths that don't depend on any prefix.
const FIXED_PATHS: [&str; 6] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/dev",
];

/// The first path segments below the prefix of the API or of the pages. Another prefix that continues with one of them
/// would hide it.
const SEGMENTS: [&str; 26] = [
    "accept-invitation",
    "account",
    "admin",
    "change-email",
    "change-password",
    "confirm-email-change",
    "forgot",
    "forgot-password",
    "forward-auth",
    "introspect",
    "login",
    "logout",
    "me",
    "mfa",
    "mfa-confirm",
    "oauth",
    "oauth-complete",
    "phone",
    "register",
    "resend-verification",
    "reset",
    "reset-password",
    "session",
    "sessions",
    "undo-email-change",
    "verify",
];

/// Returns the faults of the prefixes. There are none if the API is at the root and the pages are off.
pub(super) fn faults(pages: &Pages, with_pages: bool) -> Vec<SettingError> {
    if pages.api_prefix.is_empty() && !with_pages {
        return Vec::new();
    }
    let prefixes = [
        ("api_prefix", pages.api_prefix.as_str()),
        ("ui_prefix", pages.ui_prefix.as_str()),
        ("static_prefix", pages.static_prefix.as_str()),
    ];
    let mut faults = Vec::new();
    for (index, (key, prefix)) in prefixes.into_iter().enumerate() {
        if let Some((other, _)) = prefixes[..index].iter().find(|(_, other)| *other == prefix) {
            let reason = format!("must differ from {other}: both are {prefix:?}");
            faults.push(SettingError::new(key, reason));
        }
        if FIXED_PATHS.iter().any(|path| {
            prefix
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }) {
            let fixed = FIXED_PATHS.join(", ");
            let reason =
                format!("must not be under {fixed}, which regstack needs for itself: {prefix:?}");
            faults.push(SettingError::new(key, reason));
        }
        for (other, outer) in prefixes {
            if let Some(segment) = hidden(prefix, outer) {
                let reason = format!(
                    "must not be {outer}/{segment}, or under it: that is a path of {other}"
                );
                faults.push(SettingError::new(key, reason));
            }
        }
    }
    faults
}

/// Returns the segment below `outer` that the prefix would hide, if any.
fn hidden<'a>(prefix: &'a str, outer: &str) -> Option<&'a str> {
    let beneath = prefix.strip_prefix(outer)?.strip_prefix('/')?;
    let segment = beneath.split('/').next()?;
    SEGMENTS.contains(&segment).then_some(segment)
}
