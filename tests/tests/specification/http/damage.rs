//! What was changed in a log, and what has not been computed from it yet, is refused by name, and everybody else goes on.

use api::server::views_beside;
use pupitre_tests::actors::{Answer, Ended, Feed, Socket, Transport};
use pupitre_tests::patience::eventually;
use pupitre_tests::server::Server;
use pupitre_tests::store::{Sql, StoreUnderTest, each_store};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{PgPool, SqlitePool};

/// What `/readyz` answers.
async fn readiness(server: &Server) -> Answer {
    server.anybody().get("/readyz").await
}

fn asks(visitor: &str) -> Value {
    json!({ "visitor": { "id": visitor }, "language": "fr" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_livechat_whose_log_was_changed_is_refused_by_name_and_the_others_go_on() {
    each_store(async |database| {
        let mut server = Server::start_on(database.url()).await;
        let (support, sales) = (server.livechat("support").await, server.livechat("sales").await);
        let mut alice = support.operator("alice").await;
        let mut visitor = support.visitor("v1").await;
        alice.picks_up(&visitor).await;
        visitor.says("une commande").await;
        support.is_projected(visitor.says("et une question").await).await;
        server.stop().await;
        let sql = database.sql().await;
        sql.disarm().await;
        sql.changes("support", "commande", "commende").await;
        server.start_again().await;

        for _ in 0..2 {
            let refused = [
                support.integration().post("/conversations", &asks("v2")).await,
                visitor.person.post(&visitor.path("/messages"), &json!({ "text": "allo" })).await,
                alice.person.post(&visitor.path("/end"), &json!({})).await,
                support.supervisor().get("/board").await,
                support.administrator().get("/settings/capacity").await,
                support.supervisor().get("/settings?position=3").await,
                support.supervisor().get(&visitor.path("/replay")).await,
            ];
            for answer in refused {
                assert!(answer.retry_after.is_some(), "{answer:?}");
                answer.is_problem(503, "log_damaged");
            }
        }
        let Err(refused) = Socket::try_open(&alice.person.socket("/desk")).await else {
            panic!("a desk is opened on a log that was changed");
        };
        assert_eq!((refused.status, &refused.body["code"]), (503, &json!("log_damaged")));
        let french = support.integration().request(Method::POST, "/conversations").json(&asks("v3"));
        let shown = Answer::to(french.header("Accept-Language", "fr")).await.is_problem(503, "log_damaged");
        assert!(shown["detail"].as_str().unwrap().contains("endommagé"), "{shown}");

        let ready = readiness(&server).await.is(200);
        assert_eq!(ready, "ready\nlogs of 1 livechats damaged\n");
        let mut bob = sales.operator("bob").await;
        let mut other = sales.visitor("v1").await;
        bob.picks_up(&other).await;
        sales.is_projected(other.says("une commande").await).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tampered_log_is_served_to_nobody() {
    Box::pin(each_store(async |database| {
        let server = Server::start_on(database.url()).await;
        let support = server.livechat("support").await;
        let mut alice = support.operator("alice").await;
        let mut visitor = support.visitor("v1").await;
        alice.picks_up(&visitor).await;
        let mut other = support.visitor("v2").await;
        alice.picks_up(&other).await;
        visitor.says("premier").await;
        visitor.says("deuxième").await;
        other.says("ailleurs").await;
        let last = visitor.says("troisième").await;
        support.is_projected(last).await;
        let sql = database.sql().await;
        sql.disarm().await;
        sql.changes("support", "deuxième", "quatrième").await;

        // What comes before is shown, and nothing from there on.
        let mut page = visitor.page(0).await;
        assert_eq!(page.close_code().await, Some(1011));
        let shown = json!(page.heard()).to_string();
        assert!(
            shown.contains("premier") && !shown.contains("quatri") && !shown.contains("troisi"),
            "{shown}"
        );
        let mut desk = alice.desk(2).await;
        assert_eq!(desk.close_code().await, Some(1011));
        assert!(!json!(desk.heard()).to_string().contains("quatri"));
        let mut desk = Socket::open(&alice.person.socket("/desk")).await;
        assert_eq!(desk.close_code().await, Some(1011), "the snapshot has the conversation in it");
        assert!(!json!(desk.heard()).to_string().contains("premier"));
        let supervisor = support.supervisor();
        for transport in Transport::BOTH {
            let mut live = Feed::follow(&supervisor, transport, &visitor.path("/live"), None).await;
            let mut shown = vec![];
            let ended = loop {
                match live.try_next().await {
                    Ok(frame) => shown.push(frame.data.to_string()),
                    Err(ended) => break ended,
                }
            };
            assert!(shown.concat().contains("premier") && !shown.concat().contains("quatri"), "{shown:?}");
            assert_ne!(ended, Ended::Cut, "{transport:?}");
        }
        for path in [
            visitor.path("/replay"),
            visitor.path(&format!("/replay?from={last}")),
            visitor.path(&format!("/transcript?position={last}")),
            format!("/board?position={last}"),
            format!("/settings?position={last}"),
        ] {
            eprintln!("{path}");
            let shown = supervisor.get(&path).await;
            assert!(!shown.body.to_string().contains("quatri"), "{path}: {shown:?}");
            if path != visitor.path("/replay") {
                shown.is_problem(503, "log_damaged");
            }
        }

        // What goes on in memory was decided before, and goes on; so do the other conversations.
        visitor.says("cinquième").await;
        let mut page = other.page(0).await;
        page.hears(|frame| frame["text"] == "ailleurs").await;
        let transcript = supervisor.get(&visitor.path("/transcript")).await.is(200).to_string();
        assert!(
            transcript.contains("deuxième"),
            "rows tell what was computed when it was said: {transcript}"
        );
        assert_eq!(readiness(&server).await.is(200), "ready\nlogs of 1 livechats damaged\n");
    }))
    .await;
}

/// The database of the projections, as SQL sees it.
async fn views(database: &StoreUnderTest) -> Sql {
    let url = views_beside(database.url());
    if url.starts_with("sqlite") {
        Sql::Sqlite(SqlitePool::connect(&url).await.unwrap())
    } else {
        Sql::Postgres(PgPool::connect(&url).await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn until_the_rows_are_there_a_livechat_is_catching_up_and_says_how_far_it_is() {
    each_store(async |database| {
        let mut server = Server::start_on(database.url()).await;
        let (support, sales) = (server.livechat("support").await, server.livechat("sales").await);
        let mut alice = support.operator("alice").await;
        let mut visitor = support.visitor("v1").await;
        alice.picks_up(&visitor).await;
        let done = visitor.says("avant").await;
        support.is_projected(done).await;
        sales.is_projected(server.position("sales").await).await;

        // Rows cannot be written for a while, and the log grows meanwhile.
        let sql = views(&database).await;
        let schema = if sql.is_sqlite() { "" } else { "projections." };
        sql.execute(&format!("ALTER TABLE {schema}audit RENAME TO audit_away")).await.unwrap();
        visitor.says("après").await;
        server.stop().await;
        let total = server_head(&database).await;
        server.start_again().await;

        let progress = json!({ "done": done, "total": total });
        let problem = readiness(&server).await.is_problem(503, "catching_up");
        assert_eq!(problem["progress"], progress, "{problem}");
        assert_eq!(server.anybody().get("/healthz").await.status, 200);
        let supervisor = support.supervisor();
        let asked = [
            "/conversations".to_owned(),
            visitor.path(""),
            visitor.path("/transcript"),
            "/conversations/search?q=avant".to_owned(),
            "/audit".to_owned(),
            "/audit?format=csv".to_owned(),
            "/figures?from=2027-01-15&until=2027-01-16".to_owned(),
            "/exports/contacts?from=2027-01-15&until=2027-01-16".to_owned(),
            "/settings/capacity/history".to_owned(),
        ];
        let answers = asked.iter().map(|path| supervisor.get(path));
        for (path, answer) in asked.iter().zip(futures::future::join_all(answers).await) {
            assert!(answer.retry_after.is_some(), "{path}: {answer:?}");
            let problem = answer.is_problem(503, "catching_up");
            assert_eq!(problem["progress"], progress, "{path}: {problem}");
        }
        // The log can be written, and livechats with all rows are read.
        visitor.comes_back().await;
        visitor.says("pendant").await;
        sales.supervisor().get("/conversations").await.is(200);

        sql.execute(&format!("ALTER TABLE {schema}audit_away RENAME TO audit")).await.unwrap();
        eventually("the server is ready", async || readiness(&server).await.status == 200).await;
        let shown = supervisor.get(&visitor.path("/transcript")).await.is(200).to_string();
        assert!(shown.contains("avant") && shown.contains("après"), "{shown}");
    })
    .await;
}

/// Where the log of the livechat ends while no server runs.
async fn server_head(database: &StoreUnderTest) -> u64 {
    let store = database.open().await;
    let heads = store.read().heads().await.unwrap();
    store.close().await;
    heads.iter().find(|head| head.livechat.as_str() == "support").unwrap().position
}
