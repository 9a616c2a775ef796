//! A swap and the way back under traffic, as every client sees it.

use std::path::Path;
use std::sync::Arc;

use pupitre_tests::actors::{Floor, Livechat};
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::process::ServerProcess;
use pupitre_tests::store::each_store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::super::super::failure::talk::Talk;
use super::commands::{PROGRAM, projections};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_under_traffic_goes_unnoticed() {
    each_store(async |store| {
        let key = tempfile::tempdir().unwrap();
        let server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key.path().join("key")).await;
        let livechat = server.livechat("support");
        let mut talk = Talk::begins(livechat.clone()).await;
        let mut floor = livechat.floor().await;
        let stop = CancellationToken::new();
        let readers = [reads_the_list(&livechat, &stop), reads_what_was_written(&livechat, &stop)];
        let load = talk.load(4);
        talk.goes_on(20).await;
        projections(&["rebuild"], store.url()).await.ended(0);
        for slot in ["green", "blue", "green"] {
            projections(&["swap"], store.url()).await.ended(0);
            reads_from(&server, slot).await;
            talk.goes_on(20).await;
        }
        load.ends().await;
        stop.cancel();
        for reader in readers {
            assert!(soon(reader).await.unwrap() > 5, "it read");
        }
        talk.zoe().says("after").await;
        talk.is_whole(&store.sql().await).await;
        follows_to_the_end(&livechat, &mut floor).await;
        projections(&["status"], store.url()).await.ended(0);
        for slot in ["blue", "green"] {
            projections(&["verify", "--slot", slot], store.url()).await.ended(0);
        }
    })
    .await;
}

/// Waits until the server reads from this place.
pub(super) async fn reads_from(server: &ServerProcess, slot: &str) {
    let line = format!(r#"projections_active_slot{{slot="{slot}"}} 1"#);
    eventually(&line, async || {
        server.anybody().get("/metrics").await.is(200).as_str().unwrap().contains(&line)
    })
    .await;
}

/// A supervisor who reads the newest conversation again and again, and never an older one.
fn reads_the_list(livechat: &Livechat, stop: &CancellationToken) -> JoinHandle<u64> {
    let (supervisor, stop) = (livechat.supervisor(), stop.clone());
    tokio::spawn(async move {
        let (mut last, mut reads) = (0, 0);
        while !stop.is_cancelled() {
            let page = supervisor.get("/conversations?limit=1").await.is(200);
            // None has been projected yet at the very beginning.
            let newest = page["items"][0]["requested_position"].as_u64().unwrap_or_default();
            assert!(newest >= last, "{newest} after {last}");
            (last, reads) = (newest, reads + 1);
        }
        reads
    })
}

/// An administrator who reads what was just written.
fn reads_what_was_written(livechat: &Livechat, stop: &CancellationToken) -> JoinHandle<u64> {
    let (livechat, stop) = (Arc::new(livechat.clone()), stop.clone());
    tokio::spawn(async move {
        let mut turns = 0_u64;
        while !stop.is_cancelled() {
            let name = format!("Bob {turns}");
            let profile = serde_json::json!({ "name": name });
            let done = livechat.administrator().put("/operators/bob", &profile).await.is(200);
            let position = done["position"].as_u64().unwrap();
            let path = format!("/audit?limit=1&at_least={position}");
            let audit = livechat.supervisor().get(&path).await.is(200);
            assert!(audit["items"][0]["position"].as_u64().unwrap() >= position, "{audit}");
            turns += 1;
        }
        turns
    })
}

/// The feed that was followed all the time leads to the board that is read.
async fn follows_to_the_end(livechat: &Livechat, floor: &mut Floor) {
    let board = livechat.board(0).await;
    assert_eq!(*floor.caught_up(board["position"].as_u64().unwrap()).await, board);
}
