//! There is one occupancy: the figure and the query of the analysts say the same of the same log, on each database,
//! whatever the reference is set to, of what is over and of what is not.

use chrono::{TimeDelta, Utc};
use domain::event::DisconnectReason::SignedOut;
use domain::{Action, ConversationAction};
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use serde_json::{Value, json};

use super::stage::{Stage, number, operator, rows};
use crate::analytics::queries::answered;

/// Alice has two conversations at once and one that she never picks up; bob is there and does nothing.
fn worked(figures: Option<i64>) -> Stage {
    let mut settings = vec![json!({ "timeouts": { "auto_transfer": 0, "visitor_inactivity": 0 } })];
    settings.extend(figures.map(|reference| json!({ "figures": { "reference_concurrency": reference } })));
    let mut day = Stage::set("2026-11-24", "+01:00", json!(settings));
    day.registers("alice", &[]);
    day.registers("bob", &[]);
    day.does("09:00:00", "alice", Action::ConnectOperator(operator("alice")));
    day.requests("09:01:00", 1, None);
    day.does("09:02:00", "alice", Action::Conversation(number(1), ConversationAction::PickUp));
    day.requests("09:03:00", 2, None);
    day.does("09:05:00", "alice", Action::Conversation(number(2), ConversationAction::PickUp));
    day.requests("09:06:00", 3, None);
    day.visitor_does("09:08:00", 3, Action::Conversation(number(3), ConversationAction::End));
    day.does("09:08:30", "bob", Action::ConnectOperator(operator("bob")));
    day.does("09:12:00", "alice", Action::Conversation(number(1), ConversationAction::End));
    day.does("09:14:00", "alice", Action::Conversation(number(2), ConversationAction::End));
    day.does("09:30:00", "alice", Action::DisconnectOperator(operator("alice"), SignedOut));
    day.does("09:40:00", "bob", Action::DisconnectOperator(operator("bob"), SignedOut));
    day
}

/// The occupancy of each operator in percent, as the figures and as the query say, on each database.
async fn occupancies(day: &Stage, asked: &projections::figures::Query) -> Vec<[Vec<(String, f64)>; 2]> {
    let name = |row: &Value| row["operator"].as_str().map(str::to_owned);
    let mut all = vec![];
    for (scratch, views) in day.views().await {
        let figures = rows(&views, &day.id, asked).await;
        let figures = figures.iter().filter_map(|row| {
            let occupancy = row["figures"]["occupancy"].as_f64()?;
            Some((name(row)?, (occupancy * 1_000.0).round() / 10.0))
        });
        let told = answered(&scratch, "occupancy_per_operator.sql").await.unwrap();
        let told = told.iter().filter_map(|row| Some((name(row)?, row["occupancy_percent"].as_f64()?)));
        all.push([figures.collect(), told.collect()]);
    }
    all
}

#[tokio::test]
async fn the_figure_and_the_query_say_the_same_whatever_the_reference_is() {
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
        let expected = vec![("alice".to_owned(), percent), ("bob".to_owned(), 0.0)];
        for [figures, query] in occupancies(&day, &asked).await {
            assert_eq!((&figures, &query), (&expected, &expected), "{reference:?}");
        }
    }
}

#[tokio::test]
async fn an_interval_that_is_not_over_yet_counts_until_now() {
    let now = Utc::now();
    let day_of = |days: i64| (now - TimeDelta::days(days)).date_naive().to_string();
    let yesterday: &'static str = Box::leak(day_of(1).into_boxed_str());
    let settings = json!([{ "timeouts": { "auto_transfer": 0, "visitor_inactivity": 0 } }]);
    let mut day = Stage::set(yesterday, "+00:00", settings);
    day.registers("alice", &[]);
    day.registers("bob", &[]);
    day.does("00:00:10", "alice", Action::ConnectOperator(operator("alice")));
    day.requests("00:00:20", 1, None);
    day.does("00:00:30", "alice", Action::Conversation(number(1), ConversationAction::PickUp));
    day.requests("00:01:00", 2, None);
    day.does("00:02:00", "alice", Action::Conversation(number(2), ConversationAction::PickUp));
    day.does("00:20:00", "alice", Action::Conversation(number(2), ConversationAction::End));
    // Nobody picks this one up, and bob is there all the time.
    day.requests("00:21:00", 3, None);
    day.does("00:21:30", "bob", Action::ConnectOperator(operator("bob")));
    let asked = Stage::asks(
        &format!("{yesterday}T00:00:00Z"),
        &format!("{}T00:00:00Z", day_of(-2)),
        By::Total,
        Per::Operator,
        &now.to_rfc3339(),
    );
    for [figures, query] in occupancies(&day, &asked).await {
        let [figure, told] =
            [&figures, &query].map(|all| all.iter().find(|(who, _)| who == "alice").unwrap().1);
        assert!(
            (33.3..36.0).contains(&figure),
            "one conversation for the whole time, and a little more: {figure}"
        );
        assert!((figure - told).abs() < 0.11, "the figure {figure}, the query {told}");
        let bob = ("bob".to_owned(), 0.0);
        assert!(figures.contains(&bob) && query.contains(&bob), "{figures:?} {query:?}");
    }
}
