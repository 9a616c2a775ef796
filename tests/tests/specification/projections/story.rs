//! A log made by the rules themselves: two livechats, several operators, and a day of visitors who
//! wait, write, leave, are passed on, forgotten and ended. The same seed tells the same story.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::conversation::request::{Card, HistoryAuthor, HistoryLine, Request, Visitor};
use domain::conversation::transfer::{Target, Transfer};
use domain::id::CommandId;
use domain::operator::disconnect::DisconnectReason;
use domain::operator::{Profile, Status};
use domain::settings::{Capacity, Section, Skill, Skills};
use domain::text::{Language, Name, Note, Text};
use domain::{
    Action, Actor, Command, ConversationId, Instant, Livechat, LivechatId, OperatorId, SkillId, StaffId,
    VisitorId,
};
use journal::Recorded;
use uuid::Uuid;

const OPERATORS: [&str; 4] = ["alice", "bob", "chloe", "david"];

/// Small, seeded, good enough to make stories.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) const fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let index = self.roll(from.len().max(1) as u64);
        from.get(usize::try_from(index).unwrap()).cloned()
    }
}

/// A livechat and its log so far.
pub(crate) struct Island {
    pub(crate) id: LivechatId,
    pub(crate) state: Livechat,
    pub(crate) log: Vec<Arc<Recorded>>,
    visitors: u64,
}

pub(crate) struct Story {
    dice: Dice,
    now: Instant,
    commands: u128,
    pub(crate) islands: Vec<Island>,
    /// All events of all livechats, in the order they happened.
    pub(crate) events: Vec<Arc<Recorded>>,
}

pub(crate) fn slug(name: &str) -> LivechatId {
    LivechatId::parse(name).unwrap()
}

pub(crate) fn operator(name: &str) -> OperatorId {
    OperatorId::parse(name).unwrap()
}

fn skill(name: &str) -> SkillId {
    SkillId::parse(name).unwrap()
}

fn name(name: &str) -> Name {
    Name::parse(name).unwrap()
}

fn staff() -> StaffId {
    StaffId::parse("sophie").unwrap()
}

impl Story {
    /// Two livechats with their operators, most of them connected.
    pub(crate) fn begin(seed: u64) -> Self {
        let now = Instant::from_timestamp_millis(1_795_388_339_123).unwrap();
        let mut story = Self { dice: Dice::new(seed), now, commands: 0, islands: vec![], events: vec![] };
        for (index, id) in ["support", "ventes"].into_iter().enumerate() {
            let island = Island { id: slug(id), state: Livechat::default(), log: vec![], visitors: 0 };
            story.islands.push(island);
            story.open(index);
        }
        story
    }

    /// A whole story of about `events` events.
    pub(crate) fn of(seed: u64, events: usize) -> Self {
        let mut story = Self::begin(seed);
        while story.events.len() < events {
            story.step();
        }
        story
    }

    fn open(&mut self, island: usize) {
        let admin = Actor::Administrator(staff());
        let create = Action::CreateLivechat { name: name("Accueil — « été »"), language: Language::Fr };
        self.act(island, admin.clone(), create);
        let skills = ["billing", "refunds"].map(|id| Skill {
            id: skill(id),
            name: [].into(),
            queue_capacity: None,
            hours: None,
        });
        let section = Section::Skills(Skills(skills.to_vec()));
        self.act(island, admin.clone(), Action::ChangeSettings(Box::new(section)));
        for (index, id) in OPERATORS.into_iter().enumerate() {
            let skills: BTreeSet<SkillId> = match index {
                0 => [skill("billing")].into(),
                1 => [skill("billing"), skill("refunds")].into(),
                _ => [].into(),
            };
            let capacity = (index == 2).then_some(1);
            let profile = Profile { name: name(id), skills, capacity, email: None, hours: None };
            self.act(island, admin.clone(), Action::RegisterOperator(operator(id), profile));
            if index < 3 {
                self.act(island, Actor::Operator(operator(id)), Action::ConnectOperator(operator(id)));
            }
        }
    }

    /// Something happens in one of the livechats.
    pub(crate) fn step(&mut self) {
        let pause = i64::try_from(self.dice.roll(40_000)).unwrap();
        self.now += TimeDelta::milliseconds(pause);
        let island = usize::try_from(self.dice.roll(2)).unwrap();
        let mut live: Vec<ConversationId> =
            self.islands[island].state.conversations().map(|(id, _)| *id).collect();
        live.sort_unstable();
        let conversation = self.dice.pick(&live);
        let someone = operator(self.dice.pick(&OPERATORS).unwrap());
        match (self.dice.roll(20), conversation) {
            (0, _) => self.manage(island, &someone),
            (1..=4, _) | (_, None) => self.request(island),
            (5, Some(id)) => self.leave_or_end(island, id),
            (6, Some(id)) => self.transfer(island, id, someone),
            (7, _) => {
                self.now += TimeDelta::seconds(400);
                self.act(island, Actor::System, Action::Tick);
            }
            (8..=10, Some(id)) => {
                let by = self.in_charge(island, id).map_or(Actor::System, Actor::Operator);
                self.act(island, by, Action::PickUp(id));
            }
            (_, Some(id)) => self.write(island, id),
        }
    }

    fn in_charge(&self, island: usize, id: ConversationId) -> Option<OperatorId> {
        self.islands[island].state.conversation(id)?.operator().cloned()
    }

    fn visitor(&self, island: usize, id: ConversationId) -> Actor {
        Actor::Visitor(self.islands[island].state.conversation(id).unwrap().visitor.clone())
    }

    fn manage(&mut self, island: usize, someone: &OperatorId) {
        let admin = Actor::Administrator(staff());
        let own = Actor::Operator(someone.clone());
        let action = match self.dice.roll(6) {
            0 => {
                let per_operator = (2 + self.dice.roll(3)).try_into().unwrap();
                let capacity = Capacity { conversations_per_operator: per_operator, ..Capacity::default() };
                let section = Box::new(Section::Capacity(capacity));
                return self.act(island, admin, Action::ChangeSettings(section));
            }
            1 => Action::ChangeStatus(someone.clone(), Status::OnBreak),
            2 | 3 => Action::ChangeStatus(someone.clone(), Status::Available),
            4 => Action::DisconnectOperator(someone.clone(), DisconnectReason::ConnectionLost),
            _ => Action::ConnectOperator(someone.clone()),
        };
        self.act(island, own, action);
    }

    fn request(&mut self, island: usize) {
        self.islands[island].visitors += 1;
        let number = self.islands[island].visitors;
        let visitor = VisitorId::parse(&format!("visitor-{number}")).unwrap();
        let asked = match self.dice.roll(6) {
            0 => Some(skill("billing")),
            1 => Some(skill("refunds")),
            _ => None,
        };
        let history = (0..self.dice.roll(3)).map(|_| HistoryLine {
            at: Some(self.now),
            author: HistoryAuthor::Bot,
            text: Text::parse("Puis-je \"vous\" aider ?\n\\o/").unwrap().into(),
        });
        let request = Request {
            history: history.collect(),
            visitor: Visitor {
                id: visitor.clone(),
                name: (!number.is_multiple_of(3)).then(|| name("Zoé d'Été").into()),
                email: None,
            },
            language: if number.is_multiple_of(2) { Language::Fr } else { Language::En },
            skill: asked,
            card: Card { page_title: Some("Prix – 10 €".to_owned().into()), ..Card::default() },
        };
        let id = ConversationId(Uuid::from_u128((island as u128) << 64 | u128::from(number)));
        self.act(island, Actor::Visitor(visitor), Action::RequestConversation(id, Box::new(request)));
    }

    fn leave_or_end(&mut self, island: usize, id: ConversationId) {
        let by = match (self.dice.roll(3), self.in_charge(island, id)) {
            (0, Some(operator)) => Actor::Operator(operator),
            (1, _) => Actor::Supervisor(staff()),
            (_, None) => return self.act(island, self.visitor(island, id), Action::LeaveQueue(id)),
            (_, Some(_)) => self.visitor(island, id),
        };
        self.act(island, by, Action::End(id));
    }

    fn transfer(&mut self, island: usize, id: ConversationId, someone: OperatorId) {
        let to = match self.dice.roll(3) {
            0 => Target::Skill(skill("billing")),
            _ => Target::Operator(someone),
        };
        let force = self.dice.roll(2) == 0;
        let note = Some(Note::parse("Client fâché").unwrap().into());
        let by = if force { Some(Actor::Supervisor(staff())) } else { None };
        let Some(by) = by.or_else(|| self.in_charge(island, id).map(Actor::Operator)) else { return };
        self.act(island, by, Action::Transfer(id, Transfer { to, note, force }));
    }

    fn write(&mut self, island: usize, id: ConversationId) {
        let text = self.dice.pick(&["Bonjour", "C'est 'urgent' \"!\"", "été 😀\n$1 {x}", "…"]).unwrap();
        let by = match (self.dice.roll(5), self.in_charge(island, id)) {
            (0..=1, Some(operator)) => Actor::Operator(operator),
            (2, Some(_)) => Actor::Supervisor(staff()),
            (3, _) => Actor::Integration(StaffId::parse("bot").unwrap()),
            (_, _) => self.visitor(island, id),
        };
        self.act(island, by, Action::Write(id, Text::parse(text).unwrap()));
    }

    /// Does something, if the rules allow it, and records what happened.
    pub(crate) fn act(&mut self, island: usize, by: Actor, action: Action) {
        self.commands += 1;
        let island = &mut self.islands[island];
        let command = Command { at: self.now, by, action };
        for event in island.state.handle_command(&command).unwrap_or_default() {
            let recorded = Arc::new(Recorded {
                livechat: island.id.clone(),
                position: island.log.len() as u64 + 1,
                command: CommandId(Uuid::from_u128(self.commands)),
                event,
            });
            island.log.push(recorded.clone());
            self.events.push(recorded);
        }
    }
}
