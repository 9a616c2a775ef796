//! The whole transcript on paper.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::text::Name;
use futures::{StreamExt, stream};
use journal::block_in_place;
use projections::conversations::Conversation;

use super::reader::TranscriptReader;
use crate::http::problem::Problem;
use crate::limits::SHORT_LINES;
use crate::transcript::{Head, Paper, ShownLine, Typesetter};

/// The whole transcript, page by page. An error before the first page is answered as a problem; after it the answer is
/// cut off.
pub(super) async fn print(
    mut reader: TranscriptReader,
    paper: Paper,
    livechat: &Name,
    conversation: Conversation,
) -> Result<Response, Problem> {
    let mut typesetter = Typesetter::new(paper, reader.renderer.language);
    let first = reader.page(0).await?;
    let head = typesetter.head(&Head::of(livechat, &conversation, &first.items, &reader.renderer));
    let beginning = head + &set(&reader, &mut typesetter, &first.items);
    let rest = stream::try_unfold(
        (reader, typesetter, first.next, false),
        |(mut reader, mut typesetter, next, over)| async move {
            if over {
                return Ok::<_, Cut>(None);
            }
            let Some(after) = next else {
                let foot = typesetter.foot();
                return Ok(Some((foot, (reader, typesetter, None, true))));
            };
            let page = reader.page(after).await.map_err(|problem| Cut(problem.detail.to_string()))?;
            let set = set(&reader, &mut typesetter, &page.items);
            Ok(Some((set, (reader, typesetter, page.next, false))))
        },
    );
    let body = stream::iter([Ok(beginning)]).chain(rest);
    let headers = [
        (header::CONTENT_TYPE, paper.media_type()),
        // It loads nothing and runs nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'none'; sandbox allow-modals",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Lines, set for paper.
fn set(reader: &TranscriptReader, typesetter: &mut Typesetter, lines: &[ShownLine]) -> String {
    let mut set = || {
        let entries: Vec<_> = lines.iter().flat_map(|line| reader.renderer.entries(line)).collect();
        typesetter.entries(&entries)
    };
    if lines.len() <= SHORT_LINES { set() } else { block_in_place(set) }
}

/// Why a transcript ends early; logged where it was noticed.
#[derive(Debug, thiserror::Error)]
#[error("the transcript is cut off: {0}")]
struct Cut(String);
