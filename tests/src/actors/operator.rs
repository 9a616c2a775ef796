//! An operator at the desk.

use serde_json::{Value, json};

use super::{Person, Socket, Visitor};

/// An operator.
pub struct Operator {
    /// The identifier.
    pub id: String,
    /// The operator's token at work over HTTP.
    pub person: Person,
    /// The first frame of the desk.
    pub snapshot: Value,
    /// The desk's connection.
    pub socket: Socket,
}

impl Operator {
    pub(super) async fn sits_down(id: &str, person: Person) -> Self {
        let mut socket = Socket::open(&person.socket("/desk")).await;
        let snapshot = socket.hears(|frame| frame["type"] == "snapshot").await;
        Self { id: id.to_owned(), person, snapshot, socket }
    }

    /// Waits until the conversation comes to the desk; gives the tab.
    pub async fn sees_tab(&mut self, visitor: &Visitor) -> Value {
        let opened = self.socket.hears(|frame| {
            frame["type"] == "opened" && frame["tab"]["conversation"] == visitor.conversation.as_str()
        });
        opened.await["tab"].take()
    }

    /// Opens the flashing tab.
    pub async fn picks_up(&mut self, visitor: &Visitor) -> u64 {
        self.socket.does(json!({ "type": "pick_up", "conversation": visitor.conversation })).await
    }

    /// Writes, and waits until it is durable. Tells the position.
    pub async fn says(&mut self, visitor: &Visitor, text: &str) -> u64 {
        let command = json!({ "type": "message", "conversation": visitor.conversation, "text": text });
        self.socket.does(command).await
    }

    /// Writes to the supervisors what the visitor never sees.
    pub async fn says_internally(&mut self, visitor: &Visitor, text: &str) -> u64 {
        let conversation = visitor.conversation.as_str();
        let command = json!({ "type": "internal_message", "conversation": conversation, "text": text });
        self.socket.does(command).await
    }

    /// Waits for this text in a conversation from any side; returns the frame.
    pub async fn hears(&mut self, visitor: &Visitor, text: &str) -> Value {
        let conversation = visitor.conversation.as_str();
        let like = |frame: &Value| {
            frame["type"] == "message" && frame["conversation"] == conversation && frame["text"] == text
        };
        self.socket.hears(like).await
    }

    /// Waits for a frame of this type about a conversation.
    pub async fn receives(&mut self, kind: &str, visitor: &Visitor) -> Value {
        let conversation = visitor.conversation.as_str();
        self.socket.hears(|frame| frame["type"] == kind && frame["conversation"] == conversation).await
    }

    /// Passes a conversation on, to `{"operator": …}` or `{"skill": …}`.
    pub async fn transfers(&mut self, visitor: &Visitor, to: Value, note: Option<&str>) -> u64 {
        let conversation = visitor.conversation.as_str();
        let command = json!({ "type": "transfer", "conversation": conversation, "to": to, "note": note });
        self.socket.does(command).await
    }

    /// Ends a conversation.
    pub async fn ends(&mut self, visitor: &Visitor) -> u64 {
        self.socket.does(json!({ "type": "end", "conversation": visitor.conversation })).await
    }

    /// Starts to type.
    pub async fn types(&mut self, visitor: &Visitor) {
        self.socket.says(&json!({ "type": "typing", "conversation": visitor.conversation })).await;
    }

    /// Changes the own status.
    pub async fn is_now(&mut self, status: &str) -> u64 {
        self.socket.does(json!({ "type": "status", "status": status })).await
    }

    /// Another desk of the same operator, from just after a position.
    pub async fn desk(&self, after: u64) -> Socket {
        Socket::open(&self.person.socket(&format!("/desk?after={after}"))).await
    }

    /// Comes back with a new connection, after the last position heard.
    pub async fn comes_back(&mut self) {
        self.socket = self.desk(self.socket.last_position()).await;
    }
}
