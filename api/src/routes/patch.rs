//! Changes of some fields: the patch is put on what is in force, and the whole is sent as any change, for that
//! revision. Should somebody else be quicker, it is put on what is in force then, unless the caller named a revision.

use domain::bilingual::both;
use domain::patch::Patch;
use journal::Receipt;
use serde_json::Value;

use crate::problem::Problem;

/// How often a patch gives way to others' changes before its author is told to try again.
const TRIES_MAX: usize = 5;

/// A patch of an object.
///
/// # Errors
/// When it is no object.
pub(super) fn patch_of(patch: Value) -> Result<Patch, Problem> {
    if patch.is_object() {
        Ok(Patch(patch))
    } else {
        Err(Problem::field(
            "body",
            both("an object with the fields to change", "un objet avec les champs à modifier"),
        ))
    }
}

/// Tries until nobody else was quicker; once, when the revision was `asked` for.
pub(super) async fn patched<F: Future<Output = Result<Receipt, Problem>> + Send>(
    asked: Option<u64>,
    attempt: impl Fn() -> F + Send,
) -> Result<Receipt, Problem> {
    for _ in 1..TRIES_MAX {
        match attempt().await {
            Err(problem) if problem.status == 412 && asked.is_none() => {}
            done => return done,
        }
    }
    attempt().await
}
