//! The HTTP client for requests to others: Twilio, webhooks. Bounded in time, follows nobody anywhere, trusts what the
//! system trusts. Knows no provider.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A client whose requests end within `time_out`, answers read included.
///
/// # Errors
/// Why there can be none: the system's certificates cannot be read.
pub(super) fn http_client(time_out: Duration) -> Result<reqwest::Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| error.to_string())?
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT.min(time_out))
        .timeout(time_out)
        .user_agent(concat!("regstack/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}
