//! A floor where everything happens that can: people act at random, through the real rules, as a journal would
//! have it.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::conversation::assign::ManualAssignment;
use domain::conversation::transfer::Transfer;
use domain::event::ApiKeyChange;
use domain::event::Bearer;
use domain::event::DisconnectReason;
use domain::event::File;
use domain::event::Page;
use domain::event::Presence;
use domain::event::Profile;
use domain::event::Target;
use domain::event::{Access, Form};
use domain::event::{Card, Request, Visitor};
use domain::id::{ApiKeyId, CommandId};
use domain::livechat::Outage;
use domain::livechat::rename::Renaming;
use domain::settings::Section;
use domain::settings::Status;
use domain::settings::surveys::{Answers, Audience};
use domain::survey::SurveyRef;
use domain::text::{Address, Language, Name, Text};
use domain::{
    Action, Actor, ArticleId, Command, ConversationAction, ConversationId, Livechat, LivechatId, OperatorId,
    SkillId, StaffId, SurveyId, Timestamp, VisitorId,
};
use journal::Record;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use uuid::Uuid;

/// A livechat, its log, and what time it is.
pub(crate) struct Floor {
    pub(crate) id: LivechatId,
    pub(crate) state: Livechat,
    pub(crate) log: Vec<Arc<Record>>,
    pub(crate) now: Timestamp,
    commands: u128,
    /// Whether the server falls, and its clock is set, now and then.
    pub(crate) is_disturbed: bool,
    pub(crate) random: ChaCha8Rng,
}

pub(crate) fn moment(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

pub(crate) fn operator(name: &str) -> OperatorId {
    OperatorId::parse(name).unwrap()
}

pub(crate) fn administrator() -> Actor {
    Actor::Administrator(StaffId::parse("ada").unwrap())
}

fn supervisor() -> Actor {
    Actor::Supervisor(StaffId::parse("sophie").unwrap())
}

fn bot() -> Actor {
    Actor::Integration(StaffId::parse("bot").unwrap())
}

fn text() -> Text {
    Text::parse("Bonjour").unwrap()
}

impl Floor {
    /// An empty livechat, on a Tuesday at 8 in Paris.
    pub(crate) fn new(seed: u64) -> Self {
        let mut floor = Self {
            id: LivechatId::parse("support").unwrap(),
            state: Livechat::default(),
            log: vec![],
            now: moment("2026-11-24T07:00:00Z"),
            commands: 0,
            is_disturbed: false,
            random: ChaCha8Rng::seed_from_u64(seed),
        };
        let name = Name::parse("Support").unwrap();
        floor.does(administrator(), Action::CreateLivechat { name, language: Language::Fr });
        floor
    }

    /// Time passes: timers fire, some of them late.
    pub(crate) fn passes(&mut self, millis: i64) {
        let until = self.now + TimeDelta::milliseconds(millis);
        while let Some(deadline) = self.state.next_deadline().filter(|deadline| *deadline <= until) {
            let late = if self.random.random_bool(0.1) { 30_000 } else { 5 };
            let late = TimeDelta::milliseconds(self.random.random_range(0..late));
            self.now = (deadline + late).min(until).max(self.now);
            let story = self.state.tick(self.now);
            self.record(story);
        }
        self.now = until;
    }

    /// Somebody does something, if the rules let them, after the timers that fell due.
    pub(crate) fn does(&mut self, by: Actor, action: Action) -> bool {
        let fired = self.state.tick(self.now);
        self.record(fired);
        match self.state.handle_command(&Command { at: self.now, by, action }) {
            Ok(story) => {
                self.record(story);
                true
            }
            Err(_) => false,
        }
    }

    /// The server falls and is back after so long: it knows until when it was up, or does not.
    pub(crate) fn falls(&mut self, down: TimeDelta, is_known: bool) {
        let since = is_known.then_some(self.now);
        self.now += down;
        let mut story = self.state.resume(Outage { since, until: self.now }, self.now);
        story.extend(self.state.tick(self.now));
        self.record(story);
    }

    /// Somebody sets the clock back, which the server notices at once.
    pub(crate) fn sets_clock_back(&mut self, by: TimeDelta) {
        self.now -= by;
        let story = self.state.tick(self.now);
        self.record(story);
    }

    fn record(&mut self, story: Vec<domain::Event>) {
        self.commands += 1;
        for event in story {
            let (livechat, position) = (self.id.clone(), self.log.len() as u64 + 1);
            let command = CommandId(Uuid::from_u128(self.commands));
            self.log.push(Arc::new(Record { livechat, position, command, address: None, event }));
        }
    }

    pub(crate) fn sets(&mut self, section: Value) {
        let section: Section = serde_json::from_value(section).unwrap();
        self.does(administrator(), Action::ChangeSettings { section: Box::new(section), expected: None });
    }

    pub(crate) fn registers(&mut self, name: &str, skills: &[&str], hours: Value) {
        let profile = Profile {
            name: Name::parse(name).unwrap(),
            skills: skills.iter().map(|skill| SkillId::parse(skill).unwrap()).collect(),
            capacity: None,
            email: Some(Address::parse(format!("{name}@example.org")).unwrap().into()),
            hours: serde_json::from_value(hours).unwrap(),
        };
        self.does(administrator(), Action::RegisterOperator(operator(name), Box::new(profile)));
    }

    pub(crate) fn request(visitor: &str, skill: Option<&str>) -> Box<Request> {
        Box::new(Request {
            visitor: Visitor::of(VisitorId::parse(visitor).unwrap()),
            language: Language::Fr,
            skill: skill.map(|skill| SkillId::parse(skill).unwrap()),
            card: Card::default(),
            history: vec![],
        })
    }

    pub(crate) fn new_id(&mut self) -> ConversationId {
        ConversationId(Uuid::from_u128(self.random.random()))
    }

    /// All settings that have rules, with short clocks.
    pub(crate) fn furnish(&mut self) {
        let label = json!({ "fr": "Alors ?" });
        let note = json!([{ "id": "note", "label": label, "kind": "rating" }]);
        self.sets(json!({ "surveys": [
            { "id": "avis", "name": "Avis", "title": label, "audience": "visitor", "fields": note },
            { "id": "bilan", "name": "Bilan", "title": label, "audience": "operator", "fields": note },
        ] }));
        self.sets(json!({ "visitor_survey": { "survey": "avis", "operator_may_send": true } }));
        self.sets(json!({ "operator_survey": {
            "survey": "bilan", "complete_button": true, "cancel_button": true, "closable_unanswered": true,
        } }));
        self.sets(json!({ "statuses": { "searching": true, "phone": true, "training": true } }));
        self.sets(json!({ "skills": [{ "id": "billing", "queue_capacity": 3 }, { "id": "sales" }] }));
        self.sets(json!({ "knowledge": [
            { "id": "reset", "title": "Remise à zéro", "body": "Appuyez.", "theme": "panne" },
            { "id": "again", "title": "Encore", "theme": "panne", "redirects_to": "reset" },
        ] }));
        self.sets(json!({ "desk": {
            "mail_to_self": true, "mark_important": true, "call_manager": true, "list_operators": true,
            "search_knowledge": true, "request_file": true, "send_file": true,
        } }));
        self.sets(json!({ "behaviour": { "keep_open": true } }));
        self.sets(json!({ "timeouts": {
            "visitor_inactivity": 2, "timeout_reminder": 30, "follow_up": 1, "search_notice": 1,
            "auto_transfer": 40, "disconnect_notice": 10, "pending_survey": 3, "queue_closing": 2,
        } }));
        self.registers("alice", &["billing"], Value::Null);
        self.registers("bob", &["sales", "billing"], Value::Null);
        self.registers("carl", &[], Value::Null);
        let morning = json!({ "week": { "tuesday": [{ "from": "08:10", "to": "09:00" }] } });
        self.registers("dora", &["sales"], morning);
    }

    /// So many random acts, a few seconds from each other, or none.
    pub(crate) fn bustles(&mut self, acts: usize) {
        for _ in 0..acts {
            if self.random.random_bool(0.8) {
                let seconds = -self.random.random_range(1e-6_f64..1.0).ln() * 2.5;
                #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
                self.passes((seconds * 1e3) as i64);
            }
            self.acts();
        }
    }

    fn acts(&mut self) {
        if self.state.is_shut() && self.random.random_bool(0.2) {
            self.does(administrator(), Action::ReopenLivechat);
        }
        let n = self.random.random_range(0..100);
        let id = self.somewhere();
        match (n, id) {
            (0..=13, _) | (_, None) if n < 60 => self.asks(),
            (14..=26, Some(id)) => {
                let by = self.in_charge(id);
                self.does(by, Action::Conversation(id, ConversationAction::PickUp));
            }
            (27..=38, Some(id)) => {
                let by = self.in_charge(id);
                self.does(by, Action::Conversation(id, ConversationAction::Write(text())));
            }
            (39..=51, Some(id)) => {
                let by = self.visitor(id);
                self.does(by, Action::Conversation(id, ConversationAction::Write(text())));
            }
            (52..=57, Some(id)) => {
                let by = if n == 57 { supervisor() } else { self.in_charge(id) };
                let by = if n < 54 { self.visitor(id) } else { by };
                let action = if n == 52 {
                    Action::Conversation(id, ConversationAction::LeaveQueue)
                } else {
                    Action::Conversation(id, ConversationAction::End)
                };
                self.does(by, action);
            }
            (58..=62, Some(id)) => self.transfers(id, n),
            (63..=74, Some(id)) => self.does_something(id, n),
            (75..=80, _) => self.asks_a_survey(n),
            (97, _) if self.is_disturbed && self.random.random_bool(0.4) => self.disturbs(),
            (81..=97, _) => self.comes_and_goes(n),
            (98, _) if self.random.random() => self.administers_people(),
            (98, _) => self.administers(),
            (_, Some(id)) => {
                let form = Form::Json;
                let access = Access::Transcript { conversation: id, form };
                self.does(supervisor(), Action::RecordAccess(access));
            }
            (_, None) => {}
        }
    }

    /// A live conversation.
    fn somewhere(&mut self) -> Option<ConversationId> {
        let mut live: Vec<ConversationId> = self.state.conversations().map(|(id, _)| *id).collect();
        live.sort_unstable();
        live.choose(&mut self.random).copied()
    }

    fn in_charge(&self, id: ConversationId) -> Actor {
        let operator = self.state.conversation(id).and_then(|live| live.operator().cloned());
        operator.map_or(Actor::Operator(operator_named("carl")), Actor::Operator)
    }

    fn visitor(&mut self, id: ConversationId) -> Actor {
        let visitor = self.state.conversation(id).map(|live| live.visitor.clone());
        if self.random.random_bool(0.1) { bot() } else { visitor.map_or_else(bot, Actor::Visitor) }
    }

    fn asks(&mut self) {
        let number = self.random.random_range(0..60);
        let visitor = format!("v{number}");
        let skill = [None, None, Some("billing"), Some("sales")].choose(&mut self.random).copied().flatten();
        let request = Self::request(&visitor, skill);
        let by = if number % 7 == 0 { bot() } else { Actor::Visitor(request.visitor.id.clone()) };
        let kept = self.state.kept_of(&request.visitor.id, false).filter(|_| self.random.random_bool(0.5));
        let action = match kept {
            Some(id) => Action::Conversation(id, ConversationAction::RequestAgain(request)),
            None => Action::Conversation(self.new_id(), ConversationAction::Request(request)),
        };
        self.does(by, action);
    }

    fn transfers(&mut self, id: ConversationId, n: i32) {
        if n == 62 {
            let assignment = ManualAssignment { operator: self.somebody(), force: self.random.random() };
            self.does(supervisor(), Action::Conversation(id, ConversationAction::Assign(assignment)));
            return;
        }
        let to = match n {
            58 | 59 => Target::Skill(SkillId::parse("billing").unwrap()),
            _ => Target::Operator(self.somebody()),
        };
        let by = if n == 60 { supervisor() } else { self.in_charge(id) };
        self.does(
            by,
            Action::Conversation(
                id,
                ConversationAction::Transfer(Transfer { to, note: None, force: n == 60 }),
            ),
        );
    }

    fn does_something(&mut self, id: ConversationId, n: i32) {
        let own = self.in_charge(id);
        let visitor = self.visitor(id);
        let article = |name| ArticleId::parse(name).unwrap();
        let file =
            File { name: Name::parse("a.pdf").unwrap().into(), bytes: 10, media_type: "image/png".into() };
        let presence =
            *[Presence::Here, Presence::Away, Presence::LeftSite].choose(&mut self.random).unwrap();
        let page = Page { url: "https://example.org".to_owned().into(), title: None };
        let (by, action) = match n {
            63 => (own, Action::Conversation(id, ConversationAction::Type)),
            64 => (
                own,
                Action::Conversation(
                    id,
                    ConversationAction::SendArticle(article(if self.random.random() {
                        "reset"
                    } else {
                        "again"
                    })),
                ),
            ),
            65 => (own, Action::Conversation(id, ConversationAction::MarkImportant(self.random.random()))),
            66 => (own, Action::Conversation(id, ConversationAction::CallManager(None))),
            67 => (supervisor(), Action::Conversation(id, ConversationAction::TakeCall)),
            68 => (own, Action::Conversation(id, ConversationAction::SettleCall)),
            69 => (own, Action::Conversation(id, ConversationAction::RequestFile(None))),
            70 => (
                if self.random.random() { own } else { visitor },
                Action::Conversation(id, ConversationAction::SendFile(file)),
            ),
            71 => (own, Action::Conversation(id, ConversationAction::MailCopy)),
            72 => (
                if self.random.random() { own } else { supervisor() },
                Action::Conversation(id, ConversationAction::WriteInternally(text())),
            ),
            73 => (visitor, Action::Conversation(id, ConversationAction::NotePresence(presence))),
            _ if self.random.random() => {
                (visitor, Action::Conversation(id, ConversationAction::ChangePage(page)))
            }
            _ => (supervisor(), Action::Conversation(id, ConversationAction::Write(text()))),
        };
        self.does(by, action);
    }

    fn asks_a_survey(&mut self, n: i32) {
        if n == 75 {
            if let Some(id) = self.somewhere() {
                let by = self.in_charge(id);
                let survey = SurveyId::parse("avis").unwrap();
                let by_hand = Action::Conversation(id, ConversationAction::SendSurvey(survey));
                let before_the_end =
                    Action::Conversation(id, ConversationAction::OpenSurvey(Audience::Operator.into()));
                let action = if self.random.random() { by_hand } else { before_the_end };
                self.does(by, action);
            }
            return;
        }
        let kept: Vec<ConversationId> = self.state.kept().keys().copied().collect();
        if n == 76
            && let Some(id) = kept.choose(&mut self.random)
        {
            self.does(bot(), Action::Conversation(*id, ConversationAction::Close));
            return;
        }
        let pending: Vec<_> = self
            .state
            .pending_surveys()
            .map(|(key, pending)| (key, pending.operator.clone(), pending.visitor.clone()))
            .collect();
        let Some((key, operator, visitor)) = pending.choose(&mut self.random).cloned() else {
            return;
        };
        let which = SurveyRef { audience: key.audience, segment: Some(key.segment) };
        let id = key.conversation;
        let by = match key.audience {
            Audience::Operator => operator.map_or_else(supervisor, Actor::Operator),
            Audience::Visitor => Actor::Visitor(visitor),
        };
        let answers: Answers = serde_json::from_value(json!({ "note": { "rating": 4 } })).unwrap();
        let action = match n {
            77 => Action::Conversation(id, ConversationAction::OpenSurvey(which)),
            78 => Action::Conversation(id, ConversationAction::CancelSurvey(Some(key.segment))),
            79 => Action::Conversation(id, ConversationAction::CloseSurvey(which)),
            _ => Action::Conversation(id, ConversationAction::AnswerSurvey(which, Box::new(answers))),
        };
        self.does(by, action);
    }

    fn somebody(&mut self) -> OperatorId {
        operator_named(["alice", "bob", "carl", "dora"].choose(&mut self.random).unwrap())
    }

    fn comes_and_goes(&mut self, n: i32) {
        let id = self.somebody();
        let own = Actor::Operator(id.clone());
        let status =
            *[Status::Available, Status::Available, Status::OnBreak, Status::Searching, Status::Phone]
                .choose(&mut self.random)
                .unwrap();
        let (by, action) = match n {
            81..=91 => (own, Action::ConnectOperator(id)),
            92 => (Actor::System, Action::ConnectOperator(id)),
            93 => (Actor::System, Action::LoseConnection(id)),
            94 if self.random.random_bool(0.4) => {
                (own, Action::DisconnectOperator(id, DisconnectReason::SignedOut))
            }
            94 | 95 => (own, Action::ChangeStatus(id, status)),
            96 => (supervisor(), Action::ChangeStatus(id, Status::Available)),
            _ => (own, Action::ChangeStatus(id, Status::Available)),
        };
        self.does(by, action);
    }

    /// The server is down for a while, or its clock is set, back or ahead.
    fn disturbs(&mut self) {
        let down = *[1, 20, 90, 600, 5_400].choose(&mut self.random).unwrap();
        match self.random.random_range(0..5) {
            0 | 1 => {
                let is_known = self.random.random();
                self.falls(TimeDelta::seconds(down), is_known);
            }
            2 => self.sets_clock_back(TimeDelta::seconds(down)),
            // While it was down, and from a time that was ahead.
            3 => {
                self.falls(TimeDelta::seconds(down * 3), true);
                self.comes_and_goes(85);
                self.sets_clock_back(TimeDelta::seconds(down * 2));
            }
            _ => self.passes(down * 1_000),
        }
    }

    /// Who works here, under which name, and who is let in.
    fn administers_people(&mut self) {
        let who = self.somebody();
        let visitor = VisitorId::parse("v7").unwrap();
        let (by, action) = match self.random.random_range(0..13) {
            0 | 1 => (administrator(), Action::SuspendOperator(who)),
            2..=4 => (administrator(), Action::ReinstateOperator(who)),
            5 => (administrator(), Action::RemoveOperator(who, None)),
            6 | 7 => {
                self.registers(who.as_str(), &["billing", "sales"], Value::Null);
                return;
            }
            8 => (administrator(), Action::CloseLivechat),
            9 => (administrator(), Action::IssueToken(Bearer::Operator(who))),
            10 => {
                let key = ApiKeyId(Uuid::from_u128(self.random.random()));
                (administrator(), Action::RecordApiKey(key, ApiKeyChange::Revoked))
            }
            11 => {
                let conversation = self.somewhere().unwrap_or(ConversationId(Uuid::nil()));
                (bot(), Action::IssueToken(Bearer::Visitor { visitor, conversation }))
            }
            _ => {
                let zone = ["Europe/Paris", "Europe/Brussels"].choose(&mut self.random).copied().unwrap();
                let renaming = Renaming {
                    name: Some(Name::parse(format!("Support {}", self.log.len())).unwrap()),
                    language: None,
                    time_zone: Some(serde_json::from_value(json!(zone)).unwrap()),
                };
                (administrator(), Action::RenameLivechat(renaming))
            }
        };
        self.does(by, action);
    }

    fn administers(&mut self) {
        let tuesday = |to: &str| json!([{ "from": "08:00", "to": to }]);
        let open_until = ["08:45", "09:20", "18:00"].choose(&mut self.random).copied().unwrap();
        let sections = [
            json!({ "capacity": { "conversations_per_operator": 2, "queue_per_operator": 3 } }),
            json!({ "capacity": { "conversations_per_operator": 4, "queue_per_operator": 1 } }),
            json!({ "behaviour": { "keep_open": true, "transfer_on_disconnect": true } }),
            json!({ "behaviour": { "keep_open": false, "transfer_on_disconnect": false } }),
            json!({ "statuses": { "searching": true } }),
            json!({ "statuses": { "searching": true, "phone": true, "training": true } }),
            json!({ "timeouts": { "auto_transfer": 20, "visitor_inactivity": 1, "timeout_reminder": 20, "follow_up": 0,
                "unanswered": 1, "search_notice": 1, "disconnect_notice": 0, "pending_survey": 2 } }),
            json!({ "timeouts": { "auto_transfer": 60, "visitor_inactivity": 3, "follow_up": 1, "search_notice": 1 } }),
            json!({ "opening_hours": { "week": { "tuesday": tuesday(open_until) } } }),
            json!({ "opening_hours": { "week": null } }),
            json!({ "operator_survey": { "survey": null } }),
            json!({ "operator_survey": { "survey": "bilan", "complete_button": true, "cancel_button": true,
                "closable_unanswered": true } }),
        ];
        let section = sections.choose(&mut self.random).unwrap().clone();
        self.sets(section);
    }
}

fn operator_named(name: &str) -> OperatorId {
    operator(name)
}
