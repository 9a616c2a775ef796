//! Why a command was refused. A refusal changes nothing and records nothing.

mod conversation;
mod desk_option;
pub mod in_use;

use self::in_use::InUse;
use crate::bilingual::Bilingual;
use crate::field::FieldError;
use crate::id::{ArticleId, OperatorId, SkillId, SurveyId};
use crate::settings::SectionName;
use crate::settings::Status;

pub use conversation::Rejection as ConversationRejection;

/// The refusal of a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Some fields are wrong; all of them are named.
    #[error("{}", listed(.0))]
    Invalid(Vec<FieldError>),
    /// The livechat has not been created.
    #[error("there is no such livechat")]
    UnknownLivechat,
    /// The livechat exists already, as something else.
    #[error("this livechat exists already, with another name or language")]
    LivechatExists,
    /// No operator of that name is registered.
    #[error("no operator {0} is registered in this livechat")]
    UnknownOperator(OperatorId),
    /// The skill is not in the settings.
    #[error("no skill {0} is defined in this livechat")]
    UnknownSkill(SkillId),
    /// The article is not in the settings.
    #[error("no article {0} is defined in this livechat")]
    UnknownArticle(ArticleId),
    /// The survey is not in the settings, or not for visitors.
    #[error("no survey {0} for visitors is defined in this livechat")]
    UnknownSurvey(SurveyId),
    /// The actor's role does not allow this.
    #[error("{} may not {action}", with_article(.role))]
    Forbidden {
        /// The role of the actor.
        role: &'static str,
        /// What was asked.
        action: Bilingual,
    },
    /// A desk option is switched off.
    #[error("the option {0} is switched off in the settings")]
    OptionOff(&'static str),
    /// An optional status is not enabled.
    #[error("the status {0} is switched off in the settings")]
    StatusDisabled(Status),
    /// The section was changed since the revision that the command is about.
    #[error("the section {section} is at revision {revision} now: it was changed meanwhile")]
    SettingsChanged {
        /// Which section.
        section: SectionName,
        /// The revision in force.
        revision: u64,
    },
    /// The profile was changed since the revision that the command is about.
    #[error("the profile of operator {operator} is at revision {revision} now: it was changed meanwhile")]
    ProfileChanged {
        /// Whose.
        operator: OperatorId,
        /// The revision in force.
        revision: u64,
    },
    /// The identifier is that of an operator who was removed.
    #[error(
        "{0} is the identifier of an operator who was removed: reinstate that operator, or register somebody else under \
         another identifier"
    )]
    IdentifierTaken(OperatorId),
    /// A suspended operator may not connect.
    #[error("operator {0} is suspended")]
    OperatorSuspended(OperatorId),
    /// Something that the section lacks is still needed.
    #[error("{}", listed(.0))]
    InUse(Vec<InUse>),
    /// The idempotency key of this command was used for something else, or by another caller.
    #[error("this idempotency key was used for another command")]
    KeyUsed,
    /// The livechat has as many operators as it may have.
    #[error("a livechat has at most {0} operators")]
    TooManyOperators(usize),
    /// A rule about one conversation.
    #[error(transparent)]
    Conversation(#[from] ConversationRejection),
}

fn listed(all: &[impl ToString]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join("; ")
}

/// A role, as one says it: an operator, a visitor, the system.
fn with_article(role: &str) -> String {
    match role {
        "system" => "the system".to_owned(),
        role if role.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {role}"),
        role => format!("a {role}"),
    }
}

impl Rejection {
    /// The stable code of this refusal, the same for ever.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_fields",
            Self::UnknownLivechat => "unknown_livechat",
            Self::LivechatExists => "livechat_exists",
            Self::UnknownOperator(_) => "unknown_operator",
            Self::UnknownSkill(_) => "unknown_skill",
            Self::UnknownArticle(_) => "unknown_article",
            Self::UnknownSurvey(_) => "unknown_survey",
            Self::Forbidden { .. } => "forbidden",
            Self::OptionOff(_) => "option_off",
            Self::StatusDisabled(_) => "status_disabled",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::ProfileChanged { .. } => "profile_changed",
            Self::IdentifierTaken(_) => "identifier_taken",
            Self::OperatorSuspended(_) => "operator_suspended",
            Self::InUse(_) => "in_use",
            Self::KeyUsed => "idempotency_key_used",
            Self::TooManyOperators(_) => "too_many_operators",
            Self::Conversation(rejection) => rejection.code(),
        }
    }
}

impl From<FieldError> for Rejection {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<Vec<FieldError>> for Rejection {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}
