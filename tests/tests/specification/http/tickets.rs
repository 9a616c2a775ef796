//! Tickets (spec.md §Privacy and security): good once, for half a minute, for the live feeds of one livechat, and worth
//! what their caller's token or key is worth when they are used.

use api::auth::Role;
use api::limits::TICKETS_PER_VISITOR;
use chrono::TimeDelta;
use domain::LivechatId;
use futures::future::join_all;
use pupitre_tests::actors::{Feed, Livechat, Person, Socket, Transport, with_ticket};
use pupitre_tests::patience::soon;
use pupitre_tests::server::{Server, seconds};
use reqwest::Method;
use serde_json::{Value, json};

async fn stage() -> (Server, Livechat) {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    (server, livechat)
}

/// The status of a request to open a feed with a ticket, and nothing else.
async fn opened(livechat: &Livechat, path: &str, ticket: &str) -> u16 {
    let request = livechat.stranger(None).request(Method::GET, &with_ticket(path, ticket));
    soon(request.send()).await.unwrap().status().as_u16()
}

async fn is_refused(livechat: &Livechat, path: &str, ticket: &str) -> Value {
    let answer = livechat.stranger(None).get(&with_ticket(path, ticket)).await;
    answer.is_problem(401, "unauthorized")
}

/// A program with a key of this role.
async fn program(livechat: &Livechat, asked: Value) -> (String, Person) {
    let made = livechat.administrator().post("/api-keys", &asked).await.is(201);
    let id = made["key"]["id"].as_str().unwrap().to_owned();
    (id, livechat.stranger(Some(made["secret"].as_str().unwrap().to_owned())))
}

#[tokio::test]
async fn a_ticket_opens_one_feed_once() {
    let (_server, livechat) = stage().await;
    let supervisor = livechat.supervisor();
    let made = supervisor.post("/tickets", &Value::Null).await.is(201);
    let ticket = made["ticket"].as_str().unwrap();
    assert!(ticket.starts_with("pup_t_") && ticket.len() == 49, "256 random bits: {ticket}");
    assert_eq!(made["expires"], "2027-01-15T12:00:30Z");
    assert_eq!(opened(&livechat, "/floor", ticket).await, 200);
    let used = is_refused(&livechat, "/floor", ticket).await;
    let made_up = is_refused(&livechat, "/floor", &format!("pup_t_{}", "A".repeat(43))).await;
    assert_eq!(used, made_up);
    is_refused(&livechat, "/floor", "").await;
    // A token is no ticket, and a ticket no token.
    is_refused(&livechat, "/floor", supervisor.token()).await;
    let ticket = supervisor.ticket().await;
    let bearer = livechat.stranger(Some(ticket.clone()));
    bearer.get("/floor").await.is_problem(401, "unauthorized");
    bearer.get("/queue").await.is_problem(401, "unauthorized");
    assert_eq!(opened(&livechat, "/queue/live", &ticket).await, 200, "it was not used by that");
}

#[tokio::test]
async fn desks_pages_and_floors_open_with_tickets_and_without_headers() {
    let (_server, livechat) = stage().await;
    let alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    let page = format!("/visitor?conversation={}&snapshot=true", zoe.conversation);
    for (person, path) in [(&alice.person, "/desk"), (&zoe.person, &page), (&livechat.supervisor(), "/floor")]
    {
        let door = person.socket_with_ticket(path).await;
        assert_eq!(door.token, None);
        let mut socket = Socket::open(&door).await;
        socket.hears(|frame| frame["type"] == "snapshot").await;
        let again = Socket::try_open(&door).await.err().expect("it was used");
        again.is_problem(401, "unauthorized");
    }
    // What is done over it is done by whoever asked for the ticket.
    let mut page = Socket::open(&zoe.person.socket_with_ticket(&page).await).await;
    page.does(json!({ "type": "message", "text": "bonjour" })).await;
    zoe.hears("bonjour").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_who_use_a_ticket_at_once_one_is_let_in() {
    let (_server, livechat) = stage().await;
    for _ in 0..20 {
        let ticket = livechat.supervisor().ticket().await;
        let mut statuses = join_all((0..4).map(|_| opened(&livechat, "/floor", &ticket))).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401]);
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_thirty_seconds() {
    let (server, livechat) = stage().await;
    let (first, second) = (livechat.supervisor().ticket().await, livechat.supervisor().ticket().await);
    server.clock.advance(TimeDelta::milliseconds(29_999));
    assert_eq!(opened(&livechat, "/floor", &first).await, 200);
    server.clock.advance(TimeDelta::milliseconds(1));
    is_refused(&livechat, "/floor", &second).await;
    // A clock that is set back makes none good for longer.
    let third = livechat.supervisor().ticket().await;
    server.clock.advance(seconds(-1));
    is_refused(&livechat, "/floor", &third).await;
}

#[tokio::test]
async fn a_ticket_ends_with_its_token_at_the_latest_and_so_does_its_feed() {
    let (server, livechat) = stage().await;
    let support = LivechatId::parse("support").unwrap();
    let life = TimeDelta::seconds(4);
    let (token, _) = server.app().key.issue(&support, Role::Supervisor, "nora", life).unwrap();
    let nora = livechat.stranger(Some(token));
    let made = nora.post("/tickets", &Value::Null).await.is(201);
    let expires = made["expires"].as_str().unwrap();
    assert!(expires < "2027-01-15T12:00:05", "{expires}");
    let door = nora.socket_with_ticket("/floor").await;
    assert_eq!(Socket::open(&door).await.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_ticket_opens_live_feeds_of_its_own_livechat_only() {
    let (server, support) = stage().await;
    let sales = server.livechat("sales").await;
    let supervisor = support.supervisor();
    let foreign = supervisor.ticket().await;
    let refused = is_refused(&sales, "/floor", &foreign).await;
    assert_eq!(refused, is_refused(&support, "/floor", "pup_t_x").await, "nobody is told whose it is");
    is_refused(&support, "/floor", &foreign).await;
    let ticket = supervisor.ticket().await;
    for path in ["", "/queue", "/board", "/conversations", "/settings"] {
        is_refused(&support, path, &ticket).await;
    }
    let answer = support.stranger(None).post(&with_ticket("/tickets", &ticket), &Value::Null).await;
    answer.is_problem(401, "unauthorized");
    // The role is judged as ever: that used it up.
    let answer = support.stranger(None).get(&with_ticket("/desk", &ticket)).await;
    answer.is_problem(403, "forbidden");
    is_refused(&support, "/floor", &ticket).await;
}

#[tokio::test]
async fn a_ticket_of_an_operator_who_was_suspended_since_opens_nothing() {
    let (_server, livechat) = stage().await;
    let alice = livechat.operator("alice").await;
    let before = alice.person.ticket().await;
    let ada = livechat.administrator();
    ada.post("/operators/alice/suspend", &Value::Null).await.is(200);
    let answer = livechat.stranger(None).get(&with_ticket("/desk", &before)).await;
    answer.is_problem(403, "operator_suspended");
    alice.person.post("/tickets", &Value::Null).await.is_problem(403, "operator_suspended");
    // A feed that was opened with a ticket ends with the suspension, too.
    ada.post("/operators/alice/reinstate", &Value::Null).await.is(200);
    let made = ada.post("/operators/alice/tokens", &Value::Null).await.is(201);
    let alice = livechat.stranger(Some(made["token"].as_str().unwrap().to_owned()));
    let mut desk = Socket::open(&alice.socket_with_ticket("/desk").await).await;
    ada.post("/operators/alice/suspend", &Value::Null).await.is(200);
    assert_eq!(desk.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_ticket_of_a_key_that_was_revoked_since_opens_nothing() {
    let (_server, livechat) = stage().await;
    let (id, wallboard) = program(&livechat, json!({ "name": "Wallboard", "role": "supervisor" })).await;
    let ticket = wallboard.ticket().await;
    let door = wallboard.socket_with_ticket("/floor").await;
    let mut floor = Socket::open(&door).await;
    livechat.administrator().delete(&format!("/api-keys/{id}")).await.is(200);
    assert_eq!(floor.close_code().await, Some(1008));
    let revoked = is_refused(&livechat, "/floor", &ticket).await;
    assert_eq!(revoked, is_refused(&livechat, "/floor", "pup_t_x").await);
    wallboard.post("/tickets", &Value::Null).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_key_needs_no_scope_for_a_ticket_and_the_one_of_the_feed_to_use_it() {
    let (_server, livechat) = stage().await;
    let asked = json!({ "name": "Floor", "role": "supervisor", "scopes": ["floor:read"] });
    let (_, floor) = program(&livechat, asked).await;
    assert_eq!(opened(&livechat, "/floor", &floor.ticket().await).await, 200);
    let other = with_ticket("/queue/live", &floor.ticket().await);
    livechat.stranger(None).get(&other).await.is_problem(403, "insufficient_scope");
    let (_, bot) = program(&livechat, json!({ "name": "Bot", "role": "integration" })).await;
    let other = with_ticket("/floor", &bot.ticket().await);
    livechat.stranger(None).get(&other).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn unused_tickets_are_limited_for_each_caller_and_a_used_one_makes_room() {
    let (server, livechat) = stage().await;
    let (zoe, adam) = (livechat.visitor("zoe").await, livechat.visitor("adam").await);
    let first = zoe.person.ticket().await;
    server.clock.advance(seconds(10));
    for _ in 1..TICKETS_PER_VISITOR {
        zoe.person.ticket().await;
    }
    let refused = zoe.person.post("/tickets", &Value::Null).await;
    assert_eq!(refused.retry_after.as_deref(), Some("20"));
    refused.is_problem(429, "too_many_tickets");
    adam.person.ticket().await;
    let page = format!("/visitor?conversation={}", zoe.conversation);
    Socket::open(&livechat.stranger(None).socket(&with_ticket(&page, &first))).await;
    zoe.person.ticket().await;
    zoe.person.post("/tickets", &Value::Null).await.is_problem(429, "too_many_tickets");
    server.clock.advance(seconds(30));
    zoe.person.ticket().await;
}

#[tokio::test]
async fn wrong_tickets_count_as_wrong_tokens_and_feeds_as_feeds() {
    let server = Server::start_with(|config| config.rates.wrong_tokens = 3).await;
    let livechat = server.livechat("support").await;
    for _ in 0..3 {
        is_refused(&livechat, "/floor", "pup_t_x").await;
    }
    let limited = livechat.stranger(None).get(&with_ticket("/floor", "pup_t_x")).await;
    limited.is_problem(429, "rate_limited");
    let mut floor =
        Feed::follow(&livechat.supervisor(), Transport::Events, &with_ticket("/floor", "x"), None).await;
    floor.next().await;
}

#[tokio::test]
async fn the_tickets_of_a_stopped_server_are_forgotten() {
    let (mut server, livechat) = stage().await;
    let ticket = livechat.supervisor().ticket().await;
    server.restart().await;
    is_refused(&livechat, "/floor", &ticket).await;
    assert_eq!(opened(&livechat, "/floor", &livechat.supervisor().ticket().await).await, 200);
}
