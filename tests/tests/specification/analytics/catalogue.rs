//! The views and their documentation are what the catalogue says, on both databases.

use projections::Runner;
use projections::analytics::{self, QUERIES, VIEWS};
use serde_json::{Value, json};

use super::analyst::{administrator, sqlite};
use super::{story, told};
use crate::projections::scratch::Scratch;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_page_is_what_the_catalogue_says() {
    let committed = std::fs::read_to_string(format!("{ROOT}/ANALYTICS.md")).unwrap_or_default();
    assert!(
        committed == analytics::page(),
        "ANALYTICS.md is not the page of this code; run: cargo run -- analytics > ANALYTICS.md"
    );
}

#[test]
fn every_file_of_a_query_is_on_the_page() {
    let mut files: Vec<String> = std::fs::read_dir(format!("{ROOT}/analytics"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut listed: Vec<&str> = QUERIES.iter().map(|query| query.file).collect();
    listed.sort_unstable();
    assert_eq!(files, listed);
    for query in QUERIES {
        assert!(!query.title().is_empty() && !query.sentence().is_empty(), "{}", query.file);
    }
}

#[test]
fn every_view_begins_with_its_livechat_and_says_what_it_is() {
    for view in VIEWS {
        assert_eq!(view.columns[0].name, "livechat", "{}", view.name);
        assert!(view.comment.ends_with('.'), "{}", view.name);
        for column in view.columns {
            let named = format!("{}.{}", view.name, column.name);
            assert!(column.comment.ends_with('.'), "{named}");
            assert!(
                !column.name.contains("_ms") || column.comment.contains("illiseconds"),
                "{named}: its unit"
            );
        }
    }
}

/// Each column with its type and its comment, as the database tells them.
const POSTGRES: &str = "
SELECT c.relname AS view, a.attname AS column, format_type(a.atttypid, NULL) AS type,
       col_description(c.oid, a.attnum) AS comment, obj_description(c.oid, 'pg_class') AS about
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'analytics'::regnamespace AND c.relkind = 'v'";

#[tokio::test]
async fn both_databases_have_the_columns_of_the_catalogue_with_their_comments() {
    use projections::projection::Kind;
    for scratch in Scratch::each().await {
        scratch.open().await.close().await;
        let on_sqlite = scratch.kind == "SQLite";
        let found: Vec<Value> = if on_sqlite {
            sqlite(&scratch.url, "SELECT * FROM analytics_columns").await
        } else {
            let pool = sqlx::PgPool::connect(&scratch.url).await.unwrap();
            let sql = format!("SELECT to_jsonb(found) FROM ({POSTGRES}) AS found");
            let found = sqlx::query_scalar(&sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            found
        };
        let mut count = 0;
        for view in VIEWS {
            for column in view.columns {
                count += 1;
                let expected = if on_sqlite {
                    let name = format!("analytics_{}", view.name);
                    found.iter().any(|row| {
                        (&row["view"], &row["column"], &row["comment"])
                            == (&json!(name), &json!(column.name), &json!(column.comment))
                    })
                } else {
                    let kind = match column.kind {
                        Kind::Text => "text",
                        Kind::Integer => "bigint",
                        Kind::Time => "timestamp with time zone",
                        Kind::Flag => "boolean",
                        Kind::Json => "jsonb",
                    };
                    found.contains(&json!({
                        "view": view.name, "column": column.name, "type": kind,
                        "comment": column.comment, "about": view.comment,
                    }))
                };
                assert!(expected, "{}: {}.{}", scratch.kind, view.name, column.name);
            }
        }
        let about_views = if on_sqlite { VIEWS.len() } else { 0 };
        assert_eq!(found.len(), count + about_views, "{}: and nothing else", scratch.kind);
    }
}

#[tokio::test]
async fn every_view_has_rows_on_both_databases_and_as_many() {
    let story = story();
    let mut counts: Vec<Vec<i64>> = vec![];
    for scratch in Scratch::each().await {
        told(&scratch, &story).await;
        let mut found = vec![];
        for view in VIEWS {
            let columns: Vec<&str> = view.columns.iter().map(|column| column.name).collect();
            let prefix = if scratch.kind == "SQLite" { "analytics_" } else { "analytics." };
            // All columns are computed, so that each expression is tried on each row.
            let each: Vec<String> = columns.iter().map(|column| format!("count({column})")).collect();
            let sql = format!("SELECT count(*), {} FROM {prefix}{}", each.join(", "), view.name);
            let counts: Vec<i64> = if scratch.kind == "SQLite" {
                let rows = sqlite(&scratch.url, &sql).await;
                rows[0].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).collect()
            } else {
                let pool = sqlx::PgPool::connect(&scratch.url).await.unwrap();
                let sql = sql.replace("count(*), ", "ARRAY[count(*), ").replace(" FROM ", "] FROM ");
                let counts = sqlx::query_scalar(&sql).fetch_one(&pool).await.unwrap();
                pool.close().await;
                counts
            };
            assert!(counts.iter().max() > Some(&0), "{}: {} has rows", scratch.kind, view.name);
            found.push(*counts.iter().max().unwrap());
        }
        counts.push(found);
    }
    assert!(counts.iter().all(|found| found == &counts[0]), "{counts:?}");
}

#[tokio::test]
async fn views_that_are_in_place_are_left_alone_and_others_are_made_anew() {
    let story = story();
    for scratch in Scratch::each().await.into_iter().filter(|scratch| scratch.kind == "PostgreSQL") {
        told(&scratch, &story).await;
        let made = async || -> Vec<String> {
            let pool = sqlx::PgPool::connect(&scratch.url).await.unwrap();
            let sql = "SELECT relname || xmin::text FROM pg_class WHERE relkind = 'v'
                       AND relnamespace = 'analytics'::regnamespace ORDER BY 1";
            let found = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            found
        };
        let first = made().await;
        scratch.open().await.close().await;
        assert_eq!(made().await, first, "a second start changes nothing");

        administrator(&scratch.url, "DROP VIEW analytics.audit").await;
        scratch.open().await.close().await;
        assert_eq!(made().await.len(), VIEWS.len(), "what somebody dropped is back");

        // As an older version may have had it: with a column of another name.
        let older = "CREATE VIEW analytics.audit AS SELECT livechat AS \"where\" FROM projections.audit";
        administrator(&scratch.url, &format!("DROP VIEW analytics.audit; {older}")).await;
        administrator(&scratch.url, "COMMENT ON SCHEMA analytics IS 'of an older version'").await;
        scratch.open().await.close().await;
        let count = "SELECT count(entity_id) FROM analytics.audit";
        let pool = sqlx::PgPool::connect(&scratch.url).await.unwrap();
        let rows: i64 = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
        assert_eq!(usize::try_from(rows).unwrap(), story.events.len());
        pool.close().await;
    }
}

#[tokio::test]
async fn a_view_that_somebody_built_on_these_stops_no_server() {
    let story = story();
    for scratch in Scratch::each().await.into_iter().filter(|scratch| scratch.kind == "PostgreSQL") {
        scratch.open().await.close().await;
        administrator(
            &scratch.url,
            "DROP VIEW analytics.audit;
             CREATE VIEW analytics.audit AS SELECT 1 AS one;
             CREATE VIEW public.own AS SELECT * FROM analytics.audit;
             COMMENT ON SCHEMA analytics IS 'of an older version'",
        )
        .await;
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let told = analytics::install(&database).await.expect_err("it is in the way").to_string();
        assert!(told.contains("depend"), "{told}");
        administrator(&scratch.url, "DROP VIEW public.own").await;
        analytics::install(&database).await.unwrap();
        database.close().await;
    }
}

#[tokio::test]
async fn after_a_swap_the_views_are_over_the_active_slot() {
    use projections::Slot;

    use crate::projections::fake_log::Following;

    let events = story().events;
    for scratch in Scratch::each().await.into_iter().filter(|scratch| scratch.kind == "PostgreSQL") {
        let (log, following) = Following::caught_up_with(&scratch, 10_000, &events[..1_000]).await;
        log.rebuild(&scratch).await.unwrap();
        log.swap(&scratch).await.unwrap();
        pupitre_tests::patience::eventually("the subscription has moved", async || {
            following.database.slot() == Some(Slot::Green)
        })
        .await;
        log.commit(&events[1_000..]);
        following.caught_up(&events).await;
        let pool = sqlx::PgPool::connect(&scratch.url).await.unwrap();
        let rows: i64 =
            sqlx::query_scalar("SELECT count(*) FROM analytics.audit").fetch_one(&pool).await.unwrap();
        pool.close().await;
        assert_eq!(usize::try_from(rows).unwrap(), events.len(), "and what has happened since");
        following.stop().await;
    }
}
