//! TLS by the system's root certificates, and those of the service's own.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::BuildError;
use super::builder::BuildErrorKind;

/// A TLS configuration, and whether there is any root certificate at all.
///
/// The provider is named, not taken from the process: a host may have none or two of them.
pub(super) fn trusted(added: &[Vec<u8>]) -> Result<(ClientConfig, bool), BuildError> {
    let mut roots = RootCertStore::empty();
    // A certificate of the system that can't be read is one less to trust, as in other clients.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for pem in added {
        add(&mut roots, pem)?;
    }
    let has_roots = !roots.is_empty();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::caused(BuildErrorKind::Tls, error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok((config, has_roots))
}

/// What somebody has named must be there.
fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), BuildError> {
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate =
            certificate.map_err(|error| BuildError::caused(BuildErrorKind::Certificate, error))?;
        roots
            .add(certificate)
            .map_err(|error| BuildError::caused(BuildErrorKind::Certificate, error))?;
        found = true;
    }
    if found {
        Ok(())
    } else {
        Err(BuildError::caused(
            BuildErrorKind::Certificate,
            "there is none in it",
        ))
    }
}
