//! What always holds (spec.md §Routing, last paragraph): after any history of commands, and told of any log.
//!
//! The checker of `replay::invariants` is what decides; [`changed_logs`] shows that it notices, and [`histories`] lets
//! random actors, valid and not, do random things while the clock mostly goes forward, is set now and then, and
//! stands still for a server that is down. [`moves`] is how the steps are drawn, [`sections`] what administrators set.
//!
//! Beside what always holds, such a history is compared with what the rules should have decided at each step, computed
//! anew from the state before, with the settings of that time:
//!
//! | file | what is expected |
//! |---|---|
//! | [`history`] | what each event may follow |
//! | [`known`], [`clocks`], [`surveys`], [`long_waits`] | what the log tells of a conversation |
//! | [`choice`], [`floor`] | who should get which conversation |

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

/// As the tests of the rules call it, whose language is used here.
extern crate domain as pupitre_domain;

mod changed_logs;
mod choice;
mod clocks;
mod floor;
mod histories;
mod history;
mod known;
mod long_waits;
mod moves;
mod sections;
#[path = "../../../domain/tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of the rules need more of it")]
mod support;
mod surveys;
