//! Rules for values, shared by several keys. Each is a check with the words that describe it.
//!
//! It knows no keys: rules on several keys together are in `rules`.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Url;

use super::value::Rule;
use crate::model::{Email, Language};

pub(super) const ONE_LINE: Rule = Rule::Is("one line of text, not empty", |text| {
    !text.trim().is_empty() && is_one_line(text)
});
pub(super) const OPTIONAL_LINE: Rule = Rule::Is("one line of text", is_one_line);
pub(super) const EMAIL: Rule = Rule::Is("an email address such as name@example.com", |text| {
    Email::parse(text).is_ok()
});
pub(super) const LANGUAGE: Rule = Rule::Is("a language tag such as de or pt-BR", |text| {
    Language::parse(text).is_some()
});
pub(super) const LANGUAGES: Rule =
    Rule::Is("a list of language tags such as en, de, pt-BR", |text| {
        text.is_empty()
            || text
                .split(',')
                .all(|tag| Language::parse(tag.trim()).is_some())
    });
pub(super) const COLOUR: Rule = Rule::Is("a color such as #0b6b57", |text| {
    text.strip_prefix('#').is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
});
pub(super) const WEB_URL: Rule = Rule::Is(
    "an absolute http or https URL without user, query and fragment",
    |text| web_url(text).is_some_and(|url| url.query().is_none() && url.fragment().is_none()),
);
pub(super) const ORIGINS: Rule = Rule::Is(
    "a list of origins such as https://app.example.com, without a path, or * alone",
    |text| text == "*" || text.split(',').all(is_origin),
);
pub(super) const NAMED_ORIGINS: Rule = Rule::Is(
    "a list of origins such as https://app.example.com, without a path",
    |text| text.split(',').all(is_origin),
);
pub(super) const HOST: Rule = Rule::Is(
    "a host name such as smtp.example.com or an IP address, without a port",
    is_host,
);
pub(super) const HELO: Rule = Rule::Is(
    "a host name with a domain, such as out.example.com, or an IP address in brackets",
    is_helo,
);
pub(super) const REGION: Rule = Rule::Is("an AWS region such as eu-central-1", is_region);
pub(super) const LOCATION: Rule = Rule::Is("a path or an http or https URL", is_location);
pub(super) const DOMAIN: Rule = Rule::Is("a domain such as example.com", |text| {
    // A leading dot used to mean "and all domains below".
    let labels = text.strip_prefix('.').unwrap_or(text).split('.');
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    labels
        .into_iter()
        .all(|label| !label.is_empty() && label.chars().all(plain))
});
pub(super) const PREFIX: Rule = Rule::Is(
    "a path that starts with / and does not end with one, of letters, digits and - _ . ~, or empty for the root",
    |text| text.is_empty() || is_prefix(text),
);
pub(super) const NESTED: Rule = Rule::Is(
    "a path that starts with / and does not end with one, of letters, digits and - _ . ~",
    is_prefix,
);
pub(super) const LINK_PREFIX: Rule = Rule::Is("a path that starts with /", |text| {
    text == "/" || is_prefix(text.trim_end_matches('/'))
});
pub(super) const COLLECTION: Rule = Rule::Is(
    "a collection's name: not empty, without $, not starting with system.",
    |text| {
        !text.is_empty()
            && text.len() <= 120
            && is_one_line(text)
            && !text.contains('$')
            && !text.starts_with("system.")
    },
);
pub(super) const DATABASE_NAME: Rule = Rule::Is(
    "a database's name: 1 to 63 bytes, without white space and /\\.\"$*<>:|?",
    is_database_name,
);
pub(super) const LOG_LEVEL: Rule = Rule::Is(
    "off, error, warn, info, debug or trace, or a list such as info,regstack=debug",
    is_log_level,
);

fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Parses an absolute http or https URL with a host and without credentials.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    (web && url.username().is_empty()
        && url.password().is_none()
        && text.contains("://")
        && !text.contains(char::is_whitespace))
    .then_some(url)
}

/// Returns whether a text is an origin in the spelling that browsers use.
fn is_origin(text: &str) -> bool {
    !text.contains('*')
        && web_url(text).is_some_and(|url| url.origin().ascii_serialization() == text)
}

/// Returns whether a text is one label of a DNS name. Underscores aren't allowed in host names, but container networks
/// use them.
#[must_use]
pub fn is_label(label: &str) -> bool {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=63).contains(&label.len()) && label.chars().all(is_good)
}

/// Returns whether a text is a valid client name in EHLO (RFC 5321 §4.1.1.1).
fn is_helo(text: &str) -> bool {
    let literal = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Some(literal) = literal {
        return match literal.strip_prefix("IPv6:") {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => literal.parse::<Ipv4Addr>().is_ok(),
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &str| !label.is_empty() && label.len() <= 63 && label.chars().all(plain);
    let mut labels = text.rsplit('.');
    // If the last label is a number, the name is an IP address.
    labels
        .next()
        .is_some_and(|top| is_label(top) && !top.chars().all(|c| c.is_ascii_digit()))
        && text.contains('.')
        && text.len() <= 253
        && labels.all(is_label)
}

fn is_host(text: &str) -> bool {
    let address = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    address.parse::<std::net::IpAddr>().is_ok()
        || text
            .strip_suffix('.')
            .unwrap_or(text)
            .split('.')
            .all(is_label)
}

/// Returns whether a text has the form of an AWS region: words and a number, separated by hyphens. The list of regions
/// changes from year to year.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase());
    parts.len() >= 3
        && parts.split_last().is_some_and(|(number, words)| {
            let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
            is_number && words.iter().all(is_word)
        })
}

/// Returns whether SNS accepts a text as the sender: a number, or a name with a letter.
pub(super) fn is_sns_sender(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = (5..=15).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    let is_name = text.len() <= 11
        && text.contains(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    is_number || is_name
}

fn is_location(text: &str) -> bool {
    if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return false;
    }
    match Url::parse(text) {
        Ok(_) => web_url(text).is_some(),
        Err(url::ParseError::RelativeUrlWithoutBase) => !text.is_empty(),
        Err(_) => false,
    }
}

/// Returns whether a text is a valid prefix. Braces and asterisks are patterns for the router, and dots would lead to
/// a parent path.
fn is_prefix(text: &str) -> bool {
    let segment = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
    };
    text.strip_prefix('/')
        .is_some_and(|path| path.split('/').all(segment))
}

pub(super) fn is_database_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text
            .contains(|c: char| c.is_control() || c.is_whitespace() || "/\\.\"$*<>:|?".contains(c))
}

fn is_log_level(text: &str) -> bool {
    let level = |text: &str| matches!(text, "off" | "error" | "warn" | "info" | "debug" | "trace");
    let target = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
    };
    text.split(',').all(|part| {
        part.split_once('=')
            .map_or_else(|| level(part), |(name, value)| target(name) && level(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(rule: Rule, text: &str) -> bool {
        rule.holds(&text.to_owned())
    }

    #[test]
    fn prefixes_are_plain_absolute_paths() {
        for good in ["", "/api/auth", "/a", "/v1.0/~x_y-z"] {
            assert!(holds(PREFIX, good), "{good}");
        }
        for bad in [
            "/", "api", "/api/", "//api", "/a//b", "/a/../b", "/{id}", "/*x", "/a b", "/a?b",
            "/a#b", "/é", "/a\n",
        ] {
            assert!(!holds(PREFIX, bad), "{bad:?}");
        }
        assert!(
            holds(LINK_PREFIX, "/")
                && holds(LINK_PREFIX, "/app/")
                && !holds(LINK_PREFIX, "app")
                && !holds(LINK_PREFIX, "https://x")
        );
    }

    #[test]
    fn base_urls_are_absolute_and_plain() {
        for good in [
            "http://localhost:8000",
            "https://example.com/",
            "https://example.com/app",
            "http://[::1]:80",
        ] {
            assert!(holds(WEB_URL, good), "{good}");
        }
        for bad in [
            "",
            "localhost:8000",
            "example.com",
            "ftp://example.com",
            "http://",
            "http:example.com",
            "https://u:p@example.com",
            "https://example.com?x=1",
            "https://example.com/#a",
            "javascript:alert(1)",
            " https://example.com",
            "https://exa mple.com",
            "http://example.com:99999",
        ] {
            assert!(!holds(WEB_URL, bad), "{bad:?}");
        }
    }

    #[test]
    fn mail_servers_and_regions_are_names_of_their_kind() {
        for good in [
            "smtp.example.com",
            "mail_1",
            "127.0.0.1",
            "::1",
            "[::1]",
            "h.",
            "localhost",
        ] {
            assert!(holds(HOST, good), "{good}");
        }
        for bad in [
            "",
            "Acme «Konten» 🎉",
            "a b",
            "a..b",
            "h:25",
            "https://h",
            "[h]",
        ] {
            assert!(!holds(HOST, bad), "{bad:?}");
        }
        for good in [
            "out.example.com",
            "a.b",
            "xn--bcher-kva.example",
            "[192.0.2.1]",
            "[IPv6:2001:db8::1]",
        ] {
            assert!(holds(HELO, good), "{good}");
        }
        for bad in [
            "",
            "vm",
            "192.0.2.1",
            "my_vm.example",
            "a..b",
            "a.b.",
            "bücher.example",
            "[vm]",
            "[2001:db8::1]",
            "a b.example",
            "a.example\r\nNOOP",
        ] {
            assert!(!holds(HELO, bad), "{bad:?}");
        }
        for good in ["eu-central-1", "us-gov-west-1", "ap-southeast-10"] {
            assert!(holds(REGION, good), "{good}");
        }
        for bad in [
            "",
            "atlantis",
            "eu-1",
            "eu-central",
            "EU-central-1",
            "eu--1",
        ] {
            assert!(!holds(REGION, bad), "{bad:?}");
        }
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        for good in [
            "*",
            "https://a.example",
            "http://localhost:3000,https://b.example",
        ] {
            assert!(holds(ORIGINS, good), "{good}");
        }
        for bad in [
            "",
            "null",
            "a.example",
            "https://a.example/",
            "https://a.example/x",
            "https://A.example",
            "https://a.example:443",
            "*,https://a.example",
            "https://*.a.example",
        ] {
            assert!(!holds(ORIGINS, bad), "{bad:?}");
        }
    }

    #[test]
    fn domains_are_labels_between_dots() {
        for good in ["example.com", ".a-b.Example.com", "localhost"] {
            assert!(holds(DOMAIN, good), "{good}");
        }
        for bad in [
            "", ".", "a..b", "a.", "..a", "a b", "a;b", "a/b", "a:80", "é.com",
        ] {
            assert!(!holds(DOMAIN, bad), "{bad:?}");
        }
    }

    #[test]
    fn themes_and_logos_are_paths_or_web_urls() {
        for good in [
            "/branding/theme.css",
            "theme.css",
            "https://cdn.example.com/t.css?v=1",
        ] {
            assert!(holds(LOCATION, good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/css,x",
            "/a b",
            "",
            "https://",
        ] {
            assert!(!holds(LOCATION, bad), "{bad:?}");
        }
    }

    #[test]
    fn log_levels_are_levels_or_targets_with_levels() {
        for good in ["info", "off", "warn,regstack=debug", "regstack::http=trace"] {
            assert!(holds(LOG_LEVEL, good), "{good}");
        }
        for bad in [
            "",
            "inof",
            "INFO",
            "info,",
            "regstack=",
            "=debug",
            "regstack=loud",
            "a b=info",
        ] {
            assert!(!holds(LOG_LEVEL, bad), "{bad:?}");
        }
    }
}
