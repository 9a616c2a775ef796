//! What happens in a random story, and who does it.

use chrono::TimeDelta;
use domain::conversation::assign::ManualAssignment;
use domain::conversation::transfer::Transfer;
use domain::event::Bearer;
use domain::event::DisconnectReason;
use domain::event::File;
use domain::event::Presence;
use domain::event::Profile;
use domain::event::Target;
use domain::event::{Access, Form};
use domain::livechat::rename::Renaming;
use domain::patch::Patch;
use domain::settings::Status;
use domain::settings::opening_hours::TimeZone;
use domain::settings::surveys::{Answer, Answers, Audience};
use domain::settings::{Section, SectionName};
use domain::state::Conversation;
use domain::text::{Address, Language, Name, Text};
use domain::{Action, Actor, Command, ConversationAction, ConversationId, FieldId, Livechat, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::sections::{self, ARTICLES, QUESTION, SURVEYS};
use crate::support::*;

/// The last one is never a skill of the livechat before a story defines it.
pub(super) const SKILLS: [&str; 3] = ["sales", "billing", "returns"];
/// The last one is never registered by the first steps.
pub(super) const OPERATORS: [&str; 4] = ["alice", "bob", "carol", "dave"];
pub(super) const VISITORS: [&str; 8] = ["zoe", "yann", "xena", "wim", "vera", "ugo", "tom", "sara"];

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) passed: Passed,
    who: Who,
    pub(super) what: Move,
}

/// How much time has passed since the step before.
#[derive(Clone, Copy, Debug)]
pub(super) enum Passed {
    Secs(i64),
    /// As long as it takes to the next deadline of all, and this many milliseconds.
    UntilDeadline(i64),
}

/// Who acts. The rightful one is whoever may; where both visitor and operator may, the one named.
#[derive(Clone, Debug)]
enum Who {
    RightfulVisitor,
    RightfulOperator,
    Visitor(usize),
    Operator(usize),
    Supervisor,
    Administrator,
    Analyst,
    Integration,
    System,
}

/// What is tried. Operators, visitors and skills by their index, conversations by a number that says
/// which of those that it makes sense for, or one that is over or unknown.
#[derive(Clone, Debug)]
pub(super) enum Move {
    Wait,
    /// The server is down for so many minutes; fewer than none when its clock was set back meanwhile. Whether the
    /// next one knows until when it was up.
    Outage {
        minutes: i64,
        is_known: bool,
    },
    Create {
        again: bool,
    },
    Change(Box<Section>),
    /// Some fields of a section, made for the revision in force or for the one before.
    Patch {
        section: SectionName,
        patch: Value,
        is_late: bool,
    },
    Rename {
        name: usize,
        language: Option<Language>,
        zone: usize,
    },
    Shut,
    Reopen,
    Register(usize, Box<Profile>),
    /// Some fields of a profile, made for the revision in force or for the one before.
    PatchProfile {
        operator: usize,
        patch: Value,
        is_late: bool,
    },
    Suspend(usize),
    Reinstate(usize),
    Remove(usize),
    Connect(usize),
    LoseConnection(usize),
    Disconnect(usize, DisconnectReason),
    Status(usize, Status),
    Request {
        visitor: usize,
        skill: Option<usize>,
        used_id: Option<usize>,
    },
    RequestAgain {
        nth: usize,
        skill: Option<usize>,
    },
    Read(usize),
    InConversation {
        nth: usize,
        act: Act,
    },
}

/// What is tried in a conversation.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Leave,
    PickUp,
    Write,
    WriteInternally,
    NotePresence(Presence),
    ChangePage { fits: bool },
    Type,
    SendArticle(usize),
    MarkImportant(bool),
    CallManager,
    TakeCall,
    SettleCall,
    Hold,
    TakeBack,
    RequestFile,
    SendFile { bytes: u64 },
    MailCopy,
    Assign { operator: usize, force: bool },
    TransferTo { operator: usize, force: bool },
    TransferToSkill(usize),
    End,
    Close,
    SendSurvey(usize),
    OpenSurvey(Audience),
    CancelSurvey,
    AnswerSurvey(Audience, i64),
    CloseSurvey(Audience),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    (passed(), who(), what()).prop_map(|(passed, who, what)| Step { passed, who, what })
}

fn passed() -> impl Strategy<Value = Passed> {
    prop_oneof![
        12 => Just(Passed::Secs(0)),
        10 => (1..30_i64).prop_map(Passed::Secs),
        3 => (30..200_i64).prop_map(Passed::Secs),
        1 => (-90..0_i64).prop_map(Passed::Secs),
        // A clock that somebody sets: by minutes or by a day, back and ahead.
        1 => select(vec![-86_400, -3_600, -600, 600, 3_600, 86_400]).prop_map(Passed::Secs),
        6 => select(vec![-1, 0, 0, 1]).prop_map(Passed::UntilDeadline),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        14 => Just(Who::RightfulOperator),
        8 => Just(Who::RightfulVisitor),
        1 => Just(Who::Supervisor),
        1 => (0..VISITORS.len()).prop_map(Who::Visitor),
        1 => (0..OPERATORS.len()).prop_map(Who::Operator),
        1 => Just(Who::Administrator),
        1 => Just(Who::Analyst),
        1 => Just(Who::Integration),
        1 => Just(Who::System),
    ]
}

fn what() -> impl Strategy<Value = Move> {
    let operator = || 0..OPERATORS.len();
    let skill = || prop::option::weighted(0.4, 0..SKILLS.len());
    let nth = || 0..20_usize;
    let reason = select(vec![DisconnectReason::SignedOut, DisconnectReason::ConnectionLost]);
    prop_oneof![
        24 => Just(Move::Wait),
        2 => (select(vec![-90, 0, 1, 3, 20, 240]), any::<bool>())
            .prop_map(|(minutes, is_known)| Move::Outage { minutes, is_known }),
        1 => any::<bool>().prop_map(|again| Move::Create { again }),
        10 => sections::section().prop_map(|section| Move::Change(Box::new(section))),
        5 => (operator(), profiles()).prop_map(|(operator, profile)| Move::Register(operator, Box::new(profile))),
        4 => (sections::patch(), is_late())
            .prop_map(|((section, patch), is_late)| Move::Patch { section, patch, is_late }),
        4 => (operator(), profile_patch(), is_late())
            .prop_map(|(operator, patch, is_late)| Move::PatchProfile { operator, patch, is_late }),
        2 => (0..3_usize, prop::option::of(select(vec![Language::Fr, Language::En])), 0..4_usize)
            .prop_map(|(name, language, zone)| Move::Rename { name, language, zone }),
        2 => Just(Move::Shut),
        6 => Just(Move::Reopen),
        4 => operator().prop_map(Move::Suspend),
        6 => operator().prop_map(Move::Reinstate),
        2 => operator().prop_map(Move::Remove),
        12 => operator().prop_map(Move::Connect),
        5 => operator().prop_map(Move::LoseConnection),
        2 => (operator(), reason).prop_map(|(operator, reason)| Move::Disconnect(operator, reason)),
        8 => (operator(), status()).prop_map(|(operator, status)| Move::Status(operator, status)),
        30 => (0..VISITORS.len(), skill(), prop::option::weighted(0.1, nth()))
            .prop_map(|(visitor, skill, used_id)| Move::Request { visitor, skill, used_id }),
        4 => (nth(), skill()).prop_map(|(nth, skill)| Move::RequestAgain { nth, skill }),
        2 => nth().prop_map(Move::Read),
        100 => (nth(), act()).prop_map(|(nth, act)| Move::InConversation { nth, act }),
    ]
}

fn is_late() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.1)
}

fn profile_patch() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec![json!(null), json!(0), json!(1), json!(2)])
            .prop_map(|capacity| json!({ "capacity": capacity })),
        prop::collection::btree_set(select(SKILLS.as_slice()), 0..3)
            .prop_map(|skills| json!({ "skills": skills })),
        select(vec![json!(null), json!("alice@example.org")]).prop_map(|email| json!({ "email": email })),
        Just(json!({ "hours": null })),
    ]
}

fn profiles() -> impl Strategy<Value = Profile> {
    let skills = prop::collection::btree_set(0..SKILLS.len(), 0..3);
    (skills, prop::option::weighted(0.4, 0..4_i64), any::<bool>(), sections::maybe_hours()).prop_map(
        |(skills, capacity, email, hours)| {
            let names: Vec<&str> = skills.into_iter().map(|index| SKILLS[index]).collect();
            let email = email.then(|| Address::parse("alice@example.org").unwrap().into());
            Profile { email, hours, ..profile(&names, capacity) }
        },
    )
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        4 => Just(Status::Available),
        3 => Just(Status::Searching),
        3 => select(Status::ALL.as_slice()),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let audience = || select(vec![Audience::Operator, Audience::Visitor]);
    prop_oneof![
        4 => Just(Act::Leave),
        36 => Just(Act::PickUp),
        24 => Just(Act::Write),
        4 => Just(Act::WriteInternally),
        8 => select(vec![Presence::Here, Presence::Away, Presence::LeftSite]).prop_map(Act::NotePresence),
        3 => prop::bool::weighted(0.8).prop_map(|fits| Act::ChangePage { fits }),
        4 => Just(Act::Type),
        2 => (0..ARTICLES.len()).prop_map(Act::SendArticle),
        1 => any::<bool>().prop_map(Act::MarkImportant),
        2 => Just(Act::CallManager),
        2 => Just(Act::TakeCall),
        2 => Just(Act::SettleCall),
        6 => Just(Act::Hold),
        3 => Just(Act::TakeBack),
        2 => Just(Act::RequestFile),
        3 => select(vec![0, 1, 4_096]).prop_map(|bytes| Act::SendFile { bytes }),
        1 => Just(Act::MailCopy),
        8 => (0..OPERATORS.len(), any::<bool>())
            .prop_map(|(operator, force)| Act::Assign { operator, force }),
        8 => (0..OPERATORS.len(), any::<bool>())
            .prop_map(|(operator, force)| Act::TransferTo { operator, force }),
        4 => (0..SKILLS.len()).prop_map(Act::TransferToSkill),
        12 => Just(Act::End),
        2 => Just(Act::Close),
        3 => (0..SURVEYS.len()).prop_map(Act::SendSurvey),
        6 => audience().prop_map(Act::OpenSurvey),
        2 => Just(Act::CancelSurvey),
        6 => (audience(), select(vec![5, 5, 9])).prop_map(|(audience, rating)| Act::AnswerSurvey(audience, rating)),
        3 => audience().prop_map(Act::CloseSurvey),
    ]
}

impl Passed {
    pub(super) fn after(self, now: Timestamp, livechat: &Livechat) -> Timestamp {
        match self {
            Self::Secs(secs) => now + seconds(secs),
            Self::UntilDeadline(more) => match livechat.next_deadline() {
                Some(deadline) => deadline.max(now) + TimeDelta::milliseconds(more),
                None => now,
            },
        }
    }
}

impl Step {
    /// The command this step is in this state.
    pub(super) fn command(&self, livechat: &Livechat, now: Timestamp, requests: usize) -> Command {
        let action = self.what.action(livechat, requests);
        let by = if matches!(self.what, Move::Wait | Move::Outage { .. }) {
            Actor::System
        } else {
            self.author(livechat, &action)
        };
        Command { at: now, by, action }
    }

    fn author(&self, livechat: &Livechat, action: &Action) -> Actor {
        match &self.who {
            Who::RightfulVisitor | Who::RightfulOperator => self.rightful(livechat, action),
            Who::Visitor(index) => visitor(VISITORS[*index]),
            Who::Operator(index) => operator(OPERATORS[*index]),
            Who::Supervisor => supervisor(),
            Who::Administrator => administrator(),
            Who::Analyst => analyst(),
            Who::Integration => bot(),
            Who::System => Actor::System,
        }
    }

    fn rightful(&self, livechat: &Livechat, action: &Action) -> Actor {
        let visitor_of = |id| livechat.conversation(id).map(|live| Actor::Visitor(live.visitor.clone()));
        let in_charge = |id| {
            let operator = livechat.conversation(id).and_then(Conversation::operator);
            operator.cloned().map(Actor::Operator)
        };
        let asked = |id, audience| {
            let pending = livechat.pending_survey(id, audience)?;
            match audience {
                Audience::Operator => pending.operator.clone().map(Actor::Operator),
                Audience::Visitor => Some(Actor::Visitor(pending.visitor.clone())),
            }
        };
        let known = match action {
            Action::Tick => Some(Actor::System),
            Action::CreateLivechat { .. }
            | Action::ChangeSettings { .. }
            | Action::PatchSettings { .. }
            | Action::RenameLivechat(_)
            | Action::CloseLivechat
            | Action::ReopenLivechat
            | Action::RegisterOperator(..)
            | Action::ChangeProfile { .. }
            | Action::SuspendOperator(_)
            | Action::ReinstateOperator(_)
            | Action::RemoveOperator(..)
            | Action::RecordApiKey(..)
            | Action::IssueToken(Bearer::Operator(_)) => Some(administrator()),
            Action::ConnectOperator(id)
            | Action::LoseConnection(id)
            | Action::DisconnectOperator(id, _)
            | Action::ChangeStatus(id, _) => Some(Actor::Operator(id.clone())),
            Action::Conversation(
                _,
                ConversationAction::Request(request) | ConversationAction::RequestAgain(request),
            ) => Some(Actor::Visitor(request.visitor.id.clone())),
            Action::Conversation(
                id,
                ConversationAction::LeaveQueue
                | ConversationAction::NotePresence(_)
                | ConversationAction::ChangePage(_),
            ) => visitor_of(*id),
            Action::RecordAccess(_) => Some(analyst()),
            Action::IssueToken(Bearer::Visitor { .. }) => Some(bot()),
            Action::Conversation(
                id,
                ConversationAction::Write(_) | ConversationAction::SendFile(_) | ConversationAction::End,
            ) => {
                if matches!(self.who, Who::RightfulVisitor) {
                    visitor_of(*id)
                } else {
                    in_charge(*id)
                }
            }
            Action::Conversation(
                id,
                ConversationAction::PickUp
                | ConversationAction::WriteInternally(_)
                | ConversationAction::Type
                | ConversationAction::SendArticle(_)
                | ConversationAction::MarkImportant(_)
                | ConversationAction::CallManager(_)
                | ConversationAction::SettleCall
                | ConversationAction::Hold
                | ConversationAction::TakeBack
                | ConversationAction::RequestFile(_)
                | ConversationAction::MailCopy
                | ConversationAction::Transfer(Transfer { force: false, .. })
                | ConversationAction::SendSurvey(_),
            ) => in_charge(*id),
            Action::Conversation(
                _,
                ConversationAction::Assign(..)
                | ConversationAction::TakeCall
                | ConversationAction::Transfer(Transfer { force: true, .. }),
            ) => Some(supervisor()),
            Action::Conversation(id, ConversationAction::Close) => {
                livechat.kept().get(id).map(|kept| Actor::Visitor(kept.visitor.clone()))
            }
            Action::Conversation(
                id,
                ConversationAction::OpenSurvey(which)
                | ConversationAction::AnswerSurvey(which, _)
                | ConversationAction::CloseSurvey(which),
            ) => asked(*id, which.audience).or_else(|| in_charge(*id)),
            Action::Conversation(id, ConversationAction::CancelSurvey(_)) => asked(*id, Audience::Operator),
        };
        known.unwrap_or_else(supervisor)
    }
}

impl Move {
    fn action(&self, livechat: &Livechat, requests: usize) -> Action {
        match self {
            Self::Wait | Self::Outage { .. } => Action::Tick,
            Self::Create { again } => create(if *again { "Support" } else { "Ventes" }, Language::Fr),
            Self::Change(section) => Action::ChangeSettings { section: section.clone(), expected: None },
            Self::Patch { section, patch, is_late } => {
                let patch = Patch(patch.clone());
                Action::PatchSettings {
                    section: Box::new(sections::patched(livechat.settings().section(*section), &patch)),
                    expected: livechat.revision(*section).wrapping_sub(u64::from(*is_late)),
                    patch,
                }
            }
            Self::Rename { name, language, zone } => Action::RenameLivechat(Renaming {
                name: ["Support", "Ventes"].get(*name).map(|name| Name::parse(*name).unwrap()),
                language: *language,
                time_zone: ["Europe/Paris", "UTC", "Paris"]
                    .get(*zone)
                    .map(|zone| TimeZone((*zone).to_owned())),
            }),
            Self::Shut => Action::CloseLivechat,
            Self::Reopen => Action::ReopenLivechat,
            Self::PatchProfile { operator, patch, is_late } => {
                let (id, patch) = (operator_id(OPERATORS[*operator]), Patch(patch.clone()));
                let known = livechat.operator(&id);
                let before = known.map_or_else(|| profile(&[], None), |known| known.profile.clone());
                let patched = patch.apply(serde_json::to_value(&before).unwrap());
                Action::ChangeProfile {
                    operator: id,
                    profile: Box::new(serde_json::from_value(patched).unwrap()),
                    expected: known.map(|known| known.revision.wrapping_sub(u64::from(*is_late))),
                    patch: Some(patch),
                }
            }
            Self::Suspend(index) => Action::SuspendOperator(operator_id(OPERATORS[*index])),
            Self::Reinstate(index) => Action::ReinstateOperator(operator_id(OPERATORS[*index])),
            Self::Remove(index) => Action::RemoveOperator(operator_id(OPERATORS[*index]), None),
            Self::Register(index, profile) => register(OPERATORS[*index], (**profile).clone()),
            Self::Connect(index) => connect(OPERATORS[*index]),
            Self::LoseConnection(index) => Action::LoseConnection(operator_id(OPERATORS[*index])),
            Self::Disconnect(index, reason) => {
                Action::DisconnectOperator(operator_id(OPERATORS[*index]), *reason)
            }
            Self::Status(index, status) => change_status(OPERATORS[*index], *status),
            Self::Request { visitor, skill, used_id } => {
                let used = |nth| nth_of(&live(livechat, |_| true), nth, requests);
                let id = used_id.map_or_else(|| numbered(requests), used);
                let request = plain_request(VISITORS[*visitor], skill.map(|index| SKILLS[index]));
                Action::Conversation(id, ConversationAction::Request(Box::new(request)))
            }
            Self::RequestAgain { nth, skill } => {
                let id = nth_of(&livechat.kept().keys().copied().collect::<Vec<_>>(), *nth, requests);
                let visitor = livechat.kept().get(&id).map_or("zoe", |kept| kept.visitor.as_str());
                let request = plain_request(visitor, skill.map(|index| SKILLS[index]));
                Action::Conversation(id, ConversationAction::RequestAgain(Box::new(request)))
            }
            Self::Read(nth) => {
                let conversation = nth_of(&live(livechat, |_| true), *nth, requests);
                Action::RecordAccess(Access::Transcript { conversation, form: Form::Json })
            }
            Self::InConversation { nth, act } => {
                act.action(nth_of(&act.candidates(livechat), *nth, requests))
            }
        }
    }
}

impl Act {
    /// The conversations in which it makes sense.
    fn candidates(&self, livechat: &Livechat) -> Vec<ConversationId> {
        let asked = |audience| {
            let pending = livechat.pending_surveys().filter(|(key, _)| key.audience == audience);
            pending.map(|(key, _)| key.conversation).collect::<Vec<_>>()
        };
        match self {
            Self::Leave => live(livechat, Conversation::waits_for_pick_up),
            Self::Assign { .. } => live(livechat, Conversation::is_waiting),
            Self::PickUp => live(livechat, |live| live.operator().is_some() && live.answering().is_none()),
            Self::Close => livechat.kept().keys().copied().collect(),
            Self::SendFile { .. } => {
                let expected = live(livechat, |live| live.file_requested.is_some());
                if expected.is_empty() { live(livechat, |_| true) } else { expected }
            }
            Self::CancelSurvey => asked(Audience::Operator),
            Self::AnswerSurvey(audience, _) | Self::CloseSurvey(audience) => asked(*audience),
            Self::OpenSurvey(audience) => {
                let mut either = asked(*audience);
                either.extend(live(livechat, |live| live.answering().is_some()));
                either.sort_unstable();
                either.dedup();
                either
            }
            Self::MailCopy
            | Self::Write
            | Self::WriteInternally
            | Self::NotePresence(_)
            | Self::ChangePage { .. }
            | Self::TakeCall
            | Self::MarkImportant(_)
            | Self::End
            | Self::TransferTo { .. }
            | Self::TransferToSkill(_)
            | Self::Type
            | Self::CallManager
            | Self::SettleCall => live(livechat, |_| true),
            Self::TakeBack => live(livechat, |live| live.marks.on_hold_since.is_some()),
            Self::SendArticle(_) | Self::RequestFile | Self::SendSurvey(_) | Self::Hold => {
                live(livechat, |live| live.answering().is_some())
            }
        }
    }

    fn action(&self, id: ConversationId) -> Action {
        let transfer = |to, force| {
            Action::Conversation(id, ConversationAction::Transfer(Transfer { to, note: None, force }))
        };
        match self {
            Self::Leave => Action::Conversation(id, ConversationAction::LeaveQueue),
            Self::PickUp => Action::Conversation(id, ConversationAction::PickUp),
            Self::Write => {
                Action::Conversation(id, ConversationAction::Write(Text::parse("Bonjour").unwrap()))
            }
            Self::WriteInternally => Action::Conversation(
                id,
                ConversationAction::WriteInternally(Text::parse("Un avis ?").unwrap()),
            ),
            Self::NotePresence(presence) => {
                Action::Conversation(id, ConversationAction::NotePresence(*presence))
            }
            Self::ChangePage { fits } => Action::Conversation(
                id,
                ConversationAction::ChangePage(page(if *fits { "/panier" } else { "" }, None)),
            ),
            Self::Type => Action::Conversation(id, ConversationAction::Type),
            Self::SendArticle(index) => {
                Action::Conversation(id, ConversationAction::SendArticle(sections::article_id(*index)))
            }
            Self::MarkImportant(important) => {
                Action::Conversation(id, ConversationAction::MarkImportant(*important))
            }
            Self::CallManager => Action::Conversation(id, ConversationAction::CallManager(None)),
            Self::TakeCall => Action::Conversation(id, ConversationAction::TakeCall),
            Self::SettleCall => Action::Conversation(id, ConversationAction::SettleCall),
            Self::Hold => Action::Conversation(id, ConversationAction::Hold),
            Self::TakeBack => Action::Conversation(id, ConversationAction::TakeBack),
            Self::RequestFile => Action::Conversation(id, ConversationAction::RequestFile(None)),
            Self::SendFile { bytes } => Action::Conversation(id, ConversationAction::SendFile(file(*bytes))),
            Self::MailCopy => Action::Conversation(id, ConversationAction::MailCopy),
            Self::Assign { operator, force } => Action::Conversation(
                id,
                ConversationAction::Assign(ManualAssignment {
                    operator: operator_id(OPERATORS[*operator]),
                    force: *force,
                }),
            ),
            Self::TransferTo { operator, force } => {
                transfer(Target::Operator(operator_id(OPERATORS[*operator])), *force)
            }
            Self::TransferToSkill(index) => transfer(Target::Skill(skill(SKILLS[*index])), false),
            Self::End => Action::Conversation(id, ConversationAction::End),
            Self::Close => Action::Conversation(id, ConversationAction::Close),
            Self::SendSurvey(index) => {
                Action::Conversation(id, ConversationAction::SendSurvey(sections::survey_id(*index)))
            }
            Self::OpenSurvey(audience) => {
                Action::Conversation(id, ConversationAction::OpenSurvey((*audience).into()))
            }
            Self::CancelSurvey => Action::Conversation(id, ConversationAction::CancelSurvey(None)),
            Self::AnswerSurvey(audience, rating) => {
                let answers = [(FieldId::parse(QUESTION).unwrap(), Answer::Rating(*rating))];
                Action::Conversation(
                    id,
                    ConversationAction::AnswerSurvey((*audience).into(), Box::new(Answers(answers.into()))),
                )
            }
            Self::CloseSurvey(audience) => {
                Action::Conversation(id, ConversationAction::CloseSurvey((*audience).into()))
            }
        }
    }
}

fn file(bytes: u64) -> File {
    File { name: Name::parse("facture.pdf").unwrap().into(), bytes, media_type: "application/pdf".to_owned() }
}

fn live(livechat: &Livechat, which: impl Fn(&Conversation) -> bool) -> Vec<ConversationId> {
    let mut ids: Vec<ConversationId> =
        livechat.conversations().filter(|(_, one)| which(one)).map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids
}

/// The conversation of the request with this number.
fn numbered(request: usize) -> ConversationId {
    conversation(&format!("request {request}"))
}

/// Most often one of these, else one of the past or of the future.
fn nth_of(among: &[ConversationId], nth: usize, requests: usize) -> ConversationId {
    let count = among.len() + usize::from(nth > 15);
    let chosen = if count == 0 { None } else { among.get(nth % count) };
    chosen.copied().unwrap_or_else(|| numbered((requests + 1).saturating_sub(nth)))
}
