//! A log that was changed stops its livechat where it is read for good, says so, and stops no other.

use domain::id::CommandId;
use journal::checked::Page;
use journal::{Error, Journal, Options, Receipt};
use pupitre_tests::store::{StoreUnderTest, each_store};

use super::story::{Story, administrator, id, register};
use uuid::Uuid;

/// What is done to a livechat of that name.
const DAMAGES: [(&str, &str); 9] = [
    ("payload", "UPDATE events SET payload = $payload WHERE $it AND sequence = 1"),
    ("metadata", "UPDATE events SET metadata = '{}' WHERE $it AND sequence = 2"),
    ("name", "UPDATE events SET event_type = 'operator.connected' WHERE $it AND sequence = 2"),
    ("version", "UPDATE events SET event_version = '1.7' WHERE $it AND sequence = 2"),
    ("position", "UPDATE events SET sequence = 9 WHERE $it AND sequence = 3"),
    ("missing", "DELETE FROM events WHERE $it AND sequence = 2"),
    ("last", "DELETE FROM events WHERE $it AND sequence = (SELECT max(sequence) FROM events WHERE $it)"),
    (
        "hash",
        "UPDATE events SET hash = (SELECT hash FROM events WHERE $it AND sequence = 1) WHERE $it AND sequence = 2",
    ),
    ("head", "DELETE FROM heads WHERE livechat = '$name'"),
];

async fn damage(database: &StoreUnderTest) {
    let sql = database.sql().await;
    sql.disarm().await;
    // One byte more, which means nothing.
    let payload = if sql.is_sqlite() {
        "replace(payload, '\"by\":', '\"by\": ')"
    } else {
        "CAST(replace(CAST(payload AS text), '\"by\":', '\"by\": ') AS json)"
    };
    for (name, statement) in DAMAGES {
        let statement = statement
            .replace("$payload", payload)
            .replace("$it", "aggregate_id = '$name'")
            .replace("$name", name);
        assert!(sql.execute(&statement).await.unwrap() > 0, "{name}");
    }
}

/// A command that any livechat takes.
async fn tell(journal: &Journal, name: &str) -> Result<Receipt, Error> {
    journal.execute(&id(name), CommandId(Uuid::now_v7()), administrator(), register("zoe")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_log_stops_its_livechat_and_no_other() {
    each_store(async |database| {
        let log = database.open().await;
        for name in DAMAGES.map(|(name, _)| name).iter().chain(&["whole"]) {
            log.append(&Story::opened(name).1).await.unwrap();
        }
        damage(&database).await;
        let journal = Journal::over(log.clone(), Options::default());
        for (name, _) in DAMAGES {
            for _ in 0..2 {
                let asked = tell(&journal, name).await;
                assert!(matches!(asked, Err(Error::Damaged { .. })), "{name}: {asked:?}");
            }
            let state = journal.peek(&id(name), |_| ()).await;
            assert!(matches!(state, Err(Error::Damaged { .. })), "{name}: {state:?}");
        }
        assert_eq!(journal.damaged(), DAMAGES.len());
        tell(&journal, "whole").await.unwrap();
        assert_eq!(journal.damaged(), DAMAGES.len());
        journal.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_a_damaged_log_ends_before_the_damage() {
    each_store(async |database| {
        let log = database.open().await;
        for (name, _) in DAMAGES {
            log.append(&Story::opened(name).1).await.unwrap();
        }
        damage(&database).await;
        for (name, sound) in [
            ("payload", 0),
            ("metadata", 1),
            ("name", 1),
            ("version", 1),
            ("position", 2),
            ("missing", 1),
            ("hash", 1),
        ] {
            let read = async |after| Page::read(log.read(), &id(name), after, 100).await.unwrap().decode();
            match read(0).await {
                Ok(records) => assert_eq!(records.len(), sound, "{name}"),
                Err(error) => {
                    assert!(sound == 0 && matches!(error, Error::Damaged { .. }), "{name}: {error}");
                }
            }
            // Every reader there gets the problem.
            let found = read(sound as u64).await;
            assert!(matches!(found, Err(Error::Damaged { .. })), "{name}: {found:?}");
        }
        let none = Page::read(log.read(), &id("payload"), 50, 10).await.unwrap().decode().unwrap();
        assert!(none.is_empty(), "nothing is there yet");
    })
    .await;
}
