//! Which representation a request accepts.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Returns whether `Accept` names a media type. Browsers that open a page name HTML; scripts, images and programs
/// accept `*/*`, which doesn't count.
pub(super) fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let mut lines = headers.get_all(ACCEPT).iter();
    lines.any(|line| {
        line.to_str()
            .is_ok_and(|line| line.to_ascii_lowercase().contains(media_type))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn browsers_ask_for_pages_and_programs_do_not() {
        let asks = |accept: Option<&'static str>| {
            let accept = accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept)));
            names(&accept.into_iter().collect(), "text/html")
        };
        assert!(asks(Some("text/html,application/xhtml+xml,*/*;q=0.8")));
        assert!(asks(Some("Text/HTML")));
        for other in [
            None,
            Some("*/*"),
            Some("application/json"),
            Some("text/css,*/*;q=0.1"),
        ] {
            assert!(!asks(other), "{other:?}");
        }
    }
}
