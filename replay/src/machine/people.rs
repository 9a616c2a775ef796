//! What people do: visitors, operators, a supervisor, an administrator. What each does next is drawn by lot from
//! what makes sense where he stands; sometimes from what does not, which has to be refused.

use domain::conversation::assign::Assignment;
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
use domain::settings::hours::TimeZone;
use domain::settings::surveys::{Answer, Answers, Audience};
use domain::state::Conversation;
use domain::state::survey::SurveyKey;
use domain::survey::SurveyRef;
use domain::text::{Language, Name, Text};
use domain::{Action, Actor, ConversationId, Livechat, LivechatId, OperatorId, SkillId, StaffId, VisitorId};
use serde_json::json;

use super::client::ask;
use super::dice::Dice;
use super::sections::{self, SKILLS};
use super::store::POISON;
use super::world::World;

/// Who somebody is.
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

/// Lives until nothing more is to be asked.
pub(super) async fn live(world: World, livechat: LivechatId, role: Role, pace_ms: u64) {
    loop {
        // Mostly at one pace; now and then a silence, in which the timers have their turn.
        let pause = if world.dice.chance(80) { pace_ms * 40 } else { pace_ms };
        tokio::time::sleep(world.dice.millis(0, pause)).await;
        let next = {
            let mut inner = world.inner();
            let Some(left) = inner.commands_left.checked_sub(1) else { return };
            let state = inner.truths.get(&livechat).map(|truth| &truth.state);
            let next = state.and_then(|state| next(&world, state, &role));
            if next.is_some() {
                inner.commands_left = left;
            }
            next
        };
        if let Some((by, action)) = next {
            ask(&world, &livechat, by, action).await;
        }
    }
}

/// Creates a livechat with its operators, with clocks that run out soon.
pub(super) async fn open(world: &World, livechat: &LivechatId, operators: usize) -> Option<()> {
    let administrator = Role::administrator()?.actor();
    let create = Action::CreateLivechat { name: Name::parse("Ventes").ok()?, language: Language::Fr };
    ask(world, livechat, administrator.clone(), create).await;
    let timeouts = domain::settings::Section::Timeouts(sections::timeouts(&world.dice));
    for section in [sections::skills(&world.dice), sections::surveys(&world.dice), timeouts] {
        let change = Action::ChangeSettings { section: Box::new(section), expected: None };
        ask(world, livechat, administrator.clone(), change).await;
    }
    for index in 0..operators {
        let Some(Role::Operator(id)) = Role::operator(index) else { continue };
        let register = Action::RegisterOperator(id, Box::new(profile(&world.dice)?));
        ask(world, livechat, administrator.clone(), register).await;
    }
    Some(())
}

fn next(world: &World, state: &Livechat, role: &Role) -> Option<(Actor, Action)> {
    let dice = &world.dice;
    let words = || {
        let poisoned = dice.chance(world.faults.rates().poison);
        Text::parse(if poisoned { POISON } else { "Bonjour, où est ma commande\u{202f}?" }).ok()
    };
    let action = match role {
        Role::Visitor(id) => visitor(dice, state, id, words()?)?,
        Role::Operator(id) => operator(dice, state, id, words()?)?,
        Role::Supervisor(_) => supervisor(dice, state, words()?)?,
        Role::Administrator(_) => administrator(dice, state)?,
    };
    Some((role.actor(), action))
}

/// One of the live conversations for which something makes sense; the order of a map is never asked.
fn one_of(dice: &Dice, state: &Livechat, fits: impl Fn(&Conversation) -> bool) -> Option<ConversationId> {
    let mut live: Vec<_> =
        state.conversations().filter(|(_, one)| fits(one)).map(|(id, one)| (one.request, *id)).collect();
    live.sort_unstable();
    dice.pick(&live).map(|(_, id)| *id)
}

fn skill(dice: &Dice) -> Option<SkillId> {
    dice.chance(400).then(|| dice.pick(&SKILLS).and_then(|skill| SkillId::parse(skill).ok())).flatten()
}

fn request(dice: &Dice, visitor: &VisitorId) -> Box<Request> {
    Box::new(Request {
        visitor: Visitor::of(visitor.clone()),
        language: Language::Fr,
        skill: skill(dice),
        card: Card::default(),
        history: vec![],
    })
}

fn answers(dice: &Dice) -> Answers {
    let rating = sections::question().map(|field| (field, Answer::Rating(dice.between(1, 6))));
    Answers(if dice.chance(800) { rating.into_iter().collect() } else { [].into() })
}

const fn which(key: SurveyKey) -> SurveyRef {
    SurveyRef { audience: key.audience, segment: Some(key.segment) }
}

fn visitor(dice: &Dice, state: &Livechat, me: &VisitorId, words: Text) -> Option<Action> {
    let Some(id) = state.conversation_of(me, false) else {
        let asked = state
            .pending_surveys()
            .find(|(key, pending)| key.audience == Audience::Visitor && pending.visitor == *me);
        if let Some((key, _)) = asked
            && dice.chance(500)
        {
            return Some(match dice.below(3) {
                0 => Action::OpenSurvey(key.conversation, which(key)),
                1 => Action::CloseSurvey(key.conversation, which(key)),
                _ => Action::AnswerSurvey(key.conversation, which(key), Box::new(answers(dice))),
            });
        }
        return Some(match state.kept_of(me, false).filter(|_| dice.chance(700)) {
            Some(kept) if dice.chance(150) => Action::Close(kept),
            Some(kept) => Action::RequestAgain(kept, request(dice, me)),
            None => Action::RequestConversation(ConversationId(dice.uuid()), request(dice, me)),
        });
    };
    let waits = state.conversation(id).is_some_and(Conversation::waits_for_pick_up);
    Some(match dice.below(20) {
        0..=1 if waits => Action::LeaveQueue(id),
        2..=3 => Action::NotePresence(id, *dice.pick(&[Presence::Here, Presence::Away, Presence::LeftSite])?),
        4 => Action::End(id),
        // Somebody else's.
        5 => Action::Write(one_of(dice, state, |_| true)?, words),
        _ => Action::Write(id, words),
    })
}

fn operator(dice: &Dice, state: &Livechat, me: &OperatorId, words: Text) -> Option<Action> {
    let known = state.operator(me)?;
    if known.connected_since.is_none() || (known.lost_until.is_some() && dice.chance(600)) {
        return Some(Action::ConnectOperator(me.clone()));
    }
    let mine = |one: &Conversation| one.operator() == Some(me);
    let unopened = one_of(dice, state, |one| mine(one) && one.answering().is_none());
    if let Some(id) = unopened
        && dice.chance(700)
    {
        return Some(Action::PickUp(id));
    }
    let asked = state
        .pending_surveys()
        .find(|(key, pending)| key.audience == Audience::Operator && pending.operator.as_ref() == Some(me));
    if let Some((key, _)) = asked
        && dice.chance(300)
    {
        return Some(match dice.below(4) {
            0 => Action::OpenSurvey(key.conversation, which(key)),
            1 => Action::CancelSurvey(key.conversation, Some(key.segment)),
            2 => Action::CloseSurvey(key.conversation, which(key)),
            _ => Action::AnswerSurvey(key.conversation, which(key), Box::new(answers(dice))),
        });
    }
    let Some(id) = one_of(dice, state, mine) else {
        return Some(match dice.below(12) {
            0 => Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut),
            1..=2 => Action::LoseConnection(me.clone()),
            3..=7 => Action::ChangeStatus(me.clone(), *dice.pick(&Status::ALL)?),
            8 => Action::PickUp(one_of(dice, state, |_| true)?),
            _ => Action::ChangeStatus(me.clone(), Status::Available),
        });
    };
    Some(match dice.below(40) {
        0..=15 => Action::Write(id, words),
        16..=18 => Action::Type(id),
        19..=20 => Action::Transfer(id, transfer(dice, false)?),
        21..=25 => Action::End(id),
        26 => Action::MarkImportant(id, dice.chance(500)),
        27 => Action::CallManager(id, None),
        28 => Action::WriteInternally(id, words),
        29..=30 => Action::LoseConnection(me.clone()),
        31 => Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut),
        32..=34 => Action::ChangeStatus(me.clone(), *dice.pick(&Status::ALL)?),
        35 => Action::ChangeStatus(me.clone(), Status::Searching),
        36 => Action::OpenSurvey(id, Audience::Operator.into()),
        _ => Action::PickUp(one_of(dice, state, |_| true)?),
    })
}

fn supervisor(dice: &Dice, state: &Livechat, words: Text) -> Option<Action> {
    let id = one_of(dice, state, |_| true)?;
    let help = one_of(dice, state, |one| one.help.is_some());
    if let Some(waits) = one_of(dice, state, Conversation::is_waiting)
        && dice.chance(300)
    {
        let assignment = Assignment { operator: any_operator(dice)?, force: dice.chance(700) };
        return Some(Action::Assign(waits, assignment));
    }
    Some(match dice.below(10) {
        0..=1 => Action::TakeCall(help?),
        2 => Action::SettleCall(help?),
        3..=4 => Action::Transfer(id, transfer(dice, dice.chance(500))?),
        5 => Action::End(id),
        6 => Action::RecordAccess(Access::Transcript { conversation: id, form: Form::Json }),
        7 => Action::WriteInternally(id, words),
        _ => Action::Write(id, words),
    })
}

fn transfer(dice: &Dice, force: bool) -> Option<Transfer> {
    let to = if dice.chance(300) {
        Target::Skill(SkillId::parse(dice.pick(&SKILLS)?).ok()?)
    } else {
        Target::Operator(any_operator(dice)?)
    };
    Some(Transfer { to, note: None, force })
}

fn any_operator(dice: &Dice) -> Option<OperatorId> {
    match Role::operator(dice.below(4))? {
        Role::Operator(id) => Some(id),
        Role::Visitor(_) | Role::Supervisor(_) | Role::Administrator(_) => None,
    }
}

fn administrator(dice: &Dice, state: &Livechat) -> Option<Action> {
    if state.is_shut() && dice.chance(400) {
        return Some(Action::ReopenLivechat);
    }
    let suspended = state.operators().iter().find(|(_, one)| one.suspended).map(|(id, _)| id.clone());
    if let Some(id) = suspended
        && dice.chance(250)
    {
        return Some(Action::ReinstateOperator(id));
    }
    Some(match dice.below(24) {
        0..=4 => Action::RegisterOperator(any_operator(dice)?, Box::new(profile(dice)?)),
        5..=6 => patched_profile(dice, state)?,
        7..=8 => Action::SuspendOperator(any_operator(dice)?),
        9 => Action::RemoveOperator(any_operator(dice)?, None),
        10 => Action::ReinstateOperator(any_operator(dice)?),
        11 => Action::CloseLivechat,
        12 => Action::RenameLivechat(renaming(dice)?),
        13..=15 => {
            let (section, patch) = sections::patched(dice, state.settings())?;
            let is_late = u64::from(dice.chance(100));
            let expected = state.revision(section.name()).wrapping_sub(is_late);
            Action::PatchSettings { section: Box::new(section), expected, patch }
        }
        _ => {
            let section = if dice.chance(100) { sections::surveys(dice) } else { sections::section(dice) };
            Action::ChangeSettings { section: Box::new(section), expected: dice.chance(100).then_some(1) }
        }
    })
}

fn patched_profile(dice: &Dice, state: &Livechat) -> Option<Action> {
    let operator = any_operator(dice)?;
    let known = state.operator(&operator)?;
    let patch = Patch(json!({ "capacity": dice.chance(700).then(|| dice.between(1, 3)) }));
    let patched = patch.apply(serde_json::to_value(&known.profile).ok()?);
    let profile = Box::new(serde_json::from_value(patched).ok()?);
    let expected = dice.chance(700).then_some(known.revision);
    Some(Action::ChangeProfile { operator, profile, expected, patch: Some(patch) })
}

fn renaming(dice: &Dice) -> Option<Renaming> {
    let zone = || Some(TimeZone((*dice.pick(&["Europe/Paris", "Europe/Brussels"])?).to_owned()));
    Some(Renaming {
        name: Name::parse(*dice.pick(&["Ventes", "Support"])?).ok(),
        language: dice.chance(500).then_some(Language::En),
        time_zone: if dice.chance(300) { zone() } else { None },
    })
}

fn profile(dice: &Dice) -> Option<Profile> {
    let skills = SKILLS.iter().filter(|_| dice.chance(400)).filter_map(|skill| SkillId::parse(skill).ok());
    Some(Profile {
        name: Name::parse("Alice").ok()?,
        skills: skills.collect(),
        capacity: dice.chance(300).then(|| dice.between(1, 3)),
        email: None,
        hours: None,
    })
}
