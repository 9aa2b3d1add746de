//! TLS with the operator's certificate (rustls, TLS 1.2 and 1.3, HTTP/1.1).

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{SettingError, Tls};

/// Reads certificate and key.
pub(super) fn acceptor(settings: &Tls) -> Result<TlsAcceptor, SettingError> {
    let Tls { cert, key } = settings;
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
                let reason = format!("cannot be used with `tls_key`: {reason}");
                fault("tls_cert", cert, &reason)
            })?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}

fn fault(key: &'static str, path: &Path, reason: &dyn Display) -> SettingError {
    SettingError::new(key, format!("{}: {reason}", path.display()))
}
