//! Whole logs: what a verification finds ([`verify`]), what an export and an import carry ([`carry`]), and
//! the program that does all that ([`program`]).

mod carry;
mod program;
mod verify;

use std::path::Path;

use journal::Store;
use journal::archive::{self, Error, Exported, Imported, Target};
use journal::entry::Entry;

use super::story::{Story, by_visitor, write};

/// A livechat in which a visitor has written so often.
fn with_messages(livechat: &str, messages: usize) -> (Story, Vec<Entry>) {
    let (mut story, mut entries) = Story::opened(livechat);
    let (conversation, request) = story.requests("zoe");
    entries.extend(request);
    for message in 0..messages {
        let text = format!("l'été n° {message} 🙂\n\t\"\\");
        entries.extend(story.goes_on(by_visitor("zoe"), write(conversation, &text)));
    }
    (story, entries)
}

/// Exports to a file.
async fn export(log: &dyn Store, file: &Path) -> Result<Exported, Error> {
    archive::export(log, Target::File(file.to_owned()), &|_, _| {}).await
}

/// Imports what is in a file.
async fn import(log: &dyn Store, file: &Path) -> Result<Imported, Error> {
    let bytes = std::fs::read(file).unwrap();
    archive::import(log, Box::new(std::io::Cursor::new(bytes)), &|_, _| {}).await
}
