//! Messages by kind, on a quarter of an hour that was counted by hand: for the livechat, its operators and its skills.

use domain::id::ArticleId;
use domain::text::Text;
use domain::{Action, ConversationAction};
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use serde_json::{Value, json};

use super::stage::{Stage, number, operator, rows};

const KINDS: [&str; 7] = [
    "messages",
    "messages_visitor",
    "messages_operator",
    "messages_typed",
    "messages_article",
    "messages_phrase",
    "messages_internal",
];

fn day() -> Stage {
    let mut day = Stage::set(
        "2026-11-24",
        "+01:00",
        json!([
            { "skills": [{ "id": "billing" }] },
            { "desk": { "augmented": true } },
            { "knowledge": [
                { "id": "returns", "title": "Retours", "body": "Sous 30 jours.", "theme": "commandes" },
                { "id": "refund", "title": "Remboursement", "body": "Voir les retours.", "theme": "commandes",
                  "redirects_to": "returns" },
            ] },
        ]),
    );
    day.registers("alice", &["billing"]);
    day.does("09:00:00", "alice", Action::ConnectOperator(operator("alice")));
    day.requests("09:01:00", 1, Some("billing"));
    day.visitor_writes("09:01:10", 1);
    // A phrase welcomes the visitor.
    day.does("09:01:20", "alice", on(1, ConversationAction::PickUp));
    day.writes("09:01:30", "alice", 1);
    day.does("09:01:40", "alice", article("returns"));
    // The article that another one leads to is in the voice of Pupitre.
    day.does("09:01:50", "alice", article("refund"));
    day.does("09:02:00", "alice", internally("Que lui dire ?"));
    day.supervises("09:02:10", internally("Rien de plus."));
    day.supervises("09:02:20", on(1, ConversationAction::Write(Text::parse("Au revoir").unwrap())));
    day
}

fn on(n: u128, action: ConversationAction) -> Action {
    Action::Conversation(number(n), action)
}

fn article(article: &str) -> Action {
    on(1, ConversationAction::SendArticle(ArticleId::parse(article).unwrap()))
}

fn internally(text: &str) -> Action {
    on(1, ConversationAction::WriteInternally(Text::parse(text).unwrap()))
}

async fn counted(day: &Stage, per: Per) -> Vec<Vec<Value>> {
    let query = Stage::asks(
        "2026-11-24T09:00:00+01:00",
        "2026-11-24T10:00:00+01:00",
        By::Hour,
        per,
        "2026-11-24T09:15:00+01:00",
    );
    let mut all = vec![];
    for (_, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        let of = |row: &Value| KINDS.iter().map(|kind| row["figures"][*kind].clone()).collect::<Value>();
        all.push(rows.iter().map(|row| json!([row["operator"], row["skill"], of(row)])).collect());
    }
    all
}

#[tokio::test]
async fn messages_are_counted_by_kind_over_or_not() {
    let mut day = day();
    // Typed: alice, the supervisor. Articles: two. A phrase: the welcome. Not in the sum: two internal ones.
    let whole = json!([null, null, [6, 1, 3, 2, 2, 1, 2]]);
    for rows in counted(&day, Per::Livechat).await {
        assert_eq!(rows, std::slice::from_ref(&whole), "not over");
    }
    day.does("09:03:00", "alice", on(1, ConversationAction::End));
    for rows in counted(&day, Per::Livechat).await {
        assert_eq!(rows, std::slice::from_ref(&whole), "over");
    }
    for rows in counted(&day, Per::Skill).await {
        assert_eq!(rows, [json!([null, "billing", [6, 1, 3, 2, 2, 1, 2]])]);
    }
    for rows in counted(&day, Per::Operator).await {
        assert_eq!(
            rows,
            [
                // What the supervisor wrote.
                json!([null, null, [null, 0, 1, 1, 0, null, 1]]),
                json!(["alice", null, [null, 1, 2, 1, 2, null, 1]]),
            ]
        );
    }
}
