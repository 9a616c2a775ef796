//! The clock of a playback: which moment of the past it is, and how long it is until another.

use std::time::Duration;

use domain::Timestamp;
use replay::playback::Tempo;
use tokio::time;

/// How far behind a playback may be, because its reader took its time, before it goes on from where it is instead
/// of hurrying after.
const LATE_MAX: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(super) struct Clock {
    tempo: Option<Tempo>,
    past: Timestamp,
    /// When that moment of the past is played.
    due: time::Instant,
}

impl Clock {
    /// A clock that shows this moment now; without a tempo every moment is now.
    pub(super) fn at(past: Timestamp, tempo: Option<Tempo>) -> Self {
        Self { tempo, past, due: time::Instant::now() }
    }

    /// The moment of the past.
    pub(super) const fn past(&self) -> Timestamp {
        self.past
    }

    /// When a later moment is to be played.
    pub(super) fn due(&self, moment: Timestamp) -> time::Instant {
        let now = time::Instant::now();
        let due = if now.duration_since(self.due) > LATE_MAX { now } else { self.due };
        self.tempo.map_or(now, |tempo| due + tempo.pause(self.past, moment))
    }

    /// Goes on to a later moment, which is played at `due`.
    pub(super) const fn go_on(&mut self, moment: Timestamp, due: time::Instant) {
        self.past = moment;
        self.due = due;
    }
}
