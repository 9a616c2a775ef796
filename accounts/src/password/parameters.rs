//! What a hash costs, and whoever tries passwords out.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use domain::bilingual::both;
use domain::both;
use domain::field::{Check, FieldError};

use crate::error::Error;
use crate::limits::{HASH_LANES, HASH_MEMORY_KIB, HASH_PASSES, HASH_WORK_MIN};

/// The parameters of Argon2id. The default is what OWASP recommends: 19 MiB, 2 passes, 1 lane; about 40 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Memory of one hash, in KiB: 7,168 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over that memory: 1 to 20, and at least 35,840 KiB times passes.
    pub passes: u32,
    /// Lanes: 1 to 8.
    pub lanes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

impl Parameters {
    /// Are they in their ranges, and not cheaper than anything that OWASP lists?
    ///
    /// # Errors
    /// The wrong fields, with what they allow.
    pub fn check(self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new();
        check.range("memory_kib", &self.memory_kib, &HASH_MEMORY_KIB, both("KiB", "Kio"));
        check.range("passes", &self.passes, &HASH_PASSES, both("passes", "passages"));
        check.range("lanes", &self.lanes, &HASH_LANES, both("lanes", "voies"));
        let min = HASH_WORK_MIN;
        let work = u64::from(self.memory_kib) * u64::from(self.passes);
        check.must(
            work >= min,
            "passes",
            both!("at least {min} KiB times passes", "au moins {min} Kio multipliés par les passages"),
        );
        check.finish()
    }

    pub(super) fn argon2(self) -> Result<Argon2<'static>, Error> {
        self.check().map_err(Error::Wrong)?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None);
        let params = params.map_err(|error| Error::Hash(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Was this hash computed with them?
    pub(super) fn are_of(self, hash: &PasswordHash) -> bool {
        let Ok(params) = Params::try_from(hash) else { return false };
        hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
            && hash.version == Some(Version::V0x13.into())
            && (params.m_cost(), params.t_cost(), params.p_cost())
                == (self.memory_kib, self.passes, self.lanes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_owasp_lists_is_allowed_and_less_is_not() {
        let check = |memory_kib, passes, lanes| Parameters { memory_kib, passes, lanes }.check();
        for (memory_kib, passes) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)] {
            assert_eq!(check(memory_kib, passes, 1), Ok(()), "{memory_kib} {passes}");
        }
        let wrong = |memory_kib, passes, lanes| -> Vec<String> {
            check(memory_kib, passes, lanes).unwrap_err().into_iter().map(|wrong| wrong.to_string()).collect()
        };
        assert_eq!(wrong(19_456, 1, 1), ["passes: at least 35840 KiB times passes"]);
        assert_eq!(wrong(7_167, 20, 0), ["memory_kib: 7168 to 1048576 KiB", "lanes: 1 to 8 lanes"]);
        assert_eq!(wrong(1_048_577, 21, 9).len(), 3);
        assert_eq!(Parameters::default().check(), Ok(()));
    }
}
