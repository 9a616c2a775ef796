//! Reads every transcript back and compares it with what was to be said.

use domain::event::Voice;
use futures::{StreamExt, stream};
use serde::Deserialize;

use super::compare::{Difference, compare};
use super::dialogue::{PlayedDialogue, as_kept};
use super::shared::Shared;
use super::visitor::{Answer, Outcome};
use crate::client;

/// Transcripts read at a time.
const READ_AT_ONCE: usize = 16;

/// What the transcripts say.
#[derive(Debug, Default)]
pub struct Verified {
    /// All differences together.
    pub difference: Difference,
    /// The conversations that differ, by name, and how.
    pub different: Vec<(String, Difference)>,
}

#[derive(Deserialize)]
struct Page {
    lines: Vec<TranscriptLine>,
    /// After which position to ask for more; absent at the end.
    #[serde(default)]
    next: Option<u64>,
}

#[derive(Deserialize)]
struct TranscriptLine {
    kind: String,
    #[serde(default)]
    voice: Option<Voice>,
    #[serde(default)]
    text: Option<String>,
}

/// Compares every conversation that was not refused.
///
/// # Errors
/// When a transcript cannot be read.
pub async fn verify(shared: &Shared, outcomes: &[Outcome]) -> Result<Verified, client::Error> {
    let held = outcomes.iter().filter(|outcome| match outcome.answer {
        Some(Answer::Assigned | Answer::Waiting) => true,
        Some(Answer::Refused) | None => false,
    });
    let mut compared = stream::iter(held)
        .map(async |outcome| (outcome, verify_one(shared, &outcome.played, outcome.position).await))
        .buffer_unordered(READ_AT_ONCE);
    let mut verified = Verified::default();
    while let Some((outcome, difference)) = compared.next().await {
        let difference = difference?;
        verified.difference += difference;
        if !difference.is_none() {
            verified.different.push((outcome.played.dialogue.name.clone(), difference));
        }
    }
    Ok(verified)
}

async fn verify_one(
    shared: &Shared,
    played: &PlayedDialogue,
    position: u64,
) -> Result<Difference, client::Error> {
    let actual = read(shared, played, position).await?;
    let actual: Vec<(Voice, &str)> = actual.iter().map(|(voice, text)| (*voice, text.as_str())).collect();
    let lines = played.dialogue.lines.iter();
    let kept: Vec<(Voice, String)> =
        lines.filter_map(|line| Some((line.side.voice(), as_kept(&line.text)?))).collect();
    let expected: Vec<(Voice, &str)> = kept.iter().map(|(voice, text)| (*voice, text.as_str())).collect();
    Ok(compare(&expected, &actual))
}

/// What visitor and operator said, according to the server.
async fn read(
    shared: &Shared,
    played: &PlayedDialogue,
    position: u64,
) -> Result<Vec<(Voice, String)>, client::Error> {
    let mut said = Vec::with_capacity(played.dialogue.lines.len());
    let mut after = 0;
    loop {
        let path = format!("/conversations/{}/transcript?after={after}&at_least={position}", played.id);
        let page: Page = shared.http.get(&shared.paths.below(path), &shared.tokens.administrator).await?;
        for line in page.lines {
            if let (Some(voice @ (Voice::Visitor | Voice::Operator)), Some(text)) = (line.voice, line.text)
                && line.kind == "message"
            {
                said.push((voice, text));
            }
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(said),
        }
    }
}
