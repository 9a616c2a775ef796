//! The floor as text. Pure: the same floor at the same time is the same text.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use domain::text::{isolated, one_line};
use projections::floor::conversations::{Owes, State};
use projections::{FloorConversation, RequestedBy};

use super::floor::{Floor, Operator};

/// Visitors of the queue that are drawn; the others are counted.
const QUEUE_DRAWN_MAX: usize = 12;

/// Characters of a name that are drawn, so that a line fits an ordinary terminal.
const NAME_DRAWN_MAX: usize = 20;

/// The whole drawing.
pub fn draw(floor: &Floor, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let operators = floor.operators();
    let queue = floor.queue();
    let connected = operators.iter().filter(|operator| operator.row.connected_since.is_some()).count();
    let in_conversation: usize =
        operators.iter().map(|operator| floor.conversations_of(&operator.row.operator).len()).sum();
    // Writing into a String cannot fail.
    let _ = writeln!(
        text,
        "{}   {}   {}\noperators connected: {connected} · waiting: {} · in conversation: {in_conversation}\n",
        one_line(floor.name()),
        now.format("%H:%M:%S UTC"),
        floor.connection_words(),
        queue.len(),
    );
    let _ = writeln!(text, "{}", draw_operators(floor, &operators, now));
    let _ = writeln!(text, "{}", draw_queue(&queue, now));
    text
}

fn draw_operators(floor: &Floor, operators: &[&Operator], now: DateTime<Utc>) -> Table {
    let mut table = table(["operator", "status", "load", "visitor", "age", "active", "answer owed by"]);
    for operator in operators {
        let row = &operator.row;
        let status = match row.connected_since {
            Some(since) => format!("{}, {}", row.status, ago(now, since.max(row.status_since))),
            None => "not connected".into(),
        };
        let mut conversations = floor.conversations_of(&row.operator).into_iter().map(|row| about(row, now));
        let first = conversations.next().unwrap_or_default();
        table.add_row([clip(&row.name), status, bar(row.load, operator.capacity)].into_iter().chain(first));
        for next in conversations {
            table.add_row([String::new(), String::new(), String::new()].into_iter().chain(next));
        }
    }
    table
}

/// Visitor, age, last activity, and who owes the answer since when.
fn about(conversation: &FloorConversation, now: DateTime<Utc>) -> [String; 4] {
    let owed = conversation.owed_since.map(|since| ago(now, since)).unwrap_or_default();
    let turn = match (conversation.state, conversation.owes_answer) {
        (State::Assigned, _) => format!("not picked up, {}", ago(now, conversation.requested_at)),
        (State::Requested | State::Waiting | State::PickedUp, Owes::Operator) => format!("operator, {owed}"),
        (State::Requested | State::Waiting | State::PickedUp, Owes::Visitor) => format!("visitor, {owed}"),
        (State::Requested | State::Waiting | State::PickedUp, Owes::Nobody) => "nobody".into(),
    };
    let turn = conversation.on_hold_since.map_or(turn, |since| format!("on hold, {}", ago(now, since)));
    [
        visitor(conversation),
        ago(now, conversation.requested_at),
        ago(now, conversation.last_activity_at),
        turn,
    ]
}

fn draw_queue(queue: &[&FloorConversation], now: DateTime<Utc>) -> String {
    if queue.is_empty() {
        return "Nobody waits.".into();
    }
    let mut table = table(["queue", "visitor", "skill", "waiting"]);
    for (conversation, position) in queue.iter().take(QUEUE_DRAWN_MAX).zip(1..) {
        let skill =
            conversation.skill_name.as_ref().or(conversation.skill.as_ref()).map_or("any", String::as_str);
        let place: i32 = position;
        table.add_row([
            &place.to_string(),
            &visitor(conversation),
            skill,
            &ago(now, conversation.requested_at),
        ]);
    }
    match queue.len().saturating_sub(QUEUE_DRAWN_MAX) {
        0 => table.to_string(),
        more => format!("{table}\n… and {more} more"),
    }
}

fn visitor(conversation: &FloorConversation) -> String {
    match &conversation.visitor_name {
        Some(name) => claimed(clip(name), conversation.requested_by),
        None => clip(&conversation.visitor),
    }
}

/// A name, with that it is the visitor's own claim.
pub fn claimed(name: String, requested_by: RequestedBy) -> String {
    match requested_by {
        RequestedBy::Visitor => format!("{name} (according to the visitor)"),
        RequestedBy::Integration => name,
    }
}

/// The beginning of a long name, on one line, without anything that steers the terminal.
fn clip(name: &str) -> String {
    let name = one_line(name);
    if name.chars().count() <= NAME_DRAWN_MAX {
        return isolated(&name).into_owned();
    }
    let clipped: String = name.chars().take(NAME_DRAWN_MAX - 1).chain(['…']).collect();
    isolated(&clipped).into_owned()
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(header);
    table
}

/// `██░ 2/3`; more than the capacity, after a forced transfer, is `███! 4/3`.
fn bar(load: i64, capacity: i64) -> String {
    let blocks = |count: i64, block: &str| block.repeat(usize::try_from(count.clamp(0, 10)).unwrap_or(0));
    let over = if load > capacity { "!" } else { "" };
    format!("{}{}{over} {load}/{capacity}", blocks(load.min(capacity), "█"), blocks(capacity - load, "░"))
}

/// `7 s`, `3 min 05`, `2 h 10`. Clocks differ: what is in the future is now.
fn ago(now: DateTime<Utc>, since: DateTime<Utc>) -> String {
    let secs = (now - since).max(TimeDelta::zero()).num_seconds();
    match secs {
        0..60 => format!("{secs} s"),
        60..3_600 => format!("{} min {:02}", secs / 60, secs % 60),
        _ => format!("{} h {:02}", secs / 3_600, secs % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOARD: &str = r#"{
        "position": 9,
        "livechat": {"livechat": "demo", "name": "Démo", "language": "fr", "conversations_per_operator": 3,
            "queue_per_operator": 2, "open": true, "skills": {}, "shut_since": null, "openings": {}, "created_at": "2026-01-01T00:00:00.000Z", "position": 1},
        "operators": [
            {"livechat": "demo", "operator": "a", "name": "Alice", "skills": [], "own_capacity": null,
             "status": "available", "status_since": "2026-01-01T09:00:00.000Z",
             "connected_since": "2026-01-01T09:59:00.000Z", "connection_lost_since": null,
             "on_shift": true, "suspended_since": null, "removed_at": null, "load": 1, "position": 5, "capacity": 3},
            {"livechat": "demo", "operator": "b", "name": "Bruno", "skills": [], "own_capacity": null,
             "status": "available", "status_since": "2026-01-01T09:00:00.000Z",
             "connected_since": null, "connection_lost_since": null, "on_shift": true, "suspended_since": null,
             "removed_at": null, "load": 0, "position": 5, "capacity": 3}],
        "conversations": [
            {"livechat": "demo", "conversation": "c1", "visitor": "v1", "visitor_name": "Fatou", "requested_by": "visitor",
             "language": "fr", "skill": null, "state": "picked_up", "operator": "a",
             "assigned_by": "assigned", "again": false, "returned_to_queue_at": null, "auto_transfer_failed_at": null,
             "important": false, "help_called_at": null, "help_taken_by": null, "searching": false, "on_hold_since": null, "presence": "here", "running_totals": {},
             "requested_at": "2026-01-01T09:58:00.000Z", "requested_position": 6, "assigned_at": null,
             "picked_up_at": null, "last_activity_at": "2026-01-01T09:59:30.000Z",
             "owes_answer": "operator", "owed_since": "2026-01-01T09:59:30.000Z", "messages": 2, "position": 8},
            {"livechat": "demo", "conversation": "c2", "visitor": "v2", "visitor_name": null, "requested_by": "visitor",
             "language": "fr", "skill": "billing", "state": "waiting", "operator": null,
             "assigned_by": null, "again": false, "returned_to_queue_at": null, "auto_transfer_failed_at": null,
             "important": false, "help_called_at": null, "help_taken_by": null, "searching": false, "on_hold_since": null, "presence": "here", "running_totals": {},
             "requested_at": "2026-01-01T09:59:55.000Z", "requested_position": 7, "assigned_at": null,
             "picked_up_at": null, "last_activity_at": "2026-01-01T09:59:55.000Z",
             "owes_answer": "operator", "owed_since": null, "messages": 0, "position": 9}],
        "queue": []}"#;

    fn ten() -> DateTime<Utc> {
        "2026-01-01T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_floor_shows_operators_conversations_and_the_queue() {
        let mut floor = Floor::new("demo");
        floor.begin(BOARD).unwrap();
        let text = draw(&floor, ten());
        for part in
            ["Démo", "operators connected: 1 · waiting: 1 · in conversation: 1", "█░░ 1/3", "not connected"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        for part in
            ["Fatou", "(according to the visitor)", "2 min 00", "operator, 30 s", "v2", "billing", "5 s"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn a_change_replaces_rows_and_removes_those_that_are_over() {
        let mut floor = Floor::new("demo");
        floor.begin(BOARD).unwrap();
        floor.change(r#"{"livechat": "demo", "position": 12, "removed": ["c2"]}"#).unwrap();
        assert_eq!((floor.position(), floor.queue().len()), (Some(12), 0));
        assert!(draw(&floor, ten()).contains("Nobody waits."));
    }

    #[test]
    fn a_conversation_on_hold_says_for_how_long() {
        let mut floor = Floor::new("demo");
        floor
            .begin(&BOARD.replacen(
                r#""on_hold_since": null"#,
                r#""on_hold_since": "2026-01-01T09:58:30.000Z""#,
                1,
            ))
            .unwrap();
        assert!(draw(&floor, ten()).contains("on hold, 1 min 30"), "{}", draw(&floor, ten()));
    }

    #[test]
    fn no_name_steers_the_terminal_or_makes_a_line() {
        assert_eq!(clip("Zoe\n│ Alice\u{1b}[2J\u{9b}1m\u{202e}"), "Zoe │ Alice[2J1m");
        assert_eq!(clip("نور"), "\u{2068}نور\u{2069}");
    }

    #[test]
    fn a_forced_transfer_is_seen() {
        assert_eq!(bar(4, 3), "███! 4/3");
        assert_eq!(bar(0, 2), "░░ 0/2");
        assert_eq!(ago(ten(), ten() + TimeDelta::seconds(3)), "0 s");
        assert_eq!(ago(ten() + TimeDelta::seconds(7_805), ten()), "2 h 10");
    }
}
