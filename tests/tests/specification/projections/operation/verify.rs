//! The rows are compared with the log, row by row, also while a server goes on.

use projections::maintenance::Mismatch;
use projections::{Runner, Slot, maintenance};
use serde_json::{Value, json};

use super::super::fake_log::{FakeLog, Following};
use super::super::scratch::Scratch;
use super::super::story::{Story, slug};

#[tokio::test]
async fn rows_are_verified_against_the_log_while_more_is_projected() {
    let events = Story::of(81, 3_000).events;
    for scratch in Scratch::each().await {
        let (log, following) = Following::caught_up_with(&scratch, 10_000, &events[..2_000]).await;
        let writing = {
            let (log, rest) = (log.clone(), events[2_000..].to_vec());
            tokio::spawn(async move {
                for batch in rest.chunks(5) {
                    log.commit(batch);
                    tokio::task::yield_now().await;
                }
            })
        };
        for _ in 0..2 {
            let verified = maintenance::verify(&scratch.url, &log, None, None, 10, &|_, _| {}).await.unwrap();
            assert!(verified.is_right(), "{}: {:#?}", scratch.kind, verified.first);
            assert_eq!((verified.livechats, verified.slot), (2, Slot::Blue));
            assert!(verified.events >= 2_000 && verified.rows > 4_000, "{verified:?}");
        }
        writing.await.unwrap();
        following.stop().await;
    }
}

#[tokio::test]
async fn every_kind_of_difference_is_reported_with_its_table_key_and_column() {
    let events = Story::of(82, 1_500).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(1);
        log.commit(&events);
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&events).await.unwrap();
        database.close().await;
        let schema = scratch.schema(Slot::Blue);
        for tampering in [
            format!(
                "UPDATE {schema}floor_operators SET name = 'Mallory' WHERE livechat = 'support' AND operator = 'bob'"
            ),
            format!("DELETE FROM {schema}audit WHERE livechat = 'ventes' AND position = 7"),
            format!(
                "UPDATE {schema}settings SET section = 'zzz' WHERE livechat = 'support' AND section = 'skills'"
            ),
            format!(
                "UPDATE {schema}outbox SET livechat = 'nobody' WHERE position = (SELECT min(position) FROM {schema}outbox)"
            ),
        ] {
            scratch.execute(&tampering).await;
        }
        let verify = async |only, limit| {
            maintenance::verify(&scratch.url, &log, None, only, limit, &|_, _| {}).await.unwrap()
        };
        let verified = verify(None, 100).await;
        let of = |table: &str| -> Vec<&Mismatch> {
            verified.first.iter().filter(|mismatch| mismatch.table == table).collect()
        };
        let operators = of("floor_operators");
        assert_eq!(operators.len(), 1, "{}: {verified:#?}", scratch.kind);
        assert_eq!(operators[0].column.as_deref(), Some("name"));
        assert_eq!((&operators[0].expected, &operators[0].found), (&json!("bob"), &json!("Mallory")));
        assert_eq!(
            Value::Object(operators[0].key.clone()),
            json!({ "livechat": "support", "operator": "bob" })
        );
        let audit = of("audit");
        assert_eq!((audit.len(), &audit[0].column, &audit[0].found), (1, &None, &Value::Null));
        assert_eq!(audit[0].expected["position"], 7);
        // A row with another key is one that is missing and one too many.
        let settings = of("settings");
        assert_eq!(settings.len(), 2);
        assert!(settings.iter().any(|one| one.found.is_null() && one.expected["section"] == "skills"));
        assert!(settings.iter().any(|one| one.expected.is_null() && one.found["section"] == "zzz"));
        let outbox = of("outbox");
        assert!(outbox.iter().any(|one| one.livechat == "nobody" && one.expected.is_null()), "{outbox:#?}");
        assert_eq!(verified.mismatches, verified.first.len() as u64);

        let first = verify(None, 1).await;
        assert_eq!((first.first.len(), first.mismatches), (1, verified.mismatches));
        let ventes = verify(Some(&slug("ventes")), 100).await;
        assert_eq!(ventes.livechats, 1);
        assert!(ventes.first.iter().all(|mismatch| mismatch.livechat == "ventes"), "{:#?}", ventes.first);

        // Rows of another log, or more than the log has.
        let short = FakeLog::new(1);
        short.commit(&events[..200]);
        let beyond = maintenance::verify(&scratch.url, &short, None, None, 100, &|_, _| {}).await.unwrap();
        assert!(beyond.first.iter().any(|one| one.table == "checkpoints"), "{:#?}", beyond.first);
    }
}
