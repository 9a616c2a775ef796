//! Certificates that are renewed while the server runs.

use std::path::Path;
use std::process::Stdio;

use pupitre_tests::authority::{self, CertificateFiles, Issued, issue, issue_expired, issue_for};
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::process::ServerProcess;
use pupitre_tests::server::Server;
use rcgen::KeyPair;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::{connects, shown};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

async fn is_shown(server: &Server, issued: &Issued) {
    eventually("the certificate is shown", async || shown(server.address()).await == issued.bytes).await;
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_open_sockets_go_on() {
    let files = CertificateFiles::of(&issue());
    let server = Server::start_encrypted(&files, |_| {}).await;
    let livechat = server.livechat("support").await;
    let (mut alice, mut visitor) = (livechat.operator("alice").await, livechat.visitor("zoe").await);
    alice.picks_up(&visitor).await;
    for _ in 0..2 {
        let renewed = issue();
        files.renew(&renewed);
        is_shown(&server, &renewed).await;
        visitor.says("bonjour").await;
        alice.hears(&visitor, "bonjour").await;
    }
}

#[tokio::test]
async fn a_session_that_began_with_an_earlier_certificate_is_not_resumed() {
    let files = CertificateFiles::of(&issue());
    let server = Server::start_encrypted(&files, |_| {}).await;
    let config = authority::client();
    let again = async || {
        let mut stream = super::connects_as(server.address(), config.clone()).await.unwrap();
        // The tickets come with the answer.
        assert!(super::is_answered(&mut stream, super::LAST_REQUEST).await.starts_with("HTTP/1.1 200 "));
        format!("{:?}", stream.get_ref().1.handshake_kind().unwrap())
    };
    assert_eq!(again().await, "Full");
    assert_eq!(again().await, "Resumed");
    let renewed = issue();
    files.renew(&renewed);
    is_shown(&server, &renewed).await;
    assert_eq!(again().await, "Full");
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_leaves_the_one_in_force() {
    let good = issue();
    let files = CertificateFiles::of(&good);
    let server = Server::start_encrypted(&files, |_| {}).await;
    let tls = server.tls();
    let other = issue();
    for (chain, key) in [
        (other.chain.as_str(), good.key.as_str()),
        (&good.chain, &other.key),
        ("", ""),
        (&other.chain[..300], &other.key),
        ("", ""),
        (&other.chain, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ] {
        files.write(chain, key);
        tls.reload().await;
        assert_eq!(shown(server.address()).await, good.bytes);
    }
    files.renew(&other);
    files.lets_read(0o666);
    tls.reload().await;
    assert_eq!(shown(server.address()).await, good.bytes, "others may read the key");
    std::fs::remove_file(files.files().certificate).unwrap();
    tls.reload().await;
    assert_eq!(shown(server.address()).await, good.bytes, "there is none");
    // As soon as it is put right it is in force, though nobody asks.
    files.renew(&other);
    is_shown(&server, &other).await;
}

#[tokio::test]
async fn a_key_that_others_may_read_is_taken_once_they_may_not() {
    let files = CertificateFiles::of(&issue());
    let server = Server::start_encrypted(&files, |_| {}).await;
    let renewed = issue();
    files.renew(&renewed);
    files.lets_read(0o666);
    server.tls().reload().await;
    assert_ne!(shown(server.address()).await, renewed.bytes);
    files.lets_read(0o600);
    is_shown(&server, &renewed).await;
}

#[tokio::test]
async fn a_signal_has_the_files_read_again_and_the_metrics_say_until_when_they_are_good() {
    let files = CertificateFiles::of(&issue_for(&KeyPair::generate().unwrap(), 2_090));
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("pupitre.db").display());
    let options = files.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let key_file = folder.path().join("key");
    let server = ServerProcess::start_with(Path::new(PROGRAM), &database, &key_file, &options).await;
    assert!(server.url().starts_with("https://"));
    let metrics = async || server.anybody().get("/metrics").await.body.as_str().unwrap().to_owned();
    let before = metrics().await;
    // The beginning of 2090.
    assert!(before.contains("tls_certificate_expires_at_seconds 3786912000\n"), "{before}");
    assert!(!before.contains("tls_certificate_loads_total"), "{before}");
    let pid = server.pid().unwrap().to_string();
    Command::new("sh").args(["-c", &format!("kill -HUP {pid}")]).status().await.unwrap();
    // Nobody changed them.
    let read_again = "tls_certificate_loads_total{outcome=\"loaded\"} 1\n";
    eventually("they are read again", async || metrics().await.contains(read_again)).await;
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_warned_of() {
    let files = CertificateFiles::of(&issue_expired());
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("pupitre.db").display());
    let key_file = folder.path().join("key");
    let mut program = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database, "--key-file"])
        .arg(key_file)
        .args(files.options())
        .env("PUPITRE_LOG", "warn")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let warned = soon(async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("the certificate has expired") {
                return line;
            }
        }
        panic!("it ended without a warning")
    });
    assert!(warned.await.contains("certificate.pem"));
}

#[tokio::test]
async fn a_connection_made_with_an_earlier_certificate_is_answered() {
    let files = CertificateFiles::of(&issue());
    let server = Server::start_encrypted(&files, |_| {}).await;
    let mut early = connects(server.address()).await;
    let renewed = issue();
    files.renew(&renewed);
    is_shown(&server, &renewed).await;
    let answer = super::is_answered(&mut early, super::LAST_REQUEST).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
