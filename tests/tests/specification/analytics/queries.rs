//! The queries of the page, asked by an analyst, answer what can be counted otherwise.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{Actor, ConversationFact, Exchange, Fact, Flow};
use projections::FloorConversation;
use projections::analytics::{QUERIES, Query, ROLE};
use projections::contacts::Outcome;
use projections::conversations::{Conversation, State};
use projections::operator_time::OperatorTime;
use serde_json::{Value, json};

use super::analyst::{Analyst, sqlite};
use super::{story, told};
use crate::projections::scratch::{Dump, Scratch};
use crate::projections::story::Story;

fn query(file: &str) -> &'static Query {
    QUERIES.iter().find(|query| query.file == file).unwrap()
}

/// What an analyst is answered; nothing, where the query cannot be asked.
pub(crate) async fn answered(scratch: &Scratch, file: &str) -> Option<Vec<Value>> {
    if scratch.kind == "SQLite" {
        return Some(sqlite(&scratch.url, &query(file).sqlite()?).await);
    }
    let mut anna = Analyst::with_role(&scratch.url, ROLE).await.may_read("*").await;
    let rows = anna.asks(&query(file).sql()).await;
    anna.leaves().await;
    Some(rows)
}

/// Asks on each database that can be asked, and compares what is answered: numbers as numbers.
async fn check(story: &Story, file: &str, columns: &[&str], expected: &[Vec<Value>]) {
    assert!(!expected.is_empty(), "{file}: a story in which it tells something");
    for scratch in Scratch::each().await {
        told(&scratch, story).await;
        let Some(rows) = answered(&scratch, file).await else { continue };
        let found: Vec<Vec<Value>> =
            rows.iter().map(|row| columns.iter().map(|column| plain(&row[*column])).collect()).collect();
        let expected: Vec<Vec<Value>> = expected.iter().map(|row| row.iter().map(plain).collect()).collect();
        assert_eq!(found, expected, "{file} on {}", scratch.kind);
    }
}

/// The same of a query that counts what is not over until now: meanwhile a little time has passed.
async fn check_until_now(
    story: &Story,
    file: &str,
    columns: &[&str],
    expected: impl Fn() -> Vec<Vec<Value>>,
) {
    for scratch in Scratch::each().await {
        told(&scratch, story).await;
        let Some(rows) = answered(&scratch, file).await else { continue };
        let expected = expected();
        assert_eq!(rows.len(), expected.len(), "{file} on {}", scratch.kind);
        for (row, expected) in rows.iter().zip(&expected) {
            for (column, expected) in columns.iter().zip(expected) {
                let same = match (row[*column].as_f64(), expected.as_f64()) {
                    (Some(found), Some(expected)) => (found - expected).abs() <= 0.11,
                    _ => row[*column] == *expected,
                };
                assert!(same, "{file} on {}: {column} of {row} instead of {expected}", scratch.kind);
            }
        }
    }
}

/// Whole numbers are the same with and without a fraction of nothing.
fn plain(value: &Value) -> Value {
    value.as_f64().map_or_else(|| value.clone(), |number| json!((number * 1e6).round() / 1e6))
}

fn conversations(story: &Story) -> Vec<Conversation> {
    Dump::expected(&story.events).conversations
}

#[tokio::test]
async fn each_query_of_the_page_answers_something() {
    let story = story();
    for scratch in Scratch::each().await {
        told(&scratch, &story).await;
        if scratch.kind == "SQLite" {
            for sql in QUERIES.iter().filter_map(Query::sqlite) {
                assert!(!sqlite(&scratch.url, &sql).await.is_empty(), "{sql}");
            }
        } else {
            let mut anna = Analyst::with_role(&scratch.url, ROLE).await.may_read("*").await;
            for query in QUERIES {
                assert!(!anna.asks(&query.sql()).await.is_empty(), "{}", query.file);
            }
            anna.leaves().await;
        }
    }
}

#[tokio::test]
async fn how_requests_end_counts_outcomes_and_reasons() {
    let story = story();
    let mut counts: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    let mut of_livechat: BTreeMap<String, i64> = BTreeMap::new();
    for recorded in &story.events {
        let Fact::Conversation { fact, .. } = &recorded.event.fact else { continue };
        let (outcome, reason) = if let ConversationFact::Flow(Flow::Refused { reason }) = fact {
            ("refused", word(reason))
        } else if let ConversationFact::Flow(Flow::Released { reason }) = fact {
            ("released", word(reason))
        } else if let ConversationFact::Flow(Flow::Ended { reason }) = fact {
            ("ended", word(reason))
        } else if matches!(fact, ConversationFact::Flow(Flow::Left)) {
            let by_rule = recorded.event.by == Actor::System;
            ("left", if by_rule { "left_site" } else { "gave_up" }.to_owned())
        } else {
            continue;
        };
        let livechat = recorded.livechat.to_string();
        *of_livechat.entry(livechat.clone()).or_default() += 1;
        *counts.entry((livechat, outcome.to_owned(), reason)).or_default() += 1;
    }
    let mut expected: Vec<_> = counts.into_iter().collect();
    expected.sort_by_key(|((livechat, outcome, reason), count)| {
        (livechat.clone(), -count, outcome.clone(), reason.clone())
    });
    let expected: Vec<Vec<Value>> = expected
        .into_iter()
        .map(|((livechat, outcome, reason), count)| {
            let percent = percent(count, of_livechat[&livechat]);
            vec![json!(livechat), json!(outcome), json!(reason), json!(count), percent]
        })
        .collect();
    let columns = ["livechat", "outcome", "reason", "requests", "percent"];
    check(&story, "how_requests_end.sql", &columns, &expected).await;
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// To one decimal.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn percent(part: i64, whole: i64) -> Value {
    json!((1_000.0 * part as f64 / whole as f64).round() / 10.0)
}

#[expect(clippy::cast_precision_loss, reason = "less than a year")]
fn hours(millis: i64) -> Value {
    json!(millis as f64 / 3_600_000.0)
}

#[tokio::test]
async fn the_service_level_counts_pick_ups_in_time() {
    let story = story();
    let mut requested: BTreeMap<(String, String), DateTime<Utc>> = BTreeMap::new();
    let mut taken_in: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut in_time: BTreeMap<(String, String), bool> = BTreeMap::new();
    for recorded in &story.events {
        let Fact::Conversation { conversation, fact, .. } = &recorded.event.fact else { continue };
        let key = (recorded.livechat.to_string(), conversation.to_string());
        if matches!(fact, ConversationFact::Flow(Flow::Requested(_) | Flow::RequestedAgain(_))) {
            requested.insert(key, recorded.event.at);
        } else if matches!(fact, ConversationFact::Flow(Flow::PickedUp)) {
            let waited = recorded.event.at - requested[&key];
            in_time
                .entry(key)
                .or_insert(waited.num_seconds() < 60 || waited == chrono::TimeDelta::minutes(1));
        } else if matches!(
            fact,
            ConversationFact::Flow(Flow::Left | Flow::Released { .. } | Flow::Ended { .. })
        ) {
            let counts = taken_in.entry(key.0.clone()).or_default();
            counts.0 += 1;
            counts.1 += i64::from(in_time.remove(&key).unwrap_or(false));
        }
    }
    let expected: Vec<Vec<Value>> = taken_in
        .into_iter()
        .map(|(livechat, (all, timely))| {
            vec![json!(livechat), json!(all), json!(timely), percent(timely, all)]
        })
        .collect();
    check(&story, "service_level.sql", &["livechat", "taken_in", "in_time", "percent"], &expected).await;
}

#[tokio::test]
async fn occupancy_is_the_time_in_conversations_by_the_time_connected() {
    let story = story();
    let dump = Dump::expected(&story.events);
    let is_live = |row: &FloorConversation| row.picked_up_at.is_some();
    assert!(dump.board.iter().any(is_live), "a story in which somebody is still talking");
    let expected = || {
        let mut operators: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for time in times_in_status(&dump) {
            operators.entry((time.livechat, time.operator)).or_default().0 += lasted(time.since, time.until);
        }
        let over = dump
            .stays
            .iter()
            .map(|stay| (&stay.livechat, Some(&stay.operator), stay.picked_up_at, stay.until));
        let live =
            dump.board.iter().map(|row| (&row.livechat, row.operator.as_ref(), row.picked_up_at, Utc::now()));
        for (livechat, operator, since, until) in over.chain(live) {
            if let (Some(operator), Some(since)) = (operator, since)
                && let Some(times) = operators.get_mut(&(livechat.clone(), operator.clone()))
            {
                times.1 += lasted(since, until);
            }
        }
        let row = |((livechat, operator), (online, busy))| {
            vec![json!(livechat), json!(operator), hours(online), hours(busy), percent(busy, 3 * online)]
        };
        operators.into_iter().map(row).collect()
    };
    let columns = ["livechat", "operator", "online_hours", "conversation_hours", "occupancy_percent"];
    check_until_now(&story, "occupancy_per_operator.sql", &columns, expected).await;
}

fn lasted(since: DateTime<Utc>, until: DateTime<Utc>) -> i64 {
    (until - since).num_milliseconds().max(0)
}

/// Each time in a status, the present ones until now.
fn times_in_status(dump: &Dump) -> Vec<OperatorTime> {
    let open = dump.operators.iter().filter_map(|row| {
        Some(OperatorTime {
            livechat: row.livechat.clone(),
            position: 0,
            operator: row.operator.clone(),
            status: row.status.clone(),
            since: row.connected_since?.max(row.status_since),
            until: Utc::now(),
        })
    });
    dump.operator_time.iter().cloned().chain(open).collect()
}

#[tokio::test]
async fn the_time_in_each_status_adds_up() {
    let story = story();
    let dump = Dump::expected(&story.events);
    let expected = || {
        let mut spans: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        let mut online: BTreeMap<(String, String), i64> = BTreeMap::new();
        for time in times_in_status(&dump) {
            let lasted = lasted(time.since, time.until);
            *online.entry((time.livechat.clone(), time.operator.clone())).or_default() += lasted;
            *spans.entry((time.livechat, time.operator, time.status)).or_default() += lasted;
        }
        let row = |((livechat, operator, status), lasted): ((String, String, String), i64)| {
            let all = online[&(livechat.clone(), operator.clone())];
            vec![json!(livechat), json!(operator), json!(status), hours(lasted), percent(lasted, all)]
        };
        spans.into_iter().map(row).collect()
    };
    let columns = ["livechat", "operator", "status", "hours", "percent"];
    check_until_now(&story, "time_in_status.sql", &columns, expected).await;
}

#[tokio::test]
async fn the_longest_conversations_are_the_longest() {
    let story = story();
    let mut over: Vec<_> = conversations(&story)
        .into_iter()
        .filter(|row| matches!(row.state, State::Ended | State::KeptOpen))
        .map(|row| ((row.ended_at.unwrap() - row.requested_at).num_milliseconds(), row))
        .collect();
    over.sort_by_key(|(lasted, row)| (-lasted, row.livechat.clone(), row.conversation.clone()));
    let expected: Vec<Vec<Value>> = over
        .iter()
        .take(20)
        .map(|(lasted, row)| {
            #[expect(clippy::cast_precision_loss, reason = "less than a year")]
            let minutes = *lasted as f64 / 60_000.0;
            vec![json!(row.livechat), json!(row.conversation), json!(minutes), json!(row.segments)]
        })
        .collect();
    check(
        &story,
        "longest_conversations.sql",
        &["livechat", "conversation", "minutes", "segments"],
        &expected,
    )
    .await;
}

#[tokio::test]
async fn visitors_who_came_back_are_those_with_more_than_one_request() {
    let story = story();
    let mut visitors: BTreeMap<(String, String), (i64, i64, i64)> = BTreeMap::new();
    for row in conversations(&story) {
        let (requests, count, answered) = visitors.entry((row.livechat, row.visitor)).or_default();
        *requests += row.segments;
        *count += 1;
        *answered += i64::from(row.picked_up_at.is_some());
    }
    let mut back: Vec<_> = visitors.into_iter().filter(|(_, (requests, ..))| *requests > 1).collect();
    back.sort_by_key(|(name, (requests, ..))| (-requests, name.clone()));
    let expected: Vec<Vec<Value>> = back
        .into_iter()
        .map(|((livechat, visitor), (requests, count, answered))| {
            vec![json!(livechat), json!(visitor), json!(requests), json!(count), json!(answered)]
        })
        .collect();
    check(
        &story,
        "visitors_who_came_back.sql",
        &["livechat", "visitor", "requests", "conversations", "answered"],
        &expected,
    )
    .await;
}

#[tokio::test]
async fn abandonment_is_counted_by_the_day_of_the_livechat() {
    let story = story();
    // In November Paris is one hour ahead; the story is in that month.
    let day = |at: DateTime<Utc>| (at + chrono::TimeDelta::hours(1)).date_naive().to_string();
    let mut days: BTreeMap<(String, String), (i64, i64, i64)> = BTreeMap::new();
    for row in Dump::expected(&story.events).contacts {
        let (requested, refused, abandoned) = days.entry((row.livechat, day(row.requested_at))).or_default();
        *requested += 1;
        *refused += i64::from(row.outcome == Outcome::Refused);
        *abandoned += i64::from(row.outcome == Outcome::Left && row.picked_up_at.is_none());
    }
    assert!(days.len() > 2, "it passes midnight");
    let expected: Vec<Vec<Value>> = days
        .into_iter()
        .map(|((livechat, day), (requested, refused, abandoned))| {
            vec![json!(livechat), json!(day), json!(requested), json!(refused), json!(abandoned)]
        })
        .collect();
    check(
        &story,
        "abandonment_per_day.sql",
        &["livechat", "day", "requested", "refused", "abandoned"],
        &expected,
    )
    .await;
}

#[tokio::test]
async fn transfers_are_counted_from_whom_to_whom() {
    let story = story();
    let mut pairs: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
    for recorded in &story.events {
        let Fact::Conversation { operator: Some(to), fact, .. } = &recorded.event.fact else { continue };
        let (from, by_hand) = if let ConversationFact::Flow(Flow::Transferred { from, .. }) = fact {
            (from.to_string(), true)
        } else if let ConversationFact::Flow(Flow::AutoTransferred { from, .. }) = fact {
            (from.to_string(), false)
        } else {
            continue;
        };
        let counts = pairs.entry((recorded.livechat.to_string(), from, to.to_string())).or_default();
        if by_hand { counts.0 += 1 } else { counts.1 += 1 }
    }
    let expected: Vec<Vec<Value>> = pairs
        .into_iter()
        .map(|((livechat, from, to), (by_hand, by_rule))| {
            vec![json!(livechat), json!(from), json!(to), json!(by_hand), json!(by_rule)]
        })
        .collect();
    check(
        &story,
        "transfers_who_to_whom.sql",
        &["livechat", "from_operator", "to_operator", "by_hand", "by_rule"],
        &expected,
    )
    .await;
}

#[tokio::test]
async fn messages_of_operators_are_their_own_words() {
    let story = story();
    let mut operators: BTreeMap<(String, String), i64> = BTreeMap::new();
    for recorded in &story.events {
        let Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { phrase: None, .. }),
            ..
        } = &recorded.event.fact
        else {
            continue;
        };
        if let Actor::Operator(operator) = &recorded.event.by {
            *operators.entry((recorded.livechat.to_string(), operator.to_string())).or_default() += 1;
        }
    }
    let mut expected: Vec<_> = operators.into_iter().collect();
    expected.sort_by_key(|((livechat, operator), count)| (livechat.clone(), -count, operator.clone()));
    let expected: Vec<Vec<Value>> = expected
        .into_iter()
        .map(|((livechat, operator), count)| vec![json!(livechat), json!(operator), json!(count)])
        .collect();
    check(&story, "messages_per_operator.sql", &["livechat", "operator", "messages"], &expected).await;
}

#[tokio::test]
async fn ratings_are_counted_per_operator_and_question() {
    let story = story();
    let mut ratings: BTreeMap<(String, Option<String>, String), i64> = BTreeMap::new();
    for row in Dump::expected(&story.events).survey_answers {
        if row.audience == "visitor" && row.answers.is_some_and(|answers| answers["note"]["rating"] == 4) {
            *ratings.entry((row.livechat, row.operator, row.survey)).or_default() += 1;
        }
    }
    let expected: Vec<Vec<Value>> = ratings
        .into_iter()
        .map(|((livechat, operator, survey), count)| {
            let columns = [json!(livechat), json!(operator), json!(survey), json!("note")];
            columns.into_iter().chain([json!(count), json!(4), json!(count), json!(0)]).collect()
        })
        .collect();
    check(
        &story,
        "ratings_per_operator.sql",
        &["livechat", "operator", "survey", "question", "answers", "mean", "fours", "fives"],
        &expected,
    )
    .await;
}
