//! The board, kept up to date from the feed: a snapshot, then the rows that change.

use std::collections::BTreeMap;

use projections::floor::OperatorRow;
use projections::floor::conversations::State;
use projections::{FloorConversation, FloorLivechat, FloorOperator, FloorView};
use serde::Deserialize;

/// What is known of the floor.
#[derive(Debug)]
pub struct Floor {
    name: String,
    connection: &'static str,
    position: Option<u64>,
    operators: BTreeMap<String, Operator>,
    conversations: BTreeMap<String, FloorConversation>,
}

/// An operator with the capacity in force.
#[derive(Clone, Debug, Deserialize)]
pub struct Operator {
    /// The operator.
    #[serde(flatten)]
    pub row: OperatorRow,
    /// Conversations at once.
    pub capacity: i64,
}

/// A snapshot or a change. A snapshot has the livechat as `livechat`, a change as `about`.
#[derive(Deserialize)]
struct FloorUpdate {
    position: u64,
    #[serde(default)]
    about: Option<FloorLivechat>,
    #[serde(default)]
    operators: Vec<Operator>,
    #[serde(default)]
    conversations: Vec<FloorConversation>,
    #[serde(default)]
    removed: Vec<String>,
}

#[derive(Deserialize)]
struct Help {
    change: FloorUpdate,
}

#[derive(Deserialize)]
struct Named {
    livechat: FloorLivechat,
}

impl Floor {
    /// A floor of which nothing is known yet.
    pub fn new(livechat: &str) -> Self {
        Self {
            name: livechat.to_owned(),
            connection: "connecting",
            position: None,
            operators: BTreeMap::new(),
            conversations: BTreeMap::new(),
        }
    }

    /// Begins from a snapshot.
    ///
    /// # Errors
    /// When it is not a board.
    pub fn begin(&mut self, data: &str) -> serde_json::Result<()> {
        let Named { livechat } = serde_json::from_str(data)?;
        let rows: FloorUpdate = serde_json::from_str(data)?;
        self.name = livechat.name;
        self.operators.clear();
        self.conversations.clear();
        self.put(rows);
        Ok(())
    }

    /// Shows a board and nothing else.
    pub fn shows(&mut self, board: FloorView) {
        self.name = board.livechat.name;
        self.position = Some(board.position);
        let operator = |shown: FloorOperator| Operator { row: shown.row, capacity: shown.capacity };
        let operators = board.operators.into_iter().map(operator);
        self.operators = operators.map(|one| (one.row.operator.clone(), one)).collect();
        let conversations = board.conversations.into_iter();
        self.conversations = conversations.map(|row| (row.conversation.clone(), row)).collect();
    }

    /// Applies a change.
    ///
    /// # Errors
    /// When it is not a change of a board.
    pub fn change(&mut self, data: &str) -> serde_json::Result<()> {
        let rows: FloorUpdate = serde_json::from_str(data)?;
        self.put(rows);
        Ok(())
    }

    /// Applies the change that a call for help is part of.
    ///
    /// # Errors
    /// When it is not one.
    pub fn help(&mut self, data: &str) -> serde_json::Result<()> {
        let Help { change } = serde_json::from_str(data)?;
        self.put(change);
        Ok(())
    }

    fn put(&mut self, rows: FloorUpdate) {
        self.position = Some(rows.position);
        if let Some(about) = rows.about {
            self.name = about.name;
        }
        self.operators
            .extend(rows.operators.into_iter().map(|operator| (operator.row.operator.clone(), operator)));
        let conversations = rows.conversations.into_iter();
        self.conversations.extend(conversations.map(|row| (row.conversation.clone(), row)));
        for conversation in &rows.removed {
            self.conversations.remove(conversation);
        }
    }

    /// Says how the connection is.
    pub const fn connection(&mut self, words: &'static str) {
        self.connection = words;
    }

    /// How the connection is.
    pub const fn connection_words(&self) -> &'static str {
        self.connection
    }

    /// The livechat's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The position it is as of, once something is known.
    pub const fn position(&self) -> Option<u64> {
        self.position
    }

    /// The operators, those who are connected first, by name.
    pub fn operators(&self) -> Vec<&Operator> {
        let mut operators: Vec<&Operator> = self.operators.values().collect();
        operators.sort_by_key(|operator| (operator.row.connected_since.is_none(), &operator.row.name));
        operators
    }

    /// The conversations of an operator, oldest first.
    pub fn conversations_of(&self, operator: &str) -> Vec<&FloorConversation> {
        self.sorted(|conversation| conversation.operator.as_deref() == Some(operator))
    }

    /// The waiting visitors, the next to be served first.
    pub fn queue(&self) -> Vec<&FloorConversation> {
        self.sorted(|conversation| conversation.state == State::Waiting)
    }

    fn sorted(&self, which: impl Fn(&FloorConversation) -> bool) -> Vec<&FloorConversation> {
        let mut found: Vec<_> =
            self.conversations.values().filter(|conversation| which(conversation)).collect();
        found.sort_by_key(|conversation| (conversation.requested_at, conversation.requested_position));
        found
    }
}
