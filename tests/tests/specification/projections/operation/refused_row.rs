//! Makes a slot refuse one row of the audit log, and take it again.

use projections::Slot;

use super::super::scratch::Scratch;

/// From now on the row of `support` at this position is refused.
pub(super) async fn poisons(scratch: &Scratch, slot: Slot, position: u64) {
    let poison = if scratch.kind == "SQLite" {
        format!(
            "CREATE TRIGGER poison BEFORE INSERT ON audit
             WHEN NEW.livechat = 'support' AND NEW.position = {position}
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
    } else {
        format!(
            "ALTER TABLE {}audit ADD CONSTRAINT poison CHECK (livechat <> 'support' OR position <> {position})",
            scratch.schema(slot)
        )
    };
    scratch.execute_in(slot, &poison).await;
}

/// It is taken again.
pub(super) async fn heals(scratch: &Scratch, slot: Slot) {
    let cure = if scratch.kind == "SQLite" {
        "DROP TRIGGER poison".to_owned()
    } else {
        format!("ALTER TABLE {}audit DROP CONSTRAINT poison", scratch.schema(slot))
    };
    scratch.execute_in(slot, &cure).await;
}
