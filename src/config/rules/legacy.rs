//! Settings in files of the Python package that have no meaning here, or another one.

use crate::config::review::Review;
use crate::config::settings::{Draft, Transport};

/// Warns about such keys.
pub(super) fn warn(draft: &Draft, review: &mut Review<'_>) {
    let is_old = review.has_value("mongodb_url") || review.has_value("mongodb_database");
    if is_old && draft.settings.tokens.transport == Transport::Cookie {
        review.warn(
            "transport",
            "is cookie: version 0.1.0 of the Python package ignored this and answered a login with a token; now a login sets a cookie, and the answer has no token",
        );
    }
}
