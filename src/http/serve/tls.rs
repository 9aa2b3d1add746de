//! TLS with the operator's certificate (rustls, TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1).

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

use crate::config::{SettingError, Tls, read_file};

/// The protocol name of HTTP/2 over TLS (RFC 9113, section 3.1).
const HTTP2: &[u8] = b"h2";

/// Returns whether client and server agreed on HTTP/2.
pub(super) fn agreed_on_http2<T>(stream: &TlsStream<T>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

/// Reads the certificate and key.
pub(super) fn acceptor(settings: &Tls) -> Result<TlsAcceptor, SettingError> {
    let Tls { cert, key } = settings;
    let pem = read_file(cert).map_err(|reason| fault("tls_cert", cert, &reason))?;
    let chain = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|reason| fault("tls_cert", cert, &reason))?;
    let pem = read_file(key).map(Zeroizing::new);
    let pem = pem.map_err(|reason| fault("tls_key", key, &reason))?;
    let secret =
        PrivateKeyDer::from_pem_slice(&pem).map_err(|reason| fault("tls_key", key, &reason))?;
    // The provider is passed explicitly rather than installed globally, so that two applications in one process share
    // nothing.
    let mut tls =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, secret)
            })
            .map_err(|reason| {
                let reason = format!("can't be used with `tls_key`: {reason}");
                fault("tls_cert", cert, &reason)
            })?;
    tls.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(tls)))
}

fn fault(key: &'static str, path: &Path, reason: &dyn Display) -> SettingError {
    SettingError::new(key, format!("{}: {reason}", path.display()))
}
