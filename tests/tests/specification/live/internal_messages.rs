//! Internal messages on the desk.

use pupitre_tests::server::Server;
use serde_json::json;

#[tokio::test]
async fn the_desk_and_the_supervisor_hear_each_other_and_the_visitor_hears_neither() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let position = alice.says_internally(&visitor, "Puis-je rembourser ?").await;
    let own = alice.receives("internal_message", &visitor).await;
    let told = (&own["role"], &own["author"], &own["text"], &own["position"]);
    assert_eq!(told, (&json!("operator"), &json!("alice"), &json!("Puis-je rembourser ?"), &json!(position)));
    let answer = json!({ "text": "Oui." });
    livechat.supervisor().post(&visitor.path("/internal-messages"), &answer).await.is(201);
    let answer = alice.receives("internal_message", &visitor).await;
    let told = (&answer["role"], &answer["author"], &answer["text"]);
    assert_eq!(told, (&json!("supervisor"), &json!("sophie"), &json!("Oui.")));
    alice.says(&visitor, "C'est remboursé.").await;
    visitor.hears("C'est remboursé.").await;
    let heard = json!(visitor.socket.heard()).to_string();
    assert!(!heard.contains("internal") && !heard.contains("rembourser"), "{heard}");
}

#[tokio::test]
async fn a_tab_has_all_of_them_also_for_the_operator_who_takes_over() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator("bob").await;
    bob.is_now("on_break").await;
    let visitor = livechat.visitor("v1").await;
    let tab = alice.sees_tab(&visitor).await;
    assert_eq!(tab["internal_messages"], json!([]));
    alice.picks_up(&visitor).await;
    alice.says_internally(&visitor, "Cliente fidèle.").await;
    bob.is_now("available").await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), None).await;
    let tab = bob.sees_tab(&visitor).await;
    let message = &tab["internal_messages"][0];
    assert_eq!((&message["author"], &message["text"]), (&json!("alice"), &json!("Cliente fidèle.")));
    assert_eq!(
        tab["messages"].as_array().unwrap().iter().filter(|line| line["text"] == "Cliente fidèle.").count(),
        0
    );
    assert_eq!(livechat.desk("bob").await.snapshot["tabs"][0]["internal_messages"], tab["internal_messages"]);
}

#[tokio::test]
async fn one_that_is_wrong_or_not_for_this_desk_to_write_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator("bob").await;
    let visitor = livechat.visitor("v1").await;
    alice.sees_tab(&visitor).await;
    let says = |text: &str| json!({ "type": "internal_message", "conversation": visitor.conversation, "text": text });
    let problem = alice.socket.is_refused(says(""), "invalid_fields").await;
    assert_eq!(problem["errors"][0]["field"], "text", "{problem:#}");
    bob.socket.is_refused(says("bonjour"), "not_your_conversation").await;
    // Not picked up yet, and yet hers.
    alice.says_internally(&visitor, "Qui est-ce ?").await;
}
