//! What people do: visitors, operators, a supervisor, an administrator. What each does next is drawn at random from
//! what makes sense in their situation; sometimes from what does not, which has to be refused.

use domain::conversation::assign::ManualAssignment;
use domain::conversation::transfer::Transfer;
use domain::event::DisconnectReason;
use domain::event::Presence;
use domain::event::Profile;
use domain::event::Target;
use domain::event::{Access, Form};
use domain::event::{Card, Request, Visitor};
use domain::livechat::rename::Renaming;
use domain::patch::Patch;
use domain::settings::Status;
use domain::settings::opening_hours::TimeZone;
use domain::settings::surveys::{Answer, Answers, Audience};
use domain::state::Conversation;
use domain::state::survey::SurveyKey;
use domain::survey::SurveyRef;
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, ConversationAction, ConversationId, Livechat, LivechatId, OperatorId, SkillId, StaffId,
    VisitorId,
};
use serde_json::json;

use super::client::ask;
use super::cluster::Cluster;
use super::rng::SimRng;
use super::settings_gen::{self, SKILLS};
use super::store::POISON;

/// The role and identity of a client.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Visitor(VisitorId),
    Operator(OperatorId),
    Supervisor(StaffId),
    Administrator(StaffId),
}

impl Role {
    pub(super) fn visitor(index: usize) -> Option<Self> {
        VisitorId::parse(&format!("visitor-{index}")).ok().map(Self::Visitor)
    }

    pub(super) fn operator(index: usize) -> Option<Self> {
        OperatorId::parse(&format!("operator-{index}")).ok().map(Self::Operator)
    }

    pub(super) fn supervisor() -> Option<Self> {
        StaffId::parse("supervisor").ok().map(Self::Supervisor)
    }

    pub(super) fn administrator() -> Option<Self> {
        StaffId::parse("administrator").ok().map(Self::Administrator)
    }

    fn actor(&self) -> Actor {
        match self {
            Self::Visitor(id) => Actor::Visitor(id.clone()),
            Self::Operator(id) => Actor::Operator(id.clone()),
            Self::Supervisor(id) => Actor::Supervisor(id.clone()),
            Self::Administrator(id) => Actor::Administrator(id.clone()),
        }
    }
}

/// Lives until no commands are left.
pub(super) async fn live(cluster: Cluster, livechat: LivechatId, role: Role, pace_ms: u64) {
    loop {
        // Mostly at one pace; now and then a silence, in which the timers have their turn.
        let pause = if cluster.rng.chance(80) { pace_ms * 40 } else { pace_ms };
        tokio::time::sleep(cluster.rng.millis(0, pause)).await;
        let next = {
            let mut inner = cluster.inner();
            let Some(left) = inner.commands_left.checked_sub(1) else { return };
            let state = inner.oracles.get(&livechat).map(|oracle| &oracle.state);
            let next = state.and_then(|state| next(&cluster, state, &role));
            if next.is_some() {
                inner.commands_left = left;
            }
            next
        };
        if let Some((by, action)) = next {
            ask(&cluster, &livechat, by, action).await;
        }
    }
}

/// Creates a livechat with its operators, with clocks that run out soon.
pub(super) async fn open(cluster: &Cluster, livechat: &LivechatId, operators: usize) -> Option<()> {
    let administrator = Role::administrator()?.actor();
    let create = Action::CreateLivechat { name: Name::parse("Ventes").ok()?, language: Language::Fr };
    ask(cluster, livechat, administrator.clone(), create).await;
    let timeouts = domain::settings::Section::Timeouts(settings_gen::timeouts(&cluster.rng));
    for section in [settings_gen::skills(&cluster.rng), settings_gen::surveys(&cluster.rng), timeouts] {
        let change = Action::ChangeSettings { section: Box::new(section), expected: None };
        ask(cluster, livechat, administrator.clone(), change).await;
    }
    for index in 0..operators {
        let Some(Role::Operator(id)) = Role::operator(index) else { continue };
        let register = Action::RegisterOperator(id, Box::new(profile(&cluster.rng)?));
        ask(cluster, livechat, administrator.clone(), register).await;
    }
    Some(())
}

fn next(cluster: &Cluster, state: &Livechat, role: &Role) -> Option<(Actor, Action)> {
    let rng = &cluster.rng;
    let words = || {
        let poisoned = rng.chance(cluster.faults.rates().poison);
        Text::parse(if poisoned { POISON } else { "Bonjour, où est ma commande\u{202f}?" }).ok()
    };
    let action = match role {
        Role::Visitor(id) => visitor(rng, state, id, words()?)?,
        Role::Operator(id) => operator(rng, state, id, words()?)?,
        Role::Supervisor(_) => supervisor(rng, state, words()?)?,
        Role::Administrator(_) => administrator(rng, state)?,
    };
    Some((role.actor(), action))
}

/// One of the live conversations for which something makes sense; never in the order of a map.
fn one_of(rng: &SimRng, state: &Livechat, fits: impl Fn(&Conversation) -> bool) -> Option<ConversationId> {
    let mut live: Vec<_> =
        state.conversations().filter(|(_, one)| fits(one)).map(|(id, one)| (one.request, *id)).collect();
    live.sort_unstable();
    rng.pick(&live).map(|(_, id)| *id)
}

fn skill(rng: &SimRng) -> Option<SkillId> {
    rng.chance(400).then(|| rng.pick(&SKILLS).and_then(|skill| SkillId::parse(skill).ok())).flatten()
}

fn request(rng: &SimRng, visitor: &VisitorId) -> Box<Request> {
    Box::new(Request {
        visitor: Visitor::of(visitor.clone()),
        language: Language::Fr,
        skill: skill(rng),
        card: Card::default(),
        history: vec![],
    })
}

fn answers(rng: &SimRng) -> Answers {
    let rating = settings_gen::question().map(|field| (field, Answer::Rating(rng.between(1, 6))));
    Answers(if rng.chance(800) { rating.into_iter().collect() } else { [].into() })
}

const fn which(key: SurveyKey) -> SurveyRef {
    SurveyRef { audience: key.audience, segment: Some(key.segment) }
}

fn visitor(rng: &SimRng, state: &Livechat, me: &VisitorId, words: Text) -> Option<Action> {
    let Some(id) = state.conversation_of(me, false) else {
        let asked = state
            .pending_surveys()
            .find(|(key, pending)| key.audience == Audience::Visitor && pending.visitor == *me);
        if let Some((key, _)) = asked
            && rng.chance(500)
        {
            return Some(match rng.below(3) {
                0 => Action::Conversation(key.conversation, ConversationAction::OpenSurvey(which(key))),
                1 => Action::Conversation(key.conversation, ConversationAction::CloseSurvey(which(key))),
                _ => Action::Conversation(
                    key.conversation,
                    ConversationAction::AnswerSurvey(which(key), Box::new(answers(rng))),
                ),
            });
        }
        return Some(match state.kept_of(me, false).filter(|_| rng.chance(700)) {
            Some(kept) if rng.chance(150) => Action::Conversation(kept, ConversationAction::Close),
            Some(kept) => Action::Conversation(kept, ConversationAction::RequestAgain(request(rng, me))),
            None => Action::Conversation(
                ConversationId(rng.uuid()),
                ConversationAction::Request(request(rng, me)),
            ),
        });
    };
    let waits = state.conversation(id).is_some_and(Conversation::waits_for_pick_up);
    Some(match rng.below(20) {
        0..=1 if waits => Action::Conversation(id, ConversationAction::LeaveQueue),
        2..=3 => Action::Conversation(
            id,
            ConversationAction::NotePresence(*rng.pick(&[
                Presence::Here,
                Presence::Away,
                Presence::LeftSite,
            ])?),
        ),
        4 => Action::Conversation(id, ConversationAction::End),
        // Possibly another visitor's.
        5 => Action::Conversation(one_of(rng, state, |_| true)?, ConversationAction::Write(words)),
        _ => Action::Conversation(id, ConversationAction::Write(words)),
    })
}

fn operator(rng: &SimRng, state: &Livechat, me: &OperatorId, words: Text) -> Option<Action> {
    let known = state.operator(me)?;
    if known.connected_since.is_none() || (known.lost_until.is_some() && rng.chance(600)) {
        return Some(Action::ConnectOperator(me.clone()));
    }
    let mine = |one: &Conversation| one.operator() == Some(me);
    let unopened = one_of(rng, state, |one| mine(one) && one.answering().is_none());
    if let Some(id) = unopened
        && rng.chance(700)
    {
        return Some(Action::Conversation(id, ConversationAction::PickUp));
    }
    let asked = state
        .pending_surveys()
        .find(|(key, pending)| key.audience == Audience::Operator && pending.operator.as_ref() == Some(me));
    if let Some((key, _)) = asked
        && rng.chance(300)
    {
        return Some(match rng.below(4) {
            0 => Action::Conversation(key.conversation, ConversationAction::OpenSurvey(which(key))),
            1 => Action::Conversation(key.conversation, ConversationAction::CancelSurvey(Some(key.segment))),
            2 => Action::Conversation(key.conversation, ConversationAction::CloseSurvey(which(key))),
            _ => Action::Conversation(
                key.conversation,
                ConversationAction::AnswerSurvey(which(key), Box::new(answers(rng))),
            ),
        });
    }
    let Some(id) = one_of(rng, state, mine) else {
        return Some(match rng.below(12) {
            0 => Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut),
            1..=2 => Action::LoseConnection(me.clone()),
            3..=7 => Action::ChangeStatus(me.clone(), *rng.pick(&Status::ALL)?),
            8 => Action::Conversation(one_of(rng, state, |_| true)?, ConversationAction::PickUp),
            _ => Action::ChangeStatus(me.clone(), Status::Available),
        });
    };
    Some(match rng.below(40) {
        0..=15 => Action::Conversation(id, ConversationAction::Write(words)),
        16..=18 => Action::Conversation(id, ConversationAction::Type),
        19..=20 => Action::Conversation(id, ConversationAction::Transfer(transfer(rng, false)?)),
        21..=25 => Action::Conversation(id, ConversationAction::End),
        26 => Action::Conversation(id, ConversationAction::MarkImportant(rng.chance(500))),
        27 => Action::Conversation(id, ConversationAction::CallManager(None)),
        28 => Action::Conversation(id, ConversationAction::WriteInternally(words)),
        29..=30 => Action::LoseConnection(me.clone()),
        31 => Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut),
        32..=34 => Action::ChangeStatus(me.clone(), *rng.pick(&Status::ALL)?),
        35 => Action::ChangeStatus(me.clone(), Status::Searching),
        36 => Action::Conversation(id, ConversationAction::OpenSurvey(Audience::Operator.into())),
        37 => Action::Conversation(id, ConversationAction::Hold),
        38 => Action::Conversation(id, ConversationAction::TakeBack),
        _ => Action::Conversation(one_of(rng, state, |_| true)?, ConversationAction::PickUp),
    })
}

fn supervisor(rng: &SimRng, state: &Livechat, words: Text) -> Option<Action> {
    let id = one_of(rng, state, |_| true)?;
    let help = one_of(rng, state, |one| one.marks.help.is_some());
    if let Some(waits) = one_of(rng, state, Conversation::is_waiting)
        && rng.chance(300)
    {
        let assignment = ManualAssignment { operator: any_operator(rng)?, force: rng.chance(700) };
        return Some(Action::Conversation(waits, ConversationAction::Assign(assignment)));
    }
    Some(match rng.below(10) {
        0..=1 => Action::Conversation(help?, ConversationAction::TakeCall),
        2 => Action::Conversation(help?, ConversationAction::SettleCall),
        3..=4 => Action::Conversation(id, ConversationAction::Transfer(transfer(rng, rng.chance(500))?)),
        5 => Action::Conversation(id, ConversationAction::End),
        6 => Action::RecordAccess(Access::Transcript { conversation: id, form: Form::Json }),
        7 => Action::Conversation(id, ConversationAction::WriteInternally(words)),
        _ => Action::Conversation(id, ConversationAction::Write(words)),
    })
}

fn transfer(rng: &SimRng, force: bool) -> Option<Transfer> {
    let to = if rng.chance(300) {
        Target::Skill(SkillId::parse(rng.pick(&SKILLS)?).ok()?)
    } else {
        Target::Operator(any_operator(rng)?)
    };
    Some(Transfer { to, note: None, force })
}

fn any_operator(rng: &SimRng) -> Option<OperatorId> {
    match Role::operator(rng.below(4))? {
        Role::Operator(id) => Some(id),
        Role::Visitor(_) | Role::Supervisor(_) | Role::Administrator(_) => None,
    }
}

fn administrator(rng: &SimRng, state: &Livechat) -> Option<Action> {
    if state.is_shut() && rng.chance(400) {
        return Some(Action::ReopenLivechat);
    }
    let suspended = state.operators().iter().find(|(_, one)| one.suspended).map(|(id, _)| id.clone());
    if let Some(id) = suspended
        && rng.chance(250)
    {
        return Some(Action::ReinstateOperator(id));
    }
    Some(match rng.below(24) {
        0..=4 => Action::RegisterOperator(any_operator(rng)?, Box::new(profile(rng)?)),
        5..=6 => patched_profile(rng, state)?,
        7..=8 => Action::SuspendOperator(any_operator(rng)?),
        9 => Action::RemoveOperator(any_operator(rng)?, None),
        10 => Action::ReinstateOperator(any_operator(rng)?),
        11 => Action::CloseLivechat,
        12 => Action::RenameLivechat(renaming(rng)?),
        13..=15 => {
            let (section, patch) = settings_gen::patched(rng, state.settings())?;
            let is_late = u64::from(rng.chance(100));
            let expected = state.revision(section.name()).wrapping_sub(is_late);
            Action::PatchSettings { section: Box::new(section), expected, patch }
        }
        _ => {
            let section =
                if rng.chance(100) { settings_gen::surveys(rng) } else { settings_gen::section(rng) };
            Action::ChangeSettings { section: Box::new(section), expected: rng.chance(100).then_some(1) }
        }
    })
}

fn patched_profile(rng: &SimRng, state: &Livechat) -> Option<Action> {
    let operator = any_operator(rng)?;
    let known = state.operator(&operator)?;
    let patch = Patch(json!({ "capacity": rng.chance(700).then(|| rng.between(1, 3)) }));
    let patched = patch.apply(serde_json::to_value(&known.profile).ok()?);
    let profile = Box::new(serde_json::from_value(patched).ok()?);
    let expected = rng.chance(700).then_some(known.revision);
    Some(Action::ChangeProfile { operator, profile, expected, patch: Some(patch) })
}

fn renaming(rng: &SimRng) -> Option<Renaming> {
    let zone = || Some(TimeZone((*rng.pick(&["Europe/Paris", "Europe/Brussels"])?).to_owned()));
    Some(Renaming {
        name: Name::parse(*rng.pick(&["Ventes", "Support"])?).ok(),
        language: rng.chance(500).then_some(Language::En),
        time_zone: if rng.chance(300) { zone() } else { None },
    })
}

fn profile(rng: &SimRng) -> Option<Profile> {
    let skills = SKILLS.iter().filter(|_| rng.chance(400)).filter_map(|skill| SkillId::parse(skill).ok());
    Some(Profile {
        name: Name::parse("Alice").ok()?,
        skills: skills.collect(),
        capacity: rng.chance(300).then(|| rng.between(1, 3)),
        email: None,
        hours: None,
    })
}
