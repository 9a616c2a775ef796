//! Calls for help stand out on the floor: alone, before the change they are part of, and in a list until they
//! are settled.

use pupitre_tests::actors::{Floor, Transport};
use pupitre_tests::server::{Server, minutes};
use serde_json::{Value, json};

#[tokio::test]
async fn a_call_for_help_stands_out_until_it_is_settled() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let (first, second) = (livechat.visitor("v1").await, livechat.visitor("v2").await);
        for visitor in [&first, &second] {
            alice.picks_up(visitor).await;
        }
        let mut floor = Floor::of(transport, &livechat).await;
        // From here on everything is sent without a request.
        floor.caught_up(0).await;
        let note = json!({ "note": "remboursement au-delà de ma limite" });
        alice.person.post(&second.path("/call-for-help"), &note).await.is(200);
        server.clock.advance(minutes(1));
        alice.person.post(&first.path("/call-for-help"), &Value::Null).await.is(200);
        let supervisor = livechat.supervisor();
        supervisor.post(&second.path("/call-for-help/take"), &Value::Null).await.is(200);
        let done = supervisor.post(&first.path("/call-for-help/settle"), &Value::Null).await.is(200);
        let position = done["position"].as_u64().unwrap();
        floor.caught_up(position).await;

        let told: Vec<_> = floor
            .alerts
            .iter()
            .map(|alert| (alert["what"].clone(), alert["about"].clone(), alert["by"].clone()))
            .collect();
        let step = |what: &str, about: &str, by: &str| (json!(what), json!(about), json!(by));
        let expected = [
            step("called", &second.conversation, "alice"),
            step("called", &first.conversation, "alice"),
            step("taken", &second.conversation, "sophie"),
            step("done", &first.conversation, "sophie"),
        ];
        assert_eq!(told, expected);
        assert_eq!(floor.alerts[0]["note"], note["note"]);
        let open = json!([{
            "conversation": second.conversation,
            "operator": "alice",
            "since": "2027-01-15T12:00:00.000Z",
            "taken_by": "sophie",
            "note": note["note"],
        }]);
        assert_eq!(floor.help, open);
        let mut fresh = Floor::of(transport, &livechat).await;
        fresh.caught_up(position).await;
        assert_eq!((&fresh.help, fresh.alerts.len()), (&open, 0), "the list is in the snapshot");
        let asked_once = supervisor.get(&format!("/board?at_least={position}")).await.is(200);
        assert_eq!(asked_once["help"], open, "and whoever asks once has it too");
    }
}

#[tokio::test]
async fn the_oldest_call_is_the_first_and_a_call_is_over_with_its_conversation() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitors = vec![];
    for name in ["v1", "v2", "v3"] {
        let visitor = livechat.visitor(name).await;
        alice.picks_up(&visitor).await;
        let note = json!({ "note": name });
        alice.person.post(&visitor.path("/call-for-help"), &note).await.is(200);
        server.clock.advance(minutes(1));
        visitors.push(visitor);
    }
    let position = alice.ends(&visitors[1]).await;
    let notes = |help: &Value| -> Vec<Value> {
        help.as_array().unwrap().iter().map(|call| call["note"].clone()).collect()
    };
    let mut floor = livechat.floor().await;
    floor.caught_up(position).await;
    assert_eq!(notes(&floor.help), ["v1", "v3"]);
    // What was written is in no table, and comes out of the log again.
    server.restart().await;
    let mut floor = livechat.floor().await;
    floor.caught_up(position).await;
    assert_eq!(notes(&floor.help), ["v1", "v3"]);
}

#[tokio::test]
async fn a_feed_cut_at_a_call_for_help_sends_the_call_exactly_once() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let visitor = livechat.visitor("v1").await;
        let start = alice.picks_up(&visitor).await;
        let mut floor = Floor::of(transport, &livechat).await;
        floor.caught_up(start).await;
        alice.person.post(&visitor.path("/call-for-help"), &Value::Null).await.is(200);
        let called = floor.next().await;
        assert_eq!(called.name, "help", "before the change");
        let after = called.id;
        floor.put(called);
        let board = floor.caught_up(0).await.clone();
        assert_eq!(board["conversations"][0]["help_called_at"], "2027-01-15T12:00:00.000Z");
        let mut resumed = Floor::over(transport, &livechat.supervisor(), after).await.with_board(board);
        let position = alice.says(&visitor, "un instant").await;
        assert_eq!(*resumed.caught_up(position).await, livechat.board(position).await);
        assert_eq!(resumed.alerts, Vec::<Value>::new(), "it was told");
        // A feed that missed it gets the list.
        let mut behind = Floor::over(transport, &livechat.supervisor(), Some(start)).await;
        let change = behind.next().await;
        assert_eq!((change.name.as_str(), change.data["help"].as_array().unwrap().len()), ("change", 1));
    }
}
