//! The same figures by another way: from the events of the log alone, without rows, by code that looks for each
//! figure anew and shares nothing with the projections.

#![expect(clippy::cast_precision_loss, reason = "counts are small, and quotients are floating-point numbers")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::event::Profile;
use domain::event::Voice;
use domain::settings::Status;
use domain::{
    Actor, Attention, ConversationFact as Did, ConversationId, Exchange, Fact, Flow, LivechatId,
    OperatorFact, OperatorId, Timestamp,
};
use journal::Record;
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use projections::figures::{Edge, Query};
use projections::{Queries, Runner};
use serde_json::{Value, json};
use std::sync::Arc;

use super::stage::rows;
use crate::projections::scratch::Scratch;
use crate::projections::story::{Story, slug};

/// One segment: what happened in it, each event with the operator in charge after it, up to its end.
type Segment<'a> = Vec<(Timestamp, &'a Actor, Option<&'a OperatorId>, &'a Did)>;

fn segments(log: &[Arc<Record>]) -> Vec<Segment<'_>> {
    let mut all: Vec<Segment> = vec![];
    let mut live: BTreeMap<ConversationId, usize> = BTreeMap::new();
    for record in log {
        let Fact::Conversation { conversation, operator, fact } = &record.event.fact else { continue };
        if matches!(fact, Did::Flow(Flow::Requested(_) | Flow::RequestedAgain(_))) {
            live.insert(*conversation, all.len());
            all.push(vec![]);
        }
        let Some(segment) = live.get(conversation) else { continue };
        all[*segment].push((record.event.at, &record.event.by, operator.as_ref(), fact));
        if matches!(
            fact,
            Did::Flow(Flow::Refused { .. } | Flow::Left | Flow::Released { .. } | Flow::Ended { .. })
        ) {
            live.remove(conversation);
        }
    }
    all
}

fn secs(from: Timestamp, to: Timestamp) -> f64 {
    (to - from).as_seconds_f64()
}

fn round(value: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}

fn mean(values: &[f64]) -> Value {
    if values.is_empty() {
        Value::Null
    } else {
        json!(round(values.iter().sum::<f64>() / values.len() as f64, 3))
    }
}

/// By counting how many are not greater.
fn percentile(values: &[f64], percent: usize) -> Value {
    let enough =
        |value: &&f64| values.iter().filter(|other| *other <= *value).count() * 100 >= percent * values.len();
    values.iter().filter(enough).copied().reduce(f64::min).map_or(Value::Null, |value| json!(value))
}

fn quotient(part: f64, whole: f64) -> Value {
    if whole > 0.0 { json!(round(part / whole, 6)) } else { Value::Null }
}

/// When the operator in charge picked up, and until when that lasted.
fn in_charge<'a>(segment: &Segment<'a>, now: Timestamp) -> Vec<(&'a OperatorId, Timestamp, Timestamp)> {
    let mut times = vec![];
    for (index, (at, _, operator, fact)) in segment.iter().enumerate() {
        if **fact != Did::Flow(Flow::PickedUp) {
            continue;
        }
        let over = segment[index + 1..].iter().find(|(_, _, _, later)| {
            matches!(
                later,
                Did::Flow(
                    Flow::Transferred { .. }
                        | Flow::AutoTransferred { .. }
                        | Flow::ReturnedToQueue { .. }
                        | Flow::Ended { .. }
                        | Flow::Released { .. }
                        | Flow::Left
                )
            )
        });
        times.push((operator.unwrap(), *at, over.map_or(now, |(at, ..)| *at)));
    }
    times
}

fn within(from: Timestamp, until: Timestamp, (since, to): (Timestamp, Timestamp)) -> f64 {
    secs(from.max(since), until.min(to)).max(0.0)
}

/// From when to when each operator was connected, in which status.
fn online(log: &[Arc<Record>], now: Timestamp) -> Vec<(&OperatorId, Status, Timestamp, Timestamp)> {
    let mut status: BTreeMap<&OperatorId, Status> = BTreeMap::new();
    let mut since: BTreeMap<&OperatorId, Timestamp> = BTreeMap::new();
    let mut times = vec![];
    for record in log {
        let Fact::Operator { operator, fact } = &record.event.fact else { continue };
        let at = record.event.at;
        let before = status.get(operator).copied().unwrap_or_default();
        let mut ends =
            |since: Option<Timestamp>| since.map(|since| times.push((operator, before, since, at)));
        if *fact == OperatorFact::Connected {
            since.insert(operator, at);
        } else if matches!(fact, OperatorFact::Disconnected { .. }) {
            ends(since.remove(operator));
        } else if let OperatorFact::StatusChanged { status: after } = fact {
            if ends(since.remove(operator)).is_some() {
                since.insert(operator, at);
            }
            status.insert(operator, *after);
        }
    }
    times.extend(
        since.into_iter().map(|(who, at)| (who, status.get(who).copied().unwrap_or_default(), at, now)),
    );
    times
}

/// An operator's answers to the visitor: how long the visitor had waited for each.
fn responses(segment: &Segment, of: &OperatorId) -> Vec<f64> {
    let mut unanswered: Option<Timestamp> = None;
    let mut waits = vec![];
    for (at, by, _, fact) in segment {
        let is_the_visitors = matches!(
            fact,
            Did::Exchange(
                Exchange::MessagePosted { voice: Voice::Visitor, .. }
                    | Exchange::FileSent { voice: Voice::Visitor, .. }
            )
        );
        let answers = matches!(
            fact,
            Did::Exchange(
                Exchange::MessagePosted { voice: Voice::Operator, .. }
                    | Exchange::MessagePosted { source: Some(_), .. }
                    | Exchange::FileSent { voice: Voice::Operator, .. }
                    | Exchange::FileRequested { .. }
            )
        );
        if is_the_visitors {
            unanswered = unanswered.or(Some(*at));
        } else if answers
            && let Some(since) = unanswered.take()
            && **by == Actor::Operator(of.clone())
        {
            waits.push(secs(since, *at));
        }
    }
    waits
}

fn is_typed(fact: &Did) -> bool {
    matches!(
        fact,
        Did::Exchange(Exchange::MessagePosted { voice: Voice::Operator, phrase: None, source: None, .. })
    )
}

/// What one operator did in the segments requested in a period, whichever operator they began with.
fn naive_of(
    log: &[Arc<Record>],
    me: &OperatorId,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Value {
    let every = segments(log);
    let mine: Vec<&Segment> =
        every.iter().filter(|segment| segment[0].0 >= from && segment[0].0 < until).collect();
    let by_me = |by: &Actor| *by == Actor::Operator(me.clone());
    let acts = |what: &dyn Fn(&Did) -> bool| -> usize {
        mine.iter().flat_map(|s| s.iter()).filter(|(_, by, _, fact)| by_me(by) && what(fact)).count()
    };
    let taken_from_me = |what: &dyn Fn(&Did) -> bool| -> usize {
        let all = mine.iter().flat_map(|s| s.iter());
        all.filter(|(_, _, _, fact)| fact.taken_from() == Some(me) && what(fact)).count()
    };
    let first_pick_up = |segment: &Segment| {
        segment
            .iter()
            .find(|(_, _, _, fact)| **fact == Did::Flow(Flow::PickedUp))
            .map(|(at, by, ..)| (*at, by_me(by)))
    };
    let first_typed: Vec<(f64, bool)> = mine
        .iter()
        .filter_map(|segment| {
            let (at, by, ..) = segment.iter().find(|(_, by, _, fact)| {
                matches!(by, Actor::Operator(_) | Actor::Supervisor(_)) && is_typed(fact)
            })?;
            by_me(by).then(|| (secs(segment[0].0, *at), first_pick_up(segment).is_some()))
        })
        .collect();
    let waits: Vec<f64> = mine
        .iter()
        .filter_map(|segment| {
            let (at, is_mine) = first_pick_up(segment)?;
            is_mine.then(|| secs(segment[0].0, at))
        })
        .collect();
    let at_the_end = |what: &dyn Fn(&Did) -> bool| -> usize {
        let ends = mine.iter().map(|segment| segment.last().unwrap());
        ends.filter(|(_, _, operator, fact)| *operator == Some(me) && what(fact)).count()
    };
    let handled: Vec<f64> = mine
        .iter()
        .filter(|segment| segment.last().unwrap().3.is_end())
        .filter_map(|segment| {
            let times = in_charge(segment, now);
            let own: Vec<f64> =
                times.iter().filter(|(who, ..)| *who == me).map(|(_, at, to)| secs(*at, *to)).collect();
            (!own.is_empty()).then(|| own.iter().sum())
        })
        .collect();
    let answers: Vec<f64> = mine.iter().flat_map(|segment| responses(segment, me)).collect();
    let first: Vec<f64> = first_typed.iter().map(|(wait, _)| *wait).collect();
    let in_time = waits.iter().filter(|wait| **wait <= 60.0).count();
    json!({
        "requested": null, "abandonment_rate": null, "wait_left_mean_s": null, "released": null,
        "answered": waits.len(),
        "wait_served_mean_s": mean(&waits),
        "wait_served_worst_s": percentile(&waits, 100),
        "service_level": quotient(in_time as f64, waits.len() as f64),
        "answered_typed": first_typed.iter().filter(|(_, picked_up)| *picked_up).count(),
        "first_answer_mean_s": mean(&first),
        "messages_operator": acts(&|fact| matches!(fact, Did::Exchange(Exchange::MessagePosted { voice: Voice::Operator, .. }))),
        "messages_typed": acts(&is_typed),
        "messages_article": acts(&|fact| matches!(fact, Did::Exchange(Exchange::MessagePosted { source: Some(_), .. }))),
        "messages_internal": acts(&|fact| matches!(fact, Did::Exchange(Exchange::InternalMessagePosted { .. }))),
        "messages_visitor": mine.iter().flat_map(|s| s.iter()).filter(|(_, _, operator, fact)| {
            *operator == Some(me) && matches!(fact, Did::Exchange(Exchange::MessagePosted { voice: Voice::Visitor, .. }))
        }).count(),
        "ended": at_the_end(&|fact| matches!(fact, Did::Flow(Flow::Ended { .. }))),
        "ended_by_operator": acts(&|fact| matches!(fact, Did::Flow(Flow::Ended { .. }))),
        "transfers_to_operator": acts(&|fact| matches!(
            fact,
            Did::Flow(Flow::Transferred { target: domain::event::Target::Operator(_), .. })
        )),
        "transfers_inactive": taken_from_me(&|fact| matches!(
            fact,
            Did::Flow(Flow::AutoTransferred { cause: domain::event::Cause::Inactive, .. })
        )),
        "returns_to_queue": taken_from_me(&|fact| matches!(fact, Did::Flow(Flow::ReturnedToQueue { .. }))),
        "help_calls": acts(&|fact| matches!(fact, Did::Attention(Attention::HelpCalled { .. }))),
        "handle_time_mean_s": mean(&handled),
        "responses": answers.len(),
        "response_time_mean_s": mean(&answers),
        "response_time_worst_s": percentile(&answers, 100),
    })
}

/// The figures of a period, of the whole livechat.
#[expect(clippy::too_many_lines, reason = "a list of figures, each by itself")]
fn naive(log: &[Arc<Record>], from: Timestamp, until: Timestamp, now: Timestamp) -> Value {
    let every = segments(log);
    let mine: Vec<&Segment> =
        every.iter().filter(|segment| segment[0].0 >= from && segment[0].0 < until).collect();
    let times = |what: &dyn Fn(&Did) -> bool| -> usize {
        mine.iter().flat_map(|segment| segment.iter()).filter(|(_, _, _, fact)| what(fact)).count()
    };
    let first = |segment: &Segment, what: &dyn Fn(&Did) -> bool| {
        segment.iter().find(|(_, _, _, fact)| what(fact)).map(|(at, ..)| *at)
    };
    let since = |what: &dyn Fn(&Did) -> bool| -> Vec<f64> {
        mine.iter().filter_map(|segment| Some(secs(segment[0].0, first(segment, what)?))).collect()
    };
    let is_pick_up = |fact: &Did| *fact == Did::Flow(Flow::PickedUp);
    let is_end = |fact: &Did| {
        matches!(
            fact,
            Did::Flow(Flow::Refused { .. } | Flow::Left | Flow::Released { .. } | Flow::Ended { .. })
        )
    };
    let typed = |segment: &Segment| {
        segment
            .iter()
            .find(|(_, by, _, fact)| {
                matches!(by, Actor::Operator(_) | Actor::Supervisor(_))
                    && matches!(
                        fact,
                        Did::Exchange(Exchange::MessagePosted {
                            voice: Voice::Operator,
                            phrase: None,
                            source: None,
                            ..
                        })
                    )
            })
            .map(|(at, ..)| *at)
    };
    let had_a_reply = |segment: &Segment| {
        let picked_up = segment.iter().position(|(_, _, _, fact)| **fact == Did::Flow(Flow::PickedUp));
        segment
            .iter()
            .enumerate()
            .find(|(index, (_, _, _, fact))| {
                matches!(fact, Did::Exchange(Exchange::MessagePosted { voice: Voice::Operator, .. }))
                    || matches!(fact, Did::Exchange(Exchange::MessagePosted { voice: Voice::System, .. }))
                        && picked_up.is_some_and(|picked_up| picked_up < *index)
            })
            .map(|(_, (at, ..))| *at)
    };
    let is_picked_up = |segment: &Segment| first(segment, &is_pick_up).is_some();
    let answers: Vec<f64> = mine.iter().filter_map(|s| Some(secs(s[0].0, typed(s)?))).collect();
    let replies: Vec<f64> = mine.iter().filter_map(|s| Some(secs(s[0].0, had_a_reply(s)?))).collect();
    let assigned = since(&|fact| *fact == Did::Flow(Flow::Assigned));
    let pick_ups = since(&is_pick_up);
    let abandoned: Vec<&&Segment> = mine
        .iter()
        .filter(|segment| !is_picked_up(segment) && *segment.last().unwrap().3 == Did::Flow(Flow::Left))
        .collect();
    let left: Vec<f64> =
        abandoned.iter().map(|segment| secs(segment[0].0, segment.last().unwrap().0)).collect();
    let short = left.iter().filter(|wait| **wait <= 5.0).count();
    let over: Vec<&&Segment> =
        mine.iter().filter(|segment| is_picked_up(segment) && is_end(segment.last().unwrap().3)).collect();
    let durations: Vec<f64> = over.iter().map(|s| secs(s[0].0, s.last().unwrap().0)).collect();
    let handled: Vec<f64> = over
        .iter()
        .map(|segment| in_charge(segment, now).iter().map(|(_, since, to)| secs(*since, *to)).sum())
        .collect();
    let refused = times(&|fact| matches!(fact, Did::Flow(Flow::Refused { .. })));
    let taken_in = (mine.len() - refused) as f64;
    let left_all = times(&|fact| *fact == Did::Flow(Flow::Left));
    let left_site = mine
        .iter()
        .filter(|s| matches!(s.last().unwrap(), (_, Actor::System, _, Did::Flow(Flow::Left))))
        .count();
    let in_time = pick_ups.iter().filter(|wait| **wait <= 60.0).count();
    let message = |wanted: Voice| {
        times(
            &|fact| matches!(fact, Did::Exchange(Exchange::MessagePosted { voice, .. }) if *voice == wanted),
        )
    };
    let conversing: f64 = every
        .iter()
        .flat_map(|segment| in_charge(segment, now))
        .map(|(_, since, to)| within(from, until, (since, to)))
        .sum();
    let there = online(log, now);
    let online_secs: f64 = there.iter().map(|(_, _, since, to)| within(from, until, (*since, *to))).sum();
    let on_break: f64 = there
        .iter()
        .filter(|(_, status, ..)| *status == Status::OnBreak)
        .map(|(_, _, since, to)| within(from, until, (*since, *to)))
        .sum();
    // An arrival may make it the most, and so may the operators there at the beginning.
    let most = there
        .iter()
        .map(|(_, _, since, _)| (*since).max(from))
        .filter(|at| *at < until)
        .map(|at| {
            let at_once: BTreeSet<_> = there
                .iter()
                .filter(|(_, _, since, to)| *since <= at && at < *to)
                .map(|(who, ..)| who)
                .collect();
            at_once.len()
        })
        .max()
        .unwrap_or_default();
    let all = [
        ("requested", json!(mine.len())),
        ("requested_again", json!(times(&|fact| matches!(fact, Did::Flow(Flow::RequestedAgain(_)))))),
        ("refused", json!(refused)),
        ("queued", json!(times(&|fact| matches!(fact, Did::Flow(Flow::Queued { .. }))))),
        ("left", json!(left_all)),
        ("left_site", json!(left_site)),
        ("left_by_choice", json!(left_all - left_site)),
        ("left_after_answer", json!(left_all - left.len())),
        ("abandoned", json!(left.len())),
        ("abandoned_short", json!(short)),
        (
            "abandoned_while_ringing",
            json!(abandoned.iter().filter(|segment| segment.last().unwrap().2.is_some()).count()),
        ),
        ("released", json!(times(&|fact| matches!(fact, Did::Flow(Flow::Released { .. }))))),
        ("ended", json!(times(&|fact| matches!(fact, Did::Flow(Flow::Ended { .. }))))),
        ("open", json!(mine.iter().filter(|segment| !is_end(segment.last().unwrap().3)).count())),
        ("answered", json!(pick_ups.len())),
        ("answered_typed", json!(mine.iter().filter(|s| is_picked_up(s) && typed(s).is_some()).count())),
        ("messages_visitor", json!(message(Voice::Visitor))),
        ("messages_operator", json!(message(Voice::Operator))),
        ("messages_automatic", json!(message(Voice::System))),
        ("messages_typed", json!(times(&is_typed))),
        (
            "messages_article",
            json!(times(&|fact| matches!(
                fact,
                Did::Exchange(Exchange::MessagePosted { source: Some(_), .. })
            ))),
        ),
        (
            "messages_phrase",
            json!(times(&|fact| matches!(
                fact,
                Did::Exchange(Exchange::MessagePosted { phrase: Some(_), .. })
            ))),
        ),
        (
            "messages_internal",
            json!(times(&|fact| matches!(fact, Did::Exchange(Exchange::InternalMessagePosted { .. })))),
        ),
        (
            "transfers_to_operator",
            json!(times(&|fact| matches!(
                fact,
                Did::Flow(Flow::Transferred { target: domain::event::Target::Operator(_), .. })
            ))),
        ),
        (
            "transfers_to_skill",
            json!(times(&|fact| matches!(
                fact,
                Did::Flow(Flow::Transferred { target: domain::event::Target::Skill(_), .. })
            ))),
        ),
        (
            "transfers_forced",
            json!(times(&|fact| matches!(fact, Did::Flow(Flow::Transferred { forced: true, .. })))),
        ),
        (
            "transfers_inactive",
            json!(times(&|fact| matches!(
                fact,
                Did::Flow(Flow::AutoTransferred { cause: domain::event::Cause::Inactive, .. })
            ))),
        ),
        (
            "transfers_disconnected",
            json!(times(&|fact| matches!(
                fact,
                Did::Flow(Flow::AutoTransferred { cause: domain::event::Cause::Disconnected, .. })
            ))),
        ),
        ("returns_to_queue", json!(times(&|fact| matches!(fact, Did::Flow(Flow::ReturnedToQueue { .. }))))),
        ("help_calls", json!(times(&|fact| matches!(fact, Did::Attention(Attention::HelpCalled { .. }))))),
        ("wait_served_mean_s", json!(mean(&pick_ups))),
        ("wait_served_median_s", json!(percentile(&pick_ups, 50))),
        ("wait_served_p90_s", json!(percentile(&pick_ups, 90))),
        ("wait_served_worst_s", json!(percentile(&pick_ups, 100))),
        ("wait_left_mean_s", json!(mean(&left))),
        ("wait_left_p90_s", json!(percentile(&left, 90))),
        ("pick_up_mean_s", json!(mean(&pick_ups))),
        ("pick_up_p90_s", json!(percentile(&pick_ups, 90))),
        ("time_to_assignment_mean_s", json!(mean(&assigned))),
        ("time_to_assignment_median_s", json!(percentile(&assigned, 50))),
        ("time_to_assignment_worst_s", json!(percentile(&assigned, 100))),
        ("abandonment_rate", json!(quotient(left.len() as f64, taken_in))),
        (
            "abandonment_rate_without_short",
            json!(quotient((left.len() - short) as f64, taken_in - short as f64)),
        ),
        ("service_level", json!(quotient(in_time as f64, taken_in))),
        ("first_answer_mean_s", json!(mean(&answers))),
        ("first_answer_median_s", json!(percentile(&answers, 50))),
        ("first_reply_mean_s", json!(mean(&replies))),
        ("first_reply_median_s", json!(percentile(&replies, 50))),
        ("duration_mean_s", json!(mean(&durations))),
        ("duration_median_s", json!(percentile(&durations, 50))),
        ("handle_time_mean_s", json!(mean(&handled))),
        ("handle_time_median_s", json!(percentile(&handled, 50))),
        ("conversation_time_s", json!(round(conversing, 3))),
        ("simultaneity", json!(quotient(conversing, secs(from, until.min(now))))),
        ("occupancy", json!(quotient(conversing, 3.0 * online_secs))),
        ("online_time_s", json!(round(online_secs, 3))),
        ("time_on_break_s", json!(round(on_break, 3))),
        ("operators_max", json!(most)),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

async fn agree(
    log: &[Arc<Record>],
    livechat: &LivechatId,
    views: &Queries,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) {
    let (at, to) = (Edge::Time(from), Edge::Time(until));
    let query =
        Query { from: at, until: to, by: By::Total, per: Per::Livechat, service_level_secs: None, now };
    let found = rows(views, livechat, &query).await[0]["figures"].clone();
    compare("the livechat", &found, &naive(log, from, until, now));
    let of_operators = rows(views, livechat, &Query { per: Per::Operator, ..query }).await;
    for row in of_operators.iter().filter(|row| !row["operator"].is_null()) {
        let me = OperatorId::parse(row["operator"].as_str().unwrap()).unwrap();
        compare(me.as_str(), &row["figures"], &naive_of(log, &me, from, until, now));
    }
}

/// All that is wrong at once.
fn compare(whose: &str, found: &Value, expected: &Value) {
    let wrong: Vec<String> = expected
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| !same(name, &found[name.as_str()], value))
        .map(|(name, value)| format!("{name}: {} and by another way {value}", found[name.as_str()]))
        .collect();
    assert!(wrong.is_empty(), "{whose}: {wrong:#?}");
}

/// What lies between two thousandths of a second, or two millionths, may be rounded to either. Rows know
/// times to the millisecond, so a sum over many is a little off that of the log's finer ones.
fn same(name: &str, found: &Value, expected: &Value) -> bool {
    let tolerance: f64 = if name.ends_with("_s") { 0.001_1 } else { 0.000_001_1 };
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() < tolerance.max(expected * 1e-6),
        _ => found == expected,
    }
}

#[tokio::test]
async fn stories_made_up_by_chance_have_the_same_figures_by_another_way() {
    for seed in [61, 62] {
        let story = Story::of(seed, 3_000);
        for scratch in Scratch::each().await {
            let database = scratch.open().await;
            Runner::new(database.clone()).apply(&story.events).await.unwrap();
            let views = Queries::new(database);
            for (island, livechat) in ["support", "ventes"].map(slug).into_iter().enumerate() {
                let log = &story.islands[island].log;
                let (first, now) = (log[0].event.at, log.last().unwrap().event.at);
                let third = (now - first) / 3;
                let later = now + chrono::TimeDelta::hours(1);
                for (from, until) in
                    [(first, later), (first + third, first + third * 2), (first + third * 2, later)]
                {
                    agree(log, &livechat, &views, from, until, now).await;
                }
            }
        }
    }
}

/// Dialogues as a floor of twelve operators would have them.
fn played(dialogues: &str, limit: usize) -> super::stage::Stage {
    use super::stage::{Stage, number, operator};
    use domain::{Action, text::Name};
    let settings = json!([
        { "capacity": { "conversations_per_operator": 3, "queue_per_operator": 3 } },
        { "timeouts": { "auto_transfer": 600, "visitor_inactivity": 30 } },
    ]);
    let mut stage = Stage::set("2026-11-24", "+01:00", settings);
    let admin = Actor::Administrator(domain::StaffId::parse("ada").unwrap());
    let start = stage.at("08:00:00");
    for n in 0..12 {
        let who = operator(&format!("op{n}"));
        let profile = Profile {
            name: Name::parse(who.as_str()).unwrap(),
            skills: BTreeSet::new(),
            capacity: None,
            email: None,
            hours: None,
        };
        stage.freely(start, admin.clone(), Action::RegisterOperator(who.clone(), Box::new(profile)));
        stage.freely(start, Actor::Operator(who.clone()), Action::ConnectOperator(who));
    }
    // What each visitor and operator does, in the order of time: (second, conversation, step).
    let mut steps: Vec<(i64, u128, usize)> = vec![];
    let mut voices = vec![];
    for (n, line) in dialogues.lines().take(limit).enumerate() {
        let dialogue: Value = serde_json::from_str(line).unwrap();
        let messages = dialogue["messages"].as_array().unwrap();
        let begins = dialogue["at"].as_i64().unwrap();
        let id = n as u128 + 1;
        // One after the other, a few at once.
        let shift = i64::try_from(n).unwrap() * 75;
        steps.push((shift, id, 0));
        steps.push((shift + 20, id, 1));
        let mut at = shift + 20;
        for (index, message) in messages.iter().take(30).enumerate() {
            at = at.max(shift + 30 + (message["at"].as_i64().unwrap() - begins).min(1_500)) + 3;
            steps.push((at, id, index + 2));
        }
        steps.push((at + 40, id, usize::MAX));
        voices.push(messages.iter().map(|message| message["from"] == "visitor").collect::<Vec<_>>());
    }
    steps.sort_unstable();
    for (second, id, step) in steps {
        let at = start + chrono::TimeDelta::seconds(second);
        let voices = &voices[usize::try_from(id).unwrap() - 1];
        stage.steps(at, number(id), step, voices.get(step.wrapping_sub(2)).copied());
    }
    stage
}

#[tokio::test]
async fn dialogues_of_people_have_the_same_figures_by_another_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = ["cli/demo/dialogues.jsonl", "../shared/data/ubuntu-support.jsonl"];
    for file in files.map(|file| root.join(file)) {
        // The large one is not everywhere.
        let Ok(dialogues) = std::fs::read_to_string(&file) else { continue };
        let stage = played(&dialogues, 300);
        let now = stage.log.last().unwrap().event.at + chrono::TimeDelta::minutes(1);
        for (_, views) in stage.views().await {
            let midnight = stage.at("00:00:00");
            for (from, until) in [
                (midnight, now),
                (stage.at("08:10:00"), stage.at("08:40:00")),
                (stage.at("09:00:00"), stage.at("12:00:00")),
            ] {
                agree(&stage.log, &stage.id, &views, from, until, now).await;
            }
        }
    }
}
