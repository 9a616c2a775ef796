//! Who is served over TLS, and who is not.

use std::path::Path;

use pupitre_tests::actors::{Feed, Transport};
use pupitre_tests::authority::{CertificateFiles, client, client_of, http, issue, issue_expired, issue_for};
use pupitre_tests::patience::soon;
use pupitre_tests::process::run;
use pupitre_tests::server::Server;
use rcgen::KeyPair;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use super::{LAST_REQUEST, connects, connects_as, is_answered, shown};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

#[tokio::test]
async fn requests_sockets_and_event_streams_work_over_tls() {
    let server = Server::start_encrypted(&CertificateFiles::of(&issue()), |_| {}).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    assert!(alice.person.socket("/desk").url.starts_with("wss://"));
    let mut visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    alice.hears(&visitor, "bonjour").await;
    // Longer than what TLS keeps back of an answer.
    let long = "é".repeat(5_000);
    for _ in 0..40 {
        alice.says(&visitor, &long).await;
    }
    visitor.hears(&long).await;
    let last = server.position("support").await;
    let transcript = format!("/conversations/{}/transcript?at_least={last}", visitor.conversation);
    let transcript = livechat.supervisor().get(&transcript).await.is(200).to_string();
    assert_eq!(transcript.matches(&long).count(), 40);
    let mut floor = Feed::follow(&livechat.supervisor(), Transport::Events, "/floor", None).await;
    assert_eq!(floor.next().await.name, "snapshot");
}

#[tokio::test]
async fn a_certificate_is_shown_with_those_up_to_the_root_and_for_http_1_1_only() {
    let issued = issue();
    let server = Server::start_encrypted(&CertificateFiles::of(&issued), |_| {}).await;
    let stream = connects(server.address()).await;
    let certificates = stream.get_ref().1.peer_certificates().unwrap();
    assert_eq!((certificates.len(), certificates[0].to_vec()), (2, issued.bytes));

    let offering = |protocols: &[&str]| {
        let mut config = client();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        connects_as(server.address(), config)
    };
    let stream = offering(&["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let refused = offering(&["h2"]).await.unwrap_err();
    assert!(refused.to_string().contains("NoApplicationProtocol"), "{refused}");
}

#[tokio::test]
async fn tls_1_3_and_1_2_are_spoken_and_1_1_is_refused() {
    const SIGNATURES: [u8; 10] = [0, 8, 0, 13, 0, 4, 0, 2, 4, 1];

    let server = Server::start_encrypted(&CertificateFiles::of(&issue()), |_| {}).await;
    for (version, expected) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        let mut stream = connects_as(server.address(), client_of(&[version])).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
        assert!(is_answered(&mut stream, LAST_REQUEST).await.starts_with("HTTP/1.1 200 "));
    }

    // A ClientHello of TLS 1.1, with the cipher TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, and signatures that would do.
    let hello = [&[3, 2][..], &[7; 32], &[0, 0, 2, 0xC0, 0x13, 1, 0], &SIGNATURES].concat();
    let length = u8::try_from(hello.len()).unwrap();
    let message = [&[1, 0, 0, length][..], &hello].concat();
    let record = [&[22, 3, 1, 0, length + 4][..], &message].concat();
    let answer = says_in_the_clear(&server, &record).await;
    // A fatal alert (2): protocol_version (70).
    assert_eq!((answer[0], &answer[5..]), (21, &[2, 70][..]), "{answer:?}");
}

#[tokio::test]
async fn a_client_that_does_not_speak_tls_is_sent_away() {
    let server = Server::start_encrypted(&CertificateFiles::of(&issue()), |_| {}).await;
    for said in
        [LAST_REQUEST.as_bytes(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0xFF; 1_000], b"\0\0\0\0\0\0"]
    {
        let answer = says_in_the_clear(&server, said).await;
        // At most an alert: nothing of an answer, and nothing of ours.
        assert!(answer.is_empty() || answer[0] == 21 && answer.len() == 7, "{said:?}: {answer:?}");
    }
    assert_eq!(server.anybody().get("/healthz").await.status, 200);
}

async fn says_in_the_clear(server: &Server, said: &[u8]) -> Vec<u8> {
    let mut stream = soon(TcpStream::connect(server.address())).await.unwrap();
    soon(stream.write_all(said)).await.unwrap();
    let mut heard = vec![];
    // What was not read makes the system reset the connection.
    let _ = soon(stream.read_to_end(&mut heard)).await;
    heard
}

#[tokio::test]
async fn keys_of_every_common_form_are_read() {
    let ec = (
        include_str!("keys/ec-pkcs8.pem"),
        [include_str!("keys/ec-pkcs8.pem"), include_str!("keys/ec-sec1.pem")],
    );
    let rsa = (
        include_str!("keys/rsa-pkcs8.pem"),
        [include_str!("keys/rsa-pkcs8.pem"), include_str!("keys/rsa-pkcs1.pem")],
    );
    for (key, forms) in [ec, rsa] {
        let issued = issue_for(&KeyPair::from_pem(key).unwrap(), 2_100);
        for form in forms {
            let files = CertificateFiles::of(&issued);
            files.write(&issued.chain, form);
            let server = Server::start_encrypted(&files, |_| {}).await;
            assert_eq!(shown(server.address()).await, issued.bytes, "{form}");
        }
    }
}

#[tokio::test]
async fn an_expired_certificate_is_shown_and_clients_refuse_it() {
    let server = Server::start_encrypted(&CertificateFiles::of(&issue_expired()), |_| {}).await;
    let refused = connects_as(server.address(), client()).await.unwrap_err();
    assert!(refused.to_string().contains("certificate expired"), "{refused}");
    let url = format!("https://{}/healthz", server.address());
    assert!(http().get(url).send().await.is_err());
}

#[tokio::test]
async fn a_server_does_not_start_with_a_certificate_that_cannot_be_used() {
    let (issued, other) = (issue(), issue());
    let folder = tempfile::tempdir().unwrap();
    let (database, key_file) = (folder.path().join("pupitre.db"), folder.path().join("key"));
    let database = format!("sqlite://{}", database.display());
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", &database, "--key-file"];
    let serve = [&serve[..], &[key_file.to_str().unwrap()]].concat();
    let files = CertificateFiles::of(&issued);
    let options = files.options();
    let starts = async |options: &[String]| {
        let options: Vec<&str> = serve.iter().copied().chain(options.iter().map(String::as_str)).collect();
        run(Path::new(PROGRAM), &options, "").await
    };
    for (chain, key, complaint) in [
        (issued.chain.as_str(), other.key.as_str(), "does not belong to the certificate"),
        ("", &issued.key, "has no certificate"),
        (&issued.chain, "", "has no private key"),
        (&issued.chain, &issued.chain, "has no private key"),
        (&issued.chain[..200], &issued.key, "damaged"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            &issued.key,
            "cannot be understood",
        ),
    ] {
        files.write(chain, key);
        let stderr = starts(&options).await.ended(1).stderr;
        assert!(stderr.contains(complaint), "{complaint}: {stderr}");
    }
    files.renew(&issued);
    files.lets_read(0o666);
    let stderr = starts(&options).await.ended(1).stderr;
    assert!(stderr.contains("chmod 600"), "{stderr}");
    std::fs::remove_file(files.files().key).unwrap();
    let stderr = starts(&options).await.ended(1).stderr;
    assert!(stderr.contains("key.pem cannot be read"), "{stderr}");
    // Both or neither.
    for half in [&options[..2], &options[2..]] {
        starts(half).await.ended(2);
    }
}
