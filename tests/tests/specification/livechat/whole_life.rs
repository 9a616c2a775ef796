//! The whole life of a conversation, from the request to the end, on each database.

use pupitre_tests::postgres;
use pupitre_tests::server::Server;
use serde_json::json;

const NOTE: &str = "Un client pressé.";

#[tokio::test]
async fn a_conversation_lives_from_the_request_to_the_end() {
    whole_life(&Server::start().await).await;
}

#[tokio::test]
async fn a_conversation_lives_the_same_on_postgresql() {
    if let Some(database) = postgres::scratch().await {
        let mut server = Server::start_on(database.url()).await;
        whole_life(&server).await;
        server.stop().await;
    }
}

async fn whole_life(server: &Server) {
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "billing", "name": { "fr": "Facturation" } }])).await;
    let mut alice = livechat.operator("alice").await;

    let mut visitor = livechat
        .requests(json!({
            "visitor": { "id": "v1", "name": "Zoé" },
            "language": "fr",
            "card": { "page_url": "https://example.org/panier", "variables": { "client": "42" } },
            "history": [{ "author": "bot", "text": "Bonjour, je suis le bot." }],
        }))
        .await;
    assert_eq!(visitor.requested["outcome"], "assigned");
    visitor.receives("assigned").await;
    let tab = alice.sees_tab(&visitor).await;
    assert_eq!(tab["visitor"], json!({ "id": "v1" }));
    let card = tab["card"].as_array().unwrap();
    assert!(card.contains(&json!({ "field": "name", "value": "Zoé" })), "{card:?}");
    assert!(
        card.contains(&json!({ "field": "page_url", "value": "https://example.org/panier" })),
        "{card:?}"
    );
    assert_eq!(tab["history"][0]["text"], "Bonjour, je suis le bot.");
    assert_eq!(tab["picked_up"], false);

    alice.picks_up(&visitor).await;
    assert_eq!(visitor.receives("picked_up").await["operator"], "Alice");
    assert_eq!(visitor.hears("Bonjour, Alice est à votre écoute.").await["from"], "system");
    visitor.says("bonjour").await;
    assert_eq!(alice.hears(&visitor, "bonjour").await["from"], "visitor");
    alice.says(&visitor, "que puis-je pour vous ?").await;
    assert_eq!(visitor.hears("que puis-je pour vous ?").await["from"], "operator");

    let mut bob = livechat.operator("bob").await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), Some(NOTE)).await;
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "transferred");
    let tab = bob.sees_tab(&visitor).await;
    assert_eq!(
        (&tab["from"], &tab["note"], &tab["picked_up"]),
        (&json!("alice"), &json!(NOTE), &json!(false))
    );
    assert_eq!(tab["messages"][1]["text"], "bonjour");
    assert_eq!(visitor.receives("transferred").await["operator"], "Bob");
    visitor.hears("Votre conversation est confiée à Bob.").await;
    bob.picks_up(&visitor).await;
    visitor.hears("Bonjour, Bob est à votre écoute.").await;

    let mut carol = livechat.operator_with("carol", json!({ "skills": ["billing"] })).await;
    bob.transfers(&visitor, json!({ "skill": "billing" }), None).await;
    assert_eq!(carol.sees_tab(&visitor).await["from"], "bob");
    assert_eq!(visitor.receives("transferred").await["operator"], "Carol");
    carol.picks_up(&visitor).await;
    carol.says(&visitor, "voilà qui est réglé").await;
    visitor.hears("voilà qui est réglé").await;

    let end = carol.ends(&visitor).await;
    assert_eq!(visitor.receives("ended").await["reason"], "operator");
    visitor.hears("La conversation est terminée. Merci de votre visite.").await;
    assert_eq!(carol.receives("closed", &visitor).await["reason"], "operator");
    let told = serde_json::to_string(visitor.socket.heard()).unwrap();
    assert!(!told.contains(NOTE), "the visitor was told the note");
    let transcript = visitor.path(&format!("/transcript?at_least={end}"));
    let read = visitor.person.get(&transcript).await.is(200).to_string();
    assert!(read.contains("voilà qui est réglé") && !read.contains(NOTE), "{read}");
    assert!(carol.person.get(&transcript).await.is(200).to_string().contains(NOTE));
}

#[tokio::test]
async fn the_welcome_is_in_the_language_of_the_visitor() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.requests(json!({ "visitor": { "id": "v1" }, "language": "en" })).await;
    alice.picks_up(&visitor).await;
    visitor.hears("Hello, you are now talking to Alice.").await;
}

#[tokio::test]
async fn the_visitor_may_end_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.ends().await;
    assert_eq!(visitor.receives("ended").await["reason"], "visitor");
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "visitor");
    let text = json!({ "type": "message", "text": "encore un mot" });
    visitor.socket.is_refused(text, "conversation_over").await;
}

#[tokio::test]
async fn a_supervisor_writes_in_the_stead_of_the_operator_and_ends_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let text = json!({ "text": "je reprends" });
    let supervisor = livechat.supervisor();
    let written = supervisor.post(&visitor.path("/messages"), &text).await.is(201);
    assert_eq!(visitor.hears("je reprends").await["from"], "operator");
    assert_eq!(alice.hears(&visitor, "je reprends").await["from"], "operator");
    let transcript = visitor.path(&format!("/transcript?at_least={}", written["position"]));
    let authors = |read: serde_json::Value| {
        let lines = read["lines"].as_array().unwrap().clone();
        let line = lines.into_iter().find(|line| line["text"] == "je reprends").unwrap();
        (line["role"].clone(), line["author"].clone())
    };
    let to_staff = authors(supervisor.get(&transcript).await.is(200));
    let to_visitor = authors(visitor.person.get(&transcript).await.is(200));
    assert_eq!(to_staff, (json!("supervisor"), json!("sophie")), "the log keeps the true author");
    assert_eq!(to_visitor, (json!("operator"), json!("")), "the visitor is not told");
    supervisor.post(&visitor.path("/end"), &json!(null)).await.is(200);
    assert_eq!(visitor.receives("ended").await["reason"], "supervisor");
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "supervisor");
}
