//! The HTTP client of the tests.

use std::sync::Once;
use std::time::Duration;

/// reqwest is built without a TLS provider of its own, and asks the process for one.
static PROVIDER: Once = Once::new();

/// A client to be made.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
}

/// The same as [`client`], but it goes nowhere by itself.
pub(crate) fn unled() -> reqwest::Client {
    let stays = reqwest::redirect::Policy::none();
    builder()
        .tls_certs_only([])
        .redirect(stays)
        .build()
        .unwrap()
}

/// A client that waits for an answer, but not for ever. It trusts nobody: the servers of tests speak plainly, and to read
/// which authorities this machine trusts takes longer than many a test.
pub(crate) fn client() -> reqwest::Client {
    let patience = Duration::from_secs(20);
    builder()
        .tls_certs_only([])
        .timeout(patience)
        .build()
        .unwrap()
}
