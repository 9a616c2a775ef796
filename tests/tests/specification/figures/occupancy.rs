//! There is one occupancy: the figure and the query of the analysts say the same of the same log, whatever the
//! reference is set to.

use domain::Action;
use domain::operator::disconnect::DisconnectReason::SignedOut;
use projections::analytics::QUERIES;
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use serde_json::{Value, json};

use super::stage::{Stage, number, operator, rows};
use crate::analytics::analyst::sqlite;

/// Alice has two conversations at once and one that she never picks up; bob is there and does nothing.
fn worked(figures: Option<i64>) -> Stage {
    let mut settings = vec![json!({ "timeouts": { "auto_transfer": 0, "visitor_inactivity": 0 } })];
    settings.extend(figures.map(|reference| json!({ "figures": { "reference_concurrency": reference } })));
    let mut day = Stage::set("2026-11-24", "+01:00", json!(settings));
    day.registers("alice", &[]);
    day.registers("bob", &[]);
    day.does("09:00:00", "alice", Action::ConnectOperator(operator("alice")));
    day.requests("09:01:00", 1, None);
    day.does("09:02:00", "alice", Action::PickUp(number(1)));
    day.requests("09:03:00", 2, None);
    day.does("09:05:00", "alice", Action::PickUp(number(2)));
    day.requests("09:06:00", 3, None);
    day.visitor_does("09:08:00", 3, Action::End(number(3)));
    day.does("09:08:30", "bob", Action::ConnectOperator(operator("bob")));
    day.does("09:12:00", "alice", Action::End(number(1)));
    day.does("09:14:00", "alice", Action::End(number(2)));
    day.does("09:30:00", "alice", Action::DisconnectOperator(operator("alice"), SignedOut));
    day.does("09:40:00", "bob", Action::DisconnectOperator(operator("bob"), SignedOut));
    day
}

#[tokio::test]
async fn the_figure_and_the_query_say_the_same_whatever_the_reference_is() {
    let query = QUERIES.iter().find(|query| query.file == "occupancy_per_operator.sql").unwrap();
    // Alice: 10 min and 9 min in conversations, of 30 min.
    for (reference, percent) in [(None, 21.1), (Some(1), 63.3), (Some(10), 6.3)] {
        let day = worked(reference);
        let asked = Stage::asks(
            "2026-11-24T00:00:00+01:00",
            "2026-11-25T00:00:00+01:00",
            By::Total,
            Per::Operator,
            "2026-11-24T23:00:00+01:00",
        );
        for (scratch, views) in day.views().await {
            let found = rows(&views, &day.id, &asked).await;
            let figure = |name: &str| {
                let row = found.iter().find(|row| row["operator"] == name).unwrap();
                let occupancy = row["figures"]["occupancy"].as_f64().unwrap();
                json!((occupancy * 1_000.0).round() / 10.0)
            };
            assert_eq!((figure("alice"), figure("bob")), (json!(percent), json!(0.0)));
            if scratch.kind != "SQLite" {
                continue;
            }
            let told: Vec<(Value, Value)> = sqlite(&scratch.url, &query.sqlite().unwrap())
                .await
                .into_iter()
                .map(|row| (row["operator"].clone(), row["occupancy_percent"].clone()))
                .collect();
            assert_eq!(told, [(json!("alice"), figure("alice")), (json!("bob"), figure("bob"))]);
        }
    }
}
