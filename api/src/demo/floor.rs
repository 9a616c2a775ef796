//! What visitors and operators of the demonstration share, and how fast they write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::chance::Chance;
use crate::client::{Http, Paths};
use crate::simulate::Tokens;
use crate::simulate::part::{Next, Part};
use crate::simulate::script::Scene;

/// Between what one hears and what one answers, in milliseconds.
const ANSWER_MILLIS: (u64, u64) = (1_000, 4_000);

/// How long before a message the typing is seen.
const TYPING: Duration = Duration::from_millis(900);

/// The floor of the demonstration.
pub struct Floor {
    /// For requests.
    pub http: Http,
    /// Where.
    pub paths: Paths,
    /// In whose name.
    pub tokens: Tokens,
    scenes: Mutex<HashMap<Uuid, Arc<Scene>>>,
}

impl Floor {
    /// A floor where nobody is yet.
    pub fn new(http: Http, paths: Paths, tokens: Tokens) -> Self {
        Self { http, paths, tokens, scenes: Mutex::default() }
    }

    /// Makes a conversation known to the operators.
    pub fn enter(&self, scene: Arc<Scene>) {
        self.scenes.lock().unwrap_or_else(PoisonError::into_inner).insert(scene.id, scene);
    }

    /// The conversation, if it is one of the dialogues.
    pub fn find(&self, id: Uuid) -> Option<Arc<Scene>> {
        self.scenes.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Forgets a conversation that is over.
    pub fn leave(&self, id: Uuid) {
        self.scenes.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// The turn of one side: thinking, then typing, then the act itself.
#[derive(Debug, Default)]
pub struct Turn(Option<Planned>);

#[derive(Clone, Copy, Debug)]
struct Planned {
    next: Next,
    at: Instant,
    is_typing: bool,
}

/// What has become due in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Show that one is typing.
    Type,
    /// Do it.
    Act(Next),
}

impl Turn {
    /// Plans what the part does next, unless it is planned already; tells when to ask what is due.
    pub fn plan(&mut self, part: &Part, chance: &mut Chance) -> Option<Instant> {
        let next = part.next();
        if next == Next::Listen {
            self.0 = None;
        } else if self.0.is_none_or(|planned| planned.next != next) {
            let at = Instant::now() + chance.millis(ANSWER_MILLIS);
            self.0 = Some(Planned { next, at, is_typing: false });
        }
        self.at()
    }

    /// When to ask what is due.
    pub fn at(&self) -> Option<Instant> {
        let Planned { next, at, is_typing } = self.0?;
        let types_first = matches!(next, Next::Say(_)) && !is_typing;
        Some(if types_first { at.checked_sub(TYPING).unwrap_or(at) } else { at })
    }

    /// What is due now, if anything.
    pub fn take_due(&mut self) -> Option<Due> {
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
