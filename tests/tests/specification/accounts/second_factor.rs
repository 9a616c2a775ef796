//! The second factor: codes of an authenticator, and recovery codes for when it is lost.

use accounts::second_factor::{Enrolment, Error, RecoveryCode, Refusal};
use accounts::sessions::EndReason;
use chrono::TimeDelta;
use futures::future::join_all;
use pupitre_tests::patience::soon;
use totp_rs::{Builder, Secret, Totp};

use super::world::{World, at, by, on_each};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// Somebody's authenticator.
struct Authenticator(Totp);

impl Authenticator {
    fn of(enrolment: &Enrolment) -> Self {
        let secret = Secret::try_from_base32(&enrolment.secret).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows at this moment of the test.
    fn code(&self, now: i64) -> String {
        self.0.generate(at(now).timestamp().try_into().unwrap()).to_string()
    }

    /// What it never shows around this moment.
    fn wrong(&self, now: i64) -> String {
        let near: Vec<String> = (-3..=3).map(|step| self.code(now + step * 30 * SECOND)).collect();
        (0..10).map(|index| format!("{index:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

impl World {
    async fn enrolled(&self, now: i64) -> (Authenticator, Vec<RecoveryCode>) {
        let enrolment =
            self.factors.enrol(self.zoe, "Pupitre", "zoe@example.org", &by(self.zoe, at(now))).await;
        let authenticator = Authenticator::of(&enrolment.unwrap());
        let code = authenticator.code(now);
        let codes = self.factors.confirm(self.zoe, &code, &by(self.zoe, at(now))).await.unwrap();
        (authenticator, codes)
    }

    async fn verify(&self, code: &str, now: i64) -> Result<(), Refusal> {
        refusal(self.factors.verify(self.zoe, code, &by(self.zoe, at(now))).await)
    }

    async fn recover(&self, code: &RecoveryCode, now: i64) -> Result<u32, Refusal> {
        refusal(self.factors.recover(self.zoe, &code.reveal(), &by(self.zoe, at(now))).await)
    }
}

fn refusal<T>(result: Result<T, Error>) -> Result<T, Refusal> {
    result.map_err(|error| match error {
        Error::Refused(refusal) => refusal,
        Error::Failed(error) => panic!("it failed: {error}"),
    })
}

#[tokio::test]
async fn an_authenticator_is_in_force_once_a_first_code_was_right() {
    on_each(async |world| {
        let by = by(world.zoe, at(0));
        let enrol = async || world.factors.enrol(world.zoe, "Pupitre", "zoe@example.org", &by).await;
        let replaced = Authenticator::of(&enrol().await.unwrap());
        let enrolment = enrol().await.unwrap();
        assert!(
            enrolment.url.starts_with("otpauth://totp/Pupitre:zoe%40example.org?secret="),
            "{}",
            enrolment.url
        );
        let authenticator = Authenticator::of(&enrolment);
        assert_eq!(world.factors.status(world.zoe).await.unwrap(), None);
        assert_eq!(world.verify(&authenticator.code(0), 0).await, Err(Refusal::NotEnrolled));
        let confirm = async |code: &str| refusal(world.factors.confirm(world.zoe, code, &by).await);
        assert_eq!(confirm(&authenticator.wrong(0)).await, Err(Refusal::WrongCode));
        assert_eq!(confirm(&replaced.code(0)).await, Err(Refusal::WrongCode));
        let codes = confirm(&authenticator.code(0)).await.unwrap();
        assert_eq!(codes.len(), 10);
        let status = world.factors.status(world.zoe).await.unwrap().unwrap();
        assert_eq!((status.confirmed_at, status.recovery_codes), (at(0), 10));
        assert_eq!(refusal(enrol().await).unwrap_err(), Refusal::AlreadyEnrolled);
        assert_eq!(confirm(&authenticator.code(0)).await, Err(Refusal::AlreadyEnrolled));
        assert_eq!(
            world.verify(&authenticator.code(0), 0).await,
            Err(Refusal::WrongCode),
            "the first one is used"
        );
        let world = world.restarted().await;
        assert_eq!(world.verify(&authenticator.code(30 * SECOND), 30 * SECOND).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_is_confirmed_within_a_quarter_of_an_hour() {
    on_each(async |world| {
        let enrol = async || {
            let by = by(world.zoe, at(0));
            Authenticator::of(&world.factors.enrol(world.zoe, "Pupitre", "zoe", &by).await.unwrap())
        };
        let confirm = async |authenticator: &Authenticator, now: i64| {
            refusal(world.factors.confirm(world.zoe, &authenticator.code(now), &by(world.zoe, at(now))).await)
        };
        let late = enrol().await;
        assert_eq!(confirm(&late, 15 * MINUTE).await, Err(Refusal::NotEnrolled));
        world.factors.clean_up(at(15 * MINUTE - 1)).await.unwrap();
        assert_eq!(world.count("second_factor").await, 1);
        assert!(confirm(&late, 15 * MINUTE - 1).await.is_ok());
        world.factors.clean_up(at(1_000 * MINUTE)).await.unwrap();
        assert_eq!(world.count("second_factor").await, 1, "a confirmed one stays");
        let by_max = by(world.max, at(0));
        world.factors.enrol(world.max, "Pupitre", "max", &by_max).await.unwrap();
        assert_eq!(world.factors.clean_up(at(15 * MINUTE)).await.unwrap().rows, 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_once_and_none_before_it_is_good_after() {
    on_each(async |world| {
        let (authenticator, _) = world.enrolled(0).await;
        let now = 10 * MINUTE;
        let (code, before) = (authenticator.code(now), authenticator.code(now - 30 * SECOND));
        assert_eq!(world.verify(&code, now).await, Ok(()));
        assert_eq!(world.verify(&code, now).await, Err(Refusal::WrongCode));
        assert_eq!(world.verify(&before, now).await, Err(Refusal::WrongCode));
        let world = world.restarted().await;
        assert_eq!(world.verify(&code, now + 30 * SECOND).await, Err(Refusal::WrongCode), "after a restart");
        assert_eq!(
            world.verify(&authenticator.code(now + 30 * SECOND), now).await,
            Ok(()),
            "a clock that is ahead"
        );
    })
    .await;
}

#[tokio::test]
async fn of_many_who_send_the_same_code_at_once_one_is_let_in() {
    on_each(async |world| {
        let (authenticator, codes) = world.enrolled(0).await;
        let now = at(10 * MINUTE);
        let code = authenticator.code(10 * MINUTE);
        let all = (0..5).map(|_| {
            let (factors, zoe, code) = (world.factors.clone(), world.zoe, code.clone());
            tokio::spawn(async move { factors.verify(zoe, &code, &by(zoe, now)).await.is_ok() })
        });
        let let_in = soon(join_all(all)).await.into_iter().filter(|good| *good.as_ref().unwrap()).count();
        assert_eq!(let_in, 1);
        let all = (0..16).map(|_| {
            let (factors, zoe, code) = (world.factors.clone(), world.zoe, codes[0].reveal());
            tokio::spawn(async move { factors.recover(zoe, &code, &by(zoe, now)).await.is_ok() })
        });
        let let_in = soon(join_all(all)).await.into_iter().filter(|good| *good.as_ref().unwrap()).count();
        assert_eq!(let_in, 1, "the same with a recovery code");
    })
    .await;
}

#[tokio::test]
async fn after_five_wrong_codes_each_costs_a_pause_that_a_right_one_does_not_end() {
    on_each(async |world| {
        let (authenticator, _) = world.enrolled(0).await;
        let now = 10 * MINUTE;
        let pause = |millis| Err(Refusal::TooManyTries { retry_after: TimeDelta::milliseconds(millis) });
        for _ in 0..5 {
            assert_eq!(world.verify(&authenticator.wrong(now), now).await, Err(Refusal::WrongCode));
        }
        assert_eq!(world.verify(&authenticator.code(now), now).await, pause(MINUTE));
        let world = world.restarted().await;
        assert_eq!(world.verify(&authenticator.code(now), now + MINUTE - 1).await, pause(1));
        let later = now + MINUTE;
        assert_eq!(world.verify(&authenticator.wrong(later), later).await, Err(Refusal::WrongCode));
        assert_eq!(world.verify(&authenticator.code(later), later).await, pause(2 * MINUTE), "twice as long");
        let later = later + 2 * MINUTE;
        assert_eq!(world.verify(&authenticator.code(later), later).await, Ok(()));
        assert_eq!(world.verify(&authenticator.wrong(later), later).await, Err(Refusal::WrongCode));
        let after = later + 30 * SECOND;
        assert_eq!(world.verify(&authenticator.code(after), after).await, Ok(()), "the count began anew");
        let failed =
            world.trail().await.iter().filter(|entry| entry.starts_with("second_factor.failed")).count();
        assert_eq!(failed, 7, "each wrong code, and none that was not looked at");
    })
    .await;
}

#[tokio::test]
async fn many_wrong_codes_at_once_are_no_more_tries_than_one_after_the_other() {
    on_each(async |world| {
        let (authenticator, _) = world.enrolled(0).await;
        let now = 10 * MINUTE;
        let all = (0..40).map(|_| {
            let (factors, zoe, code) = (world.factors.clone(), world.zoe, authenticator.wrong(now));
            tokio::spawn(async move { refusal(factors.verify(zoe, &code, &by(zoe, at(now))).await) })
        });
        let answers: Vec<_> = soon(join_all(all)).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| **answer == Err(Refusal::WrongCode)).count(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_neither_lengthens_a_pause_nor_makes_a_used_code_good() {
    on_each(async |world| {
        let (authenticator, codes) = world.enrolled(0).await;
        let now = 10_000 * MINUTE;
        for _ in 0..5 {
            assert_eq!(world.verify(&authenticator.wrong(now), now).await, Err(Refusal::WrongCode));
        }
        let back = 1_000 * MINUTE;
        let pause = Refusal::TooManyTries { retry_after: TimeDelta::minutes(1) };
        assert_eq!(world.verify(&authenticator.code(back), back).await, Err(pause));
        let later = back + MINUTE;
        assert_eq!(world.verify(&authenticator.code(later), later).await, Ok(()));
        assert_eq!(
            world.verify(&authenticator.code(back), back).await,
            Err(Refusal::WrongCode),
            "used before"
        );
        assert_eq!(world.recover(&codes[0], back).await, Ok(9), "recovery codes know no time");
    })
    .await;
}

#[tokio::test]
async fn after_a_hundred_wrong_codes_only_a_recovery_code_helps() {
    on_each(async |world| {
        let (authenticator, codes) = world.enrolled(0).await;
        let mut now = 10 * MINUTE;
        for _ in 0..100 {
            assert_eq!(world.verify(&authenticator.wrong(now), now).await, Err(Refusal::WrongCode));
            now += 60 * MINUTE;
        }
        now += 1_000_000 * MINUTE;
        assert_eq!(world.verify(&authenticator.code(now), now).await, Err(Refusal::Blocked));
        assert_eq!(world.recover(&codes[3], now).await, Ok(9));
        assert_eq!(world.verify(&authenticator.code(now), now).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_good_once_for_its_account_and_new_ones_replace_all() {
    on_each(async |world| {
        let (authenticator, codes) = world.enrolled(0).await;
        for (index, code) in codes.iter().enumerate().take(3) {
            assert_eq!(world.recover(code, 0).await, Ok(9 - u32::try_from(index).unwrap()));
            assert_eq!(world.recover(code, 0).await, Err(Refusal::WrongCode));
        }
        let world = world.restarted().await;
        assert_eq!(world.recover(&codes[0], 0).await, Err(Refusal::WrongCode), "after a restart");
        let now = 10 * MINUTE;
        let renew = async |code: String| {
            refusal(world.factors.new_recovery_codes(world.zoe, &code, &by(world.zoe, at(now))).await)
        };
        assert_eq!(renew(authenticator.wrong(now)).await, Err(Refusal::WrongCode));
        let new = renew(authenticator.code(now)).await.unwrap();
        assert_eq!(renew(authenticator.code(now)).await, Err(Refusal::WrongCode), "its code was used");
        assert_eq!(world.recover(&codes[9], now).await, Err(Refusal::WrongCode), "an old one");
        assert_eq!(world.count("recovery_code").await, 10);
        let by_max = by(world.max, at(now));
        let enrolment = world.factors.enrol(world.max, "Pupitre", "max", &by_max).await.unwrap();
        let code = Authenticator::of(&enrolment).code(now);
        world.factors.confirm(world.max, &code, &by_max).await.unwrap();
        let others = refusal(world.factors.recover(world.max, &new[0].reveal(), &by_max).await);
        assert_eq!(others, Err(Refusal::WrongCode), "of another account");
        assert_eq!(world.recover(&new[0], now).await, Ok(9));
    })
    .await;
}

#[tokio::test]
async fn it_is_removed_by_a_valid_code_and_sessions_go_on() {
    on_each(async |world| {
        let (authenticator, codes) = world.enrolled(0).await;
        let (_, page) = world.page(world.zoe, at(0)).await;
        let now = 10 * MINUTE;
        let remove = async |code: String| {
            refusal(world.factors.remove(world.zoe, &code, &by(world.zoe, at(now))).await)
        };
        assert_eq!(remove(authenticator.wrong(now)).await, Err(Refusal::WrongCode));
        assert_eq!(remove(codes[0].reveal()).await, Err(Refusal::WrongCode), "a recovery code is none");
        assert!(world.factors.status(world.zoe).await.unwrap().is_some());
        assert_eq!(remove(authenticator.code(now)).await, Ok(()));
        assert_eq!(world.factors.status(world.zoe).await.unwrap(), None);
        assert_eq!(world.recover(&codes[0], now).await, Err(Refusal::NotEnrolled));
        assert_eq!((world.count("second_factor").await, world.count("recovery_code").await), (0, 0));
        assert!(world.knows(&page, at(now)).await);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_removes_it_and_all_sessions_end() {
    on_each(async |world| {
        let by_max = by(world.max, at(1));
        let remove = async || refusal(world.factors.remove_by_administrator(world.zoe, &by_max).await);
        assert_eq!(remove().await, Err(Refusal::NotEnrolled));
        world.enrolled(0).await;
        let (_, page) = world.page(world.zoe, at(0)).await;
        let (_, other) = world.page(world.max, at(0)).await;
        assert!(world.knows(&page, at(0)).await);
        assert_eq!(remove().await, Ok(()));
        let checked = world.sessions.check(&page.reveal(), at(1)).await;
        let reason = EndReason::SecondFactorRemoved;
        assert!(
            matches!(checked, Err(accounts::sessions::Error::Refused(accounts::sessions::Refusal::Ended(why))) if why == reason)
        );
        assert!(world.knows(&other, at(1)).await);
        assert!(world.trail().await.last().unwrap().starts_with("second_factor.removed"));
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_read_with_the_key_that_encrypted_it() {
    on_each(async |world| {
        let (authenticator, _) = world.enrolled(0).await;
        let world = world.restarted_with(&[2, 1]).await;
        assert_eq!(world.verify(&authenticator.code(10 * MINUTE), 10 * MINUTE).await, Ok(()));
        let world = world.restarted_with(&[2]).await;
        let now = 20 * MINUTE;
        let answer = world.factors.verify(world.zoe, &authenticator.code(now), &by(world.zoe, at(now))).await;
        assert!(matches!(answer, Err(Error::Failed(_))), "the server is at fault, not who sends the code");
    })
    .await;
}

#[tokio::test]
async fn spent_codes_are_deleted_after_three_months() {
    on_each(async |world| {
        let (_, codes) = world.enrolled(0).await;
        world.recover(&codes[0], 0).await.unwrap();
        let days = |days: i64| at(days * 24 * 60 * MINUTE);
        assert_eq!(world.factors.clean_up(days(90) - TimeDelta::milliseconds(1)).await.unwrap().rows, 0);
        assert_eq!(world.factors.clean_up(days(90)).await.unwrap().rows, 1);
        assert_eq!(world.count("recovery_code").await, 9);
        assert_eq!(world.recover(&codes[0], 0).await, Err(Refusal::WrongCode));
    })
    .await;
}

#[tokio::test]
async fn neither_the_secret_nor_a_recovery_code_is_stored() {
    on_each(async |world| {
        let by = by(world.zoe, at(0));
        let enrolment = world.factors.enrol(world.zoe, "Pupitre", "zoe", &by).await.unwrap();
        let code = Authenticator::of(&enrolment).code(0);
        let codes = world.factors.confirm(world.zoe, &code, &by).await.unwrap();
        world.recover(&codes[0], 0).await.unwrap();
        let codes = codes.iter().map(RecoveryCode::reveal);
        let secrets: Vec<String> = codes.chain([enrolment.secret]).collect();
        world.assert_not_stored(&secrets).await;
    })
    .await;
}

#[tokio::test]
async fn an_account_that_does_not_exist_enrols_nothing() {
    on_each(async |world| {
        let nobody = accounts::AccountId(uuid::Uuid::nil());
        let by = by(nobody, at(0));
        let enrolled = refusal(world.factors.enrol(nobody, "Pupitre", "nobody", &by).await);
        assert_eq!(enrolled.unwrap_err(), Refusal::NoAccount);
        assert_eq!(refusal(world.factors.verify(nobody, "123456", &by).await), Err(Refusal::NotEnrolled));
    })
    .await;
}
