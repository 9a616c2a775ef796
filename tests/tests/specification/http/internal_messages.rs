//! Internal messages: between the operator in charge and the supervisors, and never to the visitor.

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};
use uuid::Uuid;

async fn in_conversation(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

fn text(text: &str) -> Value {
    json!({ "text": text })
}

/// The lines of a transcript that has everything up to now, of this kind.
async fn lines(
    server: &Server,
    reader: &pupitre_tests::actors::Person,
    visitor: &Visitor,
    kind: &str,
) -> Vec<Value> {
    let last = server.position("support").await;
    let page = reader.get(&visitor.path(&format!("/transcript?at_least={last}"))).await.is(200);
    let lines = page["lines"].as_array().unwrap().clone();
    lines.into_iter().filter(|line| line["kind"] == kind).collect()
}

#[tokio::test]
async fn the_operator_in_charge_and_supervisors_write_them_and_read_them_in_the_transcript() {
    let server = Server::start().await;
    let (livechat, alice, visitor) = in_conversation(&server).await;
    let path = visitor.path("/internal-messages");
    let asked = alice.person.post(&path, &text("Puis-je rembourser ?")).await.is(201);
    let answered = livechat.supervisor().post(&path, &text("Oui.")).await.is(201);
    assert!(answered["position"].as_u64() > asked["position"].as_u64(), "{asked} {answered}");
    for reader in [&alice.person, &livechat.supervisor()] {
        let lines = lines(&server, reader, &visitor, "internal_message").await;
        let told: Vec<_> =
            lines.iter().map(|line| json!([line["role"], line["author"], line["text"]])).collect();
        let expected =
            [json!(["operator", "alice", "Puis-je rembourser ?"]), json!(["supervisor", "sophie", "Oui."])];
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn the_visitor_reads_nothing_of_them_anywhere() {
    let server = Server::start().await;
    let (_livechat, mut alice, visitor) = in_conversation(&server).await;
    let path = visitor.path("/internal-messages");
    let position = alice.person.post(&path, &text("Cliente difficile.")).await.is(201)["position"].clone();
    for read in ["?", "/transcript?", "/transcript?format=text&", "/transcript?format=html&"] {
        let answer = visitor.person.get(&visitor.path(&format!("{read}at_least={position}"))).await.is(200);
        assert!(!answer.to_string().contains("difficile"), "{answer:#}");
    }
    assert_eq!(lines(&server, &visitor.person, &visitor, "internal_message").await, [] as [Value; 0]);
    alice.says(&visitor, "bonjour").await;
    let mut page = visitor.page(0).await;
    page.hears(|frame| frame["text"] == "bonjour").await;
    let told = Value::from(page.heard().to_vec()).to_string();
    assert!(!told.contains("difficile") && !told.contains("internal"), "{told}");
}

#[tokio::test]
async fn they_take_no_number_from_the_messages() {
    let server = Server::start().await;
    let (_livechat, alice, visitor) = in_conversation(&server).await;
    let before = alice.person.post(&visitor.path("/messages"), &text("un")).await.is(201)["number"].clone();
    alice.person.post(&visitor.path("/internal-messages"), &text("entre nous")).await.is(201);
    let after = alice.person.post(&visitor.path("/messages"), &text("deux")).await.is(201)["number"].clone();
    assert_eq!(after.as_u64(), before.as_u64().map(|number| number + 1));
}

#[tokio::test]
async fn they_have_1_to_5000_characters() {
    let server = Server::start().await;
    let (_livechat, alice, visitor) = in_conversation(&server).await;
    let path = visitor.path("/internal-messages");
    for wrong in [String::new(), "é".repeat(5_001), "a\0".to_owned()] {
        let problem = alice.person.post(&path, &text(&wrong)).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], "text", "{problem:#}");
        assert!(problem["errors"][0]["allowed"].as_str().unwrap().contains("1 to 5000 characters"));
    }
    for right in ["é".to_owned(), "é".repeat(5_000)] {
        alice.person.post(&path, &text(&right)).await.is(201);
    }
}

#[tokio::test]
async fn repeated_with_the_same_key_one_is_written_once() {
    let server = Server::start().await;
    let (_livechat, alice, visitor) = in_conversation(&server).await;
    let (key, path) = (Uuid::now_v7().to_string(), visitor.path("/internal-messages"));
    let first = alice.person.post_with_key(&key, &path, &text("une fois")).await.is(201);
    assert_eq!(alice.person.post_with_key(&key, &path, &text("une fois")).await.is(201), first);
    assert_eq!(lines(&server, &alice.person, &visitor, "internal_message").await.len(), 1);
}

#[tokio::test]
async fn nobody_else_writes_them_nor_does_anybody_where_there_is_nobody_to_write_to() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = in_conversation(&server).await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let bob = livechat.operator("bob").await;
    let waits = livechat.visitor("v2").await;
    let also_waits = livechat.visitor("v3").await;
    let path = visitor.path("/internal-messages");
    for role in [Role::Analyst, Role::Administrator, Role::Integration] {
        livechat.person(role, "somebody").post(&path, &text("!")).await.is_problem(403, "forbidden");
    }
    visitor.person.post(&path, &text("!")).await.is_problem(403, "forbidden");
    bob.person.post(&path, &text("!")).await.is_problem(403, "not_your_conversation");
    assert_eq!(
        (&waits.requested["outcome"], &also_waits.requested["outcome"]),
        (&json!("assigned"), &json!("waiting"))
    );
    let in_the_queue = also_waits.path("/internal-messages");
    livechat.supervisor().post(&in_the_queue, &text("!")).await.is_problem(422, "not_assigned");
    alice.ends(&visitor).await;
    for author in [&alice.person, &livechat.supervisor()] {
        author.post(&path, &text("!")).await.is_problem(409, "conversation_over");
    }
}
