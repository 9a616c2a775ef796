//! Today's totals are the figures of today, however often they are asked.

use projections::figures::Today;
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use projections::{Queries, Runner};
use serde_json::{Value, json};

use super::hand_made_day::day;
use super::stage::{Stage, rows, timestamp};
use crate::projections::scratch::Scratch;

#[tokio::test]
async fn todays_totals_are_what_was_counted_by_hand() {
    let day = day();
    for (_, views) in day.views().await {
        let today = views.today(&day.id, timestamp("2026-11-24T11:29:00+01:00")).await.unwrap();
        let expected = Today {
            requested: 12,
            answered: 7,
            waiting: 1,
            left: 2,
            abandoned: 1,
            refused: 3,
            released: 0,
            wait_mean_ms: Some(73_571),
            wait_worst_ms: Some(290_000),
            satisfaction_mean: Some(4.0),
            satisfaction_count: 2,
        };
        assert_eq!(today, expected);
        // Tomorrow begins with nothing; waiting visitors still wait.
        let tomorrow = views.today(&day.id, timestamp("2026-11-25T00:00:00+01:00")).await.unwrap();
        assert_eq!(tomorrow, Today { waiting: 1, ..Today::default() });
    }
}

#[tokio::test]
async fn asked_again_and_again_they_are_the_figures_so_far() {
    let day = day();
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let runner = Runner::new(database.clone());
        let views = Queries::new(database);
        for batch in day.log.chunks(7) {
            runner.apply(batch).await.unwrap();
            let now = batch.last().unwrap().event.at;
            let today = views.today(&day.id, now).await.unwrap();
            let now = now.to_rfc3339();
            let query = Stage::asks(
                "2026-11-24T00:00:00+01:00",
                "2026-11-25T00:00:00+01:00",
                By::Total,
                Per::Livechat,
                &now,
            );
            let figures = rows(&views, &day.id, &query).await[0]["figures"].clone();
            let secs = |millis: Option<i64>| {
                millis.map_or(Value::Null, |ms| {
                    if ms % 1_000 == 0 {
                        json!(ms / 1_000)
                    } else {
                        json!(std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64())
                    }
                })
            };
            for (name, found) in [
                ("requested", json!(today.requested)),
                ("answered", json!(today.answered)),
                ("waiting", json!(today.waiting)),
                ("left", json!(today.left)),
                ("refused", json!(today.refused)),
                ("released", json!(today.released)),
                ("wait_served_mean_s", secs(today.wait_mean_ms)),
                ("wait_served_worst_s", secs(today.wait_worst_ms)),
            ] {
                assert_eq!(found, figures[name], "{name} at {now}");
            }
            assert_eq!(today.satisfaction_mean, figures["satisfaction_mean"].as_f64());
        }
    }
}
