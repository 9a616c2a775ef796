//! What is in the tables is what the folds say, row by row, whatever the batches.

use projections::Runner;

use super::scratch::{Dump, Scratch};
use super::story::{Dice, Story};

#[tokio::test]
async fn the_tables_hold_what_the_folds_say_in_whatever_batches() {
    for seed in 1..=3 {
        let story = Story::of(seed, 1_500);
        let expected = Dump::expected(&story.events);
        assert!(expected.board.len() > 1 && expected.conversations.len() > 30, "a story worth telling");
        for scratch in Scratch::each().await {
            let mut runner = Runner::new(scratch.open().await);
            let mut dice = Dice::new(seed);
            let mut rest = &story.events[..];
            while !rest.is_empty() {
                let size = 1 + dice.roll(if seed == 1 { 400 } else { 40 });
                let (batch, after) = rest.split_at(rest.len().min(usize::try_from(size).unwrap()));
                runner.apply(batch).await.unwrap();
                rest = after;
            }
            assert!(scratch.dump().await == expected, "{} with seed {seed}", scratch.kind);
        }
    }
}

#[tokio::test]
async fn one_by_one_gives_the_same_rows_as_all_at_once() {
    let story = Story::of(7, 400);
    for scratch in Scratch::each().await {
        let mut runner = Runner::new(scratch.open().await);
        for event in &story.events {
            runner.apply(std::slice::from_ref(event)).await.unwrap();
        }
        let one_by_one = scratch.dump().await;
        assert!(one_by_one == Dump::expected(&story.events), "{}", scratch.kind);
    }
    for scratch in Scratch::each().await {
        Runner::new(scratch.open().await).apply(&story.events).await.unwrap();
        assert!(scratch.dump().await == Dump::expected(&story.events), "{}", scratch.kind);
    }
}

#[test]
fn a_row_has_the_columns_of_its_table() {
    use projections::Projection;
    use projections::audit::Audit;
    use projections::board::{BoardConversations, BoardLivechats, BoardOperators};
    use projections::conversations::Conversations;
    use projections::settings::Settings;
    use projections::transcript::Transcript;

    fn check<P: Projection>(rows: &[P::Row]) {
        let row = serde_json::to_value(rows.first().unwrap()).unwrap();
        let fields: std::collections::BTreeSet<&str> =
            row.as_object().unwrap().keys().map(String::as_str).collect();
        let columns = P::TABLE.columns.iter().map(|column| column.name).collect();
        assert_eq!(fields, columns, "{}", P::TABLE.name);
    }
    let all = Dump::expected(&Story::of(2, 300).events);
    check::<BoardLivechats>(&all.livechats);
    check::<BoardOperators>(&all.operators);
    check::<BoardConversations>(&all.board);
    check::<Conversations>(&all.conversations);
    check::<Transcript>(&all.transcript);
    check::<Audit>(&all.audit);
    check::<Settings>(&all.settings);
}

#[test]
fn the_audit_holds_no_personal_text() {
    let all = Dump::expected(&Story::of(3, 1_500).events);
    let audit = serde_json::to_string(&all.audit).unwrap();
    for secret in ["Zoé", "Bonjour", "urgent", "Puis-je", "Prix", "fâché"] {
        assert!(serde_json::to_string(&all.transcript).unwrap().contains(secret), "{secret} was said");
        assert!(!audit.contains(secret), "{secret}");
    }
}
