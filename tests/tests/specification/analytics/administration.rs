//! Since when operators are suspended or removed, and livechats closed: read by analysts, on both databases.

use domain::{Action, Actor, StaffId};
use projections::analytics::ROLE;
use serde_json::{Value, json};

use super::analyst::{Analyst, sqlite};
use crate::figures::stage::{Stage, operator};
use crate::projections::scratch::Scratch;

/// What an analyst gets, times without their fraction and zone.
async fn asked(scratch: &Scratch, view: &str, columns: &str) -> Vec<Value> {
    let mut rows = if scratch.kind == "SQLite" {
        sqlite(&scratch.url, &format!("SELECT {columns} FROM analytics_{view} ORDER BY 1")).await
    } else {
        let mut anna = Analyst::with_role(&scratch.url, ROLE).await.may_read("*").await;
        let rows = anna.asks(&format!("SELECT {columns} FROM analytics.{view} ORDER BY 1")).await;
        anna.leaves().await;
        rows
    };
    for value in rows.iter_mut().filter_map(Value::as_object_mut).flat_map(|row| row.values_mut()) {
        if let Some(time) = value.as_str().filter(|text| text.contains('T')) {
            *value = json!(time[..19]);
        }
    }
    rows
}

#[tokio::test]
async fn an_analyst_sees_since_when_somebody_is_suspended_or_removed_and_a_livechat_closed() {
    let ada = || Actor::Administrator(StaffId::parse("ada").unwrap());
    let mut day = Stage::set("2026-11-24", "+00:00", json!([]));
    for id in ["alice", "bob", "chloe"] {
        day.registers(id, &[]);
    }
    day.act("09:00:00", ada(), Action::SuspendOperator(operator("alice")));
    day.act("09:10:00", ada(), Action::SuspendOperator(operator("bob")));
    day.act("09:20:00", ada(), Action::RemoveOperator(operator("chloe"), None));
    day.act("09:30:00", ada(), Action::CloseLivechat);
    let operators = "operator, suspended_since, removed_at";
    for (scratch, _) in day.views().await {
        assert_eq!(
            asked(&scratch, "operators", operators).await,
            [
                json!({ "operator": "alice", "suspended_since": "2026-11-24T09:00:00", "removed_at": null }),
                json!({ "operator": "bob", "suspended_since": "2026-11-24T09:10:00", "removed_at": null }),
                json!({ "operator": "chloe", "suspended_since": null, "removed_at": "2026-11-24T09:20:00" }),
            ],
            "{}",
            scratch.kind
        );
        let livechats = asked(&scratch, "livechats", "livechat, shut_since").await;
        assert_eq!(livechats, [json!({ "livechat": "support", "shut_since": "2026-11-24T09:30:00" })]);
    }
    // What has ended has ended; a new registration is another operator; the past is in the audit.
    day.act("10:00:00", ada(), Action::ReinstateOperator(operator("alice")));
    day.act("10:00:00", ada(), Action::ReopenLivechat);
    day.act("10:10:00", ada(), Action::SuspendOperator(operator("alice")));
    for (scratch, _) in day.views().await {
        let rows = asked(&scratch, "operators", operators).await;
        assert_eq!(rows[0]["suspended_since"], "2026-11-24T10:10:00", "{}", scratch.kind);
        assert_eq!(asked(&scratch, "livechats", "livechat, shut_since").await[0]["shut_since"], Value::Null);
        let entries = asked(&scratch, "audit", "at, action").await;
        for (at, action) in [
            ("2026-11-24T09:00:00", "operator.suspended"),
            ("2026-11-24T10:00:00", "operator.reinstated"),
            ("2026-11-24T09:20:00", "operator.removed"),
            ("2026-11-24T09:30:00", "livechat.shut"),
            ("2026-11-24T10:00:00", "livechat.reopened"),
        ] {
            assert!(entries.contains(&json!({ "at": at, "action": action })), "{action} in {entries:?}");
        }
    }
}
