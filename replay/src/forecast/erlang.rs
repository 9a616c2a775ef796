//! The formulas of Erlang (1917) and Palm (1957), for comparison: they describe Poisson arrivals, exponential handle
//! times and identical servers.
//!
//! All of it is computed from ratios that stay near one another, and never from powers or factorials: it holds for a
//! handful of servers as for thousands, far below the load that they can take and far above it.

/// Into how many parts an area is cut.
const STEPS: u32 = 20_000;
/// Where it is short, and asked for often.
const FEWER_STEPS: u32 = 1_000;
/// The logarithm of what is negligible beside 1.
const NEGLIGIBLE: f64 = -40.0;

/// A queue: servers, arrivals and handle times. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct System {
    /// How many are served at once: 1 or more.
    pub servers: u32,
    /// Arrivals per second.
    pub arrivals: f64,
    /// Mean seconds that one takes to be served.
    pub handle_s: f64,
}

/// What a formula says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The share of those who have to wait.
    pub waits: f64,
    /// Mean wait in seconds, including visitors who do not wait and those who give up.
    pub mean_wait_s: f64,
    /// The share of those who give up.
    pub abandonment: f64,
    /// The share of those who are served within the time asked for.
    pub in_time: f64,
}

impl System {
    /// Arrivals while one is served: the load, in erlangs.
    pub fn load(&self) -> f64 {
        self.arrivals * self.handle_s
    }

    /// Erlang C: nobody ever gives up. `None` if more visitors come than can be served: then the queue grows forever.
    pub fn erlang_c(&self, within_s: f64) -> Option<Answer> {
        let (servers, load) = (f64::from(self.servers), self.load());
        if load >= servers {
            return None;
        }
        let lost = erlang_b(self.servers, load);
        let waits = servers * lost / (servers - load * (1.0 - lost));
        // By how much the service rate exceeds the arrival rate.
        let spare = (servers - load) / self.handle_s;
        Some(Answer {
            waits,
            mean_wait_s: waits / spare,
            abandonment: 0.0,
            in_time: 1.0 - waits * (-spare * within_s.max(0.0)).exp(),
        })
    }

    /// Erlang A: each visitor gives up after an exponential time of this mean.
    pub fn erlang_a(&self, patience_s: f64, within_s: f64) -> Answer {
        let (servers, arrivals) = (f64::from(self.servers), self.arrivals);
        let (serving, leaving) = (servers / self.handle_s, 1.0 / patience_s);
        // The probabilities of states are multiples of that of all servers busy and nobody waiting.
        let up_to_all_busy = 1.0 / erlang_b(self.servers, self.load());
        let (mut term, mut waiting, mut queue, mut length) = (1.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        loop {
            length += 1.0;
            term *= arrivals / (serving + length * leaving);
            waiting += term;
            queue += length * term;
            // From here on each term is smaller than the previous one.
            let falls = arrivals < serving + length * leaving;
            if falls && length * term <= f64::EPSILON * queue.max(f64::MIN_POSITIVE) {
                break;
            }
        }
        let all = up_to_all_busy + waiting;
        let mean_queue = queue / all;
        Answer {
            waits: (1.0 + waiting) / all,
            mean_wait_s: mean_queue / arrivals,
            abandonment: leaving * mean_queue / arrivals,
            in_time: self.offered(leaving).in_time(within_s, STEPS),
        }
    }

    /// The share of those who are served in time when the pick-up takes one of these numbers of seconds after the
    /// assignment, all equally likely: an assigned visitor has that much less time to wait. `never` more are not picked
    /// up.
    pub fn in_time_by_erlang_c(&self, within_s: f64, pick_ups: &PickUps) -> f64 {
        let in_time = |s: f64| self.erlang_c(within_s - s).map_or(0.0, |answer| answer.in_time);
        pick_ups.mean(within_s, in_time)
    }

    /// The same with patience, which goes on until the pick-up.
    pub fn in_time_by_erlang_a(&self, patience_s: f64, within_s: f64, pick_ups: &PickUps) -> f64 {
        let offered = self.offered(1.0 / patience_s);
        pick_ups.mean(within_s, |s| offered.in_time(within_s - s, FEWER_STEPS) * (-s / patience_s).exp())
    }

    /// The wait that is offered to visitors with patience.
    fn offered(&self, leaving: f64) -> Offered {
        let (servers, arrivals) = (f64::from(self.servers), self.arrivals);
        let serving = servers / self.handle_s;
        let exponent = |t: f64| arrivals * -(-leaving * t).exp_m1() / leaving - serving * t;
        // The exponent is greatest where as many leave the queue as join it.
        let top = if arrivals > serving { (arrivals / serving).ln() / leaving } else { 0.0 };
        let scale = exponent(top);
        // From the top on the exponent only falls: the area ends where it is negligible.
        let mut beyond = 1.0 / serving;
        while exponent(top + beyond) - scale > NEGLIGIBLE {
            beyond *= 1.5;
        }
        let end = top + beyond;
        let density = |t: f64| (exponent(t) - scale).exp();
        Offered {
            arrivals,
            leaving,
            serving,
            scale,
            end,
            all: simpson(0.0, end, STEPS, density),
            at_once: erlang_b_inverse(self.servers - 1, self.load()) * (-scale).exp(),
        }
    }
}

/// How long the pick-ups take after the assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct PickUps {
    /// Seconds, each for an equal share of all.
    pub seconds: Vec<f64>,
    /// The number of further shares in which nobody ever picks up.
    pub never: usize,
}

impl PickUps {
    /// Mean seconds from the assignment until the server is free again, with patience of this mean: a visitor who gives up
    /// before the pick-up frees it at once, and any other is served for `handle_s` from the pick-up on.
    #[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
    pub fn held_s(&self, handle_s: f64, patience_s: f64) -> f64 {
        let held = self.seconds.iter().map(|seconds| {
            let still_there = (-seconds / patience_s).exp();
            still_there * handle_s + (1.0 - still_there) * patience_s
        });
        let all = (self.seconds.len() + self.never).max(1) as f64;
        (held.sum::<f64>() + self.never as f64 * patience_s) / all
    }

    /// The mean over all pick-ups of a share that depends on how long each takes; of those that take too long it is 0.
    #[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
    fn mean(&self, within_s: f64, of: impl Fn(f64) -> f64) -> f64 {
        let in_time = self.seconds.iter().filter(|seconds| **seconds <= within_s);
        // Times that are often the same are looked at once.
        let (mut sum, mut last) = (0.0, None);
        for seconds in in_time {
            let share = match last {
                Some((same, share)) if f64::to_bits(same) == seconds.to_bits() => share,
                Some(_) | None => of(*seconds),
            };
            last = Some((*seconds, share));
            sum += share;
        }
        sum / (self.seconds.len() + self.never).max(1) as f64
    }
}

/// The wait that is offered to a visitor with patience: its density is
/// `exp(arrivals × (1 − exp(−leaving × t)) ÷ leaving − serving × t)`, up to a factor, and a visitor who is still there
/// takes it (Mandelbaum and Zeltyn, 2007).
struct Offered {
    arrivals: f64,
    leaving: f64,
    serving: f64,
    scale: f64,
    /// Where the density is negligible.
    end: f64,
    /// The area under it.
    all: f64,
    /// Of those who do not wait, in the same measure.
    at_once: f64,
}

impl Offered {
    /// The share served in time.
    fn in_time(&self, within_s: f64, steps: u32) -> f64 {
        let Self { arrivals, leaving, serving, scale, end, all, at_once } = *self;
        if at_once.is_infinite() {
            // A number of servers at which nobody ever finds them all busy.
            return 1.0;
        }
        let taken = simpson(0.0, within_s.clamp(0.0, end), steps, |t: f64| {
            let exponent = arrivals * -(-leaving * t).exp_m1() / leaving - serving * t;
            (exponent - scale - leaving * t).exp()
        });
        (at_once + arrivals * taken) / (at_once + arrivals * all)
    }
}

/// Erlang B: the share of those who find all servers busy, when nobody waits.
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    1.0 / erlang_b_inverse(servers, load)
}

/// Its inverse grows by one step per server, and none of them can be off by more than it rounds.
fn erlang_b_inverse(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |inverse, server| 1.0 + inverse * f64::from(server) / load)
}

/// The area under a smooth function.
fn simpson(from: f64, to: f64, steps: u32, of: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / f64::from(steps);
    let inner = (1..steps).map(|index| {
        let weight = if index % 2 == 1 { 4.0 } else { 2.0 };
        weight * of(from + step * f64::from(index))
    });
    (of(from) + inner.sum::<f64>() + of(to)) * step / 3.0
}

/// The fewest servers with which a formula keeps a promise; `None` when not even `most` do.
pub fn fewest(most: u32, keeps: impl Fn(u32) -> bool) -> Option<u32> {
    if !keeps(most) {
        return None;
    }
    // More servers never keep less.
    let (mut too_few, mut enough) = (0, most);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if keeps(middle) { enough = middle } else { too_few = middle }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64, within: f64) -> bool {
        (one - other).abs() <= within
    }

    /// From published tables of Erlang B.
    #[test]
    fn erlang_b_is_that_of_the_tables() {
        for (servers, load, lost) in [
            (1, 1.0, 0.5),
            (2, 1.0, 0.2),
            (10, 10.0, 0.214_6),
            (5, 3.0, 0.110_1),
            (10, 4.461, 0.01),
            (100, 84.064, 0.01),
        ] {
            assert!(near(erlang_b(servers, load), lost, 1e-4), "{servers}: {}", erlang_b(servers, load));
        }
    }

    /// M/M/1 by its own formulas, and the textbook case of a call centre with 100 calls in half an hour of 180 s
    /// each: 10 erlangs; 14 agents answer 88.8 % within 20 s, and the mean wait is 7.8 s.
    #[test]
    fn erlang_c_is_that_of_the_textbooks() {
        let one = System { servers: 1, arrivals: 0.8, handle_s: 1.0 }.erlang_c(2.0).unwrap();
        assert!(near(one.waits, 0.8, 1e-12) && near(one.mean_wait_s, 4.0, 1e-9));
        assert!(near(one.in_time, 1.0 - 0.8 * (-0.4_f64).exp(), 1e-12));
        let calls = System { servers: 14, arrivals: 100.0 / 1_800.0, handle_s: 180.0 };
        let answer = calls.erlang_c(20.0).unwrap();
        assert!(near(answer.waits, 0.174_1, 1e-4), "{answer:?}");
        assert!(near(answer.mean_wait_s, 7.8, 0.05), "{answer:?}");
        assert!(near(answer.in_time, 0.888, 1e-3), "{answer:?}");
        let in_time =
            |servers| System { servers, ..calls }.erlang_c(20.0).is_some_and(|it| it.in_time >= 0.8);
        assert_eq!(fewest(1_000, in_time), Some(14));
        assert_eq!(System { servers: 10, ..calls }.erlang_c(20.0), None, "more comes than can be served");
    }

    /// 48 calls a minute of a minute each, 50 agents, patience of 2 minutes: the example of Garnett, Mandelbaum and
    /// Reiman (2002): 3.1 % give up, and the mean wait is 3.7 s.
    #[test]
    fn erlang_a_is_that_of_the_papers() {
        let answer = System { servers: 50, arrivals: 0.8, handle_s: 60.0 }.erlang_a(120.0, 0.0);
        assert!(near(answer.abandonment, 0.031, 5e-4), "{answer:?}");
        assert!(near(answer.mean_wait_s, 3.7, 0.05), "{answer:?}");
    }

    /// With patience as long as the handle time the number of visitors is that of as many servers as visitors:
    /// a Poisson number, whatever the servers.
    #[test]
    fn with_patience_as_long_as_the_handle_time_the_number_of_visitors_is_poisson() {
        let (servers, load) = (4, 5.0_f64);
        let answer = System { servers, arrivals: 5.0, handle_s: 1.0 }.erlang_a(1.0, 0.0);
        let mut term = (-load).exp();
        let (mut fewer, mut queue) = (0.0, 0.0);
        for count in 0..100_u32 {
            if count < servers {
                fewer += term;
            } else {
                queue += f64::from(count - servers) * term;
            }
            term *= load / f64::from(count + 1);
        }
        assert!(near(answer.waits, 1.0 - fewer, 1e-12) && near(answer.mean_wait_s, queue / 5.0, 1e-12));
        assert!(near(answer.abandonment, queue / 5.0, 1e-12));
        assert!(near(answer.in_time, fewer, 1e-9), "at once, or not in no time: {answer:?}");
    }

    /// Pick-ups that all take as long as the promise leave no time to wait: what is left are those who do not.
    #[test]
    fn the_pick_up_is_part_of_the_wait() {
        let system = System { servers: 5, arrivals: 3.0 / 300.0, handle_s: 300.0 };
        let c = |pick_ups: &PickUps| system.in_time_by_erlang_c(20.0, pick_ups);
        let a = |pick_ups: &PickUps| system.in_time_by_erlang_a(120.0, 20.0, pick_ups);
        let of = |seconds: &[f64], never| PickUps { seconds: seconds.to_vec(), never };
        assert!(near(c(&of(&[0.0], 0)), system.erlang_c(20.0).unwrap().in_time, 1e-12));
        assert!(near(a(&of(&[0.0], 0)), system.erlang_a(120.0, 20.0).in_time, 1e-9));
        assert!(near(c(&of(&[20.0], 0)), 1.0 - system.erlang_c(0.0).unwrap().waits, 1e-12));
        let at_once = 1.0 - system.erlang_a(120.0, 0.0).waits;
        assert!(near(a(&of(&[20.0], 0)), at_once * (-20.0_f64 / 120.0).exp(), 1e-6), "patience goes on");
        for late in [of(&[20.1], 0), of(&[], 1), of(&[], 0)] {
            assert!(c(&late) == 0.0 && a(&late) == 0.0, "{late:?}");
        }
        let half = of(&[0.0, 60.0], 0);
        assert!(near(c(&half), c(&of(&[0.0], 0)) / 2.0, 1e-12) && near(c(&half), c(&of(&[0.0], 1)), 1e-12));
    }

    /// A visitor who gives up before the pick-up has no conversation: with a patience of two minutes, one in twelve within ten seconds.
    #[test]
    fn a_visitor_who_gives_up_before_the_pick_up_frees_the_operator() {
        let of = |seconds: &[f64], never| PickUps { seconds: seconds.to_vec(), never };
        assert!(near(of(&[0.0], 0).held_s(300.0, 120.0), 300.0, 1e-12));
        let there = (-10.0_f64 / 120.0).exp();
        assert!(near(of(&[10.0], 0).held_s(300.0, 120.0), there * 300.0 + (1.0 - there) * 120.0, 1e-9));
        assert!(near(of(&[10.0], 0).held_s(300.0, 1e9), 310.0, 1e-4), "with endless patience nobody goes");
        assert!(
            near(of(&[], 1).held_s(300.0, 120.0), 120.0, 1e-12),
            "never picked up: until everybody is gone"
        );
        assert!(near(of(&[0.0], 1).held_s(300.0, 120.0), 210.0, 1e-12));
    }

    /// The limits: endless patience is Erlang C; in endless time everybody who does not give up is served.
    #[test]
    fn the_formulas_meet_where_they_should() {
        for (servers, load) in [(1, 0.5), (3, 2.0), (20, 18.0), (200, 190.0)] {
            let system = System { servers, arrivals: load / 300.0, handle_s: 300.0 };
            let (c, a) = (system.erlang_c(20.0).unwrap(), system.erlang_a(1e9, 20.0));
            assert!(near(c.waits, a.waits, 1e-3) && near(c.in_time, a.in_time, 1e-3), "{c:?} {a:?}");
            assert!(near(c.mean_wait_s / a.mean_wait_s, 1.0, 1e-2), "{c:?} {a:?}");
        }
        for (servers, load) in [(1, 3.0), (5, 4.0), (500, 5.0), (50, 60.0), (1_000, 900.0), (1_000, 1_500.0)]
        {
            let system = System { servers, arrivals: load / 300.0, handle_s: 300.0 };
            let answer = system.erlang_a(120.0, 1e6);
            assert!(near(answer.in_time, 1.0 - answer.abandonment, 1e-6), "{servers}, {load}: {answer:?}");
            let at_once = system.erlang_a(120.0, 0.0);
            assert!(near(at_once.in_time, 1.0 - at_once.waits, 1e-6), "{servers}, {load}: {at_once:?}");
        }
    }
}
