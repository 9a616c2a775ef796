//! Scarce resources, and how livechats share them: playbacks, exports, reads of past states, long work.
//!
//! A livechat may have as many as are left free besides: alone it has half of them, two have a third each, and
//! so on. So there is always one for a livechat that has none, unless there are more livechats that want one than
//! there are; and the number of livechats need not be known beforehand. A request that finds none
//! waits for a while and is then asked to come back: with 429 when it is the livechat's own share that is used up, with
//! 503 when all are taken by others.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use domain::LivechatId;
use domain::bilingual::Bilingual;
use domain::text::Language;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use crate::http::problem::Problem;

/// Seconds after which a livechat whose share is used up may try again: most of what it has ends by then.
const AGAIN_SECS: u32 = 5;

/// Some of a kind, to be shared. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FairShare(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The code of the problem that says there is none left.
    code: &'static str,
    /// The name of the resource, for people.
    what: Bilingual,
    total: usize,
    wait_max: Duration,
    taken: Mutex<HashMap<LivechatId, usize>>,
    given_back: Notify,
}

/// One of them; dropping it gives it back.
#[derive(Debug)]
pub struct Permit {
    of: FairShare,
    livechat: LivechatId,
}

/// Why none is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Short {
    /// The livechat has its share.
    Own,
    /// All are taken.
    All,
}

impl FairShare {
    /// This many of a kind. A request that finds none waits for at most `wait_max`, and is then refused with this code.
    pub fn new(code: &'static str, what: Bilingual, total: usize, wait_max: Duration) -> Self {
        let (taken, given_back) = (Mutex::default(), Notify::new());
        Self(Arc::new(Inner { code, what, total, wait_max, taken, given_back }))
    }

    /// Takes one for a livechat, as soon as there is one.
    ///
    /// # Errors
    /// 429 when the livechat has its share, 503 when all are taken by others, with when to come back.
    pub async fn take(&self, livechat: &LivechatId) -> Result<Permit, Problem> {
        let until = Instant::now() + self.0.wait_max;
        loop {
            let mut given_back = pin!(self.0.given_back.notified());
            // Before the check, so that one given back in between is not missed.
            given_back.as_mut().enable();
            let short = match self.try_take(livechat) {
                Ok(place) => return Ok(place),
                Err(short) => short,
            };
            if timeout_at(until, given_back).await.is_err() {
                return Err(self.problem(short));
            }
        }
    }

    /// Does work on a thread of its own, in the share of a livechat.
    ///
    /// # Errors
    /// As [`FairShare::take`].
    pub async fn run<T: Send + 'static>(
        &self,
        livechat: &LivechatId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.take(livechat).await?;
        let done = spawn_blocking(move || {
            // Held by the work and not by the request, which may have gone.
            let _permit = permit;
            work()
        });
        done.await.map_err(|error| Problem::internal(&error))
    }

    /// How many are free.
    pub fn free(&self) -> usize {
        self.0.total.saturating_sub(self.taken().values().sum())
    }

    fn try_take(&self, livechat: &LivechatId) -> Result<Permit, Short> {
        let mut taken = self.taken();
        let free = self.0.total.saturating_sub(taken.values().sum());
        let own = taken.get(livechat).copied().unwrap_or_default();
        if own >= free {
            return Err(if own == 0 { Short::All } else { Short::Own });
        }
        taken.insert(livechat.clone(), own + 1);
        Ok(Permit { of: self.clone(), livechat: livechat.clone() })
    }

    fn problem(&self, short: Short) -> Problem {
        let Inner { code, what, .. } = &*self.0;
        metrics::counter!("shares_refused_total", "code" => *code).increment(1);
        let (en, fr) = (what.text(Language::En), what.text(Language::Fr));
        match short {
            Short::Own => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                code,
                Bilingual::new(
                    format!("this livechat is using its share of {en}; try again shortly"),
                    format!("ce livechat utilise déjà sa part\u{a0}: {fr}\u{202f}; réessayez dans un moment"),
                ),
            )
            .again_in(AGAIN_SECS),
            Short::All => Problem::unavailable(
                code,
                Bilingual::new(
                    format!("other livechats are using all {en}; try again shortly"),
                    format!(
                        "d’autres livechats utilisent tout\u{a0}: {fr}\u{202f}; réessayez dans un moment"
                    ),
                ),
            ),
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<LivechatId, usize>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        if let Some(own) = taken.get_mut(&self.livechat) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.livechat);
            }
        }
        drop(taken);
        self.of.0.given_back.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn livechat(number: usize) -> LivechatId {
        LivechatId::parse(&format!("l{number}")).unwrap()
    }

    fn shared(total: usize, wait_max: Duration) -> FairShare {
        FairShare::new("too_many", Bilingual::same("places"), total, wait_max)
    }

    #[test]
    fn one_livechat_has_half_and_the_next_a_third_of_what_there_is() {
        let share = shared(12, Duration::ZERO);
        let mut held = vec![];
        for (number, most) in [(0, 6), (1, 3), (2, 2), (3, 1)] {
            let livechat = livechat(number);
            let own: Vec<Permit> = std::iter::from_fn(|| share.try_take(&livechat).ok()).collect();
            assert_eq!(own.len(), most, "livechat {number}");
            assert_eq!(share.try_take(&livechat).unwrap_err(), Short::Own);
            held.push(own);
        }
        assert_eq!(share.try_take(&livechat(4)).unwrap_err(), Short::All);
        held.remove(0);
        assert!(share.try_take(&livechat(4)).is_ok());
        held.clear();
        assert!(share.taken().is_empty());
    }

    #[test]
    fn a_single_permit_goes_to_the_first_caller() {
        let share = shared(1, Duration::ZERO);
        let one = share.try_take(&livechat(0)).unwrap();
        assert_eq!(share.try_take(&livechat(1)).unwrap_err(), Short::All);
        drop(one);
        assert!(share.try_take(&livechat(1)).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_without_a_permit_waits_for_a_while() {
        let share = shared(2, Duration::from_secs(5));
        let one = share.take(&livechat(0)).await.unwrap();
        let refused = share.take(&livechat(0)).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (429, "too_many"));
        let other = share.take(&livechat(1)).await.unwrap();
        let refused = share.take(&livechat(2)).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (503, "too_many"));
        let waiting = tokio::spawn({
            let share = share.clone();
            async move { share.take(&livechat(2)).await.is_ok() }
        });
        tokio::time::sleep(Duration::from_secs(4)).await;
        drop(one);
        assert!(waiting.await.unwrap());
        drop(other);
    }
}
