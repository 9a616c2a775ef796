//! Every limit of the domain, with its reason.
//!
//! A limit that a user can run into is named in the refusal he gets.

/// Characters in one message. Long enough to paste a log extract, short enough that one message
/// never dominates a batch of the journal.
pub const MESSAGE_CHARACTERS_MAX: usize = 5_000;

/// Messages in one conversation: far beyond any that two people had, and its transcript still fits in
/// memory.
pub const MESSAGES_PER_CONVERSATION_MAX: u32 = 10_000;

/// Characters in a name (visitor, operator, livechat, skill): fits one line of a desk.
pub const NAME_CHARACTERS_MAX: usize = 100;

/// Characters in an identifier chosen by people or other systems: fits a URL segment and an index.
pub const IDENTIFIER_CHARACTERS_MAX: usize = 64;

/// Characters in a phrase of the settings.
pub const PHRASE_CHARACTERS_MAX: usize = 1_000;

/// Characters in a transfer note: a sentence or two, not a second conversation.
pub const NOTE_CHARACTERS_MAX: usize = 500;

/// Characters in one value of the visitor card, long enough for a URL with its query.
pub const CARD_VALUE_CHARACTERS_MAX: usize = 2_000;

/// Custom variables on one visitor card.
pub const CARD_VARIABLES_MAX: usize = 50;

/// Lines of the exchange with the bot carried by a request.
pub const HISTORY_LINES_MAX: usize = 200;

/// Operators registered in one livechat; beyond this, split the service.
pub const OPERATORS_MAX: usize = 20_000;

/// Skills in one livechat: the routing looks at the head of each skill's line.
pub const SKILLS_MAX: usize = 200;

/// Ranges of opening hours in one day: an early and a late shift with their breaks, and room to spare.
pub const HOURS_RANGES_PER_DAY_MAX: usize = 10;

/// Dates with exceptional opening hours in one calendar: every day of a year, and the start of the next.
pub const HOURS_EXCEPTIONS_MAX: usize = 400;

/// Characters in the label of an exceptional date: the name of a holiday.
pub const HOURS_LABEL_CHARACTERS_MAX: usize = 100;

/// Days a calendar looks ahead for its next change: every yearly closing is seen, and a calendar that
/// never changes is told at once.
pub const HOURS_LOOK_AHEAD_DAYS: u16 = 400;

/// Conversations a livechat remembers after their end, so that a late message is answered with
/// "this conversation is over" and not "no such conversation". Older ones are found in the log.
pub const RECENTLY_OVER_MAX: usize = 10_000;

/// Events that one command may cause before the rules are declared to loop. The largest honest case
/// is a capacity raised for everyone at once, which serves the whole queue.
pub const CONSEQUENCES_MAX: usize = 1_000_000;
