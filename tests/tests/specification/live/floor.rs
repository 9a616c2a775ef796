//! The floor: a snapshot, then changes that, put in one by one, give the board as it is read at once.

use pupitre_tests::actors::{Floor, Livechat, Transport};
use pupitre_tests::server::Server;
use serde_json::json;

/// A bit of everything that changes a board; gives the last position.
async fn traffic(server: &Server, livechat: &Livechat, round: u32) -> u64 {
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let mut bob = livechat.operator_with("bob", json!({ "capacity": 1 })).await;
    let first = livechat.visitor(&format!("a{round}")).await;
    let second = livechat.visitor(&format!("b{round}")).await;
    let mut third = livechat.visitor(&format!("c{round}")).await;
    let mut fourth = livechat.visitor(&format!("d{round}")).await;
    let (mut mine, mut theirs) =
        if first_is_alices(&mut alice, &first).await { (first, second) } else { (second, first) };
    alice.picks_up(&mine).await;
    bob.picks_up(&theirs).await;
    mine.says("bonjour").await;
    alice.says(&mine, "bonjour").await;
    third.says("j'attends").await;
    fourth.leaves().await;
    let queue = json!({ "conversations_per_operator": 2, "queue_per_operator": i64::from(round) + 3 });
    livechat.sets("capacity", queue).await;
    theirs.ends().await;
    bob.sees_tab(&third).await;
    bob.is_now("on_break").await;
    mine.ends().await;
    third.ends().await;
    bob.is_now("available").await;
    // A desk that is just closed would be reported as lost some time after the last position.
    for operator in [&mut alice, &mut bob] {
        operator.socket.does(json!({ "type": "sign_out" })).await;
    }
    server.position(&livechat.id).await
}

async fn first_is_alices(
    alice: &mut pupitre_tests::actors::Operator,
    first: &pupitre_tests::actors::Visitor,
) -> bool {
    let tab = alice.socket.hears(|frame| frame["type"] == "opened").await;
    tab["tab"]["conversation"] == first.conversation.as_str()
}

#[tokio::test]
async fn a_snapshot_and_its_changes_give_the_board_that_is_read_at_once() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut from_the_start = Floor::of(transport, &livechat).await;
        let first = from_the_start.next().await;
        assert_eq!(first.name, "snapshot");
        assert_eq!(first.id, first.data["position"].as_u64());
        from_the_start.put(first);
        for round in 0..3 {
            let position = traffic(&server, &livechat, round).await;
            let board = livechat.board(position).await;
            assert_eq!(*from_the_start.caught_up(position).await, board);
            let mut fresh = Floor::of(transport, &livechat).await;
            assert_eq!(fresh.next().await.id, Some(position), "as new as what was answered before");
            assert_eq!(*Floor::of(transport, &livechat).await.caught_up(position).await, board);
        }
    }
}

#[tokio::test]
async fn a_feed_resumes_after_the_last_event_seen() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut first = Floor::of(transport, &livechat).await;
        let position = traffic(&server, &livechat, 0).await;
        let board = first.caught_up(position).await.clone();
        drop(first);
        let last = traffic(&server, &livechat, 1).await;
        let after = board["position"].as_u64();
        let mut resumed = Floor::over(transport, &livechat.supervisor(), after).await.with_board(board);
        let event = resumed.next().await;
        assert_eq!(event.name, "change", "no second snapshot");
        assert_eq!(event.data["after"].as_u64(), after);
        assert_eq!(event.id, Some(last), "one change, however much has happened");
        resumed.put(event);
        assert_eq!(*resumed.caught_up(last).await, livechat.board(last).await);
    }
}

#[tokio::test]
async fn a_feed_that_resumes_where_nothing_is_known_begins_with_a_snapshot() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let position = traffic(&server, &livechat, 0).await;
    livechat.floor().await.caught_up(position).await;
    // A position that this log has never reached.
    let mut ahead = Floor::follow(&livechat.supervisor(), Some(1_000_000)).await;
    assert_eq!(ahead.next().await.name, "snapshot");

    server.restart().await;
    let mut resumed = Floor::follow(&livechat.supervisor(), Some(1)).await;
    let event = resumed.next().await;
    assert_eq!(event.name, "snapshot");
    resumed.put(event);
    let last = traffic(&server, &livechat, 1).await;
    assert_eq!(*resumed.caught_up(last).await, livechat.board(last).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_feed_that_resumes_at_every_event_in_full_traffic_misses_none() {
    const MESSAGES: u64 = 60;
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    let start = alice.picks_up(&visitor).await;
    let mut stays = livechat.floor().await;
    let board = stays.caught_up(start).await.clone();
    let writing = tokio::spawn(async move {
        for number in 0..MESSAGES {
            visitor.says(&format!("message {number}")).await;
        }
    });
    let supervisor = livechat.supervisor();
    let mut resumed = Floor::follow(&supervisor, board["position"].as_u64()).await.with_board(board);
    let (mut last, mut messages) = (start, 0);
    for turn in 0.. {
        let event = resumed.next().await;
        assert_eq!(event.name, "change");
        assert_eq!(event.data["after"], last, "from where it stood");
        last = event.id.unwrap();
        let said = event.data["conversations"][0]["messages"].as_u64().unwrap_or(messages);
        assert!(said >= messages, "never back");
        messages = said;
        resumed.put(event);
        if last >= start + MESSAGES {
            break;
        }
        let board = resumed.caught_up(0).await.clone();
        resumed = Floor::over(Transport::BOTH[turn % 2], &supervisor, Some(last)).await.with_board(board);
    }
    writing.await.unwrap();
    assert_eq!(resumed.caught_up(last).await, stays.caught_up(last).await);
}

#[tokio::test]
async fn the_queue_is_on_the_floor() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let _alice = livechat.operator("alice").await;
    let mut floor = livechat.floor().await;
    let _served = livechat.visitor("v1").await;
    let waits = livechat.visitor("v2").await;
    let position = waits.requested["position"].as_u64().unwrap();
    let board = floor.caught_up(position).await;
    let queue = board["queue"].as_array().unwrap();
    assert_eq!(queue.len(), 1);
    assert_eq!((&queue[0]["visitor"], &queue[0]["position"]), (&json!("v2"), &json!(1)));
    assert_eq!(board["operators"][0]["load"], 1);
    // The floor does not wait for the rows.
    let read = livechat.supervisor().get(&format!("/queue?at_least={position}")).await.is(200);
    assert_eq!(read, board["queue"]);
}
