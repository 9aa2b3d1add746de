//! The HTTP client of the tests.

use std::sync::Once;

/// reqwest is built without a TLS provider of its own, and asks the process for one.
static PROVIDER: Once = Once::new();

/// A client to be made.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
}

/// A client as it comes.
pub(crate) fn client() -> reqwest::Client {
    builder().build().unwrap()
}
