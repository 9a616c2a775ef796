//! The second factor: one-time codes of an authenticator, and recovery codes for when it is lost (spec.md §Privacy and
//! security).
//!
//! Read `totp.rs` (which code is right), `attempts.rs` (how often one may be tried), `sealed.rs` (how the secret is
//! stored), then a file for each thing that is done: `enrol.rs`, `verify.rs`, `recovery_codes.rs`, `remove.rs`,
//! `clean_up.rs`.
//!
//! Invariant: a code is taken in the transaction that uses it up, and changes are made one at a time, so none is
//! ever good twice.

mod attempts;
mod clean_up;
mod enrol;
mod handle;
mod recovery_code;
mod recovery_codes;
mod refusal;
mod remove;
mod reseal;
mod rule;
mod sealed;
mod totp;
mod verify;

pub use enrol::Enrolment;
pub use handle::SecondFactors;
pub use recovery_code::RecoveryCode;
pub use refusal::{Error, Refusal};
pub use rule::SecondFactorRule;
pub use verify::Status;
