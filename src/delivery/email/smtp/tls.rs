//! TLS to a mail server, and the certificate authorities it trusts.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::{SettingError, read_file};

/// The TLS configuration for one host.
pub(super) struct Tls {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl Tls {
    /// Creates the TLS configuration for `host`. It trusts the system's certificate authorities, or only those in
    /// `ca_file` if it is given.
    pub(super) fn to(host: &str, ca_file: Option<&Path>) -> Result<Self, SettingError> {
        let no_tls = |fault: &dyn std::fmt::Display| {
            SettingError::new("email.smtp_host", format!("no TLS to {host}: {fault}"))
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|fault| no_tls(&fault))?;
        let config = match ca_file {
            Some(file) => config.with_root_certificates(authorities(file)?),
            None => config
                .with_platform_verifier()
                .map_err(|fault| no_tls(&fault))?,
        };
        Ok(Self {
            connector: Arc::new(config.with_no_client_auth()).into(),
            host: ServerName::try_from(host.to_owned()).map_err(|fault| no_tls(&fault))?,
        })
    }

    /// Starts TLS on a connection.
    pub(super) async fn over<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> io::Result<TlsStream<S>> {
        self.connector.connect(self.host.clone(), stream).await
    }
}

fn authorities(file: &Path) -> Result<RootCertStore, SettingError> {
    let fault = |fault: &dyn std::fmt::Display| {
        SettingError::new("email.smtp_ca_file", format!("{}: {fault}", file.display()))
    };
    let pem = read_file(file).map_err(|error| fault(&error))?;
    let mut trusted = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| fault(&error))?;
        trusted.add(certificate).map_err(|error| fault(&error))?;
    }
    if trusted.is_empty() {
        return Err(fault(&"there is no certificate in it (expected PEM)"));
    }
    Ok(trusted)
}
