//! Desk options (spec.md §Desk options): what operators may do on their desk.
//!
//! Each is a permission checked on the server; the desk hides what is off. They bind operators only:
//! supervisors have their own pages.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// The desk section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "ten independent permissions, named as on the page")]
pub struct Desk {
    /// Get a printable version of the exchange: yes by default.
    pub print: bool,
    /// Have a copy mailed to the operator's own address, which cannot be typed: yes by default.
    pub mail_to_self: bool,
    /// Mark a conversation as important: yes by default.
    pub mark_important: bool,
    /// Call the manager for help: yes by default.
    pub call_manager: bool,
    /// See who is online, and choose one of them for a transfer: yes by default.
    pub list_operators: bool,
    /// Search the knowledge articles and send one as an answer: yes by default.
    pub search_knowledge: bool,
    /// Use the published canned replies, by theme: yes by default.
    pub canned_replies: bool,
    /// Ask the visitor to upload a file: yes by default.
    pub request_file: bool,
    /// Send a file to the visitor: yes by default.
    pub send_file: bool,
    /// Question an assistant in a private box on the desk: no by default.
    pub augmented: bool,
}

/// One of the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case", prefix = "desk.", const_into_str)]
pub enum DeskOption {
    /// See [`Desk::print`].
    Print,
    /// See [`Desk::mail_to_self`].
    MailToSelf,
    /// See [`Desk::mark_important`].
    MarkImportant,
    /// See [`Desk::call_manager`].
    CallManager,
    /// See [`Desk::list_operators`].
    ListOperators,
    /// See [`Desk::search_knowledge`].
    SearchKnowledge,
    /// See [`Desk::canned_replies`].
    CannedReplies,
    /// See [`Desk::request_file`].
    RequestFile,
    /// See [`Desk::send_file`].
    SendFile,
    /// See [`Desk::augmented`].
    Augmented,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            print: true,
            mail_to_self: true,
            mark_important: true,
            call_manager: true,
            list_operators: true,
            search_knowledge: true,
            canned_replies: true,
            request_file: true,
            send_file: true,
            augmented: false,
        }
    }
}

impl Desk {
    /// Is it switched on?
    pub const fn has(&self, option: DeskOption) -> bool {
        match option {
            DeskOption::Print => self.print,
            DeskOption::MailToSelf => self.mail_to_self,
            DeskOption::MarkImportant => self.mark_important,
            DeskOption::CallManager => self.call_manager,
            DeskOption::ListOperators => self.list_operators,
            DeskOption::SearchKnowledge => self.search_knowledge,
            DeskOption::CannedReplies => self.canned_replies,
            DeskOption::RequestFile => self.request_file,
            DeskOption::SendFile => self.send_file,
            DeskOption::Augmented => self.augmented,
        }
    }
}

impl DeskOption {
    /// Every option, in the order of the settings page.
    pub const ALL: [Self; 10] = [
        Self::Print,
        Self::MailToSelf,
        Self::MarkImportant,
        Self::CallManager,
        Self::ListOperators,
        Self::SearchKnowledge,
        Self::CannedReplies,
        Self::RequestFile,
        Self::SendFile,
        Self::Augmented,
    ];

    /// Its key, with its section: `desk.print`.
    pub const fn key(self) -> &'static str {
        self.into_str()
    }
}

impl fmt::Display for DeskOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
