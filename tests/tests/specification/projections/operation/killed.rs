//! Whichever process is killed, at any time: the rows that are read are what the log says, each once, and what
//! was begun can be begun again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use pupitre_tests::actors::Person;
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::postgres::PrivateServer;
use pupitre_tests::process::ServerProcess;
use pupitre_tests::store::{StoreUnderTest, each_store};
use reqwest::Method;
use serde_json::json;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::super::super::failure::talk::Talk;
use super::commands::{PROGRAM, projections, tells};
use super::traffic::reads_from;

/// Milliseconds after which a command is killed: before it has done anything, in the middle, and about its end.
const KILLS: [u64; 8] = [0, 20, 60, 120, 250, 500, 900, 1_500];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_while_it_projects_doubles_and_skips_nothing() {
    each_store(async |store| {
        let key = tempfile::tempdir().unwrap();
        let mut server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key.path().join("key")).await;
        let talk = Talk::begins(server.livechat("support")).await;
        let stop = CancellationToken::new();
        let acknowledged = watch::Sender::new(0);
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let (person, path) = (talk.zoe.person.clone(), talk.zoe.path("/messages"));
                tokio::spawn(insists(person, path, acknowledged.clone(), stop.clone()))
            })
            .collect();
        for _ in 0..4 {
            let enough = *acknowledged.borrow() + 25;
            soon(acknowledged.subscribe().wait_for(|count| *count >= enough)).await.unwrap();
            server.kill_and_restart().await;
        }
        stop.cancel();
        for writer in writers {
            soon(writer).await.unwrap();
        }
        is_right(store.url()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_while_it_projects_doubles_and_skips_nothing() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let key = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(Path::new(PROGRAM), postgres.url(), &key.path().join("key")).await;
    let talk = Talk::begins(server.livechat("support")).await;
    let load = talk.load(6);
    for _ in 0..3 {
        talk.goes_on(40).await;
        postgres.kill();
        postgres.restart().await;
    }
    talk.goes_on(20).await;
    load.ends().await;
    is_right(postgres.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_killed_at_any_time_can_be_started_again() {
    each_store(async |store| {
        tells(&store, 95, 4_000).await;
        let key = tempfile::tempdir().unwrap();
        let server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key.path().join("key")).await;
        is_right(store.url()).await;
        for after in KILLS {
            killed(&store, "rebuild", after).await;
            let page = server.livechat("support").supervisor().get("/conversations").await.is(200);
            assert!(page["items"][0]["requested_position"].as_u64().unwrap() > 1_000);
        }
        // Half of it or nothing of it is there: a swap does the rest, if there is a slot at all.
        let swapped = projections(&["swap", "--json"], store.url()).await;
        if swapped.code == Some(0) {
            reads_from(&server, "green").await;
            is_right(store.url()).await;
        }
        projections(&["rebuild"], store.url()).await.ended(0);
        projections(&["swap"], store.url()).await.ended(0);
        is_right(store.url()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_killed_at_any_time_has_happened_entirely_or_not_at_all() {
    each_store(async |store| {
        tells(&store, 96, 1_500).await;
        let key = tempfile::tempdir().unwrap();
        let mut server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key.path().join("key")).await;
        is_right(store.url()).await;
        projections(&["rebuild"], store.url()).await.ended(0);
        for after in KILLS {
            let livechat = server.livechat("support");
            let done =
                livechat.administrator().put("/operators/zoe", &json!({ "name": "Zoe" })).await.is(200);
            killed(&store, "swap", after).await;
            // Whichever it is now, the server serves what was written, also after it was killed itself.
            livechat.is_projected(done["position"].as_u64().unwrap()).await;
            server.kill_and_restart().await;
            livechat.is_projected(done["position"].as_u64().unwrap()).await;
        }
        let status = projections(&["status", "--json"], store.url()).await.json();
        reads_from(&server, status["active"]["slot"].as_str().unwrap()).await;
        is_right(store.url()).await;
        projections(&["swap"], store.url()).await.ended(0);
        is_right(store.url()).await;
    })
    .await;
}

/// Begins a command and kills it.
async fn killed(store: &StoreUnderTest, command: &str, after_millis: u64) {
    let mut child = Command::new(PROGRAM)
        .args(["projections", command, "--database", store.url()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    if timeout(Duration::from_millis(after_millis), child.wait()).await.is_err() {
        child.kill().await.unwrap();
    }
}

/// Waits until what is read is at the heads, and compares it with the log.
async fn is_right(database: &str) {
    let is_current = async || projections(&["status"], database).await.code == Some(0);
    eventually("the rows that are read have caught up with the log", is_current).await;
    projections(&["verify"], database).await.ended(0);
}

/// Writes one message after the other, each until it is acknowledged, whatever becomes of the server.
async fn insists(person: Person, path: String, acknowledged: watch::Sender<u64>, stop: CancellationToken) {
    let mut pace = interval(Duration::from_millis(20));
    while !stop.is_cancelled() {
        let key = Uuid::now_v7().to_string();
        let is_done = async || {
            let request = person.request(Method::POST, &path).header("Idempotency-Key", &key);
            let answer = request.json(&json!({ "text": key })).send().await;
            answer.is_ok_and(|answer| answer.status() == 201)
        };
        while !is_done().await {
            pace.tick().await;
        }
        acknowledged.send_modify(|count| *count += 1);
        pace.tick().await;
    }
}
