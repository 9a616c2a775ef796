//! The disk of PostgreSQL is full.

use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::postgres::{PrivateServer, Settings};

use super::site::Site;
use super::talk::Talk;

const SMALL: Settings = Settings { connections_max: 50, disk_mebibytes: Some(96) };

/// Fills up the disk until messages are refused: PostgreSQL has room for a few in what it holds already, and
/// frees some meanwhile.
async fn is_full(postgres: &PrivateServer, talk: &Talk) {
    let refused = talk.counts().1;
    eventually("a message is refused", async || {
        postgres.fill_disk();
        talk.counts().1 > refused
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_disk_is_full_nothing_is_acknowledged_that_is_not_written() {
    let Some(postgres) = PrivateServer::start_or_skip_with(SMALL).await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    let sql = site.sql().await;
    // What is written to find out whether the database is back has its place: a server that starts has written it.
    assert_eq!(sql.execute("UPDATE pulse SET beats = beats").await.unwrap(), 1);
    let load = talk.load(4);
    for _ in 0..2 {
        talk.goes_on(50).await;
        is_full(&postgres, &talk).await;
        site.is_unready().await;
        let (acknowledged, mut refused) = talk.counts();
        for _ in 0..10 {
            talk.is_refused(refused).await;
            refused = talk.counts().1;
            // Ready means that messages can be written, not only that the database answers.
            let answer = site.readiness().await;
            assert!(answer.status == 503 || talk.counts().0 > acknowledged, "{answer:?}");
        }
        postgres.free_disk();
        talk.goes_on(50).await;
        site.is_ready().await;
    }
    load.ends().await;
    talk.zoe().says("after").await;
    talk.is_whole(&site.sql().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_goes_on_when_a_full_disk_has_ended_postgresql() {
    let Some(postgres) = PrivateServer::start_or_skip_with(SMALL).await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    let sql = site.sql().await;
    let load = talk.load(4);
    talk.goes_on(50).await;
    // PostgreSQL panics when it cannot begin another piece of its own log.
    soon(async {
        while sql.execute("SELECT pg_switch_wal()").await.is_ok() {
            postgres.fill_disk();
        }
    })
    .await;
    site.is_unready().await;
    talk.is_refused(0).await;
    postgres.free_disk();
    // It may have tried to recover in vain, and given up.
    postgres.restart().await;

    talk.goes_on(50).await;
    load.ends().await;
    site.is_ready().await;
    talk.zoe().says("after").await;
    talk.is_whole(&sql).await;
}
