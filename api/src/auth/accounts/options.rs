//! How accounts are used on a server.

use accounts::password::Parameters;
use accounts::second_factor::SecondFactorRule;
use accounts::sessions::SessionOptions;

/// How accounts are used on a server. Check the parameters and the options before they get here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountOptions {
    /// What a hash of a password costs.
    pub passwords: Parameters,
    /// How long sessions and tokens live.
    pub sessions: SessionOptions,
    /// Who has to have a second factor.
    pub second_factor: SecondFactorRule,
}
