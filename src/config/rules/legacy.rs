//! Settings in files of the Python package that have no meaning here, or another one.

use crate::config::review::Review;
use crate::config::settings::{Draft, Transport};

/// Warns about such keys.
pub(super) fn warn(draft: &Draft, review: &mut Review<'_>) {
    let is_old = review.has_value("mongodb_url") || review.has_value("mongodb_database");
    if is_old && draft.settings.tokens.transport == Transport::Cookie {
        review.warn(
            "transport",
            "is cookie, which version 0.1.0 of the Python package ignored: a login now sets a cookie instead of returning a token",
        );
    }
}
