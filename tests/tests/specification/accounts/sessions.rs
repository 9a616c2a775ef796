//! Sessions: who is signed in, on what, and until when.

use std::collections::HashSet;

use accounts::sessions::{
    EndReason, EndedSession, Error, Notice, Refusal, SessionId, SessionKind, Tokens, end_all,
};
use chrono::TimeDelta;
use futures::FutureExt;
use pupitre_tests::patience::{eventually, soon};

use super::world::{World, at, by, on_each};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn refused<T>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        Err(Error::Failed(error)) => panic!("it failed: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn a_page_stays_signed_in_over_a_restart() {
    on_each(async |world| {
        let (session, token) = world.page(world.zoe, at(0)).await;
        assert!(token.reveal().starts_with("pup_s_"));
        assert_eq!((session.account, session.kind), (world.zoe, SessionKind::Page));
        assert_eq!(session.device, "Mozilla/5.0 (X11)");
        assert_eq!(world.sessions.check(&token.reveal(), at(1)).await.unwrap(), session);
        let world = world.restarted().await;
        assert_eq!(world.sessions.check(&token.reveal(), at(1)).await.unwrap(), session);
    })
    .await;
}

#[tokio::test]
async fn a_page_ends_twelve_hours_after_its_last_use_and_after_thirty_days_in_any_case() {
    on_each(async |world| {
        let (_, idle) = world.page(world.zoe, at(0)).await;
        let (_, busy) = world.page(world.zoe, at(0)).await;
        assert!(!world.knows(&idle, at(12 * HOUR)).await);
        assert!(world.knows(&idle, at(12 * HOUR - 1)).await);
        assert!(world.knows(&idle, at(24 * HOUR - 2)).await, "counted from the last use");
        let mut now = 0;
        while now < 30 * DAY {
            assert!(world.knows(&busy, at(now)).await, "{now}");
            now += 11 * HOUR;
        }
        assert!(world.knows(&busy, at(30 * DAY - 1)).await);
        assert!(!world.knows(&busy, at(30 * DAY)).await);
    })
    .await;
}

#[tokio::test]
async fn a_use_is_written_once_a_minute_and_survives_a_restart() {
    on_each(async |world| {
        let (_, token) = world.page(world.zoe, at(0)).await;
        let last_used =
            async |now: i64| world.sessions.check(&token.reveal(), at(now)).await.unwrap().last_used_at;
        assert_eq!(last_used(MINUTE - 1).await, at(0));
        assert_eq!(last_used(MINUTE).await, at(MINUTE));
        assert_eq!(last_used(2 * MINUTE - 1).await, at(MINUTE));
        assert_eq!(last_used(-HOUR).await, at(MINUTE), "the clock was set back");
        world.sessions.write_last_uses().await.unwrap();
        let world = world.restarted().await;
        let listed = world.sessions.list(world.zoe, None, 1, at(0)).await.unwrap();
        assert_eq!(listed.sessions[0].last_used_at, at(MINUTE));
    })
    .await;
}

#[tokio::test]
async fn nothing_but_the_token_of_a_page_or_an_access_token_opens_a_session() {
    on_each(async |world| {
        let (session, page) = world.page(world.zoe, at(0)).await;
        let (_, program) = world.program(world.zoe, at(0)).await;
        assert!(world.knows(&page, at(0)).await && world.knows(&program.access, at(0)).await);
        let bare = &page.reveal()["pup_s_".len()..];
        let other = another_token(&page.reveal());
        let wrong = [
            String::new(),
            program.refresh.reveal(),
            session.id.to_string(),
            bare.to_owned(),
            format!("pup_a_{bare}"),
            other,
            format!("{} ", page.reveal()),
            "x".repeat(1_000_000),
        ];
        for token in wrong {
            assert_eq!(refused(world.sessions.check(&token, at(0)).await), Refusal::NotValid);
        }
    })
    .await;
}

/// Another token of the same form.
fn another_token(token: &str) -> String {
    let last = if token.ends_with('A') { "E" } else { "A" };
    format!("{}{last}", &token[..token.len() - 1])
}

#[tokio::test]
async fn an_access_token_is_good_for_ten_minutes() {
    on_each(async |world| {
        let (_, program) = world.program(world.zoe, at(0)).await;
        assert_eq!(program.access_expires_at, at(10 * MINUTE));
        assert!(world.knows(&program.access, at(10 * MINUTE - 1)).await);
        assert!(!world.knows(&program.access, at(10 * MINUTE)).await);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_session_is_refused_at_once_and_its_followers_are_told() {
    on_each(async |world| {
        let mut feed = world.sessions.ended();
        let (session, token) = world.page(world.zoe, at(0)).await;
        assert!(world.knows(&token, at(0)).await, "it is in memory now");
        let reason = EndReason::Revoked;
        let by_max = by(world.max, at(1));
        assert!(
            !world.sessions.end(world.max, session.id, reason, &by_max).await.unwrap(),
            "somebody else's"
        );
        assert!(world.knows(&token, at(1)).await);
        let by_zoe = by(world.zoe, at(1));
        assert!(world.sessions.end(world.zoe, session.id, reason, &by_zoe).await.unwrap());
        let refusal = refused(world.sessions.check(&token.reveal(), at(1)).await);
        assert_eq!(refusal, Refusal::Ended(reason));
        let told = EndedSession { session: session.id, account: world.zoe, reason };
        assert_eq!(soon(feed.next()).await, Some(Notice::Ended(told)));
        assert!(!world.sessions.end(world.zoe, session.id, reason, &by_zoe).await.unwrap(), "twice");
        let trail = world.trail().await;
        assert_eq!(trail.len(), 1);
        assert!(trail[0].contains("sessions.ended") && trail[0].contains(&session.id.to_string()));
        let world = world.restarted().await;
        assert!(!world.knows(&token, at(1)).await);
    })
    .await;
}

#[tokio::test]
async fn all_sessions_of_an_account_or_all_but_one_are_revoked() {
    on_each(async |world| {
        let (mine, here) = world.page(world.zoe, at(0)).await;
        let (_, there) = world.page(world.zoe, at(0)).await;
        let (_, program) = world.program(world.zoe, at(0)).await;
        let (_, other) = world.page(world.max, at(0)).await;
        let revoke =
            async |except| world.sessions.revoke_all(world.zoe, except, &by(world.zoe, at(1))).await.unwrap();
        assert_eq!(revoke(Some(mine.id)).await, 2);
        assert!(world.knows(&here, at(1)).await);
        assert!(!world.knows(&there, at(1)).await && !world.knows(&program.access, at(1)).await);
        let refresh = world.sessions.refresh(&program.refresh.reveal(), None, at(1)).await;
        assert_eq!(refused(refresh), Refusal::Ended(EndReason::Revoked));
        assert_eq!((revoke(None).await, revoke(None).await), (1, 0));
        assert!(!world.knows(&here, at(1)).await);
        assert!(world.knows(&other, at(1)).await, "of another account");
    })
    .await;
}

#[tokio::test]
async fn sessions_end_with_the_change_that_ends_them_or_not_at_all() {
    on_each(async |world| {
        let (_, token) = world.page(world.zoe, at(0)).await;
        let disable = async || {
            let mut transaction = world.database.write().await.unwrap();
            let update = "UPDATE account SET disabled_at = 1 WHERE id = $1";
            sqlx::query(update).bind(world.zoe.to_string()).execute(&mut *transaction).await.unwrap();
            let reason = EndReason::AccountDisabled;
            let ended = end_all(&mut transaction, world.zoe, None, reason, at(1)).await.unwrap();
            (transaction, ended)
        };
        drop(disable().await);
        assert!(world.knows(&token, at(1)).await, "the change did not happen");
        let new = World::new_session(world.zoe, SessionKind::Page);
        assert!(world.sessions.start(new.clone(), at(1)).await.is_ok());
        let (transaction, ended) = disable().await;
        assert_eq!(ended.count(), 2);
        world.database.commit(transaction, ended).await.unwrap();
        let refusal = refused(world.sessions.check(&token.reveal(), at(1)).await);
        assert_eq!(refusal, Refusal::Ended(EndReason::AccountDisabled));
        assert_eq!(refused(world.sessions.start(new, at(1)).await), Refusal::NoAccount);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_not_in_memory_for_longer_than_it_lives_whoever_asks_meanwhile() {
    on_each(async |world| {
        for _ in 0..20 {
            let (session, token) = world.page(world.zoe, at(0)).await;
            let asking: Vec<_> = (0..4)
                .map(|_| {
                    let (sessions, token) = (world.sessions.clone(), token.reveal());
                    tokio::spawn(async move {
                        while sessions.check(&token, at(0)).await.is_ok() {
                            tokio::task::yield_now().await;
                        }
                    })
                })
                .collect();
            let by = by(world.zoe, at(0));
            assert!(world.sessions.end(world.zoe, session.id, EndReason::Revoked, &by).await.unwrap());
            assert!(!world.knows(&token, at(0)).await);
            for asking in asking {
                soon(asking).await.unwrap();
            }
            assert!(!world.knows(&token, at(0)).await, "nobody has put it back");
        }
    })
    .await;
}

#[tokio::test]
async fn who_leaves_in_the_middle_of_a_revocation_leaves_no_doubt() {
    on_each(async |world| {
        let mut both = HashSet::new();
        for polls in 0..40 {
            let (session, token) = world.page(world.zoe, at(0)).await;
            assert!(world.knows(&token, at(0)).await);
            let by = by(world.zoe, at(0));
            let mut ending = Box::pin(world.sessions.end(world.zoe, session.id, EndReason::Revoked, &by));
            for _ in 0..polls {
                if ending.as_mut().now_or_never().is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(ending);
            // Whoever changes something next comes after it.
            world.database.write().await.unwrap().commit().await.unwrap();
            let ended: Option<i64> = sqlx::query_scalar("SELECT ended_at FROM session WHERE id = $1")
                .bind(session.id.to_string())
                .fetch_one(world.database.read())
                .await
                .unwrap();
            let is_so = async || world.knows(&token, at(0)).await == ended.is_none();
            eventually("what is in memory is what is stored", is_so).await;
            both.insert(ended.is_some());
            world.sessions.revoke_all(world.zoe, None, &by).await.unwrap();
        }
        assert!(both.contains(&false), "some were left in the middle");
    })
    .await;
}

#[tokio::test]
async fn a_follower_that_is_too_slow_is_told_to_check_again() {
    on_each(async |world| {
        let mut feed = world.sessions.ended();
        let by = by(world.zoe, at(0));
        for _ in 0..11 {
            world.pages(world.zoe, 100, at(0)).await;
            world.sessions.revoke_all(world.zoe, None, &by).await.unwrap();
        }
        assert_eq!(soon(feed.next()).await, Some(Notice::CheckAgain));
        assert!(matches!(soon(feed.next()).await, Some(Notice::Ended(_))));
    })
    .await;
}

#[tokio::test]
async fn a_list_has_the_sessions_of_one_account_that_are_alive_the_newest_first() {
    on_each(async |world| {
        let mut ids = vec![];
        for index in 0..5 {
            ids.push(world.page(world.zoe, at(index * 1_000)).await.0.id);
        }
        ids.reverse();
        world.page(world.max, at(0)).await;
        let page = async |after, count, now| {
            let page = world.sessions.list(world.zoe, after, count, at(now)).await.unwrap();
            (page.sessions.iter().map(|session| session.id).collect::<Vec<SessionId>>(), page.next)
        };
        assert_eq!(page(None, 100, 0).await, (ids.clone(), None));
        assert_eq!(page(None, 5, 0).await, (ids.clone(), None));
        assert_eq!(page(None, 2, 0).await, (ids[..2].to_vec(), Some(ids[1])));
        assert_eq!(page(Some(ids[1]), 2, 0).await, (ids[2..4].to_vec(), Some(ids[3])));
        assert_eq!(page(Some(ids[3]), 2, 0).await, (ids[4..].to_vec(), None));
        assert_eq!(page(None, 0, 0).await, (ids[..1].to_vec(), Some(ids[0])), "at least one");
        assert_eq!(page(None, u32::MAX, 0).await, (ids.clone(), None));
        let by = by(world.zoe, at(0));
        world.sessions.end(world.zoe, ids[1], EndReason::SignedOut, &by).await.unwrap();
        assert_eq!(page(Some(ids[1]), 2, 0).await.0, ids[2..4], "the one before has ended");
        assert_eq!(
            page(None, 9, 12 * HOUR + 1_000).await.0,
            [ids[0], ids[2]],
            "the oldest were idle for too long"
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_has_at_most_a_hundred_sessions_and_the_least_used_makes_room() {
    on_each(async |world| {
        let (_, first) = world.page(world.zoe, at(0)).await;
        let (_, second) = world.page(world.zoe, at(1)).await;
        world.pages(world.zoe, 98, at(2)).await;
        assert!(world.knows(&first, at(2 * MINUTE)).await, "it is used, and that is written");
        world.sessions.write_last_uses().await.unwrap();
        world.page(world.zoe, at(3 * MINUTE)).await;
        assert!(world.knows(&first, at(3 * MINUTE)).await);
        let refusal = refused(world.sessions.check(&second.reveal(), at(3 * MINUTE)).await);
        assert_eq!(refusal, Refusal::Ended(EndReason::MadeRoom));
    })
    .await;
}

#[tokio::test]
async fn a_page_that_passes_the_second_factor_gets_another_token() {
    on_each(async |world| {
        let (session, old) = world.page(world.zoe, at(0)).await;
        assert!(!world.sessions.check(&old.reveal(), at(0)).await.unwrap().second_factor);
        let pass = async |account, id| world.sessions.pass_second_factor(account, id, at(1)).await;
        assert_eq!(refused(pass(world.max, session.id).await), Refusal::NotValid, "somebody else's");
        let new = pass(world.zoe, session.id).await.unwrap().unwrap();
        assert!(!world.knows(&old, at(1)).await);
        let raised = world.sessions.check(&new.reveal(), at(1)).await.unwrap();
        assert!(raised.second_factor && raised.id == session.id);
        let (session, tokens) = world.program(world.zoe, at(0)).await;
        assert!(world.knows(&tokens.access, at(1)).await);
        assert_eq!(pass(world.zoe, session.id).await.unwrap(), None);
        assert!(world.sessions.check(&tokens.access.reveal(), at(1)).await.unwrap().second_factor);
        assert!(world.sessions.refresh(&tokens.refresh.reveal(), None, at(1)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_is_of_no_use_is_deleted_in_bounded_batches() {
    on_each(async |world| {
        let (_, mut program) = world.program(world.zoe, at(0)).await;
        let mut now = 0;
        for _ in 0..300 {
            now += 10 * MINUTE;
            let refreshed = world.sessions.refresh(&program.refresh.reveal(), None, at(now)).await.unwrap();
            program = refreshed.1;
        }
        let (_, page) = world.page(world.max, at(now)).await;
        let (ended, _) = world.page(world.max, at(now)).await;
        let by = by(world.max, at(now));
        world.sessions.end(world.max, ended.id, EndReason::SignedOut, &by).await.unwrap();
        let clean = async |now: i64| world.sessions.clean_up(at(now)).await.unwrap();
        let count = async || (world.count("session").await, world.count("session_token").await);
        assert_eq!(count().await, (3, 305), "301 refresh tokens, 2 access tokens, 2 of pages");
        clean(now).await;
        assert_eq!(count().await, (3, 304), "an access token has expired");
        assert!(world.knows(&page, at(now)).await && world.knows(&program.access, at(now)).await);
        clean(now + 12 * HOUR).await;
        assert_eq!(count().await, (2, 302), "a page was idle, and an access token has expired");
        clean(now + 7 * DAY).await;
        assert_eq!(count().await, (1, 301), "what ended is kept for a week");
        assert_eq!(clean(now + 7 * DAY).await.rows, 0);
        clean(now + 30 * DAY - 1).await;
        assert_eq!(
            count().await,
            (1, 2),
            "used refresh tokens are kept for as long as they would have lived: the last one, and the one after it"
        );
        clean(now + 30 * DAY).await;
        assert_eq!(count().await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_bounded_and_says_that_there_is_more() {
    on_each(async |world| {
        for _ in 0..6 {
            world.pages(world.zoe, 100, at(0)).await;
            world.sessions.revoke_all(world.zoe, None, &by(world.zoe, at(0))).await.unwrap();
        }
        let first = world.sessions.clean_up(at(7 * DAY)).await.unwrap();
        assert!(first.more && first.rows <= 1_000, "{first:?}");
        let mut rows = first.rows;
        loop {
            let next = world.sessions.clean_up(at(7 * DAY)).await.unwrap();
            rows += next.rows;
            if !next.more {
                break;
            }
        }
        assert_eq!((rows, world.count("session").await, world.count("session_token").await), (1_200, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_used_is_not_taken_for_idle() {
    on_each(async |world| {
        let (_, token) = world.page(world.zoe, at(0)).await;
        assert!(world.knows(&token, at(11 * HOUR)).await);
        world.sessions.clean_up(at(13 * HOUR)).await.unwrap();
        assert!(world.knows(&token, at(13 * HOUR)).await);
    })
    .await;
}

#[tokio::test]
async fn no_token_is_stored() {
    on_each(async |world| {
        let (_, page) = world.page(world.zoe, at(0)).await;
        let (_, first) = world.program(world.zoe, at(0)).await;
        let (_, second) = world.sessions.refresh(&first.refresh.reveal(), None, at(1)).await.unwrap();
        let (session, _) = world.page(world.zoe, at(0)).await;
        let raised = world.sessions.pass_second_factor(world.zoe, session.id, at(1)).await.unwrap().unwrap();
        let all = [page, first.access, first.refresh, second.access, second.refresh, raised];
        let secrets: Vec<String> = all.iter().map(accounts::sessions::Token::reveal).collect();
        world.assert_not_stored(&secrets).await;
    })
    .await;
}

#[tokio::test]
async fn what_another_process_ends_is_refused_within_seconds() {
    on_each(async |world| {
        let (session, token) = world.page(world.zoe, at(0)).await;
        assert!(world.knows(&token, at(0)).await);
        let mut transaction = world.database.write().await.unwrap();
        let update = "UPDATE session SET ended_at = 0, end_reason = 'revoked' WHERE id = $1";
        sqlx::query(update).bind(session.id.to_string()).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(world.knows(&token, at(4_999)).await);
        assert!(!world.knows(&token, at(5_000)).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_made_in_a_transaction_is_given_out_with_its_commit() {
    on_each(async |world| {
        let new = World::new_session(world.zoe, SessionKind::Page);
        let mut transaction = world.database.write().await.unwrap();
        drop(world.sessions.start_in(&mut transaction, new.clone(), at(0)).await.unwrap());
        drop(transaction);
        assert_eq!(world.count("session").await, 0);
        let mut transaction = world.database.write().await.unwrap();
        let started = world.sessions.start_in(&mut transaction, new, at(0)).await.unwrap();
        let (session, tokens) = world.sessions.commit_start(transaction, started).await.unwrap();
        assert!(matches!(tokens, Tokens::Page(token) if world.knows(&token, at(0)).await));
        assert_eq!(session.expires_at(world.sessions.options()), at(0) + TimeDelta::hours(12));
    })
    .await;
}
