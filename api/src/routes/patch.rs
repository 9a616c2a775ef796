//! Changes of some fields: the patch is applied to the content in force, and the whole is sent like any change, for
//! that revision. If another change comes first, the patch is applied again to the new content, unless the caller named
//! a revision.

use domain::bilingual::both;
use domain::patch::Patch;
use journal::Receipt;
use serde_json::Value;

use crate::http::problem::Problem;

/// How often a patch is retried after other changes before its author is asked to try again.
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

/// Tries until no other change comes first; once if the revision was `asked` for.
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
