//! The limits of the server, each with its reason. Those of the domain are in `domain::limits`.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::TimeDelta;

/// Bytes in a request body: a request with a full history of the bot fits.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Bytes in the body of a section of the settings: 1 MiB of text fits, with six bytes for each of its bytes
/// that has to be escaped, and what holds it.
pub const SECTION_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes in the body of a request that carries nothing: some blanks, or an empty object.
pub const EMPTY_BODY_BYTES_MAX: usize = 4 * 1024;

/// Bytes in a WebSocket message: a message of 5,000 characters fits, however they are escaped.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// Bytes in a WebSocket message that is read at all, in however many parts: beyond it the socket is cut off instead
/// of being answered what is wrong. Each socket may make the server keep so much of a message that never ends.
pub const FRAME_BYTES_READ_MAX: usize = 4 * FRAME_BYTES_MAX;

/// Frames a second that are read from one WebSocket, pings and pongs with them. A client that
/// sends more is read more slowly. The busiest desk types some ten a second.
pub const FRAMES_PER_SEC: NonZeroU32 = NonZeroU32::new(1_000).unwrap();

/// The burst of them.
pub const FRAMES_AT_ONCE: NonZeroU32 = NonZeroU32::new(2_000).unwrap();

/// Bytes a second that are read from one WebSocket, whatever they are of. A client that sends more is read more slowly.
/// The busiest desk sends some KiB a second, and in no fewer bytes are there more than some twenty thousand frames.
pub const SOCKET_BYTES_PER_SEC: NonZeroU32 = NonZeroU32::new(128 * 1024).unwrap();

/// How many of them at once: some of the longest messages.
pub const SOCKET_BYTES_AT_ONCE: u32 = 256 * 1024;

/// How many of them before others have a turn: a thousand of the smallest frames take less than a millisecond.
pub const SOCKET_BYTES_IN_A_ROW: u32 = 8 * 1024;

/// Bytes of a WebSocket message that is read where it comes: beyond it, it is long work.
pub const SHORT_FRAME_BYTES: usize = 16 * 1024;

/// Invalid frames of one WebSocket after the answer that there were too many: then it is closed.
pub const BAD_FRAMES_MAX: u32 = 20;

/// The most connections, even if more files may be opened: twenty thousand sockets and their pages.
pub const CONNECTIONS_MAX: usize = 40_000;

/// Connections to the address for the metrics, where they have one of their own.
pub const METRICS_CONNECTIONS_MAX: usize = 64;

/// Connections from one address, unless the configuration says otherwise: an office behind one address is some
/// hundred people with some tabs each.
pub const CONNECTIONS_PER_ADDRESS: u32 = 1_000;

/// How long the first request of a connection may take to come; browsers connect a little ahead of need.
pub const FIRST_HEAD_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the head of a request may take, from its first byte to its last.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a connection may wait between two requests: a little longer than proxies keep theirs (60 seconds), so
/// that none is closed just when it is used.
pub const IDLE_CONNECTION: Duration = Duration::from_secs(75);

/// Fields in the head of a request.
pub const HEADERS_MAX: usize = 100;

/// Characters of the id of a request that are logged: twice those of a UUID.
pub const REQUEST_ID_CHARACTERS_MAX: usize = 80;

/// Bytes of a connection in memory, each for what is read and for what is written: a request whose head is larger is
/// refused.
pub const CONNECTION_BUFFER_BYTES: usize = 64 * 1024;

/// How long a body may stall.
pub const BODY_STALL: Duration = Duration::from_secs(10);

/// How long a body may take, besides the time that it has earned by its size.
pub const BODY_GRACE: Duration = Duration::from_secs(20);

/// Bytes a second at which a body has to come altogether, after the grace: the slowest mobile networks are faster.
pub const BODY_BYTES_PER_SEC_MIN: u64 = 16 * 1024;

/// Bytes of bodies in memory at once, fewer than 2^29: those of some hundred ordinary large requests. More are asked to
/// come back.
pub const BODIES_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Bytes of an unwanted body that are read anyway, so that its sender reads the answer: the
/// largest body that any request may have.
pub const UNREAD_BODY_BYTES_MAX: usize = SECTION_BODY_BYTES_MAX;

/// How long they may take.
pub const UNREAD_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes that a slow reader has to take within the time for one frame twice over: the buffer of the system for a
/// reader on a slow line is about as large.
pub const SLOW_READER_BYTES: usize = 16 * 1024;

/// Connections at once that get an answer when they are turned away.
pub const LAST_WORDS_AT_ONCE: usize = 16;

/// How long that may take.
pub const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes of the request that are read meanwhile.
pub const LAST_WORDS_BYTES_MAX: u64 = 256 * 1024;

/// How often the files of the certificate are looked at: a renewal is in force within twice that, and a look costs two
/// calls of the system.
pub const CERTIFICATE_LOOK: Duration = Duration::from_secs(2);

/// How often an expired certificate is warned of: once in each day's log.
pub const CERTIFICATE_WARNING: Duration = Duration::from_secs(24 * 60 * 60);

/// Seconds that browsers remember to come by TLS only, where the server speaks it itself, unless the configuration says
/// otherwise: a year, as browsers ask of sites that they know in advance.
pub const HSTS_SECS: u32 = 365 * 24 * 60 * 60;

/// The most of them: ten years.
pub const HSTS_SECS_MAX: u32 = 10 * HSTS_SECS;

/// Live feeds of one visitor at once; the one that was opened first makes room for another. A person has some tabs.
pub const VISITOR_FEEDS: u32 = 20;

/// Live feeds of one member of the staff at once, or of one program.
pub const STAFF_FEEDS: u32 = 500;

/// Bytes that each WebSocket reads into at once, taken for as long as it is open: most messages fit, and
/// ten thousand sockets take 40 MiB. A longer message takes more while it is read.
pub const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How long a reader may take to take one frame before it is cut off, unless the configuration says otherwise;
/// it resumes from the last position it saw. A page that was stopped for some seconds is not cut off.
pub const SLOW_READER: Duration = Duration::from_secs(20);

/// How often an idle socket is pinged, so that a dead one is noticed.
pub const PING_EVERY: Duration = Duration::from_secs(15);

/// How long an event stream is silent before a comment keeps it open.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a read may wait for the projections to reach the position it asks for.
pub const AT_LEAST_WAIT: Duration = Duration::from_secs(5);

/// How long a shutdown waits for requests and sockets before it cuts them off.
pub const DRAIN: Duration = Duration::from_secs(10);

/// How long a visitor's token is good: long enough to resume after a night.
pub const VISITOR_TOKEN_HOURS: i64 = 24;

/// How long a visitor's token can be renewed by its bearer, from the first one on: a case that takes a week.
/// After that, the integration has to hand out a new one.
pub const VISITOR_TOKEN_RENEWALS_DAYS: i64 = 7;

/// Keys of programs that are remembered, so that their requests cost no read of the database: each takes half a KiB.
/// Beyond it, the one is forgotten whose use was noted the longest ago.
pub const API_KEYS_REMEMBERED: usize = 10_000;

/// Keys that are looked up in the database at once; the other connections are for what people wait for.
pub const API_KEY_LOOKUPS_AT_ONCE: usize = 2;

/// How often a server looks whether another program has changed keys, and ends the connections of those that are over:
/// within a second.
pub const API_KEYS_LOOKED_AT_EVERY: Duration = Duration::from_millis(500);

/// How exactly the last use of a key is known: more often would be a write for each request.
pub const API_KEY_USE_NOTED_EVERY: TimeDelta = TimeDelta::seconds(60);

/// How far ahead a key may expire: ten years, beyond which a date is a typing error.
pub const API_KEY_DAYS_MAX: i64 = 3_660;

/// Networks that a key may be used from: those of a company with some sites.
pub const API_KEY_NETWORKS_MAX: usize = 20;

/// Scopes that a key may be limited to: more than there are.
pub const API_KEY_SCOPES_MAX: usize = 50;

/// Characters of a network: the longest, of version 6, has 43.
pub const NETWORK_CHARACTERS_MAX: usize = 43;

/// Characters of a scope: the longest has 20.
pub const SCOPE_CHARACTERS_MAX: usize = 40;

/// How long a ticket for a live feed is good: a page uses it at once, and half a minute is enough on the slowest line.
pub const TICKET_LIFE: TimeDelta = TimeDelta::seconds(30);

/// Tickets at once that are not used: one for each connection there may be, all of which may come back after a restart.
/// Each takes less than a KiB.
pub const TICKETS_MAX: usize = CONNECTIONS_MAX;

/// Of these, those of one visitor: as many as live pages.
pub const TICKETS_PER_VISITOR: usize = VISITOR_FEEDS as usize;

/// Those of one member of the staff, or of one program: as many as live feeds.
pub const TICKETS_PER_CALLER: usize = STAFF_FEEDS as usize;

/// How long an operator's token is good: one working day.
pub const OPERATOR_TOKEN_HOURS: i64 = 12;

/// How long a token is good that is signed on the command line, at most: that of a program, replaced once a year.
pub const SIGNED_TOKEN_HOURS_MAX: i64 = 8_760;

/// Bytes in a token: one with the longest names has less than two thousand.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Keys at once, with those that only check: one a week, each kept for a year.
pub const KEYS_MAX: usize = 64;

/// Bytes in a key file: so many keys, each of some hundred bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 64 * 1024;

/// How often a server looks whether its keys have changed: who holds a token of a retired key is gone within a second.
pub const KEYS_LOOKED_AT_EVERY: Duration = Duration::from_millis(500);

/// How much longer a key checks than the tokens it may have signed are good: until every server that runs signs with
/// the next one, and for clocks that differ.
pub const KEY_HANDOVER: TimeDelta = TimeDelta::minutes(1);

/// Frames of a view that a reader may be behind before it is given the difference to now instead: about a
/// second of a busy floor. They are kept once for all readers.
pub const FRAMES_BEHIND_MAX: usize = 256;

/// Messages in the snapshot of a conversation, and as many internal messages and files: some screens. The transcript
/// has those before.
pub const SNAPSHOT_ENTRIES_MAX: usize = 200;

/// Bytes of text in each of these lists: two hundred messages that are long for a chat. One message may have 5,000
/// characters, in any script.
pub const SNAPSHOT_BYTES_MAX: usize = 256 * 1024;

/// How many events of the livechat a desk may be behind and still be sent them one by one: a desk that reconnects is
/// less behind. Beyond that it starts again with a snapshot, which is shorter.
pub const DESK_RESUMES_MAX: u64 = 2_000;

/// How long a floor stays in memory after its last follower: a page that is loaded again, or a
/// connection that is made again, finds it there.
pub const FLOOR_LINGERS: Duration = Duration::from_secs(60);

/// Livechats whose articles are kept ready for searching: the words of one take up to a few MiB. Beyond it,
/// those searched the longest ago are read again when they are needed.
pub const LIBRARIES_KEPT: usize = 64;

/// Articles in the answer to a search: a desk shows ten, and nobody reads past twenty.
pub const ARTICLES_FOUND_MAX: usize = 20;

/// Surveys shown at once to the operator they wait for: one is filled in at a time, those that close first
/// before the others.
pub const PENDING_SURVEYS_MAX: usize = 200;

/// How long an assistant may think before the operator is asked to try again.
pub const ASSISTANT_TIMEOUT: Duration = Duration::from_secs(30);

/// Exports and tables of the audit taken at once, of all livechats together: each reads through a connection of
/// its own for as long as it lasts, and the others are for screens.
pub const EXPORTS_AT_ONCE: usize = 3;

/// Queries that may read very many rows (figures, searches, the audit) at once, of all livechats together: as many
/// connections as exports leave, minus one, which is for short queries.
pub const QUESTIONS_AT_ONCE: usize = 4;

/// Days in the period of an export: a year, and some days to compare its ends with.
pub const EXPORT_DAYS_MAX: i64 = 400;

/// Past states computed at once, of all livechats together: each keeps the cores busy for some hundredths of a second.
pub const PAST_READS_AT_ONCE: usize = 4;

/// Long work done at once, of all livechats together (parsing a section of megabytes, serializing a floor of
/// thousands): more than there are cores, since some of it waits for memory, and few enough that the shared threads get
/// their turn at once.
pub const LONG_WORK_AT_ONCE: usize = 4;

/// How long a request waits when its livechat has used up its share, before it is asked to come back: longer than most
/// of that work takes.
pub const SHARE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request waits for a playback: they last, so that waiting seldom helps.
pub const PLAYBACK_TIMEOUT: Duration = Duration::from_secs(1);

/// Lines of a transcript that are put into words on the thread of the request: beyond it, it is long work.
pub const SHORT_LINES: usize = 50;

/// Bytes of a body that is parsed on the thread of the request: beyond it, it is long work.
pub const SHORT_BODY_BYTES: usize = 16 * 1024;

/// Playbacks watched at once, of all livechats together: each has a floor of its own in memory, some MB where it is
/// large, and at the highest speed folds events as fast as the log can be read.
pub const PLAYBACKS_AT_ONCE: usize = 50;

/// How long a side is shown as typing after its last signal, if nothing is said meanwhile.
pub const TYPING_SHOWN: Duration = Duration::from_secs(10);

/// How often a server looks for sessions that others have ended, and for keys: what has to be over within a second is.
pub const SESSIONS_LOOKED_AT_EVERY: Duration = Duration::from_millis(500);

/// How often sessions that are over are deleted, and last uses are written: lists show minutes.
pub const SESSIONS_CLEANED_UP_EVERY: Duration = Duration::from_secs(60);

/// Mails that wait to be sent: some megabytes, and a whole team that is invited while the mail server is away.
pub const MAILS_WAITING_MAX: usize = 1_000;

/// Mails that are handed over at once: mail servers take few connections of one client.
pub const MAILS_AT_ONCE: usize = 4;

/// How long the exchange of one mail may take: RFC 5321 gives a mail server five minutes for some steps, and those that
/// look for spam first take one of them.
pub const MAIL_TIMEOUT: Duration = Duration::from_secs(120);

/// Tries of one mail.
pub const MAIL_TRIES: usize = 7;

/// The pause after the first failed try; each further one is twice as long, so that the last try is 15 minutes after the
/// first: mail servers put unknown senders off for five.
pub const MAIL_PAUSE_FIRST: Duration = Duration::from_secs(15);

/// Requests for another password that are looked at in the background at once; those beyond it are dropped, and whoever
/// waits for the mail asks again.
pub const PASSWORD_RESETS_AT_ONCE: usize = 100;

/// Mails an hour with a link for another password, for one account: whoever loses the first asks again, and nobody fills
/// somebody's mailbox.
pub const PASSWORD_RESETS_PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// Requests an hour for another password from one network: an office behind one address, on the day after the holidays.
pub const PASSWORD_RESETS_PER_NETWORK: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// Characters of the secret of a link, or of what was pasted in its place.
pub const LINK_SECRET_CHARACTERS_MAX: usize = 100;

/// Characters of a code of an authenticator or a recovery code, with whatever was typed around it.
pub const CODE_CHARACTERS_MAX: usize = 100;

/// Characters of what is typed as an e-mail address before it is looked at.
pub const TYPED_ADDRESS_CHARACTERS_MAX: usize = 320;
