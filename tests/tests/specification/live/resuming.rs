//! Feeds that are opened again: from a position of this log they go on, and from any other they begin anew. The desk
//! tells again only what is the operator's still.

use api::auth::Role;
use domain::event::Access;
use domain::id::CommandId;
use domain::{Action, Actor, LivechatId, StaffId};
use futures::StreamExt;
use pupitre_tests::actors::{Feed, FeedFrame, Livechat, Person, Socket, Transport, Visitor};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// The name of the first frame that is no signal, of a feed opened with this header and query.
async fn first_frame(person: &Person, path: &str, id: Option<&str>) -> String {
    let mut feed = Feed::resume(person, Transport::Events, path, id).await;
    loop {
        let frame = feed.next().await;
        if !["queue", "typing", "totals"].contains(&frame.name.as_str()) {
            return frame.name;
        }
    }
}

async fn talking(livechat: &Livechat) -> (Visitor, Person) {
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    (visitor, alice.person.clone())
}

#[tokio::test]
async fn a_position_that_this_log_does_not_have_begins_every_feed_anew() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, alice) = talking(&livechat).await;
    let supervisor = livechat.supervisor();
    let feeds = [
        (&supervisor, "/floor".to_owned(), "snapshot"),
        (&supervisor, "/queue/live".to_owned(), "snapshot"),
        (&alice, "/queue/live".to_owned(), "snapshot"),
        (&alice, "/desk".to_owned(), "snapshot"),
        (&supervisor, visitor.path("/live"), "reset"),
        (&supervisor, "/floor/replay?speed=1000".to_owned(), "snapshot"),
        (&supervisor, visitor.path("/replay?speed=1000"), "snapshot"),
    ];
    let beyond = (server.position("support").await + 100).to_string();
    let ids =
        [beyond.as_str(), "18446744073709551615", "99999999999999999999", "-1", "1.5", "last", "%", "\u{a0}"];
    for (who, path, first) in feeds {
        for id in ids {
            assert_eq!(first_frame(who, &path, Some(id)).await, first, "{path} with the last event id {id}");
        }
        let mark = if path.contains('?') { '&' } else { '?' };
        for after in [&beyond, "18446744073709551616", "-1", "x", "%00"] {
            let path = format!("{path}{mark}after={after}");
            assert_eq!(first_frame(who, &path, None).await, first, "{path}");
        }
        who.get(&format!("{path}{mark}after=1&after=2")).await.is_problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_log_that_is_another_one_is_recognised_when_it_has_grown_beyond_the_position() {
    let (one, other) = (Server::start().await, Server::start().await);
    let mut ids = vec![];
    for server in [&one, &other] {
        let livechat = server.livechat("support").await;
        let (visitor, alice) = talking(&livechat).await;
        let mut seen =
            Feed::follow(&livechat.supervisor(), Transport::Events, &visitor.path("/live"), None).await;
        ids.push(seen.next().await.mark.expect("an id tells more than the position"));
        let mut seen = Feed::follow(&livechat.supervisor(), Transport::Events, "/floor", None).await;
        ids.push(seen.next_of(&["snapshot"]).await.mark.expect("an id tells more than the position"));
        let supervisor = livechat.supervisor();
        if ids.len() == 2 {
            let before = ids[1].clone();
            alice.put("/operators/alice/status", &json!({ "status": "on_break" })).await.is(200);
            assert_eq!(first_frame(&supervisor, "/floor", Some(&before)).await, "change");
            continue;
        }
        for id in [&ids[0], &ids[1]] {
            assert_eq!(first_frame(&supervisor, "/floor", Some(id)).await, "snapshot");
            assert_eq!(first_frame(&supervisor, "/queue/live", Some(id)).await, "snapshot");
            assert_eq!(first_frame(&alice, "/desk", Some(id)).await, "snapshot");
            assert_eq!(first_frame(&supervisor, &visitor.path("/live"), Some(id)).await, "reset");
        }
    }
}

/// Every feed, with what it begins anew with, and its reader.
fn feeds(livechat: &Livechat, visitor: &Visitor, alice: &Person) -> Vec<(Person, String, &'static str)> {
    let supervisor = livechat.supervisor();
    let page = format!("/visitor?conversation={}", visitor.conversation);
    vec![
        (visitor.person.clone(), page.clone(), "reset"),
        (visitor.person.clone(), format!("{page}&snapshot=true"), "snapshot"),
        (alice.clone(), "/desk".to_owned(), "snapshot"),
        (alice.clone(), "/queue/live".to_owned(), "snapshot"),
        (alice.clone(), "/colleagues".to_owned(), "colleagues"),
        (supervisor.clone(), "/floor".to_owned(), "snapshot"),
        (supervisor.clone(), "/queue/live".to_owned(), "snapshot"),
        (supervisor.clone(), "/colleagues".to_owned(), "colleagues"),
        (supervisor.clone(), visitor.path("/live"), "reset"),
        (supervisor.clone(), "/floor/replay?speed=1000".to_owned(), "snapshot"),
        (supervisor, visitor.path("/replay?speed=1000"), "snapshot"),
    ]
}

/// The first frame that is no signal, over a socket opened after this.
async fn first_over_a_socket(who: &Person, path: &str, after: Option<&str>) -> FeedFrame {
    let mut feed = Feed::resume(who, Transport::Socket, path, after).await;
    loop {
        let frame = feed.next().await;
        if !["queue", "typing", "totals", "place", "receipt"].contains(&frame.name.as_str()) {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_socket_knows_another_log_that_has_grown_beyond_the_position_by_the_mark_of_its_frames() {
    let (one, other) = (Server::start().await, Server::start().await);
    let mut marks: Vec<String> = vec![];
    for server in [&one, &other] {
        let livechat = server.livechat("support").await;
        let (mut visitor, alice) = talking(&livechat).await;
        let feeds = feeds(&livechat, &visitor, &alice);
        let mut own = vec![];
        for (who, path, _) in &feeds {
            let first = first_over_a_socket(who, path, None).await;
            own.push(
                first.mark.unwrap_or_else(|| panic!("{path} tells more than the position: {:?}", first.data)),
            );
        }
        visitor.says("encore").await;
        let _waits =
            [livechat.visitor("v2").await, livechat.visitor("v3").await, livechat.visitor("v4").await];
        for ((who, path, anew), own) in feeds.iter().zip(&own) {
            let goes_on = first_over_a_socket(who, path, Some(own)).await;
            let begins_anew = ["reset", "snapshot"].contains(&goes_on.name.as_str());
            assert_eq!(
                begins_anew,
                path.contains("snapshot=true"),
                "{path} after its own {own}: {goes_on:?}"
            );
            let position = own.split_once('-').map(|(position, _)| position);
            let bare = first_over_a_socket(who, path, position).await;
            assert_eq!(bare.name, goes_on.name, "{path} after a position alone");
            for foreign in &marks {
                let first = first_over_a_socket(who, path, Some(foreign)).await;
                assert_eq!(&first.name, anew, "{path} after {foreign}, which is of another log");
            }
        }
        marks = own;
    }
}

#[tokio::test]
async fn a_client_that_has_seen_nothing_gets_no_reset() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = talking(&livechat).await;
    let supervisor = livechat.supervisor();
    let path = visitor.path("/live");
    for (path, id) in [(path.clone(), None), (path.clone(), Some("")), (format!("{path}?after="), None)] {
        assert_eq!(first_frame(&supervisor, &path, id).await, "line", "{path} {id:?}");
    }
    let head = server.position("support").await;
    let mut resumed = Feed::follow(&supervisor, Transport::Socket, "/floor", Some(head)).await;
    assert_ne!(resumed.next().await.name, "snapshot", "a position of this log is one to go on from");
}

#[tokio::test]
async fn a_visitor_page_that_has_seen_another_log_gets_everything_anew() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = talking(&livechat).await;
    let page = |after: &str| format!("/visitor?conversation={}&after={after}", visitor.conversation);
    for after in ["1000000", "18446744073709551616", "-1", "x"] {
        let mut socket = Socket::open(&visitor.person.socket(&page(after))).await;
        socket.hears(|frame| frame["type"] == "message" && frame["text"] == "bonjour").await;
        let reset = json!({ "type": "reset", "resume_after": "0", "position": 0 });
        assert_eq!(socket.heard()[0], reset, "{after}");
    }
    let mut socket = Socket::open(&visitor.person.socket(&page("0"))).await;
    socket.hears(|frame| frame["type"] == "message" && frame["text"] == "bonjour").await;
    assert!(socket.heard().iter().all(|frame| frame["type"] != "reset"));
}

/// The events of the log that a resuming desk gets.
async fn resent_frames(alice: &Person, after: u64, last: u64) -> Vec<Value> {
    let mut desk = Feed::follow(alice, Transport::Socket, "/desk", Some(after)).await;
    let mut frames = vec![];
    loop {
        let frame = desk.next().await;
        if frame.id.is_some() {
            frames.push(frame.data);
        }
        if frame.id.is_some_and(|id| id >= last) {
            return frames;
        }
    }
}

#[tokio::test]
async fn a_resumed_desk_gets_the_conversations_it_still_has() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut own = livechat.visitor("v1").await;
    alice.picks_up(&own).await;
    own.says("mine").await;
    let last = alice.is_now("on_break").await;
    let frames = resent_frames(&alice.person, 0, last).await;
    assert!(
        frames
            .iter()
            .any(|frame| frame["type"] == "opened" && frame["tab"]["conversation"] == own.conversation)
    );
    assert!(frames.iter().any(|frame| frame["text"] == "mine"));
}

#[tokio::test]
async fn a_resumed_desk_gets_no_messages_of_conversations_it_has_lost() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (mut passed_on, mut over) = (livechat.visitor("v1").await, livechat.visitor("v2").await);
    for visitor in [&mut passed_on, &mut over] {
        alice.picks_up(visitor).await;
        visitor.says("my card is 4711").await;
        alice.says(visitor, "a secret of the house").await;
        alice.says_internally(visitor, "help").await;
    }
    let _bob = livechat.operator("bob").await;
    alice.transfers(&passed_on, json!({ "operator": "bob" }), Some("a note")).await;
    passed_on.says("after that").await;
    over.ends().await;
    let last = alice.is_now("on_break").await;
    for transport in Transport::BOTH {
        let mut desk = Feed::follow(&alice.person, transport, "/desk", Some(0)).await;
        let mut frames = vec![];
        while frames.last().is_none_or(|frame: &FeedFrame| frame.id.is_none_or(|id| id < last)) {
            frames.push(desk.next().await);
        }
        let of_the_log = frames.iter().filter(|frame| frame.id.is_some());
        for frame in of_the_log {
            assert!(["profile", "closed", "status"].contains(&frame.name.as_str()), "{frame:?}");
        }
        for visitor in [&passed_on, &over] {
            let closes = |frame: &&FeedFrame| {
                frame.name == "closed" && frame.data["conversation"] == visitor.conversation
            };
            assert_eq!(frames.iter().filter(closes).count(), 1);
        }
    }
}

#[tokio::test]
async fn a_conversation_that_returns_is_sent_again() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("mine").await;
    let mut bob = livechat.operator("bob").await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), None).await;
    bob.picks_up(&visitor).await;
    bob.transfers(&visitor, json!({ "operator": "alice" }), None).await;
    let last = alice.is_now("on_break").await;
    let frames = resent_frames(&alice.person, 0, last).await;
    assert!(frames.iter().any(|frame| frame["text"] == "mine"));
    assert_eq!(frames.iter().filter(|frame| frame["type"] == "opened").count(), 2);
}

#[tokio::test]
async fn a_desk_that_is_far_behind_begins_anew() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (_visitor, alice) = talking(&livechat).await;
    let near = server.position("support").await;
    let journal = &server.app().journal;
    let id = LivechatId::parse("support").unwrap();
    let read = async |_| {
        let by = Actor::Supervisor(StaffId::parse("sophie").unwrap());
        let action = Action::RecordAccess(Access::Search { shown: 0 });
        journal.execute(&id, CommandId(Uuid::now_v7()), by, action).await.unwrap();
    };
    futures::stream::iter(0..2_000).for_each_concurrent(500, read).await;
    let here = server.position("support").await;
    alice.put("/operators/alice/status", &json!({ "status": "on_break" })).await.is(200);
    assert_eq!(first_frame(&alice, "/desk", Some(&here.to_string())).await, "status");
    assert_eq!(first_frame(&alice, "/desk", Some(&near.to_string())).await, "snapshot");
}

#[tokio::test]
async fn asking_for_the_head_of_an_answer_opens_nothing_and_records_nothing() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    // Her desk stays open, so that nothing happens by itself.
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    livechat.registers("bob", json!({})).await;
    let bob = livechat.person(Role::Operator, "bob");
    let analyst = livechat.person(Role::Analyst, "ann");
    let supervisor = livechat.supervisor();
    let year = "from=2020-01-01T00:00:00Z&until=2020-12-31T00:00:00Z";
    let reads = [
        (&bob, "/desk".to_owned()),
        (&bob, "/desk?after=0".to_owned()),
        (&supervisor, "/floor".to_owned()),
        (&supervisor, "/queue/live".to_owned()),
        (&supervisor, visitor.path("/live")),
        (&supervisor, visitor.path("/replay")),
        (&supervisor, "/floor/replay".to_owned()),
        (&supervisor, visitor.path("/transcript")),
        (&supervisor, visitor.path("/transcript?format=text")),
        (&supervisor, visitor.path("/transcript?format=html")),
        (&supervisor, "/conversations/search?q=bonjour".to_owned()),
        (&supervisor, "/audit?format=csv".to_owned()),
        (&analyst, format!("/exports/contacts?{year}")),
        (&analyst, "/figures?from=2020-01-01&until=2020-02-01&format=csv".to_owned()),
        (&supervisor, "/board".to_owned()),
        (&supervisor, "/conversations".to_owned()),
    ];
    let before = server.position("support").await;
    for (who, path) in reads {
        let answer = soon(who.request(Method::HEAD, &path).send()).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.bytes().await.unwrap().len(), 0, "{path}");
        assert_eq!(server.position("support").await, before, "{path}");
    }
    let refused = soon(supervisor.request(Method::HEAD, "/desk").send()).await.unwrap();
    assert_eq!(refused.status(), 403);
    let nobody = format!("/conversations/{}/live", Uuid::now_v7());
    let unknown = soon(supervisor.request(Method::HEAD, &nobody).send()).await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(server.position("support").await, before);
}
