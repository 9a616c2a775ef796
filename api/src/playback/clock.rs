//! The clock of a playback: which past time it shows, and how long it is until another.

use std::time::Duration;

use domain::Timestamp;
use replay::playback::Tempo;
use tokio::time;

/// How far behind a playback may be, because its reader took its time, before it continues from where it is instead of
/// catching up.
const LATE_MAX: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(super) struct Clock {
    tempo: Option<Tempo>,
    past: Timestamp,
    /// When that past time is played.
    due: time::Instant,
}

impl Clock {
    /// A clock that shows this time now; without a tempo every time is now.
    pub(super) fn at(past: Timestamp, tempo: Option<Tempo>) -> Self {
        Self { tempo, past, due: time::Instant::now() }
    }

    /// The past time.
    pub(super) const fn past(&self) -> Timestamp {
        self.past
    }

    /// When a later time is to be played.
    pub(super) fn due(&self, time: Timestamp) -> time::Instant {
        let now = time::Instant::now();
        let due = if now.duration_since(self.due) > LATE_MAX { now } else { self.due };
        self.tempo.map_or(now, |tempo| due + tempo.pause(self.past, time))
    }

    /// Goes on to a later time, which is played at `due`.
    pub(super) const fn go_on(&mut self, time: Timestamp, due: time::Instant) {
        self.past = time;
        self.due = due;
    }
}
