//! How others follow the log: committed events, in order, live.
//!
//! A follower subscribes first, then reads the log up to where it stands, then goes on live; what it
//! has seen already is skipped by its position. A follower too slow for its channel reads the log
//! again: nothing is ever missed or seen twice. A topic lives as long as somebody follows it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::{ConversationId, Fact, LivechatFact, LivechatId, OperatorId};
use futures::Stream;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::error::Error;
use crate::log::checked::{Page, decode_linked};
use crate::log::record::{Position, Record};
use crate::log::store::{Read, Store};

/// Committed events, in order, as the projections receive them.
pub type Batch = Arc<Vec<Arc<Record>>>;

/// Batches the projections may be behind before they have to read the log again.
const BATCHES_BACKLOG: usize = 1_024;
/// Records read from the log at once: so few that others have their turn after a millisecond.
const PAGE: usize = 250;

/// Which events of a livechat a follower wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of them.
    Livechat,
    /// Those of one conversation.
    Conversation(ConversationId),
    /// Those that concern one operator's desk.
    Operator(OperatorId),
}

/// The subscribers to part of a livechat, in an order that is always the same.
type Topics = HashMap<LivechatId, BTreeMap<Scope, broadcast::Sender<Update>>>;

/// What followers receive.
#[derive(Clone, Debug)]
enum Update {
    /// A record was committed.
    Record(Arc<Record>),
    /// The log may hold records that were not published here.
    Reread,
}

/// Where committed events are published.
#[derive(Debug)]
pub(crate) struct Feed {
    batches: broadcast::Sender<Batch>,
    topics: Mutex<Topics>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { batches: broadcast::Sender::new(BATCHES_BACKLOG), topics: Mutex::default() }
    }

    pub(crate) fn batches(&self) -> broadcast::Receiver<Batch> {
        self.batches.subscribe()
    }

    fn subscribe(&self, livechat: &LivechatId, scope: &Scope) -> broadcast::Receiver<Update> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics
            .entry(livechat.clone())
            .or_default()
            .entry(scope.clone())
            .or_insert_with(|| broadcast::Sender::new(scope.backlog()))
            .subscribe()
    }

    /// Forgets a topic that nobody follows any more: a conversation that is over has no further event
    /// at which this would be noticed.
    fn unsubscribe(&self, (livechat, scope): &(LivechatId, Scope)) {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of_livechat) = topics.get_mut(livechat) else { return };
        if of_livechat.get(scope).is_some_and(|followers| followers.receiver_count() == 0) {
            of_livechat.remove(scope);
        }
        if of_livechat.is_empty() {
            topics.remove(livechat);
        }
    }

    /// Makes the followers of a livechat read its log again. It was loaded, and what it holds may have come from
    /// another process: one that crashed and whose last records reached the log after the followers had
    /// read it, or one that still writes.
    pub(crate) fn request_reread(&self, livechat: &LivechatId) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for followers in topics.get(livechat).into_iter().flat_map(BTreeMap::values) {
            // The last follower may be leaving now.
            let _ = followers.send(Update::Reread);
        }
    }

    /// Publishes a committed batch. Nobody listening is no error.
    pub(crate) fn publish(&self, batch: Batch) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if !topics.is_empty() {
            for record in batch.iter() {
                let Some(of_livechat) = topics.get(&record.livechat) else { continue };
                let desks = of_livechat.iter().filter(|(scope, _)| concerns_desk(&record.event.fact, scope));
                for (_, followers) in desks {
                    // The last follower may be leaving now.
                    let _ = followers.send(Update::Record(record.clone()));
                }
                for scope in scopes(&record.event.fact) {
                    if let Some(followers) = of_livechat.get(&scope) {
                        // The last follower may be leaving now.
                        let _ = followers.send(Update::Record(record.clone()));
                    }
                }
            }
        }
        drop(topics);
        let _ = self.batches.send(batch);
    }
}

/// The scopes an event belongs to.
fn scopes(fact: &Fact) -> impl Iterator<Item = Scope> {
    let conversation = fact.conversation_id().map(Scope::Conversation);
    let operators = concerned(fact).into_iter().flatten().map(|id| Scope::Operator(id.clone()));
    [Some(Scope::Livechat), conversation].into_iter().flatten().chain(operators)
}

/// A change of the settings concerns every desk.
const fn concerns_desk(fact: &Fact, scope: &Scope) -> bool {
    matches!(fact, Fact::Livechat(LivechatFact::SettingsChanged { .. }))
        && matches!(scope, Scope::Operator(_))
}

/// The operators whose desk an event concerns besides: at most the one in charge and the one before.
fn concerned(fact: &Fact) -> [Option<&OperatorId>; 2] {
    match fact {
        Fact::Livechat(_) => [None, None],
        Fact::Operator { operator, .. } => [Some(operator), None],
        Fact::Conversation { operator, fact, .. } => {
            let from = fact.taken_from();
            [operator.as_ref(), from.filter(|from| operator.as_ref() != Some(from))]
        }
    }
}

impl Scope {
    /// Events a follower may be behind before it has to read the log again. The memory for them is
    /// taken at once, and there are as many conversations followed as visitors.
    const fn backlog(&self) -> usize {
        match self {
            Self::Livechat => 1_024,
            Self::Operator(_) => 256,
            Self::Conversation(_) => 32,
        }
    }

    fn includes(&self, record: &Record) -> bool {
        concerns_desk(&record.event.fact, self) || scopes(&record.event.fact).any(|scope| scope == *self)
    }

    /// The next records of the log in this scope after a position, and the position reached; nothing
    /// when the end of the log is reached.
    async fn read(
        &self,
        store: &dyn Read,
        livechat: &LivechatId,
        after: Position,
    ) -> Result<Option<(Vec<Arc<Record>>, Position)>, Error> {
        let records: Vec<Arc<Record>> = match self {
            Self::Conversation(id) => {
                let page = decode_linked(&store.conversation(livechat, *id, after, PAGE).await?)?;
                page.into_iter().map(Arc::new).collect()
            }
            Self::Livechat | Self::Operator(_) => {
                Page::read(store, livechat, after, PAGE).await?.decode_soon()?
            }
        };
        let Some(reached) = records.last().map(|record| record.position) else { return Ok(None) };
        Ok(Some((records.into_iter().filter(|record| self.includes(record)).collect(), reached)))
    }
}

/// Follows a livechat's log from just after a position, for ever.
pub(crate) fn follow(
    feed: &Arc<Feed>,
    store: Arc<dyn Store>,
    livechat: LivechatId,
    scope: Scope,
    after: Position,
) -> impl Stream<Item = Result<Arc<Record>, Error>> + Send + use<> {
    let live = Subscription {
        events: Some(feed.subscribe(&livechat, &scope)),
        feed: Arc::downgrade(feed),
        topic: (livechat, scope),
    };
    let follower = Follower { store, live, reached: after, backlog: VecDeque::new(), behind: true };
    futures::stream::try_unfold(follower, |mut follower| async move {
        let record = follower.next().await?;
        Ok(record.map(|record| (record, follower)))
    })
}

/// A place among the subscribers of a topic, given back at the end.
struct Subscription {
    /// There until the end.
    events: Option<broadcast::Receiver<Update>>,
    /// Followers do not keep a journal alive: without it their feed ends.
    feed: Weak<Feed>,
    topic: (LivechatId, Scope),
}

impl Subscription {
    async fn recv(&mut self) -> Result<Update, RecvError> {
        match &mut self.events {
            Some(events) => events.recv().await,
            None => Err(RecvError::Closed),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.events = None;
        if let Some(feed) = self.feed.upgrade() {
            feed.unsubscribe(&self.topic);
        }
    }
}

struct Follower {
    store: Arc<dyn Store>,
    live: Subscription,
    /// Everything up to here has been seen.
    reached: Position,
    backlog: VecDeque<Arc<Record>>,
    /// Whether the log has to be read before going on live.
    behind: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<Option<Arc<Record>>, Error> {
        loop {
            if let Some(record) = self.backlog.pop_front() {
                return Ok(Some(record));
            }
            if self.behind {
                let (livechat, scope) = &self.live.topic;
                match scope.read(self.store.read(), livechat, self.reached).await? {
                    Some((records, reached)) => {
                        self.reached = reached;
                        self.backlog.extend(records);
                    }
                    None => self.behind = false,
                }
                continue;
            }
            match self.live.recv().await {
                Ok(Update::Record(record)) if record.position > self.reached => {
                    self.reached = record.position;
                    return Ok(Some(record));
                }
                Ok(Update::Record(_)) => {}
                Ok(Update::Reread) | Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_topic_is_gone_with_its_last_follower() {
        let feed = Arc::new(Feed::new());
        let topics = || feed.topics.lock().unwrap().values().map(BTreeMap::len).sum::<usize>();
        let subscribe = || {
            let topic =
                (LivechatId::parse("support").unwrap(), Scope::Conversation(ConversationId(Uuid::nil())));
            let events = Some(feed.subscribe(&topic.0, &topic.1));
            Subscription { events, feed: Arc::downgrade(&feed), topic }
        };
        let (one, other) = (subscribe(), subscribe());
        assert_eq!(topics(), 1);
        drop(one);
        assert_eq!(topics(), 1);
        drop(other);
        assert_eq!(topics(), 0);
    }
}
