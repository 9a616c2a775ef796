//! A livechat in a journal, and its users.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::id::CommandId;
use domain::{Action, Actor, ConversationAction, ConversationId, Livechat, LivechatId};
use journal::eviction::Limits;
use journal::{Error, Journal, ManualClock, Options, Receipt, Record, Store};
use pupitre_tests::patience::soon;
use uuid::Uuid;

use super::story::{self, beginning, by_operator, by_visitor, write};

/// A livechat in a journal whose clock stands still.
#[derive(Clone)]
pub(super) struct Floor {
    pub(super) journal: Journal,
    pub(super) livechat: LivechatId,
    clock: ManualClock,
}

impl Floor {
    /// A livechat over an empty log, with Alice at her desk.
    pub(super) async fn over(store: Arc<dyn Store>) -> Self {
        let floor = Self::again(store);
        floor.open().await;
        floor
    }

    /// The livechat of a log that has one already.
    pub(super) fn again(store: Arc<dyn Store>) -> Self {
        Self::with(store, Options::default().queue_commands_max, ManualClock::at(beginning()))
    }

    /// A livechat whose journal keeps nothing in memory once it is made to tidy.
    pub(super) fn forgetful(store: Arc<dyn Store>) -> Self {
        Self::limited(store, Limits { idle: Duration::ZERO, ..Limits::default() })
    }

    /// A livechat whose journal may keep so much in memory.
    pub(super) fn limited(store: Arc<dyn Store>, memory: Limits) -> Self {
        let clock = ManualClock::at(beginning());
        let options = Options { clock: Arc::new(clock.clone()), memory, ..Options::default() };
        Self { journal: Journal::over(store, options), livechat: story::id("support"), clock }
    }

    /// A livechat whose journal works in a particular way.
    pub(super) fn with(store: Arc<dyn Store>, queue_commands_max: usize, clock: ManualClock) -> Self {
        let options = Options { queue_commands_max, clock: Arc::new(clock.clone()), ..Options::default() };
        Self { journal: Journal::over(store, options), livechat: story::id("support"), clock }
    }

    /// A livechat whose journal is that of a server that has just started, and knows how long none was up.
    pub(super) async fn served(store: Arc<dyn Store>, clock: ManualClock) -> Self {
        let options = Options { serves: true, clock: Arc::new(clock.clone()), ..Options::default() };
        let floor = Self { journal: Journal::over(store, options), livechat: story::id("support"), clock };
        soon(floor.journal.note_outage()).await.unwrap();
        floor
    }

    /// Another livechat in the same journal.
    pub(super) fn neighbour(&self, livechat: &str) -> Self {
        Self { livechat: story::id(livechat), ..self.clone() }
    }

    /// Does what has to be done before visitors are served.
    pub(super) async fn open(&self) {
        for (by, action) in story::opening() {
            self.does(by, action).await.unwrap();
        }
    }

    /// Somebody does something.
    pub(super) async fn does(&self, by: Actor, action: Action) -> Result<Receipt, Error> {
        self.does_as(CommandId(Uuid::now_v7()), by, action).await
    }

    /// Somebody does something, in a command of this id.
    pub(super) async fn does_as(&self, id: CommandId, by: Actor, action: Action) -> Result<Receipt, Error> {
        soon(self.journal.execute(&self.livechat, id, by, action)).await
    }

    /// A visitor's conversation, picked up by Alice.
    pub(super) async fn conversation(&self, visitor: &str) -> ConversationId {
        let (conversation, by, action) = story::request(visitor);
        self.does(by, action).await.unwrap();
        self.does(by_operator("alice"), Action::Conversation(conversation, ConversationAction::PickUp))
            .await
            .unwrap();
        conversation
    }

    /// The visitor's inactivity is the only clock from now on.
    pub(super) async fn has_one_clock(&self) {
        self.does(story::administrator(), story::one_clock()).await.unwrap();
    }

    /// A visitor writes in a conversation, and is answered by the journal.
    pub(super) async fn says(
        &self,
        visitor: &str,
        conversation: ConversationId,
        text: &str,
    ) -> Result<Receipt, Error> {
        self.does(by_visitor(visitor), write(conversation, text)).await
    }

    /// Time passes.
    pub(super) fn passes(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// The whole log.
    pub(super) async fn log(&self) -> Vec<Arc<Record>> {
        self.journal.read(&self.livechat, 0, 1_000_000).await.unwrap()
    }

    /// The state in memory.
    pub(super) async fn state(&self) -> Livechat {
        soon(self.journal.peek(&self.livechat, Livechat::clone)).await.unwrap()
    }

    /// The state that the log tells.
    pub(super) async fn folded(&self) -> Livechat {
        let mut state = Livechat::default();
        for record in self.log().await {
            domain::evolve(&mut state, &record.event);
        }
        state
    }

    /// Closes the journal and its log.
    pub(super) async fn close(&self) {
        soon(self.journal.close()).await;
    }
}

/// These are all positions from `first` on, in order.
#[track_caller]
pub(super) fn assert_gapless(records: &[Arc<Record>], first: u64) {
    let positions: Vec<u64> = records.iter().map(|record| record.position).collect();
    let expected: Vec<u64> = (first..first + positions.len() as u64).collect();
    assert_eq!(positions, expected);
}
