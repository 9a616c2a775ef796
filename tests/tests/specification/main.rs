//! The specification of Pupitre, as tests. The folders are the table of contents; the names of the
//! tests are its sentences.
//!
//! | folder | what it says |
//! |---|---|
//! | [`accounts`] | people, their roles and passwords, links that are used once, and the first administrator |
//! | [`crash`] | what is promised when the server is killed |
//! | [`decoders`] | that whatever reads what others wrote takes any bytes at all |
//! | [`failure`] | what is promised when the database fails under a server that runs |
//! | [`journal`] | what a log promises, in each database, and what the journal promises over it |
//! | [`analytics`] | what analysts read with SQL, and what they may not |
//! | [`projections`] | what the tables hold, whatever the batches, the crashes and the deliveries |
//! | [`figures`] | what the figures of a period are, by hand, by another way, and over HTTP |
//! | [`replay`] | a livechat as it was |
//! | [`readme`] | what the README has a newcomer type |
//! | [`command_line`] | what every command promises to the shell that calls it |
//! | [`livechat`] | the life of a conversation, as its visitor and its operators live it |
//! | [`keys`] | what a rotation of the keys that sign tokens promises, and what the retirement of one does |
//! | [`limits`] | limits of connections, times, bodies, rates and feeds; headers, files and logs |
//! | [`http`] | the requests: what is refused and how, repeated commands, read models, operation |
//! | [`french`] | that French is set as French is set, wherever the program speaks it |
//! | [`settings_table`] | that the table of every option of the configuration page is true |
//! | [`tls`] | TLS: who is served, how certificates are renewed, limits during handshakes, headers |
//! | [`tidy`] | that the code and its documents stay in order: circles, long files, words, names of files |
//! | [`live`] | the sockets of visitors and desks, the feed of the floor, presence |

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod accounts;
mod analytics;
mod command_line;
mod crash;
mod decoders;
mod failure;
mod figures;
mod french;
mod http;
mod journal;
mod keys;
mod limits;
mod live;
mod livechat;
mod projections;
mod readme;
mod replay;
mod settings_table;
mod tidy;
mod tls;
