//! The ready-made texts.
//!
//! French is set as French is set: ’ and not ', a no-break space (U+00A0) before a colon and between a number and its
//! unit, a narrow one (U+202F) before ! ? and ;. They are written as escapes here, so that they can be seen.

use super::Phrase;
use crate::text::Language;

impl Phrase {
    /// The ready-made text.
    pub const fn ready_made(self, language: Language) -> &'static str {
        match language {
            Language::Fr => self.in_french(),
            Language::En => self.in_english(),
        }
    }

    const fn in_french(self) -> &'static str {
        match self {
            Self::Welcome => "Bonjour, {operator} est à votre écoute.",
            Self::Queued => "Tous nos conseillers sont occupés. Vous êtes en position {position}.",
            Self::QueueProgress => {
                "Vous êtes maintenant en position {position}. Attente estimée\u{a0}: {wait}\u{a0}min."
            }
            Self::Transferred => "Votre conversation est confiée à {operator}.",
            Self::AutoTransferred => "{operator} prend le relais et va vous répondre.",
            Self::FollowUp => "Avez-vous pu lire notre message\u{202f}? Nous attendons votre réponse.",
            Self::StillSearching => "{operator} recherche toujours l’information. Merci de patienter.",
            Self::TimeoutWarning => {
                "Êtes-vous toujours là\u{202f}? Sans réponse de votre part, la conversation va bientôt se terminer."
            }
            Self::OperatorDisconnected => "La connexion de votre conseiller est interrompue.",
            Self::EndedByOperator => "La conversation est terminée. Merci de votre visite.",
            Self::EndedAutomatically => "Sans nouvelles de votre part, la conversation est terminée.",
            Self::KeptOpen => "L’échange avec {operator} est terminé. Vous continuez avec notre assistant.",
            Self::NoOperator => "Aucun conseiller n’est disponible pour le moment.",
            Self::QueueFull => "Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes.",
            Self::OutsideHours => {
                "Notre service est fermé pour le moment. Merci de revenir aux heures d’ouverture."
            }
            Self::QueueClosed => {
                "Notre service ferme bientôt et ne prend plus de nouvelles demandes. Merci de revenir aux \
                 heures d’ouverture."
            }
            Self::LivechatClosed => "Notre service de discussion est fermé jusqu’à nouvel ordre.",
        }
    }

    const fn in_english(self) -> &'static str {
        match self {
            Self::Welcome => "Hello, you are now talking to {operator}.",
            Self::Queued => "All our advisers are busy. You are number {position} in the queue.",
            Self::QueueProgress => "You are now number {position} in the queue. Estimated wait: {wait} min.",
            Self::Transferred => "Your conversation has been passed to {operator}.",
            Self::AutoTransferred => "{operator} is taking over and will answer you.",
            Self::FollowUp => "Did you see our message? We are waiting for your reply.",
            Self::StillSearching => "{operator} is still looking for the information. Thank you for waiting.",
            Self::TimeoutWarning => {
                "Are you still there? Without an answer from you the conversation will end soon."
            }
            Self::OperatorDisconnected => "Your adviser’s connection has been interrupted.",
            Self::EndedByOperator => "The conversation has ended. Thank you for your visit.",
            Self::EndedAutomatically => "As we have not heard from you, the conversation has ended.",
            Self::KeptOpen => "Your exchange with {operator} has ended. You go on with our assistant.",
            Self::NoOperator => "No adviser is available at the moment.",
            Self::QueueFull => "Too many people are waiting. Please try again in a few minutes.",
            Self::OutsideHours => {
                "Our service is closed at the moment. Please come back during opening hours."
            }
            Self::QueueClosed => {
                "Our service closes soon and takes no new requests. Please come back during opening hours."
            }
            Self::LivechatClosed => "Our live chat is closed until further notice.",
        }
    }
}
