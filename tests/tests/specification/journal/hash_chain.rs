//! Each record's hash covers the one before and the bytes as stored.

use journal::entry::{GENESIS, Hash, chain};
use pupitre_tests::store::{StoredRow, each_store};

use super::floor::Floor;
use super::story::{by_visitor, write};

/// Checks a chain as anybody can who reads the table, and returns where it is broken.
fn first_broken(rows: &[StoredRow]) -> Option<i64> {
    let mut previous = GENESIS;
    for row in rows {
        let parts = [&row.event_type[..], &row.event_version, &row.payload, &row.metadata];
        let expected: Hash = chain(&previous, row.sequence.unsigned_abs(), parts);
        if row.hash != expected {
            return Some(row.sequence);
        }
        previous = expected;
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_can_be_recomputed_from_the_stored_bytes() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        for text in ["l'été", "🙂\n\t\"\\\"\u{1}", &"é".repeat(5_000)] {
            floor.does(by_visitor("zoe"), write(zoe, text)).await.unwrap();
        }
        // Another livechat in between, and a second loading of the first, belong to the chain as well.
        floor.close().await;
        let floor = Floor::again(under_test.open().await);
        floor.neighbour("sales").open().await;
        floor.does(by_visitor("zoe"), write(zoe, "me revoilà")).await.unwrap();

        let sql = under_test.sql().await;
        for livechat in [&floor.livechat, &floor.neighbour("sales").livechat] {
            let rows = sql.rows(livechat).await;
            assert_eq!(first_broken(&rows), None);
            let head = under_test.open().await.read().head(livechat).await.unwrap().unwrap();
            assert_eq!(rows.last().unwrap().hash, head.hash);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_record_a_removed_one_and_two_exchanged_ones_break_the_chain() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let rows = under_test.sql().await.rows(&floor.livechat).await;
        assert_eq!(first_broken(&rows), None);

        let mut changed = rows.clone();
        changed[1].payload = changed[1].payload.replace("root", "eve");
        assert_ne!(changed, rows);
        assert_eq!(first_broken(&changed), Some(2));

        let mut removed = rows.clone();
        removed.remove(1);
        assert_eq!(first_broken(&removed), Some(3));

        let mut exchanged = rows.clone();
        exchanged.swap(1, 2);
        assert_eq!(first_broken(&exchanged), Some(3));

        let mut moved = rows;
        let letter = moved[1].payload.remove(0);
        moved[1].event_version.push(letter);
        assert_eq!(first_broken(&moved), Some(2));
    })
    .await;
}
