//! What it does when the database refuses something in a batch, and would again: the batch is halved until
//! the command is found that is to blame. It alone fails for good.

use domain::id::CommandId;
use futures::future::join_all;
use journal::Error;
use pupitre_tests::faulty::FaultyStore;
use pupitre_tests::patience::soon;
use pupitre_tests::store::each_store;
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{by_visitor, words, write};

const TABOO: &str = "unspeakable";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_halved_until_only_the_command_to_blame_fails() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let neighbour = floor.neighbour("sales");
        neighbour.open().await;
        let yann = neighbour.conversation("yann").await;
        let before = (floor.log().await.len(), neighbour.log().await.len());

        // While the first is being written, thirty-two more queue, which are one batch then.
        store.hold();
        let begun = store.begun();
        let mut first = Box::pin(floor.says("zoe", zoe, "first"));
        assert!(futures::poll!(&mut first).is_pending());
        soon(store.has_begun(begun + 1)).await;
        store.refuse(Some(TABOO));
        let blamed = CommandId(Uuid::now_v7());
        let mut here = Vec::new();
        let mut there = Vec::new();
        for n in 0..16 {
            let text = if n == 10 { TABOO.to_owned() } else { n.to_string() };
            let id = if n == 10 { blamed } else { CommandId(Uuid::now_v7()) };
            let floor = &floor;
            here.push(Box::pin(async move { floor.does_as(id, by_visitor("zoe"), write(zoe, &text)).await }));
            assert!(futures::poll!(here.last_mut().unwrap()).is_pending());
            let (neighbour, text) = (&neighbour, n.to_string());
            there.push(Box::pin(async move { neighbour.says("yann", yann, &text).await }));
            assert!(futures::poll!(there.last_mut().unwrap()).is_pending());
        }
        store.release();

        first.await.unwrap();
        for (n, outcome) in join_all(here).await.into_iter().enumerate() {
            match n {
                ..10 => assert!(outcome.is_ok(), "{n}: {outcome:?}"),
                10 => assert!(matches!(outcome, Err(Error::Unwritable(_))), "{n}: {outcome:?}"),
                // Decided on what failed: sent again, they get through.
                11.. => assert!(matches!(outcome, Err(Error::NotDurable(_))), "{n}: {outcome:?}"),
            }
        }
        for outcome in join_all(there).await {
            outcome.unwrap();
        }
        // The first, the batch, and two halves of each half of it down to the one.
        assert_eq!(store.begun(), begun + 2 + 2 * 5);

        for text in (11..16).map(|n| n.to_string()) {
            floor.says("zoe", zoe, &text).await.unwrap();
        }
        assert_eq!(neighbour.log().await.len(), before.1 + 16);
        let log = floor.log().await;
        assert_gapless(&log, 1);
        let said: Vec<&str> = log[before.0..].iter().filter_map(|record| words(record)).collect();
        let decent: Vec<String> = (0..16).filter(|n| *n != 10).map(|n| n.to_string()).collect();
        assert_eq!(said, [&["first".to_owned()][..], &decent].concat());

        // Once it may be said, it is said, under the same id.
        store.refuse(None);
        floor.does_as(blamed, by_visitor("zoe"), write(zoe, TABOO)).await.unwrap();
        assert_eq!(floor.state().await, floor.folded().await);
        assert_eq!(neighbour.state().await, neighbour.folded().await);
    })
    .await;
}
