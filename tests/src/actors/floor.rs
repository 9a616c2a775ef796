//! The floor, as a supervisor's page follows it: a snapshot, then what changes, put into the board.

use reqwest::Method;
use serde_json::{Value, json};

use super::Person;
use crate::patience::soon;

/// A followed floor.
pub struct Floor {
    stream: reqwest::Response,
    unread: Vec<u8>,
    board: Value,
}

/// One event of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FloorEvent {
    /// `snapshot` or `change`.
    pub name: String,
    /// The position, to resume after.
    pub id: u64,
    /// The board, or what changed.
    pub data: Value,
}

impl Floor {
    /// Follows from the beginning, or from just after an event.
    pub async fn follow(person: &Person, last_event_id: Option<u64>) -> Self {
        let request = person.request(Method::GET, "/floor");
        let request = match last_event_id {
            Some(id) => request.header("Last-Event-ID", id.to_string()),
            None => request,
        };
        let stream = soon(request.send()).await.expect("the server answers");
        assert_eq!(stream.status(), 200);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        Self { stream, unread: vec![], board: Value::Null }
    }

    /// The same, on top of what was known before.
    #[must_use]
    pub fn with_board(mut self, board: Value) -> Self {
        self.board = board;
        self
    }

    /// The next event, not put into the board.
    pub async fn next(&mut self) -> FloorEvent {
        soon(self.read()).await.expect("the feed goes on")
    }

    /// Reads until the feed ends.
    pub async fn ends(&mut self) {
        soon(async { while self.read().await.is_some() {} }).await;
    }

    /// Follows until the board stands at this position or later, and gives it.
    pub async fn caught_up(&mut self, position: u64) -> &Value {
        while self.board["position"].as_u64().is_none_or(|reached| reached < position) {
            let event = self.next().await;
            self.put(event);
        }
        &self.board
    }

    /// Follows until the board is like this.
    pub async fn shows(&mut self, like: impl Fn(&Value) -> bool) -> &Value {
        while self.board.is_null() || !like(&self.board) {
            let event = self.next().await;
            self.put(event);
        }
        &self.board
    }

    /// Puts an event into the board.
    pub fn put(&mut self, event: FloorEvent) {
        match event.name.as_str() {
            "snapshot" => self.board = event.data,
            "change" => self.change(&event.data),
            name => panic!("the floor has no event {name}"),
        }
    }

    fn change(&mut self, change: &Value) {
        let removed = change["removed"].as_array().expect("a list");
        self.board["position"] = change["position"].clone();
        if !change["about"].is_null() {
            self.board["livechat"] = change["about"].clone();
        }
        put_rows(&mut self.board["operators"], &change["operators"], "operator");
        put_rows(&mut self.board["conversations"], &change["conversations"], "conversation");
        let live = self.board["conversations"].as_array_mut().expect("a list");
        live.retain(|row| !removed.contains(&row["conversation"]));
        live.sort_by_key(|row| row["requested_position"].as_u64());
        let waiting = live.iter().filter(|row| row["state"] == "waiting").zip(1..);
        self.board["queue"] = waiting.map(|(row, place)| queued(row, place)).collect();
        let operators = self.board["operators"].as_array_mut().expect("a list");
        operators.sort_by_key(|row| row["operator"].to_string());
    }

    async fn read(&mut self) -> Option<FloorEvent> {
        loop {
            while let Some(end) = self.unread.windows(2).position(|end| end == b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = parse(std::str::from_utf8(&event).expect("the feed is UTF-8"));
                if event.is_some() {
                    return event;
                }
            }
            self.unread.extend(self.stream.chunk().await.ok()??);
        }
    }
}

/// A comment is no event.
fn parse(event: &str) -> Option<FloorEvent> {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Some(FloorEvent {
        name: field("event")?.to_owned(),
        id: field("id")?.parse().expect("the id is a position"),
        data: serde_json::from_str(field("data")?).expect("the data is JSON"),
    })
}

fn put_rows(rows: &mut Value, changed: &Value, key: &str) {
    let rows = rows.as_array_mut().expect("a list");
    for row in changed.as_array().expect("a list") {
        match rows.iter_mut().find(|known| known[key] == row[key]) {
            Some(known) => *known = row.clone(),
            None => rows.push(row.clone()),
        }
    }
}

fn queued(row: &Value, place: usize) -> Value {
    json!({
        "position": place,
        "conversation": row["conversation"],
        "visitor": row["visitor"],
        "visitor_name": row["visitor_name"],
        "skill": row["skill"],
        "since": row["requested_at"],
    })
}
