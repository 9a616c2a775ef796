//! Which errors of a database are about the content, so that a retry would give the same.

/// Would the database never take this content?
pub(crate) fn refuses_content(code: &str) -> bool {
    // PostgreSQL codes have five characters, SQLite's are numbers of at most four digits.
    if code.len() == 5 { postgres(code) } else { sqlite(code) }
}

/// Classes 22 (data), 23 (integrity) and 54 (limits).
fn postgres(code: &str) -> bool {
    ["22", "23", "54"].iter().any(|class| code.starts_with(class))
}

/// Constraint, too big, wrong type.
fn sqlite(code: &str) -> bool {
    const TOO_BIG: u32 = 18;
    const CONSTRAINT: u32 = 19;
    const MISMATCH: u32 = 20;
    // The low byte of an extended code is the primary one.
    code.parse::<u32>().is_ok_and(|code| [TOO_BIG, CONSTRAINT, MISMATCH].contains(&(code & 0xff)))
}
