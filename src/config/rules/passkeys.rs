//! The sites that passkeys can be valid for, according to the rules of browsers.

use url::{Host, Url};

use crate::config::checks::web_url;
use crate::config::review::Review;
use crate::config::settings::{Identity, Passkeys};

/// Returns the settings of passkeys with the relying party's id, and the origins whose pages may use them.
pub(super) fn resolve(
    mut passkeys: Passkeys,
    identity: &Identity,
    enabled: bool,
    review: &mut Review<'_>,
) -> Passkeys {
    let Some(url) = web_url(&identity.base_url) else {
        return passkeys;
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let domain = passkeys.passkey_rp_id.as_deref();
    let rp_id = domain.map_or_else(
        || host.clone(),
        |id| id.trim_start_matches('.').to_ascii_lowercase(),
    );
    if enabled && !review.layers.broken.contains("base_url") {
        let base_url = &identity.base_url;
        let key = "enable_passkeys";
        if !matches!(url.host(), Some(Host::Domain(_))) {
            review.fault(
                key,
                format!(
                    "needs a base_url with a host name: browsers don't support passkeys for {host}"
                ),
            );
        } else if url.scheme() != "https" && !is_local(&host) {
            review.fault(key, format!("needs an https base_url, or localhost: browsers don't support passkeys for {base_url}"));
        } else if !is_registrable_above(&rp_id, &host) {
            review.fault(
                "passkey_rp_id",
                format!("must be the host of base_url ({base_url}) or a domain above it that you can own, not {rp_id:?}"),
            );
        }
        for origin in &passkeys.passkey_origins {
            let host = Url::parse(origin).ok();
            let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
            let secure = origin.starts_with("https://") || is_local(host);
            if !secure || !is_at_or_below(host, &rp_id) {
                review.fault(
                    "passkey_origins",
                    format!("must be https origins at or below {rp_id}, not {origin}"),
                );
            }
        }
    }
    let own = url.origin().ascii_serialization();
    passkeys.origins = std::iter::once(own)
        .chain(passkeys.passkey_origins.iter().cloned())
        .collect();
    passkeys.rp_id = rp_id;
    passkeys
}

/// Returns whether browsers treat a host as secure without https.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn is_at_or_below(host: &str, domain: &str) -> bool {
    let rest = host.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns whether a domain is that of a host or a parent of it that one owner can register, unlike `com` or `co.uk`.
fn is_registrable_above(domain: &str, host: &str) -> bool {
    domain == host || (is_at_or_below(host, domain) && domain.contains('.') && !is_shared(domain))
}

/// Returns whether anyone can register names directly below a domain.
#[cfg(feature = "cli")]
fn is_shared(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

/// Without the list of such domains, nothing is refused here, but browsers refuse them.
#[cfg(not(feature = "cli"))]
const fn is_shared(_: &str) -> bool {
    false
}
