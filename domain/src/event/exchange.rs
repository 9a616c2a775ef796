//! What the people of a conversation exchange: messages, files, typing signals.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::file::File;
use super::payload::{Source, Voice};
use crate::Timestamp;
use crate::personal::Personal;
use crate::settings::Phrase;
use crate::text::{Address, Note, Text};

/// What is said and sent in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.", const_into_str)]
pub enum Exchange {
    /// A message was said.
    MessagePosted {
        /// The sequence number of the message in the conversation, from 1 and without gaps.
        number: u32,
        /// The voice in which the others see it; the true author is the event's.
        voice: Voice,
        /// Which phrase it was, when Pupitre said it.
        phrase: Option<Phrase>,
        /// What was said.
        text: Personal<Text>,
        /// The knowledge article it was taken from (since version 1.1).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Source>,
    },
    /// The operator in charge or a supervisor said something that the visitor never sees.
    InternalMessagePosted {
        /// What was said.
        text: Personal<Text>,
    },
    /// The operator is writing to a visitor who waits for an answer: the clock of the automatic transfer
    /// starts again. Older logs have it; today it is `Typing`.
    OperatorTyped,
    /// The visitor or operator whose silence a clock counts is typing: the clock starts again at `until`. Recorded when
    /// a signal comes that the previous record does not cover, not for every key.
    Typing {
        /// Who writes: the visitor or the operator.
        voice: Voice,
        /// Until when this record counts as typing.
        #[serde(with = "crate::timestamp")]
        until: Timestamp,
    },
    /// The operator asks the visitor for a file.
    FileRequested {
        /// Which one.
        note: Option<Personal<Note>>,
    },
    /// A file was sent, with what is known of it.
    FileSent {
        /// Whose.
        voice: Voice,
        /// What is known of it.
        file: File,
    },
    /// The operator asks for a copy at their own address.
    CopyMailed {
        /// The address.
        to: Personal<Address>,
    },
}

impl Exchange {
    pub(super) const fn version(&self) -> &'static str {
        if matches!(self, Self::MessagePosted { source: Some(_), .. }) { "1.1" } else { "1.0" }
    }
}
