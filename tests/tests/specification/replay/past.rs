//! Every position and every time of the past.

use domain::Livechat;
use journal::Clock;
use pupitre_tests::server::{Server, minutes};
use replay::{AsOf, StateAt};

use super::{past, support};

#[tokio::test]
async fn every_position_of_the_past_is_the_state_that_was_live_then() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    let before_the_end = server.position("support").await;
    let (_, live) = server.app().journal.snapshot(&support(), Livechat::clone).await.unwrap();
    alice.ends(&visitor).await;

    let then = past(&server, AsOf::Position(before_the_end)).await;
    assert_eq!((then.position, then.livechat), (before_the_end, live));
    let end = server.position("support").await;
    let (_, live) = server.app().journal.snapshot(&support(), Livechat::clone).await.unwrap();
    let then = past(&server, AsOf::Position(end + 1_000)).await;
    assert_eq!((then.position, then.livechat), (end, live));
    assert_eq!(past(&server, AsOf::Position(0)).await, StateAt::empty(support()));
}

#[tokio::test]
async fn a_past_state_holds_what_had_happened_by_then() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let (at_pick_up, time) = (server.position("support").await, server.clock.now());
    server.clock.advance(minutes(1));
    visitor.says("encore là ?").await;

    assert_eq!(past(&server, AsOf::Time(time)).await.position, at_pick_up);
    assert_eq!(past(&server, AsOf::Time(time + minutes(1))).await.position, server.position("support").await);
    assert_eq!(past(&server, AsOf::Time(time - minutes(60))).await.position, 0);
}
