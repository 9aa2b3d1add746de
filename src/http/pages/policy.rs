//! What the pages may load and do (Content Security Policy Level 3).

use axum::http::HeaderValue;
use url::{Origin, Url};

use crate::config::Pages;

/// Returns the policy: this server's own files and API, and the origins of the configured theme, logo and icon.
pub(in crate::http) fn of(pages: &Pages) -> HeaderValue {
    let theme = pages.theme_css_url.as_deref().and_then(elsewhere);
    let logo = pages.brand_logo_url.as_deref().and_then(elsewhere);
    let icon = pages.brand_icon_url.as_deref().and_then(elsewhere);
    let and = |own: &'static str, others: &[&Option<String>]| {
        let others = others.iter().filter_map(|other| other.as_deref());
        let sources: Vec<&str> = own.split(' ').chain(others).collect();
        sources.join(" ")
    };
    let styles = and("'self'", &[&theme]);
    let pictures = and("'self' data:", &[&theme, &logo, &icon]);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src {styles}; font-src {styles}; \
         img-src {pictures}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("origins of URLs are plain ASCII")
}

/// Returns the origin of a URL if it differs from that of the page.
fn elsewhere(location: &str) -> Option<String> {
    // A placeholder for the page's origin: a URL that resolves to it is relative.
    let page = Url::parse("http://page.invalid").ok()?;
    let origin = page.join(location).ok()?.origin();
    (origin != page.origin() && matches!(origin, Origin::Tuple(..)))
        .then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(theme: Option<&str>, logo: Option<&str>) -> String {
        let pages = Pages {
            theme_css_url: theme.map(str::to_owned),
            brand_logo_url: logo.map(str::to_owned),
            ..Pages::default()
        };
        of(&pages).to_str().unwrap().to_owned()
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere_unless_it_is_configured() {
        let plain = policy(None, None);
        assert!(!plain.contains("unsafe") && !plain.contains("http") && !plain.contains('*'));
        assert!(
            plain.contains("default-src 'none'; ") && plain.ends_with("frame-ancestors 'none'")
        );
        assert_eq!(policy(Some("/theme.css"), Some("logo.svg")), plain);
        assert_eq!(policy(Some("../t/theme.css?v=1"), None), plain);
    }

    #[test]
    fn the_origins_of_theme_and_logo_are_let_in_and_no_more() {
        let both = policy(
            Some("https://cdn.example:8443/a/theme.css?x=1"),
            Some("https://pics.example/logo.png"),
        );
        for part in [
            "style-src 'self' https://cdn.example:8443; ",
            "font-src 'self' https://cdn.example:8443; ",
            "img-src 'self' data: https://cdn.example:8443 https://pics.example; ",
            "script-src 'self'; ",
            "connect-src 'self'; ",
        ] {
            assert!(both.contains(part), "{part}: {both}");
        }
        let one = policy(Some("//cdn.example/t.css"), Some("//cdn.example/l.png"));
        assert!(
            one.contains("style-src 'self' http://cdn.example; "),
            "{one}"
        );
        assert!(
            one.contains("data: http://cdn.example http://cdn.example; "),
            "{one}"
        );
    }
}
