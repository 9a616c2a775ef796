//! PostgreSQL refuses one row in the middle of a batch: its writer is told not to try again, and
//! nobody else has to suffer for it.

use futures::future::join_all;
use pupitre_tests::postgres::PrivateServer;

use super::site::Site;
use super::talk::{Message, Talk};

const FORBID: &str =
    "ALTER TABLE events ADD CONSTRAINT decency CHECK (payload::text NOT LIKE '%unspeakable%')";
const ALLOW: &str = "ALTER TABLE events DROP CONSTRAINT decency";
const ROUNDS: usize = 20;

/// Everybody writes at once in one livechat, and two of them what cannot be written.
async fn everybody_writes(talk: &Talk, round: usize, unspeakable: &[Message]) {
    let decent = (0..6).map(|n| {
        let speaker = if n % 2 == 0 { talk.alice() } else { talk.zoe() };
        async move { speaker.insists(&format!("{n}: {round}")).await }
    });
    let indecent = unspeakable.iter().map(|message| {
        let zoe = talk.zoe();
        async move {
            loop {
                let answer = zoe.sends(message).await;
                // Decided on something else that failed: that says nothing about this.
                if answer.status == 503 {
                    answer.is_problem(503, "not_durable");
                    continue;
                }
                assert_eq!(answer.retry_after, None);
                answer.is_problem(500, "not_writable");
                return;
            }
        }
    });
    tokio::join!(join_all(decent), join_all(indecent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_command_that_the_database_refuses_fails_for_good() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut site = Site::on(postgres.url()).await;
    let mut one = site.talk("support").await;
    let mut other = site.talk("sales").await;
    let mut quiet = site.talk("advice").await;
    let sql = site.sql().await;
    sql.execute(FORBID).await.unwrap();

    let unspeakable = [Message::new("unspeakable"), Message::new("also unspeakable")];
    for round in 0..ROUNDS {
        tokio::join!(
            everybody_writes(&one, round, &unspeakable),
            everybody_writes(&other, round, &[]),
            everybody_writes(&quiet, round, &[]),
        );
    }
    // A livechat is an island: nobody elsewhere had to send anything twice.
    assert_eq!((other.counts(), quiet.counts()), ((6 * ROUNDS, 0), (6 * ROUNDS, 0)));
    // It is the row, not the database.
    site.readiness().await.is(200);
    site.is_ready().await;
    for talk in [&mut one, &mut other, &mut quiet] {
        talk.is_whole(&sql).await;
    }

    sql.execute(ALLOW).await.unwrap();
    for message in &unspeakable {
        assert!(one.zoe().tries(message).await);
    }
    one.is_whole(&sql).await;
}
