//! The first server administrator.

use std::path::Path;

use pupitre_tests::server::Server;
use pupitre_tests::store::each_store;
use serde_json::{Value, json};

use super::desk_of_accounts::{Site, cheap, signed_in};
use super::stage::GOOD;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

fn first(secret: &str, address: &str) -> Value {
    json!({ "secret": secret, "address": address, "name": "Ada", "language": "en", "password": GOOD })
}

#[tokio::test]
async fn the_first_administrator_is_made_once_with_the_secret_that_was_printed() {
    each_store(async |store| {
        let mut server = Server::start_on(store.url()).await;
        let secret = server.setup_secret().expect("there is no administrator yet");
        let anybody = server.anybody();
        let wrong = anybody.post("/api/v1/setup", &first(&"A".repeat(43), "ada@example.org")).await;
        let wrong = wrong.is_problem(422, "link_not_valid");
        // What is refused for another reason does not use it up.
        let weak = json!({ "secret": secret, "address": "ada@example.org", "name": "Ada", "password": "password1234" });
        anybody.post("/api/v1/setup", &weak).await.is_problem(422, "invalid_fields");
        let made = anybody.post("/api/v1/setup", &first(&secret, "ada@example.org")).await.is(201);
        assert_eq!((&made["server_administrator"], &made["has_password"]), (&json!(true), &json!(true)));
        let again = anybody.post("/api/v1/setup", &first(&secret, "eve@example.org")).await;
        assert_eq!(again.is_problem(422, "link_not_valid"), wrong);
        signed_in(&server, "ada@example.org", GOOD).await.get("/api/v1/accounts").await.is(200);
        server.restart().await;
        assert_eq!(server.setup_secret(), None);
    })
    .await;
}

#[tokio::test]
async fn of_several_at_once_one_becomes_the_first() {
    let server = Server::start_with(cheap).await;
    let secret = server.setup_secret().unwrap();
    let (anybody, ada, eve) =
        (server.anybody(), first(&secret, "ada@example.org"), first(&secret, "eve@example.org"));
    let (one, other) = tokio::join!(anybody.post("/api/v1/setup", &ada), anybody.post("/api/v1/setup", &eve));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn once_there_is_an_administrator_the_secret_is_good_no_more() {
    let server = Server::start_with(cheap).await;
    let secret = server.setup_secret().unwrap();
    // As `pupitre admin create` does, beside the server that runs.
    let site = Site::of(server).await;
    let refused = site.server.anybody().post("/api/v1/setup", &first(&secret, "eve@example.org")).await;
    refused.is_problem(422, "link_not_valid");
}

#[tokio::test]
async fn the_program_prints_where_the_first_administrator_is_made_and_logs_it_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/p.db", folder.path().display());
    let key = folder.path().join("key").display().to_string();
    let arguments = ["serve", "--database", &url, "--key-file", &key, "--listen", "127.0.0.1:0"];
    let site = ["--base-url", "https://chat.example.org"];
    let mut child = tokio::process::Command::new(Path::new(PROGRAM))
        .args(arguments)
        .args(site)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines =
        tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(child.stdout.take().unwrap()));
    let beginning = "first administrator: https://chat.example.org/setup#";
    let secret = loop {
        let line =
            pupitre_tests::patience::soon(lines.next_line()).await.unwrap().expect("it prints the address");
        if let Some(secret) = line.strip_prefix(beginning) {
            break secret.to_owned();
        }
    };
    assert_eq!(secret.len(), 43);
    child.kill().await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&secret));
}
