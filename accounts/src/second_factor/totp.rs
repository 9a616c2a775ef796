//! One-time codes by the clock (TOTP, RFC 6238) as every authenticator computes them: SHA-1, six digits, steps of
//! thirty seconds, one step of skew either way.

use domain::Timestamp;
use totp_rs::{Algorithm, Builder, Secret, Totp, TotpError};

/// Random bytes of a secret: those of SHA-1, as RFC 4226 recommends.
pub(crate) const SECRET_BYTES: usize = 20;

/// Digits of a code.
const DIGITS: u8 = 6;

/// Seconds of a step.
const STEP_SECS: u64 = 30;

/// Steps that the clock of an authenticator may be ahead or behind.
const SKEW_STEPS: u16 = 1;

fn totp(secret: &[u8; SECRET_BYTES]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECS)
        .with_skew(SKEW_STEPS)
        .with_secret(Secret::from(secret.as_slice()))
}

/// The step that a code is right for, if it is later than the last one that was used: a code is good once, and so is
/// every code before it.
pub(crate) fn new_step(
    secret: &[u8; SECRET_BYTES],
    code: &str,
    last_step: Option<i64>,
    now: Timestamp,
) -> Result<Option<i64>, TotpError> {
    let Ok(secs) = u64::try_from(now.timestamp()) else { return Ok(None) };
    let step = totp(secret).build()?.check(&without_blanks(code), secs);
    let step = step.and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| last_step.is_none_or(|last| *step > last)))
}

/// Authenticators show a code in two groups. What is much too long for one is no code.
fn without_blanks(code: &str) -> String {
    code.chars().take(4 * usize::from(DIGITS)).filter(|c| !c.is_whitespace()).collect()
}

/// The secret as people type it, and as authenticators read it from a QR code.
pub(crate) fn shown(
    secret: &[u8; SECRET_BYTES],
    issuer: &str,
    account: &str,
) -> Result<(String, String), TotpError> {
    // A colon separates the two in the address.
    let plain = |text: &str| text.replace(':', " ");
    let totp: Totp =
        totp(secret).with_issuer(Some(plain(issuer))).with_account_name(plain(account)).build()?;
    Ok((totp.secret().to_base32(), totp.to_url()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const RFC: &[u8; SECRET_BYTES] = b"12345678901234567890";

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_timestamp(secs, 0).unwrap()
    }

    fn step(code: &str, last: Option<i64>, secs: i64) -> Option<i64> {
        new_step(RFC, code, last, at(secs)).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six of the eight digits in the table of the appendix.
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(code, None, secs), Some(secs / 30), "{secs}");
        }
    }

    #[test]
    fn a_clock_may_differ_by_one_step_and_no_more() {
        // The code of step 37,037,037 (1,111,111,110 s to 1,111,111,139 s).
        for (secs, good) in [
            (1_111_111_079, false),
            (1_111_111_080, true),
            (1_111_111_110, true),
            (1_111_111_169, true),
            (1_111_111_170, false),
        ] {
            assert_eq!(step("050471", None, secs).is_some(), good, "{secs}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_is_good_after() {
        assert_eq!(step("050471", Some(37_037_036), 1_111_111_111), Some(37_037_037));
        assert_eq!(step("050471", Some(37_037_037), 1_111_111_111), None);
        assert_eq!(step("050471", Some(37_037_038), 1_111_111_111), None);
    }

    #[test]
    fn blanks_are_no_part_of_a_code_and_nothing_else_is_one() {
        assert!(step(" 050 471 ", None, 1_111_111_111).is_some());
        for wrong in ["", "50471", "0050471", "050472", "+50471", "٠٥٠٤٧١", "05047i", &"0".repeat(1_000_000)]
        {
            assert_eq!(step(wrong, None, 1_111_111_111), None);
        }
        assert_eq!(step("050471", None, -1), None, "before 1970");
    }

    #[test]
    fn the_address_says_the_issuer_the_account_and_the_secret() {
        let (typed, url) = shown(RFC, "Pupitre: test", "zoé@example.org").unwrap();
        assert_eq!(typed, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            url,
            "otpauth://totp/Pupitre%20%20test:zo%C3%A9%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Pupitre%20%20test"
        );
    }
}
