//! Forecast: how many operators does each half hour need, so that a share of the visitors is answered in time?
//!
//! By simulation on the real rules ([`simulation`]), with the formulas of Erlang beside it ([`erlang`]). What comes and
//! how long it takes is measured in a past period ([`measure`]) or given.
//!
//! Each half hour is taken by itself, as if it went on forever like that (the stationary independent period by period
//! approach): what a busy half hour leaves to the next is ignored. An operator with room for `c` conversations counts
//! as `c` servers in the formulas, and works as fast with all of them as with one; so does the simulation. The formulas
//! count the pick-up: it keeps a server busy, and a visitor who is picked up late could wait that much less before the
//! assignment. One who gives up before it frees the server, which is less work than a conversation.
//!
//! However many operators there are, they take their time to pick up. Where that alone breaks the promise, nobody can
//! keep it, and nothing is simulated ([`Need::at_best`]).
//!
//! A visitor is answered in time as in the figure `service_level`: picked up within the given number of seconds of the
//! request; refused visitors do not count.
//!
//! Invariant: what is forecast depends on the seed and on what is given, on nothing else.

pub mod erlang;
mod measure;
mod simulation;
mod traffic;

use domain::Rejection;
use serde::Serialize;

use erlang::{PickUps, System, fewest};

pub use measure::{Day, Measured, measure};
pub use simulation::{How, Plan, Seen, simulate};
pub use traffic::{Times, Traffic};

/// Operators that are tried at most.
pub const OPERATORS_MAX: u32 = 500;

/// The promise: a share of the visitors is answered within a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// The share, from 0 to 1.
    pub share: f64,
    /// Seconds.
    pub within_s: f64,
}

impl Promise {
    /// Reads `80/20`: 80 % within 20 seconds.
    pub fn parse(text: &str) -> Option<Self> {
        let (percent, seconds) = text.split_once('/')?;
        let percent: f64 = percent.trim().trim_end_matches('%').parse().ok()?;
        let within_s: f64 = seconds.trim().trim_end_matches('s').parse().ok()?;
        let holds = (1.0..=99.9).contains(&percent) && (0.0..=3_600.0).contains(&within_s);
        holds.then_some(Self { share: percent / 100.0, within_s })
    }
}

/// How a forecast is made.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// What is promised.
    pub promise: Promise,
    /// Visitors in each simulation: 1,000 give a service level to about 2 points.
    pub visitors: u32,
    /// Where the draws begin.
    pub seed: u64,
}

/// What half an hour needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Need {
    /// Visitors in the half hour.
    pub arrivals: f64,
    /// Conversations at once in the mean, if everybody is served.
    pub load_erlangs: f64,
    /// The fewest operators that keep the promise on the real rules; none when no number of them does, or not even
    /// [`OPERATORS_MAX`].
    pub operators: Option<u32>,
    /// The share answered in time if nobody ever had to wait for an operator: no number of operators improves on it.
    pub at_best: f64,
    /// The result with them.
    pub simulated: Option<Simulated>,
    /// The fewest by Erlang C, which knows no impatience.
    pub erlang_c: Option<u32>,
    /// The fewest by Erlang A, with exponential patience of the same mean; none where nobody is known to give up.
    pub erlang_a: Option<u32>,
}

/// The result of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Simulated {
    /// The share of the visitors not refused who were picked up in time.
    pub service_level: f64,
    /// The share of them who gave up.
    pub abandonment: f64,
    /// Mean seconds from the request to the pick-up, or to giving up.
    pub mean_wait_s: f64,
}

/// What half an hour with this many visitors needs.
///
/// # Errors
/// When a number is out of the range that the rules allow.
pub fn need(traffic: &Traffic, method: &Method) -> Result<Need, Rejection> {
    let at_best = at_best(traffic, method.promise.within_s);
    let handle_s = (traffic.handle.mean().unwrap_or(0.0) + traffic.pick_up.mean().unwrap_or(0.0)) / 1e3;
    let arrivals = traffic.arrivals_per_hour / 3_600.0;
    let system = |servers| System { servers, arrivals, handle_s };
    let room = u32::try_from(traffic.conversations_per_operator).unwrap_or(1).max(1);
    let Promise { share, within_s } = method.promise;
    let is_idle = traffic.arrivals_per_hour <= 0.0 || handle_s <= 0.0;
    let by = |keeps: &dyn Fn(u32) -> bool| {
        if is_idle { None } else { fewest(OPERATORS_MAX, |operators| keeps(operators * room)) }
    };
    let patience_s = traffic.patience.as_ref().and_then(Times::mean).map(|millis| millis / 1e3);
    let pick_ups = pick_ups(traffic);
    let erlang_c = by(&|servers| system(servers).in_time_by_erlang_c(within_s, &pick_ups) >= share);
    let erlang_a = patience_s.filter(|seconds| *seconds > 0.0).and_then(|seconds| {
        let held_s = pick_ups.held_s(traffic.handle.mean().unwrap_or(0.0) / 1e3, seconds);
        let system = |servers| System { handle_s: held_s, ..system(servers) };
        by(&|servers| system(servers).in_time_by_erlang_a(seconds, within_s, &pick_ups) >= share)
    });
    let (operators, simulated) = if is_idle {
        (Some(0), None)
    } else if at_best < share {
        (None, None)
    } else {
        search(traffic, method, erlang_a.or(erlang_c).unwrap_or(1))?.unzip()
    };
    let load_erlangs = if is_idle { 0.0 } else { system(1).load() };
    Ok(Need {
        arrivals: traffic.arrivals_per_hour / 2.0,
        load_erlangs,
        operators,
        at_best,
        simulated,
        erlang_c,
        erlang_a,
    })
}

/// Pick-ups that the formulas look at.
const PICK_UPS: u32 = 48;
/// Pick-ups that are looked at to find out what can be kept at all.
const PICK_UPS_AT_BEST: u32 = 2_000;

fn pick_ups(traffic: &Traffic) -> PickUps {
    let all = traffic.pick_up.spread(PICK_UPS);
    let seconds: Vec<f64> = all.iter().flatten().map(|millis| traffic::float(*millis) / 1e3).collect();
    PickUps { never: all.len() - seconds.len(), seconds }
}

/// The share of the visitors who are picked up in time if each is assigned at once: those whose operator is quick
/// enough and who have not left by then.
fn at_best(traffic: &Traffic, within_s: f64) -> f64 {
    let limit = traffic::whole(within_s * 1e3);
    let picked_up = traffic.pick_up.spread(PICK_UPS_AT_BEST).into_iter().flatten();
    let shares = picked_up.filter(|millis| *millis <= limit).map(|millis| match &traffic.patience {
        Some(patience) => patience.longer_than(millis),
        None => 1.0,
    });
    shares.sum::<f64>() / f64::from(PICK_UPS_AT_BEST)
}

/// The fewest operators that keep the promise, searched for from the result of a formula, in steps that double. Once no
/// visitor waits for an operator, more of them change nothing.
fn search(traffic: &Traffic, method: &Method, near: u32) -> Result<Option<(u32, Simulated)>, Rejection> {
    let with = |operators| trial(traffic, method, operators);
    let keeps = |simulated: &Simulated| simulated.service_level >= method.promise.share;
    let (mut operators, mut too_few, mut step) = (near.clamp(1, OPERATORS_MAX), 0, 1);
    let (mut enough, mut best) = loop {
        let (simulated, waits) = with(operators)?;
        if keeps(&simulated) {
            break (operators, simulated);
        }
        if !waits || operators == OPERATORS_MAX {
            return Ok(None);
        }
        too_few = operators;
        operators = (operators + step).min(OPERATORS_MAX);
        step *= 2;
    };
    step = 1;
    while enough - too_few > 1 {
        let fewer = enough.saturating_sub(step).max(too_few + 1);
        let (simulated, _) = with(fewer)?;
        if keeps(&simulated) {
            (enough, best) = (fewer, simulated);
            step *= 2;
        } else {
            too_few = fewer;
            step = 1;
        }
    }
    Ok(Some((enough, best)))
}

/// The result with this many operators.
///
/// # Errors
/// When a number is out of the range that the rules allow.
pub fn outcome(traffic: &Traffic, method: &Method, operators: u32) -> Result<Simulated, Rejection> {
    trial(traffic, method, operators).map(|(simulated, _)| simulated)
}

/// The same, and whether anybody had to wait for an operator.
fn trial(traffic: &Traffic, method: &Method, operators: u32) -> Result<(Simulated, bool), Rejection> {
    let plan = Plan { operators, warm_up: method.visitors / 5, visitors: method.visitors, seed: method.seed };
    let seen = simulate(traffic, &plan)?;
    let taken_in = seen.iter().filter(|visitor| visitor.how != How::Refused);
    let count = |is: &dyn Fn(&Seen) -> bool| {
        traffic::float(seen.iter().filter(|it| is(it)).count().try_into().unwrap_or(i64::MAX))
    };
    let all = count(&|it| it.how != How::Refused).max(1.0);
    let within_ms = method.promise.within_s * 1e3;
    let in_time = count(&|it| it.picked_up_ms.is_some_and(|millis| traffic::float(millis) <= within_ms));
    let wait_ms = |it: &Seen| it.picked_up_ms.or(it.gave_up_ms).unwrap_or(it.wait_ms);
    let waited: f64 = taken_in.map(|visitor| traffic::float(wait_ms(visitor))).sum();
    let simulated = Simulated {
        service_level: in_time / all,
        abandonment: count(&|it| it.how == How::GaveUp) / all,
        mean_wait_s: waited / all / 1e3,
    };
    Ok((simulated, seen.iter().any(|it| it.wait_ms > 0 || it.how == How::Refused)))
}
