//! `pupitre log`, as it is called from a shell.

use std::path::Path;

use pupitre_tests::process::{Finished, run};
use pupitre_tests::store::{each_store, sqlite};
use serde_json::{Value, json};

use super::super::story::Story;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

async fn log(arguments: &[&str], database: &str, input: &str) -> Finished {
    let arguments: Vec<&str> =
        ["--log", "warn", "log"].iter().chain(arguments).chain(&["--database", database]).copied().collect();
    run(Path::new(PROGRAM), &arguments, input).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_succeeds_when_the_log_is_whole_and_fails_when_not() {
    each_store(async |under_test| {
        let store = under_test.open().await;
        store.append(&Story::opened("support").1).await.unwrap();
        store.append(&Story::opened("sales").1).await.unwrap();
        let whole = log(&["verify"], under_test.url(), "").await;
        assert_eq!(whole.code, Some(0), "{}", whole.stderr);
        assert!(whole.stdout.contains("whole: 8 records of 2 livechats"), "{}", whole.stdout);

        let sql = under_test.sql().await;
        sql.disarm().await;
        sql.execute("DELETE FROM events WHERE aggregate_id = 'sales' AND sequence = 2").await.unwrap();
        let damaged = log(&["verify"], under_test.url(), "").await;
        assert_eq!(damaged.code, Some(1));
        assert!(damaged.stdout.contains("sales, record 2: it is not there"), "{}", damaged.stdout);
        let damaged = log(&["verify", "--json"], under_test.url(), "").await;
        let found = damaged.json();
        assert_eq!((damaged.code, &found["whole"], &found["records"]), (Some(1), &json!(false), &json!(5)));
        let problem = &found["problems"][0];
        assert_eq!((&problem["livechat"], &problem["position"]), (&json!("sales"), &json!(2)));
        assert!(problem["problem"].as_str().unwrap().contains("record 3 stands in its place"), "{problem}");

        let one = log(&["verify", "--json", "--livechat", "support"], under_test.url(), "").await;
        assert_eq!((one.code, &one.json()["records"]), (Some(0), &json!(4)));
        let nobody = log(&["verify", "--livechat", "nobody"], under_test.url(), "").await;
        assert_eq!(nobody.code, Some(1));
        assert!(nobody.stderr.contains("there is no log of nobody"), "{}", nobody.stderr);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_shows_where_each_livechat_stands() {
    each_store(async |under_test| {
        let (story, entries) = Story::opened("support");
        under_test.open().await.append(&entries).await.unwrap();
        let shown = log(&["status"], under_test.url(), "").await;
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        assert!(shown.stdout.contains("support") && shown.stdout.contains("1 in all"), "{}", shown.stdout);
        let told = log(&["status", "--json"], under_test.url(), "").await.json();
        let livechat = &told["livechats"][0];
        assert_eq!(
            (&told["records"], &livechat["records"]),
            (&json!(story.position), &json!(story.position))
        );
        assert_eq!(livechat["hash"], journal::entry::hex(&story.hash));
        assert_eq!((&livechat["attended"], &livechat["snapshot"]), (&json!(true), &Value::Null));
        assert_eq!(livechat["last_at"], json!(entries.last().unwrap().recorded_at));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_and_import_pass_through_a_pipe_and_a_file() {
    each_store(async |under_test| {
        under_test.open().await.append(&Story::opened("support").1).await.unwrap();
        let piped = log(&["export", "--file", "-"], under_test.url(), "").await;
        assert_eq!((piped.code, piped.stdout.lines().count()), (Some(0), 4), "{}", piped.stderr);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.jsonl").display().to_string();
        assert_eq!(log(&["export", "--file", &file], under_test.url(), "").await.code, Some(0));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), piped.stdout);

        // An import makes the database when there is none.
        let target = sqlite();
        let imported = log(&["import", "--file", "-"], target.url(), &piped.stdout).await;
        assert_eq!(imported.code, Some(0), "{}", imported.stderr);
        let again = log(&["import", "--file", &file], target.url(), "").await;
        assert!(again.stderr.contains("0 records imported, 4 were there"), "{}", again.stderr);
        assert_eq!(log(&["verify"], target.url(), "").await.code, Some(0));
        let bad = log(&["import", "--file", "-"], sqlite().url(), "nonsense\n").await;
        assert_eq!(bad.code, Some(1));
        assert!(bad.stderr.contains("line 1: it is no record"), "{}", bad.stderr);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slip_in_an_address_is_an_error_and_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slip.db");
    let database = format!("sqlite://{}", file.display());
    let export = folder.path().join("log.jsonl").display().to_string();
    for arguments in [&["verify"][..], &["status"], &["export", "--file", &export]] {
        let done = log(arguments, &database, "").await;
        assert_eq!(done.code, Some(1));
        assert!(done.stderr.contains("there is no database at"), "{}", done.stderr);
    }
    let missing = log(&["import", "--file", &export], &database, "").await;
    assert_eq!(missing.code, Some(1));
    assert!(missing.stderr.contains("log.jsonl"), "{}", missing.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
