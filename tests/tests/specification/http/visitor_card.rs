//! The visitor card: what the settings do not list is not sent to operators.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

const SECRETS: [&str; 4] = ["Zoé", "zoe@example.org", "Firefox", "client-42"];

async fn asked(livechat: &Livechat) -> Visitor {
    livechat
        .requests(json!({
            "visitor": { "id": "v1", "name": "Zoé", "email": "zoe@example.org" },
            "language": "fr",
            "card": { "browser": "Firefox", "variables": { "client": "client-42" } },
        }))
        .await
}

async fn at_work(server: &Server, card: Value) -> (Livechat, Operator, Visitor, Value) {
    let livechat = server.livechat("support").await;
    livechat.sets("visitor_card", card).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = asked(&livechat).await;
    let tab = alice.sees_tab(&visitor).await;
    (livechat, alice, visitor, tab)
}

#[tokio::test]
async fn a_tab_has_the_facts_that_are_listed_in_their_order() {
    let server = Server::start().await;
    let card = json!(["browser", { "variable": "client" }, "country", "name"]);
    let (.., tab) = at_work(&server, card).await;
    assert_eq!(
        tab["card"],
        json!([
            { "field": "browser", "value": "Firefox" },
            { "field": { "variable": "client" }, "value": "client-42" },
            { "field": "name", "value": "Zoé" },
        ])
    );
    assert_eq!(tab["visitor"], json!({ "id": "v1" }));
}

#[tokio::test]
async fn an_unlisted_field_reaches_no_operator_and_every_supervisor() {
    let server = Server::start().await;
    let (livechat, alice, visitor, tab) = at_work(&server, json!([])).await;
    let at_least = format!("?at_least={}", visitor.requested["position"]);
    let desk = alice.person.clone();
    let transcript = desk.get(&visitor.path(&format!("/transcript{at_least}"))).await.is(200);
    let row = desk.get(&visitor.path(&at_least)).await.is(200);
    let print = desk.get(&visitor.path(&format!("/transcript{at_least}&format=html"))).await.is(200);
    let reloaded = livechat.desk("alice").await.snapshot;
    for secret in SECRETS {
        for seen in [&tab, &transcript, &row, &print, &reloaded] {
            assert!(!seen.to_string().contains(secret), "{secret}: {seen}");
        }
    }
    assert_eq!(transcript["lines"][0]["data"]["visitor"]["id"], "v1");
    let seen = livechat.supervisor().get(&visitor.path(&format!("/transcript{at_least}"))).await.is(200);
    assert!(SECRETS.iter().all(|secret| seen.to_string().contains(secret)), "{seen}");
    let row = livechat.supervisor().get(&visitor.path(&at_least)).await.is(200);
    assert_eq!(row["visitor_name"], "Zoé");
}

#[tokio::test]
async fn a_change_of_the_card_is_seen_by_the_next_tab() {
    let server = Server::start().await;
    let (livechat, alice, visitor, tab) = at_work(&server, json!(["name"])).await;
    assert_eq!(tab["card"].as_array().unwrap().len(), 1);
    livechat.sets("visitor_card", json!(["name", "email"])).await;
    let reloaded = livechat.desk("alice").await.snapshot;
    assert_eq!(reloaded["tabs"][0]["card"].as_array().unwrap().len(), 2, "{reloaded}");
    let row = alice.person.get(&visitor.path(&format!("?at_least={}", visitor.requested["position"]))).await;
    assert_eq!(row.is(200)["visitor_name"], "Zoé");
}
