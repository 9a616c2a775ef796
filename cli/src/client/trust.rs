//! Which servers a client believes over TLS.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::error::Error;

/// The authorities that browsers believe, read once: there are more than a hundred.
static WEB: LazyLock<Trust> = LazyLock::new(|| {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Trust(Arc::new(believing(roots)))
});

/// The authorities that certify servers. Cheap to clone. By default those that browsers believe.
#[derive(Clone, Debug)]
pub struct Trust(Arc<ClientConfig>);

impl Default for Trust {
    fn default() -> Self {
        WEB.clone()
    }
}

impl Trust {
    /// The authorities in a file as well, in PEM.
    ///
    /// # Errors
    /// When the file cannot be read, or has no certificate of an authority.
    pub fn also_in(file: &Path) -> Result<Self, Error> {
        let wrong = |reason: String| Error::Authority { file: file.display().to_string(), reason };
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let known = roots.len();
        for found in CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))? {
            let found = found.map_err(|error| wrong(error.to_string()))?;
            roots.add(found).map_err(|error| wrong(error.to_string()))?;
        }
        if roots.len() == known {
            return Err(wrong("it has no certificate in PEM".into()));
        }
        Ok(Self(Arc::new(believing(roots))))
    }

    /// How TLS is spoken.
    pub(super) fn config(&self) -> ClientConfig {
        (*self.0).clone()
    }

    /// The same, shared by every socket.
    pub(super) fn shared(&self) -> Arc<ClientConfig> {
        self.0.clone()
    }
}

/// TLS 1.2 and 1.3, with the only cryptography that is compiled in.
fn believing(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}
