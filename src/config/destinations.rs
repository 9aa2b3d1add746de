//! The URLs that people may be redirected to after a login or a mailed link.

use url::{Origin, Url};

use super::settings::Settings;

/// The maximum length of such a URL, in bytes.
pub const MAX_DESTINATION: usize = 2048;

impl Settings {
    /// Returns the URL if redirecting to it is allowed: a path on this site, or a URL of an origin in `base_url`,
    /// `app_url` or `return_origins`. The URL is untrusted input.
    #[must_use]
    pub fn destination(&self, address: &str) -> Option<String> {
        // Browsers ignore some characters and treat a backslash as a slash, but never write them in URLs themselves.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if address.len() > MAX_DESTINATION || !address.bytes().all(is_plain) {
            return None;
        }
        if address.starts_with('/') {
            return self.path_on_this_site(address);
        }
        let url = Url::parse(address).ok()?;
        let origin = url.origin();
        let own = Url::parse(&self.identity.base_url).ok()?.origin();
        let mut named = self.return_origins().into_iter().chain([own]);
        let named = named.find(|one| *one == origin)?;
        // The origin must match exactly: no user, no other spelling of the host, no default port.
        let rest = address.strip_prefix(&named.ascii_serialization())?;
        let ends_there = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        ends_there.then(|| address.to_owned())
    }

    /// Returns whether browsers send the session cookie to a URL: to the host of `base_url`, or to every host at or
    /// below `cookie_domain`.
    #[must_use]
    pub fn cookie_reaches(&self, url: &str) -> bool {
        let (Ok(url), Ok(base)) = (Url::parse(url), Url::parse(&self.identity.base_url)) else {
            return false;
        };
        let is_secret_kept = base.scheme() != "https" || url.scheme() == "https";
        let reaches = match (&self.identity.cookie_domain, url.host_str()) {
            (Some(domain), Some(host)) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            (None, host) => host == base.host_str(),
            (Some(_), None) => false,
        };
        is_secret_kept && reaches
    }

    fn path_on_this_site(&self, path: &str) -> Option<String> {
        let (before, _) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
        let disguised = before.to_ascii_lowercase();
        if disguised.contains("%2f") || disguised.contains("%5c") {
            return None;
        }
        let base = Url::parse(&self.identity.base_url).ok()?;
        let url = base.join(path).ok()?;
        let is_here = url.origin() == base.origin() && !url.path().starts_with("//");
        (is_here && !path.starts_with("//")).then(|| path.to_owned())
    }

    /// Returns every origin that may be redirected to, except for this site's.
    #[must_use]
    pub fn return_origins(&self) -> Vec<Origin> {
        let named = self.pages.app_url.iter();
        named
            .chain(&self.pages.return_origins)
            .filter_map(|text| Url::parse(text).ok())
            .map(|url| url.origin())
            .filter(Origin::is_tuple)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: [&str; 96] = [
        "",
        "a",
        "evil.example",
        "app.example",
        "//app.example",
        "https:app.example",
        "https:/app.example",
        "https:///app.example",
        "https:\\\\app.example",
        "HTTPS://app.example",
        "https://APP.example",
        "https://app.example.",
        "https://app.example:443",
        "https://app.example:443/",
        "https://app.example:8443/",
        "https://app.example:",
        "http://app.example/",
        "http://app.example:443/",
        "ws://app.example/",
        "ftp://app.example/",
        "https://user@app.example/",
        "https://user:pw@app.example/",
        "https://@app.example/",
        "https://:@app.example/",
        "https://app.example@evil.example/",
        "https://app.example:x@evil.example/",
        "https://app.example%40evil.example/",
        "https://app.example%2eevil.example/",
        "https://app.example%00.evil.example/",
        "https://app.example.evil.example/",
        "https://evil.example/app.example",
        "https://evil.example?https://app.example",
        "https://evil.example#https://app.example",
        "https://evil.example\\@app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example;evil.example/",
        "https://app.example,evil.example/",
        "https://app.example|evil.example/",
        "https://app.example^evil.example/",
        "https://app.example`evil.example/",
        "https://app%2eexample/",
        "https://ａpp.example/",
        "https://app。example/",
        "https://app．example/",
        "https://app｡example/",
        "https://app.example\u{200b}/",
        "https://app.example\u{2044}evil",
        "https://xn--pp-uia.example/",
        "https://münchen.example/",
        "http://localhost:3000@evil.example/",
        "http://localhost:30000/",
        "http://localhost/",
        "http://localhost:3000.evil.example/",
        "http://127.0.0.1:3000/",
        "https://localhost:3000/",
        "https://id.example.evil.example/",
        "https://id.example@evil.example",
        "null",
        "about:blank",
        "blob:https://app.example/x",
        "filesystem:https://app.example/x",
        "view-source:https://app.example/",
        "javascript:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:x@app.example",
        "intent://app.example/#Intent;end",
        "//",
        "///",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/%2fevil.example",
        "/%2Fevil.example",
        "/%5cevil.example",
        "/a%2f..%2f/evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/a/..//evil.example",
        "/./..//evil.example",
        "/%2e//evil.example",
        "/%2e%2e//evil.example",
        "/a/%2e%2e//evil.example",
        "?next=https://evil.example",
        "#https://evil.example",
        "@evil.example",
        ":evil.example",
        ".evil.example",
        "../evil",
        "./evil",
    ];

    fn settings() -> Settings {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://id.example/sub".to_owned();
        settings.pages.app_url = Some("https://app.example/welcome".to_owned());
        settings.pages.return_origins = ["http://localhost:3000", "https://münchen.example"]
            .map(|text| Url::parse(text).unwrap().origin().ascii_serialization())
            .to_vec();
        settings
    }

    #[test]
    fn paths_and_the_named_origins_are_gone_to_as_they_are() {
        let settings = settings();
        for good in [
            "/",
            "/account/me#password",
            "/a/b?c=d&e=//f",
            "/a%20b",
            "/a?u=https%3A%2F%2Fevil.example",
            "https://id.example/sub/account/me",
            "https://app.example",
            "https://app.example/",
            "https://app.example/a/b?c=d#e",
            "https://app.example?x",
            "https://app.example#x",
            "https://app.example/x@evil.example",
            "http://localhost:3000/cb?state=1",
            "https://xn--mnchen-3ya.example/",
        ] {
            assert_eq!(settings.destination(good).as_deref(), Some(good));
        }
        assert_eq!(
            settings.destination(&format!("/{}", "a".repeat(MAX_DESTINATION))),
            None
        );
    }

    #[test]
    fn hundreds_of_disguises_lead_nowhere() {
        let settings = settings();
        let mut nasty: Vec<String> = NASTY.map(str::to_owned).to_vec();
        // Characters that browsers ignore or cut off, in every place where they might hide something.
        for hidden in [
            "\t", "\n", "\r", "\0", " ", "\u{b}", "\u{c}", "\u{a0}", "\u{2028}", "\u{feff}",
            "\u{202e}", "\u{ad}",
        ] {
            for (before, after) in [
                ("", "//evil.example"),
                ("/", "/evil.example"),
                ("/", "a"),
                ("", "https://app.example/"),
                ("https:", "//evil.example/"),
                ("https:/", "/evil.example/"),
                ("https://", "app.example/"),
                ("https://app", ".example/"),
                ("https://app.example", "/"),
                ("https://app.example/", ""),
                ("java", "script:alert(1)"),
                ("", "javascript:alert(1)"),
            ] {
                nasty.push(format!("{before}{hidden}{after}"));
            }
        }
        assert!(nasty.len() > 200, "{}", nasty.len());
        for nasty in nasty {
            assert_eq!(settings.destination(&nasty), None, "{nasty:?}");
        }
    }

    #[test]
    fn a_cookie_reaches_its_host_or_its_domain_and_no_clear_text() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://id.example.com".to_owned();
        assert!(settings.cookie_reaches("https://id.example.com:8443/x"));
        assert!(!settings.cookie_reaches("https://app.example.com/"));
        settings.identity.cookie_domain = Some("example.com".to_owned());
        assert!(settings.cookie_reaches("https://app.example.com/"));
        assert!(settings.cookie_reaches("https://example.com/"));
        for elsewhere in [
            "https://example.com.evil.example/",
            "https://badexample.com/",
            "http://app.example.com/",
            "/x",
        ] {
            assert!(!settings.cookie_reaches(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn without_an_application_only_this_site_is_gone_to() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://id.example".to_owned();
        assert!(settings.destination("https://id.example/x").is_some());
        assert!(settings.destination("https://app.example/x").is_none());
    }
}
