//! The desk at the other end of a connection: runs its commands.

use domain::conversation::transfer::Transfer;
use domain::event::DisconnectReason;
use domain::id::CommandId;
use domain::state::timers::TimerKind;
use domain::{Action, ConversationAction, ConversationId, OperatorId};
use uuid::Uuid;

use super::frames::DeskCommand;
use crate::app::App;
use crate::auth::Caller;
use crate::http::idempotency::IdempotencyKey;
use crate::live::signals::{ReceiptKind, Receiver, Sender, Signal, What};
use crate::live::socket::{self, BadFrame};
use crate::live::socket_frames::{Answer, text};

/// The operator's desk at the other end.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) me: OperatorId,
}

impl socket::FrameHandler for Desk {
    async fn handle(&self, frame: &str) -> Result<Option<String>, BadFrame> {
        let me = &self.me;
        let asked = |conversation, what| Action::Conversation(ConversationId(conversation), what);
        let said = Box::pin(socket::said(&self.app, &self.caller, frame)).await?;
        let (id, action) = match said {
            DeskCommand::PickUp { id, conversation } => (id, asked(conversation, ConversationAction::PickUp)),
            DeskCommand::Message { id, conversation, text } => {
                (id, asked(conversation, ConversationAction::Write(text)))
            }
            DeskCommand::InternalMessage { id, conversation, text } => {
                (id, asked(conversation, ConversationAction::WriteInternally(text)))
            }
            DeskCommand::Transfer { id, conversation, to, note, force } => {
                (id, asked(conversation, ConversationAction::Transfer(Transfer { to, note, force })))
            }
            DeskCommand::End { id, conversation } => (id, asked(conversation, ConversationAction::End)),
            DeskCommand::Status { id, status } => (id, Action::ChangeStatus(me.clone(), status)),
            DeskCommand::SignOut { id } => {
                (id, Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut))
            }
            DeskCommand::Typing { conversation } => {
                signal_typing(&self.app, &self.caller, me, ConversationId(conversation)).await;
                return Ok(None);
            }
            DeskCommand::Delivered { conversation, number } => {
                self.has(conversation, ReceiptKind::Delivered, number).await;
                return Ok(None);
            }
            DeskCommand::Read { conversation, number } => {
                self.has(conversation, ReceiptKind::Read, number).await;
                return Ok(None);
            }
        };
        let done = self.app.command(&self.caller, IdempotencyKey(CommandId(id)), action).await;
        Ok(Some(text(&Answer::to(id, done))))
    }
}

impl Desk {
    /// Signals to the visitor up to which message they were received or read, if the conversation is this operator's
    /// and has that message.
    async fn has(&self, conversation: Uuid, receipt: ReceiptKind, number: u32) {
        let id = ConversationId(conversation);
        let mine = self.app.journal.peek(&self.caller.livechat, |state| {
            state.conversation(id).is_some_and(|live| {
                live.operator() == Some(&self.me) && (1..=live.messages).contains(&number)
            })
        });
        if mine.await.unwrap_or_default() {
            let signal = Signal { conversation: id, what: What::Receipt(receipt, number) };
            self.app.signals.send(&self.caller.livechat, Receiver::Visitor(id), signal);
        }
    }
}

/// Signals the operator's typing to the visitor, if the conversation is this operator's; while a timer counts the
/// operator's silence, it is recorded too.
async fn signal_typing(app: &App, caller: &Caller, me: &OperatorId, conversation: ConversationId) {
    let mine = app.journal.peek(&caller.livechat, |state| {
        state.conversation(conversation).filter(|live| live.operator() == Some(me)).map(|live| {
            (live.stranded || live.timers.deadline(TimerKind::AutoTransfer).is_some(), live.messages)
        })
    });
    let Ok(Some((clock_runs, messages))) = mine.await else { return };
    app.signals.types(&caller.livechat, conversation, Sender::Operator, messages);
    app.signals.send(
        &caller.livechat,
        Receiver::Visitor(conversation),
        Signal { conversation, what: What::Typing },
    );
    if clock_runs {
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        if let Err(problem) =
            app.command(caller, key, Action::Conversation(conversation, ConversationAction::Type)).await
        {
            tracing::debug!(code = problem.code, "typing was not recorded");
        }
    }
}
