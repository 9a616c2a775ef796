//! Livechats in full swing: every conversation is picked up, and visitors write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::id::CommandId;
use domain::text::{Language, Name, Text};
use domain::{Action, Actor, ConversationAction, ConversationId, LivechatId, OperatorId, StaffId, VisitorId};
use futures::StreamExt;
use journal::Journal;
use uuid::Uuid;

/// Conversations of one operator.
pub(crate) const CAPACITY: usize = 10;

/// What visitors write: 48 characters, a short sentence.
pub const TEXT: &str = "Bonjour, où en est ma commande du mois dernier ?";

/// One conversation, and the visitor who writes in it.
#[derive(Clone)]
pub struct Exchange {
    /// Whose.
    pub livechat: LivechatId,
    /// Which.
    pub conversation: ConversationId,
    /// The writer.
    pub visitor: Actor,
}

/// So many livechats with so many conversations each, ready to be written in.
pub async fn open(journal: &Journal, name: &str, livechats: usize, conversations: usize) -> Vec<Exchange> {
    let opening = (0..livechats).map(|index| open_one(journal, format!("{name}-{index}"), conversations));
    futures::stream::iter(opening).buffer_unordered(256).collect::<Vec<_>>().await.concat()
}

async fn open_one(journal: &Journal, name: String, conversations: usize) -> Vec<Exchange> {
    let livechat = LivechatId::parse(&name).expect("an identifier");
    for (by, action) in opening(conversations) {
        execute(journal, &livechat, by, action).await;
    }
    let mut exchanges = Vec::with_capacity(conversations);
    for index in 0..conversations {
        let (conversation, visitor, request) = request(index);
        execute(journal, &livechat, visitor.clone(), request).await;
        let operator = journal.peek(&livechat, |state| {
            state.conversation(conversation).and_then(|live| live.operator().cloned())
        });
        let operator = operator.await.expect("the livechat").expect("somebody is free");
        execute(
            journal,
            &livechat,
            Actor::Operator(operator),
            Action::Conversation(conversation, ConversationAction::PickUp),
        )
        .await;
        exchanges.push(Exchange { livechat: livechat.clone(), conversation, visitor });
    }
    exchanges
}

/// What makes a livechat with operators enough for so many conversations.
pub fn opening(conversations: usize) -> Vec<(Actor, Action)> {
    let administrator = Actor::Administrator(StaffId::parse("ada").expect("an identifier"));
    let name = |text| Name::parse(text).expect("a name");
    let create = Action::CreateLivechat { name: name("Service client"), language: Language::Fr };
    let mut steps = vec![(administrator.clone(), create)];
    for index in 0..conversations.div_ceil(CAPACITY) {
        let id = OperatorId::parse(&format!("operator-{index}")).expect("an identifier");
        let capacity = i64::try_from(CAPACITY).ok();
        let profile = Profile { name: name("Alice"), skills: [].into(), capacity, email: None, hours: None };
        steps.push((administrator.clone(), Action::RegisterOperator(id.clone(), Box::new(profile))));
        steps.push((Actor::Operator(id.clone()), Action::ConnectOperator(id)));
    }
    steps
}

/// A visitor's request.
pub fn request(index: usize) -> (ConversationId, Actor, Action) {
    let id = VisitorId::parse(&format!("visitor-{index}")).expect("an identifier");
    let conversation = ConversationId(Uuid::now_v7());
    let request = Request {
        visitor: Visitor::of(id.clone()),
        language: Language::Fr,
        skill: None,
        card: Card::default(),
        history: vec![],
    };
    (
        conversation,
        Actor::Visitor(id),
        Action::Conversation(conversation, ConversationAction::Request(Box::new(request))),
    )
}

/// Commands that got a number as their id.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// A number scattered over the 16 bytes of an id. Drawing one at random is the work of a client, which asks
/// its system for it.
pub(crate) fn number(number: u64) -> Uuid {
    let scatter = |odd: u64| (number + 1).wrapping_mul(odd).rotate_left(29).wrapping_mul(odd);
    Uuid::from_u64_pair(scatter(0x9e37_79b9_7f4a_7c15), scatter(0xd1b5_4a32_d192_ed03))
}

/// Does a command.
pub async fn execute(journal: &Journal, livechat: &LivechatId, by: Actor, action: Action) {
    // A conversation is named by its request.
    let id = if let Action::Conversation(conversation, ConversationAction::Request(_)) = &action {
        CommandId(conversation.0)
    } else {
        CommandId(number(TAKEN.fetch_add(1, Ordering::Relaxed)))
    };
    journal.execute(livechat, id, by, action).await.expect("the command is done");
}

/// Writes so many messages from so many visitors at once, each waiting for the acknowledgement of one
/// message before sending the next. Tells how long all of it took.
pub async fn write(journal: &Journal, exchanges: &[Exchange], writers: usize, messages: usize) -> Duration {
    let left = Arc::new(AtomicUsize::new(messages));
    let text = Text::parse(TEXT).expect("a text");
    let started = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let (journal, left, text) = (journal.clone(), left.clone(), text.clone());
            let exchange = exchanges[writer % exchanges.len()].clone();
            tokio::spawn(async move {
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                    .is_ok()
                {
                    let action =
                        Action::Conversation(exchange.conversation, ConversationAction::Write(text.clone()));
                    execute(&journal, &exchange.livechat, exchange.visitor.clone(), action).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a writer writes");
    }
    started.elapsed()
}
