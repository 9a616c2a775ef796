//! Where a page ends: a position in the order that rows which appear meanwhile do not move.
//!
//! A cursor is opaque to its holder. It holds the position and a mark of the question it was made for,
//! so that it is not taken for a position in another order.

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::LivechatId;

use super::conversation::Conversation;
use super::filter::Question;

/// A position in the order of a question: between a conversation and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The value of the previous conversation in the column of the order.
    pub(super) value: i64,
    /// Its request, which distinguishes rows with the same value.
    pub(super) position: i64,
}

impl Cursor {
    /// Reads a cursor that was made for this question to this livechat; nothing if it was made for another, or not by
    /// this program.
    pub fn parse(text: &str, livechat: &LivechatId, question: &Question) -> Option<Self> {
        let (mark, place) = text.split_once('.')?;
        let (value, position) = place.split_once('.')?;
        if u32::from_str_radix(mark, 16).ok()? != mark_of(livechat, question) {
            return None;
        }
        Some(Self { value: number(value)?, position: number(position)? })
    }

    /// The position after the conversation with this value in the column of the order, and this request.
    pub const fn new(value: i64, position: i64) -> Self {
        Self { value, position }
    }

    /// The position after a conversation.
    pub(super) fn after(row: &Conversation, question: &Question) -> Self {
        Self::new(question.sort.value(row), row.requested_position)
    }

    /// Its text form.
    pub fn text(self, livechat: &LivechatId, question: &Question) -> String {
        format!("{:x}.{:x}.{:x}", mark_of(livechat, question), self.value, self.position)
    }
}

fn number(text: &str) -> Option<i64> {
    // Times before 1970 and positions below 0 do not exist.
    i64::from_str_radix(text, 16).ok().filter(|number| *number >= 0)
}

/// The same in every process of the same program; after an update, paging begins again.
fn mark_of(livechat: &LivechatId, question: &Question) -> u32 {
    let mut hasher = DefaultHasher::new();
    (livechat, question).hash(&mut hasher);
    let hash = hasher.finish();
    u32::try_from(hash >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::{Filter, Sort};

    fn livechat(id: &str) -> LivechatId {
        LivechatId::parse(id).unwrap()
    }

    #[test]
    fn a_cursor_is_read_back_for_the_same_question_only() {
        let asked = Question::default();
        let cursor = Cursor { value: 1_795_388_339_123, position: 42 };
        let text = cursor.text(&livechat("support"), &asked);
        assert_eq!(Cursor::parse(&text, &livechat("support"), &asked), Some(cursor));
        let other_sort = Question { sort: Sort::Oldest, ..asked.clone() };
        let other_filter =
            Question { filter: Filter { over_only: true, ..Filter::default() }, ..asked.clone() };
        for other in [&other_sort, &other_filter] {
            assert_eq!(Cursor::parse(&text, &livechat("support"), other), None);
        }
        assert_eq!(Cursor::parse(&text, &livechat("ventes"), &asked), None);
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        let asked = Question::default();
        let made = Cursor { value: 1, position: 2 }.text(&livechat("support"), &asked);
        let mark = made.split_once('.').unwrap().0;
        for text in
            ["", "1", "..", "a.b.c", &format!("{mark}.-1.2"), &format!("{mark}.1"), &format!("{mark}.1.2.3")]
        {
            assert_eq!(Cursor::parse(text, &livechat("support"), &asked), None, "{text}");
        }
    }
}
