//! What a connection is doing, as all parts of it know it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::time::Instant;

use super::ClientTimeouts;

/// How long a connection has waited, at least, before it may have to make room: its last answer is still in flight.
const SETTLED: Duration = Duration::from_secs(1);

/// The state of one connection.
#[derive(Debug)]
pub(super) struct State {
    phase: Mutex<Phase>,
    reader: AtomicWaker,
    pub(super) timeouts: ClientTimeouts,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// For a request, of which nothing or a part has come.
    Waiting { since: Instant, until: Instant, begun: bool },
    /// With this many bodies of requests and answers.
    Busy(usize),
    /// It has become a WebSocket, which has limits of its own.
    Socket,
    /// It has to make room.
    Displaced,
}

/// How long a reader may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until then, for the rest of a head or for anything at all.
    Until { until: Instant, begun: bool },
    /// Limited elsewhere.
    Unlimited,
    /// It is over.
    Over,
}

impl State {
    /// A connection that has just been made, and has a little less time than one that has proved itself.
    pub(super) fn new(timeouts: ClientTimeouts) -> Self {
        let since = Instant::now();
        let phase = Phase::Waiting { since, until: since + timeouts.first_head, begun: false };
        Self { phase: Mutex::new(phase), reader: AtomicWaker::new(), timeouts }
    }

    /// Something has come.
    pub(super) fn heard(&self) {
        let mut phase = self.phase();
        if let Phase::Waiting { since, until, begun: false } = *phase {
            let until = until.min(Instant::now() + self.timeouts.head);
            *phase = Phase::Waiting { since, until, begun: true };
        }
    }

    /// A request has begun; it ends when the returned value and its clones are dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        let mut phase = self.phase();
        match &mut *phase {
            Phase::Busy(bodies) => *bodies += 1,
            Phase::Socket => {}
            waiting @ (Phase::Waiting { .. } | Phase::Displaced) => *waiting = Phase::Busy(1),
        }
        Busy(self.clone())
    }

    /// It is a WebSocket from now on.
    pub(super) fn is_socket(&self) {
        *self.phase() = Phase::Socket;
    }

    /// Is it a WebSocket?
    pub(super) fn is_a_socket(&self) -> bool {
        matches!(*self.phase(), Phase::Socket)
    }

    /// Since when it has been waiting, if it may have to make room.
    pub(super) fn settled_since(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Waiting { since, .. } if since.elapsed() >= SETTLED => Some(since),
            Phase::Waiting { .. } | Phase::Busy(_) | Phase::Socket | Phase::Displaced => None,
        }
    }

    /// Makes it close, if it still waits.
    pub(super) fn displace(&self) -> bool {
        let mut phase = self.phase();
        let waits = matches!(*phase, Phase::Waiting { .. });
        if waits {
            *phase = Phase::Displaced;
            drop(phase);
            self.reader.wake();
        }
        waits
    }

    /// How long the reader, which is woken when that gets shorter, may wait.
    pub(super) fn wait(&self, reader: &Waker) -> Wait {
        self.reader.register(reader);
        match *self.phase() {
            Phase::Waiting { until, begun, .. } => Wait::Until { until, begun },
            Phase::Busy(_) | Phase::Socket => Wait::Unlimited,
            Phase::Displaced => Wait::Over,
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body of a request or an answer that is on its way.
#[derive(Debug)]
pub(super) struct Busy(Arc<State>);

impl Busy {
    /// How long the client is waited for.
    pub(super) fn timeouts(&self) -> &ClientTimeouts {
        &self.0.timeouts
    }

    /// One more of the same request.
    pub(super) fn also(&self) -> Self {
        self.0.begin()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut phase = self.0.phase();
        if let Phase::Busy(bodies) = &mut *phase {
            *bodies -= 1;
            if *bodies == 0 {
                let since = Instant::now();
                *phase = Phase::Waiting { since, until: since + self.0.timeouts.idle, begun: false };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: ClientTimeouts = ClientTimeouts {
        first_head: Duration::from_secs(20),
        head: Duration::from_secs(15),
        idle: Duration::from_secs(75),
        body_stall: Duration::from_secs(10),
        body_grace: Duration::from_secs(20),
        reader: Duration::from_secs(40),
    };

    fn wait(state: &State) -> Wait {
        state.wait(Waker::noop())
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_less_time_than_a_connection_between_two_requests() {
        let state = Arc::new(State::new(TIMEOUTS));
        let now = Instant::now();
        assert_eq!(wait(&state), Wait::Until { until: now + TIMEOUTS.first_head, begun: false });
        drop(state.begin());
        assert_eq!(wait(&state), Wait::Until { until: now + TIMEOUTS.idle, begun: false });
        state.heard();
        assert_eq!(wait(&state), Wait::Until { until: now + TIMEOUTS.head, begun: true });
        // Sending byte by byte gains no time.
        tokio::time::advance(TIMEOUTS.head / 2).await;
        state.heard();
        assert_eq!(wait(&state), Wait::Until { until: now + TIMEOUTS.head, begun: true });
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_idle_connection_makes_room() {
        let state = Arc::new(State::new(TIMEOUTS));
        assert_eq!(state.settled_since(), None, "it has just come");
        tokio::time::advance(SETTLED).await;
        assert!(state.settled_since().is_some());
        let request = state.begin();
        let answer = request.also();
        drop(request);
        tokio::time::advance(SETTLED).await;
        assert_eq!((state.settled_since(), state.displace()), (None, false), "it is being answered");
        assert_eq!(wait(&state), Wait::Unlimited);
        drop(answer);
        assert!(state.displace());
        assert_eq!(wait(&state), Wait::Over);
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_stays_one() {
        let state = Arc::new(State::new(TIMEOUTS));
        let request = state.begin();
        state.is_socket();
        drop(request);
        tokio::time::advance(TIMEOUTS.idle * 2).await;
        assert!(state.is_a_socket());
        assert_eq!((wait(&state), state.displace()), (Wait::Unlimited, false));
    }
}
