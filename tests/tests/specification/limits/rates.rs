//! Rate limits: a client that asks too often is told when to try again, and no other client is affected.

use api::auth::{Proxies, Role};
use api::rates::Limits;
use pupitre_tests::actors::{Answer, Person};
use pupitre_tests::server::Server;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

async fn server(limits: Limits) -> Server {
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    Server::start_with(|config| {
        config.rates = limits;
        config.proxies = Proxies { trusted, ..Proxies::default() };
    })
    .await
}

/// The answer says when to come again, in whole seconds.
#[track_caller]
fn is_limited(answer: Answer) {
    let seconds: u64 = answer.retry_after.clone().unwrap_or_default().parse().unwrap();
    let problem = answer.is_problem(429, "rate_limited");
    assert!((1..=60).contains(&seconds), "{problem}");
    assert_eq!(problem["retry_after"], seconds);
}

#[tokio::test]
async fn a_visitor_who_floods_is_held_up_over_both_transports_and_nobody_else_is() {
    let server = server(Limits { visitor_messages: 4, ..Limits::default() }).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    let path = format!("/conversations/{}/messages", zoe.conversation);
    for number in 0..2 {
        zoe.says(&format!("{number}")).await;
        zoe.person.post(&path, &json!({ "text": "again" })).await.is(201);
    }
    let before = server.position("support").await;
    is_limited(zoe.person.post(&path, &json!({ "text": "and again" })).await);
    let refused =
        zoe.socket.is_refused(json!({ "type": "message", "text": "and again" }), "rate_limited").await;
    assert!((1..=60).contains(&refused["retry_after"].as_u64().unwrap()), "{refused}");
    zoe.goes_to("https://example.org/1", None).await;
    let refused = zoe.socket.hears(|frame| frame["type"] == "problem").await;
    assert_eq!(refused["problem"]["code"], "rate_limited", "{refused}");
    assert_eq!(server.position("support").await, before, "nothing of it is recorded");

    alice.says(&zoe, "Doucement").await;
    let mut adam = livechat.visitor("adam").await;
    alice.picks_up(&adam).await;
    adam.says("bonjour").await;
    // What is only read is no message.
    assert_eq!(livechat.supervisor().get("/board").await.status, 200);
}

#[tokio::test]
async fn everybody_has_so_many_requests() {
    let limits = Limits { visitor_requests: 3, staff_requests: 5, ..Limits::default() };
    let server = server(limits).await;
    let livechat = server.uncreated("support");
    let ask = async |person: &Person| person.get("").await;
    for (role, allowed) in [(Role::Visitor, 3), (Role::Operator, 5), (Role::Integration, 5)] {
        let person = livechat.person(role, "one");
        for _ in 0..allowed {
            assert_ne!(ask(&person).await.status, 429, "{role:?}");
        }
        is_limited(ask(&person).await);
        assert_ne!(ask(&livechat.person(role, "another")).await.status, 429, "{role:?}");
        let elsewhere = server.uncreated("sales").person(role, "one");
        assert_ne!(ask(&elsewhere).await.status, 429, "{role:?}");
    }
}

#[tokio::test]
async fn wrong_tokens_slow_down_their_address_and_not_clients_with_valid_ones() {
    let server = server(Limits { wrong_tokens: 3, ..Limits::default() }).await;
    let livechat = server.livechat("support").await;
    let guess = |address: &str, token: Option<&str>| {
        let request = livechat.stranger(token.map(str::to_owned)).request(Method::GET, "/board");
        Answer::to(request.header("X-Forwarded-For", address))
    };
    guess("192.0.2.1", Some("x.y.z")).await.is_problem(401, "unauthorized");
    guess("192.0.2.1", None).await.is_problem(401, "unauthorized");
    guess("192.0.2.1", Some("")).await.is_problem(401, "unauthorized");
    is_limited(guess("192.0.2.1", Some("a.b.c")).await);
    guess("192.0.2.2", Some("x.y.z")).await.is_problem(401, "unauthorized");
    let good = livechat.supervisor().token().to_owned();
    guess("192.0.2.1", Some(&good)).await.is(200);

    // One /64 is one address, and an address of version 4 in one of version 6 is itself.
    for address in ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::"] {
        guess(address, Some("x.y.z")).await.is_problem(401, "unauthorized");
    }
    is_limited(guess("2001:db8::9", Some("x.y.z")).await);
    guess("2001:db8:0:1::9", Some("x.y.z")).await.is_problem(401, "unauthorized");
    is_limited(guess("::ffff:192.0.2.1", Some("x.y.z")).await);
}

#[tokio::test]
async fn an_address_has_so_many_requests_without_a_token_and_probes_are_not_among_them() {
    let server = server(Limits { address_requests: 3, ..Limits::default() }).await;
    let anybody = server.anybody();
    for path in ["/", "/nothing", "/api/v1/openapi.json"] {
        assert_ne!(anybody.get(path).await.status, 429);
    }
    is_limited(anybody.get("/").await);
    is_limited(anybody.get("/nothing").await);
    for _ in 0..5 {
        anybody.get("/healthz").await.is(200);
        anybody.get("/readyz").await.is(200);
    }
}

/// This request is answered so three times, whatever else is, and then it is too much.
async fn counts(request: impl Fn() -> RequestBuilder, status: u16) {
    let what = format!("{:?}", request());
    for _ in 0..3 {
        assert_eq!(Answer::to(request()).await.status, status, "{what}");
    }
    is_limited(Answer::to(request()).await);
}

#[tokio::test]
async fn every_request_counts_whatever_is_answered() {
    let limits = Limits {
        visitor_requests: 3,
        staff_requests: 3,
        address_requests: 3,
        wrong_tokens: 3,
        ..Limits::default()
    };
    let server = server(limits).await;
    let livechat = server.livechat("support").await;
    let elsewhere = server.uncreated("other");
    let visitor = livechat.person(Role::Visitor, "v").token().to_owned();
    let from = |address: &str, request: RequestBuilder| request.header("X-Forwarded-For", address);
    let token = |role| livechat.person(role, "elsewhere").token().to_owned();

    // By the caller.
    for (role, address) in [(Role::Visitor, "192.0.2.1"), (Role::Analyst, "127.0.0.1")] {
        let stranger = elsewhere.stranger(Some(token(role)));
        counts(|| from(address, stranger.request(Method::GET, "/board")), 403).await;
    }
    let sophie = livechat.supervisor();
    counts(|| sophie.request(Method::GET, "/board?colour=red"), 422).await;
    let ghost = livechat.person(Role::Operator, "ghost");
    counts(|| ghost.request(Method::GET, "/desk/options"), 401).await;
    let zoe = livechat.person(Role::Visitor, "zoe");
    counts(|| from("192.0.2.2", zoe.request(Method::GET, "/conversations?colour=red")), 422).await;

    // By the address, where the caller is unknown.
    let (nobody, somebody) = (livechat.stranger(None), livechat.stranger(Some(visitor)));
    counts(|| from("192.0.2.3", nobody.request(Method::DELETE, "/board")), 405).await;
    counts(|| from("192.0.2.4", somebody.request(Method::DELETE, "/board")), 405).await;
    counts(|| from("192.0.2.5", somebody.request(Method::GET, "/nothing")), 404).await;
    counts(|| from("192.0.2.6", nobody.request(Method::OPTIONS, "/board")), 200).await;
    let preflight = || nobody.request(Method::OPTIONS, "/board").header("Origin", "https://www.example.org");
    counts(|| from("192.0.2.7", preflight()), 200).await;
    counts(|| from("192.0.2.8", nobody.request(Method::OPTIONS, "/nothing")), 404).await;
    let anybody = server.anybody();
    counts(|| from("192.0.2.9", anybody.request(Method::POST, "/healthz")), 405).await;
    counts(|| from("192.0.2.10", anybody.request(Method::GET, "/api/v1/livechats/%ff/board")), 404).await;
    counts(|| from("192.0.2.11", anybody.request(Method::GET, "/api/v1/livechats")), 401).await;
}

#[tokio::test]
async fn a_request_counts_once() {
    let limits = Limits { staff_requests: 3, address_requests: 3, wrong_tokens: 3, ..Limits::default() };
    let server = server(limits).await;
    let livechat = server.uncreated("support");
    let from_there = |request: RequestBuilder| request.header("X-Forwarded-For", "192.0.2.1");
    let (token, anybody) = (livechat.supervisor().token().to_owned(), server.anybody());
    let list = || anybody.request(Method::GET, "/api/v1/livechats").bearer_auth(&token);
    counts(|| from_there(list()), 200).await;
    counts(|| from_there(livechat.stranger(None).request(Method::GET, "/board")), 401).await;
    counts(|| from_there(anybody.request(Method::GET, "/")), 200).await;
}

#[tokio::test]
async fn there_is_nothing_to_ask_of_an_address_that_is_not_there() {
    let server = Server::start().await;
    let (anybody, livechat) = (server.anybody(), server.uncreated("support").stranger(None));
    for request in [
        anybody.request(Method::OPTIONS, "/nothing"),
        anybody.request(Method::OPTIONS, "/api/v1/nothing"),
        livechat.request(Method::OPTIONS, "/nothing"),
        livechat.request(Method::OPTIONS, "/board/nothing").header("Origin", "https://www.example.org"),
    ] {
        Answer::to(request).await.is_problem(404, "not_found");
    }
    for request in [anybody.request(Method::OPTIONS, "/"), livechat.request(Method::OPTIONS, "/board")] {
        assert_eq!(Answer::to(request).await.status, 200);
    }
}

#[tokio::test]
async fn an_unauthenticated_claim_uses_up_no_limit_of_the_visitor() {
    let limits = Limits { visitor_messages: 3, visitor_requests: 10, ..Limits::default() };
    let server = server(limits).await;
    let livechat = server.livechat("support").await;
    // Nobody was there, and the token of the request is good all the same.
    let stranger = livechat.visitor("zoe").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    let message = json!({ "text": "c’est moi" });
    for _ in 0..3 {
        stranger.person.post(&zoe.path("/messages"), &message).await.is_problem(403, "not_your_conversation");
    }
    is_limited(stranger.person.post(&stranger.path("/messages"), &message).await);
    for _ in 0..6 {
        stranger.person.get(&stranger.path("")).await.is(200);
    }
    is_limited(stranger.person.get(&stranger.path("")).await);
    zoe.says("bonjour").await;
    zoe.person.get(&zoe.path("")).await.is(200);
    // Another token of the same conversation is the same visitor.
    let renewed = zoe.person.post(&zoe.path("/visitor-tokens"), &json!(null)).await.is(201);
    let renewed = livechat.stranger(renewed["token"].as_str().map(str::to_owned));
    renewed.post(&zoe.path("/messages"), &message).await.is(201);
    zoe.says("encore").await;
    is_limited(renewed.post(&zoe.path("/messages"), &message).await);

    // Before there is a conversation, it is the claimed identifier at the address.
    let asks = |address: &str| {
        let request = livechat.person(Role::Visitor, "adam").request(Method::GET, "/conversations");
        Answer::to(request.header("X-Forwarded-For", address))
    };
    for _ in 0..10 {
        asks("192.0.2.1").await.is_problem(403, "forbidden");
    }
    is_limited(asks("192.0.2.1").await);
    asks("192.0.2.2").await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn all_visitors_of_one_address_have_so_many_together() {
    let server = server(Limits { address_requests: 3, ..Limits::default() }).await;
    let livechat = server.livechat("support").await;
    let asks = |subject: &str, address: &str| {
        let request = livechat.person(Role::Visitor, subject).request(Method::GET, "/conversations");
        Answer::to(request.header("X-Forwarded-For", address))
    };
    for visitor in ["a", "b", "c"] {
        asks(visitor, "192.0.2.1").await.is_problem(403, "forbidden");
    }
    is_limited(asks("d", "192.0.2.1").await);
    asks("d", "192.0.2.2").await.is_problem(403, "forbidden");
    for _ in 0..5 {
        asks("d", "127.0.0.1").await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn zero_is_no_limit() {
    let server = server(Limits::OFF).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    for number in 0..400 {
        zoe.says(&format!("{number}")).await;
    }
}
