//! PostgreSQL is stopped in good order and started again, as for an update.

use std::time::Duration;

use futures::future::join_all;
use pupitre_tests::postgres::PrivateServer;
use tokio::time::Instant;

use super::site::Site;

/// A connection that was used a shorter time ago is trusted.
const LONG_IDLE: Duration = Duration::from_millis(1_100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_goes_on_when_postgresql_is_stopped_and_started_again() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    talk.zoe().says("before").await;
    let load = talk.load(4);
    talk.goes_on(20).await;

    postgres.stop();
    site.is_unready().await;
    talk.is_refused(0).await;
    postgres.restart().await;

    talk.goes_on(20).await;
    load.ends().await;
    site.is_ready().await;
    talk.alice().says("after").await;
    talk.is_whole(&site.sql().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_while_nobody_speaks_is_not_noticed() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    talk.zoe().says("before").await;
    // Many at once, so that every connection there may be is there.
    let transcript = talk.zoe.path("/transcript");
    let reading = async || join_all((0..30).map(|_| talk.zoe.person.get(&transcript))).await;
    reading().await;
    let idle_since = Instant::now();

    postgres.stop();
    postgres.restart().await;
    tokio::time::sleep_until(idle_since + LONG_IDLE).await;

    for answer in reading().await {
        answer.is(200);
    }
    talk.zoe().says("after").await;
    assert_eq!(talk.counts(), (2, 0));
    site.is_ready().await;
    talk.is_whole(&site.sql().await).await;
}
