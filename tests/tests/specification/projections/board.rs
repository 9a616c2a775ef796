//! The board says what the rules themselves hold true, at every moment.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::conversation::Phase;
use domain::event::Voice;
use domain::{ConversationFact, Fact, Instant, Livechat};
use projections::board::BoardConversations;
use projections::board::conversations::{Owes, State};
use projections::projection::ConversationKey;
use projections::{Board, BoardConversation, BoardOperator, Memory, Runner, Views};

use super::scratch::Scratch;
use super::story::Story;

#[tokio::test]
async fn it_shows_what_the_rules_hold_true() {
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let (mut runner, views) = (Runner::new(database.clone()), Views::new(database));
        let mut story = Story::begin(21);
        let (mut told, mut waited) = (0, 0);
        while story.events.len() < 1_500 {
            for _ in 0..25 {
                story.step();
            }
            runner.apply(&story.events[told..]).await.unwrap();
            told = story.events.len();
            for island in &story.islands {
                let board = views.board(&island.id).await.unwrap().unwrap();
                assert_eq!(board.position, island.log.len() as u64);
                compare(&board, &island.state);
                waited += board.queue.len();
                assert_eq!(views.queue(&island.id).await.unwrap(), board.queue);
            }
        }
        assert!(waited > 20, "somebody waited: {waited}");
    }
}

fn compare(board: &Board, state: &Livechat) {
    let capacity = &state.settings().capacity;
    assert_eq!(board.livechat.conversations_per_operator, capacity.conversations_per_operator);
    assert_eq!(board.operators.len(), state.operators().len());
    for (shown, (id, operator)) in board.operators.iter().zip(state.operators()) {
        assert_eq!(shown.row.operator, id.as_str());
        assert_eq!(usize::try_from(shown.row.load).unwrap(), operator.conversations.len(), "load of {id}");
        assert_eq!(usize::try_from(shown.capacity).unwrap(), operator.capacity(capacity));
        assert_eq!(shown.row.connected_since, operator.connected_since);
        assert_eq!(shown.row.status == "available", operator.status.receives());
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
        assert_eq!(row.messages, i64::from(conversation.messages));
        assert_eq!(row.requested_at, conversation.requested_at);
    }
    let waiting: Vec<String> = state.queue().iter().map(|place| place.conversation.to_string()).collect();
    let queue: Vec<String> = board.queue.iter().map(|place| place.conversation.clone()).collect();
    assert_eq!(queue, waiting, "the queue in its order");
    assert!(board.queue.iter().zip(1..).all(|(place, position)| place.position == position));
}

/// Who owes the answer, told anew from the whole log of the conversation after every event.
#[test]
fn it_says_who_owes_the_answer_since_when() {
    let story = Story::of(23, 1_500);
    let mut memory = Memory::<BoardConversations>::default();
    let mut words: BTreeMap<ConversationKey, (Owes, Option<Instant>)> = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for event in &story.events {
        memory.apply(event);
        let Fact::Conversation { fact, .. } = &event.event.fact else { continue };
        let key = ConversationKey::of(event).unwrap();
        let at = Some(event.event.at);
        let word = words.entry(key.clone()).or_insert((Owes::Operator, at));
        if let ConversationFact::MessagePosted { voice, .. } = fact {
            match voice {
                Voice::Visitor => *word = (Owes::Operator, at),
                Voice::Operator => *word = (Owes::Visitor, at),
                Voice::System => {}
            }
        }
        let moved = matches!(
            fact,
            ConversationFact::Transferred { .. }
                | ConversationFact::AutoTransferred { .. }
                | ConversationFact::ReturnedToQueue { .. }
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

/// A live feed: the board at some moment, then the changes.
#[tokio::test]
async fn the_changes_lead_from_one_board_to_the_next() {
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let (mut runner, views) = (Runner::new(database.clone()), Views::new(database));
        let story = Story::of(22, 1_200);
        runner.apply(&story.events[..300]).await.unwrap();
        let island = &story.islands[0].id;
        let mut board = views.board(island).await.unwrap().unwrap();
        for batch in story.events[300..].chunks(30) {
            for changes in runner.apply(batch).await.unwrap() {
                if changes.livechat != *island {
                    continue;
                }
                assert!(changes.position > board.position);
                board.position = changes.position;
                if let Some(about) = &changes.about {
                    board.livechat = about.clone();
                }
                put(&mut board.operators, &changes.operators, |a: &BoardOperator| a.row.operator.clone());
                board.conversations.retain(|row| !changes.removed.contains(&row.conversation));
                put(&mut board.conversations, &changes.conversations, |a: &BoardConversation| {
                    a.conversation.clone()
                });
            }
            board.conversations.sort_by_key(|row| row.requested_position);
            board.queue = projections::queue::places(&board.conversations);
            assert_eq!(board, views.board(island).await.unwrap().unwrap());
        }
        assert!(
            board
                .conversations
                .iter()
                .any(|row| row.assigned_at.is_some_and(|at| at - row.requested_at >= TimeDelta::zero()))
        );
    }
}

fn put<T: Clone>(rows: &mut Vec<T>, changed: &[T], key: impl Fn(&T) -> String) {
    for row in changed {
        match rows.iter_mut().find(|old| key(old) == key(row)) {
            Some(old) => *old = row.clone(),
            None => rows.push(row.clone()),
        }
    }
}
