//! The floor in memory is the floor of the tables, and what it says has changed leads from any position to now.

use std::collections::HashMap;

use projections::queue::QueueEntry;
use projections::{Changes, FloorView, LiveFloor, Queries, QueueChanges, QueueSnapshot, Runner};

use super::scratch::Scratch;
use super::story::{Dice, Story, slug};

#[tokio::test]
async fn it_is_the_board_of_the_tables() {
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let (runner, views) = (Runner::new(database.clone()), Queries::new(database));
        let mut story = Story::begin(4);
        let support = slug("support");
        let mut live = LiveFloor::empty(support.clone());
        let mut projected = 0;
        while story.events.len() < 2_000 {
            for _ in 0..25 {
                story.step();
            }
            runner.apply(&story.events[projected..]).await.unwrap();
            for event in story.events[projected..].iter().filter(|event| event.livechat == support) {
                live.apply(event);
            }
            projected = story.events.len();
            let board = views.floor(&support).await.unwrap();
            assert_eq!(live.view(), board);
            // The next one begins from the tables.
            live = LiveFloor::seeded(support.clone(), board.unwrap(), HashMap::new());
        }
    }
}

#[test]
fn from_every_position_the_changes_lead_to_now() {
    let mut story = Story::begin(5);
    let mut dice = Dice::new(6);
    let support = slug("support");
    let mut live = LiveFloor::empty(support.clone());
    let mut projected = 0;
    // Readers who stand at different positions.
    let mut readers: Vec<(FloorView, QueueSnapshot)> = vec![];
    let mut queued = 0;
    while story.events.len() < 3_000 {
        story.step();
        for event in story.events[projected..].iter().filter(|event| event.livechat == support) {
            live.apply(event);
        }
        projected = story.events.len();
        let now = (live.view().unwrap(), live.queue().unwrap());
        queued += now.1.waiting;
        for (board, queue) in &mut readers {
            if dice.roll(8) == 0 {
                put(board, live.changes_after(board.position).unwrap());
                enter(queue, live.queue_changes_after(queue.position).unwrap());
                assert_eq!((&*board, &*queue), (&now.0, &now.1));
            }
        }
        if readers.len() < 40 && dice.roll(20) == 0 {
            readers.push(now);
        }
    }
    assert!(readers.len() > 20 && queued > 100, "{} readers, {queued} waited", readers.len());
    assert_eq!(live.changes_after(live.position() + 1), None, "not reached");
}

fn put(board: &mut FloorView, changes: Changes) {
    assert!(changes.after <= board.position);
    board.position = changes.position;
    if let Some(about) = changes.about {
        board.livechat = about;
    }
    for operator in changes.operators {
        board.operators.retain(|known| known.row.operator != operator.row.operator);
        board.operators.push(operator);
    }
    board.operators.sort_by(|a, b| a.row.operator.cmp(&b.row.operator));
    let gone = |id: &String| changes.removed.contains(id);
    let is_new = |id: &String| changes.conversations.iter().any(|row| row.conversation == *id);
    board.conversations.retain(|row| !gone(&row.conversation) && !is_new(&row.conversation));
    board.conversations.extend(changes.conversations);
    board.conversations.sort_by_key(|row| row.requested_position);
    board.queue = projections::queue::places(&board.conversations);
}

fn enter(queue: &mut QueueSnapshot, changes: QueueChanges) {
    let is_new =
        |entry: &QueueEntry| changes.entered.iter().any(|new| new.conversation == entry.conversation);
    queue.places.retain(|entry| !changes.left.contains(&entry.conversation) && !is_new(entry));
    queue.places.extend(changes.entered);
    let now = QueueSnapshot::new(changes.position, std::mem::take(&mut queue.places));
    assert_eq!((now.waiting, &now.lines), (changes.waiting, &changes.lines));
    *queue = now;
}
