//! Timers fire by themselves, also those that fell due while the server was down.

use std::pin::pin;

use chrono::TimeDelta;
use domain::conversation::Rejection as ConversationRejection;
use domain::{Action, ConversationId, Rejection};
use futures::StreamExt;
use journal::{Error, ManualClock, Position, Scope};
use pupitre_tests::patience::soon;
use pupitre_tests::store::each_store;

use super::floor::Floor;
use super::story::{beginning, by_operator, operator, write};

/// Alice's question starts the clock of the visitor's inactivity: 10 minutes, with a warning after 9.
async fn alice_asks(floor: &Floor, conversation: ConversationId) -> Position {
    floor.has_one_clock().await;
    floor.does(by_operator("alice"), write(conversation, "vous êtes là ?")).await.unwrap().position
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_fires_at_its_deadline_though_nobody_sends_anything() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let asked = alice_asks(&floor, zoe).await;
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Conversation(zoe), asked));
        let mut expect = async |names: [&str; 2], after: TimeDelta| {
            for name in names {
                let record = soon(feed.next()).await.unwrap().unwrap();
                assert_eq!(record.event.fact.name(), name);
                assert_eq!(record.event.at, beginning() + after);
                assert!(!record.event.is_observed());
            }
        };
        floor.passes(TimeDelta::minutes(9));
        expect(["conversation.timeout_announced", "conversation.message_posted"], TimeDelta::minutes(9))
            .await;
        floor.passes(TimeDelta::minutes(1));
        expect(["conversation.ended", "conversation.message_posted"], TimeDelta::minutes(10)).await;
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timers_that_fall_due_together_fire_in_order_and_a_cancelled_one_does_not() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (zoe, yann, ivan) = (
            floor.conversation("zoe").await,
            floor.conversation("yann").await,
            floor.conversation("ivan").await,
        );
        for conversation in [zoe, yann] {
            alice_asks(&floor, conversation).await;
            floor.passes(TimeDelta::seconds(10));
        }
        let asked = alice_asks(&floor, ivan).await;
        floor.says("yann", yann, "oui").await.unwrap();
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Livechat, asked + 1));
        floor.passes(TimeDelta::hours(1));
        let mut fired = Vec::new();
        while fired.len() < 4 {
            let record = soon(feed.next()).await.unwrap().unwrap();
            let name = record.event.fact.name();
            if name != "conversation.message_posted" {
                fired.push((record.event.fact.conversation_id().unwrap(), name));
            }
        }
        let (announced, ended) = ("conversation.timeout_announced", "conversation.ended");
        assert_eq!(fired, [(zoe, announced), (ivan, announced), (zoe, ended), (ivan, ended)]);
        assert!(floor.state().await.conversation(yann).is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_that_fell_due_while_the_server_was_down_fires_when_it_wakes() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let asked = alice_asks(&floor, zoe).await;
        floor.close().await;

        let later = ManualClock::at(beginning() + TimeDelta::hours(8));
        let again = Floor::with(under_test.open().await, 100, later);
        let mut feed = pin!(again.journal.follow(&again.livechat, Scope::Conversation(zoe), asked));
        // Nobody asks for the livechat: the log tells that it has to be woken.
        for name in [
            "conversation.timeout_announced",
            "conversation.message_posted",
            "conversation.ended",
            "conversation.message_posted",
        ] {
            assert_eq!(soon(feed.next()).await.unwrap().unwrap().event.fact.name(), name);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_that_is_still_running_when_the_server_wakes_fires_later() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let asked = alice_asks(&floor, zoe).await;
        floor.close().await;

        let again =
            Floor::with(under_test.open().await, 100, ManualClock::at(beginning() + TimeDelta::minutes(5)));
        let mut feed = pin!(again.journal.follow(&again.livechat, Scope::Conversation(zoe), asked));
        again.passes(TimeDelta::minutes(4));
        let record = soon(feed.next()).await.unwrap().unwrap();
        assert_eq!(record.event.fact.name(), "conversation.timeout_announced");
        assert_eq!(record.event.at, beginning() + TimeDelta::minutes(9));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_comes_after_a_deadline_finds_the_timer_fired() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        alice_asks(&floor, zoe).await;
        floor.close().await;

        // Nothing is awake but the command itself: it loads the livechat, and the timers fire before it.
        let later = ManualClock::at(beginning() + TimeDelta::hours(1));
        let again = Floor::with(under_test.open().await, 100, later);
        let late = again.says("zoe", zoe, "me voilà").await;
        assert!(
            matches!(late, Err(Error::Rejected(Rejection::Conversation(ConversationRejection::Over(id)))) if id == zoe)
        );
        let log = again.log().await;
        assert_eq!(log[log.len() - 2].event.fact.name(), "conversation.ended");
        assert_eq!(again.state().await, again.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_noted_once_though_the_clock_is_set_back_after_the_start() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        floor.has_one_clock().await;
        floor.close().await;

        // It starts with a clock that is a day ahead, which is set right half a minute later.
        let ahead = ManualClock::at(beginning() + TimeDelta::days(1));
        let again = Floor::served(under_test.open().await, ahead).await;
        again.does(by_operator("alice"), Action::ConnectOperator(operator("alice"))).await.unwrap();
        again.passes(TimeDelta::seconds(30) - TimeDelta::days(1));
        for text in ["bonjour", "vous êtes là ?"] {
            again.says("zoe", zoe, text).await.unwrap();
            again.does(by_operator("alice"), write(zoe, "oui")).await.unwrap();
        }
        let count = async |floor: &Floor, name: &str| {
            floor.log().await.iter().filter(|record| record.event.fact.name() == name).count()
        };
        assert_eq!(count(&again, "livechat.clock_set_back").await, 1);
        assert_eq!(count(&again, "livechat.interrupted").await, 1);
        assert_eq!(count(&again, "operator.connection_lost").await, 1);
        again.close().await;

        // The next outage is another one.
        let later = ManualClock::at(beginning() + TimeDelta::hours(1));
        let again = Floor::served(under_test.open().await, later).await;
        again.says("zoe", zoe, "et maintenant ?").await.unwrap();
        assert_eq!(count(&again, "livechat.interrupted").await, 2);
        assert_eq!(again.state().await, again.folded().await);
    })
    .await;
}
