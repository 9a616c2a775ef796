//! The floor agrees with the state of the rules, after every event.

use std::collections::BTreeMap;

use domain::event::Voice;
use domain::state::Phase;
use domain::{ConversationFact, Exchange, Fact, Flow, Livechat, Timestamp};
use projections::floor::FloorConversations;
use projections::floor::conversations::{Owes, State};
use projections::projection::ConversationKey;
use projections::{FloorView, Memory, Queries, Runner};

use super::scratch::Scratch;
use super::story::Story;

#[tokio::test]
async fn it_shows_what_the_rules_hold_true() {
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let (runner, views) = (Runner::new(database.clone()), Queries::new(database));
        let mut story = Story::begin(21);
        let (mut told, mut waited) = (0, 0);
        while story.events.len() < 3_000 {
            for _ in 0..25 {
                story.step();
            }
            runner.apply(&story.events[told..]).await.unwrap();
            told = story.events.len();
            for island in &story.islands {
                let board = views.floor(&island.id).await.unwrap().unwrap();
                assert_eq!(board.position, island.log.len() as u64);
                compare(&board, &island.state);
                waited += board.queue.len();
            }
        }
        assert!(waited > 20, "somebody waited: {waited}");
    }
}

fn compare(board: &FloorView, state: &Livechat) {
    let capacity = &state.settings().capacity;
    assert_eq!(board.livechat.conversations_per_operator, capacity.conversations_per_operator);
    assert_eq!(board.livechat.open, state.service_hours().is_open(None));
    let billing = domain::SkillId::parse("billing").unwrap();
    assert_eq!(board.livechat.openings["billing"], state.service_hours().is_open(Some(&billing)));
    assert_eq!(board.operators.len(), state.operators().len());
    for (shown, (id, operator)) in board.operators.iter().zip(state.operators()) {
        assert_eq!(shown.row.operator, id.as_str());
        assert_eq!(usize::try_from(shown.row.load).unwrap(), operator.conversations.len(), "load of {id}");
        assert_eq!(usize::try_from(shown.capacity).unwrap(), operator.capacity(capacity));
        assert_eq!(shown.row.connected_since, operator.connected_since);
        assert_eq!(shown.row.status, operator.status.to_string());
        assert_eq!(shown.row.connection_lost_since.is_some(), operator.lost_until.is_some());
        assert_eq!(shown.row.on_shift, operator.on_shift, "shift of {id}");
    }
    assert_eq!(board.conversations.len(), state.conversations().count());
    let shown: BTreeMap<&str, _> =
        board.conversations.iter().map(|row| (row.conversation.as_str(), row)).collect();
    for (id, conversation) in state.conversations() {
        let row = shown[id.to_string().as_str()];
        let phase = match conversation.phase {
            Phase::Requested => State::Requested,
            Phase::Waiting => State::Waiting,
            Phase::Assigned { picked_up: false, .. } => State::Assigned,
            Phase::Assigned { picked_up: true, .. } => State::PickedUp,
        };
        assert_eq!(row.state, phase);
        assert_eq!(row.operator.as_deref(), conversation.operator().map(domain::OperatorId::as_str));
        assert_eq!(row.skill.as_deref(), conversation.skill.as_ref().map(domain::SkillId::as_str));
        if row.again {
            assert!(row.messages <= i64::from(conversation.messages), "those of the last segment");
        } else {
            assert_eq!(row.messages, i64::from(conversation.messages));
        }
        assert_eq!(row.important, conversation.marks.important);
        assert_eq!(row.searching, conversation.searching);
        let help = conversation.marks.help.as_ref();
        assert_eq!(row.help_called_at, help.map(|help| help.called_at));
        let taken_by = help.and_then(|help| help.taken_by.as_ref()).map(ToString::to_string);
        assert_eq!(row.help_taken_by, taken_by);
        assert_eq!(row.assigned_by.is_some(), conversation.operator().is_some());
        if conversation.unanswered_since.is_some() {
            assert_eq!(row.owes_answer, Owes::Operator, "a message is unanswered");
            assert!(row.owed_since >= conversation.unanswered_since);
        }
        assert_eq!(row.requested_at, conversation.requested_at);
    }
    let waiting: Vec<String> = state.queue().iter().map(|place| place.conversation.to_string()).collect();
    let queue: Vec<String> = board.queue.iter().map(|place| place.conversation.clone()).collect();
    assert_eq!(queue, waiting, "the queue in its order");
    assert!(board.queue.iter().zip(1..).all(|(place, position)| place.position == position));
}

/// Which side owes the answer, computed anew from the whole log of the conversation after every event.
#[test]
fn it_says_who_owes_the_answer_since_when() {
    let story = Story::of(23, 1_500);
    let mut memory = Memory::<FloorConversations>::default();
    let mut words: BTreeMap<ConversationKey, (Owes, Option<Timestamp>)> = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for event in &story.events {
        memory.apply(event);
        let Fact::Conversation { fact, .. } = &event.event.fact else { continue };
        let key = ConversationKey::of(event).unwrap();
        let at = Some(event.event.at);
        let word = words.entry(key.clone()).or_insert((Owes::Operator, at));
        if let ConversationFact::Exchange(
            Exchange::MessagePosted { voice, .. } | Exchange::FileSent { voice, .. },
        ) = fact
        {
            match voice {
                Voice::Visitor => *word = (Owes::Operator, at),
                Voice::Operator => *word = (Owes::Visitor, at),
                Voice::System => {}
            }
        }
        if matches!(fact, ConversationFact::Exchange(Exchange::FileRequested { .. })) {
            *word = (Owes::Visitor, at);
        }
        if matches!(fact, ConversationFact::Flow(Flow::RequestedAgain(_))) {
            *word = (Owes::Operator, at);
        }
        let moved = matches!(
            fact,
            ConversationFact::Flow(
                Flow::Transferred { .. } | Flow::AutoTransferred { .. } | Flow::ReturnedToQueue { .. }
            )
        );
        if moved && word.0 == Owes::Visitor {
            *word = (Owes::Nobody, None);
        }
        if let Some(row) = memory.get(&key) {
            assert_eq!((row.owes_answer, row.owed_since), *word);
            assert!(row.last_activity_at >= word.1.unwrap_or(row.requested_at));
            *seen.entry(format!("{:?}", row.owes_answer)).or_insert(0) += 1;
        }
    }
    assert_eq!(seen.len(), 3, "each was seen: {seen:?}");
}
