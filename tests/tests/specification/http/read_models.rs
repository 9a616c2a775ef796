//! What can be read: conversations, transcripts, the audit, as fresh as is asked.

use pupitre_tests::actors::{Livechat, Operator, Person, Visitor};
use pupitre_tests::server::{Server, minutes};
use serde_json::{Value, json};

async fn ids(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/conversations?{query}")).await.is(200);
    page["items"].as_array().unwrap().iter().map(|row| row["visitor"].as_str().unwrap().to_owned()).collect()
}

/// Three conversations of Alice and Bob: one ended, one picked up, one assigned; and one refused before.
///
/// The desks are to be held on to: one that is closed is recorded as lost.
async fn a_day(server: &Server) -> (Livechat, u64, Visitor, [Operator; 2]) {
    let livechat = server.livechat("support").await;
    livechat.visitor("v1").await;
    let mut alice = livechat.operator("alice").await;
    let first = livechat.visitor("v2").await;
    alice.picks_up(&first).await;
    alice.says(&first, "bonjour").await;
    server.clock.advance(minutes(1));
    alice.ends(&first).await;
    let second = livechat.visitor("v3").await;
    let mut bob = livechat.operator("bob").await;
    let _third = livechat.visitor("v4").await;
    let position = alice.picks_up(&second).await;
    bob.is_now("on_break").await;
    (livechat, position + 5, first, [alice, bob])
}

#[tokio::test]
async fn conversations_are_listed_by_state_and_operator_and_page_by_page() {
    let server = Server::start().await;
    let (livechat, _, _, _desks) = a_day(&server).await;
    let last = server.position("support").await;
    let supervisor = livechat.supervisor();
    let fresh = format!("at_least={last}");
    assert_eq!(ids(&supervisor, &fresh).await, ["v4", "v3", "v2", "v1"], "newest first");
    for (filter, expected) in [
        ("state=refused", &["v1"][..]),
        ("state=ended", &["v2"]),
        ("state=picked_up", &["v3"]),
        ("state=assigned", &["v4"]),
        ("state=waiting", &[]),
        ("operator=alice", &["v3", "v2"]),
        ("operator=bob", &["v4"]),
        ("operator=alice&state=ended", &["v2"]),
        ("operator=nobody", &[]),
    ] {
        assert_eq!(ids(&supervisor, filter).await, expected, "{filter}");
    }

    let analyst = livechat.person(api::auth::Role::Analyst, "ann");
    assert_eq!(ids(&analyst, "").await, ["v2", "v1"], "an analyst never sees a live conversation");

    let mut paged = vec![];
    let mut cursor = String::new();
    loop {
        let page = supervisor.get(&format!("/conversations?limit=3{cursor}")).await.is(200);
        let items = page["items"].as_array().unwrap();
        paged.extend(items.iter().map(|row| row["visitor"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!((items.len(), paged.len()), (3, 3), "the second page is the last");
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, ["v4", "v3", "v2", "v1"]);
}

#[tokio::test]
async fn a_conversation_shows_its_figures() {
    let server = Server::start().await;
    let (livechat, _, ended, _desks) = a_day(&server).await;
    let last = server.position("support").await;
    let read = livechat.supervisor().get(&ended.path(&format!("?at_least={last}"))).await.is(200);
    for (field, expected) in [
        ("state", json!("ended")),
        ("reason", json!("operator")),
        ("operator", json!("alice")),
        ("messages_operator", json!(1)),
        ("messages_visitor", json!(0)),
        // The welcome and the farewell.
        ("messages_system", json!(2)),
        ("wait_ms", json!(0)),
        ("transfers", json!(0)),
    ] {
        assert_eq!(read[field], expected, "{field} of {read:#}");
    }
    let time = |field: &str| chrono::DateTime::parse_from_rfc3339(read[field].as_str().unwrap()).unwrap();
    assert_eq!(time("ended_at") - time("picked_up_at"), minutes(1));
}

#[tokio::test]
async fn a_transcript_shows_everything_in_order() {
    let server = Server::start().await;
    let (livechat, _, ended, _desks) = a_day(&server).await;
    let last = server.position("support").await;
    let analyst = livechat.person(api::auth::Role::Analyst, "ann");
    let read = async |query: &str| analyst.get(&ended.path(&format!("/transcript?{query}"))).await.is(200);
    let transcript = read(&format!("at_least={last}")).await;
    let lines = transcript["lines"].as_array().unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["requested", "assigned", "picked_up", "message", "message", "ended", "message"]);
    let said: Vec<_> = lines.iter().filter(|line| line["kind"] == "message").collect();
    assert_eq!(said[0]["voice"], "system");
    assert_eq!((&said[1]["voice"], &said[1]["text"]), (&json!("operator"), &json!("bonjour")));
    assert_eq!(said.iter().map(|line| &line["number"]).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(transcript["next"], Value::Null);
    for (at, line) in lines.iter().enumerate() {
        let rest = read(&format!("after={}", line["position"])).await;
        assert_eq!(rest["lines"].as_array().unwrap(), &lines[at + 1..]);
    }
}

#[tokio::test]
async fn the_audit_shows_who_did_what() {
    let server = Server::start().await;
    let (livechat, _, ended, _desks) = a_day(&server).await;
    let last = server.position("support").await;
    let supervisor = livechat.supervisor();
    let audit = async |filter: &str| {
        let page = supervisor.get(&format!("/audit?limit=200&{filter}")).await.is(200);
        page["items"].as_array().unwrap().clone()
    };
    let all = audit(&format!("at_least={last}")).await;
    let positions: Vec<_> = all.iter().map(|entry| entry["position"].as_u64().unwrap()).collect();
    assert_eq!(positions, (1..=last).rev().collect::<Vec<_>>(), "everything, newest first");
    assert!(!json!(all).to_string().contains("bonjour"), "no personal text");

    for (filter, field, value) in [
        ("role=administrator", "role", "administrator"),
        ("actor=alice", "actor", "alice"),
        ("entity=operator", "entity", "operator"),
        ("entity=operator&entity_id=bob", "entity_id", "bob"),
        ("action=conversation.picked_up", "action", "conversation.picked_up"),
        (&format!("entity_id={}", ended.conversation), "entity_id", &ended.conversation),
    ] {
        let found = audit(filter).await;
        let expected: Vec<_> = all.iter().filter(|entry| entry[field] == value).cloned().collect();
        assert!(!found.is_empty() && found.len() < all.len(), "{filter} filters nothing or everything");
        assert_eq!(found, expected, "{filter}");
    }
    let first_page = supervisor.get("/audit?limit=2").await.is(200);
    let second = supervisor.get(&format!("/audit?limit=2&cursor={}", first_page["next"])).await.is(200);
    assert_eq!(second["items"].as_array().unwrap(), &all[2..4]);
}

#[tokio::test]
async fn a_read_waits_until_it_is_fresh_enough() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    for turn in 1..=20 {
        let position = visitor.says(&format!("message {turn}")).await;
        let board = livechat.board(position).await;
        assert!(board["position"].as_u64().unwrap() >= position);
        // The welcome is the first.
        assert_eq!(board["conversations"][0]["messages"], turn + 1);
    }
}

#[tokio::test]
async fn a_position_that_the_log_does_not_have_is_refused_by_every_read() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("v1").await;
    let (analyst, administrator) =
        (livechat.person(api::auth::Role::Analyst, "ann"), livechat.administrator());
    let supervisor = livechat.supervisor();
    let whole = "from=2020-01-01T00:00:00Z&until=2020-12-31T00:00:00Z";
    let figures = "/figures?from=2020-01-01&until=2020-02-01";
    let reads = [
        (&supervisor, "/board?".to_owned()),
        (&supervisor, "/queue?".to_owned()),
        (&supervisor, "/board?position=1&".to_owned()),
        (&supervisor, "/conversations?".to_owned()),
        (&supervisor, "/conversations/search?q=bonjour&".to_owned()),
        (&supervisor, visitor.path("?")),
        (&supervisor, visitor.path(&format!("?position={}&", visitor.requested["position"]))),
        (&supervisor, visitor.path("/transcript?")),
        (&supervisor, visitor.path("/transcript?format=html&")),
        (&supervisor, "/audit?".to_owned()),
        (&supervisor, "/audit?format=csv&".to_owned()),
        (&administrator, "/settings/capacity?".to_owned()),
        (&administrator, "/settings/capacity/history?".to_owned()),
        (&analyst, format!("/exports/contacts?{whole}&")),
        (&analyst, format!("{figures}&")),
        (&analyst, format!("{figures}&format=csv&")),
    ];
    for (who, read) in reads {
        // Reading is recorded, and may make the log longer.
        let head = server.position("support").await;
        for beyond in [head + 1, 1 << 40, u64::MAX] {
            let refused = who.get(&format!("{read}at_least={beyond}")).await;
            let refused = refused.is_problem(422, "invalid_fields");
            assert_eq!(refused["errors"][0]["field"], "at_least", "{read}");
            assert_eq!(refused["errors"][0]["allowed"], format!("a position of this log: 0 to {head}"));
        }
        for within in [0, head] {
            let answer = who.get(&format!("{read}at_least={within}")).await;
            assert!(answer.status == 200, "{read}at_least={within}: {answer:?}");
        }
    }
    let unborn = server.uncreated("nowhere").supervisor();
    unborn.get("/board?at_least=1").await.is_problem(404, "unknown_livechat");
}

#[tokio::test]
async fn a_just_created_livechat_is_found_without_waiting() {
    let server = Server::start().await;
    for number in 0..20 {
        let livechat = server.livechat(&format!("l{number}")).await;
        let supervisor = livechat.supervisor();
        for list in
            ["/conversations", "/audit", "/conversations/search?q=bonjour", "/settings/capacity/history"]
        {
            supervisor.get(list).await.is(200);
        }
        let request = json!({ "visitor": { "id": "v" }, "language": "fr" });
        let made = livechat.integration().post("/conversations", &request).await.is(201);
        let path = format!("/conversations/{}", made["conversation"].as_str().unwrap());
        assert_eq!(supervisor.get(&path).await.is(200)["conversation"], made["conversation"]);
        supervisor.get(&format!("{path}/transcript")).await.is(200);
        let visitor = livechat.stranger(made["visitor_token"].as_str().map(str::to_owned));
        visitor.get(&path).await.is(200);
    }
    let livechat = server.livechat("support").await;
    let nobody = format!("/conversations/{}", uuid::Uuid::now_v7());
    livechat.supervisor().get(&nobody).await.is_problem(404, "unknown_conversation");
}
