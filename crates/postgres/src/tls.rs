//! TLS as libpq's `sslmode` asks for it
//! (<https://www.postgresql.org/docs/current/libpq-ssl.html>): who has to sign, which name has
//! to stand in the certificate, and who we are.

use std::path::Path;
use std::sync::Arc;

use redstart_core::{Error, ErrorKind, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme, SupportedProtocolVersion,
};

use crate::options::{Options, RootCertificates, SslMode, SslNegotiation, TlsVersion};

/// Prepares the TLS session with a host. `host` is the name that was asked for.
pub(crate) fn session(options: &Options, host: &str) -> Result<ClientConnection> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions(options))
        .map_err(|error| refused(&format!("no TLS version is left to speak: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(options, &provider)?);
    let mut config = match (&options.sslcert, &options.sslkey) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let key = private_key(key)?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| refused(&format!("the client's certificate is no use: {error}")))?
        }
        _ => builder.with_no_client_auth(),
    };
    if options.sslnegotiation == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    config.enable_sni = options.sslsni;
    let name = ServerName::try_from(host.to_owned());
    let name = match (name, options.sslmode) {
        (Ok(name), _) => name,
        (Err(_), SslMode::VerifyFull) => {
            return Err(refused(&format!(
                "sslmode verify-full needs a host name to look for in the certificate, not {host:?}"
            )));
        }
        // The name is not looked at, and not sent.
        (Err(_), _) => {
            config.enable_sni = false;
            ServerName::IpAddress(std::net::IpAddr::from([0, 0, 0, 0]).into())
        }
    };
    ClientConnection::new(Arc::new(config), name)
        .map_err(|error| refused(&format!("TLS cannot be set up: {error}")))
}

fn versions(options: &Options) -> Vec<&'static SupportedProtocolVersion> {
    let mut versions = Vec::new();
    if options.ssl_max_protocol_version != Some(TlsVersion::V1_2) {
        versions.push(&rustls::version::TLS13);
    }
    if options.ssl_min_protocol_version != TlsVersion::V1_3 {
        versions.push(&rustls::version::TLS12);
    }
    versions
}

fn verifier(
    options: &Options,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    let Some(roots) = roots(options)? else {
        return Ok(Arc::new(Unverified(Arc::clone(provider))));
    };
    let whole = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| refused(&format!("the root certificates are no use: {error}")))?;
    if options.sslmode == SslMode::VerifyFull {
        return Ok(whole);
    }
    Ok(Arc::new(ChainOnly(whole)))
}

/// Gives who may sign; `None` where nothing is verified.
fn roots(options: &Options) -> Result<Option<RootCertStore>> {
    let mut store = RootCertStore::empty();
    match &options.sslrootcert {
        Some(RootCertificates::System) => {
            let loaded = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(loaded.certs);
            if store.is_empty() {
                return Err(refused("the operating system has no root certificates"));
            }
        }
        Some(RootCertificates::File(path)) if path.exists() || options.sslmode.verifies() => {
            for certificate in certificates(path)? {
                store.add(certificate).map_err(|error| {
                    refused(&format!("root certificate in {}: {error}", path.display()))
                })?;
            }
        }
        _ if options.sslmode.verifies() => {
            return Err(refused(&format!(
                "sslmode {} needs root certificates: name a file with sslrootcert, or sslrootcert=system",
                options.sslmode.as_str()
            )));
        }
        _ => return Ok(None),
    }
    Ok(Some(store))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |error| refused(&format!("could not read {}: {error}", path.display()));
    let found = CertificateDer::pem_file_iter(path).map_err(unreadable)?;
    let found = found
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    if found.is_empty() {
        return Err(refused(&format!("{} holds no certificate", path.display())));
    }
    Ok(found)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    require_private(path)?;
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        refused(&format!(
            "could not read the private key {}: {error}; an encrypted key is not supported",
            path.display()
        ))
    })
}

/// Refuses a key that others may read, as libpq does: a file of the user's own must be for its
/// owner alone, root's may be for its group too
/// (<https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-CLIENTCERT>).
#[cfg(unix)]
fn require_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    let Ok(found) = path.metadata() else {
        return Ok(());
    };
    let forbidden = if found.uid() == 0 { 0o037 } else { 0o077 };
    if found.mode() & forbidden == 0 {
        return Ok(());
    }
    Err(refused(&format!(
        "the private key {} can be read by others; use permissions u=rw (0600) or less, or \
         u=rw,g=r (0640) where it belongs to root",
        path.display()
    )))
}

#[cfg(not(unix))]
fn require_private(_: &Path) -> Result<()> {
    Ok(())
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Operational, message)
}

/// Takes any certificate, as `sslmode=require` does without root certificates: what is sent is
/// encrypted, but the server may be anybody.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Verifies who signed, and not which name stands in the certificate.
#[derive(Debug)]
struct ChainOnly(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        // The name is looked at last, when the chain was found good.
        match self
            .0
            .verify_server_cert(certificate, intermediates, name, ocsp, now)
        {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.0
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.0
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
