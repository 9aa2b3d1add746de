//! What files of the Python package say that means nothing here, or something else than it did there.

use crate::config::review::Review;
use crate::config::settings::{Draft, RefusedKeys, Transport};

/// Warns of such keys.
pub(super) fn warn(draft: &Draft, review: &mut Review<'_>) {
    for key in RefusedKeys::KEYS {
        if review.has_value(key.name) {
            review.warn(
                key.name,
                "has no effect: sign-in with other providers (OAuth) isn't supported",
            );
        }
    }
    let is_old = review.has_value("mongodb_url") || review.has_value("mongodb_database");
    if is_old && draft.settings.tokens.transport == Transport::Cookie {
        review.warn(
            "transport",
            "is cookie: version 0.1.0 of the Python package ignored this and answered a login with a token; now a login sets a cookie, and the answer has no token",
        );
    }
}
