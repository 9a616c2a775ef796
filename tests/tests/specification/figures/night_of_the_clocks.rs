//! The nights on which the clocks change in Paris.

use domain::{Action, ConversationAction};
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use serde_json::{Value, json};

use super::stage::{Stage, number, operator, rows};

fn settings() -> Value {
    json!([{ "timeouts": { "visitor_inactivity": 0, "auto_transfer": 0, "follow_up": 0 } }])
}

fn told(rows: &[Value]) -> Vec<Value> {
    rows.iter()
        .map(|row| {
            let figures = &row["figures"];
            json!([
                row["from"].as_str().unwrap().split_once('T').unwrap().1,
                figures["requested"],
                figures["conversation_time_s"],
                figures["online_time_s"],
                figures["simultaneity"],
            ])
        })
        .collect()
}

#[tokio::test]
async fn in_autumn_two_hours_are_called_two_and_the_day_has_25() {
    // 03:00 of the summer is 02:00 of the winter.
    let mut night = Stage::set("2026-10-25", "+02:00", settings());
    night.registers("alice", &[]);
    night.does("01:30:00", "alice", Action::ConnectOperator(operator("alice")));
    night.requests("02:15:00", 1, None);
    night.does("02:15:00", "alice", Action::Conversation(number(1), ConversationAction::PickUp));
    night.dated("2026-10-25", "+01:00");
    night.requests("02:45:00", 2, None);
    night.does("03:30:00", "alice", Action::Conversation(number(1), ConversationAction::End));
    let now = "2026-10-25T04:00:00+01:00";
    let hours =
        Stage::asks("2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00", By::Hour, Per::Livechat, now);
    let days = Stage::asks(
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
        By::Day,
        Per::Livechat,
        "2026-10-26T00:00:00+01:00",
    );
    for (_, views) in night.views().await {
        assert_eq!(
            told(&rows(&views, &night.id, &hours).await),
            [
                json!(["01:00:00+02:00", 0, 0, 1800, 0]),
                json!(["02:00:00+02:00", 1, 2700, 3600, 0.75]),
                json!(["02:00:00+01:00", 1, 3600, 3600, 1]),
                json!(["03:00:00+01:00", 0, 1800, 3600, 0.5]),
            ]
        );
        // Nobody picks 2 up: 2 h 15 min of conversation, 23 h 30 min online, in a day of 25 hours.
        let days = rows(&views, &night.id, &days).await;
        assert_eq!(told(&days), [json!(["00:00:00+02:00", 2, 8100, 84_600, 0.09])]);
        assert_eq!(days[0]["until"], "2026-10-26T00:00:00+01:00");
    }
}

#[tokio::test]
async fn in_spring_an_hour_is_skipped_and_the_day_has_23() {
    let mut night = Stage::set("2026-03-29", "+01:00", settings());
    night.registers("alice", &[]);
    night.does("01:30:00", "alice", Action::ConnectOperator(operator("alice")));
    night.requests("01:45:00", 1, None);
    night.does("01:45:00", "alice", Action::Conversation(number(1), ConversationAction::PickUp));
    night.dated("2026-03-29", "+02:00");
    // Half an hour later the clocks show 03:15.
    night.does("03:15:00", "alice", Action::Conversation(number(1), ConversationAction::End));
    let now = "2026-03-30T00:00:00+02:00";
    let hours =
        Stage::asks("2026-03-29T01:00:00+01:00", "2026-03-29T04:00:00+02:00", By::Hour, Per::Livechat, now);
    let days =
        Stage::asks("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", By::Day, Per::Livechat, now);
    for (_, views) in night.views().await {
        assert_eq!(
            told(&rows(&views, &night.id, &hours).await),
            [json!(["01:00:00+01:00", 1, 900, 1800, 0.25]), json!(["03:00:00+02:00", 0, 900, 3600, 0.25]),]
        );
        // 30 min of conversation in 23 hours, 21 h 30 min of them online.
        let days = rows(&views, &night.id, &days).await;
        assert_eq!(told(&days), [json!(["00:00:00+01:00", 1, 1800, 77_400, 0.021_739])]);
    }
}
