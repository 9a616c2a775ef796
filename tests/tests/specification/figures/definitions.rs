//! `FIGURES.md` is what the definitions say.

use projections::figures::document::markdown;

#[test]
fn the_document_is_made_of_the_definitions() {
    let written = include_str!("../../../../FIGURES.md");
    assert!(written == markdown(), "run: cargo run -q -p pupitre -- figures > FIGURES.md");
}
