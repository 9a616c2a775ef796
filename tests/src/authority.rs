//! An authority that issues certificates to the servers of a test, and clients that believe it.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use api::tls::Files;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion};
use tokio_tungstenite::Connector;

/// The one authority of this process, and one that it has certified: servers show both their own certificate and that.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::founded);

struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    between: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate of 127.0.0.1, in PEM.
pub struct Issued {
    /// The certificate, followed by that of the authority between it and the root.
    pub chain: String,
    /// The key, PKCS#8.
    pub key: String,
    /// The certificate as it goes over the wire.
    pub bytes: Vec<u8>,
}

impl Authority {
    fn founded() -> Self {
        let params = || {
            let mut params = CertificateParams::new([]).expect("a certificate");
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let key = || KeyPair::generate().expect("a key");
        let root = CertifiedIssuer::self_signed(params(), key()).expect("a root");
        let between = CertifiedIssuer::signed_by(params(), key(), &root).expect("an authority");
        Self { root, between }
    }
}

/// A certificate with a key of its own.
pub fn issue() -> Issued {
    issue_for(&KeyPair::generate().expect("a key"), 2_100)
}

/// A certificate that expired long ago.
pub fn issue_expired() -> Issued {
    issue_for(&KeyPair::generate().expect("a key"), 2_020)
}

/// A certificate for this key, until the beginning of a year.
pub fn issue_for(key: &KeyPair, year: i32) -> Issued {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a certificate");
    params.not_before = date_time_ymd(2_000, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let certificate = params.signed_by(key, &AUTHORITY.between).expect("a certificate");
    Issued {
        chain: format!("{}{}", certificate.pem(), AUTHORITY.between.pem()),
        key: key.serialize_pem(),
        bytes: certificate.der().to_vec(),
    }
}

/// The root in PEM, for clients that are given a file.
pub fn root() -> String {
    AUTHORITY.root.pem()
}

/// How a client speaks TLS that believes the authority.
pub fn client() -> ClientConfig {
    client_of(DEFAULT_VERSIONS)
}

/// The same, in these versions only.
pub fn client_of(versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(AUTHORITY.root.der().clone()).expect("the root");
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The same for a WebSocket.
pub fn connector() -> Connector {
    Connector::Rustls(Arc::new(client()))
}

/// The same for requests.
pub fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().use_preconfigured_tls(client());
    client.build().expect("a client")
}

/// A certificate and its key in two files, which can be renewed.
pub struct CertificateFiles(TempDir);

impl CertificateFiles {
    /// Writes them.
    pub fn of(issued: &Issued) -> Self {
        let files = Self(tempfile::tempdir().expect("a scratch folder"));
        files.write(&issued.chain, &issued.key);
        files
    }

    /// Where they are.
    pub fn files(&self) -> Files {
        let at = |name: &str| self.0.path().join(name);
        Files { certificate: at("certificate.pem"), key: at("key.pem") }
    }

    /// Writes others in their place, one after the other.
    pub fn write(&self, chain: &str, key: &str) {
        let files = self.files();
        std::fs::write(&files.certificate, chain).expect("a file");
        std::fs::write(&files.key, key).expect("a file");
        self.lets_read(0o600);
    }

    /// Renews them.
    pub fn renew(&self, issued: &Issued) {
        self.write(&issued.chain, &issued.key);
    }

    /// Who may read the key.
    pub fn lets_read(&self, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.files().key, mode).expect("other rights");
    }

    /// The options of `serve` that name them.
    pub fn options(&self) -> [String; 4] {
        let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        let files = self.files();
        ["--tls-certificate".into(), text(&files.certificate), "--tls-key".into(), text(&files.key)]
    }
}
