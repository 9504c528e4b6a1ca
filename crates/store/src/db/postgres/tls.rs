//! Encryption on the way to `PostgreSQL`: `sslmode` and `sslrootcert`, meant as libpq means them.

use std::error::Error;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::{TlsConnector, client};

use super::address::{Address, Mode};
use crate::error::StoreError;

/// Makes encrypted streams; cheap to clone.
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    /// What an address asks for.
    pub(super) fn of(address: &Address) -> Result<Self, StoreError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let lenient = |asked| {
            let provider = Arc::clone(&provider);
            Arc::new(Lenient { asked, provider }) as Arc<dyn ServerCertVerifier>
        };
        let verifier = match (address.mode, &address.roots) {
            (Mode::Disable | Mode::Prefer | Mode::Require, None) => lenient(Asked::Nothing),
            (Mode::Disable | Mode::Prefer | Mode::Require | Mode::VerifyCa, roots) => {
                lenient(Asked::Signer(signed(roots.as_deref(), &provider)?))
            }
            (Mode::VerifyFull, roots) => signed(roots.as_deref(), &provider)?,
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| StoreError::Unavailable(cause.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }
}

/// Checks who signed a certificate and for which name: by a file of authorities, or the platform's.
fn signed(
    roots: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, StoreError> {
    let Some(path) = roots else {
        let platform = Verifier::new(Arc::clone(provider));
        let platform = platform.map_err(|cause| StoreError::Unavailable(cause.to_string()))?;
        return Ok(Arc::new(platform));
    };
    let unusable =
        |cause: String| StoreError::Unavailable(format!("sslrootcert {}: {cause}", path.display()));
    let mut store = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(path).map_err(|cause| unusable(cause.to_string()))?;
    for certificate in found {
        let certificate = certificate.map_err(|cause| unusable(cause.to_string()))?;
        let added = store.add(certificate);
        added.map_err(|cause| unusable(cause.to_string()))?;
    }
    if store.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
            .build()
            .map_err(|cause| unusable(cause.to_string()))?;
    Ok(verifier)
}

/// What is wrong with a server's certificate, where that is why a connection failed.
pub(super) fn distrust(cause: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(cause);
    while let Some(error) = cause {
        let own = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let found = own.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(reason)) = found {
            return Some(worded(reason));
        }
        cause = error.source();
    }
    None
}

fn worded(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the database server's certificate is not trusted: \
            name the file of the authority that signed it with sslrootcert=FILE"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the database server's certificate is for another host: {reason}")
        }
        other => format!("the database server's certificate is refused: {other}"),
    }
}

/// How far a server's certificate is asked about, short of everything.
#[derive(Debug)]
enum Asked {
    /// Not at all, the way is only encrypted: `require`.
    Nothing,
    /// Who signed it, for whichever name: `verify-ca`.
    Signer(Arc<dyn ServerCertVerifier>),
}

/// Asks less than everything of a certificate; signatures of a handshake are always checked.
#[derive(Debug)]
struct Lenient {
    asked: Asked,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Asked::Signer(signer) = &self.asked else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified =
            signer.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is looked at last: who signed it was found good.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// One handshake to come. A local socket has no name, and is never encrypted.
pub(super) struct Handshake {
    connector: TlsConnector,
    name: Option<ServerName<'static>>,
}

/// An encrypted stream.
pub(super) struct Encrypted<S>(client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, io::Error> {
        Ok(Handshake {
            connector: self.0.clone(),
            name: ServerName::try_from(domain.to_owned()).ok(),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = self.name.ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "the host of the database address is no name that a certificate can be for",
                )
            })?;
            self.connector.connect(name, stream).await.map(Encrypted)
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
