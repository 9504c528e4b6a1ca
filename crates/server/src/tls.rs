//! TLS from a certificate file and a key file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio_rustls::TlsAcceptor;

/// Why TLS can not be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can not be read, or holds something else.
    #[error("{path}: no certificate or key in PEM")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// Certificate and key do not work together.
    #[error("certificate and key")]
    Pair(#[from] rustls::Error),
}

/// An acceptor for HTTP/2 and HTTP/1.1 over TLS 1.2 and 1.3.
pub fn tls_acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .map_err(file(certificate))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(file(certificate))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(file(key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, secret)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
