//! How accounts are used on a server, as options.

use accounts::limits::{
    ACCESS_TOKEN_SECS_RANGE, HASH_LANES, HASH_MEMORY_KIB, HASH_PASSES, PAGE_IDLE_SECS_RANGE,
    SESSION_SECS_RANGE,
};
use accounts::password::Parameters;
use accounts::second_factor::SecondFactorRule;
use accounts::sessions::SessionOptions;
use api::auth::AccountOptions;
use clap::value_parser;

use crate::commands::failure::Failure;

/// How people sign in.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub(super) struct AccountsOptions {
    /// Who has to have a second factor, and is asked to set one up at the next sign-in.
    #[arg(long, env = "PUPITRE_SECOND_FACTOR", default_value = "optional")]
    second_factor: Needed,
    /// Memory of the hash of a password (Argon2id), in KiB: 7168 to 1048576. What was hashed otherwise is hashed anew when
    /// its holder signs in.
    #[arg(long, env = "PUPITRE_PASSWORD_MEMORY", default_value_t = Parameters::default().memory_kib,
        value_parser = value_parser!(u32).range(i64::from(*HASH_MEMORY_KIB.start())..=i64::from(*HASH_MEMORY_KIB.end())))]
    password_memory: u32,
    /// Passes over that memory: 1 to 20, and at least 35840 KiB times passes.
    #[arg(long, env = "PUPITRE_PASSWORD_PASSES", default_value_t = Parameters::default().passes,
        value_parser = value_parser!(u32).range(i64::from(*HASH_PASSES.start())..=i64::from(*HASH_PASSES.end())))]
    password_passes: u32,
    /// Lanes of that memory: 1 to 8.
    #[arg(long, env = "PUPITRE_PASSWORD_LANES", default_value_t = Parameters::default().lanes,
        value_parser = value_parser!(u32).range(i64::from(*HASH_LANES.start())..=i64::from(*HASH_LANES.end())))]
    password_lanes: u32,
    /// Seconds that a page may be idle before its session ends: 300 to 2592000. An open desk is not idle.
    #[arg(long, env = "PUPITRE_PAGE_IDLE", default_value_t = SessionOptions::default().page_idle_secs,
        value_parser = value_parser!(i64).range(PAGE_IDLE_SECS_RANGE))]
    page_idle: i64,
    /// Seconds after which the session of a page ends in any case: 3600 to 34560000.
    #[arg(long, env = "PUPITRE_PAGE_SESSION", default_value_t = SessionOptions::default().page_max_secs,
        value_parser = value_parser!(i64).range(SESSION_SECS_RANGE))]
    page_session: i64,
    /// Seconds that the access token of a program is good for: 60 to 3600.
    #[arg(long, env = "PUPITRE_ACCESS_TOKEN", default_value_t = SessionOptions::default().access_token_secs,
        value_parser = value_parser!(i64).range(ACCESS_TOKEN_SECS_RANGE))]
    access_token: i64,
    /// Seconds that a program may be idle before its session ends: 3600 to 34560000.
    #[arg(long, env = "PUPITRE_PROGRAM_IDLE", default_value_t = SessionOptions::default().program_idle_secs,
        value_parser = value_parser!(i64).range(SESSION_SECS_RANGE))]
    program_idle: i64,
    /// Seconds after which the session of a program ends in any case: 3600 to 34560000.
    #[arg(long, env = "PUPITRE_PROGRAM_SESSION", default_value_t = SessionOptions::default().program_max_secs,
        value_parser = value_parser!(i64).range(SESSION_SECS_RANGE))]
    program_session: i64,
}

/// Who has to have a second factor.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Needed {
    /// Whoever wants one.
    Optional,
    /// Administrators, of the server or of a livechat.
    Administrators,
    /// Everybody.
    Everybody,
}

impl AccountsOptions {
    /// The options, where they fit together.
    pub(super) fn checked(self) -> Result<AccountOptions, Failure> {
        let options = AccountOptions {
            passwords: Parameters {
                memory_kib: self.password_memory,
                passes: self.password_passes,
                lanes: self.password_lanes,
            },
            sessions: SessionOptions {
                page_idle_secs: self.page_idle,
                page_max_secs: self.page_session,
                access_token_secs: self.access_token,
                program_idle_secs: self.program_idle,
                program_max_secs: self.program_session,
            },
            second_factor: match self.second_factor {
                Needed::Optional => SecondFactorRule::Optional,
                Needed::Administrators => SecondFactorRule::Administrators,
                Needed::Everybody => SecondFactorRule::Everybody,
            },
        };
        options.passwords.check().map_err(accounts::Error::Wrong)?;
        options.sessions.check()?;
        Ok(options)
    }
}
