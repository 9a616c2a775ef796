//! Playing the past back: which records, and how long to wait before each (spec.md §The desk, the supervisor, the
//! visitor: any conversation replayed at speed).
//!
//! Nothing here waits, the caller does, so that a page, a terminal and a test can each wait in their own way.
//!
//! Invariant: records come in order, each once, and memory holds a few pages, however long is played.

use std::sync::Arc;
use std::time::Duration;

use domain::{ConversationId, LivechatId, Timestamp};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use journal::checked::decode_linked;
use journal::store::is_full;
use journal::{Position, Record, Store};

use crate::error::Error;
use crate::ordered_fold;

/// The slowest: a tenth of the real speed.
pub const SPEED_MIN: f64 = 0.1;
/// The fastest: a working day in half a minute.
pub const SPEED_MAX: f64 = 1_000.0;

/// Records of a floor read at once: few, since they are played one by one and the reader may go.
const PAGE: u64 = 250;
/// Records of a conversation read at once.
const CONVERSATION_PAGE: usize = 250;

/// How fast the past is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    speed: f64,
    /// No pause is longer than this, in real time.
    skip_idle: Option<Duration>,
}

impl Tempo {
    /// This many times as fast as it was, [`SPEED_MIN`] to [`SPEED_MAX`]; pauses in which nothing happens are cut to
    /// `skip_idle`, in real time. Nothing for another speed.
    pub fn new(speed: f64, skip_idle: Option<Duration>) -> Option<Self> {
        (SPEED_MIN..=SPEED_MAX).contains(&speed).then_some(Self { speed, skip_idle })
    }

    /// How many times as fast as it was.
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// The same at another speed, or at the nearest allowed one.
    #[must_use]
    pub fn at_speed(self, speed: f64) -> Self {
        Self { speed: speed.clamp(SPEED_MIN, SPEED_MAX), ..self }
    }

    /// How long to wait between two events of the past.
    pub fn pause(&self, from: Timestamp, to: Timestamp) -> Duration {
        let real = (to - from).to_std().unwrap_or_default();
        let played = real.div_f64(self.speed);
        self.skip_idle.map_or(played, |longest| played.min(longest))
    }
}

/// Records to be played, in order.
pub type Records = BoxStream<'static, Result<Record, Error>>;

/// The records of a whole livechat after a position up to another.
pub fn floor(store: &Arc<dyn Store>, livechat: &LivechatId, after: Position, until: Position) -> Records {
    let pages = ordered_fold::read(store, livechat, (after, until), PAGE);
    let records = pages.map_ok(|page| stream::iter(page.into_iter().map(|chained| Ok(chained.record))));
    records.try_flatten().boxed()
}

/// The records of a conversation after a position up to another.
pub fn conversation(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    after: Position,
    until: Position,
) -> Records {
    let (store, livechat) = (store.clone(), livechat.clone());
    let pages = stream::try_unfold(Some(after), move |after| {
        let (store, livechat) = (store.clone(), livechat.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let page = store.read().conversation(&livechat, id, after, CONVERSATION_PAGE).await?;
            let mut records = decode_linked(&page)?;
            // Nothing follows the last page, nor one that is cut short.
            let goes_on = records.len() < page.len() || is_full(&page, CONVERSATION_PAGE);
            let next = records.last().map(|last| last.position).filter(|last| goes_on && *last < until);
            records.retain(|record| record.position <= until);
            let records = records.into_iter().map(Ok);
            Ok::<_, Error>(Some((stream::iter(records), next)))
        }
    });
    pages.try_flatten().boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn pauses_are_as_long_as_they_were_at_the_speed_asked_for() {
        let pause = |speed, skip_idle| Tempo::new(speed, skip_idle).unwrap().pause(at(1_000), at(61_000));
        assert_eq!(pause(1.0, None), Duration::from_secs(60));
        assert_eq!(pause(100.0, None), Duration::from_millis(600));
        assert_eq!(pause(0.1, None), Duration::from_secs(600));
        assert_eq!(pause(1.0, Some(Duration::from_secs(2))), Duration::from_secs(2));
        assert_eq!(pause(100.0, Some(Duration::from_secs(2))), Duration::from_millis(600));
    }

    #[test]
    fn time_that_goes_back_is_no_pause_and_no_speed_is_out_of_range() {
        let tempo = Tempo::new(1.0, None).unwrap();
        assert_eq!(tempo.pause(at(2_000), at(1_000)), Duration::ZERO);
        assert_eq!(Some(tempo.at_speed(1e9)), Tempo::new(SPEED_MAX, None));
        for speed in [0.0, 0.09, 1_000.1, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Tempo::new(speed, None), None, "{speed}");
        }
    }
}
