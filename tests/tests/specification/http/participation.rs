//! Who took part in a conversation reads the segments that they took part in, and nothing of the others (spec.md
//! §Privacy and security).

use pupitre_tests::actors::{Livechat, Operator, Person, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

/// All that the operator reads of it, in one text.
async fn read(person: &Person, visitor: &Visitor, position: u64) -> String {
    let json = person.get(&visitor.path(&format!("/transcript?at_least={position}"))).await.is(200);
    json.to_string()
}

async fn found(person: &Person, word: &str) -> Value {
    person.get(&format!("/conversations/search?q={word}")).await.is(200)["items"].clone()
}

/// Alice has it and says a word of hers, then Bob, who ends it.
async fn handed_over(livechat: &Livechat) -> (Visitor, Operator, Operator, u64) {
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "licornes").await;
    let mut bob = livechat.operator("bob").await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), None).await;
    bob.picks_up(&visitor).await;
    bob.says(&visitor, "dragons").await;
    let position = visitor.ends().await;
    (visitor, alice, bob, position)
}

#[tokio::test]
async fn an_earlier_operator_reads_finds_and_lists_the_own_segment_and_the_read_is_recorded() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, alice, bob, position) = handed_over(&livechat).await;
    for operator in [&alice, &bob] {
        let transcript = read(&operator.person, &visitor, position).await;
        assert!(transcript.contains("licornes") && transcript.contains("dragons"), "{transcript}");
        assert_eq!(found(&operator.person, "dragons").await.as_array().unwrap().len(), 1);
        let list =
            livechat.supervisor().get(&format!("/conversations?operator={}", operator.id)).await.is(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    }
    let log = server.position("support").await;
    let reads = format!("/audit?action=livechat.accessed&actor=alice&at_least={log}");
    let reads = livechat.administrator().get(&reads).await.is(200);
    assert_eq!(reads["items"].as_array().unwrap().len(), 2, "{reads}");
}

#[tokio::test]
async fn an_operator_who_never_picked_up_reads_nothing() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("zoe").await;
    let bob = livechat.operator("bob").await;
    let to_bob = json!({ "to": { "operator": "bob" }, "force": true });
    livechat.supervisor().post(&visitor.path("/transfer"), &to_bob).await.is(200);
    bob.person.post(&visitor.path("/pick-up"), &Value::Null).await.is(200);
    let position = visitor.says("dragons").await;
    let path = visitor.path(&format!("/transcript?at_least={position}"));
    alice.person.get(&path).await.is_problem(403, "forbidden");
    bob.person.get(&path).await.is(200);
    assert_eq!(found(&alice.person, "dragons").await, json!([]));
    let list = livechat.supervisor().get("/conversations?operator=alice").await.is(200);
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn of_a_conversation_with_several_segments_each_reads_the_own_one() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "licornes").await;
    visitor.ends().await;
    let mut bob = livechat.operator("bob").await;
    alice.person.put("/operators/alice/status", &json!({ "status": "on_break" })).await.is(200);
    let again = json!({ "visitor": { "id": "zoe" }, "language": "fr" });
    let requested = livechat.integration().post(&visitor.path("/request-again"), &again).await.is(201);
    assert_eq!(requested["outcome"], "assigned");
    bob.picks_up(&visitor).await;
    let position = bob.says(&visitor, "dragons").await;
    // In charge, Bob has all of it on the desk.
    let transcript = read(&bob.person, &visitor, position).await;
    assert!(transcript.contains("licornes") && transcript.contains("dragons"), "{transcript}");
    let position = visitor.ends().await;
    for (operator, own, other) in [(&alice, "licornes", "dragons"), (&bob, "dragons", "licornes")] {
        let transcript = read(&operator.person, &visitor, position).await;
        assert!(transcript.contains(own) && !transcript.contains(other), "{}: {transcript}", operator.id);
        let html = operator.person.get(&visitor.path("/transcript?format=html")).await.is(200).to_string();
        assert!(html.contains(own) && !html.contains(other), "{}: {html}", operator.id);
        assert_eq!(found(&operator.person, own).await.as_array().unwrap().len(), 1, "{}", operator.id);
        assert_eq!(found(&operator.person, other).await, json!([]), "{}", operator.id);
        // Both words are said in it, but not in what this operator took part in.
        assert_eq!(found(&operator.person, "licornes+dragons").await, json!([]), "{}", operator.id);
    }
    let all = livechat.supervisor().get("/conversations/search?q=licornes+dragons").await.is(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
}

/// Alice had the first segment; Bob has the second, in which Zoe is called otherwise, and which is important.
async fn one_segment_each(livechat: &Livechat) -> (Visitor, Operator, Operator, u64) {
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "licornes").await;
    visitor.ends().await;
    let mut bob = livechat.operator("bob").await;
    alice.person.put("/operators/alice/status", &json!({ "status": "on_break" })).await.is(200);
    let again = json!({ "visitor": { "id": "zoe" }, "language": "en" });
    livechat.integration().post(&visitor.path("/request-again"), &again).await.is(201);
    bob.picks_up(&visitor).await;
    bob.says(&visitor, "dragons").await;
    bob.person.put(&visitor.path("/importance"), &json!({ "important": true })).await.is(200);
    let position = bob.says(&visitor, "griffons").await;
    (visitor, alice, bob, position)
}

#[tokio::test]
async fn the_figures_of_a_conversation_agree_with_its_own_segments() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (mut visitor, alice, bob, position) = one_segment_each(&livechat).await;
    let own = visitor.path(&format!("?at_least={position}"));
    let row = alice.person.get(&own).await.is(200);
    assert_eq!(
        (&row["operator"], &row["state"], &row["segments"], &row["important"], &row["messages_operator"]),
        (&json!("alice"), &json!("kept_open"), &json!(1), &json!(false), &json!(1)),
        "{row}"
    );
    assert_eq!(row["last_requested_at"], row["requested_at"]);
    assert!(row["ended_at"].is_string(), "{row}");
    let found = &found(&alice.person, "licornes").await[0]["conversation"];
    assert_eq!(*found, row);
    let print = alice.person.get(&visitor.path("/transcript?format=text")).await.is(200).to_string();
    assert!(print.contains("Alice") && !print.contains("Bob"), "{print}");
    // Who is in charge has all of it, and so have supervisors.
    for person in [&bob.person, &livechat.supervisor()] {
        let whole = person.get(&own).await.is(200);
        assert_eq!(
            (&whole["operator"], &whole["segments"], &whole["important"], &whole["messages_operator"]),
            (&json!("bob"), &json!(2), &json!(true), &json!(3)),
            "{whole}"
        );
    }
    // Afterwards Bob has the second segment alone, which begins with its request.
    let position = visitor.ends().await;
    let row = bob.person.get(&visitor.path(&format!("?at_least={position}"))).await.is(200);
    assert_eq!(
        (&row["operator"], &row["segments"], &row["important"], &row["messages_operator"]),
        (&json!("bob"), &json!(1), &json!(true), &json!(2)),
        "{row}"
    );
    assert_eq!(row["requested_at"], row["last_requested_at"]);
}

#[tokio::test]
async fn filters_of_a_search_ask_the_own_segments_alone() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (_visitor, alice, _bob, position) = one_segment_each(&livechat).await;
    livechat.is_projected(position).await;
    for (filter, count) in [
        ("state=kept_open", 1),
        ("state=picked_up", 0),
        ("state=assigned,picked_up", 0),
        ("important=true", 0),
        ("important=false", 1),
        ("reason=visitor", 1),
        ("reason=operator", 0),
        ("language=fr", 1),
        ("language=en", 0),
        ("transferred=false", 1),
        ("transferred=true", 0),
        ("visitor_survey=answered", 0),
        ("limit=1", 1),
    ] {
        let found = found(&alice.person, &format!("licornes&{filter}")).await;
        assert_eq!(found.as_array().unwrap().len(), count, "{filter}: {found}");
    }
}
