//! The clock of a machine that is set while its servers are killed (spec.md §Time): timers fire after the step, in
//! their time and once, and the order is that of the positions.

use chrono::TimeDelta;
use domain::text::Text;
use domain::{Action, ConversationAction, ConversationId, Timestamp};
use journal::ManualClock;
use pupitre_tests::store::{StoreUnderTest, each_store};

use super::floor::Floor;
use super::story::{beginning, by_operator, operator, write};

/// How wrong the clock is when the second server starts, and by how much it is set while that one runs.
struct Steps {
    wrong: TimeDelta,
    set: TimeDelta,
}

/// Two livechats in each of which Alice has asked and the visitor is silent.
async fn two_silences(floor: &Floor) -> [(Floor, ConversationId); 2] {
    let mut silences = vec![];
    for name in ["support", "sales"] {
        let floor = floor.neighbour(name);
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        floor.has_one_clock().await;
        floor.does(by_operator("alice"), write(zoe, "vous êtes là ?")).await.unwrap();
        silences.push((floor, zoe));
    }
    silences.try_into().unwrap_or_else(|_| panic!("two of them"))
}

/// The server that comes up after one that was killed, with Alice back at her desks.
async fn next(
    under_test: &StoreUnderTest,
    now: Timestamp,
    of: &[ConversationId; 2],
) -> [(Floor, ConversationId); 2] {
    let floor = Floor::served(under_test.open().await, ManualClock::at(now)).await;
    let both = [(floor.neighbour("support"), of[0]), (floor.neighbour("sales"), of[1])];
    for (floor, _) in &both {
        floor.does(by_operator("alice"), Action::ConnectOperator(operator("alice"))).await.unwrap();
    }
    both
}

/// Something happens in both that concerns no timer: from then on the log knows how late it is.
async fn something_happens(both: &[(Floor, ConversationId); 2]) {
    for (floor, zoe) in both {
        let told = Action::Conversation(
            *zoe,
            ConversationAction::WriteInternally(Text::parse("je l’attends").unwrap()),
        );
        floor.does(by_operator("alice"), told).await.unwrap();
    }
}

async fn count(floor: &Floor, name: &str) -> usize {
    floor.log().await.iter().filter(|record| record.event.fact.name() == name).count()
}

async fn each_timer_fires_once_and_in_time(under_test: &StoreUnderTest, Steps { wrong, set }: Steps) {
    let (minutes, seconds) = (TimeDelta::minutes, TimeDelta::seconds);
    let first = Floor::served(under_test.open().await, ManualClock::at(beginning())).await;
    let both = two_silences(&first).await;
    let of = [both[0].1, both[1].1];
    first.passes(minutes(5));
    something_happens(&both).await;
    // Killed: nobody notes that it was up until now.
    drop((first, both));

    // A minute later, with a clock that may be wrong, and is set while it runs.
    let both = next(under_test, beginning() + minutes(6) + wrong, &of).await;
    both[0].0.passes(seconds(30));
    something_happens(&both).await;
    both[0].0.passes(set);
    something_happens(&both).await;
    drop(both);

    // Again, before anybody was there.
    let now = beginning() + minutes(6) + seconds(40) + wrong + set;
    let both = next(under_test, now, &of).await;
    // Of the ten minutes five and a half have passed while somebody could write; the warning comes a minute before.
    let clock = &both[0].0;
    let millisecond = TimeDelta::milliseconds(1);
    for (passes, [announced, ended]) in
        [(seconds(210) - millisecond, [0, 0]), (millisecond, [1, 0]), (minutes(1) - millisecond, [1, 0])]
    {
        clock.passes(passes);
        something_happens(&both).await;
        for (floor, _) in &both {
            assert_eq!(count(floor, "conversation.timeout_announced").await, announced);
            assert_eq!(count(floor, "conversation.ended").await, ended);
        }
    }
    clock.passes(millisecond);
    for (floor, zoe) in &both {
        let late = floor.does(by_operator("alice"), write(*zoe, "au revoir")).await;
        assert!(late.is_err(), "it has ended");
        assert_eq!(count(floor, "conversation.timeout_announced").await, 1);
        assert_eq!(count(floor, "conversation.ended").await, 1);
        let log = floor.log().await;
        assert!(log.windows(2).all(|pair| pair[1].event.may_follow(pair[0].event.at)));
        assert_eq!(floor.state().await, floor.folded().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_while_servers_are_killed_gives_and_takes_nothing() {
    let (hour, day, nothing) = (TimeDelta::hours(1), TimeDelta::days(1), TimeDelta::zero());
    for (wrong, set) in [(nothing, -hour), (nothing, -day), (hour, -hour), (day, -day), (-hour, nothing)] {
        each_store(async |under_test| {
            each_timer_fires_once_and_in_time(&under_test, Steps { wrong, set }).await;
        })
        .await;
    }
}
