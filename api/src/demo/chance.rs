//! Dice that fall the same way every time: a small xorshift, good enough for a demonstration.

use std::time::Duration;

/// A source of choices.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The same seed makes the same choices.
    pub const fn new(seed: u64) -> Self {
        // A state of 0 would stay 0.
        Self(if seed == 0 { 1 } else { seed })
    }

    /// Another source, for somebody else.
    #[must_use]
    pub const fn split(&mut self) -> Self {
        Self::new(self.next().wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// A duration between two bounds in milliseconds.
    pub fn millis(&mut self, (least, most): (u64, u64)) -> Duration {
        Duration::from_millis(least + self.next() % (most.saturating_sub(least) + 1))
    }

    /// True once in so many times.
    pub const fn one_in(&mut self, times: u64) -> bool {
        times > 0 && self.next().is_multiple_of(times)
    }

    /// One of them, if there is any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        from.get(usize::try_from(self.next() % count).ok()?)
    }

    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_repeat_and_stay_within_bounds() {
        let (mut one, mut other) = (Chance::new(7), Chance::new(7));
        for _ in 0..1_000 {
            let pause = one.millis((1_000, 4_000));
            assert_eq!(pause, other.millis((1_000, 4_000)));
            assert!((1_000..=4_000).contains(&pause.as_millis()));
        }
    }

    #[test]
    fn every_choice_is_made_sooner_or_later() {
        let mut chance = Chance::new(0);
        let mut seen = [false; 4];
        for _ in 0..200 {
            if let Some(choice) = chance.pick(&[0, 1, 2, 3]) {
                seen[*choice] = true;
            }
        }
        assert_eq!(seen, [true; 4]);
        assert_eq!(chance.pick::<u8>(&[]), None);
        let hits = (0..1_200).filter(|_| chance.one_in(12)).count();
        assert!((50..=150).contains(&hits), "{hits}");
    }
}
