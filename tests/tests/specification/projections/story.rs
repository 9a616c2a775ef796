//! A log made by the rules themselves: two livechats, several operators, and a day of visitors who
//! wait, write, leave, are passed on, forgotten and ended. The same seed tells the same story.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::conversation::transfer::Transfer;
use domain::event::DisconnectReason;
use domain::event::File;
use domain::event::Profile;
use domain::event::Target;
use domain::event::{Access, Exported, Form};
use domain::event::{Card, HistoryAuthor, HistoryLine, Request, Visitor};
use domain::id::CommandId;
use domain::settings::Status;
use domain::settings::surveys::Audience;
use domain::settings::{Capacity, Section};
use domain::text::{Address, Language, Name, Note, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationFact, ConversationId, Fact, Flow, Livechat,
    LivechatId, OperatorId, SkillId, StaffId, SurveyId, SurveyStep, Timestamp, VisitorId,
};
use journal::Record;
use serde_json::{Value, json};
use uuid::Uuid;

/// From where staff work.
pub(crate) const ADDRESS: &str = "2001:db8::7";

const OPERATORS: [&str; 4] = ["alice", "bob", "chloe", "david"];

/// All options on; hours of the livechat, of one skill and of one operator that end and begin.
fn settings() -> Value {
    let label = json!({ "fr": "Et alors ?" });
    let fields = json!([
        { "id": "note", "label": label, "kind": "rating" },
        { "id": "avis", "label": label, "kind": "long_text" },
    ]);
    let survey = |id, audience| json!({ "id": id, "name": id, "title": label, "audience": audience, "fields": fields });
    json!([
        { "opening_hours": { "time_zone": "Europe/Paris", "week": week(5), "exceptions": [] } },
        { "skills": [{ "id": "billing", "hours": { "week": week(20) } }, { "id": "refunds" }] },
        { "statuses": { "searching": true } },
        { "behaviour": { "keep_open": true } },
        { "timeouts": { "auto_transfer": 60, "search_notice": 1, "unanswered": 20 } },
        { "surveys": [survey("bilan", "operator"), survey("satisfaction", "visitor")] },
        { "operator_survey": {
            "survey": "bilan", "complete_button": true, "cancel_button": true, "closable_unanswered": true,
        } },
        { "visitor_survey": { "survey": "satisfaction", "operator_may_send": true } },
    ])
}

/// Closed for the first minutes of every other hour.
fn week(closed_minutes: u64) -> Value {
    let range = |n: u64| {
        let to = if n == 9 { "24:00".to_owned() } else { format!("{:02}:00", 2 * n + 2) };
        json!({ "from": format!("{:02}:{closed_minutes:02}", 2 * n), "to": to })
    };
    let day: Vec<Value> = (0..10).map(range).collect();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.into_iter().map(|name| (name.to_owned(), json!(day))).collect()
}

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
    pub(crate) log: Vec<Arc<Record>>,
    visitors: u64,
}

pub(crate) struct Story {
    dice: Dice,
    now: Timestamp,
    commands: u128,
    pub(crate) islands: Vec<Island>,
    /// All events of all livechats, in the order they happened.
    pub(crate) events: Vec<Arc<Record>>,
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
        let now = Timestamp::from_timestamp_millis(1_795_388_339_123).unwrap();
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
        for section in serde_json::from_value::<Vec<Section>>(settings()).unwrap() {
            self.act(
                island,
                admin.clone(),
                Action::ChangeSettings { section: Box::new(section), expected: None },
            );
        }
        for (index, id) in OPERATORS.into_iter().enumerate() {
            let skills: BTreeSet<SkillId> = match index {
                0 => [skill("billing")].into(),
                1 => [skill("billing"), skill("refunds")].into(),
                _ => [].into(),
            };
            let capacity = (index == 2).then_some(1);
            let email = Some(Address::parse(format!("{id}@exemple.fr")).unwrap().into());
            let hours = (index == 3).then(|| serde_json::from_value(json!({ "week": week(10) })).unwrap());
            let profile = Profile { name: name(id), skills, capacity, email, hours };
            self.act(island, admin.clone(), Action::RegisterOperator(operator(id), Box::new(profile)));
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
        match (self.dice.roll(30), conversation) {
            (20..=21, _) => self.after_the_end(island),
            (22..=28, Some(id)) => self.use_the_desk(island, id),
            (29, _) => {
                self.now += TimeDelta::minutes(15);
                self.act(island, Actor::System, Action::Tick);
                self.read(island, conversation);
            }
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
                self.act(island, by, Action::Conversation(id, ConversationAction::PickUp));
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

    /// The staff read, search and take away.
    fn read(&mut self, island: usize, conversation: Option<ConversationId>) {
        let analyst = Actor::Analyst(staff());
        let transcript =
            conversation.map(|conversation| Access::Transcript { conversation, form: Form::Html });
        let export =
            Access::Export { what: Exported::Audit, form: Form::Csv, from: None, until: Some(self.now) };
        for access in [Some(Access::Search { shown: 3 }), transcript, Some(export)].into_iter().flatten() {
            self.act(island, analyst.clone(), Action::RecordAccess(access));
        }
    }

    fn manage(&mut self, island: usize, someone: &OperatorId) {
        let admin = Actor::Administrator(staff());
        let own = Actor::Operator(someone.clone());
        let action = match self.dice.roll(9) {
            0 => {
                let per_operator = (2 + self.dice.roll(3)).try_into().unwrap();
                let capacity = Capacity { conversations_per_operator: per_operator, ..Capacity::default() };
                let section = Box::new(Section::Capacity(capacity));
                return self.act(island, admin, Action::ChangeSettings { section, expected: None });
            }
            1 if self.dice.roll(2) == 0 => Action::ChangeStatus(someone.clone(), Status::OnBreak),
            1 => Action::ChangeStatus(someone.clone(), Status::Searching),
            2 | 3 => Action::ChangeStatus(someone.clone(), Status::Available),
            4 => Action::DisconnectOperator(someone.clone(), DisconnectReason::SignedOut),
            5 | 6 => Action::LoseConnection(someone.clone()),
            _ => Action::ConnectOperator(someone.clone()),
        };
        self.act(island, own, action);
    }

    /// Everything that the options of the desk allow.
    fn use_the_desk(&mut self, island: usize, id: ConversationId) {
        let Some(operator) = self.in_charge(island, id) else { return };
        let (own, manager) = (Actor::Operator(operator), Actor::Supervisor(staff()));
        let note = |text| Some(Note::parse(text).unwrap().into());
        let file = File {
            name: name("relevé.pdf").into(),
            bytes: 1 + self.dice.roll(9_000),
            media_type: "application/pdf".into(),
        };
        let visitor = self.visitor(island, id);
        let (by, action) = match self.dice.roll(13) {
            0 => (own, Action::Conversation(id, ConversationAction::MarkImportant(self.dice.roll(3) > 0))),
            1 | 2 => (own, Action::Conversation(id, ConversationAction::CallManager(note("Besoin d'aide")))),
            3 => (manager, Action::Conversation(id, ConversationAction::TakeCall)),
            4 => (own, Action::Conversation(id, ConversationAction::SettleCall)),
            5 => (own, Action::Conversation(id, ConversationAction::RequestFile(note("Votre relevé")))),
            6 => (visitor, Action::Conversation(id, ConversationAction::SendFile(file))),
            7 => (own, Action::Conversation(id, ConversationAction::SendFile(file))),
            8 => (own, Action::Conversation(id, ConversationAction::MailCopy)),
            9 => (
                own,
                Action::Conversation(
                    id,
                    ConversationAction::SendSurvey(SurveyId::parse("satisfaction").unwrap()),
                ),
            ),
            10 => (own, Action::Conversation(id, ConversationAction::OpenSurvey(Audience::Operator.into()))),
            11 => (own, Action::Conversation(id, ConversationAction::CancelSurvey(None))),
            _ => {
                // Somebody waits for an answer for long enough.
                self.act(
                    island,
                    visitor,
                    Action::Conversation(id, ConversationAction::Write(Text::parse("Allô ?").unwrap())),
                );
                self.now += TimeDelta::seconds(40);
                (own, Action::Conversation(id, ConversationAction::Type))
            }
        };
        self.act(island, by, action);
    }

    /// Surveys are answered or not, and visitors come back to what was kept open.
    fn after_the_end(&mut self, island: usize) {
        let state = &self.islands[island].state;
        let ended: Vec<(ConversationId, Option<OperatorId>, VisitorId)> = self.islands[island]
            .log
            .iter()
            .rev()
            .filter_map(|event| match &event.event.fact {
                Fact::Conversation {
                    conversation,
                    operator,
                    fact:
                        ConversationFact::Flow(Flow::Ended { .. })
                        | ConversationFact::Survey(SurveyStep::Asked { .. }),
                } => {
                    let number = conversation.0.as_u128() & u128::from(u64::MAX);
                    let visitor = VisitorId::parse(&format!("visitor-{number}")).unwrap();
                    Some((*conversation, operator.clone(), visitor))
                }
                Fact::Conversation { .. } | Fact::Livechat(_) | Fact::Operator { .. } => None,
            })
            .filter(|(id, ..)| state.conversation(*id).is_none())
            .take(4)
            .collect();
        let Some((id, operator, visitor)) = self.dice.pick(&ended) else { return };
        let visitor = Actor::Visitor(visitor);
        let operator = operator.map_or(Actor::System, Actor::Operator);
        let answers = r#"{"note": {"rating": 4}, "avis": {"text": "Très aimable"}}"#;
        let answers = Box::new(serde_json::from_str(answers).unwrap());
        let (by, action) = match self.dice.roll(9) {
            0 => {
                (visitor, Action::Conversation(id, ConversationAction::OpenSurvey(Audience::Visitor.into())))
            }
            1 | 2 => (
                visitor,
                Action::Conversation(id, ConversationAction::AnswerSurvey(Audience::Visitor.into(), answers)),
            ),
            3 => (
                operator,
                Action::Conversation(
                    id,
                    ConversationAction::AnswerSurvey(Audience::Operator.into(), answers),
                ),
            ),
            4 => (
                operator,
                Action::Conversation(id, ConversationAction::CloseSurvey(Audience::Operator.into())),
            ),
            5 => (Actor::Supervisor(staff()), Action::Conversation(id, ConversationAction::Close)),
            _ => {
                let number = u64::try_from(id.0.as_u128() & u128::from(u64::MAX)).unwrap();
                let request = self.asks(number);
                (visitor, Action::Conversation(id, ConversationAction::RequestAgain(Box::new(request))))
            }
        };
        self.act(island, by, action);
    }

    fn request(&mut self, island: usize) {
        self.islands[island].visitors += 1;
        let number = self.islands[island].visitors;
        let request = self.asks(number);
        let visitor = request.visitor.id.clone();
        let id = ConversationId(Uuid::from_u128((island as u128) << 64 | u128::from(number)));
        self.act(
            island,
            Actor::Visitor(visitor),
            Action::Conversation(id, ConversationAction::Request(Box::new(request))),
        );
    }

    fn asks(&mut self, number: u64) -> Request {
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
        Request {
            history: history.collect(),
            visitor: Visitor {
                name: (!number.is_multiple_of(3)).then(|| name("Zoé d'Été").into()),
                ..Visitor::of(visitor)
            },
            language: if number.is_multiple_of(2) { Language::Fr } else { Language::En },
            skill: asked,
            card: Card { page_title: Some("Prix – 10 €".to_owned().into()), ..Card::default() },
        }
    }

    fn leave_or_end(&mut self, island: usize, id: ConversationId) {
        let by = match (self.dice.roll(3), self.in_charge(island, id)) {
            (0, Some(operator)) => Actor::Operator(operator),
            (1, _) => Actor::Supervisor(staff()),
            (_, None) => {
                return self.act(
                    island,
                    self.visitor(island, id),
                    Action::Conversation(id, ConversationAction::LeaveQueue),
                );
            }
            (_, Some(_)) => self.visitor(island, id),
        };
        self.act(island, by, Action::Conversation(id, ConversationAction::End));
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
        self.act(
            island,
            by,
            Action::Conversation(id, ConversationAction::Transfer(Transfer { to, note, force })),
        );
    }

    fn write(&mut self, island: usize, id: ConversationId) {
        let text = self.dice.pick(&["Bonjour", "C'est 'urgent' \"!\"", "été 😀\n$1 {x}", "…"]).unwrap();
        let by = match (self.dice.roll(5), self.in_charge(island, id)) {
            (0..=1, Some(operator)) => Actor::Operator(operator),
            (2, Some(_)) => Actor::Supervisor(staff()),
            (3, _) => Actor::Integration(StaffId::parse("bot").unwrap()),
            (_, _) => self.visitor(island, id),
        };
        self.act(island, by, Action::Conversation(id, ConversationAction::Write(Text::parse(text).unwrap())));
    }

    /// Does something, if the rules allow it, and records what happened.
    pub(crate) fn act(&mut self, island: usize, by: Actor, action: Action) {
        self.commands += 1;
        let island = &mut self.islands[island];
        let command = Command { at: self.now, by, action };
        for event in island.state.handle_command(&command).unwrap_or_default() {
            let recorded = Arc::new(Record {
                livechat: island.id.clone(),
                position: island.log.len() as u64 + 1,
                command: CommandId(Uuid::from_u128(self.commands)),
                address: matches!(event.by, Actor::Operator(_) | Actor::Administrator(_))
                    .then(|| ADDRESS.parse().unwrap()),
                event,
            });
            island.log.push(recorded.clone());
            self.events.push(recorded);
        }
    }
}
