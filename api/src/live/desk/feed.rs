//! The feed of the desk: a snapshot unless the desk resumes, then what happens after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::text::Language;
use domain::{ConversationId, LivechatId, OperatorId};
use futures::{Stream, StreamExt, stream};
use journal::{Position, Scope};

use super::conversation_view::ConversationView;
use super::event_frames::{self, Kept};
use super::frames::Snapshot;
use super::operator::DeskOperator;
use super::options::DeskOptions;
use crate::app::App;
use crate::limits::DESK_RESUMES_MAX;
use crate::live::cursor::Cursor;
use crate::live::frame::Frame;
use crate::live::transport::Start;

/// A snapshot unless the desk resumes, then what happens after it.
pub(crate) fn feed(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
    start: Start,
) -> impl Stream<Item = Result<Frame, journal::Error>> + Send + use<> {
    let (app, livechat, me) = (app.clone(), livechat.clone(), me.clone());
    let start = async move {
        let (position, first, kept) = match begin(&app, &livechat, &me, language, start).await {
            Ok(begun) => begun,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        let (kept, first) = (Arc::new(kept), first.map(Ok));
        let log = app.journal.follow(&livechat, Scope::Operator(me.clone()), position);
        let rest =
            log.filter_map(move |record| event_frames::frame(app.clone(), me.clone(), kept.clone(), record));
        stream::iter(first).chain(rest).boxed()
    };
    stream::once(start).flatten()
}

/// The position from which the log is sent, what comes before it, and the conversations the operator still has.
async fn begin(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
    start: Start,
) -> Result<(Position, Option<Frame>, Kept), journal::Error> {
    if let Start::After(position) = start {
        let look = |state: &domain::Livechat| {
            state.operator(me).map(|me| me.conversations.iter().copied().collect()).unwrap_or_default()
        };
        let (head, conversations) = app.journal.snapshot(livechat, look).await?;
        if head.saturating_sub(position) <= DESK_RESUMES_MAX {
            return Ok((position, None, Kept { head, conversations, language }));
        }
    }
    let snapshot = snapshot(app, livechat, me, language).await?;
    let position = snapshot.position;
    let at = Cursor::at(&app.journal, livechat, position).await?;
    let frame = Frame::tagged(Some(at), &snapshot);
    Ok((position, Some(frame), Kept { head: position, conversations: BTreeSet::new(), language }))
}

async fn snapshot(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
) -> Result<Snapshot, journal::Error> {
    let (position, (operator, conversations, waiting, options)) = app
        .journal
        .snapshot(livechat, |state| {
            let known = state.operator(me);
            let operator = DeskOperator::of(state, me, language);
            let conversations: Vec<ConversationId> =
                known.map(|known| known.conversations.iter().copied().collect()).unwrap_or_default();
            (operator, conversations, state.queue().len(), DeskOptions::of(state.settings(), language))
        })
        .await?;
    let mut tabs = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        tabs.extend(ConversationView::at(app, livechat, conversation, position, language).await?);
    }
    Ok(Snapshot { position, operator, options: Box::new(options), tabs, waiting })
}
