//! What operators do on their desk besides talking, and what is refused when it is switched off.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

async fn at_work(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "email": "alice@example.org" })).await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

#[tokio::test]
async fn each_option_that_is_switched_off_is_refused_to_operators() {
    let server = Server::start().await;
    let (livechat, alice, visitor) = at_work(&server).await;
    let position = server.position("support").await;
    let file = json!({ "name": "a.pdf", "bytes": 1, "media_type": "application/pdf" });
    let print = visitor.path(&format!("/transcript?format=html&at_least={position}"));
    let lines = [
        ("print", "get", print, Value::Null),
        ("mail_to_self", "post", visitor.path("/mail-copy"), Value::Null),
        ("mark_important", "put", visitor.path("/importance"), json!({ "important": true })),
        ("call_manager", "post", visitor.path("/call-for-help"), Value::Null),
        ("list_operators", "get", "/operators".to_owned(), Value::Null),
        ("search_knowledge", "get", "/knowledge?q=abo".to_owned(), Value::Null),
        ("search_knowledge", "post", visitor.path("/articles"), json!({ "article": "a" })),
        ("canned_replies", "get", "/canned-replies".to_owned(), Value::Null),
        ("request_file", "post", visitor.path("/file-requests"), Value::Null),
        ("send_file", "post", visitor.path("/files"), file),
        ("augmented", "post", "/desk/assistant".to_owned(), json!({ "question": "why?" })),
    ];
    for (option, method, path, body) in lines {
        livechat.sets("desk", json!({ option: false })).await;
        let answer = match method {
            "get" => alice.person.get(&path).await,
            "put" => alice.person.put(&path, &body).await,
            _ => alice.person.post(&path, &body).await,
        };
        let problem = answer.is_problem(403, "option_off");
        assert!(problem["detail"].as_str().unwrap().contains(&format!("desk.{option}")), "{problem}");
    }
}

#[tokio::test]
async fn supervisors_read_what_is_switched_off_for_operators() {
    let server = Server::start().await;
    let (livechat, _alice, visitor) = at_work(&server).await;
    let off = json!({ "print": false, "list_operators": false, "search_knowledge": false, "canned_replies": false });
    livechat.sets("desk", off).await;
    let print = visitor.path(&format!("/transcript?format=html&at_least={}", visitor.requested["position"]));
    for path in [&print, "/operators", "/knowledge?q=abo", "/canned-replies", "/desk/options"] {
        livechat.supervisor().get(path).await.is(200);
    }
}

#[tokio::test]
async fn the_desk_is_sent_what_it_may_show() {
    let server = Server::start().await;
    let (livechat, alice, _visitor) = at_work(&server).await;
    let before = alice.person.get("/desk/options").await.is(200);
    assert_eq!(before["options"].as_object().unwrap().len(), 10);
    assert_eq!((&before["options"]["print"], &before["options"]["augmented"]), (&json!(true), &json!(false)));
    assert_eq!(before["statuses"], json!(["available", "on_break"]));
    assert_eq!(before["visitor_surveys"], json!([]));
    livechat.sets("desk", json!({ "print": false, "augmented": true })).await;
    livechat.sets("statuses", json!({ "searching": true })).await;
    let after = alice.person.get("/desk/options").await.is(200);
    assert_eq!((&after["options"]["print"], &after["options"]["augmented"]), (&json!(false), &json!(true)));
    assert_eq!(after["statuses"], json!(["available", "on_break", "searching"]));
}

#[tokio::test]
async fn operators_see_who_is_online_with_load_and_capacity() {
    let server = Server::start().await;
    let (livechat, alice, _visitor) = at_work(&server).await;
    livechat.registers("carol", json!({})).await;
    let mut bob = livechat.operator_with("bob", json!({ "capacity": 5 })).await;
    bob.is_now("on_break").await;
    let online = alice.person.get("/operators").await.is(200);
    let rows = online.as_array().unwrap();
    assert_eq!(rows.len(), 2, "Carol is registered and not there: {online}");
    assert_eq!(
        (&rows[0]["operator"], &rows[0]["load"], &rows[0]["capacity"], &rows[0]["has_room"]),
        (&json!("alice"), &json!(1), &json!(3), &json!(true))
    );
    assert_eq!(
        (&rows[1]["name"], &rows[1]["status"], &rows[1]["capacity"], &rows[1]["has_room"]),
        (&json!("Bob"), &json!("on_break"), &json!(5), &json!(false))
    );
    assert!(rows[0]["since"].is_string());
}

#[tokio::test]
async fn published_canned_replies_come_by_theme_in_the_language_of_the_visitor() {
    let server = Server::start().await;
    let (livechat, alice, _visitor) = at_work(&server).await;
    let reply = |id: &str, theme: &str, text: Value, published: bool| json!({ "id": id, "title": id, "text": text, "theme": theme, "published": published });
    livechat
        .sets(
            "canned_replies",
            json!([
                reply("hello", "Greetings", json!({ "fr": "Bonjour", "en": "Hello" }), true),
                reply("french", "Greetings", json!({ "fr": "Salut" }), true),
                reply("english", "Other", json!({ "en": "Well" }), true),
                reply("draft", "Greetings", json!({ "fr": "Brouillon" }), false),
            ]),
        )
        .await;
    let english = alice.person.get("/canned-replies?language=en").await.is(200);
    assert_eq!(
        english,
        json!([
            { "theme": "Greetings", "replies": [
                { "id": "hello", "title": "hello", "text": "Hello" },
                { "id": "french", "title": "french", "text": "Salut" },
            ] },
            { "theme": "Other", "replies": [{ "id": "english", "title": "english", "text": "Well" }] },
        ])
    );
    let own = alice.person.get("/canned-replies").await.is(200);
    assert_eq!(own[0]["replies"][0]["text"], "Bonjour");
    assert_eq!(own.as_array().unwrap().len(), 1, "what the visitor cannot read is left out: {own}");
    alice.person.get("/canned-replies?language=de").await.is_problem(422, "invalid_fields");
    let long = format!("/canned-replies?q={}", "a".repeat(201));
    alice.person.get(&long).await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn an_operator_marks_a_conversation_as_important_and_calls_the_manager() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = at_work(&server).await;
    alice.person.put(&visitor.path("/importance"), &json!({ "important": true })).await.is(200);
    assert_eq!(alice.receives("importance", &visitor).await["important"], true);

    let note = json!({ "note": "un remboursement" });
    alice.person.post(&visitor.path("/call-for-help"), &note).await.is(200);
    assert_eq!(alice.receives("help", &visitor).await["help"], "called");
    livechat.supervisor().post(&visitor.path("/call-for-help/take"), &Value::Null).await.is(200);
    assert_eq!(alice.receives("help", &visitor).await["help"], "taken");
    let second = livechat.person(api::auth::Role::Supervisor, "simon");
    let late = second.post(&visitor.path("/call-for-help/take"), &Value::Null).await;
    late.is_problem(409, "help_taken");
    alice.person.post(&visitor.path("/call-for-help/settle"), &Value::Null).await.is(200);
    assert_eq!(alice.receives("help", &visitor).await["help"], "done");

    let long = json!({ "note": "x".repeat(501) });
    let problem = alice.person.post(&visitor.path("/call-for-help"), &long).await;
    assert_eq!(problem.is_problem(422, "invalid_fields")["errors"][0]["field"], "note");
}

#[tokio::test]
async fn a_visitor_sends_the_file_that_was_asked_for_and_no_other() {
    let server = Server::start().await;
    let (_livechat, mut alice, mut visitor) = at_work(&server).await;
    let file = json!({ "name": "facture.pdf", "bytes": 48_213, "media_type": "application/pdf" });
    let files = visitor.path("/files");
    visitor.person.post(&files, &file).await.is_problem(422, "no_file_requested");
    alice.person.post(&visitor.path("/file-requests"), &json!({ "note": "la facture" })).await.is(200);
    assert_eq!(visitor.receives("file_requested").await["note"], "la facture");
    visitor.person.post(&files, &file).await.is(201);
    let told = alice.receives("file", &visitor).await;
    assert_eq!((&told["from"], &told["file"]), (&json!("visitor"), &file));
    alice.person.post(&files, &file).await.is(201);
    let bad = json!({ "name": "../a", "bytes": 0, "media_type": "pdf" });
    let problem = alice.person.post(&files, &bad).await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "every wrong field is named: {problem}");
}

#[tokio::test]
async fn a_copy_goes_to_the_address_of_the_profile_only() {
    let server = Server::start().await;
    let (livechat, alice, visitor) = at_work(&server).await;
    alice.person.post(&visitor.path("/mail-copy"), &Value::Null).await.is(200);
    livechat.registers("alice", json!({})).await;
    let copy = alice.person.post(&visitor.path("/mail-copy"), &Value::Null).await;
    copy.is_problem(422, "no_address");
}
