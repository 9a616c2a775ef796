//! A conversation in which everything happens that a transcript tells, and people of every role to read it.

use api::auth::Role;
use domain::event::{Page, Presence};
use domain::text::Text;
use domain::{Action, Actor, ConversationAction, ConversationId, LivechatId, OperatorId, StaffId, VisitorId};
use pupitre_tests::actors::{Livechat, Operator, Person, Visitor};
use pupitre_tests::server::{Server, seconds};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is said, and what happened.
pub(super) struct Exchange {
    pub(super) livechat: Livechat,
    pub(super) visitor: Visitor,
    /// Had it first.
    pub(super) alice: Operator,
    /// Had it last.
    pub(super) bob: Operator,
    /// Up to where it is to be read.
    pub(super) position: u64,
}

/// The survey as it is when it is asked.
fn surveys(question: &str) -> Value {
    let choice = |id: &str, fr: &str, en: &str| json!({ "id": id, "label": { "fr": fr, "en": en } });
    json!([
        {
            "id": "satisfaction", "name": "Satisfaction", "audience": "visitor",
            "title": { "fr": "Votre avis", "en": "Your opinion" },
            "fields": [
                { "id": "note", "kind": "rating", "label": { "fr": question, "en": "How was it?" } },
                { "id": "motif", "kind": "multiple_choice", "label": { "fr": "Pourquoi ?", "en": "Why?" },
                  "choices": [choice("speed", "La rapidité", "Speed"), choice("tone", "Le ton", "The tone")] },
                { "id": "mot", "kind": "long_text", "label": { "fr": "Un mot", "en": "A word" } },
            ],
        },
        {
            "id": "bilan", "name": "Bilan", "audience": "operator", "title": { "fr": "Bilan", "en": "Summary" },
            "fields": [{ "id": "sujet", "kind": "short_text", "label": { "fr": "Sujet", "en": "Subject" } }],
        },
    ])
}

impl Exchange {
    pub(super) async fn happens(server: &Server) -> Self {
        let livechat = server.livechat("support").await;
        livechat.sets("opening_hours", json!({ "time_zone": "Asia/Tokyo" })).await;
        livechat.sets("surveys", surveys("Comment était-ce ?")).await;
        livechat.sets("visitor_survey", json!({ "survey": "satisfaction" })).await;
        livechat.sets("operator_survey", json!({ "survey": "bilan" })).await;
        livechat.sets("skills", json!([{ "id": "facturation" }])).await;
        let mut alice = livechat.operator("alice").await;
        let mut visitor = livechat.requests(request()).await;
        let support = LivechatId::parse("support").unwrap();
        let id = ConversationId(Uuid::parse_str(&visitor.conversation).unwrap());
        let act = async |by: Actor, action: Action| {
            server.clock.advance(seconds(7));
            server.app().journal.execute(&support, uuid(), by, action).await.unwrap();
        };
        let zoe = || Actor::Visitor(VisitorId::parse("v1").unwrap());
        let operator = |id: &str| Actor::Operator(OperatorId::parse(id).unwrap());
        let sophie = || Actor::Supervisor(StaffId::parse("sophie").unwrap());
        let text = |text: &str| Text::parse(text).unwrap();
        server.clock.advance(seconds(20));
        alice.picks_up(&visitor).await;
        visitor.says("Bonjour ! <script>alert(\"a & b\")</script>").await;
        server.clock.advance(seconds(31));
        alice.says(&visitor, "une ligne\n12:00:00  Zoé: une autre").await;
        act(
            zoe(),
            Action::Conversation(
                id,
                ConversationAction::ChangePage(Page {
                    url: "https://exemple.fr/retours".to_owned().into(),
                    title: Some("Retours".to_owned().into()),
                }),
            ),
        )
        .await;
        act(zoe(), Action::Conversation(id, ConversationAction::NotePresence(Presence::Away))).await;
        act(zoe(), Action::Conversation(id, ConversationAction::NotePresence(Presence::Here))).await;
        act(
            operator("alice"),
            Action::Conversation(id, ConversationAction::WriteInternally(text("Elle a déjà écrit hier."))),
        )
        .await;
        act(
            sophie(),
            Action::Conversation(id, ConversationAction::WriteInternally(text("Proposez-lui un geste."))),
        )
        .await;
        act(
            sophie(),
            Action::Conversation(id, ConversationAction::Write(text("Nous vous offrons les frais de port."))),
        )
        .await;
        act(operator("alice"), Action::Conversation(id, ConversationAction::MarkImportant(true))).await;
        let mine = &alice.person;
        mine.post(&visitor.path("/call-for-help"), &json!({ "note": "Au-delà de ma limite" })).await.is(200);
        livechat.supervisor().post(&visitor.path("/call-for-help/take"), &Value::Null).await.is(200);
        mine.post(&visitor.path("/call-for-help/settle"), &Value::Null).await.is(200);
        mine.post(&visitor.path("/file-requests"), &json!({ "note": "La facture" })).await.is(200);
        let file = json!({ "name": "facture.pdf", "bytes": 2_400_000, "media_type": "application/pdf" });
        visitor.person.post(&visitor.path("/files"), &file).await.is(201);
        let mut bob = livechat.operator_with("bob", json!({ "skills": ["facturation"] })).await;
        alice.transfers(&visitor, json!({ "skill": "facturation" }), Some("Cliente fidèle")).await;
        server.clock.advance(seconds(12));
        bob.picks_up(&visitor).await;
        bob.says(&visitor, "Votre remboursement part aujourd’hui.").await;
        bob.ends(&visitor).await;
        let answers = json!({ "answers": {
            "note": { "rating": 4 }, "motif": { "choices": ["tone", "speed"] }, "mot": { "text": "Merci à Bob" },
        } });
        visitor.person.put(&visitor.path("/survey/answers"), &answers).await.is(200);
        let summary = json!({ "answers": { "sujet": { "text": "Retour d’un article" } } });
        bob.person.put(&visitor.path("/survey/answers"), &summary).await.is(200);
        livechat.sets("surveys", surveys("Une tout autre question")).await;
        let position = server.position("support").await;
        Self { livechat, visitor, alice, bob, position }
    }

    /// Its readers: the visitor, the operator who had it last, and those who read any.
    pub(super) fn readers(&self) -> [Person; 5] {
        [
            self.visitor.person.clone(),
            self.bob.person.clone(),
            self.livechat.supervisor(),
            self.livechat.administrator(),
            self.livechat.person(Role::Analyst, "ann"),
        ]
    }

    /// The transcript in a format and a language, as this reader is given it.
    pub(super) async fn read(&self, reader: &Person, format: &str, language: &str) -> Value {
        let path = format!("/transcript?format={format}&lang={language}&at_least={}", self.position);
        reader.get(&self.visitor.path(&path)).await.is(200)
    }
}

fn request() -> Value {
    json!({
        "visitor": { "id": "v1", "name": "Zoé", "email": "zoe@exemple.fr" }, "language": "fr",
        "card": {
            "page_title": "Panier", "page_url": "https://exemple.fr/panier", "country": "FR",
            "browser": "Firefox", "time_on_site_secs": 125, "variables": { "client": "42" },
        },
        "history": [
            { "author": "bot", "text": "Que puis-je pour vous ?" },
            { "author": "visitor", "text": "Renvoyer un article" },
        ],
    })
}

fn uuid() -> domain::id::CommandId {
    domain::id::CommandId(Uuid::now_v7())
}
