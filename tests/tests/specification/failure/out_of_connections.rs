//! PostgreSQL has no connection left for the server: somebody else took them all.

use std::time::Duration;

use futures::future::join_all;
use pupitre_tests::patience::soon;
use pupitre_tests::postgres::{PrivateServer, Settings};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;

use super::site::{BYSTANDER, Site};
use super::talk::Message;

/// As many as the server takes at most, and one for the test to look at the log with.
const CONNECTIONS: u16 = 18;
/// Far less than if each of them waited for a connection of his own, one after the other.
const TOLD_WITHIN: Duration = Duration::from_secs(15);

/// Takes every connection there is, and cuts off those in use, until nobody else has one.
async fn takes_all_connections(url: &str) -> Vec<PgConnection> {
    const OTHERS: &str = "
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND application_name <> $1";
    let options: PgConnectOptions = url.parse().unwrap();
    let options = options.application_name(BYSTANDER);
    let mut taken = vec![PgConnection::connect_with(&options).await.unwrap()];
    loop {
        let others: i64 = sqlx::query_scalar(OTHERS).bind(BYSTANDER).fetch_one(&mut taken[0]).await.unwrap();
        if others == 0 && taken.len() == usize::from(CONNECTIONS) {
            return taken;
        }
        while let Ok(connection) = PgConnection::connect_with(&options).await {
            taken.push(connection);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_database_connections_everybody_gets_an_answer_in_time_and_service_resumes_with_one() {
    let settings = Settings { connections_max: CONNECTIONS, ..Settings::default() };
    let Some(postgres) = PrivateServer::start_or_skip_with(settings).await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    talk.zoe().says("before").await;
    let taken = soon(takes_all_connections(postgres.url())).await;

    let zoe = talk.zoe();
    // The first is lost on the way to the disk; for those after it the livechat has to be loaded first.
    let lost = Message::new("lost");
    let (tried, ()) = tokio::join!(zoe.tries(&lost), site.is_unready());
    assert!(!tried);
    let messages: Vec<Message> = (0..20).map(|n| Message::new(&format!("during: {n}"))).collect();
    let transcript = talk.zoe.path("/transcript");
    let began = Instant::now();
    let trying = join_all(messages.iter().map(|message| zoe.tries(message)));
    let (tried, read) = tokio::join!(trying, talk.alice.person.get(&transcript));
    assert!(began.elapsed() < TOLD_WITHIN, "somebody was told after {:?}", began.elapsed());
    assert_eq!(tried, [false; 20]);
    assert_eq!(read.retry_after.as_deref(), Some("1"));
    read.is_problem(503, "database_unavailable");
    drop(taken);

    // In the order in which they are sent again.
    for message in &messages {
        soon(async { while !zoe.tries(message).await {} }).await;
    }
    site.is_ready().await;
    talk.zoe().says("after").await;
    assert_eq!(talk.counts().0, 22);
    talk.is_whole(&site.sql().await).await;
}
