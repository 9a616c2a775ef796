//! The floor, as a supervisor's page follows it: a snapshot, then what changes, put into the board.

use serde_json::{Value, json};

use super::feed::{Ended, Feed, FeedFrame, Transport};
use super::{Livechat, Person};

/// A followed floor.
pub struct Floor {
    feed: Feed,
    board: Value,
    /// The calls for help that are not settled, as of the last frame.
    pub help: Value,
    /// Today's totals, as of the last frame.
    pub today: Value,
    /// Every `help` frame so far.
    pub alerts: Vec<Value>,
}

impl Floor {
    /// Follows from the beginning, or from just after an event, as server-sent events.
    pub async fn follow(person: &Person, last_event_id: Option<u64>) -> Self {
        Self::over(Transport::Events, person, last_event_id).await
    }

    /// Follows from the beginning, or from just after a position.
    pub async fn over(transport: Transport, person: &Person, after: Option<u64>) -> Self {
        let feed = Feed::follow(person, transport, "/floor", after).await;
        Self { feed, board: Value::Null, help: Value::Null, today: Value::Null, alerts: vec![] }
    }

    /// As a supervisor of a livechat follows it from the beginning.
    pub async fn of(transport: Transport, livechat: &Livechat) -> Self {
        Self::over(transport, &livechat.supervisor(), None).await
    }

    /// The same, on top of what was known before.
    #[must_use]
    pub fn with_board(mut self, board: Value) -> Self {
        self.board = board;
        self
    }

    /// The next frame that moves the floor on, not put into the board.
    pub async fn next(&mut self) -> FeedFrame {
        self.feed.next_of(&["snapshot", "change", "help"]).await
    }

    /// Reads until the feed ends, and tells how.
    pub async fn ends(&mut self) -> Ended {
        self.feed.ends().await
    }

    /// Follows until the board stands at this position or later, and gives it.
    pub async fn caught_up(&mut self, position: u64) -> &Value {
        self.shows(|board| board["position"].as_u64().is_some_and(|reached| reached >= position)).await
    }

    /// Follows until the board is like this.
    pub async fn shows(&mut self, like: impl Fn(&Value) -> bool) -> &Value {
        while self.board.is_null() || !like(&self.board) {
            let frame = self.feed.next().await;
            self.put(frame);
        }
        &self.board
    }

    /// Follows until today's totals are like this.
    pub async fn totals(&mut self, like: impl Fn(&Value) -> bool) -> &Value {
        while self.today.is_null() || !like(&self.today) {
            let frame = self.feed.next().await;
            self.put(frame);
        }
        &self.today
    }

    /// Puts a frame into the board.
    pub fn put(&mut self, frame: FeedFrame) {
        let FeedFrame { name, mut data, .. } = frame;
        match name.as_str() {
            "snapshot" => {
                let fields = data.as_object_mut().expect("an object");
                fields.remove("type");
                fields.remove("resume_after");
                self.help = fields.remove("help").expect("the calls for help");
                self.today = fields.remove("today").unwrap_or_default();
                self.board = data;
            }
            "change" => self.change(&data),
            "help" => {
                self.change(&data["change"]);
                self.alerts.push(data);
            }
            "totals" => self.today = data["today"].take(),
            name => panic!("the floor has no frame {name}"),
        }
    }

    fn change(&mut self, change: &Value) {
        if !change["help"].is_null() {
            self.help = change["help"].clone();
        }
        Self::put_change(&mut self.board, change);
    }

    /// Puts the rows of a change into a board.
    pub fn put_change(board: &mut Value, change: &Value) {
        let removed = change["removed"].as_array().expect("a list");
        board["position"] = change["position"].clone();
        if !change["about"].is_null() {
            board["livechat"] = change["about"].clone();
        }
        put_rows(&mut board["operators"], &change["operators"], "operator");
        put_rows(&mut board["conversations"], &change["conversations"], "conversation");
        let live = board["conversations"].as_array_mut().expect("a list");
        live.retain(|row| !removed.contains(&row["conversation"]));
        live.sort_by_key(|row| row["requested_position"].as_u64());
        let waiting = live.iter().filter(|row| row["state"] == "waiting").zip(1..);
        board["queue"] = waiting.map(|(row, place)| queued(row, place)).collect();
        let operators = board["operators"].as_array_mut().expect("a list");
        operators.sort_by_key(|row| row["operator"].to_string());
    }
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
    let mut queued = json!({
        "position": place,
        "conversation": row["conversation"],
        "visitor": row["visitor"],
        "visitor_name": row["visitor_name"],
        "requested_by": row["requested_by"],
        "skill": row["skill"],
        "since": row["requested_at"],
    });
    if let Some(name) = row.get("skill_name") {
        queued["skill_name"] = name.clone();
    }
    queued
}
