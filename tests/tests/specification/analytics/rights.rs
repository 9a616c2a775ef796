//! Rights to read.

use projections::analytics::{ROLE, ROLE_TEXT, VIEWS};
use pupitre_tests::store;
use serde_json::json;

use super::analyst::{Analyst, administrator};
use super::{story, told};
use crate::projections::scratch::Scratch;

/// A PostgreSQL with a log, and the story in the projections.
async fn database() -> Option<Scratch> {
    let scratch = Scratch::each().await.into_iter().find(|scratch| scratch.kind == "PostgreSQL")?;
    journal::store::open(&scratch.url).await.unwrap().close().await;
    told(&scratch, &story()).await;
    Some(scratch)
}

fn livechats(story: &[serde_json::Value]) -> Vec<&str> {
    story.iter().map(|row| row["livechat"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_analyst_reads_the_livechats_that_are_granted_and_no_other() {
    let Some(scratch) = database().await else { return };
    let mut anna = Analyst::with_role(&scratch.url, ROLE_TEXT).await;
    for view in VIEWS {
        let rows = anna.asks(&format!("SELECT count(*) AS rows FROM analytics.{}", view.name)).await;
        assert_eq!(rows, [json!({ "rows": 0 })], "{}: nothing is granted yet", view.name);
    }
    anna.grant("ventes").await;
    for view in VIEWS {
        let rows = anna.asks(&format!("SELECT DISTINCT livechat FROM analytics.{}", view.name)).await;
        assert_eq!(livechats(&rows), ["ventes"], "{}", view.name);
        let elsewhere = format!("SELECT livechat FROM analytics.{} WHERE livechat = 'support'", view.name);
        assert!(anna.asks(&elsewhere).await.is_empty(), "{}", view.name);
    }
    anna.does("SET pupitre.livechat = 'support'").await.unwrap();
    let mut all = Analyst::with_role(&scratch.url, ROLE).await.may_read("*").await;
    let each = "SELECT livechat FROM analytics.livechats ORDER BY livechat";
    assert_eq!(livechats(&anna.asks(each).await), ["ventes"], "no setting of a session widens it");
    assert_eq!(livechats(&all.asks(each).await), ["support", "ventes"]);
    anna.leaves().await;
    all.leaves().await;
}

#[tokio::test]
async fn a_livechat_granted_to_a_group_is_granted_to_its_members() {
    let Some(scratch) = database().await else { return };
    let mut anna = Analyst::with_role(&scratch.url, ROLE).await;
    administrator(&scratch.url, &format!("INSERT INTO analytics.grants VALUES ('{ROLE}', 'support')")).await;
    let each = "SELECT livechat FROM analytics.livechats";
    assert_eq!(livechats(&anna.asks(each).await), ["support"]);
    // A role that is not there (any more) grants nothing and disturbs nobody.
    administrator(&scratch.url, "INSERT INTO analytics.grants VALUES ('nobody''s', '*')").await;
    assert_eq!(livechats(&anna.asks(each).await), ["support"]);
    anna.leaves().await;
}

#[tokio::test]
async fn a_leaking_condition_sees_no_rows_of_another_livechat() {
    let Some(scratch) = database().await else { return };
    let mut anna = Analyst::with_role(&scratch.url, ROLE_TEXT).await.may_read("ventes").await;
    // An error that quotes its value: it would name a livechat that she may not read.
    anna.does(
        "CREATE FUNCTION pg_temp.tells(livechat text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
         BEGIN
             IF livechat <> 'ventes' THEN RAISE EXCEPTION 'there is also %', livechat; END IF;
             RETURN true;
         END $$",
    )
    .await
    .unwrap();
    for view in VIEWS {
        let sql =
            format!("SELECT count(*) AS rows FROM analytics.{} WHERE pg_temp.tells(livechat)", view.name);
        assert_ne!(anna.asks(&sql).await, [json!({ "rows": 0 })], "{}", view.name);
    }
    // It belongs to a role that goes away before its session may have cleaned up.
    anna.does("DROP FUNCTION pg_temp.tells").await.unwrap();
    anna.leaves().await;
}

#[tokio::test]
async fn words_and_names_of_visitors_take_another_role() {
    let Some(scratch) = database().await else { return };
    let mut plain = Analyst::with_role(&scratch.url, ROLE).await.may_read("*").await;
    let mut text = Analyst::with_role(&scratch.url, ROLE_TEXT).await.may_read("*").await;
    for view in VIEWS {
        let sql = format!("SELECT * FROM analytics.{} LIMIT 1", view.name);
        assert_eq!(text.asks(&sql).await.len(), 1, "{}", view.name);
        if view.personal {
            plain.may_not(&sql).await;
        } else {
            assert_eq!(plain.asks(&sql).await.len(), 1, "{}", view.name);
        }
    }
    // What is not personal holds none of what visitors and operators said in the story.
    for view in VIEWS.iter().filter(|view| !view.personal) {
        for row in plain.asks(&format!("SELECT * FROM analytics.{}", view.name)).await {
            for said in ["urgent", "Zoé", "Très aimable", "Client fâché", "relevé", "Puis-je", "exemple.fr"]
            {
                assert!(!row.to_string().contains(said), "{} in {}: {row}", said, view.name);
            }
        }
    }
    plain.leaves().await;
    text.leaves().await;
}

#[tokio::test]
async fn an_analyst_reads_neither_the_tables_nor_the_log_and_writes_nothing() {
    let Some(scratch) = database().await else { return };
    for role in [ROLE, ROLE_TEXT] {
        let mut anna = Analyst::with_role(&scratch.url, role).await.may_read("*").await;
        let tables = [
            "events",
            "heads",
            "livechat_snapshots",
            "pulse",
            "conversation_records",
            "analytics.grants",
            "projections.conversations",
            "projections.transcript",
            "projections.audit",
            "projections.outbox",
            "projections.checkpoints",
            "projections.contacts",
            "projections.assignments",
            "projections.settings",
            "projections.floor_livechats",
        ];
        for table in tables {
            anna.may_not(&format!("SELECT * FROM {table}")).await;
            anna.may_not(&format!("DELETE FROM {table}")).await;
            anna.may_not(&format!("INSERT INTO {table} DEFAULT VALUES")).await;
            anna.may_not(&format!("TRUNCATE {table}")).await;
        }
        anna.may_not("INSERT INTO analytics.grants VALUES (current_user, 'support')").await;
        anna.may_not("UPDATE analytics.grants SET livechat = '*'").await;
        // A view over one table could be written through, if somebody was allowed to.
        for view in ["conversations", "contacts", "messages", "audit"] {
            anna.may_not(&format!("DELETE FROM analytics.{view}")).await;
            anna.may_not(&format!("UPDATE analytics.{view} SET livechat = livechat")).await;
        }
        anna.may_not("CREATE TABLE analytics.own (one bigint)").await;
        anna.may_not("CREATE VIEW analytics.own AS SELECT 1").await;
        anna.may_not("CREATE SCHEMA own").await;
        anna.may_not("DROP VIEW analytics.audit").await;
        anna.may_not("SET ROLE pupitre_log").await;
        anna.leaves().await;
    }
}

#[tokio::test]
async fn a_user_who_may_not_create_roles_is_no_hindrance() {
    let Some(server) = store::on_postgres().await else { return };
    // An owner of a database without the right to create roles: those of the cluster are there already
    // or not, and either way the projections open and the views are made.
    let owner = format!("owner_{}", uuid::Uuid::now_v7().simple());
    let name = server.url().rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    administrator(server.url(), &format!("CREATE ROLE {owner} LOGIN PASSWORD 'secret' NOCREATEROLE")).await;
    administrator(server.url(), &format!("ALTER DATABASE {name} OWNER TO {owner}")).await;
    let options: sqlx::postgres::PgConnectOptions = server.url().parse().unwrap();
    let url = sqlx::ConnectOptions::to_url_lossy(&options.username(&owner).password("secret")).to_string();
    let database = projections::Database::open(&url).await.unwrap();
    projections::Runner::new(database.clone()).apply(&story().events).await.unwrap();
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM analytics.livechats").fetch_one(&pool).await.unwrap();
    assert_eq!(seen, 2, "the owner sees everything");
    pool.close().await;
    database.close().await;
    administrator(server.url(), &format!("DROP OWNED BY {owner} CASCADE")).await;
    administrator(server.url(), &format!("ALTER DATABASE {name} OWNER TO CURRENT_USER")).await;
    administrator(server.url(), &format!("DROP ROLE {owner}")).await;
}
