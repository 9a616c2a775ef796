//! A livechat as it was, at any position and at any moment.

use domain::{Livechat, LivechatId};
use journal::Clock;
use pupitre_tests::server::{Server, minutes};
use replay::{Past, Until};

fn support() -> LivechatId {
    LivechatId::parse("support").unwrap()
}

async fn past(server: &Server, until: Until) -> Past {
    replay::at(&server.app().journal, &support(), until).await.unwrap()
}

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

    assert_eq!(
        past(&server, Until::Position(before_the_end)).await,
        Past { position: before_the_end, livechat: live }
    );
    let end = server.position("support").await;
    let (_, live) = server.app().journal.snapshot(&support(), Livechat::clone).await.unwrap();
    assert_eq!(past(&server, Until::Position(end + 1_000)).await, Past { position: end, livechat: live });
    assert_eq!(past(&server, Until::Position(0)).await, Past { position: 0, livechat: Livechat::default() });
}

#[tokio::test]
async fn a_moment_of_the_past_holds_what_had_happened_by_then() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let (at_pick_up, moment) = (server.position("support").await, server.clock.now());
    server.clock.advance(minutes(1));
    visitor.says("encore là ?").await;

    assert_eq!(past(&server, Until::Moment(moment)).await.position, at_pick_up);
    assert_eq!(
        past(&server, Until::Moment(moment + minutes(1))).await.position,
        server.position("support").await
    );
    assert_eq!(past(&server, Until::Moment(moment - minutes(60))).await.position, 0);
}
