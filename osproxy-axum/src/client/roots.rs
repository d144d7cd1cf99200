//! TLS by the system's root certificates.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// A TLS configuration, and whether the system has any root certificate at all.
///
/// The provider is named, not taken from the process: a host may have none or two of them.
pub(super) fn system() -> Result<(ClientConfig, bool), rustls::Error> {
    let mut roots = RootCertStore::empty();
    // A certificate that can't be read is one less to trust, as in other clients.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let has_roots = !roots.is_empty();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok((config, has_roots))
}
