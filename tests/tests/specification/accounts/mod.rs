//! Accounts, on each database.
//!
//! | file | what it says |
//! |---|---|
//! | [`people`] | who can be created and changed, and what is refused |
//! | [`last_administrator`] | that one remains |
//! | [`pages`] | lists and their filters |
//! | [`passwords`] | which are accepted, and how they are checked |
//! | [`links`] | that a link is used once |
//! | [`guesses`] | how guessing is slowed, and that nobody is locked out |
//! | [`sessions`] | who is signed in, and until when |
//! | [`refresh`] | how programs stay so |
//! | [`second_factor`] | codes of an authenticator, and recovery codes |
//! | [`sign_in`] | the same over HTTP: cookies, tokens, and what is refused |
//! | [`own_account`] | what people change of their own account over HTTP |
//! | [`connections`] | that live connections end with their session |
//! | [`rights`] | who may call what with a session |
//! | [`trail`] | what the audit trail keeps |
//! | [`storage`] | the files and tables |
//! | [`command_line`] | `pupitre admin` |
//! | [`setup`] | the first server administrator |
//! | [`administration`] | what server administrators do, over HTTP |
//! | [`mails`] | invitations and resets, in a real exchange with a mail server |
//! | [`members`] | what administrators of a livechat do, over HTTP |
//! | [`first_day`] | a server that is set up from nothing by its API |

mod administration;
mod command_line;
mod connections;
mod desk_of_accounts;
mod first_day;
mod guesses;
mod last_administrator;
mod links;
mod mails;
mod members;
mod own_account;
mod pages;
mod passwords;
mod people;
mod refresh;
mod rights;
mod second_factor;
mod sessions;
mod setup;
mod sign_in;
mod stage;
mod storage;
mod trail;
mod world;
