//! What adds up adds up: over hours, over days, over operators and over skills, whatever the story.

use std::collections::BTreeMap;

use domain::Timestamp;
use projections::figures::buckets::By;
use projections::figures::definitions::{self, Per};
use projections::figures::{Edge, Query};
use projections::{Queries, Runner};
use serde_json::Value;

use super::stage::rows;
use crate::projections::scratch::Scratch;
use crate::projections::story::{Story, slug};

/// The sum of each figure that adds up.
fn sums(rows: &[Value], per: Per) -> BTreeMap<String, f64> {
    let adding = definitions::all().filter(|figure| figure.adds_up && figure.per.contains(&per));
    let sum = |name: &str| -> f64 {
        let values = rows.iter().map(|row| row["figures"][name].as_f64().unwrap());
        // Seconds are thousandths.
        (values.sum::<f64>() * 1e3).round() / 1e3
    };
    adding.map(|figure| (figure.name.to_owned(), sum(figure.name))).collect()
}

#[tokio::test]
async fn the_sum_of_the_slices_is_the_total() {
    for seed in [51, 52] {
        let story = Story::of(seed, 5_000);
        let last = story.events.last().unwrap().event.at;
        let mut scratches = Scratch::each().await;
        // One database is enough to add up in; both were compared row by row.
        let scratch = scratches.pop().unwrap();
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        for livechat in ["support", "ventes"].map(slug) {
            let from = story.islands[0].log[0].event.at;
            for until in [last + chrono::TimeDelta::hours(3), from + (last - from) / 2] {
                add_up(&views, &livechat, from, until, last).await;
            }
        }
    }
}

async fn add_up(
    views: &Queries,
    livechat: &domain::LivechatId,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) {
    let ask = async |by, per| {
        let (from, until) = (Edge::Time(from), Edge::Time(until));
        rows(views, livechat, &Query { from, until, by, per, service_level_secs: None, now }).await
    };
    let total = ask(By::Total, Per::Livechat).await;
    let of = |name: &str| total[0]["figures"][name].as_i64().unwrap();
    assert_eq!(of("requested"), of("refused") + of("left") + of("released") + of("ended") + of("open"));
    assert_eq!(
        of("refused"),
        ["outside_hours", "no_operator", "queue_full", "queue_closed"]
            .map(|reason| of(&format!("refused_{reason}")))
            .iter()
            .sum::<i64>()
    );
    assert_eq!(of("left"), of("left_by_choice") + of("left_site"));
    assert_eq!(of("left"), of("abandoned") + of("left_after_answer"));
    assert!(of("abandoned") >= of("abandoned_short") && of("abandoned") >= of("abandoned_while_ringing"));
    // In a part of the story, some stays begin in another part than the request.
    if until > now {
        assert!(of("requested") > 50 && of("answered") > 10 && of("transfers") > 3, "a story worth counting");
        // The rest is what supervisors wrote in the stead of operators.
        assert!((1..=of("messages_operator")).contains(&of("assignment_messages")));
    }
    for per in [Per::Livechat, Per::Operator, Per::Skill] {
        let expected = sums(&total, per);
        for by in [By::Hour, By::Day, By::Total] {
            let slices = ask(by, per).await;
            assert!(by != By::Hour || slices.len() > 3);
            assert_eq!(sums(&slices, per), expected, "{by:?} {per:?}");
        }
    }
    let chosen = |rows: &[Value]| -> i64 {
        let questions = rows.iter().flat_map(|row| row["questions"].as_array().unwrap());
        questions.map(|question| question["answers"].as_i64().unwrap()).sum()
    };
    let answers = chosen(&total);
    assert_eq!(chosen(&ask(By::Hour, Per::Livechat).await), answers);
    assert_eq!(chosen(&ask(By::Hour, Per::Operator).await), answers);
}
