//! Refusals in French. The English of each stands beside its variant, in [`crate::rejection`] and
//! [`crate::conversation::rejection`]; here every variant has its French, or this does not compile.

use crate::Rejection;
use crate::bilingual::Bilingual;
use crate::field::FieldError;
use crate::rejection::ConversationRejection;
use crate::rejection::in_use::InUse;
use crate::text::Language;

impl Rejection {
    /// The refusal in both languages.
    pub fn message(&self) -> Bilingual {
        Bilingual::new(self.to_string(), french(self))
    }
}

fn french(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Invalid(errors) => wrong_fields(errors),
        Rejection::UnknownLivechat => "ce livechat n’existe pas".to_owned(),
        Rejection::LivechatExists => {
            "ce livechat existe déjà, avec un autre nom ou une autre langue".to_owned()
        }
        Rejection::UnknownOperator(id) => format!("l’opérateur {id} n’est pas enregistré dans ce livechat"),
        Rejection::UnknownSkill(id) => format!("la compétence {id} n’est pas définie dans ce livechat"),
        Rejection::UnknownArticle(id) => format!("l’article {id} n’est pas défini dans ce livechat"),
        Rejection::UnknownSurvey(id) => {
            format!("le questionnaire pour internautes {id} n’est pas défini dans ce livechat")
        }
        Rejection::Forbidden { role, action } => {
            format!("{} ne peut pas {}", role_in_french(role), action.text(Language::Fr))
        }
        Rejection::OptionOff(option) => format!("l’option {option} est désactivée dans les réglages"),
        Rejection::StatusDisabled(status) => format!("le statut {status} est désactivé dans les réglages"),
        Rejection::SettingsChanged { section, revision } => {
            format!(
                "la section {section} en est à la révision {revision}\u{a0}: elle a été modifiée entre-temps"
            )
        }
        Rejection::ProfileChanged { operator, revision } => {
            format!(
                "le profil de l’opérateur {operator} en est à la révision {revision}\u{a0}: il a été modifié \
                 entre-temps"
            )
        }
        Rejection::IdentifierTaken(id) => format!(
            "{id} est l’identifiant d’un opérateur qui a été retiré\u{a0}: rétablissez cet opérateur, ou enregistrez \
             l’autre personne sous un autre identifiant"
        ),
        Rejection::OperatorSuspended(id) => format!("l’opérateur {id} est suspendu"),
        Rejection::InUse(all) => {
            let all: Vec<String> = all.iter().map(InUse::in_french).collect();
            all.join("\u{202f}; ")
        }
        Rejection::KeyUsed => "cette clé d’idempotence a servi à une autre commande".to_owned(),
        Rejection::TooManyOperators(max) => format!("un livechat compte {max} opérateurs au plus"),
        Rejection::Conversation(rejection) => conversation(rejection),
    }
}

fn conversation(rejection: &ConversationRejection) -> String {
    match rejection {
        ConversationRejection::Unknown(id) => format!("il n’y a pas de conversation en cours {id}"),
        ConversationRejection::Over(id) => format!("la conversation {id} est terminée"),
        ConversationRejection::Exists(id) => format!("la conversation {id} existe déjà"),
        ConversationRejection::AlreadyInConversation(id) => {
            format!("cet internaute est déjà dans la conversation {id}")
        }
        ConversationRejection::NotYours(id) => format!("la conversation {id} n’est pas la vôtre"),
        ConversationRejection::NotWaiting(id) => format!("la conversation {id} n’est pas en attente"),
        ConversationRejection::NotAssigned(id) => {
            format!("la conversation {id} n’est attribuée à aucun opérateur")
        }
        ConversationRejection::NotPickedUp(id) => format!("la conversation {id} n’a pas été décrochée"),
        ConversationRejection::NotEnded(id) => format!("la conversation {id} n’est pas terminée"),
        ConversationRejection::NoCallForHelp(id) => {
            format!("personne n’a appelé à l’aide dans la conversation {id}")
        }
        ConversationRejection::HelpTaken(id) => {
            format!("le superviseur {id} s’occupe de cet appel à l’aide")
        }
        ConversationRejection::NoFileRequested(id) => {
            format!("aucun fichier n’a été demandé dans la conversation {id}")
        }
        ConversationRejection::NoAddress(id) => {
            format!("le profil de l’opérateur {id} n’a pas d’adresse e-mail")
        }
        ConversationRejection::NoSurvey(id) => {
            format!("aucun questionnaire de la conversation {id} n’attend votre réponse")
        }
        ConversationRejection::SegmentNeeded(id) => format!(
            "des questionnaires de plusieurs segments de la conversation {id} attendent\u{a0}: dites de quel segment il s’agit"
        ),
        ConversationRejection::SurveySent(id) => {
            format!("un questionnaire a déjà été envoyé dans la conversation {id}")
        }
        ConversationRejection::TooLong(id) => {
            format!("la conversation {id} a atteint le nombre maximal de messages\u{a0}: 10000")
        }
        ConversationRejection::TooManyPages(id) => {
            format!("la conversation {id} a atteint le nombre maximal de pages\u{a0}: 1000")
        }
        ConversationRejection::AlreadyThere(id) => format!("l’opérateur {id} a déjà cette conversation"),
        ConversationRejection::NotReceiving(id) => {
            format!("l’opérateur {id} ne reçoit pas de conversation en ce moment")
        }
        ConversationRejection::NoRoom(id) => {
            format!("l’opérateur {id} n’a pas de place pour une autre conversation")
        }
        ConversationRejection::MissingSkill { operator, skill } => {
            format!("l’opérateur {operator} n’a pas la compétence {skill}")
        }
        ConversationRejection::NobodyFree(skill) => {
            format!("aucun autre opérateur ayant la compétence {skill} n’a de place en ce moment")
        }
    }
}

fn wrong_fields(errors: &[FieldError]) -> String {
    let all: Vec<String> = errors
        .iter()
        .map(|error| format!("{}\u{a0}: {}", error.field, error.allowed.text(Language::Fr)))
        .collect();
    all.join("\u{202f}; ")
}

/// A role, by its name in tokens, with its article.
fn role_in_french(role: &str) -> &str {
    match role {
        "visitor" => "un internaute",
        "operator" => "un opérateur",
        "supervisor" => "un superviseur",
        "administrator" => "un administrateur",
        "analyst" => "un analyste",
        "integration" => "une intégration",
        "system" => "le système",
        other => other,
    }
}
