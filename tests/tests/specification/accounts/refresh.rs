//! How a program stays signed in: each refresh token is used once, and one that is used twice ends the session.

use std::collections::HashSet;

use accounts::sessions::{EndReason, Error, Notice, ProgramTokens, Refusal, SessionKind};
use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::join_all;
use pupitre_tests::patience::soon;

use super::world::{World, at, by, on_each};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

impl World {
    /// The next tokens.
    async fn next(&self, tokens: &ProgramTokens, now: i64) -> ProgramTokens {
        self.sessions.refresh(&tokens.refresh.reveal(), None, at(now)).await.unwrap().1
    }

    /// Why there are none.
    async fn refused(&self, tokens: &ProgramTokens, now: i64) -> Refusal {
        match self.sessions.refresh(&tokens.refresh.reveal(), None, at(now)).await {
            Err(Error::Refused(refusal)) => refusal,
            Err(Error::Failed(error)) => panic!("it failed: {error}"),
            Ok(_) => panic!("it was not refused"),
        }
    }
}

const REUSED: Refusal = Refusal::Ended(EndReason::TokenReused);

#[tokio::test]
async fn each_refresh_gives_new_tokens() {
    on_each(async |world| {
        let (session, first) = world.program(world.zoe, at(0)).await;
        assert!(first.refresh.reveal().starts_with("pup_r_"));
        let second = world.next(&first, MINUTE).await;
        let third = world.next(&second, 2 * MINUTE).await;
        let all = [&first, &second, &third];
        let distinct: HashSet<String> =
            all.iter().flat_map(|tokens| [tokens.access.reveal(), tokens.refresh.reveal()]).collect();
        assert_eq!(distinct.len(), 6);
        assert_eq!(third.access_expires_at, at(12 * MINUTE));
        let checked = world.sessions.check(&third.access.reveal(), at(2 * MINUTE)).await.unwrap();
        assert_eq!((checked.id, checked.kind), (session.id, SessionKind::Program));
        assert_eq!(checked.last_used_at, at(2 * MINUTE));
        assert!(world.knows(&second.access, at(2 * MINUTE)).await, "for requests that are under way");
        assert!(!world.knows(&first.access, at(2 * MINUTE)).await, "two generations ago");
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again_within_ten_seconds() {
    on_each(async |world| {
        let (_, first) = world.program(world.zoe, at(0)).await;
        let second = world.next(&first, 0).await;
        for now in [0, 1, 10 * SECOND, -10 * SECOND] {
            assert_eq!(world.next(&first, now).await, second, "{now}");
        }
        let world = world.restarted().await;
        assert_eq!(world.next(&first, 10 * SECOND).await, second, "after a restart");
        let world = world.restarted_with(&[2, 1]).await;
        assert_eq!(world.next(&first, 10 * SECOND).await, second, "with a new key");
        let third = world.next(&second, 11 * SECOND).await;
        assert!(world.knows(&third.access, at(11 * SECOND)).await);
        assert_eq!(
            world.count("session_token").await,
            5,
            "one of each generation, but for the first access token"
        );
    })
    .await;
}

#[tokio::test]
async fn a_repeat_whose_key_was_taken_away_is_refused_and_signs_nobody_out() {
    on_each(async |world| {
        let (_, first) = world.program(world.zoe, at(0)).await;
        let second = world.next(&first, 0).await;
        let world = world.restarted_with(&[2]).await;
        assert_eq!(world.refused(&first, 1).await, Refusal::NotValid);
        world.next(&second, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_used_token_that_is_used_again_ends_the_session_for_both() {
    on_each(async |world| {
        for now in [10 * SECOND + 1, MINUTE, 29 * DAY, -10 * SECOND - 1] {
            let mut feed = world.sessions.ended();
            let (session, first) = world.program(world.zoe, at(0)).await;
            let second = world.next(&first, 0).await;
            assert!(world.knows(&second.access, at(0)).await);
            assert_eq!(world.refused(&first, now).await, REUSED, "{now}");
            assert!(!world.knows(&second.access, at(0)).await && !world.knows(&first.access, at(0)).await);
            assert_eq!(world.refused(&second, now).await, REUSED);
            let Some(Notice::Ended(told)) = soon(feed.next()).await else { panic!("followers are told") };
            assert_eq!((told.session, told.reason), (session.id, EndReason::TokenReused));
            let entry = world.trail().await.pop().unwrap();
            assert!(entry.contains("token_reused") && entry.contains(&session.id.to_string()), "{entry}");
        }
        assert_eq!(world.trail().await.len(), 4, "each once");
    })
    .await;
}

#[tokio::test]
async fn a_token_of_two_generations_ago_is_never_a_repeat() {
    on_each(async |world| {
        let (_, first) = world.program(world.zoe, at(0)).await;
        let second = world.next(&first, 0).await;
        let third = world.next(&second, 1).await;
        assert_eq!(world.refused(&first, 2).await, REUSED);
        assert!(!world.knows(&third.access, at(2)).await);
    })
    .await;
}

#[tokio::test]
async fn the_reuse_of_one_session_ends_no_other() {
    on_each(async |world| {
        let (_, first) = world.program(world.zoe, at(0)).await;
        let (_, other) = world.program(world.zoe, at(0)).await;
        world.next(&first, 0).await;
        assert_eq!(world.refused(&first, MINUTE).await, REUSED);
        assert!(world.knows(&other.access, at(MINUTE)).await);
    })
    .await;
}

#[tokio::test]
async fn of_many_refreshes_at_once_there_is_one_generation_and_nobody_is_signed_out() {
    on_each(async |world| {
        let (_, mut tokens) = world.program(world.zoe, at(0)).await;
        for round in 1..=5 {
            let now = at(round * MINUTE);
            let all = (0..16).map(|_| {
                let (sessions, token) = (world.sessions.clone(), tokens.refresh.reveal());
                tokio::spawn(async move { sessions.refresh(&token, None, now).await.unwrap().1 })
            });
            let given: Vec<_> = soon(join_all(all)).await.into_iter().map(Result::unwrap).collect();
            assert!(given.iter().all(|other| *other == given[0]));
            assert_ne!(given[0], tokens);
            tokens = given[0].clone();
            assert!(world.knows(&tokens.access, now).await);
            let generation: i64 = sqlx::query_scalar("SELECT generation FROM session")
                .fetch_one(world.database.read())
                .await
                .unwrap();
            assert_eq!(generation, round);
        }
    })
    .await;
}

#[tokio::test]
async fn a_refresh_that_is_left_in_the_middle_can_be_repeated() {
    on_each(async |world| {
        let (_, mut tokens) = world.program(world.zoe, at(0)).await;
        for polls in 0..40 {
            let now = (i64::from(polls) + 1) * MINUTE;
            let text = tokens.refresh.reveal();
            let mut refreshing = Box::pin(world.sessions.refresh(&text, None, at(now)));
            for _ in 0..polls {
                if refreshing.as_mut().now_or_never().is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(refreshing);
            tokens = world.next(&tokens, now + 1).await;
            assert!(world.knows(&tokens.access, at(now + 1)).await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_ends_after_thirty_idle_days_and_after_ninety_in_any_case() {
    on_each(async |world| {
        let (_, idle) = world.program(world.zoe, at(0)).await;
        let (_, gone) = world.program(world.zoe, at(0)).await;
        assert_eq!(world.refused(&gone, 30 * DAY).await, Refusal::NotValid);
        let mut tokens = world.next(&idle, 30 * DAY - 1).await;
        for day in [50, 70, 89] {
            tokens = world.next(&tokens, day * DAY).await;
        }
        tokens = world.next(&tokens, 90 * DAY - 1).await;
        assert!(world.knows(&tokens.access, at(90 * DAY - 1)).await);
        assert!(
            !world.knows(&tokens.access, at(90 * DAY)).await,
            "an access token does not outlive its session"
        );
        assert_eq!(world.refused(&tokens, 90 * DAY).await, Refusal::NotValid);
    })
    .await;
}

#[tokio::test]
async fn nothing_but_a_refresh_token_is_refreshed() {
    on_each(async |world| {
        let (_, page) = world.page(world.zoe, at(0)).await;
        let (_, tokens) = world.program(world.zoe, at(0)).await;
        let bare = &tokens.refresh.reveal()["pup_r_".len()..];
        let access_as_refresh = format!("pup_r_{}", &tokens.access.reveal()["pup_a_".len()..]);
        let wrong =
            [page.reveal(), tokens.access.reveal(), bare.to_owned(), access_as_refresh, String::new()];
        for token in wrong {
            let answer = world.sessions.refresh(&token, None, at(0)).await;
            assert!(matches!(answer, Err(Error::Refused(Refusal::NotValid))), "{token}");
        }
        world.next(&tokens, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_is_refreshed_at_most_120_times_an_hour() {
    on_each(async |world| {
        let (_, mut tokens) = world.program(world.zoe, at(0)).await;
        for index in 1..=120 {
            tokens = world.next(&tokens, index * SECOND).await;
        }
        let now = 121 * SECOND;
        let hour = 60 * MINUTE;
        let retry_after = TimeDelta::milliseconds(hour + SECOND - now);
        assert_eq!(world.refused(&tokens, now).await, Refusal::TooManyRefreshes { retry_after });
        let refusal = world.refused(&tokens, hour + SECOND - 1).await;
        assert_eq!(refusal, Refusal::TooManyRefreshes { retry_after: TimeDelta::milliseconds(1) });
        let next = world.next(&tokens, hour + SECOND).await;
        assert_eq!(world.next(&tokens, hour + SECOND).await, next, "a repeat is not counted");
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_refreshed_and_says_why() {
    on_each(async |world| {
        let (session, tokens) = world.program(world.zoe, at(0)).await;
        let next = world.next(&tokens, 0).await;
        let reason = EndReason::SignedOut;
        world.sessions.end(world.zoe, session.id, reason, &by(world.zoe, at(1))).await.unwrap();
        assert_eq!(world.refused(&next, 2).await, Refusal::Ended(reason));
        assert_eq!(world.refused(&tokens, 2).await, Refusal::Ended(reason), "also a repeat");
        assert_eq!(world.trail().await.len(), 1);
    })
    .await;
}
