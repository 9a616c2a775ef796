//! One event of every kind, with everything it can carry.

use chrono::{NaiveDate, TimeDelta};
use pupitre_domain::event::Bearer;
use pupitre_domain::event::Cause;
use pupitre_domain::event::Closing;
use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::EndReason;
use pupitre_domain::event::File;
use pupitre_domain::event::Profile;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::Source;
use pupitre_domain::event::Target;
use pupitre_domain::event::Voice;
use pupitre_domain::event::{Access, Exported, Form};
use pupitre_domain::event::{ApiKeyChange, ApiKeyTerms, ProgramRole};
use pupitre_domain::event::{Card, HistoryAuthor, HistoryLine, RefusalReason, Request, Visitor};
use pupitre_domain::event::{Page, Presence};
use pupitre_domain::id::ApiKeyId;
use pupitre_domain::personal::Personal;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::canned_replies::CannedReply;
use pupitre_domain::settings::knowledge::Article;
use pupitre_domain::settings::opening_hours::{Exception, Schedule, TimeRange, TimeZone, Week};
use pupitre_domain::settings::surveys::{Answer, Answers, Audience, Choice, Field, FieldKind, Survey};
use pupitre_domain::settings::visitor_card::CardField;
use pupitre_domain::settings::{
    Behaviour, CannedReplies, Desk, Figures, Knowledge, OpeningHours, OperatorSurvey, Origins, Phrase,
    Section, Skill, Skills, Statuses, Surveys, Timeouts, VisitorCard, VisitorSurvey,
};
use pupitre_domain::text::{Address, Language, Name, Note, Text};
use pupitre_domain::{
    Actor, ArticleId, Attention, ChoiceId, ConversationFact, Event, Exchange, Fact, FieldId, Flow,
    LivechatFact, Notice, OperatorFact, ReplyId, StaffId, SurveyId, SurveyStep, Visit,
};

use super::{
    administrator, analyst, bot, capacity, conversation, minutes, operator, operator_id, phrase, plain_skill,
    seconds, skill, start, supervisor, visitor, visitor_id,
};

/// Every kind of event, and every shape of it that has a stored form of its own.
pub(crate) fn events() -> Vec<Event> {
    livechat_facts()
        .into_iter()
        .map(|(by, fact)| (by, Fact::Livechat(fact)))
        .chain(operator_facts())
        .chain(conversation_facts())
        .map(|(by, fact)| event(by, fact))
        .collect()
}

/// An event of the moment at which all of them happen.
pub(crate) fn event(by: Actor, fact: Fact) -> Event {
    Event { at: start() + TimeDelta::milliseconds(123), by, fact }
}

pub(crate) fn settings_event(section: Section) -> Event {
    let changed = LivechatFact::SettingsChanged { section: Box::new(section), revision: None };
    event(administrator(), Fact::Livechat(changed))
}

/// Every section, with everything it can say; the skills also as they were before they could say more.
pub(crate) fn sections() -> Vec<Section> {
    let wording = [(Language::Fr, "Bonjour, ici {operator}."), (Language::En, "Hello, {operator} here.")];
    let name = [(Language::Fr, text_name("Ventes")), (Language::En, text_name("Sales"))];
    let sales = Skill { name: name.into(), ..plain_skill("sales") };
    let apart = Skill { queue_capacity: Some(3), hours: Some(schedule()), ..sales.clone() };
    vec![
        capacity(5, 4),
        Section::Timeouts(every_timeout()),
        Section::Desk(Desk { print: false, search_knowledge: false, augmented: true, ..Desk::default() }),
        Section::Statuses(Statuses { phone: true, searching: true, ..Statuses::default() }),
        Section::OperatorSurvey(OperatorSurvey {
            survey: Some(survey_id("closing")),
            complete_button: true,
            cancel_button: true,
            closable_unanswered: true,
            pending_hours: 48,
        }),
        Section::VisitorSurvey(VisitorSurvey {
            survey: Some(survey_id("satisfaction")),
            operator_may_send: true,
        }),
        Section::Surveys(Surveys(vec![satisfaction()])),
        Section::Behaviour(Behaviour {
            redirects_as_operator: true,
            keep_open: true,
            keep_open_hours: 72,
            transfer_on_disconnect: false,
        }),
        Section::OpeningHours(OpeningHours {
            time_zone: TimeZone("America/Montreal".to_owned()),
            week: schedule().week,
            exceptions: schedule().exceptions,
        }),
        phrase(Phrase::Welcome, true, &wording),
        Section::VisitorCard(VisitorCard(vec![CardField::Name, CardField::Variable("basket".to_owned())])),
        Section::Knowledge(Knowledge(articles())),
        Section::CannedReplies(CannedReplies(vec![CannedReply {
            id: ReplyId::parse("thanks").unwrap(),
            title: "Remerciements".to_owned(),
            text: [(Language::Fr, "Merci !".into()), (Language::En, "Thank you!".into())].into(),
            theme: "Politesse".to_owned(),
            published: true,
        }])),
        Section::Skills(Skills(vec![sales])),
        Section::Skills(Skills(vec![apart])),
        Section::Figures(Figures {
            reference_concurrency: 2,
            service_level_seconds: 45,
            short_abandon_seconds: 8,
        }),
        Section::Origins(Origins { allowed: vec!["https://www.example.org".to_owned()] }),
    ]
}

pub(crate) const fn every_timeout() -> Timeouts {
    Timeouts {
        visitor_inactivity: 15,
        timeout_reminder: 90,
        follow_up: 4,
        search_notice: 5,
        auto_transfer: 120,
        auto_transfer_notice: false,
        disconnect_notice: 45,
        unanswered: 20,
        pending_survey: 60,
        queue_closing: 30,
        hold_phrase: 3,
    }
}

fn schedule() -> Schedule {
    let week = Week {
        monday: vec![TimeRange::parse("09:00", "12:30"), TimeRange::parse("14:00", "18:00")],
        friday: vec![TimeRange::parse("22:00", "02:00")],
        ..Week::default()
    };
    let christmas = Exception {
        date: NaiveDate::from_ymd_opt(2026, 12, 25).unwrap(),
        ranges: vec![TimeRange::parse("10:00", "24:00")],
        label: "Noël".to_owned(),
    };
    Schedule { week: Some(week), exceptions: vec![christmas] }
}

/// A survey with one question, which need not be answered.
pub(crate) fn survey(id: &str, audience: Audience) -> Survey {
    let text = || [(Language::Fr, "Votre avis ?".to_owned())].into();
    let field = Field {
        id: FieldId::parse("remarks").unwrap(),
        label: text(),
        kind: FieldKind::LongText,
        mandatory: false,
        choices: vec![],
    };
    Survey {
        id: survey_id(id),
        version: 0,
        name: id.to_owned(),
        title: text(),
        audience,
        fields: vec![field],
    }
}

/// A survey with a field of every kind.
fn satisfaction() -> Survey {
    let choices = || vec![choice("yes", "Oui"), choice("no", "Non")];
    Survey {
        id: survey_id("satisfaction"),
        version: 2,
        name: "Satisfaction".to_owned(),
        title: [(Language::Fr, "Votre avis".to_owned())].into(),
        audience: Audience::Visitor,
        fields: vec![
            field("name", FieldKind::ShortText, vec![]),
            field("remarks", FieldKind::LongText, vec![]),
            field("solved", FieldKind::SingleChoice, choices()),
            field("topics", FieldKind::MultipleChoice, choices()),
            field("reason", FieldKind::DropDown, choices()),
            Field { mandatory: true, ..field("rating", FieldKind::Rating, vec![]) },
        ],
    }
}

fn field(id: &str, kind: FieldKind, choices: Vec<Choice>) -> Field {
    let label = [(Language::Fr, format!("Question {id}"))].into();
    Field { id: FieldId::parse(id).unwrap(), label, kind, mandatory: false, choices }
}

fn choice(id: &str, label: &str) -> Choice {
    Choice { id: choice_id(id), label: [(Language::Fr, label.to_owned())].into() }
}

/// An answer of every kind.
fn answers() -> Answers {
    let answers = [
        ("remarks", Answer::Text("Parfait".to_owned().into())),
        ("solved", Answer::Choice(choice_id("yes"))),
        ("topics", Answer::Choices(vec![choice_id("yes"), choice_id("no")])),
        ("rating", Answer::Rating(5)),
    ];
    Answers(answers.into_iter().map(|(id, answer)| (FieldId::parse(id).unwrap(), answer)).collect())
}

fn articles() -> Vec<Article> {
    vec![
        Article {
            id: article_id("returns"),
            title: "Retours".to_owned(),
            body: "Sous 30 jours.".into(),
            theme: "Commandes".to_owned(),
            language: Some(Language::Fr),
            redirects_to: None,
        },
        Article {
            id: article_id("refunds"),
            title: "Remboursements".to_owned(),
            body: "".into(),
            theme: "Commandes".to_owned(),
            language: None,
            redirects_to: Some(article_id("returns")),
        },
    ]
}

fn livechat_facts() -> Vec<(Actor, LivechatFact)> {
    let created = LivechatFact::Created { name: text_name("Service client"), language: Language::Fr };
    let changed = |section| {
        (administrator(), LivechatFact::SettingsChanged { section: Box::new(section), revision: None })
    };
    let third_change = LivechatFact::SettingsChanged { section: Box::new(capacity(2, 3)), revision: Some(3) };
    let hours = [
        LivechatFact::Opened { skill: None },
        LivechatFact::Opened { skill: Some(skill("sales")) },
        LivechatFact::Closed { skill: None },
        LivechatFact::Closed { skill: Some(skill("sales")) },
        LivechatFact::ClockSetBack { from: start() + minutes(1_440), to: start() },
        LivechatFact::Interrupted { since: start() - minutes(5), until: start() },
    ];
    let administration = [
        LivechatFact::IdentityChanged { name: text_name("Après-vente"), language: Language::En },
        LivechatFact::Shut,
        LivechatFact::Reopened,
    ];
    [(administrator(), created)]
        .into_iter()
        .chain(administration.map(|fact| (administrator(), fact)))
        .chain(sections().into_iter().map(changed))
        .chain([(administrator(), third_change)])
        .chain(hours.map(|fact| (Actor::System, fact)))
        .chain(accesses().map(|(by, access)| (by, LivechatFact::Accessed { access })))
        .chain(tokens().map(|(by, bearer)| (by, LivechatFact::TokenIssued { bearer })))
        .chain(api_key_changes().map(|change| {
            let key = ApiKeyId(uuid::Uuid::from_u128(7));
            (administrator(), LivechatFact::ApiKeyChanged { key, change })
        }))
        .collect()
}

fn tokens() -> [(Actor, Bearer); 2] {
    let zoe = Bearer::Visitor { visitor: visitor_id("zoe"), conversation: conversation("zoe") };
    [(administrator(), Bearer::Operator(operator_id("alice"))), (bot(), zoe)]
}

fn api_key_changes() -> [ApiKeyChange; 3] {
    let terms = ApiKeyTerms {
        expires_at: Some(start() + minutes(1_440)),
        networks: vec!["192.0.2.0/24".to_owned(), "2001:db8::/32".to_owned()],
    };
    let created = ApiKeyChange::Created {
        name: text_name("Bot"),
        role: ProgramRole::Integration,
        scopes: Some(vec!["conversations:write".to_owned()]),
        terms,
    };
    let changed = ApiKeyChange::Changed { name: text_name("Robot"), terms: ApiKeyTerms::default() };
    [created, changed, ApiKeyChange::Revoked]
}

fn accesses() -> [(Actor, Access); 3] {
    let (from, until) = (Some(start() - minutes(60)), Some(start()));
    [
        (supervisor(), Access::Transcript { conversation: conversation("zoe"), form: Form::Html }),
        (analyst(), Access::Search { shown: 12 }),
        (analyst(), Access::Export { what: Exported::OperatorTime, form: Form::Csv, from, until }),
    ]
}

fn operator_facts() -> Vec<(Actor, Fact)> {
    let profile = Profile {
        name: text_name("Alice Durand"),
        skills: [skill("billing"), skill("sales")].into(),
        capacity: Some(4),
        email: None,
        hours: None,
    };
    let email = Some(address("alice@example.org").into());
    let more = Profile { email, hours: Some(schedule()), ..profile.clone() };
    let lost = DisconnectReason::ConnectionLost;
    [
        (administrator(), OperatorFact::Registered { profile: Box::new(profile) }),
        (administrator(), OperatorFact::Registered { profile: Box::new(more) }),
        (operator("alice"), OperatorFact::Connected),
        (Actor::System, OperatorFact::ConnectionLost { until: start() + seconds(30) }),
        (operator("alice"), OperatorFact::Reconnected),
        (Actor::System, OperatorFact::Disconnected { reason: lost }),
        (supervisor(), OperatorFact::StatusChanged { status: Status::OnBreak }),
        (Actor::System, OperatorFact::ShiftStarted),
        (Actor::System, OperatorFact::ShiftEnded),
        (administrator(), OperatorFact::Suspended),
        (administrator(), OperatorFact::Reinstated),
        (administrator(), OperatorFact::Removed),
    ]
    .into_iter()
    .map(|(by, fact)| (by, Fact::Operator { operator: operator_id("alice"), fact }))
    .collect()
}

fn conversation_facts() -> Vec<(Actor, Fact)> {
    let facts = in_the_queue()
        .into_iter()
        .chain(at_the_desk())
        .chain(moves())
        .chain(clocks())
        .chain(surveys())
        .chain(afterwards());
    facts
        .map(|(by, operator, fact)| {
            (by, Fact::conversation(conversation("zoe"), operator.map(operator_id), fact))
        })
        .collect()
}

/// By whom, with which operator in charge, what.
type About = (Actor, Option<&'static str>, ConversationFact);

const WITH_ALICE: Option<&str> = Some("alice");

fn in_the_queue() -> Vec<About> {
    vec![
        (bot(), None, ConversationFact::Flow(Flow::Requested(Box::new(full_request())))),
        (bot(), None, ConversationFact::Flow(Flow::Requested(Box::new(authenticated())))),
        (visitor("zoe"), None, ConversationFact::Flow(Flow::RequestedAgain(Box::new(full_request())))),
        (bot(), None, ConversationFact::Flow(Flow::RequestedAgain(Box::new(authenticated())))),
        (Actor::System, None, ConversationFact::Flow(Flow::Refused { reason: RefusalReason::QueueFull })),
        (Actor::System, None, ConversationFact::Flow(Flow::Queued { position: 2 })),
        (Actor::System, None, ConversationFact::Flow(Flow::QueueAdvanced { position: 1 })),
        (Actor::System, WITH_ALICE, ConversationFact::Flow(Flow::Assigned)),
        (supervisor(), WITH_ALICE, ConversationFact::Flow(Flow::AssignedByHand { forced: true })),
        (visitor("zoe"), None, ConversationFact::Flow(Flow::Left)),
        (Actor::System, None, ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Unanswered })),
    ]
}

fn at_the_desk() -> Vec<About> {
    let welcome = ConversationFact::Exchange(Exchange::MessagePosted {
        number: 3,
        voice: Voice::System,
        phrase: Some(Phrase::Welcome),
        text: Text::parse("Bonjour, Alice est à votre écoute.").unwrap().into(),
        source: None,
    });
    let article = ConversationFact::Exchange(Exchange::MessagePosted {
        number: 4,
        voice: Voice::Operator,
        phrase: None,
        text: Text::parse("Sous 30 jours.").unwrap().into(),
        source: Some(Source { chosen: article_id("refunds"), sent: article_id("returns") }),
    });
    let internal = ConversationFact::Exchange(Exchange::InternalMessagePosted {
        text: Text::parse("Proposez-lui le remboursement.").unwrap().into(),
    });
    let page = Page {
        url: "https://example.org/retours?id=7".to_owned().into(),
        title: Some("Vos retours".to_owned().into()),
    };
    let file = File {
        name: text_name("facture.pdf").into(),
        bytes: 48_213,
        media_type: "application/pdf".to_owned(),
    };
    let typing =
        ConversationFact::Exchange(Exchange::Typing { voice: Voice::Visitor, until: start() + seconds(30) });
    vec![
        (operator("alice"), WITH_ALICE, ConversationFact::Flow(Flow::PickedUp)),
        (Actor::System, WITH_ALICE, welcome),
        (operator("alice"), WITH_ALICE, article),
        (supervisor(), WITH_ALICE, internal),
        (
            visitor("zoe"),
            WITH_ALICE,
            ConversationFact::Visit(Visit::VisitorPresence { presence: Presence::Away }),
        ),
        (visitor("zoe"), WITH_ALICE, ConversationFact::Visit(Visit::PageChanged { page })),
        (operator("alice"), WITH_ALICE, ConversationFact::Exchange(Exchange::OperatorTyped)),
        (visitor("zoe"), WITH_ALICE, typing),
        (
            operator("alice"),
            WITH_ALICE,
            ConversationFact::Attention(Attention::ImportanceMarked { important: true }),
        ),
        (
            operator("alice"),
            WITH_ALICE,
            ConversationFact::Attention(Attention::HelpCalled { note: Some(note("Remise ?")) }),
        ),
        (supervisor(), WITH_ALICE, ConversationFact::Attention(Attention::HelpTaken)),
        (supervisor(), WITH_ALICE, ConversationFact::Attention(Attention::HelpDone)),
        (operator("alice"), WITH_ALICE, ConversationFact::Attention(Attention::PutOnHold)),
        (operator("alice"), WITH_ALICE, ConversationFact::Attention(Attention::TakenBack)),
        (
            operator("alice"),
            WITH_ALICE,
            ConversationFact::Exchange(Exchange::FileRequested { note: Some(note("La facture")) }),
        ),
        (
            visitor("zoe"),
            WITH_ALICE,
            ConversationFact::Exchange(Exchange::FileSent { voice: Voice::Visitor, file }),
        ),
        (
            operator("alice"),
            WITH_ALICE,
            ConversationFact::Exchange(Exchange::CopyMailed { to: address("alice@example.org").into() }),
        ),
    ]
}

fn moves() -> Vec<About> {
    let from = || operator_id("bob");
    let transferred = |target, forced| {
        ConversationFact::Flow(Flow::Transferred {
            from: from(),
            target,
            note: Some(note("Cliente fidèle")),
            forced,
        })
    };
    let by_rule =
        |cause| ConversationFact::Flow(Flow::AutoTransferred { from: from(), cause, hidden: false });
    let hidden =
        ConversationFact::Flow(Flow::AutoTransferred { from: from(), cause: Cause::Inactive, hidden: true });
    let again_at = Some(start() + seconds(90));
    vec![
        (supervisor(), WITH_ALICE, transferred(Target::Operator(operator_id("alice")), true)),
        (operator("bob"), WITH_ALICE, transferred(Target::Skill(skill("sales")), false)),
        (Actor::System, WITH_ALICE, by_rule(Cause::Inactive)),
        (Actor::System, WITH_ALICE, by_rule(Cause::Disconnected)),
        (Actor::System, WITH_ALICE, hidden),
        (Actor::System, WITH_ALICE, ConversationFact::Flow(Flow::AutoTransferFailed { again_at })),
        (Actor::System, None, ConversationFact::Flow(Flow::ReturnedToQueue { from: from(), position: 1 })),
    ]
}

fn clocks() -> Vec<About> {
    let again_at = Some(start() + minutes(2));
    vec![
        (Actor::System, WITH_ALICE, ConversationFact::Notice(Notice::FollowedUp)),
        (Actor::System, WITH_ALICE, ConversationFact::Notice(Notice::StillOnHold)),
        (Actor::System, WITH_ALICE, ConversationFact::Notice(Notice::SearchNoticed { again_at })),
        (Actor::System, WITH_ALICE, ConversationFact::Notice(Notice::OperatorSearches { searching: true })),
        (
            Actor::System,
            WITH_ALICE,
            ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at: start() + minutes(1) }),
        ),
    ]
}

fn surveys() -> Vec<About> {
    [1, 2].into_iter().flat_map(surveys_of).collect()
}

fn surveys_of(segment: u32) -> Vec<About> {
    let (audience, survey, version) = (Audience::Visitor, survey_id("satisfaction"), 2);
    let answered = ConversationFact::Survey(SurveyStep::Answered {
        audience,
        segment,
        survey: survey.clone(),
        version,
        opened_at: Some(start() - minutes(1)),
        answers: answers(),
    });
    let asked =
        ConversationFact::Survey(SurveyStep::Asked { audience, segment, survey: survey.clone(), version });
    let closing = Closing::Expired;
    let closed = ConversationFact::Survey(SurveyStep::Closed { audience, segment, survey, version, closing });
    let cancelled = ConversationFact::Survey(SurveyStep::Cancelled { audience: Audience::Operator, segment });
    vec![
        (operator("alice"), WITH_ALICE, asked),
        (visitor("zoe"), WITH_ALICE, ConversationFact::Survey(SurveyStep::Opened { audience, segment })),
        (operator("alice"), WITH_ALICE, cancelled),
        (visitor("zoe"), WITH_ALICE, answered),
        (Actor::System, WITH_ALICE, closed),
    ]
}

fn afterwards() -> Vec<About> {
    vec![
        (Actor::System, WITH_ALICE, ConversationFact::Flow(Flow::Ended { reason: EndReason::Timeout })),
        (
            Actor::System,
            WITH_ALICE,
            ConversationFact::Flow(Flow::KeptOpen { until: start() + minutes(1_440) }),
        ),
        (Actor::System, None, ConversationFact::Flow(Flow::Closed)),
    ]
}

/// A request of somebody whom the integration knows.
fn authenticated() -> Request {
    let request = full_request();
    Request { visitor: Visitor { authenticated: true, ..request.visitor }, ..request }
}

fn full_request() -> Request {
    let known = |value: &str| Some(Personal::from(value.to_owned()));
    let line = |at, author, text| HistoryLine { at, author, text: Text::parse(text).unwrap().into() };
    Request {
        visitor: Visitor {
            id: visitor_id("zoe"),
            name: Some(text_name("Zoé Martin").into()),
            email: Some(address("zoe@example.org").into()),
            authenticated: false,
        },
        language: Language::Fr,
        skill: Some(skill("sales")),
        card: Card {
            page_url: known("https://example.org/panier?id=7"),
            page_title: known("Votre panier"),
            browser: known("Firefox 140"),
            system: known("Linux"),
            referrer: known("https://example.org/"),
            country: known("FR"),
            time_on_site_secs: Some(340),
            variables: [("basket".to_owned(), "129,90 €".to_owned().into())].into(),
        },
        history: vec![
            line(None, HistoryAuthor::Bot, "Que puis-je pour vous ?"),
            line(Some(start() - minutes(1)), HistoryAuthor::Visitor, "Parler à quelqu'un"),
        ],
    }
}

/// An author of each role.
pub(crate) fn authors() -> [Actor; 7] {
    let staff = || StaffId::parse("sam").unwrap();
    [
        visitor("zoe"),
        operator("alice"),
        Actor::Supervisor(staff()),
        Actor::Administrator(staff()),
        Actor::Analyst(staff()),
        Actor::Integration(staff()),
        Actor::System,
    ]
}

fn address(address: &str) -> Address {
    Address::parse(address).unwrap()
}

fn text_name(name: &str) -> Name {
    Name::parse(name).unwrap()
}

fn note(text: &str) -> Personal<Note> {
    Note::parse(text).unwrap().into()
}

fn survey_id(id: &str) -> SurveyId {
    SurveyId::parse(id).unwrap()
}

fn choice_id(id: &str) -> ChoiceId {
    ChoiceId::parse(id).unwrap()
}

fn article_id(id: &str) -> ArticleId {
    ArticleId::parse(id).unwrap()
}
