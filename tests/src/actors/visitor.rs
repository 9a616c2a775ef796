//! A visitor, with the page of one conversation open.

use serde_json::{Value, json};

use super::{Door, Person, Socket};

/// A visitor.
pub struct Visitor {
    /// The visitor's token at work over HTTP.
    pub person: Person,
    /// The conversation.
    pub conversation: String,
    /// What the request was answered.
    pub requested: Value,
    /// The page's connection.
    pub socket: Socket,
}

/// A visitor whose page was closed.
pub struct ClosedPage {
    person: Person,
    requested: Value,
    after: u64,
    /// The conversation.
    pub conversation: String,
}

impl ClosedPage {
    /// Opens the page again, after the last position heard.
    pub async fn opens_again(self) -> Visitor {
        let Self { person, requested, after, conversation } = self;
        let socket = Socket::open(&page(&person, &conversation, after)).await;
        Visitor { person, conversation, requested, socket }
    }
}

impl Visitor {
    /// The visitor of a request that was answered so, whose page is open.
    pub async fn opens_page(person: Person, requested: Value) -> Self {
        let conversation = requested["conversation"].as_str().expect("a conversation").to_owned();
        let socket = Socket::open(&page(&person, &conversation, 0)).await;
        Self { person, conversation, requested, socket }
    }

    /// Writes, and waits until it is durable. Tells the position.
    pub async fn says(&mut self, text: &str) -> u64 {
        self.socket.does(json!({ "type": "message", "text": text })).await
    }

    /// Waits for this text from any side; returns the frame.
    pub async fn hears(&mut self, text: &str) -> Value {
        self.socket.hears(|frame| frame["type"] == "message" && frame["text"] == text).await
    }

    /// Waits for a frame of this type.
    pub async fn receives(&mut self, kind: &str) -> Value {
        self.socket.hears(|frame| frame["type"] == kind).await
    }

    /// Ends the conversation.
    pub async fn ends(&mut self) -> u64 {
        self.socket.does(json!({ "type": "end" })).await
    }

    /// Gives up waiting.
    pub async fn leaves(&mut self) -> u64 {
        self.socket.does(json!({ "type": "leave" })).await
    }

    /// Starts to type.
    pub async fn types(&mut self) {
        self.socket.says(&json!({ "type": "typing" })).await;
    }

    /// Looks at the page again, or does not any more.
    pub async fn looks(&mut self, looking: bool) {
        self.socket.says(&json!({ "type": "looking", "looking": looking })).await;
    }

    /// Goes to another page of the site.
    pub async fn goes_to(&mut self, url: &str, title: Option<&str>) {
        self.socket.says(&json!({ "type": "page", "url": url, "title": title })).await;
    }

    /// Another connection to the same conversation, from just after a position.
    pub async fn page(&self, after: u64) -> Socket {
        Socket::open(&page(&self.person, &self.conversation, after)).await
    }

    /// Comes back with a new connection, after the last position heard.
    pub async fn comes_back(&mut self) {
        self.socket = self.page(self.socket.last_position()).await;
    }

    /// Closes the page.
    pub async fn closes_page(self) -> ClosedPage {
        let Self { person, conversation, requested, socket } = self;
        let after = socket.last_position();
        socket.close().await;
        ClosedPage { person, requested, after, conversation }
    }

    /// An address below the conversation.
    pub fn path(&self, below: &str) -> String {
        format!("/conversations/{}{below}", self.conversation)
    }
}

fn page(person: &Person, conversation: &str, after: u64) -> Door {
    person.socket(&format!("/visitor?conversation={conversation}&after={after}"))
}
