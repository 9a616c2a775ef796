//! Every limit of the domain, with its reason.
//!
//! A limit that a user can run into is named in the refusal.

/// Characters in one message. Long enough to paste a log extract, short enough that one message
/// never dominates a batch of the journal.
pub const MESSAGE_CHARACTERS_MAX: usize = 5_000;

/// Messages in one conversation: far beyond any that two people had, and its transcript still fits in
/// memory.
pub const MESSAGES_PER_CONVERSATION_MAX: u32 = 10_000;

/// Pages that may be reported for a visitor in one segment of a conversation: a long visit to a shop; beyond it a page
/// that reloads in a loop would fill the log.
pub const PAGES_PER_CONVERSATION_MAX: u32 = 1_000;

/// Characters in a name (visitor, operator, livechat, skill): fits one line of a desk.
pub const NAME_CHARACTERS_MAX: usize = 100;

/// Characters in an e-mail address: what a path of SMTP holds (RFC 5321).
pub const ADDRESS_CHARACTERS_MAX: usize = 254;

/// Accents over and under one letter of a name or a title: as many as any language writes; more would cover the
/// lines around it.
pub const NAME_MARKS_MAX: usize = 4;

/// Signs on one letter of a name in all, those that are letters included: Tibetan and Burmese stack up to eight.
pub const NAME_SIGNS_MAX: usize = 10;

/// Signs over and under one letter of a text: those beyond are dropped.
pub const TEXT_MARKS_MAX: usize = 16;

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

/// Web sites whose pages may call a livechat: every brand and test system of a house.
pub const ORIGINS_MAX: usize = 100;

/// Bytes of text in one section of the settings: a section is one event, and is in memory with its
/// livechat.
pub const SECTION_BYTES_MAX: usize = 1_048_576;

/// Wrong fields named in one answer: more are of no help, and a section of a million faults is answered briefly.
pub const WRONG_FIELDS_MAX: usize = 50;

/// Surveys in one livechat: more than anybody keeps apart in a list of choices.
pub const SURVEYS_MAX: usize = 50;

/// Versions of surveys remembered after the removal of the survey; those forgotten are still not given
/// again, since a new survey then starts higher.
pub const SURVEY_VERSIONS_MAX: usize = 1_000;

/// Fields of one survey: a form longer than this is not filled in.
pub const SURVEY_FIELDS_MAX: usize = 50;

/// Choices of one field of a survey: a list longer than this has to be searched.
pub const SURVEY_CHOICES_MAX: usize = 100;

/// Characters in a title of a survey, or in a label of a field or of a choice: a question in one sentence.
pub const LABEL_CHARACTERS_MAX: usize = 300;

/// Characters in the answer to a short text.
pub const SHORT_ANSWER_CHARACTERS_MAX: usize = 200;

/// Characters in the answer to a long text: a page.
pub const LONG_ANSWER_CHARACTERS_MAX: usize = 4_000;

/// Articles of the knowledge of one livechat; beyond this, it is the work of a knowledge base.
pub const ARTICLES_MAX: usize = 500;

/// Characters in the body of an article: a few pages, read while a visitor waits.
pub const ARTICLE_CHARACTERS_MAX: usize = 10_000;

/// Characters in a search: a sentence or two.
pub const SEARCH_CHARACTERS_MAX: usize = 200;

/// Words in a search: each is looked for by itself.
pub const SEARCH_WORDS_MAX: usize = 16;

/// Characters of the beginning of a word that is looked for: fewer are the beginning of everything.
pub const SEARCH_PREFIX_CHARACTERS_MIN: usize = 2;

/// Characters by which a search knows a word: PostgreSQL takes no words of more than 2 KB, and nobody types them.
pub const SEARCH_WORD_CHARACTERS_MAX: usize = 64;

/// Canned replies in one livechat: more than a desk lists by theme.
pub const CANNED_REPLIES_MAX: usize = 500;

/// Ranges of opening hours in one day: an early and a late shift with their breaks, and room to spare.
pub const HOURS_RANGES_PER_DAY_MAX: usize = 10;

/// Dates with exceptional opening hours in one calendar: every day of a year, and the start of the next.
pub const HOURS_EXCEPTIONS_MAX: usize = 400;

/// Characters in the label of an exceptional date: the name of a holiday.
pub const HOURS_LABEL_CHARACTERS_MAX: usize = 100;

/// Days a calendar looks ahead for its next change: every yearly closing is seen, and a calendar that
/// never changes is recognised at once.
pub const HOURS_LOOK_AHEAD_DAYS: u16 = 400;

/// Conversations a livechat remembers after their end, so that a late message is answered with
/// "this conversation is over" and not "no such conversation". Older ones are found in the log.
pub const RECENTLY_ENDED_MAX: usize = 10_000;

/// Events that one command may cause before the rules are declared to loop. The largest honest case
/// is a capacity raised for everyone at once, which serves the whole queue.
pub const CONSEQUENCES_MAX: usize = 1_000_000;

/// Seconds a lost desk may be away when `disconnect_notice` is off: a page that is loaded again over a slow
/// line is back by then.
pub const DESK_GRACE_SECS: i64 = 10;

/// Seconds after which a visitor who does not look at the page counts as away: one who looks something up elsewhere is
/// back by then.
pub const VISITOR_AWAY_SECS: i64 = 180;

/// Seconds without any page open after which a visitor has left the site: a page that is loaded again, or the
/// next one, is open by then.
pub const VISITOR_LEFT_SECS: i64 = 30;

/// Characters of a visitor's custom variable that a phrase may fill in; the rules keep no longer ones.
pub const PHRASE_VARIABLE_CHARACTERS_MAX: usize = 200;

/// The most seconds that one record of typing counts for: a minute of typing leaves a dozen events, not one per key.
pub const OPERATOR_TYPING_SECS: i64 = 5;

/// The same of a visitor, whose clock runs for minutes.
pub const VISITOR_TYPING_SECS: i64 = 30;

/// Seconds after which silent operators pass a visitor on at the latest: beyond it nobody is there.
pub const AUTO_TRANSFER_SECS_MAX: i64 = 3_600;

/// Seconds by which a clock may step back and be held at the time of the last event: what time servers correct.
/// After a larger step, time follows the clock again.
pub const CLOCK_HELD_SECS: i64 = 5;

/// Service times that the estimated wait is computed from: the last ones, so that it follows the day.
pub const SERVICE_TIMES_MAX: usize = 50;

/// Seconds that a conversation is expected to take as long as none has ended.
pub const SERVICE_SECS_EXPECTED: i64 = 300;

/// Bytes of a file that is sent in a conversation: a scanned contract fits, a film does not.
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;
