//! A log folded page by page by several threads: in its order, each record once, and up to where it can be.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use journal::entry::Entry;
use journal::{Chained, Position, Store};
use pupitre_tests::store::each_store;
use replay::{AsOf, Error, ordered_fold, playback};

use crate::journal::story::Story;

/// What a fold of these tests adds up: the positions it has seen, in the order in which it saw them.
type Seen = Vec<Position>;

fn see(seen: &mut Seen, page: &[Chained]) -> Option<Position> {
    seen.extend(page.iter().map(|chained| chained.record.position));
    seen.last().copied()
}

/// Appends a log of a hundred records or a few more; tells its livechat and its entries.
async fn written(log: &Arc<dyn Store>) -> (domain::LivechatId, Vec<Entry>) {
    let (story, _, entries) = Story::repeating("support", "encore", 100);
    log.append(&entries).await.unwrap();
    (story.livechat, entries)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_record_is_folded_once_and_in_order_whatever_the_size_of_a_page() {
    each_store(async |database| {
        let log = database.open().await;
        let (livechat, entries) = written(&log).await;
        let end = entries.len() as Position;
        for size in [1, 7, 99, 1_000] {
            for (after, until) in [(0, end), (3, 58), (0, end + 500), (end, end), (end, end + 5)] {
                let (baton, pages) =
                    ordered_fold::fold(&log, &livechat, (after, until), size, Seen::new(), |seen, page| {
                        Ok(see(seen, page))
                    });
                let ends: Vec<Position> = pages.try_collect().await.unwrap();
                let seen = baton.take().unwrap();
                let expected: Seen = (after + 1..=until.min(end)).collect();
                assert_eq!(seen, expected, "{size} from {after} to {until}");
                assert_eq!(ends.last(), expected.last());
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_folded_after_the_last_page_that_matters_or_after_an_error() {
    each_store(async |database| {
        let log = database.open().await;
        let (livechat, entries) = written(&log).await;
        let end = entries.len() as Position;

        let step = |seen: &mut Seen, page: &[Chained]| Ok(see(seen, page).filter(|last| *last < 40));
        let (baton, pages) = ordered_fold::fold(&log, &livechat, (0, end), 10, Seen::new(), step);
        let ends: Vec<Position> = pages.try_collect().await.unwrap();
        assert_eq!(ends, [10, 20, 30]);
        assert_eq!(baton.take().unwrap().last(), Some(&40), "the last page that matters is folded");

        let step = |seen: &mut Seen, page: &[Chained]| match see(seen, page) {
            Some(40) => Err(Error::NoLog(super::support())),
            last => Ok(last),
        };
        let (baton, pages) = ordered_fold::fold(&log, &livechat, (0, end), 10, Seen::new(), step);
        let failed = pages.try_collect::<Vec<_>>().await;
        assert!(matches!(failed, Err(Error::NoLog(_))), "{failed:?}");
        assert_eq!(baton.take().unwrap().last(), Some(&40));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_before_a_record_that_cannot_be_read_is_folded() {
    each_store(async |database| {
        let log = database.open().await;
        let (story, _, mut entries) = Story::repeating("support", "encore", 60);
        entries[44].payload = r#"{"at":"gestern"}"#.to_owned();
        log.append(&entries).await.unwrap();
        let (baton, pages) =
            ordered_fold::fold(&log, &story.livechat, (0, 60), 10, Seen::new(), |seen, page| {
                Ok(see(seen, page))
            });
        let failed = pages.try_collect::<Vec<_>>().await;
        assert!(matches!(failed, Err(Error::Record { position: 45, .. })), "{failed:?}");
        assert_eq!(baton.take().unwrap(), (1..=40).collect::<Seen>(), "up to the page before");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_too_long_for_the_memory_is_folded_in_parts() {
    each_store(async |database| {
        let log = database.open().await;
        let (story, _, entries) = Story::repeating("support", &"🙂".repeat(5_000), 700);
        log.append(&entries).await.unwrap();
        let end = entries.len() as Position;
        let step = |seen: &mut Seen, page: &[Chained]| Ok(see(seen, page));
        // Parts of four MiB, of pages that are longer and of pages that are not.
        for size in [1_000, 300, 100] {
            let (baton, pages) = ordered_fold::fold(&log, &story.livechat, (0, end), size, Seen::new(), step);
            let ends: Vec<Position> = pages.try_collect().await.unwrap();
            assert_eq!(baton.take().unwrap(), (1..=end).collect::<Seen>(), "{size}");
            assert!(ends.len() >= 4 && ends.is_sorted(), "{size}: {ends:?}");
            let read = ordered_fold::read(&log, &story.livechat, (0, end), size);
            let read: Vec<Vec<Chained>> = read.try_collect().await.unwrap();
            assert!(read.iter().all(|page| page.len() <= 250), "{size}");
            let read: Seen = read.iter().flatten().map(|chained| chained.record.position).collect();
            assert_eq!(read, (1..=end).collect::<Seen>(), "{size}");
        }
        // It ends in the middle of such a page, too.
        let step = |seen: &mut Seen, page: &[Chained]| Ok(see(seen, page).filter(|last| *last < 400));
        let (baton, pages) = ordered_fold::fold(&log, &story.livechat, (0, end), 1_000, Seen::new(), step);
        let ends: Vec<Position> = pages.try_collect().await.unwrap();
        assert!(ends.iter().all(|last| *last < 400) && !ends.is_empty());
        let seen = baton.take().unwrap();
        assert!(*seen.last().unwrap() >= 400 && seen.len() < entries.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_was_changed_is_neither_folded_nor_played() {
    each_store(async |database| {
        let log = database.open().await;
        let (story, zoe, mut entries) = Story::repeating("support", "encore", 60);
        entries[44].payload = entries[44].payload.replace("encore", "jamais");
        log.append(&entries).await.unwrap();
        let livechat = &story.livechat;
        for (after, size) in [(0, 10), (0, 100), (43, 10), (44, 10)] {
            let step = |seen: &mut Seen, page: &[Chained]| Ok(see(seen, page));
            let (_, pages) = ordered_fold::fold(&log, livechat, (after, 60), size, Seen::new(), step);
            let failed = pages.try_collect::<Vec<_>>().await;
            assert!(matches!(failed, Err(Error::Record { position: 45, .. })), "{after} {size}: {failed:?}");
        }
        // Its hash is as it was, so what comes after it is sound.
        let read = ordered_fold::read(&log, livechat, (45, 60), 10);
        assert_eq!(read.try_collect::<Vec<_>>().await.unwrap().concat().len(), 15);
        for played in
            [playback::floor(&log, livechat, 0, 60), playback::conversation(&log, livechat, zoe, 0, 60)]
        {
            let played: Vec<_> = played.collect().await;
            let (told, failed) = (played.iter().flatten(), played.last().unwrap());
            assert!(failed.is_err(), "{failed:?}");
            assert!(told.map(|record| record.position).all(|position| position < 45));
        }
        let then = replay::conversation_at(&log, livechat, zoe, AsOf::Position(60)).await;
        assert!(then.is_err(), "{then:?}");
        replay::conversation_at(&log, livechat, zoe, AsOf::Position(44)).await.unwrap().unwrap();
    })
    .await;
}

#[test]
fn as_many_folds_as_anybody_asks_for_end_on_the_threads_there_are() {
    // Each fold of many pages keeps several threads waiting; there are fewer than all of them would take.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).max_blocking_threads(100).enable_all().build().unwrap();
    runtime.block_on(async {
        let database = pupitre_tests::store::sqlite();
        let log = database.open().await;
        let (livechat, entries) = written(&log).await;
        let end = entries.len() as Position;
        let folds = (0..200).map(|_| {
            let (log, livechat) = (log.clone(), livechat.clone());
            tokio::spawn(async move {
                let step = |seen: &mut Seen, page: &[Chained]| Ok(see(seen, page));
                let (baton, pages) = ordered_fold::fold(&log, &livechat, (0, end), 5, Seen::new(), step);
                pages.try_collect::<Vec<_>>().await.unwrap();
                baton.take().unwrap().len()
            })
        });
        let folded = pupitre_tests::patience::soon(futures::future::join_all(folds)).await;
        assert!(folded.into_iter().all(|folded| folded.unwrap() == entries.len()));
        log.close().await;
    });
}
