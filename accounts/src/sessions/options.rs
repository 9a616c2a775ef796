//! How long sessions and their tokens live. Each has a default with its reason in [`crate::limits`] and a range, beyond
//! which a slip of the pen would sign everybody out, or nobody ever.

use chrono::TimeDelta;
use domain::bilingual::Bilingual;
use domain::both;

use crate::limits;

use super::kind::SessionKind;

/// The lifetimes of sessions, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// How long a page may be idle: 5 minutes to 30 days.
    pub page_idle_secs: i64,
    /// How long a page stays signed in at most: 1 hour to 400 days, and not less than it may be idle.
    pub page_max_secs: i64,
    /// How long an access token is valid: 1 minute to 1 hour.
    pub access_token_secs: i64,
    /// How long a program may go without asking anything: 1 hour to 400 days.
    pub program_idle_secs: i64,
    /// How long a program stays signed in at most: 1 hour to 400 days, and not less than it may be idle.
    pub program_max_secs: i64,
}

/// An option that is out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{option}: {allowed}")]
pub struct BadOption {
    /// Its name.
    pub option: &'static str,
    /// What is allowed, in both languages.
    pub allowed: Bilingual,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            page_idle_secs: limits::PAGE_IDLE_SECS,
            page_max_secs: limits::PAGE_MAX_SECS,
            access_token_secs: limits::ACCESS_TOKEN_SECS,
            program_idle_secs: limits::PROGRAM_IDLE_SECS,
            program_max_secs: limits::PROGRAM_MAX_SECS,
        }
    }
}

impl SessionOptions {
    /// Checks each option.
    ///
    /// # Errors
    /// The first option that is out of its range, with the range.
    pub fn check(&self) -> Result<(), BadOption> {
        let ranges = [
            ("page_idle_secs", self.page_idle_secs, limits::PAGE_IDLE_SECS_RANGE),
            ("page_max_secs", self.page_max_secs, limits::SESSION_SECS_RANGE),
            ("access_token_secs", self.access_token_secs, limits::ACCESS_TOKEN_SECS_RANGE),
            ("program_idle_secs", self.program_idle_secs, limits::SESSION_SECS_RANGE),
            ("program_max_secs", self.program_max_secs, limits::SESSION_SECS_RANGE),
        ];
        for (option, value, range) in ranges {
            if !range.contains(&value) {
                let (min, max) = (range.start(), range.end());
                let allowed = both!("from {min} to {max} seconds", "de {min} à {max} secondes");
                return Err(BadOption { option, allowed });
            }
        }
        let pairs = [
            ("page_max_secs", self.page_max_secs, self.page_idle_secs),
            ("program_max_secs", self.program_max_secs, self.program_idle_secs),
        ];
        match pairs.into_iter().find(|(_, max, idle)| max < idle) {
            Some((option, _, min)) => {
                let allowed = both!(
                    "at least the idle time, {min} seconds",
                    "au moins le délai d’inactivité, {min} secondes"
                );
                Err(BadOption { option, allowed })
            }
            None => Ok(()),
        }
    }

    /// How long a session of this kind may be idle.
    pub(crate) fn idle(&self, kind: SessionKind) -> TimeDelta {
        match kind {
            SessionKind::Page => TimeDelta::seconds(self.page_idle_secs),
            SessionKind::Program => TimeDelta::seconds(self.program_idle_secs),
        }
    }

    /// How long a session of this kind lives at most.
    pub(crate) fn lifetime(&self, kind: SessionKind) -> TimeDelta {
        match kind {
            SessionKind::Page => TimeDelta::seconds(self.page_max_secs),
            SessionKind::Program => TimeDelta::seconds(self.program_max_secs),
        }
    }

    pub(crate) fn access_token(&self) -> TimeDelta {
        TimeDelta::seconds(self.access_token_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_ranges_that_the_refusal_names() {
        let good = SessionOptions::default();
        assert_eq!(good.check(), Ok(()));
        let refused =
            |options: SessionOptions| options.check().map_err(|bad| (bad.option, bad.allowed.to_string()));
        let access = |access_token_secs| refused(SessionOptions { access_token_secs, ..good });
        assert!(access(60).is_ok() && access(3_600).is_ok());
        for wrong in [i64::MIN, -1, 0, 59, 3_601, i64::MAX] {
            assert_eq!(access(wrong), Err(("access_token_secs", "from 60 to 3600 seconds".to_owned())));
        }
        let idle = |page_idle_secs| refused(SessionOptions { page_idle_secs, ..good });
        assert!(idle(300).is_ok() && idle(2_592_000).is_ok());
        assert!(idle(299).is_err() && idle(2_592_001).is_err());
    }

    #[test]
    fn nobody_may_be_idle_longer_than_signed_in() {
        let refused =
            SessionOptions { page_max_secs: 3_600, page_idle_secs: 3_601, ..SessionOptions::default() }
                .check();
        assert_eq!(refused.unwrap_err().option, "page_max_secs");
        let equal =
            SessionOptions { page_max_secs: 3_600, page_idle_secs: 3_600, ..SessionOptions::default() };
        assert_eq!(equal.check(), Ok(()));
    }
}
