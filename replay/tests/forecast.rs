//! Forecast: the rules under the assumptions of the formulas do what the formulas say.

#![expect(clippy::cast_precision_loss, reason = "counts are small")]

use pupitre_replay::forecast::erlang::System;
use pupitre_replay::forecast::{self, How, Method, Plan, Promise, Seen, Simulated, Times, Traffic, simulate};

/// The 99.5 % quantile of Student's t with 19 degrees of freedom: 99 % on both sides, of twenty batches.
const T_19: f64 = 2.861;
const BATCHES: usize = 20;
const HANDLE_S: f64 = 300.0;

fn traffic(servers: u32, utilisation: f64, room: i64, patience_s: Option<f64>) -> Traffic {
    let load = f64::from(servers) * utilisation;
    Traffic {
        arrivals_per_hour: load / HANDLE_S * 3_600.0,
        pick_up: Times::None,
        handle: Times::Exponential(HANDLE_S * 1e3),
        patience: patience_s.map(|seconds| Times::Exponential(seconds * 1e3)),
        conversations_per_operator: room,
    }
}

fn system(servers: u32, utilisation: f64) -> System {
    System { servers, arrivals: f64::from(servers) * utilisation / HANDLE_S, handle_s: HANDLE_S }
}

/// The mean of something over the visitors, and how far on both sides of it the true mean is, with 99 %: by batches.
fn estimate(seen: &[Seen], of: impl Fn(&Seen) -> f64) -> (f64, f64) {
    let size = seen.len() / BATCHES;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let batches: Vec<f64> =
        seen.chunks_exact(size).map(|batch| mean(&batch.iter().map(&of).collect::<Vec<_>>())).collect();
    assert_eq!(batches.len(), BATCHES);
    let middle = mean(&batches);
    let squares: f64 = batches.iter().map(|batch| (batch - middle).powi(2)).sum();
    let variance = squares / (BATCHES - 1) as f64;
    (middle, T_19 * (variance / BATCHES as f64).sqrt())
}

#[track_caller]
fn agrees(what: &str, (mean, within): (f64, f64), formula: f64) {
    println!("{what}: {mean:.4} ± {within:.4}, formula {formula:.4}");
    assert!((mean - formula).abs() <= within, "{what}: {mean} ± {within} is not {formula}");
}

/// One conversation at once, Poisson arrivals, exponential handle times, and nobody gives up.
#[test]
fn without_impatience_the_mean_wait_is_that_of_erlang_c() {
    let visitors = 10_000;
    for (seed, (servers, utilisation)) in
        (31..).zip([(1, 0.4), (1, 0.6), (2, 0.7), (3, 0.6), (5, 0.75), (8, 0.8), (12, 0.8)])
    {
        let plan = Plan { operators: servers, warm_up: visitors / 10, visitors, seed };
        let seen = simulate(&traffic(servers, utilisation, 1, None), &plan).unwrap();
        assert_eq!(seen.len(), visitors as usize);
        assert!(seen.iter().all(|visitor| visitor.how == How::Served));
        let formula = system(servers, utilisation).erlang_c(20.0).unwrap();
        let what = format!("{servers} operators at {utilisation}");
        agrees(&what, estimate(&seen, |it| it.wait_ms as f64 / 1e3), formula.mean_wait_s);
        agrees(&what, estimate(&seen, |it| f64::from(it.wait_ms > 0)), formula.waits);
        agrees(&what, estimate(&seen, |it| f64::from(it.wait_ms <= 20_000)), formula.in_time);
    }
}

#[test]
fn with_impatience_abandonment_and_mean_wait_are_those_of_erlang_a() {
    for (seed, (servers, utilisation, patience)) in (11..).zip([
        (1, 0.8, 300.0),
        (1, 1.3, 120.0),
        (3, 0.9, 120.0),
        (5, 1.0, 200.0),
        (10, 0.95, 90.0),
        (10, 1.2, 300.0),
    ]) {
        let visitors = 5_000;
        let plan = Plan { operators: servers, warm_up: visitors / 10, visitors, seed };
        let seen = simulate(&traffic(servers, utilisation, 1, Some(patience)), &plan).unwrap();
        let formula = system(servers, utilisation).erlang_a(patience, 20.0);
        let what = format!("{servers} operators at {utilisation}, patience {patience} s");
        agrees(&what, estimate(&seen, |it| f64::from(it.how == How::GaveUp)), formula.abandonment);
        agrees(&what, estimate(&seen, |it| it.wait_ms as f64 / 1e3), formula.mean_wait_s);
        let in_time = |it: &Seen| f64::from(it.picked_up_ms.is_some_and(|millis| millis <= 20_000));
        agrees(&what, estimate(&seen, in_time), formula.in_time);
    }
}

/// Two operators with room for three are six servers: who waits does not care on whose desk the room is.
#[test]
fn an_operator_with_room_for_three_is_three_servers() {
    let plan = Plan { operators: 2, warm_up: 400, visitors: 10_000, seed: 51 };
    let seen = simulate(&traffic(6, 0.75, 3, None), &plan).unwrap();
    let formula = system(6, 0.75).erlang_c(20.0).unwrap();
    agrees("2 operators of 3", estimate(&seen, |it| it.wait_ms as f64 / 1e3), formula.mean_wait_s);
}

#[test]
fn the_fewest_operators_that_keep_a_promise_are_found() {
    let method = Method { promise: Promise::parse("80/20").unwrap(), visitors: 1_000, seed: 5 };
    let traffic = Traffic { arrivals_per_hour: 60.0, ..traffic(1, 1.0, 1, Some(120.0)) };
    let need = forecast::need(&traffic, &method).unwrap();
    let (operators, erlang_a) = (need.operators.unwrap(), need.erlang_a.unwrap());
    assert!((need.load_erlangs - 5.0).abs() < 1e-9 && (need.arrivals - 30.0).abs() < 1e-9);
    assert!(operators.abs_diff(erlang_a) <= 1, "{need:?}");
    assert!(need.erlang_c > need.erlang_a, "who never gives up is more work: {need:?}");
    let level = |operators| forecast::outcome(&traffic, &method, operators).unwrap().service_level;
    assert!(level(operators) >= 0.8 && level(operators - 1) < 0.8);
    assert_eq!(need, forecast::need(&traffic, &method).unwrap(), "the same seed, the same answer");
    let nobody = Traffic { arrivals_per_hour: 0.0, ..traffic };
    let need = forecast::need(&nobody, &method).unwrap();
    assert_eq!((need.operators, need.simulated), (Some(0), None::<Simulated>));
}

#[test]
fn a_promise_is_read_as_people_write_it() {
    assert_eq!(Promise::parse("80/20"), Some(Promise { share: 0.8, within_s: 20.0 }));
    assert_eq!(Promise::parse("90%/60s"), Some(Promise { share: 0.9, within_s: 60.0 }));
    for wrong in ["80", "100/20", "0/20", "80/-1", "80/4000", "a/b", "NaN/20", "80/NaN"] {
        assert_eq!(Promise::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn an_unreachable_service_level_is_reported_at_once() {
    let method = Method { promise: Promise::parse("80/20").unwrap(), visitors: 1_000_000, seed: 5 };
    let busy = Traffic { arrivals_per_hour: 60.0, ..traffic(1, 1.0, 1, Some(120.0)) };
    let slow = Traffic { pick_up: Times::Seen(vec![10_000, 30_000, 45_000, 60_000]), ..busy.clone() };
    // A simulation of a million visitors for each number of operators would take hours.
    let need = forecast::need(&slow, &method).unwrap();
    assert_eq!((need.operators, need.simulated, need.erlang_c, need.erlang_a), (None, None, None, None));
    assert!(
        (need.at_best - 0.25 * (-10.0_f64 / 120.0).exp()).abs() < 1e-3,
        "one of four, still there: {need:?}"
    );
    let never = Traffic { pick_up: Times::Seen(vec![]), ..busy.clone() };
    assert!(forecast::need(&never, &method).unwrap().at_best < 1e-12, "nobody was seen to pick up");
    // So many that chance does not decide between two numbers of operators.
    let method = Method { visitors: 20_000, ..method };
    let at_once = forecast::need(&busy, &method).unwrap();
    assert!((at_once.at_best - 1.0).abs() < 1e-12);
    // What takes half of the promised time leaves half of it to wait.
    let quick = Traffic { pick_up: Times::Seen(vec![10_000]), ..busy };
    let need = forecast::need(&quick, &method).unwrap();
    assert!(need.operators > at_once.operators && need.erlang_a >= at_once.erlang_a, "{need:?} {at_once:?}");
    assert!(need.load_erlangs > at_once.load_erlangs, "ringing keeps a desk busy, too");
    let (operators, erlang_a) = (need.operators.unwrap(), need.erlang_a.unwrap());
    assert!(
        operators.abs_diff(erlang_a) <= 1,
        "the formula counts the pick-up as the simulation does: {need:?}"
    );
}

/// A hair below what can be kept at all, the search ends where nobody waits any more.
#[test]
fn a_promise_on_the_edge_does_not_try_operators_for_ever() {
    let times: Vec<i64> = (0..100).map(|number| if number < 80 { 1_000 } else { 90_000 }).collect();
    let traffic = Traffic {
        arrivals_per_hour: 12.0,
        pick_up: Times::Seen(times),
        handle: Times::Exponential(60_000.0),
        patience: None,
        conversations_per_operator: 3,
    };
    for seed in 1..6 {
        let method = Method { promise: Promise { share: 0.8, within_s: 20.0 }, visitors: 500, seed };
        let need = forecast::need(&traffic, &method).unwrap();
        assert!(need.operators.is_none_or(|operators| operators < 20), "{need:?}");
    }
}
