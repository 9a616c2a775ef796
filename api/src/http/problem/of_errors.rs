//! The one table from errors to problems: each refusal of the rules, of the log and of the read models has its status
//! here.

use axum::http::StatusCode;
use domain::Rejection;
use domain::bilingual::both;
use domain::both;
use domain::conversation::Rejection as ConversationRejection;
use domain::field::FieldError;

use super::Problem;

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        domain::Rejection::from(error).into()
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let problem = Self::new(status(&rejection), rejection.code(), rejection.message());
        match rejection {
            Rejection::Invalid(errors) => problem.with_fields(errors),
            Rejection::UnknownOperator(_) => problem.with_fields([FieldError::new(
                "operator",
                both("an operator registered in this livechat", "un opérateur enregistré dans ce livechat"),
            )]),
            Rejection::UnknownSkill(_) => problem.with_fields([FieldError::new(
                "skill",
                both("a skill defined in this livechat", "une compétence définie dans ce livechat"),
            )]),
            Rejection::UnknownArticle(_) => problem.with_fields([FieldError::new(
                "article",
                both("an article defined in this livechat", "un article défini dans ce livechat"),
            )]),
            Rejection::UnknownSurvey(_) => problem.with_fields([FieldError::new(
                "survey",
                both(
                    "a survey for visitors of this livechat",
                    "un questionnaire de ce livechat destiné aux internautes",
                ),
            )]),
            Rejection::StatusDisabled(_) => problem.with_fields([FieldError::new(
                "status",
                both("a status that is switched on", "un statut activé"),
            )]),
            Rejection::SettingsChanged { revision, .. } | Rejection::ProfileChanged { revision, .. } => {
                problem.with_fields([FieldError::new(
                    "If-Match",
                    both!("\"{revision}\", the revision in force", "\"{revision}\", la révision en vigueur"),
                )])
            }
            Rejection::InUse(all) => {
                let errors = all.iter().map(|one| FieldError::new(one.section().as_str(), one.message()));
                problem.with_fields(errors.collect::<Vec<_>>())
            }
            Rejection::UnknownLivechat
            | Rejection::LivechatExists
            | Rejection::KeyUsed
            | Rejection::OptionOff(_)
            | Rejection::IdentifierTaken(_)
            | Rejection::OperatorSuspended(_)
            | Rejection::Forbidden { .. }
            | Rejection::TooManyOperators(_)
            | Rejection::Conversation(_) => problem,
        }
    }
}

/// Unknown things are 404, what the caller may not do 403, what clashes with what exists 409, what
/// was made for another revision 412, and a rule that refuses 422.
const fn status(rejection: &Rejection) -> StatusCode {
    match rejection {
        Rejection::Invalid(_)
        | Rejection::UnknownSkill(_)
        | Rejection::UnknownArticle(_)
        | Rejection::UnknownSurvey(_)
        | Rejection::StatusDisabled(_)
        | Rejection::TooManyOperators(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::UnknownLivechat | Rejection::UnknownOperator(_) => StatusCode::NOT_FOUND,
        Rejection::LivechatExists
        | Rejection::KeyUsed
        | Rejection::InUse(_)
        | Rejection::IdentifierTaken(_) => StatusCode::CONFLICT,
        Rejection::Forbidden { .. } | Rejection::OptionOff(_) | Rejection::OperatorSuspended(_) => {
            StatusCode::FORBIDDEN
        }
        Rejection::SettingsChanged { .. } | Rejection::ProfileChanged { .. } => {
            StatusCode::PRECONDITION_FAILED
        }
        Rejection::Conversation(rejection) => match rejection {
            ConversationRejection::Unknown(_) | ConversationRejection::NoSurvey(_) => StatusCode::NOT_FOUND,
            ConversationRejection::NotYours(_) => StatusCode::FORBIDDEN,
            ConversationRejection::Over(_)
            | ConversationRejection::NotEnded(_)
            | ConversationRejection::HelpTaken(_)
            | ConversationRejection::SegmentNeeded(_)
            | ConversationRejection::SurveySent(_)
            | ConversationRejection::Exists(_)
            | ConversationRejection::AlreadyInConversation(_) => StatusCode::CONFLICT,
            ConversationRejection::NotWaiting(_)
            | ConversationRejection::NoCallForHelp(_)
            | ConversationRejection::NoFileRequested(_)
            | ConversationRejection::NoAddress(_)
            | ConversationRejection::NotAssigned(_)
            | ConversationRejection::NotPickedUp(_)
            | ConversationRejection::TooLong(_)
            | ConversationRejection::TooManyPages(_)
            | ConversationRejection::AlreadyThere(_)
            | ConversationRejection::NotReceiving(_)
            | ConversationRejection::NoRoom(_)
            | ConversationRejection::MissingSkill { .. }
            | ConversationRejection::NobodyFree(_) => StatusCode::UNPROCESSABLE_ENTITY,
        },
    }
}

impl From<projections::Error> for Problem {
    fn from(error: projections::Error) -> Self {
        if let projections::Error::CatchingUp { done, total, .. } = &error {
            return Self::catching_up(*done, *total);
        }
        if let projections::Error::Stopped(_) = &error {
            return Self::unavailable(
                "projections_stopped",
                both(
                    "the read models of this livechat are paused at an event that cannot be projected, so an answer would be \
                     incomplete: `pupitre projections parked` shows which; other livechats are not affected",
                    "les données à lire de ce livechat s’arrêtent à un événement qui ne peut pas être \
                     projeté\u{a0}: la réponse serait incomplète (`pupitre projections parked` montre lequel)\u{202f}; les \
                     autres livechats ne sont pas touchés",
                ),
            );
        }
        tracing::error!(%error, "the projections cannot be read");
        Self::unavailable(
            "database_unavailable",
            both("the database does not answer", "la base de données ne répond pas"),
        )
    }
}

impl From<journal::Error> for Problem {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Rejected(rejection) => rejection.into(),
            journal::Error::Overloaded => Self::unavailable(
                "overloaded",
                both(
                    "the server is overloaded; try again in a moment",
                    "le serveur est surchargé\u{202f}; réessayez dans un instant",
                ),
            ),
            journal::Error::Closed => Self::unavailable(
                "shutting_down",
                both("the server is shutting down", "le serveur est en cours d’arrêt"),
            ),
            journal::Error::NotDurable(_) => Self::unavailable(
                "not_durable",
                both(
                    "this could not be stored durably; send it again with the same key",
                    "cela n’a pas pu être enregistré durablement\u{202f}; renvoyez-le avec la même clé",
                ),
            ),
            journal::Error::Unwritable(_) => {
                tracing::error!(%error, "the database refuses a command");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "not_writable",
                    both(
                        "the database refuses to record this; sending it again does not help",
                        "la base de données refuse d’enregistrer cela\u{202f}; le renvoyer n’y changera rien",
                    ),
                )
            }
            journal::Error::Store(_) => {
                tracing::error!(%error, "the log cannot be read");
                Self::unavailable(
                    "database_unavailable",
                    both("the database does not answer", "la base de données ne répond pas"),
                )
            }
            // Logged once where it is found, and not for every request.
            journal::Error::Damaged { .. } => Self::unavailable(
                "log_damaged",
                both(
                    "the log of this livechat is damaged, so it accepts no commands until it is repaired: \
                     `pupitre log verify` shows where; other livechats are not affected",
                    "le journal de ce livechat est endommagé\u{a0}: il n’accepte plus de commandes tant qu’il n’est pas \
                     réparé (`pupitre log verify` montre où)\u{202f}; les autres livechats ne sont pas touchés",
                ),
            ),
            journal::Error::Unreadable(_) => Self::internal(&error),
        }
    }
}
