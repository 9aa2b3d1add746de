//! The application's identity and how it is served.

use url::Url;

use crate::config::checks::web_url;
use crate::config::review::Review;
use crate::config::settings::{Identity, Tls, TlsKeys, Transport};

/// Returns the settings for https, if they are configured.
pub(super) fn tls(keys: TlsKeys, review: &mut Review<'_>) -> Option<Tls> {
    let files = review.pair(("tls_cert", keys.tls_cert), ("tls_key", keys.tls_key));
    files.map(|(cert, key)| Tls {
        cert: review.path("tls_cert", cert),
        key: review.path("tls_key", key),
    })
}

/// Returns the identity in its normal form: `base_url` as a browser would write it, and `cookie_domain` in lower case.
pub(super) fn identity(
    mut identity: Identity,
    transport: Transport,
    review: &mut Review<'_>,
) -> Identity {
    if !identity.trusted_proxies.is_empty() && !identity.behind_proxy {
        review.warn("trusted_proxies", "has no effect without behind_proxy");
    }
    if transport == Transport::Cookie && identity.allows_every_origin() {
        review.fault(
            "cors_origins",
            "must not be * with transport = \"cookie\": list the origins that may use sessions",
        );
    }
    check_cookie_domain(&identity, transport, review);
    if let Some(url) = web_url(&identity.base_url) {
        url.as_str()
            .trim_end_matches('/')
            .clone_into(&mut identity.base_url);
    }
    identity.cookie_domain = identity.cookie_domain.as_deref().map(normal_domain);
    identity
}

/// Checks `cookie_domain`. Browsers ignore a cookie whose domain isn't the host or a parent of it, or is a public
/// suffix such as `com`.
fn check_cookie_domain(identity: &Identity, transport: Transport, review: &mut Review<'_>) {
    let Some(domain) = &identity.cookie_domain else {
        return;
    };
    if review.layers.broken.contains("base_url") {
        return;
    }
    if transport != Transport::Cookie {
        review.warn(
            "cookie_domain",
            "has no effect without transport = \"cookie\"",
        );
        return;
    }
    let normal = normal_domain(domain);
    let base_url = &identity.base_url;
    let url = web_url(base_url);
    let host = url.as_ref().and_then(Url::domain).unwrap_or_default();
    let covers = host
        .strip_suffix(&normal)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !covers || !normal.contains('.') {
        review.fault(
            "cookie_domain",
            format!("must be the host of base_url ({base_url}) or a domain above it with a dot in it, not {domain:?}"),
        );
    }
}

fn normal_domain(domain: &str) -> String {
    domain.trim_start_matches('.').to_ascii_lowercase()
}
