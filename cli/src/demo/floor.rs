//! What visitors and operators of the demonstration share, and how fast they write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::rng::Rng;
use crate::client::{Http, Paths};
use crate::loadtest::Tokens;
use crate::loadtest::dialogue::PlayedDialogue;
use crate::loadtest::dialogue_progress::{DialogueProgress, Next};

/// Between what one hears and what one answers, in milliseconds.
const ANSWER_MILLIS: (u64, u64) = (1_000, 4_000);

/// How long before a message the typing is seen.
const TYPING: Duration = Duration::from_millis(900);

/// The floor of the demonstration.
pub(super) struct Floor {
    /// For requests.
    pub(super) http: Http,
    /// Where.
    pub(super) paths: Paths,
    /// In whose name.
    pub(super) tokens: Tokens,
    played: Mutex<HashMap<Uuid, Arc<PlayedDialogue>>>,
}

impl Floor {
    /// A floor where nobody is yet.
    pub(super) fn new(http: Http, paths: Paths, tokens: Tokens) -> Self {
        Self { http, paths, tokens, played: Mutex::default() }
    }

    /// Makes a conversation known to the operators.
    pub(super) fn enter(&self, played: Arc<PlayedDialogue>) {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).insert(played.id, played);
    }

    /// The conversation, if it is one of the dialogues.
    pub(super) fn find(&self, id: Uuid) -> Option<Arc<PlayedDialogue>> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Forgets a conversation that is over.
    pub(super) fn leave(&self, id: Uuid) {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// The turn of one side: thinking, then typing, then the act itself.
#[derive(Debug, Default)]
pub(super) struct Turn(Option<Planned>);

#[derive(Clone, Copy, Debug)]
struct Planned {
    next: Next,
    at: Instant,
    is_typing: bool,
}

/// What has become due in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Show that one is typing.
    Type,
    /// Do it.
    Act(Next),
}

impl Turn {
    /// Plans what this side does next, unless that is planned already; returns when to ask what is due.
    pub(super) fn plan(&mut self, progress: &DialogueProgress, rng: &mut Rng) -> Option<Instant> {
        let next = progress.next();
        if next == Next::Listen {
            self.0 = None;
        } else if self.0.is_none_or(|planned| planned.next != next) {
            let at = Instant::now() + rng.millis(ANSWER_MILLIS);
            self.0 = Some(Planned { next, at, is_typing: false });
        }
        self.at()
    }

    /// When to ask what is due.
    pub(super) fn at(&self) -> Option<Instant> {
        let Planned { next, at, is_typing } = self.0?;
        let types_first = matches!(next, Next::Say(_)) && !is_typing;
        Some(if types_first { at.checked_sub(TYPING).unwrap_or(at) } else { at })
    }

    /// What is due now, if anything.
    pub(super) fn take_due(&mut self) -> Option<Due> {
        let now = Instant::now();
        if self.at()? > now {
            return None;
        }
        let planned = self.0.as_mut()?;
        if matches!(planned.next, Next::Say(_)) && !planned.is_typing {
            planned.is_typing = true;
            return Some(Due::Type);
        }
        let next = planned.next;
        self.0 = None;
        Some(Due::Act(next))
    }
}
