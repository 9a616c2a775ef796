//! A verification finds what was done to a log by somebody who has the password, and where.

use std::sync::Mutex;

use chrono::TimeDelta;
use journal::archive::{self, Defect, Error, Problem, Verified};
use journal::entry::{Entry, WakeUp, chain};
use journal::store::Snapshot;
use journal::upcast::decode;
use journal::{Position, Store};
use pupitre_tests::store::each_store;

use super::super::floor::Floor;
use super::super::story::{Story, id};
use super::with_messages;

async fn verify(log: &dyn Store) -> Verified {
    archive::verify(log, None, &|_, _| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_left_alone_is_whole_and_every_record_of_it_is_counted() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        assert!(verify(log.as_ref()).await.is_whole());
        // More than two pages, and a livechat that was written by a journal.
        let (story, entries) = with_messages("long", 8_100);
        log.append(&entries).await.unwrap();
        let floor = Floor::over(log.clone()).await;
        floor.conversation("zoe").await;
        let records = story.position + floor.log().await.len() as u64;

        let told = Mutex::new(Vec::new());
        let progress = |done, all| told.lock().unwrap().push((done, all));
        let found = archive::verify(log.as_ref(), None, &progress).await.unwrap();
        assert_eq!((found.livechats, found.records, found.problems), (2, records, vec![]));
        let told = told.into_inner().unwrap();
        assert!(told.iter().all(|(_, all)| *all == Some(records)));
        assert!(told.is_sorted() && told.last().unwrap().0 == records && told.len() > 3);

        let only = archive::verify(log.as_ref(), Some(&floor.livechat), &|_, _| {}).await.unwrap();
        assert_eq!((only.livechats, only.records), (1, records - story.position));
        let nobody = archive::verify(log.as_ref(), Some(&id("nobody")), &|_, _| {}).await;
        assert!(matches!(nobody, Err(Error::NoLog(livechat)) if livechat == id("nobody")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_grows_meanwhile_is_whole() {
    each_store(async |under_test| {
        let (log, writer) = (under_test.open().await, under_test.open().await);
        let (_, entries) = with_messages("support", 300);
        let writing = tokio::spawn(async move {
            for entry in entries {
                writer.append(&[entry]).await.unwrap();
            }
        });
        let mut rounds = 0;
        while !writing.is_finished() {
            let found = verify(log.as_ref()).await;
            assert!(found.is_whole(), "{:?}", found.problems);
            rounds += 1;
        }
        writing.await.unwrap();
        assert!(rounds > 1);
    })
    .await;
}

/// What is done to a livechat of that name, at which record it shows, and as what. Each has four records.
fn tampering() -> Vec<(&'static str, &'static [&'static str], Position, Defect)> {
    vec![
        (
            "changed-metadata",
            &["UPDATE events SET metadata = '{}' WHERE $it AND sequence = 3"],
            3,
            Defect::Hash,
        ),
        ("removed", &["DELETE FROM events WHERE $it AND sequence = 2"], 2, Defect::Displaced(3)),
        ("removed-first", &["DELETE FROM events WHERE $it AND sequence = 1"], 1, Defect::Displaced(2)),
        ("removed-last", &["DELETE FROM events WHERE $it AND sequence = 4"], 4, Defect::Missing(4)),
        ("removed-all", &["DELETE FROM events WHERE $it"], 1, Defect::Missing(4)),
        (
            "exchanged",
            &[
                "UPDATE events SET sequence = 9 WHERE $it AND sequence = 3",
                "UPDATE events SET sequence = 3 WHERE $it AND sequence = 2",
                "UPDATE events SET sequence = 2 WHERE $it AND sequence = 9",
            ],
            2,
            Defect::Hash,
        ),
        (
            "renamed",
            &["UPDATE events SET event_type = 'operator.connected' WHERE $it AND sequence = 3"],
            3,
            Defect::Hash,
        ),
        (
            "head-of-another-hash",
            &["UPDATE heads SET hash = (SELECT hash FROM events WHERE $it AND sequence = 1) WHERE $head"],
            4,
            Defect::Head,
        ),
        ("head-too-far", &["UPDATE heads SET sequence = 6 WHERE $head"], 5, Defect::Missing(6)),
        (
            "head-too-near",
            &["UPDATE heads SET sequence = 3, hash = (SELECT hash FROM events WHERE $it AND sequence = 3) \
               WHERE $head"],
            4,
            Defect::Beyond(3),
        ),
        ("headless", &["DELETE FROM heads WHERE $head"], 4, Defect::Headless),
        (
            "two-flaws",
            &["DELETE FROM events WHERE $it AND sequence = 2", "DELETE FROM heads WHERE $head"],
            2,
            Defect::Displaced(3),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_changed_removed_or_exchanged_is_found_where_it_is() {
    each_store(async |under_test| {
        let (log, sql) = (under_test.open().await, under_test.sql().await);
        sql.disarm().await;
        let whole = Story::opened("whole").1;
        log.append(&whole).await.unwrap();
        let mut expected = Vec::new();
        for (livechat, statements, position, defect) in tampering() {
            log.append(&Story::opened(livechat).1).await.unwrap();
            for statement in statements {
                let statement = statement
                    .replace("$it", &format!("aggregate_id = '{livechat}'"))
                    .replace("$head", &format!("livechat = '{livechat}'"));
                assert!(sql.execute(&statement).await.unwrap() > 0, "{statement}");
            }
            expected.push(Problem { livechat: id(livechat), position, defect });
        }
        // One letter of what was said.
        let (_, entries) = with_messages("changed-payload", 3);
        log.append(&entries).await.unwrap();
        let said = &entries[entries.len() - 2];
        let changed = said.payload.replace("n° 1", "n° 7").replace('\'', "''");
        let position = said.position;
        let statement = format!(
            "UPDATE events SET payload = '{changed}' \
             WHERE aggregate_id = 'changed-payload' AND sequence = {position}"
        );
        assert_eq!(sql.execute(&statement).await.unwrap(), 1);
        expected.push(Problem { livechat: id("changed-payload"), position, defect: Defect::Hash });

        expected.sort_by(|one, other| one.livechat.cmp(&other.livechat));
        let found = verify(log.as_ref()).await;
        assert_eq!(found.problems, expected);
        assert_eq!(found.livechats, expected.len() as u64 + 1);
        assert!(found.problems[0].to_string().contains(", record "), "{}", found.problems[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_chain_holds_has_to_be_an_event_in_order_all_the_same() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (_, mut unreadable) = Story::opened("unreadable");
        "{\"at\":\"yesterday\"}".clone_into(&mut unreadable[2].payload);
        reseal(&mut unreadable);
        log.append(&unreadable).await.unwrap();

        let (_, mut nul) = Story::opened("nul");
        nul[2].payload = nul[2].payload.replacen("\"name\":\"", "\"name\":\"\\u0000", 1);
        assert!(nul[2].payload.contains("u0000"), "{}", nul[2].payload);
        reseal(&mut nul);
        log.append(&nul).await.unwrap();

        let (story, mut older) = Story::opened("older");
        log.append(&older).await.unwrap();
        let stored = log.read().page(&story.livechat, 3, 1).await.unwrap().remove(0);
        let mut record = decode(&stored).unwrap();
        record.position += 1;
        record.event.at -= TimeDelta::hours(1);
        older = vec![Entry::seal(&record, &story.hash, WakeUp::UNKNOWN).unwrap()];
        log.append(&older).await.unwrap();

        let problems = verify(log.as_ref()).await.problems;
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.livechat.as_str(), problem.position)).collect();
        assert_eq!(found, [("nul", 3), ("older", 5), ("unreadable", 3)]);
        assert_eq!((&problems[0].defect, &problems[1].defect), (&Defect::Nul, &Defect::Older));
        assert!(problems[2].to_string().contains("cannot be read"), "{}", problems[2]);
    })
    .await;
}

/// Chains entries again, as somebody would who knows how.
pub(super) fn reseal(entries: &mut [Entry]) {
    let mut previous = journal::entry::GENESIS;
    for entry in entries {
        let parts = [&entry.event_type[..], &entry.event_version, &entry.payload, &entry.metadata];
        entry.hash = chain(&previous, entry.position, parts);
        previous = entry.hash;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_stands_at_a_record_of_the_log() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        for (livechat, position, of_record) in [("elsewhere", 2, 3), ("beyond", 9, 4), ("right", 3, 3)] {
            let (story, entries) = Story::opened(livechat);
            log.append(&entries).await.unwrap();
            let record_hash = entries[of_record - 1].hash.to_vec();
            let record = (position, entries[of_record - 1].recorded_at, record_hash);
            let snapshot = Snapshot::new(&story.livechat, "1", record, vec![]);
            log.save_snapshot(&story.livechat, &snapshot).await.unwrap();
        }
        let defect = Defect::Snapshot;
        let expected = [
            Problem { livechat: id("beyond"), position: 9, defect: defect.clone() },
            Problem { livechat: id("elsewhere"), position: 2, defect },
        ];
        assert_eq!(verify(log.as_ref()).await.problems, expected);
    })
    .await;
}
