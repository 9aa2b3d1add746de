//! TLS with the operator's certificate (rustls, TLS 1.2 and 1.3, HTTP/1.1).

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::ServeError;
use crate::config;

/// Reads certificate and key; `None` when neither is configured.
pub(super) fn acceptor(settings: &config::Server) -> Result<Option<TlsAcceptor>, ServeError> {
    let (cert, key) = match (&settings.tls_cert, &settings.tls_key) {
        (Some(cert), Some(key)) => (cert, key),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(ServeError::HalfOfTls { missing: "tls_key" }),
        (None, Some(_)) => {
            return Err(ServeError::HalfOfTls {
                missing: "tls_cert",
            });
        }
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|reason| fault("tls_cert", cert, &reason))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|reason| fault("tls_key", key, &reason))?;
    // The provider is named here instead of being installed: two applications in one process share nothing.
    let mut tls =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, secret)
            })
            .map_err(|reason| {
                fault(
                    "tls_cert",
                    cert,
                    &format!("cannot be used with `tls_key`: {reason}"),
                )
            })?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(tls))))
}

fn fault(key: &'static str, path: &Path, reason: &dyn ToString) -> ServeError {
    ServeError::Tls {
        key,
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
