//! Every limit of the accounts, with its reason.
//!
//! A limit that a user can run into is named in the refusal.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use chrono::TimeDelta;

/// Rows in one page of a list: fills a screen several times, and a database hardly notices.
pub const PAGE_ROWS: RangeInclusive<usize> = 1..=200;

/// Roles of one account: a person with a role in more livechats than this is a server administrator.
pub const ROLES_MAX: usize = 1_000;

/// Characters of what a list is searched for: longer than any name or address.
pub const SEARCH_CHARACTERS_MAX: usize = 254;

/// Characters in a password, in NFC: at least what cannot be tried out at the speed of graphics cards (OWASP ASVS
/// asks for 12), at most what a passphrase has, since hashing more gives attackers work to hand out.
pub const PASSWORD_CHARACTERS: RangeInclusive<usize> = 12..=256;

/// Memory of one hash, in KiB: from the least that OWASP lists to 1 GiB, beyond which two sign-ins fill a machine.
pub const HASH_MEMORY_KIB: RangeInclusive<u32> = 7_168..=1_048_576;

/// Passes over the memory: what OWASP lists is 1 to 5; more than 20 take seconds.
pub const HASH_PASSES: RangeInclusive<u32> = 1..=20;

/// Lanes of the memory: they are computed one after the other here, so more than a few gain nothing.
pub const HASH_LANES: RangeInclusive<u32> = 1..=8;

/// KiB times passes at least: every setting that OWASP lists has more, from 47,104 KiB in 1 pass to 7,168 KiB in 5.
pub const HASH_WORK_MIN: u64 = 35_840;

/// Hashes computed at once: with the usual parameters 8 take 152 MiB.
pub const HASHES_AT_ONCE: RangeInclusive<usize> = 1..=64;

/// Hashes that wait for their turn, for each that is computed: about two seconds of waiting. Who comes then is told to
/// try again.
pub const HASHES_WAITING_PER_TURN: usize = 32;

/// How long an invitation is good for: over a holiday.
pub const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);

/// How long a link that resets a password is good for: it was asked for just now.
pub const RESET_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Wrong guesses at one account from one network before the next has to wait: people mistype, and try an old password.
pub const GUESSES_FREE: u32 = 5;

/// The same for a network and account that are new to each other while others guess at the account: the first of a new
/// place is never refused, and thousands of places get one each.
pub const GUESSES_FREE_UNDER_ATTACK: u32 = 1;

/// Wrong guesses at one account, from all networks together, from which on it is under attack.
pub const GUESSES_OF_AN_ATTACK: u32 = 50;

/// Wrong guesses from one network, at whatever accounts, before the next has to wait: a large office behind one
/// address, on a Monday morning.
pub const GUESSES_FREE_PER_NETWORK: u32 = 50;

/// The first wait; each further wrong guess doubles it.
pub const GUESS_DELAY_FIRST: TimeDelta = TimeDelta::seconds(1);

/// The longest wait: 96 guesses a day, and who mistyped for long is back after a coffee.
pub const GUESS_DELAY_MAX: TimeDelta = TimeDelta::minutes(15);

/// How long after the last guess its series is forgotten.
pub const GUESSES_FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(1);

/// Series of guesses that are remembered, of each kind: 100,000 take less than 10 MiB. Beyond it, the finished ones are
/// forgotten, then the shortest.
pub const GUESS_SERIES_MAX: usize = 100_000;

/// Seconds that a page may be idle: a working day with its breaks; by the next morning the desk asks again.
pub const PAGE_IDLE_SECS: i64 = 12 * 3_600;

/// Seconds that a page stays signed in at most: OWASP ASVS (level 2) asks for a new sign-in every 30 days.
pub const PAGE_MAX_SECS: i64 = 30 * 86_400;

/// Seconds that an access token is valid: requests need no look at the refresh token for a while, and a stolen one is
/// of use for as short as programs can bear.
pub const ACCESS_TOKEN_SECS: i64 = 600;

/// Seconds that a program may be idle: a phone in a drawer over the holidays.
pub const PROGRAM_IDLE_SECS: i64 = 30 * 86_400;

/// Seconds that a program stays signed in at most: every three months its user shows who they are.
pub const PROGRAM_MAX_SECS: i64 = 90 * 86_400;

/// What [`PAGE_IDLE_SECS`] may be set to: five minutes, below which people are signed out while they read, to 30 days.
pub const PAGE_IDLE_SECS_RANGE: RangeInclusive<i64> = 300..=30 * 86_400;

/// What the other lifetimes of sessions may be set to: an hour to 400 days, which browsers keep a cookie at most.
pub const SESSION_SECS_RANGE: RangeInclusive<i64> = 3_600..=400 * 86_400;

/// What [`ACCESS_TOKEN_SECS`] may be set to: a minute, below which programs do nothing but refresh, to an hour.
pub const ACCESS_TOKEN_SECS_RANGE: RangeInclusive<i64> = 60..=3_600;

/// Seconds within which a refresh may be repeated: a client that lost the answer tries again after a few; a thief who
/// takes the token from a log or a backup comes later.
pub const REFRESH_REPEAT_MAX_SECS: i64 = 10;

/// Refreshes of one session in an hour: twice what the shortest access tokens (a minute) take. Each is
/// remembered, so that its reuse is noticed.
pub const REFRESHES_PER_HOUR_MAX: i64 = 120;

/// Seconds between two writes of when a session was last used: the list shows minutes.
pub const USE_WRITTEN_EVERY_SECS: i64 = 60;

/// Sessions of one account at once: every device and browser of a person, and scripts that never sign out. The one that
/// was not used for longest makes room.
pub const SESSIONS_PER_ACCOUNT_MAX: i64 = 100;

/// Characters in the label of a device: what browsers say of themselves fits, mostly.
pub const DEVICE_CHARACTERS_MAX: usize = 200;

/// Sessions in a page of a list: the sessions of an account fit into one.
pub const SESSIONS_PAGE_MAX: u32 = 100;

/// Sessions that were looked up and are kept in memory: half a kilobyte each, and everybody who works at once.
pub const SESSIONS_CACHED_MAX: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// Seconds after which a session that was looked up is read again: what another process changes in the same database, such
/// as an administrator's command, is seen by then.
pub const SESSION_CACHED_SECS: i64 = 5;

/// Last uses that wait to be written together: a minute of everybody; beyond it uses are noted a minute later.
pub const USES_WAITING_MAX: usize = 100_000;

/// Last uses that are written in one transaction: a few milliseconds, in which others wait.
pub const USES_WRITTEN_MAX: usize = 500;

/// Ends of sessions that a live connection may be behind: beyond it, it is told to check again.
pub const ENDED_FEED_MAX: usize = 1_024;

/// Seconds that a session is kept after it ended, so that its holder learns why.
pub const ENDED_SESSION_KEPT_SECS: i64 = 7 * 86_400;

/// Rows that are cleaned up in one transaction: a few milliseconds, in which others wait.
pub const CLEAN_UP_ROWS_MAX: i64 = 500;

/// Recovery codes of an account: a sheet of paper that lasts for years.
pub const RECOVERY_CODES: usize = 10;

/// Seconds in which the first code of an authenticator has to come: to find the phone and install a program.
pub const ENROLMENT_SECS: i64 = 15 * 60;

/// Wrong codes in a row without a pause: typing errors, and a clock that is wrong.
pub const CODE_FAILURES_FREE: u32 = 5;

/// The first pause after that, in seconds: each wrong code doubles it.
pub const CODE_PAUSE_MIN_SECS: i64 = 60;

/// The longest pause, in seconds: the owner of an account whose password somebody else has can still get in.
pub const CODE_PAUSE_MAX_SECS: i64 = 3_600;

/// Wrong codes in a row after which none is looked at any more: NIST SP 800-63B allows at most a hundred.
pub const CODE_FAILURES_MAX: u32 = 100;

/// Seconds that a spent recovery code is kept, so that a database that is looked into after a theft tells when.
pub const SPENT_CODE_KEPT_SECS: i64 = 90 * 86_400;
