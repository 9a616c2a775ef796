//! A conversation over HTTP, and the account of it: whatever was acknowledged is in the transcript once
//! and in its place, and every client that was not served was told to send it again.

use std::time::Duration;

use domain::LivechatId;
use journal::entry::GENESIS;
use journal::store::StoredRecord;
use pupitre_tests::actors::{Answer, Livechat, Operator, Person, Visitor};
use pupitre_tests::patience::soon;
use pupitre_tests::store::Sql;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The codes that tell a client to send the same again.
const AGAIN: [&str; 3] = ["not_durable", "overloaded", "database_unavailable"];
/// How long a client waits before it sends the same again, and how long writers think in between.
const PAUSE: Duration = Duration::from_millis(20);

/// What was answered so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// The position and the text of every message that was acknowledged, in the order of the answers.
    pub(crate) acknowledged: Vec<(u64, String)>,
    /// The code of every refusal.
    pub(crate) refused: Vec<String>,
}

/// Alice, and Zoe whom she serves.
pub(crate) struct Talk {
    livechat: Livechat,
    pub(crate) alice: Operator,
    pub(crate) zoe: Visitor,
    account: watch::Sender<Account>,
}

impl Talk {
    pub(crate) async fn begins(livechat: Livechat) -> Self {
        livechat.is_created().await;
        // Whatever happens to the sockets, and however long nobody can write, Alice keeps Zoe: these tests
        // are not about presence.
        let patient = json!({ "disconnect_notice": 3_600, "auto_transfer": 0, "follow_up": 0 });
        livechat.sets("timeouts", patient).await;
        let mut alice = livechat.operator("alice").await;
        let zoe = livechat.visitor("zoe").await;
        alice.picks_up(&zoe).await;
        Self { livechat, alice, zoe, account: watch::Sender::default() }
    }

    /// Zoe, as she writes over HTTP.
    pub(crate) fn zoe(&self) -> Speaker {
        self.speaker(self.zoe.person.clone())
    }

    /// Alice, as she writes over HTTP.
    pub(crate) fn alice(&self) -> Speaker {
        self.speaker(self.alice.person.clone())
    }

    /// Somebody who writes in this conversation, perhaps on another server.
    pub(crate) fn speaker(&self, person: Person) -> Speaker {
        Speaker { person, path: self.zoe.path("/messages"), account: self.account.clone() }
    }

    /// So many writers, by turns as Alice and as Zoe, who write one message after the other.
    pub(crate) fn load(&self, writers: usize) -> Load {
        let stop = CancellationToken::new();
        let writers = (0..writers)
            .map(|writer| {
                let speaker = if writer % 2 == 0 { self.alice() } else { self.zoe() };
                let stop = stop.clone();
                tokio::spawn(async move {
                    let mut pace = tokio::time::interval(PAUSE);
                    for n in 0.. {
                        if stop.is_cancelled() {
                            return;
                        }
                        speaker.insists(&format!("{writer}: {n}")).await;
                        pace.tick().await;
                    }
                })
            })
            .collect();
        Load { stop, writers }
    }

    /// How many messages were acknowledged, and how many refused.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let account = self.account.borrow();
        (account.acknowledged.len(), account.refused.len())
    }

    /// Waits until so many more messages were acknowledged.
    pub(crate) async fn goes_on(&self, more: usize) {
        let enough = self.counts().0 + more;
        let mut account = self.account.subscribe();
        soon(account.wait_for(|account| account.acknowledged.len() >= enough)).await.unwrap();
    }

    /// Waits until a message was refused after the first so many.
    pub(crate) async fn is_refused(&self, before: usize) {
        let mut account = self.account.subscribe();
        soon(account.wait_for(|account| account.refused.len() > before)).await.unwrap();
    }

    /// Everything that was acknowledged is there, once and in order, for every reader: the
    /// transcript, the pages that were open all the time, and the log itself.
    pub(crate) async fn is_whole(&mut self, sql: &Sql) {
        let mut acknowledged = self.account.borrow().acknowledged.clone();
        acknowledged.sort_unstable();
        assert!(!acknowledged.is_empty());
        let last = acknowledged.last().unwrap().clone();
        assert_eq!(self.transcript(last.0).await, acknowledged);

        for socket in [&mut self.zoe.socket, &mut self.alice.socket] {
            if socket.last_position() < last.0 {
                socket.hears(|frame| frame["position"] == last.0).await;
            }
        }
        for heard in [self.zoe.socket.logged(), self.alice.socket.logged()] {
            let heard = heard.iter().filter(|frame| frame["type"] == "message" && frame["from"] != "system");
            let heard: Vec<(u64, String)> = heard.map(place_and_text).collect();
            assert_eq!(heard, acknowledged);
        }

        let livechat = LivechatId::parse(&self.livechat.id).unwrap();
        let mut previous = GENESIS;
        for (expected, row) in (1..).zip(sql.rows(&livechat).await) {
            let record = StoredRecord {
                livechat: livechat.clone(),
                position: row.sequence.unsigned_abs(),
                event_type: row.event_type,
                event_version: row.event_version,
                payload: row.payload,
                metadata: row.metadata,
                hash: row.hash,
            };
            assert_eq!(record.position, expected);
            assert_eq!(
                record.chained_to(&previous).as_slice(),
                record.hash,
                "the chain breaks at {expected}"
            );
            previous = record.chained_to(&previous);
        }
    }

    /// The voices and texts of the transcript, once it has reached a position.
    async fn transcript(&self, at_least: u64) -> Vec<(u64, String)> {
        let supervisor = self.livechat.supervisor();
        let mut said = Vec::new();
        let mut after = Some(0);
        while let Some(position) = after {
            let path = self.zoe.path(&format!("/transcript?at_least={at_least}&after={position}"));
            let page = soon(async {
                loop {
                    let answer = supervisor.get(&path).await;
                    if answer.status != 503 {
                        return answer.is(200);
                    }
                }
            })
            .await;
            let lines = page["lines"].as_array().unwrap().iter();
            said.extend(
                lines
                    .filter(|line| line["kind"] == "message" && line["role"] != "system")
                    .map(place_and_text),
            );
            after = page["next"].as_u64();
        }
        said
    }
}

fn place_and_text(line: &Value) -> (u64, String) {
    (line["position"].as_u64().unwrap(), line["text"].as_str().unwrap().to_owned())
}

/// One who writes over HTTP, every message under a key of its own.
#[derive(Clone)]
pub(crate) struct Speaker {
    person: Person,
    path: String,
    account: watch::Sender<Account>,
}

/// A message and its key.
pub(crate) struct Message {
    key: String,
    text: String,
}

impl Message {
    pub(crate) fn new(text: &str) -> Self {
        Self { key: Uuid::now_v7().to_string(), text: text.to_owned() }
    }
}

impl Speaker {
    /// Sends a message once. It is acknowledged, or refused for now: anything else fails the test.
    pub(crate) async fn tries(&self, message: &Message) -> bool {
        let answer = self.sends(message).await;
        if answer.status == 201 {
            let position = answer.body["position"].as_u64().unwrap();
            self.account.send_modify(|account| account.acknowledged.push((position, message.text.clone())));
            return true;
        }
        let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
        assert!(AGAIN.contains(&code.as_str()), "{answer:?}");
        assert_eq!(answer.retry_after.as_deref(), Some("1"), "{answer:?}");
        answer.is_problem(503, &code);
        self.account.send_modify(|account| account.refused.push(code));
        false
    }

    /// Sends a message once, and gives the answer, of which no account is kept.
    pub(crate) async fn sends(&self, message: &Message) -> Answer {
        self.person.post_with_key(&message.key, &self.path, &json!({ "text": message.text })).await
    }

    /// Writes, and is acknowledged at once.
    pub(crate) async fn says(&self, text: &str) {
        assert!(self.tries(&Message::new(text)).await, "{:?}", self.account.borrow().refused.last());
    }

    /// Writes, as often as it takes, as a client does.
    pub(crate) async fn insists(&self, text: &str) {
        let message = Message::new(text);
        let mut pace = tokio::time::interval(PAUSE);
        while !self.tries(&message).await {
            pace.tick().await;
        }
    }
}

/// Writers who write one message after the other.
pub(crate) struct Load {
    stop: CancellationToken,
    writers: Vec<JoinHandle<()>>,
}

impl Load {
    /// Lets everybody finish the message at hand.
    pub(crate) async fn ends(self) {
        self.stop.cancel();
        for writer in self.writers {
            soon(writer).await.unwrap();
        }
    }
}
