//! Reads the file of conversations: JSON Lines, one conversation a line, sorted by day and time.

use std::path::Path;
use std::time::Duration;

use domain::limits::MESSAGE_CHARACTERS_MAX;
use domain::text::Language;
use serde::Deserialize;

use super::dialogue::{Dialogue, Line, Side, as_kept};

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// Which file.
        path: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// A line is not a conversation.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
struct Conversation {
    id: String,
    day: chrono::NaiveDate,
    at: u32,
    visitor: String,
    #[serde(default)]
    language: Option<Language>,
    #[serde(default)]
    skill: Option<String>,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    at: u32,
    text: String,
    from: Side,
}

/// Reads the file at `path`.
///
/// # Errors
/// When it cannot be read, or a line is not a conversation that Pupitre could have.
pub async fn read(path: &Path) -> Result<Vec<Dialogue>, Error> {
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|reason| Error::Unreadable { path: path.display().to_string(), reason })?;
    parse(&text)
}

/// Understands the text of a file. Empty lines are skipped; messages in which nothing is said are left out
/// and counted.
///
/// # Errors
/// Names the first line that is not a conversation, or comes before the one above it.
pub fn parse(text: &str) -> Result<Vec<Dialogue>, Error> {
    let mut dialogues: Vec<Dialogue> = Vec::new();
    for (index, json) in text.lines().enumerate().filter(|(_, json)| !json.trim().is_empty()) {
        let wrong = |reason: String| Error::Line { line: index + 1, reason };
        let conversation = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
        let dialogue = dialogue(conversation).map_err(wrong)?;
        if dialogues.last().is_some_and(|before| before.begins_at_secs > dialogue.begins_at_secs) {
            return Err(wrong("begins before the conversation above it".into()));
        }
        dialogues.push(dialogue);
    }
    Ok(dialogues)
}

fn dialogue(conversation: Conversation) -> Result<Dialogue, String> {
    let mut lines: Vec<Line> = Vec::with_capacity(conversation.messages.len());
    let mut empty = 0;
    for message in conversation.messages {
        if message.text.chars().count() > MESSAGE_CHARACTERS_MAX || message.text.contains('\0') {
            return Err(format!("a message is longer than {MESSAGE_CHARACTERS_MAX} characters or has NUL"));
        }
        if as_kept(&message.text).is_none() {
            empty += 1;
            continue;
        }
        let after = Duration::from_secs(u64::from(message.at.saturating_sub(conversation.at)));
        if lines.last().is_some_and(|before| before.after > after) {
            return Err(format!("the message at {} comes before the one above it", message.at));
        }
        lines.push(Line { after, side: message.from, text: message.text });
    }
    let midnight = conversation.day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    Ok(Dialogue {
        name: conversation.id,
        begins_at_secs: midnight + i64::from(conversation.at),
        visitor: conversation.visitor,
        language: conversation.language.unwrap_or(Language::En),
        skill: conversation.skill,
        lines,
        empty,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"id":"a","source":"s","day":"2024-01-02","at":10,"visitor":"Ann","operators":["Bob"],
        "messages":[{"at":10,"author":"Ann","text":"hello","from":"visitor"},
                    {"at":12,"author":"Ann","text":"","from":"visitor"},
                    {"at":15,"author":"Bob","text":"good morning","from":"operator"}]}"#;

    #[test]
    fn a_conversation_is_read_without_its_empty_messages() {
        let dialogues = parse(&ONE.replace('\n', " ")).unwrap();
        assert_eq!(dialogues.len(), 1);
        assert_eq!((dialogues[0].lines.len(), dialogues[0].empty), (2, 1));
        assert_eq!(dialogues[0].lasts(), Duration::from_secs(5));
        assert_eq!(dialogues[0].ended_by(), Side::Operator);
        assert_eq!(dialogues[0].begins_at_secs, 1_704_153_610);
    }

    #[test]
    fn a_message_is_expected_as_a_server_keeps_it() {
        assert_eq!(as_kept(" hello there\t "), Some("hello there".to_owned()));
        assert_eq!(as_kept("\u{200b} \t"), None);
        let blank = ONE.replace('\n', " ").replace(r#""text":"""#, r#""text":" \u200b ""#);
        assert_eq!(parse(&blank).unwrap()[0].empty, 1);
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse("\n{}").unwrap_err().to_string();
        assert!(error.starts_with("line 2: "), "{error}");
        let later = ONE.replace('\n', " ");
        let earlier = later.replace("2024-01-02", "2024-01-01");
        let error = parse(&format!("{later}\n{earlier}")).unwrap_err().to_string();
        assert!(error.starts_with("line 2: begins before"), "{error}");
    }

    #[test]
    fn our_own_dialogues_can_be_played() {
        let dialogues = parse(include_str!("../../demo/dialogues.jsonl")).unwrap();
        assert_eq!(dialogues.len(), 8);
        for language in Language::ALL {
            assert_eq!(dialogues.iter().filter(|dialogue| dialogue.language == language).count(), 4);
        }
        assert!(dialogues.iter().all(|dialogue| (4..=10).contains(&dialogue.lines.len())));
    }
}
