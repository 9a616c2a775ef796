//! A figure of a what-if is the figure of a report.

use chrono::TimeDelta;
use domain::LivechatId;
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use projections::figures::{Edge, Query};
use projections::{Database, Queries, Runner};
use pupitre_replay::what_if::{self, FIGURES, History, Question};
use serde_json::{Map, Value};

use crate::floor::Floor;

/// What `GET …/figures` answers, of the figures that a what-if shows.
async fn reported(views: &Queries, livechat: &LivechatId, query: &Query) -> Vec<Map<String, Value>> {
    let report = views.figures(livechat, query).await.unwrap().unwrap().unwrap();
    let report = serde_json::to_value(report).unwrap();
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let figures = row["figures"].as_object().unwrap().iter();
        let shown = figures.filter(|(name, _)| FIGURES.contains(&name.as_str()));
        shown.map(|(name, value)| (name.clone(), value.clone())).collect()
    })
    .collect()
}

#[tokio::test]
async fn as_it_was_is_what_the_figures_of_the_period_say() {
    for seed in [100, 101] {
        let mut floor = Floor::new(seed);
        floor.furnish();
        floor.bustles(400);
        let from = floor.now;
        floor.bustles(1_500);
        let until = floor.now;
        floor.bustles(800);
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("projections.db").display());
        let database = Database::open(&url).await.unwrap();
        Runner::new(database.clone()).apply(&floor.log).await.unwrap();
        let views = Queries::new(database);
        let history = History::of(&floor.id, &floor.log, (from, until)).unwrap();
        let answer = what_if::try_otherwise(&history, &Question::default()).unwrap();
        let query = |by| Query {
            from: Edge::Time(from),
            until: Edge::Time(until),
            by,
            per: Per::Livechat,
            service_level_secs: None,
            now: floor.now + TimeDelta::hours(1),
        };
        let total = reported(&views, &floor.id, &query(By::Total)).await;
        assert_eq!(vec![answer.before.total.clone()], total, "seed {seed}");
        let hours = reported(&views, &floor.id, &query(By::Hour)).await;
        let told: Vec<_> = answer.before.hours.iter().map(|part| part.figures.clone()).collect();
        assert_eq!(told, hours, "seed {seed}, hour by hour");
        assert!(answer.is_history);
        assert_eq!(answer.before, answer.after, "seed {seed}: nothing is otherwise");
        assert!(total[0]["requested"].as_i64().unwrap() > 100, "there is something to measure");
    }
}

#[test]
fn every_figure_that_is_shown_is_one_of_the_definitions() {
    let defined: Vec<&str> = projections::figures::definitions::all().map(|figure| figure.name).collect();
    for name in FIGURES {
        assert!(defined.contains(name), "{name}");
    }
}
