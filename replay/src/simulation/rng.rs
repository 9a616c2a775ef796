//! Everything that is left to chance, drawn from one seed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::CommandId;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use uuid::Uuid;

/// Draws numbers; clones draw from the same stream, so that the order of the draws is part of the run.
#[derive(Clone, Debug)]
pub(super) struct SimRng(Arc<Mutex<Pcg64Mcg>>);

impl SimRng {
    pub(super) fn of(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Pcg64Mcg::seed_from_u64(seed))))
    }

    pub(super) fn number(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// One of `0..n`; 0 when there is none.
    pub(super) fn below(&self, n: usize) -> usize {
        let wide = u128::from(self.number()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// One of `from..=to`.
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True this many times in a thousand.
    pub(super) fn chance(&self, per_mille: u32) -> bool {
        self.below(1_000) < per_mille as usize
    }

    pub(super) fn pick<'a, T>(&self, among: &'a [T]) -> Option<&'a T> {
        among.get(self.below(among.len()))
    }

    /// One of `from..=to` milliseconds.
    pub(super) fn millis(&self, from: u64, to: u64) -> Duration {
        let span = usize::try_from(to - from + 1).unwrap_or(1);
        Duration::from_millis(from + self.below(span) as u64)
    }

    pub(super) fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(self.number(), self.number())
    }

    pub(super) fn command(&self) -> CommandId {
        CommandId(self.uuid())
    }
}
