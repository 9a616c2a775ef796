//! What cannot be stored parks one livechat, is noted, survives a restart, and is tried again when asked.

use std::path::Path;

use projections::{Slot, maintenance};
use pupitre_tests::patience::{eventually, eventually_some};
use pupitre_tests::process::{ServerProcess, run};
use pupitre_tests::store::{StoreUnderTest, each_store};
use serde_json::{Value, json};

use super::super::fake_log::{FakeLog, Following};
use super::super::scratch::{Dump, Scratch};
use super::super::story::{Story, slug};
use super::commands::{PROGRAM, projections, views_sql};
use super::refused_row;

#[tokio::test]
async fn a_livechat_is_parked_alone_and_continues_when_it_is_released() {
    let events = Story::of(71, 900).events;
    for scratch in Scratch::each().await {
        scratch.open().await.close().await;
        refused_row::poisons(&scratch, Slot::Blue, 150).await;
        let log = FakeLog::new(100);
        log.commit(&events[..500]);
        let following = Following::start(&scratch, &log).await;
        log.commit(&events[500..]);
        let others: Vec<_> = events.iter().filter(|e| e.livechat == slug("ventes")).cloned().collect();
        following.caught_up(&others).await;
        let parked = eventually_some("a livechat is parked", async || {
            Some(maintenance::parked(&scratch.url).await.unwrap()).filter(|parked| !parked.is_empty())
        })
        .await;
        let event = events.iter().find(|e| e.livechat == slug("support") && e.position == 150).unwrap();
        assert_eq!(parked.len(), 1, "{}", scratch.kind);
        assert_eq!((&parked[0].livechat, parked[0].position), (&slug("support"), 150));
        assert_eq!(parked[0].event.as_deref(), Some(event.event.fact.name()));
        assert!(parked[0].error.contains("poison"), "{}", parked[0].error);
        assert_eq!(following.views.parked(), 1);
        assert_eq!(following.views.position(&slug("support")).await.unwrap(), 149, "up to the poison");

        // Tried again too early, it is parked again, for the same reason and since the same time.
        assert_eq!(maintenance::retry(&scratch.url, None).await.unwrap(), 1);
        following.stop().await;
        let following = Following::start(&scratch, &log).await;
        eventually("the livechat is parked", async || following.views.parked() > 0).await;
        let since = maintenance::parked(&scratch.url).await.unwrap()[0].since;
        following.stop().await;
        let following = Following::start(&scratch, &log).await;
        eventually("the livechat is parked", async || following.views.parked() > 0).await;
        assert_eq!(maintenance::parked(&scratch.url).await.unwrap()[0].since, since, "{}", scratch.kind);

        refused_row::heals(&scratch, Slot::Blue).await;
        assert_eq!(maintenance::retry(&scratch.url, Some(&slug("ventes"))).await.unwrap(), 0);
        assert_eq!(maintenance::retry(&scratch.url, Some(&slug("support"))).await.unwrap(), 1);
        following.caught_up(&events).await;
        assert_eq!(following.views.parked(), 0);
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_start_retries_parked_livechats_and_unparks_those_that_succeed() {
    let events = Story::of(72, 500).events;
    for scratch in Scratch::each().await {
        scratch.open().await.close().await;
        refused_row::poisons(&scratch, Slot::Blue, 60).await;
        let log = FakeLog::new(100);
        log.commit(&events);
        let following = Following::start(&scratch, &log).await;
        eventually("the livechat is parked", async || following.views.parked() > 0).await;
        following.stop().await;
        refused_row::heals(&scratch, Slot::Blue).await;
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&events).await;
        eventually("nothing is parked any more", async || {
            maintenance::parked(&scratch.url).await.unwrap().is_empty()
        })
        .await;
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_says_what_is_parked_and_how_far_it_is_behind() {
    each_store(async |store| {
        let key = tempfile::tempdir().unwrap();
        let key_file = key.path().join("key");
        let mut server = ServerProcess::start(Path::new(PROGRAM), store.url(), &key_file).await;
        let (support, sales) = (server.livechat("support"), server.livechat("sales"));
        support.is_created().await;
        sales.is_created().await;
        poison(&store).await;
        support.administrator().put("/operators/alice", &json!({ "name": "Poison" })).await.is(200);
        support.administrator().put("/operators/bob", &json!({ "name": "Bob" })).await.is(200);
        // The others go on.
        let done = sales.administrator().put("/operators/alice", &json!({ "name": "Alice" })).await.is(200);
        sales.is_projected(done["position"].as_u64().unwrap()).await;

        let shows = async |server: &ServerProcess, line: &str| {
            eventually(line, async || {
                let metrics = server.anybody().get("/metrics").await.is(200);
                metrics.as_str().unwrap().lines().any(|shown| shown == line)
            })
            .await;
        };
        shows(&server, "projections_parked 1").await;
        shows(&server, "projections_lag_events 2").await;
        let age = |metrics: &Value| -> f64 {
            let metrics = metrics.as_str().unwrap();
            metrics
                .lines()
                .find_map(|line| line.strip_prefix("projections_lag_seconds "))
                .unwrap()
                .parse()
                .unwrap()
        };
        let first = age(&server.anybody().get("/metrics").await.is(200));
        eventually("the lag grows while nothing happens", async || {
            age(&server.anybody().get("/metrics").await.is(200)) > first.max(0.5)
        })
        .await;
        let ready = server.anybody().get("/readyz").await.is(200);
        assert_eq!(ready, "ready\nprojections of 1 livechats parked\n");

        let parked = projections(&["parked", "--json"], store.url()).await.ended(1).json();
        assert_eq!(parked["parked"][0]["livechat"], "support");
        assert_eq!(parked["parked"][0]["event"], "operator.registered");
        server.kill_and_restart().await;
        shows(&server, "projections_parked 1").await;
        let again = projections(&["parked", "--json"], store.url()).await.ended(1).json();
        assert_eq!(again, parked, "as before the restart");
        let status = projections(&["status", "--json"], store.url()).await.ended(1).json();
        let place = &status["slots"][0];
        assert_eq!((&place["lag_events"], place["parked"].as_array().unwrap().len()), (&json!(2), 1));
        assert!(place["lag_seconds"].as_f64().unwrap() > 0.0);
        // What is there is right.
        projections(&["verify"], store.url()).await.ended(0);

        let nobody = projections(&["parked", "--retry", "sales"], store.url()).await.ended(1);
        assert!(nobody.stdout.contains("0 to be tried again"), "{}", nobody.stdout);
        heal(&store).await;
        let released = projections(&["parked", "--retry", "support", "--json"], store.url()).await.ended(0);
        assert_eq!(released.json(), json!({ "released": 1 }));
        shows(&server, "projections_parked 0").await;
        shows(&server, "projections_lag_events 0").await;
        shows(&server, "projections_lag_seconds 0").await;
        assert_eq!(server.anybody().get("/readyz").await.is(200), "ready\n");
        let well = projections(&["parked"], store.url()).await.ended(0);
        assert_eq!(well.stdout, "nothing is parked\n");
        projections(&["parked", "--all"], store.url()).await.ended(0);
        projections(&["status"], store.url()).await.ended(0);
        projections(&["verify"], store.url()).await.ended(0);
        let usage = run(Path::new(PROGRAM), &["projections", "parked", "--retry", "a", "--all"], "").await;
        usage.ended(2);
    })
    .await;
}

async fn poison(store: &StoreUnderTest) {
    let sql = views_sql(store).await;
    let poison = if sql.is_sqlite() {
        "CREATE TRIGGER poison BEFORE INSERT ON floor_operators WHEN NEW.name = 'Poison'
         BEGIN SELECT RAISE(ABORT, 'poison'); END"
    } else {
        "ALTER TABLE projections.floor_operators ADD CONSTRAINT poison CHECK (name <> 'Poison')"
    };
    sql.execute(poison).await.unwrap();
}

async fn heal(store: &StoreUnderTest) {
    let sql = views_sql(store).await;
    let cure = if sql.is_sqlite() {
        "DROP TRIGGER poison"
    } else {
        "ALTER TABLE projections.floor_operators DROP CONSTRAINT poison"
    };
    sql.execute(cure).await.unwrap();
}
