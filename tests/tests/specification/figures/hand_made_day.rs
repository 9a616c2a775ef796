//! A day whose figures were counted by hand: written as a story, and the right answer of every figure beside its
//! arithmetic. Paris, 24 November 2026; it is 11:29 when the figures are asked for.

use std::collections::BTreeSet;

use domain::event::DisconnectReason::SignedOut;
use domain::event::Presence;
use domain::settings::Status;
use domain::settings::surveys::Audience;
use domain::{Action, ConversationAction};
use projections::figures::buckets::By;
use projections::figures::definitions::{self, Per};
use serde_json::{Map, Value, json};

use super::stage::{Stage, number, operator, rows, surveys};

const NOW: &str = "2026-11-24T11:29:00+01:00";
const MIDNIGHT: &str = "2026-11-24T00:00:00+01:00";
const NEXT_MIDNIGHT: &str = "2026-11-25T00:00:00+01:00";

fn settings() -> Value {
    json!([
        { "skills": [{ "id": "billing" }] },
        { "capacity": { "conversations_per_operator": 2, "queue_per_operator": 2 } },
        { "timeouts": { "visitor_inactivity": 10, "timeout_reminder": 60, "follow_up": 0, "auto_transfer": 90 } },
        { "behaviour": { "keep_open": true } },
        { "surveys": surveys() },
        { "operator_survey": { "survey": "bilan", "closable_unanswered": true } },
        { "visitor_survey": { "survey": "satisfaction" } },
    ])
}

/// An answer to a survey: its author and its question.
fn answer(n: u128, audience: Audience, content: &Value) -> Action {
    let answers = serde_json::from_value(content.clone()).unwrap();
    Action::Conversation(number(n), ConversationAction::AnswerSurvey(audience.into(), Box::new(answers)))
}

pub(super) fn day() -> Stage {
    let mut day = Stage::set("2026-11-24", "+01:00", settings());
    day.registers("alice", &["billing"]);
    day.registers("bob", &[]);

    // 1: nobody is there.
    day.requests("08:30:00", 1, None);

    day.does("09:00:00", "alice", Action::ConnectOperator(operator("alice")));
    // 2: an exchange, and both surveys answered. Responses of 40 s and 60 s.
    day.requests("09:10:00", 2, None);
    day.visitor_writes("09:10:10", 2);
    day.does("09:10:30", "alice", Action::Conversation(number(2), ConversationAction::PickUp));
    day.writes("09:10:50", "alice", 2);
    day.visitor_writes("09:11:20", 2);
    day.writes("09:12:20", "alice", 2);
    // 3: a question of billing; the visitor says nothing at all.
    day.requests("09:15:00", 3, Some("billing"));
    day.does("09:15:20", "alice", Action::Conversation(number(3), ConversationAction::PickUp));
    day.writes("09:15:40", "alice", 3);
    // 4 and 5 wait, 6 finds the queue full: one operator, two places.
    day.requests("09:16:00", 4, None);
    day.requests("09:16:30", 5, None);
    day.requests("09:17:00", 6, None);
    // The end of 2 makes room for 4.
    day.does("09:20:00", "alice", Action::Conversation(number(2), ConversationAction::End));
    day.does(
        "09:20:10",
        "alice",
        Action::Conversation(number(2), ConversationAction::OpenSurvey(Audience::Operator.into())),
    );
    day.visitor_does(
        "09:20:30",
        2,
        Action::Conversation(number(2), ConversationAction::OpenSurvey(Audience::Visitor.into())),
    );
    day.does("09:20:40", "alice", answer(2, Audience::Operator, &json!({ "motif": { "choice": "panne" } })));
    day.does("09:20:50", "alice", Action::Conversation(number(4), ConversationAction::PickUp));
    day.visitor_writes("09:21:00", 4);
    day.visitor_does(
        "09:21:00",
        2,
        answer(2, Audience::Visitor, &json!({ "note": { "rating": 5 }, "avis": { "text": "Parfait" } })),
    );
    day.writes("09:22:00", "alice", 4);
    // 5 has waited long enough.
    day.visitor_does("09:24:00", 5, Action::Conversation(number(5), ConversationAction::LeaveQueue));
    day.timer("09:24:40");
    day.timer("09:25:40");
    day.visitor_does("09:28:00", 4, Action::Conversation(number(4), ConversationAction::End));
    day.does(
        "09:29:00",
        "alice",
        Action::Conversation(number(4), ConversationAction::CloseSurvey(Audience::Operator.into())),
    );
    day.visitor_does("09:30:00", 4, answer(4, Audience::Visitor, &json!({ "note": { "rating": 3 } })));
    day.does("09:30:00", "bob", Action::ConnectOperator(operator("bob")));
    // 7: Alice does not pick up, Bob does and passes it back, a supervisor ends it. A response of 120 s.
    day.requests("09:40:00", 7, None);
    day.timer("09:41:30");
    day.does("09:42:00", "bob", Action::Conversation(number(7), ConversationAction::PickUp));
    day.writes("09:42:30", "bob", 7);
    day.visitor_writes("09:43:00", 7);
    day.transfers("09:44:00", "bob", 7, "alice");
    day.does("09:44:20", "alice", Action::Conversation(number(7), ConversationAction::PickUp));
    day.writes("09:45:00", "alice", 7);
    day.does("09:46:00", "alice", Action::Conversation(number(7), ConversationAction::CallManager(None)));
    day.does("09:47:00", "alice", Action::Conversation(number(7), ConversationAction::MarkImportant(true)));
    day.supervises("09:50:00", Action::Conversation(number(7), ConversationAction::End));
    // The survey of 3 was asked at 09:25:40 and has half an hour.
    day.timer("09:55:40");
    // 7 comes back to Alice, who leaves; so does Bob, who has not picked up; then the visitor leaves the site.
    day.requests_again("10:05:00", 7);
    day.does("10:05:10", "alice", Action::Conversation(number(7), ConversationAction::PickUp));
    day.does("10:10:00", "alice", Action::DisconnectOperator(operator("alice"), SignedOut));
    day.does("10:11:00", "bob", Action::DisconnectOperator(operator("bob"), SignedOut));
    day.visitor_does(
        "10:12:00",
        7,
        Action::Conversation(number(7), ConversationAction::NotePresence(Presence::LeftSite)),
    );
    // 8: nobody is there.
    day.requests("10:15:00", 8, None);
    // The survey of 7 was asked at 09:50:00.
    day.timer("10:20:00");
    day.does("10:30:00", "alice", Action::ConnectOperator(operator("alice")));
    // That of 7 again, which is its own, at 10:12:00.
    day.timer("10:42:00");
    day.does("10:45:00", "alice", Action::ChangeStatus(operator("alice"), Status::OnBreak));
    day.does("11:00:00", "alice", Action::ChangeStatus(operator("alice"), Status::Available));
    // 9 and 10 are not over, 11 waits. Responses of 60 s, twice.
    day.requests("11:10:00", 9, None);
    day.does("11:10:05", "alice", Action::Conversation(number(9), ConversationAction::PickUp));
    day.writes("11:10:35", "alice", 9);
    day.visitor_writes("11:12:00", 9);
    day.writes("11:13:00", "alice", 9);
    day.requests("11:15:00", 10, None);
    day.does("11:15:40", "alice", Action::Conversation(number(10), ConversationAction::PickUp));
    day.requests("11:16:00", 11, None);
    day.visitor_writes("11:20:00", 9);
    day.writes("11:21:00", "alice", 9);
    day
}

/// The whole day.
#[expect(clippy::too_many_lines, reason = "a list of figures, each by itself")]
fn expected() -> Value {
    let counted = [
        ("requested", json!(12)), // 1 to 11, and 7 again
        ("requested_again", json!(1)),
        ("refused", json!(3)),
        ("refused_outside_hours", json!(0)),
        ("refused_no_operator", json!(2)), // 1, 8
        ("refused_queue_full", json!(1)),  // 6
        ("refused_queue_closed", json!(0)),
        ("refused_livechat_closed", json!(0)),
        ("queued", json!(3)), // 4, 5, 11
        ("left", json!(2)),
        ("left_by_choice", json!(1)),    // 5
        ("left_site", json!(1)),         // 7 again
        ("left_after_answer", json!(1)), // 7 again
        ("abandoned", json!(1)),         // 5
        ("abandoned_short", json!(0)),
        ("abandoned_while_ringing", json!(0)),
        ("released", json!(0)),
        ("released_closing", json!(0)),
        ("released_unanswered", json!(0)),
        ("released_livechat_closed", json!(0)),
        ("answered", json!(7)),       // 2, 3, 4, 7, 7 again, 9, 10
        ("answered_typed", json!(5)), // 2, 3, 4, 7, 9
        ("ended", json!(4)),
        ("ended_by_visitor", json!(1)),    // 4
        ("ended_by_operator", json!(1)),   // 2
        ("ended_by_supervisor", json!(1)), // 7
        ("ended_by_timeout", json!(1)),    // 3
        ("open", json!(3)),                // 9, 10, 11: 12 − 3 − 2 − 0 − 4
        ("waiting", json!(1)),             // 11
        ("messages", json!(31)),           // 6 + 9 + 16
        ("messages_visitor", json!(6)),    // 2: 2, 4: 1, 7: 1, 9: 2
        ("messages_operator", json!(9)),   // 2: 2, 3: 1, 4: 1, 7: 2, 9: 3
        // 2: 1, 3: 2 (the warning), 4: 2 (queued), 5: 2 (queued, its progress), 7: 3 (twice moved, welcomed by
        // alice only: a visitor to whom bob was announced is not welcomed by bob), 7 again: 3 (welcomed, moved, queued), 9, 10,
        // 11: 1 each
        ("messages_automatic", json!(16)),
        ("messages_typed", json!(9)), // nobody sends an article
        ("messages_article", json!(0)),
        ("messages_phrase", json!(16)),
        ("messages_internal", json!(0)),
        ("transfers", json!(3)),
        ("transfers_to_operator", json!(1)), // 7
        ("transfers_to_skill", json!(0)),
        ("transfers_forced", json!(0)),
        ("transfers_inactive", json!(1)),     // 7
        ("transfers_disconnected", json!(1)), // 7 again
        ("returns_to_queue", json!(1)),       // 7 again
        ("important", json!(1)),              // 7
        ("help_calls", json!(1)),             // 7
        ("hold_time_s", json!(0)),
        // 2: 30, 3: 20, 4: 290, 7: 120, again: 10, 9: 5, 10: 40; in order 5 10 20 30 40 120 290
        ("wait_served_mean_s", json!(73.571)), // 515 ÷ 7
        ("wait_served_median_s", json!(30)),   // the 4th of 7
        ("wait_served_p90_s", json!(290)),     // 6.3 is the 7th
        ("wait_served_worst_s", json!(290)),
        // 5: 09:16:30 → 09:24:00 = 450; 7 again was served
        ("wait_left_mean_s", json!(450)),
        ("wait_left_median_s", json!(450)),
        ("wait_left_p90_s", json!(450)),
        ("wait_left_worst_s", json!(450)),
        ("pick_up_mean_s", json!(73.571)),
        ("pick_up_median_s", json!(30)),
        ("pick_up_p90_s", json!(290)),
        ("pick_up_worst_s", json!(290)),
        // 2: 0, 3: 0, 4: 09:16:00 → 09:20:00 = 240, 7: 0, again: 0, 9: 0, 10: 0
        ("time_to_assignment_mean_s", json!(34.286)), // 240 ÷ 7
        ("time_to_assignment_median_s", json!(0)),
        ("time_to_assignment_p90_s", json!(240)),
        ("time_to_assignment_worst_s", json!(240)),
        ("abandonment_rate", json!(0.111_111)), // 1 ÷ (12 − 3)
        ("abandonment_rate_without_short", json!(0.111_111)),
        ("service_level", json!(0.555_556)), // within 60 s: 2, 3, again, 9, 10; 5 ÷ 9
        // 2: 50, 3: 40, 4: 360, 7: 150, 9: 35
        ("first_answer_mean_s", json!(127)), // 635 ÷ 5
        ("first_answer_median_s", json!(50)),
        // The phrase of the pick-up comes first each time but in 7, where bob's own words do: 150.
        ("first_reply_mean_s", json!(77.857)), // 545 ÷ 7
        ("first_reply_median_s", json!(30)),
        // 2: 600, 3: 640, 4: 720, 7: 600, again: 420
        ("duration_mean_s", json!(596)), // 2,980 ÷ 5
        ("duration_median_s", json!(600)),
        ("duration_worst_s", json!(720)),
        // 2: 570, 3: 620, 4: 430, 7: 120 + 340 = 460, again: 290
        ("handle_time_mean_s", json!(474)), // 2,370 ÷ 5
        ("handle_time_median_s", json!(460)),
        ("assignments", json!(10)), // 2, 3, 4; 7: alice, bob, alice; again: alice, bob; 9, 10
        ("assignments_picked_up", json!(8)), // all but the first of 7 and the last of 7 again
        ("received_by_transfer", json!(1)),
        ("received_for_inactivity", json!(1)),
        ("received_for_disconnection", json!(1)),
        ("passed_on", json!(1)),
        ("lost_for_inactivity", json!(1)),
        ("lost_for_disconnection", json!(2)), // 7 again: by alice to bob, by bob to the queue
        ("assignments_abandoned", json!(0)),
        ("assignment_messages", json!(9)),
        ("responses", json!(6)),                 // 2: 40, 60; 4: 60; 7: 120; 9: 60, 60
        ("response_time_mean_s", json!(66.667)), // 400 ÷ 6
        ("response_time_worst_s", json!(120)),
        // 570, 620, 430, 120, 340, 290
        ("assignment_handle_mean_s", json!(395)), // 2,370 ÷ 6
        ("assignment_handle_median_s", json!(340)),
        // 2,370, 9: 11:10:05 → 11:29:00 = 1,135, 10: 11:15:40 → 11:29:00 = 800
        ("conversation_time_s", json!(4305)),
        ("simultaneity", json!(0.104_136)), // ÷ (11 h 29 min = 41,340)
        ("occupancy", json!(0.140_686)),    // ÷ (3 × 10,200)
        ("operators_max", json!(2)),
        // alice 70 + 15 + 15 + 29 min = 7,740; bob 41 min = 2,460
        ("online_time_s", json!(10_200)),
        ("time_available_s", json!(9300)), // all but the break
        ("time_on_break_s", json!(900)),
        ("time_training_s", json!(0)),
        ("time_phone_s", json!(0)),
        ("time_with_supervisor_s", json!(0)),
        ("time_no_new_conversation_s", json!(0)),
        ("time_searching_s", json!(0)),
        ("visitor_surveys_sent", json!(5)), // 2, 3, 4, 7; 7 again has its own, while that of 7 waits
        ("visitor_surveys_answered", json!(2)), // 2, 4
        ("visitor_surveys_rate", json!(0.4)),
        ("visitor_surveys_fill_mean_s", json!(30)), // 2; 4 was never seen opened
        ("satisfaction_mean", json!(4)),            // (5 + 3) ÷ 2
        ("operator_surveys_sent", json!(5)),        // 2, 3, 4, 7, 7 again
        ("operator_surveys_answered", json!(1)),    // 2
        ("operator_surveys_rate", json!(0.2)),
        ("operator_surveys_fill_mean_s", json!(30)),
    ];
    counted.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

#[tokio::test]
async fn every_figure_is_what_was_counted_by_hand() {
    let day = day();
    let query = Stage::asks(MIDNIGHT, NEXT_MIDNIGHT, By::Total, Per::Livechat, NOW);
    let named: BTreeSet<String> = expected().as_object().unwrap().keys().cloned().collect();
    let defined: BTreeSet<String> = definitions::all().map(|figure| figure.name.to_owned()).collect();
    assert_eq!(named, defined, "every figure was counted");
    for (scratch, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        assert_eq!(rows.len(), 1);
        differ(scratch.kind, &rows[0]["figures"], &expected());
        assert_eq!(
            rows[0]["questions"],
            json!([
                { "survey": "bilan", "field": "motif", "answers": 1, "mean": null, "distribution": { "panne": 1 } },
                { "survey": "satisfaction", "field": "avis", "answers": 1, "mean": null, "distribution": {} },
                { "survey": "satisfaction", "field": "note", "answers": 2, "mean": 4,
                  "distribution": { "1": 0, "2": 0, "3": 1, "4": 0, "5": 1 } },
            ])
        );
    }
}

/// All that is wrong at once.
fn differ(what: &str, found: &Value, expected: &Value) {
    let wrong: Vec<String> = expected
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| found[name.as_str()] != **value)
        .map(|(name, value)| format!("{name}: {} instead of {value}", found[name.as_str()]))
        .collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

fn these(row: &Value, names: &[&str]) -> Value {
    let picked: Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), row["figures"][*name].clone())).collect();
    Value::Object(picked)
}

#[tokio::test]
async fn hour_by_hour_each_thing_is_where_it_began_and_time_is_where_it_was() {
    let day = day();
    let query =
        Stage::asks("2026-11-24T08:00:00+01:00", "2026-11-24T12:00:00+01:00", By::Hour, Per::Livechat, NOW);
    for (_, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        let actual: Vec<Value> = rows
            .iter()
            .map(|row| {
                let names = [
                    "requested",
                    "answered",
                    "conversation_time_s",
                    "online_time_s",
                    "operators_max",
                    "simultaneity",
                    "open",
                    "visitor_surveys_answered",
                ];
                let mut actual = these(row, &names);
                actual["from"] = row["from"].clone();
                actual
            })
            .collect();
        assert_eq!(
            actual,
            [
                json!({ "from": "2026-11-24T08:00:00+01:00", "requested": 1, "answered": 0,
                    "conversation_time_s": 0, "online_time_s": 0, "operators_max": 0, "simultaneity": 0,
                    "open": 0, "visitor_surveys_answered": 0 }),
                // 2 to 7; 570 + 620 + 430 + 460; alice the hour, bob half of it
                json!({ "from": "2026-11-24T09:00:00+01:00", "requested": 6, "answered": 4,
                    "conversation_time_s": 2080, "online_time_s": 5400, "operators_max": 2,
                    "simultaneity": 0.577_778, "open": 0, "visitor_surveys_answered": 2 }),
                // 7 again, 8; alice 10 min and from 10:30 on, bob 11 min
                json!({ "from": "2026-11-24T10:00:00+01:00", "requested": 2, "answered": 1,
                    "conversation_time_s": 290, "online_time_s": 3060, "operators_max": 2,
                    "simultaneity": 0.080_556, "open": 0, "visitor_surveys_answered": 0 }),
                // 29 min are over: (1,135 + 800) ÷ 1,740
                json!({ "from": "2026-11-24T11:00:00+01:00", "requested": 3, "answered": 2,
                    "conversation_time_s": 1935, "online_time_s": 1740, "operators_max": 1,
                    "simultaneity": 1.112_069, "open": 3, "visitor_surveys_answered": 0 }),
            ]
        );
    }
}

#[tokio::test]
async fn operator_by_operator_each_has_what_was_theirs() {
    let day = day();
    let query = Stage::asks(MIDNIGHT, NEXT_MIDNIGHT, By::Total, Per::Operator, NOW);
    let names = [
        "requested",
        "abandoned",
        "messages_automatic",
        "answered",
        "answered_typed",
        "first_answer_mean_s",
        "ended",
        "ended_by_operator",
        "open",
        "important",
        "help_calls",
        "messages_visitor",
        "messages_operator",
        "transfers",
        "transfers_to_operator",
        "transfers_inactive",
        "transfers_disconnected",
        "returns_to_queue",
        "handle_time_mean_s",
        "service_level",
        "wait_served_worst_s",
        "responses",
        "response_time_mean_s",
        "assignments",
        "assignments_picked_up",
        "assignment_messages",
        "conversation_time_s",
        "online_time_s",
        "occupancy",
        "visitor_surveys_sent",
        "passed_on",
        "lost_for_disconnection",
    ];
    for (_, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        let who: Vec<&Value> = rows.iter().map(|row| &row["operator"]).collect();
        assert_eq!(who, [&Value::Null, &json!("alice"), &json!("bob")]);
        // 11 waits; what was requested is nobody's.
        assert_eq!(
            these(&rows[0], &["requested", "answered", "open"]),
            json!({ "requested": null, "answered": 0, "open": 1 })
        );
        assert_eq!(
            these(&rows[1], &names),
            json!({
                "requested": null, "abandoned": null, "messages_automatic": null,
                "answered": 6,                           // first: 2, 3, 4, 7 again, 9, 10
                "answered_typed": 4,                     // 2, 3, 4, 9
                "first_answer_mean_s": 121.25,           // (50 + 40 + 360 + 35) ÷ 4
                "ended": 4, "ended_by_operator": 1,      // 2, 3, 4, 7, which began with bob
                "open": 2,                               // 9, 10
                "important": 1, "help_calls": 1,         // 7
                "messages_visitor": 5, "messages_operator": 8,
                "transfers": 2, "transfers_to_operator": 0,
                "transfers_inactive": 1, "transfers_disconnected": 1,
                "returns_to_queue": 0,
                "handle_time_mean_s": 450,               // (570 + 620 + 430 + 340 + 290) ÷ 5
                "service_level": 0.833_333,              // all of the 6 but 4
                "wait_served_worst_s": 290,
                "responses": 6, "response_time_mean_s": 66.667,
                "assignments": 8, "assignments_picked_up": 7, "assignment_messages": 8,
                "conversation_time_s": 4185,             // 4,305 − 120
                "online_time_s": 7740,
                "occupancy": 0.180_233,                  // 4,185 ÷ 23,220
                "visitor_surveys_sent": 5, "passed_on": 0, "lost_for_disconnection": 1,
            })
        );
        assert_eq!(
            these(&rows[2], &names),
            json!({
                "requested": null, "abandoned": null, "messages_automatic": null,
                "answered": 1, "answered_typed": 1,      // 7
                "first_answer_mean_s": 150,
                "ended": 0, "ended_by_operator": 0, "open": 0, "important": 0, "help_calls": 0,
                "messages_visitor": 1, "messages_operator": 1,
                "transfers": 1, "transfers_to_operator": 1,
                "transfers_inactive": 0, "transfers_disconnected": 0,
                "returns_to_queue": 1,
                "handle_time_mean_s": 120,
                "service_level": 0,                      // 7: 120 s
                "wait_served_worst_s": 120,
                "responses": 0, "response_time_mean_s": null,
                "assignments": 2, "assignments_picked_up": 1, "assignment_messages": 1,
                "conversation_time_s": 120, "online_time_s": 2460,
                "occupancy": 0.016_26,                   // 120 ÷ 7,380
                "visitor_surveys_sent": 0, "passed_on": 1, "lost_for_disconnection": 1,
            })
        );
        assert!(rows[1]["figures"].get("operators_max").is_none(), "of the whole livechat only");
    }
}

#[tokio::test]
async fn skill_by_skill_and_within_another_service_level() {
    let day = day();
    let mut query = Stage::asks(MIDNIGHT, NEXT_MIDNIGHT, By::Day, Per::Skill, NOW);
    query.service_level_secs = Some(20);
    for (_, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        let actual: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!([row["skill"], these(row, &["requested", "handle_time_mean_s", "service_level"])])
            })
            .collect();
        assert_eq!(
            actual,
            [
                // Within 20 s: 7 again, 9; 2 ÷ (11 − 3). Handled: (570 + 430 + 460 + 290) ÷ 4.
                json!([null, { "requested": 11, "handle_time_mean_s": 437.5, "service_level": 0.25 }]),
                json!(["billing", { "requested": 1, "handle_time_mean_s": 620, "service_level": 1 }]),
            ]
        );
    }
}

#[tokio::test]
async fn a_released_visitor_is_notified_according_to_the_reason() {
    let settings = json!([
        { "capacity": { "conversations_per_operator": 1, "queue_per_operator": 5 } },
        { "timeouts": { "unanswered": 5, "auto_transfer": 0, "queue_closing": 0, "visitor_inactivity": 0 } },
        { "opening_hours": { "time_zone": "Europe/Paris", "week": {
            "tuesday": [{ "from": "00:00", "to": "18:00" }] } } },
    ]);
    let mut day = Stage::set("2026-11-24", "+01:00", settings);
    day.registers("alice", &[]);
    day.does("17:00:00", "alice", Action::ConnectOperator(operator("alice")));
    // On the desk, never picked up: released after five minutes, and the next one is assigned.
    day.requests("17:50:00", 1, None);
    day.timer("17:55:00");
    day.requests("17:56:00", 2, None);
    day.does("17:56:30", "alice", Action::Conversation(number(2), ConversationAction::PickUp));
    day.requests("17:57:00", 3, None);
    day.timer("18:00:00");
    day.requests("18:00:01", 4, None);
    let query = Stage::asks(MIDNIGHT, NEXT_MIDNIGHT, By::Total, Per::Livechat, "2026-11-24T18:30:00+01:00");
    for (_, views) in day.views().await {
        let rows = rows(&views, &day.id, &query).await;
        assert_eq!(
            these(
                &rows[0],
                &[
                    "requested",
                    "released",
                    "released_unanswered",
                    "released_closing",
                    "refused_outside_hours",
                    "left",
                    "wait_left_worst_s",
                    "open",
                    "abandonment_rate"
                ]
            ),
            json!({
                "requested": 4, "released": 2, "released_unanswered": 1, "released_closing": 1,
                "refused_outside_hours": 1, "left": 0, "wait_left_worst_s": null, "open": 1,
                "abandonment_rate": 0,
            })
        );
    }
}
