//! PostgreSQL is killed with `kill -9` in the thick of it, and started again.

use pupitre_tests::postgres::PrivateServer;

use super::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_when_postgresql_is_killed_under_load() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    let load = talk.load(8);
    talk.goes_on(100).await;
    postgres.kill();
    site.is_unready().await;
    // Requests that were under way are answered, and those that came since.
    talk.is_refused(8).await;
    postgres.restart().await;

    // Again, and for a short time only.
    talk.goes_on(100).await;
    let refused = talk.counts().1;
    postgres.kill();
    talk.is_refused(refused).await;
    postgres.restart().await;

    talk.goes_on(100).await;
    load.ends().await;
    site.is_ready().await;
    talk.zoe().says("after").await;
    talk.is_whole(&site.sql().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_before_the_kill_is_read_again_after_it_even_without_new_events() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut talk = site.talk("support").await;
    let zoe = talk.zoe();
    for n in 0..5 {
        zoe.says(&n.to_string()).await;
    }
    // What is read is not on the disk yet: it can be computed again.
    talk.is_whole(&site.sql().await).await;
    postgres.kill();
    postgres.restart().await;
    site.is_ready().await;
    talk.is_whole(&site.sql().await).await;
}
