//! `kill -9` of the server in the middle of a load test: everything acknowledged is there, the clients
//! resume by themselves, and the comparison of every transcript with the file shows no difference.

use std::path::Path;
use std::time::Duration;

use api::auth::{Keys, Role};
use chrono::TimeDelta;
use clap::Parser;
use cli::loadtest::{self, Report, Tokens};
use domain::LivechatId;
use pupitre_tests::patience::eventually;
use pupitre_tests::process::ServerProcess;
use pupitre_tests::store::{StoreUnderTest, each_store};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");
const DIALOGUES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/demo/dialogues.jsonl");
/// Eight dialogues of about seven messages, so many times.
const ROUNDS: &str = "15";
/// The server is killed when the log has reached each of these positions: among the first requests, in
/// the thick of it, twice in a row, and late.
const KILLS: [u64; 5] = [60, 300, 310, 700, 1_100];

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    load_test: loadtest::Options,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_test_ends_without_a_difference_however_often_the_server_is_killed() {
    each_store(async |store| {
        let report = load_test_with_kills(&store).await;
        assert!(report.is_clean(), "{report}");
        assert_eq!((report.requested, report.served, report.refused), (120, 120, 0), "{report}");
    })
    .await;
}

async fn load_test_with_kills(store: &StoreUnderTest) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    let mut server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key_file).await;
    let key = Keys::from_file(&key_file).unwrap();
    let livechat = LivechatId::parse("loadtest").unwrap();
    let token = |role| key.issue(&livechat, role, "test", TimeDelta::hours(1)).unwrap().0;
    let url = server.url();
    let options = Arguments::parse_from([
        "loadtest",
        "--server",
        &url,
        "--conversations",
        DIALOGUES,
        "--repeat",
        ROUNDS,
        "--operators",
        "6",
        "--speed",
        "600",
    ]);
    let tokens = Tokens { administrator: token(Role::Administrator), integration: token(Role::Integration) };
    let supervisor = token(Role::Supervisor);
    let kills = async {
        for position in KILLS {
            log_reaches(&url, &supervisor, position).await;
            server.kill_and_restart().await;
        }
    };
    let load_test = tokio::time::timeout(Duration::from_secs(180), loadtest::run(options.load_test, tokens));
    let (report, ()) = tokio::join!(load_test, kills);
    report.unwrap().unwrap()
}

/// Waits until the livechat's log has reached a position, as anybody may see it in the audit trail.
async fn log_reaches(url: &str, supervisor: &str, position: u64) {
    let http = reqwest::Client::new();
    let audit = format!("{url}/api/v1/livechats/loadtest/audit?limit=1");
    eventually("the log has reached the position", async || {
        let Ok(answer) = http.get(&audit).bearer_auth(supervisor).send().await else { return false };
        let Ok(page) = answer.json::<serde_json::Value>().await else { return false };
        page["items"][0]["position"].as_u64().is_some_and(|reached| reached >= position)
    })
    .await;
}
