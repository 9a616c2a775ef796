//! The program's own clients over TLS.

use std::path::Path;

use api::auth::{Keys, Role};
use chrono::TimeDelta;
use clap::Parser;
use cli::loadtest::{self, Tokens};
use domain::LivechatId;
use pupitre_tests::authority::{CertificateFiles, issue, root};
use pupitre_tests::patience::soon;
use pupitre_tests::process::ServerProcess;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");
const DIALOGUES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/demo/dialogues.jsonl");

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    load_test: loadtest::Options,
}

fn options(server: &str, ca_file: &Path) -> loadtest::Options {
    let ca_file = ca_file.to_str().unwrap();
    Arguments::parse_from([
        "loadtest",
        "--server",
        server,
        "--ca-file",
        ca_file,
        "--conversations",
        DIALOGUES,
        "--speed",
        "6000",
    ])
    .load_test
}

#[tokio::test]
async fn a_load_test_plays_over_tls_against_a_server_with_an_authority_of_one_s_own() {
    let files = CertificateFiles::of(&issue());
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let database = format!("sqlite://{}", at("pupitre.db").display());
    let certificate = files.options();
    let certificate: Vec<&str> = certificate.iter().map(String::as_str).collect();
    let server = ServerProcess::start_with(Path::new(PROGRAM), &database, &at("key"), &certificate).await;
    std::fs::write(at("ca.pem"), root()).unwrap();
    let key = Keys::from_file(&at("key")).unwrap();
    let livechat = LivechatId::parse("loadtest").unwrap();
    let token = |role| key.issue(&livechat, role, "test", TimeDelta::hours(1)).unwrap().0;
    let tokens = Tokens { administrator: token(Role::Administrator), integration: token(Role::Integration) };
    let report = soon(loadtest::run(options(&server.url(), &at("ca.pem")), tokens)).await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.requested, report.served), (8, 8), "{report}");
}

#[tokio::test]
async fn a_file_without_an_authority_is_refused() {
    let tokens = || Tokens { administrator: String::new(), integration: String::new() };
    for missing in [Path::new("/nowhere/ca.pem"), Path::new(DIALOGUES)] {
        let refused = loadtest::run(options("https://127.0.0.1:9", missing), tokens()).await.err().unwrap();
        let file = missing.to_str().unwrap();
        assert!(refused.to_string().contains(&format!("{file} cannot be used as an authority")), "{refused}");
    }
}
