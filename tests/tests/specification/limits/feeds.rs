//! Live feeds: so many of each person, of which the first makes room; and so many of an address.

use api::auth::{Proxies, Role};
use api::connections::Limits;
use pupitre_tests::actors::{Answer, Socket};
use pupitre_tests::server::Server;
use reqwest::Method;

#[tokio::test]
async fn the_first_page_of_a_visitor_makes_room_for_one_more() {
    let server = Server::start_with(|config| {
        config.connections = Limits { visitor_feeds: 2, ..Limits::default() };
    })
    .await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    let mut adam = livechat.visitor("adam").await;
    alice.picks_up(&zoe).await;
    alice.picks_up(&adam).await;
    let second = zoe.page(0).await;
    let third = zoe.page(0).await;
    assert_eq!(zoe.socket.close_code().await, Some(4429));
    // One was closed: there is room for another.
    second.close().await;
    let mut fourth = zoe.page(0).await;
    zoe.socket = third;
    zoe.says("bonjour").await;
    fourth.hears(|frame| frame["text"] == "bonjour").await;
    adam.says("bonsoir").await;
}

#[tokio::test]
async fn an_unauthenticated_claim_closes_no_page_of_the_visitor() {
    let server = Server::start_with(|config| {
        config.connections = Limits { visitor_feeds: 2, ..Limits::default() };
    })
    .await;
    let livechat = server.livechat("support").await;
    // Nobody was there, and the token of the request is good all the same.
    let mut stranger = livechat.visitor("zoe@example.org").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe@example.org").await;
    alice.picks_up(&zoe).await;
    let mut second = zoe.page(0).await;
    let _pages = [stranger.page(0).await, stranger.page(0).await];
    assert_eq!(stranger.socket.close_code().await, Some(4429), "the stranger's own makes room");
    zoe.says("bonjour").await;
    second.hears(|frame| frame["text"] == "bonjour").await;
    alice.says(&zoe, "Bonjour, Zoé").await;
    zoe.hears("Bonjour, Zoé").await;
}

#[tokio::test]
async fn an_event_stream_says_why_it_ends() {
    let server = Server::start_with(|config| {
        config.connections = Limits { staff_feeds: 1, ..Limits::default() };
    })
    .await;
    let livechat = server.livechat("support").await;
    let first = livechat.supervisor().request(Method::GET, "/floor").send().await.unwrap();
    let _second = livechat.floor().await;
    let told = pupitre_tests::patience::soon(first.text()).await.unwrap();
    assert!(told.contains("event: end\n") && told.contains("too_many_feeds"), "{told}");
}

#[tokio::test]
async fn an_address_behind_a_proxy_has_so_many_feeds() {
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let server = Server::start_with(|config| {
        config.connections = Limits { connections_per_address: 2, ..Limits::default() };
        config.proxies = Proxies { trusted, ..Proxies::default() };
    })
    .await;
    let livechat = server.livechat("support").await;
    let opens = async |subject: &str, address: &str| {
        let request = livechat.person(Role::Supervisor, subject).request(Method::GET, "/floor");
        request.header("X-Forwarded-For", address).send().await.unwrap()
    };
    let mut open = vec![];
    for (subject, address) in [("a", "192.0.2.1"), ("b", "192.0.2.1"), ("c", "192.0.2.2"), ("d", "127.0.0.1")]
    {
        let feed = opens(subject, address).await;
        assert_eq!(feed.status(), 200);
        open.push(feed);
    }
    // Not the address of the proxy, which has more connections than that already.
    let request = livechat.person(Role::Supervisor, "e").request(Method::GET, "/floor");
    let answer = Answer::to(request.header("X-Forwarded-For", "192.0.2.1")).await;
    assert_eq!(answer.retry_after.as_deref(), Some("10"));
    answer.is_problem(429, "too_many_feeds");
    let refused = Socket::try_open(&livechat.person(Role::Supervisor, "f").socket("/floor")).await;
    assert!(refused.is_ok(), "it comes from the proxy's own address");
}
