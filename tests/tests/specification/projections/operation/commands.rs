//! `pupitre projections`, as it is called from a shell.

use std::path::Path;

use api::server::views_beside;
use journal::entry::{GENESIS, WakeUp};
use pupitre_tests::log::append;
use pupitre_tests::process::{Finished, ServerProcess, run};
use pupitre_tests::store::{Sql, StoreUnderTest, each_store};
use serde_json::json;
use sqlx::SqlitePool;

use super::super::story::Story;

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// Calls `pupitre projections` on a database.
pub(super) async fn projections(arguments: &[&str], database: &str) -> Finished {
    let arguments: Vec<&str> = ["--log", "warn", "projections"]
        .iter()
        .chain(arguments)
        .chain(&["--database", database])
        .copied()
        .collect();
    run(Path::new(PROGRAM), &arguments, "").await
}

/// A way to the tables of the projections that does not pass through our own code.
pub(super) async fn views_sql(store: &StoreUnderTest) -> Sql {
    match store.sql().await {
        Sql::Sqlite(_) => Sql::Sqlite(SqlitePool::connect(&views_beside(store.url())).await.unwrap()),
        postgres @ Sql::Postgres(_) => postgres,
    }
}

/// Writes a story to the log.
pub(super) async fn tells(store: &StoreUnderTest, seed: u64, events: usize) {
    let opened = store.open().await;
    for island in Story::of(seed, events).islands {
        append(&*opened, &island.log, &mut GENESIS.clone(), WakeUp::of(&island.state)).await;
    }
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_command_says_what_it_did_to_people_and_to_machines() {
    each_store(async |store| {
        tells(&store, 91, 800).await;
        let none = projections(&["status"], store.url()).await.ended(1);
        assert!(none.stderr.contains("there is no blue slot"), "{}", none.stderr);
        let key = tempfile::tempdir().unwrap();
        let server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key.path().join("key")).await;
        let support = server.livechat("support");
        let done = support.administrator().put("/operators/zoe", &json!({ "name": "Zoe" })).await.is(200);
        support.is_projected(done["position"].as_u64().unwrap()).await;
        let sales = server.livechat("ventes");
        let done = sales.administrator().put("/operators/zoe", &json!({ "name": "Zoe" })).await.is(200);
        sales.is_projected(done["position"].as_u64().unwrap()).await;

        let shown = projections(&["status"], store.url()).await.ended(0);
        assert!(shown.stdout.contains("blue") && shown.stdout.contains("yes"), "{}", shown.stdout);
        let status = projections(&["status", "--json"], store.url()).await.ended(0).json();
        assert_eq!(status["active"], json!({ "slot": "blue", "swapped_at": null, "program": null }));
        assert_eq!(status["slots"].as_array().unwrap().len(), 1);
        assert_eq!(status["slots"][0]["livechats"].as_array().unwrap().len(), 2);
        assert_eq!(status["slots"][0]["lag_events"], 0);

        let refused = projections(&["swap"], store.url()).await.ended(1);
        assert!(refused.stderr.contains("there is no green slot"), "{}", refused.stderr);
        let built = projections(&["rebuild"], store.url()).await.ended(0);
        assert!(built.stdout.contains("the green slot is built"), "{}", built.stdout);
        let built = projections(&["rebuild", "--json"], store.url()).await.ended(0).json();
        assert_eq!((&built["slot"], &built["livechats"]), (&json!("green"), &json!(2)));
        let status = projections(&["status", "--json"], store.url()).await.ended(0).json();
        assert_eq!(status["slots"][1]["slot"], "green");
        assert_eq!(status["slots"][1]["is_active"], false);

        let right = projections(&["verify"], store.url()).await.ended(0);
        assert!(right.stdout.contains("the rows are as the log says"), "{}", right.stdout);
        let right = projections(&["verify", "--json", "--slot", "green"], store.url()).await.ended(0).json();
        assert_eq!((&right["slot"], &right["mismatches"]), (&json!("green"), &json!(0)));
        let green = views_sql(&store).await;
        let tamper = "UPDATE projections_green.audit SET action = 'x' WHERE position = 3";
        let green_rows = match green {
            Sql::Sqlite(_) => {
                let green = views_beside(store.url()).replace("-views.db", "-views-green.db");
                Sql::Sqlite(SqlitePool::connect(&green).await.unwrap())
                    .execute(&tamper.replace("projections_green.", ""))
                    .await
            }
            postgres @ Sql::Postgres(_) => postgres.execute(tamper).await,
        };
        assert_eq!(green_rows.unwrap(), 2);
        let wrong = projections(&["verify", "--slot", "green", "--livechat", "ventes"], store.url()).await;
        let wrong = wrong.ended(1);
        assert!(wrong.stdout.contains("audit.action [livechat"), "{}", wrong.stdout);
        assert!(wrong.stdout.contains(r#"found "x""#) && wrong.stdout.contains("1 differences"));
        projections(&["verify"], store.url()).await.ended(0);
        projections(&["rebuild"], store.url()).await.ended(0);

        let swapped = projections(&["swap"], store.url()).await.ended(0);
        assert!(swapped.stdout.contains("the green slot is active now"), "{}", swapped.stdout);
        let back = projections(&["swap", "--json"], store.url()).await.ended(0).json();
        assert_eq!(back, json!({ "from": "green", "to": "blue", "parked": [] }));
        let status = projections(&["status", "--json"], store.url()).await.ended(0).json();
        assert_eq!(status["active"]["program"], env!("CARGO_PKG_VERSION"));
        assert!(status["active"]["swapped_at"].is_string());

        let usage = projections(&["verify", "--limit", "0"], store.url()).await.ended(2);
        assert!(usage.stderr.contains("1..=10000"), "{}", usage.stderr);
        projections(&["verify", "--livechat", "Not A Name"], store.url()).await.ended(1);
    })
    .await;
    let slip = projections(&["status"], "sqlite:///nowhere/pupitre.db").await.ended(1);
    assert!(slip.stderr.contains("there is no database at"), "{}", slip.stderr);
}
