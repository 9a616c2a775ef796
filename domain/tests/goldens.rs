//! The stored form of every event, one file per kind and version: it never changes.
//!
//! A new kind of event does not compile until [`golden`] names its file, and the file must be the
//! stored form of one of the [`examples`]. A change of content is a new version with a new file; the old
//! file stays, byte for byte, among those [`of_the_past`]: nothing is stored so any more, but it is read.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pupitre_domain::event::ApiKeyChange;
use pupitre_domain::event::Bearer;
use pupitre_domain::event::Cause;
use pupitre_domain::event::Closing;
use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::EndReason;
use pupitre_domain::event::Presence;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::Target;
use pupitre_domain::event::Voice;
use pupitre_domain::event::{Access, Exported, Form};
use pupitre_domain::event::{HistoryAuthor, RefusalReason};
use pupitre_domain::settings::Status;
use pupitre_domain::settings::surveys::{Audience, FieldKind};
use pupitre_domain::settings::visitor_card::CardField;
use pupitre_domain::settings::{Behaviour, Figures, OperatorSurvey, Phrase, Section, SectionName, Timeouts};
use pupitre_domain::text::Language;
use pupitre_domain::{
    Attention, ConversationFact, Event, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact, SurveyStep,
    Visit,
};
use serde_json::Value;

use crate::support::examples::{self, settings_event};
use crate::support::survey_id;

/// The name of a golden and what is in it.
type Golden = (&'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        (concat!($name, ".json"), include_str!(concat!("goldens/", $name, ".json")))
    };
}

/// The golden of an event. The settings have one per section, since each is a format of its own.
fn golden(fact: &Fact) -> Golden {
    match fact {
        Fact::Livechat(fact) => match fact {
            LivechatFact::Created { .. } => file!("livechat.created-1.0"),
            LivechatFact::SettingsChanged { revision: Some(_), .. } => {
                file!("livechat.settings_changed-1.2")
            }
            LivechatFact::SettingsChanged { section, revision: None } => golden_of_section(section),
            LivechatFact::Accessed { access } => match access {
                Access::Transcript { .. } => file!("livechat.accessed-1.0-transcript"),
                Access::Search { .. } => file!("livechat.accessed-1.0-search"),
                Access::Export { .. } => file!("livechat.accessed-1.0-export"),
            },
            LivechatFact::TokenIssued { bearer } => match bearer {
                Bearer::Operator(_) => file!("livechat.token_issued-1.0-operator"),
                Bearer::Visitor { .. } => file!("livechat.token_issued-1.0-visitor"),
            },
            LivechatFact::ApiKeyChanged { change, .. } => match change {
                ApiKeyChange::Created { .. } => file!("livechat.api_key_changed-1.0-created"),
                ApiKeyChange::Changed { .. } => file!("livechat.api_key_changed-1.0-changed"),
                ApiKeyChange::Revoked => file!("livechat.api_key_changed-1.0-revoked"),
            },
            LivechatFact::Opened { skill: None } => file!("livechat.opened-1.0"),
            LivechatFact::Opened { skill: Some(_) } => file!("livechat.opened-1.0-skill"),
            LivechatFact::Closed { skill: None } => file!("livechat.closed-1.0"),
            LivechatFact::Closed { skill: Some(_) } => file!("livechat.closed-1.0-skill"),
            LivechatFact::IdentityChanged { .. } => file!("livechat.identity_changed-1.0"),
            LivechatFact::Shut => file!("livechat.shut-1.0"),
            LivechatFact::Reopened => file!("livechat.reopened-1.0"),
            LivechatFact::ClockSetBack { .. } => file!("livechat.clock_set_back-1.0"),
            LivechatFact::Interrupted { .. } => file!("livechat.interrupted-1.0"),
        },
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::Registered { profile } if profile.email.is_none() && profile.hours.is_none() => {
                file!("operator.registered-1.0")
            }
            OperatorFact::Registered { .. } => file!("operator.registered-1.1"),
            OperatorFact::Connected => file!("operator.connected-1.0"),
            OperatorFact::ConnectionLost { .. } => file!("operator.connection_lost-1.0"),
            OperatorFact::Reconnected => file!("operator.reconnected-1.0"),
            OperatorFact::Disconnected { .. } => file!("operator.disconnected-1.0"),
            OperatorFact::StatusChanged { .. } => file!("operator.status_changed-1.0"),
            OperatorFact::ShiftStarted => file!("operator.shift_started-1.0"),
            OperatorFact::ShiftEnded => file!("operator.shift_ended-1.0"),
            OperatorFact::Suspended => file!("operator.suspended-1.0"),
            OperatorFact::Reinstated => file!("operator.reinstated-1.0"),
            OperatorFact::Removed => file!("operator.removed-1.0"),
        },
        Fact::Conversation { fact, .. } => golden_of_conversation(fact),
    }
}

fn golden_of_section(section: &Section) -> Golden {
    match section {
        Section::Capacity(_) => file!("livechat.settings_changed-1.0-capacity"),
        Section::Timeouts(_) => file!("livechat.settings_changed-1.2-timeouts"),
        Section::Desk(_) => file!("livechat.settings_changed-1.0-desk"),
        Section::Statuses(_) => file!("livechat.settings_changed-1.0-statuses"),
        Section::OperatorSurvey(_) => file!("livechat.settings_changed-1.1-operator_survey"),
        Section::VisitorSurvey(_) => file!("livechat.settings_changed-1.0-visitor_survey"),
        Section::Surveys(_) => file!("livechat.settings_changed-1.0-surveys"),
        Section::Behaviour(_) => file!("livechat.settings_changed-1.1-behaviour"),
        Section::OpeningHours(_) => file!("livechat.settings_changed-1.0-opening_hours"),
        Section::Phrases(_) => file!("livechat.settings_changed-1.0-phrases"),
        Section::VisitorCard(_) => file!("livechat.settings_changed-1.0-visitor_card"),
        Section::Knowledge(_) => file!("livechat.settings_changed-1.0-knowledge"),
        Section::CannedReplies(_) => file!("livechat.settings_changed-1.0-canned_replies"),
        Section::Skills(skills)
            if skills.0.iter().any(|skill| skill.queue_capacity.is_some() || skill.hours.is_some()) =>
        {
            file!("livechat.settings_changed-1.1-skills")
        }
        Section::Skills(_) => file!("livechat.settings_changed-1.0-skills"),
        Section::Figures(_) => file!("livechat.settings_changed-1.1-figures"),
        Section::Origins(_) => file!("livechat.settings_changed-1.0-origins"),
    }
}

fn golden_of_conversation(fact: &ConversationFact) -> Golden {
    match fact {
        ConversationFact::Flow(Flow::Requested(request)) if request.visitor.authenticated => {
            file!("conversation.requested-1.1")
        }
        ConversationFact::Flow(Flow::Requested(_)) => file!("conversation.requested-1.0"),
        ConversationFact::Flow(Flow::RequestedAgain(request)) if request.visitor.authenticated => {
            file!("conversation.requested_again-1.1")
        }
        ConversationFact::Flow(Flow::RequestedAgain(_)) => file!("conversation.requested_again-1.0"),
        ConversationFact::Flow(Flow::Refused { .. }) => file!("conversation.refused-1.0"),
        ConversationFact::Flow(Flow::Queued { .. }) => file!("conversation.queued-1.0"),
        ConversationFact::Flow(Flow::QueueAdvanced { .. }) => file!("conversation.queue_advanced-1.0"),
        ConversationFact::Flow(Flow::Assigned) => file!("conversation.assigned-1.0"),
        ConversationFact::Flow(Flow::AssignedByHand { .. }) => file!("conversation.assigned_by_hand-1.0"),
        ConversationFact::Flow(Flow::Left) => file!("conversation.left-1.0"),
        ConversationFact::Flow(Flow::Released { .. }) => file!("conversation.released-1.0"),
        ConversationFact::Flow(Flow::PickedUp) => file!("conversation.picked_up-1.0"),
        ConversationFact::Exchange(Exchange::MessagePosted { source: None, .. }) => {
            file!("conversation.message_posted-1.0")
        }
        ConversationFact::Exchange(Exchange::MessagePosted { source: Some(_), .. }) => {
            file!("conversation.message_posted-1.1")
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { .. }) => {
            file!("conversation.internal_message_posted-1.0")
        }
        ConversationFact::Visit(Visit::VisitorPresence { .. }) => file!("conversation.visitor_presence-1.0"),
        ConversationFact::Visit(Visit::PageChanged { .. }) => file!("conversation.page_changed-1.0"),
        ConversationFact::Exchange(Exchange::OperatorTyped) => file!("conversation.operator_typed-1.0"),
        ConversationFact::Exchange(Exchange::Typing { .. }) => file!("conversation.typing-1.0"),
        ConversationFact::Flow(Flow::Transferred { target, .. }) => match target {
            Target::Operator(_) => file!("conversation.transferred-1.0"),
            Target::Skill(_) => file!("conversation.transferred-1.0-skill"),
        },
        ConversationFact::Flow(Flow::AutoTransferred { hidden: true, .. }) => {
            file!("conversation.auto_transferred-1.1")
        }
        ConversationFact::Flow(Flow::AutoTransferred { cause, hidden: false, .. }) => match cause {
            Cause::Inactive => file!("conversation.auto_transferred-1.0-inactive"),
            Cause::Disconnected => file!("conversation.auto_transferred-1.0-disconnected"),
        },
        ConversationFact::Flow(Flow::AutoTransferFailed { .. }) => {
            file!("conversation.auto_transfer_failed-1.0")
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => file!("conversation.returned_to_queue-1.0"),
        ConversationFact::Notice(Notice::FollowedUp) => file!("conversation.followed_up-1.0"),
        ConversationFact::Notice(Notice::StillOnHold) => file!("conversation.still_on_hold-1.0"),
        ConversationFact::Notice(Notice::SearchNoticed { .. }) => file!("conversation.search_noticed-1.0"),
        ConversationFact::Notice(Notice::OperatorSearches { .. }) => {
            file!("conversation.operator_searches-1.0")
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { .. }) => {
            file!("conversation.timeout_announced-1.0")
        }
        ConversationFact::Attention(Attention::ImportanceMarked { .. }) => {
            file!("conversation.importance_marked-1.0")
        }
        ConversationFact::Attention(Attention::HelpCalled { .. }) => file!("conversation.help_called-1.0"),
        ConversationFact::Attention(Attention::HelpTaken) => file!("conversation.help_taken-1.0"),
        ConversationFact::Attention(Attention::HelpDone) => file!("conversation.help_done-1.0"),
        ConversationFact::Attention(Attention::PutOnHold) => file!("conversation.put_on_hold-1.0"),
        ConversationFact::Attention(Attention::TakenBack) => file!("conversation.taken_back-1.0"),
        ConversationFact::Exchange(Exchange::FileRequested { .. }) => {
            file!("conversation.file_requested-1.0")
        }
        ConversationFact::Exchange(Exchange::FileSent { .. }) => file!("conversation.file_sent-1.0"),
        ConversationFact::Exchange(Exchange::CopyMailed { .. }) => file!("conversation.copy_mailed-1.0"),
        ConversationFact::Survey(SurveyStep::Asked { segment: 1, .. }) => {
            file!("conversation.survey_asked-1.0")
        }
        ConversationFact::Survey(SurveyStep::Asked { .. }) => file!("conversation.survey_asked-1.1"),
        ConversationFact::Survey(SurveyStep::Opened { segment: 1, .. }) => {
            file!("conversation.survey_opened-1.0")
        }
        ConversationFact::Survey(SurveyStep::Opened { .. }) => file!("conversation.survey_opened-1.1"),
        ConversationFact::Survey(SurveyStep::Cancelled { segment: 1, .. }) => {
            file!("conversation.survey_cancelled-1.0")
        }
        ConversationFact::Survey(SurveyStep::Cancelled { .. }) => file!("conversation.survey_cancelled-1.1"),
        ConversationFact::Survey(SurveyStep::Answered { segment: 1, .. }) => {
            file!("conversation.survey_answered-1.0")
        }
        ConversationFact::Survey(SurveyStep::Answered { .. }) => file!("conversation.survey_answered-1.1"),
        ConversationFact::Survey(SurveyStep::Closed { segment: 1, .. }) => {
            file!("conversation.survey_closed-1.0")
        }
        ConversationFact::Survey(SurveyStep::Closed { .. }) => file!("conversation.survey_closed-1.1"),
        ConversationFact::Flow(Flow::Ended { .. }) => file!("conversation.ended-1.0"),
        ConversationFact::Flow(Flow::KeptOpen { .. }) => file!("conversation.kept_open-1.0"),
        ConversationFact::Flow(Flow::Closed) => file!("conversation.closed-1.0"),
    }
}

/// What was stored in a form that is written no more, and the event it is read as today.
fn of_the_past() -> [(Golden, Event); 5] {
    let two_clocks = Timeouts { visitor_inactivity: 15, timeout_reminder: 90, ..Timeouts::default() };
    let without_hours = OperatorSurvey {
        survey: Some(survey_id("closing")),
        complete_button: true,
        cancel_button: true,
        closable_unanswered: true,
        ..OperatorSurvey::default()
    };
    let without_an_end = Behaviour {
        redirects_as_operator: true,
        keep_open: true,
        transfer_on_disconnect: false,
        ..Behaviour::default()
    };
    let two_references =
        Figures { reference_concurrency: 2, service_level_seconds: 45, ..Figures::default() };
    [
        (file!("livechat.settings_changed-1.0-timeouts"), settings_event(Section::Timeouts(two_clocks))),
        (
            file!("livechat.settings_changed-1.1-timeouts"),
            settings_event(Section::Timeouts(Timeouts {
                hold_phrase: Timeouts::default().hold_phrase,
                ..examples::every_timeout()
            })),
        ),
        (
            file!("livechat.settings_changed-1.0-operator_survey"),
            settings_event(Section::OperatorSurvey(without_hours)),
        ),
        (
            file!("livechat.settings_changed-1.0-behaviour"),
            settings_event(Section::Behaviour(without_an_end)),
        ),
        (file!("livechat.settings_changed-1.0-figures"), settings_event(Section::Figures(two_references))),
    ]
}

#[test]
fn every_event_is_stored_as_in_its_golden_and_read_back_the_same() {
    for example in examples::events() {
        let (name, content) = golden(&example.fact);
        let stored: Value = serde_json::from_str(content).unwrap();
        assert_eq!(serde_json::to_value(&example).unwrap(), stored, "{name}: is not stored so");
        let read: Event = serde_json::from_str(content).unwrap();
        assert!(read == example, "{name}: reads as another event");
    }
}

#[test]
fn an_older_stored_version_is_read_with_defaults_for_what_it_lacked() {
    for ((name, content), example) in of_the_past() {
        let read: Event = serde_json::from_str(content).unwrap();
        assert!(read == example, "{name}: reads as another event");
        let stored: Value = serde_json::from_str(content).unwrap();
        assert_ne!(serde_json::to_value(&example).unwrap(), stored, "{name}: is stored so today");
        let version = format!("-{}", example.fact.version());
        assert!(!name.contains(&version), "{name} has the version of today");
    }
}

#[test]
fn every_kind_of_event_has_its_golden_and_every_golden_its_event() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let today = examples::events().into_iter().map(|example| golden(&example.fact).0);
    let past = of_the_past().map(|((name, _), _)| name);
    let named: BTreeSet<String> = today.chain(past).map(ToOwned::to_owned).collect();
    assert_eq!(files, named);
}

#[test]
fn a_golden_is_named_after_the_event_and_its_version() {
    for Event { fact, .. } in examples::events() {
        let (name, kind) = (golden(&fact).0, format!("{}-{}", fact.name(), fact.version()));
        let rest = name.strip_prefix(&kind);
        assert!(rest.is_some_and(|rest| rest == ".json" || rest.starts_with('-')), "{name} is not of {kind}");
    }
}

#[test]
fn every_section_has_an_example_and_is_named_as_in_its_url() {
    let shown: BTreeSet<SectionName> = examples::sections().iter().map(Section::name).collect();
    assert_eq!(shown, SectionName::ALL.iter().copied().collect());
    for name in SectionName::ALL {
        assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
    }
    for section in examples::sections() {
        let stored = serde_json::to_value(&section).unwrap();
        assert!(stored.get(section.name().as_str()).is_some(), "{stored} is not named after its section");
    }
}

/// Values as they are stored, apart from the quotes.
fn words<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> String {
    serde_json::to_string(&values.into_iter().collect::<Vec<T>>()).unwrap().replace('"', "")
}

#[test]
fn every_word_of_the_stored_form_stays_as_it_is() {
    use EndReason::{Operator, Supervisor, Timeout};
    assert_eq!(
        words([EndReason::Visitor, Operator, Supervisor, Timeout]),
        "[visitor,operator,supervisor,timeout]"
    );
    assert_eq!(
        words([
            RefusalReason::NoOperator,
            RefusalReason::QueueFull,
            RefusalReason::QueueClosed,
            RefusalReason::OutsideHours,
            RefusalReason::LivechatClosed
        ]),
        "[no_operator,queue_full,queue_closed,outside_hours,livechat_closed]"
    );
    assert_eq!(
        words([ReleaseReason::Unanswered, ReleaseReason::Closing, ReleaseReason::LivechatClosed]),
        "[unanswered,closing,livechat_closed]"
    );
    assert_eq!(words([Cause::Inactive, Cause::Disconnected]), "[inactive,disconnected]");
    assert_eq!(words([Closing::ByHand, Closing::Expired, Closing::Replaced]), "[by_hand,expired,replaced]");
    assert_eq!(words([Audience::Operator, Audience::Visitor]), "[operator,visitor]");
    assert_eq!(words([Voice::Visitor, Voice::Operator, Voice::System]), "[visitor,operator,system]");
    assert_eq!(words([HistoryAuthor::Visitor, HistoryAuthor::Bot]), "[visitor,bot]");
    assert_eq!(words([Language::Fr, Language::En]), "[fr,en]");
    assert_eq!(
        words(Status::ALL),
        "[available,on_break,training,phone,with_supervisor,no_new_conversation,searching]"
    );
    assert_eq!(
        words([DisconnectReason::SignedOut, DisconnectReason::ConnectionLost]),
        "[signed_out,connection_lost]"
    );
    assert_eq!(
        words(examples::authors()),
        "[{visitor:zoe},{operator:alice},{supervisor:sam},{administrator:sam},{analyst:sam},\
         {integration:sam},system]"
    );
    assert_eq!(words([Presence::Here, Presence::Away, Presence::LeftSite]), "[here,away,left_site]");
}

#[test]
fn every_word_of_what_was_read_stays_as_it_is() {
    use Exported::{Assignments, Audit, Contacts, Figures, OperatorTime, Surveys};
    assert_eq!(
        words([Form::Json, Form::Live, Form::Text, Form::Html, Form::Csv, Form::Parquet]),
        "[json,live,text,html,csv,parquet]"
    );
    assert_eq!(
        words([Audit, Figures, Contacts, Assignments, OperatorTime, Surveys]),
        "[audit,figures,contacts,stays,operator_time,surveys]"
    );
}

#[test]
fn every_word_of_the_settings_stays_as_it_is() {
    use FieldKind::{DropDown, LongText, MultipleChoice, Rating, SingleChoice};
    assert_eq!(
        words(Phrase::ALL),
        "[welcome,queued,queue_progress,transferred,auto_transferred,follow_up,still_searching,on_hold,\
         timeout_warning,operator_disconnected,ended_by_operator,ended_automatically,kept_open,no_operator,\
         queue_full,outside_hours,queue_closed,livechat_closed]"
    );
    assert_eq!(
        serde_json::to_string(SectionName::ALL).unwrap().replace('"', ""),
        "[capacity,timeouts,desk,statuses,operator_survey,visitor_survey,surveys,behaviour,opening_hours,\
         phrases,visitor_card,knowledge,canned_replies,skills,figures,origins]"
    );
    assert_eq!(
        words([FieldKind::ShortText, LongText, SingleChoice, MultipleChoice, DropDown, Rating]),
        "[short_text,long_text,single_choice,multiple_choice,drop_down,rating]"
    );
    assert_eq!(
        words(CardField::BUILT_IN),
        "[name,email,language,country,page_title,page_url,referrer,time_on_site,browser,system]"
    );
}
